//! What a pass has gathered: the rows that it folds, and those that it is about to write.

use std::sync::Arc;

use bytes::Bytes;

use super::tally::{Campaigns, Tally};
use super::unreadable;
use crate::domain::address::Address;
use crate::domain::identity::Secret;
use crate::domain::record::{Change, Record};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Misfit, WalletId};
use crate::journal::BurntId;
use crate::journal::frame::{Frame, ROWS_AT};
use crate::journal::rows::{RowError, read_record};
use crate::store::StoreError;
use crate::store::keys::{self, EntryKey, Generation, IdKey};
use crate::store::packs::Packing;
use crate::store::rows::{self, PostedRow, REMEMBERED_BYTES};
use crate::store::together::bring;

/// A frame whose rows are among the gathered.
pub(super) struct FrameOfRows {
    pub commit: u64,
    pub number: u64,
    pub posted_at: Timestamp,
    bytes: Bytes,
    /// The ids that its rows burn, where they are known.
    ids: Arc<Vec<BurntId>>,
}

/// Where a row stands among the frames.
#[derive(Clone, Copy)]
pub(super) struct RowAt {
    frame: u32,
    start: u32,
    end: u32,
}

impl RowAt {
    pub fn frame<'f>(&self, frames: &'f [FrameOfRows]) -> &'f FrameOfRows {
        &frames[self.frame as usize]
    }
}

impl FrameOfRows {
    pub fn new(commit: u64, frame: &Frame<'_>, bytes: Bytes, ids: Arc<Vec<BurntId>>) -> FrameOfRows {
        let Frame { number, posted_at, .. } = *frame;
        FrameOfRows { commit, number, posted_at, bytes, ids }
    }

    pub fn row(&self, at: RowAt) -> &[u8] {
        &self.bytes[at.start as usize..at.end as usize]
    }

    /// Reads bytes of a row, to have it brought from memory.
    pub fn look(&self, at: RowAt) -> u64 {
        let row = self.row(at);
        [0, row.len() / 2, row.len() - 1].iter().fold(0, |sum, place| sum ^ u64::from(row[*place]))
    }

    /// What a wallet's row tells.
    pub fn record(&self, at: RowAt) -> Result<Record<'_>, RowError> {
        read_record(self.row(at))
    }

    /// A row of the frame that cannot be read.
    pub fn unreadable(&self, partition: u8, error: &RowError) -> StoreError {
        unreadable(partition, self.number, self.commit, error).into()
    }

    /// A record of the frame that does not continue its wallet.
    pub fn misfit(&self, wallet: WalletId, misfit: Misfit) -> StoreError {
        StoreError::Misfit { commit: self.commit, partition: wallet.partition, misfit }
    }
}

/// A row that is to be folded.
pub(super) struct RowToFold {
    pub wallet: WalletId,
    pub row: RowAt,
    /// The place of the id that it burns among those of its frame; [`UNHASHED`] where it is not known.
    pub id: u32,
}

pub(super) const UNHASHED: u32 = u32::MAX;

impl RowToFold {
    /// Among those of its partition: wallet by wallet, and those of one wallet as they came.
    pub fn place(&self) -> (u32, u64) {
        (self.wallet.number, u64::from(self.row.frame) << 32 | u64::from(self.row.start))
    }

    /// The id that it burns, where it is known.
    fn burnt<'f>(&self, frames: &'f [FrameOfRows]) -> Option<&'f BurntId> {
        self.row.frame(frames).ids.get(self.id as usize)
    }
}

/// Has what is read of rows brought from memory, without waiting for any: asked for together, it answers in about the time of
/// one.
pub(super) fn touch<'r>(rows: impl Iterator<Item = &'r RowToFold>, frames: &[FrameOfRows]) {
    let look = |row: &RowToFold| {
        let id = row.burnt(frames).map_or(0, |id| id.offset.into());
        id ^ row.row.frame(frames).look(row.row)
    };
    bring(rows.map(look));
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
    pub frames: Vec<FrameOfRows>,
    /// By partition, in the order of the journal.
    pub to_fold: Vec<Vec<RowToFold>>,
    /// As they are about to be written, in the order of their keys: rows are folded wallet by wallet. They are packed when
    /// their rows have just been read: asked for when all are folded, each would come from memory once more.
    pub entries: Packing,
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
        frames.clear();
        to_fold.iter_mut().for_each(Vec::clear);
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

    /// Takes a frame in that [`FrameOfRows::row`] finds rows in.
    pub fn keep_frame(&mut self, frame: FrameOfRows) -> FrameBeingRead {
        self.frames.push(frame);
        let place = u32::try_from(self.frames.len() - 1).expect("a pass has fewer than 2^32 frames");
        FrameBeingRead { frame: place, at: ROWS_AT as u32, id: 0 }
    }

    /// Takes what a row that was folded is to be found by.
    pub fn gather(&mut self, secret: &Secret, record: &Record<'_>, row: &RowToFold, frames: &[FrameOfRows]) {
        let (id, frame) = (row.wallet, row.row.frame(frames));
        if let Change::Entry(entry) = &record.change {
            let put = |out: &mut Vec<u8>| PostedRow::put(out, frame.posted_at, frame.row(row.row));
            self.entries.push(id, entry.seq, put);
        }
        if let Change::Course(set) = &record.change
            && let Some(moved) = &set.moved
        {
            self.statuses.push((keys::entry(id, moved.seq), [moved.to as u8]));
        }
        let hashed = row.burnt(frames).map(|burnt| (burnt.key, burnt.fingerprint));
        if let Some((key, remembered)) = secret.remember_hashed(id, record, frame.posted_at, hashed) {
            let mut course = PLAIN;
            if remembered.course.is_some() {
                course = u32::try_from(self.courses.len()).expect("a pass has fewer than 2^32 rows");
                self.courses.push(rows::encode_remembered(&remembered));
            }
            let (generation, key, value) =
                (Generation::of(frame.posted_at), keys::id(key), rows::encode_id(&remembered));
            self.ids.push(IdRow { generation, key, value, course });
        }
        rows::documents(id, record, frame.posted_at, frame.row(row.row), |family, key, value| {
            self.documents.push((family, key, value));
        });
    }
}

/// How far the rows of a frame have been gone through.
pub(super) struct FrameBeingRead {
    frame: u32,
    at: u32,
    id: u32,
}

impl FrameBeingRead {
    /// Where the next row stands, which is of so many bytes, and the place of the id that it burns.
    pub fn next(&mut self, frames: &[FrameOfRows], bytes: usize) -> (RowAt, u32) {
        let start = self.at;
        self.at += u32::try_from(bytes).expect("a frame is far shorter than 4 GiB");
        let row = RowAt { frame: self.frame, start, end: self.at };
        let burns =
            frames[self.frame as usize].ids.get(self.id as usize).is_some_and(|id| id.offset == start);
        let id = if burns { self.id } else { UNHASHED };
        self.id += u32::from(burns);
        (row, id)
    }
}
