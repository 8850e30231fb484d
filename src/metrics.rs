//! Metrics: every handle made once, so that counting costs an atomic add (a look-up by name costs 55 ns).
//!
//! A recorder of its own, not a global one: two engines in one process count apart. No wallet and no phone number
//! is ever a label.

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const BYTES: &[f64] = &[256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0];
const ROWS: &[f64] = &[1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0];

/// The engine's metrics.
pub struct Meters {
    rendered: PrometheusHandle,
    pub outcomes: Outcomes,
    pub segments_charged: Counter,
    pub requests_turned_away: Counter,
    pub commits: Counter,
    pub commit_seconds: Histogram,
    pub drain_events: Histogram,
    pub frame_bytes: Histogram,
    pub journal_bytes: Counter,
    pub queue_requests: Gauge,
    pub events_in_flight: Gauge,
    pub wallets: Gauge,
    pub wallet_actors: Gauge,
    pub wallets_quarantined: Gauge,
    pub recent_ids: Gauge,
    pub views_behind_rows: Gauge,
    pub view_rows: Counter,
    pub view_pass_seconds: Histogram,
    pub checkpoints: Counter,
    pub recovery_seconds: Gauge,
    pub scrubbed_frames: Counter,
    pub ready: Gauge,
}

/// Events by outcome.
pub struct Outcomes {
    pub charged: Counter,
    pub recorded: Counter,
    pub refused: Counter,
    pub duplicate: Counter,
    pub conflict: Counter,
    pub invalid: Counter,
    pub quarantined: Counter,
    pub stopping: Counter,
}

struct Registrar {
    recorder: metrics_exporter_prometheus::PrometheusRecorder,
}

const METADATA: Metadata<'static> = Metadata::new("farebox", Level::INFO, None);

impl Registrar {
    fn counter(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &'static [(&'static str, &'static str)],
    ) -> Counter {
        self.recorder.describe_counter(KeyName::from(name), None, help.into());
        self.recorder.register_counter(&key(name, labels), &METADATA)
    }

    fn gauge(&self, name: &'static str, help: &'static str) -> Gauge {
        self.recorder.describe_gauge(KeyName::from(name), None, help.into());
        self.recorder.register_gauge(&key(name, &[]), &METADATA)
    }

    fn histogram(&self, name: &'static str, unit: Unit, help: &'static str) -> Histogram {
        self.recorder.describe_histogram(KeyName::from(name), Some(unit), help.into());
        self.recorder.register_histogram(&key(name, &[]), &METADATA)
    }
}

fn key(name: &'static str, labels: &'static [(&'static str, &'static str)]) -> Key {
    Key::from_parts(
        name,
        labels.iter().map(|(name, value)| Label::from_static_parts(name, value)).collect::<Vec<_>>(),
    )
}

impl Meters {
    pub fn new() -> Meters {
        let buckets = |builder: PrometheusBuilder, suffix: &str, values: &[f64]| {
            builder
                .set_buckets_for_metric(Matcher::Suffix(suffix.to_owned()), values)
                .expect("bucket lists are constants and not empty")
        };
        let builder = buckets(PrometheusBuilder::new(), "_seconds", SECONDS);
        let builder = buckets(builder, "_bytes", BYTES);
        let builder = buckets(builder, "_events", ROWS);
        let to = Registrar { recorder: builder.build_recorder() };
        let events = |labels| to.counter("farebox_events_total", "Events by outcome.", labels);
        Meters {
            rendered: to.recorder.handle(),
            outcomes: Outcomes {
                charged: events(&[("outcome", "charged")]),
                recorded: events(&[("outcome", "recorded")]),
                refused: events(&[("outcome", "refused")]),
                duplicate: events(&[("outcome", "duplicate")]),
                conflict: events(&[("outcome", "conflict")]),
                invalid: events(&[("outcome", "invalid")]),
                quarantined: events(&[("outcome", "unavailable"), ("code", "quarantined")]),
                stopping: events(&[("outcome", "unavailable"), ("code", "stopping")]),
            },
            segments_charged: to.counter("farebox_units_charged_total", "Segments and MMS charged.", &[]),
            requests_turned_away: to.counter(
                "farebox_requests_turned_away_total",
                "Requests answered 429.",
                &[],
            ),
            commits: to.counter("farebox_commits_total", "Synced writes of the journal.", &[]),
            commit_seconds: to.histogram(
                "farebox_commit_duration_seconds",
                Unit::Seconds,
                "One synced write of the journal.",
            ),
            drain_events: to.histogram(
                "farebox_drain_events",
                Unit::Count,
                "Events that a shard took in one go.",
            ),
            frame_bytes: to.histogram("farebox_frame_size_bytes", Unit::Bytes, "Size of a frame."),
            journal_bytes: to.counter("farebox_journal_bytes_total", "Bytes of frames made durable.", &[]),
            queue_requests: to
                .gauge("farebox_queue_requests", "Requests waiting for a shard, over all shards."),
            events_in_flight: to.gauge("farebox_events_in_flight", "Events taken and not answered yet."),
            wallets: to.gauge("farebox_wallets", "Wallets in the directory."),
            wallet_actors: to.gauge("farebox_wallet_actors", "Wallets that have an actor now."),
            wallets_quarantined: to
                .gauge("farebox_wallets_quarantined", "Wallets set aside because a rule failed on them."),
            recent_ids: to.gauge("farebox_recent_ids", "Ids in memory that the views do not hold yet."),
            views_behind_rows: to
                .gauge("farebox_views_behind_rows", "Durable rows that the views do not hold yet."),
            view_rows: to.counter(
                "farebox_view_rows_total",
                "Rows of the journal folded into the views.",
                &[],
            ),
            view_pass_seconds: to.histogram(
                "farebox_view_pass_duration_seconds",
                Unit::Seconds,
                "One pass of the view builder.",
            ),
            checkpoints: to.counter("farebox_checkpoints_total", "Checkpoints of the views.", &[]),
            recovery_seconds: to
                .gauge("farebox_recovery_seconds", "How long the last start took to recover."),
            scrubbed_frames: to.counter(
                "farebox_scrubbed_frames_total",
                "Old frames read again and found whole.",
                &[],
            ),
            ready: to.gauge("farebox_ready", "1 while /readyz answers 200."),
        }
    }

    /// The metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        self.rendered.render()
    }

    /// Folds what the histograms have gathered, so that memory does not grow while nobody scrapes.
    pub fn upkeep(&self) {
        self.rendered.run_upkeep();
    }
}

impl Default for Meters {
    fn default() -> Meters {
        Meters::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_rendered() {
        let meters = Meters::new();
        meters.outcomes.conflict.increment(2);
        meters.commit_seconds.record(0.002);
        meters.upkeep();
        let text = meters.render();
        for wanted in [
            "farebox_events_total{outcome=\"conflict\"} 2",
            "farebox_commit_duration_seconds_bucket{le=\"0.0025\"} 1",
            "# TYPE farebox_wallet_actors gauge",
        ] {
            assert!(text.contains(wanted), "{wanted} is not in:\n{text}");
        }
    }
}
