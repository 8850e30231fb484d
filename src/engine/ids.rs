//! The ids that the views do not hold yet, in memory.
//!
//! Two halves take turns: when the views have reached the older half's last frame, it is dropped whole and the
//! younger takes its place. So forgetting costs nothing per id, and a look-up asks two tables.

use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

use crate::domain::identity::{Key, Remembered};

/// Keys are keyed hashes already: their lower half is the table's hash.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = value as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Where a row stands: the number of its frame, and its first byte there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPlace {
    pub frame: u64,
    pub offset: u32,
}

/// An id that the views do not hold yet, or not as it is now.
#[derive(Debug)]
pub struct Recent {
    pub remembered: Remembered,
    /// The row of its event; `None` where that is older than the views are behind.
    pub row: Option<RowPlace>,
}

#[derive(Default)]
struct Half {
    ids: HashMap<Key, Recent, BuildHasherDefault<KeyHasher>>,
    /// The last frame that one of them stands in.
    last_frame: u64,
}

/// The recent ids of one partition.
#[derive(Default)]
pub struct RecentIds {
    younger: Half,
    older: Half,
}

impl RecentIds {
    pub fn get(&self, key: Key) -> Option<&Recent> {
        self.younger.ids.get(&key).or_else(|| self.older.ids.get(&key))
    }

    /// Remembers an id whose record goes into frame number `frame`.
    pub fn insert(&mut self, key: Key, recent: Recent, frame: u64) {
        self.younger.ids.insert(key, recent);
        self.younger.last_frame = frame;
    }

    /// The views hold everything up to frame number `built` now.
    pub fn built(&mut self, built: u64) {
        if self.older.last_frame <= built && !(self.younger.ids.is_empty() && self.older.ids.is_empty()) {
            std::mem::swap(&mut self.older, &mut self.younger);
            self.younger.ids.clear();
            self.younger.last_frame = 0;
            if self.older.last_frame <= built {
                self.older.ids.clear();
            }
        }
    }

    pub fn len(&self) -> usize {
        self.younger.ids.len() + self.older.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::{Fingerprint, Taken, Verdict};
    use crate::domain::money::Money;
    use crate::domain::time::Timestamp;
    use proptest::prelude::*;

    fn remembered(seq: u64) -> Remembered {
        let verdict = Verdict { outcome: Taken::Posted, amount: Money::ZERO, seq };
        let (fingerprint, kept_until) = (Fingerprint(seq), Timestamp::default());
        Remembered { fingerprint, verdict, kept_until, course: None }
    }

    proptest! {
        /// However far the views are behind: an id is known until they hold its frame.
        #[test]
        fn no_id_is_forgotten_before_the_views_hold_it(steps in prop::collection::vec((0usize..4, 0u64..6), 1..80)) {
            let mut ids = RecentIds::default();
            let (mut frame, mut built, mut inserted) = (0u64, 0u64, Vec::new());
            for (count, lag) in steps {
                frame += 1;
                for _ in 0..count {
                    let number = inserted.len() as u64;
                    let recent = Recent { remembered: remembered(number), row: None };
                    ids.insert(Key(u128::from(number) << 3), recent, frame);
                    inserted.push(frame);
                }
                built = built.max(frame.saturating_sub(lag));
                ids.built(built);
                for (number, in_frame) in inserted.iter().enumerate() {
                    let known = ids.get(Key((number as u128) << 3)).map(|recent| &recent.remembered);
                    prop_assert!(*in_frame <= built || known == Some(&remembered(number as u64)));
                }
            }
            ids.built(frame);
            ids.built(frame);
            prop_assert!(ids.is_empty(), "what the views hold is let go of");
        }
    }
}
