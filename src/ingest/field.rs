//! The fields of an event (DESIGN, section 5), and sets of them.

/// One field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Field {
    Id,
    Type,
    Wallet,
    Source,
    Time,
    Mode,
    Campaign,
    Tags,
    Channel,
    Peer,
    Kind,
    Text,
    Segments,
    Encoding,
    SenderType,
    Carrier,
    Amount,
    Reason,
    Hold,
    Message,
    MessageSource,
    Status,
    ErrorCode,
}

use Field::*;

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(u32);

/// Those of every event.
const COMMON: Fields = Fields::of(&[Id, Type, Wallet, Source, Time, Mode, Campaign, Tags]);
/// Those that CloudEvents have in their envelope instead.
pub(super) const ENVELOPE: Fields = Fields::of(&[Id, Type, Wallet, Source, Time]);
pub(super) const OF_MESSAGES: Fields =
    COMMON.and(Fields::of(&[Channel, Peer, Kind, Text, Segments, Encoding, SenderType, Carrier, Hold]));
pub(super) const OF_CARRIER_FEES: Fields = COMMON.and(Fields::of(&[Channel, Amount, Reason]));
pub(super) const OF_STATUSES: Fields = COMMON.and(Fields::of(&[Message, MessageSource, Status, ErrorCode]));

impl Field {
    pub(super) const ALL: [Field; 23] = [
        Id,
        Type,
        Wallet,
        Source,
        Time,
        Mode,
        Campaign,
        Tags,
        Channel,
        Peer,
        Kind,
        Text,
        Segments,
        Encoding,
        SenderType,
        Carrier,
        Amount,
        Reason,
        Hold,
        Message,
        MessageSource,
        Status,
        ErrorCode,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Id => "id",
            Type => "type",
            Wallet => "wallet",
            Source => "source",
            Time => "time",
            Mode => "mode",
            Campaign => "campaign",
            Tags => "tags",
            Channel => "channel",
            Peer => "peer",
            Kind => "kind",
            Text => "text",
            Segments => "segments",
            Encoding => "encoding",
            SenderType => "sender_type",
            Carrier => "carrier",
            Amount => "amount",
            Reason => "reason",
            Hold => "hold",
            Message => "message",
            MessageSource => "message_source",
            Status => "status",
            ErrorCode => "error_code",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Field> {
        // As bytes the names are told apart by a few of them, as texts by comparing one whole after another.
        Some(match name.as_bytes() {
            b"id" => Id,
            b"type" => Type,
            b"wallet" => Wallet,
            b"source" => Source,
            b"time" => Time,
            b"mode" => Mode,
            b"campaign" => Campaign,
            b"tags" => Tags,
            b"channel" => Channel,
            b"peer" => Peer,
            b"kind" => Kind,
            b"text" => Text,
            b"segments" => Segments,
            b"encoding" => Encoding,
            b"sender_type" => SenderType,
            b"carrier" => Carrier,
            b"amount" => Amount,
            b"reason" => Reason,
            b"hold" => Hold,
            b"message" => Message,
            b"message_source" => MessageSource,
            b"status" => Status,
            b"error_code" => ErrorCode,
            _ => return None,
        })
    }
}

impl Fields {
    const fn of(fields: &[Field]) -> Fields {
        let (mut set, mut at) = (0, 0);
        while at < fields.len() {
            set |= 1 << fields[at] as u32;
            at += 1;
        }
        Fields(set)
    }

    const fn and(self, other: Fields) -> Fields {
        Fields(self.0 | other.0)
    }

    pub(super) fn has(self, field: Field) -> bool {
        self.0 & 1 << field as u32 != 0
    }

    pub(super) fn add(&mut self, field: Field) {
        self.0 |= 1 << field as u32;
    }

    /// The first of these that `allowed` does not have.
    pub(super) fn first_outside(self, allowed: Fields) -> Option<Field> {
        let outside = self.0 & !allowed.0;
        Field::ALL.get(outside.trailing_zeros() as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name_and_its_place() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(Field::parse(field.name()), Some(field), "by name");
            assert_eq!(field as usize, place, "{field:?}: the place in ALL is the place in a set");
            let mut set = COMMON;
            set.add(field);
            let outside = if COMMON.has(field) { None } else { Some(field) };
            assert_eq!(set.first_outside(COMMON), outside, "{field:?}");
        }
    }
}
