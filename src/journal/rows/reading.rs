//! Reading rows back: each kind by the parts that it was written with.

use zerocopy::little_endian::{I64, U32};

use super::*;

/// Reads one row.
pub fn read(row: &[u8]) -> Result<Row<'_>, RowError> {
    let (head, mut reader) = begin(row)?;
    if head.kind < TARIFF_ADDED {
        return Ok(Row::Wallet { wallet: head.wallet.get(), record: read_rest(head, reader)? });
    }
    let record = read_house(head.kind, &mut reader)?;
    reader.finish()?;
    Ok(Row::House { record })
}

/// Reads one row, of a wallet.
#[inline]
pub fn read_record(row: &[u8]) -> Result<Record<'_>, RowError> {
    let (head, reader) = begin(row)?;
    if head.kind >= TARIFF_ADDED {
        return Err(RowError("a record of the house in a wallet's place"));
    }
    read_rest(head, reader)
}

fn begin(row: &[u8]) -> Result<(&HeadPart, Reader<'_>), RowError> {
    let mut reader = Reader(row);
    let head = reader.take::<HeadPart>()?;
    if head.length.get() as usize != row.len() {
        return Err(RowError("its length is not its own"));
    }
    Ok((head, reader))
}

/// Reads what follows the head of a wallet's row.
// A message is read in one piece with whoever asks for it, and not moved from hand to hand.
#[inline]
fn read_rest<'a>(head: &HeadPart, mut reader: Reader<'a>) -> Result<Record<'a>, RowError> {
    let occurred_at = Timestamp::from_nanos(head.occurred_at.get());
    let change = match head.kind {
        SHORT_MESSAGE_ENTRY => {
            Change::Entry(message::read_short(head.number.get(), occurred_at, &mut reader)?)
        }
        kind => read_change(kind, occurred_at, &mut reader)?,
    };
    reader.finish()?;
    Ok(Record { number: head.number.get(), occurred_at, change })
}

/// Whose row it is, without reading the rest of it; `None` for the house.
pub fn wallet_of(row: &[u8]) -> Result<Option<u32>, RowError> {
    let head = Reader(row).take::<HeadPart>()?;
    Ok((head.kind < TARIFF_ADDED).then(|| head.wallet.get()))
}

/// When what a row tells occurred, without reading the rest of it.
pub fn occurred_at(row: &[u8]) -> Result<Timestamp, RowError> {
    let head = Reader(row).take::<HeadPart>()?;
    Ok(Timestamp::from_nanos(head.occurred_at.get()))
}

#[inline(never)]
fn read_change<'a>(kind: u8, at: Timestamp, reader: &mut Reader<'a>) -> Result<Change<'a>, RowError> {
    Ok(match kind {
        OPENED => Change::Opened(read_terms(reader)?),
        TERMS_SET => Change::TermsSet(read_terms(reader)?),
        MESSAGE_ENTRY..=ADJUSTMENT_ENTRY | HELD_MESSAGE_ENTRY | NUMBER_FEE_ENTRY..=ADJUSTMENT_OF_ENTRY => {
            Change::Entry(read_entry(kind, at, reader)?)
        }
        BLOCKED | HELD_BLOCKED => {
            let reason = match reader.bytes(1)?[0] {
                1 => Lack::Suspended,
                2 => Lack::InsufficientBalance,
                _ => return Err(RowError("unknown reason of a block")),
            };
            let shape = if kind == BLOCKED { Shape::Message } else { Shape::HeldMessage };
            Change::Blocked { event: read_event(shape, at, reader)?, reason }
        }
        SUSPENDED => Change::Suspended,
        RESUMED => Change::Resumed,
        STATUS => {
            let (verdict, message_seq) = (Field::take(reader)?, Field::take(reader)?);
            let event = read_event(Shape::Status, at, reader)?;
            Change::Status(Box::new(StatusTaken { event, verdict, message_seq }))
        }
        COURSE | MOVING_COURSE => {
            let (id, source) = (reader.short()?, reader.short()?);
            let remembered = Field::take(reader)?;
            let moved = if kind == MOVING_COURSE { Some(read_moved(reader)?) } else { None };
            Change::Course(Box::new(CourseSet { message: Name { source, id }, remembered, moved }))
        }
        REQUEST => Change::Request(Request {
            idempotency_key: reader.short()?,
            fingerprint: Field::take(reader)?,
            answer: Field::take(reader)?,
        }),
        HOLD => Change::Hold(Field::take(reader)?),
        NUMBER => Change::Number(Field::take(reader)?),
        ATTEMPT => Change::Attempt(Field::take(reader)?),
        METHOD => Change::Method(Field::take(reader)?),
        AUTO_TOP_UP => Change::AutoTopUp(Field::take(reader)?),
        LEVELS => Change::Levels(Field::take(reader)?),
        ALERT => Change::Alert(Field::take(reader)?),
        DELIVERY => Change::Delivery(Field::take(reader)?),
        DEED => Change::Deed(Box::new(read_deed(reader)?)),
        _ => return Err(RowError("unknown kind")),
    })
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
        ENDPOINT_SET => HouseRecord::EndpointSet { endpoint: Field::take(reader)?, actor: reader.short()? },
        HOUSE_DEED => HouseRecord::Deed { wallet: reader.short()?, deed: read_deed(reader)? },
        _ => return Err(RowError("unknown kind")),
    })
}

fn read_deed<'a>(reader: &mut Reader<'a>) -> Result<Deed<'a>, RowError> {
    let action = Act::from_byte(reader.bytes(1)?[0]).ok_or(RowError("unknown act"))?;
    Ok(Deed { action, actor: reader.short()?, about: reader.short()? })
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
        MESSAGE_ENTRY | HELD_MESSAGE_ENTRY => {
            let price = reader.take::<PricePart>()?;
            let shape = if kind == MESSAGE_ENTRY { Shape::Message } else { Shape::HeldMessage };
            let event = read_event(shape, occurred_at, reader)?;
            Cause::Message { price: read_price(price, &event)?, event }
        }
        CARRIER_FEE_ENTRY => Cause::CarrierFee { event: read_event(Shape::CarrierFee, occurred_at, reader)? },
        ADJUSTMENT_ENTRY | ADJUSTMENT_OF_ENTRY => Cause::Adjustment(Adjustment {
            idempotency_key: reader.short()?,
            amount,
            actor: reader.short()?,
            reason: reader.long()?,
            of: if kind == ADJUSTMENT_OF_ENTRY { Field::take(reader)? } else { 0 },
        }),
        CORRECTION_ENTRY => Cause::Correction(read_correction(reader)?),
        NUMBER_FEE_ENTRY => {
            let (number, rental, cycle, due_at) =
                (Field::take(reader)?, Field::take(reader)?, Field::take(reader)?, Field::take(reader)?);
            let (version, row) = (VersionId::take(reader)?, u32::take(reader)?);
            let row = (row != NONE).then_some((version, row));
            Cause::NumberFee(NumberFee { number, rental, cycle, due_at, row })
        }
        TOP_UP_ENTRY => Cause::TopUp { attempt: Field::take(reader)? },
        PAYMENT_REFUND_ENTRY => Cause::PaymentRefund { attempt: Field::take(reader)? },
        DISPUTE_ENTRY => Cause::Dispute { attempt: Field::take(reader)? },
        DISPUTE_REINSTATED_ENTRY => Cause::DisputeReinstated { attempt: Field::take(reader)? },
        HOLD_SETTLEMENT_ENTRY => Cause::HoldSettlement { hold: Field::take(reader)? },
        _ => read_of_message(kind, reader)?,
    };
    let balance_after = Money::from_nanos(part.balance_after.get());
    Ok(Entry { seq: part.seq.get(), amount, balance_after, cause })
}

/// What follows a message: the entry that it is of, then its message's origin.
fn read_of_message<'a>(kind: u8, reader: &mut Reader<'a>) -> Result<Cause<'a>, RowError> {
    let of = Field::take(reader)?;
    let with_origin = (REFUND_WITH_ORIGIN_ENTRY..=FAILURE_FEE_RETURN_WITH_ORIGIN_ENTRY).contains(&kind);
    let origin = if with_origin { Some(read_origin(reader)?) } else { None };
    Ok(match kind {
        REFUND_ENTRY | REFUND_WITH_ORIGIN_ENTRY => Cause::Refund { of, origin },
        FAILURE_FEE_ENTRY | FAILURE_FEE_WITH_ORIGIN_ENTRY => Cause::FailureFee { of, origin },
        RECHARGE_ENTRY | RECHARGE_WITH_ORIGIN_ENTRY => Cause::Recharge { of, origin },
        FAILURE_FEE_RETURN_ENTRY | FAILURE_FEE_RETURN_WITH_ORIGIN_ENTRY => {
            Cause::FailureFeeReturn { of, origin }
        }
        _ => return Err(RowError("unknown kind of entry")),
    })
}

fn read_moved<'a>(reader: &mut Reader<'a>) -> Result<Moved<'a>, RowError> {
    Ok(Moved {
        seq: Field::take(reader)?,
        from: Field::take(reader)?,
        to: Field::take(reader)?,
        origin: read_origin(reader)?,
    })
}

fn read_origin<'a>(reader: &mut Reader<'a>) -> Result<Origin<'a>, RowError> {
    let part = reader.take::<OriginPart>()?;
    Ok(Origin {
        occurred_at: Timestamp::from_nanos(part.occurred_at.get()),
        posted_at: Timestamp::from_nanos(part.posted_at.get()),
        channel: Address::from_bytes(part.channel).ok_or(RowError("a channel"))?,
        direction: Direction::from_byte(part.direction).ok_or(RowError("unknown direction"))?,
        kind: Kind::from_byte(part.kind).ok_or(RowError("unknown kind of message"))?,
        country: read_country(part.country),
        campaign: reader.short()?,
    })
}

pub(super) fn read_country(country: [u8; 2]) -> Option<[u8; 2]> {
    Some(country).filter(|country| *country != [0, 0])
}

fn read_correction<'a>(reader: &mut Reader<'a>) -> Result<Correction<'a>, RowError> {
    Ok(Correction {
        of: Field::take(reader)?,
        price: {
            let part = reader.take::<PricePart>()?;
            price_of(part, Field::take(reader)?)
        },
        before: Field::take(reader)?,
        origin: read_origin(reader)?,
        run: Run { id: reader.short()?, actor: reader.short()?, reason: reader.long()? },
    })
}

fn read_price(part: &PricePart, event: &Event<'_>) -> Result<Price, RowError> {
    let Happening::Message(message) = &event.happening else {
        return Err(RowError("a price without a message"));
    };
    let price = Money::from_nanos(part.unit_price.get()).checked_times(message.units.billed.into());
    Ok(price_of(part, price.ok_or(RowError("a price out of range"))?))
}

/// `price` is that of the message, without the carrier fee.
fn price_of(part: &PricePart, price: Money) -> Price {
    let rated = Rated {
        rate_row: part.rate_row.get(),
        fee_row: Some(part.fee_row.get()).filter(|row| *row != NONE),
        unit_price: Money::from_nanos(part.unit_price.get()),
        price,
        carrier_fee: Money::from_nanos(part.carrier_fee.get()),
        country: read_country(part.country),
    };
    Price { version: VersionId(part.version.get()), rated }
}

/// What an event's row tells of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Message,
    /// It names a hold.
    HeldMessage,
    CarrierFee,
    Status,
}

fn read_event<'a>(
    shape: Shape,
    occurred_at: Timestamp,
    reader: &mut Reader<'a>,
) -> Result<Event<'a>, RowError> {
    let mode = match reader.bytes(1)?[0] {
        1 => Mode::Admit,
        2 => Mode::Report,
        _ => return Err(RowError("unknown mode")),
    };
    let happening = match shape {
        Shape::Message | Shape::HeldMessage => Happening::Message(read_message(reader.take()?)?),
        Shape::CarrierFee => {
            let amount = Money::from_nanos(reader.take::<I64>()?.get());
            let channel = *reader.take::<[u8; 16]>()?;
            let channel = match channel {
                [0, ..] => None,
                _ => Some(Address::from_bytes(channel).ok_or(RowError("a channel"))?),
            };
            Happening::CarrierFee { amount, channel, reason: reader.long()? }
        }
        Shape::Status => {
            let status = FinalStatus::take(reader)?;
            let (id, source) = (reader.short()?, reader.short()?);
            let message = Name { source, id };
            Happening::Status(StatusReport { message, status, error_code: reader.short()? })
        }
    };
    let (id, source, campaign) = (reader.short()?, reader.short()?, reader.short()?);
    let tags = reader.long()?;
    let hold = if shape == Shape::HeldMessage { reader.short()? } else { "" };
    Ok(Event { name: Name { source, id }, happening, mode, occurred_at, campaign, tags, hold })
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
