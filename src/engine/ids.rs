//! The ids that the views do not hold yet, in memory: where their rows stand, not what the rows say.
//!
//! Two halves take turns: when the views have reached the older half's last frame, it is dropped whole and the
//! younger takes its place. So forgetting costs nothing per id, and a look-up asks two tables. An id takes 16 bytes: half
//! of its key and a place. That the row there is the one looked for is for the caller to confirm, who can read it.
//!
//! A half is many tables of unequal shares, which double one by one as it grows: one table of a million ids takes a tenth of
//! a second to double, and a wallet that begins to flood would hold up all others of its shard each time.

use hashbrown::HashTable;

use crate::domain::identity::Key;
use crate::store::together::bring;

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
    parts: [HashTable<Place>; PARTS],
    /// Of all parts.
    len: usize,
    /// The first and the last frame that one of them stands in.
    first_frame: u64,
    last_frame: u64,
}

/// Tables of a half.
const PARTS: usize = 64;

/// Places that are looked at together before ids are put there.
const SETTLED_AT_A_TIME: usize = 64;

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

/// The part of a half that an id is in. Their shares grow from the first to twice as much for the last, each by the same
/// factor: `PARTS * log2(1 + x)` of an `x` below 1, for which bits are taken that tables do not use themselves. The
/// logarithm is `x + 22/64 * x * (1 - x)`, to a hundredth. The remainder at the end changes nothing: it shows that there is
/// such a part.
fn part_of(half_key: u64) -> usize {
    const ONE: u64 = 1 << 16;
    let x = (half_key >> 32) % ONE;
    ((PARTS as u64 * x + 22 * (x * (ONE - x) / ONE)) / ONE) as usize % PARTS
}

impl Default for Half {
    fn default() -> Half {
        Half { parts: std::array::from_fn(|_| HashTable::new()), len: 0, first_frame: 0, last_frame: 0 }
    }
}

impl Half {
    fn candidates(&self, part: usize, half_key: u64) -> impl Iterator<Item = RowPlace> {
        let same = self.parts[part].iter_hash(half_key).filter(move |place| place.half_key == half_key);
        same.map(|place| RowPlace { frame: self.first_frame + u64::from(place.frame), offset: place.offset })
    }

    fn holds(&self, part: usize, half_key: u64) -> bool {
        self.parts[part].find(half_key, |place| place.half_key == half_key).is_some()
    }

    fn insert(&mut self, half_key: u64, row: RowPlace) {
        // Those of a drain do not come in the order of their frames.
        self.last_frame = self.last_frame.max(row.frame);
        let frame = u32::try_from(row.frame - self.first_frame);
        let frame = frame.expect("the views are fewer than 2^32 frames behind");
        let place = Place { half_key, frame, offset: row.offset };
        self.parts[part_of(half_key)].insert_unique(half_key, place, |place| place.half_key);
        self.len += 1;
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
            let part = part_of(half_key);
            self.younger.candidates(part, half_key).for_each(&mut look);
            self.older.candidates(part, half_key).for_each(look);
        }
    }

    /// Whether a place of the id may be among those that are settled. Asked for many ids in a row before any of them is
    /// decided: memory then answers side by side, and no later look at them is needed.
    pub fn may_hold(&self, key: Key) -> bool {
        let half_key = half_of(key);
        let part = part_of(half_key);
        self.younger.holds(part, half_key) || self.older.holds(part, half_key)
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
        for some in self.fresh.chunks(SETTLED_AT_A_TIME) {
            // Where they come to stand is brought from memory together.
            bring(some.iter().map(|(half_key, _)| self.younger.holds(part_of(*half_key), *half_key).into()));
            some.iter().for_each(|(half_key, row)| self.younger.insert(*half_key, *row));
        }
        self.fresh.clear();
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

impl Half {
    fn clear(&mut self) {
        self.parts.iter_mut().for_each(HashTable::clear);
        (self.len, self.last_frame) = (0, 0);
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
    fn parts_double_one_by_one() {
        let mut half = Half::default();
        for number in 0..400_000u64 {
            let half_key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let part = part_of(half_key);
            let before = half.parts[part].capacity();
            half.insert(half_key, RowPlace { frame: 1, offset: number as u32 });
            if number > 100_000 && half.parts[part].capacity() > before {
                let moved = half.parts[part].len();
                assert!(moved * 100 < half.len * 3, "{moved} of {} ids are moved at once", half.len);
            }
        }
        let lens: Vec<_> = half.parts.iter().map(HashTable::len).collect();
        assert_eq!(lens.iter().sum::<usize>(), half.len);
        assert!(lens.windows(2).all(|pair| pair[1] * 100 > pair[0] * 98), "{lens:?}");
        let [first, last] = [lens[0], lens[PARTS - 1]];
        assert!(last * 10 > first * 18 && last * 10 < first * 22, "{first} and {last}");
        let capacities: std::collections::HashSet<_> = half.parts.iter().map(HashTable::capacity).collect();
        assert_eq!(capacities.len(), 2, "some have doubled and some not: {capacities:?}");
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
