//! The ids that the views do not hold yet, in memory: where their rows stand, not what the rows say.
//!
//! Two halves take turns: when the views have reached the older half's last frame, it is dropped whole and the
//! younger takes its place. So forgetting costs nothing per id, and a look-up asks two halves. An id takes 16 bytes: half
//! of its key and a place. That the row there is the one looked for is for the caller to confirm, who can read it.
//!
//! Every id is put here, hardly one is looked for: the filter of all ids (`store/filter.rs`) has said before that nearly all
//! are new. So a half is lists of a thousand ids, to whose ends others are put without anything else being read, and a
//! look-up goes through one list. They grow by linear hashing, one list being split at a time: a table of a million ids
//! takes a tenth of a second to double, and a wallet that begins to flood would hold up all others of its shard each time.

use hashbrown::HashTable;

use crate::domain::identity::Key;

/// Where a row stands: the number of its frame, and its first byte there. A later row is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowPlace {
    pub frame: u64,
    pub offset: u32,
}

#[derive(Clone, Copy)]
struct Place {
    /// The upper half of the key, which is a keyed hash already: the table's hash too.
    half_key: u64,
    /// Counted from the half's first.
    frame: u32,
    offset: u32,
}

struct Half {
    /// Each id in the list of [`Half::list_of`].
    lists: Vec<Vec<Place>>,
    /// Of all lists.
    len: usize,
    /// The first and the last frame that one of them stands in.
    first_frame: u64,
    last_frame: u64,
}

/// Ids that the lists of a half have on average before one of them is split: so many that the ends of all lists stay in the
/// cache, and so few that a look-up takes no longer than one in the views does, which finds what came a little earlier.
const LIST_IDS: usize = 1_024;
/// Lists that a half has at least.
const LISTS_MIN: usize = 8;

/// The recent ids of one partition.
#[derive(Default)]
pub struct RecentIds {
    younger: Half,
    older: Half,
    /// Those of the drain under way as they came, with the upper halves of their keys, and where each stands there: so small
    /// that it stays in the cache.
    fresh: Vec<(u64, RowPlace)>,
    fresh_places: HashTable<u32>,
}

fn half_of(key: Key) -> u64 {
    (key.0 >> 64) as u64
}

impl Default for Half {
    fn default() -> Half {
        Half { lists: vec![Vec::new(); LISTS_MIN], len: 0, first_frame: 0, last_frame: 0 }
    }
}

/// The list that an id is in where there are so many: by as many of its bits as number them all, or by one bit less where
/// that list has not been split off yet.
fn list_of(half_key: u64, lists: usize) -> usize {
    let whole = lists.next_power_of_two();
    let list = half_key as usize & (whole - 1);
    if list < lists { list } else { list - whole / 2 }
}

impl Half {
    fn candidates(&self, half_key: u64) -> impl Iterator<Item = RowPlace> {
        let list = &self.lists[list_of(half_key, self.lists.len())];
        let same = list.iter().filter(move |place| place.half_key == half_key);
        same.map(|place| RowPlace { frame: self.first_frame + u64::from(place.frame), offset: place.offset })
    }

    fn insert(&mut self, half_key: u64, row: RowPlace) {
        // Those of a drain do not come in the order of their frames.
        self.last_frame = self.last_frame.max(row.frame);
        let frame = u32::try_from(row.frame - self.first_frame);
        let frame = frame.expect("the views are fewer than 2^32 frames behind");
        let lists = self.lists.len();
        self.lists[list_of(half_key, lists)].push(Place { half_key, frame, offset: row.offset });
        self.len += 1;
        if self.len > lists * LIST_IDS {
            self.split();
        }
    }

    /// One list more: some of those go there that have stood in the one with its number but for the first bit.
    fn split(&mut self) {
        let new = self.lists.len();
        self.lists.push(Vec::new());
        let split = list_of(new as u64, new);
        let all = std::mem::take(&mut self.lists[split]);
        let (stay, go) = all.into_iter().partition(|place| list_of(place.half_key, new + 1) == split);
        (self.lists[split], self.lists[new]) = (stay, go);
    }

    /// Keeps as many lists as those that go have needed: the next will be about as many.
    fn clear(&mut self) {
        self.lists.truncate(self.len.div_ceil(LIST_IDS).max(LISTS_MIN));
        self.lists.iter_mut().for_each(Vec::clear);
        (self.len, self.last_frame) = (0, 0);
    }
}

impl RecentIds {
    /// Calls `look` with the places at which the row of an id may stand: nearly always none, or the one; where the same id was
    /// decided more than once, all of them. Only those of the drain under way where the others are known not to hold it.
    #[inline]
    pub fn each_candidate(&self, key: Key, fresh_only: bool, mut look: impl FnMut(RowPlace)) {
        let half_key = half_of(key);
        for place in self.fresh_places.iter_hash(half_key) {
            let (fresh, row) = self.fresh[*place as usize];
            if fresh == half_key {
                look(row);
            }
        }
        if !fresh_only {
            self.younger.candidates(half_key).for_each(&mut look);
            self.older.candidates(half_key).for_each(look);
        }
    }

    /// Remembers where the row of an id stands.
    pub fn insert(&mut self, key: Key, row: RowPlace) {
        let half_key = half_of(key);
        let place = u32::try_from(self.fresh.len()).expect("a drain has fewer than 2^32 events");
        self.fresh.push((half_key, row));
        self.fresh_places.insert_unique(half_key, place, |place| self.fresh[*place as usize].0);
    }

    /// A drain is over: its ids join the others, all in one go.
    fn settle(&mut self) {
        if self.younger.len == 0
            && let Some(first) = self.fresh.iter().map(|(_, row)| row.frame).min()
        {
            self.younger.first_frame = first;
        }
        self.fresh.drain(..).for_each(|(half_key, row)| self.younger.insert(half_key, row));
        self.fresh_places.clear();
    }

    /// A drain is over, and the views hold everything up to frame number `built` now.
    pub fn built(&mut self, built: u64) {
        self.settle();
        if self.older.last_frame <= built && !self.is_empty() {
            std::mem::swap(&mut self.older, &mut self.younger);
            self.younger.clear();
            if self.older.last_frame <= built {
                self.older.clear();
            }
        }
    }

    pub fn len(&self) -> usize {
        self.younger.len + self.older.len + self.fresh.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(number: usize) -> Key {
        // Spread as a hash is; two of three share their upper half with another.
        Key((number as u128 / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15 << 64) | number as u128)
    }

    #[test]
    fn lists_are_split_one_at_a_time_and_kept_as_far_as_they_were_needed() {
        let mut half = Half::default();
        let place = |number: u64| RowPlace { frame: 1, offset: number as u32 };
        for number in 0..100_000u64 {
            let half_key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let before = half.lists.len();
            half.insert(half_key, place(number));
            assert!(half.lists.len() - before <= 1, "one list is split at a time");
        }
        assert_eq!(half.lists.len(), 100_000usize.div_ceil(LIST_IDS));
        assert_eq!(half.lists.iter().map(Vec::len).sum::<usize>(), half.len);
        let longest = half.lists.iter().map(Vec::len).max().unwrap();
        assert!(longest < 4 * LIST_IDS, "{longest} ids in one list");
        for number in 0..100_000u64 {
            let half_key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            assert!(half.candidates(half_key).eq([place(number)]), "id {number}");
        }
        for (inserted, kept) in [(0, 98), (1_000, LISTS_MIN), (0, LISTS_MIN)] {
            half.clear();
            assert_eq!((half.len, half.lists.len()), (0, kept), "before {inserted} more");
            (0..inserted).for_each(|number| half.insert(number, place(number)));
        }
    }

    proptest! {
        /// However far the views are behind: an id's places are known until they hold its frame, and are no others'.
        #[test]
        fn no_id_is_forgotten_before_the_views_hold_it(steps in prop::collection::vec((0usize..4, 0u64..6), 1..80)) {
            let mut ids = RecentIds::default();
            let (mut frame, mut built, mut inserted) = (0u64, 0u64, Vec::new());
            for (count, lag) in steps {
                frame += 1;
                for _ in 0..count {
                    let place = RowPlace { frame, offset: inserted.len() as u32 };
                    ids.insert(key(inserted.len()), place);
                    inserted.push(place);
                }
                built = built.max(frame.saturating_sub(lag));
                ids.built(built);
                for (number, place) in inserted.iter().enumerate() {
                    let mut found = Vec::new();
                    ids.each_candidate(key(number), false, |place| found.push(place));
                    prop_assert!(place.frame <= built || found.contains(place));
                    prop_assert!(found.iter().all(|found| found.offset as usize / 3 == number / 3));
                }
            }
            ids.built(frame);
            ids.built(frame);
            prop_assert!(ids.is_empty(), "what the views hold is let go of");
        }
    }
}
