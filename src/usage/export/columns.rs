//! What the row of an entry shows, in which columns and in which order, whatever it is written as.

use super::ExportError;
use super::rows::Row;
use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::{Carrier, Direction, Encoding, FinalStatus, Kind};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A whole number.
    Number,
    /// A local day.
    Day,
    Instant,
    Money,
    /// A text of which there are few different ones.
    Word,
    Text,
}

pub const COLUMNS: [(&str, Shape); 29] = [
    ("seq", Shape::Number),
    ("day", Shape::Day),
    ("occurred_at", Shape::Instant),
    ("posted_at", Shape::Instant),
    ("channel", Shape::Word),
    ("type", Shape::Word),
    ("message_id", Shape::Text),
    ("source", Shape::Word),
    ("direction", Shape::Word),
    ("kind", Shape::Word),
    ("status", Shape::Word),
    ("peer", Shape::Text),
    ("country", Shape::Word),
    ("carrier", Shape::Word),
    ("encoding", Shape::Word),
    ("units", Shape::Number),
    ("unit_price", Shape::Money),
    ("message_cost", Shape::Money),
    ("carrier_fee", Shape::Money),
    ("other_fee", Shape::Money),
    ("other_fee_description", Shape::Text),
    ("total", Shape::Money),
    ("amount", Shape::Money),
    ("currency", Shape::Word),
    ("tariff", Shape::Word),
    ("tariff_version", Shape::Word),
    ("campaign", Shape::Word),
    ("tags", Shape::Text),
    ("balance_after", Shape::Money),
];

/// Takes the cells of its columns one after the other. What does not apply is `None`, of texts the empty one.
pub trait Sheet {
    fn number(&mut self, number: Option<i64>);
    fn day(&mut self, day: Day);
    fn instant(&mut self, at: Timestamp);
    /// In 1e-9 of the unit of currency.
    fn nanos(&mut self, nanos: Option<i128>);
    fn word(&mut self, word: &str);
    fn text(&mut self, text: &str);
    fn address(&mut self, address: Option<&Address>);
    fn carrier(&mut self, carrier: Option<Carrier>);
    fn end_row(&mut self) -> Result<(), ExportError>;
}

/// The cells of a row, in the order of [`COLUMNS`].
pub fn put(row: &Row<'_>, sheet: &mut impl Sheet) {
    let nanos = |amount: Option<Money>| amount.map(|amount| i128::from(amount.nanos()));
    sheet.number(Some(row.seq.cast_signed()));
    sheet.day(row.day);
    sheet.instant(row.occurred_at);
    sheet.instant(row.posted_at);
    sheet.address(row.channel.as_ref());
    sheet.word(row.entry_type.as_str());
    sheet.text(row.message_id);
    sheet.text(row.source);
    sheet.word(row.direction.map_or("", Direction::as_str));
    sheet.word(row.kind.map_or("", Kind::as_str));
    sheet.word(row.status.map_or("", FinalStatus::as_str));
    sheet.address(row.peer.as_ref());
    let country = row.country.unwrap_or_default();
    sheet.word(if row.country.is_some() { std::str::from_utf8(&country).unwrap_or("??") } else { "" });
    sheet.carrier(row.carrier);
    sheet.word(row.encoding.map_or("", Encoding::as_str));
    sheet.number(row.units.map(i64::from));
    sheet.nanos(nanos(row.unit_price));
    sheet.nanos(nanos(row.message_cost));
    sheet.nanos(nanos(row.carrier_fee));
    sheet.nanos(nanos(row.other_fee));
    sheet.text(&row.other_fee_description);
    sheet.nanos(nanos(Some(row.total)));
    sheet.nanos(nanos(Some(row.amount)));
    sheet.word(row.currency);
    sheet.text(row.tariff);
    sheet.text(row.tariff_version);
    sheet.text(row.campaign);
    sheet.text(row.tags);
    sheet.nanos(nanos(Some(row.balance_after)));
}
