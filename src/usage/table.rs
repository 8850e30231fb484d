//! The table of a wallet's usage, and its summaries, from one state of the views (RULES, section 13; R1).

use std::collections::BTreeMap;

use super::query::Query;
use super::totals::Totals;
use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::{Direction, Kind, words};
use crate::domain::money::{Money, Total};
use crate::domain::time::Timestamp;
use crate::domain::usage::{Axis, Dimensions, EntryType};
use crate::domain::wallet::WalletId;
use crate::store::StoreError;
use crate::store::cells::{Cell, Count};
use crate::store::pinned::Pinned;
use crate::store::rows::EntryRow;

/// What the rows of the table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum GroupBy {
    Day = 1,
    Month = 2,
    Channel = 3,
    Campaign = 4,
    Country = 5,
    Kind = 6,
    Direction = 7,
}

words!(GroupBy {
    Day = "day",
    Month = "month",
    Channel = "channel",
    Campaign = "campaign",
    Country = "country",
    Kind = "kind",
    Direction = "direction"
});

/// What one row stands for; what the table is not grouped by, or does not apply, is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    pub day: Option<Day>,
    /// As `yyyymm`.
    pub month: Option<u32>,
    pub channel: Option<Address>,
    /// `Some("")` where there is none.
    pub campaign: Option<Box<str>>,
    pub country: Option<[u8; 2]>,
    pub kind: Option<Kind>,
    pub direction: Option<Direction>,
}

/// Most rows of a table that somebody may ask for, as it is in memory as a whole: more are refused, never cut.
pub const ROWS_MAX: usize = 50_000;

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum NoTable {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the table has more rows than may be")]
    TooManyRows,
}

/// What a query comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub rows: Vec<(Group, Totals)>,
    /// Of all rows, and of what is no usage: credit added.
    pub totals: Totals,
    /// `None` on the axis of occurrence, and where only a part of the wallet is looked at.
    pub balances: Option<Balances>,
}

/// The balance before the first day and after the last: opening + added - used = closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balances {
    pub opening: Money,
    pub closing: Money,
}

/// Sums up the cells that a query asks for, where that comes to at most `rows_max` rows.
pub fn table(
    views: &Pinned,
    wallet: WalletId,
    zone: &Zone,
    query: &Query,
    (group_by, rows_max): (&[GroupBy], usize),
) -> Result<Table, NoTable> {
    let mut rows: BTreeMap<Group, Totals> = BTreeMap::new();
    let mut totals = Totals::default();
    let mut last: Option<(Group, Totals)> = None;
    let summed = views.usage(wallet, query.axis, (query.from, query.to), |day, cell| {
        if !query.filter.admits(&cell.dimensions) {
            return Ok(());
        }
        totals.add(&cell);
        if !is_of_table(&cell) {
            return Ok(());
        }
        // Cells of one group mostly come one after the other.
        match &mut last {
            Some((group, sums)) if group.is_of(day, &cell.dimensions, group_by) => sums.add(&cell),
            last => {
                if let Some((group, sums)) = last.take() {
                    rows.entry(group).or_default().merge(&sums);
                }
                if rows.len() > rows_max {
                    return Err(misfit("more rows than may be"));
                }
                let mut sums = Totals::default();
                sums.add(&cell);
                *last = Some((Group::of(day, &cell.dimensions, group_by), sums));
            }
        }
        Ok(())
    });
    if let Some((group, sums)) = last {
        rows.entry(group).or_default().merge(&sums);
    }
    if rows.len() > rows_max {
        return Err(NoTable::TooManyRows);
    }
    summed?;
    let balances = match query.axis {
        Axis::Posted if query.filter.is_everything() => {
            Some(balances(views, wallet, zone, (query.from, query.to))?)
        }
        _ => None,
    };
    let rows = rows.into_iter().filter(|(_, sums)| !sums.is_nothing()).collect();
    Ok(Table { rows, totals, balances })
}

fn is_of_table(cell: &Cell<'_>) -> bool {
    match cell.count {
        Count::Entries(entry_type) => entry_type.is_usage(),
        Count::Delivered | Count::Failed => true,
    }
}

impl Group {
    fn of(day: Day, dimensions: &Dimensions<'_>, group_by: &[GroupBy]) -> Group {
        let mut group = Group::default();
        for by in group_by {
            match by {
                GroupBy::Day => group.day = Some(day),
                GroupBy::Month => group.month = Some(day.month()),
                GroupBy::Channel => group.channel = dimensions.channel,
                GroupBy::Campaign => group.campaign = Some(dimensions.campaign.into()),
                GroupBy::Country => group.country = dimensions.country,
                GroupBy::Kind => group.kind = dimensions.kind,
                GroupBy::Direction => group.direction = dimensions.direction,
            }
        }
        group
    }

    /// Whether a cell belongs to this group, without making its own.
    fn is_of(&self, day: Day, dimensions: &Dimensions<'_>, group_by: &[GroupBy]) -> bool {
        group_by.iter().all(|by| match by {
            GroupBy::Day => self.day == Some(day),
            GroupBy::Month => self.month == Some(day.month()),
            GroupBy::Channel => self.channel == dimensions.channel,
            GroupBy::Campaign => self.campaign.as_deref() == Some(dimensions.campaign),
            GroupBy::Country => self.country == dimensions.country,
            GroupBy::Kind => self.kind == dimensions.kind,
            GroupBy::Direction => self.direction == dimensions.direction,
        })
    }
}

/// The balance before the local day `from` and after the local day `to`, by posting.
fn balances(
    views: &Pinned,
    wallet: WalletId,
    zone: &Zone,
    (from, to): (Day, Day),
) -> Result<Balances, StoreError> {
    let (begins, _) = zone.span_of(from);
    let (_, ends) = zone.span_of(to);
    let opening = balance_before(views, wallet, begins)?;
    Ok(Balances { opening, closing: balance_before(views, wallet, ends)? })
}

/// The balance that the entries posted before an instant leave.
pub fn balance_before(views: &Pinned, wallet: WalletId, at: Timestamp) -> Result<Money, StoreError> {
    match first_posted_from(views, wallet, at)?.checked_sub(1) {
        None | Some(0) => Ok(Money::ZERO),
        Some(seq) => {
            let row = views.entry(wallet, seq)?.ok_or_else(missing)?;
            balance_after(&row)
        }
    }
}

fn balance_after(row: &EntryRow) -> Result<Money, StoreError> {
    let record = row.record().map_err(StoreError::row("entries"))?;
    match record.change {
        crate::domain::record::Change::Entry(entry) => Ok(entry.balance_after),
        _ => Err(missing()),
    }
}

fn missing() -> StoreError {
    misfit("an entry is missing")
}

fn misfit(what: &'static str) -> StoreError {
    StoreError::row("entries")(crate::journal::codec::RowError(what))
}

/// The number of a wallet's first entry that was posted at an instant or later; that of the next one to come where
/// there is none. Postings never go back in time, so it is found by halving.
pub fn first_posted_from(views: &Pinned, wallet: WalletId, at: Timestamp) -> Result<u64, StoreError> {
    let last = match views.last_entry(wallet)? {
        None => return Ok(1),
        Some(row) => crate::store::rows::entry_seq(&row).ok_or_else(missing)?,
    };
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = views.entry(wallet, middle)?.ok_or_else(missing)?;
        if row.posted_at() < at { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

/// Credit used or added by each type of entry, those that came to nothing left out.
pub fn by_type(totals: &Totals) -> impl Iterator<Item = (EntryType, Total)> {
    EntryType::ALL.iter().map(|kind| (*kind, totals.used(*kind))).filter(|(_, used)| *used != Total(0))
}
