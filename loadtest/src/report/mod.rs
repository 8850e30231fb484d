//! What a run has shown: as data (`figures`), as a text, as JSON, as a page with curves (`page`, `chart`), and whether
//! it is what was asked for (`check`).

pub mod chart;
pub mod check;
pub mod figures;
pub mod page;
pub mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::figures::{CostReport, GroupReport, Latency, PhaseReport};
use crate::machine::host::Host;

/// One invocation: the same run so many times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub host: Host,
    pub scenario: String,
    /// What was asked for, as words of the command line.
    pub settings: String,
    pub seed: u64,
    /// RFC 3339.
    pub began_at: String,
    pub runs: Vec<RunReport>,
    /// Over all runs, by the name of the figure.
    pub figures: BTreeMap<String, Spread>,
    /// What was asserted and does not hold, and what the audits have found.
    pub failed: Vec<String>,
}

/// One run of a scenario, on a store of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Names the wallets and ids of the run.
    pub run: String,
    pub phases: Vec<PhaseReport>,
    /// By name; what `--assert` compares.
    pub figures: BTreeMap<String, f64>,
    /// Rates tried while looking for the knee.
    pub steps: Vec<Step>,
    pub audit: Audit,
    /// What whoever reads the figures should know.
    pub notes: Vec<String>,
}

/// A rate that was tried, and the latency at it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub events_per_second: f64,
    pub reached_events_per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub unsent: u64,
    pub holds: bool,
}

/// The money of every wallet, and the counters of both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    pub wallets: u64,
    /// Charges whose amount was compared with the price list one by one.
    pub amounts_compared: u64,
    /// Each in words; empty where everything agrees.
    pub differences: Vec<String>,
}

/// One figure over several runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

impl Spread {
    /// `None` without a value.
    pub fn of(values: &[f64]) -> Option<Spread> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median =
            if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
        Some(Spread { min, median, max })
    }
}

/// The figures of all runs, each with its spread.
pub fn spreads(runs: &[RunReport]) -> BTreeMap<String, Spread> {
    let mut values: BTreeMap<&String, Vec<f64>> = BTreeMap::new();
    for (name, value) in runs.iter().flat_map(|run| &run.figures) {
        values.entry(name).or_default().push(*value);
    }
    values.into_iter().filter_map(|(name, values)| Some((name.clone(), Spread::of(&values)?))).collect()
}

#[cfg(test)]
pub mod tests {
    use super::figures::OutcomeReport;
    use super::*;
    use crate::load::tally::Counts;

    /// A report with something in every part.
    pub fn sample() -> Report {
        let latency = Latency { p50_ms: 1.5, p90_ms: 2.0, p99_ms: 9.25, p999_ms: 12.0, max_ms: 20.0 };
        let outcome = OutcomeReport { events: 1_000, latency, bars: vec![(1.0, 400), (2.0, 600)] };
        let group = GroupReport {
            name: "events <all>".to_owned(),
            connections: 8,
            batch: 2_000,
            target_events_per_second: Some(100_000.0),
            events: 1_000,
            events_per_second: 99_000.0,
            requests_per_second: 49.5,
            outcomes: Counts { charged: 900, duplicate: 100, ..Counts::default() },
            turned_away: 1,
            unsent: 2,
            latency,
            by_outcome: BTreeMap::from([("charged".to_owned(), outcome)]),
            seconds: vec![90_000, 99_000, 98_000],
            slowest_ms: vec![12.0, 9.0, 30.5],
        };
        let cost = CostReport {
            server_cpu_us_per_event: Some(2.5),
            client_cpu_us_per_event: 0.25,
            resident_bytes: Some(1 << 30),
            ..CostReport::default()
        };
        let phase = PhaseReport {
            name: "uniform".to_owned(),
            warm_up_seconds: 1.0,
            seconds: 2.0,
            groups: vec![group],
            cost,
        };
        let step = Step {
            events_per_second: 100_000.0,
            reached_events_per_second: 99_000.0,
            p50_ms: 1.0,
            p99_ms: 9.0,
            unsent: 0,
            holds: true,
        };
        let broken = Step { events_per_second: 200_000.0, p99_ms: 900.0, unsent: 5, holds: false, ..step };
        let run = RunReport {
            run: "r1".to_owned(),
            figures: phase.figures(),
            phases: vec![phase],
            steps: vec![step, broken],
            audit: Audit {
                wallets: 10,
                amounts_compared: 5,
                differences: vec!["lt-r1-1: 1 <> 2".to_owned()],
            },
            notes: vec!["a note".to_owned()],
        };
        let host = Host {
            cpu: "A & B".to_owned(),
            cores: 2,
            memory_bytes: 1 << 34,
            kernel: "Linux 6".to_owned(),
            file_system: "ext4 on /dev/a".to_owned(),
            revision: "abc".to_owned(),
        };
        Report {
            host,
            scenario: "uniform".to_owned(),
            settings: "--batch 2000".to_owned(),
            seed: 1,
            began_at: "2026-11-27T10:00:00Z".to_owned(),
            figures: spreads(std::slice::from_ref(&run)),
            runs: vec![run],
            failed: vec!["p99_ms<=1: it is 9.25".to_owned()],
        }
    }

    #[test]
    fn a_report_is_the_same_after_a_trip_through_json() {
        let report = sample();
        let text = serde_json::to_string(&report).expect("written");
        assert_eq!(serde_json::from_str::<Report>(&text).expect("read"), report);
    }

    #[test]
    fn figures_spread_over_the_runs_that_have_them() {
        let run = |figures: &[(&str, f64)]| RunReport {
            figures: figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
            ..RunReport::default()
        };
        let spreads = spreads(&[run(&[("a", 3.0)]), run(&[("a", 1.0), ("b", 7.0)]), run(&[("a", 2.0)])]);
        assert_eq!(spreads["a"], Spread { min: 1.0, median: 2.0, max: 3.0 });
        assert_eq!(spreads["b"], Spread { min: 7.0, median: 7.0, max: 7.0 });
        assert_eq!(Spread::of(&[1.0, 4.0]).expect("values").median, 2.5);
        assert_eq!(Spread::of(&[]), None);
    }
}
