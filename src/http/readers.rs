//! The threads that read large bodies and write the answers to them.
//!
//! As many as there are cores: more would not be done sooner, and whoever has only little to ask would wait for each of them
//! to have had its part of a core. They give way to the threads that serve connections, for the same reason.

use std::io;
use std::num::NonZero;
use std::thread::available_parallelism;

use actix_web::HttpRequest;
use actix_web::web::Data;
use tokio::runtime::{Builder, Runtime};

use super::problem::Problem;
use crate::actors::yielding;

pub struct Readers {
    /// Nothing runs in it but on its threads for work that blocks. `None` once it was let go of.
    runtime: Option<Runtime>,
}

impl Readers {
    /// No thread yet: they come with the work, and go when there has been none for some seconds.
    pub fn new() -> io::Result<Readers> {
        let threads = available_parallelism().map_or(1, NonZero::get);
        let mut builder = Builder::new_current_thread();
        builder.max_blocking_threads(threads).thread_name("reading").on_thread_start(yielding::read_much);
        Ok(Readers { runtime: Some(builder.build()?) })
    }

    /// What `work` came to. Whoever no longer waits does not end it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let runtime = self.runtime.as_ref().expect("it is let go of with its last owner only");
        runtime.spawn_blocking(work).await.map_err(Problem::internal)
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

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

    #[actix_web::test]
    async fn work_that_panics_is_told_and_the_next_is_done() {
        let readers = Readers::new().unwrap();
        assert!(readers.run(|| panic!("a fault asked for by a test")).await.is_err());
        assert_eq!(readers.run(|| 7).await.unwrap(), 7);
    }
}
