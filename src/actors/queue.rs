//! A shard's queue: bounded, and waited for without a thread of its own.
//!
//! Each job carries when it came: the age of a queue is what its callers wait for. An actix
//! mailbox does not bound what is sent to it: every clone of an address brings a slot of its own.

use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_queue::ArrayQueue;
use tokio::sync::Notify;

use crate::clock::Stopwatch;

pub struct Queue<T> {
    jobs: ArrayQueue<(Stopwatch, T)>,
    wake: Notify,
    closed: AtomicBool,
}

impl<T> Queue<T> {
    pub fn new(capacity: usize) -> Queue<T> {
        Queue { jobs: ArrayQueue::new(capacity.max(1)), wake: Notify::new(), closed: AtomicBool::new(false) }
    }

    /// Gives the job back where there is no room, or where the queue was closed.
    pub fn push(&self, job: T) -> Result<(), T> {
        if self.closed.load(Ordering::Acquire) {
            return Err(job);
        }
        self.jobs.push((Stopwatch::start(), job)).map_err(|(_, job)| job)?;
        self.wake.notify_one();
        Ok(())
    }

    /// A job, and since when it has waited.
    pub fn pop(&self) -> Option<(Stopwatch, T)> {
        self.jobs.pop()
    }

    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    pub fn capacity(&self) -> usize {
        self.jobs.capacity()
    }

    /// Waits for a job, and says since when it has waited; `None` once the queue is closed and empty.
    pub async fn next(&self) -> Option<(Stopwatch, T)> {
        loop {
            if let Some(job) = self.jobs.pop() {
                return Some(job);
            }
            if self.closed.load(Ordering::Acquire) {
                // What was pushed before the close is still to be done.
                return self.jobs.pop();
            }
            self.wake.notified().await;
        }
    }

    /// Takes nothing more; what is in it is still handed out.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_rt::test]
    async fn a_full_queue_gives_the_job_back_and_a_closed_one_hands_out_the_rest() {
        let queue = Queue::new(2);
        assert_eq!(queue.push(1), Ok(()));
        assert_eq!(queue.push(2), Ok(()));
        assert_eq!(queue.push(3), Err(3), "there is room for two");
        queue.close();
        assert_eq!(queue.push(4), Err(4), "a closed queue takes nothing");
        assert_eq!(queue.next().await.map(|(_, job)| job), Some(1));
        assert_eq!(queue.next().await.map(|(_, job)| job), Some(2));
        assert!(queue.next().await.is_none());
    }
}
