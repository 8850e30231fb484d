//! Auto top-up (RULES, section 10): when it fires, how much it adds, and when it does not.

use serde_json::json;

use crate::seen;
use crate::support::sandbox::GOOD;
use crate::world::{NUMBER, World};

const START: &str = "2026-07-15T10:00:00Z";

/// A wallet with a good card kept and this much available.
async fn with_card(amount: &str) -> World {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.keep_good_card("acme").await;
    world.credit("acme", amount).await;
    world
}

async fn auto(world: &World) -> String {
    seen::auto_top_up(&world.client.auto_top_up("acme").await)
}

async fn balance(world: &World) -> String {
    seen::wallet(&world.client.wallet("acme").await)
}

/// Entries after the three that keeping a card and the first credit have made.
async fn later(world: &World) -> Vec<String> {
    seen::postings(&world.client, "acme").await.split_off(3)
}

#[tokio::test]
async fn it_fires_when_available_comes_down_to_the_minimum() {
    let mut world = with_card("100").await;
    let set = world.set_auto("acme", "50", "25").await;
    assert_eq!(set["status"], "ready", "nothing to do yet: {set}");
    assert_eq!(set["payment_method"], json!({"brand": "visa", "last4": "4242"}), "{set}");
    world.send("acme", "m-1", 49).await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 51", "above the minimum nothing is added");
    world.send("acme", "m-2", 1).await;
    world.settle().await;
    assert_eq!(later(&world).await, ["charge -49 = 51", "charge -1 = 50", "top_up 25 = 75"]);
    assert_eq!(auto(&world).await, "ready");
    let made: Vec<_> = world.client.top_ups("acme").await;
    let last = made.last().unwrap();
    let told = (&last["kind"], &last["status"], &last["amount"], &last["credited"]);
    assert_eq!(told, (&json!("auto"), &json!("succeeded"), &json!("25"), &json!("25")), "{last}");
    assert_eq!(last["seq"], json!(6), "wanted the entry of the credit named: {last}");
}

#[tokio::test]
async fn what_is_held_is_not_available() {
    let mut world = with_card("100").await;
    world.set_auto("acme", "50", "25").await;
    world.hold("acme", 49).await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 100, held 49");
    world.hold("acme", 1).await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 125, held 50", "available had come down to 50");
}

#[tokio::test]
async fn every_way_down_to_the_minimum_fires() {
    for way in ["report", "carrier fee", "debit", "settle", "number", "late delivered"] {
        let mut world = with_card("100").await;
        world.send("acme", "m", 30).await;
        world.status("acme", "m", "failed").await;
        world.set_auto("acme", "95", "30").await;
        match way {
            "report" => {
                world.client.send_one(&crate::world::message("acme", "r", 5).report()).await;
            }
            "carrier fee" => world.spend("acme", "4.999").await,
            "debit" => world.credit("acme", "-4.999").await,
            "settle" => {
                let hold = world.hold("acme", 1).await;
                world.settle_hold("acme", &hold, "6", true).await.wants(200);
            }
            "number" => {
                world.buy("acme", NUMBER).await;
            }
            _ => {
                world.status("acme", "m", "delivered").await;
            }
        }
        world.settle().await;
        let entries = seen::postings(&world.client, "acme").await;
        let added = entries.iter().filter(|line| line.starts_with("top_up 30 ")).count();
        assert_eq!(added, 1, "{way}: wanted one top-up in {entries:?}");
    }
}

#[tokio::test]
async fn a_refusal_for_lack_of_available_fires_above_the_minimum_too() {
    for what in ["out", "in", "hold", "number"] {
        let amount = if what == "in" { "0.5" } else { "4" };
        let mut world = with_card(amount).await;
        world.set_auto("acme", "0.1", "20").await;
        world.settle().await;
        assert_eq!(balance(&world).await, format!("active {amount}"), "{what}: nothing refused yet");
        match what {
            "out" => assert_eq!(world.send("acme", "m", 10).await.said(), "refused insufficient_balance"),
            "in" => {
                let inbound = crate::support::event::Event::inbound("acme", "in");
                assert_eq!(world.client.send_one(&inbound).await.said(), "recorded insufficient_balance");
            }
            "hold" => {
                world.try_hold("acme", 10).await.wants_problem(402, "insufficient_balance");
            }
            _ => {
                world.client.buy_number("acme", "n", NUMBER).await.wants_problem(402, "insufficient_balance");
            }
        }
        world.settle().await;
        let after = later(&world).await;
        assert_eq!(after.len(), 1, "{what}: wanted one top-up: {after:?}");
        assert!(after[0].starts_with("top_up 20 = "), "{what}: wanted a top-up: {after:?}");
        match what {
            "out" => assert_eq!(world.send("acme", "m", 10).await.said(), "charged", "decided afresh"),
            "in" => {
                let again = crate::support::event::Event::inbound("acme", "in");
                let told = world.client.send_one(&again).await;
                assert_eq!(told.said(), "duplicate insufficient_balance", "blocked is blocked");
            }
            "hold" => {
                world.hold("acme", 10).await;
            }
            _ => {
                world.client.buy_number("acme", "n-2", NUMBER).await.wants(201);
            }
        }
    }
}

#[tokio::test]
async fn a_due_fee_that_does_not_fit_fires_and_is_paid_by_what_it_brings() {
    let mut world = with_card("8").await;
    world.buy("acme", NUMBER).await;
    world.set_auto("acme", "1", "20").await;
    world.advance("2026-08-14T23:59:59Z").await;
    assert_eq!(balance(&world).await, "active 3");
    world.advance("2026-09-20T00:00:00Z").await;
    let wanted =
        ["2026-08-15 top_up 20 = 23", "2026-08-15 number_fee -5 = 18", "2026-09-15 number_fee -5 = 13"];
    assert_eq!(seen::entries(&world.client, "acme").await[4..], wanted, "each at the instant it fell due");
    let alerts = seen::alert_types(&world.client, "acme").await;
    assert!(
        alerts.contains(&"number.fee_unpaid".to_owned()),
        "it stood as arrears for that instant: {alerts:?}"
    );
}

/// Auto top-up is what avoids the release of the product description's example.
#[tokio::test]
async fn a_number_is_never_lost_where_auto_top_up_pays() {
    let mut world = with_card("5").await;
    world.set_auto("acme", "0", "20").await;
    world.buy("acme", NUMBER).await;
    world.advance("2027-07-16T00:00:00Z").await;
    let number = world.client.number("acme", NUMBER).await;
    assert_eq!((&number["status"], &number["cycle"]), (&json!("active"), &json!(12)), "{number}");
    let entries = seen::postings(&world.client, "acme").await;
    let count = |kind: &str| entries.iter().filter(|line| line.starts_with(kind)).count();
    assert_eq!((count("number_fee"), count("top_up 20")), (13, 1 + 4), "wanted a year of fees: {entries:?}");
}

#[tokio::test]
async fn it_needs_to_be_on_and_to_have_a_card() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    assert_eq!(auto(&world).await, "off");
    let set = world.set_auto("acme", "50", "25").await;
    assert_eq!((&set["status"], &set["payment_method"]), (&json!("no_method"), &json!(null)), "{set}");
    world.advance("2026-07-16T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 10", "without a card nothing can be taken");
    // Paying by hand keeps the card; 30 is below the minimum still.
    world.pay("acme", "20", GOOD).await;
    assert_eq!(balance(&world).await, "active 55", "10 were there, 20 by hand, 25 by itself");

    let off = world.client.end_auto_top_up("acme").await.wants(200);
    assert_eq!((&off["status"], &off["enabled"]), (&json!("off"), &json!(false)), "{off}");
    world.send("acme", "m-1", 54).await;
    world.advance("2026-07-20T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 1", "switched off it adds nothing");
    world.set_auto("acme", "50", "60").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 61", "switched on it looks at once");
}

#[tokio::test]
async fn a_card_kept_by_a_payment_that_is_enough_takes_nothing_more() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    world.set_auto("acme", "25", "20").await;
    world.pay("acme", "20", GOOD).await;
    assert_eq!(balance(&world).await, "active 30", "the credit has raised available above the minimum");
}

#[tokio::test]
async fn settings_may_change_at_any_time_and_are_looked_at_at_once() {
    let mut world = with_card("60").await;
    world.set_auto("acme", "50", "25").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 60");
    world.set_auto("acme", "60", "30").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 90", "the minimum was raised to what is available");
    let read = world.client.auto_top_up("acme").await;
    let told = (&read["enabled"], &read["minimum_balance"], &read["amount"]);
    assert_eq!(told, (&json!(true), &json!("60"), &json!("30")), "{read}");
    assert_eq!(read["limits"]["attempts_per_day"], json!(5), "wanted the default limit: {read}");
}

#[tokio::test]
async fn one_attempt_at_a_time_however_often_it_is_asked_for() {
    let mut world = with_card("10").await;
    world.set_auto("acme", "1", "20").await;
    let events: Vec<_> =
        (0..50).map(|number| crate::world::message("acme", &format!("m-{number}"), 11)).collect();
    let outcomes = world.client.send(&events).await;
    assert!(outcomes.iter().any(|outcome| outcome.said() == "refused insufficient_balance"));
    world.settle().await;
    let charged = outcomes.iter().filter(|outcome| outcome.said() == "charged").count();
    let added = later(&world).await.iter().filter(|line| line.starts_with("top_up 20")).count();
    // A credit may land between two of them; every attempt was asked for by its own refusal.
    assert!((1..=1 + charged).contains(&added), "wanted a top-up a refusal: {added} for {charged} charged");
}

#[tokio::test]
async fn three_successes_that_do_not_help_stop_it() {
    let mut world = with_card("10").await;
    world.set_auto("acme", "100", "20").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 70", "three times 20, and no fourth");
    assert_eq!(auto(&world).await, "stopped still_below");
    let alerts = seen::alert_types(&world.client, "acme").await;
    assert!(alerts.contains(&"auto_top_up.still_below".to_owned()), "wanted it told: {alerts:?}");
    world.send("acme", "m-1", 5).await;
    world.advance("2026-08-15T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 65", "stopped is stopped");
    // Switched on anew it tries again.
    world.client.end_auto_top_up("acme").await.wants(200);
    world.set_auto("acme", "100", "50").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 115");
    assert_eq!(auto(&world).await, "ready");
}

#[tokio::test]
async fn two_successes_that_do_not_help_and_a_third_that_does_stop_nothing() {
    let mut world = with_card("10").await;
    world.set_auto("acme", "60", "20").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 70");
    assert_eq!(auto(&world).await, "ready");
}

/// What a top-up brings pays arrears first; what is left must be above the minimum.
#[tokio::test]
async fn a_success_that_arrears_eat_up_has_not_helped() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.keep_good_card("acme").await;
    world.credit("acme", "60").await;
    for number in 0..12 {
        world.buy("acme", &format!("+141555501{number:02}")).await;
    }
    world.advance("2026-08-16T00:00:00Z").await;
    assert_eq!(balance(&world).await, "suspended 0, owes 60");
    world.set_auto("acme", "0", "20").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "suspended 0", "three times 20 for twelve fees of 5");
    assert_eq!(auto(&world).await, "stopped still_below");
}
