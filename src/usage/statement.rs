//! A month of a wallet for the books: what it began with, what came in, what was used for what, and what is left.
//!
//! On the axis of posting, so that it agrees with the balance. Messages are summed; the few entries that are none are told
//! one by one, found by their types without walking the month.

use std::cmp::Reverse;

use super::query::{Filter, Query};
use super::table::{Balances, Group, GroupBy, NoTable, Table, balance_before, first_posted_from, table};
use super::totals::Totals;
use crate::domain::calendar::{Day, Zone};
use crate::domain::money::Total;
use crate::domain::record::Change;
use crate::domain::usage::{Axis, EntryType};
use crate::domain::wallet::WalletId;
use crate::store::StoreError;
use crate::store::pinned::Pinned;
use crate::store::rows::EntryRow;
use crate::store::ties::Tie;

/// Entries of one type that are told one by one; of more only number and sum.
pub const LINES_MAX: usize = 1_000;
/// Channels that are told one by one, those that used the most; of the others only number and sum.
pub const CHANNELS_MAX: usize = 1_000;

/// The types whose entries are told one by one.
pub const TOLD: [EntryType; 8] = [
    EntryType::TopUp,
    EntryType::PaymentRefund,
    EntryType::Dispute,
    EntryType::DisputeReinstated,
    EntryType::Adjustment,
    EntryType::NumberFee,
    EntryType::HoldSettlement,
    EntryType::Correction,
];

/// What a statement is made of.
#[derive(Debug)]
pub struct Statement {
    pub from: Day,
    pub to: Day,
    /// By kind and direction.
    pub by_kind: Table,
    pub by_channel: Channels,
    /// The entries of [`TOLD`], each with those that follow the last one told.
    pub lines: Vec<(EntryType, Lines)>,
}

/// What was used under each channel.
#[derive(Debug)]
pub struct Channels {
    /// In the order of the channels; at most [`CHANNELS_MAX`].
    pub rows: Vec<(Group, Totals)>,
    /// How many there are in all.
    pub count: usize,
    /// Of those that are not told; `None` where all are.
    pub others: Option<Totals>,
}

/// Entries of one type.
#[derive(Debug, Default)]
pub struct Lines {
    pub rows: Vec<EntryRow>,
    /// How many there are in all.
    pub count: u64,
}

/// The statement of a wallet's days; opening + added - used = closing, or it is none.
pub fn statement(
    views: &Pinned,
    wallet: WalletId,
    zone: &Zone,
    (from, to): (Day, Day),
) -> Result<Statement, StoreError> {
    let query = Query { axis: Axis::Posted, from, to, filter: Filter::default() };
    let by = |group_by: &[GroupBy]| match table(views, wallet, zone, &query, (group_by, usize::MAX)) {
        Ok(table) => Ok(table),
        Err(NoTable::Store(error)) => Err(error),
        Err(NoTable::TooManyRows) => Err(misfit("more rows than can be counted")),
    };
    let by_kind = by(&[GroupBy::Kind, GroupBy::Direction])?;
    let by_channel = Channels::of(by(&[GroupBy::Channel])?.rows);
    let (begins, ends) = (zone.span_of(from).0, zone.span_of(to).1);
    let range = (first_posted_from(views, wallet, begins)?, first_posted_from(views, wallet, ends)?);
    let lines = TOLD.map(|kind| Ok((kind, lines(views, wallet, kind, range)?)));
    let lines = lines.into_iter().collect::<Result<_, StoreError>>()?;
    let made = Statement { from, to, by_kind, by_channel, lines };
    match made.agrees() {
        true => Ok(made),
        false => Err(misfit("a month that does not add up")),
    }
}

/// Opening and closing balances of months that follow one another, the newest first, each given by its first day.
pub fn balances(
    views: &Pinned,
    wallet: WalletId,
    zone: &Zone,
    months: &[Day],
) -> Result<Vec<Balances>, StoreError> {
    let Some(newest) = months.first() else { return Ok(Vec::new()) };
    let mut closing = balance_before(views, wallet, zone.span_of(newest.last_of_month()).1)?;
    let balances = months.iter().map(|month| {
        let opening = balance_before(views, wallet, zone.span_of(*month).0)?;
        // What a month opens with, the one before it closed with.
        Ok(Balances { opening, closing: std::mem::replace(&mut closing, opening) })
    });
    balances.collect()
}

fn misfit(what: &'static str) -> StoreError {
    StoreError::row("usage")(crate::journal::codec::RowError(what))
}

fn lines(views: &Pinned, wallet: WalletId, kind: EntryType, range: (u64, u64)) -> Result<Lines, StoreError> {
    let mut found = Lines::default();
    let mut seqs = Vec::new();
    views.tied(wallet, Tie::Type(kind), range, |seq| {
        found.count += 1;
        seqs.extend((seqs.len() < LINES_MAX).then_some(seq));
        Ok(true)
    })?;
    for seq in seqs {
        found.rows.push(views.entry(wallet, seq)?.ok_or_else(|| misfit("an entry is missing"))?);
    }
    Ok(found)
}

impl Channels {
    fn of(mut rows: Vec<(Group, Totals)>) -> Channels {
        let count = rows.len();
        if count <= CHANNELS_MAX {
            return Channels { rows, count, others: None };
        }
        rows.sort_by_key(|(_, totals)| Reverse(totals.total()));
        let mut others = Totals::default();
        rows.drain(CHANNELS_MAX..).for_each(|(_, totals)| others.merge(&totals));
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        Channels { rows, count, others: Some(others) }
    }

    /// What was used under all of them.
    fn total(&self) -> i128 {
        let all = self.rows.iter().map(|(_, totals)| totals).chain(&self.others);
        all.map(|totals| totals.total().0).sum()
    }
}

impl Lines {
    /// What those that are told changed the balance by; `None` where one is no entry.
    fn sum(&self) -> Option<i128> {
        self.rows.iter().try_fold(0, |sum, row| match row.record().ok()?.change {
            Change::Entry(entry) => Some(sum + i128::from(entry.amount.nanos())),
            _ => None,
        })
    }
}

impl Statement {
    /// Opening + added - used = closing, and what is told one by one comes to what was counted, as do the channels.
    fn agrees(&self) -> bool {
        let totals = &self.by_kind.totals;
        let mut told_whole = self.lines.iter().filter(|(_, lines)| lines.count <= LINES_MAX as u64);
        let told_right = told_whole.all(|(kind, lines)| lines.sum() == Some(-totals.used(*kind).0));
        told_right
            && self.by_channel.total() == totals.total().0
            && self.by_kind.balances.is_some_and(|balances| {
                Total::from(balances.opening).0 + totals.added().0 - totals.total().0
                    == Total::from(balances.closing).0
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;
    use crate::domain::usage::Dimensions;
    use crate::store::cells::{Cell, Count, Sums};

    /// Channels of which each used so much.
    fn rows(used: impl Iterator<Item = i128>) -> Vec<(Group, Totals)> {
        let row = |(number, amount): (usize, i128)| {
            let channel = Address::parse(&format!("+1415{number:07}")).ok();
            let mut totals = Totals::default();
            let dimensions = Dimensions { channel, ..Dimensions::default() };
            let sums = Sums { number: 1, amount, ..Sums::default() };
            totals.add(&Cell { count: Count::Entries(EntryType::NumberFee), dimensions, sums });
            (Group { channel, ..Group::default() }, totals)
        };
        used.enumerate().map(row).collect()
    }

    #[test]
    fn the_channels_that_used_the_most_are_told_and_the_others_summed() {
        let few = Channels::of(rows(0..CHANNELS_MAX as i128));
        assert_eq!((few.rows.len(), few.count), (CHANNELS_MAX, CHANNELS_MAX));
        assert!(few.others.is_none());

        // Every third used nothing to speak of.
        let count = 10 * CHANNELS_MAX;
        let used = |number: i128| if number % 3 == 0 { 1 } else { 1_000 + number };
        let many = Channels::of(rows((0..count as i128).map(used)));
        assert_eq!((many.rows.len(), many.count), (CHANNELS_MAX, count));
        assert!(many.rows.is_sorted_by(|(one, _), (other, _)| one < other), "in the order of the channels");
        let least = many.rows.iter().map(|(_, totals)| totals.total().0).min();
        assert_eq!(least, Some(1_000 + 8_500), "those that used the most");
        assert_eq!(many.others.map(|others| others.entries), Some((count - CHANNELS_MAX) as i64));
        assert_eq!(many.total(), (0..count as i128).map(used).sum(), "nothing is lost");
    }
}
