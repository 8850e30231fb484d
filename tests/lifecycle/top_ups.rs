//! Top-ups by hand (RULES, section 10): a checkout, credited once; declined, abandoned and left alone.

use serde_json::json;

use crate::seen;
use crate::support::sandbox::{DECLINED, GOOD, ended};
use crate::world::{NUMBER, World, instant};

const START: &str = "2026-07-15T10:00:00Z";

async fn started() -> World {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world
}

fn text<'a>(document: &'a serde_json::Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_else(|| panic!("wanted `{field}` in {document}"))
}

#[tokio::test]
async fn a_paid_checkout_is_credited_once() {
    let mut world = started().await;
    let opened = world.client.open_top_up("acme", "t-1", "25.5").await.wants(201);
    let wanted = json!({"kind": "checkout", "amount": "25.5", "currency": "USD", "credited": "0", "refunded": "0",
        "disputed": "0", "seq": null, "closed_at": null});
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(opened[field], *value, "wanted `{field}` of the open top-up: {opened}");
    }
    assert!(["opening", "open"].contains(&text(&opened, "status")), "{opened}");
    assert_eq!(world.client.balance("acme").await, 0, "an open checkout credits nothing");
    for _ in 0..3 {
        // A customer who sends the form again: paid is paid.
        let _ = world.customer.try_send(text(&opened, "checkout_url"), "pay", GOOD).await;
    }
    let paid = ended(&world.client, "acme", text(&opened, "top_up")).await;
    world.settle().await;
    assert_eq!(
        (&paid["status"], &paid["credited"], &paid["seq"]),
        (&json!("succeeded"), &json!("25.5"), &json!(1))
    );
    assert_eq!(paid["closed_at"].as_str().map(instant), Some(instant(START)), "{paid}");
    world.advance("2026-07-25T10:00:00Z").await;
    assert_eq!(seen::entries(&world.client, "acme").await, ["2026-07-15 10:00:00 top_up 25.5 = 25.5"]);
    assert_eq!(
        seen::alert_types(&world.client, "acme").await,
        ["top_up.succeeded", "wallet.resumed"].map(String::from)
    );
}

#[tokio::test]
async fn several_may_be_open_and_each_is_credited_for_itself() {
    let mut world = started().await;
    let mut opened = Vec::new();
    for amount in ["20", "30", "40"] {
        let key = world.key();
        opened.push(world.client.open_top_up("acme", &key, amount).await.wants(201));
    }
    for top_up in [&opened[2], &opened[0]] {
        world.customer.send(text(top_up, "checkout_url"), "pay", GOOD).await;
        ended(&world.client, "acme", text(top_up, "top_up")).await;
    }
    assert_eq!(seen::postings(&world.client, "acme").await, ["top_up 40 = 40", "top_up 20 = 60"]);
    let listed = world.client.top_ups("acme").await;
    assert_eq!(listed.len(), 3, "wanted all of them listed: {listed:?}");
    let middle = world.client.top_up("acme", text(&opened[1], "top_up")).await;
    assert_eq!(middle["status"], "open", "the other one is open still: {middle}");
}

#[tokio::test]
async fn what_is_not_paid_is_not_credited_and_does_not_stay_open_for_ever() {
    let mut world = started().await;
    for (action, card) in [("decline", GOOD), ("pay", DECLINED), ("abandon", GOOD), ("nothing", GOOD)] {
        let key = world.key();
        let opened = world.client.open_top_up("acme", &key, "20").await.wants(201);
        if action != "nothing" {
            let status = world.customer.try_send(text(&opened, "checkout_url"), action, card).await;
            assert!(
                status.is_ok_and(|status| status < 500),
                "{action} with {card}: wanted the page to answer"
            );
        }
        world.settle().await;
        assert_eq!(world.client.balance("acme").await, 0, "{action} with {card} credits nothing");
    }
    world.advance("2026-07-18T10:00:00Z").await;
    for top_up in world.client.top_ups("acme").await {
        let status = text(&top_up, "status");
        assert!(["failed", "expired"].contains(&status), "wanted it closed within three days: {top_up}");
        assert!(top_up["closed_at"].is_string() && top_up["seq"].is_null(), "{top_up}");
        assert_eq!(top_up["credited"], "0", "{top_up}");
    }
    assert!(world.client.entries("acme").await.is_empty());
}

#[tokio::test]
async fn a_checkout_that_is_declined_may_be_paid_with_another_card() {
    let mut world = started().await;
    let opened = world.client.open_top_up("acme", "t-1", "20").await.wants(201);
    let page = text(&opened, "checkout_url");
    let _ = world.customer.try_send(page, "pay", DECLINED).await;
    world.settle().await;
    assert_eq!(world.client.balance("acme").await, 0);
    let _ = world.customer.try_send(page, "pay", GOOD).await;
    let after = ended(&world.client, "acme", text(&opened, "top_up")).await;
    world.settle().await;
    // Whether the page lets him try again is the provider's matter; what it says is what is credited.
    let credited = if after["status"] == "succeeded" { "20" } else { "0" };
    assert_eq!(after["credited"], credited, "{after}");
    assert_eq!(seen::postings(&world.client, "acme").await.len(), usize::from(credited == "20"));
}

#[tokio::test]
async fn a_top_up_resumes_and_pays_arrears_in_its_step() {
    let mut world = started().await;
    world.credit("acme", "5").await;
    world.buy("acme", NUMBER).await;
    world.advance("2026-10-01T10:00:00Z").await;
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "suspended 0, owes 10");
    world.pay("acme", "20", GOOD).await;
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "active 10");
    let wanted = [
        "2026-10-01 10:00:00 top_up 20 = 20",
        "2026-10-01 10:00:00 number_fee -5 = 15",
        "2026-10-01 10:00:00 number_fee -5 = 10",
    ];
    assert_eq!(seen::entries(&world.client, "acme").await[2..], wanted);
}

#[tokio::test]
async fn a_payment_that_lands_after_a_kill_is_credited_once() {
    let mut world = started().await;
    let opened = world.client.open_top_up("acme", "t-1", "20").await.wants(201);
    world.customer.send(text(&opened, "checkout_url"), "pay", GOOD).await;
    world.kill_and_restart(START).await;
    world.settle().await;
    world.advance("2026-07-17T10:00:00Z").await;
    let after = world.client.top_up("acme", text(&opened, "top_up")).await;
    assert_eq!(after["status"], "succeeded", "{after}");
    assert_eq!(seen::postings(&world.client, "acme").await, ["top_up 20 = 20"]);
}
