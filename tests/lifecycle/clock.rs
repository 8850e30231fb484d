//! The test clock moves the whole engine, only forward, and only where it was asked for (RULES, section 12).

use serde_json::json;

use crate::seen;
use crate::support::engine::Engine;
use crate::support::sandbox::DECLINED_LATER;
use crate::world::{NUMBER, World, instant};

const START: &str = "2026-07-15T10:00:00Z";

#[tokio::test]
async fn the_clock_stands_until_it_is_moved_and_goes_forward_only() {
    let mut world = World::start(START).await;
    let told = world.client.test_clock().await;
    assert_eq!(told["now"].as_str().map(instant), Some(instant(START)), "{told}");
    world.open_with("acme", "5").await;
    let entry = world.client.entries("acme").await.remove(0);
    for field in ["occurred_at", "posted_at"] {
        assert_eq!(
            entry[field].as_str().map(instant),
            Some(instant(START)),
            "wanted the test clock's time: {entry}"
        );
    }
    for to in ["2026-07-15T09:59:59Z", "1999-01-01T00:00:00Z"] {
        let back = world.client.advance(to).await;
        assert_eq!(back.status, 400, "wanted {to} refused: {}", back.text);
    }
    for body in [json!({}), json!({"to": "tomorrow"}), json!({"to": 5}), json!({"to": START, "by": 5})] {
        let bad = world.client.post("/v1/test-clock/advance", &body).await;
        assert_eq!(bad.status, 400, "wanted {body} refused: {}", bad.text);
    }
    world.advance(START).await;
    assert_eq!(world.client.test_clock().await["now"].as_str().map(instant), Some(instant(START)));
}

#[tokio::test]
async fn an_engine_on_the_real_clock_has_no_test_clock() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    for answer in
        [engine.client().get("/v1/test-clock").await, engine.client().advance("2030-01-01T00:00:00Z").await]
    {
        assert!(
            [404, 409].contains(&answer.status),
            "wanted no test clock: {} {}",
            answer.status,
            answer.text
        );
    }
}

#[tokio::test]
async fn only_an_operator_of_all_wallets_moves_the_clock() {
    let mut world = World::start(START).await;
    world.open_with("acme", "5").await;
    let request = json!({"role": "operator", "wallet": "acme", "name": "bound"});
    let bound = world.client.post("/v1/keys", &request).await.wants(201);
    let client = world.client.with_key(bound["key"].as_str().unwrap());
    client.advance("2026-07-16T10:00:00Z").await.wants_problem(403, "forbidden");
    world.client.with_key("").advance("2026-07-16T10:00:00Z").await.wants_problem(401, "unauthorized");
}

/// One leap over months does what many small ones do.
#[tokio::test]
async fn everything_fires_in_order_at_its_own_time_in_one_leap() {
    let mut told = Vec::new();
    for leaps in [
        &["2026-12-20T00:00:00Z"][..],
        &["2026-07-20T00:00:00Z", "2026-09-15T00:00:00Z", "2026-12-20T00:00:00Z"],
    ] {
        let mut world = World::start(START).await;
        world.open("acme", "America/New_York").await;
        world.keep_card("acme", DECLINED_LATER).await;
        world.credit("acme", "16").await;
        world.buy("acme", NUMBER).await;
        world.hold("acme", 6).await;
        world.set_auto("acme", "5", "20").await;
        for to in leaps {
            world.advance(to).await;
        }
        let zone = jiff::tz::TimeZone::UTC;
        let alerts: Vec<String> =
            world.client.alerts("acme").await.iter().map(|row| seen::alert(row, &zone)).collect();
        told.push((seen::entries(&world.client, "acme").await, alerts));
    }
    assert_eq!(told[0], told[1], "wanted the same life in one leap and in three");
    let (entries, alerts) = &told[0];
    assert_eq!(entries.last().unwrap(), "2026-09-15 04:00:00 number_fee -5 = 1", "{entries:?}");
    let times = alerts.iter().map(|told| told.rsplit_once(' ').expect("a time and a type").0);
    assert!(times.is_sorted(), "wanted everything in order: {alerts:?}");
}

#[tokio::test]
async fn traffic_is_decided_at_the_test_clocks_time() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.advance("2027-03-01T00:00:00Z").await;
    let at = |time: &str| crate::world::message("acme", time, 1).with("time", time);
    let table = [
        ("2027-02-27T00:00:00Z", "charged"),
        ("2027-03-01T00:05:00Z", "charged"),
        ("2027-03-01T00:05:01Z", "invalid in_the_future"),
        ("2027-01-24T23:59:59Z", "invalid too_old"),
        ("2027-01-25T00:00:00Z", "charged"),
    ];
    for (time, want) in table {
        assert_eq!(world.client.send_one(&at(time)).await.said(), want, "a message of {time}");
    }
}
