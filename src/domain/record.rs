//! Records: what happened to one wallet, as it is journalled and folded. An entry is a record with an amount.

use smallvec::SmallVec;

use super::address::Address;
use super::currency::Currency;
use super::deed::Deed;
use super::event::{Direction, Event, FinalStatus, Kind, Name};
use super::identity::{Remembered, Verdict};
use super::life::Levels;
use super::life::alert::{Alert, Delivery};
use super::life::attempt::{Attempt, Method};
use super::life::auto::AutoTopUp;
use super::life::hold::Hold;
use super::life::number::Number;
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
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// Counts the wallet's records from 1 without a gap.
    pub number: u64,
    pub occurred_at: Timestamp,
    pub change: Change<'a>,
}

/// What one decision posts, in order. Room for one in place: that is the rule, and a decision is handed on by value.
pub type Records<'a> = SmallVec<[Record<'a>; 1]>;

/// What a record changes. Documents (holds, numbers, attempts, ...) are carried whole, as they are after the change.
#[derive(Clone, Debug, PartialEq)]
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
    /// A message's status was taken: it burns its own id.
    Status(Box<StatusTaken<'a>>),
    /// What is remembered of a message after its statuses.
    Course(Box<CourseSet<'a>>),
    /// A request was carried out: it burns its idempotency key.
    Request(Request<'a>),
    Hold(Box<Hold>),
    Number(Box<Number>),
    Attempt(Box<Attempt>),
    Method(Box<Method>),
    AutoTopUp(Box<AutoTopUp>),
    Levels(Box<Levels>),
    Alert(Box<Alert>),
    Delivery(Box<Delivery>),
    /// Somebody did by a call what stands before it.
    Deed(Box<Deed<'a>>),
}

/// A status event and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusTaken<'a> {
    pub event: Event<'a>,
    /// What it changed: negative where money was returned; entry 0 where nothing was posted.
    pub verdict: Verdict,
    /// The entry that charged the message; 0 where it is not known or was not charged.
    pub message_seq: u64,
}

/// A message's memory after a status.
#[derive(Clone, Debug, PartialEq)]
pub struct CourseSet<'a> {
    pub message: Name<'a>,
    pub remembered: Remembered,
    /// What it moves in usage; `None` where it moves nothing.
    pub moved: Option<Moved<'a>>,
}

/// A charged message counts under another final status from here on (RULES, section 13).
///
/// Whoever counts needs nothing else: each such change is in exactly one course, and a course without one changes no
/// count. A message's entry counts it as not final; statuses that waited for it move it once, in its own step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The message's entry.
    pub seq: u64,
    /// `None`: it was not final.
    pub from: Option<FinalStatus>,
    pub to: FinalStatus,
    pub origin: Origin<'a>,
}

/// What a message is counted under in usage (RULES, section 13): whatever follows it later is counted under the same,
/// and is counted without looking the message up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Of the message.
    pub occurred_at: Timestamp,
    /// Of the message's entry.
    pub posted_at: Timestamp,
    pub channel: Address,
    pub direction: Direction,
    pub kind: Kind,
    /// ISO 3166, where the rate row says.
    pub country: Option<[u8; 2]>,
    /// Empty where none was given.
    pub campaign: &'a str,
}

/// A request that moved or held money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub idempotency_key: &'a str,
    /// Of what was asked: the call and its body.
    pub fingerprint: u64,
    /// The number of the document that it came to.
    pub answer: u64,
}

/// Why a wallet does not pay for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Lack {
    Suspended = 1,
    InsufficientBalance = 2,
    /// The channel was rented here and is no more.
    NumberReleased = 3,
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
    Message {
        event: Event<'a>,
        price: Price,
    },
    CarrierFee {
        event: Event<'a>,
    },
    Adjustment(Adjustment<'a>),
    /// The fee of one cycle of a rented number.
    NumberFee(NumberFee),
    /// A payment that has come in.
    TopUp {
        attempt: u64,
    },
    /// The provider has given money of a payment back.
    PaymentRefund {
        attempt: u64,
    },
    /// The customer's bank has taken money of a payment back.
    Dispute {
        attempt: u64,
    },
    /// ... and given it back again.
    DisputeReinstated {
        attempt: u64,
    },
    /// What was sent under a hold, as the holder says.
    HoldSettlement {
        hold: u64,
    },
    /// A failed message's charge, returned. The entry that it returns is `of`, its message's `origin`; here and below
    /// only rows of the version before are without one.
    Refund {
        of: u64,
        origin: Option<Origin<'a>>,
    },
    /// What a failed message costs all the same.
    FailureFee {
        of: u64,
        origin: Option<Origin<'a>>,
    },
    /// A message that was delivered after all: what was returned, charged again.
    Recharge {
        of: u64,
        origin: Option<Origin<'a>>,
    },
    /// ... and its failure fee returned.
    FailureFeeReturn {
        of: u64,
        origin: Option<Origin<'a>>,
    },
    /// A message that should have cost something else: the difference, positive where money is given back.
    Correction(Correction<'a>),
}

/// What a message should have cost, as a run of corrections says. Its entry's amount is `before - price.rated.total()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction<'a> {
    /// The message's entry.
    pub of: u64,
    /// What it should have cost.
    pub price: Price,
    /// What it cost until now, carrier fee included.
    pub before: Money,
    pub origin: Origin<'a>,
    pub run: Run<'a>,
}

/// Who corrects, and why: one call for many messages, which may be made again until it has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// At most 255 bytes.
    pub id: &'a str,
    pub reason: &'a str,
    /// The id of the key that asked for it, at most 255 bytes.
    pub actor: &'a str,
}

/// What a number's fee was posted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFee {
    pub number: Address,
    pub rental: u64,
    pub cycle: u32,
    pub due_at: Timestamp,
    /// The row that made it; `None` where the tariff has none any more and the last fee stood.
    pub row: Option<(VersionId, u32)>,
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
    /// The entry that it sets right; 0 where it is of none.
    pub of: u64,
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
