//! Exports: every entry of a query as a row, as CSV and as Parquet, from one state of the views (R1).
//!
//! [`rows`] walks the entries, [`summary`] shows the table of usage, [`columns`] says what a row shows, [`csv`] and [`parquet`] write it, [`text`] writes
//! numbers and instants fast. Called by `http`, on a thread of its own. Promises: memory does not grow with the range;
//! an export whose rows are not what the view of usage adds up ends in an error. Deliberately not here: threads,
//! headers, compression.

pub mod columns;
pub mod csv;
pub mod parquet;
pub mod rows;
pub mod summary;
mod text;

use std::io::{self, Write};
use std::sync::Arc;

use self::columns::{COLUMNS, Sheet as _, put};
use self::csv::{Cells, Csv};
use self::parquet::Parquet;
use super::query::Query;
use super::table::NoTable;
use crate::domain::calendar::Zone;
use crate::domain::currency::Currency;
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::journal::codec::RowError;
use crate::store::StoreError;
use crate::store::pinned::Pinned;

/// What is exported: the entries of a wallet that a query admits.
pub struct Export {
    pub views: Arc<Pinned>,
    pub wallet: WalletId,
    pub currency: Currency,
    pub zone: Zone,
    pub query: Query,
    pub book: Arc<Book>,
}

/// Entries, and what they used in all, in 1e-9 of the unit of currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub rows: u64,
    pub used: i128,
}

/// Why an export did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NoTable(#[from] NoTable),
    #[error("views: entries: {0}")]
    Row(#[from] RowError),
    /// The views contradict each other: they can be deleted and are built anew from the journal.
    #[error(
        "views: {} entries come to {}, by the view of usage {} come to {}",
        found.rows, found.used, expected.rows, expected.used
    )]
    Disagree { found: Expected, expected: Expected },
    #[error("an amount is out of range")]
    OutOfRange,
    /// Whoever asked has gone, or the engine stops.
    #[error("nobody waits for it any more")]
    Unwanted,
    #[error(transparent)]
    Write(#[from] io::Error),
    #[error(transparent)]
    Parquet(#[from] ::parquet::errors::ParquetError),
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
}

impl Export {
    /// Writes all rows as CSV and gives back what they were written to.
    pub fn csv<W: Write>(
        &self,
        expected: &Expected,
        cells: Cells,
        out: W,
        wanted: impl Fn() -> bool,
    ) -> Result<W, ExportError> {
        let mut csv = Csv::new(out, COLUMNS.iter().map(|(name, _)| *name), cells);
        self.each(expected, wanted, |row| {
            put(row, &mut csv);
            csv.end_row()
        })?;
        Ok(csv.finish()?)
    }

    /// Writes all rows as Parquet and gives back what they were written to.
    pub fn parquet<W: Write + Send>(
        &self,
        expected: &Expected,
        out: W,
        wanted: impl Fn() -> bool,
    ) -> Result<W, ExportError> {
        let mut file = Parquet::new(out, &COLUMNS)?;
        self.each(expected, wanted, |row| {
            put(row, &mut file);
            file.end_row()
        })?;
        file.finish()
    }
}

#[cfg(test)]
mod tests;
