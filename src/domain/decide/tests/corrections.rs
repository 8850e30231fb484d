//! Corrections of what messages cost, beside everything else that may become of a message.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::statuses::Told;
use super::*;
use crate::domain::event::FinalStatus::{self, Delivered, Failed, Undelivered};
use crate::domain::event::Name;
use crate::domain::record::Correction;
use crate::domain::samples::lives::Lived;

const RUN: Run<'_> = Run { id: "run-1", reason: "the tariff of March", actor: "key_1" };

enum Does {
    Correct(&'static str),
    Status(FinalStatus),
}
use Does::{Correct, Status as Is};

fn correct(messages: Vec<Mispriced<'static>>) -> Command<'static> {
    Command::Correct { run: RUN, messages }
}

impl Told {
    fn corrected(&mut self, total: &str) -> String {
        self.does(correct(vec![self.mispriced(total)]))
    }
}

#[test]
fn a_status_returns_what_a_message_costs_after_its_corrections_and_what_stands_returned_is_left_alone() {
    let lower = (Correct("0.015"), "correction of 2 0.005 leaves 9.985, course of m-1");
    let table: [Vec<(Does, &str)>; 6] = [
        vec![
            lower,
            (Correct("0.015"), ""),
            (
                Is(Failed),
                "failed of 2 Posted -0.014, refund of 2 0.015 leaves 10, failure fee of 2 -0.001 leaves 9.999, \
                 course of m-1 failed",
            ),
            (Correct("0.01"), ""),
            (
                Is(Delivered),
                "delivered of 2 Posted 0.014, recharge of 2 -0.015 leaves 9.984, \
                 failure fee return of 2 0.001 leaves 9.985, course of m-1 failed+delivered",
            ),
            (Correct("0.03"), "correction of 2 -0.015 leaves 9.97, course of m-1 failed+delivered"),
        ],
        vec![
            (Correct("0.03"), "correction of 2 -0.01 leaves 9.97, course of m-1"),
            (Correct("0.025"), "correction of 2 0.005 leaves 9.975, course of m-1"),
            (
                Is(Failed),
                "failed of 2 Posted -0.024, refund of 2 0.025 leaves 10, failure fee of 2 -0.001 leaves 9.999, \
                 course of m-1 failed",
            ),
        ],
        vec![
            (Is(Delivered), "delivered of 2 Kept 0, course of m-1 delivered"),
            (Correct("0"), "correction of 2 0.02 leaves 10, course of m-1 delivered"),
            (Correct("0.02"), "correction of 2 -0.02 leaves 9.98, course of m-1 delivered"),
        ],
        // It stays charged in full, so it is corrected.
        vec![
            (Is(Undelivered), "undelivered of 2 Kept 0, course of m-1 undelivered"),
            (Correct("0.01"), "correction of 2 0.01 leaves 9.99, course of m-1 undelivered"),
        ],
        // There was nothing to return; what failed is not charged for later.
        vec![
            (Correct("0"), "correction of 2 0.02 leaves 10, course of m-1"),
            (Is(Failed), "failed of 2 Kept 0, course of m-1 failed"),
            (Correct("0.02"), ""),
        ],
        // Nothing is more returned than it costs, the failure fee included.
        vec![
            (Correct("0.0004"), "correction of 2 0.0196 leaves 9.9996, course of m-1"),
            (
                Is(Failed),
                "failed of 2 Posted 0, refund of 2 0.0004 leaves 10, failure fee of 2 -0.0004 leaves 9.9996, \
                 course of m-1 failed",
            ),
        ],
    ];
    for steps in table {
        let mut told = Told::of("10");
        assert_eq!(told.sent("0.02"), "-0.02 leaves 9.98");
        for (does, want) in steps {
            match does {
                Correct(total) => assert_eq!(told.corrected(total), want, "corrected to {total}"),
                Is(status) => assert_eq!(told.status(status), want),
            }
        }
    }
}

#[test]
fn the_version_that_a_message_is_corrected_by_prices_it_from_then_on() {
    let mut told = Told::of("10");
    told.sent("0.02");
    let mut mispriced = told.mispriced("0.01");
    mispriced.price.version = VersionId(9);
    let charged = mispriced.charged;
    told.does(correct(vec![mispriced]));
    let again = told.mispriced("0.01");
    assert_eq!((charged.version, charged.total), (VersionId(1), money("0.02")));
    let now = again.charged.at(again.corrected);
    assert_eq!((now.version, now.total, now.seq), (VersionId(9), money("0.01"), 2));
}

/// What was looked at is not what there is any more: a run called again, or two at once, post nothing twice.
#[test]
fn a_correction_that_follows_another_than_was_seen_is_left_out() {
    let mut told = Told::of("10");
    told.sent("0.02");
    let asked = told.mispriced("0.015");
    assert_eq!(told.does(correct(vec![asked.clone()])), "correction of 2 0.005 leaves 9.985, course of m-1");
    let asked_before = Mispriced { seen: asked.seen, ..told.mispriced("0.015") };
    let table = [
        ("the same again", asked_before.clone()),
        (
            "another price, by somebody who has not seen the first",
            Mispriced { price: price(money("0.01"), Money::ZERO), ..asked_before },
        ),
        ("one that was never there", Mispriced { seen: 77, ..told.mispriced("0.01") }),
    ];
    for (why, asked) in table {
        assert_eq!(told.does(correct(vec![asked])), "", "{why}");
    }
    // There and back: what was seen before both does not come round.
    told.corrected("0.02");
    assert_eq!(told.does(correct(vec![Mispriced { seen: asked.seen, ..told.mispriced("0.015") }])), "");
}

#[test]
fn a_message_is_corrected_once_in_a_step() {
    let mut told = Told::of("10");
    told.sent("0.02");
    let (first, again) = (told.mispriced("0.015"), told.mispriced("0.01"));
    let words = told.does(correct(vec![first.clone(), again, first]));
    assert_eq!(words, "correction of 2 0.005 leaves 9.985, course of m-1");
}

/// A message of 40 days ago, at 0.02, which nobody remembers any more.
fn forgotten(seq: u64, total: &str) -> Mispriced<'static> {
    let posted_at = NOW.minus(Span::from_days(40));
    let sent =
        Event { occurred_at: posted_at, ..event("m-9", Happening::Message(message(Outbound, 1)), Admit) };
    let charged = Charged::by(seq, &sent, &price(money("0.02"), Money::ZERO), posted_at).unwrap();
    let (price, name) = (price(money(total), Money::ZERO), Name { source: "", id: "m-9" });
    Mispriced { name, charged, message: None, corrected: None, seen: 0, price }
}

#[test]
fn a_message_that_is_forgotten_is_corrected_a_day_after_its_last_status_could_count() {
    let table = [(36, 0, ""), (36, 1, "correction of 1 0.01 leaves 1.01"), (20, 0, "")];
    for (days, nanos, want) in table {
        let mut message = forgotten(1, "0.01");
        message.charged.origin.posted_at = later(NOW.minus(Span::from_days(days)), -nanos);
        message.charged.origin.occurred_at = message.charged.origin.posted_at;
        check(&wallet(money("1")), &correct(vec![message]), want);
    }
    // What is remembered under its name is another message.
    let verdict = crate::domain::identity::Verdict {
        outcome: crate::domain::identity::Taken::Early,
        amount: Money::ZERO,
        seq: 0,
    };
    let other = Remembered { fingerprint: Fingerprint(0), verdict, kept_until: NOW, course: None };
    let asked = Mispriced { message: Some(other), ..forgotten(1, "0.01") };
    check(&wallet(money("1")), &correct(vec![asked]), "correction of 1 0.01 leaves 1.01");
}

#[test]
fn corrections_are_posted_whole_as_a_report_and_suspension_sees_only_their_sum() {
    let table: [(&str, &[&str], &str); 4] = [
        (
            "0.01",
            &["0.04", "0.005"],
            "correction of 1 -0.02 leaves -0.01, correction of 2 0.015 leaves 0.005",
        ),
        ("0.01", &["0.04", "0.02"], "correction of 1 -0.02 leaves -0.01, suspended"),
        (
            "-0.01",
            &["0.005", "0.01"],
            "correction of 1 0.015 leaves 0.005, correction of 2 0.01 leaves 0.015, resumed",
        ),
        ("0", &["0.01", "0.03"], "correction of 1 0.01 leaves 0.01, correction of 2 -0.01 leaves 0"),
    ];
    for (balance, totals, want) in table {
        let messages = totals.iter().zip(1..).map(|(total, seq)| forgotten(seq, total)).collect();
        check(&wallet(money(balance)), &correct(messages), want);
    }
}

#[test]
fn a_step_takes_so_many_corrections_and_none_that_no_balance_can_hold() {
    let many = |count: usize| (1..=count as u64).map(|seq| forgotten(seq, "0.02")).collect();
    check(&wallet(money("1")), &correct(many(CORRECTIONS_MAX)), "");
    check(&wallet(money("1")), &correct(many(CORRECTIONS_MAX + 1)), "TooMany");
    check(&wallet(Money::MAX), &correct(vec![forgotten(1, "0.01")]), "OutOfRange");
}

/// What a message has come to, by its entries alone.
#[derive(Default)]
struct Paid {
    cost: i64,
    paid: i64,
    /// The failure fee, while its charge stands returned.
    returned: Option<i64>,
}

impl Paid {
    fn follow(&mut self, amount: i64, cause: &Cause<'_>) {
        match cause {
            Cause::Refund { .. } => {
                assert_eq!((amount, self.returned), (self.cost, None), "it returns what it costs, once");
                self.returned = Some(0);
            }
            Cause::FailureFee { .. } => self.returned = Some(-amount),
            Cause::Recharge { .. } => {
                assert_eq!(-amount, self.cost, "what was returned is charged again");
                assert!(self.returned.take().is_some());
            }
            Cause::Correction(Correction { before, price, .. }) => {
                assert_eq!((before.nanos(), self.returned), (self.cost, None), "{price:?}");
                self.cost = price.rated.total().nanos();
                assert_eq!(amount, before.nanos() - self.cost);
                assert_ne!(amount, 0);
            }
            _ => {}
        }
        self.paid -= amount;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn in_any_order_a_wallet_has_paid_for_a_message_what_it_costs_or_its_failure_fee(seed in any::<u64>(), steps in 1usize..200) {
        let mut lived = Lived::new(WALLET, &TERMS, seed, NOW);
        let mut messages = BTreeMap::<u64, Paid>::new();
        for step in (0..steps).flat_map(|_| lived.go_on()) {
            for record in &step.records {
                let Change::Entry(entry) = &record.change else { continue };
                let of = match &entry.cause {
                    Cause::Message { price, .. } => {
                        messages.insert(entry.seq, Paid { cost: price.rated.total().nanos(), ..Paid::default() });
                        entry.seq
                    }
                    Cause::Refund { of, .. }
                    | Cause::FailureFee { of, .. }
                    | Cause::Recharge { of, .. }
                    | Cause::FailureFeeReturn { of, .. }
                    | Cause::Correction(Correction { of, .. }) => *of,
                    _ => continue,
                };
                messages.get_mut(&of).expect("what follows a message comes after it").follow(entry.amount.nanos(), &entry.cause);
            }
            for (seq, message) in &messages {
                prop_assert_eq!(message.paid, message.returned.unwrap_or(message.cost), "message of entry {}", seq);
            }
        }
    }
}
