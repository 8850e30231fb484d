//! The acts of the audit, in the order in which they were posted: deeds, adjustments and the records of the house.

use rocksdb::ReadOptions;

use super::StoreError;
use super::keys::{self, ActKey, HOUSE_ACTS};
use super::rows::PostedRow;
use super::views::Views;
use crate::domain::house::HouseRecord;
use crate::domain::record::{Cause, Change, Entry, Record};
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::journal::codec::RowError;
use crate::journal::rows::put_house;

/// What a wallet's record makes of the audit; `None` where nobody has asked for what it tells.
pub fn act(id: WalletId, record: &Record<'_>, posted_at: Timestamp, row: &[u8]) -> Option<(ActKey, Vec<u8>)> {
    let asked_for =
        matches!(record.change, Change::Deed(_) | Change::Entry(Entry { cause: Cause::Adjustment(_), .. }));
    asked_for.then(|| (keys::act(posted_at, id, record.number), PostedRow::new(posted_at, row).0))
}

/// What a record of the house makes of it. A tariff comes without its text, which may be long and is kept as it is in the
/// view of the house.
pub fn house_act(
    ordinal: u64,
    record: &HouseRecord<'_>,
    posted_at: Timestamp,
    row: &[u8],
) -> (ActKey, Vec<u8>) {
    let key = keys::act(posted_at, HOUSE_ACTS, ordinal);
    let HouseRecord::TariffAdded { version, actor, .. } = record else {
        return (key, PostedRow::new(posted_at, row).0);
    };
    let mut short = Vec::new();
    put_house(&mut short, &HouseRecord::TariffAdded { version: *version, text: "", actor }, posted_at);
    (key, PostedRow::new(posted_at, &short).0)
}

/// An act as it is kept.
pub struct KeptAct<'v> {
    pub key: ActKey,
    row: &'v [u8],
}

impl KeptAct<'_> {
    /// The wallet that did or suffered it; `None` of an act of the house.
    pub fn wallet(&self) -> Option<WalletId> {
        keys::split_act(&self.key).map(|(_, wallet, _)| wallet).filter(|wallet| *wallet != HOUSE_ACTS)
    }

    pub fn row(&self) -> PostedRow {
        PostedRow(self.row.to_vec())
    }
}

impl Views {
    /// Calls `visit` with the acts from the key `first` on and before `past`, the newest first, until it answers false.
    pub fn acts_back(
        &self,
        first: &ActKey,
        past: &ActKey,
        mut visit: impl FnMut(KeptAct<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if first >= past {
            return Ok(());
        }
        let mut read = ReadOptions::default();
        read.set_iterate_lower_bound(&first[..]);
        read.set_iterate_upper_bound(&past[..]);
        let mut items = self.database.raw_iterator_cf_opt(&self.family(keys::AUDIT), read);
        items.seek_to_last();
        while let Some((key, row)) = items.item() {
            let key =
                ActKey::try_from(key).map_err(|_| RowError("its key")).map_err(StoreError::row("audit"))?;
            if !visit(KeptAct { key, row })? {
                return Ok(());
            }
            items.prev();
        }
        Ok(items.status()?)
    }
}
