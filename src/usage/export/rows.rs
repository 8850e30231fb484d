//! The rows of an export: a walk over a wallet's entries, checked against what the view of usage adds up (R1).
//!
//! Entries lie in the order in which they were posted, so where to begin is searched for, not walked to. When an entry
//! occurred is at most five minutes after it was posted, but may be long before (what fell due while the engine was
//! down): so the walk by occurrence goes on until it has met as many as usage has counted.

use std::borrow::Cow;

use super::{Expected, Export, ExportError};
use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::{
    AHEAD_MAX, Carrier, Direction, Encoding, Event, FinalStatus, Happening, Kind, Message,
};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry, Price, Record, VersionId};
use crate::domain::time::Timestamp;
use crate::domain::usage::{Axis, Dimensions, EntryType};
use crate::journal::codec::RowError;
use crate::journal::rows::{self, Row as Journalled};
use crate::store::ahead::Read;
use crate::store::cells::Count;
use crate::store::rows::{EntryRow, POSTED_AT_BYTES};
use crate::usage::explain::of_the_life;
use crate::usage::table::first_posted_from;

/// How many entries are passed before it is asked whether anybody still waits.
const GLANCE_ENTRIES: u64 = 1_024;

/// One entry as an export shows it. What does not apply to it is absent, of texts empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    pub seq: u64,
    /// The local day that it counts for.
    pub day: Day,
    pub occurred_at: Timestamp,
    pub posted_at: Timestamp,
    pub entry_type: EntryType,
    /// Of the message that it belongs to, as up to `carrier` and `campaign` too; or of the number or carrier's charge.
    pub channel: Option<Address>,
    pub message_id: &'a str,
    pub source: &'a str,
    pub direction: Option<Direction>,
    pub kind: Option<Kind>,
    /// Of a message's own entry only, as are encoding, units and unit price.
    pub status: Option<FinalStatus>,
    pub peer: Option<Address>,
    pub country: Option<[u8; 2]>,
    pub carrier: Option<Carrier>,
    pub encoding: Option<Encoding>,
    pub units: Option<u8>,
    pub unit_price: Option<Money>,
    /// Without the carrier fee.
    pub message_cost: Option<Money>,
    pub carrier_fee: Option<Money>,
    /// What else was charged; negative where it was returned or paid in.
    pub other_fee: Option<Money>,
    pub other_fee_description: Cow<'a, str>,
    /// The sum of the three before it.
    pub total: Money,
    /// The opposite of the total.
    pub amount: Money,
    pub currency: &'a str,
    pub tariff: &'a str,
    pub tariff_version: &'a str,
    pub campaign: &'a str,
    pub tags: &'a str,
    pub balance_after: Money,
}

impl Export {
    /// What the view of usage says the rows come to.
    pub fn expected(&self) -> Result<Expected, ExportError> {
        let query = &self.query;
        let (mut rows, mut used) = (0i64, 0i128);
        self.views.usage(self.wallet, query.axis, (query.from, query.to), |_, cell| {
            if matches!(cell.count, Count::Entries(_)) && query.filter.admits(&cell.dimensions) {
                rows += cell.sums.number;
                used += cell.sums.amount + cell.sums.carrier_fee;
            }
            Ok(())
        })?;
        let rows = u64::try_from(rows).map_err(|_| RowError("fewer entries than none"))?;
        Ok(Expected { rows, used })
    }

    /// Calls `visit` with every row, in the order in which they were posted, while `wanted` says so.
    pub fn each(
        &self,
        expected: &Expected,
        wanted: impl Fn() -> bool,
        mut visit: impl FnMut(&Row<'_>) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        if *expected == Expected::default() {
            return Ok(());
        }
        let mut walk = Walk::new(self)?;
        let mut passed = 0u64;
        self.views.entries_ahead(self.wallet, walk.first_seq - 1, |read| {
            passed += 1;
            match passed.is_multiple_of(GLANCE_ENTRIES) && !wanted() {
                true => Err(ExportError::Unwanted),
                false => walk.entry(read, expected, &mut visit),
            }
        })?;
        match walk.found == *expected {
            true => Ok(()),
            false => Err(ExportError::Disagree { found: walk.found, expected: *expected }),
        }
    }
}

/// A walk under way.
struct Walk<'e> {
    export: &'e Export,
    first_seq: u64,
    /// The range that is asked for, as instants: from the first up to, and without, the second.
    range: (Timestamp, Timestamp),
    today: Today,
    /// The message that was looked up last: what belongs to one comes mostly one after the other.
    message: Option<(u64, EntryRow)>,
    found: Expected,
}

/// The local day met last: the next entry nearly always falls on it too.
struct Today {
    day: Day,
    begins: Timestamp,
    ends: Timestamp,
}

impl Today {
    fn day(&mut self, at: Timestamp, zone: &Zone) -> Day {
        if at < self.begins || at >= self.ends {
            let (begins, ends) = zone.day_span(at);
            *self = Today { day: zone.day(at), begins, ends };
        }
        self.day
    }
}

impl<'e> Walk<'e> {
    fn new(export: &'e Export) -> Result<Walk<'e>, ExportError> {
        let Export { zone, query, views, wallet, .. } = export;
        let ((begins, _), (_, ends)) = (zone.span_of(query.from), zone.span_of(query.to));
        let posted_from = match query.axis {
            Axis::Posted => begins,
            Axis::Occurred => begins.minus(AHEAD_MAX),
        };
        let first_seq = first_posted_from(views, *wallet, posted_from)?;
        Ok(Walk {
            export,
            first_seq,
            range: (begins, ends),
            today: Today { day: query.from, begins: Timestamp::NEVER, ends: Timestamp::NEVER },
            message: None,
            found: Expected::default(),
        })
    }

    /// Whether the walk goes on after this entry.
    fn entry(
        &mut self,
        read: Read<'_>,
        expected: &Expected,
        visit: &mut impl FnMut(&Row<'_>) -> Result<(), ExportError>,
    ) -> Result<bool, ExportError> {
        let (posted_at, row) =
            read.row.split_first_chunk::<POSTED_AT_BYTES>().ok_or(RowError("one is cut short"))?;
        let posted_at = Timestamp::from_nanos(i64::from_le_bytes(*posted_at));
        let query = &self.export.query;
        let at = match query.axis {
            Axis::Posted => posted_at,
            Axis::Occurred => rows::occurred_at(row)?,
        };
        if at < self.range.0 {
            return Ok(true);
        }
        if at >= self.range.1 {
            return Ok(query.axis == Axis::Occurred);
        }
        let Journalled::Wallet { record, .. } = rows::read(row)? else {
            return Err(RowError("a record of the house").into());
        };
        let entry = entry_of(&record)?;
        if !query.filter.admits(&Dimensions::of(&entry.cause)) {
            return Ok(true);
        }
        let day = self.today.day(at, &self.export.zone);
        let status = match &entry.cause {
            Cause::Message { .. } => read.status,
            _ => None,
        };
        let of = message_of(&entry.cause);
        if let Some(of) = of {
            self.look_up(of)?;
        }
        let message = self.message.as_ref().filter(|(seq, _)| Some(*seq) == of);
        let message = message.map(|(_, row)| row.record()).transpose()?;
        let shown = Shown { export: self.export, day, posted_at, status, message: message.as_ref() };
        let row = shown.row(&record, entry)?;
        self.found.rows += 1;
        self.found.used -= i128::from(entry.amount.nanos());
        visit(&row)?;
        Ok(query.axis == Axis::Posted || self.found.rows < expected.rows)
    }

    /// Has the entry `of` at hand.
    fn look_up(&mut self, of: u64) -> Result<(), ExportError> {
        if self.message.as_ref().is_none_or(|(seq, _)| *seq != of) {
            let found = self.export.views.entry(self.export.wallet, of)?;
            self.message = Some((of, found.ok_or(RowError("a message's own is missing"))?));
        }
        Ok(())
    }
}

fn entry_of<'r, 'a>(record: &'r Record<'a>) -> Result<&'r Entry<'a>, RowError> {
    match &record.change {
        Change::Entry(entry) => Ok(entry),
        _ => Err(RowError("no entry in a place of one")),
    }
}

/// The entry of the message that an entry belongs to, where that is another one.
fn message_of(cause: &Cause<'_>) -> Option<u64> {
    match cause {
        Cause::Refund { of, .. }
        | Cause::FailureFee { of, .. }
        | Cause::Recharge { of, .. }
        | Cause::FailureFeeReturn { of, .. } => Some(*of),
        Cause::Correction(correction) => Some(correction.of),
        Cause::Message { .. }
        | Cause::CarrierFee { .. }
        | Cause::Adjustment(_)
        | Cause::NumberFee(_)
        | Cause::TopUp { .. }
        | Cause::PaymentRefund { .. }
        | Cause::Dispute { .. }
        | Cause::DisputeReinstated { .. }
        | Cause::HoldSettlement { .. } => None,
    }
}

/// What is known of an entry beside its record.
struct Shown<'s, 'a> {
    export: &'a Export,
    day: Day,
    posted_at: Timestamp,
    status: Option<FinalStatus>,
    /// The record of the message looked up last.
    message: Option<&'s Record<'a>>,
}

impl<'a> Shown<'_, 'a> {
    fn row(&self, record: &Record<'a>, entry: &Entry<'a>) -> Result<Row<'a>, ExportError> {
        let total = entry.amount.checked_neg().ok_or(ExportError::OutOfRange)?;
        let row = self.bare(record.occurred_at, entry, total);
        Ok(match &entry.cause {
            Cause::Message { event, price } => self.charged(row, event, price),
            Cause::CarrierFee { event } => by_carrier(row, event),
            Cause::NumberFee(fee) => {
                let row = match fee.row {
                    Some((version, _)) => self.with_version(row, version),
                    None => row,
                };
                Row { channel: Some(fee.number), ..with_other_fee(row, &entry.cause) }
            }
            Cause::Adjustment(adjustment) => {
                Row { other_fee: Some(total), other_fee_description: adjustment.reason.into(), ..row }
            }
            cause if message_of(cause).is_some() => {
                let row = with_other_fee(row, cause);
                match self.message.map(|record| &record.change) {
                    Some(Change::Entry(Entry { cause: Cause::Message { event, price }, .. })) => {
                        self.with_message(row, event, price)
                    }
                    _ => return Err(RowError("it belongs to what is no message").into()),
                }
            }
            cause => with_other_fee(row, cause),
        })
    }

    /// The row of a message's own entry.
    fn charged(&self, row: Row<'a>, event: &Event<'a>, price: &Price) -> Row<'a> {
        let row = self.with_message(self.with_version(row, price.version), event, price);
        let encoding = match &event.happening {
            Happening::Message(message) => message.units.encoding,
            Happening::CarrierFee { .. } | Happening::Status(_) => None,
        };
        Row {
            status: self.status,
            encoding,
            units: Some(event.units()),
            unit_price: Some(price.rated.unit_price),
            message_cost: row.total.checked_sub(price.rated.carrier_fee),
            carrier_fee: Some(price.rated.carrier_fee),
            tags: event.tags,
            ..row
        }
    }

    fn bare(&self, occurred_at: Timestamp, entry: &Entry<'a>, total: Money) -> Row<'a> {
        Row {
            seq: entry.seq,
            day: self.day,
            occurred_at,
            posted_at: self.posted_at,
            entry_type: EntryType::of(&entry.cause),
            channel: None,
            message_id: "",
            source: "",
            direction: None,
            kind: None,
            status: None,
            peer: None,
            country: None,
            carrier: None,
            encoding: None,
            units: None,
            unit_price: None,
            message_cost: None,
            carrier_fee: None,
            other_fee: None,
            other_fee_description: Cow::Borrowed(""),
            total,
            amount: entry.amount,
            currency: self.export.currency.as_str(),
            tariff: "",
            tariff_version: "",
            campaign: "",
            tags: "",
            balance_after: entry.balance_after,
        }
    }

    fn with_version(&self, row: Row<'a>, version: VersionId) -> Row<'a> {
        match self.export.book.version(version) {
            Some(version) => {
                let head = version.head();
                Row { tariff: &head.name, tariff_version: &head.label, ..row }
            }
            None => row,
        }
    }

    fn with_message(&self, row: Row<'a>, event: &Event<'a>, price: &Price) -> Row<'a> {
        let row = Row {
            message_id: event.name.id,
            source: event.name.source,
            country: price.rated.country,
            campaign: event.campaign,
            ..row
        };
        let Happening::Message(message) = &event.happening else { return row };
        let Message { direction, kind, channel, peer, carrier, units: _, sender_type: _ } = *message;
        Row {
            channel: Some(channel),
            direction: Some(direction),
            kind: Some(kind),
            peer: Some(peer),
            carrier,
            ..row
        }
    }
}

/// The row of what a carrier charged by itself.
fn by_carrier<'a>(row: Row<'a>, event: &Event<'a>) -> Row<'a> {
    let (channel, reason) = match event.happening {
        Happening::CarrierFee { channel, reason, .. } => (channel, reason),
        Happening::Message(_) | Happening::Status(_) => (None, ""),
    };
    Row {
        channel,
        message_id: event.name.id,
        source: event.name.source,
        carrier_fee: Some(row.total),
        other_fee_description: reason.into(),
        campaign: event.campaign,
        tags: event.tags,
        ..row
    }
}

fn with_other_fee<'a>(row: Row<'a>, cause: &Cause<'_>) -> Row<'a> {
    Row { other_fee: Some(row.total), other_fee_description: of_the_life(cause).into(), ..row }
}
