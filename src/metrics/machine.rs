//! The machine of the engine: the gate, the shards, the journal, the views, and how it stands.

use metrics::{Counter, Gauge, Histogram};

use super::registrar::Registrar;

/// What there was no room for, in the order of [`Gate::turned_away`].
pub const TURNED_AWAY: [&str; 7] =
    ["requests", "events", "share", "bytes", "views_behind", "exports", "stopping"];

/// Room for what is in flight.
pub struct Gate {
    pub turned_away: Vec<Counter>,
    pub events_in_flight: Gauge,
    pub events_max: Gauge,
    pub requests_in_flight: Gauge,
    pub requests_max: Gauge,
    pub in_flight_bytes: Gauge,
    pub bytes_max: Gauge,
    pub narrowed: Gauge,
}

impl Gate {
    pub fn new(to: &Registrar) -> Gate {
        Gate {
            turned_away: to.counters(
                "farebox_requests_turned_away_total",
                "Requests of which nothing was taken, by what there was no room for (429) or because of a stop (503).",
                "reason",
                TURNED_AWAY,
            ),
            events_in_flight: to.gauge("farebox_events_in_flight", "Events taken and not answered yet."),
            events_max: to.gauge("farebox_events_in_flight_max", "How many events there is room for now."),
            requests_in_flight: to.gauge("farebox_requests_in_flight", "Requests that wait for shards."),
            requests_max: to.gauge("farebox_requests_in_flight_max", "How many requests there is room for."),
            in_flight_bytes: to.gauge("farebox_in_flight_bytes", "Room given to the bodies of requests."),
            bytes_max: to.gauge("farebox_in_flight_max_bytes", "How much room there is for bodies."),
            narrowed: to.gauge(
                "farebox_gate_narrowed",
                "1 while less is taken in because the views have fallen behind.",
            ),
        }
    }
}

/// Shards and their wallets.
pub struct Shards {
    pub queue_wait_seconds: Histogram,
    pub drain_events: Histogram,
    pub drain_seconds: Histogram,
    pub wallets: Gauge,
    pub wallet_actors: Gauge,
    pub wallets_loaded: Counter,
    pub wallets_put_away: Counter,
    pub wallets_quarantined: Gauge,
    pub recent_ids: Gauge,
}

/// One shard.
pub struct ShardMeters {
    pub queue_requests: Gauge,
    pub stalled_seconds: Gauge,
}

impl Shards {
    pub fn new(to: &Registrar) -> Shards {
        Shards {
            queue_wait_seconds: to.histogram(
                "farebox_queue_wait_seconds",
                "How long the request of each drain has waited for its shard that came first.",
            ),
            drain_events: to.histogram("farebox_drain_events", "Events that a shard took in one go."),
            drain_seconds: to.histogram(
                "farebox_drain_duration_seconds",
                "From taking a drain to handing its frames to the journal.",
            ),
            wallets: to.gauge("farebox_wallets", "Wallets in the directory."),
            wallet_actors: to.gauge("farebox_wallet_actors", "Wallets that have an actor now."),
            wallets_loaded: to.counter("farebox_wallets_loaded_total", "Wallets given an actor.", &[]),
            wallets_put_away: to.counter(
                "farebox_wallets_put_away_total",
                "Idle wallets whose actor was let go of.",
                &[],
            ),
            wallets_quarantined: to
                .gauge("farebox_wallets_quarantined", "Wallets set aside because a rule failed on them."),
            recent_ids: to.gauge("farebox_recent_ids", "Ids in memory that the views do not hold yet."),
        }
    }
}

impl ShardMeters {
    pub fn new(to: &Registrar, number: usize) -> ShardMeters {
        let shard = number.to_string();
        let labels = [("shard", shard.as_str())];
        ShardMeters {
            queue_requests: to.gauge_of(
                "farebox_queue_requests",
                "Requests that wait for a shard or are decided by it.",
                &labels,
            ),
            stalled_seconds: to.gauge_of(
                "farebox_shard_stalled_seconds",
                "How long a shard has had requests without finishing a drain.",
                &labels,
            ),
        }
    }
}

/// How appends end, in the order of [`Journal::appends`].
pub const APPENDS: [&str; 3] = ["durable", "failed", "unknown"];

pub struct Journal {
    pub appends: Vec<Counter>,
    pub commits: Counter,
    pub commit_seconds: Histogram,
    pub sync_seconds: Histogram,
    pub frame_bytes: Histogram,
    pub bytes: Counter,
    pub rows: Counter,
    pub scrubbed_frames: Counter,
}

impl Journal {
    pub fn new(to: &Registrar) -> Journal {
        Journal {
            appends: to.counters(
                "farebox_appends_total",
                "Appends to the journal, by how they ended; one that has failed ends the process.",
                "end",
                APPENDS,
            ),
            commits: to.counter("farebox_commits_total", "Synced writes of the journal.", &[]),
            commit_seconds: to.histogram(
                "farebox_commit_duration_seconds",
                "One append: the synced write, and the high-water mark of the one before.",
            ),
            sync_seconds: to.histogram("farebox_sync_duration_seconds", "The synced write alone."),
            frame_bytes: to.histogram("farebox_frame_size_bytes", "Size of a frame."),
            bytes: to.counter("farebox_journal_bytes_total", "Bytes of frames made durable.", &[]),
            rows: to.counter("farebox_journal_rows_total", "Rows of frames made durable.", &[]),
            scrubbed_frames: to.counter(
                "farebox_scrubbed_frames_total",
                "Old frames read again and found whole.",
                &[],
            ),
        }
    }
}

pub struct Views {
    pub behind_rows: Gauge,
    pub behind_max_rows: Gauge,
    pub behind_seconds: Gauge,
    pub rows: Counter,
    pub pass_seconds: Histogram,
    pub failures: Counter,
    pub checkpoints: Counter,
    pub checkpoint_seconds: Histogram,
}

impl Views {
    pub fn new(to: &Registrar) -> Views {
        Views {
            behind_rows: to
                .gauge("farebox_views_behind_rows", "Durable rows that the views do not hold yet."),
            behind_max_rows: to
                .gauge("farebox_views_behind_max_rows", "How far behind less is taken in (a setting)."),
            behind_seconds: to.gauge(
                "farebox_views_behind_seconds",
                "How long ago the oldest row became durable that the views do not hold yet.",
            ),
            rows: to.counter("farebox_view_rows_total", "Rows of the journal folded into the views.", &[]),
            pass_seconds: to.histogram("farebox_view_pass_duration_seconds", "One pass of the view builder."),
            failures: to.counter("farebox_view_failures_total", "Passes that could not be made.", &[]),
            checkpoints: to.counter("farebox_checkpoints_total", "Checkpoints of the views.", &[]),
            checkpoint_seconds: to
                .histogram("farebox_checkpoint_duration_seconds", "One checkpoint of the views."),
        }
    }
}

/// What may be found failing, in the order of [`Standing::failing`].
pub const CHECKS: [&str; 4] = ["shard", "journal", "views", "scrub"];

/// How the engine stands.
pub struct Standing {
    pub ready: Gauge,
    pub failing: Vec<Gauge>,
    pub recovery_seconds: Gauge,
    pub disk_free_bytes: Gauge,
    pub disk_size_bytes: Gauge,
}

impl Standing {
    pub fn new(to: &Registrar) -> Standing {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        to.gauge_of("farebox_build_info", "1, with the version that runs.", &version).set(1.0);
        let failing = |check: &str| {
            let help = "1 while /readyz is red for this reason.";
            to.gauge_of("farebox_check_failing", help, &[("check", check)])
        };
        Standing {
            ready: to.gauge("farebox_ready", "1 while /readyz answers 200."),
            failing: CHECKS.into_iter().map(failing).collect(),
            recovery_seconds: to
                .gauge("farebox_recovery_seconds", "How long the last start took to recover."),
            disk_free_bytes: to
                .gauge("farebox_disk_free_bytes", "Room left on the file system of the data directory."),
            disk_size_bytes: to
                .gauge("farebox_disk_size_bytes", "Size of the file system of the data directory."),
        }
    }
}
