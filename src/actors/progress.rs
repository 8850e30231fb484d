//! How far the journal and the views have come, for those who wait and those who may let go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};

use crate::journal::mark::Mark;

pub struct Progress {
    durable: watch::Sender<u64>,
    built: watch::Sender<u64>,
    hurry: Notify,
    built_mark: ArcSwap<Mark>,
    checkpointed: ArcSwap<Mark>,
    durable_rows: AtomicU64,
    built_rows: AtomicU64,
}

impl Progress {
    /// Journal and views both stand at `start`.
    pub fn new(start: &Mark) -> Progress {
        let mark = Arc::new(start.clone());
        Progress {
            durable: watch::Sender::new(start.commit),
            built: watch::Sender::new(start.commit),
            hurry: Notify::new(),
            built_mark: ArcSwap::new(Arc::clone(&mark)),
            checkpointed: ArcSwap::new(mark),
            durable_rows: AtomicU64::new(0),
            built_rows: AtomicU64::new(0),
        }
    }

    /// The journal holds everything up to `commit`.
    pub fn durable(&self, commit: u64, rows: u64) {
        self.durable_rows.fetch_add(rows, Relaxed);
        self.durable.send_replace(commit);
    }

    /// The views answer for everything up to `mark`.
    pub fn built(&self, mark: &Mark, rows: u64) {
        self.built_rows.fetch_add(rows, Relaxed);
        self.built_mark.store(Arc::new(mark.clone()));
        self.built.send_replace(mark.commit);
    }

    /// A crash would find the views at `mark`.
    pub fn checkpointed(&self, mark: &Mark) {
        self.checkpointed.store(Arc::new(mark.clone()));
    }

    /// Up to which frame of a partition the views answer.
    pub fn built_frame(&self, partition: u8) -> u64 {
        self.built_mark.load().heads.get(usize::from(partition)).map_or(0, |head| head.number)
    }

    /// Up to which frame of a partition the stored snapshots reach.
    pub fn checkpointed_frame(&self, partition: u8) -> u64 {
        self.checkpointed.load().heads.get(usize::from(partition)).map_or(0, |head| head.number)
    }

    /// Durable rows that the views do not hold yet.
    pub fn rows_behind(&self) -> u64 {
        self.durable_rows.load(Relaxed).saturating_sub(self.built_rows.load(Relaxed))
    }

    /// Ends when somebody waits for the views.
    pub async fn hurried(&self) {
        self.hurry.notified().await;
    }

    /// Waits until the views hold what is durable now; false when the engine stops before.
    pub async fn caught_up(&self) -> bool {
        let wanted = *self.durable.borrow();
        if *self.built.borrow() < wanted {
            self.hurry.notify_one();
        }
        self.built.subscribe().wait_for(|built| *built >= wanted).await.is_ok()
    }
}
