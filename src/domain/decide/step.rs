//! A step: one decision and what it posts. What follows from the balance it leaves is decided once, at its end.

use super::Ground;
use crate::domain::calendar::Zone;
use crate::domain::life::alert::{Alert, AlertKind, Arming, DELIVERIES_OPEN_MAX, Delivery};
use crate::domain::life::attempt::{Attempt, AttemptKind, AttemptState};
use crate::domain::life::auto::AutoTopUp;
use crate::domain::life::number::Number;
use crate::domain::life::{Levels, Life};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry, NumberFee, Record, Records};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, Wallet};

/// A decision under way: its records are folded as they are made.
pub struct Step<'w, 'a, 'c> {
    pub wallet: &'w mut Wallet,
    /// When it happens: now, the time of the event, or that of the timer.
    pub at: Timestamp,
    /// When the wallet itself acts in it: now, or the time of the timer. An event may be weeks old.
    acts_at: Timestamp,
    pub ground: Ground<'c>,
    records: Records<'a>,
    /// What is to be told at its end, without what is known only then.
    alerts: Vec<Alert>,
    available_before: Money,
    trigger: Trigger,
}

/// What may fire automatic top-up at the end of the step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    /// What is available, where the step has changed it and it is at or below the minimum.
    Available,
    /// ... and where it has not: settings, the method or an attempt have changed, or a wait is over.
    LookedAt,
    /// Something was just refused for lack of what is available.
    Lack,
    /// Nothing: the provider took money back.
    Barred,
}

/// An alert without what the step knows by itself.
pub struct Telling<'t> {
    pub kind: AlertKind,
    pub about: &'t str,
    pub amount: Money,
    pub when: Timestamp,
    pub code: &'t str,
}

impl<'t> Telling<'t> {
    pub fn of(kind: AlertKind) -> Telling<'t> {
        Telling { kind, about: "", amount: Money::ZERO, when: Timestamp::NEVER, code: "" }
    }
}

impl<'w, 'a, 'c> Step<'w, 'a, 'c> {
    pub fn new(wallet: &'w mut Wallet, at: Timestamp, ground: Ground<'c>) -> Step<'w, 'a, 'c> {
        let available_before = wallet.available();
        let (records, alerts, trigger) = (Records::new(), Vec::new(), Trigger::Available);
        Step { wallet, at, acts_at: at, ground, records, alerts, available_before, trigger }
    }

    /// The step of an event that has happened at `occurred_at`.
    pub fn of_event(wallet: &'w mut Wallet, occurred_at: Timestamp, ground: Ground<'c>) -> Step<'w, 'a, 'c> {
        Step { acts_at: ground.moment.now, ..Step::new(wallet, occurred_at, ground) }
    }

    pub fn life(&self) -> Option<&Life> {
        self.wallet.life.as_deref()
    }

    pub fn zone(&self) -> Zone {
        Zone::of_wallet(&self.wallet.time_zone)
    }

    /// Something was refused in this step for lack of what is available.
    pub fn lacked(&mut self) {
        if self.trigger != Trigger::Barred {
            self.trigger = Trigger::Lack;
        }
    }

    /// Something that may have kept automatic top-up from firing has changed in this step.
    pub fn look_again(&mut self) {
        if self.trigger == Trigger::Available {
            self.trigger = Trigger::LookedAt;
        }
    }

    /// This step fires no automatic top-up.
    pub fn bar_top_up(&mut self) {
        self.trigger = Trigger::Barred;
    }

    pub fn push(&mut self, change: Change<'a>) {
        self.push_at(self.at, change);
    }

    pub fn push_at(&mut self, occurred_at: Timestamp, change: Change<'a>) {
        let record = Record { number: self.wallet.records + 1, occurred_at, change };
        self.wallet.apply(&record).expect("a step's records continue the wallet that it is made on");
        self.records.push(record);
    }

    /// Posts an entry and answers its number. The balance after it must fit: whoever lets an amount in checks that first.
    pub fn post(&mut self, amount: Money, occurred_at: Timestamp, cause: Cause<'a>) -> u64 {
        let balance_after = self.wallet.balance.checked_add(amount);
        let balance_after = balance_after.expect("the balance after an entry was checked before its step");
        let seq = self.wallet.seq + 1;
        self.push_at(occurred_at, Change::Entry(Entry { seq, amount, balance_after, cause }));
        seq
    }

    /// Has an alert told at the end of the step, with the balance that the step leaves.
    pub fn tell(&mut self, telling: Telling<'_>) {
        let Telling { kind, about, amount, when, code } = telling;
        let (about, code) = (about.into(), code.into());
        let (number, balance, endpoints) = (0, Money::ZERO, Default::default());
        self.alerts.push(Alert { number, kind, about, amount, balance, when, code, endpoints });
    }

    fn push_alert(&mut self, alert: Alert) {
        let mut endpoints = self.ground.context.audience(self.wallet, alert.kind);
        if self.life().is_some_and(|life| life.deliveries.len() + endpoints.len() > DELIVERIES_OPEN_MAX) {
            endpoints.clear();
        }
        let number = self.wallet.alerts + 1;
        let balance = self.wallet.balance;
        let deliveries: Vec<_> = endpoints
            .iter()
            .map(|endpoint| Delivery::new(*endpoint, number, self.ground.moment.now))
            .collect();
        self.push(Change::Alert(Box::new(Alert { number, balance, endpoints, ..alert })));
        for delivery in deliveries {
            self.push(Change::Delivery(Box::new(delivery)));
        }
    }

    /// Ends the step: arrears, status, levels, alerts, automatic top-up, in this order.
    ///
    /// What follows from an event happens when the event is posted, however long ago that has happened itself: a late
    /// report suspends today.
    pub fn finish(mut self) -> Records<'a> {
        self.at = self.acts_at;
        if self.wallet.available() > self.available_before {
            self.pay_arrears();
        }
        self.turn_status();
        self.turn_levels();
        for alert in std::mem::take(&mut self.alerts) {
            self.push_alert(alert);
        }
        self.top_up();
        self.records
    }

    /// Oldest due first, whole fees, stopping at the first that does not fit (RULES, section 9).
    pub fn pay_arrears(&mut self) {
        while let Some(owing) = self.life().and_then(Life::oldest_owing) {
            if owing.amount > self.wallet.available() {
                return;
            }
            let number = self.life().and_then(|life| life.numbers.get(&owing.rental)).cloned();
            let mut number = number.expect("what is owed is owed for a number that the wallet holds");
            let cause = Cause::NumberFee(NumberFee {
                number: number.number,
                rental: number.rental,
                cycle: owing.cycle,
                due_at: owing.due_at,
                row: None,
            });
            let amount = owing.amount.checked_neg().expect("a fee is not negative");
            self.post(amount, self.acts_at, cause);
            number.arrears.retain(|arrear| arrear.cycle != owing.cycle);
            self.put_number_unless_two_unpaid(number);
        }
    }

    /// Cancels a release where no two cycles in a row are unpaid any more.
    fn put_number_unless_two_unpaid(&mut self, mut number: Number) {
        let cancelled = number.release.is_some() && !number.two_in_a_row_unpaid();
        if cancelled {
            number.release = None;
        }
        let name = number.number.to_string();
        self.push(Change::Number(Box::new(number)));
        if cancelled {
            self.tell(Telling { about: &name, ..Telling::of(AlertKind::ReleaseCancelled) });
        }
    }

    fn turn_status(&mut self) {
        let (change, kind) = match (self.wallet.status, Status::of_balance(self.wallet.balance)) {
            (Status::Active, Status::Suspended) => (Change::Suspended, AlertKind::Suspended),
            (Status::Suspended, Status::Active) => (Change::Resumed, AlertKind::Resumed),
            _ => return,
        };
        self.push(change);
        self.tell(Telling::of(kind));
    }

    fn turn_levels(&mut self) {
        let balance = self.wallet.balance;
        let Some(life) = self.life().filter(|life| !life.levels.is_empty()) else { return };
        let before = life.levels.clone();
        let after: Levels = before.iter().map(|level| level.after(balance)).collect();
        if after == before {
            return;
        }
        let crossed = before.iter().zip(&after);
        let crossed: Vec<_> = crossed
            .filter(|(before, after)| before.arming == Arming::Armed && after.arming == Arming::Told)
            .map(|(level, _)| level.amount)
            .collect();
        self.push(Change::Levels(Box::new(after)));
        for amount in crossed {
            self.tell(Telling { amount, ..Telling::of(AlertKind::LowBalance) });
        }
    }

    /// Fires automatic top-up where there is a reason and nothing keeps it from it (RULES, section 10; T1).
    fn top_up(&mut self) {
        let Some(life) = self.life().filter(|life| life.auto_may_fire(self.at)) else { return };
        let available = self.wallet.available();
        let below = available <= life.auto.minimum;
        let fires = match self.trigger {
            Trigger::Available => below && available != self.available_before,
            Trigger::LookedAt => below,
            Trigger::Lack => true,
            Trigger::Barred => false,
        };
        if !fires {
            return;
        }
        let now = self.ground.moment.now;
        let method = life.method.as_ref().map(|method| method.id.clone()).unwrap_or_default();
        let attempt = Attempt::opening(life.attempts_made + 1, AttemptKind::Auto, life.auto.amount, now);
        let auto = life.auto.clone().tried(now, &self.zone());
        self.push(Change::Attempt(Box::new(Attempt { method, ..attempt })));
        self.set_auto(auto);
    }

    pub fn set_auto(&mut self, auto: AutoTopUp) {
        self.look_again();
        self.push(Change::AutoTopUp(Box::new(auto)));
    }
}

impl Attempt {
    /// An attempt that is durable before the provider hears of it.
    pub fn opening(number: u64, kind: AttemptKind, amount: Money, now: Timestamp) -> Attempt {
        Attempt {
            number,
            kind,
            state: AttemptState::Opening,
            amount,
            opened_at: now,
            called_at: now,
            ask_at: now,
            asked: 0,
            closed_at: Timestamp::NEVER,
            seq: 0,
            credited: Money::ZERO,
            refunded: Money::ZERO,
            disputes: Default::default(),
            session: "".into(),
            payment: "".into(),
            url: "".into(),
            return_url: "".into(),
            code: "".into(),
            method: "".into(),
        }
    }
}
