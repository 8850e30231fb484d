//! The high-water mark: which commit is known durable, in a small file of its own, synced apart from the journal.
//!
//! It lies at most one commit behind what was acknowledged, so a journal that ends below it has lost its tail.
//! Two slots are written in turn: a crash while one is written leaves the other.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::JournalError;
use super::codec::Reader;
use super::frame::{Head, Link};

const SLOT_BYTES: u64 = 16 * 1024;
const MAGIC: &[u8; 4] = b"FBM1";
const HASH_BYTES: usize = 32;

/// A commit known durable, and the heads of all partitions' chains after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub commit: u64,
    pub heads: Vec<Head>,
}

impl Mark {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1024);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.commit.to_le_bytes());
        bytes.push(u8::try_from(self.heads.len()).expect("at most 255 partitions"));
        for head in &self.heads {
            bytes.extend_from_slice(&head.number.to_le_bytes());
            bytes.extend_from_slice(&head.link.0);
        }
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        debug_assert!(bytes.len() as u64 <= SLOT_BYTES);
        bytes
    }

    /// `None` where the slot was never written or was cut by a crash.
    fn decode(slot: &[u8]) -> Option<Mark> {
        let mut reader = Reader(slot);
        if reader.bytes(4).ok()? != MAGIC {
            return None;
        }
        let commit = u64::from_le_bytes(*reader.take().ok()?);
        let partitions = reader.bytes(1).ok()?[0];
        let mut heads = Vec::with_capacity(usize::from(partitions));
        for _ in 0..partitions {
            let number = u64::from_le_bytes(*reader.take().ok()?);
            heads.push(Head { number, link: Link(*reader.take().ok()?) });
        }
        let hashed = slot.len() - reader.0.len();
        let hash: &[u8; HASH_BYTES] = reader.take().ok()?;
        (blake3::hash(&slot[..hashed]).as_bytes() == hash).then_some(Mark { commit, heads })
    }
}

fn failure(what: &str, path: &Path, error: &std::io::Error) -> JournalError {
    JournalError::Mark(format!("{what} {}: {error}", path.display()))
}

/// Makes the file for an empty journal.
pub fn create(path: &Path, partitions: u8) -> Result<(), JournalError> {
    let mark = Mark { commit: 0, heads: vec![Head::default(); usize::from(partitions)] };
    let made = File::create(path).and_then(|file| {
        file.set_len(2 * SLOT_BYTES)?;
        file.write_all_at(&mark.encode(), 0)?;
        file.sync_all()?;
        // The file's name must survive too: a journal without its mark is not believed.
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    });
    made.map_err(|error| failure("cannot create", path, &error))
}

/// The newer of the two slots that are whole.
pub fn read(path: &Path) -> Result<Mark, JournalError> {
    let bytes = std::fs::read(path).map_err(|error| failure("cannot read", path, &error))?;
    bytes.chunks(SLOT_BYTES as usize).filter_map(Mark::decode).max_by_key(|mark| mark.commit).ok_or_else(
        || JournalError::Mark(format!("{} is damaged: neither of its two slots is whole", path.display())),
    )
}

/// Writes marks on a thread of its own, while the next commit is on its way.
pub struct Keeper {
    marks: Option<SyncSender<Mark>>,
    written: Receiver<std::io::Result<u64>>,
    /// Marks handed over whose end is not known yet: 0 or 1.
    pending: u32,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub fn start(path: &Path) -> Result<Keeper, JournalError> {
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|error| failure("cannot open", path, &error))?;
        let (marks, to_write) = sync_channel::<Mark>(1);
        let (done, written) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("high-water".into())
            .spawn(move || {
                for mark in to_write {
                    let slot = mark.commit % 2 * SLOT_BYTES;
                    let end = file.write_all_at(&mark.encode(), slot).and_then(|()| file.sync_data());
                    if done.send(end.map(|()| mark.commit)).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| failure("cannot start the writer of", path, &error))?;
        Ok(Keeper { marks: Some(marks), written, pending: 0, thread: Some(thread) })
    }

    /// Waits until the mark handed over before is durable.
    pub fn settle(&mut self) -> Result<(), String> {
        while self.pending > 0 {
            let end = self.written.recv().map_err(|_| "the high-water mark's writer is gone".to_owned())?;
            // Its end is known now, whichever it was: nobody may wait for it again.
            self.pending -= 1;
            end.map_err(|error| format!("high-water mark: {error}"))?;
        }
        Ok(())
    }

    /// Hands over the next mark; it is durable after the next [`Keeper::settle`].
    pub fn advance(&mut self, mark: Mark) -> Result<(), String> {
        self.settle()?;
        let marks = self.marks.as_ref().ok_or("the high-water mark's writer is closed")?;
        marks.send(mark).map_err(|_| "the high-water mark's writer is gone".to_owned())?;
        self.pending = 1;
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // A failure here leaves the mark where it was: behind, which is always safe.
        let _ = self.settle();
        self.marks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(commit: u64) -> Mark {
        let head = Head { number: commit, link: Link([commit as u8; 32]) };
        Mark { commit, heads: vec![head; 16] }
    }

    #[test]
    fn the_newest_whole_slot_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("high-water");
        create(&path, 16).unwrap();
        assert_eq!(read(&path).unwrap().commit, 0);
        let mut keeper = Keeper::start(&path).unwrap();
        for commit in 1..=5 {
            keeper.advance(mark(commit)).unwrap();
        }
        drop(keeper);
        assert_eq!(read(&path).unwrap(), mark(5));
        // Commit 5 stands in slot 1: damage there leaves commit 4.
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(b"x", SLOT_BYTES + 20).unwrap();
        assert_eq!(read(&path).unwrap(), mark(4));
        file.write_all_at(b"x", 20).unwrap();
        assert!(matches!(read(&path), Err(JournalError::Mark(_))), "both slots are damaged");
    }

    #[test]
    fn a_mark_that_cannot_be_written_is_told_of_and_holds_nobody_up() {
        let mut keeper = Keeper::start(Path::new("/dev/full")).unwrap();
        keeper.advance(mark(1)).unwrap();
        let told = keeper.settle().unwrap_err();
        assert!(told.contains("high-water"), "{told}");
        keeper.settle().expect("there is nothing left to wait for");
        keeper.advance(mark(2)).unwrap();
        assert!(keeper.advance(mark(3)).is_err(), "the mark before is settled first");
        keeper.settle().expect("the third was never handed over");
    }
}
