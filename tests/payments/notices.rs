//! Who may say that something was paid: webhooks that are forged, stale, foreign or do not fit change nothing.

use serde_json::{Value, json};

use crate::support::pair::Pair;
use crate::support::provider::{assert_settled, text};
use crate::support::sandbox::GOOD;
use crate::support::signed::{OLD_SECRET, SECRET, digest, event, header, now};

/// A change of an event, by a pointer into it.
fn with(event: &Value, pointer: &str, value: impl Into<Value>) -> String {
    let mut changed = event.clone();
    *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} in {event}")) = value.into();
    changed.to_string()
}

/// A checkout of 25 that was paid, and that nobody has told of; the session and its payment.
async fn paid(pair: &Pair) -> (Value, Value) {
    pair.client.wallet_with("acme", "0").await;
    let opened = pair.client.open_top_up("acme", "k-1", "25").await.wants(201);
    let page = text(&opened, "checkout_url");
    assert_eq!(opened["status"], "open", "{opened}");
    pair.customer.send(page, "pay", GOOD).await;
    let session = pair.account.session(page).await;
    let payment = pair.account.payment(text(&session, "payment_intent")).await;
    assert_eq!(payment["status"], "succeeded", "{payment}");
    (session, payment)
}

#[tokio::test]
async fn only_what_is_signed_now_by_our_secret_and_fits_its_attempt_credits() {
    let pair = Pair::start().await;
    let (session, payment) = paid(&pair).await;
    let good = event("checkout.session.completed", &session);
    let body = good.to_string();
    let paid = event("payment_intent.succeeded", &payment);
    let (at, signed) = (now(), |body: &str| header(SECRET, now(), body));
    let twice = format!("t={at},v1={},v1={}", digest("whsec_else", at, &body), "00".repeat(32));
    let forged: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("no signature", format!("t={at}")),
        ("another's secret", header("whsec_of_somebody_else", at, &body)),
        ("two of others", twice),
        ("no secret at all", header("", at, &body)),
        ("another body", signed(&with(&good, "/data/object/amount_total", 1))),
        ("another time", format!("t={},v1={}", at + 1, digest(SECRET, at, &body))),
        ("another scheme", format!("t={at},v0={}", digest(SECRET, at, &body))),
        ("more than 300 seconds ago", header(SECRET, at - 330, &body)),
        ("more than 300 seconds ahead", header(SECRET, at + 330, &body)),
    ];
    for (what, header) in &forged {
        let answer = pair.client.send_signed(header, &body).await;
        answer.wants_problem(400, "bad_signature");
        assert_eq!(pair.client.wallet("acme").await["balance"], "0", "{what}: nothing of it may be believed");
    }

    let metadata = |name: &str| format!("/data/object/metadata/farebox_{name}");
    let misfits: Vec<(&str, String, u16, &str)> = vec![
        (
            "an attempt that was never made",
            with(&good, &metadata("attempt"), "tu_999"),
            200,
            "unknown_attempt",
        ),
        ("what is no attempt", with(&good, &metadata("attempt"), "pay me"), 200, "unknown_attempt"),
        ("a wallet that is not there", with(&good, &metadata("wallet"), "nobody"), 200, "unknown_attempt"),
        ("another installation", with(&good, &metadata("instance"), "00ff"), 200, "unknown_attempt"),
        (
            "another installation's payment",
            with(&paid, &metadata("instance"), "00ff"),
            200,
            "unknown_attempt",
        ),
        ("less", with(&good, "/data/object/amount_total", 2499), 422, "payment_mismatch"),
        ("more", with(&paid, "/data/object/amount_received", 2501), 422, "payment_mismatch"),
        ("nothing", with(&paid, "/data/object/amount_received", 0), 422, "payment_mismatch"),
        ("another currency", with(&good, "/data/object/currency", "eur"), 422, "payment_mismatch"),
        (
            "another currency of the payment",
            with(&paid, "/data/object/currency", "jpy"),
            422,
            "payment_mismatch",
        ),
        ("a currency that nobody counts", with(&paid, "/data/object/currency", "xyzw"), 400, "bad_request"),
        ("another customer", with(&paid, "/data/object/customer", "cus_else"), 422, "payment_mismatch"),
        ("real money", with(&good, "/livemode", true), 422, "payment_mismatch"),
        ("an object of real money", with(&paid, "/data/object/livemode", true), 422, "payment_mismatch"),
        ("a session of real money", with(&good, "/data/object/livemode", true), 422, "payment_mismatch"),
        ("a type that is nothing to us", with(&good, "/type", "customer.created"), 200, "ignored"),
        ("a type that will be", with(&good, "/type", "checkout.session.paid_by_barter"), 200, "ignored"),
    ];
    for (what, body, status, word) in &misfits {
        let answer = pair.client.send_signed(&signed(body), body).await;
        match status {
            200 => assert_eq!(answer.wants(200)["outcome"], *word, "{what}"),
            status => drop(answer.wants_problem(*status, word)),
        }
        let top_up = pair.client.top_up("acme", "tu_1").await;
        assert_eq!(
            (&top_up["status"], &top_up["credited"]),
            (&json!("open"), &json!("0")),
            "{what}: {top_up}"
        );
        assert_eq!(pair.client.wallet("acme").await["balance"], "0", "{what}: it may not credit");
    }

    let rotating = format!("{},v1={}", header("whsec_next", at, &body), digest(OLD_SECRET, at, &body));
    let taken = pair.client.send_signed(&rotating, &body).await.wants(200);
    assert_eq!(taken["outcome"], "applied", "one of several signatures is by a secret of ours");
    assert_eq!(pair.client.wallet("acme").await["balance"], "25");
    let customers = [text(&session, "customer").to_owned()].into();
    assert_settled(&pair.client, &pair.account, "acme", &customers).await;
    pair.stop_and_verify();
}

#[tokio::test]
async fn whatever_is_repeated_or_comes_late_after_the_credit_changes_nothing() {
    let pair = Pair::start().await;
    let (session, payment) = paid(&pair).await;
    // Sixteen at once, of two kinds: as when a provider catches up after a fault.
    let at_once = (0..16).map(|number| {
        let (client, session, payment) = (pair.client.clone(), session.clone(), payment.clone());
        tokio::spawn(async move {
            match number % 2 {
                0 => client.delivers("checkout.session.completed", &session).await,
                _ => client.delivers("payment_intent.succeeded", &payment).await,
            }
        })
    });
    let mut applied = 0;
    for delivered in at_once.collect::<Vec<_>>() {
        let outcome = delivered.await.expect("a delivery");
        assert!(["applied", "known"].contains(&outcome.as_str()), "{outcome}");
        applied += usize::from(outcome == "applied");
    }
    assert!(applied >= 1, "wanted one of them applied");
    let before = pair.client.entries("acme").await;
    assert_eq!(before.len(), 1, "wanted one credit of sixteen tellings: {before:?}");

    let expired = json!({"status": "expired", "payment_status": "unpaid"});
    let expired = merged(&session, &expired);
    let failed =
        json!({"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}});
    let failed = merged(&payment, &failed);
    for (kind, object) in [
        ("checkout.session.completed", &session),
        ("checkout.session.async_payment_succeeded", &session),
        ("payment_intent.succeeded", &payment),
        ("checkout.session.expired", &expired),
        ("checkout.session.async_payment_failed", &expired),
        ("payment_intent.payment_failed", &failed),
        ("payment_intent.canceled", &merged(&payment, &json!({"status": "canceled"}))),
    ] {
        assert_eq!(pair.client.delivers(kind, object).await, "known", "{kind}");
    }
    assert_eq!(pair.client.entries("acme").await, before, "nothing of it may post");
    let customers = [text(&session, "customer").to_owned()].into();
    assert_settled(&pair.client, &pair.account, "acme", &customers).await;
    pair.stop_and_verify();
}

fn merged(object: &Value, changes: &Value) -> Value {
    let mut object = object.clone();
    for (field, value) in changes.as_object().expect("changes") {
        object[field] = value.clone();
    }
    object
}
