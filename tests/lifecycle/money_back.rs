//! Money that a payment takes back (RULES, section 10): refunds post the difference to what was refunded before,
//! disputes post when funds are withdrawn and reinstated. Neither fires auto top-up, and a dispute stops it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::seen;
use crate::support::life::JSON;
use crate::support::sandbox::{GOOD, ended};
use crate::world::{NUMBER, World};

const START: &str = "2026-07-15T10:00:00Z";

/// A wallet into which 100 were paid by hand, and the provider's id of that payment.
async fn paid() -> (World, String) {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    let payment = pay(&mut world, "100").await;
    (world, payment)
}

pub async fn pay(world: &mut World, amount: &str) -> String {
    let key = world.key();
    let opened = world.client.open_top_up("acme", &key, amount).await.wants(201);
    let page = opened["checkout_url"].as_str().expect("a place to pay").to_owned();
    world.customer.send(&page, "pay", GOOD).await;
    ended(&world.client, "acme", opened["top_up"].as_str().expect("an id")).await;
    world.settle().await;
    world.customer.payment_of(&page).await
}

/// The sandbox's webhooks are so from now on.
async fn switch(world: &World, switches: Value) {
    let path = "/sandbox/stripe/switches";
    world.client.call(Method::PUT, path, &[JSON], switches.to_string()).await.wants(200);
}

pub async fn refund(world: &mut World, payment: &str, cents: u64) {
    world.customer.api("refunds", &format!("payment_intent={payment}&amount={cents}")).await;
    world.settle().await;
}

pub async fn dispute(world: &mut World, payment: &str, cents: u64) -> String {
    let form = format!("payment_intent={payment}&amount={cents}");
    let made = world.customer.api("sandbox/disputes", &form).await;
    world.settle().await;
    made["id"].as_str().unwrap_or_else(|| panic!("wanted a dispute: {made}")).to_owned()
}

pub async fn reinstate(world: &mut World, dispute: &str) {
    world.customer.api(&format!("sandbox/disputes/{dispute}/reinstate"), "").await;
    world.settle().await;
}

async fn balance(world: &World) -> String {
    seen::wallet(&world.client.wallet("acme").await)
}

async fn auto(world: &World) -> String {
    seen::auto_top_up(&world.client.auto_top_up("acme").await)
}

/// Credited, refunded and disputed of the first top-up.
async fn first_top_up(world: &World) -> String {
    let row = world.client.top_up("acme", "tu_1").await;
    let amount = |field: &str| row[field].as_str().unwrap_or("?").to_owned();
    format!("{} {} {}", amount("credited"), amount("refunded"), amount("disputed"))
}

#[tokio::test]
async fn refunds_post_the_difference_to_what_was_refunded_before() {
    let (mut world, payment) = paid().await;
    refund(&mut world, &payment, 3_000).await;
    assert_eq!(first_top_up(&world).await, "100 30 0");
    refund(&mut world, &payment, 50).await;
    world.advance("2026-08-20T10:00:00Z").await;
    refund(&mut world, &payment, 6_950).await;
    assert_eq!(first_top_up(&world).await, "100 100 0");
    let wanted = [
        "2026-07-15 10:00:00 top_up 100 = 100",
        "2026-07-15 10:00:00 payment_refund -30 = 70",
        "2026-07-15 10:00:00 payment_refund -0.5 = 69.5",
        "2026-08-20 10:00:00 payment_refund -69.5 = 0",
    ];
    assert_eq!(seen::entries(&world.client, "acme").await, wanted);
    let entries = world.client.entries("acme").await;
    assert!(entries.iter().all(|entry| entry["top_up"] == "tu_1"), "wanted each linked: {entries:?}");
    assert_eq!(balance(&world).await, "suspended 0");
}

#[tokio::test]
async fn repeated_and_reordered_refunds_and_disputes_post_once() {
    let (mut world, payment) = paid().await;
    switch(&world, json!({"webhook_copies": 3, "webhook_reorder": true, "webhook_delay_seconds": 60})).await;
    for cents in [1_000, 500, 200] {
        world.customer.api("refunds", &format!("payment_intent={payment}&amount={cents}")).await;
    }
    let form = format!("payment_intent={payment}&amount=2500");
    let made = world.customer.api("sandbox/disputes", &form).await;
    world.advance("2026-07-16T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 58", "100 less 17 refunded and 25 withdrawn");
    assert_eq!(first_top_up(&world).await, "100 17 25");
    reinstate(&mut world, made["id"].as_str().expect("an id")).await;
    world.advance("2026-07-17T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 83");
    assert_eq!(first_top_up(&world).await, "100 17 0");
}

/// The bank takes money and gives it back before either is told, and the second is told first.
#[tokio::test]
async fn a_dispute_that_is_told_backwards_leaves_nothing() {
    let (mut world, payment) = paid().await;
    switch(&world, json!({"webhook_reorder": true, "webhook_delay_seconds": 60})).await;
    let made = world.customer.api("sandbox/disputes", &format!("payment_intent={payment}")).await;
    let id = made["id"].as_str().expect("an id");
    world.customer.api(&format!("sandbox/disputes/{id}/reinstate"), "").await;
    world.advance("2026-07-16T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 100");
    assert_eq!(first_top_up(&world).await, "100 0 0");
}

/// A bank that is quicker than the news of the payment.
#[tokio::test]
async fn what_is_taken_back_before_the_payment_is_told_posts_with_its_credit() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    pay(&mut world, "20").await;
    world.set_auto("acme", "30", "25").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 45");
    switch(&world, json!({"webhook_reorder": true, "webhook_delay_seconds": 60})).await;
    let opened = world.client.open_top_up("acme", "t", "100").await.wants(201);
    let page = opened["checkout_url"].as_str().expect("a place to pay").to_owned();
    world.customer.send(&page, "pay", GOOD).await;
    let payment = world.customer.payment_of(&page).await;
    world.customer.api("refunds", &format!("payment_intent={payment}&amount=1000")).await;
    world.customer.api("sandbox/disputes", &format!("payment_intent={payment}&amount=6000")).await;
    world.advance("2026-07-15T11:00:00Z").await;
    assert_eq!(balance(&world).await, "active 75", "45, and 100 less 10 and 60");
    assert_eq!(auto(&world).await, "stopped disputed");
    let row = world.client.top_up("acme", opened["top_up"].as_str().expect("an id")).await;
    assert_eq!((&row["status"], &row["disputed"]), (&json!("succeeded"), &json!("60")), "{row}");
    let told = seen::alert_types(&world.client, "acme").await;
    assert!(told.contains(&"auto_top_up.stopped".to_owned()), "wanted it told: {told:?}");
}

#[tokio::test]
async fn a_refund_fires_no_auto_top_up_and_the_next_charge_does() {
    let (mut world, payment) = paid().await;
    world.set_auto("acme", "50", "20").await;
    refund(&mut world, &payment, 6_000).await;
    assert_eq!(balance(&world).await, "active 40", "at 40 of 50, and nothing was taken");
    assert_eq!(auto(&world).await, "ready", "a refund does not stop it");
    world.send("acme", "m-1", 5).await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 55", "a charge at or below the minimum fires");
}

#[tokio::test]
async fn a_dispute_stops_auto_top_up_and_reinstating_does_not_start_it() {
    let (mut world, payment) = paid().await;
    world.set_auto("acme", "50", "20").await;
    let dispute = dispute(&mut world, &payment, 10_000).await;
    assert_eq!(balance(&world).await, "suspended 0");
    assert_eq!(first_top_up(&world).await, "100 0 100");
    assert_eq!(auto(&world).await, "stopped disputed");
    let told = world.client.alerts("acme").await;
    let stopped: Vec<_> = told.iter().filter(|row| row["type"] == "auto_top_up.stopped").collect();
    assert_eq!(stopped.len(), 1, "wanted it told once: {told:?}");
    assert_eq!(world.send("acme", "m-1", 5).await.said(), "refused suspended");
    world.advance("2026-08-15T10:00:00Z").await;
    assert_eq!(balance(&world).await, "suspended 0", "stopped is stopped");

    reinstate(&mut world, &dispute).await;
    world.send("acme", "m-2", 60).await;
    world.advance("2026-08-16T10:00:00Z").await;
    assert_eq!(balance(&world).await, "active 40", "the funds are back, and it is stopped still");
    assert_eq!(auto(&world).await, "stopped disputed");
    let wanted = [
        "2026-07-15 10:00:00 dispute -100 = 0",
        "2026-08-15 10:00:00 dispute_reinstated 100 = 100",
        "2026-08-15 10:00:00 charge -60 = 40",
    ];
    assert_eq!(seen::entries(&world.client, "acme").await[1..], wanted);

    // Switched on anew it looks at once.
    world.client.end_auto_top_up("acme").await.wants(200);
    world.set_auto("acme", "50", "20").await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 60");
}

#[tokio::test]
async fn a_top_up_by_hand_ends_the_stop_of_a_dispute() {
    let (mut world, payment) = paid().await;
    world.set_auto("acme", "50", "20").await;
    dispute(&mut world, &payment, 6_000).await;
    assert_eq!(auto(&world).await, "stopped disputed");
    pay(&mut world, "30").await;
    assert_eq!(balance(&world).await, "active 70");
    assert_eq!(auto(&world).await, "ready");
}

#[tokio::test]
async fn money_taken_back_suspends_and_money_given_back_pays_arrears_and_resumes() {
    let (mut world, payment) = paid().await;
    world.buy("acme", NUMBER).await;
    let dispute = dispute(&mut world, &payment, 10_000).await;
    assert_eq!(balance(&world).await, "suspended -5", "it overrides the balance");
    world.advance("2026-09-20T10:00:00Z").await;
    assert_eq!(balance(&world).await, "suspended -5, owes 10");
    assert_eq!(world.client.number("acme", NUMBER).await["status"], "release_scheduled");
    reinstate(&mut world, &dispute).await;
    assert_eq!(balance(&world).await, "active 85", "100 back, two months paid");
    assert_eq!(world.client.number("acme", NUMBER).await["status"], "active");
    let alerts = seen::alert_types(&world.client, "acme").await;
    let wanted = [
        "top_up.succeeded",
        "wallet.resumed",
        "wallet.suspended",
        "number.fee_unpaid",
        "number.fee_unpaid",
        "number.release_scheduled",
        "number.release_cancelled",
        "wallet.resumed",
    ];
    assert_eq!(alerts, wanted);
}

#[tokio::test]
async fn a_refund_of_an_automatic_top_up_posts_too() {
    let (mut world, payment) = paid().await;
    world.set_auto("acme", "90", "25").await;
    world.send("acme", "m-1", 10).await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 115");
    let automatic = world.customer.payments_with(&payment).await;
    let automatic = automatic.iter().find(|payment| payment["amount"] == 2_500).expect("a payment of 25");
    let id = automatic["id"].as_str().expect("an id").to_owned();
    refund(&mut world, &id, 2_500).await;
    assert_eq!(balance(&world).await, "active 90");
    let row = world.client.top_up("acme", "tu_2").await;
    assert_eq!((&row["kind"], &row["refunded"]), (&json!("auto"), &json!("25")), "{row}");
    assert_eq!(first_top_up(&world).await, "100 0 0");
}

#[tokio::test]
async fn what_was_taken_back_is_so_after_a_kill() {
    let (mut world, payment) = paid().await;
    world.set_auto("acme", "50", "20").await;
    refund(&mut world, &payment, 1_000).await;
    let dispute = dispute(&mut world, &payment, 2_000).await;
    world.kill_and_restart(START).await;
    world.settle().await;
    assert_eq!(balance(&world).await, "active 70");
    assert_eq!(first_top_up(&world).await, "100 10 20");
    assert_eq!(auto(&world).await, "stopped disputed");
    reinstate(&mut world, &dispute).await;
    refund(&mut world, &payment, 1_000).await;
    assert_eq!(balance(&world).await, "active 80");
    assert_eq!(first_top_up(&world).await, "100 20 0");
}
