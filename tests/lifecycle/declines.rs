//! What a declined card leads to (RULES, section 10): nothing is credited, the next attempts come after 1, 6 and 24
//! hours, after the fourth decline in a row it is stopped.

use serde_json::json;

use crate::seen;
use crate::support::sandbox::{AUTHENTICATION, DECLINED_LATER, GOOD};
use crate::world::{World, instant};

const START: &str = "2026-07-15T10:00:00Z";

/// A wallet whose card was good at checkout and is no more, with 5 and a minimum of 10.
async fn with_bad_card(card: &str) -> World {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.keep_card("acme", card).await;
    world.credit("acme", "5").await;
    world.set_auto("acme", "10", "20").await;
    world.settle().await;
    world
}

async fn auto(world: &World) -> String {
    seen::auto_top_up(&world.client.auto_top_up("acme").await)
}

async fn attempts(world: &World) -> Vec<String> {
    let made = world.client.top_ups("acme").await;
    let told = made.iter().filter(|row| row["kind"] == "auto").map(|row| {
        let text = |field: &str| row[field].as_str().unwrap_or("-").to_owned();
        format!("{} {}", seen::local(&text("opened_at"), &jiff::tz::TimeZone::UTC), text("status"))
    });
    told.collect()
}

#[tokio::test]
async fn a_declined_card_is_tried_after_1_6_and_24_hours_and_no_more() {
    let mut world = with_bad_card(DECLINED_LATER).await;
    let table = [
        ("2026-07-15T10:00:00Z", "waiting 1", Some("2026-07-15T11:00:00Z")),
        ("2026-07-15T10:59:59Z", "waiting 1", Some("2026-07-15T11:00:00Z")),
        ("2026-07-15T11:00:00Z", "waiting 2", Some("2026-07-15T17:00:00Z")),
        ("2026-07-15T16:59:59Z", "waiting 2", Some("2026-07-15T17:00:00Z")),
        ("2026-07-15T17:00:00Z", "waiting 3", Some("2026-07-16T17:00:00Z")),
        ("2026-07-16T16:59:59Z", "waiting 3", Some("2026-07-16T17:00:00Z")),
        ("2026-07-16T17:00:00Z", "stopped declined 4", None),
        ("2026-08-16T17:00:00Z", "stopped declined 4", None),
    ];
    for (at, looks, retry_at) in table {
        world.advance(at).await;
        assert_eq!(auto(&world).await, looks, "at {at}");
        let read = world.client.auto_top_up("acme").await;
        assert_eq!(read["retry_at"].as_str().map(instant), retry_at.map(instant), "at {at}: {read}");
    }
    let wanted = [
        "2026-07-15 10:00:00 failed",
        "2026-07-15 11:00:00 failed",
        "2026-07-15 17:00:00 failed",
        "2026-07-16 17:00:00 failed",
    ];
    assert_eq!(attempts(&world).await, wanted);
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "active 5", "nothing was credited");
    let alerts = seen::alert_types(&world.client, "acme").await;
    let count = |kind: &str| alerts.iter().filter(|found| *found == kind).count();
    assert_eq!((count("top_up.failed"), count("auto_top_up.stopped")), (4, 1), "{alerts:?}");
    let codes: Vec<_> = world.client.top_ups("acme").await.iter().map(|row| row["code"].clone()).collect();
    assert!(codes[1..].iter().all(|code| code.is_string()), "wanted it said why each failed: {codes:?}");
}

#[tokio::test]
async fn while_it_waits_nothing_is_tried_whatever_is_refused() {
    let mut world = with_bad_card(DECLINED_LATER).await;
    for id in ["m-1", "m-2", "m-3"] {
        assert_eq!(world.send("acme", id, 6).await.said(), "refused insufficient_balance");
        world.settle().await;
    }
    world.advance("2026-07-15T10:59:59Z").await;
    assert_eq!(attempts(&world).await.len(), 1, "the back-off stands");
}

#[tokio::test]
async fn an_attempt_that_is_no_longer_needed_when_its_time_comes_is_dropped() {
    let mut world = with_bad_card(DECLINED_LATER).await;
    world.credit("acme", "100").await;
    world.advance("2026-07-15T12:00:00Z").await;
    assert_eq!(attempts(&world).await.len(), 1, "available has recovered");
    assert_eq!(
        seen::auto_top_up(&world.client.auto_top_up("acme").await),
        "ready 1",
        "declined once in a row"
    );
    // Down again the card is tried again, and it is the second decline in a row.
    world.send("acme", "m-1", 100).await;
    world.settle().await;
    assert_eq!(auto(&world).await, "waiting 2");
    let read = world.client.auto_top_up("acme").await;
    assert_eq!(read["retry_at"].as_str().map(instant), Some(instant("2026-07-15T18:00:00Z")), "{read}");
}

#[tokio::test]
async fn a_card_that_needs_its_owner_is_said_to() {
    let mut world = with_bad_card(AUTHENTICATION).await;
    assert_eq!(auto(&world).await, "waiting 1");
    let made = world.client.top_ups("acme").await;
    let last = made.last().unwrap();
    assert_eq!(
        (&last["status"], &last["code"]),
        (&json!("failed"), &json!("authentication_required")),
        "{last}"
    );
    world.advance("2026-07-16T17:00:00Z").await;
    assert_eq!(auto(&world).await, "stopped authentication_required 4");
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "active 5");
}

#[tokio::test]
async fn a_stopped_one_starts_again_by_hand_by_another_card_or_by_being_switched_on_anew() {
    // A payment by hand with a good card: it is that card from now on.
    let mut world = with_bad_card(DECLINED_LATER).await;
    world.advance("2026-07-16T17:00:00Z").await;
    world.pay("acme", "30", GOOD).await;
    assert_eq!(auto(&world).await, "ready");
    world.send("acme", "m-1", 30).await;
    world.settle().await;
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "active 25", "5 and 20 by the good card");

    // A payment by hand with the same bad card starts the count afresh.
    let mut world = with_bad_card(DECLINED_LATER).await;
    world.advance("2026-07-16T17:00:00Z").await;
    world.pay("acme", "30", DECLINED_LATER).await;
    world.send("acme", "m-1", 30).await;
    world.settle().await;
    assert_eq!(auto(&world).await, "waiting 1");

    // Off and on again.
    let mut world = with_bad_card(DECLINED_LATER).await;
    world.advance("2026-07-16T17:00:00Z").await;
    world.client.end_auto_top_up("acme").await.wants(200);
    assert_eq!(auto(&world).await.split(' ').next(), Some("off"));
    world.set_auto("acme", "10", "20").await;
    world.settle().await;
    assert_eq!(auto(&world).await, "waiting 1");
    assert_eq!(attempts(&world).await.len(), 5);
}

#[tokio::test]
async fn the_wait_is_kept_over_a_kill() {
    let mut world = with_bad_card(DECLINED_LATER).await;
    world.kill_and_restart("2026-07-15T10:30:00Z").await;
    world.settle().await;
    assert_eq!(auto(&world).await, "waiting 1");
    world.advance("2026-07-15T10:59:59Z").await;
    assert_eq!(attempts(&world).await.len(), 1);
    world.restart("2026-07-15T14:00:00Z").await;
    world.settle().await;
    assert_eq!(attempts(&world).await.len(), 2, "what was due at 11:00 is tried when the engine is up again");
}
