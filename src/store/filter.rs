//! The filter over all ids that are kept: says «never seen» without asking the disk.
//!
//! Each generation has parts of growing capacity, about 24 bits an id. A part is a blocked Bloom filter: the key
//! is a keyed hash already: its first half chooses one block of 512 bits, so that ids that come in the order of their keys
//! find neighbouring blocks, and its second half one bit in each of the block's eight words.
//! Built by the view builder, asked by the shards. A checkpoint stores what parts have taken since the one before; those of
//! earlier generations, and full ones, are left alone. A filter may know of more ids than the views; it never knows of
//! fewer: the views say how many each part knew when they were stored.

mod part;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::keys::Generation;
use crate::domain::identity::Key;
use part::Part;

/// Of ten thousand ids that nobody has seen a part takes about one for known, which is then looked for in every run that is
/// yet to be merged; with 16 bits it was ten.
const BITS_PER_ID: usize = 24;
/// Ids that a generation's first part has room for; each further part has room for so many times what there is, up to the
/// largest: an id is asked for in every part.
const PART_IDS_MIN: u64 = 1 << 22;
const GROWTH: u64 = 3;
const PART_IDS_MAX: u64 = 1 << 25;

/// One generation's parts, the last of them still filling.
#[derive(Clone)]
struct Parts {
    generation: Generation,
    parts: Vec<Arc<Part>>,
}

/// How many ids each part has taken, by generation.
pub type IdsOfParts = BTreeMap<Generation, Vec<u64>>;

/// The filter, shared between the builder that fills it and the shards that ask it.
pub struct Filter {
    folder: PathBuf,
    generations: ArcSwap<Vec<Parts>>,
}

/// The filter as it stands for the length of one drain.
pub struct Sight(arc_swap::Guard<Arc<Vec<Parts>>>);

impl Filter {
    /// Loads what was stored for `kept` generations, of which each part must have taken so many ids; calls `reread` with each whose
    /// filter is missing or damaged, which inserts all its ids anew.
    pub fn load(
        folder: &Path,
        kept: &IdsOfParts,
        mut reread: impl FnMut(Generation, &mut dyn FnMut(Key)) -> Result<(), super::StoreError>,
    ) -> Result<Filter, super::StoreError> {
        fs::create_dir_all(folder).map_err(|error| super::StoreError::file(folder, &error))?;
        let filter = Filter { folder: folder.to_owned(), generations: ArcSwap::default() };
        for (generation, taken) in kept {
            let parts: Vec<_> =
                (0..).map_while(|index| Part::load(&filter.path(*generation, index))).map(Arc::new).collect();
            let whole = !parts.is_empty()
                && !filter.path(*generation, parts.len()).exists()
                && parts.len() >= taken.len()
                && parts.iter().zip(taken).all(|(part, ids)| part.ids() >= *ids);
            let parts = if whole { parts } else { Vec::new() };
            filter.replace(Parts { generation: *generation, parts });
            if !whole {
                let mut keys = Vec::with_capacity(1 << 16);
                reread(*generation, &mut |key| {
                    keys.push(key);
                    if keys.len() == keys.capacity() {
                        filter.insert(*generation, &keys);
                        keys.clear();
                    }
                })?;
                filter.insert(*generation, &keys);
            }
        }
        Ok(filter)
    }

    fn path(&self, generation: Generation, index: usize) -> PathBuf {
        self.folder.join(format!("{:010}-{index:04}.part", generation.0))
    }

    fn replace(&self, parts: Parts) {
        let mut generations: Vec<_> = self.generations.load().as_ref().clone();
        generations.retain(|other| other.generation != parts.generation);
        generations.push(parts);
        generations.sort_by_key(|parts| parts.generation);
        self.generations.store(Arc::new(generations));
    }

    /// Adds ids. Called by one thread only.
    pub fn insert(&self, generation: Generation, mut keys: &[Key]) {
        while !keys.is_empty() {
            let part = self.with_room(generation);
            let fits = usize::try_from(part.room()).map_or(keys.len(), |room| room.min(keys.len()));
            let (now, then) = keys.split_at(fits);
            part.insert(now);
            keys = then;
        }
    }

    /// The part of a generation that is still filling.
    fn with_room(&self, generation: Generation) -> Arc<Part> {
        let generations = self.generations.load();
        let parts = generations.iter().find(|parts| parts.generation == generation);
        let last = parts.and_then(|parts| parts.parts.last()).filter(|part| part.room() > 0);
        last.cloned().unwrap_or_else(|| {
            let mut grown = parts.cloned().unwrap_or(Parts { generation, parts: Vec::new() });
            let held: u64 = grown.parts.iter().map(|part| part.capacity).sum();
            let part = Arc::new(Part::new((GROWTH * held).clamp(PART_IDS_MIN, PART_IDS_MAX)));
            grown.parts.push(Arc::clone(&part));
            self.replace(grown);
            part
        })
    }

    /// Stores what parts have taken since they were stored. Called before a checkpoint is made, by the thread that inserts.
    pub fn checkpoint(&self) -> Result<(), super::StoreError> {
        let mut stored = false;
        for parts in self.generations.load().iter() {
            for (index, part) in parts.parts.iter().enumerate() {
                let path = self.path(parts.generation, index);
                stored |= part.store(&path).map_err(|error| super::StoreError::file(&path, &error))?;
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
            let path = self.path(generation, index);
            let _ = fs::remove_file(part::log_of(&path));
            if fs::remove_file(path).is_err() {
                return;
            }
        }
    }

    pub fn sight(&self) -> Sight {
        Sight(self.generations.load())
    }

    /// How many ids it has taken: the same one twice counts twice.
    pub fn taken(&self) -> IdsOfParts {
        let generations = self.generations.load();
        let counted = |parts: &Parts| parts.parts.iter().map(|part| part.ids()).collect();
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

    use super::part::log_of;
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
        let filter = Filter::load(folder.path(), &BTreeMap::new(), never_reread).unwrap();
        let generation = Generation(3);
        // More than the first part holds, so that a second one is made.
        let ids = PART_IDS_MIN + 1000;
        filter.insert(generation, &(0..ids).map(key).collect::<Vec<_>>());
        filter.checkpoint().unwrap();
        let again = Filter::load(folder.path(), &filter.taken(), never_reread).unwrap();
        for filter in [&filter, &again] {
            assert_eq!(filter.taken()[&generation].iter().sum::<u64>(), ids);
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
    fn a_checkpoint_writes_what_is_new_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (earlier, current) = (Generation(1), Generation(2));
        let filter = Filter::load(folder.path(), &BTreeMap::new(), never_reread).unwrap();
        filter.insert(earlier, &(0..PART_IDS_MIN + 1).map(key).collect::<Vec<_>>());
        filter.insert(current, &[key(1)]);
        filter.checkpoint().unwrap();
        // A file that is written again is another one under the same name.
        let parts = [(earlier, 0), (earlier, 1), (current, 0)].map(|(at, index)| filter.path(at, index));
        let files = || parts.each_ref().map(|path| fs::metadata(path).unwrap().ino());
        let logs = || parts.each_ref().map(|path| fs::metadata(log_of(path)).map_or(0, |log| log.len()));
        let before = files();
        filter.checkpoint().unwrap();
        assert_eq!((files(), logs()), (before, [0; 3]), "nothing has changed");
        filter.insert(current, &[key(2)]);
        filter.checkpoint().unwrap();
        assert_eq!((files(), logs()), (before, [0, 0, 32 + 56]), "one log was begun");
        filter.insert(current, &[key(3), key(4)]);
        filter.checkpoint().unwrap();
        assert_eq!((files(), logs()), (before, [0, 0, 32 + 56 + 72]), "and gone on with");
        let again = Filter::load(folder.path(), &filter.taken(), never_reread).unwrap();
        assert_eq!(again.taken(), filter.taken());
        let knows = |filter: &Filter, number| filter.sight().candidates(key(number)).any(|at| at == current);
        assert!((1..5).all(|number| knows(&again, number)));
        again.checkpoint().unwrap();
        assert_eq!((files(), logs()), (before, [0, 0, 160]), "what was loaded has not changed");
        again.insert(current, &[key(5)]);
        again.checkpoint().unwrap();
        assert_eq!((files(), logs()), (before, [0, 0, 216]), "what was loaded is gone on with");
        let again = Filter::load(folder.path(), &again.taken(), never_reread).unwrap();
        assert!((1..6).all(|number| knows(&again, number)));
        fs::remove_file(&parts[1]).unwrap();
        let mut reread = Vec::new();
        let load = Filter::load(folder.path(), &filter.taken(), |generation, _| {
            reread.push(generation);
            Ok(())
        });
        assert!(load.is_ok() && reread == [earlier], "a last part that is gone is missed: {reread:?}");
    }

    #[test]
    fn a_part_is_written_whole_when_its_log_would_be_longer() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation(2);
        let filter = Filter::load(folder.path(), &BTreeMap::new(), never_reread).unwrap();
        let path = filter.path(generation, 0);
        let sizes =
            || (fs::metadata(&path).unwrap().ino(), fs::metadata(log_of(&path)).map_or(0, |log| log.len()));
        let insert = |numbers: std::ops::Range<u64>| {
            filter.insert(generation, &numbers.map(key).collect::<Vec<_>>());
            filter.checkpoint().unwrap();
        };
        insert(0..10);
        let (first, _) = sizes();
        insert(10..500_010);
        let (file, log) = sizes();
        assert!(file == first && log > 500_000 * 16, "{log}");
        insert(500_010..1_000_010);
        let (second, log) = sizes();
        assert!(second != first && log > 500_000 * 16, "the log that is there is not the second part's");
        let again = Filter::load(folder.path(), &filter.taken(), never_reread).unwrap();
        assert_eq!(again.taken()[&generation], [1_000_010], "each id once");
        again.insert(generation, &(1_000_010..1_000_020).map(key).collect::<Vec<_>>());
        again.checkpoint().unwrap();
        assert_eq!(sizes(), (second, 32 + 40 + 160), "it was begun anew, also by who has only read it");
        insert(1_000_010..1_000_020);
        assert_eq!(sizes(), (second, 32 + 40 + 160), "and by who has written it");
        let again = Filter::load(folder.path(), &filter.taken(), never_reread).unwrap();
        assert_eq!(again.taken(), filter.taken());
        assert!((0..1_000_020).all(|number| again.sight().candidates(key(number)).eq([generation])));
    }

    #[test]
    fn a_log_that_lacks_what_the_views_have_is_damage_and_what_a_crash_left_of_it_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation(2);
        let filter = Filter::load(folder.path(), &BTreeMap::new(), never_reread).unwrap();
        let mut known = Vec::new();
        for number in 0..4 {
            filter.insert(generation, &[key(number)]);
            filter.checkpoint().unwrap();
            known.push(filter.taken());
        }
        let log = log_of(&filter.path(generation, 0));
        let whole = fs::read(&log).unwrap();
        assert_eq!(whole.len(), 32 + 3 * 56);
        let knows = |filter: &Filter, number| filter.sight().candidates(key(number)).eq([generation]);
        for cut in (0..whole.len()).step_by(7) {
            fs::write(&log, &whole[..cut]).unwrap();
            // Keys that are there: that of the part, and those of whole blocks.
            let there = 1 + cut.saturating_sub(32) / 56;
            let again = Filter::load(folder.path(), &known[there - 1], never_reread).unwrap();
            assert!((0..there as u64).all(|number| knows(&again, number)), "cut to {cut} bytes");
            // Whatever the crash left, what comes next is kept.
            let part = fs::read(filter.path(generation, 0)).unwrap();
            again.insert(generation, &[key(9)]);
            again.checkpoint().unwrap();
            let next = Filter::load(folder.path(), &again.taken(), never_reread).unwrap();
            assert!((0..there as u64).chain([9]).all(|number| knows(&next, number)), "cut to {cut} bytes");
            fs::write(filter.path(generation, 0), part).unwrap();
            fs::write(&log, &whole[..cut]).unwrap();
            let mut reread = 0;
            let more = Filter::load(folder.path(), &known[there], |_, insert| {
                reread += 1;
                (0..4).for_each(|number| insert(key(number)));
                Ok(())
            });
            assert!(reread == 1 && knows(&more.unwrap(), 3), "cut to {cut} bytes");
        }
        for place in (32..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&log, damaged).unwrap();
            let mut reread = 0;
            Filter::load(folder.path(), &known[3], |_, _| {
                reread += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(reread, 1, "byte {place}");
        }
    }

    #[test]
    fn a_damaged_part_is_read_again_from_the_ids() {
        let folder = tempfile::tempdir().unwrap();
        let filter = Filter::load(folder.path(), &BTreeMap::new(), never_reread).unwrap();
        filter.insert(Generation(1), &[key(1)]);
        filter.checkpoint().unwrap();
        let path = filter.path(Generation(1), 0);
        let mut bytes = fs::read(&path).unwrap();
        bytes[100] ^= 1;
        fs::write(&path, bytes).unwrap();
        let again = Filter::load(folder.path(), &filter.taken(), |generation, insert| {
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
            let filter = Filter::load(folder.path(), &BTreeMap::new(), never_reread).unwrap();
            filter.insert(Generation(0), &keys.iter().map(|key| Key(*key)).collect::<Vec<_>>());
            let sight = filter.sight();
            prop_assert!(keys.iter().all(|key| sight.candidates(Key(*key)).next().is_some()));
        }
    }
}
