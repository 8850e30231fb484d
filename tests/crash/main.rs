//! The kill set: SIGKILL at random points under load, restart, resend, and at the end nothing acknowledged is
//! missing, nothing was charged twice and every balance is exact (J1, W1, W2, W3).
//!
//! `FAREBOX_KILLS` sets how many kills (25), `FAREBOX_SEED` repeats a run's choices.

#[path = "../support/mod.rs"]
mod support;

mod ledger;
mod payments;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ledger::{Ledger, WALLETS, wallet_name};
use support::client::{Client, NDJSON};
use support::data_dir::assert_verifies;
use support::engine::Engine;
use support::event::{Event, ndjson};
use support::random::Random;
use support::{audit, decimal};

const KILLS: usize = 25;
const CONNECTIONS: usize = 6;
const EVENTS_PER_REQUEST: u64 = 20;
/// Between requests of one connection: enough load for kills to meet requests under way, not more than the
/// audit at the end can read quickly.
const PAUSE: Duration = Duration::from_millis(3);
const RESENT_PER_REQUEST: usize = 500;
/// How many of the acknowledged are sent again after each kill, in a hundred.
const RESENT_SHARE: u64 = 10;

fn kills() -> usize {
    match std::env::var("FAREBOX_KILLS") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("FAREBOX_KILLS: wanted a number, got {text:?}")),
        Err(_) => KILLS,
    }
}

type Shared = Arc<Mutex<Ledger>>;

/// Sends one request and notes its answer, if one came.
async fn send(client: &Client, ledger: &Shared, events: &[Event]) -> bool {
    let sent = client
        .try_call(reqwest::Method::POST, "/v1/events", &[("content-type", NDJSON)], ndjson(events).into())
        .await;
    match sent {
        Ok(answer) if answer.status == 200 => {
            let outcomes = answer.outcomes();
            assert_eq!(outcomes.len(), events.len(), "wanted one outcome an event: {}", answer.text);
            ledger.lock().unwrap().acknowledge(outcomes);
            true
        }
        Ok(answer) if answer.status == 429 => true,
        Ok(answer) => panic!(
            "wanted 200 or 429 from an engine that is killed, not stopped: {} {}",
            answer.status, answer.text
        ),
        Err(_) => false,
    }
}

/// One connection, sending new events until its engine is gone.
async fn load(client: Client, ledger: Shared, seed: u64, over: Arc<AtomicBool>) {
    let mut random = Random::new(seed);
    while !over.load(Ordering::Relaxed) {
        let events: Vec<Event> = (0..1 + random.below(EVENTS_PER_REQUEST))
            .map(|_| ledger.lock().unwrap().new_event(&mut random))
            .collect();
        if !send(&client, &ledger, &events).await {
            return;
        }
        if random.percent(10) {
            let credit = ledger.lock().unwrap().new_credit(&mut random);
            post_credit(&client, &ledger, credit).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn post_credit(client: &Client, ledger: &Shared, credit: usize) {
    let (wallet, key) = ledger.lock().unwrap().credit(credit);
    let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
    let body = serde_json::json!({"amount": ledger::CREDIT, "reason": key}).to_string();
    let path = format!("/v1/wallets/{wallet}/adjustments");
    if let Ok(answer) = client.try_call(reqwest::Method::POST, &path, &headers, body.into()).await {
        assert!(
            [200, 201].contains(&answer.status),
            "wanted the credit posted: {} {}",
            answer.status,
            answer.text
        );
        let seq = answer.json()["seq"].as_u64().expect("an entry has a seq");
        ledger.lock().unwrap().acknowledge_credit(credit, seq);
    }
}

/// Everything without an acknowledgement, and a share of what had one.
async fn resend(engine: &Engine, ledger: &Shared, random: &mut Random) {
    let client = engine.client();
    let (events, credits) = ledger.lock().unwrap().to_resend(random, RESENT_SHARE);
    for request in events.chunks(RESENT_PER_REQUEST) {
        assert!(send(&client, ledger, request).await, "wanted an answer from an engine that nobody kills");
    }
    for credit in credits {
        post_credit(&client, ledger, credit).await;
    }
}

/// Some milliseconds of load, ended by SIGKILL.
async fn run_and_kill(engine: Engine, ledger: &Shared, random: &mut Random) {
    let over = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(load(engine.client(), ledger.clone(), random.next(), over.clone())))
        .collect();
    tokio::time::sleep(Duration::from_millis(50 + random.below(350))).await;
    // From a thread of its own, so that answers go on being read up to the kill.
    tokio::task::spawn_blocking(move || engine.kill()).await.expect("the kill");
    over.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap_or_else(|error| panic!("a sender has found something wrong: {error}"));
    }
}

#[tokio::test]
async fn killed_at_random_points_it_loses_nothing_and_charges_nothing_twice() {
    let mut random = Random::from_environment();
    let kills = kills();
    let home = tempfile::tempdir().unwrap();
    let ledger: Shared = Arc::default();
    let mut engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let price = client.price_of(Event::outbound("x", "price-out")).await;
    for number in 0..WALLETS {
        // Every fifth wallet can pay for a few dozen messages only.
        let opening = if number % 5 == 0 { 30 * price } else { 1_000_000 * price };
        client.wallet_with(&wallet_name(number), &decimal(opening)).await;
    }
    for kill in 1..=kills {
        run_and_kill(engine, &ledger, &mut random).await;
        engine = Engine::start(home.path(), &[]);
        resend(&engine, &ledger, &mut random).await;
        println!("kill {kill} of {kills}: {}", ledger.lock().unwrap().summary());
    }
    resend(&engine, &ledger, &mut random).await;

    let client = engine.client();
    let told = Arc::into_inner(ledger).expect("no sender is left").into_inner().unwrap();
    told.assert_worth_it();
    for number in 0..WALLETS {
        let wallet = wallet_name(number);
        told.compare(&wallet, &audit::wallet(&client, &wallet).await);
    }
    told.compare_look_ups(&client, &mut random).await;
    engine.stop();
    assert_verifies(home.path());
}
