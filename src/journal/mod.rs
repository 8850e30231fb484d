//! The journal: the chain of frames of each partition, the only truth (J3).
//!
//! Owns how records become rows and frames ([`rows`], [`documents`], [`fields`], [`frame`]) and how those are stored
//! ([`packed`]), what an append may end as, the embedded journal on RocksDB ([`embedded`]) and the separately synced
//! high-water mark ([`mark`]), the frames that were appended last ([`fresh`]), the list of its files that
//! names what a lost one held ([`files`]); and what RocksDB does in the background ([`background`]) and says of itself
//! ([`figures`]).
//! Called by `store` (which folds frames into views) and by the journal writer of `actors`.
//! Promises: frames are dense and chained; an append that ends durable survives a crash; damage is named.
//! Deliberately not here: what records mean (`domain`), and any key other than (commit, partition).

pub mod background;
pub mod codec;
pub mod documents;
pub mod embedded;
pub mod fields;
pub mod figures;
pub mod files;
pub mod frame;
pub mod fresh;
pub mod mark;
pub mod packed;
pub mod rows;
#[cfg(test)]
pub mod samples;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use frame::FrameError;

use crate::domain::identity::{Fingerprint, Key};

/// One partition's sealed frame, on its way into the journal.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub partition: u8,
    pub number: u64,
    pub rows: u32,
    /// Shared with whoever reads recent rows before the views hold them.
    pub bytes: Bytes,
    /// The ids that its rows burn, in their order, as far as they are known. They are not stored: the rows tell them too.
    pub ids: Arc<Vec<BurntId>>,
}

/// An id that a row burns, hashed as it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurntId {
    /// The row's first byte in its frame.
    pub offset: u32,
    pub key: Key,
    pub fingerprint: Fingerprint,
}

/// How an append ends. There is no fourth way.
#[derive(Debug, PartialEq, Eq)]
pub enum Append {
    /// The frames survive a crash.
    Durable,
    /// The journal takes nothing more. Nobody was answered; whether the frames are found is for recovery to say.
    Failed(String),
    /// Nobody knows; the identical frames may be appended again.
    Unknown(String),
}

/// Where frames are made durable: the seam between the engine and the journal in use.
pub trait Log {
    /// Appends frames, all or none.
    fn append(&mut self, frames: &[Sealed]) -> Append;

    /// The last commit that was appended.
    fn commit(&self) -> u64;

    /// How long the write of the last append took to be synced, without what was done besides.
    fn last_sync(&self) -> Duration;
}

/// Why the journal cannot be believed or used. Each says what the operator can do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Restore the data directory from a backup, or give the engine back the disk that it wrote to.
    #[error("journal damaged: partition {partition}, frame {number} (commit {commit}): {what}")]
    Damaged { partition: u8, number: u64, commit: u64, what: String },
    /// As above: what was acknowledged is gone.
    #[error(
        "journal has lost its tail: partition {partition} ends at frame {found}, but frame {wanted} was made durable (commit {commit})"
    )]
    TailLost { partition: u8, found: u64, wanted: u64, commit: u64 },
    #[error("high-water mark: {0}")]
    Mark(String),
    #[error("journal cannot be opened: {0}")]
    Open(String),
    #[error("journal cannot be read: {0}")]
    Read(String),
}

impl JournalError {
    /// A frame that could not be read or did not follow, named.
    pub fn at(partition: u8, number: u64, commit: u64, error: &FrameError) -> JournalError {
        JournalError::Damaged { partition, number, commit, what: error.to_string() }
    }
}
