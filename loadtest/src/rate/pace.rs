//! The closed loop: every connection sends its next request when the last one has been answered.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hdrhistogram::Histogram;
use serde::Serialize;

use super::body::{Writer, read_counts};
use super::http::{Answer, Connection};
use crate::clock;

/// Answers slower than this are recorded as this.
const LATENCY_MAX_US: u64 = 120_000_000;
/// Between two attempts at a request that the engine was too busy for, where it does not say.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many events came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub charged: u64,
    pub recorded: u64,
    pub refused: u64,
    pub duplicate: u64,
    pub conflict: u64,
    pub invalid: u64,
    pub unavailable: u64,
}

/// What is measured between warm-up and end.
pub struct Measured {
    pub counts: Counts,
    pub requests: u64,
    /// Requests that the engine was too busy for; they were sent again.
    pub busy: u64,
    /// From the first byte sent to the last byte read, in microseconds.
    pub latency_us: Histogram<u64>,
}

/// When requests count: those answered in between.
#[derive(Clone, Copy)]
pub struct Window {
    pub start: Instant,
    pub end: Instant,
}

impl Counts {
    pub fn events(&self) -> u64 {
        let Counts { charged, recorded, refused, duplicate, conflict, invalid, unavailable } = self;
        charged + recorded + refused + duplicate + conflict + invalid + unavailable
    }

    pub fn add(&mut self, other: Counts) {
        self.charged += other.charged;
        self.recorded += other.recorded;
        self.refused += other.refused;
        self.duplicate += other.duplicate;
        self.conflict += other.conflict;
        self.invalid += other.invalid;
        self.unavailable += other.unavailable;
    }
}

impl Measured {
    pub fn new() -> Result<Measured> {
        let latency_us = Histogram::new_with_bounds(1, LATENCY_MAX_US, 3)?;
        Ok(Measured { counts: Counts::default(), requests: 0, busy: 0, latency_us })
    }

    pub fn merge(&mut self, other: &Measured) -> Result<()> {
        self.counts.add(other.counts);
        self.requests += other.requests;
        self.busy += other.busy;
        self.latency_us.add(&other.latency_us)?;
        Ok(())
    }
}

/// Drives one connection until the window ends.
pub async fn drive(
    mut connection: Connection,
    mut writer: Writer,
    batch: u32,
    window: Window,
) -> Result<Measured> {
    let mut measured = Measured::new()?;
    while clock::tick() < window.end {
        writer.write(batch);
        loop {
            let sent = clock::tick();
            let answer = connection.post(writer.body()).await?;
            let answered = clock::tick();
            let Some(counts) = taken(&answer)? else {
                measured.busy += 1;
                tokio::time::sleep(answer.retry_after.unwrap_or(PATIENCE)).await;
                if clock::tick() >= window.end {
                    return Ok(measured);
                }
                continue;
            };
            if (window.start..=window.end).contains(&answered) {
                measured.counts.add(counts);
                measured.requests += 1;
                let micros = u64::try_from((answered - sent).as_micros()).unwrap_or(LATENCY_MAX_US);
                measured.latency_us.saturating_record(micros);
            }
            break;
        }
    }
    Ok(measured)
}

/// Posts one body until it is taken, however long the engine is too busy for it.
pub async fn post_patiently(connection: &mut Connection, body: &[u8]) -> Result<Counts> {
    loop {
        let answer = connection.post(body).await?;
        match taken(&answer)? {
            Some(counts) => return Ok(counts),
            None => tokio::time::sleep(answer.retry_after.unwrap_or(PATIENCE)).await,
        }
    }
}

/// What a request came to; `None` where the engine was too busy to take it.
fn taken(answer: &Answer) -> Result<Option<Counts>> {
    let counts = match answer.status {
        200 => read_counts(&answer.head),
        429 | 503 => return Ok(None),
        401 | 403 => {
            bail!("the engine does not take this key: give an operator key by --key or FAREBOX_KEY")
        }
        _ => None,
    };
    let told = || format!("an answer {} to events: {}", answer.status, String::from_utf8_lossy(&answer.head));
    counts.with_context(told).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_connections_measured_adds_up() {
        let mut sum = Measured::new().expect("bounds fit");
        let mut one = Measured::new().expect("bounds fit");
        one.counts = Counts { charged: 3, refused: 2, ..Counts::default() };
        one.requests = 1;
        one.latency_us.saturating_record(1_000);
        sum.merge(&one).expect("same bounds");
        sum.merge(&one).expect("same bounds");
        assert_eq!((sum.counts.events(), sum.requests, sum.latency_us.len()), (10, 2, 2));
    }
}
