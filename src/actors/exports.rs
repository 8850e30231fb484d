//! Exports: threads that write much from one state of the views, each for one client, and give way to everything else.
//!
//! An export writes into a bounded queue of pieces, from which the client is answered: a client that reads slowly slows
//! its export down, one that goes away ends it. While events wait to be decided it rests eight times as long as it works: the
//! lowest priority alone leaves it every moment in which the engine waits for the disk. A download is whole only where its
//! export said so: one that failed, panicked or was told to stop is cut, and the client sees it. At a stop all of them end
//! soon, so that none outlives the databases.

use std::fmt::Display;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::command::Busy;
use super::yielding;
use crate::clock::Stopwatch;
use crate::metrics::outside;

/// Exports under way at once.
const EXPORTS_MAX: usize = 4;
/// When to ask again where there are as many.
const RETRY_AFTER_SECONDS: u32 = 5;
const PIECE_BYTES: usize = 64 << 10;
/// Pieces that wait for the client.
const PIECES_WAITING: usize = 4;

/// What an export rests beside events, for what it works.
const RESTS: u32 = 8;
/// Of one rest, so that an export that is to end ends soon; the remainder comes after later pieces.
const REST_MAX: Duration = Duration::from_millis(50);

/// Do events wait to be decided?
type EventsWait = Arc<dyn Fn() -> bool + Send + Sync>;

/// The exports under way.
pub struct Exports {
    events_wait: EventsWait,
    room: Arc<Semaphore>,
    counts: Arc<Counts>,
    stopping: watch::Sender<bool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// How many have come to which end, and what they have sent.
#[derive(Default)]
pub struct Counts {
    /// By [`Ending`].
    ended: [AtomicU64; ENDINGS],
    bytes: AtomicU64,
}

/// In the order of [`outside::EXPORTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Whole,
    GivenUp,
    Cut,
    NotBegun,
}

const ENDINGS: usize = outside::EXPORTS.len();

/// What the metrics are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportFigures {
    pub running: usize,
    /// Since the start, in the order of [`outside::EXPORTS`].
    pub ended: [u64; ENDINGS],
    pub bytes: u64,
}

/// Why an export did not begin.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun<E> {
    #[error("busy")]
    Busy(Busy),
    #[error(transparent)]
    Failed(E),
    /// Its thread did not start, or ended before it had anything to say.
    #[error("the thread of an export: {0}")]
    Ended(io::Error),
}

enum Piece {
    Bytes(Bytes),
    /// Nothing is missing.
    End,
}

/// When an export rests.
struct Rest {
    events_wait: EventsWait,
    since: Stopwatch,
    owed: Duration,
}

impl Rest {
    fn new(events_wait: EventsWait) -> Rest {
        Rest { events_wait, since: Stopwatch::start(), owed: Duration::ZERO }
    }

    /// How long to rest now, having worked so long.
    fn due(&mut self, worked: Duration) -> Duration {
        self.owed = if (self.events_wait)() { self.owed + worked * RESTS } else { Duration::ZERO };
        let due = self.owed.min(REST_MAX);
        self.owed -= due;
        due
    }
}

/// Where an export writes to.
pub struct Outlet {
    rest: Rest,
    counts: Arc<Counts>,
    pieces: mpsc::Sender<Piece>,
    stopping: watch::Receiver<bool>,
    waiting: tokio::runtime::Runtime,
    gathered: BytesMut,
}

/// Tells an export whether to go on.
#[derive(Clone)]
pub struct Wanted {
    pieces: mpsc::Sender<Piece>,
    stopping: watch::Receiver<bool>,
}

/// What an export writes, as it comes. Ends with [`Cut`] where something is missing.
pub struct Download {
    pieces: mpsc::Receiver<Piece>,
    ended: bool,
}

/// The download is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the export did not come to its end")]
pub struct Cut;

impl Exports {
    /// Exports that rest while `events_wait`.
    pub fn beside(events_wait: impl Fn() -> bool + Send + Sync + 'static) -> Exports {
        let events_wait = Arc::new(events_wait);
        let room = Arc::new(Semaphore::new(EXPORTS_MAX));
        let (counts, stopping) = (Arc::default(), watch::Sender::new(false));
        Exports { events_wait, room, counts, stopping, threads: Mutex::default() }
    }
}

/// Counts an export when it has ended, however it has.
struct Counted {
    counts: Arc<Counts>,
    ending: Ending,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.counts.ended[self.ending as usize].fetch_add(1, Relaxed);
    }
}

impl Exports {
    /// Runs an export on a thread of its own. `begin` says what is to come: where it fails nothing is sent at all.
    /// Then `write` writes it.
    pub async fn start<T, E>(
        &self,
        begin: impl FnOnce() -> Result<T, E> + Send + 'static,
        write: impl FnOnce(T, Outlet) -> Result<Outlet, E> + Send + 'static,
    ) -> Result<(T, Download), NotBegun<E>>
    where
        T: Clone + Send + 'static,
        E: Display + Send + 'static,
    {
        let busy = |stopping| NotBegun::Busy(Busy { retry_after_seconds: RETRY_AFTER_SECONDS, stopping });
        let permit = Arc::clone(&self.room).try_acquire_owned().map_err(|_| busy(false))?;
        let (pieces, to_come) = mpsc::channel(PIECES_WAITING);
        let (said, begun) = oneshot::channel();
        let (stopping, counts) = (self.stopping.subscribe(), Arc::clone(&self.counts));
        let events_wait = Arc::clone(&self.events_wait);
        {
            // Under the lock, so that a stop either sees the thread or is seen.
            let mut threads = self.threads.lock();
            if *self.stopping.borrow() {
                return Err(busy(true));
            }
            threads.retain(|thread| !thread.is_finished());
            let thread = std::thread::Builder::new().name("export".to_owned());
            let run = move || {
                yielding::export();
                // What panics is cut.
                let mut counted = Counted { counts: Arc::clone(&counts), ending: Ending::Cut };
                counted.ending = match Outlet::new(Rest::new(events_wait), counts, pieces, stopping) {
                    Ok(outlet) => run(outlet, said, begin, write),
                    Err(error) => {
                        tracing::error!("an export did not begin: {error}");
                        Ending::NotBegun
                    }
                };
                drop(permit);
            };
            threads.push(thread.spawn(run).map_err(NotBegun::Ended)?);
        }
        match begun.await {
            Ok(Ok(begun)) => Ok((begun, Download { pieces: to_come, ended: false })),
            Ok(Err(error)) => Err(NotBegun::Failed(error)),
            Err(_) => Err(NotBegun::Ended(io::ErrorKind::Other.into())),
        }
    }

    pub fn figures(&self) -> ExportFigures {
        ExportFigures {
            running: EXPORTS_MAX - self.room.available_permits(),
            ended: std::array::from_fn(|ending| self.counts.ended[ending].load(Relaxed)),
            bytes: self.counts.bytes.load(Relaxed),
        }
    }

    /// Ends all of them soon and begins no more.
    pub fn stop(&self) {
        let _threads = self.threads.lock();
        self.stopping.send_replace(true);
    }

    /// Waits for the ends of all, after [`Exports::stop`].
    pub fn join(&self) {
        let threads = std::mem::take(&mut *self.threads.lock());
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("an export ended in a panic");
            }
        }
    }
}

fn run<T: Clone, E: Display>(
    outlet: Outlet,
    said: oneshot::Sender<Result<T, E>>,
    begin: impl FnOnce() -> Result<T, E>,
    write: impl FnOnce(T, Outlet) -> Result<Outlet, E>,
) -> Ending {
    let begun = begin();
    let to_write = begun.as_ref().ok().cloned();
    let heard = said.send(begun).is_ok();
    let Some(to_write) = to_write else { return Ending::NotBegun };
    if !heard {
        return Ending::GivenUp;
    }
    let wanted = outlet.wanted();
    match write(to_write, outlet) {
        // Whoever does not wait for the end need not be told of it.
        Ok(outlet) => outlet.finish().map_or(Ending::GivenUp, |()| Ending::Whole),
        Err(error) if wanted.is_so() => {
            tracing::error!("an export was cut: {error}");
            Ending::Cut
        }
        Err(error) => {
            tracing::debug!("an export was given up: {error}");
            Ending::GivenUp
        }
    }
}

impl Outlet {
    fn new(
        rest: Rest,
        counts: Arc<Counts>,
        pieces: mpsc::Sender<Piece>,
        stopping: watch::Receiver<bool>,
    ) -> io::Result<Outlet> {
        let waiting = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Outlet { rest, counts, pieces, stopping, waiting, gathered: BytesMut::new() })
    }

    /// For whoever works long without writing.
    pub fn wanted(&self) -> Wanted {
        Wanted { pieces: self.pieces.clone(), stopping: self.stopping.clone() }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let piece = self.gathered.split().freeze();
        self.counts.bytes.fetch_add(piece.len() as u64, Relaxed);
        let worked = self.rest.since.elapsed();
        self.send(Piece::Bytes(piece))?;
        let rest = self.rest.due(worked);
        if !rest.is_zero() {
            std::thread::sleep(rest);
        }
        self.rest.since = Stopwatch::start();
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        if !self.gathered.is_empty() {
            self.hand_on()?;
        }
        self.send(Piece::End)
    }

    /// Waits for room: until there is some, the client has gone, or the engine stops.
    fn send(&mut self, piece: Piece) -> io::Result<()> {
        let Outlet { pieces, stopping, waiting, .. } = self;
        waiting.block_on(async {
            tokio::select! {
                biased;
                // Not `Interrupted`: whoever writes tries again after that.
                _ = stopping.wait_for(|stopping| *stopping) => Err(io::ErrorKind::ConnectionAborted),
                sent = pieces.send(piece) => sent.map_err(|_| io::ErrorKind::BrokenPipe),
            }
        })?;
        Ok(())
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.gathered.len());
        self.gathered.reserve(PIECE_BYTES - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == PIECE_BYTES {
            self.hand_on()?;
        }
        Ok(taken)
    }

    /// Nothing: pieces are handed on when they are full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wanted {
    pub fn is_so(&self) -> bool {
        !self.pieces.is_closed() && !*self.stopping.borrow()
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Cut>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let piece = ready!(self.pieces.poll_recv(context));
        self.ended = !matches!(piece, Some(Piece::Bytes(_)));
        Poll::Ready(match piece {
            Some(Piece::Bytes(bytes)) => Some(Ok(bytes)),
            Some(Piece::End) => None,
            None => Some(Err(Cut)),
        })
    }
}

#[cfg(test)]
mod tests;
