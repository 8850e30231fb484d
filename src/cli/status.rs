//! `farebox status`: how a running engine stands, on one screen. Asks what needs no key.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value, json};

use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::{Output, show_fields};

/// What is shown of the figures, by the metric that says it, summed up over its series.
const FIGURES: [(&str, &str); 18] = [
    ("events_in_flight", "farebox_events_in_flight"),
    ("events_in_flight_max", "farebox_events_in_flight_max"),
    ("requests_queued", "farebox_queue_requests"),
    ("requests_turned_away", "farebox_requests_turned_away_total"),
    ("wallets", "farebox_wallets"),
    ("wallets_active", "farebox_wallet_actors"),
    ("wallets_quarantined", "farebox_wallets_quarantined"),
    ("views_behind_rows", "farebox_views_behind_rows"),
    ("views_behind_seconds", "farebox_views_behind_seconds"),
    ("timers_pending", "farebox_timers_pending"),
    ("timers_lag_seconds", "farebox_timers_lag_seconds"),
    ("effects_lag_seconds", "farebox_effects_lag_seconds"),
    ("webhooks_pending", "farebox_webhooks_pending"),
    ("exports_running", "farebox_exports_running"),
    ("compaction_owed_bytes", "farebox_rocksdb_pending_compaction_bytes"),
    ("disk_free_bytes", "farebox_disk_free_bytes"),
    ("disk_size_bytes", "farebox_disk_size_bytes"),
    ("resident_memory_bytes", "process_resident_memory_bytes"),
];
const BEFORE_FIGURES: [&str; 5] = ["ready", "reasons", "warnings", "version", "started_at"];
const STARTED: &str = "process_start_time_seconds";
const BUILD: &str = "farebox_build_info";

/// Says how a running engine stands: whether it is ready, what waits, what is late, how full the disk is
#[derive(Args, Debug)]
pub struct StatusArgs {
    #[command(flatten)]
    connection: Connection,
}

/// Fails in its exit status where the engine is not ready.
pub async fn run(args: StatusArgs, output: Output) -> Result<ExitCode, Failure> {
    let client = Client::without_key(&args.connection)?;
    let readiness = client.text(&["readyz"]).await?;
    let readiness: Value = serde_json::from_str(&readiness)
        .map_err(|error| Failure::of("/readyz does not answer as expected", error))?;
    let status = status(&readiness, &client.text(&["metrics"]).await?);
    let shown: Vec<&str> = BEFORE_FIGURES.into_iter().chain(FIGURES.map(|(name, _)| name)).collect();
    show_fields(output, &status, &shown)?;
    Ok(if readiness["ready"] == true { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn status(readiness: &Value, metrics: &str) -> Value {
    let mut status = Map::new();
    for name in ["ready", "reasons", "warnings"] {
        status.insert(name.to_owned(), readiness[name].clone());
    }
    status.insert("version".to_owned(), json!(version(metrics)));
    let started = sum(metrics, STARTED).and_then(|seconds| jiff::Timestamp::from_second(seconds as i64).ok());
    status.insert("started_at".to_owned(), json!(started.map(|at| at.to_string())));
    for (name, metric) in FIGURES {
        status.insert(name.to_owned(), json!(sum(metrics, metric).map(|value| value.round() as i64)));
    }
    Value::Object(status)
}

/// The sum of a metric's series; `None` where there is none.
fn sum(metrics: &str, metric: &str) -> Option<f64> {
    let values = series(metrics, metric).filter_map(|(_, value)| value.parse::<f64>().ok());
    values.reduce(|one, other| one + other)
}

fn version(metrics: &str) -> Option<&str> {
    let (labels, _) = series(metrics, BUILD).next()?;
    labels.split_once("version=\"")?.1.split('"').next()
}

/// Labels and value of each series of a metric.
fn series<'m>(metrics: &'m str, metric: &str) -> impl Iterator<Item = (&'m str, &'m str)> {
    let lines = metrics.lines().filter_map(move |line| line.strip_prefix(metric));
    lines.filter(|rest| rest.starts_with(['{', ' '])).filter_map(|rest| rest.rsplit_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Meters;

    #[test]
    fn every_figure_is_one_that_an_engine_has() {
        let meters = Meters::new(2);
        meters.gate.events_in_flight.set(12.0);
        meters.shard[1].queue_requests.set(3.0);
        meters.views.behind_seconds.set(1.6);
        meters.process.sample();
        let readiness = json!({"ready": false, "reasons": ["a"], "warnings": []});
        let found = status(&readiness, &meters.render());
        for name in BEFORE_FIGURES.into_iter().chain(FIGURES.map(|(name, _)| name)) {
            assert!(!found[name].is_null(), "{name} is not in {found}");
        }
        assert_eq!(found["version"], env!("CARGO_PKG_VERSION"));
        let figures = (&found["events_in_flight"], &found["requests_queued"], &found["views_behind_seconds"]);
        assert_eq!(figures, (&json!(12), &json!(3), &json!(2)));
    }

    #[test]
    fn a_metric_whose_name_begins_alike_is_another() {
        let metrics = "# TYPE farebox_wallets gauge\nfarebox_wallets 3\nfarebox_wallets_loaded_total 9\n";
        assert_eq!(sum(metrics, "farebox_wallets"), Some(3.0));
        assert_eq!(sum(metrics, "farebox_wallet"), None);
    }
}
