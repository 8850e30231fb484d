//! When requests are to leave: as soon as one has been answered (closed), at a rate (open), or many at once (bursts).
//!
//! In an open loop every request has the instant it was meant to leave at, and waits from then on, whether a connection
//! was free or not: a server that stands still is seen by all requests that should have left meanwhile.

use std::cell::Cell;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::alarm::Alarm;
use crate::clock;

/// How a group of connections sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Every connection sends its next request when the last one has been answered.
    Closed,
    /// So many requests a second, evenly.
    Open { requests_per_second: f64 },
    /// So many requests at once, again and again.
    Bursts { requests: u64, every: Duration },
}

/// What counts: requests meant to leave in it, and events answered in it.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// When the first request leaves; what comes before `start` warms up.
    pub begin: Instant,
    pub start: Instant,
    pub end: Instant,
}

impl Window {
    /// Begins now.
    pub fn of(warm_up: Duration, measured: Duration) -> Window {
        let begin = clock::tick();
        let start = begin + warm_up;
        Window { begin, start, end: start + measured }
    }

    pub fn seconds(&self) -> f64 {
        (self.end - self.start).as_secs_f64()
    }

    pub fn holds(&self, instant: Instant) -> bool {
        (self.start..self.end).contains(&instant)
    }
}

/// The requests of a group, in the order they are to leave.
pub struct Schedule {
    pace: Pace,
    window: Window,
    next: Cell<u64>,
    /// One connection waits for the next instant; the others wait for their turn.
    turn: Mutex<Alarm>,
}

impl Schedule {
    pub fn new(pace: Pace, window: Window) -> Schedule {
        Schedule { pace, window, next: Cell::new(0), turn: Mutex::new(Alarm::new()) }
    }

    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The instant the next request is meant to leave at, once it has come; `None` at the end.
    pub async fn next(&self) -> Option<Instant> {
        let now = clock::tick();
        if now >= self.window.end {
            return None;
        }
        if self.pace == Pace::Closed {
            return Some(now);
        }
        let alarm = self.turn.lock().await;
        let intended = self.intended(self.next.get());
        if intended >= self.window.end || clock::tick() >= self.window.end {
            return None;
        }
        alarm.wait_until(intended).await;
        self.next.set(self.next.get() + 1);
        Some(intended)
    }

    /// Requests that were meant to leave in the window and have not.
    pub fn unsent(&self) -> u64 {
        let (first, end) = (self.count_before(self.window.start), self.count_before(self.window.end));
        end.saturating_sub(self.next.get().max(first))
    }

    fn intended(&self, number: u64) -> Instant {
        let since = match self.pace {
            Pace::Closed => Duration::ZERO,
            Pace::Open { requests_per_second } => {
                Duration::from_secs_f64(number as f64 / requests_per_second)
            }
            Pace::Bursts { requests, every } => {
                every.saturating_mul(u32::try_from(number / requests).unwrap_or(u32::MAX))
            }
        };
        self.window.begin + since
    }

    /// Requests meant to leave before an instant.
    fn count_before(&self, instant: Instant) -> u64 {
        let seconds = instant.saturating_duration_since(self.window.begin).as_secs_f64();
        match self.pace {
            Pace::Closed => 0,
            Pace::Open { requests_per_second } => (seconds * requests_per_second).ceil() as u64,
            Pace::Bursts { requests, every } => (seconds / every.as_secs_f64()).ceil() as u64 * requests,
        }
    }
}

/// Events of one request at a rate: as many as are asked for, or as come within the time that a request may wait.
pub fn batch_at(events_per_second: f64, batch: u32, linger: Option<Duration>) -> u32 {
    let within = linger.map_or(f64::INFINITY, |linger| events_per_second * linger.as_secs_f64());
    (within.floor() as u32).clamp(1, batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(warm_up_ms: u64, measured_ms: u64) -> Window {
        Window::of(Duration::from_millis(warm_up_ms), Duration::from_millis(measured_ms))
    }

    #[tokio::test]
    async fn an_open_loop_keeps_its_instants_whoever_is_late() {
        let schedule = Schedule::new(Pace::Open { requests_per_second: 1_000.0 }, window(0, 60));
        let begin = schedule.window.begin;
        let mut taken = Vec::new();
        while let Some(intended) = schedule.next().await {
            if taken.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            taken.push((intended - begin).as_micros() as u64);
        }
        let want: Vec<u64> = (0..60).map(|number| number * 1_000).collect();
        // A busy machine may keep this test from taking the last ones before the end.
        assert_eq!(taken, want[..taken.len()], "no instant is skipped or moved by a pause of 20 ms");
        assert_eq!(taken.len() as u64 + schedule.unsent(), 60);
    }

    #[tokio::test]
    async fn what_no_connection_was_free_for_is_unsent() {
        let schedule = Schedule::new(Pace::Open { requests_per_second: 1_000.0 }, window(10, 40));
        schedule.next().await.expect("the first");
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(schedule.next().await, None);
        assert_eq!(schedule.unsent(), 40, "those of the warm-up are not counted");
    }

    #[tokio::test]
    async fn bursts_are_meant_to_leave_together() {
        let pace = Pace::Bursts { requests: 3, every: Duration::from_millis(10) };
        let schedule = Schedule::new(pace, window(0, 25));
        let begin = schedule.window.begin;
        let mut taken = Vec::new();
        while let Some(intended) = schedule.next().await {
            taken.push((intended - begin).as_millis() as u64);
        }
        assert_eq!(taken, [0, 0, 0, 10, 10, 10, 20, 20, 20][..taken.len()]);
        assert_eq!(taken.len() as u64 + schedule.unsent(), 9);
    }

    #[tokio::test]
    async fn a_closed_loop_only_ends() {
        let schedule = Schedule::new(Pace::Closed, window(0, 15));
        assert!(schedule.next().await.is_some());
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(schedule.next().await.is_none());
        assert_eq!(schedule.unsent(), 0);
    }

    #[test]
    fn a_request_takes_what_comes_while_it_may_wait() {
        let ms = |ms| Some(Duration::from_millis(ms));
        for (rate, batch, linger, want) in [
            (100_000.0, 2_000, None, 2_000),
            (100_000.0, 2_000, ms(5), 500),
            (1_000_000.0, 2_000, ms(5), 2_000),
            (10.0, 2_000, ms(5), 1),
        ] {
            assert_eq!(batch_at(rate, batch, linger), want, "{rate} {linger:?}");
        }
    }
}
