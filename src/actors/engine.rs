//! The handle to the running engine: what every other floor holds and calls.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::oneshot;

pub use super::command::*;
use super::drain::{Answer, Events, Job};
use super::exports::{Download, Exports, NotBegun, Outlet};
pub use super::gate::{BytesPermit, Reading};
use super::gate::{Gate, Reason, claims, lane_of};
use super::health::Checks;
pub use super::health::Health;
use super::observe::{self, Watched};
use super::pins::{Pin, Pins};
use super::progress::Progress;
use super::schedule::Schedule;
use super::shard::partition_of;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::deed::Act;
use crate::domain::endpoint::Endpoint;
use crate::domain::identity::Secret;
use crate::domain::tariff::Version;
use crate::domain::wallet::WalletId;
use crate::engine::batch::Batch;
use crate::engine::book::Book;
use crate::engine::directory::Directory;
use crate::engine::endpoints::Endpoints;
use crate::engine::house;
use crate::engine::keys::Keys;
use crate::engine::outcome::{Absence, Outcome};
use crate::engine::tally::{count_absent, count_invalid};
use crate::engine::world::NumberOwner;
use crate::journal::embedded::Frames;
use crate::metrics::Meters;
use crate::store::views::Views;

/// Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct Engine {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub config: Config,
    pub clock: Arc<Clock>,
    pub secret: Secret,
    pub directory: Arc<Directory>,
    pub book: Arc<ArcSwap<Book>>,
    pub endpoints: Arc<ArcSwap<Endpoints>>,
    pub schedule: Arc<Schedule>,
    pub keys: Arc<Keys>,
    pub frames: Arc<Frames>,
    pub views: Arc<Views>,
    pub pins: Arc<Pins>,
    pub exports: Exports,
    pub gate: Arc<Gate>,
    pub shards: Vec<Watched>,
    pub progress: Arc<Progress>,
    pub checks: Arc<Checks>,
    pub meters: Arc<Meters>,
    pub partitions: u8,
    pub instance: String,
}

impl Inner {
    pub fn number_owner(&self) -> NumberOwner {
        match self.config.numbers.release_url.is_empty() {
            true => NumberOwner::Nobody,
            false => NumberOwner::Told,
        }
    }
}

/// How long is waited for room in the queue of a shard.
const FULL_QUEUE_PAUSE: std::time::Duration = std::time::Duration::from_millis(20);
const STOPPING: CommandError = CommandError::Unavailable(Absence::Stopping);

impl Engine {
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    pub fn shared_clock(&self) -> Arc<Clock> {
        Arc::clone(&self.inner.clock)
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub fn secret(&self) -> &Secret {
        &self.inner.secret
    }

    pub fn directory(&self) -> &Directory {
        &self.inner.directory
    }

    /// The tariffs that are durable.
    pub fn book(&self) -> Arc<Book> {
        self.inner.book.load_full()
    }

    /// The endpoints that are durable.
    pub fn endpoints(&self) -> Arc<Endpoints> {
        self.inner.endpoints.load_full()
    }

    /// What falls due when, and what is to be done outside.
    pub fn schedule(&self) -> &Schedule {
        &self.inner.schedule
    }

    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    pub fn views(&self) -> &Views {
        &self.inner.views
    }

    fn shard_of(&self, partition: u8) -> usize {
        usize::from(partition) % self.inner.shards.len()
    }

    /// Takes the whole batch or nothing. One outcome per event of the batch, in order. `caller` is whose share of
    /// the gate it counts against.
    pub async fn submit(&self, batch: Batch, caller: &str) -> Result<(Arc<Batch>, Vec<Outcome>), Busy> {
        if batch.events.is_empty() {
            return Ok((Arc::new(batch), Vec::new()));
        }
        let claims = claims(caller, &batch.events);
        let lane = lane_of(&claims);
        let permit = self.inner.gate.events(batch.events.len(), claims)?;
        let dealt = Events::deal(&batch, self.inner.shards.len(), |partition| self.shard_of(partition));
        let batch = Arc::new(batch);
        let mut waiting = Vec::with_capacity(dealt.iter().map(Vec::len).sum());
        let pieces = self
            .inner
            .shards
            .iter()
            .zip(dealt)
            .flat_map(|(shard, pieces)| pieces.into_iter().map(move |piece| (shard, piece)));
        for (shard, share) in pieces {
            let (answer, answered) = oneshot::channel();
            // The gate lets in no more requests than a queue has room for; only a stopping shard takes nothing.
            let places: Vec<u32> = share.mine.iter().map(|mine| mine.event).collect();
            let job = Job::Events { batch: Arc::clone(&batch), share, lane: lane.clone(), answer };
            let pushed = shard.queue.push(job);
            waiting.push((places, pushed.is_ok().then_some(answered)));
        }
        let mut outcomes = vec![Outcome::Unavailable(Absence::Stopping); batch.events.len()];
        for (places, answered) in waiting {
            let answered = match answered {
                Some(answered) => answered.await.unwrap_or_default(),
                None => Vec::new(),
            };
            for place in &places[answered.len().min(places.len())..] {
                count_absent(
                    &self.inner.meters.traffic,
                    &batch.events[*place as usize].told,
                    Absence::Stopping,
                );
            }
            for (place, outcome) in places.into_iter().zip(answered) {
                outcomes[place as usize] = outcome;
            }
        }
        drop(permit);
        Ok((batch, outcomes))
    }

    /// Room for `bytes` of a request's body, held until its answer was made.
    pub fn admit_bytes(&self, bytes: usize) -> Result<BytesPermit, Busy> {
        self.inner.gate.bytes(bytes)
    }

    /// Says that the events of a large request are about to be read; dropped when they are submitted.
    pub fn reading(&self) -> Reading {
        self.inner.gate.reading()
    }

    /// Counts the lines of a request that could not be events.
    pub fn count_invalid(&self, batch: &Batch) {
        count_invalid(&self.inner.meters.traffic, batch);
    }

    pub fn meters(&self) -> &Meters {
        &self.inner.meters
    }

    async fn ask<T>(&self, partition: u8, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, CommandError> {
        let (answer, answered) = oneshot::channel();
        let permit = self.inner.gate.events(1, claims("", &[])).map_err(CommandError::Busy)?;
        let shard = &self.inner.shards[self.shard_of(partition)];
        shard.queue.push(job(answer)).map_err(|_| STOPPING)?;
        let ended = answered.await.unwrap_or(Err(STOPPING));
        drop(permit);
        ended
    }

    /// Opens a wallet, or sets the terms of one that exists.
    pub async fn set_wallet(&self, terms: WalletTerms) -> Result<Placed, CommandError> {
        let partition = partition_of(&terms.wallet, usize::from(self.inner.partitions));
        self.ask(partition, |answer| Job::SetWallet { terms, answer }).await
    }

    /// Posts an adjustment once per idempotency key.
    pub async fn adjust(&self, wallet: &str, request: AdjustRequest) -> Result<Adjusted, CommandError> {
        let id = self.inner.directory.with(wallet, |cell| cell.id).ok_or(CommandError::UnknownWallet)?;
        self.ask(id.partition, |answer| Job::Adjust { wallet: id, request, answer }).await
    }

    /// Carries out a request on a wallet, once per idempotency key where it has one.
    pub async fn command(&self, wallet: WalletId, request: WalletRequest) -> Result<Done, CommandError> {
        let request = Box::new(request);
        self.ask(wallet.partition, |answer| Job::Command { wallet, request, answer }).await
    }

    /// Keeps for the audit what the holder of a key did with a wallet without changing it, such as an export. It is
    /// durable when this returns.
    pub async fn record_deed(
        &self,
        wallet: WalletId,
        actor: &str,
        action: Act,
        about: &str,
    ) -> Result<(), CommandError> {
        let command = WalletCommand::Keep { action, about: about.to_owned() };
        self.command(wallet, WalletRequest::of(command).by(actor.to_owned())).await.map(|_| ())
    }

    /// The same of what was done with no wallet or with many.
    pub async fn record_house_deed(&self, deed: HouseDeed) -> Result<(), CommandError> {
        self.ask(house::PARTITION, |answer| Job::KeepDeed { deed, answer }).await
    }

    /// Carries out what the engine's own effects came to. It needs no room in the gate: a result has to be kept however
    /// busy the engine is.
    pub async fn settle(&self, wallet: WalletId, request: WalletRequest) -> Result<Done, CommandError> {
        let (answer, answered) = oneshot::channel();
        let shard = &self.inner.shards[self.shard_of(wallet.partition)];
        let mut job = Job::Command { wallet, request: Box::new(request), answer };
        while let Err(back) = shard.queue.push(job) {
            if self.inner.gate.is_stopping() {
                return Err(STOPPING);
            }
            job = back;
            tokio::time::sleep(FULL_QUEUE_PAUSE).await;
        }
        answered.await.unwrap_or(Err(STOPPING))
    }

    /// What tells this installation from others that share its account at the payment provider.
    pub fn instance(&self) -> &str {
        &self.inner.instance
    }

    /// Has everything posted that is due for these wallets, and waits until it is durable. They need no room in the
    /// gate: what is due has to be posted however busy the engine is.
    pub async fn wake(&self, wallets: Vec<WalletId>) {
        let mut shares: Vec<Vec<WalletId>> = vec![Vec::new(); self.inner.shards.len()];
        for wallet in wallets {
            shares[self.shard_of(wallet.partition)].push(wallet);
        }
        let mut waiting = Vec::new();
        for (shard, wallets) in self.inner.shards.iter().zip(shares) {
            if wallets.is_empty() {
                continue;
            }
            let (answer, answered) = oneshot::channel();
            match shard.queue.push(Job::Wake { wallets, answer }) {
                Ok(()) => waiting.push(answered),
                Err(Job::Wake { wallets, .. }) => {
                    let mut agenda = self.inner.schedule.agenda();
                    wallets.into_iter().for_each(|wallet| agenda.not_woken(wallet));
                }
                Err(_) => {}
            }
        }
        for answered in waiting {
            let _ = answered.await;
        }
    }

    /// Adds, changes or removes an endpoint; answers it as it is from now on.
    pub async fn set_endpoint(&self, request: EndpointRequest) -> Result<Arc<Endpoint>, CommandError> {
        self.ask(house::PARTITION, |answer| Job::SetEndpoint { request, answer }).await
    }

    /// Adds a tariff version; `text` is the file that it was read from.
    pub async fn add_tariff(
        &self,
        text: String,
        version: Version,
        actor: &str,
    ) -> Result<Placed, CommandError> {
        let (version, actor) = (Arc::new(version), actor.to_owned());
        self.ask(house::PARTITION, |answer| Job::AddTariff { version, text, actor, answer }).await
    }

    /// Makes a key with a new secret.
    pub async fn make_key(&self, request: KeyRequest) -> Result<NewKey, CommandError> {
        self.ask(house::PARTITION, |answer| Job::MakeKey { request, secret: None, answer }).await
    }

    /// Makes a key whose secret was given from outside: the operator's own.
    pub async fn keep_key(&self, request: KeyRequest, secret: String) -> Result<NewKey, CommandError> {
        self.ask(house::PARTITION, |answer| Job::MakeKey { request, secret: Some(secret), answer }).await
    }

    pub async fn revoke_key(&self, id: &str, actor: &str) -> Result<(), CommandError> {
        let (id, actor) = (id.to_owned(), actor.to_owned());
        self.ask(house::PARTITION, |answer| Job::RevokeKey { id, actor, answer }).await.map(|_| ())
    }

    /// Waits until the views hold everything that was acknowledged when it was called.
    pub async fn caught_up(&self) -> Result<(), CommandError> {
        if self.inner.progress.caught_up().await { Ok(()) } else { Err(STOPPING) }
    }

    /// The state of the views with everything that was acknowledged when it was called.
    pub async fn pin(&self) -> Result<Pin, CommandError> {
        let now = self.inner.clock.now();
        self.caught_up().await?;
        let inner = Arc::clone(&self.inner);
        // A pass that is being written is waited for, on a thread that may wait.
        let pinned = tokio::task::spawn_blocking(move || inner.pins.pin(&inner.views, now)).await;
        pinned.map_err(|_| STOPPING)
    }

    /// The state of the views that a token was given out for; `None` where that is no longer held.
    pub fn pinned(&self, token: &str) -> Option<Pin> {
        self.inner.pins.find(token, self.inner.clock.now())
    }

    /// Runs an export on a thread of its own; see [`Exports::start`].
    pub async fn export<T, E>(
        &self,
        begin: impl FnOnce() -> Result<T, E> + Send + 'static,
        write: impl FnOnce(T, Outlet) -> Result<Outlet, E> + Send + 'static,
    ) -> Result<(T, Download), NotBegun<E>>
    where
        T: Clone + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let begun = self.inner.exports.start(begin, write).await;
        begun.inspect_err(|why| {
            if matches!(why, NotBegun::Busy(_)) {
                self.inner.gate.turn_away(Reason::Exports);
            }
        })
    }

    /// Takes nothing more; what was taken is still decided and answered. Exports are cut: they may take long.
    pub fn stop_taking(&self) {
        self.inner.gate.stop();
        self.inner.exports.stop();
    }

    /// Whether it was told to stop: what goes on without an end has to end itself.
    pub fn is_stopping(&self) -> bool {
        self.inner.gate.is_stopping()
    }

    pub fn health(&self) -> Health {
        Health { warnings: observe::warnings(&self.inner), ..self.inner.checks.health() }
    }

    /// The metrics in Prometheus' text format.
    pub fn metrics_text(&self) -> String {
        observe::sample(&self.inner);
        self.inner.meters.render()
    }
}
