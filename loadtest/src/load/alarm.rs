//! Wakes at an instant to about a tenth of a millisecond. Timers of tokio tick once a millisecond, which is a fifth of
//! the latency that is to be measured.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use tokio::sync::Notify;

use crate::clock;

/// A thread that sleeps for others. It ends when the alarm is dropped.
pub struct Alarm {
    instants: Sender<Instant>,
    rung: Arc<Notify>,
}

impl Alarm {
    pub fn new() -> Alarm {
        let (instants, asked) = channel();
        let rung = Arc::new(Notify::new());
        let ring = Arc::clone(&rung);
        thread::spawn(move || keep_time(&asked, &ring));
        Alarm { instants, rung }
    }

    /// Waits until then. One task at a time.
    pub async fn wait_until(&self, instant: Instant) {
        while clock::tick() < instant {
            self.instants.send(instant).expect("the thread lives as long as the alarm");
            self.rung.notified().await;
        }
    }
}

fn keep_time(asked: &Receiver<Instant>, ring: &Notify) {
    for instant in asked {
        thread::sleep(instant.saturating_duration_since(clock::tick()));
        ring.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn it_never_rings_early() {
        let alarm = Alarm::new();
        for micros in [0, 300, 2_000] {
            let instant = clock::tick() + Duration::from_micros(micros);
            alarm.wait_until(instant).await;
            assert!(clock::tick() >= instant, "{micros} us");
        }
    }
}
