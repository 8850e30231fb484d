//! Samples what is a state rather than an event into the metrics.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::drain::Job;
use super::gate::Gate;
use super::queue::Queue;
use super::shard::Pulse;
use crate::engine::directory::Directory;
use crate::metrics::Meters;

/// One shard as seen from outside.
#[derive(Clone)]
pub struct Watched {
    pub queue: Arc<Queue<Job>>,
    pub pulse: Arc<Pulse>,
}

/// Sets the gauges. Called before every scrape and by the supervisor.
pub fn sample(meters: &Meters, shards: &[Watched], gate: &Gate, directory: &Directory) {
    let sum = |value: fn(&Pulse) -> f64| shards.iter().map(|shard| value(&shard.pulse)).sum::<f64>();
    meters.queue_requests.set(shards.iter().map(|shard| shard.queue.len() as f64).sum::<f64>());
    meters.wallet_actors.set(sum(|pulse| pulse.actors.load(Relaxed) as f64));
    meters.wallets_quarantined.set(sum(|pulse| pulse.quarantined.load(Relaxed) as f64));
    meters.recent_ids.set(sum(|pulse| pulse.recent_ids.load(Relaxed) as f64));
    meters.events_in_flight.set(gate.events_in_flight() as f64);
    meters.wallets.set(directory.len() as f64);
}
