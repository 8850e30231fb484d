//! What the fields of a message must be, and how many units it is (RULES, sections 1, 3 and 4).

use super::fault::{self, Fault};
use super::field::Field;
use super::raw::RawEvent;
use crate::domain::address::Address;
use crate::domain::event::{
    Carrier, Direction, Encoding, Kind, Message, UNITS_MAX, Units, channel_fits, peer_fits,
};
use crate::domain::segments::{self, Header};
use crate::domain::sender_type::SenderType;

/// `rented` says as what the wallet rents a number, where it does.
pub(super) fn check(
    event: &RawEvent<'_>,
    direction: Direction,
    rented: impl FnOnce(&Address) -> Option<SenderType>,
) -> Result<Message, Fault> {
    let channel = event.required(Field::Channel, event.address(Field::Channel)?)?;
    if !channel_fits(direction, channel.kind()) {
        return Err(
            event.bad(Field::Channel, "a name receives no messages: it must be a number or a short code")
        );
    }
    let peer = event.required(Field::Peer, event.address(Field::Peer)?)?;
    if !peer_fits(direction, peer.kind()) {
        return Err(event.bad(Field::Peer, "messages go out to E.164 numbers only (+ and 7 to 15 digits)"));
    }
    let kind = event.word(Field::Kind, Kind::parse, "it must be sms or mms")?;
    let kind = event.required(Field::Kind, kind)?;
    let sender_type = sender_type(event, &channel, rented)?;
    let carrier = event.word(Field::Carrier, Carrier::parse, "it must be MCC and MNC, 5 or 6 digits")?;
    let units = match kind {
        Kind::Sms => units_of_sms(event, Header::for_message(sender_type, &peer))?,
        Kind::Mms => units_of_mms(event)?,
    };
    Ok(Message { direction, kind, channel, peer, units, sender_type, carrier })
}

/// What the event says; else as what the number is rented; else what the channel tells (RULES, section 4).
fn sender_type(
    event: &RawEvent<'_>,
    channel: &Address,
    rented: impl FnOnce(&Address) -> Option<SenderType>,
) -> Result<SenderType, Fault> {
    let wanted = "it must be local, mobile, toll_free, short_code or alphanumeric";
    let told = event.word(Field::SenderType, SenderType::parse, wanted)?;
    Ok(told.or_else(|| rented(channel)).unwrap_or_else(|| SenderType::of_channel(channel)))
}

/// The provider's count wins over ours, which is kept beside it.
fn units_of_sms(event: &RawEvent<'_>, header: Header) -> Result<Units, Fault> {
    let counted = event.get(Field::Text).map(|text| counted(text, header)).transpose()?;
    let segments = event.word(Field::Segments, segments, "it must be a whole number from 1 to 255")?;
    let encoding = event.word(Field::Encoding, Encoding::parse, "it must be GSM-7 or UCS-2")?;
    let ours = counted.map(|(units, _)| units);
    let (billed, encoding) = match (segments, encoding, counted) {
        (Some(segments), Some(encoding), _) => (segments, encoding),
        (Some(segments), None, Some((_, encoding))) => (segments, encoding),
        (None, None, Some((units, encoding))) => (units, encoding),
        (Some(_), None, None) => return Err(missing(Field::Encoding, "segments told without text need it")),
        (None, Some(_), _) => return Err(missing(Field::Segments, "an encoding comes with them")),
        (None, None, None) => {
            return Err(missing(Field::Text, "an SMS must have it, or segments and encoding"));
        }
    };
    Ok(Units { billed, counted: ours, encoding: Some(encoding) })
}

fn units_of_mms(event: &RawEvent<'_>) -> Result<Units, Fault> {
    for field in [Field::Segments, Field::Encoding] {
        if event.given().has(field) {
            return Err(event.bad(field, "an MMS is one unit and has none"));
        }
    }
    Ok(Units { billed: 1, counted: None, encoding: None })
}

fn missing(field: Field, detail: &'static str) -> Fault {
    fault::missing_field(field.name(), detail)
}

fn counted(text: &str, header: Header) -> Result<(u8, Encoding), Fault> {
    let count = segments::count(text, header);
    let units = u8::try_from(count.units).map_err(|_| fault::too_many_units(UNITS_MAX))?;
    Ok((units, count.encoding))
}

/// A JSON number without sign, fraction or exponent.
fn segments(json: &str) -> Option<u8> {
    let digits = !json.is_empty() && json.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    json.parse().ok().filter(|units| (1..=UNITS_MAX).contains(units))
}
