//! The figures of one phase of a run: groups of connections that sent together, and what that cost.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::load::schedule::Window;
use crate::load::tally::{Counts, OUTCOMES, Tally};

/// What was measured at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseReport {
    pub name: String,
    pub warm_up_seconds: f64,
    pub seconds: f64,
    pub groups: Vec<GroupReport>,
    pub cost: CostReport,
}

/// Connections that send alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupReport {
    pub name: String,
    pub connections: u32,
    pub batch: u32,
    /// `None` in a closed loop.
    pub target_events_per_second: Option<f64>,
    pub events: u64,
    pub events_per_second: f64,
    pub requests_per_second: f64,
    pub outcomes: Counts,
    /// Requests answered 429 or 503; they were sent again.
    pub turned_away: u64,
    /// Events that should have been sent.
    pub unsent: u64,
    /// Of requests, from the instant they were meant to leave at.
    pub latency: Latency,
    /// Of events, by outcome.
    pub by_outcome: BTreeMap<String, OutcomeReport>,
    /// Events answered in each second, warm-up included.
    pub seconds: Vec<u64>,
    /// Milliseconds that the slowest request answered in each of them took.
    pub slowest_ms: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeReport {
    pub events: u64,
    pub latency: Latency,
    /// Milliseconds up to which, and how many events since the bar before.
    pub bars: Vec<(f64, u64)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    pub p50_ms: f64,
    pub p90_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub max_ms: f64,
}

/// What it took; `None` where it cannot be seen, as of an engine on another machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CostReport {
    pub server_cpu_us_per_event: Option<f64>,
    pub client_cpu_us_per_event: f64,
    pub resident_bytes: Option<u64>,
    /// All of it, divided by the wallets that were sent for.
    pub resident_bytes_per_wallet: Option<f64>,
    pub written_bytes_per_event: Option<f64>,
    pub syncs_per_second: Option<f64>,
    /// Of one commit, as the engine tells it.
    pub commit_p99_ms: Option<f64>,
    /// Of a probe beside it, on the same file system.
    pub sync_p99_ms: Option<f64>,
    pub views_behind_rows: Option<f64>,
    /// How long the views would take for them at the pace of the window.
    pub views_behind_seconds: Option<f64>,
    pub compaction_owed_bytes: Option<f64>,
    /// How long the databases held their writers up.
    pub writes_stalled_seconds: Option<f64>,
}

impl Latency {
    pub fn of(micros: &Histogram<u64>) -> Latency {
        let ms = |micros: u64| micros as f64 / 1_000.0;
        let at = |quantile: f64| ms(micros.value_at_quantile(quantile));
        Latency {
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: ms(micros.max()),
        }
    }
}

impl GroupReport {
    /// `target` is in events a second.
    pub fn of(
        name: &str,
        connections: u32,
        batch: u32,
        target: Option<f64>,
        tally: &Tally,
        window: &Window,
    ) -> GroupReport {
        let by_outcome = OUTCOMES.iter().zip(&tally.by_outcome_us).filter(|(_, micros)| !micros.is_empty());
        GroupReport {
            name: name.to_owned(),
            connections,
            batch,
            target_events_per_second: target,
            events: tally.measured.events(),
            events_per_second: tally.measured.events() as f64 / window.seconds(),
            requests_per_second: tally.requests as f64 / window.seconds(),
            outcomes: tally.measured,
            turned_away: tally.turned_away,
            unsent: tally.unsent,
            latency: Latency::of(&tally.latency_us),
            by_outcome: by_outcome
                .map(|(name, micros)| ((*name).to_owned(), OutcomeReport::of(micros)))
                .collect(),
            seconds: tally.seconds.clone(),
            slowest_ms: tally.slowest_us.iter().map(|micros| *micros as f64 / 1_000.0).collect(),
        }
    }
}

impl OutcomeReport {
    fn of(micros: &Histogram<u64>) -> OutcomeReport {
        // Bars whose bounds grow by a third or so: from a tenth of a millisecond on, as many as there is to show.
        let bars = micros
            .iter_log(100, 1.35)
            .map(|bar| (bar.value_iterated_to() as f64 / 1_000.0, bar.count_since_last_iteration()))
            .skip_while(|(_, count)| *count == 0)
            .collect();
        OutcomeReport { events: micros.len(), latency: Latency::of(micros), bars }
    }
}

impl PhaseReport {
    /// By name, over all groups; latencies are those of the first group.
    pub fn figures(&self) -> BTreeMap<String, f64> {
        let mut figures = BTreeMap::new();
        let mut put = |name: &str, value: f64| {
            figures.insert(name.to_owned(), value);
        };
        let sum = |of: fn(&GroupReport) -> f64| self.groups.iter().map(of).sum::<f64>();
        put("events_per_second", sum(|group| group.events_per_second));
        put("requests_per_second", sum(|group| group.requests_per_second));
        put("turned_away", sum(|group| group.turned_away as f64));
        put("unsent", sum(|group| group.unsent as f64));
        for (at, outcome) in OUTCOMES.iter().enumerate() {
            put(outcome, self.groups.iter().map(|group| group.outcomes.each()[at] as f64).sum());
        }
        if let Some(GroupReport { target_events_per_second, latency, .. }) = self.groups.first() {
            if let Some(target) = target_events_per_second {
                put("target_events_per_second", *target);
            }
            let Latency { p50_ms, p90_ms, p99_ms, p999_ms, max_ms } = *latency;
            for (name, value) in [
                ("p50_ms", p50_ms),
                ("p90_ms", p90_ms),
                ("p99_ms", p99_ms),
                ("p999_ms", p999_ms),
                ("max_ms", max_ms),
            ] {
                put(name, value);
            }
        }
        for (name, value) in self.cost.each() {
            if let Some(value) = value {
                put(name, value);
            }
        }
        figures
    }
}

impl CostReport {
    /// By name, as far as they are known.
    pub fn each(&self) -> [(&'static str, Option<f64>); 12] {
        [
            ("server_cpu_us_per_event", self.server_cpu_us_per_event),
            ("client_cpu_us_per_event", Some(self.client_cpu_us_per_event)),
            ("resident_bytes", self.resident_bytes.map(|bytes| bytes as f64)),
            ("resident_bytes_per_wallet", self.resident_bytes_per_wallet),
            ("written_bytes_per_event", self.written_bytes_per_event),
            ("syncs_per_second", self.syncs_per_second),
            ("commit_p99_ms", self.commit_p99_ms),
            ("sync_p99_ms", self.sync_p99_ms),
            ("views_behind_rows", self.views_behind_rows),
            ("views_behind_seconds", self.views_behind_seconds),
            ("compaction_owed_bytes", self.compaction_owed_bytes),
            ("writes_stalled_seconds", self.writes_stalled_seconds),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_group_is_summed_up_from_its_tally() {
        let window = Window::of(Duration::ZERO, Duration::from_secs(2));
        let mut tally = Tally::new().expect("bounds fit");
        let counts = Counts { charged: 90, duplicate: 10, ..Counts::default() };
        for ms in [1, 2, 3, 100] {
            let answered = window.begin + Duration::from_millis(ms);
            tally.record(counts, window.begin, answered, &window);
        }
        let group = GroupReport::of("all", 8, 100, Some(200.0), &tally, &window);
        assert_eq!((group.events, group.events_per_second, group.requests_per_second), (400, 200.0, 2.0));
        assert!((group.latency.max_ms - 100.0).abs() < 0.2, "{:?}", group.latency);
        let charged = &group.by_outcome["charged"];
        assert_eq!((charged.events, charged.bars.iter().map(|(_, count)| count).sum::<u64>()), (360, 360));
        assert!(!group.by_outcome.contains_key("refused"));
    }

    #[test]
    fn figures_have_names_and_what_is_not_known_is_left_out() {
        let report = crate::report::tests::sample();
        let figures = report.runs[0].phases[0].figures();
        assert_eq!(figures["events_per_second"], 99_000.0);
        assert_eq!(figures["p99_ms"], 9.25);
        assert_eq!(figures["duplicate"], 100.0);
        assert_eq!(figures.get("written_bytes_per_event"), None);
    }
}
