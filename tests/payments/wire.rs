//! Faults on the wire: each kind strikes a call of each kind once, and what the engine then learns by asking is what
//! happened. The provider tells nothing by itself, but of checkouts.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::life::JSON;
use crate::support::pair::{Pair, until};
use crate::support::provider::{assert_settled, fault, text};
use crate::support::sandbox::GOOD;

const CUSTOMERS: &str = "POST /v1/customers";
const SESSIONS: &str = "POST /v1/checkout/sessions";
const CHARGES: &str = "POST /v1/payment_intents";

/// A fault, and the call that it strikes once.
const OPENING: [(&str, &str); 9] = [
    ("time_out_before", CUSTOMERS),
    ("time_out_after", CUSTOMERS),
    ("error_before", CUSTOMERS),
    ("in_flight", CUSTOMERS),
    ("time_out_before", SESSIONS),
    ("time_out_after", SESSIONS),
    ("error_before", SESSIONS),
    ("in_flight", SESSIONS),
    ("too_many", SESSIONS),
];

#[tokio::test]
async fn a_checkout_whose_opening_has_an_unclear_end_is_opened_all_the_same_and_credited_once() {
    let pair = Pair::start().await;
    for (number, (kind, line)) in OPENING.iter().enumerate() {
        let wallet = format!("w-{number}");
        pair.client.wallet_with(&wallet, "0").await;
        pair.operator.switch(&json!({"webhooks": false, "faults": [fault(kind, line, 1)]})).await;
        let opened = pair.client.open_top_up(&wallet, "k-1", "25").await.wants(201);
        assert_eq!(opened["status"], "unknown", "{kind} at {line}: it is not known to be open: {opened}");
        assert!(opened["checkout_url"].is_null(), "{kind} at {line}: {opened}");
        assert_eq!(pair.operator.faults_left().await, 0, "{kind} at {line}: wanted it to strike");
    }
    for (number, (kind, line)) in OPENING.iter().enumerate() {
        let wallet = format!("w-{number}");
        let what = format!("{kind} at {line}: a page");
        let opened = pair.until(&wallet, "tu_1", &what, |top_up| top_up["status"] == "open").await;
        let page = text(&opened, "checkout_url");
        pair.pay_and_tell(page, GOOD).await;
        // Whoever asked asks again: the same page, not another.
        let again = pair.client.open_top_up(&wallet, "k-1", "25").await.wants(200);
        assert_eq!(again["top_up"], "tu_1", "{kind} at {line}: {again}");
        let customers = [pair.account.customer_of(page).await].into();
        let top_ups = assert_settled(&pair.client, &pair.account, &wallet, &customers).await;
        assert_eq!(top_ups.len(), 1, "{kind} at {line}: {top_ups:?}");
        assert_eq!(pair.client.wallet(&wallet).await["balance"], "25", "{kind} at {line}");
    }
    pair.stop_and_verify();
}

const CHARGING: [&str; 6] =
    ["time_out_before", "time_out_after", "error_before", "error_after", "in_flight", "too_many"];

#[tokio::test]
async fn an_automatic_charge_with_an_unclear_end_is_asked_about_and_charged_once() {
    let pair = Pair::start().await;
    let mut customers = Vec::new();
    for kind in CHARGING {
        customers.push(pair.with_card(kind, "25").await);
        pair.set_auto(kind, "10", "40").await;
    }
    for kind in CHARGING {
        pair.operator.switch(&json!({"webhooks": false, "faults": [fault(kind, CHARGES, 1)]})).await;
        pair.client.spend(kind, "fee-1", "20").await;
        until(&format!("{kind} to strike"), async || match pair.operator.faults_left().await {
            0 => Ok(()),
            left => Err(format!("{left} left")),
        })
        .await;
    }
    for (kind, customer) in CHARGING.into_iter().zip(customers) {
        let top_up = pair.until_resolved(kind, "tu_2").await;
        assert_eq!(top_up["status"], "succeeded", "{kind}: {top_up}");
        assert_settled(&pair.client, &pair.account, kind, &[customer].into()).await;
        assert_eq!(pair.client.wallet(kind).await["balance"], "45", "{kind}: 25 - 20 + 40");
    }
    pair.stop_and_verify();
}

/// Really too late: not an answer that breaks off, but none within the time that the engine waits.
#[tokio::test]
async fn calls_and_answers_that_are_held_up_beyond_the_time_limit_charge_once() {
    let (pair, proxy) = Pair::with_proxy().await;
    for (wallet, what) in [
        ("answers", "no answer comes"),
        ("calls", "the call arrives after it was given up"),
        ("overtaken", "the call arrives after it was made again"),
    ] {
        let customer = pair.with_card(wallet, "25").await;
        pair.set_auto(wallet, "10", "40").await;
        match wallet {
            "answers" => proxy.stop_answers(),
            _ => proxy.stop_calls(),
        }
        pair.client.spend(wallet, "fee-1", "20").await;
        pair.until(wallet, "tu_2", "its end unknown", |top_up| top_up["status"] == "unknown").await;
        // Nothing is charged under another key meanwhile, whatever happens to the wallet.
        pair.client.spend(wallet, "fee-2", "20").await;
        assert_eq!(pair.client.top_ups(wallet).await.len(), 2, "{what}: one attempt at a time (T1)");
        assert_eq!(pair.client.auto_top_up(wallet).await["status"], "under_way", "{what}");
        if wallet == "answers" {
            // One that is under way credits all the same.
            pair.client.end_auto_top_up(wallet).await.wants(200);
        }
        if wallet == "overtaken" {
            proxy.let_new_calls_pass();
            pair.until_resolved(wallet, "tu_2").await;
            let before = proxy.answers();
            proxy.open();
            until("the first call answered", async || match proxy.answers() > before {
                true => Ok(()),
                false => Err("not yet".to_owned()),
            })
            .await;
        }
        proxy.open();
        let top_up = pair.until_resolved(wallet, "tu_2").await;
        assert_eq!(top_up["status"], "succeeded", "{what}: {top_up}");
        assert_settled(&pair.client, &pair.account, wallet, &[customer].into()).await;
        assert_eq!(pair.client.wallet(wallet).await["balance"], "25", "{what}: 25 - 20 - 20 + 40");
    }
    pair.stop_and_verify();
}

/// Connections are refused; then the provider is back.
#[tokio::test]
async fn while_the_provider_is_down_nothing_is_lost_and_nothing_is_blocked() {
    let mut pair = Pair::start().await;
    let customer = pair.with_card("acme", "25").await;
    pair.client.wallet_with("new", "0").await;
    pair.set_auto("acme", "10", "40").await;
    let address = pair.end_provider();
    pair.client.spend("acme", "fee-1", "20").await;
    let opened = pair.client.open_top_up("new", "k-1", "25").await.wants(201);
    assert_eq!(opened["status"], "unknown", "{opened}");
    pair.until("acme", "tu_2", "its end unknown", |top_up| top_up["status"] == "unknown").await;
    // The payment worker blocks nobody.
    pair.client.adjust("acme", "credit-1", "1", "while it is down").await.wants(201);
    pair.client.spend("new", "fee-1", "1").await;
    // Of a dispute only the provider knows whose it is: it is told to come again.
    let dispute = json!({
        "id": "dp_1", "object": "dispute", "amount": 2500, "currency": "usd", "payment_intent": "pi_of_somebody",
    });
    pair.client.deliver("charge.dispute.funds_withdrawn", &dispute).await.wants_problem(503, "unavailable");

    pair.start_provider(&address).await;
    let charged = pair.until_resolved("acme", "tu_2").await;
    assert_eq!(charged["status"], "succeeded", "{charged}");
    assert_settled(&pair.client, &pair.account, "acme", &[customer].into()).await;
    assert_eq!(pair.client.wallet("acme").await["balance"], "46", "25 - 20 + 1 + 40");
    let open = pair.until("new", "tu_1", "a page", |top_up| top_up["status"] == "open").await;
    let page = text(&open, "checkout_url");
    pair.pay_and_tell(page, GOOD).await;
    let customers = BTreeSet::from([pair.account.customer_of(page).await]);
    assert_settled(&pair.client, &pair.account, "new", &customers).await;
    pair.stop_and_verify();
}

/// The first request waits for the provider; the second one is told so.
#[tokio::test]
async fn a_top_up_under_way_is_in_flight_for_whoever_asks_again() {
    let (pair, proxy) = Pair::with_proxy().await;
    pair.client.wallet_with("acme", "0").await;
    proxy.stop_answers();
    let before = proxy.calls();
    let client = pair.client.clone();
    let first = tokio::spawn(async move { client.open_top_up("acme", "k-1", "25").await });
    until("the provider called", async || match proxy.calls() > before {
        true => Ok(()),
        false => Err("not yet".to_owned()),
    })
    .await;
    let second = pair.client.open_top_up("acme", "k-1", "25").await;
    second.wants_problem(409, "in_flight");
    pair.client.open_top_up("acme", "k-1", "26").await.wants_problem(422, "idempotency_key_reused");
    proxy.open();
    let opened = first.await.expect("the first request").wants(201);
    let wanted = |top_up: &Value| top_up["status"] == "open";
    let open = pair.until("acme", "tu_1", "a page", wanted).await;
    assert_eq!(opened["top_up"], open["top_up"]);
    let body = json!({"amount": "25", "return_url": "http://127.0.0.1:9/back"}).to_string();
    let headers = [JSON, ("idempotency-key", "k-1")];
    let again = pair.client.call(Method::POST, "/v1/wallets/acme/top-ups", &headers, body).await;
    assert_eq!(again.wants(200), open, "wanted the first answer replayed");
    assert_eq!(pair.client.top_ups("acme").await.len(), 1, "wanted one page for one key");
    pair.stop_and_verify();
}
