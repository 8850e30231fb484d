//! Into the metrics: what is a state rather than an event, set when somebody looks.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::drain::Job;
use super::engine::Inner;
use super::gate::{Gate, InFlight};
use super::health::Checks;
use super::queue::Queue;
use super::schedule::Schedule;
use super::shard::Pulse;
use crate::clock::Clock;
use crate::domain::time::Timestamp;
use crate::metrics::{Meters, machine};

/// Less than one in so many parts of the disk being free is worth a word.
const DISK_FREE_PART: u64 = 20;
/// How late timers and effects may be before a word is said of it.
const TIMERS_LATE_SECONDS: i64 = 60;
const EFFECTS_LATE_SECONDS: i64 = 300;

/// One shard as seen from outside.
#[derive(Clone)]
pub struct Watched {
    pub queue: Arc<Queue<Job>>,
    pub pulse: Arc<Pulse>,
}

impl Watched {
    /// Jobs that wait to be decided, or are being decided.
    pub fn waiting(&self) -> usize {
        self.queue.len() + self.pulse.in_line.load(Relaxed)
    }
}

/// Sets everything that is a state. Called before every scrape.
pub fn sample(inner: &Inner) {
    let Inner { meters, shards, gate, schedule, clock, checks, .. } = inner;
    sample_gate(meters, gate);
    sample_shards(meters, shards);
    sample_agenda(meters, schedule, clock);
    sample_checks(meters, checks);
    meters.shards.wallets.set(inner.directory.len() as f64);
    sample_views(inner);
    sample_exports(inner);
    meters.journal_database.set(&inner.frames.figures());
    meters.views_database.set(&inner.views.figures());
    // A file system that does not say how full it is leaves both at zero.
    if let Ok(disk) = rustix::fs::statvfs(&inner.config.data_dir) {
        meters.standing.disk_free_bytes.set((disk.f_bavail * disk.f_frsize) as f64);
        meters.standing.disk_size_bytes.set((disk.f_blocks * disk.f_frsize) as f64);
    }
    meters.process.sample();
}

/// What an operator should look at although requests are taken, one sentence each.
pub fn warnings(inner: &Inner) -> Vec<String> {
    let mut warnings = Vec::new();
    let quarantined: u64 = inner.shards.iter().map(|shard| shard.pulse.quarantined.load(Relaxed)).sum();
    if quarantined > 0 {
        warnings.push(format!("{quarantined} wallets are quarantined: the log says which, and why"));
    }
    if inner.gate.in_flight().narrowed {
        let rows = inner.progress.rows_behind();
        warnings
            .push(format!("the views are {rows} rows behind: less is taken in until they have caught up"));
    }
    if let Ok(disk) = rustix::fs::statvfs(&inner.config.data_dir)
        && disk.f_bavail * DISK_FREE_PART < disk.f_blocks
    {
        warnings.push("the disk of the data directory is nearly full".to_owned());
    }
    let (agenda, now) = (inner.schedule.agenda().figures(), inner.clock.now());
    let late = |first: Option<Timestamp>| first.map(|at| now.since(at).seconds());
    if let Some(seconds) = late(agenda.first_due).filter(|seconds| *seconds > TIMERS_LATE_SECONDS) {
        warnings.push(format!("what fell due {seconds} seconds ago is not posted yet"));
    }
    if let Some(seconds) = late(agenda.first_effect).filter(|seconds| *seconds > EFFECTS_LATE_SECONDS) {
        warnings.push(format!(
            "a call or message that was to be made {seconds} seconds ago has not come to an end"
        ));
    }
    warnings
}

fn sample_gate(meters: &Meters, gate: &Gate) {
    let InFlight { taken, most, narrowed, turned_away } = gate.in_flight();
    let gauges = &meters.gate;
    gauges.events_in_flight.set(taken.events as f64);
    gauges.requests_in_flight.set(taken.requests as f64);
    gauges.in_flight_bytes.set(taken.bytes as f64);
    gauges.events_max.set(most.events as f64);
    gauges.requests_max.set(most.requests as f64);
    gauges.bytes_max.set(most.bytes as f64);
    gauges.narrowed.set(f64::from(narrowed));
    for (counter, count) in gauges.turned_away.iter().zip(turned_away) {
        counter.absolute(count);
    }
}

fn sample_shards(meters: &Meters, shards: &[Watched]) {
    let sum = |value: fn(&Pulse) -> f64| shards.iter().map(|shard| value(&shard.pulse)).sum::<f64>();
    meters.shards.wallet_actors.set(sum(|pulse| pulse.actors.load(Relaxed) as f64));
    meters.shards.wallets_quarantined.set(sum(|pulse| pulse.quarantined.load(Relaxed) as f64));
    meters.shards.recent_ids.set(sum(|pulse| pulse.recent_ids.load(Relaxed) as f64));
    for (shard, gauges) in shards.iter().zip(&meters.shard) {
        gauges.queue_requests.set(shard.waiting() as f64);
    }
}

fn sample_agenda(meters: &Meters, schedule: &Schedule, clock: &Clock) {
    let figures = schedule.agenda().figures();
    let now = clock.now();
    let lag = |first: Option<Timestamp>| first.map_or(0.0, |at| now.since(at).seconds().max(0) as f64);
    let gauges = &meters.outside;
    gauges.timers_pending.set(figures.timers as f64);
    gauges.timers_lag_seconds.set(lag(figures.first_due));
    for (gauge, open) in gauges.open.iter().zip(figures.effects) {
        gauge.set(open as f64);
    }
    gauges.running.set(figures.running as f64);
    gauges.lag_seconds.set(lag(figures.first_effect));
    gauges.webhooks_pending.set(figures.deliveries as f64);
}

fn sample_checks(meters: &Meters, checks: &Checks) {
    for (check, gauge) in machine::CHECKS.into_iter().zip(&meters.standing.failing) {
        gauge.set(f64::from(checks.fails(check)));
    }
    meters.standing.ready.set(f64::from(checks.health().ready));
}

fn sample_views(inner: &Inner) {
    let gauges = &inner.meters.views;
    gauges.behind_rows.set(inner.progress.rows_behind() as f64);
    gauges.behind_seconds.set(inner.progress.behind_for().as_secs_f64());
    gauges.behind_max_rows.set(inner.config.views.events_behind_max as f64);
}

fn sample_exports(inner: &Inner) {
    let figures = inner.exports.figures();
    let gauges = &inner.meters.outside;
    gauges.exports_running.set(figures.running as f64);
    for (counter, count) in gauges.exports.iter().zip(figures.ended) {
        counter.absolute(count);
    }
    gauges.export_bytes.absolute(figures.bytes);
}
