//! What the fields of a message must be, and how many units it is (RULES, sections 1, 3 and 4).

use super::fault::{self, Fault};
use super::field::Field;
use super::item::{Item, address, bad, required, word};
use crate::domain::address::Address;
use crate::domain::event::{Direction, Encoding, Kind, Message, UNITS_MAX, Units, channel_fits, peer_fits};
use crate::domain::segments::{Count, Header};
use crate::domain::sender_type::SenderType;

/// `rented` says as what the wallet rents a number, where it does.
pub(super) fn check(
    event: &impl Item,
    direction: Direction,
    rented: impl FnOnce(&Address) -> Option<SenderType>,
) -> Result<Message, Fault> {
    let channel = required(event, Field::Channel, address(event, Field::Channel)?)?;
    if !channel_fits(direction, channel.kind()) {
        return Err(bad(
            event,
            Field::Channel,
            "a name receives no messages: it must be a number or a short code",
        ));
    }
    let peer = required(event, Field::Peer, address(event, Field::Peer)?)?;
    if !peer_fits(direction, peer.kind()) {
        return Err(bad(event, Field::Peer, "messages go out to E.164 numbers only (+ and 7 to 15 digits)"));
    }
    let kind = word(event, Field::Kind, event.kind(), "it must be sms or mms")?;
    let kind = required(event, Field::Kind, kind)?;
    let sender_type = sender_type(event, &channel, rented)?;
    let carrier = word(event, Field::Carrier, event.carrier(), "it must be MCC and MNC, 5 or 6 digits")?;
    let units = match kind {
        Kind::Sms => units_of_sms(event, Header::for_message(sender_type, &peer))?,
        Kind::Mms => units_of_mms(event)?,
    };
    Ok(Message { direction, kind, channel, peer, units, sender_type, carrier })
}

/// What the event says; else as what the number is rented; else what the channel tells (RULES, section 4).
fn sender_type(
    event: &impl Item,
    channel: &Address,
    rented: impl FnOnce(&Address) -> Option<SenderType>,
) -> Result<SenderType, Fault> {
    let wanted = "it must be local, mobile, toll_free, short_code or alphanumeric";
    let told = word(event, Field::SenderType, event.sender_type(), wanted)?;
    Ok(told.or_else(|| rented(channel)).unwrap_or_else(|| SenderType::of_channel(channel)))
}

/// The provider's count wins over ours, which is kept beside it.
fn units_of_sms(event: &impl Item, header: Header) -> Result<Units, Fault> {
    let counted = event.count(header).map(counted).transpose()?;
    let segments = word(event, Field::Segments, event.segments(), "it must be a whole number from 1 to 255")?;
    let encoding = word(event, Field::Encoding, event.encoding(), "it must be GSM-7 or UCS-2")?;
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

fn units_of_mms(event: &impl Item) -> Result<Units, Fault> {
    for field in [Field::Segments, Field::Encoding] {
        if event.given().has(field) {
            return Err(bad(event, field, "an MMS is one unit and has none"));
        }
    }
    Ok(Units { billed: 1, counted: None, encoding: None })
}

fn missing(field: Field, detail: &'static str) -> Fault {
    fault::missing_field(field.name(), detail)
}

fn counted(count: Count) -> Result<(u8, Encoding), Fault> {
    let units = u8::try_from(count.units).map_err(|_| fault::too_many_units(UNITS_MAX))?;
    Ok((units, count.encoding))
}
