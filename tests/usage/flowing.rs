//! Usage while traffic flows: an answer is one state, it holds whatever was acknowledged before it was asked for, and
//! a token brings that very state back, for ten minutes of the engine's clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::Value;

use crate::exported::{Files, agree};
use crate::figures::Figures;
use crate::fleet::TARIFF;
use crate::ledger::{Fates, Ledger};
use crate::question::{Answered, Axis, GROUPS, Question, Usage};
use crate::support::client::Client;
use crate::support::event::Event;
use crate::support::random::Random;
use crate::support::world::{World, instant};
use crate::support::{audit, nanos};
use crate::traffic::Writer;

const ZONE: &str = "Asia/Kathmandu";
/// A minute before midnight there; midnight passes while traffic flows.
const START: &str = "2026-07-14T18:14:00Z";
const FROM: Date = date(2026, 7, 1);
const TO: Date = date(2026, 7, 31);
const WRITERS: u64 = 4;
const READERS: u64 = 3;
const REQUESTS: usize = 50;
/// More states than these are to be seen while traffic flows, however slow the machine is.
const STATES: usize = 20;

/// Feeds one channel, and asks after every acknowledgement.
async fn write(client: Client, number: u64, seed: u64, states: Arc<AtomicUsize>) -> Writer {
    let mut writer = Writer::new("acme", number, seed);
    let flows = |request: &usize| *request < REQUESTS || states.load(Ordering::Relaxed) <= STATES;
    for request in (0..).take_while(flows) {
        assert!(writer.send(&client, instant(START)).await, "an answer");
        let axis = Axis::BOTH[request % 2];
        let asked = Question::new(axis, FROM, TO).of_channel(&writer.channel).by(&["campaign", "kind"]);
        // Nothing but fees may have been sent so far: the channel is known by any entry.
        writer.is_told(&asked.ask(&client, "acme").await.usage.totals);
    }
    writer
}

async fn credit(client: Client, over: Arc<AtomicBool>) {
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        client.adjust("acme", &format!("credit-{number}"), "0.010000001", "by hand").await.wants(201);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Time passes in steps, less than ten minutes in all.
async fn pass_time(client: Client, over: Arc<AtomicBool>) {
    for step in 1..80 {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let to = instant(START) + SignedDuration::from_secs(5 * step);
        client.advance(&to.to_string()).await.wants(200);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// What all answers from one state have in common.
fn common(usage: &Usage) -> (Figures, BTreeMap<String, i128>, [Option<i128>; 2]) {
    (usage.totals.clone(), usage.used.clone(), [usage.opening, usage.closing])
}

/// Asks again and again, each time twice more from the same state; the answers.
async fn read(
    client: Client,
    seed: u64,
    over: Arc<AtomicBool>,
    states: Arc<AtomicUsize>,
) -> Vec<(Question, Answered)> {
    let mut random = Random::new(seed);
    let mut kept = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let group = GROUPS[random.below(7) as usize];
        let asked = Question::new(Axis::Posted, FROM, TO).by(&[group]);
        let first = asked.ask(&client, "acme").await;
        let other = GROUPS[random.below(7) as usize];
        let asked_again = asked.clone().at(&first.as_of);
        let grouped = asked_again.clone().by(&[other]).ask(&client, "acme").await;
        // The files are of the state too, whatever came since: on the other axis as well.
        let axis = Axis::BOTH[random.below(2) as usize];
        let files = if random.percent(20) { Files::All } else { Files::Csv };
        let asked_for_files = Question { axis, ..asked_again.clone() };
        let answered = asked_for_files.ask(&client, "acme").await;
        agree(&client, "acme", &asked_for_files, &answered, files).await;
        assert_eq!(common(&grouped.usage), common(&first.usage), "by {group} and by {other} of one state");
        let again = asked_again.ask(&client, "acme").await;
        assert_eq!(again.json, first.json, "the same question to the same state");
        kept.push((asked_again, first));
        states.fetch_add(1, Ordering::Relaxed);
    }
    kept
}

/// The state is what it was after one of the wallet's decisions, all of which it posted (RULES, section 8).
fn is_a_state_of(answered: &Answered, asked: &Question, entries: &[Value]) {
    let after = |place: usize| match place {
        0 => 0,
        _ => nanos(entries[place - 1]["balance_after"].as_str().expect("a balance")),
    };
    let plain = |usage: &Usage| {
        let rows = usage.rows.iter().map(|(group, row)| (group.clone(), row.clone().without_fates()));
        let rows: BTreeMap<_, _> = rows.filter(|(_, row)| !row.is_nothing()).collect();
        (rows, usage.used.clone(), usage.added.clone(), usage.opening, usage.closing)
    };
    let found = plain(&answered.usage);
    let candidates = (0..=entries.len()).filter(|place| Some(after(*place)) == answered.usage.closing);
    let fits = |place: &usize| {
        let so_far = Ledger::of(entries[..*place].to_vec(), ZONE, &Fates::default());
        plain(&so_far.answer(asked)) == found
    };
    let place = candidates.into_iter().find(fits);
    let place = place.unwrap_or_else(|| panic!("it is no state the wallet was ever in: {}", answered.json));
    if let (Some(last), Some(next)) = (place.checked_sub(1).map(|last| &entries[last]), entries.get(place)) {
        let pair = (last["type"].as_str().unwrap_or_default(), next["type"].as_str().unwrap_or_default());
        let halves = [("refund", "failure_fee"), ("recharge", "failure_fee_return")];
        let torn = last["of_seq"] == next["of_seq"] && halves.contains(&pair);
        assert!(!torn, "half of what a status posted: {last} without {next}");
    }
}

#[tokio::test]
async fn answers_hold_what_was_acknowledged_and_agree_among_themselves_while_traffic_flows() {
    let mut random = Random::from_environment();
    let mut world = World::start_with(START, TARIFF).await;
    world.open("acme", ZONE).await;
    world.credit("acme", "1000000").await;
    let (over, seed) = (Arc::new(AtomicBool::new(false)), random.next());
    let client = || world.engine().client();
    let crediting = tokio::spawn(credit(client(), over.clone()));
    let passing = tokio::spawn(pass_time(client(), over.clone()));
    let states = Arc::new(AtomicUsize::new(0));
    let reading: Vec<_> = (0..READERS)
        .map(|number| tokio::spawn(read(client(), seed ^ number, over.clone(), states.clone())))
        .collect();
    let writing: Vec<_> =
        (0..WRITERS).map(|number| tokio::spawn(write(client(), number, seed, states.clone()))).collect();
    let writers = join_all(writing).await;
    over.store(true, Ordering::Relaxed);
    let kept: Vec<(Question, Answered)> =
        join_all(reading).await.into_iter().flat_map(|answers| answers.expect("a reader")).collect();
    crediting.await.expect("the crediting");
    passing.await.expect("the clock");

    let mut fates = Fates::default();
    for writer in writers {
        fates.merge(writer.expect("a writer").fates);
    }
    let entries = audit::wallet(&world.client, "acme").await.entries;
    println!("{} entries, {} states", entries.len(), kept.len());
    assert!(kept.len() > STATES, "wanted states from while it flowed: {}", kept.len());
    // The tokens are good still, and mean what they meant.
    for (asked, first) in &kept {
        let again = asked.ask(&world.client, "acme").await;
        assert_eq!(again.json, first.json, "asked again after everything");
    }
    let sample = kept.len().div_ceil(60);
    kept.iter().step_by(sample).for_each(|(asked, first)| is_a_state_of(first, asked, &entries));
    let ledger = Ledger::of(entries, ZONE, &fates);
    for axis in Axis::BOTH {
        for group in GROUPS {
            ledger.holds(&world.client, "acme", &Question::new(axis, FROM, TO).by(&[group])).await;
        }
    }
}

/// However many other states are asked for meanwhile.
#[tokio::test]
async fn a_state_is_good_for_ten_minutes_whatever_comes_in_between_and_then_gone() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    for wallet in ["acme", "other"] {
        world.open_with(wallet, "1000").await;
        world.send(wallet, "m", 1).await;
    }
    let asked = Question::new(Axis::Posted, FROM, TO);
    let first = asked.ask(&world.client, "acme").await;
    let token = first.as_of.clone();
    let other = asked.clone().at(&token).ask(&world.client, "other").await;
    assert_eq!(other.usage.totals, first.usage.totals, "one state is of all wallets");
    let mut tokens = std::collections::BTreeSet::from([token.clone()]);
    for number in 0..400 {
        for wallet in ["acme", "other"] {
            world.client.send_one(&Event::outbound(wallet, &format!("m-{number}"))).await;
        }
        tokens.insert(asked.ask(&world.client, "acme").await.as_of);
    }
    assert!(tokens.len() > 300, "wanted a token a state: {}", tokens.len());
    let again = asked.clone().at(&token);
    for (wallet, wanted) in [("acme", &first), ("other", &other)] {
        assert_eq!(again.ask(&world.client, wallet).await.json, wanted.json, "after 400 other states");
    }
    // Every one of them is good, not the first alone.
    for token in tokens.iter().step_by(29) {
        asked.clone().at(token).ask(&world.client, "acme").await;
    }
    world.status("acme", "m", "failed").await;
    world.advance("2026-07-15T10:09:59Z").await;
    assert_eq!(
        again.ask(&world.client, "acme").await.json,
        first.json,
        "a second before ten minutes are over"
    );
    world.advance("2026-07-15T10:10:01Z").await;
    world.client.get(&again.path("acme")).await.wants_problem(410, "as_of_expired");
    // Asked anew, the status that has come meanwhile is in it.
    let now = asked.ask(&world.client, "acme").await;
    assert_eq!((now.usage.totals.get("/messages"), now.usage.totals.get("/failed")), (401, 1));
}

/// What was acknowledged on one connection is in what another one asks for next.
#[tokio::test]
async fn whoever_asks_next_sees_what_was_acknowledged_to_anybody() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "1000").await;
    let asked = Question::new(Axis::Posted, FROM, TO);
    let others = [world.engine().client(), world.engine().client()];
    for number in 1..=150 {
        let adjusted = number % 3 == 0;
        match adjusted {
            true => world.credit("acme", "1").await,
            false => assert_eq!(world.send("acme", &format!("m-{number}"), 1).await.said(), "charged"),
        }
        let usage = asked.ask(&others[number % 2], "acme").await.usage;
        let messages = (number - number / 3) as i128;
        let closing = nanos("1000") - nanos("1") * (messages - (number / 3) as i128);
        assert_eq!((usage.totals.get("/messages"), usage.closing), (messages, Some(closing)), "{number}");
    }
}
