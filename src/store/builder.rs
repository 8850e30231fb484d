//! The view builder: folds the journal into the views, in bulk, behind the engine (J2).
//!
//! A pass reads the frames that are new, folds their rows wallet by wallet, writes ids and entries (large passes as
//! sorted files that the database takes over whole, small ones as a batch), adds up usage (`tally`), and keeps the
//! wallets' snapshots in memory. A checkpoint writes the changed snapshots, then the position, and flushes everything
//! atomically (snapshots may be ahead of the position): after a crash the views stand at the last checkpoint and the next passes write the same rows
//! again.

use std::collections::HashSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rocksdb::{WriteBatch, WriteOptions};

mod folded;
mod gathered;
mod tally;
mod writing;

use super::StoreError;
use super::audit::house_act;
use super::keys;
use super::rests::{Pieces, Rests};
use super::rows::{self, PostedRow, Snapshot};
use super::together::bring;
use super::views::Views;
use crate::domain::address::Address;
use crate::domain::event::AHEAD_MAX;
use crate::domain::identity::{KEPT_FOR, Secret};
use crate::domain::record::{Change, Record, Terms};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Misfit, Wallet, WalletId};
use crate::journal::embedded::Frames;
use crate::journal::frame::{Frame, Head};
use crate::journal::fresh::Commit;
use crate::journal::mark::Mark;
use crate::journal::rows::{self as journal_rows, Row, read};
use crate::journal::{BurntId, JournalError, Sealed};
use folded::{Folded, Wallets};
use gathered::{Counted, FrameOfRows, Gathered, RowToFold, touch};
use tally::Tally;

/// Unchanged snapshots are let go of when there are more than this in memory.
const WALLETS_IN_MEMORY_MAX: usize = 2_000_000;
/// Past it channels are written again that are there already.
const CHANNELS_IN_MEMORY_MAX: usize = 2_000_000;

/// Wallets that are looked for in one go: memory then answers side by side.
const WALLETS_AT_A_TIME: usize = 64;
/// Rows that are brought from memory together: they stay in the nearest cache until they are folded.
const ROWS_AT_A_TIME: usize = 128;

type Channels = HashSet<(WalletId, Address), ahash::RandomState>;

/// What one pass did.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Rows of the journal folded.
    pub rows: u64,
    /// Everything up to here can be looked up now.
    pub position: Mark,
}

/// The one writer of the views.
pub struct Builder {
    views: Arc<Views>,
    frames: Arc<Frames>,
    secret: Secret,
    position: Mark,
    house_records: u64,
    /// The commit that usage was added up to: it may be ahead of the position, and is never added up twice.
    usage_commit: u64,
    wallets: Wallets,
    /// The channels that are known to be among the views, but for the first of each wallet.
    channels: Channels,
    changed: Vec<WalletId>,
    rows_since_checkpoint: u64,
    latest_posting: Timestamp,
    files_made: u64,
    rests: Arc<Rests>,
    /// Of the pass under way, or of the last.
    pieces: Pieces,
    /// The last pass' buffers, empty: what they have grown to is used again.
    spare: Gathered,
}

impl Builder {
    /// Stands where the last checkpoint left the views.
    pub fn new(
        views: Arc<Views>,
        frames: Arc<Frames>,
        secret: Secret,
        partitions: u8,
    ) -> Result<Builder, StoreError> {
        let start = Mark { commit: 0, heads: vec![Default::default(); usize::from(partitions)] };
        let (position, house_records) = views.position()?.unwrap_or((start, 0));
        let usage_commit = views.usage_commit()?;
        // What an interrupted pass left behind is made anew.
        let _ = fs::remove_dir_all(&views.incoming);
        fs::create_dir_all(&views.incoming).map_err(|error| StoreError::file(&views.incoming, &error))?;
        Ok(Builder {
            views,
            frames,
            secret,
            position,
            house_records,
            usage_commit,
            wallets: Wallets::default(),
            channels: HashSet::default(),
            changed: Vec::new(),
            rows_since_checkpoint: 0,
            latest_posting: Timestamp::default(),
            files_made: 0,
            rests: Arc::default(),
            pieces: Pieces::begin(),
            spare: Gathered::default(),
        })
    }

    /// Passes have rests as these say, from now on; until then none.
    pub fn rest_by(&mut self, rests: Arc<Rests>) {
        self.rests = rests;
    }

    /// How much of the last pass was rest.
    pub fn rested(&self) -> Duration {
        self.pieces.rested()
    }

    pub fn views(&self) -> &Views {
        &self.views
    }

    pub fn position(&self) -> &Mark {
        &self.position
    }

    pub fn rows_since_checkpoint(&self) -> u64 {
        self.rows_since_checkpoint
    }

    /// Folds about `rows_max` rows (whole commits). `passed` is told each commit and the heads after it.
    pub fn pass(&mut self, rows_max: u64, mut passed: impl FnMut(&Mark)) -> Result<Pass, StoreError> {
        self.pieces = Pieces::begin();
        let mut gathered = std::mem::take(&mut self.spare);
        let frames = Arc::clone(&self.frames);
        let fresh = frames.fresh().take(self.position.commit, rows_max);
        let position = if fresh.is_empty() {
            self.read_stored(&frames, rows_max, &mut gathered, &mut passed)
        } else {
            self.take_fresh(fresh, &mut gathered, &mut passed)
        };
        let folded = position.and_then(|position| self.fold(&mut gathered).map(|()| position));
        let rows = gathered.rows;
        let written = folded.and_then(|position| {
            self.write(&mut gathered, position.commit)?;
            Ok(position)
        });
        let position = written.inspect_err(|_| {
            // The next pass counts the same records again.
            self.wallets.each_mut().for_each(|folded| folded.channel = None);
            self.channels.clear();
        })?;
        passed(&position);
        gathered.clear();
        self.spare = gathered;
        self.position = position.clone();
        self.rows_since_checkpoint += rows;
        Ok(Pass { rows, position })
    }

    /// Gathers what the journal holds behind the position; up to where.
    fn read_stored(
        &mut self,
        frames: &Frames,
        rows_max: u64,
        gathered: &mut Gathered,
        passed: &mut impl FnMut(&Mark),
    ) -> Result<Mark, StoreError> {
        let (mut position, mut at) = (self.position.clone(), self.position.clone());
        let mut failure = None;
        frames.walk(&mut position, |commit, frame, bytes| {
            if at.commit != commit {
                passed(&at);
                at.commit = commit;
            }
            at.heads[usize::from(frame.partition)] = Head { number: frame.number, link: frame.link };
            if failure.is_none() {
                let bytes = Bytes::copy_from_slice(bytes);
                failure = self.glean(commit, frame, bytes, Arc::default(), gathered).err();
            }
            Ok(failure.is_none() && gathered.rows < rows_max)
        })?;
        failure.map_or(Ok(position), Err)
    }

    /// Gathers commits as they were appended; up to where.
    fn take_fresh(
        &mut self,
        commits: Vec<Commit>,
        gathered: &mut Gathered,
        passed: &mut impl FnMut(&Mark),
    ) -> Result<Mark, StoreError> {
        let mut at = self.position.clone();
        for Commit { number: commit, frames } in commits {
            passed(&at);
            at.commit = commit;
            for Sealed { partition, number, bytes, ids, .. } in frames {
                let head = &mut at.heads[usize::from(partition)];
                let frame = Frame::of_sealed(&bytes).and_then(|frame| frame.follow(head).map(|()| frame));
                let frame = frame.map_err(|error| JournalError::at(partition, number, commit, &error))?;
                self.glean(commit, &frame, bytes.clone(), ids, gathered)?;
            }
        }
        Ok(at)
    }

    /// Takes a frame's rows in: those of the house are folded at once, those of wallets are kept until the pass has all.
    fn glean(
        &mut self,
        commit: u64,
        frame: &Frame<'_>,
        bytes: Bytes,
        ids: Arc<Vec<BurntId>>,
        gathered: &mut Gathered,
    ) -> Result<(), StoreError> {
        let (posted_at, number) = (frame.posted_at, frame.number);
        self.latest_posting = self.latest_posting.max(posted_at);
        let unreadable = |error| unreadable(frame.partition, number, commit, &error);
        let (rows_before, partition) = (gathered.rows, usize::from(frame.partition));
        if gathered.to_fold.len() <= partition {
            gathered.to_fold.resize_with(partition + 1, Vec::new);
        }
        let mut being_read = gathered.keep_frame(FrameOfRows::new(commit, frame, bytes, ids));
        for row in frame.rows() {
            let bytes = row.map_err(unreadable)?;
            gathered.rows += 1;
            let (row, id) = being_read.next(&gathered.frames, bytes.len());
            if let Some(wallet) = journal_rows::wallet_of(bytes).map_err(unreadable)? {
                let wallet = WalletId { partition: frame.partition, number: wallet };
                gathered.to_fold[partition].push(RowToFold { wallet, row, id });
            } else if let Row::House { record } = read(bytes).map_err(unreadable)? {
                let (key, value) = house_act(self.house_records, &record, posted_at, bytes);
                gathered.documents.push((keys::AUDIT, key.to_vec(), value));
                gathered.house.push((self.house_records, PostedRow::new(posted_at, bytes).0));
                self.house_records += 1;
            }
        }
        self.pieces.done((gathered.rows - rows_before) as usize, || self.rests.hundredths());
        Ok(())
    }

    /// Folds the rows of wallets, all of one wallet one after the other: what is known of it is then fetched from memory
    /// once a pass and not once a row.
    fn fold(&mut self, gathered: &mut Gathered) -> Result<(), StoreError> {
        let mut to_fold = std::mem::take(&mut gathered.to_fold);
        let frames = std::mem::take(&mut gathered.frames);
        for rows in &mut to_fold {
            rows.sort_unstable_by_key(RowToFold::place);
            let of_wallets: Vec<_> = rows.chunk_by(|one, other| one.wallet == other.wallet).collect();
            for some in of_wallets.chunks(WALLETS_AT_A_TIME) {
                self.bring_in(some, &frames)?;
                self.fold_wallets(some, &frames, gathered)?;
            }
        }
        (gathered.to_fold, gathered.frames) = (to_fold, frames);
        Ok(())
    }

    /// Looks for the wallets of some rows side by side, and loads those that are not in memory.
    fn bring_in(&mut self, some: &[&[RowToFold]], frames: &[FrameOfRows]) -> Result<(), StoreError> {
        let firsts = some.iter().map(|rows| &rows[0]);
        bring(firsts.clone().map(|row| self.wallets.get(row.wallet).map_or(0, Folded::look)));
        let absent: Vec<_> = firsts.filter(|row| self.wallets.get(row.wallet).is_none()).collect();
        if absent.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = absent.iter().map(|row| row.wallet).collect();
        for (row, stored) in absent.into_iter().zip(self.views.snapshots(&ids)?) {
            let snapshot = match stored {
                Some(snapshot) => snapshot,
                None => {
                    let (read, frame) = record_of(row, frames);
                    let record = read.map_err(|error| frame.unreadable(row.wallet.partition, &error))?;
                    let opened = opened(row.wallet, &record, frame.posted_at);
                    opened.map_err(|misfit| frame.misfit(row.wallet, misfit))?
                }
            };
            self.wallets.insert(row.wallet, Folded::of(snapshot));
        }
        Ok(())
    }

    /// Folds the rows of some wallets, as many of them together as are brought from memory together.
    fn fold_wallets(
        &mut self,
        mut rest: &[&[RowToFold]],
        frames: &[FrameOfRows],
        gathered: &mut Gathered,
    ) -> Result<(), StoreError> {
        while !rest.is_empty() {
            let mut rows = 0;
            let fits = |one: &&&[RowToFold]| {
                rows += one.len();
                rows <= ROWS_AT_A_TIME
            };
            let (some, others) = rest.split_at(rest.iter().take_while(fits).count().max(1));
            touch(some.iter().flat_map(|rows| rows.iter().take(ROWS_AT_A_TIME)), frames);
            some.iter().try_for_each(|rows| self.fold_wallet(rows, frames, gathered))?;
            self.pieces.done(some.iter().map(|rows| rows.len()).sum(), || self.rests.hundredths());
            rest = others;
        }
        Ok(())
    }

    /// Folds what one wallet has among the rows.
    fn fold_wallet(
        &mut self,
        rows: &[RowToFold],
        frames: &[FrameOfRows],
        gathered: &mut Gathered,
    ) -> Result<(), StoreError> {
        let (id, mut tally) = (rows[0].wallet, Tally::default());
        let folded = self.wallets.get_mut(id).expect("the wallets of rows are brought in first");
        for (place, row) in rows.iter().enumerate() {
            if place > 0 && place % ROWS_AT_A_TIME == 0 {
                touch(rows[place..].iter().take(ROWS_AT_A_TIME), frames);
            }
            // Read and looked at where it is: records are large.
            let (read, frame) = record_of(row, frames);
            let record = read.as_ref().map_err(|error| frame.unreadable(id.partition, error))?;
            if let Change::Opened(terms) | Change::TermsSet(terms) = &record.change {
                gathered.names.push((terms.wallet.into(), rows::encode_name(id, terms.name)));
            }
            folded.fold(record, frame.posted_at).map_err(|misfit| frame.misfit(id, misfit))?;
            // Usage has its own place up to which it stands.
            if frame.commit > self.usage_commit {
                folded.count(record, frame.posted_at, (&mut tally, &mut gathered.campaigns));
            }
            gathered.gather(&self.secret, record, row, frames);
        }
        if !std::mem::replace(&mut folded.changed, true) {
            self.changed.push(id);
        }
        if !tally.is_empty() {
            let channels = folded.new_channels(id, &tally, &mut self.channels);
            gathered.counted.push(Counted { wallet: id, tally, channels });
        }
        Ok(())
    }

    /// Makes everything up to the position survive a crash, and drops the ids that are no longer kept.
    pub fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.views.filter.checkpoint()?;
        let mut batch = WriteBatch::default();
        self.write_snapshots(&mut batch)?;
        let position = rows::encode_position(&self.position, self.house_records);
        let meta = self.views.family(keys::META);
        batch.put_cf(&meta, keys::POSITION, position);
        batch.put_cf(&meta, keys::FILTER, rows::encode_filter(&self.views.filter.taken()));
        self.views.database.write_opt(batch, &without_log())?;
        self.views.flush()?;
        self.rows_since_checkpoint = 0;
        // Only now: what could not be written is written with the next.
        for id in self.changed.drain(..) {
            if let Some(folded) = self.wallets.get_mut(id) {
                folded.changed = false;
            }
        }
        if self.wallets.len() > WALLETS_IN_MEMORY_MAX {
            self.wallets.clear();
        }
        if self.channels.len() > CHANNELS_IN_MEMORY_MAX {
            self.channels.clear();
        }
        self.drop_forgotten()
    }

    fn drop_forgotten(&self) -> Result<(), StoreError> {
        let kept_after = self.latest_posting.minus(KEPT_FOR).minus(AHEAD_MAX).seconds();
        for generation in self.views.generations() {
            if generation.end_seconds() <= kept_after {
                self.views.drop_generation(generation)?;
            }
        }
        Ok(())
    }
}

fn unreadable(
    partition: u8,
    number: u64,
    commit: u64,
    error: &journal_rows::RowError,
) -> crate::journal::JournalError {
    crate::journal::JournalError::Damaged { partition, number, commit, what: error.to_string() }
}

/// The record of a wallet's row, and its frame.
#[inline]
fn record_of<'f>(
    row: &RowToFold,
    frames: &'f [FrameOfRows],
) -> (Result<Record<'f>, journal_rows::RowError>, &'f FrameOfRows) {
    let frame = row.row.frame(frames);
    (frame.record(row.row), frame)
}

/// A wallet that no snapshot holds begins with its opening.
fn opened(id: WalletId, record: &Record<'_>, posted_at: Timestamp) -> Result<Snapshot, Misfit> {
    match &record.change {
        Change::Opened(terms) if record.number == 1 => Ok(first_snapshot(id, terms, posted_at)),
        _ => Err(Misfit::Number { wallet: id, last: 0, found: record.number }),
    }
}

/// A wallet's snapshot just after it was opened.
pub fn first_snapshot(id: WalletId, terms: &Terms<'_>, posted_at: Timestamp) -> Snapshot {
    Snapshot { wallet: Wallet::opened(id, terms), as_of: posted_at }
}

fn without_log() -> WriteOptions {
    let mut options = WriteOptions::default();
    options.disable_wal(true);
    options
}

#[cfg(test)]
mod tests;
