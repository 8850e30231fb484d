//! Records: what happened to one wallet, as it is journalled and folded. An entry is a record with an amount.

use smallvec::SmallVec;

use super::currency::Currency;
use super::event::Event;
use super::money::Money;
use super::rating::Rated;
use super::time::Timestamp;

/// A tariff series, numbered densely in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TariffId(pub u32);

/// A version of any tariff, numbered densely in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(pub u32);

/// One outcome for one wallet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    /// Counts the wallet's records from 1 without a gap.
    pub number: u64,
    pub occurred_at: Timestamp,
    pub change: Change<'a>,
}

/// What one decision posts, in order: one record, two where the status turns. Room for one in place: that is the
/// rule, and a decision is handed on by value.
pub type Records<'a> = SmallVec<[Record<'a>; 1]>;

/// What a record changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change<'a> {
    /// The wallet came to be; it is suspended until it is funded.
    Opened(Terms<'a>),
    TermsSet(Terms<'a>),
    Entry(Entry<'a>),
    /// An admitted inbound message that was not let through: it burns its id and is never charged.
    Blocked {
        event: Event<'a>,
        reason: Lack,
    },
    Suspended,
    Resumed,
}

/// Why a wallet does not pay for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Lack {
    Suspended = 1,
    InsufficientBalance = 2,
}

/// One posted change of a wallet's balance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<'a> {
    /// Counts the wallet's entries from 1 without a gap.
    pub seq: u64,
    /// What was added to the balance; negative for a charge.
    pub amount: Money,
    pub balance_after: Money,
    pub cause: Cause<'a>,
}

/// What an entry was posted for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause<'a> {
    Message { event: Event<'a>, price: Price },
    CarrierFee { event: Event<'a> },
    Adjustment(Adjustment<'a>),
}

/// A message's rating, with the tariff version that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    pub version: VersionId,
    pub rated: Rated,
}

/// A change of the balance by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment<'a> {
    /// The caller's idempotency key: under it the adjustment posts once.
    pub idempotency_key: &'a str,
    /// Either sign, not zero.
    pub amount: Money,
    pub reason: &'a str,
    /// The id of the key that asked for it.
    pub actor: &'a str,
}

/// What a wallet is held to. Currency and time zone are fixed from its first entry on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The wallet's id in the interface.
    pub wallet: &'a str,
    /// What people call it.
    pub name: &'a str,
    pub currency: Currency,
    /// An IANA name; checked where it was read.
    pub time_zone: &'a str,
    pub tariff: TariffId,
}
