//! One part of the filter, in memory and on disk.
//!
//! On disk it is as it once was, `<name>.part`, and a log of the keys that it has taken since, `<name>.log`: so that a
//! checkpoint writes what is new and not all that there is. The whole of it is written again when the log would be longer.
//!
//! `.part`: capacity, keys taken, words, and the hash of all that. `.log`: the hash of the part that it goes on from, then
//! blocks of how many keys, the keys, and a hash of the one before and of the block.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;

use super::{BITS_PER_ID, PART_IDS_MAX, PART_IDS_MIN};
use crate::domain::identity::Key;

const WORDS_PER_BLOCK: usize = 8;
const HASH_BYTES: usize = 32;
const KEY_BYTES: usize = 16;
/// Files are written and synced in steps: the journal's syncs wait for what others have written on the same disk.
const STEP_BYTES: usize = 2 << 20;

type Hash = [u8; HASH_BYTES];

/// One blocked Bloom filter of fixed capacity.
pub(super) struct Part {
    words: Box<[AtomicU64]>,
    pub capacity: u64,
    ids: AtomicU64,
    disk: Mutex<Disk>,
}

/// What of a part is on disk, and what is not.
#[derive(Default)]
struct Disk {
    /// How many keys it had taken when it was stored.
    ids: u64,
    /// The last hash of its files; `None` where the whole of it is to be written.
    link: Option<Hash>,
    log_bytes: usize,
    /// The keys taken since it was stored, while the log may be gone on with.
    fresh: Vec<Key>,
}

impl Part {
    pub fn new(capacity: u64) -> Part {
        let blocks = (capacity as usize * BITS_PER_ID).div_ceil(64 * WORDS_PER_BLOCK);
        let words = (0..blocks * WORDS_PER_BLOCK).map(|_| AtomicU64::new(0)).collect();
        Part { words, capacity, ids: AtomicU64::new(0), disk: Mutex::default() }
    }

    fn block(&self, key: Key) -> &[AtomicU64] {
        let blocks = self.words.len() / WORDS_PER_BLOCK;
        let first_half = key.0 >> 64;
        let place = ((first_half * blocks as u128) >> 64) as usize;
        &self.words[place * WORDS_PER_BLOCK..(place + 1) * WORDS_PER_BLOCK]
    }

    fn bits(key: Key) -> impl Iterator<Item = u64> {
        let second_half = key.0 as u64;
        (0..WORDS_PER_BLOCK).map(move |word| 1 << ((second_half >> (6 * word)) & 63))
    }

    fn set(&self, key: Key) {
        for (word, bit) in self.block(key).iter().zip(Part::bits(key)) {
            // One thread writes; the shards only read, and see the bit before they forget the id themselves.
            word.store(word.load(Relaxed) | bit, Relaxed);
        }
    }

    /// Takes keys in, no more than there is room for.
    pub fn insert(&self, keys: &[Key]) {
        keys.iter().for_each(|key| self.set(*key));
        self.ids.store(self.ids() + keys.len() as u64, Relaxed);
        let mut disk = self.disk.lock();
        if disk.link.is_some() {
            disk.fresh.extend_from_slice(keys);
            if disk.log_bytes + disk.fresh.len() * KEY_BYTES > self.words.len() * 8 {
                (disk.link, disk.fresh) = (None, Vec::new());
            }
        }
    }

    pub fn may_hold(&self, key: Key) -> bool {
        self.block(key).iter().zip(Part::bits(key)).all(|(word, bit)| word.load(Relaxed) & bit != 0)
    }

    pub fn first_word_holds(&self, key: Key) -> bool {
        let second_half = key.0 as u64;
        self.block(key)[0].load(Relaxed) >> (second_half & 63) & 1 != 0
    }

    /// How many keys it has taken; the same one twice counts twice.
    pub fn ids(&self) -> u64 {
        self.ids.load(Relaxed)
    }

    /// How many more it has room for.
    pub fn room(&self) -> u64 {
        self.capacity.saturating_sub(self.ids())
    }

    /// Stores what is not yet; false where that is nothing. By the thread that inserts. The names of files are for the caller
    /// to sync.
    pub fn store(&self, path: &Path) -> io::Result<bool> {
        let (mut disk, ids) = (self.disk.lock(), self.ids());
        if disk.ids == ids {
            return Ok(false);
        }
        match disk.link {
            Some(link) => disk.go_on(link, &log_of(path))?,
            None => {
                let link = self.store_whole(path)?;
                // A log that is there goes on from another part, and is passed over until it is begun anew.
                (disk.link, disk.log_bytes) = (Some(link), 0);
            }
        }
        (disk.ids, disk.fresh) = (ids, Vec::new());
        Ok(true)
    }

    fn store_whole(&self, path: &Path) -> io::Result<Hash> {
        let unfinished = path.with_extension("unfinished");
        let mut file = InSteps::new(File::create(&unfinished)?);
        file.put(&self.capacity.to_le_bytes())?;
        file.put(&self.ids().to_le_bytes())?;
        self.words.iter().try_for_each(|word| file.put(&word.load(Relaxed).to_le_bytes()))?;
        let hash = file.finish()?;
        fs::rename(&unfinished, path)?;
        Ok(hash)
    }

    /// `None` where the file is missing or not whole; then the generation's ids are read again.
    pub fn load(path: &Path) -> Option<Part> {
        let bytes = fs::read(path).ok()?;
        let (content, hash) = bytes.split_last_chunk::<HASH_BYTES>()?;
        if blake3::hash(content).as_bytes() != hash {
            return None;
        }
        let mut words =
            content.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().expect("chunks of 8")));
        let (capacity, ids) = (words.next()?, words.next()?);
        let mut part = Part::new(capacity.clamp(PART_IDS_MIN, PART_IDS_MAX));
        if words.len() != part.words.len() {
            return None;
        }
        part.words.iter().zip(words).for_each(|(word, value)| word.store(value, Relaxed));
        let mut taken = ids;
        let mut disk = Disk { link: Some(*hash), ..Disk::default() };
        let log = fs::read(log_of(path)).unwrap_or_default();
        // One that goes on from another part, or that a crash ended before it said from which, is begun anew.
        if let Some((head, mut rest)) = log.split_first_chunk::<HASH_BYTES>()
            && head == hash
        {
            disk.log_bytes = log.len();
            while let (Some(link), false) = (disk.link, rest.is_empty()) {
                // One that is not whole is where a crash ended it; whether more is missing is for the caller to know.
                disk.link = take_block(&mut rest, link).map(|(keys, next)| {
                    taken += keys.map(|key| part.set(key)).count() as u64;
                    next
                });
            }
        }
        disk.ids = taken;
        (part.ids, part.disk) = (taken.into(), Mutex::new(disk));
        Some(part)
    }
}

impl Disk {
    /// Adds a block of what is fresh to the log, which is begun where there is none yet.
    fn go_on(&mut self, link: Hash, path: &Path) -> io::Result<()> {
        // Whatever becomes of it: what follows half a block would never be read.
        self.link = None;
        let mut file = match self.log_bytes {
            0 => File::create(path)?,
            _ => OpenOptions::new().append(true).open(path)?,
        };
        if self.log_bytes == 0 {
            file.write_all(&link)?;
            self.log_bytes = HASH_BYTES;
        }
        let mut file = InSteps::new(file);
        file.hasher.update(&link);
        file.put(&(self.fresh.len() as u64).to_le_bytes())?;
        self.fresh.iter().try_for_each(|key| file.put(&key.0.to_le_bytes()))?;
        self.link = Some(file.finish()?);
        self.log_bytes += 8 + self.fresh.len() * KEY_BYTES + HASH_BYTES;
        Ok(())
    }
}

pub(super) fn log_of(part: &Path) -> PathBuf {
    part.with_extension("log")
}

/// The keys of a block of a log that goes on from a hash, and the hash that it ends with. `None` where it is not whole.
fn take_block<'b>(rest: &mut &'b [u8], link: Hash) -> Option<(impl Iterator<Item = Key> + use<'b>, Hash)> {
    let (count, _) = rest.split_first_chunk()?;
    let bytes = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(KEY_BYTES)?.checked_add(8)?;
    let (content, behind) = rest.split_at_checked(bytes)?;
    let (hash, behind) = behind.split_first_chunk::<HASH_BYTES>()?;
    let found = blake3::Hasher::new().update(&link).update(content).finalize();
    if found.as_bytes() != hash {
        return None;
    }
    *rest = behind;
    let (keys, _) = content[8..].as_chunks();
    Some((keys.iter().map(|key| Key(u128::from_le_bytes(*key))), *hash))
}

/// A file that is written and synced step by step and hashed meanwhile.
struct InSteps {
    file: File,
    hasher: blake3::Hasher,
    step: Vec<u8>,
}

impl InSteps {
    fn new(file: File) -> InSteps {
        InSteps { file, hasher: blake3::Hasher::new(), step: Vec::with_capacity(STEP_BYTES) }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.step.extend_from_slice(bytes);
        if self.step.len() >= STEP_BYTES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> io::Result<()> {
        self.hasher.update(&self.step);
        self.file.write_all(&self.step)?;
        self.step.clear();
        self.file.sync_all()
    }

    /// Ends it with its hash.
    fn finish(mut self) -> io::Result<Hash> {
        self.write()?;
        let hash = *self.hasher.finalize().as_bytes();
        self.file.write_all(&hash)?;
        self.file.sync_all()?;
        Ok(hash)
    }
}
