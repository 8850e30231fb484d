//! The supervisor: an actor on an arbiter of its own, so that no busy shard starves its timers.
//!
//! It only reminds and watches; no rule waits for it. It asks shards to put idle wallets away and the view builder
//! to checkpoint, wakes the wallets for which something is due, and turns `/readyz` red when a shard no longer makes
//! progress.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context};
use tokio::sync::oneshot;

use super::drain::Job;
use super::health::Checks;
use super::observe::Watched;
use super::pins::Pins;
use super::schedule::Schedule;
use super::viewer::Orders;
use crate::clock::{Clock, Stopwatch};
use crate::domain::wallet::WalletId;
use crate::metrics::Meters;

const WATCH_EVERY: Duration = Duration::from_secs(1);
const PUT_AWAY_EVERY: Duration = Duration::from_secs(5);
const WAKE_EVERY: Duration = Duration::from_millis(100);
/// Wallets woken in one go; what is due beyond waits for the next.
const WAKE_MAX: usize = 10_000;

pub struct Supervisor {
    pub shards: Vec<Watched>,
    pub clock: Arc<Clock>,
    pub schedule: Arc<Schedule>,
    pub meters: Arc<Meters>,
    pub checks: Arc<Checks>,
    pub pins: Arc<Pins>,
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
        context.run_interval(WAKE_EVERY, |supervisor, _| supervisor.wake());
        context.run_interval(self.checkpoint_every, |supervisor, _| {
            supervisor.orders.checkpoint.store(true, Relaxed)
        });
    }
}

impl Supervisor {
    fn watch(&mut self) {
        for (number, (shard, seen)) in self.shards.iter().zip(&mut self.seen).enumerate() {
            let (drains, idle) = (shard.pulse.drains.load(Relaxed), shard.waiting() == 0);
            if drains != seen.drains || idle {
                *seen = Seen { drains, since: Stopwatch::start() };
            }
            let check = format!("shard {number}");
            let stalled = seen.since.elapsed();
            self.meters.shard[number].stalled_seconds.set(if idle { 0.0 } else { stalled.as_secs_f64() });
            if stalled >= self.stuck_after {
                let reason = format!("shard {number} makes no progress");
                if self.checks.fail(&check, &reason) {
                    tracing::error!(shard = number, "a shard makes no progress");
                }
            } else if self.checks.pass(&check) {
                tracing::info!(shard = number, "the shard makes progress again");
            }
        }
        self.meters.upkeep();
        self.pins.let_go(self.clock.now());
    }

    /// Nobody waits for it: a wallet posts what is due before anything else is decided for it.
    fn wake(&self) {
        let due = self.schedule.agenda().wake(self.clock.now(), WAKE_MAX);
        let mut shares: Vec<Vec<WalletId>> = vec![Vec::new(); self.shards.len()];
        for wallet in due {
            shares[usize::from(wallet.partition) % self.shards.len()].push(wallet);
        }
        for (shard, wallets) in self.shards.iter().zip(shares) {
            if wallets.is_empty() {
                continue;
            }
            if let Err(Job::Wake { wallets, .. }) =
                shard.queue.push(Job::Wake { wallets, answer: oneshot::channel().0 })
            {
                let mut agenda = self.schedule.agenda();
                wallets.into_iter().for_each(|wallet| agenda.not_woken(wallet));
            }
        }
    }

    fn put_away(&self) {
        for shard in &self.shards {
            // A full queue means that the shard is busy: it will be reminded again.
            let _ = shard.queue.push(Job::PutAway);
        }
    }
}
