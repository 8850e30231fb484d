//! The filter over all ids that are kept: says «never seen» without asking the disk.
//!
//! Each generation has parts of growing capacity, about 24 bits an id. A part is a blocked Bloom filter: the key
//! is a keyed hash already: its first half chooses one block of 512 bits, so that ids that come in the order of their keys
//! find neighbouring blocks, and its second half one bit in each of the block's eight words.
//! Built by the view builder, asked by the shards. A checkpoint stores the parts that have taken ids since the one before;
//! those of earlier generations, and full ones, are left alone. A filter may know of more ids than the views; it never
//! knows of fewer.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use arc_swap::ArcSwap;

use super::keys::Generation;
use crate::domain::identity::Key;

const WORDS_PER_BLOCK: usize = 8;
/// Of ten thousand ids that nobody has seen a part takes about one for known, which is then looked for in every run that is
/// yet to be merged; with 16 bits it was ten.
const BITS_PER_ID: usize = 24;
/// Ids that a generation's first part has room for; each further part has room for so many times what there is, up to the
/// largest: an id is asked for in every part.
const PART_IDS_MIN: u64 = 1 << 22;
const GROWTH: u64 = 3;
const PART_IDS_MAX: u64 = 1 << 25;
const HASH_BYTES: usize = 32;
/// A part is written and synced in steps: the journal's syncs wait for what others have written on the same disk.
const STEP_BYTES: usize = 2 << 20;

/// One blocked Bloom filter of fixed capacity.
struct Part {
    words: Box<[AtomicU64]>,
    capacity: u64,
    ids: AtomicU64,
    /// How many of them were there when it was stored.
    stored: AtomicU64,
}

/// One generation's parts, the last of them still filling.
#[derive(Clone)]
struct Parts {
    generation: Generation,
    parts: Vec<Arc<Part>>,
}

/// The filter, shared between the builder that fills it and the shards that ask it.
pub struct Filter {
    folder: PathBuf,
    generations: ArcSwap<Vec<Parts>>,
}

/// The filter as it stands for the length of one drain.
pub struct Sight(arc_swap::Guard<Arc<Vec<Parts>>>);

impl Part {
    fn new(capacity: u64) -> Part {
        let blocks = (capacity as usize * BITS_PER_ID).div_ceil(64 * WORDS_PER_BLOCK);
        let words = (0..blocks * WORDS_PER_BLOCK).map(|_| AtomicU64::new(0)).collect();
        Part { words, capacity, ids: AtomicU64::new(0), stored: AtomicU64::new(0) }
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

    fn insert(&self, key: Key) {
        for (word, bit) in self.block(key).iter().zip(Part::bits(key)) {
            // One thread writes; the shards only read, and see the bit before they forget the id themselves.
            word.store(word.load(Relaxed) | bit, Relaxed);
        }
        self.ids.store(self.ids.load(Relaxed) + 1, Relaxed);
    }

    fn may_hold(&self, key: Key) -> bool {
        self.block(key).iter().zip(Part::bits(key)).all(|(word, bit)| word.load(Relaxed) & bit != 0)
    }

    fn first_word_holds(&self, key: Key) -> bool {
        let second_half = key.0 as u64;
        self.block(key)[0].load(Relaxed) >> (second_half & 63) & 1 != 0
    }

    fn is_stored(&self) -> bool {
        self.stored.load(Relaxed) == self.ids.load(Relaxed)
    }

    fn is_full(&self) -> bool {
        self.ids.load(Relaxed) >= self.capacity
    }

    fn store(&self, path: &Path) -> std::io::Result<()> {
        let ids = self.ids.load(Relaxed);
        let unfinished = path.with_extension("unfinished");
        let mut file = fs::File::create(&unfinished)?;
        let (mut hasher, mut step) = (blake3::Hasher::new(), Vec::with_capacity(16 + STEP_BYTES));
        step.extend_from_slice(&self.capacity.to_le_bytes());
        step.extend_from_slice(&ids.to_le_bytes());
        for words in self.words.chunks(STEP_BYTES / 8) {
            words.iter().for_each(|word| step.extend_from_slice(&word.load(Relaxed).to_le_bytes()));
            hasher.update(&step);
            file.write_all(&step)?;
            file.sync_all()?;
            step.clear();
        }
        file.write_all(hasher.finalize().as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        self.stored.store(ids, Relaxed);
        Ok(())
    }

    /// `None` where the file is missing or not whole; then the generation's ids are read again.
    fn load(path: &Path) -> Option<Part> {
        let bytes = fs::read(path).ok()?;
        let (content, hash) = bytes.split_last_chunk::<HASH_BYTES>()?;
        if blake3::hash(content).as_bytes() != hash {
            return None;
        }
        let mut words =
            content.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().expect("chunks of 8")));
        let (capacity, ids) = (words.next()?, words.next()?);
        let part = Part::new(capacity.clamp(PART_IDS_MIN, PART_IDS_MAX));
        if words.len() != part.words.len() {
            return None;
        }
        part.words.iter().zip(words).for_each(|(word, value)| word.store(value, Relaxed));
        part.ids.store(ids, Relaxed);
        part.stored.store(ids, Relaxed);
        Some(part)
    }
}

impl Filter {
    /// Loads what was stored for `kept` generations; calls `reread` with each whose filter is missing or damaged,
    /// which inserts all its ids anew.
    pub fn load(
        folder: &Path,
        kept: &[Generation],
        mut reread: impl FnMut(Generation, &mut dyn FnMut(Key)) -> Result<(), super::StoreError>,
    ) -> Result<Filter, super::StoreError> {
        fs::create_dir_all(folder).map_err(|error| super::StoreError::file(folder, &error))?;
        let filter = Filter { folder: folder.to_owned(), generations: ArcSwap::default() };
        for generation in kept {
            let parts: Vec<_> =
                (0..).map_while(|index| Part::load(&filter.path(*generation, index))).map(Arc::new).collect();
            let whole = !parts.is_empty() && !filter.path(*generation, parts.len()).exists();
            let parts = if whole { parts } else { Vec::new() };
            filter.replace(Parts { generation: *generation, parts });
            if !whole {
                let mut keys = Vec::with_capacity(1 << 16);
                reread(*generation, &mut |key| {
                    keys.push(key);
                    if keys.len() == keys.capacity() {
                        filter.insert(*generation, keys.drain(..));
                    }
                })?;
                filter.insert(*generation, keys.into_iter());
            }
        }
        Ok(filter)
    }

    fn path(&self, generation: Generation, index: usize) -> PathBuf {
        self.folder.join(format!("{:010}-{index:04}", generation.0))
    }

    fn replace(&self, parts: Parts) {
        let mut generations: Vec<_> = self.generations.load().as_ref().clone();
        generations.retain(|other| other.generation != parts.generation);
        generations.push(parts);
        generations.sort_by_key(|parts| parts.generation);
        self.generations.store(Arc::new(generations));
    }

    /// Adds ids. Called by one thread only.
    pub fn insert(&self, generation: Generation, keys: impl Iterator<Item = Key>) {
        let mut parts = self.generations.load().iter().find(|parts| parts.generation == generation).cloned();
        let mut current = parts.as_ref().and_then(|parts| parts.parts.last().cloned());
        for key in keys {
            let part = match current.take().filter(|part| !part.is_full()) {
                Some(part) => part,
                None => {
                    let mut grown = parts.take().unwrap_or(Parts { generation, parts: Vec::new() });
                    let held: u64 = grown.parts.iter().map(|part| part.capacity).sum();
                    let part = Arc::new(Part::new((GROWTH * held).clamp(PART_IDS_MIN, PART_IDS_MAX)));
                    grown.parts.push(Arc::clone(&part));
                    self.replace(grown.clone());
                    parts = Some(grown);
                    part
                }
            };
            part.insert(key);
            current = Some(part);
        }
    }

    /// Stores the parts that have changed since they were. Called before a checkpoint is made, by the thread that inserts.
    pub fn checkpoint(&self) -> Result<(), super::StoreError> {
        let mut stored = false;
        for parts in self.generations.load().iter() {
            for (index, part) in parts.parts.iter().enumerate().filter(|(_, part)| !part.is_stored()) {
                let path = self.path(parts.generation, index);
                part.store(&path).map_err(|error| super::StoreError::file(&path, &error))?;
                stored = true;
            }
        }
        if stored {
            // The names of the files too: the checkpoint that follows must not outlive them.
            let synced = fs::File::open(&self.folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| super::StoreError::file(&self.folder, &error))?;
        }
        Ok(())
    }

    /// Forgets a generation that is no longer kept.
    pub fn drop_generation(&self, generation: Generation) {
        let mut generations: Vec<_> = self.generations.load().as_ref().clone();
        generations.retain(|parts| parts.generation != generation);
        self.generations.store(Arc::new(generations));
        for index in 0.. {
            if fs::remove_file(self.path(generation, index)).is_err() {
                return;
            }
        }
    }

    pub fn sight(&self) -> Sight {
        Sight(self.generations.load())
    }

    /// Ids the filter has taken, by generation: for the metrics.
    pub fn ids(&self) -> BTreeMap<Generation, u64> {
        let generations = self.generations.load();
        let counted = |parts: &Parts| parts.parts.iter().map(|part| part.ids.load(Relaxed)).sum();
        generations.iter().map(|parts| (parts.generation, counted(parts))).collect()
    }
}

impl Sight {
    /// Calls `found` with each generation that may hold a key, perhaps more than once.
    ///
    /// A key's block is nearly always far from the last one's: the first words of many are fetched side by side, without a
    /// branch between them, and only where that bit is set the block is looked at.
    pub fn candidates_of_many<N: Copy>(
        &self,
        keys: &[(Key, N)],
        mut found: impl FnMut(Generation, (Key, N)),
    ) {
        for parts in self.0.iter() {
            for part in &parts.parts {
                for some in keys.chunks(u64::BITS as usize) {
                    let first_words = some.iter().map(|(key, _)| u64::from(part.first_word_holds(*key)));
                    let mut left =
                        first_words.enumerate().fold(0u64, |mask, (place, holds)| mask | holds << place);
                    while left != 0 {
                        let asked = some[left.trailing_zeros() as usize];
                        left &= left - 1;
                        if part.may_hold(asked.0) {
                            found(parts.generation, asked);
                        }
                    }
                }
            }
        }
    }

    /// The generations that may hold the key, newest first. Nearly always none.
    pub fn candidates(&self, key: Key) -> impl Iterator<Item = Generation> {
        let holds = move |parts: &&Parts| parts.parts.iter().any(|part| part.may_hold(key));
        self.0.iter().rev().filter(holds).map(|parts| parts.generation)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use proptest::prelude::*;

    fn key(number: u64) -> Key {
        Key(u128::from_le_bytes(blake3::hash(&number.to_le_bytes()).as_bytes()[..16].try_into().unwrap()))
    }

    fn never_reread(_: Generation, _: &mut dyn FnMut(Key)) -> Result<(), crate::store::StoreError> {
        panic!("the stored filter was whole")
    }

    #[test]
    fn an_inserted_id_is_always_found_and_others_hardly_ever() {
        let folder = tempfile::tempdir().unwrap();
        let filter = Filter::load(folder.path(), &[], never_reread).unwrap();
        let generation = Generation(3);
        // More than the first part holds, so that a second one is made.
        let ids = PART_IDS_MIN + 1000;
        filter.insert(generation, (0..ids).map(key));
        filter.checkpoint().unwrap();
        let again = Filter::load(folder.path(), &[generation], never_reread).unwrap();
        for filter in [&filter, &again] {
            assert_eq!(filter.ids()[&generation], ids);
            let sight = filter.sight();
            assert!((0..ids).all(|number| sight.candidates(key(number)).eq([generation])));
            let wrong =
                (ids..ids + 100_000).filter(|number| sight.candidates(key(*number)).next().is_some()).count();
            assert!(wrong < 100, "{wrong} of 100,000 unknown ids were taken for known");
            // Many at once are found as one by one, whatever is beside them.
            let asked: Vec<_> = (ids - 1_000..ids + 99_001).map(|number| (key(number), number)).collect();
            let mut found = Vec::new();
            sight.candidates_of_many(&asked, |generation, (_, number)| found.push((generation, number)));
            found.sort_unstable();
            found.dedup();
            let single = asked.iter().filter(|(key, _)| sight.candidates(*key).next().is_some());
            assert!(found.into_iter().eq(single.map(|(_, number)| (generation, *number))));
        }
    }

    #[test]
    fn a_checkpoint_writes_what_has_changed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (earlier, current) = (Generation(1), Generation(2));
        let filter = Filter::load(folder.path(), &[], never_reread).unwrap();
        filter.insert(earlier, (0..PART_IDS_MIN + 1).map(key));
        filter.insert(current, [key(1)].into_iter());
        filter.checkpoint().unwrap();
        // A file that is written again is another one under the same name.
        let file = |(generation, index)| fs::metadata(filter.path(generation, index)).unwrap().ino();
        let files = || [(earlier, 0), (earlier, 1), (current, 0)].map(file);
        let before = files();
        filter.checkpoint().unwrap();
        assert_eq!(files(), before, "nothing has changed");
        filter.insert(current, [key(2)].into_iter());
        filter.checkpoint().unwrap();
        let after = files();
        assert_eq!((after[0], after[1]), (before[0], before[1]));
        assert_ne!(after[2], before[2], "the one with a new id is written again");
        let again = Filter::load(folder.path(), &[earlier, current], never_reread).unwrap();
        assert!(again.sight().candidates(key(2)).any(|generation| generation == current));
        again.checkpoint().unwrap();
        assert_eq!(files(), after, "what was loaded has not changed");
    }

    #[test]
    fn a_damaged_filter_is_read_again_from_the_ids() {
        let folder = tempfile::tempdir().unwrap();
        let filter = Filter::load(folder.path(), &[], never_reread).unwrap();
        filter.insert(Generation(1), [key(1)].into_iter());
        filter.checkpoint().unwrap();
        let path = filter.path(Generation(1), 0);
        let mut bytes = fs::read(&path).unwrap();
        bytes[100] ^= 1;
        fs::write(&path, bytes).unwrap();
        let again = Filter::load(folder.path(), &[Generation(1)], |generation, insert| {
            assert_eq!(generation, Generation(1));
            insert(key(1));
            Ok(())
        });
        assert!(again.unwrap().sight().candidates(key(1)).eq([Generation(1)]));
    }

    proptest! {
        #[test]
        fn no_key_is_ever_missed(keys in prop::collection::vec(any::<u128>(), 1..200)) {
            let folder = tempfile::tempdir().unwrap();
            let filter = Filter::load(folder.path(), &[], never_reread).unwrap();
            filter.insert(Generation(0), keys.iter().map(|key| Key(*key)));
            let sight = filter.sight();
            prop_assert!(keys.iter().all(|key| sight.candidates(Key(*key)).next().is_some()));
        }
    }
}
