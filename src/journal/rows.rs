//! Rows: records as bytes. One row is a head of fixed size and, by its kind, fixed parts and texts.
//!
//! A row kind is never reused for another meaning. Everything is little-endian and unaligned, so a row
//! can be read in place wherever it stands.

use zerocopy::little_endian::{I64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::codec::{Reader, RowError, put, put_long, put_short};
use crate::domain::access::Role;
use crate::domain::address::Address;
use crate::domain::currency::Currency;
use crate::domain::event::{
    Carrier, Direction, Encoding, Event, Happening, Kind, Message, Mode, Name, Units,
};
use crate::domain::house::{HouseRecord, KeyRecord};
use crate::domain::money::Money;
use crate::domain::rating::Rated;
use crate::domain::record::{
    Adjustment, Cause, Change, Entry, Lack, Price, Record, TariffId, Terms, VersionId,
};
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;

const OPENED: u8 = 1;
const TERMS_SET: u8 = 2;
const MESSAGE_ENTRY: u8 = 3;
const CARRIER_FEE_ENTRY: u8 = 4;
const ADJUSTMENT_ENTRY: u8 = 5;
const BLOCKED: u8 = 6;
const SUSPENDED: u8 = 7;
const RESUMED: u8 = 8;
const TARIFF_ADDED: u8 = 128;
const KEY_MADE: u8 = 129;
const KEY_REVOKED: u8 = 130;

const NONE: u32 = u32::MAX;

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct HeadPart {
    /// Of the whole row, this head included.
    length: U32,
    kind: u8,
    /// The wallet's number in its partition; 0 for records of the house.
    wallet: U32,
    number: U64,
    occurred_at: I64,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct EntryPart {
    seq: U64,
    amount: I64,
    balance_after: I64,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct PricePart {
    version: U32,
    rate_row: U32,
    fee_row: U32,
    unit_price: I64,
    carrier_fee: I64,
    country: [u8; 2],
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct MessagePart {
    channel: [u8; 16],
    peer: [u8; 16],
    /// The carrier's code and 1; 0 for none.
    carrier: U32,
    direction: u8,
    kind: u8,
    encoding: u8,
    billed: u8,
    counted: u8,
    sender_type: u8,
}

/// What a row holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row<'a> {
    Wallet { wallet: u32, record: Record<'a> },
    House { record: HouseRecord<'a> },
}

/// Appends the row of a wallet's record.
pub fn put_record(out: &mut Vec<u8>, wallet: u32, record: &Record<'_>) {
    let kind = match &record.change {
        Change::Opened(_) => OPENED,
        Change::TermsSet(_) => TERMS_SET,
        Change::Entry(entry) => match entry.cause {
            Cause::Message { .. } => MESSAGE_ENTRY,
            Cause::CarrierFee { .. } => CARRIER_FEE_ENTRY,
            Cause::Adjustment(_) => ADJUSTMENT_ENTRY,
        },
        Change::Blocked { .. } => BLOCKED,
        Change::Suspended => SUSPENDED,
        Change::Resumed => RESUMED,
    };
    framed(out, kind, wallet, record.number, record.occurred_at, |out| match &record.change {
        Change::Opened(terms) | Change::TermsSet(terms) => put_terms(out, terms),
        Change::Entry(entry) => put_entry(out, entry),
        Change::Blocked { event, reason } => {
            out.push(*reason as u8);
            put_event(out, event);
        }
        Change::Suspended | Change::Resumed => {}
    });
}

/// Appends the row of a record of the house.
pub fn put_house(out: &mut Vec<u8>, record: &HouseRecord<'_>, at: Timestamp) {
    let kind = match record {
        HouseRecord::TariffAdded { .. } => TARIFF_ADDED,
        HouseRecord::KeyMade(_) => KEY_MADE,
        HouseRecord::KeyRevoked { .. } => KEY_REVOKED,
    };
    framed(out, kind, 0, 0, at, |out| match record {
        HouseRecord::TariffAdded { version, text, actor } => {
            put(out, &U32::new(version.0));
            put_long(out, text);
            put_short(out, actor);
        }
        HouseRecord::KeyMade(key) => {
            out.push(key.role as u8);
            out.extend_from_slice(&key.digest);
            for text in [key.id, key.wallet, key.name, key.actor] {
                put_short(out, text);
            }
        }
        HouseRecord::KeyRevoked { id, actor } => {
            put_short(out, id);
            put_short(out, actor);
        }
    });
}

fn framed(
    out: &mut Vec<u8>,
    kind: u8,
    wallet: u32,
    number: u64,
    at: Timestamp,
    body: impl FnOnce(&mut Vec<u8>),
) {
    let start = out.len();
    let head = HeadPart {
        length: U32::ZERO,
        kind,
        wallet: U32::new(wallet),
        number: U64::new(number),
        occurred_at: I64::new(at.nanos()),
    };
    put(out, &head);
    body(out);
    let length = u32::try_from(out.len() - start).expect("a row is far shorter than 4 GiB");
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn put_terms(out: &mut Vec<u8>, terms: &Terms<'_>) {
    out.extend_from_slice(&terms.currency.to_bytes());
    put(out, &U32::new(terms.tariff.0));
    for text in [terms.wallet, terms.name, terms.time_zone] {
        put_short(out, text);
    }
}

fn put_entry(out: &mut Vec<u8>, entry: &Entry<'_>) {
    let part = EntryPart {
        seq: U64::new(entry.seq),
        amount: I64::new(entry.amount.nanos()),
        balance_after: I64::new(entry.balance_after.nanos()),
    };
    put(out, &part);
    match &entry.cause {
        Cause::Message { event, price } => {
            put(out, &price_part(price));
            put_event(out, event);
        }
        Cause::CarrierFee { event } => put_event(out, event),
        Cause::Adjustment(adjustment) => {
            put_short(out, adjustment.idempotency_key);
            put_short(out, adjustment.actor);
            put_long(out, adjustment.reason);
        }
    }
}

fn price_part(price: &Price) -> PricePart {
    PricePart {
        version: U32::new(price.version.0),
        rate_row: U32::new(price.rated.rate_row),
        fee_row: U32::new(price.rated.fee_row.unwrap_or(NONE)),
        unit_price: I64::new(price.rated.unit_price.nanos()),
        carrier_fee: I64::new(price.rated.carrier_fee.nanos()),
        country: price.rated.country.unwrap_or_default(),
    }
}

fn put_event(out: &mut Vec<u8>, event: &Event<'_>) {
    out.push(match event.mode {
        Mode::Admit => 1,
        Mode::Report => 2,
    });
    match &event.happening {
        Happening::Message(message) => put(out, &message_part(message)),
        Happening::CarrierFee { amount, channel, reason } => {
            put(out, &I64::new(amount.nanos()));
            put(out, &channel.map_or([0; 16], Address::to_bytes));
            put_long(out, reason);
        }
        // No record holds one yet.
        Happening::Status(_) => {}
    }
    for text in [event.name.id, event.name.source, event.campaign] {
        put_short(out, text);
    }
    put_long(out, event.tags);
}

fn message_part(message: &Message) -> MessagePart {
    MessagePart {
        channel: message.channel.to_bytes(),
        peer: message.peer.to_bytes(),
        carrier: U32::new(message.carrier.map_or(0, |carrier| carrier.code() + 1)),
        direction: message.direction as u8,
        kind: message.kind as u8,
        encoding: message.units.encoding.map_or(0, |encoding| encoding as u8),
        billed: message.units.billed,
        counted: message.units.counted.unwrap_or(0),
        sender_type: message.sender_type as u8,
    }
}

/// The rows of a frame's body, in order. After an error nothing more comes.
pub struct Rows<'a> {
    rest: &'a [u8],
}

impl<'a> Rows<'a> {
    pub fn new(body: &'a [u8]) -> Rows<'a> {
        Rows { rest: body }
    }
}

impl<'a> Iterator for Rows<'a> {
    /// The bytes of one row, its head included.
    type Item = Result<&'a [u8], RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let row = Reader(self.rest)
            .take::<U32>()
            .ok()
            .and_then(|length| self.rest.split_at_checked(length.get() as usize))
            .filter(|(row, _)| row.len() >= size_of::<HeadPart>());
        match row {
            Some((row, rest)) => {
                self.rest = rest;
                Some(Ok(row))
            }
            None => {
                self.rest = &[];
                Some(Err(RowError("a row's length does not fit its frame")))
            }
        }
    }
}

/// Reads one row.
pub fn read(row: &[u8]) -> Result<Row<'_>, RowError> {
    let mut reader = Reader(row);
    let head = reader.take::<HeadPart>()?;
    if head.length.get() as usize != row.len() {
        return Err(RowError("its length is not its own"));
    }
    if head.kind >= TARIFF_ADDED {
        let record = read_house(head.kind, &mut reader)?;
        reader.finish()?;
        return Ok(Row::House { record });
    }
    let occurred_at = Timestamp::from_nanos(head.occurred_at.get());
    let change = match head.kind {
        OPENED => Change::Opened(read_terms(&mut reader)?),
        TERMS_SET => Change::TermsSet(read_terms(&mut reader)?),
        MESSAGE_ENTRY | CARRIER_FEE_ENTRY | ADJUSTMENT_ENTRY => {
            Change::Entry(read_entry(head.kind, occurred_at, &mut reader)?)
        }
        BLOCKED => {
            let reason = match reader.bytes(1)?[0] {
                1 => Lack::Suspended,
                2 => Lack::InsufficientBalance,
                _ => return Err(RowError("unknown reason of a block")),
            };
            Change::Blocked { event: read_event(true, occurred_at, &mut reader)?, reason }
        }
        SUSPENDED => Change::Suspended,
        RESUMED => Change::Resumed,
        _ => return Err(RowError("unknown kind")),
    };
    reader.finish()?;
    let record = Record { number: head.number.get(), occurred_at, change };
    Ok(Row::Wallet { wallet: head.wallet.get(), record })
}

fn read_house<'a>(kind: u8, reader: &mut Reader<'a>) -> Result<HouseRecord<'a>, RowError> {
    Ok(match kind {
        TARIFF_ADDED => HouseRecord::TariffAdded {
            version: VersionId(reader.take::<U32>()?.get()),
            text: reader.long()?,
            actor: reader.short()?,
        },
        KEY_MADE => HouseRecord::KeyMade(KeyRecord {
            role: Role::from_byte(reader.bytes(1)?[0]).ok_or(RowError("unknown role"))?,
            digest: *reader.take()?,
            id: reader.short()?,
            wallet: reader.short()?,
            name: reader.short()?,
            actor: reader.short()?,
        }),
        KEY_REVOKED => HouseRecord::KeyRevoked { id: reader.short()?, actor: reader.short()? },
        _ => return Err(RowError("unknown kind")),
    })
}

fn read_terms<'a>(reader: &mut Reader<'a>) -> Result<Terms<'a>, RowError> {
    Ok(Terms {
        currency: Currency::from_bytes(*reader.take()?).ok_or(RowError("unknown currency"))?,
        tariff: TariffId(reader.take::<U32>()?.get()),
        wallet: reader.short()?,
        name: reader.short()?,
        time_zone: reader.short()?,
    })
}

fn read_entry<'a>(kind: u8, occurred_at: Timestamp, reader: &mut Reader<'a>) -> Result<Entry<'a>, RowError> {
    let part = reader.take::<EntryPart>()?;
    let amount = Money::from_nanos(part.amount.get());
    let cause = match kind {
        MESSAGE_ENTRY => {
            let price = reader.take::<PricePart>()?;
            let event = read_event(true, occurred_at, reader)?;
            Cause::Message { price: read_price(price, &event)?, event }
        }
        CARRIER_FEE_ENTRY => Cause::CarrierFee { event: read_event(false, occurred_at, reader)? },
        _ => Cause::Adjustment(Adjustment {
            idempotency_key: reader.short()?,
            amount,
            actor: reader.short()?,
            reason: reader.long()?,
        }),
    };
    let balance_after = Money::from_nanos(part.balance_after.get());
    Ok(Entry { seq: part.seq.get(), amount, balance_after, cause })
}

fn read_price(part: &PricePart, event: &Event<'_>) -> Result<Price, RowError> {
    let Happening::Message(message) = &event.happening else {
        return Err(RowError("a price without a message"));
    };
    let unit_price = Money::from_nanos(part.unit_price.get());
    let price =
        unit_price.checked_times(message.units.billed.into()).ok_or(RowError("a price out of range"))?;
    let rated = Rated {
        rate_row: part.rate_row.get(),
        fee_row: Some(part.fee_row.get()).filter(|row| *row != NONE),
        unit_price,
        price,
        carrier_fee: Money::from_nanos(part.carrier_fee.get()),
        country: Some(part.country).filter(|country| *country != [0, 0]),
    };
    Ok(Price { version: VersionId(part.version.get()), rated })
}

fn read_event<'a>(
    message: bool,
    occurred_at: Timestamp,
    reader: &mut Reader<'a>,
) -> Result<Event<'a>, RowError> {
    let mode = match reader.bytes(1)?[0] {
        1 => Mode::Admit,
        2 => Mode::Report,
        _ => return Err(RowError("unknown mode")),
    };
    let happening = if message {
        Happening::Message(read_message(reader.take()?)?)
    } else {
        let amount = Money::from_nanos(reader.take::<I64>()?.get());
        let channel = *reader.take::<[u8; 16]>()?;
        let channel = match channel {
            [0, ..] => None,
            _ => Some(Address::from_bytes(channel).ok_or(RowError("a channel"))?),
        };
        Happening::CarrierFee { amount, channel, reason: reader.long()? }
    };
    let (id, source, campaign) = (reader.short()?, reader.short()?, reader.short()?);
    let tags = reader.long()?;
    Ok(Event { name: Name { source, id }, happening, mode, occurred_at, campaign, tags, hold: "" })
}

fn read_message(part: &MessagePart) -> Result<Message, RowError> {
    Ok(Message {
        direction: Direction::from_byte(part.direction).ok_or(RowError("unknown direction"))?,
        kind: Kind::from_byte(part.kind).ok_or(RowError("unknown kind of message"))?,
        channel: Address::from_bytes(part.channel).ok_or(RowError("a channel"))?,
        peer: Address::from_bytes(part.peer).ok_or(RowError("a peer"))?,
        units: Units {
            billed: part.billed,
            counted: Some(part.counted).filter(|count| *count > 0),
            encoding: Encoding::from_byte(part.encoding),
        },
        sender_type: SenderType::from_byte(part.sender_type).ok_or(RowError("unknown sender type"))?,
        carrier: part.carrier.get().checked_sub(1).and_then(Carrier::from_code),
    })
}

#[cfg(test)]
mod tests;
