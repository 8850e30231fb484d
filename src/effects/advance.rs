//! The test clock: the whole engine moved through time, from one thing that falls due to the next.
//!
//! At each instant everything that is due is posted and everything that is to be done outside is finished before the
//! clock goes on, so that a year passes as it would have passed, in seconds.

use std::sync::Arc;
use std::time::Duration;

use super::Outside;
use crate::domain::time::Timestamp;

/// Wallets woken in one go.
const WAKE_MAX: usize = 50_000;
/// How long is waited for effects at a time, in case that their end was missed.
const GLANCE: Duration = Duration::from_millis(5);

/// Why the clock was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdvanced {
    #[error("the engine runs on the machine's clock")]
    NoTestClock,
    #[error("the clock stands after that already")]
    Backwards,
}

impl Outside {
    /// Moves the test clock to `to`, and answers where it stands then.
    pub async fn advance(self: &Arc<Self>, to: Timestamp) -> Result<Timestamp, NotAdvanced> {
        let clock = self.engine.clock();
        if !clock.is_test() {
            return Err(NotAdvanced::NoTestClock);
        }
        if to < clock.now() {
            return Err(NotAdvanced::Backwards);
        }
        loop {
            self.finish_instant().await;
            let next = self.next_instant().filter(|next| *next <= to);
            match next {
                Some(next) => {
                    clock.advance(next);
                    // Not left to the next time that the runner looks by itself: a year has many instants.
                    self.engine.schedule().look_again();
                }
                None => {
                    clock.advance(to);
                    return Ok(clock.now());
                }
            }
        }
    }

    /// Posts and does everything that is due now, and what follows from it.
    async fn finish_instant(self: &Arc<Self>) {
        let now = self.engine.clock().now();
        loop {
            let due = self.engine.schedule().agenda().wake(now, WAKE_MAX);
            if !due.is_empty() {
                self.engine.wake(due).await;
                continue;
            }
            let finished = self.finished.notified();
            if self.pump_sandbox().await {
                continue;
            }
            if !self.engine.schedule().agenda().is_busy(now) {
                return;
            }
            let _ = tokio::time::timeout(GLANCE, finished).await;
        }
    }

    fn next_instant(&self) -> Option<Timestamp> {
        let (due, effect) = {
            let agenda = self.engine.schedule().agenda();
            (agenda.next_due(), agenda.next_effect())
        };
        let sandbox = self.sandbox.as_ref().and_then(|sandbox| sandbox.next_due());
        [due, effect, sandbox].into_iter().flatten().min()
    }
}
