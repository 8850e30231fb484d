//! What messages of a range should have cost by another version of a tariff: who would pay how much more or less
//! (docs/rules.md, "Corrections"). It only says so; whoever asked decides.

use std::collections::HashMap;

use super::query::Query;
use super::table::first_posted_from;
use crate::domain::calendar::Zone;
use crate::domain::event::{AHEAD_MAX, Happening};
use crate::domain::identity::KEPT_FOR;
use crate::domain::money::{Money, Total};
use crate::domain::rating;
use crate::domain::record::{Cause, Change, Entry, Price, Record, VersionId};
use crate::domain::tariff::Version;
use crate::domain::time::{Span, Timestamp};
use crate::domain::usage::{Axis, Dimensions};
use crate::domain::wallet::WalletId;
use crate::journal::rows::{Row, read};
use crate::store::StoreError;
use crate::store::pinned::Pinned;
use crate::store::rows::PostedRow;

/// An event is posted this long after it happened at the latest: later it would have been too old.
const LATE_MAX: Span = KEPT_FOR;

/// By which version, and which messages.
pub struct Repricing<'a> {
    pub query: &'a Query,
    pub number: VersionId,
    pub version: &'a Version,
    /// Only those that this version has priced; of all of them where it is `None`.
    pub priced_by: Option<VersionId>,
    /// The run that posts what is found, where one does: its id and reason.
    pub run: Option<(&'a str, &'a str)>,
}

/// A message that should have cost something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mispriced {
    /// Its entry.
    pub seq: u64,
    /// The entry of its last correction; 0 where there is none.
    pub seen: u64,
    /// What it costs until now, carrier fee included.
    pub before: Money,
    pub price: Price,
}

/// What was looked at, and what it comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that would cost something else.
    pub changed: u64,
    /// Those that would cost the same.
    pub unchanged: u64,
    /// Those whose charge stands returned: they are left alone.
    pub returned: u64,
    /// Those that the version has no rate for: they are left alone.
    pub without_rate: u64,
    /// Corrections under the same run's id that say something else: then nothing is looked at.
    pub clashes: u64,
    /// What the changed ones cost until now ...
    pub before: Total,
    /// ... and should have cost.
    pub after: Total,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        let Tally { changed, unchanged, returned, without_rate, clashes, before, after } = other;
        self.changed += changed;
        self.unchanged += unchanged;
        self.returned += returned;
        self.without_rate += without_rate;
        self.clashes += clashes;
        self.before.0 += before.0;
        self.after.0 += after.0;
    }
}

/// What has become of a message since its entry.
#[derive(Clone, Copy, Default)]
struct Since {
    /// Its last correction, with the version and what it costs by it.
    corrected: Option<(u64, VersionId, Money)>,
    /// What stands returned of it.
    returned: i128,
}

/// Calls `visit` with every message that should have cost something else, in the order of the entries.
pub fn reprice(
    views: &Pinned,
    wallet: WalletId,
    zone: &Zone,
    repricing: &Repricing<'_>,
    mut visit: impl FnMut(Mispriced) -> Result<(), StoreError>,
) -> Result<Tally, StoreError> {
    let Query { axis, from, to, filter } = repricing.query;
    let (begins, ends) = (zone.span_of(*from).0, zone.span_of(*to).1);
    let (first_posting, last_posting) = match axis {
        Axis::Occurred => (begins.minus(AHEAD_MAX), ends.plus(LATE_MAX)),
        Axis::Posted => (begins, ends),
    };
    let first = first_posted_from(views, wallet, first_posting)?;
    let mut tally = Tally::default();
    let since = all_since(views, wallet, first, repricing, &mut tally)?;
    if tally.clashes > 0 {
        return Ok(tally);
    }
    each_entry(views, wallet, first, |record, entry, posted_at| {
        if posted_at > last_posting {
            return Ok(false);
        }
        let at = match axis {
            Axis::Occurred => record.occurred_at,
            Axis::Posted => posted_at,
        };
        if (begins..ends).contains(&at) && filter.admits(&Dimensions::of(&entry.cause)) {
            let since = since.get(&entry.seq).copied().unwrap_or_default();
            if let Some(mispriced) = repricing.judge(entry, since, &mut tally) {
                visit(mispriced)?;
            }
        }
        Ok(true)
    })?;
    Ok(tally)
}

impl Repricing<'_> {
    fn judge(&self, entry: &Entry<'_>, since: Since, tally: &mut Tally) -> Option<Mispriced> {
        let Cause::Message { event, price } = &entry.cause else { return None };
        let Happening::Message(message) = &event.happening else { return None };
        let first = (0, price.version, price.rated.total());
        let (seen, version, before) = since.corrected.unwrap_or(first);
        if self.priced_by.is_some_and(|wanted| wanted != version) {
            return None;
        }
        if since.returned > 0 {
            tally.returned += 1;
            return None;
        }
        let Some(rated) = rating::rate(self.version, message) else {
            tally.without_rate += 1;
            return None;
        };
        let after = rated.total();
        if after == before {
            tally.unchanged += 1;
            return None;
        }
        tally.changed += 1;
        tally.before.0 += i128::from(before.nanos());
        tally.after.0 += i128::from(after.nanos());
        Some(Mispriced { seq: entry.seq, seen, before, price: Price { version: self.number, rated } })
    }
}

/// What has become of the messages from an entry on: only of those that anything has become of.
fn all_since(
    views: &Pinned,
    wallet: WalletId,
    first: u64,
    repricing: &Repricing<'_>,
    tally: &mut Tally,
) -> Result<HashMap<u64, Since>, StoreError> {
    let mut all: HashMap<u64, Since> = HashMap::new();
    each_entry(views, wallet, first, |_, entry, _| {
        match &entry.cause {
            Cause::Correction(correction) => {
                let now = (entry.seq, correction.price.version, correction.price.rated.total());
                all.entry(correction.of).or_default().corrected = Some(now);
                let same_run = repricing.run.filter(|(id, _)| *id == correction.run.id);
                let clashes = same_run.is_some_and(|(_, reason)| {
                    reason != correction.run.reason || repricing.number != correction.price.version
                });
                tally.clashes += u64::from(clashes);
            }
            // What is charged again has a negative amount.
            Cause::Refund { of, .. } | Cause::Recharge { of, .. } => {
                all.entry(*of).or_default().returned += i128::from(entry.amount.nanos());
            }
            _ => {}
        }
        Ok(true)
    })?;
    Ok(all)
}

fn each_entry(
    views: &Pinned,
    wallet: WalletId,
    first: u64,
    mut visit: impl FnMut(&Record<'_>, &Entry<'_>, Timestamp) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    views.entries(wallet, first.saturating_sub(1), |_, row| {
        let (posted_at, row) = PostedRow::split(row).map_err(StoreError::row("entries"))?;
        let Row::Wallet { record, .. } = read(row).map_err(StoreError::row("entries"))? else {
            return Ok(true);
        };
        match &record.change {
            Change::Entry(entry) => visit(&record, entry, posted_at),
            _ => Ok(true),
        }
    })
}
