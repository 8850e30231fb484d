//! Alerts (RULES, section 11): once for what happened, written with the entries.

use serde_json::{Value, json};

use crate::seen;
use crate::world::{World, instant};

const START: &str = "2026-07-15T10:00:00Z";

/// The levels whose crossing was told, oldest first.
async fn levels(world: &World, wallet: &str) -> Vec<String> {
    let rows = world.client.alerts(wallet).await;
    let low = rows.iter().filter(|row| row["type"] == "wallet.low_balance");
    low.map(|row| {
        row["data"]["level"].as_str().unwrap_or_else(|| panic!("wanted data.level: {row}")).to_owned()
    })
    .collect()
}

#[tokio::test]
async fn a_low_balance_is_told_once_a_crossing_and_armed_again_above_the_level() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.client.set_alert_levels("acme", &["50", "20"]).await.wants(200);
    // Each adjustment, and all crossings told after it.
    let table: [(&str, &[&str]); 14] = [
        ("-49", &[]),
        ("-1", &["50"]),
        ("-1", &["50"]),
        ("-28", &["50"]),
        ("-1", &["50", "20"]),
        ("30", &["50", "20"]),
        ("-1", &["50", "20"]),
        ("-29", &["50", "20", "20"]),
        ("30", &["50", "20", "20"]),
        ("0.000000001", &["50", "20", "20"]),
        ("-0.000000001", &["50", "20", "20", "50"]),
        ("50", &["50", "20", "20", "50"]),
        ("-200", &["50", "20", "20", "50", "50", "20"]),
        ("-1", &["50", "20", "20", "50", "50", "20"]),
    ];
    for (number, (amount, wanted)) in table.iter().enumerate() {
        world.credit("acme", amount).await;
        assert_eq!(levels(&world, "acme").await, *wanted, "after step {} ({amount})", number + 1);
    }
}

#[tokio::test]
async fn every_kind_of_entry_may_cross_a_level_and_only_the_balance_counts() {
    let mut world = World::start(START).await;
    world.open_with("acme", "60").await;
    world.client.set_alert_levels("acme", &["50"]).await.wants(200);
    world.hold("acme", 20).await;
    assert!(levels(&world, "acme").await.is_empty(), "a hold leaves the balance as it is");
    world.send("acme", "m-1", 15).await;
    assert_eq!(levels(&world, "acme").await, ["50"]);
    world.status("acme", "m-1", "failed").await;
    world.status("acme", "m-1", "delivered").await;
    assert_eq!(
        levels(&world, "acme").await,
        ["50", "50"],
        "returned it was above, late delivered below again"
    );
}

#[tokio::test]
async fn a_level_set_above_the_balance_waits_until_the_balance_has_risen_above_it() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    let set = world.client.set_alert_levels("acme", &["50"]).await.wants(200);
    assert_eq!(set["low_balance"], json!(["50"]), "{set}");
    let read = world.client.get("/v1/wallets/acme/alert-settings").await.wants(200);
    assert_eq!(read["low_balance"], json!(["50"]), "{read}");
    world.credit("acme", "-1").await;
    assert!(levels(&world, "acme").await.is_empty(), "it has crossed nothing");
    world.credit("acme", "51").await;
    world.credit("acme", "-20").await;
    assert_eq!(levels(&world, "acme").await, ["50"]);
    world.client.set_alert_levels("acme", &[]).await.wants(200);
    world.credit("acme", "100").await;
    world.credit("acme", "-100").await;
    assert_eq!(levels(&world, "acme").await, ["50"], "without levels nothing is told");
}

#[tokio::test]
async fn suspended_and_resumed_are_told_once_a_turn() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    assert!(world.client.alerts("acme").await.is_empty(), "a new wallet starts suspended without an alert");
    for amount in ["-1", "1", "1", "1", "-2", "-1", "1", "0.5"] {
        world.credit("acme", amount).await;
    }
    let alerts = seen::alert_types(&world.client, "acme").await;
    assert_eq!(alerts, ["wallet.resumed", "wallet.suspended", "wallet.resumed"]);
}

#[tokio::test]
async fn an_alert_carries_an_id_its_times_and_what_it_is_about() {
    let mut world = World::start(START).await;
    world.open_with("acme", "5").await;
    world.buy("acme", crate::world::NUMBER).await;
    world.advance("2026-10-15T00:00:00Z").await;
    let rows = world.client.alerts("acme").await;
    let mut ids: Vec<&str> = rows.iter().map(|row| row["alert"].as_str().expect("an id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rows.len(), "wanted every alert's id its own: {rows:?}");
    let times = |field: &str| -> Vec<jiff::Timestamp> {
        rows.iter()
            .map(|row| instant(row[field].as_str().unwrap_or_else(|| panic!("`{field}` in {row}"))))
            .collect()
    };
    assert!(times("occurred_at").is_sorted(), "wanted the newest last: {rows:?}");
    assert_eq!(times("occurred_at"), times("posted_at"), "the engine was up: told when it happened");
    let about_numbers: Vec<&Value> = rows
        .iter()
        .filter(|row| row["type"].as_str().is_some_and(|kind| kind.starts_with("number.")))
        .collect();
    assert_eq!(about_numbers.len(), 6, "two unpaid, scheduled, two warnings, released: {rows:?}");
    for row in about_numbers {
        assert_eq!(row["data"]["number"], crate::world::NUMBER, "wanted the number named: {row}");
    }
}

#[tokio::test]
async fn alerts_are_there_after_a_kill_and_none_comes_twice() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.client.set_alert_levels("acme", &["50"]).await.wants(200);
    world.credit("acme", "-60").await;
    let before = world.client.alerts("acme").await;
    world.kill_and_restart(START).await;
    assert_eq!(world.client.alerts("acme").await, before);
    world.credit("acme", "-1").await;
    assert_eq!(levels(&world, "acme").await, ["50"], "the level is still not armed");
}
