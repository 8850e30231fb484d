//! Entries looked up in the views as they stand now; in one state of them: [`super::pinned`].

use rocksdb::{DBIteratorWithThreadMode, DBPinnableSlice, Direction, IteratorMode, ReadOptions};

use super::StoreError;
use super::keys;
use super::packs::{self, Unpacking};
use super::rows::{EntryRow, PostedRow};
use super::views::{Database, Views};
use crate::domain::wallet::WalletId;
use crate::journal::codec::RowError;

type Packs<'a> = DBIteratorWithThreadMode<'a, Database>;

impl Views {
    /// A wallet's entries after `after_seq`, in order, at most `limit`.
    pub fn entries(
        &self,
        wallet: WalletId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let Some(first) = after_seq.checked_add(1) else { return Ok(Vec::new()) };
        let (mut found, mut unpacking) = (Vec::new(), Unpacking::default());
        for item in self.packs(wallet, first, IteratorMode::Start) {
            let (key, pack) = item?;
            let goes_on = unpacking.each(&key, &pack, first, |_, row| {
                if found.len() < limit {
                    found.push(PostedRow(row.to_vec()));
                }
                Ok(found.len() < limit)
            })?;
            if !goes_on {
                break;
            }
        }
        Ok(found)
    }

    /// A wallet's entries before the number `before_seq`, the newest first, at most `limit`.
    pub fn entries_before(
        &self,
        wallet: WalletId,
        before_seq: u64,
        limit: usize,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let (mut found, mut unpacking) = (Vec::new(), Unpacking::default());
        let newest = packs::key(wallet, before_seq);
        for item in self.packs(wallet, 0, IteratorMode::From(&newest, Direction::Reverse)) {
            let ((key, pack), begin) = (item?, found.len());
            unpacking.each(&key, &pack, 0, |seq, row| {
                if seq < before_seq {
                    found.push(PostedRow(row.to_vec()));
                }
                Ok(seq < before_seq)
            })?;
            found[begin..].reverse();
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// A wallet's packs of entries from the one that holds the entry `first` on.
    fn packs(&self, wallet: WalletId, first: u64, mode: IteratorMode<'_>) -> Packs<'_> {
        let (first, past) = packs::from(wallet, first);
        let mut read = ReadOptions::default();
        read.set_iterate_lower_bound(first);
        read.set_iterate_upper_bound(past);
        self.database.iterator_cf_opt(&self.family(keys::ENTRIES), read, mode)
    }

    /// Several entries, by wallet and number, in their order.
    pub fn entries_of(&self, wanted: &[(WalletId, u64)]) -> Result<Vec<Option<EntryRow>>, StoreError> {
        let keys: Vec<_> = wanted.iter().map(|(wallet, seq)| packs::key(*wallet, *seq)).collect();
        let found = self.database.batched_multi_get_cf(&self.family(keys::ENTRIES), &keys, false);
        let mut unpacking = Unpacking::default();
        let entry = |((wallet, seq), pack): (&(WalletId, u64), Result<Option<DBPinnableSlice<'_>>, _>)| {
            let Some(pack) = pack? else { return Ok(None) };
            Ok(unpacking.find(&pack, *wallet, *seq)?.map(PostedRow))
        };
        wanted.iter().zip(found).map(entry).collect()
    }

    /// Calls `visit` with every entry of all wallets, by wallet and number.
    pub fn each_entry(
        &self,
        mut visit: impl FnMut(WalletId, u64, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut read = ReadOptions::default();
        read.fill_cache(false);
        let mut unpacking = Unpacking::default();
        for item in self.database.iterator_cf_opt(&self.family(keys::ENTRIES), read, IteratorMode::Start) {
            let (key, pack) = item?;
            let misplaced = StoreError::row("entries");
            let (id, _) = keys::split_entry(&key).ok_or(RowError("its key")).map_err(misplaced)?;
            unpacking.each(&key, &pack, 0, |seq, row| visit(id, seq, row).map(|()| true))?;
        }
        Ok(())
    }
}
