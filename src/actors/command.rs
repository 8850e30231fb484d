//! What may be asked of the engine beside events, with everything owned so that it can cross threads.

use std::sync::Arc;

use crate::domain::access::Role;
use crate::domain::address::Address;
use crate::domain::currency::Currency;
use crate::domain::decide::{AutoSettings, Command, Mispriced, PaymentFact, Refusal, Rest};
use crate::domain::deed::Act;
use crate::domain::endpoint::Endpoint;
use crate::domain::identity::Fingerprint;
use crate::domain::life::alert::DeliveryState;
use crate::domain::life::attempt::Attempt;
use crate::domain::money::Money;
use crate::domain::record::{Adjustment, Price, Run, TariffId, Terms};
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;
use crate::engine::book::Book;
use crate::engine::charge::KnownMessage;
use crate::engine::keys::KeyInfo;
use crate::engine::outcome::Absence;
use crate::engine::partition::TermsAsked;

pub use crate::engine::house::Placed;

/// A wallet to be opened, or its terms to be set.
#[derive(Clone, Debug)]
pub struct WalletTerms {
    pub wallet: String,
    pub name: String,
    pub currency: Currency,
    pub time_zone: String,
    pub tariff: TariffId,
    /// The id of the key that asks.
    pub actor: String,
}

impl WalletTerms {
    /// What is asked of the partition; `book` knows the tariff by its name.
    pub fn asked<'a>(&'a self, book: &'a Book) -> TermsAsked<'a> {
        let tariff = book.tariff(self.tariff).map_or("", |tariff| tariff.name());
        TermsAsked { terms: self.as_terms(), tariff, actor: &self.actor }
    }

    fn as_terms(&self) -> Terms<'_> {
        Terms {
            wallet: &self.wallet,
            name: &self.name,
            currency: self.currency,
            time_zone: &self.time_zone,
            tariff: self.tariff,
        }
    }
}

#[derive(Clone, Debug)]
pub struct AdjustRequest {
    pub idempotency_key: String,
    pub amount: Money,
    pub reason: String,
    /// The id of the key that asks.
    pub actor: String,
    /// The entry that it sets right; 0 where it is of none.
    pub of: u64,
}

impl AdjustRequest {
    pub fn as_adjustment(&self) -> Adjustment<'_> {
        Adjustment {
            idempotency_key: &self.idempotency_key,
            amount: self.amount,
            reason: &self.reason,
            actor: &self.actor,
            of: self.of,
        }
    }
}

/// An adjustment that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjusted {
    pub seq: u64,
    /// It stood before: the same key and content had come already.
    pub replayed: bool,
}

/// Something asked of one wallet beside events, terms and adjustments: see [`Command`].
#[derive(Clone, Debug)]
pub enum WalletCommand {
    BuyNumber { number: Address, sender_type: SenderType },
    ReleaseNumber { number: Address },
    ReleaseTold { rental: u64, again_at: Timestamp },
    MakeHold { amount: Money, expires_at: Timestamp, campaign: String },
    SettleHold { hold: u64, amount: Money, rest: Rest },
    VoidHold { hold: u64 },
    OpenCheckout { amount: Money, return_url: String },
    Payment { attempt: u64, fact: PaymentFact },
    SetAutoTopUp(AutoSettings),
    SetLevels(Vec<Money>),
    Delivered { endpoint: u32, alert: u64, state: DeliveryState, http_status: u16, next_at: Timestamp },
    Redeliver { endpoint: u32, alert: u64 },
    Correct(CorrectRequest),
    Keep { action: Act, about: String },
}

/// Messages of one wallet that a run corrects in one step, at most [`CORRECTIONS_MAX`].
///
/// It may be asked for again without harm: what was corrected meanwhile, and what stands returned, is left alone. A
/// run that was broken off is called again with what its wallet's entries say then, without the messages that they say
/// it has corrected already.
///
/// [`CORRECTIONS_MAX`]: crate::domain::decide::CORRECTIONS_MAX
#[derive(Clone, Debug)]
pub struct CorrectRequest {
    /// The run's id, at most 255 bytes: kept with every entry.
    pub run: String,
    pub reason: String,
    /// The id of the key that asks.
    pub actor: String,
    /// In the order of their entries.
    pub messages: Vec<Repriced>,
}

/// What a message should have cost.
#[derive(Clone, Copy, Debug)]
pub struct Repriced {
    /// The message's entry.
    pub of: u64,
    /// The entry of the last correction of it among those that were read; 0 where there was none.
    pub seen: u64,
    pub price: Price,
}

/// A command, and the key under which it is carried out once.
#[derive(Clone, Debug)]
pub struct WalletRequest {
    pub command: WalletCommand,
    pub once: Option<Once>,
    /// The id of the key that asks: what it did is kept for the audit. `None` where the engine itself asks.
    pub actor: Option<String>,
    /// For what the provider says: the attempt as the views have it, filled in where the wallet lives.
    pub known_attempt: Option<Box<Attempt>>,
    /// For corrections: their messages as the views have them, filled in there too; `None` for what is no message.
    pub known_messages: Vec<Option<KnownMessage>>,
}

/// The caller's idempotency key, and the fingerprint of what it asks under it.
#[derive(Clone, Debug)]
pub struct Once {
    pub idempotency_key: String,
    pub fingerprint: Fingerprint,
}

/// A request that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The number of the document that it came to: a hold, a rental or an attempt; how many corrections were posted.
    pub answer: u64,
    /// It was carried out before: the same key and content had come already.
    pub replayed: bool,
}

impl WalletRequest {
    /// A request that may be carried out again without harm.
    pub fn of(command: WalletCommand) -> WalletRequest {
        WalletRequest { command, once: None, actor: None, known_attempt: None, known_messages: Vec::new() }
    }

    pub fn once(command: WalletCommand, idempotency_key: &str, fingerprint: Fingerprint) -> WalletRequest {
        let once = Once { idempotency_key: idempotency_key.to_owned(), fingerprint };
        WalletRequest { once: Some(once), ..WalletRequest::of(command) }
    }

    /// The same, asked for by the holder of a key.
    pub fn by(self, actor: String) -> WalletRequest {
        WalletRequest { actor: Some(actor), ..self }
    }

    pub fn as_command(&self) -> Command<'_> {
        match &self.command {
            WalletCommand::BuyNumber { number, sender_type } => {
                Command::BuyNumber { number: *number, sender_type: *sender_type }
            }
            WalletCommand::ReleaseNumber { number } => Command::ReleaseNumber { number: *number },
            WalletCommand::ReleaseTold { rental, again_at } => {
                Command::ReleaseTold { rental: *rental, again_at: *again_at }
            }
            WalletCommand::MakeHold { amount, expires_at, campaign } => {
                Command::MakeHold { amount: *amount, expires_at: *expires_at, campaign }
            }
            WalletCommand::SettleHold { hold, amount, rest } => {
                Command::SettleHold { hold: *hold, amount: *amount, rest: *rest }
            }
            WalletCommand::VoidHold { hold } => Command::VoidHold { hold: *hold },
            WalletCommand::OpenCheckout { amount, return_url } => {
                Command::OpenCheckout { amount: *amount, return_url }
            }
            WalletCommand::Payment { attempt, fact } => {
                Command::Payment { attempt: *attempt, known: self.known_attempt.clone(), fact }
            }
            WalletCommand::SetAutoTopUp(settings) => Command::SetAutoTopUp { settings: *settings },
            WalletCommand::SetLevels(levels) => Command::SetLevels { levels },
            WalletCommand::Delivered { endpoint, alert, state, http_status, next_at } => {
                let (endpoint, alert, state) = (*endpoint, *alert, *state);
                Command::Delivered { endpoint, alert, state, http_status: *http_status, next_at: *next_at }
            }
            WalletCommand::Redeliver { endpoint, alert } => {
                Command::Redeliver { endpoint: *endpoint, alert: *alert }
            }
            WalletCommand::Correct(request) => request.as_command(&self.known_messages),
            WalletCommand::Keep { action, about } => Command::Keep { action: *action, about },
        }
    }
}

impl CorrectRequest {
    fn as_command<'a>(&'a self, known: &'a [Option<KnownMessage>]) -> Command<'a> {
        let mispriced = |(message, known): (&Repriced, &'a Option<KnownMessage>)| {
            let known = known.as_ref()?;
            Some(Mispriced {
                name: known.name(),
                charged: known.charge().as_charged(),
                message: known.remembered.clone(),
                corrected: known.corrected,
                seen: message.seen,
                price: message.price,
            })
        };
        let run = Run { id: &self.run, reason: &self.reason, actor: &self.actor };
        Command::Correct { run, messages: self.messages.iter().zip(known).filter_map(mispriced).collect() }
    }
}

/// A change of an endpoint.
#[derive(Clone, Debug)]
pub struct EndpointRequest {
    pub change: EndpointChange,
    /// The id of the key that asks.
    pub actor: String,
}

#[derive(Clone, Debug)]
pub enum EndpointChange {
    /// Its number is given where it is kept.
    Add(Endpoint),
    /// A new secret; those before sign too until the instant.
    Rotate {
        number: u32,
        secret: Box<str>,
        old_until: Timestamp,
    },
    /// It hears nothing more: it has said that it is gone, or somebody removes it.
    Disable {
        number: u32,
    },
    Remove {
        number: u32,
    },
}

/// Something that was done without changing anything, with no wallet or with many.
#[derive(Clone, Debug)]
pub struct HouseDeed {
    /// The wallet that it was confined to.
    pub wallet: Option<String>,
    pub actor: String,
    pub action: Act,
    pub about: String,
}

#[derive(Clone, Debug)]
pub struct KeyRequest {
    pub role: Role,
    /// `None` for all wallets.
    pub wallet: Option<String>,
    pub name: String,
    pub actor: String,
}

/// A key just made. The secret is shown once and is kept nowhere.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub info: Arc<KeyInfo>,
    pub secret: String,
}

/// The engine takes nothing more for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    pub retry_after_seconds: u32,
    /// It is not load: the engine is about to stop.
    pub stopping: bool,
}

/// Why a command was not carried out. Each says what the caller can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    UnknownWallet,
    UnknownKey,
    /// Currency and time zone are fixed from the first entry on.
    TermsFixed,
    /// The idempotency key was used with another body.
    KeyReused,
    Conflict(String),
    OutOfRange,
    UnknownEndpoint,
    /// The wallet's rules refuse it.
    Refused(Refusal),
    Busy(Busy),
    Unavailable(Absence),
}
