//! Requests by route: their counts by class of status, and how long they took.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use metrics::{Counter, Histogram};
use parking_lot::RwLock;

use super::registrar::Registrar;

/// Classes of status, in the order in which a route has them.
const STATUSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];
/// What is asked for that there is not.
pub const UNKNOWN_ROUTE: &str = "unknown";
/// The methods that are told apart.
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
const OTHER_METHOD: &str = "other";

/// Every route, known by its pattern.
pub struct Requests {
    to: Arc<Registrar>,
    routes: RwLock<Routes>,
}

type Routes = HashMap<String, Vec<Route>, ahash::RandomState>;

/// One method of one route.
struct Route {
    method: &'static str,
    requests: Vec<Counter>,
    /// From the first request on: nearly all routes are seldom asked for, and each has a series for every bucket.
    seconds: OnceLock<Histogram>,
}

/// A request that was answered.
#[derive(Clone, Copy)]
pub struct Answered<'r> {
    pub method: &'r str,
    /// What was asked for.
    pub path: &'r str,
    pub status: u16,
    pub seconds: f64,
}

/// The word that a method is counted under.
fn word_of(method: &str) -> &'static str {
    METHODS.into_iter().find(|known| *known == method).unwrap_or(OTHER_METHOD)
}

impl Requests {
    pub fn new(to: &Arc<Registrar>) -> Requests {
        Requests { to: Arc::clone(to), routes: RwLock::default() }
    }

    /// Makes the series of a route, at zero. Routes are patterns of the code, so there are few.
    pub fn expect(&self, method: &str, pattern: &str) {
        let method = word_of(method);
        let mut routes = self.routes.write();
        let of_pattern = routes.entry(pattern.to_owned()).or_default();
        if of_pattern.iter().any(|route| route.method == method) {
            return;
        }
        let count = |status: &str| {
            let labels = [("method", method), ("route", pattern), ("status", status)];
            let help = "Requests answered, by route and class of status.";
            self.to.counter("farebox_http_requests_total", help, &labels)
        };
        let requests = STATUSES.into_iter().map(count).collect();
        of_pattern.push(Route { method, requests, seconds: OnceLock::new() });
    }

    /// Counts a request under the pattern of its route, as its path may name a wallet or a number. A pattern
    /// is put together anew for whoever asks: where the path is one itself, as that of events is, nobody does.
    pub fn count(&self, answered: Answered<'_>, pattern: impl FnOnce() -> Option<String>) {
        if self.count_as(answered.path, answered) {
            return;
        }
        let pattern = pattern();
        let pattern = pattern.as_deref().unwrap_or(UNKNOWN_ROUTE);
        if !self.count_as(pattern, answered) {
            self.expect(answered.method, pattern);
            self.count_as(pattern, answered);
        }
    }

    /// Says whether there is such a route.
    fn count_as(&self, pattern: &str, answered: Answered<'_>) -> bool {
        let method = word_of(answered.method);
        let routes = self.routes.read();
        let mut of_pattern = routes.get(pattern).into_iter().flatten();
        let Some(route) = of_pattern.find(|route| route.method == method) else { return false };
        let class = usize::from(answered.status / 100).clamp(2, 5) - 2;
        route.requests[class].increment(1);
        route.seconds.get_or_init(|| self.seconds(method, pattern)).record(answered.seconds);
        true
    }

    fn seconds(&self, method: &str, pattern: &str) -> Histogram {
        let help = "From the head of a request to the head of its answer.";
        let labels = [("method", method), ("route", pattern)];
        self.to.histogram_of("farebox_http_request_duration_seconds", help, &labels)
    }
}
