//! After a day the provider forgets idempotency keys: from then on the same call would charge again. So an attempt
//! is only asked about, and closed once it is known to have come to nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::provider::{fault, text};
use crate::support::sandbox::GOOD;
use crate::world::{World, ended};

const CUSTOMERS: &str = "POST /v1/customers";
const SESSIONS: &str = "POST /v1/checkout/sessions";
const CHARGES: &str = "POST /v1/payment_intents";
const ANY: &str = " /v1/";
/// More calls than are made in the time.
const ALL: u32 = 10_000;

/// The provider says nothing by itself, and this goes wrong.
fn silent(faults: &[Value]) -> Value {
    json!({"webhooks": false, "faults": faults})
}

#[tokio::test]
async fn a_charge_that_stays_unknown_for_a_day_is_never_made_again_under_the_forgotten_key() {
    let mut world = World::start();
    // What the first call meets; whether the engine is down meanwhile; what becomes of the attempts.
    let table: [(&str, bool, &[&str]); 6] = [
        ("time_out_after", false, &["succeeded"]),
        ("error_after", false, &["succeeded"]),
        ("time_out_before", false, &["failed not_found", "succeeded"]),
        ("time_out_after", true, &["succeeded"]),
        ("error_after", true, &["succeeded"]),
        ("time_out_before", true, &["failed not_found", "succeeded"]),
    ];
    for (number, (kind, killed, want)) in table.into_iter().enumerate() {
        let (wallet, what) = (format!("w-{number}"), format!("{kind}, engine down: {killed}"));
        world.client.switch(&json!({})).await;
        let customers = BTreeSet::from([world.with_card(&wallet, GOOD).await]);
        world.set_auto(&wallet).await;
        world.client.switch(&silent(&[fault(kind, CHARGES, 1), fault("error_before", ANY, ALL)])).await;
        world.client.spend(&wallet, "fee-1", "20").await;
        world.settle().await;
        assert_eq!(world.client.top_up(&wallet, "tu_2").await["status"], "unknown", "{what}");
        if killed {
            world.kill_and_restart(25 * 3_600);
        } else {
            world.pass_hours(25).await;
        }
        // It may still succeed, so nothing is charged under another key.
        assert_eq!(world.client.top_ups(&wallet).await.len(), 2, "{what}");
        assert_eq!(world.client.top_up(&wallet, "tu_2").await["status"], "unknown", "{what}");
        world.client.switch(&silent(&[])).await;
        world.pass_hours(72).await;
        assert_eq!(world.came_to(&wallet, &customers).await, want, "{what}");
        assert_eq!(world.client.wallet(&wallet).await["balance"], "45", "{what}");
        world.client.end_auto_top_up(&wallet).await.wants(200);
    }
    world.stop_and_verify();
}

#[tokio::test]
async fn a_charge_that_the_provider_never_takes_is_closed_and_tried_anew() {
    let mut world = World::start();
    for (wallet, kind) in [
        ("error", "error_before"),
        ("busy", "too_many"),
        ("flight", "in_flight"),
        ("lost", "time_out_before"),
    ] {
        world.client.switch(&json!({})).await;
        let customers = BTreeSet::from([world.with_card(wallet, GOOD).await]);
        world.set_auto(wallet).await;
        world.client.switch(&silent(&[fault(kind, CHARGES, ALL)])).await;
        world.client.spend(wallet, "fee-1", "20").await;
        // It is called for 23 hours, then asked about for 24 more.
        world.pass_hours(46).await;
        assert_eq!(world.client.top_up(wallet, "tu_2").await["status"], "unknown", "{kind}");
        assert_eq!(world.client.top_ups(wallet).await.len(), 2, "{kind}");
        world.client.switch(&silent(&[])).await;
        world.pass_hours(4).await;
        assert_eq!(world.came_to(wallet, &customers).await, ["failed not_found", "succeeded"], "{kind}");
        world.client.end_auto_top_up(wallet).await.wants(200);
    }
    world.stop_and_verify();
}

#[tokio::test]
async fn a_checkout_that_stays_unknown_is_closed_and_the_next_one_works() {
    let mut world = World::start();
    let table = [
        ("error_after", SESSIONS),
        ("error_after", CUSTOMERS),
        ("time_out_before", ANY),
        ("error_before", ANY),
        ("too_many", SESSIONS),
    ];
    for (number, (kind, line)) in table.into_iter().enumerate() {
        let (wallet, what) = (format!("w-{number}"), format!("{kind} at {line}"));
        let calls = if kind == "error_after" { 1 } else { ALL };
        world.client.wallet_with(&wallet, "0").await;
        world.client.switch(&silent(&[fault(kind, line, calls)])).await;
        let opened = world.client.open_top_up(&wallet, "k-1", "25").await.wants(201);
        assert_eq!(opened["status"], "unknown", "{what}: {opened}");
        world.pass_hours(72).await;
        world.client.switch(&silent(&[])).await;
        let closed = world.client.top_up(&wallet, "tu_1").await;
        assert_eq!(ended(&closed), "failed not_found", "{what}");
        assert!(closed["checkout_url"].is_null(), "{what}: nobody was ever told where to pay: {closed}");
        let again = world.client.open_top_up(&wallet, "k-2", "25").await.wants(201);
        let page = text(&again, "checkout_url").to_owned();
        world.customer.send(&page, "pay", GOOD).await;
        // Nobody tells: it is looked up.
        world.pass_hours(1).await;
        let customers = BTreeSet::from([world.account.customer_of(&page).await]);
        assert_eq!(world.came_to(&wallet, &customers).await, ["succeeded"], "{what}");
        assert_eq!(world.client.wallet(&wallet).await["balance"], "25", "{what}");
    }
    world.stop_and_verify();
}

/// Webhooks are down for longer than they are sent again, and so is the provider or the engine.
#[tokio::test]
async fn a_payment_that_nobody_tells_of_is_found_by_looking_it_up() {
    let mut world = World::start();
    for what in ["at once", "the provider is down", "the engine is down"] {
        let wallet = what.replace(' ', "-");
        world.client.wallet_with(&wallet, "0").await;
        world.client.switch(&silent(&[])).await;
        let opened = world.client.open_top_up(&wallet, "k-1", "25").await.wants(201);
        let page = text(&opened, "checkout_url").to_owned();
        world.customer.send(&page, "pay", GOOD).await;
        match what {
            "the provider is down" => {
                world.client.switch(&silent(&[fault("time_out_before", ANY, ALL)])).await;
                world.pass_hours(100).await;
                assert_eq!(
                    world.client.top_up(&wallet, "tu_1").await["status"],
                    "open",
                    "{what}: it was paid"
                );
                world.client.switch(&silent(&[])).await;
                world.pass_hours(1).await;
            }
            "the engine is down" => {
                world.kill_and_restart(100 * 3_600);
                world.settle().await;
            }
            _ => world.pass(600).await,
        }
        assert_eq!(ended(&world.client.top_up(&wallet, "tu_1").await), "succeeded", "{what}");
        let customers = BTreeSet::from([world.account.customer_of(&page).await]);
        world.came_to(&wallet, &customers).await;
        // The card is kept as after any payment.
        let auto = world.client.auto_top_up(&wallet).await;
        assert_eq!(auto["payment_method"]["last4"], "4242", "{what}: {auto}");
    }
    world.stop_and_verify();
}
