//! The view builder: folds the journal into the views, in bulk, behind the engine (J2).
//!
//! A pass reads the frames that are new, writes ids and entries (large passes as sorted files that the database
//! takes over whole, small ones as a batch), adds up usage (`tally`), and keeps the wallets' snapshots in memory. A checkpoint writes the
//! changed snapshots with the position in one batch and flushes everything atomically: after a crash the views
//! stand at the last checkpoint and the next passes write the same rows again.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::Arc;

use rocksdb::{WriteBatch, WriteOptions};

mod tally;
mod writing;

use super::StoreError;
use super::audit::house_act;
use super::keys::{self, EntryKey, Generation, IdKey};
use super::rows::{self, PostedRow, REMEMBERED_BYTES, Snapshot};
use super::views::Views;
use crate::domain::address::Address;
use crate::domain::calendar::Zone;
use crate::domain::event::AHEAD_MAX;
use crate::domain::identity::{KEPT_FOR, Secret};
use crate::domain::record::{Change, Record, Terms};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Misfit, Wallet, WalletId};
use crate::journal::embedded::Frames;
use crate::journal::frame::Frame;
use crate::journal::mark::Mark;
use crate::journal::rows::{Row, read};
use tally::{Campaigns, Counting, Tally, Today};

/// Unchanged snapshots are let go of when there are more than this in memory.
const WALLETS_IN_MEMORY_MAX: usize = 2_000_000;
/// Past it channels are written again that are there already.
const CHANNELS_IN_MEMORY_MAX: usize = 2_000_000;

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
    wallets: HashMap<WalletId, Folded, ahash::RandomState>,
    /// The channels that are known to be among the views.
    channels: HashSet<(WalletId, Address), ahash::RandomState>,
    changed: Vec<WalletId>,
    rows_since_checkpoint: u64,
    latest_posting: Timestamp,
    files_made: u64,
    /// The last pass' buffers, empty: what they have grown to is used again.
    spare: Gathered,
}

struct Folded {
    snapshot: Snapshot,
    changed: bool,
    zone: Zone,
    today: Today,
    /// What the pass under way adds to usage.
    tally: Tally,
}

impl Folded {
    /// Adds to the tally what a record counts as.
    fn count(&mut self, id: WalletId, record: &Record<'_>, posted_at: Timestamp, gathered: &mut Gathered) {
        let counts = match &record.change {
            Change::Entry(_) => true,
            Change::Course(set) => set.moved.is_some(),
            _ => false,
        };
        if !counts {
            return;
        }
        if self.tally.is_empty() {
            gathered.counted.push(id);
        }
        let Folded { tally, today, zone, .. } = self;
        let mut counting = Counting { tally, today, zone, campaigns: &mut gathered.campaigns };
        match &record.change {
            Change::Entry(entry) => counting.entry(entry, record.occurred_at, posted_at),
            Change::Course(set) => set.moved.iter().for_each(|moved| counting.moved(moved)),
            _ => {}
        }
    }

    fn of(snapshot: Snapshot) -> Folded {
        let zone = Zone::of_wallet(&snapshot.wallet.time_zone);
        Folded { snapshot, changed: false, zone, today: Today::NEVER, tally: Tally::default() }
    }
}

/// An id as it is about to be written. Nearly all have values of one size, which stand in place.
struct IdRow {
    generation: Generation,
    key: IdKey,
    value: [u8; REMEMBERED_BYTES],
    /// The place of its value among the courses; [`PLAIN`] where it is the one in place.
    course: u32,
}

const PLAIN: u32 = u32::MAX;

/// Where an id stands among the gathered, under the first half of its key.
#[derive(Clone, Copy)]
struct IdPlace {
    half_key: u64,
    row: u32,
}

impl IdRow {
    fn value<'r>(&'r self, courses: &'r [Vec<u8>]) -> &'r [u8] {
        courses.get(self.course as usize).map_or(&self.value, |value| value)
    }
}

/// An entry as it is about to be written: what its key is made of, in numbers because those compare faster than bytes.
struct EntryToWrite {
    wallet: WalletId,
    seq: u64,
    value: std::ops::Range<usize>,
}

impl EntryToWrite {
    fn place(&self) -> (u64, u64) {
        (u64::from(self.wallet.partition) << 32 | u64::from(self.wallet.number), self.seq)
    }
}

/// The rows that one pass is about to write.
#[derive(Default)]
struct Gathered {
    /// Values of entries, one after the other.
    values: Vec<u8>,
    entries: Vec<EntryToWrite>,
    ids: Vec<IdRow>,
    /// Where they stand, to be put in order: moving the rows themselves costs more.
    ids_order: Vec<IdPlace>,
    /// Final statuses of messages, by their entries.
    statuses: Vec<(EntryKey, [u8; 1])>,
    /// Values of the ids of messages with statuses.
    courses: Vec<Vec<u8>>,
    /// Documents, deliveries, the index of payments and the audit; of one key the last is written last.
    documents: Vec<(&'static str, Vec<u8>, Vec<u8>)>,
    names: Vec<(Box<str>, Vec<u8>)>,
    house: Vec<(u64, Vec<u8>)>,
    /// The wallets that have something in their tallies.
    counted: Vec<WalletId>,
    campaigns: Campaigns,
    rows: u64,
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
            wallets: HashMap::default(),
            channels: HashSet::default(),
            changed: Vec::new(),
            rows_since_checkpoint: 0,
            latest_posting: Timestamp::default(),
            files_made: 0,
            spare: Gathered::default(),
        })
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
        let frames = Arc::clone(&self.frames);
        let mut position = self.position.clone();
        let mut gathered = std::mem::take(&mut self.spare);
        let mut failure = None;
        let mut at = position.clone();
        let walked = frames.walk(&mut position, |commit, frame, _| {
            if at.commit != commit {
                passed(&at);
                at.commit = commit;
            }
            at.heads[usize::from(frame.partition)] =
                crate::journal::frame::Head { number: frame.number, link: frame.link };
            if failure.is_none() {
                failure = self.fold(commit, frame, &mut gathered).err();
            }
            Ok(failure.is_none() && gathered.rows < rows_max)
        });
        let folded = failure.map_or(walked.map_err(StoreError::Journal), Err);
        let rows = gathered.rows;
        if let Err(error) = folded.and_then(|()| self.write(&mut gathered, position.commit)) {
            // The next pass counts the same records again.
            self.wallets.values_mut().for_each(|folded| folded.tally = Tally::default());
            self.channels.clear();
            return Err(error);
        }
        passed(&position);
        gathered.clear();
        self.spare = gathered;
        self.position = position.clone();
        self.rows_since_checkpoint += rows;
        Ok(Pass { rows, position })
    }

    fn fold(&mut self, commit: u64, frame: &Frame<'_>, gathered: &mut Gathered) -> Result<(), StoreError> {
        let posted_at = frame.posted_at;
        self.latest_posting = self.latest_posting.max(posted_at);
        let unreadable = |error| crate::journal::JournalError::Damaged {
            partition: frame.partition,
            number: frame.number,
            commit,
            what: format!("{error}"),
        };
        for row in frame.rows() {
            let bytes = row.map_err(unreadable)?;
            match read(bytes).map_err(unreadable)? {
                Row::House { record } => {
                    let (key, value) = house_act(self.house_records, &record, posted_at, bytes);
                    gathered.documents.push((keys::AUDIT, key.to_vec(), value));
                    gathered.house.push((self.house_records, PostedRow::new(posted_at, bytes).0));
                    self.house_records += 1;
                }
                Row::Wallet { wallet, record } => {
                    let id = WalletId { partition: frame.partition, number: wallet };
                    self.fold_record(id, &record, (commit, posted_at), gathered).map_err(
                        |error| match error {
                            Unfolded::Store(error) => error,
                            Unfolded::Misfit(misfit) => {
                                StoreError::Misfit { commit, partition: frame.partition, misfit }
                            }
                        },
                    )?;
                    gathered.gather(&self.secret, id, &record, posted_at, bytes);
                }
            }
            gathered.rows += 1;
        }
        Ok(())
    }

    fn fold_record(
        &mut self,
        id: WalletId,
        record: &Record<'_>,
        (commit, posted_at): (u64, Timestamp),
        gathered: &mut Gathered,
    ) -> Result<(), Unfolded> {
        if let Change::Opened(terms) | Change::TermsSet(terms) = &record.change {
            gathered.names.push((terms.wallet.into(), rows::encode_name(id, terms.name)));
        }
        let folded = match self.wallets.entry(id) {
            std::collections::hash_map::Entry::Occupied(folded) => folded.into_mut(),
            std::collections::hash_map::Entry::Vacant(vacant) => {
                let snapshot = match self.views.snapshot(id).map_err(Unfolded::Store)? {
                    Some(snapshot) => snapshot,
                    None => opened(id, record, posted_at).map_err(Unfolded::Misfit)?,
                };
                vacant.insert(Folded::of(snapshot))
            }
        };
        if !folded.changed {
            folded.changed = true;
            self.changed.push(id);
        }
        // A snapshot may be ahead of the position; it then holds this record already.
        if record.number > folded.snapshot.wallet.records {
            folded.snapshot.wallet.apply(record).map_err(Unfolded::Misfit)?;
            folded.snapshot.as_of = posted_at;
        }
        if let Change::TermsSet(terms) = &record.change {
            (folded.zone, folded.today) = (Zone::of_wallet(terms.time_zone), Today::NEVER);
        }
        // Usage has its own place up to which it stands.
        if commit > self.usage_commit {
            folded.count(id, record, posted_at, gathered);
        }
        Ok(())
    }

    /// Makes everything up to the position survive a crash, and drops the ids that are no longer kept.
    pub fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.views.filter.checkpoint()?;
        let mut batch = WriteBatch::default();
        let wallets = self.views.family(keys::WALLETS);
        for id in self.changed.drain(..) {
            if let Some(folded) = self.wallets.get_mut(&id) {
                folded.changed = false;
                batch.put_cf(&wallets, keys::wallet(id), folded.snapshot.encode());
            }
        }
        let position = rows::encode_position(&self.position, self.house_records);
        batch.put_cf(&self.views.family(keys::META), keys::POSITION, position);
        self.views.database.write_opt(batch, &without_log())?;
        self.views.flush()?;
        self.rows_since_checkpoint = 0;
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

enum Unfolded {
    Store(StoreError),
    Misfit(Misfit),
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

impl Gathered {
    fn clear(&mut self) {
        let Gathered {
            values,
            entries,
            ids,
            ids_order,
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
        entries.clear();
        ids.clear();
        ids_order.clear();
        statuses.clear();
        courses.clear();
        documents.clear();
        names.clear();
        house.clear();
        counted.clear();
        campaigns.clear();
        *rows = 0;
    }

    fn gather(
        &mut self,
        secret: &Secret,
        id: WalletId,
        record: &Record<'_>,
        posted_at: Timestamp,
        row: &[u8],
    ) {
        if let Change::Entry(entry) = &record.change {
            let start = self.values.len();
            self.values.extend_from_slice(&posted_at.nanos().to_le_bytes());
            self.values.extend_from_slice(row);
            self.entries.push(EntryToWrite { wallet: id, seq: entry.seq, value: start..self.values.len() });
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

#[cfg(test)]
mod tests;
