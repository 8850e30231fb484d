//! The wallet's own messages: those of a range, and those that rows of a file are about wherever they lie.

use super::matching::Side;
use crate::domain::address::Address;
use crate::domain::event::{AHEAD_MAX, Direction, Event, FinalStatus, Happening, Kind, Name};
use crate::domain::identity::{KEPT_FOR, Key, Named};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry, Price, Record};
use crate::domain::time::{Span, Timestamp};
use crate::domain::usage::{Axis, Dimensions};
use crate::journal::codec::RowError;
use crate::journal::rows::{Row, read};
use crate::store::StoreError;
use crate::store::rows::{EntryRow, PostedRow};
use crate::usage::table::first_posted_from;

/// How far outside the range a message may lie that a row of the file is about: clocks and days differ.
const MARGIN: Span = Span::from_days(2);
/// How long before the range a message is looked for before it is called missing.
const SEARCHED_BEFORE: Span = Span::from_days(366);

/// One message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    pub seq: u64,
    /// Of its name.
    pub key: Key,
    pub source: Box<str>,
    pub id: Box<str>,
    pub occurred_at: Timestamp,
    pub channel: Address,
    pub direction: Direction,
    pub kind: Kind,
    pub units: u8,
    pub price: Price,
    /// What it cost first, carrier fee included.
    pub total: Money,
    pub status: Option<FinalStatus>,
}

impl Ours {
    pub fn name(&self) -> Name<'_> {
        Name { source: &self.source, id: &self.id }
    }
}

/// Where a message lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    Inside,
    /// Outside the days that were asked for.
    Around,
    /// It is of what the filters leave out.
    Filtered,
}

impl Side<'_> {
    pub fn key(&self, name: Name<'_>) -> Key {
        self.secret.key(self.wallet, Named::Event(name))
    }

    /// Calls `visit` with every message of the range and of the margin around it that the filters admit.
    pub fn each_message(
        &self,
        mut visit: impl FnMut(Ours, Lies) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (begins, ends) = self.range();
        let around = begins.minus(MARGIN)..ends.plus(MARGIN);
        let last_posting = match self.query.axis {
            Axis::Occurred => around.end.plus(KEPT_FOR),
            Axis::Posted => around.end,
        };
        let first = first_posted_from(self.views, self.wallet, around.start.minus(AHEAD_MAX))?;
        let mut statuses = self.views.statuses_from(self.wallet, first);
        self.walk(first, |posted_at, record, entry| {
            if posted_at > last_posting {
                return Ok(false);
            }
            if around.contains(&self.instant(posted_at, record))
                && self.query.filter.admits(&Dimensions::of(&entry.cause))
                && let Some(ours) = self.ours(record, entry, None)
            {
                let ours = Ours { status: statuses.of(entry.seq)?, ..ours };
                let lies = self.lies(posted_at, record, entry);
                visit(ours, lies)?;
            }
            Ok(true)
        })
    }

    /// Calls `visit` with every message from a year before the range on whose id is wanted, whatever its source.
    pub fn search(
        &self,
        wanted: impl Fn(&str) -> bool,
        mut visit: impl FnMut(Ours, Lies) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (begins, _) = self.range();
        let first = first_posted_from(self.views, self.wallet, begins.minus(SEARCHED_BEFORE))?;
        self.walk(first, |posted_at, record, entry| {
            let Cause::Message { event, .. } = &entry.cause else { return Ok(true) };
            if wanted(event.name.id) {
                let status = self.views.status(self.wallet, entry.seq)?;
                if let Some(ours) = self.ours(record, entry, status) {
                    visit(ours, self.lies(posted_at, record, entry))?;
                }
            }
            Ok(true)
        })
    }

    /// The message of an entry; `None` where there is no such entry or it is of something else.
    pub fn message(&self, seq: u64) -> Result<Option<(Ours, Lies)>, StoreError> {
        let Some(row) = self.views.entry(self.wallet, seq)? else { return Ok(None) };
        let record = row.record().map_err(misread)?;
        let Change::Entry(entry) = &record.change else { return Ok(None) };
        let ours = self.ours(&record, entry, self.views.status(self.wallet, seq)?);
        Ok(ours.map(|ours| (ours, self.lies(row.posted_at(), &record, entry))))
    }

    /// An entry that another one names.
    pub fn entry(&self, seq: u64) -> Result<EntryRow, StoreError> {
        let row = self.views.entry(self.wallet, seq)?;
        row.ok_or_else(|| misread(RowError("one that others name is missing")))
    }

    fn range(&self) -> (Timestamp, Timestamp) {
        (self.zone.span_of(self.query.from).0, self.zone.span_of(self.query.to).1)
    }

    fn instant(&self, posted_at: Timestamp, record: &Record<'_>) -> Timestamp {
        match self.query.axis {
            Axis::Occurred => record.occurred_at,
            Axis::Posted => posted_at,
        }
    }

    fn lies(&self, posted_at: Timestamp, record: &Record<'_>, entry: &Entry<'_>) -> Lies {
        let (begins, ends) = self.range();
        if !self.query.filter.admits(&Dimensions::of(&entry.cause)) {
            Lies::Filtered
        } else if (begins..ends).contains(&self.instant(posted_at, record)) {
            Lies::Inside
        } else {
            Lies::Around
        }
    }

    fn ours(&self, record: &Record<'_>, entry: &Entry<'_>, status: Option<FinalStatus>) -> Option<Ours> {
        let Cause::Message { event, price } = &entry.cause else { return None };
        let Event { name, happening: Happening::Message(message), .. } = event else { return None };
        Some(Ours {
            seq: entry.seq,
            key: self.key(*name),
            source: name.source.into(),
            id: name.id.into(),
            occurred_at: record.occurred_at,
            channel: message.channel,
            direction: message.direction,
            kind: message.kind,
            units: message.units.billed,
            price: *price,
            total: entry.amount.checked_neg()?,
            status,
        })
    }

    fn walk(
        &self,
        first: u64,
        mut visit: impl FnMut(Timestamp, &Record<'_>, &Entry<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.views.entries(self.wallet, first.saturating_sub(1), |_, row| {
            let (posted_at, row) = PostedRow::split(row).map_err(misread)?;
            let Row::Wallet { record, .. } = read(row).map_err(misread)? else { return Ok(true) };
            match &record.change {
                Change::Entry(entry) => visit(posted_at, &record, entry),
                _ => Ok(true),
            }
        })
    }
}

pub fn misread(error: RowError) -> StoreError {
    StoreError::row("entries")(error)
}
