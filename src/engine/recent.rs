//! What the views do not hold yet: ids, the frames that their rows stand in, resolved attempts and corrections.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use super::charge::KnownCharge;
use super::ids::{Recent, RecentIds, RowPlace};
use crate::domain::identity::{Key, Remembered};
use crate::domain::life::attempt::Attempt;
use crate::domain::status::Corrected;
use crate::domain::time::Timestamp;
use crate::journal::frame::FrameBuilder;
use crate::journal::rows::{self, Row, Rows};

/// The recent past of one partition, let go of as the views catch up.
#[derive(Default)]
pub struct RecentPast {
    ids: RecentIds,
    frames: VecDeque<Kept>,
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

/// The frame that is being filled: everything in it is decided, and the frame sealed, at one instant.
#[derive(Clone, Copy)]
pub struct Open<'f> {
    pub frame: &'f FrameBuilder,
    pub number: u64,
    pub posted_at: Timestamp,
}

impl RecentPast {
    pub fn id(&self, key: Key) -> Option<&Recent> {
        self.ids.get(key)
    }

    pub fn remember(&mut self, key: Key, remembered: Remembered, row: RowPlace) {
        self.ids.insert(key, Recent { remembered, row: Some(row) }, row.frame);
    }

    /// Remembers anew what is known of a message; its event's row stays where it is.
    pub fn amend(&mut self, key: Key, remembered: Remembered, frame: u64) {
        let row = self.ids.get(key).and_then(|recent| recent.row);
        self.ids.insert(key, Recent { remembered, row }, frame);
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

    pub fn keep_frame(&mut self, number: u64, posted_at: Timestamp, bytes: Bytes) {
        self.frames.push_back(Kept { number, posted_at, bytes });
    }

    /// How the message was charged whose record stands at a place, in a frame that is kept or in the open one.
    pub fn charge(&self, place: RowPlace, open: Open<'_>) -> Option<KnownCharge> {
        let (frame, posted_at) = if place.frame == open.number {
            (open.frame.bytes(), open.posted_at)
        } else {
            let at = self.frames.binary_search_by_key(&place.frame, |kept| kept.number).ok()?;
            (&*self.frames[at].bytes, self.frames[at].posted_at)
        };
        let row = Rows::new(frame.get(place.offset as usize..)?).next()?.ok()?;
        match rows::read(row).ok()? {
            Row::Wallet { record, .. } => KnownCharge::of(&record, posted_at),
            Row::House { .. } => None,
        }
    }

    /// The views hold everything up to this frame now.
    pub fn built(&mut self, frame: u64) {
        self.ids.built(frame);
        while self.frames.front().is_some_and(|kept| kept.number <= frame) {
            self.frames.pop_front();
        }
        if !self.attempts.is_empty() {
            self.attempts.retain(|_, (in_frame, _)| *in_frame > frame);
        }
        if !self.corrections.is_empty() {
            self.corrections.retain(|_, (in_frame, _)| *in_frame > frame);
        }
    }

    pub fn ids_len(&self) -> usize {
        self.ids.len()
    }
}
