//! The life of a wallet beside its balance: what is held, rented, tried and told, and what falls due (RULES, 6 to 12).
//!
//! One file a document: [`hold`], [`number`], [`attempt`], [`auto`], [`alert`]. A document is what a record carries
//! whole and what a view stores; [`Life`] keeps those of a wallet that are open, and the order in which they fall due.
//! Called by `wallet` (which folds records into it) and `decide`. Deliberately not here: what is decided about them.

pub mod alert;
pub mod attempt;
pub mod auto;
pub mod hold;
pub mod number;

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use super::address::Address;
use super::money::Money;
use super::time::Timestamp;
use alert::{Arming, Delivery, DeliveryState, Level};
use attempt::{Attempt, AttemptKind, Method};
use auto::AutoTopUp;
use hold::Hold;
use number::Number;

/// A wallet's levels of low balance, highest first.
pub type Levels = SmallVec<[Level; 4]>;

/// What is open of a wallet, and the numbers that its documents have come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    pub holds: BTreeMap<u64, Hold>,
    pub holds_made: u64,
    /// Rented, or released and the last rental of its number, or owing something still.
    pub numbers: BTreeMap<u64, Number>,
    pub rentals: u64,
    /// The unresolved ones.
    pub attempts: BTreeMap<u64, Attempt>,
    pub attempts_made: u64,
    pub auto: AutoTopUp,
    pub method: Option<Method>,
    pub levels: Levels,
    /// Those under way.
    pub deliveries: BTreeMap<(u32, u64), Delivery>,
    derived: Derived,
}

/// What follows from the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Derived {
    due: BTreeSet<Due>,
    owing: BTreeSet<Owing>,
    /// The last rental of each number.
    by_number: BTreeMap<Address, u64>,
}

/// What time brings, in the order of one instant (RULES, section 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Timer {
    Fee,
    Warning,
    Release,
    Expiry,
    /// The back-off after a decline ends.
    Retry,
    /// The period of a limit turns.
    LimitTurn,
}

/// Something that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub at: Timestamp,
    pub timer: Timer,
    /// Of numbers due at one instant the first by their text comes first.
    order: [u8; 16],
    /// The rental or hold concerned.
    pub id: u64,
}

/// An unpaid fee: oldest due first, then by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owing {
    pub due_at: Timestamp,
    order: [u8; 16],
    pub rental: u64,
    pub cycle: u32,
    pub amount: Money,
}

impl Life {
    /// The next thing that falls due.
    pub fn next_due(&self) -> Option<Due> {
        self.derived.due.first().copied()
    }

    /// The oldest unpaid fee.
    pub fn oldest_owing(&self) -> Option<Owing> {
        self.derived.owing.first().copied()
    }

    /// The sum of all unpaid fees, as far as an amount reaches.
    pub fn owed(&self) -> Money {
        let sum = self.derived.owing.iter().map(|owing| owing.amount.nanos()).fold(0i64, i64::saturating_add);
        Money::from_nanos(sum)
    }

    /// The last rental of a number.
    pub fn rental_of(&self, number: &Address) -> Option<&Number> {
        self.derived.by_number.get(number).and_then(|rental| self.numbers.get(rental))
    }

    /// The unresolved automatic attempt: there is one at the most (T1).
    pub fn auto_attempt(&self) -> Option<&Attempt> {
        self.attempts.values().find(|attempt| attempt.kind == AttemptKind::Auto)
    }

    /// Whether automatic top-up would fire at `at` if it had a reason.
    pub fn auto_may_fire(&self, at: Timestamp) -> bool {
        let chargeable = self.method.as_ref().is_some_and(|method| !method.id.is_empty());
        self.auto.is_ready(at) && chargeable && self.auto_attempt().is_none()
    }

    /// The highest level of low balance that is armed.
    pub fn armed_level(&self) -> Option<Money> {
        self.levels.iter().filter(|level| level.arming == Arming::Armed).map(|level| level.amount).max()
    }

    pub fn put_hold(&mut self, hold: &Hold) {
        self.holds_made = self.holds_made.max(hold.number);
        if let Some(old) = self.holds.remove(&hold.number) {
            self.derived.due.remove(&expiry(&old));
        }
        if hold.is_open() {
            self.derived.due.insert(expiry(hold));
            self.holds.insert(hold.number, hold.clone());
        }
    }

    pub fn put_number(&mut self, number: &Number) {
        self.rentals = self.rentals.max(number.rental);
        if let Some(old) = self.numbers.remove(&number.rental) {
            due_of_number(&old).iter().for_each(|due| {
                self.derived.due.remove(due);
            });
            owing_of(&old).for_each(|owing| {
                self.derived.owing.remove(&owing);
            });
        }
        let last = self.derived.by_number.get(&number.number).copied().unwrap_or(0).max(number.rental);
        let before = self.derived.by_number.insert(number.number, last);
        if last == number.rental || number.is_unfinished() {
            self.derived.due.extend(due_of_number(number));
            self.derived.owing.extend(owing_of(number));
            self.numbers.insert(number.rental, number.clone());
        }
        // An earlier rental with nothing left to be done is history once its number is rented again.
        if let Some(before) = before.filter(|before| *before != last)
            && self.numbers.get(&before).is_some_and(|old| !old.is_unfinished())
        {
            self.numbers.remove(&before);
        }
    }

    pub fn put_attempt(&mut self, attempt: &Attempt) {
        self.attempts_made = self.attempts_made.max(attempt.number);
        if attempt.is_unresolved() {
            self.attempts.insert(attempt.number, attempt.clone());
        } else {
            self.attempts.remove(&attempt.number);
        }
    }

    pub fn set_auto(&mut self, auto: &AutoTopUp) {
        for old in due_of_auto(&self.auto) {
            self.derived.due.remove(&old);
        }
        self.derived.due.extend(due_of_auto(auto));
        self.auto = auto.clone();
    }

    pub fn put_delivery(&mut self, delivery: &Delivery) {
        let key = (delivery.endpoint, delivery.alert);
        if delivery.state == DeliveryState::Pending {
            self.deliveries.insert(key, delivery.clone());
        } else {
            self.deliveries.remove(&key);
        }
    }
}

fn due(at: Timestamp, timer: Timer, order: [u8; 16], id: u64) -> Option<Due> {
    (at != Timestamp::NEVER).then_some(Due { at, timer, order, id })
}

fn expiry(hold: &Hold) -> Due {
    Due { at: hold.expires_at, timer: Timer::Expiry, order: [0; 16], id: hold.number }
}

fn due_of_number(number: &Number) -> SmallVec<[Due; 3]> {
    let (order, id) = (number.order(), number.rental);
    let release = number.release.as_ref();
    let fee = due(number.next_due_at, Timer::Fee, order, id);
    let warning = release.and_then(|release| due(release.warn_at, Timer::Warning, order, id));
    let release = release.and_then(|release| due(release.at, Timer::Release, order, id));
    [fee, warning, release].into_iter().flatten().collect()
}

fn due_of_auto(auto: &AutoTopUp) -> impl Iterator<Item = Due> + use<> {
    let retry = due(auto.retry_at, Timer::Retry, [0; 16], 0);
    let turn = due(auto.limited_until, Timer::LimitTurn, [0; 16], 0);
    [retry, turn].into_iter().flatten()
}

fn owing_of(number: &Number) -> impl Iterator<Item = Owing> + '_ {
    let (order, rental) = (number.order(), number.rental);
    number.owed().map(move |arrear| Owing {
        due_at: arrear.due_at,
        order,
        rental,
        cycle: arrear.cycle,
        amount: arrear.amount,
    })
}

/// The number in an id such as `h_12`: no sign, no leading zero.
fn parse_id(prefix: &str, id: &str) -> Option<u64> {
    let digits = id.strip_prefix(prefix)?;
    let well_formed = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if well_formed { digits.parse().ok() } else { None }
}
