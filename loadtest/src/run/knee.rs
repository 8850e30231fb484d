//! The knee: the highest rate whose p99, from the intended instants, keeps a bound. Rates grow until one breaks it,
//! then the gap is halved. A rate breaks it if it does so twice: a disk that stands still once would end the search far
//! below. The measuring is the caller's.

const FIRST: f64 = 20_000.0;
const GROWTH: f64 = 1.6;
/// The gap is narrow enough where its ends are so near.
const NEAR: f64 = 1.05;
/// No engine on one machine comes near; who does has not been measured.
const RATE_MAX: f64 = 1e9;
const RATE_MIN: f64 = 100.0;

/// The search, without the measuring.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// The highest rate that held.
    held: Option<f64>,
    /// The lowest that broke, twice.
    broke: Option<f64>,
    /// One that broke once, and is tried again.
    doubtful: Option<f64>,
}

impl Search {
    pub fn new() -> Search {
        Search { held: None, broke: None, doubtful: None }
    }

    /// The next rate to try; `None` once the knee is known.
    pub fn next(&self) -> Option<f64> {
        if self.doubtful.is_some() {
            return self.doubtful;
        }
        match (self.held, self.broke) {
            (None, None) => Some(FIRST),
            (Some(held), None) => Some(held * GROWTH).filter(|rate| *rate < RATE_MAX),
            (None, Some(broke)) => Some(broke / GROWTH / GROWTH).filter(|rate| *rate > RATE_MIN),
            (Some(held), Some(broke)) => (broke / held > NEAR).then(|| (held * broke).sqrt()),
        }
    }

    pub fn enter(&mut self, rate: f64, holds: bool) {
        if holds {
            self.held = Some(self.held.map_or(rate, |held| held.max(rate)));
            self.doubtful = None;
        } else if self.doubtful.take().is_none() {
            self.doubtful = Some(rate);
        } else {
            self.broke = Some(self.broke.map_or(rate, |broke| broke.min(rate)));
        }
    }

    pub fn knee(&self) -> Option<f64> {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server with one queue that takes so many events a second: p99 in milliseconds after some seconds of a rate.
    fn simulated_p99_ms(capacity: f64, rate: f64) -> f64 {
        let seconds = 5.0;
        let utilisation = rate / capacity;
        if utilisation >= 1.0 {
            // What is over grows into a queue; p99 is the wait close to the end.
            return seconds * (utilisation - 1.0) * 990.0 + 50.0;
        }
        1.0 + 2.0 * utilisation / (1.0 - utilisation)
    }

    /// The knee, and how many rates held and broke on the way to it.
    fn knee_of(capacity: f64, bound: f64) -> (Option<f64>, usize, usize) {
        let (mut search, mut held, mut broke) = (Search::new(), 0, 0);
        while let Some(rate) = search.next() {
            let holds = simulated_p99_ms(capacity, rate) <= bound;
            search.enter(rate, holds);
            if holds {
                held += 1
            } else {
                broke += 1
            }
            assert!(held + broke < 40, "{capacity}: the search does not end");
        }
        (search.knee(), held, broke)
    }

    #[test]
    fn the_knee_of_a_simulated_server_is_found_from_below_and_from_above() {
        for capacity in [3_000.0, 50_000.0, 550_000.0, 2_000_000.0] {
            let (knee, held, broke) = knee_of(capacity, 50.0);
            // p99 is 50 ms where rho / (1 - rho) = 24.5.
            let want = capacity * 24.5 / 25.5;
            let knee = knee.expect("there is one");
            assert!(knee <= want && knee > want / 1.06, "{capacity}: {knee}, not {want}");
            assert!(held > 0 && broke > 0 && held + broke < 20, "{capacity}: {held} held, {broke} broke");
        }
    }

    #[test]
    fn a_rate_that_broke_once_is_tried_again() {
        let mut search = Search::new();
        let first = search.next().expect("a first rate");
        search.enter(first, false);
        assert_eq!(search.next(), Some(first), "it may have been the disk");
        search.enter(first, true);
        assert_eq!(search.knee(), Some(first));
        let second = search.next().expect("a higher rate");
        search.enter(second, false);
        search.enter(second, false);
        let between = search.next().expect("one between them");
        assert!(first < between && between < second, "{first} {between} {second}");
    }

    #[test]
    fn a_server_that_never_keeps_the_bound_has_no_knee() {
        let (knee, held, broke) = knee_of(10_000.0, 0.5);
        assert_eq!((knee, held), (None, 0));
        assert!(broke < 20, "{broke} steps");
    }
}
