//! The documents of a wallet's life as what they are: each as its last change left it, with the times of that change.

use rocksdb::{IteratorMode, ReadOptions};

use super::StoreError;
use super::keys::{self, Document};
use super::pinned::Pinned;
use super::rows::PostedRow;
use super::views::Views;
use crate::domain::life::Levels;
use crate::domain::life::alert::Alert;
use crate::domain::life::attempt::{Attempt, Method};
use crate::domain::life::auto::AutoTopUp;
use crate::domain::life::hold::Hold;
use crate::domain::life::number::Number;
use crate::domain::record::Change;
use crate::domain::status::Corrected;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::journal::codec::RowError;

/// What is kept by wallet, kind and number.
pub trait Kept: Sized {
    const KIND: Document;

    /// What a record of this kind carries; `None` of one of another kind.
    fn of(change: Change<'_>) -> Option<Self>;
}

macro_rules! kept {
    ($($name:ident as $kind:ident),+ $(,)?) => {
        $(impl Kept for $name {
            const KIND: Document = Document::$kind;

            fn of(change: Change<'_>) -> Option<$name> {
                match change {
                    Change::$kind(document) => Some(*document),
                    _ => None,
                }
            }
        })+
    };
}

kept!(
    Hold as Hold,
    Number as Number,
    Attempt as Attempt,
    Alert as Alert,
    AutoTopUp as AutoTopUp,
    Method as Method,
    Levels as Levels,
);

/// What a message costs since its last correction, by the number of the message's entry.
impl Kept for Corrected {
    const KIND: Document = Document::Correction;

    fn of(change: Change<'_>) -> Option<Corrected> {
        match change {
            Change::Entry(entry) => Corrected::by(&entry),
            _ => None,
        }
    }
}

/// A document and when it last changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    pub document: T,
    pub occurred_at: Timestamp,
    pub posted_at: Timestamp,
}

impl<T: Kept> Dated<T> {
    fn of(row: &PostedRow) -> Result<Dated<T>, StoreError> {
        let record = row.record().map_err(StoreError::row("documents"))?;
        let document = T::of(record.change).ok_or(RowError("a document of another kind"));
        Ok(Dated {
            document: document.map_err(StoreError::row("documents"))?,
            occurred_at: record.occurred_at,
            posted_at: row.posted_at(),
        })
    }
}

impl Pinned {
    /// A document as it stood in this state.
    pub fn read<T: Kept>(&self, wallet: WalletId, number: u64) -> Result<Option<Dated<T>>, StoreError> {
        let found = self.get(keys::DOCUMENTS, &keys::document(wallet, T::KIND, number))?;
        found.map(|bytes| Dated::of(&PostedRow(bytes.to_vec()))).transpose()
    }
}

impl Views {
    pub fn read<T: Kept>(&self, wallet: WalletId, number: u64) -> Result<Option<Dated<T>>, StoreError> {
        self.document(wallet, T::KIND, number)?.as_ref().map(Dated::of).transpose()
    }

    /// Of what a wallet has only one of.
    pub fn read_single<T: Kept>(&self, wallet: WalletId) -> Result<Option<T>, StoreError> {
        Ok(self.read(wallet, keys::SINGLE)?.map(|dated| dated.document))
    }

    /// Those after the number `after`, in order, at most `limit`.
    pub fn read_after<T: Kept>(
        &self,
        wallet: WalletId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Dated<T>>, StoreError> {
        self.documents(wallet, T::KIND, after, limit)?.iter().map(Dated::of).collect()
    }

    /// Those before the number `before`, the newest first, at most `limit`.
    pub fn read_before<T: Kept>(
        &self,
        wallet: WalletId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Dated<T>>, StoreError> {
        let key = |number| keys::document(wallet, T::KIND, number);
        let rows = self.range_back(keys::DOCUMENTS, &key(0), &key(before), limit)?;
        rows.iter().map(Dated::of).collect()
    }

    /// The rows of a family from `first` on and before `past`, the last first.
    fn range_back(
        &self,
        family: &str,
        first: &[u8],
        past: &[u8],
        limit: usize,
    ) -> Result<Vec<PostedRow>, StoreError> {
        let mut read = ReadOptions::default();
        read.set_iterate_lower_bound(first);
        read.set_iterate_upper_bound(past);
        let items = self.database.iterator_cf_opt(&self.family(family), read, IteratorMode::End);
        items.take(limit).map(|item| Ok(PostedRow(item?.1.into_vec()))).collect()
    }
}
