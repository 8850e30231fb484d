//! What a pass has gathered: the rows that it folds, and those that it is about to write.

use std::ops::Range;

use super::tally::{Campaigns, Tally};
use crate::domain::address::Address;
use crate::domain::identity::Secret;
use crate::domain::record::{Change, Record};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Misfit, WalletId};
use crate::store::StoreError;
use crate::store::keys::{self, EntryKey, Generation, IdKey};
use crate::store::rows::{self, REMEMBERED_BYTES};

/// A frame whose rows are among the gathered.
#[derive(Clone, Copy)]
pub(super) struct FrameOfRows {
    pub commit: u64,
    pub posted_at: Timestamp,
    pub number: u64,
}

impl FrameOfRows {
    /// A record of the frame that does not continue its wallet.
    pub fn misfit(&self, wallet: WalletId, misfit: Misfit) -> StoreError {
        StoreError::Misfit { commit: self.commit, partition: wallet.partition, misfit }
    }
}

/// A row that is to be folded.
pub(super) struct RowToFold {
    pub wallet: WalletId,
    /// The place of its frame among the gathered.
    pub frame: u32,
    /// Where it stands among the values, behind the instant of its posting.
    pub value: Range<usize>,
}

impl RowToFold {
    /// Wallet by wallet, and those of one wallet as they came.
    pub fn place(&self) -> (u64, usize) {
        (u64::from(self.wallet.partition) << 32 | u64::from(self.wallet.number), self.value.start)
    }
}

/// An id as it is about to be written. Nearly all have values of one size, which stand in place.
#[derive(Clone, Copy)]
pub(super) struct IdRow {
    pub generation: Generation,
    pub key: IdKey,
    pub value: [u8; REMEMBERED_BYTES],
    /// The place of its value among the courses; [`PLAIN`] where it is the one in place.
    pub course: u32,
}

pub(super) const PLAIN: u32 = u32::MAX;

/// Where an id stands among the gathered, under the first half of its key.
#[derive(Clone, Copy)]
pub(super) struct IdPlace {
    pub half_key: u64,
    pub row: u32,
}

impl IdRow {
    pub fn value<'r>(&'r self, courses: &'r [Vec<u8>]) -> &'r [u8] {
        courses.get(self.course as usize).map_or(&self.value, |value| value)
    }
}

/// An entry as it is about to be written: what its key is made of, in numbers because those compare faster than bytes.
pub(super) struct EntryToWrite {
    pub wallet: WalletId,
    pub seq: u64,
    pub value: Range<usize>,
}

impl EntryToWrite {
    pub fn place(&self) -> (u64, u64) {
        (u64::from(self.wallet.partition) << 32 | u64::from(self.wallet.number), self.seq)
    }
}

/// What a pass adds to one wallet's usage.
pub(super) struct Counted {
    pub wallet: WalletId,
    pub tally: Tally,
    /// Those of its channels that are new, in order.
    pub channels: Vec<Address>,
}

/// The rows that one pass is about to write.
#[derive(Default)]
pub(super) struct Gathered {
    /// The rows of wallets as they came, each behind the instant of its posting: as entries are written.
    pub values: Vec<u8>,
    pub frames: Vec<FrameOfRows>,
    pub to_fold: Vec<RowToFold>,
    pub entries: Vec<EntryToWrite>,
    pub ids: Vec<IdRow>,
    /// Where they stand, to be put in order: sorting the rows themselves moves them many times.
    pub ids_order: Vec<IdPlace>,
    pub ids_in_order: Vec<IdRow>,
    /// Final statuses of messages, by their entries.
    pub statuses: Vec<(EntryKey, [u8; 1])>,
    /// Values of the ids of messages with statuses.
    pub courses: Vec<Vec<u8>>,
    /// Documents, deliveries, the index of payments and the audit; of one key the last is written last.
    pub documents: Vec<(&'static str, Vec<u8>, Vec<u8>)>,
    pub names: Vec<(Box<str>, Vec<u8>)>,
    pub house: Vec<(u64, Vec<u8>)>,
    /// In the order of their wallets.
    pub counted: Vec<Counted>,
    pub campaigns: Campaigns,
    pub rows: u64,
}

impl Gathered {
    pub fn clear(&mut self) {
        let Gathered {
            values,
            frames,
            to_fold,
            entries,
            ids,
            ids_order,
            ids_in_order,
            statuses,
            courses,
            documents,
            names,
            house,
            counted,
            campaigns,
            rows,
        } = self;
        values.clear();
        frames.clear();
        to_fold.clear();
        entries.clear();
        ids.clear();
        ids_order.clear();
        ids_in_order.clear();
        statuses.clear();
        courses.clear();
        documents.clear();
        names.clear();
        house.clear();
        counted.clear();
        campaigns.clear();
        *rows = 0;
    }

    pub fn keep(&mut self, wallet: WalletId, frame: u32, posted_at: Timestamp, row: &[u8]) {
        let start = self.values.len();
        self.values.extend_from_slice(&posted_at.nanos().to_le_bytes());
        self.values.extend_from_slice(row);
        self.to_fold.push(RowToFold { wallet, frame, value: start..self.values.len() });
    }

    pub fn gather(
        &mut self,
        secret: &Secret,
        id: WalletId,
        record: &Record<'_>,
        posted_at: Timestamp,
        (row, value): (&[u8], Range<usize>),
    ) {
        if let Change::Entry(entry) = &record.change {
            self.entries.push(EntryToWrite { wallet: id, seq: entry.seq, value });
        }
        if let Change::Course(set) = &record.change
            && let Some(moved) = &set.moved
        {
            self.statuses.push((keys::entry(id, moved.seq), [moved.to as u8]));
        }
        if let Some((key, remembered)) = secret.remember(id, record, posted_at) {
            let mut course = PLAIN;
            if remembered.course.is_some() {
                course = u32::try_from(self.courses.len()).expect("a pass has fewer than 2^32 rows");
                self.courses.push(rows::encode_remembered(&remembered));
            }
            let (generation, key, value) =
                (Generation::of(posted_at), keys::id(key), rows::encode_id(&remembered));
            self.ids.push(IdRow { generation, key, value, course });
        }
        for (family, key, value) in rows::documents(id, record, posted_at, row) {
            self.documents.push((family, key, value));
        }
    }
}
