//! Events: what happened to a message or what a carrier charged, as told from outside (RULES, sections 1 and 5).

use super::address::{Address, AddressKind};
use super::money::Money;
use super::sender_type::SenderType;
use super::time::{Span, Timestamp};

/// Most billed units of one message.
pub const UNITS_MAX: u8 = 255;
/// Longest event id, source or idempotency key, in bytes; the shortest id is one byte.
pub const ID_BYTES_MAX: usize = 128;
/// Longest campaign name, in bytes.
pub const CAMPAIGN_BYTES_MAX: usize = 128;
/// Longest tags of one event, in bytes as they are stored (a JSON object of strings).
pub const TAGS_BYTES_MAX: usize = 1_024;
/// Longest error code of a message's status, in bytes.
pub const ERROR_CODE_BYTES_MAX: usize = 64;
/// Longest id of a hold, in bytes.
pub const HOLD_BYTES_MAX: usize = 64;
/// Longest reason of a carrier's charge or an adjustment, in bytes.
pub const REASON_BYTES_MAX: usize = 512;
/// How far ahead of the engine's clock an event may say that it happened.
pub const AHEAD_MAX: Span = Span::from_seconds(5 * 60);

/// Which way a message goes, seen from the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Direction {
    Outbound = 1,
    Inbound = 2,
}

/// What is sent: an SMS is billed by segment, an MMS as one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Sms = 1,
    Mms = 2,
}

/// How an SMS is encoded on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Encoding {
    Gsm7 = 1,
    Ucs2 = 2,
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FinalStatus {
    Delivered = 1,
    Undelivered = 2,
    Failed = 3,
}

/// Whether the event asks to be let through or tells what has happened already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Not yet sent; may be refused.
    #[default]
    Admit,
    /// It has happened: overrides balance and suspension.
    Report,
}

/// A mobile network: MCC and MNC, five or six digits (ITU-T E.212).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Carrier(u32);

const SIX_DIGITS: u32 = 1_000_000;

impl Carrier {
    pub fn parse(text: &str) -> Option<Carrier> {
        if !(5..=6).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let value: u32 = text.parse().ok()?;
        Some(Carrier(if text.len() == 6 { value + SIX_DIGITS } else { value }))
    }

    /// The number a row stores, never 0 for a carrier that exists; see [`Carrier::from_code`].
    pub fn code(self) -> u32 {
        self.0
    }

    pub fn from_code(code: u32) -> Option<Carrier> {
        (code < 2 * SIX_DIGITS).then_some(Carrier(code))
    }
}

impl std::fmt::Display for Carrier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.checked_sub(SIX_DIGITS) {
            Some(six) => write!(out, "{six:06}"),
            None => write!(out, "{:05}", self.0),
        }
    }
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ }) => {
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word used in the interface.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            pub fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }

            /// From the byte of a row.
            pub fn from_byte(byte: u8) -> Option<$name> {
                Self::ALL.iter().copied().find(|value| *value as u8 == byte)
            }
        }
    };
}

pub(crate) use words;

words!(Direction { Outbound = "outbound", Inbound = "inbound" });
words!(Kind { Sms = "sms", Mms = "mms" });
words!(Encoding { Gsm7 = "GSM-7", Ucs2 = "UCS-2" });
words!(FinalStatus { Delivered = "delivered", Undelivered = "undelivered", Failed = "failed" });
words!(Mode { Admit = "admit", Report = "report" });

/// The billed units of a message, and how they came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Units {
    /// What is billed: the provider's count where it gave one, else ours; 1 for an MMS.
    pub billed: u8,
    /// What we counted from the text, where there was one.
    pub counted: Option<u8>,
    /// `None` for an MMS.
    pub encoding: Option<Encoding>,
}

/// A message as far as billing goes; its text is never kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    pub direction: Direction,
    pub kind: Kind,
    /// The wallet's own side.
    pub channel: Address,
    /// The other side.
    pub peer: Address,
    pub units: Units,
    pub sender_type: SenderType,
    pub carrier: Option<Carrier>,
}

impl Message {
    /// Whose prefix prices it: the peer's when it goes out, the channel's when it comes in.
    pub fn priced_by(&self) -> &Address {
        match self.direction {
            Direction::Outbound => &self.peer,
            Direction::Inbound => &self.channel,
        }
    }
}

/// May a message go this way on such a channel? An alphanumeric sender cannot receive.
pub fn channel_fits(direction: Direction, channel: AddressKind) -> bool {
    direction == Direction::Outbound || channel != AddressKind::Name
}

/// May this be the other side? Outbound messages reach E.164 numbers only.
pub fn peer_fits(direction: Direction, peer: AddressKind) -> bool {
    direction == Direction::Inbound || peer == AddressKind::E164
}

/// How a message ended, as whoever carried it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusReport<'a> {
    /// The message's own event, in the same wallet; its source need not be that of the status.
    pub message: Name<'a>,
    pub status: FinalStatus,
    /// The carrier's or the provider's; empty where none was given.
    pub error_code: &'a str,
}

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening<'a> {
    Message(Message),
    /// A carrier's charge that no rate foresees; always a report.
    CarrierFee {
        amount: Money,
        channel: Option<Address>,
        reason: &'a str,
    },
    /// Always a report.
    Status(StatusReport<'a>),
}

/// Who said it and under which id: with the wallet, the key that makes it count once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// Empty where none was given.
    pub source: &'a str,
    pub id: &'a str,
}

/// One event, read and checked, before anything is decided about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    pub name: Name<'a>,
    pub happening: Happening<'a>,
    pub mode: Mode,
    pub occurred_at: Timestamp,
    /// Empty where none was given.
    pub campaign: &'a str,
    /// A JSON object of strings, as it came; empty where none was given.
    pub tags: &'a str,
    /// The hold that a message is paid from; empty where none was named.
    pub hold: &'a str,
}

impl Event<'_> {
    /// The billed units of a message; 0 of anything else.
    pub fn units(&self) -> u8 {
        match &self.happening {
            Happening::Message(message) => message.units.billed,
            Happening::CarrierFee { .. } | Happening::Status(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_is_five_or_six_digits_and_reads_back() {
        for text in ["31026", "310260", "00101", "001001", "999999", "00000"] {
            let carrier = Carrier::parse(text).unwrap();
            assert_eq!(carrier.to_string(), text);
            assert_eq!(Carrier::from_code(carrier.code()), Some(carrier));
        }
        for text in ["", "3102", "3102600", "31026x", "+31026"] {
            assert_eq!(Carrier::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn which_sides_a_message_may_have() {
        use AddressKind::*;
        use Direction::*;
        let table = [
            (Outbound, E164, E164, true),
            (Outbound, Name, E164, true),
            (Outbound, ShortCode, E164, true),
            (Outbound, E164, ShortCode, false),
            (Outbound, E164, Name, false),
            (Inbound, E164, E164, true),
            (Inbound, E164, ShortCode, true),
            (Inbound, E164, Name, true),
            (Inbound, Name, E164, false),
        ];
        for (direction, channel, peer, want) in table {
            let fits = channel_fits(direction, channel) && peer_fits(direction, peer);
            assert_eq!(fits, want, "{direction:?} {channel:?} {peer:?}");
        }
    }
}
