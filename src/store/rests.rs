//! Rests between short pieces of work: what can wait a little leaves the cores to what somebody waits for.
//!
//! A thread of a lower priority would do the same where it is alone with those that it gives way to. But at full load it would
//! get nothing, and fall behind; and who has given way once may not take it back. A rest is as long as there is time for.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use crate::clock::Stopwatch;

/// How long is worked before a rest: shorter than a thread that has just got a core keeps it.
const PIECE: Duration = Duration::from_millis(1);
/// Work between two looks at the clock: of so many rows.
const ROWS_AT_A_TIME: usize = 64;
/// A long row is as much work as several short ones of so many bytes.
const ROW_BYTES: usize = 256;

/// How long the rests after each piece of a pass are, in hundredths of the piece; shared with those who may want the pass soon.
#[derive(Debug, Default)]
pub struct Rests {
    /// [`HURRIED`] where somebody waits.
    hundredths: AtomicU32,
}

const HURRIED: u32 = u32::MAX;

impl Rests {
    /// A pass begins that has time for rests so long; none if somebody waits for it.
    pub fn begin(&self, hundredths: u32) {
        let hurried = self.hundredths.swap(hundredths, Relaxed) == HURRIED;
        if hurried {
            self.hundredths.store(0, Relaxed);
        }
    }

    /// Somebody waits: no rests in what is left of this pass, nor in the next.
    pub fn hurry(&self) {
        self.hundredths.store(HURRIED, Relaxed);
    }

    pub fn hundredths(&self) -> u32 {
        match self.hundredths.load(Relaxed) {
            HURRIED => 0,
            hundredths => hundredths,
        }
    }
}

/// Work that is done in pieces.
pub struct Pieces {
    working_since: Stopwatch,
    rows: usize,
    rested: Duration,
}

impl Pieces {
    pub fn begin() -> Pieces {
        Pieces { working_since: Stopwatch::start(), rows: 0, rested: Duration::ZERO }
    }

    /// Some rows are done. Where that ends a piece of work, rests so many hundredths of what the piece took.
    pub fn done(&mut self, rows: usize, hundredths: impl FnOnce() -> u32) {
        self.rows += rows;
        if self.rows < ROWS_AT_A_TIME {
            return;
        }
        self.rows = 0;
        let piece = self.working_since.elapsed();
        if piece < PIECE {
            return;
        }
        // What took longer was waited for, and is no reason to wait longer.
        let rest = (PIECE * 2).min(piece) * hundredths() / 100;
        if !rest.is_zero() {
            let resting = Stopwatch::start();
            std::thread::sleep(rest);
            self.rested += resting.elapsed();
        }
        self.working_since = Stopwatch::start();
    }

    /// The same of one row of so many bytes.
    pub fn done_row(&mut self, bytes: usize, hundredths: impl FnOnce() -> u32) {
        self.done(1 + bytes / ROW_BYTES, hundredths);
    }

    /// How long was rested so far.
    pub fn rested(&self) -> Duration {
        self.rested
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_ends_the_rests_of_this_pass_and_of_the_next() {
        let rests = Rests::default();
        assert_eq!(rests.hundredths(), 0);
        rests.begin(150);
        assert_eq!(rests.hundredths(), 150);
        rests.hurry();
        assert_eq!(rests.hundredths(), 0);
        rests.begin(150);
        assert_eq!(rests.hundredths(), 0, "what they wait for may be in this one");
        rests.begin(25);
        assert_eq!(rests.hundredths(), 25);
    }

    #[test]
    fn rests_follow_pieces_and_not_rows() {
        let mut pieces = Pieces::begin();
        let asked = |pieces: &mut Pieces, rows: usize| {
            let mut asked = false;
            pieces.done(rows, || {
                asked = true;
                200
            });
            asked
        };
        std::thread::sleep(PIECE);
        assert!(!asked(&mut pieces, ROWS_AT_A_TIME - 1), "too few rows to look at the clock");
        assert!(asked(&mut pieces, 1));
        assert!(pieces.rested() >= PIECE * 2, "{:?}", pieces.rested());
        let rested = pieces.rested();
        std::thread::sleep(PIECE);
        pieces.done(ROWS_AT_A_TIME, || 0);
        assert_eq!(pieces.rested(), rested, "nothing to rest for");
    }
}
