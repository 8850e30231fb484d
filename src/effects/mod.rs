//! Effects: what is done outside for wallets once its record is durable, always under the same key (E1).
//!
//! The [`Runner`] takes what the agenda says and runs it beside the shards: calls to the payment provider
//! ([`attempts`]), webhooks out ([`deliveries`]), releases told to the owner of the numbers ([`releases`]). What the
//! provider says by itself comes in through [`notices`]. Every result is a command to the wallet, and so a record. With
//! the sandbox in the provider's place [`sandbox`] delivers its webhooks; on a test clock [`advance`] moves everything.
//! Called by the wiring and by `http`. Deliberately not here: what is decided, and when.

pub mod advance;
mod attempts;
mod counts;
mod deliveries;
pub mod notices;
mod releases;
mod sandbox;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::actors::Engine;
use crate::actors::command::{CommandError, WalletCommand, WalletRequest};
use crate::clock::Stopwatch;
use crate::domain::wallet::WalletId;
use crate::engine::agenda::{Started, Work};
use crate::payments::Payments;
use crate::payments::sandbox::Sandbox;
use crate::webhooks::Deliverer;

/// Effects that are run at once.
const RUNNING_MAX: usize = 256;
/// How soon is looked again for what has fallen due.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What effects are run with. Shared by the runner and by whoever answers requests.
pub struct Outside {
    pub engine: Engine,
    pub payments: Payments,
    pub deliverer: Deliverer,
    /// `None` where the payment provider is a real one.
    pub sandbox: Option<Arc<Sandbox>>,
    /// What the provider's webhooks are signed with.
    pub webhook_secrets: Vec<String>,
    pub stopping: AtomicBool,
    /// Something was finished.
    pub finished: Notify,
    /// One at a time delivers what the sandbox has to tell.
    pub pumping: tokio::sync::Mutex<()>,
}

impl Outside {
    /// Runs effects until the engine stops.
    pub async fn run(self: Arc<Self>) {
        let room = Arc::new(Semaphore::new(RUNNING_MAX));
        while !self.stopping.load(Relaxed) {
            self.pump_sandbox().await;
            self.start_due(&room);
            let schedule = self.engine.schedule();
            let _ = tokio::time::timeout(LOOK_EVERY, schedule.changed()).await;
        }
    }

    fn start_due(self: &Arc<Self>, room: &Arc<Semaphore>) {
        let started = {
            let mut agenda = self.engine.schedule().agenda();
            agenda.start_effects(self.engine.clock().now(), room.available_permits())
        };
        for started in started {
            let (outside, room) = (Arc::clone(self), Arc::clone(room));
            tokio::spawn(async move {
                let permit = room.acquire().await;
                outside.run_one(started).await;
                drop(permit);
            });
        }
    }

    /// Runs one effect and keeps its result; then it counts as done, and is run again if it is due again.
    async fn run_one(&self, started: Started) {
        let Started { cell, effect, work } = started;
        let watch = Stopwatch::start();
        let command = match work {
            Work::Attempt { attempt, method } => {
                let number = attempt.number;
                let fact = self.attempt(&cell, attempt, method).await;
                counts::payment_call(&self.engine.meters().outside, &fact);
                Some(WalletCommand::Payment { attempt: number, fact })
            }
            Work::Delivery(delivery) => self.delivery(&cell, delivery).await,
            Work::Release(number) => Some(self.release(&cell, &number).await),
        };
        if let Some(command) = command {
            self.settle(cell.id, command).await;
        }
        self.engine.meters().outside.effect_seconds[effect.place()].record(watch.seconds());
        self.engine.schedule().agenda().effect_done(cell.id, effect);
        // Its like may be due again already, and was passed over while it ran.
        self.engine.schedule().look_again();
        self.finished.notify_waiters();
    }

    async fn settle(&self, wallet: WalletId, command: WalletCommand) {
        match self.engine.settle(wallet, WalletRequest::of(command)).await {
            Ok(_) | Err(CommandError::Unavailable(_)) => {}
            // It was known by another way already: a webhook may be faster than the answer to the call.
            Err(error) => tracing::debug!(?wallet, ?error, "the result of an effect changes nothing"),
        }
    }

    /// Starts nothing more. What runs is cut off where it is: it is run again at the next start, under the same key.
    pub fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }
}
