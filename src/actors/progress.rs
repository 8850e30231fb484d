//! How far the journal and the views have come, for those who wait and those who may let go.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};

use crate::clock::Stopwatch;
use crate::journal::mark::Mark;
use crate::store::rests::Rests;

/// How exactly is remembered when commits became durable.
const REMEMBERED_EVERY: Duration = Duration::from_millis(100);

pub struct Progress {
    durable: watch::Sender<u64>,
    built: watch::Sender<u64>,
    hurry: Notify,
    /// Of the view builder: none while somebody waits for it.
    pub rests: Arc<Rests>,
    built_mark: ArcSwap<Mark>,
    checkpointed: ArcSwap<Mark>,
    durable_rows: AtomicU64,
    built_rows: AtomicU64,
    /// When commits became durable that the views do not hold yet: of every tenth of a second the last one, and when
    /// the first of them did.
    commits: Mutex<VecDeque<(u64, Stopwatch)>>,
}

impl Progress {
    /// Journal and views both stand at `start`.
    pub fn new(start: &Mark) -> Progress {
        let mark = Arc::new(start.clone());
        Progress {
            durable: watch::Sender::new(start.commit),
            built: watch::Sender::new(start.commit),
            hurry: Notify::new(),
            rests: Arc::default(),
            built_mark: ArcSwap::new(Arc::clone(&mark)),
            checkpointed: ArcSwap::new(mark),
            durable_rows: AtomicU64::new(0),
            built_rows: AtomicU64::new(0),
            commits: Mutex::default(),
        }
    }

    /// The journal holds everything up to `commit`.
    pub fn durable(&self, commit: u64, rows: u64) {
        self.durable_rows.fetch_add(rows, Relaxed);
        let mut commits = self.commits.lock();
        match commits.back_mut().filter(|(_, since)| since.elapsed() < REMEMBERED_EVERY) {
            Some((last, _)) => *last = commit,
            None => commits.push_back((commit, Stopwatch::start())),
        }
        drop(commits);
        self.durable.send_replace(commit);
    }

    /// The views answer for everything up to `mark`.
    pub fn built(&self, mark: &Mark, rows: u64) {
        self.built_rows.fetch_add(rows, Relaxed);
        let mut commits = self.commits.lock();
        while commits.front().is_some_and(|(commit, _)| *commit <= mark.commit) {
            commits.pop_front();
        }
        drop(commits);
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

    /// How long ago the first commit became durable that the views do not hold yet.
    pub fn behind_for(&self) -> Duration {
        self.commits.lock().front().map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }

    /// Ends when somebody waits for the views.
    pub async fn hurried(&self) {
        self.hurry.notified().await;
    }

    /// Waits until the views hold what is durable now; false when the engine stops before.
    pub async fn caught_up(&self) -> bool {
        let wanted = *self.durable.borrow();
        if *self.built.borrow() < wanted {
            self.rests.hurry();
            self.hurry.notify_one();
        }
        self.built.subscribe().wait_for(|built| *built >= wanted).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_the_views_are_behind_counts_from_the_first_commit_that_they_lack() {
        let mark = |commit| Mark { commit, heads: Vec::new() };
        let progress = Progress::new(&mark(0));
        assert_eq!(progress.behind_for(), Duration::ZERO);
        progress.durable(1, 5);
        std::thread::sleep(REMEMBERED_EVERY);
        progress.durable(2, 5);
        progress.durable(3, 5);
        assert!(progress.behind_for() >= REMEMBERED_EVERY, "commit 1 is lacking");
        progress.built(&mark(1), 5);
        assert!(progress.behind_for() < REMEMBERED_EVERY, "commit 2 is just durable");
        progress.built(&mark(3), 10);
        assert_eq!((progress.behind_for(), progress.rows_behind()), (Duration::ZERO, 0));
    }
}
