//! One row as an event, and what the values of dictionaries are known to mean.
//!
//! A meaning is found out when a row first has it: a dictionary may hold far more than the rows of a request need.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::desk::{Desk, Found};
use super::super::fault::{self, Fault};
use super::super::field::{Field, Fields};
use super::super::item::{Item, Type, Word};
use super::super::{rfc3339, tags};
use super::columns::{Columns, Text};
use crate::domain::address::{Address, NotAnAddress};
use crate::domain::event::{Carrier, Encoding, FinalStatus, Kind, Mode, TAGS_BYTES_MAX};
use crate::domain::money::{Money, MoneyError};
use crate::domain::segments::{self, Count, Header};
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;

/// Of each value of a dictionary, what it means.
struct Meanings<T>(Vec<OnceCell<T>>);

/// What the dictionaries of a stream mean, field by field. None are kept for texts that mean only themselves.
pub(super) struct Known {
    wallets: Meanings<Option<Found>>,
    types: Meanings<Word<Type>>,
    modes: Meanings<Word<Mode>>,
    kinds: Meanings<Word<Kind>>,
    encodings: Meanings<Word<Encoding>>,
    sender_types: Meanings<Word<SenderType>>,
    carriers: Meanings<Word<Carrier>>,
    statuses: Meanings<Word<FinalStatus>>,
    times: Meanings<Word<Timestamp>>,
    channels: Meanings<Result<Address, NotAnAddress>>,
    peers: Meanings<Result<Address, NotAnAddress>>,
    tags: Meanings<Kept>,
    /// By the header that joins the parts of the message.
    counts: [Meanings<Count>; 2],
}

/// Tags as they are kept.
enum Kept {
    AsTheyCame,
    As(Box<str>),
    Bad(Fault),
}

/// A row of a batch.
pub(super) struct Row<'a, 'd> {
    pub columns: &'a Columns,
    pub known: &'a Known,
    pub desk: &'a Desk<'d>,
    /// A column of the stream that is no field.
    pub stray: Option<&'a str>,
    pub row: usize,
}

impl<T> Meanings<T> {
    fn of(length: usize) -> Meanings<T> {
        Meanings(std::iter::repeat_with(OnceCell::new).take(length).collect())
    }
}

impl Known {
    /// Nothing yet, of dictionaries with so many values; 0 for a column without one.
    pub(super) fn new(values: impl Fn(Field) -> usize) -> Known {
        let texts = values(Field::Text);
        Known {
            wallets: Meanings::of(values(Field::Wallet)),
            types: Meanings::of(values(Field::Type)),
            modes: Meanings::of(values(Field::Mode)),
            kinds: Meanings::of(values(Field::Kind)),
            encodings: Meanings::of(values(Field::Encoding)),
            sender_types: Meanings::of(values(Field::SenderType)),
            carriers: Meanings::of(values(Field::Carrier)),
            statuses: Meanings::of(values(Field::Status)),
            times: Meanings::of(values(Field::Time)),
            channels: Meanings::of(values(Field::Channel)),
            peers: Meanings::of(values(Field::Peer)),
            tags: Meanings::of(values(Field::Tags)),
            counts: [Meanings::of(texts), Meanings::of(texts)],
        }
    }
}

impl<'a> Row<'a, '_> {
    /// Bytes of what has no bound of its own.
    pub(super) fn bytes(&self) -> usize {
        let length = |field| self.text(field).map_or(0, str::len);
        length(Field::Text) + length(Field::Tags)
    }

    fn has(&self, field: Field) -> bool {
        self.columns.given[self.row].has(field)
    }

    fn column(&self, field: Field) -> Option<&'a Text> {
        let columns = self.columns;
        columns.text(field).filter(|_| self.has(field))
    }

    /// What the row's value of a field means, found out by `parse` unless it is known.
    #[inline]
    fn meaning<T: Copy>(
        &self,
        field: Field,
        known: &Meanings<T>,
        parse: impl FnOnce(&str) -> T,
    ) -> Option<T> {
        let column = self.column(field)?;
        Some(match column.entry(self.row) {
            Some(entry) => *known.0[entry].get_or_init(|| parse(column.get(self.row))),
            None => parse(column.get(self.row)),
        })
    }

    fn bad_tags(detail: &'static str) -> Fault {
        fault::bad_field(Field::Tags.name(), detail)
    }

    /// The row's map as the JSON that another format would have told it in.
    fn json_of_map(&self) -> Option<Result<String, Fault>> {
        let maps = self.columns.tags.as_ref().filter(|_| self.has(Field::Tags))?;
        let mut json = String::from("{");
        for (key, value) in maps.entries(self.row) {
            let Some(value) = value else {
                return Some(Err(Self::bad_tags("they must be strings, none of them null")));
            };
            // One byte more than is kept is enough to be told so.
            if json.len() + key.len() + value.len() > TAGS_BYTES_MAX {
                return Some(Err(tags::too_long()));
            }
            json.push_str(if json.len() > 1 { "," } else { "" });
            for (text, behind) in [(key, ":"), (value, "")] {
                let quoted = serde_json::to_string(text).expect("a text is always JSON");
                json.push_str(&quoted);
                json.push_str(behind);
            }
        }
        json.push('}');
        Some(Ok(json))
    }
}

impl Item for Row<'_, '_> {
    fn name(&self, field: Field) -> &'static str {
        field.name()
    }

    fn text(&self, field: Field) -> Option<&str> {
        self.column(field).map(|column| column.get(self.row))
    }

    fn given(&self) -> Fields {
        self.columns.given[self.row]
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.stray.take().map(fault::unknown_field)
    }

    fn known_wallet(&self) -> Option<Option<&Found>> {
        let column = self.column(Field::Wallet)?;
        let known = &self.known.wallets.0[column.entry(self.row)?];
        Some(known.get_or_init(|| self.desk.find(column.get(self.row))).as_ref())
    }

    fn event_type(&self) -> Option<Word<Type>> {
        self.meaning(Field::Type, &self.known.types, Type::parse)
    }

    fn mode(&self) -> Option<Word<Mode>> {
        self.meaning(Field::Mode, &self.known.modes, Mode::parse)
    }

    fn kind(&self) -> Option<Word<Kind>> {
        self.meaning(Field::Kind, &self.known.kinds, Kind::parse)
    }

    fn encoding(&self) -> Option<Word<Encoding>> {
        self.meaning(Field::Encoding, &self.known.encodings, Encoding::parse)
    }

    fn sender_type(&self) -> Option<Word<SenderType>> {
        self.meaning(Field::SenderType, &self.known.sender_types, SenderType::parse)
    }

    fn carrier(&self) -> Option<Word<Carrier>> {
        self.meaning(Field::Carrier, &self.known.carriers, Carrier::parse)
    }

    fn status(&self) -> Option<Word<FinalStatus>> {
        self.meaning(Field::Status, &self.known.statuses, FinalStatus::parse)
    }

    fn segments(&self) -> Option<Word<u8>> {
        let column = self.columns.segments.as_ref().filter(|_| self.has(Field::Segments))?;
        Some(Some(column[self.row]).filter(|units| *units > 0))
    }

    fn time(&self) -> Option<Word<Timestamp>> {
        match &self.columns.times {
            Some(times) if self.has(Field::Time) => Some(times.nanos(self.row).map(Timestamp::from_nanos)),
            Some(_) => None,
            None => self.meaning(Field::Time, &self.known.times, rfc3339::parse),
        }
    }

    #[inline]
    fn address(&self, field: Field) -> Option<Result<Address, NotAnAddress>> {
        let known = if field == Field::Channel { &self.known.channels } else { &self.known.peers };
        self.meaning(field, known, Address::parse)
    }

    fn amount(&self) -> Option<Result<Money, MoneyError>> {
        match &self.columns.amounts {
            Some(amounts) if self.has(Field::Amount) => {
                let (digits, places) = amounts.get(self.row);
                Some(Money::from_decimal(digits, places))
            }
            Some(_) => None,
            None => self.text(Field::Amount).map(Money::parse),
        }
    }

    fn count(&self, header: Header) -> Option<Count> {
        let known = &self.known.counts[header as usize];
        self.meaning(Field::Text, known, |text| segments::count(text, header))
    }

    fn tags(&self) -> Option<Result<Cow<'_, str>, Fault>> {
        if let Some(json) = self.json_of_map() {
            return Some(json.and_then(|json| Ok(Cow::Owned(tags::check(&json)?.into_owned()))));
        }
        let column = self.column(Field::Tags)?;
        let text = column.get(self.row);
        let Some(entry) = column.entry(self.row) else { return Some(tags::check(text)) };
        let kept = self.known.tags.0[entry].get_or_init(|| match tags::check(text) {
            Ok(kept) if kept == text => Kept::AsTheyCame,
            Ok(kept) => Kept::As(kept.into()),
            Err(fault) => Kept::Bad(fault),
        });
        Some(match kept {
            Kept::AsTheyCame => Ok(Cow::Borrowed(text)),
            Kept::As(kept) => Ok(Cow::Borrowed(kept)),
            Kept::Bad(fault) => Err(fault.clone()),
        })
    }
}
