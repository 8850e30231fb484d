//! A wallet: its entries, its balance, and what every step ends with (RULES, sections 6, 9, 10, 11).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Nanos;
use super::alerts::{Alert, Level};
use super::holds::Hold;
use super::messages::{EarlyStatus, Message};
use super::numbers::Rental;
use super::top_ups::AutoTopUp;

/// One posted change of the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: &'static str,
    pub amount: Nanos,
    pub balance_after: Nanos,
    pub occurred_at: Timestamp,
}

pub struct Wallet {
    pub zone: TimeZone,
    pub balance: Nanos,
    pub suspended: bool,
    pub entries: Vec<Entry>,
    /// In the order of purchase; a number that is rented again has another.
    pub rentals: Vec<Rental>,
    pub holds: Vec<Hold>,
    pub messages: Vec<Message>,
    pub early: Vec<EarlyStatus>,
    pub auto: AutoTopUp,
    pub levels: Vec<Level>,
    pub alerts: Vec<Alert>,
    /// Timers that have fired.
    pub fired: u64,
    /// In the step under way a charge, hold or fee was refused for lack of available.
    pub refused: bool,
}

impl Wallet {
    /// A new wallet is suspended, without an alert.
    pub fn new(zone: TimeZone) -> Wallet {
        Wallet {
            zone,
            balance: 0,
            suspended: true,
            entries: Vec::new(),
            rentals: Vec::new(),
            holds: Vec::new(),
            messages: Vec::new(),
            early: Vec::new(),
            auto: AutoTopUp::new(),
            levels: Vec::new(),
            alerts: Vec::new(),
            fired: 0,
            refused: false,
        }
    }

    pub fn held(&self) -> Nanos {
        self.holds.iter().filter(|hold| hold.is_open()).map(|hold| hold.remaining).sum()
    }

    pub fn available(&self) -> Nanos {
        self.balance - self.held()
    }

    /// What is owed of unpaid fees, of released numbers too.
    pub fn owed(&self) -> Nanos {
        self.rentals.iter().flat_map(|rental| &rental.arrears).map(|owed| owed.amount).sum()
    }

    pub fn post(&mut self, kind: &'static str, amount: Nanos, occurred_at: Timestamp) {
        self.balance += amount;
        self.entries.push(Entry { kind, amount, balance_after: self.balance, occurred_at });
    }

    /// One decision and what it posts; then what every step ends with.
    pub fn step<T>(&mut self, at: Timestamp, decide: impl FnOnce(&mut Wallet) -> T) -> T {
        let available_before = self.available();
        self.refused = false;
        let decided = decide(self);
        if self.available() > available_before {
            self.pay_arrears(at);
        }
        self.cancel_releases(at);
        self.tell_suspension(at);
        self.tell_low_balance(at);
        self.look_at_auto_top_up(at);
        decided
    }

    /// Section 6: above 0 is active, 0 or below is suspended; seen at the end of the step only.
    fn tell_suspension(&mut self, at: Timestamp) {
        let suspended = self.balance <= 0;
        if suspended != self.suspended {
            self.suspended = suspended;
            self.tell(if suspended { "wallet.suspended" } else { "wallet.resumed" }, at);
        }
    }

    /// An adjustment of either sign.
    pub fn adjust(&mut self, amount: Nanos, at: Timestamp) {
        self.step(at, |wallet| wallet.post("adjustment", amount, at));
    }
}
