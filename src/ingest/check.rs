//! From the fields of an event as they came to an event that may be decided (RULES, section 5).
//!
//! The order is that of the rules: everything that is wrong with the fields first, then the wallet.

use std::borrow::Cow;

use super::desk::Desk;
use super::fault::{self, Fault};
use super::field::{Field, Fields, OF_CARRIER_FEES, OF_MESSAGES, OF_STATUSES};
use super::item::{Item, Type, address, bad, limited, required, word};
use super::message;
use crate::domain::address::Address;
use crate::domain::event::{
    CAMPAIGN_BYTES_MAX, ERROR_CODE_BYTES_MAX, Event, HOLD_BYTES_MAX, Happening, ID_BYTES_MAX, Mode, Name,
    REASON_BYTES_MAX, StatusReport,
};
use crate::domain::identity::Named;
use crate::domain::time::Timestamp;
use crate::engine::batch::{BatchEvent, PackedKey, Span, Texts, Told};

fn fields_of(event_type: Type) -> Fields {
    match event_type {
        Type::Message(_) => OF_MESSAGES,
        Type::CarrierFee => OF_CARRIER_FEES,
        Type::Status => OF_STATUSES,
    }
}

/// The id, where there is one that can be told back.
pub(super) fn id(event: &impl Item) -> Option<&str> {
    limited(event, Field::Id, 1, ID_BYTES_MAX).ok().flatten()
}

/// Checks everything, and rates the event by the tariff that its wallet has now. `id` is where the batch
/// keeps the event's id.
pub(super) fn check(
    event: &mut impl Item,
    id: Span,
    desk: &Desk<'_>,
    texts: &mut Texts,
) -> Result<BatchEvent, Fault> {
    let event_type = event_type(event)?;
    let event = &*event;
    let name = Name {
        source: limited(event, Field::Source, 0, ID_BYTES_MAX)?.unwrap_or_default(),
        id: required(event, Field::Id, limited(event, Field::Id, 1, ID_BYTES_MAX)?)?,
    };
    let wallet = required(event, Field::Wallet, event.text(Field::Wallet))?;
    let looked_up;
    let found = match event.known_wallet() {
        Some(known) => known,
        None => {
            looked_up = desk.find(wallet);
            looked_up.as_ref()
        }
    };
    let rented = |channel: &Address| found?.rented.as_ref()?.get(channel).copied();
    let happening = match event_type {
        Type::Message(direction) => Happening::Message(message::check(event, direction, rented)?),
        Type::CarrierFee => carrier_fee(event)?,
        Type::Status => status(event, name.source)?,
    };
    let occurred_at = occurred_at(event, desk.now)?;
    let mode = mode(event, event_type)?;
    let campaign = limited(event, Field::Campaign, 0, CAMPAIGN_BYTES_MAX)?.unwrap_or_default();
    let hold = limited(event, Field::Hold, 0, HOLD_BYTES_MAX)?.unwrap_or_default();
    let tags = event.tags().unwrap_or(Ok(Cow::Borrowed("")))?;

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
fn event_type(event: &mut impl Item) -> Result<Type, Fault> {
    let told = event.event_type().map(|told| told.ok_or_else(fault::unknown_type)).transpose()?;
    if let Some(fault) = event.take_fault() {
        return Err(fault);
    }
    let event_type = required(event, Field::Type, told)?;
    match event.given().first_outside(fields_of(event_type)) {
        Some(stray) => Err(bad(event, stray, "an event of this type has no such field")),
        None => Ok(event_type),
    }
}

fn carrier_fee<'a>(event: &'a impl Item) -> Result<Happening<'a>, Fault> {
    let amount = required(event, Field::Amount, event.amount())?;
    let amount = amount.map_err(|error| bad(event, Field::Amount, error.to_string()))?;
    if !amount.is_positive() {
        return Err(bad(event, Field::Amount, "it must be above 0"));
    }
    let reason = required(event, Field::Reason, limited(event, Field::Reason, 1, REASON_BYTES_MAX)?)?;
    Ok(Happening::CarrierFee { amount, channel: address(event, Field::Channel)?, reason })
}

/// The message is one of the status's own source unless it says otherwise.
fn status<'a>(event: &'a impl Item, own_source: &'a str) -> Result<Happening<'a>, Fault> {
    let id = required(event, Field::Message, limited(event, Field::Message, 1, ID_BYTES_MAX)?)?;
    let source = limited(event, Field::MessageSource, 0, ID_BYTES_MAX)?.unwrap_or(own_source);
    let wanted = "it must be delivered, undelivered or failed";
    let status = required(event, Field::Status, word(event, Field::Status, event.status(), wanted)?)?;
    let error_code = limited(event, Field::ErrorCode, 0, ERROR_CODE_BYTES_MAX)?.unwrap_or_default();
    Ok(Happening::Status(StatusReport { message: Name { source, id }, status, error_code }))
}

fn occurred_at(event: &impl Item, now: Timestamp) -> Result<Timestamp, Fault> {
    let wanted = "it must be an RFC 3339 instant such as 2026-11-22T10:00:00.5Z, of the years 1678 to 2261";
    Ok(word(event, Field::Time, event.time(), wanted)?.unwrap_or(now))
}

fn mode(event: &impl Item, event_type: Type) -> Result<Mode, Fault> {
    let told = word(event, Field::Mode, event.mode(), "it must be admit or report")?;
    Ok(match event_type {
        Type::Message(_) => told.unwrap_or_default(),
        // Always a report (RULES, section 5), whatever a sender says of all its events alike.
        Type::CarrierFee | Type::Status => Mode::Report,
    })
}

#[cfg(test)]
mod tests;
