//! Limits of auto top-up (RULES, section 10): attempts and amounts per day and month of the wallet's zone.

use serde_json::{Value, json};

use crate::seen;
use crate::support::sandbox::DECLINED_LATER;
use crate::world::{World, instant};

/// Noon in New York.
const START: &str = "2026-07-15T16:00:00Z";

/// With a minimum of 50 and 20 added each time: every message of 10 or 20 that comes down to 50 asks for one.
async fn limited_to(limits: Value, card: &str) -> World {
    let mut world = World::start(START).await;
    world.open("acme", "America/New_York").await;
    world.keep_card("acme", card).await;
    world.credit("acme", "70").await;
    let settings = json!({"enabled": true, "minimum_balance": "50", "amount": "20", "limits": limits});
    world.client.set_auto_top_up("acme", &settings).await.wants(200);
    world
}

/// Spends down to the minimum; what is there after what it brought.
async fn spend(world: &mut World) -> String {
    let id = world.key();
    world.send("acme", &id, 20).await;
    world.settle().await;
    seen::wallet(&world.client.wallet("acme").await)
}

async fn auto(world: &World) -> String {
    seen::auto_top_up(&world.client.auto_top_up("acme").await)
}

async fn retry_at(world: &World) -> Option<jiff::Timestamp> {
    world.client.auto_top_up("acme").await["retry_at"].as_str().map(instant)
}

async fn balance(world: &World) -> String {
    seen::wallet(&world.client.wallet("acme").await)
}

#[tokio::test]
async fn a_limit_per_day_ends_at_the_wallets_midnight() {
    for limits in
        [json!({"attempts_per_day": 2}), json!({"amount_per_day": "40"}), json!({"amount_per_day": "59.99"})]
    {
        let mut world = limited_to(limits.clone(), crate::support::sandbox::GOOD).await;
        assert_eq!(spend(&mut world).await, "active 70", "{limits}: the first");
        assert_eq!(spend(&mut world).await, "active 70", "{limits}: the second");
        assert_eq!(spend(&mut world).await, "active 50", "{limits}: the third is one too many");
        assert_eq!(auto(&world).await, "limited", "{limits}");
        let midnight = instant("2026-07-16T04:00:00Z");
        assert_eq!(retry_at(&world).await, Some(midnight), "{limits}: wanted the next midnight in New York");
        world.advance("2026-07-16T03:59:59Z").await;
        assert_eq!(balance(&world).await, "active 50", "{limits}: a second before midnight");
        world.advance("2026-07-16T04:00:00Z").await;
        assert_eq!(balance(&world).await, "active 70", "{limits}: a new day");
        assert_eq!(auto(&world).await, "ready", "{limits}");
    }
}

#[tokio::test]
async fn a_limit_per_month_ends_with_the_wallets_month() {
    for limits in [json!({"attempts_per_month": 2}), json!({"amount_per_month": "40"})] {
        let mut world = limited_to(limits.clone(), crate::support::sandbox::GOOD).await;
        assert_eq!(spend(&mut world).await, "active 70", "{limits}: the first");
        world.advance("2026-07-20T16:00:00Z").await;
        assert_eq!(spend(&mut world).await, "active 70", "{limits}: the second");
        assert_eq!(spend(&mut world).await, "active 50", "{limits}: the third is one too many");
        world.advance("2026-08-01T03:59:59Z").await;
        assert_eq!(balance(&world).await, "active 50", "{limits}: it is still July in New York");
        world.advance("2026-08-01T04:00:00Z").await;
        assert_eq!(balance(&world).await, "active 70", "{limits}: August");
    }
}

#[tokio::test]
async fn five_attempts_a_day_by_default() {
    let mut world = limited_to(json!({}), crate::support::sandbox::GOOD).await;
    for number in 1..=5 {
        assert_eq!(spend(&mut world).await, "active 70", "attempt {number}");
    }
    assert_eq!(spend(&mut world).await, "active 50", "the sixth");
    world.advance("2026-07-16T04:00:00Z").await;
    assert_eq!(balance(&world).await, "active 70");
}

#[tokio::test]
async fn a_new_day_that_finds_enough_takes_nothing() {
    let mut world = limited_to(json!({"attempts_per_day": 1}), crate::support::sandbox::GOOD).await;
    spend(&mut world).await;
    assert_eq!(spend(&mut world).await, "active 50");
    world.credit("acme", "1").await;
    world.advance("2026-07-18T04:00:00Z").await;
    assert_eq!(balance(&world).await, "active 51", "above the minimum there is nothing to do");
}

#[tokio::test]
async fn an_amount_larger_than_its_limit_is_said_to_be_at_once() {
    let mut world = limited_to(json!({}), crate::support::sandbox::GOOD).await;
    for field in ["amount_per_day", "amount_per_month"] {
        let settings =
            json!({"enabled": true, "minimum_balance": "60", "amount": "20", "limits": {field: "19.99"}});
        let refused = world.client.set_auto_top_up("acme", &settings).await;
        refused.wants_problem(400, "bad_field");
        assert_eq!(refused.json()["field"], format!("limits.{field}"), "{}", refused.text);
    }
    world.send("acme", "m-1", 10).await;
    world.settle().await;
    assert_eq!(
        balance(&world).await,
        "active 60",
        "the settings before stand: above their minimum nothing is added"
    );
}

#[tokio::test]
async fn declined_attempts_count() {
    let mut world = limited_to(json!({"attempts_per_day": 1}), DECLINED_LATER).await;
    assert_eq!(spend(&mut world).await, "active 50");
    world.advance("2026-07-16T03:59:59Z").await;
    let tried = |world: &World| {
        let client = world.client.clone();
        async move { client.top_ups("acme").await.iter().filter(|row| row["kind"] == "auto").count() }
    };
    assert_eq!(tried(&world).await, 1, "the retry after an hour is one too many for this day");
    world.advance("2026-07-16T04:00:00Z").await;
    assert_eq!(tried(&world).await, 2, "a new day");
}

#[tokio::test]
async fn limits_may_be_raised_at_once() {
    let mut world = limited_to(json!({"attempts_per_day": 1}), crate::support::sandbox::GOOD).await;
    spend(&mut world).await;
    assert_eq!(spend(&mut world).await, "active 50");
    let settings =
        json!({"enabled": true, "minimum_balance": "50", "amount": "20", "limits": {"attempts_per_day": 2}});
    world.client.set_auto_top_up("acme", &settings).await.wants(200);
    world.settle().await;
    assert_eq!(balance(&world).await, "active 70", "the second attempt of the day is allowed now");
}

#[tokio::test]
async fn top_ups_by_hand_do_not_count() {
    let mut world =
        limited_to(json!({"attempts_per_day": 1, "amount_per_day": "20"}), crate::support::sandbox::GOOD)
            .await;
    world.pay("acme", "100", crate::support::sandbox::GOOD).await;
    world.send("acme", "m-1", 100).await;
    assert_eq!(spend(&mut world).await, "active 70", "the only attempt of the day");
}
