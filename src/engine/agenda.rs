//! The agenda: when something falls due for each wallet, and what is to be done outside for it.
//!
//! It is fed as records become durable and made anew at a start. It only says whom to wake and what to run: what
//! is due is part of a wallet's state, so waking twice is nothing and a late look changes no outcome.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use smallvec::SmallVec;

use crate::domain::life::Life;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Wallet, WalletId};

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

/// What a wallet has on the agenda.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// [`Timestamp::NEVER`] where nothing falls due.
    pub due_at: Timestamp,
    pub effects: SmallVec<[(Timestamp, Effect); 2]>,
}

/// The plans of all wallets, by time.
#[derive(Debug, Default)]
pub struct Agenda {
    plans: HashMap<WalletId, Plan, ahash::RandomState>,
    due: BTreeSet<(Timestamp, WalletId)>,
    effects: BTreeSet<(Timestamp, WalletId, Effect)>,
    running: HashSet<(WalletId, Effect)>,
    /// Woken and not heard of since: not woken again before its plan has changed.
    woken: BTreeMap<WalletId, Timestamp>,
}

impl Plan {
    pub fn of(wallet: &Wallet) -> Plan {
        let effects = wallet.life.as_deref().map(effects).unwrap_or_default();
        Plan { due_at: wallet.due_at, effects }
    }

    pub fn is_empty(&self) -> bool {
        self.due_at == Timestamp::NEVER && self.effects.is_empty()
    }
}

/// What is to be done for a wallet; of the alerts for one endpoint only the first, so that they keep their order.
fn effects(life: &Life) -> SmallVec<[(Timestamp, Effect); 2]> {
    let mut effects = SmallVec::new();
    for attempt in life.attempts.values() {
        effects.push((attempt.ask_at, Effect::Attempt(attempt.number)));
    }
    let mut endpoint_before = None;
    for delivery in life.deliveries.values() {
        if endpoint_before != Some(delivery.endpoint) {
            let (endpoint, alert) = (delivery.endpoint, delivery.alert);
            effects.push((delivery.next_at, Effect::Delivery { endpoint, alert }));
            endpoint_before = Some(endpoint);
        }
    }
    for number in life.numbers.values() {
        if let Some(released) = &number.released {
            effects.push((released.tell_at, Effect::ReleaseTold { rental: number.rental }));
        }
    }
    effects.retain(|(at, _)| *at != Timestamp::NEVER);
    effects
}

impl Agenda {
    /// A wallet's plan has changed.
    pub fn put(&mut self, wallet: WalletId, plan: Plan) {
        self.woken.remove(&wallet);
        if let Some(old) = self.plans.remove(&wallet) {
            self.due.remove(&(old.due_at, wallet));
            for (at, effect) in old.effects {
                self.effects.remove(&(at, wallet, effect));
            }
        }
        if plan.is_empty() {
            return;
        }
        if plan.due_at != Timestamp::NEVER {
            self.due.insert((plan.due_at, wallet));
        }
        self.effects.extend(plan.effects.iter().map(|(at, effect)| (*at, wallet, *effect)));
        self.plans.insert(wallet, plan);
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
    pub fn start_effects(&mut self, now: Timestamp, most: usize) -> Vec<(WalletId, Effect)> {
        let due = self.effects.iter().take_while(|(at, ..)| *at <= now);
        let idle = due.map(|(_, wallet, effect)| (*wallet, *effect));
        let idle: Vec<_> = idle.filter(|key| !self.running.contains(key)).take(most).collect();
        self.running.extend(idle.iter().copied());
        idle
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

    /// The wallets with something that falls due, and what is to be done outside.
    pub fn lengths(&self) -> (usize, usize) {
        (self.due.len(), self.effects.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: WalletId = WalletId { partition: 0, number: 1 };
    const OTHER: WalletId = WalletId { partition: 3, number: 0 };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    fn due(seconds: i64) -> Plan {
        Plan { due_at: at(seconds), effects: SmallVec::new() }
    }

    #[test]
    fn a_wallet_is_woken_once_for_what_is_due_and_again_when_its_plan_changes() {
        let mut agenda = Agenda::default();
        agenda.put(ACME, due(10));
        agenda.put(OTHER, due(20));
        assert_eq!(agenda.next_due(), Some(at(10)));
        assert_eq!(agenda.wake(at(9), 8), []);
        assert_eq!(agenda.wake(at(10), 8), [ACME]);
        assert_eq!(agenda.wake(at(10), 8), [], "it was woken already");
        assert!(agenda.is_busy(at(10)), "its turn is still to come");
        assert_eq!(agenda.next_due(), Some(at(20)));
        agenda.put(ACME, due(15));
        assert_eq!(agenda.wake(at(30), 8), [ACME, OTHER], "earliest first");
        agenda.not_woken(OTHER);
        assert_eq!(agenda.wake(at(30), 8), [OTHER]);
        agenda.put(ACME, due(40));
        agenda.put(OTHER, Plan { due_at: Timestamp::NEVER, effects: SmallVec::new() });
        assert!(!agenda.is_busy(at(39)));
        assert_eq!(agenda.lengths(), (1, 0));
    }

    #[test]
    fn an_effect_runs_in_one_place_at_a_time() {
        let mut agenda = Agenda::default();
        let effect = Effect::Attempt(1);
        let plan = |seconds| Plan {
            due_at: Timestamp::NEVER,
            effects: [(at(seconds), effect)].into_iter().collect(),
        };
        agenda.put(ACME, plan(5));
        assert_eq!(agenda.start_effects(at(4), 8), []);
        assert_eq!(agenda.start_effects(at(5), 8), [(ACME, effect)]);
        assert_eq!(agenda.start_effects(at(6), 8), [], "it is being done");
        // Its result becomes durable, which puts it off, before it counts as done.
        agenda.put(ACME, plan(60));
        assert!(agenda.is_busy(at(6)));
        agenda.effect_done(ACME, effect);
        assert!(!agenda.is_busy(at(6)));
        assert_eq!(agenda.next_effect(), Some(at(60)));
        assert_eq!(agenda.start_effects(at(60), 8), [(ACME, effect)]);
    }
}
