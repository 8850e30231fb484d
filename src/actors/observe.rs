//! Into the metrics: outcomes as they are answered, and samples of what is a state rather than an event.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::drain::Job;
use super::gate::Gate;
use super::queue::Queue;
use super::shard::Pulse;
use crate::engine::directory::Directory;
use crate::engine::outcome::{Absence, Outcome};
use crate::metrics::{Meters, Outcomes};

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

/// Sets the gauges. Called before every scrape and by the supervisor.
pub fn sample(meters: &Meters, shards: &[Watched], gate: &Gate, directory: &Directory) {
    let sum = |value: fn(&Pulse) -> f64| shards.iter().map(|shard| value(&shard.pulse)).sum::<f64>();
    meters.queue_requests.set(shards.iter().map(|shard| shard.waiting() as f64).sum::<f64>());
    meters.wallet_actors.set(sum(|pulse| pulse.actors.load(Relaxed) as f64));
    meters.wallets_quarantined.set(sum(|pulse| pulse.quarantined.load(Relaxed) as f64));
    meters.recent_ids.set(sum(|pulse| pulse.recent_ids.load(Relaxed) as f64));
    meters.events_in_flight.set(gate.events_in_flight() as f64);
    meters.wallets.set(directory.len() as f64);
}

/// Counts the outcomes of a share of a request.
pub fn count(meters: &Outcomes, outcomes: &[Outcome]) {
    let counters = [
        &meters.charged,
        &meters.recorded,
        &meters.refused,
        &meters.duplicate,
        &meters.conflict,
        &meters.invalid,
        &meters.quarantined,
        &meters.stopping,
    ];
    let mut counts = [0u64; 8];
    for outcome in outcomes {
        counts[place(outcome)] += 1;
    }
    for (counter, count) in counters.into_iter().zip(counts) {
        if count > 0 {
            counter.increment(count);
        }
    }
}

fn place(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Charged { .. } => 0,
        Outcome::Recorded(_) => 1,
        Outcome::Refused(_) => 2,
        Outcome::Duplicate(_) => 3,
        Outcome::Conflict => 4,
        Outcome::Invalid(_) => 5,
        Outcome::Unavailable(Absence::Quarantined) => 6,
        Outcome::Unavailable(Absence::Stopping) => 7,
    }
}
