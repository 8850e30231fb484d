//! The engine's clock and its randomness: the only place that asks the operating system for either.
//!
//! Everything else is handed a [`Clock`] or bytes, so that the same input decides the same way twice (J2).

// Everywhere else this lint stands; here is what it tells people to call.
#![allow(clippy::disallowed_methods, reason = "the one place that may ask for time and randomness")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::domain::time::Timestamp;

/// Wall-clock time that never goes back, however the machine's clock is set. Shared as an `Arc<Clock>`:
/// two clocks know nothing of each other.
#[derive(Debug)]
pub struct Clock {
    /// The latest instant ever told, in nanoseconds since 1970.
    latest: AtomicI64,
    hands: Hands,
}

/// What moves a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hands {
    Machine,
    /// Whoever calls [`Clock::advance`]: a test clock, on which a year passes in seconds.
    Caller,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock { latest: AtomicI64::new(i64::MIN), hands: Hands::Machine }
    }

    /// A clock that stands at `at` until it is advanced.
    pub fn test(at: Timestamp) -> Clock {
        Clock { latest: AtomicI64::new(at.nanos()), hands: Hands::Caller }
    }

    pub fn is_test(&self) -> bool {
        self.hands == Hands::Caller
    }

    /// Moves a test clock on; never back. The machine's clock cannot be moved.
    pub fn advance(&self, to: Timestamp) {
        if self.is_test() {
            self.latest.fetch_max(to.nanos(), Ordering::Relaxed);
        }
    }

    /// Now, or the latest instant told before if the machine's clock has gone back behind it.
    pub fn now(&self) -> Timestamp {
        match self.hands {
            Hands::Machine => self.no_earlier_than_told(machine_nanos()),
            Hands::Caller => Timestamp::from_nanos(self.latest.load(Ordering::Relaxed)),
        }
    }

    /// Never tells an instant before this one from now on: what was posted before a restart stays in the past.
    pub fn begin_at(&self, at: Timestamp) {
        self.latest.fetch_max(at.nanos(), Ordering::Relaxed);
    }

    fn no_earlier_than_told(&self, nanos: i64) -> Timestamp {
        // Relaxed is enough: the one value is all there is, and its changes have one order for every thread.
        let before = self.latest.fetch_max(nanos, Ordering::Relaxed);
        Timestamp::from_nanos(before.max(nanos))
    }
}

/// Measures how long something took; for metrics and patience, never for a decision. What was started first is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// One that was started so long ago.
    #[cfg(test)]
    pub fn started_before(elapsed: Duration) -> Stopwatch {
        Stopwatch(Instant::now().checked_sub(elapsed).expect("the machine has run for so long"))
    }

    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// A machine set to before 1970 or after 2262 is told the nearest instant there is.
fn machine_nanos() -> i64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_nanos()).unwrap_or(i64::MAX)
}

/// Bytes nobody can guess, for keys and secrets.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("an operating system that runs this program gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back() {
        let clock = Clock::system();
        let told: Vec<i64> =
            [5, 3, 5, 9, 8].into_iter().map(|nanos| clock.no_earlier_than_told(nanos).nanos()).collect();
        assert_eq!(told, [5, 5, 5, 9, 9], "what the clock tells while the machine's clock jumps");
    }

    #[test]
    fn the_clock_begins_no_earlier_than_what_was_posted_before_a_restart() {
        let clock = Clock::system();
        let posted_at = Timestamp::from_nanos(i64::MAX - 1);
        clock.begin_at(posted_at);
        assert_eq!(clock.now(), posted_at, "the machine's clock is behind the last posting");
        clock.begin_at(Timestamp::from_nanos(0));
        assert_eq!(clock.now(), posted_at, "an earlier beginning changes nothing");
    }

    #[test]
    fn a_test_clock_stands_until_it_is_advanced_and_never_goes_back() {
        let at = |nanos| Timestamp::from_nanos(nanos);
        let clock = Clock::test(at(5));
        assert_eq!((clock.now(), clock.now()), (at(5), at(5)));
        clock.advance(at(9));
        clock.advance(at(7));
        assert_eq!(clock.now(), at(9));
        let machine = Clock::system();
        machine.advance(at(i64::MAX));
        assert!(machine.now() < at(i64::MAX), "the machine's clock cannot be moved");
    }

    #[test]
    fn the_clock_tells_this_century() {
        let seconds = Clock::system().now().seconds();
        assert!((1_700_000_000..4_102_444_800).contains(&seconds), "{seconds} is not between 2023 and 2100");
    }

    #[test]
    fn random_bytes_differ() {
        assert_ne!(random_bytes::<16>(), random_bytes::<16>(), "two draws of 16 random bytes");
        assert_eq!(random_bytes::<0>(), [0; 0]);
    }
}
