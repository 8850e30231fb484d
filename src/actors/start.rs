//! Starting and stopping: after recovery every thread in its place, and all of it back again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;

use actix::{Actor, Arbiter};
use arc_swap::ArcSwap;
use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::drain::{Common, PIECE_EVENTS_MAX};
use super::engine::{Engine, Inner};
use super::exports::Exports;
use super::gate::{Gate, Room};
use super::health::Checks;
use super::observe::Watched;
use super::pins::Pins;
use super::progress::Progress;
use super::queue::Queue;
pub use super::recover::StartError;
use super::recover::{Recovered, Wallets, load_house, load_wallets, recover};
use super::schedule::Schedule;
use super::scrub::Scrub;
use super::shard::{Place, Pulse, Shard};
use super::supervisor::{Seen, Supervisor};
use super::viewer::{Orders, Viewer, WORK_OF_A_ROW};
use super::writer::{DRAINS_WAITING_MAX, Decided, Published, Writer};
use crate::clock::{Clock, Stopwatch};
use crate::config::Config;
use crate::domain::identity::Secret;
use crate::domain::time::Span;
use crate::engine::house::House;
use crate::engine::keys::Keys;
use crate::engine::partition::Partition;
use crate::journal::embedded::{Embedded, Frames};
use crate::journal::frame::Head;
use crate::journal::mark::Mark;
use crate::metrics::Meters;
use crate::store::builder::Builder;
use crate::store::data_dir::DataDir;
use crate::store::views::Merging;

/// The running engine, with what is needed to stop it.
pub struct Running {
    pub engine: Engine,
    orders: Arc<Orders>,
    supervisor: Arbiter,
    shards: Vec<Arbiter>,
    shards_done: mpsc::Receiver<()>,
    writer: JoinHandle<Embedded>,
    viewer: JoinHandle<()>,
    scrub: JoinHandle<()>,
    /// Let go of last: only one engine may use it.
    data_dir: DataDir,
}

/// Recovers and starts every thread. Call within an actix system.
pub fn start(config: Config, clock: Clock, test_faults: bool) -> Result<Running, StartError> {
    let watch = Stopwatch::start();
    let data_dir = DataDir::open(&config.data_dir, config.engine.partitions)?;
    let Recovered { journal, views, builder, tip } = recover(&config, &data_dir)?;
    let Wallets { directory, places, posted_at, agenda } = load_wallets(&views, data_dir.partitions)?;
    let house = load_house(&views)?;
    clock.begin_at(posted_at);
    let keys = Keys::default();
    house.keys().for_each(|(digest, key)| keys.publish(*digest, Arc::clone(key)));
    let room = Room {
        events: config.engine.events_in_flight_max,
        requests: config.engine.queue_requests,
        bytes: config.engine.bytes_in_flight_max,
    };
    let shards = watched_shards(&config, data_dir.partitions);
    let meters = Meters::new(shards.len());
    house.book.tariffs().for_each(|tariff| drop(meters.traffic.money.of(tariff.currency())));
    let frames = journal.frames();
    let watched = shards.clone();
    let inner = Arc::new(Inner {
        shards,
        frames: Arc::clone(&frames),
        config,
        clock: Arc::new(clock),
        secret: data_dir.secret,
        directory: Arc::new(directory),
        book: Arc::new(ArcSwap::from_pointee(house.book.clone())),
        endpoints: Arc::new(ArcSwap::from_pointee(house.endpoints.clone())),
        schedule: Arc::new(Schedule::new(agenda)),
        keys: Arc::new(keys),
        views,
        pins: Arc::new(Pins::default()),
        exports: Exports::beside(move || watched.iter().any(|shard| shard.waiting() > 0)),
        gate: Gate::new(room),
        progress: Arc::new(Progress::new(&tip)),
        checks: Arc::new(Checks::default()),
        meters: Arc::new(meters),
        partitions: data_dir.partitions,
        instance: instance_of(&data_dir.secret),
    });
    let orders = Arc::new(Orders::default());
    let (decided, to_write) = mpsc::channel(DRAINS_WAITING_MAX);
    let writer = run_writer(&inner, journal, to_write)?;
    let (done, shards_done) = mpsc::channel(1);
    let crew = Crew { inner: &inner, house, tip: &tip, decided, test_faults };
    let shards = deal(places, inner.shards.len());
    let shards = shards.into_iter().enumerate();
    let shards = shards.map(|(number, places)| run_shard(crew.shard(number, places), done.clone())).collect();
    let viewer = run_viewer(&inner, builder, Arc::clone(&frames), &data_dir, &orders)?;
    let scrub = run_scrub(&inner, frames, &orders)?;
    let supervisor = run_supervisor(&inner, &orders);
    inner.meters.standing.recovery_seconds.set(watch.seconds());
    let wallets = inner.directory.len();
    tracing::info!(wallets, commit = tip.commit, seconds = watch.seconds(), "recovered");
    let engine = Engine { inner };
    Ok(Running { engine, orders, supervisor, shards, shards_done, writer, viewer, scrub, data_dir })
}

/// A name for a data directory that tells nothing of its secret.
fn instance_of(secret: &Secret) -> String {
    let hash = blake3::derive_key("farebox instance", &secret.0);
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn thread(name: &str) -> std::thread::Builder {
    std::thread::Builder::new().name(name.to_owned())
}

/// The ends of the shards that others see. Where the settings do not say there is one for every two cores: reading, the
/// journal and the views take the rest, and a shard that decides for more wallets finds more events of each in a drain.
fn watched_shards(config: &Config, partitions: u8) -> Vec<Watched> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = if config.engine.shards == 0 { cores.div_ceil(2) } else { config.engine.shards };
    // As many as the gate lets in, in pieces, and one more for the supervisor's reminders.
    let pieces = config.engine.queue_requests + config.engine.events_in_flight_max / PIECE_EVENTS_MAX;
    let queue = || Arc::new(Queue::new(pieces + 1));
    let watched = || Watched { queue: queue(), pulse: Arc::new(Pulse::default()) };
    (0..asked.min(usize::from(partitions))).map(|_| watched()).collect()
}

/// Deals the partitions' wallets out: to each shard all partitions, empty where another runs them.
fn deal(places: Vec<Vec<Place>>, shards: usize) -> Vec<Vec<Vec<Place>>> {
    let mut dealt: Vec<Vec<Vec<Place>>> = (0..shards).map(|_| Vec::new()).collect();
    for (partition, wallets) in places.into_iter().enumerate() {
        let mut wallets = Some(wallets);
        for (number, shard) in dealt.iter_mut().enumerate() {
            let mine = partition % shards == number;
            shard.push(if mine { wallets.take().unwrap_or_default() } else { Vec::new() });
        }
    }
    dealt
}

/// What every shard is made of.
struct Crew<'a> {
    inner: &'a Inner,
    house: House,
    tip: &'a Mark,
    decided: mpsc::Sender<Decided>,
    test_faults: bool,
}

impl Crew<'_> {
    fn shard(&self, number: usize, places: Vec<Vec<Place>>) -> Shard {
        let Inner {
            config,
            clock,
            secret,
            directory,
            book,
            endpoints,
            views,
            progress,
            meters,
            checks,
            gate,
            ..
        } = self.inner;
        let partition = |(partition, wallets): (usize, &Vec<Place>)| {
            let mine = partition % self.inner.shards.len() == number;
            let (head, opened) = (self.tip.heads[partition], wallets.len() as u32);
            let made = || Partition::new(partition as u8, head, opened, config.journal.frame_bytes_max);
            mine.then(made)
        };
        let common = Common {
            secret: *secret,
            too_old_after: Span::from_days(config.engine.too_old_after_days),
            number_owner: self.inner.number_owner(),
            test_faults: self.test_faults,
        };
        let partitions = places.iter().enumerate().map(partition).collect();
        let Watched { queue, pulse } = &self.inner.shards[number];
        Shard {
            number,
            queue: Arc::clone(queue),
            gate: Arc::clone(gate),
            decided: self.decided.clone(),
            clock: Arc::clone(clock),
            common: Arc::new(common),
            directory: Arc::clone(directory),
            book: Arc::clone(book),
            endpoints: Arc::clone(endpoints),
            views: Arc::clone(views),
            progress: Arc::clone(progress),
            meters: Arc::clone(meters),
            pulse: Arc::clone(pulse),
            checks: Arc::clone(checks),
            house: self.house.clone(),
            partitions,
            places,
            opening: HashMap::new(),
            actors: 0,
            idle_after: Span::from_seconds(config.engine.idle_after_seconds),
            drain_events_max: config.engine.drain_events_max,
            put_away_from: (0, 0),
        }
    }
}

fn run_writer(
    inner: &Inner,
    log: Embedded,
    decided: mpsc::Receiver<Decided>,
) -> std::io::Result<JoinHandle<Embedded>> {
    let published = Published {
        directory: Arc::clone(&inner.directory),
        book: Arc::clone(&inner.book),
        endpoints: Arc::clone(&inner.endpoints),
        keys: Arc::clone(&inner.keys),
        schedule: Arc::clone(&inner.schedule),
        meters: Arc::clone(&inner.meters),
    };
    let progress = Arc::clone(&inner.progress);
    let writer = Writer { log, decided, published, progress };
    thread("journal").spawn(move || writer.run())
}

fn run_viewer(
    inner: &Inner,
    mut builder: Builder,
    frames: Arc<Frames>,
    data_dir: &DataDir,
    orders: &Arc<Orders>,
) -> std::io::Result<JoinHandle<()>> {
    builder.rest_by(Arc::clone(&inner.progress.rests));
    let viewer = Viewer {
        builder,
        frames,
        folder: data_dir.path.clone(),
        progress: Arc::clone(&inner.progress),
        gate: Arc::clone(&inner.gate),
        meters: Arc::clone(&inner.meters),
        checks: Arc::clone(&inner.checks),
        orders: Arc::clone(orders),
        behind_max: inner.config.views.events_behind_max,
        checkpoint_rows: inner.config.views.checkpoint_events,
        load: (Stopwatch::start(), Merging::UnderLoad),
        began: Stopwatch::start(),
        work_of_a_row: WORK_OF_A_ROW,
    };
    let waiting = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    thread("views").spawn(move || viewer.run(waiting))
}

fn run_scrub(inner: &Inner, frames: Arc<Frames>, orders: &Arc<Orders>) -> std::io::Result<JoinHandle<()>> {
    let scrub = Scrub {
        frames,
        start: Mark { commit: 0, heads: vec![Head::default(); usize::from(inner.partitions)] },
        bytes_per_second: inner.config.journal.scrub_bytes_per_second,
        meters: Arc::clone(&inner.meters),
        checks: Arc::clone(&inner.checks),
        orders: Arc::clone(orders),
    };
    thread("scrub").spawn(move || scrub.run())
}

fn run_shard(shard: Shard, done: mpsc::Sender<()>) -> Arbiter {
    let arbiter = Arbiter::new();
    let (number, queue, checks) = (shard.number, Arc::clone(&shard.queue), Arc::clone(&shard.checks));
    arbiter.spawn(async move {
        if std::panic::AssertUnwindSafe(shard.run()).catch_unwind().await.is_err() {
            checks.fail(
                &format!("shard {number} panic"),
                &format!("shard {number} has panicked: start the engine again"),
            );
            tracing::error!(
                shard = number,
                "a shard has panicked: it takes nothing more until the engine is started again"
            );
            // Whoever waits is told so instead of waiting for ever.
            queue.close();
            while queue.pop().is_some() {}
        }
        drop(done);
    });
    arbiter
}

fn run_supervisor(inner: &Inner, orders: &Arc<Orders>) -> Arbiter {
    let supervisor = Supervisor {
        shards: inner.shards.clone(),
        clock: Arc::clone(&inner.clock),
        schedule: Arc::clone(&inner.schedule),
        meters: Arc::clone(&inner.meters),
        checks: Arc::clone(&inner.checks),
        pins: Arc::clone(&inner.pins),
        orders: Arc::clone(orders),
        checkpoint_every: Duration::from_secs(inner.config.views.checkpoint_seconds.into()),
        stuck_after: Duration::from_secs(inner.config.engine.stuck_after_seconds.into()),
        seen: inner.shards.iter().map(|_| Seen::now()).collect(),
    };
    let arbiter = Arbiter::new();
    arbiter.spawn_fn(move || {
        supervisor.start();
    });
    arbiter
}

impl Running {
    /// Stops taking, finishes what was taken, checkpoints, and joins every thread before the databases go.
    pub async fn stop(self) {
        let Running { engine, orders, supervisor, shards, mut shards_done, writer, viewer, scrub, data_dir } =
            self;
        engine.stop_taking();
        supervisor.stop();
        join_arbiter(supervisor);
        engine.inner.shards.iter().for_each(|shard| shard.queue.close());
        // Every shard holds a sender until its queue is empty.
        while shards_done.recv().await.is_some() {}
        for shard in shards {
            shard.stop();
            join_arbiter(shard);
        }
        let log = writer.join();
        orders.stop.store(true, Relaxed);
        scrub.thread().unpark();
        for thread in [viewer, scrub] {
            if thread.join().is_err() {
                tracing::error!("a thread ended in a panic");
            }
        }
        tracing::info!("stopped: everything acknowledged is durable");
        drop(log);
        // Each holds a state of the views; they were told to stop first of all.
        engine.inner.exports.join();
        engine.inner.pins.clear();
        drop(engine);
        drop(data_dir);
    }
}

fn join_arbiter(arbiter: Arbiter) {
    if arbiter.join().is_err() {
        tracing::error!("an arbiter ended in a panic");
    }
}
