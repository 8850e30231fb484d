//! Attempts: tries at taking a payment, by checkout or automatic (RULES, section 10; T1, T2).

use smallvec::SmallVec;

use crate::domain::money::Money;
use crate::domain::time::{Span, Timestamp};

/// How long an attempt that the provider does not know is asked about after the last call; then it has failed.
pub const NOT_FOUND_FAILS_AFTER: Span = Span::from_hours(24);
/// How long after an attempt was opened the provider still knows its idempotency key (Stripe: at least 24 hours).
/// From then on the same call could charge again, so the provider is only asked.
pub const KEY_GOOD_FOR: Span = Span::from_hours(23);
/// How long a checkout stands.
pub const CHECKOUT_EXPIRES_AFTER: Span = Span::from_hours(23);
/// Most attempts of one wallet that are unresolved at once.
pub const ATTEMPTS_OPEN_MAX: usize = 1_000;
const ID_PREFIX: &str = "tu_";
/// After how many seconds the provider is asked again, by how often it was asked.
const ASK_AFTER_SECONDS: [u32; 7] = [5, 30, 120, 300, 600, 1_800, 3_600];

/// An attempt as its last change left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Counts the wallet's attempts from 1.
    pub number: u64,
    pub kind: AttemptKind,
    pub state: AttemptState,
    pub amount: Money,
    pub opened_at: Timestamp,
    /// When the provider was last called to take the payment; [`Timestamp::NEVER`] before an answer or its lack.
    pub called_at: Timestamp,
    /// When the provider is called or asked next; [`Timestamp::NEVER`] where nothing is to be done.
    pub ask_at: Timestamp,
    /// How often it was asked in vain.
    pub asked: u32,
    /// [`Timestamp::NEVER`] while it is unresolved.
    pub closed_at: Timestamp,
    /// The entry that credits it, 0 before.
    pub seq: u64,
    pub credited: Money,
    /// What the provider says was refunded in all.
    pub refunded: Money,
    pub disputes: SmallVec<[Dispute; 1]>,
    /// The provider's ids; empty while they are not known.
    pub session: Box<str>,
    pub payment: Box<str>,
    /// Where the customer pays; empty where there is nowhere.
    pub url: Box<str>,
    /// Where the customer comes back to.
    pub return_url: Box<str>,
    /// Why it failed, in the provider's word; empty otherwise.
    pub code: Box<str>,
    /// The saved method that is charged; empty for a checkout.
    pub method: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AttemptKind {
    Checkout = 1,
    Auto = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AttemptState {
    /// Durable, and the provider has not answered yet.
    Opening = 1,
    /// The provider has it and it is not decided: a checkout waits for its customer, a payment is processed.
    Open = 2,
    /// A call ended without a clear answer.
    Unknown = 3,
    Succeeded = 4,
    Failed = 5,
    Expired = 6,
}

/// Money that a customer's bank has taken back, and perhaps given back again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub id: Box<str>,
    pub amount: Money,
    pub state: DisputeState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DisputeState {
    Withdrawn = 1,
    Reinstated = 2,
}

/// A customer of the provider, and the payment method that may be charged without the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The provider's id of the customer.
    pub customer: Box<str>,
    /// The provider's id of the method; empty while none is saved.
    pub id: Box<str>,
    pub brand: Box<str>,
    pub last4: Box<str>,
}

impl Attempt {
    pub fn is_unresolved(&self) -> bool {
        matches!(self.state, AttemptState::Opening | AttemptState::Open | AttemptState::Unknown)
    }

    /// May the provider be called to take the payment at `at`, under the attempt's own key?
    pub fn may_call(&self, at: Timestamp) -> bool {
        self.state != AttemptState::Open && at.since(self.opened_at) <= KEY_GOOD_FOR
    }

    /// Asked in vain at `at`: the attempt with the time at which it is asked about again.
    pub fn asked_in_vain(mut self, at: Timestamp) -> Attempt {
        let step = ASK_AFTER_SECONDS[(self.asked as usize).min(ASK_AFTER_SECONDS.len() - 1)];
        self.asked = self.asked.saturating_add(1);
        self.ask_at = at.plus(Span::from_seconds(step));
        self
    }

    pub fn closed(self, state: AttemptState, at: Timestamp) -> Attempt {
        Attempt { state, closed_at: at, ask_at: Timestamp::NEVER, ..self }
    }

    /// What disputes keep from the wallet now.
    pub fn disputed(&self) -> Money {
        let withdrawn = self.disputes.iter().filter(|dispute| dispute.state == DisputeState::Withdrawn);
        let sum = withdrawn.map(|dispute| dispute.amount.nanos()).fold(0i64, i64::saturating_add);
        Money::from_nanos(sum)
    }

    /// The id in the interface.
    pub fn id(number: u64) -> String {
        format!("{ID_PREFIX}{number}")
    }

    pub fn parse_id(id: &str) -> Option<u64> {
        super::parse_id(ID_PREFIX, id)
    }
}

impl AttemptKind {
    pub fn as_str(self) -> &'static str {
        match self {
            AttemptKind::Checkout => "checkout",
            AttemptKind::Auto => "auto",
        }
    }

    pub fn from_byte(byte: u8) -> Option<AttemptKind> {
        [AttemptKind::Checkout, AttemptKind::Auto].into_iter().find(|kind| *kind as u8 == byte)
    }
}

impl AttemptState {
    pub const ALL: [AttemptState; 6] = [
        AttemptState::Opening,
        AttemptState::Open,
        AttemptState::Unknown,
        AttemptState::Succeeded,
        AttemptState::Failed,
        AttemptState::Expired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            AttemptState::Opening => "opening",
            AttemptState::Open => "open",
            AttemptState::Unknown => "unknown",
            AttemptState::Succeeded => "succeeded",
            AttemptState::Failed => "failed",
            AttemptState::Expired => "expired",
        }
    }

    pub fn from_byte(byte: u8) -> Option<AttemptState> {
        Self::ALL.into_iter().find(|state| *state as u8 == byte)
    }
}

impl DisputeState {
    pub fn from_byte(byte: u8) -> Option<DisputeState> {
        [DisputeState::Withdrawn, DisputeState::Reinstated].into_iter().find(|state| *state as u8 == byte)
    }
}
