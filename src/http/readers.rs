//! The threads that read large bodies and write the answers to them.
//!
//! As many as there are cores: more would not be done sooner, and whoever has only little to ask would wait for each of them
//! to have had its part of a core. They give way to the threads that serve connections, for the same reason. And while small
//! requests come too, each rests after each piece of work: at full load every core is taken whatever gives way to whom, and
//! whoever sends little would wait for whoever sends much.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::Data;
use parking_lot::Mutex;
use tokio::runtime::{Builder, Runtime};

use super::problem::Problem;
use crate::actors::yielding;
use crate::clock::Stopwatch;

/// How many times as long as its work a thread rests while small requests come.
const RESTS: u32 = 3;
/// Most of a piece of work that counts for its rest.
const WORK_MAX: Duration = Duration::from_millis(3);
/// Small requests come if one did so lately.
const LATELY: Duration = Duration::from_millis(250);

thread_local! {
    /// When the thread's last piece of work ended, and how long it took.
    static LAST_WORK: Cell<Option<(Stopwatch, Duration)>> = const { Cell::new(None) };
}

/// When a small request came last.
#[derive(Clone, Default)]
struct Small(Arc<Mutex<Option<Stopwatch>>>);

impl Small {
    fn came_lately(&self) -> bool {
        self.0.lock().is_some_and(|since| since.elapsed() < LATELY)
    }
}

/// What is left of the rest after a piece of work that ended so long ago.
fn rest_left(work: Duration, ended_for: Duration) -> Duration {
    (work.min(WORK_MAX) * RESTS).saturating_sub(ended_for)
}

pub struct Readers {
    /// Nothing runs in it but on its threads for work that blocks. `None` once it was let go of.
    runtime: Option<Runtime>,
    small: Small,
}

impl Readers {
    /// No thread yet: they come with the work, and go when there has been none for some seconds.
    pub fn new() -> io::Result<Readers> {
        let threads = available_parallelism().map_or(1, NonZero::get);
        let mut builder = Builder::new_current_thread();
        builder.max_blocking_threads(threads).thread_name("reading").on_thread_start(yielding::read_much);
        Ok(Readers { runtime: Some(builder.build()?), small: Small::default() })
    }

    /// What `work` came to. Whoever no longer waits does not end it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let runtime = self.runtime.as_ref().expect("it is let go of with its last owner only");
        let small = self.small.clone();
        let rested = move || {
            if small.came_lately()
                && let Some((ended, took)) = LAST_WORK.get()
            {
                std::thread::sleep(rest_left(took, ended.elapsed()));
            }
            let began = Stopwatch::start();
            let done = work();
            LAST_WORK.set(Some((Stopwatch::start(), began.elapsed())));
            done
        };
        runtime.spawn_blocking(rested).await.map_err(Problem::internal)
    }

    /// A small request has come that others must not keep waiting.
    pub fn small_came(&self) {
        *self.small.0.lock() = Some(Stopwatch::start());
    }
}

impl Drop for Readers {
    /// May be on a thread that must not wait: work under way ends by itself.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Those of the server that a request came to.
pub fn of(request: &HttpRequest) -> &Readers {
    request.app_data::<Data<Readers>>().expect("serve gives every request the readers")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use futures_util::future::join_all;

    use super::*;

    #[actix_web::test]
    async fn no_more_work_at_once_than_there_are_cores_and_all_of_it_is_done() {
        let readers = Readers::new().unwrap();
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let cores = available_parallelism().map_or(1, NonZero::get);
        let work = |number: usize| {
            let (under_way, most) = (Arc::clone(&under_way), Arc::clone(&most));
            readers.run(move || {
                most.fetch_max(under_way.fetch_add(1, SeqCst) + 1, SeqCst);
                std::thread::sleep(Duration::from_millis(2));
                under_way.fetch_sub(1, SeqCst);
                number
            })
        };
        let done = join_all((0..4 * cores).map(work)).await;
        assert!(done.into_iter().map(Result::unwrap).eq(0..4 * cores));
        assert!((1..=cores).contains(&most.load(SeqCst)), "{most:?} of {cores}");
    }

    #[test]
    fn a_rest_is_counted_from_the_end_of_the_work_and_bounded() {
        let table = [(1, 0, 3), (1, 2, 1), (1, 3, 0), (1, 500, 0), (3, 0, 9), (80, 0, 9), (80, 4, 5)];
        for (work, ended_for, want) in table {
            let [work, ended_for, want] = [work, ended_for, want].map(Duration::from_millis);
            assert_eq!(rest_left(work, ended_for), want, "{work:?} of work that ended {ended_for:?} ago");
        }
    }

    #[actix_web::test]
    async fn threads_rest_while_small_requests_come() {
        let readers = Readers::new().unwrap();
        readers.small_came();
        let cores = available_parallelism().map_or(1, NonZero::get);
        let watch = Stopwatch::start();
        // One thread at least has two of them.
        let work = |_| readers.run(|| std::thread::sleep(WORK_MAX));
        join_all((0..=cores).map(work)).await.into_iter().for_each(|done| done.unwrap());
        assert!(watch.elapsed() >= WORK_MAX * (2 + RESTS), "{:?}", watch.elapsed());
    }

    #[actix_web::test]
    async fn work_that_panics_is_told_and_the_next_is_done() {
        let readers = Readers::new().unwrap();
        assert!(readers.run(|| panic!("a fault asked for by a test")).await.is_err());
        assert_eq!(readers.run(|| 7).await.unwrap(), 7);
    }
}
