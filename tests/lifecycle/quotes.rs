//! Quotes: what a campaign would cost, whether it is covered, and how long the balance lasts.

use serde_json::{Value, json};

use crate::support::sandbox::GOOD;
use crate::world::{World, dollars_held, instant};

const START: &str = "2026-07-15T10:00:00Z";

async fn quote(world: &World, body: &Value) -> Value {
    world.client.post("/v1/wallets/acme/quotes", body).await.wants(200)
}

#[tokio::test]
async fn a_quote_tells_low_and_high_and_what_is_missing() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    let us = json!({"sender_type": "local", "kind": "sms", "segments": 2, "recipients": {"+1": 1000}});
    let told = quote(&world, &us).await;
    let wanted = json!({"messages": 1000, "segments": 2000, "low": "22", "high": "26", "currency": "USD",
        "available": "10", "shortfall": "16", "covered": false, "auto_top_up_covers": false});
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(told[field], *value, "wanted `{field}`: {told}");
    }
    let told = quote(&world, &dollars_held(10)).await;
    let wanted =
        json!({"messages": 10, "segments": 10, "low": "10", "high": "10", "shortfall": "0", "covered": true});
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(told[field], *value, "wanted `{field}`: {told}");
    }
    world.hold("acme", 4).await;
    let told = quote(&world, &dollars_held(10)).await;
    assert_eq!(
        (&told["available"], &told["shortfall"]),
        (&json!("6"), &json!("4")),
        "held is not available: {told}"
    );
    assert_eq!(world.client.wallet("acme").await["held"], "4", "a quote holds nothing");
    assert_eq!(world.client.entries("acme").await.len(), 1, "and posts nothing");
}

#[tokio::test]
async fn a_quote_says_whether_auto_top_up_would_cover_it() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.keep_card("acme", GOOD).await;
    world.credit("acme", "10").await;
    assert_eq!(quote(&world, &dollars_held(25)).await["auto_top_up_covers"], false);
    world.set_auto("acme", "1", "20").await;
    assert_eq!(quote(&world, &dollars_held(25)).await["auto_top_up_covers"], true);
}

#[tokio::test]
async fn a_quote_asks_nobody_for_money() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.keep_card("acme", GOOD).await;
    world.credit("acme", "10").await;
    world.set_auto("acme", "1", "20").await;
    quote(&world, &dollars_held(500)).await;
    world.settle().await;
    assert_eq!(world.client.wallet("acme").await["balance"], "10", "what is only quoted is not refused");
}

#[tokio::test]
async fn a_quote_tells_how_long_the_balance_lasts_at_the_present_pace() {
    let mut world = World::start(START).await;
    world.open_with("acme", "1000").await;
    let idle = quote(&world, &dollars_held(1)).await;
    assert!(idle["lasts_until"].is_null(), "without spending it lasts for ever: {idle}");
    for day in 16..24 {
        world.advance(&format!("2026-07-{day}T10:00:00Z")).await;
        world.send("acme", &format!("m-{day}"), 10).await;
    }
    let told = quote(&world, &dollars_held(1)).await;
    assert!(told["pace_per_day"].is_string(), "{told}");
    let lasts = instant(told["lasts_until"].as_str().unwrap_or_else(|| panic!("wanted an end: {told}")));
    // 920 are left, at about 10 a day.
    let (soonest, latest) = (instant("2026-09-15T00:00:00Z"), instant("2027-06-01T00:00:00Z"));
    assert!((soonest..latest).contains(&lasts), "wanted about three months: {told}");
}
