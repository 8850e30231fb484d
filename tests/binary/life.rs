//! Start, stop, restart, and a panic in a rule.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::client::Outcome;
use crate::support::data_dir::assert_verifies;
use crate::support::engine::{Engine, Launch, STOP_TIME_MAX};
use crate::support::event::Event;
use crate::support::{audit, engine};

#[tokio::test]
async fn what_was_acknowledged_under_load_is_there_after_a_graceful_stop() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    engine.client().wallet_with("acme", "100000").await;
    let senders: Vec<_> = (0..4)
        .map(|sender| {
            let client = engine.client();
            tokio::spawn(async move {
                let mut acknowledged: Vec<Outcome> = Vec::new();
                for round in 0.. {
                    let id = |number: usize| format!("m-{sender}-{round}-{number}");
                    let events: Vec<Event> =
                        (0..50).map(|number| Event::outbound("acme", &id(number))).collect();
                    let body = crate::support::event::ndjson(&events);
                    let headers = [("content-type", "application/x-ndjson")];
                    let sent =
                        client.try_call(reqwest::Method::POST, "/v1/events", &headers, body.into()).await;
                    match sent {
                        Ok(answer) if answer.status == 200 => acknowledged.extend(answer.outcomes()),
                        Ok(answer) if answer.status == 429 => {
                            tokio::time::sleep(Duration::from_millis(50)).await
                        }
                        Ok(answer) => {
                            answer.wants_problem(503, "unavailable");
                            break;
                        }
                        Err(_) => break,
                    }
                }
                acknowledged
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let stopping = tokio::task::spawn_blocking(move || engine.terminate());
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.extend(sender.await.expect("a sender"));
    }
    let (status, took) = stopping.await.expect("the stop");
    assert!(status.success(), "wanted exit 0 after SIGTERM, got {status}");
    assert!(took <= STOP_TIME_MAX, "wanted the stop within {STOP_TIME_MAX:?}, it took {took:?}");
    assert!(acknowledged.len() > 100, "wanted load before the stop, got {} events", acknowledged.len());

    let engine = Engine::start(home.path(), &[]);
    let audited = audit::wallet(&engine.client(), "acme").await;
    acknowledged.iter().for_each(|outcome| audited.holds(outcome));
    engine.stop();
    assert_verifies(home.path());
}

#[tokio::test]
async fn a_restart_keeps_wallets_keys_ids_and_balances() {
    let home = tempfile::tempdir().unwrap();
    let first = Engine::start(home.path(), &[]);
    let client = first.client();
    client.put_wallet("acme", &json!({"time_zone": "Asia/Tokyo", "name": "Acme"})).await.wants(201);
    client.adjust("acme", "k-1", "10", "credit").await.wants(201);
    client.wallet_with("empty", "0").await;
    let charged = client.send_one(&Event::outbound("acme", "m-1")).await;
    client.send_one(&Event::inbound("empty", "in")).await;
    let key =
        client.post("/v1/keys", &json!({"role": "viewer", "wallet": "acme", "name": "v"})).await.wants(201);
    let tariffs = client.get("/v1/tariffs").await.wants(200);
    let entries = client.entries("acme").await;
    let without_time = |mut wallet: Value| {
        wallet.as_object_mut().expect("a wallet").remove("as_of");
        wallet
    };
    let wallet = without_time(client.wallet("acme").await);
    let mut running = first;
    for round in ["a graceful stop", "a kill", "a second kill"] {
        if round == "a graceful stop" {
            running.stop()
        } else {
            running.kill()
        }
        running = Engine::start(home.path(), &[]);
        let client = running.client();
        assert_eq!(without_time(client.wallet("acme").await), wallet, "wanted the wallet as before {round}");
        assert_eq!(client.entries("acme").await, entries, "wanted the entries as before {round}");
        assert_eq!(
            client.get("/v1/tariffs").await.wants(200),
            tariffs,
            "wanted the tariffs as before {round}"
        );
        client.with_key(key["key"].as_str().unwrap()).get("/v1/wallets/acme").await.wants(200);
        let again = client.send_one(&Event::outbound("acme", "m-1")).await;
        assert_eq!(again.said(), "duplicate", "wanted the id known after {round}");
        assert_eq!(again.posting(), charged.posting(), "wanted the first's posting after {round}");
        let blocked = client.send_one(&Event::inbound("empty", "in")).await;
        assert_eq!(blocked.said(), "duplicate suspended", "wanted the blocked id burnt after {round}");
        let replay = client.adjust("acme", "k-1", "10", "credit").await;
        assert_eq!(replay.wants(200), entries[0], "wanted the adjustment replayed after {round}");
    }
    running.stop();
    assert_verifies(home.path());
}

#[tokio::test]
async fn a_data_directory_belongs_to_one_engine() {
    let home = tempfile::tempdir().unwrap();
    let first = Engine::start(home.path(), &[]);
    let refused = Launch::new(home.path()).refused("another engine runs on the data directory");
    let data = engine::data_dir(home.path()).display().to_string();
    let reason = ["another", "in use", "locked"].iter().any(|word| refused.stderr.contains(word));
    let told = reason && refused.stderr.contains(&data);
    assert!(told, "wanted stderr to say that another process uses {data}, got:\n{}", refused.stderr);
    first.client().wallet_with("acme", "1").await;
}

#[tokio::test]
async fn a_port_in_use_is_told_and_ends_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let home = tempfile::tempdir().unwrap();
    let refused = Launch::new(home.path()).listen(&address).refused("the port is in use");
    let told = refused.stderr.contains(&address) && refused.stderr.to_lowercase().contains("in use");
    assert!(told, "wanted stderr to say that {address} is in use, got:\n{}", refused.stderr);
    assert!(!refused.stderr.contains("panicked"), "wanted a message, not a panic:\n{}", refused.stderr);
    Engine::start(home.path(), &[]).stop();
}

#[tokio::test]
async fn a_panic_in_a_rule_quarantines_its_wallet_alone() {
    let home = tempfile::tempdir().unwrap();
    let engine = Launch::new(home.path()).environment("FAREBOX_TEST_FAULTS", "1").start();
    let client = engine.client();
    for wallet in ["ill", "well"] {
        client.wallet_with(wallet, "10").await;
    }
    let charged = client.send_one(&Event::outbound("ill", "m-1")).await;
    let panicked = client.adjust("ill", "k-panic", "1", "__panic__").await;
    panicked.wants_problem(503, "unavailable");

    let outcomes = client.send(&[Event::outbound("ill", "m-2"), Event::outbound("well", "m-2")]).await;
    let said: Vec<String> = outcomes.iter().map(Outcome::said).collect();
    assert_eq!(said, ["unavailable quarantined", "charged"], "wanted the ill wallet alone out of service");
    let metrics = client.get("/metrics").await.text;
    let metric = metrics.lines().find(|line| line.starts_with("farebox_wallets_quarantined"));
    assert_eq!(metric, Some("farebox_wallets_quarantined 1"), "wanted the quarantine counted:\n{metrics}");
    client.adjust("well", "k-1", "1", "credit").await.wants(201);
    engine.stop();

    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let audited = audit::wallet(&client, "ill").await;
    audited.holds_exactly(std::slice::from_ref(&charged));
    assert_eq!(audited.entries.len(), 2, "the adjustment that panicked must not be posted");
    let after = client.send_one(&Event::outbound("ill", "m-2")).await;
    assert_eq!(after.said(), "charged", "wanted the wallet in service again after a restart");
    client.adjust("ill", "k-panic", "1", "__panic__").await.wants(201);
}
