//! Laws over any life of a wallet: W1, W2, T1, T2, N1, J2, and what its documents say in sum.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::life::attempt::AttemptKind;
use crate::domain::life::hold::Hold;
use crate::domain::life::number::{Number, ReleaseReason};
use crate::domain::samples::lives::{Lived, Reason, Step};

/// What a bookkeeper would know who reads nothing but the records.
#[derive(Default)]
struct Books {
    balance: i64,
    seq: u64,
    records: u64,
    /// What open holds set aside.
    held: BTreeMap<u64, i64>,
    /// The last cycle of each rental.
    cycles: BTreeMap<u64, u32>,
    /// Fees that fell due and are neither paid nor written off, by rental and cycle.
    unpaid: BTreeMap<(u64, u32), Money>,
    credited: BTreeSet<u64>,
}

impl Books {
    fn available(&self) -> i64 {
        self.balance - self.held.values().sum::<i64>()
    }

    fn read(&mut self, record: &Record<'_>) {
        self.records += 1;
        assert_eq!(record.number, self.records + 1, "the opening is record 1");
        match &record.change {
            Change::Entry(entry) => self.enter(entry),
            Change::Hold(hold) => self.hold(hold),
            Change::Number(number) => self.number(number),
            _ => {}
        }
    }

    fn enter(&mut self, entry: &Entry<'_>) {
        self.seq += 1;
        self.balance += entry.amount.nanos();
        assert_eq!((entry.seq, entry.balance_after.nanos()), (self.seq, self.balance), "W1: {entry:?}");
        match &entry.cause {
            Cause::NumberFee(fee) => {
                let due = self.unpaid.remove(&(fee.rental, fee.cycle));
                assert_eq!(
                    due,
                    entry.amount.checked_neg(),
                    "N1: what is paid was due, whole and once: {fee:?}"
                );
                assert!(self.available() >= 0, "W2: {fee:?} left {} available", self.available());
            }
            Cause::TopUp { attempt } => assert!(self.credited.insert(*attempt), "T2: {attempt} again"),
            _ => {}
        }
    }

    fn hold(&mut self, hold: &Hold) {
        assert!(!hold.remaining.is_negative() && hold.remaining <= hold.amount, "{hold:?}");
        match hold.is_open() {
            true => drop(self.held.insert(hold.number, hold.remaining.nanos())),
            false => drop(self.held.remove(&hold.number)),
        }
    }

    fn number(&mut self, number: &Number) {
        let before = self.cycles.insert(number.rental, number.cycle);
        if before != Some(number.cycle) {
            assert_eq!(number.cycle, before.map_or(0, |cycle| cycle + 1), "N1: no cycle is left out");
            self.unpaid.insert((number.rental, number.cycle), number.fee);
        }
        let written_off = number.released.is_some_and(|released| released.reason == ReleaseReason::Unpaid);
        if written_off {
            self.unpaid.retain(|(rental, _), _| *rental != number.rental);
        }
    }
}

/// Whatever asks to be let through leaves something available, or is covered by its hold whole (W2).
fn admitted_is_paid_for(step: &Step) {
    let Reason::Asked(command) = &step.reason else { return };
    let mut after = step.before.clone();
    let (Command::Post { event: Event { mode: Admit, .. }, .. } | Command::MakeHold { .. }) = **command
    else {
        return;
    };
    let mut charged = false;
    for (place, record) in step.records.iter().enumerate() {
        let own = match &record.change {
            Change::Entry(entry) => matches!(entry.cause, Cause::Message { .. }),
            Change::Hold(_) => place <= 1,
            _ => false,
        };
        if !own {
            break;
        }
        charged = true;
        after.apply(record).unwrap();
    }
    let (before, after) = (step.before.available(), after.available());
    assert!(!charged || !after.is_negative() || after == before, "W2: {command:?} took {before} to {after}");
}

/// A step that has raised what is available has paid what it could (RULES, section 9).
fn arrears_are_tried(before: &Wallet, after: &Wallet) {
    let oldest = after.life.as_ref().and_then(|life| life.oldest_owing());
    if let Some(oldest) = oldest.filter(|_| after.available() > before.available()) {
        assert!(oldest.amount > after.available(), "what is available would pay {oldest:?}");
    }
}

fn agrees(lived: &Lived, books: &Books) {
    let wallet = &lived.wallet;
    assert_eq!((wallet.balance.nanos(), wallet.seq), (books.balance, books.seq), "W1");
    assert_eq!(wallet.held.nanos(), books.held.values().sum::<i64>(), "held is the sum of the open holds");
    assert_eq!(wallet.status, Status::of_balance(wallet.balance), "RULES, section 6");
    assert!(wallet.due_at > lived.now, "everything due by {:?} was posted", lived.now);
    let Some(life) = wallet.life.as_deref() else {
        return assert!(books.held.is_empty() && books.unpaid.is_empty());
    };
    assert!(life.holds.keys().eq(books.held.keys()), "the open holds");
    let autos = life.attempts.values().filter(|attempt| attempt.kind == AttemptKind::Auto);
    assert!(autos.count() <= 1, "T1: {:?}", life.attempts);
    assert!(life.attempts.values().all(|attempt| attempt.is_unresolved()));
    let owed = life.numbers.values().flat_map(|number| {
        number.arrears.iter().map(|arrear| ((number.rental, arrear.cycle), arrear.amount))
    });
    assert_eq!(owed.collect::<BTreeMap<_, _>>(), books.unpaid, "arrears are the unpaid fees");
    assert_eq!(life.owed().nanos(), books.unpaid.values().map(|fee| fee.nanos()).sum::<i64>());
    for number in life.numbers.values().filter(|number| number.is_rented()) {
        assert_eq!(number.release.is_some(), number.two_in_a_row_unpaid(), "{number:?}");
        assert!(number.release.is_none_or(|release| release.at > lived.now), "{number:?}");
    }
    let mut derived = wallet.clone();
    derived.derive();
    assert_eq!(&derived, wallet, "what follows from a life is kept as the life changes");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_life_keeps_the_laws_after_every_step(seed in any::<u64>(), steps in 1usize..200) {
        let mut lived = Lived::new(WALLET, &TERMS, seed, NOW);
        let (mut books, mut folded) = (Books::default(), lived.wallet.clone());
        for _ in 0..steps {
            for step in lived.go_on() {
                admitted_is_paid_for(&step);
                for record in &step.records {
                    books.read(record);
                    folded.apply(record).unwrap();
                }
                arrears_are_tried(&step.before, &folded);
            }
            agrees(&lived, &books);
            prop_assert_eq!(&folded, &lived.wallet, "J2: the records alone make the same wallet");
        }
    }
}

/// The laws say little of a life in which little happens.
#[test]
fn lives_come_to_everything_that_may_happen() {
    let mut kinds = BTreeSet::new();
    for seed in 0..60 {
        let mut lived = Lived::new(WALLET, &TERMS, seed, NOW);
        for step in (0..200).flat_map(|_| lived.go_on()) {
            kinds.extend(step.records.iter().map(|record| match &record.change {
                Change::Entry(entry) => first_word(&format!("{:?}", entry.cause)),
                Change::Alert(alert) => format!("{:?}", alert.kind),
                change => first_word(&format!("{change:?}")),
            }));
        }
    }
    let want = [
        "Adjustment",
        "Attempt",
        "AutoTopUp",
        "AutoTopUpStillBelow",
        "AutoTopUpStopped",
        "Blocked",
        "CarrierFee",
        "Correction",
        "Course",
        "Delivery",
        "Dispute",
        "DisputeReinstated",
        "FailureFee",
        "FailureFeeReturn",
        "FeeUnpaid",
        "Hold",
        "HoldSettlement",
        "Levels",
        "LowBalance",
        "Message",
        "Method",
        "Number",
        "NumberFee",
        "PaymentRefund",
        "Recharge",
        "Refund",
        "ReleaseCancelled",
        "ReleaseScheduled",
        "ReleaseWarned",
        "Released",
        "Resumed",
        "Status",
        "Suspended",
        "TermsSet",
        "TopUp",
        "TopUpFailed",
        "TopUpSucceeded",
    ];
    let missing: Vec<_> = want.iter().filter(|kind| !kinds.contains(**kind)).collect();
    assert!(missing.is_empty(), "{missing:?} never happened");
}

fn first_word(debug: &str) -> String {
    debug.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
