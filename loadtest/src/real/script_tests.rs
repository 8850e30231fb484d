//! What a script must hold, so that a run on the built-in slice leaves no rule untried.

use super::*;
use crate::real::oracle;
use crate::real::slice;
use crate::tariff;
use crate::words::Outcome;
use std::collections::{BTreeMap, HashSet};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn script() -> Script {
    write(slice::make(1).letters, usize::MAX, "test", 1, now())
}

fn lines(script: &Script) -> Vec<String> {
    script
        .steps
        .iter()
        .map(|step| match &step.action {
            Action::Adjust(adjustment) => adjustment.key.clone(),
            Action::Event { line, .. } => line.clone(),
            Action::Spoiled(spoiled) => spoiled.line.clone(),
        })
        .collect()
}

#[test]
fn the_same_seed_writes_the_same_script() {
    assert_eq!(lines(&script()), lines(&script()));
    let other = write(slice::make(1).letters, usize::MAX, "test", 2, now());
    assert_ne!(lines(&script()), lines(&other));
}

#[test]
fn a_limit_takes_so_many_letters() {
    let script = write(slice::make(1).letters, 10, "test", 1, now());
    let ids: HashSet<&str> = script
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Event { event, .. } => Some(event.id.as_str()),
            _ => None,
        })
        .collect();
    assert!((9..=10).contains(&ids.len()), "{ids:?}");
}

#[test]
fn the_slice_tries_every_outcome_and_code() {
    let script = script();
    let versions = tariff::versions("2026-11-12T00:00:00Z".parse().unwrap());
    let expectations = oracle::recount(&script, &versions, now());
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for answer in &expectations.answers {
        *counts.entry((answer.outcome.word(), answer.code.unwrap_or(""))).or_default() += 1;
    }
    let (low, stopped) = ("insufficient_balance", "suspended");
    let wanted = [
        (Outcome::Charged, "", 2_000),
        (Outcome::Recorded, low, 3),
        (Outcome::Recorded, stopped, 10),
        (Outcome::Refused, low, 20),
        (Outcome::Refused, stopped, 20),
        (Outcome::Duplicate, "", 50),
        (Outcome::Duplicate, stopped, 1),
        (Outcome::Conflict, "", 5),
    ];
    for (outcome, code, least) in wanted {
        let found = counts.get(&(outcome.word(), code)).copied().unwrap_or(0);
        assert!(found >= least, "{outcome:?} {code:?}: {found} of at least {least} in {counts:?}");
    }
    for code in [
        "malformed",
        "line_too_long",
        "unknown_field",
        "missing_field",
        "duplicate_field",
        "bad_field",
        "unknown_type",
        "unknown_wallet",
        "too_many_units",
        "no_rate",
        "too_old",
        "in_the_future",
    ] {
        assert!(counts.contains_key(&("invalid", code)), "no {code} in {counts:?}");
    }
    let below_zero =
        expectations.ledgers.iter().flat_map(|ledger| &ledger.entries).filter(|e| e.balance_after < 0);
    assert!(below_zero.count() > 10, "reports must take some wallets below zero");
}
