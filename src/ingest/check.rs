//! From the fields of an event as they came to an event that may be decided (RULES, section 5).
//!
//! The order is that of the rules: everything that is wrong with the fields first, then the wallet.

use std::borrow::Cow;

use super::desk::Desk;
use super::fault::{self, Fault};
use super::field::{Field, Fields, OF_CARRIER_FEES, OF_MESSAGES, OF_STATUSES};
use super::raw::RawEvent;
use super::{message, rfc3339, tags};
use crate::domain::address::Address;
use crate::domain::event::{
    CAMPAIGN_BYTES_MAX, Direction, ERROR_CODE_BYTES_MAX, Event, FinalStatus, HOLD_BYTES_MAX, Happening,
    ID_BYTES_MAX, Mode, Name, REASON_BYTES_MAX, StatusReport,
};
use crate::domain::identity::Named;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::engine::batch::{BatchEvent, PackedKey, Span, Texts, Told};

/// What kind of event it says it is.
#[derive(Clone, Copy)]
enum Type {
    Message(Direction),
    CarrierFee,
    Status,
}

impl Type {
    fn parse(word: &str) -> Option<Type> {
        Some(match word.as_bytes() {
            b"message.outbound" => Type::Message(Direction::Outbound),
            b"message.inbound" => Type::Message(Direction::Inbound),
            b"carrier.fee" => Type::CarrierFee,
            b"message.status" => Type::Status,
            _ => return None,
        })
    }

    fn fields(self) -> Fields {
        match self {
            Type::Message(_) => OF_MESSAGES,
            Type::CarrierFee => OF_CARRIER_FEES,
            Type::Status => OF_STATUSES,
        }
    }
}

/// The id, where there is one that can be told back.
pub(super) fn id<'a>(event: &'a RawEvent<'_>) -> Option<&'a str> {
    event.limited(Field::Id, 1, ID_BYTES_MAX).ok().flatten()
}

/// Checks everything, and rates the event by the tariff that its wallet has now. `id` is where the batch
/// keeps the event's id.
pub(super) fn check(
    event: &mut RawEvent<'_>,
    id: Span,
    desk: &Desk<'_>,
    texts: &mut Texts,
) -> Result<BatchEvent, Fault> {
    let event_type = event_type(event)?;
    let event = &*event;
    let name = Name {
        source: event.limited(Field::Source, 0, ID_BYTES_MAX)?.unwrap_or_default(),
        id: event.required(Field::Id, event.limited(Field::Id, 1, ID_BYTES_MAX)?)?,
    };
    let wallet = event.required(Field::Wallet, event.get(Field::Wallet))?;
    let found = desk.find(wallet);
    let rented = |channel: &Address| found.as_ref()?.rented.as_ref()?.get(channel).copied();
    let happening = match event_type {
        Type::Message(direction) => Happening::Message(message::check(event, direction, rented)?),
        Type::CarrierFee => carrier_fee(event)?,
        Type::Status => status(event, name.source)?,
    };
    let occurred_at = occurred_at(event, desk.now)?;
    let mode = mode(event, event_type)?;
    let campaign = event.limited(Field::Campaign, 0, CAMPAIGN_BYTES_MAX)?.unwrap_or_default();
    let hold = event.limited(Field::Hold, 0, HOLD_BYTES_MAX)?.unwrap_or_default();
    let tags = event.get(Field::Tags).map_or(Ok(Cow::Borrowed("")), tags::check)?;

    let found = found.ok_or_else(|| fault::unknown_wallet(event.name(Field::Wallet)))?;
    let (wallet, tariff) = (found.id, found.tariff);
    let checked = Event { name, happening, mode, occurred_at, campaign, tags: &tags, hold };
    Ok(BatchEvent {
        wallet,
        key: desk.secret.key(wallet, Named::Event(name)),
        fingerprint: desk.secret.fingerprint(&checked),
        id,
        source: texts.keep(name.source),
        campaign: texts.keep(campaign),
        tags: texts.keep(&tags),
        hold: texts.keep(hold),
        told: match happening {
            Happening::Message(message) => Told::Message(message),
            Happening::CarrierFee { amount, channel, reason } => {
                Told::CarrierFee { amount, channel, reason: texts.keep(reason) }
            }
            Happening::Status(StatusReport { message, status, error_code }) => Told::Status {
                message: texts.keep(message.id),
                message_source: texts.keep(message.source),
                message_key: PackedKey::new(desk.secret.key(wallet, Named::Event(message))),
                status,
                error_code: texts.keep(error_code),
            },
        },
        mode,
        occurred_at,
        tariff,
        price: desk.book.price_event(tariff, &checked),
    })
}

/// The type, once it is known that the fields are those of such an event. A type that is not known is told
/// before any fault of its fields, as they may well be right for it.
fn event_type(event: &mut RawEvent<'_>) -> Result<Type, Fault> {
    let told =
        event.get(Field::Type).map(|word| Type::parse(word).ok_or_else(fault::unknown_type)).transpose()?;
    if let Some(fault) = event.take_fault() {
        return Err(fault);
    }
    let event_type = event.required(Field::Type, told)?;
    match event.given().first_outside(event_type.fields()) {
        Some(stray) => Err(event.bad(stray, "an event of this type has no such field")),
        None => Ok(event_type),
    }
}

fn carrier_fee<'a>(event: &'a RawEvent<'_>) -> Result<Happening<'a>, Fault> {
    let amount = event.required(Field::Amount, event.get(Field::Amount))?;
    let amount = Money::parse(amount).map_err(|error| event.bad(Field::Amount, error.to_string()))?;
    if !amount.is_positive() {
        return Err(event.bad(Field::Amount, "it must be above 0"));
    }
    let reason = event.required(Field::Reason, event.limited(Field::Reason, 1, REASON_BYTES_MAX)?)?;
    Ok(Happening::CarrierFee { amount, channel: event.address(Field::Channel)?, reason })
}

/// The message is one of the status's own source unless it says otherwise.
fn status<'a>(event: &'a RawEvent<'_>, own_source: &'a str) -> Result<Happening<'a>, Fault> {
    let id = event.required(Field::Message, event.limited(Field::Message, 1, ID_BYTES_MAX)?)?;
    let source = event.limited(Field::MessageSource, 0, ID_BYTES_MAX)?.unwrap_or(own_source);
    let wanted = "it must be delivered, undelivered or failed";
    let status = event.required(Field::Status, event.word(Field::Status, FinalStatus::parse, wanted)?)?;
    let error_code = event.limited(Field::ErrorCode, 0, ERROR_CODE_BYTES_MAX)?.unwrap_or_default();
    Ok(Happening::Status(StatusReport { message: Name { source, id }, status, error_code }))
}

fn occurred_at(event: &RawEvent<'_>, now: Timestamp) -> Result<Timestamp, Fault> {
    let wanted = "it must be an RFC 3339 instant such as 2026-11-22T10:00:00.5Z, of the years 1678 to 2261";
    match event.get(Field::Time) {
        None => Ok(now),
        Some(text) => rfc3339::parse(text).ok_or_else(|| event.bad(Field::Time, wanted)),
    }
}

fn mode(event: &RawEvent<'_>, event_type: Type) -> Result<Mode, Fault> {
    let told = event.word(Field::Mode, Mode::parse, "it must be admit or report")?;
    Ok(match event_type {
        Type::Message(_) => told.unwrap_or_default(),
        // Always a report (RULES, section 5), whatever a sender says of all its events alike.
        Type::CarrierFee | Type::Status => Mode::Report,
    })
}

/// What fields have in common.
impl RawEvent<'_> {
    pub(super) fn bad(&self, field: Field, detail: impl Into<Box<str>>) -> Fault {
        fault::bad_field(self.name(field), detail)
    }

    pub(super) fn required<T>(&self, field: Field, value: Option<T>) -> Result<T, Fault> {
        value.ok_or_else(|| fault::missing_field(self.name(field), "an event of this type must have it"))
    }

    /// A text of `min` to `max` bytes. None of them is NUL: neither keys nor other people's tools bear it.
    pub(super) fn limited(&self, field: Field, min: usize, max: usize) -> Result<Option<&str>, Fault> {
        let text = self.get(field);
        let fits = |text: &str| (min..=max).contains(&text.len()) && !text.as_bytes().contains(&0);
        if text.is_none_or(fits) {
            return Ok(text);
        }
        Err(self.bad(field, format!("it must have {min} to {max} bytes, none of them NUL")))
    }

    /// One of a set of words.
    pub(super) fn word<T>(
        &self,
        field: Field,
        parse: impl Fn(&str) -> Option<T>,
        wanted: &'static str,
    ) -> Result<Option<T>, Fault> {
        self.get(field).map(|word| parse(word).ok_or_else(|| self.bad(field, wanted))).transpose()
    }

    pub(super) fn address(&self, field: Field) -> Result<Option<Address>, Fault> {
        let read = |text| Address::parse(text).map_err(|error| self.bad(field, error.to_string()));
        self.get(field).map(read).transpose()
    }
}

#[cfg(test)]
mod tests;
