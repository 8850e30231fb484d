//! Entries of messages, which nearly all rows are: their numbers in as many bytes as they need, and nothing that follows
//! from the rest. What is not as nearly all of them are is written in full, as every entry was before.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::*;
use crate::domain::address::AddressKind;

/// Sums and names of rows, and both ends of the message; see [`Short::of`].
const NUMBERS: usize = 10;

/// What one byte has room for: bits of `marks`.
const REPORT: u8 = 1 << 0;
const INBOUND: u8 = 1 << 1;
const MMS: u8 = 1 << 2;
const GSM7: u8 = 1 << 3;
const UCS2: u8 = 1 << 4;
const HAS_TAGS: u8 = 1 << 5;
const HAS_HOLD: u8 = 1 << 6;
const UNKNOWN: u8 = 1 << 7;

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct NaturePart {
    marks: u8,
    billed: u8,
    counted: u8,
    sender_type: u8,
    country: [u8; 2],
}

/// An entry that can be written short.
pub(super) struct Short<'r, 'a> {
    event: &'r Event<'a>,
    message: &'r Message,
    country: Option<[u8; 2]>,
    numbers: [u64; NUMBERS],
}

impl<'r, 'a> Short<'r, 'a> {
    /// `None` where the record is another one, or is to be written in full.
    pub fn of(record: &'r Record<'a>) -> Option<Short<'r, 'a>> {
        let Change::Entry(Entry { seq, amount, balance_after, cause: Cause::Message { event, price } }) =
            &record.change
        else {
            return None;
        };
        let Happening::Message(message) = &event.happening else { return None };
        let rated = &price.rated;
        let [unit_price, carrier_fee] = [rated.unit_price, rated.carrier_fee].map(Money::nanos);
        let same = charged(rated.unit_price, message.units.billed, rated.carrier_fee)
            .is_some_and(|(price, charge)| price == rated.price && charge == *amount);
        let numbers = [
            record.number.checked_sub(*seq)?,
            zigzag(balance_after.nanos()),
            u64::try_from(unit_price).ok()?,
            u64::try_from(carrier_fee).ok()?,
            price.version.0.into(),
            rated.rate_row.into(),
            rated.fee_row.map_or(0, |row| u64::from(row) + 1),
            message.carrier.map_or(0, |carrier| u64::from(carrier.code()) + 1),
            message.channel.packed().unwrap_or(0),
            message.peer.packed().unwrap_or(0),
        ];
        same.then_some(Short { event, message, country: rated.country, numbers })
    }

    pub fn put(&self, out: &mut Vec<u8>) {
        let Short { event, message, country, numbers } = self;
        let encoding = match message.units.encoding {
            None => 0,
            Some(Encoding::Gsm7) => GSM7,
            Some(Encoding::Ucs2) => UCS2,
        };
        let mark = |is: bool, mark: u8| if is { mark } else { 0 };
        let marks = mark(event.mode == Mode::Report, REPORT)
            | mark(message.direction == Direction::Inbound, INBOUND)
            | mark(message.kind == Kind::Mms, MMS)
            | encoding
            | mark(!event.tags.is_empty(), HAS_TAGS)
            | mark(!event.hold.is_empty(), HAS_HOLD);
        let nature = NaturePart {
            marks,
            billed: message.units.billed,
            counted: message.units.counted.unwrap_or(0),
            sender_type: message.sender_type as u8,
            country: country.unwrap_or_default(),
        };
        put(out, &nature);
        put_numbers(out, numbers);
        for address in [message.channel, message.peer] {
            if address.kind() != AddressKind::E164 {
                out.extend_from_slice(&address.to_bytes());
            }
        }
        for text in [event.name.id, event.name.source, event.campaign] {
            put_short(out, text);
        }
        if !event.tags.is_empty() {
            put_long(out, event.tags);
        }
        if !event.hold.is_empty() {
            put_short(out, event.hold);
        }
    }
}

/// The price of a message without its carrier fee, and the amount of its entry.
fn charged(unit_price: Money, billed: u8, carrier_fee: Money) -> Option<(Money, Money)> {
    let price = unit_price.checked_times(billed.into())?;
    Some((price, price.checked_add(carrier_fee)?.checked_neg()?))
}

/// Small numbers for what is near zero, of either sign.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// The entry that [`Short::put`] has written, of the record with a number.
#[inline]
pub(super) fn read_short<'a>(
    number: u64,
    occurred_at: Timestamp,
    reader: &mut Reader<'a>,
) -> Result<Entry<'a>, RowError> {
    let nature = reader.take::<NaturePart>()?;
    let has = |mark: u8| nature.marks & mark != 0;
    if has(UNKNOWN) {
        return Err(RowError("unknown mark"));
    }
    let numbers = reader.numbers::<NUMBERS>()?;
    let [lag, balance_after, unit_price, carrier_fee, version, rate_row, fee_row, carrier, channel, peer] =
        numbers;
    let money = |nanos: u64| i64::try_from(nanos).map(Money::from_nanos).map_err(|_| RowError("an amount"));
    let id = |number: u64| u32::try_from(number).map_err(|_| RowError("a number out of range"));
    let below = |number: u64| number.checked_sub(1).map(id).transpose();
    let (unit_price, carrier_fee) = (money(unit_price)?, money(carrier_fee)?);
    let (price, amount) =
        charged(unit_price, nature.billed, carrier_fee).ok_or(RowError("a price out of range"))?;
    let rated = Rated {
        rate_row: id(rate_row)?,
        fee_row: below(fee_row)?,
        unit_price,
        price,
        carrier_fee,
        country: reading::read_country(nature.country),
    };
    let message = Message {
        direction: if has(INBOUND) { Direction::Inbound } else { Direction::Outbound },
        kind: if has(MMS) { Kind::Mms } else { Kind::Sms },
        channel: read_address(channel, reader)?,
        peer: read_address(peer, reader)?,
        units: Units {
            billed: nature.billed,
            counted: Some(nature.counted).filter(|count| *count > 0),
            encoding: match (has(GSM7), has(UCS2)) {
                (false, false) => None,
                (true, false) => Some(Encoding::Gsm7),
                (false, true) => Some(Encoding::Ucs2),
                (true, true) => return Err(RowError("two encodings")),
            },
        },
        sender_type: SenderType::from_byte(nature.sender_type).ok_or(RowError("unknown sender type"))?,
        carrier: below(carrier)?.and_then(Carrier::from_code),
    };
    let (id_text, source, campaign) = (reader.short()?, reader.short()?, reader.short()?);
    let event = Event {
        name: Name { source, id: id_text },
        happening: Happening::Message(message),
        mode: if has(REPORT) { Mode::Report } else { Mode::Admit },
        occurred_at,
        campaign,
        tags: if has(HAS_TAGS) { reader.long()? } else { "" },
        hold: if has(HAS_HOLD) { reader.short()? } else { "" },
    };
    Ok(Entry {
        seq: number.checked_sub(lag).ok_or(RowError("an entry before its record"))?,
        amount,
        balance_after: Money::from_nanos(unzigzag(balance_after)),
        cause: Cause::Message { event, price: Price { version: VersionId(id(version)?), rated } },
    })
}

/// One end of a message: a number, or in full where there is none.
fn read_address(packed: u64, reader: &mut Reader<'_>) -> Result<Address, RowError> {
    let address = match packed {
        0 => Address::from_bytes(*reader.take()?),
        packed => Address::from_packed(packed),
    };
    address.ok_or(RowError("an address"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_near_zero_is_a_small_number_and_comes_back(number in any::<i64>(), near in -64i64..64) {
            prop_assert_eq!(unzigzag(zigzag(number)), number);
            prop_assert!(zigzag(near) < 128);
        }
    }

    #[test]
    fn both_ends_of_the_range_come_back() {
        for number in [0, -1, 1, i64::MIN, i64::MAX] {
            assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
