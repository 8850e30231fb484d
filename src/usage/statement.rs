//! A month of a wallet for the books: what it began with, what came in, what was used for what, and what is left.
//!
//! On the axis of posting, so that it agrees with the balance. Messages are summed; the few entries that are none are told
//! one by one, found by their types without walking the month.

use super::query::{Filter, Query};
use super::table::{GroupBy, Table, first_posted_from, table};
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
    pub by_channel: Table,
    /// The entries of [`TOLD`], each with those that follow the last one told.
    pub lines: Vec<(EntryType, Lines)>,
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
    let by_kind = table(views, wallet, zone, &query, &[GroupBy::Kind, GroupBy::Direction])?;
    let by_channel = table(views, wallet, zone, &query, &[GroupBy::Channel])?;
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
    /// Opening + added - used = closing, and what is told one by one comes to what was counted.
    fn agrees(&self) -> bool {
        let totals = &self.by_kind.totals;
        let mut told_whole = self.lines.iter().filter(|(_, lines)| lines.count <= LINES_MAX as u64);
        let told_right = told_whole.all(|(kind, lines)| lines.sum() == Some(-totals.used(*kind).0));
        told_right
            && self.by_kind.balances.is_some_and(|balances| {
                Total::from(balances.opening).0 + totals.added().0 - totals.total().0
                    == Total::from(balances.closing).0
            })
    }
}
