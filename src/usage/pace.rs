//! How much a wallet spends a day of late, by its last entries.

use crate::domain::money::Money;
use crate::domain::record::{Change, Entry};
use crate::domain::time::{Span, Timestamp};
use crate::domain::usage::EntryType;
use crate::domain::wallet::WalletId;
use crate::store::StoreError;
use crate::store::views::Views;

/// How far back is looked.
const DAYS: Span = Span::from_days(7);
/// Most entries looked at: of a wallet with more the pace is that of these.
const ENTRIES_MAX: usize = 10_000;
/// So that a burst is not taken for the pace of a whole day.
const SPAN_MIN: Span = Span::from_hours(1);
const CHUNK: usize = 1_000;
const NANOS_PER_DAY: i128 = 86_400 * 1_000_000_000;

/// What the wallet was charged a day, refunds taken off; never below zero.
pub fn per_day(views: &Views, wallet: WalletId, now: Timestamp) -> Result<Money, StoreError> {
    let since = now.minus(DAYS);
    let (mut spent, mut looked_at) = (0i128, 0);
    let (mut before_seq, mut oldest) = (u64::MAX, now);
    while looked_at < ENTRIES_MAX {
        let rows = views.entries_before(wallet, before_seq, CHUNK)?;
        for row in &rows {
            if row.posted_at() < since {
                return Ok(daily_rounded_down(spent, DAYS));
            }
            let record = row.record().map_err(StoreError::row("entries"))?;
            if let Change::Entry(entry) = record.change {
                spent += i128::from(spending(&entry).nanos());
                before_seq = entry.seq;
            }
            oldest = row.posted_at();
        }
        looked_at += rows.len();
        if rows.len() < CHUNK {
            return Ok(daily_rounded_down(spent, DAYS));
        }
    }
    Ok(daily_rounded_down(spent, now.since(oldest).max(SPAN_MIN)))
}

/// What an entry counts as spent; nothing for money that is paid in or taken back, and for adjustments.
fn spending(entry: &Entry<'_>) -> Money {
    match EntryType::of(&entry.cause).is_usage() {
        true => entry.amount.checked_neg().unwrap_or(Money::MAX),
        false => Money::ZERO,
    }
}

/// It is an estimate: what a day's share has below 1e-9 is dropped.
fn daily_rounded_down(spent: i128, span: Span) -> Money {
    let of_a_day = spent.max(0).saturating_mul(NANOS_PER_DAY) / i128::from(span.nanos().max(1));
    Money::from_nanos(i64::try_from(of_a_day).unwrap_or(i64::MAX))
}

/// When an amount is spent at a pace; `None` where it lasts longer than time is counted.
pub fn lasts_until(available: Money, per_day: Money, now: Timestamp) -> Option<Timestamp> {
    if !per_day.is_positive() {
        return None;
    }
    let nanos = i128::from(available.nanos().max(0)) * NANOS_PER_DAY / i128::from(per_day.nanos());
    let until = i128::from(now.nanos()) + nanos;
    i64::try_from(until).ok().map(Timestamp::from_nanos).filter(|until| *until != Timestamp::NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{NOW, money};

    #[test]
    fn a_pace_is_what_was_spent_by_days() {
        let table = [
            ("7", Span::from_days(7), "1"),
            ("1", Span::from_days(7), "0.142857142"),
            ("10", Span::from_hours(12), "20"),
            ("10", SPAN_MIN, "240"),
            ("-3", DAYS, "0"),
            ("0", DAYS, "0"),
        ];
        for (spent, span, want) in table {
            let found = daily_rounded_down(i128::from(money(spent).nanos()), span);
            assert_eq!(found, money(want), "{spent} in {} s", span.seconds());
        }
        assert_eq!(daily_rounded_down(i128::MAX, SPAN_MIN), Money::MAX);
    }

    #[test]
    fn a_balance_lasts_until_it_is_spent_at_the_pace() {
        let after = |days| Some(NOW.plus(Span::from_days(days)));
        let table = [
            ("10", "1", after(10)),
            ("10", "20", Some(NOW.plus(Span::from_hours(12)))),
            ("0", "1", Some(NOW)),
            ("-5", "1", Some(NOW)),
            ("10", "0", None),
            ("9000000000", "0.000000001", None),
        ];
        for (available, per_day, want) in table {
            let found = lasts_until(money(available), money(per_day), NOW);
            assert_eq!(found, want, "{available} at {per_day} a day");
        }
    }
}
