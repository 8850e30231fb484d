//! The desk: what events are read against, and how one that was read joins the batch.

use std::borrow::Cow;
use std::sync::Arc;

use super::check;
use super::fault::{self, Fault};
use super::item::Item;
use crate::domain::identity::Secret;
use crate::domain::record::TariffId;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::engine::batch::{Batch, BatchEvent, Line, Read, Span};
use crate::engine::book::Book;
use crate::engine::directory::{Reader, Rented};

/// What the events of one request are read against.
pub struct Desk<'a> {
    pub directory: Reader<'a>,
    pub book: &'a Book,
    pub secret: &'a Secret,
    /// When the request came: when an event happened that does not say so itself.
    pub now: Timestamp,
    pub scope: Scope<'a>,
    pub limits: Limits,
}

/// Whose events the sender may tell. Every other wallet is unknown, as if it did not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    AllWallets,
    OneWallet(&'a str),
}

/// A wallet that the sender may speak for.
pub(super) struct Found {
    pub id: WalletId,
    pub tariff: TariffId,
    /// `None` where it rents no numbers.
    pub rented: Option<Arc<Rented>>,
}

/// How much one request may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub events_per_request_max: usize,
    /// Of one line or one CloudEvent.
    pub line_bytes_max: usize,
    /// Of a whole body, and of the texts that it says more than once where a format need not repeat them.
    pub body_bytes_max: usize,
}

/// Nothing of the request is taken; fewer events at a time will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {max} events in one request")]
pub struct TooManyEvents {
    pub max: usize,
}

/// The body as a whole cannot be read; nothing of it is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    TooManyEvents(#[from] TooManyEvents),
    /// What it should have been, for a person.
    #[error("{0}")]
    Malformed(Cow<'static, str>),
    /// A column is not what events have in it: found and wanted, for a person.
    #[error("column {column}: {detail}")]
    Column { column: &'static str, detail: String },
    /// What it says comes to more than a body may have.
    #[error("its events come to more than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
}

/// Fewest bytes that an event can have: more are not reserved for, whatever the number of line ends.
const EVENT_BYTES_MIN: usize = 64;

/// What is kept of most events: an id, a source, a campaign.
const TEXT_BYTES: usize = 64;

impl Desk<'_> {
    pub(super) fn find(&self, wallet: &str) -> Option<Found> {
        let visible = match self.scope {
            Scope::AllWallets => true,
            Scope::OneWallet(own) => own == wallet,
        };
        if !visible {
            return None;
        }
        self.directory.with(wallet, |cell| {
            let (tariff, rented) = cell.tariff_and_rented();
            Found { id: cell.id, tariff, rented }
        })
    }

    /// Makes room for the events of a body, as far as their number can be foreseen.
    pub(super) fn reserve(&self, batch: &mut Batch, body: &[u8], items: usize) {
        let possible = body.len() / EVENT_BYTES_MIN + 1;
        let items = items.min(possible).min(self.limits.events_per_request_max);
        batch.lines.reserve(items);
        batch.events.reserve(items);
        batch.texts.reserve((items * TEXT_BYTES).min(body.len()));
    }

    /// May the batch have one more than it has and than wait to be taken?
    pub(super) fn admit(&self, batch: &Batch, waiting: usize) -> Result<(), TooManyEvents> {
        let max = self.limits.events_per_request_max;
        if batch.lines.len() + waiting < max { Ok(()) } else { Err(TooManyEvents { max }) }
    }

    /// Is an item of so many bytes, a line or a CloudEvent, short enough to be read?
    pub(super) fn check_length(&self, bytes: usize) -> Result<(), Fault> {
        let max = self.limits.line_bytes_max;
        if bytes <= max { Ok(()) } else { Err(fault::line_too_long(max)) }
    }

    /// Adds one item of the request. `read` tells whether it was JSON; its id may be known even if it was not.
    pub(super) fn take(
        &self,
        batch: &mut Batch,
        number: u32,
        event: &mut impl Item,
        read: Result<(), Fault>,
    ) {
        let id = check::id(event).map_or(Span::default(), |id| batch.texts.keep(id));
        let checked = read.and_then(|()| check::check(event, id, self, &mut batch.texts));
        let read = match checked {
            Ok(checked) => Self::push(&mut batch.events, checked),
            Err(fault) => Read::Invalid(fault),
        };
        batch.lines.push(Line { number, id, read });
    }

    fn push(events: &mut Vec<BatchEvent>, event: BatchEvent) -> Read {
        let index = u32::try_from(events.len()).expect("a batch has fewer than 2^32 events");
        events.push(event);
        Read::Event(index)
    }
}
