//! What the views do not hold yet: ids, the frames that their rows stand in, resolved attempts and corrections.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use super::charge::KnownCharge;
use super::ids::{RecentIds, RowPlace};
use crate::domain::identity::{Hashed, Key, Remembered, Secret};
use crate::domain::life::attempt::Attempt;
use crate::domain::record::Record;
use crate::domain::status::Corrected;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::journal::BurntId;
use crate::journal::frame::FrameBuilder;
use crate::journal::rows::{self, Row, Rows};

/// The recent past of one partition, let go of as the views catch up.
#[derive(Default)]
pub struct RecentPast {
    ids: RecentIds,
    /// What statuses have made of what is remembered, and the row that says so.
    amended: HashMap<Key, (RowPlace, Remembered), ahash::RandomState>,
    frames: VecDeque<Kept>,
    /// The ids that rows of the open frame burn, in their order.
    burnt: Vec<BurntId>,
    /// By wallet and number, with the frame that each stands in. The unresolved ones are part of their wallets.
    attempts: HashMap<(u32, u64), (u64, Attempt)>,
    /// The last one of each message, by wallet and the message's entry, with the frame that it stands in.
    corrections: HashMap<(u32, u64), (u64, Corrected)>,
}

/// A frame that the views do not hold yet.
struct Kept {
    number: u64,
    posted_at: Timestamp,
    bytes: Bytes,
}

/// An id that the views do not hold yet, or not as it is now.
#[derive(Clone, Debug)]
pub struct Recent {
    pub remembered: Remembered,
    /// The row of its event; `None` where that is older than the views are behind.
    pub row: Option<RowPlace>,
}

/// What rows are read with. Everything in the frame that is being filled is decided, and the frame sealed, at one
/// instant.
#[derive(Clone, Copy)]
pub struct Reading<'f> {
    pub partition: u8,
    pub secret: &'f Secret,
    pub open: &'f FrameBuilder,
    pub open_number: u64,
    pub now: Timestamp,
}

impl RecentPast {
    /// What is remembered under a key by the last record that says anything of it. Where nothing was known of its row
    /// before the drain under way (see [`RecentPast::may_hold`]), only what this drain has decided is gone through.
    pub fn id(&self, key: Key, fresh_only: bool, reading: Reading<'_>) -> Option<Recent> {
        let mut own: Option<(RowPlace, Remembered)> = None;
        self.ids.each_candidate(key, fresh_only, |row| {
            if own.as_ref().is_none_or(|(other, _)| *other < row)
                && let Some(remembered) = self.remembered(key, row, reading)
            {
                own = Some((row, remembered));
            }
        });
        let amended = self.amended.get(&key);
        match (own, amended) {
            (None, None) => None,
            (Some((row, remembered)), None) => Some(Recent { remembered, row: Some(row) }),
            (None, Some((_, remembered))) => Some(Recent { remembered: remembered.clone(), row: None }),
            (Some((row, own)), Some((at, amended))) => {
                let remembered = if *at > row { amended.clone() } else { own };
                Some(Recent { remembered, row: Some(row) })
            }
        }
    }

    /// What the row at a place has the engine remember, if it is under this key.
    fn remembered(&self, key: Key, place: RowPlace, reading: Reading<'_>) -> Option<Remembered> {
        self.read(place, reading, |wallet, record, posted_at| {
            let wallet = WalletId { partition: reading.partition, number: wallet };
            let (found, remembered) = reading.secret.remember(wallet, record, posted_at)?;
            (found == key).then_some(remembered)
        })
    }

    /// Whether the row of an id may be known from before the drain under way.
    pub fn may_hold(&self, key: Key) -> bool {
        self.ids.may_hold(key)
    }

    /// Where the row of an id stands that is decided now.
    pub fn remember(&mut self, (key, fingerprint): Hashed, row: RowPlace) {
        self.ids.insert(key, row);
        self.burnt.push(BurntId { offset: row.offset, key, fingerprint });
    }

    /// The open frame ends at this byte again. Places behind it stay known; no row is found there.
    pub fn take_back(&mut self, end: usize) {
        self.burnt.retain(|id| (id.offset as usize) < end);
    }

    /// Remembers anew what is known of a message, as the row at a place says; its event's row stays where it is.
    pub fn amend(&mut self, key: Key, remembered: Remembered, row: RowPlace) {
        self.amended.insert(key, (row, remembered));
    }

    pub fn keep_attempt(&mut self, wallet: u32, attempt: &Attempt, frame: u64) {
        self.attempts.insert((wallet, attempt.number), (frame, attempt.clone()));
    }

    pub fn attempt(&self, wallet: u32, number: u64) -> Option<&Attempt> {
        self.attempts.get(&(wallet, number)).map(|(_, attempt)| attempt)
    }

    pub fn keep_correction(&mut self, wallet: u32, of: u64, corrected: Corrected, frame: u64) {
        self.corrections.insert((wallet, of), (frame, corrected));
    }

    pub fn correction(&self, wallet: u32, of: u64) -> Option<Corrected> {
        self.corrections.get(&(wallet, of)).map(|(_, corrected)| *corrected)
    }

    /// Keeps the frame that was the open one; the ids that its rows burn.
    pub fn keep_frame(&mut self, number: u64, posted_at: Timestamp, bytes: Bytes) -> Arc<Vec<BurntId>> {
        self.frames.push_back(Kept { number, posted_at, bytes });
        let next = Vec::with_capacity(self.burnt.len());
        Arc::new(std::mem::replace(&mut self.burnt, next))
    }

    /// How the message was charged whose record stands at a place.
    pub fn charge(&self, place: RowPlace, reading: Reading<'_>) -> Option<KnownCharge> {
        self.read(place, reading, |_, record, posted_at| KnownCharge::of(record, posted_at))
    }

    /// Reads a wallet's row in a frame that is kept or in the open one.
    fn read<T>(
        &self,
        place: RowPlace,
        reading: Reading<'_>,
        look: impl FnOnce(u32, &Record<'_>, Timestamp) -> Option<T>,
    ) -> Option<T> {
        let (frame, posted_at) = if place.frame == reading.open_number {
            (reading.open.bytes(), reading.now)
        } else {
            let at = place.frame.checked_sub(self.frames.front()?.number)?;
            let kept = self.frames.get(usize::try_from(at).ok()?)?;
            (&*kept.bytes, kept.posted_at)
        };
        let row = Rows::new(frame.get(place.offset as usize..)?).next()?.ok()?;
        match rows::read(row).ok()? {
            Row::Wallet { wallet, record } => look(wallet, &record, posted_at),
            Row::House { .. } => None,
        }
    }

    /// A drain is over, and the views hold everything up to this frame now.
    pub fn built(&mut self, frame: u64) {
        self.ids.built(frame);
        let kept = self.frames.len();
        while self.frames.front().is_some_and(|kept| kept.number <= frame) {
            self.frames.pop_front();
        }
        // Asked after every drain: all that stands in frames is gone through only when some of them go.
        if self.frames.len() == kept {
            return;
        }
        self.amended.retain(|_, (row, _)| row.frame > frame);
        self.attempts.retain(|_, (in_frame, _)| *in_frame > frame);
        self.corrections.retain(|_, (in_frame, _)| *in_frame > frame);
    }

    pub fn ids_len(&self) -> usize {
        self.ids.len() + self.amended.len()
    }
}
