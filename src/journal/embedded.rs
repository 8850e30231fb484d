//! The embedded journal: frames in a RocksDB of its own under (commit, partition), the log synced with every commit.
//!
//! Recovery never believes RocksDB alone: its log may end early without a word, so the chain must reach the
//! high-water mark. Keys lead with the commit, so files hold consecutive commits and are never rewritten.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rocksdb::properties::PropName;
use rocksdb::{
    DB, DBCompressionType, DBRecoveryMode, Direction, IteratorMode, Options, ReadOptions, WriteBatch,
    WriteOptions,
};

use super::files::{self, Listed};
use super::frame::{Frame, FrameError, Head, Link};
use super::fresh::{Commit, Fresh};
use super::mark::{self, Keeper, Mark};
use super::{Append, JournalError, Log, Sealed, background, figures, packed};
use crate::clock::Stopwatch;
use crate::metrics::DatabaseFigures;

const KEY_BYTES: usize = 9;
const OPEN_FILES_MAX: i32 = 1_024;

/// What the journal is opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `journal/` and `high-water` are made in it.
    pub folder: PathBuf,
    pub partitions: u8,
    /// Bytes that RocksDB gathers in memory before it writes a file.
    pub write_buffer_bytes: usize,
}

/// The journal for readers. Shared by the view builder, the scrub and `verify`.
pub struct Frames {
    database: DB,
    /// What it was opened with, which keeps its counts.
    options: Options,
    fresh: Fresh,
}

/// The journal for its one writer.
pub struct Embedded {
    frames: Arc<Frames>,
    keeper: Keeper,
    tip: Mark,
    /// A failed append is final: nothing is taken after it.
    failed: bool,
    last_sync: Duration,
    /// Where frames are packed.
    room: Vec<u8>,
}

/// Where a reader of the journal stands: everything up to `commit` is behind it.
pub type Position = Mark;

fn key(commit: u64, partition: u8) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    key[..8].copy_from_slice(&commit.to_be_bytes());
    key[8] = partition;
    key
}

fn split_key(key: &[u8]) -> Option<(u64, u8)> {
    let key: &[u8; KEY_BYTES] = key.try_into().ok()?;
    let (commit, partition) = key.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*commit), partition[0]))
}

fn options(write_buffer_bytes: usize, mode: DBRecoveryMode) -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.set_wal_recovery_mode(mode);
    options.set_write_buffer_size(write_buffer_bytes);
    options.set_max_write_buffer_number(4);
    // One compression on all levels: files that follow one another move down without being written again.
    options.set_compression_type(DBCompressionType::Lz4);
    // Most of them hold frames that are packed: LZ4 passes quickly over what it cannot make shorter.
    options.set_compression_options(-14, -8, 0, 0);
    background::share_threads(&mut options);
    background::never_slow_down(&mut options);
    // Its files are read one after the other: they need not all be open at once, however many there are.
    options.set_max_open_files(OPEN_FILES_MAX);
    options.set_bytes_per_sync(1 << 20);
    options.set_keep_log_file_num(4);
    options.set_manual_wal_flush(false);
    options.set_unordered_write(false);
    figures::count(&mut options);
    options
}

impl Frames {
    fn of(database: DB, options: Options) -> Frames {
        Frames { database, options, fresh: Fresh::default() }
    }

    /// Opens the database alone; whether it is whole is for [`Embedded::recover`] or a walk to say.
    /// Answers too what was torn off the end of the log, if anything was.
    fn open(folder: &Path, write_buffer_bytes: usize) -> Result<(Frames, Option<String>), JournalError> {
        let path = folder.join("journal");
        let strict = options(write_buffer_bytes, DBRecoveryMode::AbsoluteConsistency);
        let (frames, torn) = match DB::open(&strict, &path) {
            Ok(database) => (Frames::of(database, strict), None),
            Err(error) if error.kind() == rocksdb::ErrorKind::Corruption => {
                let lenient = options(write_buffer_bytes, DBRecoveryMode::PointInTime);
                let database = DB::open(&lenient, &path).map_err(|error| unopened(folder, &error))?;
                (Frames::of(database, lenient), Some(error.to_string()))
            }
            Err(error) => return Err(unopened(folder, &error)),
        };
        Ok((frames, torn))
    }

    /// Opens for reading only, beside nobody: what `verify` walks.
    pub fn open_read_only(folder: &Path) -> Result<Frames, JournalError> {
        let lenient = options(64 << 20, DBRecoveryMode::PointInTime);
        DB::open_for_read_only(&lenient, folder.join("journal"), false)
            .map(|database| Frames::of(database, lenient))
            .map_err(|error| unopened(folder, &error))
    }

    /// Renews the list of the journal's files in the data directory.
    pub fn list_files(&self, folder: &Path) -> Result<(), JournalError> {
        let unlisted = |error: &dyn std::fmt::Display| {
            JournalError::Read(format!("its files cannot be listed: {error}"))
        };
        let live = self.database.live_files().map_err(|error| unlisted(&error))?;
        let place = |key: Option<Vec<u8>>| key.as_deref().and_then(split_key);
        let listed = live.into_iter().filter_map(|file| {
            let name = file.name.trim_start_matches('/').to_owned();
            Some(Listed {
                name,
                bytes: file.size as u64,
                first: place(file.start_key)?,
                last: place(file.end_key)?,
            })
        });
        files::write(folder, &listed.collect::<Vec<_>>()).map_err(|error| unlisted(&error))
    }

    /// The frames that were appended last, for the one who builds the views.
    pub fn fresh(&self) -> &Fresh {
        &self.fresh
    }

    /// Calls `visit` for every frame after `position`, in order, checked and in chain, and moves `position`
    /// behind each commit. Stops where `visit` answers false, always at the end of a commit.
    pub fn walk(
        &self,
        position: &mut Position,
        mut visit: impl FnMut(u64, &Frame<'_>, &[u8]) -> Result<bool, JournalError>,
    ) -> Result<(), JournalError> {
        let start = key(position.commit + 1, 0);
        let mut read = ReadOptions::default();
        read.fill_cache(false);
        read.set_readahead_size(2 << 20);
        // In place: a copy of every frame would cost as much as folding it.
        let mut items = self.database.raw_iterator_opt(read);
        items.seek(start);
        let mut next = position.clone();
        let (mut go_on, mut room) = (true, Vec::new());
        while let Some((raw_key, stored)) = items.item() {
            let Some((commit, partition)) = split_key(raw_key) else {
                return Err(JournalError::Read(format!("a key of {} bytes", raw_key.len())));
            };
            if commit != next.commit {
                *position = next.clone();
                if !go_on {
                    return Ok(());
                }
                if commit != next.commit + 1 {
                    return Err(self.hole(&next, commit, partition));
                }
                next.commit = commit;
            }
            let (frame, bytes) = self.checked(&mut next, commit, partition, (stored, &mut room))?;
            go_on &= visit(commit, &frame, bytes)?;
            items.next();
        }
        items.status().map_err(|error| self.unreadable(&next, &error))?;
        *position = next;
        Ok(())
    }

    fn checked<'a>(
        &self,
        at: &mut Mark,
        commit: u64,
        partition: u8,
        (stored, room): (&'a [u8], &'a mut Vec<u8>),
    ) -> Result<(Frame<'a>, &'a [u8]), JournalError> {
        let Some(head) = at.heads.get_mut(usize::from(partition)) else {
            return Err(JournalError::Read(format!(
                "commit {commit} names partition {partition}, which there is not"
            )));
        };
        let expected = head.number + 1;
        let damaged = |error| JournalError::at(partition, expected, commit, &error);
        let bytes = packed::unpack(stored, room).map_err(damaged)?;
        let frame = Frame::read(bytes).map_err(damaged)?;
        if frame.partition != partition {
            return Err(damaged(FrameError::Damaged("it stands in another partition's place")));
        }
        frame.follow(head).map_err(damaged)?;
        Ok((frame, bytes))
    }

    fn hole(&self, last: &Mark, found: u64, partition: u8) -> JournalError {
        let number = last.heads.get(usize::from(partition)).map_or(0, |head| head.number + 1);
        JournalError::Damaged {
            partition,
            number,
            commit: last.commit + 1,
            what: format!("commits {} to {} are missing", last.commit + 1, found - 1),
        }
    }

    fn unreadable(&self, at: &Mark, error: &rocksdb::Error) -> JournalError {
        // RocksDB names the file; the chain tells whose frame comes next, as far as it was read.
        let (partition, head) = at
            .heads
            .iter()
            .enumerate()
            .min_by_key(|(_, head)| head.number)
            .map_or((0, 0), |(partition, head)| (partition, head.number));
        JournalError::Damaged {
            partition: partition as u8,
            number: head + 1,
            commit: at.commit + 1,
            what: format!("no frame after commit {} can be read: {error}", at.commit),
        }
    }

    /// Is the journal the one that a reader at `position` has read? Its last commit must still be there, unchanged.
    pub fn confirm(&self, position: &Position) -> Result<(), JournalError> {
        let start = key(position.commit, 0);
        let (mut found, mut room) = (false, Vec::new());
        for item in self.database.iterator(IteratorMode::From(&start, Direction::Forward)) {
            let (raw_key, stored) = item.map_err(|error| self.unreadable(position, &error))?;
            let Some((commit, partition)) =
                split_key(&raw_key).filter(|(commit, _)| *commit == position.commit)
            else {
                break;
            };
            let number = position.heads.get(usize::from(partition)).map_or(0, |head| head.number);
            let damaged = |error| JournalError::at(partition, number, commit, &error);
            let bytes = packed::unpack(&stored, &mut room).map_err(damaged)?;
            let frame = Frame::read(bytes).map_err(damaged)?;
            let head = Head { number: frame.number, link: frame.link };
            if position.heads.get(usize::from(partition)) != Some(&head) {
                return Err(damaged(FrameError::Damaged(
                    "it is not the frame that the views were built from",
                )));
            }
            found = true;
        }
        if found || position.commit == 0 {
            return Ok(());
        }
        let empty = Mark { commit: 0, heads: vec![Head::default(); position.heads.len()] };
        Err(lost(position, &empty))
    }

    /// What RocksDB says of itself, for the metrics.
    pub fn figures(&self) -> DatabaseFigures {
        let Frames { database, options, .. } = self;
        let ask = |name: &PropName| {
            figures::number(database.property_int_value(name), || database.property_value(name))
        };
        let mut figures = figures::of_database(options, &ask);
        figures::add_family(&mut figures, &ask);
        figures::set_cache(&mut figures, &ask);
        figures
    }
}

/// RocksDB's word, and what the files held that it misses.
fn unopened(folder: &Path, error: &rocksdb::Error) -> JournalError {
    let lost = files::lost(folder);
    let told = if lost.is_empty() { error.to_string() } else { format!("{error}; {}", lost.join("; ")) };
    JournalError::Open(told)
}

impl Embedded {
    /// Opens the journal, made anew where there is none. Nothing is believed yet: see [`Embedded::recover`].
    pub fn open(settings: &Settings) -> Result<(Embedded, Option<String>), JournalError> {
        let mark_path = settings.folder.join("high-water");
        let fresh = !settings.folder.join("journal").join("CURRENT").exists();
        if fresh && !mark_path.exists() {
            mark::create(&mark_path, settings.partitions)?;
        }
        let tip = mark::read(&mark_path)?;
        if tip.heads.len() != usize::from(settings.partitions) {
            return Err(JournalError::Mark(format!(
                "made for {} partitions, not {}",
                tip.heads.len(),
                settings.partitions
            )));
        }
        if fresh && tip.commit > 0 {
            return Err(lost(&tip, &Mark { commit: 0, heads: vec![Head::default(); tip.heads.len()] }));
        }
        let (frames, torn) = Frames::open(&settings.folder, settings.write_buffer_bytes)?;
        let keeper = Keeper::start(&mark_path)?;
        Ok((
            Embedded {
                frames: Arc::new(frames),
                keeper,
                tip,
                failed: false,
                last_sync: Duration::ZERO,
                room: Vec::new(),
            },
            torn,
        ))
    }

    pub fn frames(&self) -> Arc<Frames> {
        Arc::clone(&self.frames)
    }

    /// The high-water mark as it was found, until [`Embedded::accept`].
    pub fn mark(&self) -> &Mark {
        &self.tip
    }

    /// Accepts `tip`, the end of a walk from the checkpoint, if it reaches the high-water mark on the same chain.
    /// `at_mark` holds the heads that the walk saw at the mark's commit, if it passed it.
    pub fn accept(&mut self, tip: Mark, at_mark: Option<&[Head]>) -> Result<(), JournalError> {
        if tip.commit < self.tip.commit {
            return Err(lost(&self.tip, &tip));
        }
        if let Some(heads) = at_mark {
            for (partition, (found, wanted)) in heads.iter().zip(&self.tip.heads).enumerate() {
                if found != wanted {
                    return Err(JournalError::Damaged {
                        partition: partition as u8,
                        number: wanted.number,
                        commit: self.tip.commit,
                        what: "the chain differs from the one whose high-water mark was synced".into(),
                    });
                }
            }
        }
        self.keeper.advance(tip.clone()).map_err(JournalError::Mark)?;
        self.keeper.settle().map_err(JournalError::Mark)?;
        self.tip = tip;
        Ok(())
    }

    /// Frames of one partition that come together go into commits that follow one another: a commit holds at
    /// most one frame of a partition. All of them are one write, and one sync.
    fn try_append(&mut self, frames: &[Sealed]) -> Result<(), String> {
        let mut next = self.tip.clone();
        // Packed they are less than half as long, if there are many rows in each; where they are not, it grows.
        let bytes: usize = frames.iter().map(|sealed| sealed.bytes.len() / 2 + KEY_BYTES).sum();
        let mut batch = WriteBatch::with_capacity_bytes(bytes);
        let mut in_commit = [false; 256];
        let mut commits: Vec<Commit> = Vec::new();
        for sealed in frames {
            let partition = usize::from(sealed.partition);
            if commits.is_empty() || in_commit[partition] {
                in_commit = [false; 256];
                next.commit += 1;
                commits.push(Commit { number: next.commit, frames: Vec::new() });
            }
            in_commit[partition] = true;
            commits.last_mut().expect("one was begun").frames.push(sealed.clone());
            batch.put(key(next.commit, sealed.partition), packed::pack(&sealed.bytes, &mut self.room));
            let link = sealed.bytes.last_chunk().expect("a sealed frame ends in its hash");
            next.heads[partition] = Head { number: sealed.number, link: Link(*link) };
        }
        let mut write = WriteOptions::default();
        write.set_sync(true);
        let watch = Stopwatch::start();
        self.frames.database.write_opt(batch, &write).map_err(|error| error.to_string())?;
        self.last_sync = watch.elapsed();
        // The mark of the write before must be durable before this one is acknowledged.
        self.keeper.advance(next.clone())?;
        self.tip = next;
        commits.into_iter().for_each(|commit| self.frames.fresh.keep(commit));
        Ok(())
    }
}

fn lost(wanted: &Mark, found: &Mark) -> JournalError {
    let pairs = wanted.heads.iter().zip(&found.heads).enumerate();
    let partition = pairs.into_iter().find(|(_, (wanted, found))| found.number < wanted.number);
    let (partition, wanted_number, found_number) =
        partition.map_or((0, 0, 0), |(partition, (wanted, found))| (partition, wanted.number, found.number));
    JournalError::TailLost {
        partition: partition as u8,
        found: found_number,
        wanted: wanted_number,
        commit: wanted.commit,
    }
}

impl Log for Embedded {
    /// Never [`Append::Unknown`]: a failed sync is final, and the process must stop and recover.
    fn append(&mut self, frames: &[Sealed]) -> Append {
        if self.failed {
            return Append::Failed("an append failed before".into());
        }
        match self.try_append(frames) {
            Ok(()) => Append::Durable,
            Err(error) => {
                self.failed = true;
                Append::Failed(error)
            }
        }
    }

    fn commit(&self) -> u64 {
        self.tip.commit
    }

    fn last_sync(&self) -> Duration {
        self.last_sync
    }
}

#[cfg(test)]
mod tests;
