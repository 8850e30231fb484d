//! Which rows of a provider's file are which entries of ours, how they differ, and what could be set right by hand.

use std::collections::HashMap;

use super::file::Theirs;
use super::mapping::Mapping;
use crate::domain::calendar::Zone;
use crate::domain::event::{AHEAD_MAX, Event, FinalStatus, Happening, Kind, Message, Units, words};
use crate::domain::identity::KEPT_FOR;
use crate::domain::money::{Money, Total};
use crate::domain::record::{Cause, Change, Entry, Price, TariffId};
use crate::domain::sender_type::SenderType;
use crate::domain::time::{Span, Timestamp};
use crate::domain::usage::{Axis, Dimensions};
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::journal::rows::{Row, read};
use crate::store::StoreError;
use crate::store::pinned::Pinned;
use crate::store::rows::PostedRow;
use crate::usage::query::Query;
use crate::usage::table::first_posted_from;

/// How far outside the range a message may lie that a row of the file is about: clocks and days differ.
const MARGIN: Span = Span::from_days(2);

/// What a row of theirs, an entry of ours or a pair of them is; of several differences the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// On both sides, and alike in all that both tell.
    Matched = 1,
    /// In the file, not with us.
    MissingHere = 2,
    /// With us, not in the file.
    MissingThere = 3,
    OtherSegments = 4,
    OtherPrice = 5,
    OtherStatus = 6,
    /// In the file again: the first was taken.
    Repeated = 7,
}

words!(Class {
    Matched = "matched",
    MissingHere = "missing_here",
    MissingThere = "missing_there",
    OtherSegments = "other_segments",
    OtherPrice = "other_price",
    OtherStatus = "other_status",
    Repeated = "repeated"
});

/// How many there are of a class, and what they come to on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub count: u64,
    pub theirs: Total,
    pub ours: Total,
}

/// One message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    pub seq: u64,
    pub id: Box<str>,
    pub kind: Kind,
    pub units: u8,
    /// What it cost first, carrier fee included.
    pub total: Money,
    pub status: Option<FinalStatus>,
}

/// A pair, or one half of one, that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub class: Class,
    pub theirs: Option<Theirs>,
    pub ours: Option<Ours>,
    /// An adjustment that would set it right; positive gives money back.
    pub proposed: Option<Money>,
    /// For a person.
    pub reason: String,
}

/// All that was found, by class; of differences as many as `visit` was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    sums: [Sums; 8],
}

impl Report {
    pub fn of(&self, class: Class) -> &Sums {
        &self.sums[class as usize]
    }

    fn add(&mut self, class: Class, theirs: Option<Money>, ours: Option<Money>) {
        let sums = &mut self.sums[class as usize];
        sums.count += 1;
        sums.theirs.0 += theirs.map_or(0, |amount| i128::from(amount.nanos()));
        sums.ours.0 += ours.map_or(0, |amount| i128::from(amount.nanos()));
    }

    /// What all rows of the file come to, and all messages of ours.
    pub fn totals(&self) -> Sums {
        self.sums.iter().fold(Sums::default(), |sum, one| Sums {
            count: sum.count + one.count,
            theirs: Total(sum.theirs.0 + one.theirs.0),
            ours: Total(sum.ours.0 + one.ours.0),
        })
    }
}

/// Whose entries, in which range, and what prices a message that is missing here.
pub struct Side<'a> {
    pub views: &'a Pinned,
    pub wallet: WalletId,
    pub zone: &'a Zone,
    pub query: &'a Query,
    pub tariff: TariffId,
    pub book: &'a Book,
}

/// Holds the rows of a file against a wallet's messages. Calls `visit` with every difference.
pub fn reconcile(
    rows: Vec<Theirs>,
    mapping: &Mapping,
    side: &Side<'_>,
    mut visit: impl FnMut(Difference),
) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let mut waiting: HashMap<Box<str>, Theirs, ahash::RandomState> = HashMap::default();
    for row in rows {
        if waiting.contains_key(&row.id) {
            report.add(Class::Repeated, row.price, None);
            let reason = "the same id stands in the file before".to_owned();
            visit(Difference {
                class: Class::Repeated,
                theirs: Some(row),
                ours: None,
                proposed: None,
                reason,
            });
        } else {
            waiting.insert(row.id.clone(), row);
        }
    }
    side.each_message(|ours, price, in_range| match waiting.remove(&ours.id) {
        Some(theirs) => {
            let (class, proposed, reason) = compare(&theirs, &ours, price, mapping);
            report.add(class, theirs.price, Some(ours.total));
            if class != Class::Matched {
                visit(Difference { class, theirs: Some(theirs), ours: Some(ours), proposed, reason });
            }
        }
        None if in_range => {
            report.add(Class::MissingThere, None, Some(ours.total));
            let (class, proposed) = (Class::MissingThere, Some(ours.total));
            let reason = "the provider did not charge for it: what was charged may be given back".to_owned();
            visit(Difference { class, theirs: None, ours: Some(ours), proposed, reason });
        }
        None => {}
    })?;
    let mut missing: Vec<_> = waiting.into_values().collect();
    missing.sort_unstable_by_key(|row| row.line);
    for theirs in missing {
        report.add(Class::MissingHere, theirs.price, None);
        let (proposed, reason) = match side.price(&theirs) {
            Some(price) => {
                (price.checked_neg(), "it was never charged: by the wallet's tariff it costs this".to_owned())
            }
            None => (None, "it was never charged, and the file does not say enough to price it".to_owned()),
        };
        let class = Class::MissingHere;
        visit(Difference { class, theirs: Some(theirs), ours: None, proposed, reason });
    }
    Ok(report)
}

/// The first difference of a pair, what would set it right, and why.
fn compare(theirs: &Theirs, ours: &Ours, price: &Price, mapping: &Mapping) -> (Class, Option<Money>, String) {
    let counts = ours.kind == Kind::Sms;
    if let Some(segments) = theirs.segments.filter(|segments| counts && *segments != ours.units) {
        let proposed = of_segments(ours, price, segments);
        return (
            Class::OtherSegments,
            proposed,
            format!("{} segments were charged, they count {segments}", ours.units),
        );
    }
    if mapping.compare_price && theirs.price.is_some_and(|theirs| theirs != ours.total) {
        return (Class::OtherPrice, None, "their price is another: no amount is proposed".to_owned());
    }
    if let Some(status) = theirs.status.filter(|status| Some(*status) != ours.status) {
        let known = ours.status.map_or("none", FinalStatus::as_str);
        let reason = format!("it ended {} there, here as {known}: report its status", status.as_str());
        return (Class::OtherStatus, None, reason);
    }
    (Class::Matched, None, String::new())
}

/// What was charged for the segments that they do not count, or what those cost that we did not.
fn of_segments(ours: &Ours, price: &Price, segments: u8) -> Option<Money> {
    let nanos = |amount: Money| i128::from(amount.nanos());
    // Fees are by segment for SMS: they divide without a rest.
    let each = nanos(price.rated.unit_price) + nanos(price.rated.carrier_fee) / i128::from(ours.units.max(1));
    let proposed = each * (i128::from(ours.units) - i128::from(segments));
    i64::try_from(proposed).ok().map(Money::from_nanos)
}

impl Side<'_> {
    /// Calls `visit` with every message of the range and of the margin around it, its price, and whether it is in range.
    fn each_message(&self, mut visit: impl FnMut(Ours, &Price, bool)) -> Result<(), StoreError> {
        let Query { axis, from, to, filter } = self.query;
        let (begins, ends) = (self.zone.span_of(*from).0, self.zone.span_of(*to).1);
        let around = begins.minus(MARGIN)..ends.plus(MARGIN);
        let last_posting = match axis {
            Axis::Occurred => around.end.plus(KEPT_FOR),
            Axis::Posted => around.end,
        };
        let first = first_posted_from(self.views, self.wallet, around.start.minus(AHEAD_MAX))?;
        let mut statuses = self.views.statuses_from(self.wallet, first);
        self.views.entries(self.wallet, first.saturating_sub(1), |seq, row| {
            let (posted_at, row) = PostedRow::split(row).map_err(StoreError::row("entries"))?;
            let Row::Wallet { record, .. } = read(row).map_err(StoreError::row("entries"))? else {
                return Ok(true);
            };
            if posted_at > last_posting {
                return Ok(false);
            }
            let at = if *axis == Axis::Posted { posted_at } else { record.occurred_at };
            let Change::Entry(entry) = &record.change else { return Ok(true) };
            let Cause::Message { event, price } = &entry.cause else { return Ok(true) };
            if around.contains(&at) && filter.admits(&Dimensions::of(&entry.cause)) {
                let status = statuses.of(seq)?;
                if let Some(ours) = ours(entry, event, status) {
                    visit(ours, price, (begins..ends).contains(&at));
                }
            }
            Ok(true)
        })
    }

    /// What a message of theirs would have cost here; `None` where the file does not tell enough of it.
    fn price(&self, theirs: &Theirs) -> Option<Money> {
        let (channel, kind) = (theirs.channel?, theirs.kind.unwrap_or(Kind::Sms));
        let billed = if kind == Kind::Mms { 1 } else { theirs.segments? };
        let message = Message {
            direction: theirs.direction?,
            kind,
            channel,
            peer: theirs.peer?,
            units: Units { billed, counted: None, encoding: None },
            sender_type: SenderType::of_channel(&channel),
            carrier: None,
        };
        let at: Timestamp = theirs.at.unwrap_or_else(|| self.zone.span_of(self.query.to).0);
        Some(self.book.price(self.tariff, &message, at)?.rated.total())
    }
}

fn ours(entry: &Entry<'_>, event: &Event<'_>, status: Option<FinalStatus>) -> Option<Ours> {
    let Happening::Message(message) = &event.happening else { return None };
    Some(Ours {
        seq: entry.seq,
        id: event.name.id.into(),
        kind: message.kind,
        units: message.units.billed,
        total: entry.amount.checked_neg()?,
        status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rating::Rated;
    use crate::domain::record::VersionId;
    use crate::domain::samples::money;

    fn ours(units: u8, status: Option<FinalStatus>) -> (Ours, Price) {
        let unit_price = money("0.01");
        let carrier_fee = money("0.003").checked_times(u32::from(units)).unwrap();
        let price = unit_price.checked_times(u32::from(units)).unwrap();
        let rated = Rated { rate_row: 0, fee_row: Some(0), unit_price, price, carrier_fee, country: None };
        let total = rated.total();
        let message = Ours { seq: 7, id: "m-1".into(), kind: Kind::Sms, units, total, status };
        (message, Price { version: VersionId(0), rated })
    }

    #[test]
    fn of_several_differences_the_first_counts_and_says_what_would_set_it_right() {
        let delivered = Some(FinalStatus::Delivered);
        let failed = Some(FinalStatus::Failed);
        let table = [
            (Some(2), None, delivered, delivered, Class::Matched, None),
            (None, None, None, None, Class::Matched, None),
            // We charged 2 at 0.013 each.
            (Some(1), None, failed, delivered, Class::OtherSegments, Some("0.013")),
            (Some(3), None, delivered, delivered, Class::OtherSegments, Some("-0.013")),
            (Some(2), Some("0.02"), failed, delivered, Class::OtherPrice, None),
            (Some(2), Some("0.026"), failed, delivered, Class::OtherStatus, None),
            (Some(2), Some("0.026"), failed, None, Class::OtherStatus, None),
            // Nothing final is known there.
            (Some(2), Some("0.026"), None, delivered, Class::Matched, None),
        ];
        let mapping = Mapping::named("farebox").unwrap();
        for (segments, price, status, our_status, want, proposed) in table {
            let (ours, our_price) = ours(2, our_status);
            let theirs = Theirs { segments, price: price.map(money), status, ..Theirs::default() };
            let (class, found, _) = compare(&theirs, &ours, &our_price, &mapping);
            assert_eq!((class, found), (want, proposed.map(money)), "{theirs:?}");
        }
        let (ours, our_price) = ours(2, None);
        let dearer = Theirs { segments: Some(2), price: Some(money("9")), ..Theirs::default() };
        let twilio = Mapping::named("twilio").unwrap();
        assert_eq!(compare(&dearer, &ours, &our_price, &twilio).0, Class::Matched, "their price is our cost");
    }
}
