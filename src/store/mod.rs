//! The views: everything derived from the journal, kept in a second RocksDB that can be thrown away (J2).
//!
//! Owns their keys ([`keys`]) and values ([`rows`]), the database ([`views`]), the documents in it as what they
//! are ([`documents`]), entries (`entries`) and how they are packed ([`packs`]), what usage adds up ([`cells`]), who did what ([`audit`]), the views as they stood at one moment
//! ([`pinned`]), entries of it read ahead ([`ahead`]), the filter over ids ([`filter`]), and the one builder that folds
//! the journal into them ([`builder`]), with rests where there is time ([`rests`]), the rows that a reader or a pass lays in a line (`laid`); also what a data
//! directory is made with once ([`data_dir`]). Called by `engine` and `actors` for look-ups and by the readers of `usage`
//! and `http`. Promises: every view equals the fold of the journal up to
//! the position it names. Deliberately not here: any decision, and any write that the journal does not hold.

pub mod ahead;
pub mod audit;
pub mod builder;
pub mod cells;
pub mod data_dir;
pub mod documents;
mod entries;
pub mod filter;
pub mod keys;
mod laid;
pub mod packs;
pub mod pinned;
pub mod rests;
pub mod rows;
pub mod ties;
pub mod together;
pub mod views;

use std::path::Path;

use crate::domain::wallet::Misfit;
use crate::journal::JournalError;
use crate::journal::codec::RowError;

/// Why a view cannot be read or built.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The views can be deleted and are built anew from the journal.
    #[error("views: {0}")]
    Database(#[from] rocksdb::Error),
    #[error("views: {place}: {error}")]
    Row { place: &'static str, error: RowError },
    #[error("views: {path}: {error}")]
    File { path: String, error: String },
    /// Only an engine builds views anew.
    #[error(
        "views: another version has built them (format {found}, this one reads {wanted}): start the engine once"
    )]
    Format { found: u32, wanted: u32 },
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal does not fold: as grave as damage.
    #[error("journal damaged: commit {commit}, partition {partition}: {misfit}")]
    Misfit { commit: u64, partition: u8, misfit: Misfit },
}

impl StoreError {
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> StoreError {
        StoreError::File { path: path.display().to_string(), error: error.to_string() }
    }

    pub(crate) fn row(place: &'static str) -> impl FnOnce(RowError) -> StoreError {
        move |error| StoreError::Row { place, error }
    }
}
