//! The agenda: when something falls due for each wallet, and what is to be done outside for it.
//!
//! It is fed as records become durable and made anew at a start. It only says whom to wake and what to run: what
//! is due is part of a wallet's state, so waking twice is nothing and a late look changes no outcome.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::directory::Cell;
use crate::domain::life::Life;
use crate::domain::life::alert::Delivery;
use crate::domain::life::attempt::{Attempt, Method};
use crate::domain::life::number::Number;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Wallet, WalletId};
use crate::metrics::outside::EFFECTS;

/// Something to be done outside for a wallet, always under the same key (E1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The provider is called or asked about an attempt.
    Attempt(u64),
    /// An alert is sent to an endpoint.
    Delivery { endpoint: u32, alert: u64 },
    /// The owner of the numbers is told of a release.
    ReleaseTold { rental: u64 },
}

/// What an effect needs to know, as it was when its record became durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    Attempt { attempt: Attempt, method: Option<Method> },
    Delivery(Delivery),
    Release(Number),
}

/// What a wallet has on the agenda.
#[derive(Clone, Debug)]
pub struct Plan {
    /// [`Timestamp::NEVER`] where nothing falls due.
    pub due_at: Timestamp,
    pub effects: Vec<(Timestamp, Effect, Work)>,
    /// All alerts on their way to endpoints, also those that wait for others before them.
    pub deliveries: usize,
}

/// How much is on the agenda, for the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgendaFigures {
    /// Wallets for which something falls due, and when the first does.
    pub timers: usize,
    pub first_due: Option<Timestamp>,
    /// Effects to be run, by [`Effect::place`], and when the first is.
    pub effects: [usize; EFFECTS.len()],
    pub first_effect: Option<Timestamp>,
    pub running: usize,
    pub deliveries: usize,
}

/// Something that is being done.
#[derive(Clone, Debug)]
pub struct Started {
    pub cell: Arc<Cell>,
    pub effect: Effect,
    pub work: Work,
}

/// The plans of all wallets, by time.
#[derive(Debug, Default)]
pub struct Agenda {
    plans: HashMap<WalletId, Planned, ahash::RandomState>,
    due: BTreeSet<(Timestamp, WalletId)>,
    effects: BTreeSet<(Timestamp, WalletId, Effect)>,
    running: HashSet<(WalletId, Effect)>,
    /// Woken and not heard of since: not woken again before its plan has changed.
    woken: BTreeMap<WalletId, Timestamp>,
    /// Of all plans: effects by [`Effect::place`], and deliveries.
    open: [usize; EFFECTS.len()],
    deliveries: usize,
}

#[derive(Debug)]
struct Planned {
    cell: Arc<Cell>,
    plan: Plan,
}

impl Effect {
    /// Its place among [`EFFECTS`].
    pub fn place(self) -> usize {
        match self {
            Effect::Attempt(_) => 0,
            Effect::Delivery { .. } => 1,
            Effect::ReleaseTold { .. } => 2,
        }
    }
}

impl Plan {
    pub fn of(wallet: &Wallet) -> Plan {
        let life = wallet.life.as_deref();
        let effects = life.map(effects).unwrap_or_default();
        Plan { due_at: wallet.due_at, effects, deliveries: life.map_or(0, |life| life.deliveries.len()) }
    }

    /// Of a wallet that is not to be looked at.
    pub fn nothing() -> Plan {
        Plan { due_at: Timestamp::NEVER, effects: Vec::new(), deliveries: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.due_at == Timestamp::NEVER && self.effects.is_empty()
    }
}

/// What is to be done for a wallet; of the alerts for one endpoint only the first, so that they keep their order.
fn effects(life: &Life) -> Vec<(Timestamp, Effect, Work)> {
    let mut effects = Vec::new();
    for attempt in life.attempts.values() {
        let work = Work::Attempt { attempt: attempt.clone(), method: life.method.clone() };
        effects.push((attempt.ask_at, Effect::Attempt(attempt.number), work));
    }
    let mut endpoint_before = None;
    for delivery in life.deliveries.values() {
        if endpoint_before != Some(delivery.endpoint) {
            let (endpoint, alert) = (delivery.endpoint, delivery.alert);
            let effect = Effect::Delivery { endpoint, alert };
            effects.push((delivery.next_at, effect, Work::Delivery(delivery.clone())));
            endpoint_before = Some(endpoint);
        }
    }
    for number in life.numbers.values() {
        if let Some(released) = &number.released {
            let effect = Effect::ReleaseTold { rental: number.rental };
            effects.push((released.tell_at, effect, Work::Release(number.clone())));
        }
    }
    effects.retain(|(at, ..)| *at != Timestamp::NEVER);
    effects
}

impl Agenda {
    /// A wallet's plan has changed.
    pub fn put(&mut self, cell: &Arc<Cell>, plan: Plan) {
        let wallet = cell.id;
        self.woken.remove(&wallet);
        if let Some(Planned { plan: old, .. }) = self.plans.remove(&wallet) {
            self.due.remove(&(old.due_at, wallet));
            for (at, effect, _) in old.effects {
                self.effects.remove(&(at, wallet, effect));
                self.open[effect.place()] -= 1;
            }
            self.deliveries -= old.deliveries;
        }
        if plan.is_empty() {
            return;
        }
        if plan.due_at != Timestamp::NEVER {
            self.due.insert((plan.due_at, wallet));
        }
        for (at, effect, _) in &plan.effects {
            self.effects.insert((*at, wallet, *effect));
            self.open[effect.place()] += 1;
        }
        self.deliveries += plan.deliveries;
        self.plans.insert(wallet, Planned { cell: Arc::clone(cell), plan });
    }

    /// The wallets for which something is due at `now` and that were not woken for it yet, at most `most`.
    pub fn wake(&mut self, now: Timestamp, most: usize) -> Vec<WalletId> {
        let due = self.due.iter().take_while(|(at, _)| *at <= now);
        let sleeping = due.filter(|(at, wallet)| self.woken.get(wallet) != Some(at));
        let found: Vec<_> = sleeping.take(most).copied().collect();
        self.woken.extend(found.iter().map(|(at, wallet)| (*wallet, *at)));
        found.into_iter().map(|(_, wallet)| wallet).collect()
    }

    /// A wallet could not be woken: it will be tried again.
    pub fn not_woken(&mut self, wallet: WalletId) {
        self.woken.remove(&wallet);
    }

    /// What is to be done at `now` and is not being done, at most `most`; it counts as being done from now on.
    pub fn start_effects(&mut self, now: Timestamp, most: usize) -> Vec<Started> {
        let due = self.effects.iter().take_while(|(at, ..)| *at <= now);
        let idle = due.map(|(_, wallet, effect)| (*wallet, *effect));
        let idle: Vec<_> = idle.filter(|key| !self.running.contains(key)).take(most).collect();
        let started: Vec<_> =
            idle.into_iter().filter_map(|(wallet, effect)| self.work_of(wallet, effect)).collect();
        self.running.extend(started.iter().map(|started| (started.cell.id, started.effect)));
        started
    }

    fn work_of(&self, wallet: WalletId, effect: Effect) -> Option<Started> {
        let Planned { cell, plan } = self.plans.get(&wallet)?;
        let (_, _, work) = plan.effects.iter().find(|(_, planned, _)| *planned == effect)?;
        Some(Started { cell: Arc::clone(cell), effect, work: work.clone() })
    }

    /// It has been done, and its result is durable; or it is to be done again.
    pub fn effect_done(&mut self, wallet: WalletId, effect: Effect) {
        self.running.remove(&(wallet, effect));
    }

    /// When the next thing falls due that nobody was woken for.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.iter().find(|(at, wallet)| self.woken.get(wallet) != Some(at)).map(|(at, _)| *at)
    }

    /// When the next thing is to be done that nobody is doing.
    pub fn next_effect(&self) -> Option<Timestamp> {
        let idle = |(_, wallet, effect): &&(Timestamp, WalletId, Effect)| {
            !self.running.contains(&(*wallet, *effect))
        };
        self.effects.iter().find(idle).map(|(at, ..)| *at)
    }

    /// Whether anything is due, woken for or being done at `now`.
    pub fn is_busy(&self, now: Timestamp) -> bool {
        let due = self.due.first().is_some_and(|(at, _)| *at <= now);
        due || !self.running.is_empty() || self.effects.first().is_some_and(|(at, ..)| *at <= now)
    }

    pub fn figures(&self) -> AgendaFigures {
        AgendaFigures {
            timers: self.due.len(),
            first_due: self.due.first().map(|(at, _)| *at),
            effects: self.open,
            first_effect: self.effects.first().map(|(at, ..)| *at),
            running: self.running.len(),
            deliveries: self.deliveries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::life::attempt::AttemptKind;
    use crate::domain::money::Money;
    use crate::domain::samples::TERMS;
    use crate::engine::directory::Published;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    fn cell(name: &str, partition: u8) -> Arc<Cell> {
        let wallet = Wallet::opened(WalletId { partition, number: 1 }, &TERMS);
        Arc::new(Cell::new(name, wallet.id, Published::of(&wallet, name.into(), at(0))))
    }

    fn due(seconds: i64) -> Plan {
        Plan { due_at: at(seconds), ..Plan::nothing() }
    }

    #[test]
    fn a_wallet_is_woken_once_for_what_is_due_and_again_when_its_plan_changes() {
        let (acme, other) = (cell("acme", 0), cell("other", 3));
        let mut agenda = Agenda::default();
        agenda.put(&acme, due(10));
        agenda.put(&other, due(20));
        assert_eq!(agenda.next_due(), Some(at(10)));
        assert_eq!(agenda.wake(at(9), 8), []);
        assert_eq!(agenda.wake(at(10), 8), [acme.id]);
        assert_eq!(agenda.wake(at(10), 8), [], "it was woken already");
        assert!(agenda.is_busy(at(10)), "its turn is still to come");
        assert_eq!(agenda.next_due(), Some(at(20)));
        agenda.put(&acme, due(15));
        assert_eq!(agenda.wake(at(30), 8), [acme.id, other.id], "earliest first");
        agenda.not_woken(other.id);
        assert_eq!(agenda.wake(at(30), 8), [other.id]);
        agenda.put(&acme, due(40));
        agenda.put(&other, Plan::nothing());
        assert!(!agenda.is_busy(at(39)));
        let want = AgendaFigures { timers: 1, first_due: Some(at(40)), ..AgendaFigures::default() };
        assert_eq!(agenda.figures(), want);
    }

    #[test]
    fn an_effect_runs_in_one_place_at_a_time() {
        let acme = cell("acme", 0);
        let mut agenda = Agenda::default();
        let effect = Effect::Attempt(1);
        let attempt = Attempt::opening(1, AttemptKind::Auto, Money::ZERO, at(0));
        let work = Work::Attempt { attempt, method: None };
        let plan = |seconds| Plan {
            effects: vec![(at(seconds), effect, work.clone())],
            deliveries: 2,
            ..Plan::nothing()
        };
        let start = |agenda: &mut Agenda, seconds| {
            let started = agenda.start_effects(at(seconds), 8);
            started
                .into_iter()
                .map(|started| (started.cell.wallet.to_string(), started.effect))
                .collect::<Vec<_>>()
        };
        agenda.put(&acme, plan(5));
        assert_eq!(start(&mut agenda, 4), []);
        assert_eq!(start(&mut agenda, 5), [("acme".to_owned(), effect)]);
        assert_eq!(start(&mut agenda, 6), [], "it is being done");
        // Its result becomes durable, which puts it off, before it counts as done.
        agenda.put(&acme, plan(60));
        assert!(agenda.is_busy(at(6)));
        agenda.effect_done(acme.id, effect);
        assert!(!agenda.is_busy(at(6)));
        assert_eq!(agenda.next_effect(), Some(at(60)));
        assert_eq!(start(&mut agenda, 60), [("acme".to_owned(), effect)]);
        let figures = agenda.figures();
        assert_eq!((figures.effects, figures.running, figures.deliveries), ([1, 0, 0], 1, 2));
        assert_eq!(figures.first_effect, Some(at(60)));
        agenda.put(&acme, Plan::nothing());
        let figures = agenda.figures();
        assert_eq!((figures.effects, figures.deliveries), ([0; 3], 0), "what was on its plan is forgotten");
    }
}
