//! What every ledger that is compared has to offer, and the ways of calling one that are tried.

use std::fmt;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::drive::Caller;
use super::stream::Stream;
use crate::machine::process::disk_bytes;

/// A server that keeps the balances of wallets, on a folder of its own.
pub trait Ledger: Sized {
    type Caller: Caller;

    /// Starts it, or starts it again on what it left behind; answers once it takes calls.
    async fn start(&mut self) -> Result<()>;

    /// Makes every wallet with what it has at first.
    async fn open(&mut self, stream: &Stream) -> Result<()>;

    async fn caller(&self, shape: &Shape) -> Result<Self::Caller>;

    /// SIGKILL, to all of its processes.
    fn kill(&mut self) -> Result<()>;

    /// User and system time of all of its processes.
    fn cpu_seconds(&self) -> Result<f64>;

    fn disk(&self) -> Result<Disk>;

    /// What it holds, by its own account.
    async fn held(&self, stream: &Stream) -> Result<Held>;

    fn settings(&self) -> Vec<Setting>;
}

/// One way of calling a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shape {
    pub connections: u16,
    /// Events in one call.
    pub events: u16,
    /// Calls under way on a connection.
    pub depth: u16,
    /// PostgreSQL's `commit_delay`: how long a commit waits for others to be synced with it.
    pub commit_delay_us: u16,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    /// Journal, write-ahead log or append-only file.
    pub log_bytes: u64,
    pub data_bytes: u64,
}

pub struct Held {
    /// In counts of 1e-9, by the wallets' numbers.
    pub balances: Vec<i128>,
    /// Events that it says it charged.
    pub charged: u64,
    /// What does not fit within itself.
    pub faults: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    pub name: String,
    pub value: String,
}

impl Shape {
    pub const fn batches(connections: u16, events: u16) -> Shape {
        Shape { connections, events, depth: 1, commit_delay_us: 0 }
    }

    pub const fn singles(connections: u16, depth: u16, commit_delay_us: u16) -> Shape {
        Shape { connections, events: 1, depth, commit_delay_us }
    }

    /// Events that a connection takes from the stream at a time: those of a call, or some turns of what is under way.
    pub fn chunk(&self) -> usize {
        if self.events > 1 { usize::from(self.events) } else { 32 * usize::from(self.depth) }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shape { connections, events, depth, commit_delay_us } = self;
        write!(formatter, "{connections} x {events}")?;
        if *depth > 1 {
            write!(formatter, ", {depth} under way")?;
        }
        if *commit_delay_us > 0 {
            write!(formatter, ", commit_delay {commit_delay_us}")?;
        }
        Ok(())
    }
}

impl Disk {
    /// The log is in one folder inside, everything else is data.
    pub fn of(folder: &Path, log: &str) -> Result<Disk> {
        let log_bytes = disk_bytes(&folder.join(log))?;
        Ok(Disk { log_bytes, data_bytes: disk_bytes(folder)?.saturating_sub(log_bytes) })
    }

    pub fn since(self, before: Disk) -> Disk {
        Disk {
            log_bytes: self.log_bytes.saturating_sub(before.log_bytes),
            data_bytes: self.data_bytes.saturating_sub(before.data_bytes),
        }
    }
}

impl Setting {
    pub fn new(name: &str, value: impl Into<String>) -> Setting {
        Setting { name: name.to_owned(), value: value.into() }
    }

    /// From pairs of texts, as constants hold them.
    pub fn list(pairs: &[(&str, &str)]) -> Vec<Setting> {
        pairs.iter().map(|(name, value)| Setting::new(name, *value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_told_in_few_words() {
        let table = [
            (Shape::batches(4, 2_000), "4 x 2000", 2_000),
            (Shape::singles(64, 1, 0), "64 x 1", 32),
            (Shape::singles(32, 8, 500), "32 x 1, 8 under way, commit_delay 500", 256),
        ];
        for (shape, told, chunk) in table {
            assert_eq!((shape.to_string().as_str(), shape.chunk()), (told, chunk));
        }
    }

    #[test]
    fn what_was_there_before_is_not_counted() {
        let before = Disk { log_bytes: 10, data_bytes: 100 };
        let after = Disk { log_bytes: 25, data_bytes: 90 };
        assert_eq!(after.since(before), Disk { log_bytes: 15, data_bytes: 0 });
    }
}
