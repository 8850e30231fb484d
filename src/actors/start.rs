//! Starting and stopping: recovery from the journal, then every thread in its place; and all of it back again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;

use actix::{Actor, Arbiter};
use arc_swap::ArcSwap;
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::drain::Common;
use super::engine::{Engine, Inner};
use super::gate::{Gate, Room};
use super::health::Checks;
use super::observe::Watched;
use super::progress::Progress;
use super::queue::Queue;
use super::scrub::Scrub;
use super::shard::{Place, Pulse, Shard};
use super::supervisor::{Seen, Supervisor};
use super::viewer::{Orders, PASS_ROWS_MAX, Viewer};
use super::writer::{DRAINS_WAITING_MAX, Decided, Published, Writer};
use crate::clock::{Clock, Stopwatch};
use crate::config::Config;
use crate::domain::time::{Span, Timestamp};
use crate::engine::directory::{self, Cell, Directory};
use crate::engine::house::House;
use crate::engine::keys::Keys;
use crate::engine::partition::Partition;
use crate::journal::JournalError;
use crate::journal::embedded::{self, Embedded};
use crate::journal::frame::Head;
use crate::journal::mark::Mark;
use crate::journal::rows::Row;
use crate::metrics::Meters;
use crate::store::StoreError;
use crate::store::builder::Builder;
use crate::store::data_dir::{DataDir, DataDirError};
use crate::store::rows::Snapshot;
use crate::store::views::{self, Views};

/// Why the engine does not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the journal's records of tariffs and keys do not fold: {0}")]
    House(String),
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

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

/// What recovery brings back.
struct Recovered {
    journal: Embedded,
    views: Arc<Views>,
    builder: Builder,
    tip: Mark,
}

/// What the views know of all wallets.
struct Wallets {
    directory: Directory,
    /// By partition and number.
    places: Vec<Vec<Place>>,
    /// When the last of them was posted to.
    posted_at: Timestamp,
}

/// Recovers and starts every thread. Call within an actix system.
pub fn start(config: Config, test_faults: bool) -> Result<Running, StartError> {
    let watch = Stopwatch::start();
    let data_dir = DataDir::open(&config.data_dir, config.engine.partitions)?;
    let Recovered { journal, views, builder, tip } = recover(&config, &data_dir)?;
    let Wallets { directory, mut places, posted_at } = load_wallets(&views, data_dir.partitions)?;
    let house = load_house(&views)?;
    let keys = Arc::new(Keys::default());
    house.keys().for_each(|(digest, key)| keys.publish(*digest, Arc::clone(key)));

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = if config.engine.shards == 0 { cores } else { config.engine.shards };
    let shard_count = asked.min(usize::from(data_dir.partitions));
    let directory = Arc::new(directory);
    let book = Arc::new(ArcSwap::from_pointee(house.book.clone()));
    let clock = Arc::new(Clock::system());
    clock.begin_at(posted_at);
    let meters = Arc::new(Meters::new());
    let checks = Arc::new(Checks::default());
    let orders = Arc::new(Orders::default());
    let progress = Arc::new(Progress::new(&tip));
    let gate = Gate::new(Room {
        events: config.engine.events_in_flight_max,
        requests: config.engine.queue_requests,
        bytes: config.engine.bytes_in_flight_max,
    });
    let frames = journal.frames();
    let (decided, to_write) = mpsc::channel::<Decided>(DRAINS_WAITING_MAX);
    let published =
        Published { directory: Arc::clone(&directory), book: Arc::clone(&book), keys: Arc::clone(&keys) };
    let writer = Writer {
        log: journal,
        decided: to_write,
        published,
        progress: Arc::clone(&progress),
        meters: Arc::clone(&meters),
    };
    let writer = thread("journal")?.spawn(move || writer.run())?;

    let (done, shards_done) = mpsc::channel(1);
    let (mut watched, mut arbiters) = (Vec::new(), Vec::new());
    for number in 0..shard_count {
        let mine = |partition: usize| partition % shard_count == number;
        let all = || 0..usize::from(data_dir.partitions);
        let partition = |partition: usize| {
            let opened = places[partition].len() as u32;
            let head = tip.heads[partition];
            Mutex::new(Partition::new(partition as u8, head, opened, config.journal.frame_bytes_max))
        };
        let common = Common {
            partitions: all().map(|number| mine(number).then(|| partition(number))).collect(),
            secret: data_dir.secret,
            too_old_after: Span::from_days(config.engine.too_old_after_days),
            test_faults,
        };
        let shard = Shard {
            number,
            // One more than the gate lets in, for the supervisor's reminders.
            queue: Arc::new(Queue::new(config.engine.queue_requests + 1)),
            decided: decided.clone(),
            clock: Arc::clone(&clock),
            common: Arc::new(common),
            directory: Arc::clone(&directory),
            book: Arc::clone(&book),
            views: Arc::clone(&views),
            progress: Arc::clone(&progress),
            meters: Arc::clone(&meters),
            pulse: Arc::new(Pulse::default()),
            checks: Arc::clone(&checks),
            house: house.clone(),
            places: all()
                .map(|number| if mine(number) { std::mem::take(&mut places[number]) } else { Vec::new() })
                .collect(),
            opening: HashMap::new(),
            actors: 0,
            idle_after: Span::from_seconds(config.engine.idle_after_seconds),
            drain_events_max: config.engine.drain_events_max,
            put_away_from: (0, 0),
        };
        watched.push(Watched { queue: Arc::clone(&shard.queue), pulse: Arc::clone(&shard.pulse) });
        arbiters.push(run_shard(shard, done.clone()));
    }

    let viewer = Viewer {
        builder,
        frames: Arc::clone(&frames),
        folder: data_dir.path.clone(),
        progress: Arc::clone(&progress),
        gate: Arc::clone(&gate),
        meters: Arc::clone(&meters),
        checks: Arc::clone(&checks),
        orders: Arc::clone(&orders),
        behind_max: config.views.events_behind_max,
        checkpoint_rows: config.views.checkpoint_events,
    };
    let waiting = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let viewer = thread("views")?.spawn(move || viewer.run(waiting))?;
    let scrub = Scrub {
        frames,
        start: Mark { commit: 0, heads: vec![Head::default(); usize::from(data_dir.partitions)] },
        bytes_per_second: config.journal.scrub_bytes_per_second,
        meters: Arc::clone(&meters),
        checks: Arc::clone(&checks),
        orders: Arc::clone(&orders),
    };
    let scrub = thread("scrub")?.spawn(move || scrub.run())?;
    let supervisor = run_supervisor(Supervisor {
        shards: watched.clone(),
        gate: Arc::clone(&gate),
        directory: Arc::clone(&directory),
        meters: Arc::clone(&meters),
        checks: Arc::clone(&checks),
        orders: Arc::clone(&orders),
        checkpoint_every: Duration::from_secs(config.views.checkpoint_seconds.into()),
        stuck_after: Duration::from_secs(config.engine.stuck_after_seconds.into()),
        seen: watched.iter().map(|_| Seen::now()).collect(),
    });
    meters.recovery_seconds.set(watch.seconds());
    tracing::info!(wallets = directory.len(), commit = tip.commit, seconds = watch.seconds(), "recovered");
    let inner = Inner {
        config,
        clock,
        secret: data_dir.secret,
        directory,
        book,
        keys,
        views,
        gate,
        shards: watched,
        progress,
        checks,
        meters,
        partitions: data_dir.partitions,
    };
    let engine = Engine { inner: Arc::new(inner) };
    Ok(Running { engine, orders, supervisor, shards: arbiters, shards_done, writer, viewer, scrub, data_dir })
}

fn thread(name: &str) -> std::io::Result<std::thread::Builder> {
    Ok(std::thread::Builder::new().name(name.to_owned()))
}

/// Opens journal and views, folds the journal's tail into the views, and believes the journal only if its chain
/// reaches the high-water mark.
fn recover(config: &Config, data_dir: &DataDir) -> Result<Recovered, StartError> {
    let (mut journal, torn) = Embedded::open(&embedded::Settings {
        folder: data_dir.path.clone(),
        partitions: data_dir.partitions,
        write_buffer_bytes: config.journal.write_buffer_bytes,
    })?;
    let views = Arc::new(Views::open(&views::Settings {
        folder: data_dir.path.clone(),
        block_cache_bytes: config.views.block_cache_bytes,
    })?);
    let mut builder =
        Builder::new(Arc::clone(&views), journal.frames(), data_dir.secret, data_dir.partitions)?;
    journal.frames().confirm(builder.position())?;
    let marked = journal.mark().commit;
    let mut at_mark = None;
    loop {
        let pass = builder.pass(PASS_ROWS_MAX, |mark| {
            if mark.commit == marked {
                at_mark = Some(mark.heads.clone());
            }
        })?;
        if pass.rows == 0 {
            break;
        }
    }
    let tip = builder.position().clone();
    journal.accept(tip.clone(), at_mark.as_deref())?;
    if let Some(torn) = torn {
        tracing::warn!(
            torn,
            commit = tip.commit,
            "the journal's log was torn above the high-water mark; the torn tail was cut"
        );
    }
    if builder.rows_since_checkpoint() > 0 {
        builder.checkpoint()?;
    }
    journal.frames().list_files(&data_dir.path)?;
    Ok(Recovered { journal, views, builder, tip })
}

fn load_wallets(views: &Views, partitions: u8) -> Result<Wallets, StoreError> {
    let mut snapshots: Vec<Vec<Option<Snapshot>>> = vec![Vec::new(); usize::from(partitions)];
    let out_of_place = |what: String| StoreError::File { path: "views".into(), error: what };
    let mut posted_at = Timestamp::default();
    views.each_snapshot(|snapshot| {
        posted_at = posted_at.max(snapshot.as_of);
        let id = snapshot.wallet.id;
        let in_partition = snapshots.get_mut(usize::from(id.partition));
        let in_partition = in_partition.filter(|wallets| wallets.len() == id.number as usize);
        let in_partition =
            in_partition.ok_or_else(|| out_of_place(format!("a snapshot before {id:?} is missing")))?;
        in_partition.push(Some(snapshot));
        Ok(())
    })?;
    let directory = Directory::default();
    let mut cells: Vec<Vec<Option<Arc<Cell>>>> =
        snapshots.iter().map(|wallets| vec![None; wallets.len()]).collect();
    let mut after = String::new();
    loop {
        let names = views.wallets(&after, 10_000)?;
        let Some(last) = names.last() else { break };
        after = last.wallet.to_string();
        for named in names {
            let place = (usize::from(named.id.partition), named.id.number as usize);
            let snapshot = snapshots
                .get_mut(place.0)
                .and_then(|wallets| wallets.get_mut(place.1))
                .and_then(Option::take);
            let Snapshot { wallet, as_of } =
                snapshot.ok_or_else(|| out_of_place(format!("wallet {} has no snapshot", named.wallet)))?;
            let published = directory::Published {
                name: named.display,
                time_zone: wallet.time_zone,
                currency: wallet.currency,
                tariff: wallet.tariff,
                status: wallet.status,
                balance: wallet.balance,
                seq: wallet.seq,
                as_of,
            };
            let cell = Arc::new(Cell::new(&named.wallet, named.id, published));
            directory.insert(Arc::clone(&cell));
            cells[place.0][place.1] = Some(cell);
        }
    }
    let place = |cell: Option<Arc<Cell>>| {
        let cell = cell.ok_or_else(|| out_of_place("a wallet has no name".into()))?;
        Ok(Place { cell, slot: None })
    };
    let places = cells.into_iter().map(|cells| cells.into_iter().map(place).collect());
    Ok(Wallets { directory, places: places.collect::<Result<_, StoreError>>()?, posted_at })
}

fn load_house(views: &Views) -> Result<House, StartError> {
    let mut house = House::default();
    for row in views.house()? {
        match row.row().map_err(|error| StartError::House(error.to_string()))? {
            Row::House { record } => house.apply(&record, row.posted_at()).map_err(StartError::House)?,
            Row::Wallet { .. } => return Err(StartError::House("a wallet's record among them".into())),
        }
    }
    Ok(house)
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

fn run_supervisor(supervisor: Supervisor) -> Arbiter {
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
        engine.inner.gate.stop();
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
        drop(engine);
        drop(data_dir);
    }
}

fn join_arbiter(arbiter: Arbiter) {
    if arbiter.join().is_err() {
        tracing::error!("an arbiter ended in a panic");
    }
}
