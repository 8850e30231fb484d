//! The views as they stood at one moment: whatever is read from it agrees, however long the reading takes.

use std::sync::Arc;

use rocksdb::{
    DBPinnableSlice, DBRawIteratorWithThreadMode, IteratorMode, ReadOptions, SnapshotWithThreadMode,
};
use self_cell::self_cell;

use super::StoreError;
use super::cells::{self, Cell, Cells, Days};
use super::keys;
use super::packs::{self, Unpacking};
use super::rows::{EntryRow, PostedRow};
use super::views::{Database, Views};
use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::FinalStatus;
use crate::domain::usage::Axis;
use crate::domain::wallet::WalletId;
use crate::journal::codec::RowError;

type State<'a> = SnapshotWithThreadMode<'a, Database>;
type Items<'a> = DBRawIteratorWithThreadMode<'a, Database>;

self_cell!(
    struct Held {
        owner: Arc<Views>,
        #[covariant]
        dependent: State,
    }
);

/// One state of the views, taken between two passes of the builder. While it lives what it holds is not compacted
/// away, so it is to be let go of.
pub struct Pinned {
    held: Held,
    /// How many passes had been written: states of the same number are the same.
    pub pass: u64,
}

impl Views {
    /// The views as they stand now; waits for a pass that is being written.
    pub fn pin(self: &Arc<Views>) -> Pinned {
        let pass = self.written.lock();
        let held = Held::new(Arc::clone(self), |views| views.database.snapshot());
        Pinned { held, pass: *pass }
    }

    /// How many passes have been written since the start.
    pub fn passes(&self) -> u64 {
        *self.written.lock()
    }
}

impl Pinned {
    pub(super) fn views(&self) -> &Views {
        self.held.borrow_owner()
    }

    pub(super) fn state(&self) -> &State<'_> {
        self.held.borrow_dependent()
    }

    /// Calls `visit` with every cell of a wallet's days `from` to `to`, both included.
    pub fn usage(
        &self,
        wallet: WalletId,
        axis: Axis,
        (from, to): (Day, Day),
        mut visit: impl FnMut(Day, Cell<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let misread = |error| StoreError::row(keys::USAGE)(error);
        for days in Days::of(axis) {
            let first = cells::key(wallet, days, from).to_vec();
            let past = cells::key(wallet, days, Day(to.0.saturating_add(1))).to_vec();
            self.each(keys::USAGE, first, past, |key, row| {
                let day = cells::day_of(key).ok_or(RowError("its key")).map_err(misread)?;
                for cell in Cells::new(row) {
                    visit(day, cell.map_err(misread)?)?;
                }
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// Calls `visit` with a wallet's entries after `after_seq`, in order, until it answers false.
    pub fn entries(
        &self,
        wallet: WalletId,
        after_seq: u64,
        mut visit: impl FnMut(u64, &[u8]) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let Some(first) = after_seq.checked_add(1) else { return Ok(()) };
        let (pack, past) = packs::from(wallet, first);
        let mut unpacking = Unpacking::default();
        self.each(keys::ENTRIES, pack.to_vec(), past.to_vec(), |key, pack| {
            unpacking.each(key, pack, first, &mut visit)
        })
    }

    /// One entry of a wallet.
    pub fn entry(&self, wallet: WalletId, seq: u64) -> Result<Option<EntryRow>, StoreError> {
        let Some(pack) = self.get(keys::ENTRIES, &packs::key(wallet, seq))? else { return Ok(None) };
        Ok(Unpacking::default().find(&pack, wallet, seq)?.map(PostedRow))
    }

    /// The last entry of a wallet, where it has any.
    pub fn last_entry(&self, wallet: WalletId) -> Result<Option<EntryRow>, StoreError> {
        let mut read = ReadOptions::default();
        let (first, past) = packs::from(wallet, 0);
        read.set_iterate_lower_bound(first);
        read.set_iterate_upper_bound(past);
        let family = self.views().family(keys::ENTRIES);
        let mut items = self.state().iterator_cf_opt(&family, read, IteratorMode::End);
        let Some((key, pack)) = items.next().transpose()? else { return Ok(None) };
        let mut last = None;
        Unpacking::default().each(&key, &pack, 0, |_, row| {
            last = Some(PostedRow(row.to_vec()));
            Ok(true)
        })?;
        Ok(last)
    }

    /// Calls `visit` with the final status of each of a wallet's messages that has one, from the entry `first_seq` on, in
    /// order, until it answers false.
    pub fn statuses(
        &self,
        wallet: WalletId,
        first_seq: u64,
        mut visit: impl FnMut(u64, FinalStatus) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let mut statuses = self.statuses_from(wallet, first_seq);
        while let Some((seq, status)) = statuses.here()? {
            if !visit(seq, status)? {
                return Ok(());
            }
            statuses.items.next();
        }
        Ok(())
    }

    /// The final statuses of a wallet's messages from the entry `first_seq` on, for somebody who walks the entries.
    pub fn statuses_from(&self, wallet: WalletId, first_seq: u64) -> Statuses<'_> {
        let mut past = keys::entry(wallet, u64::MAX).to_vec();
        past.push(0);
        Statuses { items: self.items(keys::STATUSES, keys::entry(wallet, first_seq).to_vec(), past) }
    }

    /// The final status of one message, where it has one.
    pub fn status(&self, wallet: WalletId, seq: u64) -> Result<Option<FinalStatus>, StoreError> {
        let key = keys::entry(wallet, seq);
        let found = self.get(keys::STATUSES, &key)?;
        let status = found.map(|row| status_of(&key, &row)).transpose();
        Ok(status.map_err(StoreError::row(keys::STATUSES))?.map(|(_, status)| status))
    }

    /// The channels that a wallet has entries of, in the order of their bytes.
    pub fn channels(&self, wallet: WalletId) -> Result<Vec<Address>, StoreError> {
        let mut found = Vec::new();
        let (first, past) = keys::channels(wallet);
        self.each(keys::USAGE, first, past, |key, _| {
            let channel = keys::split_channel(key).ok_or(RowError("its key"));
            found.push(channel.map_err(StoreError::row(keys::USAGE))?);
            Ok(true)
        })?;
        Ok(found)
    }

    pub fn has_channel(&self, wallet: WalletId, channel: &Address) -> Result<bool, StoreError> {
        Ok(self.get(keys::USAGE, &keys::channel(wallet, channel))?.is_some())
    }

    pub(super) fn get(&self, family: &str, key: &[u8]) -> Result<Option<DBPinnableSlice<'_>>, StoreError> {
        Ok(self.state().get_pinned_cf(&self.views().family(family), key)?)
    }

    /// Calls `visit` with the rows from `first` on and before `past`, until it answers false.
    pub(super) fn each(
        &self,
        family: &str,
        first: Vec<u8>,
        past: Vec<u8>,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let mut items = self.items(family, first, past);
        while let Some((key, row)) = items.item() {
            if !visit(key, row)? {
                return Ok(());
            }
            items.next();
        }
        Ok(items.status()?)
    }

    /// The rows from `first` on and before `past`, standing at the first.
    fn items(&self, family: &str, first: Vec<u8>, past: Vec<u8>) -> Items<'_> {
        let mut read = ReadOptions::default();
        read.set_iterate_lower_bound(first);
        read.set_iterate_upper_bound(past);
        // A year of one wallet would push everything else out of the cache.
        read.fill_cache(false);
        read.set_readahead_size(1 << 20);
        let mut items = self.state().raw_iterator_cf_opt(&self.views().family(family), read);
        items.seek_to_first();
        items
    }
}

/// The final statuses of a wallet's messages, in the order of their entries.
pub struct Statuses<'p> {
    items: Items<'p>,
}

impl Statuses<'_> {
    /// The final status of a message, where it has one. Messages are asked for in the order of their entries.
    pub fn of(&mut self, seq: u64) -> Result<Option<FinalStatus>, StoreError> {
        while let Some((at, status)) = self.here()? {
            if at >= seq {
                return Ok((at == seq).then_some(status));
            }
            self.items.next();
        }
        Ok(None)
    }

    fn here(&self) -> Result<Option<(u64, FinalStatus)>, StoreError> {
        match self.items.item() {
            Some((key, row)) => Ok(Some(status_of(key, row).map_err(StoreError::row(keys::STATUSES))?)),
            None => Ok(self.items.status().map(|()| None)?),
        }
    }
}

fn status_of(key: &[u8], row: &[u8]) -> Result<(u64, FinalStatus), RowError> {
    let (_, seq) = keys::split_entry(key).ok_or(RowError("its key"))?;
    let status = row.first().and_then(|byte| FinalStatus::from_byte(*byte));
    Ok((seq, status.ok_or(RowError("unknown status"))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::views::Settings;

    #[test]
    fn statuses_are_met_in_the_order_of_their_entries() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { folder: folder.path().to_owned(), block_cache_bytes: 1 << 20 };
        let views = Arc::new(Views::open(&settings).unwrap());
        let wallet = WalletId { partition: 1, number: 2 };
        let neighbours = [WalletId { number: 1, ..wallet }, WalletId { number: 3, ..wallet }];
        let put = |wallet, seq, status: FinalStatus| {
            let family = views.family(keys::STATUSES);
            views.database.put_cf(&family, keys::entry(wallet, seq), [status as u8]).unwrap();
        };
        neighbours.iter().for_each(|wallet| put(*wallet, 5, FinalStatus::Undelivered));
        put(wallet, 3, FinalStatus::Delivered);
        put(wallet, 7, FinalStatus::Failed);
        let pinned = views.pin();
        let mut statuses = pinned.statuses_from(wallet, 2);
        let table = [
            (2, None),
            (3, Some(FinalStatus::Delivered)),
            (6, None),
            (7, Some(FinalStatus::Failed)),
            (9, None),
        ];
        for (seq, want) in table {
            assert_eq!(statuses.of(seq).unwrap(), want, "of entry {seq}");
            assert_eq!(pinned.status(wallet, seq).unwrap(), want, "looked up, of entry {seq}");
        }
        let mut all = Vec::new();
        let visit = |seq, status| {
            all.push((seq, status));
            Ok(all.len() < 2)
        };
        pinned.statuses(wallet, 0, visit).unwrap();
        assert_eq!(all, [(3, FinalStatus::Delivered), (7, FinalStatus::Failed)]);
    }
}
