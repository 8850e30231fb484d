//! A shard: one thread that runs some partitions and is home to the actors of their wallets.
//!
//! It takes a drain from its queue, loads, gives each wallet its turn, hands the frames to the journal writer and
//! goes on with the next drain on memory that runs ahead of the disk. It reads the views; it never writes or syncs.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use actix::{ActorContext, ActorState, Handler};
use arc_swap::ArcSwap;
use tokio::sync::mpsc;

use super::drain::{Common, Drain, Ended, Job, NONE};
use super::fatal;
use super::gate::Gate;
use super::health::Checks;
use super::line::Line;
use super::prepare::Turns;
use super::progress::Progress;
use super::queue::Queue;
use super::wallet::{InShard, Turn, WalletActor};
use super::writer::Decided;
use crate::clock::{Clock, Stopwatch};
use crate::domain::time::{Span, Timestamp};
use crate::domain::wallet::{Wallet, WalletId};
use crate::engine::book::Book;
use crate::engine::directory::{Cell, Directory};
use crate::engine::endpoints::Endpoints;
use crate::engine::house::House;
use crate::engine::partition::Partition;
use crate::metrics::Meters;
use crate::store::together::bring;
use crate::store::views::Views;

/// Wallets looked at for being idle in one go, so that a shard with millions of them is not held up.
const PUT_AWAY_STEP: usize = 50_000;

/// Turns whose wallets and events are brought from memory together: so few that they are still in the cache of the core when
/// the last of them is taken.
const TURNS_AT_A_TIME: usize = 64;

/// Events that a drain waits for while large requests are being read: beyond it an event costs little less.
const GATHERED_MAX: usize = 8_192;
/// How long it waits for them, and how long until it looks again: a wake for each piece would take the cores from those who
/// read.
const GATHERING_MAX: Duration = Duration::from_millis(10);
const GATHERING_STEP: Duration = Duration::from_millis(2);

/// The partition of a wallet: a stable hash of its id in the interface.
pub fn partition_of(wallet: &str, partitions: usize) -> u8 {
    let hash = blake3::hash(wallet.as_bytes());
    let number = u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"));
    (number % partitions as u64) as u8
}

/// A wallet's place in its shard, whether it has an actor now or not.
pub struct Place {
    pub cell: Arc<Cell>,
    pub slot: Option<Box<Slot>>,
}

/// A wallet that has an actor.
#[repr(align(64))]
pub struct Slot {
    actor: WalletActor,
    context: InShard,
    /// The frame that its last record may stand in.
    last_frame: u64,
    used_at: Timestamp,
    /// While a drain is prepared: the wallet's last item so far.
    pub last_item: u32,
}

// Two lines of the cache.
const _: () = assert!(size_of::<Slot>() == 128);

impl Slot {
    /// Of a wallet whose last record may stand in `frame`.
    pub fn new(wallet: Wallet, frame: u64) -> Slot {
        Slot {
            actor: WalletActor::new(wallet),
            context: InShard::default(),
            last_frame: frame,
            used_at: Timestamp::default(),
            last_item: NONE,
        }
    }

    pub fn is_quarantined(&self) -> bool {
        self.context.state() != ActorState::Running
    }

    /// Reads something of both lines, to have them brought from memory.
    fn look(&self) -> u64 {
        self.last_frame ^ self.actor.look()
    }
}

/// What the supervisor and the metrics see of a shard.
#[derive(Default)]
pub struct Pulse {
    /// Drains finished.
    pub drains: AtomicU64,
    /// Jobs taken out of the queue and not yet decided.
    pub in_line: AtomicUsize,
    pub actors: AtomicI64,
    pub quarantined: AtomicU64,
    pub recent_ids: AtomicU64,
}

pub struct Shard {
    pub number: usize,
    pub queue: Arc<Queue<Job>>,
    pub gate: Arc<Gate>,
    pub decided: mpsc::Sender<Decided>,
    pub clock: Arc<Clock>,
    pub common: Arc<Common>,
    pub directory: Arc<Directory>,
    pub book: Arc<ArcSwap<Book>>,
    pub endpoints: Arc<ArcSwap<Endpoints>>,
    pub views: Arc<Views>,
    pub progress: Arc<Progress>,
    pub meters: Arc<Meters>,
    pub pulse: Arc<Pulse>,
    pub checks: Arc<Checks>,
    /// Tariffs and keys as decided; used by the shard that runs their partition.
    pub house: House,
    /// By their number; `None` for those of other shards.
    pub partitions: Vec<Option<Partition>>,
    /// By partition and wallet number.
    pub places: Vec<Vec<Place>>,
    /// Wallets whose opening is not durable yet.
    pub opening: HashMap<Box<str>, WalletId>,
    pub actors: i64,
    pub idle_after: Span,
    pub drain_events_max: usize,
    /// Where the search for idle wallets goes on.
    pub put_away_from: (usize, usize),
}

impl Shard {
    /// Runs until the queue is closed and empty.
    pub async fn run(mut self) {
        let (mut line, jobs_max) = (Line::default(), self.queue.capacity());
        loop {
            if line.is_empty() {
                let Some((since, first)) = self.queue.next().await else { return };
                line.push_since(since, first);
            }
            let watch = Stopwatch::start();
            line.fill(&self.queue, jobs_max);
            self.gather(&mut line, jobs_max).await;
            // Those of the drain too, until it is finished: a shard that hangs has work.
            self.pulse.in_line.store(line.len(), Relaxed);
            let (jobs, weight) = line.take(line.weight_max(self.drain_events_max));
            self.meters.shards.queue_wait_seconds.record(line.longest_wait().as_secs_f64());
            self.meters.shards.drain_events.record(weight as f64);
            let (drain, turns) = match self.prepare(jobs) {
                Ok(prepared) => prepared,
                Err(error) => fatal::on_unreadable(&error),
            };
            let drain = self.decide(drain, &turns);
            self.hand_over(drain).await;
            self.meters.shards.drain_seconds.record(watch.seconds());
            self.let_go();
            self.pulse.in_line.store(line.len(), Relaxed);
            self.pulse.drains.fetch_add(1, Relaxed);
        }
    }

    /// Waits for more while more is about to come: an event costs less the more of them are decided in one go, and where
    /// requests are read slower than they are decided every drain would be a few of them.
    async fn gather(&self, line: &mut Line, jobs_max: usize) {
        let watch = Stopwatch::start();
        let enough = GATHERED_MAX.min(self.drain_events_max);
        while self.gate.is_reading() && line.may_wait(enough) && watch.elapsed() < GATHERING_MAX {
            tokio::time::sleep(GATHERING_STEP).await;
            line.fill(&self.queue, jobs_max);
        }
    }

    pub(super) fn partition(&self, number: u8) -> &Partition {
        self.partitions[usize::from(number)].as_ref().expect("a shard is asked for its own partitions only")
    }

    pub(super) fn partition_mut(&mut self, number: u8) -> &mut Partition {
        self.partitions[usize::from(number)].as_mut().expect("a shard is asked for its own partitions only")
    }

    pub(super) fn place(&self, id: WalletId) -> &Place {
        &self.places[usize::from(id.partition)][id.number as usize]
    }

    pub(super) fn place_mut(&mut self, id: WalletId) -> &mut Place {
        &mut self.places[usize::from(id.partition)][id.number as usize]
    }

    /// Gives every wallet its turn, some at a time.
    fn decide(&mut self, mut drain: Drain, turns: &Turns) -> Drain {
        let mut ended = std::mem::take(&mut drain.ended);
        for some in turns.chunks(TURNS_AT_A_TIME) {
            self.touch(some);
            drain.touch(some, &ended);
            some.iter().for_each(|(id, first)| self.give_turn(*id, *first, &drain, &mut ended));
        }
        drain.ended = ended;
        drain
    }

    /// Has what some wallets' turns are sent to brought from memory: asked for together, it answers in about the time of one.
    fn touch(&self, some: &[(WalletId, u32)]) {
        let look = |(id, _): &(WalletId, u32)| self.place(*id).slot.as_ref().map_or(0, |slot| slot.look());
        bring(some.iter().map(look));
    }

    /// Gives a wallet its turn, which begins with the item `first`.
    fn give_turn(&mut self, id: WalletId, first: u32, drain: &Drain, ended: &mut Ended) {
        let place = &mut self.places[usize::from(id.partition)][id.number as usize];
        let slot = place.slot.as_mut().expect("every wallet of the drain was loaded");
        let partition = self.partitions[usize::from(id.partition)].as_mut();
        let partition = partition.expect("a drain is of its shard's own partitions");
        slot.used_at = drain.now;
        slot.last_item = NONE;
        let turn = Turn { drain, partition, cell: &place.cell, ended, first };
        slot.actor.handle(turn, &mut slot.context);
        slot.last_frame = partition.open_frame();
        if slot.is_quarantined() {
            self.tell_quarantined(id);
        }
    }

    /// Tells of a wallet whose rule has failed: its actor has stopped.
    fn tell_quarantined(&self, id: WalletId) {
        tracing::error!(
            wallet = &*self.place(id).cell.wallet,
            "a rule failed on this wallet: it is quarantined until the next start"
        );
        self.pulse.quarantined.fetch_add(1, Relaxed);
    }

    /// Gives the frames of a drain, and its answers, to the journal writer.
    async fn hand_over(&mut self, drain: Drain) {
        let (mut frames, mut recent_ids) = (Vec::new(), 0);
        for partition in self.partitions.iter_mut().flatten() {
            frames.extend(partition.seal(drain.now));
            partition.tally().flush(&self.meters.traffic);
            recent_ids += partition.recent_ids() as u64;
        }
        self.pulse.recent_ids.store(recent_ids, Relaxed);
        if self.decided.send(Decided { frames, drain }).await.is_err() {
            self.checks.fail("journal", "the journal writer is gone");
        }
    }

    /// Forgets what the views hold by now.
    fn let_go(&mut self) {
        for partition in self.partitions.iter_mut().flatten() {
            let built = self.progress.built_frame(partition.number());
            partition.built(built);
        }
        if !self.opening.is_empty() {
            let directory = Arc::clone(&self.directory);
            self.opening.retain(|wallet, _| directory.with(wallet, |_| ()).is_none());
        }
        self.pulse.actors.store(self.actors, Relaxed);
    }

    /// Puts idle wallets away whose stored snapshot holds their last record.
    pub(super) fn put_away(&mut self, now: Timestamp) {
        let idle_since = now.minus(self.idle_after);
        let (mut partition, mut number) = self.put_away_from;
        for _ in 0..PUT_AWAY_STEP {
            if partition >= self.places.len() {
                (partition, number) = (0, 0);
                break;
            }
            let Some(place) = self.places[partition].get_mut(number) else {
                (partition, number) = (partition + 1, 0);
                continue;
            };
            let stored = self.progress.checkpointed_frame(partition as u8);
            let idle = |slot: &Slot| {
                !slot.is_quarantined() && slot.used_at <= idle_since && slot.last_frame <= stored
            };
            if place.slot.take_if(|slot| idle(slot)).is_some() {
                self.actors -= 1;
                self.meters.shards.wallets_put_away.increment(1);
            }
            number += 1;
        }
        self.put_away_from = (partition, number);
    }
}
