//! What may be asked of the engine beside events, with everything owned so that it can cross threads.

use std::sync::Arc;

use crate::domain::access::Role;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::record::{Adjustment, TariffId, Terms};
use crate::engine::keys::KeyInfo;
use crate::engine::outcome::Absence;

pub use crate::engine::house::Placed;

/// A wallet to be opened, or its terms to be set.
#[derive(Clone, Debug)]
pub struct WalletTerms {
    pub wallet: String,
    pub name: String,
    pub currency: Currency,
    pub time_zone: String,
    pub tariff: TariffId,
}

impl WalletTerms {
    pub fn as_terms(&self) -> Terms<'_> {
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
}

impl AdjustRequest {
    pub fn as_adjustment(&self) -> Adjustment<'_> {
        Adjustment {
            idempotency_key: &self.idempotency_key,
            amount: self.amount,
            reason: &self.reason,
            actor: &self.actor,
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
    Busy(Busy),
    Unavailable(Absence),
}
