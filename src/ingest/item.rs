//! One event as its format tells it: all that the checks ask for, whatever the format.
//!
//! Every format has its fields as texts. One that knows what a text means already (a dictionary says the same a
//! thousand times) answers with the meaning instead; nothing is checked twice, and nothing in two ways.

use std::borrow::Cow;

use memchr::memchr;

use super::desk::Found;
use super::fault::{self, Fault};
use super::field::{Field, Fields};
use super::{rfc3339, tags};
use crate::domain::address::{Address, NotAnAddress};
use crate::domain::event::{Carrier, Direction, Encoding, FinalStatus, Kind, Mode, UNITS_MAX};
use crate::domain::money::{Money, MoneyError};
use crate::domain::segments::{self, Count, Header};
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;

/// What is told of one thing: `None` where it is not one of those that it may be.
pub(super) type Word<T> = Option<T>;

/// What kind of event it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Message(Direction),
    CarrierFee,
    Status,
}

impl Type {
    pub(super) fn parse(word: &str) -> Option<Type> {
        Some(match word.as_bytes() {
            b"message.outbound" => Type::Message(Direction::Outbound),
            b"message.inbound" => Type::Message(Direction::Inbound),
            b"carrier.fee" => Type::CarrierFee,
            b"message.status" => Type::Status,
            _ => return None,
        })
    }
}

/// The fields of one event. Each answer is `None` where the field is not there.
pub(super) trait Item {
    /// What the sender calls the field.
    fn name(&self, field: Field) -> &'static str;

    /// What the field says: of `segments` and `tags` their JSON.
    fn text(&self, field: Field) -> Option<&str>;

    /// Whether the text of a field, which is `text`, has a NUL in it.
    fn has_nul(&self, _: Field, text: &str) -> bool {
        memchr(0, text.as_bytes()).is_some()
    }

    /// The fields that are there, whatever is in them.
    fn given(&self) -> Fields;

    /// The first thing that is wrong with how the fields were told.
    fn take_fault(&mut self) -> Option<Fault>;

    /// The wallet, where it was looked up before: `Some(None)` is one that the sender does not reach.
    fn known_wallet(&self) -> Option<Option<&Found>> {
        None
    }

    fn event_type(&self) -> Option<Word<Type>> {
        self.text(Field::Type).map(Type::parse)
    }

    fn mode(&self) -> Option<Word<Mode>> {
        self.text(Field::Mode).map(Mode::parse)
    }

    fn kind(&self) -> Option<Word<Kind>> {
        self.text(Field::Kind).map(Kind::parse)
    }

    fn encoding(&self) -> Option<Word<Encoding>> {
        self.text(Field::Encoding).map(Encoding::parse)
    }

    fn sender_type(&self) -> Option<Word<SenderType>> {
        self.text(Field::SenderType).map(SenderType::parse)
    }

    fn carrier(&self) -> Option<Word<Carrier>> {
        self.text(Field::Carrier).map(Carrier::parse)
    }

    fn status(&self) -> Option<Word<FinalStatus>> {
        self.text(Field::Status).map(FinalStatus::parse)
    }

    fn segments(&self) -> Option<Word<u8>> {
        self.text(Field::Segments).map(segments_of)
    }

    fn time(&self) -> Option<Word<Timestamp>> {
        self.text(Field::Time).map(rfc3339::parse)
    }

    fn address(&self, field: Field) -> Option<Result<Address, NotAnAddress>> {
        self.text(field).map(Address::parse)
    }

    fn amount(&self) -> Option<Result<Money, MoneyError>> {
        self.text(Field::Amount).map(Money::parse)
    }

    /// What the text of an SMS comes to.
    fn count(&self, header: Header) -> Option<Count> {
        self.text(Field::Text).map(|text| segments::count(text, header))
    }

    /// The tags to keep.
    fn tags(&self) -> Option<Result<Cow<'_, str>, Fault>> {
        self.text(Field::Tags).map(tags::check)
    }
}

/// A JSON number without sign, fraction or exponent.
fn segments_of(json: &str) -> Option<u8> {
    let digits = !json.is_empty() && json.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    json.parse().ok().filter(|units| (1..=UNITS_MAX).contains(units))
}

pub(super) fn bad(item: &impl Item, field: Field, detail: impl Into<Box<str>>) -> Fault {
    fault::bad_field(item.name(field), detail)
}

pub(super) fn required<T>(item: &impl Item, field: Field, value: Option<T>) -> Result<T, Fault> {
    value.ok_or_else(|| fault::missing_field(item.name(field), "an event of this type must have it"))
}

/// A text of `min` to `max` bytes. None of them is NUL: neither keys nor other people's tools bear it.
pub(super) fn limited(item: &impl Item, field: Field, min: usize, max: usize) -> Result<Option<&str>, Fault> {
    let text = item.text(field);
    let fits = |text: &str| (min..=max).contains(&text.len()) && !item.has_nul(field, text);
    if text.is_none_or(fits) {
        return Ok(text);
    }
    Err(bad(item, field, format!("it must have {min} to {max} bytes, none of them NUL")))
}

/// One of a set of words.
pub(super) fn word<T>(
    item: &impl Item,
    field: Field,
    told: Option<Word<T>>,
    wanted: &'static str,
) -> Result<Option<T>, Fault> {
    told.map(|word| word.ok_or_else(|| bad(item, field, wanted))).transpose()
}

/// In one piece with who asks: what is handed on through memory in two words would be read there as one, before it is written.
#[inline]
pub(super) fn address(item: &impl Item, field: Field) -> Result<Option<Address>, Fault> {
    let read = item.address(field).transpose();
    read.map_err(|error| bad(item, field, error.to_string()))
}
