//! Rows: records as bytes. One row is a head of fixed size and, by its kind, fixed parts and texts.
//!
//! A row kind is never reused for another meaning. Everything is little-endian and unaligned, so a row
//! can be read in place wherever it stands.

use zerocopy::little_endian::{I64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::codec::{Reader, put, put_long, put_numbers, put_short};
use super::fields::Field;
use crate::domain::access::Role;
use crate::domain::address::Address;
use crate::domain::currency::Currency;
use crate::domain::deed::{Act, Deed};
use crate::domain::event::{
    Carrier, Direction, Encoding, Event, FinalStatus, Happening, Kind, Message, Mode, Name, StatusReport,
    Units,
};
use crate::domain::house::{HouseRecord, KeyRecord};
use crate::domain::money::Money;
use crate::domain::rating::Rated;
use crate::domain::record::{
    Adjustment, Cause, Change, Correction, CourseSet, Entry, Lack, Moved, NumberFee, Origin, Price, Record,
    Request, Run, StatusTaken, TariffId, Terms, VersionId,
};
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;

mod message;
mod reading;

pub use super::codec::RowError;
pub use reading::{occurred_at, read, read_record, wallet_of};

const OPENED: u8 = 1;
const TERMS_SET: u8 = 2;
const MESSAGE_ENTRY: u8 = 3;
const CARRIER_FEE_ENTRY: u8 = 4;
const ADJUSTMENT_ENTRY: u8 = 5;
const BLOCKED: u8 = 6;
const SUSPENDED: u8 = 7;
const RESUMED: u8 = 8;
/// Those that name a hold.
const HELD_MESSAGE_ENTRY: u8 = 9;
const HELD_BLOCKED: u8 = 10;
const STATUS: u8 = 11;
const COURSE: u8 = 12;
const REQUEST: u8 = 13;
const HOLD: u8 = 14;
const NUMBER: u8 = 15;
const ATTEMPT: u8 = 16;
const METHOD: u8 = 17;
const AUTO_TOP_UP: u8 = 18;
const LEVELS: u8 = 19;
const ALERT: u8 = 20;
const DELIVERY: u8 = 21;
/// ... that moves the message in usage.
const MOVING_COURSE: u8 = 22;
const DEED: u8 = 23;
const NUMBER_FEE_ENTRY: u8 = 32;
/// Entries whose cause is one number.
const TOP_UP_ENTRY: u8 = 33;
const PAYMENT_REFUND_ENTRY: u8 = 34;
const DISPUTE_ENTRY: u8 = 35;
const DISPUTE_REINSTATED_ENTRY: u8 = 36;
const HOLD_SETTLEMENT_ENTRY: u8 = 37;
const REFUND_ENTRY: u8 = 38;
const FAILURE_FEE_ENTRY: u8 = 39;
const RECHARGE_ENTRY: u8 = 40;
const FAILURE_FEE_RETURN_ENTRY: u8 = 41;
/// The same with what their message is counted under.
const REFUND_WITH_ORIGIN_ENTRY: u8 = 42;
const FAILURE_FEE_WITH_ORIGIN_ENTRY: u8 = 43;
const RECHARGE_WITH_ORIGIN_ENTRY: u8 = 44;
const FAILURE_FEE_RETURN_WITH_ORIGIN_ENTRY: u8 = 45;
const CORRECTION_ENTRY: u8 = 46;
/// An adjustment that names an entry.
const ADJUSTMENT_OF_ENTRY: u8 = 47;
/// A message's entry as nearly all are; [`MESSAGE_ENTRY`] and [`HELD_MESSAGE_ENTRY`] are written where it is not so.
const SHORT_MESSAGE_ENTRY: u8 = 48;
const TARIFF_ADDED: u8 = 128;
const KEY_MADE: u8 = 129;
const KEY_REVOKED: u8 = 130;
const ENDPOINT_SET: u8 = 131;
const HOUSE_DEED: u8 = 132;

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

/// What a message is counted under; its campaign follows.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct OriginPart {
    occurred_at: I64,
    posted_at: I64,
    channel: [u8; 16],
    direction: u8,
    kind: u8,
    country: [u8; 2],
}

/// What a row holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Row<'a> {
    Wallet { wallet: u32, record: Record<'a> },
    House { record: HouseRecord<'a> },
}

/// Appends the row of a wallet's record.
pub fn put_record(out: &mut Vec<u8>, wallet: u32, record: &Record<'_>) {
    if let Some(short) = message::Short::of(record) {
        let Record { number, occurred_at, .. } = *record;
        return framed(out, SHORT_MESSAGE_ENTRY, wallet, number, occurred_at, |out| short.put(out));
    }
    let kind = kind_of(&record.change);
    framed(out, kind, wallet, record.number, record.occurred_at, |out| match &record.change {
        Change::Opened(terms) | Change::TermsSet(terms) => put_terms(out, terms),
        Change::Entry(entry) => put_entry(out, entry),
        Change::Blocked { event, reason } => {
            out.push(*reason as u8);
            put_event(out, event);
        }
        Change::Suspended | Change::Resumed => {}
        Change::Status(taken) => {
            taken.verdict.put(out);
            taken.message_seq.put(out);
            put_event(out, &taken.event);
        }
        Change::Course(set) => {
            put_short(out, set.message.id);
            put_short(out, set.message.source);
            set.remembered.put(out);
            if let Some(moved) = &set.moved {
                moved.seq.put(out);
                moved.from.put(out);
                moved.to.put(out);
                put_origin(out, &moved.origin);
            }
        }
        Change::Request(request) => {
            put_short(out, request.idempotency_key);
            request.fingerprint.put(out);
            request.answer.put(out);
        }
        Change::Hold(document) => document.put(out),
        Change::Number(document) => document.put(out),
        Change::Attempt(document) => document.put(out),
        Change::Method(document) => document.put(out),
        Change::AutoTopUp(document) => document.put(out),
        Change::Levels(document) => document.put(out),
        Change::Alert(document) => document.put(out),
        Change::Delivery(document) => document.put(out),
        Change::Deed(deed) => put_deed(out, deed),
    });
}

fn kind_of(change: &Change<'_>) -> u8 {
    match change {
        Change::Opened(_) => OPENED,
        Change::TermsSet(_) => TERMS_SET,
        Change::Entry(entry) => match &entry.cause {
            Cause::Message { event, .. } if event.hold.is_empty() => MESSAGE_ENTRY,
            Cause::Message { .. } => HELD_MESSAGE_ENTRY,
            Cause::CarrierFee { .. } => CARRIER_FEE_ENTRY,
            Cause::Adjustment(adjustment) if adjustment.of == 0 => ADJUSTMENT_ENTRY,
            Cause::Adjustment(_) => ADJUSTMENT_OF_ENTRY,
            Cause::Correction(_) => CORRECTION_ENTRY,
            Cause::NumberFee(_) => NUMBER_FEE_ENTRY,
            Cause::TopUp { .. } => TOP_UP_ENTRY,
            Cause::PaymentRefund { .. } => PAYMENT_REFUND_ENTRY,
            Cause::Dispute { .. } => DISPUTE_ENTRY,
            Cause::DisputeReinstated { .. } => DISPUTE_REINSTATED_ENTRY,
            Cause::HoldSettlement { .. } => HOLD_SETTLEMENT_ENTRY,
            Cause::Refund { origin: None, .. } => REFUND_ENTRY,
            Cause::FailureFee { origin: None, .. } => FAILURE_FEE_ENTRY,
            Cause::Recharge { origin: None, .. } => RECHARGE_ENTRY,
            Cause::FailureFeeReturn { origin: None, .. } => FAILURE_FEE_RETURN_ENTRY,
            Cause::Refund { .. } => REFUND_WITH_ORIGIN_ENTRY,
            Cause::FailureFee { .. } => FAILURE_FEE_WITH_ORIGIN_ENTRY,
            Cause::Recharge { .. } => RECHARGE_WITH_ORIGIN_ENTRY,
            Cause::FailureFeeReturn { .. } => FAILURE_FEE_RETURN_WITH_ORIGIN_ENTRY,
        },
        Change::Blocked { event, .. } if event.hold.is_empty() => BLOCKED,
        Change::Blocked { .. } => HELD_BLOCKED,
        Change::Suspended => SUSPENDED,
        Change::Resumed => RESUMED,
        Change::Status(_) => STATUS,
        Change::Course(set) if set.moved.is_none() => COURSE,
        Change::Course(_) => MOVING_COURSE,
        Change::Request(_) => REQUEST,
        Change::Hold(_) => HOLD,
        Change::Number(_) => NUMBER,
        Change::Attempt(_) => ATTEMPT,
        Change::Method(_) => METHOD,
        Change::AutoTopUp(_) => AUTO_TOP_UP,
        Change::Levels(_) => LEVELS,
        Change::Alert(_) => ALERT,
        Change::Delivery(_) => DELIVERY,
        Change::Deed(_) => DEED,
    }
}

/// Appends the row of a record of the house.
pub fn put_house(out: &mut Vec<u8>, record: &HouseRecord<'_>, at: Timestamp) {
    let kind = match record {
        HouseRecord::TariffAdded { .. } => TARIFF_ADDED,
        HouseRecord::KeyMade(_) => KEY_MADE,
        HouseRecord::KeyRevoked { .. } => KEY_REVOKED,
        HouseRecord::EndpointSet { .. } => ENDPOINT_SET,
        HouseRecord::Deed { .. } => HOUSE_DEED,
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
        HouseRecord::EndpointSet { endpoint, actor } => {
            endpoint.put(out);
            put_short(out, actor);
        }
        HouseRecord::Deed { wallet, deed } => {
            put_short(out, wallet);
            put_deed(out, deed);
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

fn put_deed(out: &mut Vec<u8>, deed: &Deed<'_>) {
    out.push(deed.action as u8);
    put_short(out, deed.actor);
    put_short(out, deed.about);
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
            if adjustment.of != 0 {
                adjustment.of.put(out);
            }
        }
        Cause::Correction(correction) => {
            let Correction { of, price, before, origin, run } = correction;
            of.put(out);
            put(out, &price_part(price));
            price.rated.price.put(out);
            before.put(out);
            put_origin(out, origin);
            put_short(out, run.id);
            put_short(out, run.actor);
            put_long(out, run.reason);
        }
        Cause::NumberFee(fee) => {
            let NumberFee { number, rental, cycle, due_at, row } = fee;
            number.put(out);
            rental.put(out);
            cycle.put(out);
            due_at.put(out);
            let (version, row) = row.map_or((VersionId(NONE), NONE), |row| row);
            version.put(out);
            row.put(out);
        }
        Cause::TopUp { attempt: of }
        | Cause::PaymentRefund { attempt: of }
        | Cause::Dispute { attempt: of }
        | Cause::DisputeReinstated { attempt: of }
        | Cause::HoldSettlement { hold: of } => of.put(out),
        Cause::Refund { of, origin }
        | Cause::FailureFee { of, origin }
        | Cause::Recharge { of, origin }
        | Cause::FailureFeeReturn { of, origin } => {
            of.put(out);
            if let Some(origin) = origin {
                put_origin(out, origin);
            }
        }
    }
}

fn put_origin(out: &mut Vec<u8>, origin: &Origin<'_>) {
    let part = OriginPart {
        occurred_at: I64::new(origin.occurred_at.nanos()),
        posted_at: I64::new(origin.posted_at.nanos()),
        channel: origin.channel.to_bytes(),
        direction: origin.direction as u8,
        kind: origin.kind as u8,
        country: origin.country.unwrap_or_default(),
    };
    put(out, &part);
    put_short(out, origin.campaign);
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
        Happening::Status(StatusReport { message, status, error_code }) => {
            status.put(out);
            for text in [message.id, message.source, error_code] {
                put_short(out, text);
            }
        }
    }
    for text in [event.name.id, event.name.source, event.campaign] {
        put_short(out, text);
    }
    put_long(out, event.tags);
    if !event.hold.is_empty() {
        put_short(out, event.hold);
    }
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

#[cfg(test)]
mod tests;
