//! One partition: decides for its wallets in order, remembers their ids, fills and seals its frames.

use super::batch::{Batch, BatchEvent};
use super::book::Book;
use super::ids::RecentIds;
use super::outcome::Outcome;
use crate::domain::decide::{Command, Moment, Refusal, decide};
use crate::domain::house::HouseRecord;
use crate::domain::identity::{
    Fingerprint, Key, Named, Remembered, Repeat, Secret, Taken, Verdict, kept_until,
};
use crate::domain::record::{Adjustment, Change, Lack, Record, Records, Terms};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Wallet, WalletId};
use crate::journal::Sealed;
use crate::journal::frame::{FrameBuilder, Head};
use crate::journal::rows;

/// A fixed slice of the wallets, with the one chain of frames that they share.
pub struct Partition {
    number: u8,
    head: Head,
    wallets_opened: u32,
    ids: RecentIds,
    open: FrameBuilder,
    sealed: Vec<Sealed>,
    frame_bytes_max: usize,
}

/// What decisions of one drain share.
#[derive(Clone, Copy)]
pub struct Deciding<'a> {
    pub moment: Moment,
    pub book: &'a Book,
    pub secret: &'a Secret,
}

/// What an adjustment ends as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjusted {
    Posted {
        seq: u64,
    },
    /// The same key and content came before.
    Replayed {
        seq: u64,
    },
    /// The same key came before with other content.
    KeyReused,
    OutOfRange,
}

/// Where to go back to when a rule fails in the middle of a decision.
#[derive(Clone, Copy)]
pub struct Savepoint((usize, u32));

impl Partition {
    /// A partition whose journal ends at `head` and which has opened so many wallets.
    pub fn new(number: u8, head: Head, wallets_opened: u32, frame_bytes_max: usize) -> Partition {
        let (ids, open) = (RecentIds::default(), FrameBuilder::default());
        Partition { number, head, wallets_opened, ids, open, sealed: Vec::new(), frame_bytes_max }
    }

    /// Decides one event of a batch. `known` is what the views remember under its key.
    pub fn post(
        &mut self,
        wallet: &mut Wallet,
        batch: &Batch,
        index: usize,
        known: Option<&Remembered>,
        deciding: Deciding<'_>,
    ) -> Outcome {
        let BatchEvent { key, fingerprint, tariff, price, .. } = batch.events[index];
        match self.repeat(key, fingerprint, known, deciding.moment.now) {
            Some(Repeat::Duplicate(verdict)) => return Outcome::Duplicate(verdict),
            Some(Repeat::Conflict) => return Outcome::Conflict,
            None => {}
        }
        let event = batch.event(index);
        let price =
            if tariff == wallet.tariff { price } else { deciding.book.price_event(wallet.tariff, &event) };
        match decide(wallet, &Command::Post { event, price }, deciding.moment) {
            Ok(records) => self.taken(wallet, &records, key, fingerprint, deciding.moment.now),
            Err(refusal) => Outcome::refused(refusal),
        }
    }

    fn taken(
        &mut self,
        wallet: &mut Wallet,
        records: &Records<'_>,
        key: Key,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> Outcome {
        let verdict = self.append(wallet, records, key, fingerprint, now);
        match verdict.outcome {
            Taken::Posted => Outcome::Charged { amount: verdict.amount, seq: verdict.seq },
            Taken::BlockedSuspended => Outcome::Recorded(Lack::Suspended),
            Taken::BlockedInsufficientBalance => Outcome::Recorded(Lack::InsufficientBalance),
        }
    }

    /// Posts or replays an adjustment.
    pub fn adjust(
        &mut self,
        wallet: &mut Wallet,
        adjustment: &Adjustment<'_>,
        known: Option<&Remembered>,
        deciding: Deciding<'_>,
    ) -> Adjusted {
        let key = deciding.secret.key(wallet.id, Named::Idempotency(adjustment.idempotency_key));
        let fingerprint = deciding.secret.adjustment_fingerprint(adjustment);
        match self.repeat(key, fingerprint, known, deciding.moment.now) {
            Some(Repeat::Duplicate(verdict)) => return Adjusted::Replayed { seq: verdict.seq },
            Some(Repeat::Conflict) => return Adjusted::KeyReused,
            None => {}
        }
        match decide(wallet, &Command::Adjust(*adjustment), deciding.moment) {
            Ok(records) => {
                let verdict = self.append(wallet, &records, key, fingerprint, deciding.moment.now);
                Adjusted::Posted { seq: verdict.seq }
            }
            Err(_) => Adjusted::OutOfRange,
        }
    }

    /// Sets a wallet's terms.
    pub fn set_terms(
        &mut self,
        wallet: &mut Wallet,
        terms: &Terms<'_>,
        moment: Moment,
    ) -> Result<(), Refusal> {
        let records = decide(wallet, &Command::SetTerms(*terms), moment)?;
        self.fold(wallet, &records);
        Ok(())
    }

    /// Opens the next wallet of this partition.
    pub fn open_wallet(&mut self, terms: &Terms<'_>, now: Timestamp) -> Wallet {
        let id = WalletId { partition: self.number, number: self.wallets_opened };
        self.wallets_opened =
            self.wallets_opened.checked_add(1).expect("fewer than 2^32 wallets in a partition");
        let record = Record { number: 1, occurred_at: now, change: Change::Opened(*terms) };
        self.push(|bytes| rows::put_record(bytes, id.number, &record));
        Wallet::opened(id, terms)
    }

    /// Appends a record of the house.
    pub fn append_house(&mut self, record: &HouseRecord<'_>, now: Timestamp) {
        self.push(|bytes| rows::put_house(bytes, record, now));
    }

    fn repeat(
        &self,
        key: Key,
        fingerprint: Fingerprint,
        known: Option<&Remembered>,
        now: Timestamp,
    ) -> Option<Repeat> {
        self.ids.get(key).or(known).and_then(|remembered| remembered.judge(fingerprint, now))
    }

    /// Folds the records into the wallet and the open frame, and remembers the id they burn.
    fn append(
        &mut self,
        wallet: &mut Wallet,
        records: &Records<'_>,
        key: Key,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> Verdict {
        let first = &records[0];
        let verdict = Verdict::of(&first.change)
            .expect("a decision on an event begins with the record that burns its id");
        self.fold(wallet, records);
        let remembered = Remembered { fingerprint, verdict, kept_until: kept_until(first.occurred_at, now) };
        self.ids.insert(key, remembered, self.open_frame());
        verdict
    }

    fn fold(&mut self, wallet: &mut Wallet, records: &Records<'_>) {
        for record in records {
            wallet.apply(record).expect("decided records continue the wallet they were decided on");
            self.push(|bytes| rows::put_record(bytes, wallet.id.number, record));
        }
    }

    fn push(&mut self, put: impl FnOnce(&mut Vec<u8>)) {
        self.open.push(put);
    }

    /// The number of the frame that is being filled.
    pub fn open_frame(&self) -> u64 {
        self.head.number + 1
    }

    pub fn savepoint(&self) -> Savepoint {
        Savepoint(self.open.savepoint())
    }

    /// Takes back the rows since the savepoint: what a failed rule left behind must not be journalled.
    pub fn roll_back(&mut self, savepoint: Savepoint) {
        self.open.truncate(savepoint.0);
    }

    /// Seals the open frame once it has reached its size; called between decisions.
    pub fn seal_if_full(&mut self, posted_at: Timestamp) {
        if self.open.len() >= self.frame_bytes_max {
            self.seal_open(posted_at);
        }
    }

    fn seal_open(&mut self, posted_at: Timestamp) {
        if !self.open.is_empty() {
            let rows = self.open.rows();
            let bytes = self.open.seal(self.number, &mut self.head, posted_at);
            self.sealed.push(Sealed { partition: self.number, number: self.head.number, rows, bytes });
        }
    }

    /// Everything decided since the last call, as frames in order.
    pub fn seal(&mut self, posted_at: Timestamp) -> std::vec::Drain<'_, Sealed> {
        self.seal_open(posted_at);
        self.sealed.drain(..)
    }

    /// The views hold everything up to this frame now.
    pub fn built(&mut self, frame: u64) {
        self.ids.built(frame);
    }

    /// Ids that the views do not hold yet.
    pub fn recent_ids(&self) -> usize {
        self.ids.len()
    }

    pub fn number(&self) -> u8 {
        self.number
    }
}

#[cfg(test)]
mod tests;
