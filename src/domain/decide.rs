//! What a command does to a wallet: the records it posts, or why it is refused (RULES, sections 5 to 12).
//!
//! One file a part of the rules: [`post`] (messages, carriers' charges, adjustments), [`statuses`], [`corrections`],
//! [`holds`], [`numbers`], [`payments`], [`settings`], [`timers`]; [`step`] is what every decision has in common. A decision folds
//! its records into the wallet as it makes them, so that each sees what the one before has left. A refusal posts
//! nothing and leaves the wallet as it was.

mod corrections;
mod holds;
mod numbers;
mod payments;
mod post;
mod settings;
mod statuses;
mod step;
mod timers;

use super::address::Address;
use super::deed::Act;
use super::event::{Direction, Event, FinalStatus, Kind};
use super::identity::{Fingerprint, Remembered, Taken};
use super::life::alert::{AlertKind, DeliveryState, Endpoints};
use super::life::attempt::Attempt;
use super::life::auto::Limits;
use super::money::Money;
use super::record::{Adjustment, Lack, Price, Records, Run, TariffId, Terms, VersionId};
use super::sender_type::SenderType;
use super::status::{Charged, Statuses};
use super::tariff::FailurePolicy;
use super::time::{Span, Timestamp};
use super::wallet::Wallet;

pub use corrections::{CORRECTIONS_MAX, Mispriced};
pub use payments::{Payment, PaymentFact, Reading};
pub use timers::catch_up;

/// Something asked of one wallet.
#[derive(Clone, Debug, PartialEq)]
pub enum Command<'a> {
    /// A message or a carrier's charge. `price` is `None` where the tariff has no rate for a message;
    /// a carrier's charge has none either, and needs none. `early` are the statuses that wait for the message.
    Post {
        event: Event<'a>,
        price: Option<Price>,
        early: Option<Early>,
    },
    /// A message's status. `message` is what is remembered of the message, `charged` how it was charged.
    Status {
        event: Event<'a>,
        message: Option<Remembered>,
        charged: Option<Charged<'a>>,
    },
    Adjust(Adjustment<'a>),
    /// Messages that a run corrects, at most [`CORRECTIONS_MAX`], in the order of their entries.
    Correct {
        run: Run<'a>,
        messages: Vec<Mispriced<'a>>,
    },
    SetTerms(Terms<'a>),
    BuyNumber {
        number: Address,
        sender_type: SenderType,
    },
    ReleaseNumber {
        number: Address,
    },
    /// The owner of the number inventory was told of a release; [`Timestamp::NEVER`]: it has confirmed.
    ReleaseTold {
        rental: u64,
        again_at: Timestamp,
    },
    MakeHold {
        amount: Money,
        expires_at: Timestamp,
        campaign: &'a str,
    },
    SettleHold {
        hold: u64,
        amount: Money,
        rest: Rest,
    },
    VoidHold {
        hold: u64,
    },
    OpenCheckout {
        amount: Money,
        return_url: &'a str,
    },
    /// What the provider says of an attempt. `known` is the attempt where it is resolved already.
    Payment {
        attempt: u64,
        known: Option<Box<Attempt>>,
        fact: &'a PaymentFact,
    },
    SetAutoTopUp {
        settings: AutoSettings,
    },
    SetLevels {
        levels: &'a [Money],
    },
    /// How a delivery went; [`Timestamp::NEVER`]: it is not tried again.
    Delivered {
        endpoint: u32,
        alert: u64,
        state: DeliveryState,
        http_status: u16,
        next_at: Timestamp,
    },
    /// Sends an alert to an endpoint again.
    Redeliver {
        endpoint: u32,
        alert: u64,
    },
    /// Nothing but that something was done: its deed is all that is posted.
    Keep {
        action: Act,
        about: &'a str,
    },
}

/// The statuses that came before their message, and its fingerprint, to remember them with.
#[derive(Clone, Debug, PartialEq)]
pub struct Early {
    pub statuses: Statuses,
    pub fingerprint: Fingerprint,
}

impl Early {
    /// Those that wait under a message's own key, where they are still kept.
    pub fn waiting(
        remembered: Option<&Remembered>,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> Option<Early> {
        let waits = |early: &&Remembered| early.verdict.outcome == Taken::Early && early.kept_until >= now;
        let statuses = remembered.filter(waits)?.course.as_ref()?.statuses().clone();
        Some(Early { statuses, fingerprint })
    }
}

/// What becomes of a hold's rest when part of it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    Stays,
    /// The settlement is final: the rest is free.
    Freed,
}

/// The settings of automatic top-up as they are asked for; `None` switches it off and leaves the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoSettings {
    pub on: Option<AutoTerms>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoTerms {
    pub minimum: Money,
    pub amount: Money,
    pub limits: Limits,
}

/// Why nothing was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Admitted traffic, a hold or a purchase that the wallet does not pay for; asked again it is decided afresh.
    Lack(Lack),
    InTheFuture,
    TooOld,
    NoRate,
    /// The balance would leave the range that money has.
    OutOfRange,
    /// Currency and time zone are fixed from the first entry on.
    TermsFixed,
    /// The number is rented by this wallet already.
    NumberRented,
    UnknownNumber,
    UnknownHold,
    HoldClosed,
    UnknownAttempt,
    /// So many holds, numbers or attempts are open that there may be no more, or so many corrections asked for at once.
    TooMany,
    /// The provider speaks of another amount, currency or customer than the attempt's.
    Mismatch,
    /// It changes nothing: it is known already.
    Known,
}

/// What a decision is made at and by.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Timestamp,
    /// How long ago an event may have happened (a setting, 35 days by default).
    pub too_old_after: Span,
}

/// What decisions ask of the world around the wallet. Every answer goes into a record.
pub trait Context {
    /// The monthly fee of a number by a tariff's version in effect at `at`: version, row and amount.
    fn number_fee(
        &self,
        tariff: TariffId,
        number: &Address,
        sender_type: SenderType,
        at: Timestamp,
    ) -> Option<(VersionId, u32, Money)>;

    fn failure_policy(
        &self,
        version: VersionId,
        direction: Direction,
        kind: Kind,
        status: FinalStatus,
        error_code: &str,
    ) -> FailurePolicy;

    /// The endpoints that are to hear of an alert of a wallet.
    fn audience(&self, wallet: &Wallet, kind: AlertKind) -> Endpoints;

    /// Whether somebody who owns the numbers is to be told of releases.
    fn has_number_owner(&self) -> bool;
}

/// A moment and the world around it.
#[derive(Clone, Copy)]
pub struct Ground<'c> {
    pub moment: Moment,
    pub context: &'c dyn Context,
}

/// Decides one command and folds what it posts. Everything due by now must have been posted: [`catch_up`].
pub fn decide<'a>(
    wallet: &mut Wallet,
    command: &Command<'a>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    match command {
        Command::Post { event, price, early } => {
            post::post(wallet, event, price.as_ref(), early.as_ref(), ground)
        }
        Command::Status { event, message, charged } => {
            statuses::take(wallet, event, message.as_ref(), charged.as_ref(), ground)
        }
        Command::Adjust(adjustment) => post::adjust(wallet, adjustment, ground),
        Command::Correct { run, messages } => corrections::correct(wallet, run, messages, ground),
        Command::SetTerms(terms) => settings::set_terms(wallet, terms, ground),
        Command::BuyNumber { number, sender_type } => numbers::buy(wallet, *number, *sender_type, ground),
        Command::ReleaseNumber { number } => numbers::release_by_hand(wallet, number, ground),
        Command::ReleaseTold { rental, again_at } => numbers::told(wallet, *rental, *again_at, ground),
        Command::MakeHold { amount, expires_at, campaign } => {
            holds::make(wallet, *amount, *expires_at, campaign, ground)
        }
        Command::SettleHold { hold, amount, rest } => holds::settle(wallet, *hold, *amount, *rest, ground),
        Command::VoidHold { hold } => holds::void(wallet, *hold, ground),
        Command::OpenCheckout { amount, return_url } => payments::open(wallet, *amount, return_url, ground),
        Command::Payment { attempt, known, fact } => {
            payments::told(wallet, *attempt, known.as_deref(), fact, ground)
        }
        Command::SetAutoTopUp { settings } => settings::set_auto(wallet, settings, ground),
        Command::SetLevels { levels } => settings::set_levels(wallet, levels, ground),
        Command::Delivered { endpoint, alert, state, http_status, next_at } => {
            settings::delivered(wallet, (*endpoint, *alert), *state, *http_status, *next_at, ground)
        }
        Command::Redeliver { endpoint, alert } => settings::redeliver(wallet, *endpoint, *alert, ground),
        Command::Keep { .. } => Ok(Records::new()),
    }
}

/// What a refusal for lack of money posts: it may fire automatic top-up (RULES, section 10).
pub fn after_lack<'a>(wallet: &mut Wallet, ground: Ground<'_>) -> Records<'a> {
    if !wallet.life.as_ref().is_some_and(|life| life.auto_may_fire(ground.moment.now)) {
        return Records::new();
    }
    let mut step = step::Step::new(wallet, ground.moment.now, ground);
    step.lacked();
    step.finish()
}

#[cfg(test)]
mod tests;
