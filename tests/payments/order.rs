//! Webhooks in any order: refunds and disputes told of before the payment itself, a payment before the call's answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::pair::{Pair, until};
use crate::support::provider::{assert_settled, text};
use crate::support::sandbox::GOOD;

/// `top_up 25`, for every entry.
async fn posted(pair: &Pair, wallet: &str) -> Vec<String> {
    let entries = pair.client.entries(wallet).await;
    entries.iter().map(|entry| format!("{} {}", text(entry, "type"), text(entry, "amount"))).collect()
}

struct Paid {
    session: Value,
    payment: Value,
}

/// A paid checkout of 25 that the engine has not heard of.
async fn paid(pair: &Pair, wallet: &str) -> Paid {
    pair.client.wallet_with(wallet, "0").await;
    let opened = pair.client.open_top_up(wallet, &format!("k-{wallet}"), "25").await.wants(201);
    let page = text(&opened, "checkout_url");
    pair.customer.send(page, "pay", GOOD).await;
    let session = pair.account.session(page).await;
    let payment = pair.account.payment(text(&session, "payment_intent")).await;
    Paid { session, payment }
}

/// The charge of a payment, as a webhook shows it after so many cents were refunded.
fn refunded(payment: &Value, cents: u64) -> Value {
    json!({
        "id": payment["latest_charge"], "object": "charge", "amount": payment["amount"],
        "amount_refunded": cents, "currency": payment["currency"], "customer": payment["customer"],
        "payment_intent": payment["id"], "metadata": payment["metadata"], "livemode": false,
        "refunded": payment["amount"] == cents,
    })
}

async fn refund(pair: &Pair, payment: &Value, cents: u64) {
    let form = format!("payment_intent={}&amount={cents}", text(payment, "id"));
    pair.account.done("POST /v1/refunds", &form).await;
}

#[tokio::test]
async fn refunds_and_disputes_post_the_same_in_whatever_order_they_are_told() {
    let pair = Pair::start().await;

    let Paid { session, payment } = paid(&pair, "refunds").await;
    refund(&pair, &payment, 500).await;
    refund(&pair, &payment, 1000).await;
    let told = [
        // The second refund is told of first, and both before the payment.
        ("charge.refunded", refunded(&payment, 1500), "applied"),
        ("charge.refunded", refunded(&payment, 500), "known"),
        ("checkout.session.completed", session, "applied"),
        ("payment_intent.succeeded", payment.clone(), "known"),
        ("charge.refunded", refunded(&payment, 1500), "known"),
        ("charge.refunded", refunded(&payment, 500), "known"),
    ];
    for (kind, object, want) in &told {
        assert_eq!(&pair.client.delivers(kind, object).await, want, "{kind} {object}");
    }
    assert_eq!(posted(&pair, "refunds").await, ["top_up 25", "payment_refund -15"]);

    let Paid { session, payment } = paid(&pair, "disputes").await;
    let form = format!("payment_intent={}", text(&payment, "id"));
    let withdrawn = pair.account.done("POST /v1/sandbox/disputes", &form).await;
    let first = pair.client.delivers("charge.dispute.funds_withdrawn", &withdrawn).await;
    assert!(["applied", "known"].contains(&first.as_str()), "it may not be dropped: {first}");
    assert_eq!(pair.client.delivers("checkout.session.completed", &session).await, "applied");
    assert_eq!(pair.client.delivers("charge.dispute.funds_withdrawn", &withdrawn).await, "known");
    assert_eq!(posted(&pair, "disputes").await, ["top_up 25", "dispute -25"]);
    let reinstate = format!("POST /v1/sandbox/disputes/{}/reinstate", text(&withdrawn, "id"));
    let reinstated = pair.account.done(&reinstate, "").await;
    assert_eq!(pair.client.delivers("charge.dispute.funds_reinstated", &reinstated).await, "applied");
    assert_eq!(pair.client.delivers("charge.dispute.funds_reinstated", &reinstated).await, "known");
    assert_eq!(pair.client.delivers("charge.dispute.funds_withdrawn", &withdrawn).await, "known");
    assert_eq!(posted(&pair, "disputes").await, ["top_up 25", "dispute -25", "dispute_reinstated 25"]);

    let Paid { session, payment } = paid(&pair, "backwards").await;
    let form = format!("payment_intent={}", text(&payment, "id"));
    let withdrawn = pair.account.done("POST /v1/sandbox/disputes", &form).await;
    let reinstate = format!("POST /v1/sandbox/disputes/{}/reinstate", text(&withdrawn, "id"));
    let reinstated = pair.account.done(&reinstate, "").await;
    for (kind, object) in [
        ("charge.dispute.funds_reinstated", &reinstated),
        ("charge.dispute.funds_withdrawn", &withdrawn),
        ("payment_intent.succeeded", &payment),
        ("checkout.session.completed", &session),
        ("charge.dispute.funds_reinstated", &reinstated),
    ] {
        pair.client.delivers(kind, object).await;
    }
    assert_eq!(pair.client.wallet("backwards").await["balance"], "25", "taken and given back");

    // More than was paid, of a payment of ours.
    let Paid { session, payment } = paid(&pair, "greedy").await;
    assert_eq!(pair.client.delivers("checkout.session.completed", &session).await, "applied");
    pair.client
        .deliver("charge.refunded", &refunded(&payment, 2501))
        .await
        .wants_problem(422, "payment_mismatch");
    assert_eq!(posted(&pair, "greedy").await, ["top_up 25"]);
    pair.stop_and_verify();
}

#[tokio::test]
async fn a_payment_that_is_told_of_before_the_calls_answer_is_credited_once() {
    let (pair, proxy) = Pair::with_proxy().await;
    let customer = pair.with_card("acme", "25").await;
    pair.set_auto("acme", "10", "40").await;
    proxy.stop_answers();
    pair.client.spend("acme", "fee-1", "20").await;
    let payment = until("the charge at the provider", async || {
        let payments = pair.account.payments_of(&customer).await;
        payments
            .iter()
            .find(|payment| payment["metadata"]["farebox_attempt"] == "tu_2")
            .cloned()
            .ok_or("none".into())
    })
    .await;
    assert_eq!(pair.client.delivers("payment_intent.succeeded", &payment).await, "applied");
    let top_up = pair.client.top_up("acme", "tu_2").await;
    assert_eq!((&top_up["status"], &top_up["credited"]), (&json!("succeeded"), &json!("40")), "{top_up}");
    proxy.open();
    assert_eq!(pair.client.delivers("payment_intent.succeeded", &payment).await, "known");
    assert_eq!(posted(&pair, "acme").await, ["top_up 25", "carrier_fee -20", "top_up 40"]);
    assert_settled(&pair.client, &pair.account, "acme", &BTreeSet::from([customer])).await;
    pair.stop_and_verify();
}
