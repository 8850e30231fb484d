//! What came back: counts, latencies by outcome, and how much in which second.

use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::schedule::Window;

/// Answers slower than this are recorded as this.
const LATENCY_MAX_US: u64 = 600_000_000;
pub const OUTCOMES: [&str; 7] =
    ["charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"];

/// How many events came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub charged: u64,
    pub recorded: u64,
    pub refused: u64,
    pub duplicate: u64,
    pub conflict: u64,
    pub invalid: u64,
    pub unavailable: u64,
}

impl Counts {
    /// From the counters of an answer, each found by its name; `None` where one is missing.
    pub fn read(counter: impl Fn(&str) -> Option<u64>) -> Option<Counts> {
        Some(Counts {
            charged: counter("charged")?,
            recorded: counter("recorded")?,
            refused: counter("refused")?,
            duplicate: counter("duplicate")?,
            conflict: counter("conflict")?,
            invalid: counter("invalid")?,
            unavailable: counter("unavailable")?,
        })
    }

    /// In the order of [`OUTCOMES`].
    pub fn each(&self) -> [u64; OUTCOMES.len()] {
        let Counts { charged, recorded, refused, duplicate, conflict, invalid, unavailable } = *self;
        [charged, recorded, refused, duplicate, conflict, invalid, unavailable]
    }

    pub fn events(&self) -> u64 {
        self.each().iter().sum()
    }

    pub fn add(&mut self, other: Counts) {
        self.charged += other.charged;
        self.recorded += other.recorded;
        self.refused += other.refused;
        self.duplicate += other.duplicate;
        self.conflict += other.conflict;
        self.invalid += other.invalid;
        self.unavailable += other.unavailable;
    }
}

/// Everything that one group of connections was answered.
#[derive(Clone)]
pub struct Tally {
    /// Of the window.
    pub measured: Counts,
    pub requests: u64,
    /// From the first event to the last, warm-up included: what the engine has counted too.
    pub all: Counts,
    /// Requests answered 429 or 503; they were sent again.
    pub turned_away: u64,
    /// Events meant to be sent in the window that were not, or that were given up after being turned away.
    pub unsent: u64,
    /// Microseconds from the intended instant to the last byte of the answer, a request each.
    pub latency_us: Histogram<u64>,
    /// The same for every event, by outcome.
    pub by_outcome_us: [Histogram<u64>; OUTCOMES.len()],
    /// Events answered in each second since the beginning.
    pub seconds: Vec<u64>,
    /// Microseconds that the slowest request answered in each of them took, from its intended instant.
    pub slowest_us: Vec<u64>,
}

impl Tally {
    pub fn new() -> Result<Tally> {
        let latency_us = Histogram::new_with_bounds(1, LATENCY_MAX_US, 3)?;
        Ok(Tally {
            measured: Counts::default(),
            requests: 0,
            all: Counts::default(),
            turned_away: 0,
            unsent: 0,
            by_outcome_us: std::array::from_fn(|_| latency_us.clone()),
            latency_us,
            seconds: Vec::new(),
            slowest_us: Vec::new(),
        })
    }

    /// One request, answered: its latency counts by when it was meant to leave, its events by when they were answered.
    pub fn record(&mut self, counts: Counts, intended: Instant, answered: Instant, window: &Window) {
        self.all.add(counts);
        let second = answered.saturating_duration_since(window.begin).as_secs() as usize;
        if self.seconds.len() <= second {
            self.seconds.resize(second + 1, 0);
            self.slowest_us.resize(second + 1, 0);
        }
        let micros = micros(answered.saturating_duration_since(intended));
        self.seconds[second] += counts.events();
        self.slowest_us[second] = self.slowest_us[second].max(micros);
        if window.holds(answered) {
            self.measured.add(counts);
            self.requests += 1;
        }
        if window.holds(intended) {
            self.latency_us.saturating_record(micros);
            for (histogram, count) in self.by_outcome_us.iter_mut().zip(counts.each()) {
                if count > 0 {
                    histogram.saturating_record_n(micros, count);
                }
            }
        }
    }
}

pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(LATENCY_MAX_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_of_the_server_is_in_the_latencies_of_all_that_should_have_left() {
        // A request every millisecond for a second; the server stands still for half of it, then answers all at once.
        let window = Window::of(Duration::ZERO, Duration::from_secs(1));
        let mut tally = Tally::new().expect("bounds fit");
        let one = Counts { charged: 1, ..Counts::default() };
        for number in 0..1_000 {
            let intended = window.begin + Duration::from_millis(number);
            let answered =
                intended.max(window.begin + Duration::from_millis(500)) + Duration::from_micros(100);
            tally.record(one, intended, answered, &window);
        }
        let upper = tally.latency_us.value_at_quantile(0.75);
        assert!((240_000..260_000).contains(&upper), "a quarter waited 250 ms or longer, not {upper} us");
        assert!(tally.latency_us.max() >= 500_000, "{}", tally.latency_us.max());
    }

    #[test]
    fn events_are_counted_by_their_outcome_and_second() {
        let window = Window::of(Duration::from_secs(1), Duration::from_secs(1));
        let mut tally = Tally::new().expect("bounds fit");
        let counts = Counts { charged: 3, refused: 2, ..Counts::default() };
        for (ms, took) in [(500, 2), (1_400, 3), (1_500, 1), (2_500, 4)] {
            let intended = window.begin + Duration::from_millis(ms);
            tally.record(counts, intended, intended + Duration::from_millis(took), &window);
        }
        assert_eq!((tally.measured.events(), tally.all.events(), tally.requests), (10, 20, 2));
        assert_eq!(tally.seconds, [5, 10, 5]);
        assert_eq!(tally.slowest_us, [2_000, 3_000, 4_000]);
        assert_eq!((tally.by_outcome_us[0].len(), tally.by_outcome_us[2].len()), (6, 4));
        assert_eq!(tally.latency_us.len(), 2);
    }
}
