//! The scrub: reads old frames again, slowly, so that damage is found before somebody needs what is damaged.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::health::Checks;
use super::viewer::Orders;
use crate::journal::embedded::{Frames, Position};
use crate::metrics::Meters;

/// How long the scrub rests between two bites, and how often it looks whether it should stop.
const REST: Duration = Duration::from_secs(1);

pub struct Scrub {
    pub frames: Arc<Frames>,
    pub start: Position,
    pub bytes_per_second: u64,
    pub meters: Arc<Meters>,
    pub checks: Arc<Checks>,
    pub orders: Arc<Orders>,
}

impl Scrub {
    /// Walks the journal round and round until told to stop.
    pub fn run(self) {
        let mut position = self.start.clone();
        while !self.orders.stop.load(Relaxed) {
            if !self.bite(&mut position) {
                position = self.start.clone();
            }
            std::thread::park_timeout(REST);
        }
    }

    /// Reads a second's worth; false at the end of the journal, and where it is damaged.
    fn bite(&self, position: &mut Position) -> bool {
        let (mut bytes_left, mut frames) = (self.bytes_per_second, 0);
        let walked = self.frames.walk(position, |_, _, bytes| {
            frames += 1;
            bytes_left = bytes_left.saturating_sub(bytes.len() as u64);
            Ok(bytes_left > 0)
        });
        self.meters.journal.scrubbed_frames.increment(frames);
        match walked {
            Ok(()) => bytes_left == 0,
            Err(error) => {
                if self.checks.fail("scrub", &error.to_string()) {
                    tracing::error!(%error, "the scrub has found damage: restore from a backup");
                }
                false
            }
        }
    }
}
