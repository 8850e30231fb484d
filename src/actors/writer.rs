//! The journal writer: one thread that makes frames durable and answers afterwards (J1).
//!
//! Whatever has gathered while one write was being synced goes into the next: group commit by back-pressure, no
//! timer. A failed append is final: the process ends, and recovers when it is started again.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::mpsc;

use super::drain::{Drain, Publication};
use super::fatal;
use super::progress::Progress;
use super::schedule::Schedule;
use crate::clock::Stopwatch;
use crate::engine::book::Book;
use crate::engine::directory::Directory;
use crate::engine::endpoints::Endpoints;
use crate::engine::keys::Keys;
use crate::engine::tally::count_absent;
use crate::journal::{Append, Log, Sealed};
use crate::metrics::Meters;

/// Drains that may wait for the journal, from all shards.
pub const DRAINS_WAITING_MAX: usize = 8;
/// Frames of one write: what comes on top waits for the next.
const WRITE_BYTES_MAX: usize = 16 << 20;

/// A drain that was decided, and its frames.
pub struct Decided {
    pub frames: Vec<Sealed>,
    pub drain: Drain,
}

/// Where durable facts are published.
pub struct Published {
    pub directory: Arc<Directory>,
    pub book: Arc<ArcSwap<Book>>,
    pub endpoints: Arc<ArcSwap<Endpoints>>,
    pub keys: Arc<Keys>,
    pub schedule: Arc<Schedule>,
    pub meters: Arc<Meters>,
}

pub struct Writer<L> {
    pub log: L,
    pub decided: mpsc::Receiver<Decided>,
    pub published: Published,
    pub progress: Arc<Progress>,
}

impl<L: Log> Writer<L> {
    /// Runs until every shard has let go of its end of the queue; gives the log back.
    pub fn run(mut self) -> L {
        while let Some(first) = self.decided.blocking_recv() {
            let mut group = vec![first];
            let mut bytes: usize = frame_bytes(&group[0]);
            while bytes < WRITE_BYTES_MAX {
                let Ok(next) = self.decided.try_recv() else { break };
                bytes += frame_bytes(&next);
                group.push(next);
            }
            self.write(group);
        }
        self.log
    }

    fn write(&mut self, group: Vec<Decided>) {
        let (mut frames, mut drains) = (Vec::new(), Vec::with_capacity(group.len()));
        for decided in group {
            frames.extend(decided.frames);
            drains.push(decided.drain);
        }
        if !frames.is_empty() {
            self.append(&frames);
            let rows = frames.iter().map(|frame| u64::from(frame.rows)).sum();
            self.published.meters.journal.rows.increment(rows);
            self.progress.durable(self.log.commit(), rows);
        }
        let Writer { published, .. } = self;
        for drain in drains {
            drain.finish(
                |publication| published.publish(publication),
                |numbers| published.directory.publish(numbers),
                |told, absence| count_absent(&published.meters.traffic, told, absence),
            );
        }
    }

    fn append(&mut self, frames: &[Sealed]) {
        let watch = Stopwatch::start();
        let meters = &self.published.meters.journal;
        let [durable, failed, unknown] = &meters.appends[..] else {
            unreachable!("an append ends in three ways")
        };
        loop {
            match self.log.append(frames) {
                Append::Durable => break,
                // The identical frames: what stands already is found standing.
                Append::Unknown(why) => {
                    unknown.increment(1);
                    tracing::warn!(why, "the end of an append is unknown; appending again")
                }
                Append::Failed(why) => {
                    failed.increment(1);
                    fatal::on_failed_append(&why)
                }
            }
        }
        durable.increment(1);
        meters.commit_seconds.record(watch.seconds());
        meters.sync_seconds.record(self.log.last_sync().as_secs_f64());
        meters.commits.increment(1);
        for frame in frames {
            meters.frame_bytes.record(frame.bytes.len() as f64);
        }
        meters.bytes.increment(frames.iter().map(|frame| frame.bytes.len() as u64).sum());
    }
}

fn frame_bytes(decided: &Decided) -> usize {
    decided.frames.iter().map(|frame| frame.bytes.len()).sum()
}

impl Published {
    fn publish(&self, publication: Publication) {
        match publication {
            Publication::Opened(cell) => self.directory.insert(cell),
            Publication::Terms(cell, name, wallet) => cell.publish_terms(&name, &wallet),
            Publication::Rented(cell, rented) => cell.publish_rented(rented),
            Publication::Plan(cell, plan) => self.schedule.put(&cell, plan),
            Publication::Book(book) => {
                // Currencies are counted from zero on.
                book.tariffs().for_each(|tariff| drop(self.meters.traffic.money.of(tariff.currency())));
                self.book.store(book);
            }
            Publication::Endpoints(endpoints) => self.endpoints.store(endpoints),
            Publication::Key(digest, key) => self.keys.publish(digest, key),
        }
    }
}
