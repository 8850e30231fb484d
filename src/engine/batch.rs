//! A request's events, read and checked, as they travel from the format that read them to the wallets.
//!
//! The texts that are kept stand one behind the other in one buffer, and an event holds spans of them: reading costs no
//! allocation per event, the body itself is let go of when it was read, and who decides goes through memory in a line.

use crate::domain::address::Address;
use crate::domain::event::{Event, FinalStatus, Happening, Message, Mode, Name, StatusReport};
use crate::domain::identity::{Fingerprint, Key};
use crate::domain::money::Money;
use crate::domain::record::{Price, TariffId};
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;

/// A text of the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u32,
    length: u32,
}

/// The texts of a batch, one behind the other.
#[derive(Debug, Default)]
pub struct Texts(String);

/// A [`Key`] that may stand anywhere: aligned as one it would make every event of a batch larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackedKey([u8; 16]);

/// What an event tells, its texts left in the batch.
#[derive(Clone, Copy, Debug)]
pub enum Told {
    Message(Message),
    CarrierFee {
        amount: Money,
        channel: Option<Address>,
        reason: Span,
    },
    Status {
        message: Span,
        message_source: Span,
        /// The key of the message's own event.
        message_key: PackedKey,
        status: FinalStatus,
        error_code: Span,
    },
}

/// One event of a batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchEvent {
    pub wallet: WalletId,
    pub key: Key,
    pub fingerprint: Fingerprint,
    pub id: Span,
    pub source: Span,
    pub campaign: Span,
    pub tags: Span,
    pub hold: Span,
    pub told: Told,
    pub mode: Mode,
    pub occurred_at: Timestamp,
    /// The tariff that `price` was made by; the wallet rates again if it has another by then.
    pub tariff: TariffId,
    /// `None` for a carrier's charge, and for a message that the tariff has no rate for.
    pub price: Option<Price>,
}

// 100,000 of them are a request, and each is read several times on its way.
const _: () = assert!(size_of::<BatchEvent>() <= 192);

impl PackedKey {
    pub fn new(key: Key) -> PackedKey {
        PackedKey(key.0.to_le_bytes())
    }

    pub fn key(self) -> Key {
        Key(u128::from_le_bytes(self.0))
    }
}

impl BatchEvent {
    /// Reads something of each of its parts, to have it brought from memory.
    pub fn look(&self) -> u64 {
        let told = matches!(self.told, Told::Status { .. }) as u64;
        let price = self.price.map_or(0, |price| price.rated.rate_row.into());
        let spans = u64::from(self.id.start ^ self.hold.start);
        self.key.0 as u64 ^ self.fingerprint.0 ^ spans ^ told ^ price ^ self.occurred_at.nanos() as u64
    }

    /// The key of the message that a status is about.
    pub fn message_key(&self) -> Option<Key> {
        match self.told {
            Told::Status { message_key, .. } => Some(message_key.key()),
            Told::Message(_) | Told::CarrierFee { .. } => None,
        }
    }
}

/// Why a line cannot be an event: found before any wallet was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// A stable word of the interface, such as `bad_field`.
    pub code: &'static str,
    /// The field concerned, where there is one.
    pub field: Option<Box<str>>,
    /// What was wrong with it, for a person.
    pub detail: Box<str>,
}

/// What became of reading one line.
#[derive(Debug)]
pub enum Read {
    /// The index of the event among [`Batch::events`].
    Event(u32),
    Invalid(Box<Invalid>),
}

/// One line (or, in other formats, one item) of the request, in order.
#[derive(Debug)]
pub struct Line {
    /// Counted from 1, blank lines included.
    pub number: u32,
    /// Empty where no id could be read.
    pub id: Span,
    pub read: Read,
}

/// A whole request.
#[derive(Debug, Default)]
pub struct Batch {
    pub texts: Texts,
    pub lines: Vec<Line>,
    pub events: Vec<BatchEvent>,
}

impl Texts {
    /// Makes room for so many bytes more.
    pub fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Keeps a text.
    pub fn keep(&mut self, text: &str) -> Span {
        let narrow =
            |length: usize| u32::try_from(length).expect("the texts of a body are shorter than 4 GiB");
        let span = Span { start: narrow(self.0.len()), length: narrow(text.len()) };
        self.0.push_str(text);
        span
    }

    /// Reads a byte of a text, to have it brought from memory.
    pub fn look(&self, span: Span) -> u64 {
        self.0.as_bytes().get(span.start as usize).map_or(0, |byte| (*byte).into())
    }

    /// The text of a span of this batch.
    pub fn get(&self, span: Span) -> &str {
        let (start, length) = (span.start as usize, span.length as usize);
        self.0.get(start..start + length).unwrap_or_default()
    }
}

impl Batch {
    /// The event at an index, as the rules see it.
    pub fn event(&self, index: usize) -> Event<'_> {
        let event = &self.events[index];
        let text = |span| self.texts.get(span);
        let happening = match event.told {
            Told::Message(message) => Happening::Message(message),
            Told::CarrierFee { amount, channel, reason } => {
                Happening::CarrierFee { amount, channel, reason: text(reason) }
            }
            Told::Status { message, message_source, status, error_code, .. } => {
                let message = Name { source: text(message_source), id: text(message) };
                Happening::Status(StatusReport { message, status, error_code: text(error_code) })
            }
        };
        Event {
            name: Name { source: text(event.source), id: text(event.id) },
            happening,
            mode: event.mode,
            occurred_at: event.occurred_at,
            campaign: text(event.campaign),
            tags: text(event.tags),
            hold: text(event.hold),
        }
    }
}
