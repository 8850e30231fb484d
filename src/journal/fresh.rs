//! Frames that have just become durable, as they were sealed: the view builder takes them here and need not read them back.
//!
//! Only as much is kept as memory allows, and each commit is given out once: whoever does not find the next one here reads
//! the journal ([ADR 12](../../docs/adr/0012-frames-are-handed-to-the-views.md)).

use std::collections::VecDeque;

use parking_lot::Mutex;

use super::Sealed;

/// Bytes of frames that are kept: two seconds of full load. The shards keep the same bytes until the views hold them, so
/// that while the builder keeps up this takes no memory of its own.
const BYTES_MAX: usize = 128 << 20;

/// The frames that became durable together, one of a partition at the most.
#[derive(Debug)]
pub struct Commit {
    pub number: u64,
    pub frames: Vec<Sealed>,
}

/// Commits one after the other, the last ones.
#[derive(Debug, Default)]
pub struct Fresh {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    commits: VecDeque<Commit>,
    bytes: usize,
}

impl Commit {
    fn bytes(&self) -> usize {
        self.frames.iter().map(|frame| frame.bytes.len()).sum()
    }

    fn rows(&self) -> u64 {
        self.frames.iter().map(|frame| u64::from(frame.rows)).sum()
    }
}

impl Kept {
    fn pop(&mut self) -> Option<Commit> {
        let commit = self.commits.pop_front()?;
        self.bytes -= commit.bytes();
        Some(commit)
    }
}

impl Fresh {
    /// Keeps a commit that has become durable, the next after the one kept before it.
    pub fn keep(&self, commit: Commit) {
        let mut kept = self.kept.lock();
        kept.bytes += commit.bytes();
        kept.commits.push_back(commit);
        while kept.bytes > BYTES_MAX && kept.pop().is_some() {}
    }

    /// Takes the commits that follow number `after`, whole ones of about so many rows; none where the first of them is not
    /// here.
    pub fn take(&self, after: u64, rows_max: u64) -> Vec<Commit> {
        let mut kept = self.kept.lock();
        // Those that were read from the journal meanwhile.
        while kept.commits.front().is_some_and(|commit| commit.number <= after) {
            kept.pop();
        }
        let (mut taken, mut rows) = (Vec::new(), 0);
        if kept.commits.front().is_some_and(|commit| commit.number == after + 1) {
            while rows < rows_max
                && let Some(commit) = kept.pop()
            {
                rows += commit.rows();
                taken.push(commit);
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(number: u64, bytes: usize) -> Commit {
        let sealed =
            Sealed { partition: 0, number, rows: 10, bytes: vec![0; bytes].into(), ids: Default::default() };
        Commit { number, frames: vec![sealed] }
    }

    fn taken(fresh: &Fresh, after: u64, rows_max: u64) -> Vec<u64> {
        fresh.take(after, rows_max).iter().map(|commit| commit.number).collect()
    }

    #[test]
    fn commits_come_out_once_in_order_and_only_where_none_is_missing_before_them() {
        let fresh = Fresh::default();
        (4..=9).for_each(|number| fresh.keep(commit(number, 8)));
        assert_eq!(taken(&fresh, 2, 100), [0; 0], "commit 3 is not here");
        assert_eq!(taken(&fresh, 4, 11), [5, 6], "whole commits, as many as have eleven rows");
        assert_eq!(taken(&fresh, 4, 11), [0; 0], "5 was taken");
        assert_eq!(taken(&fresh, 6, u64::MAX), [7, 8, 9]);
        assert_eq!(taken(&fresh, 9, u64::MAX), [0; 0]);
        fresh.keep(commit(10, 8));
        assert_eq!(taken(&fresh, 10, u64::MAX), [0; 0], "10 was read from the journal meanwhile");
        assert_eq!(fresh.kept.lock().bytes, 0);
    }

    #[test]
    fn what_does_not_fit_is_let_go_of_from_the_oldest_on() {
        let fresh = Fresh::default();
        let third = BYTES_MAX / 3;
        (1..=5).for_each(|number| fresh.keep(commit(number, third)));
        assert_eq!(taken(&fresh, 0, u64::MAX), [0; 0]);
        assert_eq!(taken(&fresh, 2, u64::MAX), [3, 4, 5]);
        fresh.keep(commit(6, BYTES_MAX + 1));
        assert_eq!((taken(&fresh, 5, u64::MAX), fresh.kept.lock().bytes), (vec![], 0));
    }
}
