//! The pace of merging: beside load, runs are merged in short pieces of work with a rest after each.
//!
//! RocksDB asks a compaction filter about every whole row that it merges, and a merge operator to put the parts of others
//! together, on the thread that merges. Neither has anything to say about pace; they are where the thread rests. Without it a
//! merge takes most of a core for as long as it lasts. A merge operator is asked by whoever reads too, who does not rest.

use std::cell::RefCell;
use std::ffi::CStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rocksdb::CompactionDecision;
use rocksdb::compaction_filter::CompactionFilter;
use rocksdb::compaction_filter_factory::{CompactionFilterContext, CompactionFilterFactory};

use super::options::RUNS_UNDER_LOAD;
use crate::clock::Stopwatch;
use crate::store::rests::Pieces;

/// How long the rests are when a merge begins in time, in hundredths of the work.
const RESTS_MAX: u64 = 600;
/// From when on a merge no longer rests. Until then rests become shorter: few rows are merged without haste, and many, which
/// take longer, not for ever.
const RESTED_AFTER: Duration = Duration::from_secs(100);
/// Runs that a family may have when a merge begins that has not been waited for, and from how many on it has no time to rest:
/// merges come one after the other, and each begins when the one before it ends.
const IN_TIME: u64 = RUNS_UNDER_LOAD as u64;
const TOO_LATE: u64 = 2 * IN_TIME;

/// What merging goes by: one for all families of a database.
#[derive(Clone, Default)]
pub(super) struct Pace {
    /// Whether there is no load that merging gives way to.
    at_rest: Arc<AtomicBool>,
    /// How many passes have left runs behind.
    passes: Arc<AtomicU64>,
}

impl Pace {
    pub fn set_at_rest(&self, at_rest: bool) {
        self.at_rest.store(at_rest, Relaxed);
    }

    /// A pass has left a run behind in every family that it had rows for.
    pub fn passed(&self) {
        self.passes.fetch_add(1, Relaxed);
    }

    /// How merges of one family are paced.
    pub fn of_family(&self) -> PaceOfFamily {
        PaceOfFamily { pace: self.clone(), last_merge: self.passes.load(Relaxed) }
    }
}

/// How long the rests are of a merge that began with so many runs, so long ago, in hundredths of the work.
fn rests_of(runs: u64, merging_for: Duration) -> u32 {
    let in_time = TOO_LATE.saturating_sub(runs).min(IN_TIME);
    let left = RESTED_AFTER.saturating_sub(merging_for).as_secs();
    (RESTS_MAX * in_time * left / (IN_TIME * RESTED_AFTER.as_secs())) as u32
}

pub(super) struct PaceOfFamily {
    pace: Pace,
    /// How many passes there had been when the last merge began.
    last_merge: u64,
}

impl CompactionFilterFactory for PaceOfFamily {
    type Filter = Paced;

    fn create(&mut self, context: CompactionFilterContext) -> Paced {
        let passes = self.pace.passes.load(Relaxed);
        let runs = passes - std::mem::replace(&mut self.last_merge, passes);
        // Whoever asks for a merge waits for it.
        let at_rest = (!context.is_manual_compaction).then(|| Arc::clone(&self.pace.at_rest));
        let merge = Merge { at_rest, runs, began: Stopwatch::start(), pieces: Pieces::begin() };
        MERGE.set(Some(merge));
        Paced
    }

    fn name(&self) -> &CStr {
        c"farebox.pace"
    }
}

/// One merge.
struct Merge {
    /// Whether rests are not needed; `None` for a merge that has none.
    at_rest: Option<Arc<AtomicBool>>,
    /// How many it began with.
    runs: u64,
    began: Stopwatch,
    pieces: Pieces,
}

thread_local! {
    /// The merge that this thread is at: RocksDB makes a filter for each on the thread that merges, and lets go of it there.
    static MERGE: RefCell<Option<Merge>> = const { RefCell::new(None) };
}

/// Some more of a merge is done, of so many bytes: rests if it is time to. Does nothing on threads that are at no merge.
pub(super) fn done(bytes: usize) {
    MERGE.with_borrow_mut(|merge| {
        let Some(Merge { at_rest: Some(at_rest), runs, began, pieces }) = merge else { return };
        let rests = || if at_rest.load(Relaxed) { 0 } else { rests_of(*runs, began.elapsed()) };
        pieces.done_row(bytes, rests);
    });
}

/// What the thread of a merge holds as long as it merges.
pub(super) struct Paced;

impl Drop for Paced {
    fn drop(&mut self) {
        MERGE.set(None);
    }
}

impl CompactionFilter for Paced {
    fn filter(&mut self, _level: u32, _key: &[u8], value: &[u8]) -> CompactionDecision {
        done(value.len());
        CompactionDecision::Keep
    }

    fn name(&self) -> &CStr {
        c"farebox.paced"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_become_shorter_and_end_and_a_late_merge_has_none() {
        let table = [
            (120, 0, 600),
            (4, 0, 600),
            (120, 25, 450),
            (120, 50, 300),
            (120, 100, 0),
            (120, 900, 0),
            (180, 0, 300),
            (180, 50, 150),
            (240, 0, 0),
            (1_000, 50, 0),
        ];
        for (runs, seconds, want) in table {
            assert_eq!(rests_of(runs, Duration::from_secs(seconds)), want, "{runs} runs after {seconds} s");
        }
    }

    #[test]
    fn a_merge_knows_the_runs_since_the_one_before_of_its_family() {
        let pace = Pace::default();
        let context =
            |is_manual_compaction| CompactionFilterContext { is_full_compaction: true, is_manual_compaction };
        let (mut one, mut other) = (pace.of_family(), pace.of_family());
        (0..120).for_each(|_| pace.passed());
        let runs_and_rests = |family: &mut PaceOfFamily, is_manual| {
            let _paced = family.create(context(is_manual));
            MERGE
                .with_borrow(|merge| merge.as_ref().map(|merge| (merge.runs, merge.at_rest.is_some())))
                .unwrap()
        };
        assert_eq!(runs_and_rests(&mut one, false), (120, true));
        (0..30).for_each(|_| pace.passed());
        assert_eq!(runs_and_rests(&mut one, false), (30, true));
        assert_eq!(runs_and_rests(&mut other, false), (150, true));
        assert_eq!(runs_and_rests(&mut one, true), (0, false), "whoever asks for a merge waits for it");
    }

    #[test]
    fn only_the_thread_of_a_merge_rests_and_only_while_it_merges() {
        let pace = Pace::default();
        let context = CompactionFilterContext { is_full_compaction: true, is_manual_compaction: false };
        let rested = || MERGE.with_borrow(|merge| merge.as_ref().map(|merge| merge.pieces.rested()));
        done(1 << 20);
        assert_eq!(rested(), None);
        let paced = pace.of_family().create(context);
        std::thread::sleep(Duration::from_millis(1));
        done(1 << 20);
        assert!(rested().is_some_and(|rested| rested >= Duration::from_millis(6)), "{:?}", rested());
        std::thread::scope(|scope| scope.spawn(|| assert_eq!(rested(), None)).join().unwrap());
        drop(paced);
        assert_eq!(rested(), None);
    }
}
