//! Many at once on one nearly empty wallet (W1, W2): 32 connections charge it while money comes in by hand and by
//! itself, holds come and go, and a fee falls due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::Value;

use crate::support::client::{Client, Outcome};
use crate::support::event::Event;
use crate::support::random::Random;
use crate::support::sandbox::GOOD;
use crate::support::{audit, decimal, nanos};
use crate::world::{NUMBER, NUMBER_2, World, dollars_held, message};

const CONNECTIONS: u64 = 32;
const REQUESTS: u64 = 25;
/// The clock is moved so often during the charging, by six hours each time: fees fall due in between.
const LEAPS: i64 = 40;

/// One connection: messages out and in of 1 to 4 dollars, some in a batch, some by holds.
async fn charge(client: Client, connection: u64, seed: u64) -> Vec<Outcome> {
    let mut random = Random::new(seed ^ connection);
    let mut outcomes = Vec::new();
    for request in 0..REQUESTS {
        let id = |number: u64| format!("m-{connection}-{request}-{number}");
        if random.percent(15) {
            hold_and_end(&client, &id(0), &mut random).await;
            continue;
        }
        let mut events: Vec<Event> = (0..1 + random.below(4))
            .map(|number| message("acme", &id(number), 1 + random.below(4)))
            .collect();
        if random.percent(20) {
            events.push(Event::inbound("acme", &format!("in-{connection}-{request}")));
        }
        outcomes.extend(client.send(&events).await);
    }
    outcomes
}

async fn hold_and_end(client: &Client, id: &str, random: &mut Random) {
    let made = client.make_hold("acme", id, &dollars_held(1 + random.below(4))).await;
    if made.status == 402 {
        return;
    }
    let hold = made.wants(201)["hold"].as_str().expect("a hold's id").to_owned();
    let key = format!("end-{id}");
    let ended = match random.below(3) {
        0 => client.void_hold("acme", &hold, &key).await,
        1 => client.settle_hold("acme", &hold, &key, "1", true).await,
        _ => client.settle_hold("acme", &hold, &key, "0.5", false).await,
    };
    // Days pass meanwhile: it may have expired.
    match ended.status {
        409 => drop(ended.wants_problem(409, "hold_closed")),
        _ => drop(ended.wants(200)),
    }
}

/// Money by hand, until the charging is over.
async fn credit(client: Client, over: Arc<AtomicBool>) -> i128 {
    let mut credited = 0;
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return credited;
        }
        client.adjust("acme", &format!("credit-{number}"), "7", "by hand").await.wants(201);
        credited += nanos("7");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    credited
}

#[tokio::test]
async fn thirty_two_connections_never_overdraw_while_money_lands_and_fees_fall_due() {
    let mut random = Random::from_environment();
    let mut world = World::start("2026-07-15T10:00:00Z").await;
    world.open("acme", "UTC").await;
    world.keep_card("acme", GOOD).await;
    world.credit("acme", "30").await;
    for number in [NUMBER, NUMBER_2] {
        world.buy("acme", number).await;
    }
    world.set_auto("acme", "3", "20").await;
    world.advance("2026-08-14T22:00:00Z").await;

    let seed = random.next();
    let over = Arc::new(AtomicBool::new(false));
    let crediting = tokio::spawn(credit(world.client.clone(), over.clone()));
    let charging = join_all((0..CONNECTIONS).map(|number| charge(world.engine().client(), number, seed)));
    let start = world.now;
    let clock = world.client.clone();
    let advancing = async {
        for leap in 1..=LEAPS {
            let to = start + SignedDuration::from_hours(6 * leap);
            clock.advance(&to.to_string()).await.wants(200);
        }
    };
    let (answers, ()) = futures_util::future::join(charging, advancing).await;
    over.store(true, Ordering::Relaxed);
    crediting.await.expect("the crediting");
    world.now = start + SignedDuration::from_hours(6 * LEAPS);
    // All holds expire, everything open ends.
    world.advance_to(world.now + SignedDuration::from_hours(96)).await;

    let all: Vec<Outcome> = answers.into_iter().flatten().collect();
    let count = |outcome: &str| all.iter().filter(|found| found.outcome == outcome).count();
    println!("{} charged, {} refused, {} recorded", count("charged"), count("refused"), count("recorded"));
    assert!(count("charged") > 50 && count("refused") > 50, "wanted both, or nothing was at stake");

    // The audit holds W1 and that no admitted charge has gone below zero.
    let audited = audit::wallet(&world.client, "acme").await;
    let acknowledged: Vec<Outcome> = all
        .iter()
        .filter(|outcome| outcome.outcome == "charged" || outcome.outcome == "recorded")
        .cloned()
        .collect();
    audited.holds_exactly(&acknowledged);
    available_is_never_below_zero(&audited.entries);
    let fees = audited.entries.iter().filter(|entry| entry["type"] == "number_fee").count();
    assert_eq!(fees, 4, "wanted two purchases and two fees of 15 August");
    let wallet = world.client.wallet("acme").await;
    assert_eq!((&wallet["held"], &wallet["arrears"]), (&Value::from("0"), &Value::from("0")), "{wallet}");
    let sum: i128 = audited.entries.iter().map(|entry| nanos(entry["amount"].as_str().unwrap())).sum();
    assert_eq!(wallet["balance"], decimal(sum), "wanted the balance to be the sum");
}

/// Nothing here is reported, so that nothing at all may take the balance below zero.
fn available_is_never_below_zero(entries: &[Value]) {
    for entry in entries {
        let after = nanos(entry["balance_after"].as_str().unwrap());
        assert!(after >= 0, "wanted no entry to overdraw: {entry}");
    }
}
