//! The thread of the view builder: passes while there is something new, checkpoints in between.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use super::gate::Gate;
use super::health::Checks;
use super::progress::Progress;
use crate::clock::Stopwatch;
use crate::journal::embedded::Frames;
use crate::metrics::Meters;
use crate::store::StoreError;
use crate::store::builder::Builder;
use crate::store::views::Merging;

/// Rows of one pass: enough to sort in bulk, few enough that the views stay close behind.
pub const PASS_ROWS_MAX: u64 = 524_288;
/// How long rows are let gather, so that they are sorted in bulk: unless somebody waits for them. From the beginning of the
/// pass before, which has not seen what came since: so that under load no row waits for two passes and a rest.
const GATHERING: Duration = Duration::from_millis(1_000);
/// How soon a request to stop, or a full pass, is seen meanwhile.
const GLANCE: Duration = Duration::from_millis(20);
/// A pass of so many rows is load.
const LOAD_ROWS_MIN: u64 = 4_096;
/// How long there must be none before what was left behind is merged.
const RESTING_AFTER: Duration = Duration::from_secs(5);

/// How long a pass may take with its rests: at its end the oldest of its rows are so much older than [`GATHERING`].
const RESTED_PASS_MAX: Duration = Duration::from_millis(500);
/// How long the rests of a pass are at most, and at least where there are any, in hundredths of the work: under full load many
/// short ones cost a twelfth of the rate.
const RESTS_MAX: u128 = 300;
const RESTS_MIN: u128 = 100;

/// How long the rests of a pass may be, in hundredths of its work, if that takes so long: none where the work alone takes the time,
/// as under full load.
fn rests_of(work: Duration) -> u32 {
    let left = RESTED_PASS_MAX.saturating_sub(work);
    let hundredths = left.as_nanos() * 100 / work.as_nanos().max(1);
    if hundredths < RESTS_MIN { 0 } else { hundredths.min(RESTS_MAX) as u32 }
}

/// What a row costs until it is known.
pub const WORK_OF_A_ROW: Duration = Duration::from_micros(2);

/// What the view builder's thread is told.
#[derive(Default)]
pub struct Orders {
    pub checkpoint: AtomicBool,
    pub stop: AtomicBool,
}

pub struct Viewer {
    pub builder: Builder,
    pub frames: Arc<Frames>,
    /// The data directory.
    pub folder: PathBuf,
    pub progress: Arc<Progress>,
    pub gate: Arc<Gate>,
    pub meters: Arc<Meters>,
    pub checks: Arc<Checks>,
    pub orders: Arc<Orders>,
    /// Rows behind at which the gate narrows.
    pub behind_max: u64,
    pub checkpoint_rows: u64,
    /// When there was load last, and how runs are merged since.
    pub load: (Stopwatch, Merging),
    /// When the last pass began.
    pub began: Stopwatch,
    /// What a row has cost of the last pass that was load, rests not counted.
    pub work_of_a_row: Duration,
}

impl Viewer {
    /// Runs until told to stop, then folds what is left and checkpoints.
    pub fn run(mut self, waiting: tokio::runtime::Runtime) {
        loop {
            let stopping = self.orders.stop.load(Relaxed);
            let folded = self.fold_all();
            if let Err(error) = folded {
                self.meters.views.failures.increment(1);
                // The engine goes on without views as long as the gate lets it; the operator must act.
                let reason = format!("the views cannot be built: {error}");
                if self.checks.fail("views", &reason) {
                    tracing::error!(%error, "the views cannot be built");
                }
                if stopping {
                    return;
                }
                std::thread::sleep(Duration::from_secs(1));
                self.watch_lag();
                continue;
            }
            if stopping {
                return;
            }
            self.rest_or_work();
            self.gather(&waiting);
        }
    }

    /// Sorted runs are merged while nothing else is to be done.
    fn rest_or_work(&mut self) {
        let (since, merging) = &self.load;
        let wanted = if since.elapsed() < RESTING_AFTER { Merging::UnderLoad } else { Merging::AtRest };
        if wanted != *merging {
            match self.builder.views().merge_runs(wanted) {
                Ok(()) => self.load.1 = wanted,
                Err(error) => tracing::warn!(%error, "how runs of the views are merged could not be set"),
            }
        }
    }

    /// Waits until there is a pass worth making.
    fn gather(&self, waiting: &tokio::runtime::Runtime) {
        while self.began.elapsed() < GATHERING
            && !self.orders.stop.load(Relaxed)
            && self.progress.rows_behind() < PASS_ROWS_MAX
        {
            let hurried =
                waiting.block_on(async { tokio::time::timeout(GLANCE, self.progress.hurried()).await });
            if hurried.is_ok() {
                return;
            }
        }
    }

    fn fold_all(&mut self) -> Result<(), StoreError> {
        loop {
            self.began = Stopwatch::start();
            self.progress.rests.begin(self.rests());
            let pass = self.builder.pass(PASS_ROWS_MAX, |_| ())?;
            let rows = pass.rows;
            if rows >= LOAD_ROWS_MIN {
                let work = self.began.elapsed().saturating_sub(self.builder.rested());
                self.work_of_a_row = work.div_f64(rows as f64);
                self.load.0 = Stopwatch::start();
                self.rest_or_work();
            }
            if rows > 0 {
                self.progress.built(&pass.position, rows);
                self.meters.views.rows.increment(rows);
                self.meters.views.pass_seconds.record(self.began.seconds());
            }
            self.watch_lag();
            let due =
                self.orders.checkpoint.swap(false, Relaxed) || self.orders.stop.load(Relaxed) && rows == 0;
            let grown = self.builder.rows_since_checkpoint();
            if grown >= self.checkpoint_rows || due && grown > 0 {
                let watch = Stopwatch::start();
                self.builder.checkpoint()?;
                self.frames.list_files(&self.folder)?;
                self.progress.checkpointed(self.builder.position());
                self.meters.views.checkpoints.increment(1);
                self.meters.views.checkpoint_seconds.record(watch.seconds());
            }
            // What came while a pass was made is let gather again; at the end nothing is left behind.
            let last = if self.orders.stop.load(Relaxed) { rows == 0 } else { rows < PASS_ROWS_MAX };
            if last {
                self.checks.pass("views");
                return Ok(());
            }
        }
    }

    /// How long the rests of the next pass may be.
    fn rests(&self) -> u32 {
        if self.orders.stop.load(Relaxed) {
            return 0;
        }
        rests_of(self.work_of_a_row.mul_f64(self.progress.rows_behind() as f64))
    }

    fn watch_lag(&self) {
        let behind = self.progress.rows_behind();
        if behind > self.behind_max {
            self.gate.narrow(true);
        } else if behind < self.behind_max / 2 {
            self.gate.narrow(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_rests_as_long_as_it_has_time_for() {
        let table = [(0, 300), (10, 300), (125, 300), (200, 150), (250, 100), (251, 0), (500, 0), (2_000, 0)];
        for (work_ms, want) in table {
            assert_eq!(rests_of(Duration::from_millis(work_ms)), want, "{work_ms} ms");
        }
    }
}
