//! The closed loop, the same for every ledger: each connection sends its next events when the last are answered.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use tokio::task::{JoinSet, LocalSet};

use super::fold::{Counts, Outcome};
use super::stream::{Event, Feed, LANES, Stream};
use crate::clock;

/// Answers slower than this are recorded as this.
const LATENCY_MAX_US: u64 = 600_000_000;

/// One connection to a ledger.
pub trait Caller: 'static {
    /// Sends events in order and waits for all answers, in as many calls as its way of calling has it.
    async fn call(&mut self, events: &[Event], told: &mut Told) -> Result<()>;

    /// The same, and what became of each.
    async fn outcomes(&mut self, events: &[Event]) -> Result<Vec<Outcome>>;
}

/// What the ledger answered.
#[derive(Default)]
pub struct Told {
    pub counts: Counts,
    /// How long each call took.
    times: Vec<Duration>,
}

/// What was answered while it counted.
pub struct Measured {
    pub counts: Counts,
    /// Of one call, in microseconds.
    pub latency_us: Histogram<u64>,
}

/// What counts: that which is answered in between.
#[derive(Clone, Copy)]
pub struct Window {
    pub start: Instant,
    pub end: Instant,
}

/// What all connections did.
pub struct Driven {
    /// Events of each connection, all answered.
    pub sent: Vec<u64>,
    pub all: Counts,
    pub measured: Measured,
}

impl Told {
    pub fn took(&mut self, time: Duration) {
        self.times.push(time);
    }

    fn clear(&mut self) {
        self.counts = Counts::default();
        self.times.clear();
    }
}

impl Measured {
    pub fn new() -> Result<Measured> {
        let latency_us = Histogram::new_with_bounds(1, LATENCY_MAX_US, 3)?;
        Ok(Measured { counts: Counts::default(), latency_us })
    }

    fn record(&mut self, told: &Told) {
        self.counts.add(told.counts);
        for time in &told.times {
            let micros = u64::try_from(time.as_micros()).unwrap_or(LATENCY_MAX_US);
            self.latency_us.saturating_record(micros);
        }
    }

    pub fn add(&mut self, other: &Measured) -> Result<()> {
        self.counts.add(other.counts);
        Ok(self.latency_us.add(&other.latency_us)?)
    }
}

impl Window {
    /// From now on: first so long for warming up, then so long that counts.
    pub fn from_now(warm_up: Duration, measured: Duration) -> Window {
        let start = clock::tick() + warm_up;
        Window { start, end: start + measured }
    }

    pub async fn until(instant: Instant) {
        tokio::time::sleep(instant.saturating_duration_since(clock::tick())).await;
    }
}

impl Driven {
    /// The first position of the stream, at the start of a lane's turn, that nothing was sent of.
    pub fn next_position(&self, from: u64) -> u64 {
        let rounds = self.sent.iter().copied().max().unwrap_or(0);
        (from + rounds * self.sent.len() as u64).next_multiple_of(LANES)
    }
}

/// Sends from a position of the stream on until the window ends, `chunk` events of a connection at a time.
pub async fn drive<C: Caller>(
    callers: Vec<C>,
    stream: &Rc<Stream>,
    from: u64,
    chunk: usize,
    window: Window,
) -> Result<Driven> {
    let connections = callers.len();
    let (local, mut tasks) = (LocalSet::new(), JoinSet::new());
    for (number, caller) in callers.into_iter().enumerate() {
        let stream = stream.clone();
        let share = async move {
            let feed = Feed::new(&stream, from, number as u64, connections as u64);
            (number, drive_one(caller, feed, chunk, window).await)
        };
        tasks.spawn_local_on(share, &local);
    }
    let mut driven =
        Driven { sent: vec![0; connections], all: Counts::default(), measured: Measured::new()? };
    local
        .run_until(async {
            while let Some(share) = tasks.join_next().await {
                let (number, share) = share?;
                let (sent, all, measured) = share.with_context(|| format!("connection {number}"))?;
                driven.sent[number] = sent;
                driven.all.add(all);
                driven.measured.add(&measured)?;
            }
            Ok(driven)
        })
        .await
}

async fn drive_one<C: Caller>(
    mut caller: C,
    mut feed: Feed<'_>,
    chunk: usize,
    window: Window,
) -> Result<(u64, Counts, Measured)> {
    let (mut all, mut measured, mut told) = (Counts::default(), Measured::new()?, Told::default());
    let mut events = Vec::with_capacity(chunk);
    while clock::tick() < window.end {
        feed.fill(&mut events, chunk);
        told.clear();
        caller.call(&events, &mut told).await?;
        all.add(told.counts);
        if (window.start..=window.end).contains(&clock::tick()) {
            measured.record(&told);
        }
    }
    Ok((feed.sent, all, measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::fold::Fold;
    use std::cell::RefCell;

    /// A ledger in memory that all its connections share; it may forget what it charged.
    struct Memory {
        fold: Rc<RefCell<Fold>>,
    }

    impl Caller for Memory {
        async fn call(&mut self, events: &[Event], told: &mut Told) -> Result<()> {
            for outcome in self.outcomes(events).await? {
                told.counts.count(outcome);
            }
            told.took(Duration::from_millis(1));
            Ok(())
        }

        async fn outcomes(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
            // Others take their turns here, so that connections mix.
            tokio::task::yield_now().await;
            Ok(events.iter().map(|event| self.fold.borrow_mut().take(event)).collect())
        }
    }

    #[tokio::test]
    async fn what_many_connections_send_is_certain() {
        let stream = Rc::new(Stream::new(5, 640));
        let fold = Rc::new(RefCell::new(Fold::new(&stream)));
        let callers = (0..8).map(|_| Memory { fold: fold.clone() }).collect();
        let window = Window::from_now(Duration::from_millis(20), Duration::from_millis(60));
        let driven = drive(callers, &stream, 0, 100, window).await.expect("it runs");
        assert_eq!(driven.all.events(), driven.sent.iter().sum::<u64>());
        let want = Fold::after(&stream, &driven.sent);
        assert_eq!((driven.all, &fold.borrow().balances), (want.counts, &want.balances));
        let measured = &driven.measured;
        assert!(0 < measured.counts.events() && measured.counts.events() < driven.all.events());
        assert_eq!(measured.latency_us.len(), measured.counts.events() / 100);
        let next = driven.next_position(0);
        assert!(next % LANES == 0 && next >= driven.all.events());
    }
}
