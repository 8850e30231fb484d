//! The supervisor: an actor on an arbiter of its own, so that no busy shard starves its timers.
//!
//! It only reminds and watches; no rule waits for it. It asks shards to put idle wallets away and the view builder
//! to checkpoint, and it turns `/readyz` red when a shard no longer makes progress. The index of what falls due
//! will have its place here: whom to wake, and when.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context};

use super::drain::Job;
use super::gate::Gate;
use super::health::Checks;
use super::observe::{self, Watched};
use super::viewer::Orders;
use crate::clock::Stopwatch;
use crate::engine::directory::Directory;
use crate::metrics::Meters;

const WATCH_EVERY: Duration = Duration::from_secs(1);
const PUT_AWAY_EVERY: Duration = Duration::from_secs(5);

pub struct Supervisor {
    pub shards: Vec<Watched>,
    pub gate: Arc<Gate>,
    pub directory: Arc<Directory>,
    pub meters: Arc<Meters>,
    pub checks: Arc<Checks>,
    pub orders: Arc<Orders>,
    pub checkpoint_every: Duration,
    pub stuck_after: Duration,
    pub seen: Vec<Seen>,
}

/// When a shard was last seen to make progress, or to have nothing to do.
pub struct Seen {
    drains: u64,
    since: Stopwatch,
}

impl Seen {
    pub fn now() -> Seen {
        Seen { drains: 0, since: Stopwatch::start() }
    }
}

impl Actor for Supervisor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.run_interval(WATCH_EVERY, |supervisor, _| supervisor.watch());
        context.run_interval(PUT_AWAY_EVERY, |supervisor, _| supervisor.put_away());
        context.run_interval(self.checkpoint_every, |supervisor, _| {
            supervisor.orders.checkpoint.store(true, Relaxed)
        });
    }
}

impl Supervisor {
    fn watch(&mut self) {
        for (number, (shard, seen)) in self.shards.iter().zip(&mut self.seen).enumerate() {
            let drains = shard.pulse.drains.load(Relaxed);
            if drains != seen.drains || shard.queue.len() == 0 {
                *seen = Seen { drains, since: Stopwatch::start() };
            }
            let check = format!("shard {number}");
            if seen.since.elapsed() >= self.stuck_after {
                let reason = format!("shard {number} makes no progress");
                if self.checks.fail(&check, &reason) {
                    tracing::error!(shard = number, "a shard makes no progress");
                }
            } else if self.checks.pass(&check) {
                tracing::info!(shard = number, "the shard makes progress again");
            }
        }
        observe::sample(&self.meters, &self.shards, &self.gate, &self.directory);
        self.meters.ready.set(if self.checks.health().ready { 1.0 } else { 0.0 });
        self.meters.upkeep();
    }

    fn put_away(&self) {
        for shard in &self.shards {
            // A full queue means that the shard is busy: it will be reminded again.
            let _ = shard.queue.push(Job::PutAway);
        }
    }
}
