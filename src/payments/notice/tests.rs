//! Webhooks as Stripe sends them, and what each says.

use serde_json::{Value, json};

use super::*;
use crate::payments::facts::Method;

const SECRET: &str = "whsec_test";
const NOW: Timestamp = Timestamp::from_nanos(1_700_000_000_000_000_000);

fn signed(event: &Value) -> Result<Webhook, WebhookError> {
    let body = event.to_string();
    read_webhook(&[SECRET], &signature::sign(SECRET, body.as_bytes(), NOW), body.as_bytes(), NOW)
}

fn told(kind: &str, object: &Value) -> Result<Notice, WebhookError> {
    let event = json!({
        "id": "evt_1", "object": "event", "type": kind, "livemode": false, "data": { "object": object },
    });
    signed(&event).map(|webhook| webhook.notice)
}

/// `base` with these fields instead of its own.
fn with(base: &Value, fields: Value) -> Value {
    let mut object = base.clone();
    for (name, value) in fields.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

fn metadata() -> Value {
    json!({ "farebox_wallet": "acme", "farebox_attempt": "tu_1", "farebox_instance": "00ff", "more": "x" })
}

fn attempt() -> Option<AttemptRef> {
    Some(AttemptRef { wallet: "acme".into(), attempt: "tu_1".into(), instance: "00ff".into() })
}

fn session() -> Value {
    json!({
        "id": "cs_test_1", "object": "checkout.session", "amount_total": 2_050, "currency": "usd",
        "customer": "cus_1", "livemode": false, "metadata": metadata(), "mode": "payment",
        "payment_intent": "pi_1", "payment_status": "paid", "status": "complete", "url": null,
    })
}

fn intent() -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "amount": 2_050, "amount_received": 2_050,
        "currency": "usd", "customer": "cus_1", "last_payment_error": null, "latest_charge": "ch_1",
        "livemode": false, "metadata": metadata(), "payment_method": "pm_1", "status": "succeeded",
    })
}

fn facts(method: Option<&str>) -> PaymentFacts {
    PaymentFacts {
        payment: "pi_1".to_owned(),
        attempt: attempt(),
        amount: Money::parse("20.5").unwrap(),
        currency: Currency::USD,
        customer: Some("cus_1".to_owned()),
        livemode: false,
        method: method.map(|id| Method { id: id.to_owned(), card: None }),
        amount_refunded: None,
    }
}

#[test]
fn every_type_that_concerns_us_says_what_happened() {
    let (id, attempt) = ("cs_test_1".to_owned(), attempt());
    let unpaid = with(&session(), json!({ "payment_status": "unpaid" }));
    let expired = with(&unpaid, json!({ "status": "expired", "payment_intent": null }));
    let failed = with(
        &intent(),
        json!({ "status": "requires_payment_method", "amount_received": 0,
            "last_payment_error": { "code": "card_declined", "decline_code": "insufficient_funds" } }),
    );
    let unauthenticated =
        with(&failed, json!({ "last_payment_error": { "code": "authentication_required" } }));
    let canceled = with(&intent(), json!({ "status": "canceled" }));
    let charge = json!({
        "id": "ch_1", "object": "charge", "amount": 2_050, "amount_refunded": 1_000, "currency": "usd",
        "payment_intent": "pi_1", "metadata": metadata(),
    });
    let refund = json!({ "id": "re_1", "object": "refund", "payment_intent": "pi_1", "status": "failed" });
    let dispute = json!({
        "id": "dp_1", "object": "dispute", "amount": 2_050, "currency": "usd", "charge": "ch_1",
        "payment_intent": "pi_1", "metadata": {},
    });
    let amount = Money::parse("20.5").unwrap();
    let (payment, currency) = ("pi_1".to_owned(), Currency::USD);
    let payment_failed = |code: &str| Notice::PaymentFailed {
        attempt: attempt.clone(),
        payment: "pi_1".to_owned(),
        code: code.to_owned(),
    };
    let paid = || Notice::CheckoutPaid { session: id.clone(), attempt: attempt.clone(), facts: facts(None) };
    let table = [
        ("checkout.session.completed", session(), paid()),
        ("checkout.session.async_payment_succeeded", session(), paid()),
        (
            "checkout.session.completed",
            unpaid.clone(),
            Notice::CheckoutProcessing { session: id.clone(), attempt: attempt.clone() },
        ),
        (
            "checkout.session.async_payment_failed",
            unpaid,
            Notice::CheckoutFailed { session: id.clone(), attempt: attempt.clone() },
        ),
        (
            "checkout.session.expired",
            expired,
            Notice::CheckoutExpired { session: id.clone(), attempt: attempt.clone() },
        ),
        (
            "payment_intent.succeeded",
            intent(),
            Notice::PaymentSucceeded { attempt: attempt.clone(), facts: facts(Some("pm_1")) },
        ),
        (
            "payment_intent.succeeded",
            with(&intent(), json!({ "metadata": {} })),
            Notice::PaymentSucceeded {
                attempt: None,
                facts: PaymentFacts { attempt: None, ..facts(Some("pm_1")) },
            },
        ),
        ("payment_intent.payment_failed", failed, payment_failed("insufficient_funds")),
        ("payment_intent.payment_failed", unauthenticated, payment_failed("authentication_required")),
        ("payment_intent.canceled", canceled, payment_failed("canceled")),
        (
            "charge.refunded",
            charge.clone(),
            Notice::Refunded {
                payment: payment.clone(),
                attempt: attempt.clone(),
                amount_refunded: Money::parse("10").unwrap(),
                currency,
            },
        ),
        ("refund.failed", refund.clone(), Notice::RefundChanged { payment: payment.clone() }),
        ("charge.refund.updated", refund, Notice::RefundChanged { payment: payment.clone() }),
        (
            "charge.dispute.funds_withdrawn",
            dispute.clone(),
            Notice::DisputeWithdrawn { payment: payment.clone(), dispute: "dp_1".into(), amount, currency },
        ),
        (
            "charge.dispute.funds_reinstated",
            dispute.clone(),
            Notice::DisputeReinstated { payment, dispute: "dp_1".into(), amount, currency },
        ),
        ("charge.dispute.created", dispute, Notice::Ignored("charge.dispute.created".into())),
        ("customer.created", json!({}), Notice::Ignored("customer.created".into())),
    ];
    for (kind, object, want) in table {
        assert_eq!(told(kind, &object), Ok(want), "{kind}: {object}");
        let known = EVENT_TYPES.contains(&kind);
        assert_eq!(known, !matches!(told(kind, &object), Ok(Notice::Ignored(_))), "{kind} is subscribed to");
    }
}

#[test]
fn an_accounts_other_business_is_ignored_and_ours_must_be_readable() {
    let subscription =
        with(&session(), json!({ "mode": "subscription", "payment_intent": null, "metadata": {} }));
    let foreign = with(&intent(), json!({ "metadata": {}, "currency": "usdc" }));
    let charge = json!({ "amount_refunded": 1, "currency": "usd", "payment_intent": null });
    let no_currency = json!({ "amount_refunded": 1, "payment_intent": "pi_1", "metadata": {} });
    let ignored = [
        ("checkout.session.completed", subscription),
        ("payment_intent.succeeded", foreign),
        ("charge.refunded", charge),
        ("charge.refunded", no_currency),
        ("payment_intent.succeeded", json!({})),
    ];
    for (kind, object) in ignored {
        assert_eq!(told(kind, &object), Ok(Notice::Ignored(kind.to_owned())), "{object}");
    }
    let malformed = [
        ("payment_intent.succeeded", with(&intent(), json!({ "currency": "usdc" }))),
        ("payment_intent.succeeded", with(&intent(), json!({ "amount_received": i64::MAX }))),
        ("payment_intent.succeeded", with(&intent(), json!({ "amount_received": "2050" }))),
        ("payment_intent.succeeded", with(&intent(), json!({ "amount_received": 20.5 }))),
        ("checkout.session.completed", with(&session(), json!({ "payment_intent": null }))),
        ("checkout.session.completed", with(&session(), json!({ "amount_total": null }))),
        ("checkout.session.completed", with(&session(), json!({ "payment_status": "new word" }))),
    ];
    for (kind, object) in malformed {
        let found = told(kind, &object);
        assert!(matches!(found, Err(WebhookError::Malformed(_))), "{object}: {found:?}");
    }
}

#[test]
fn nothing_is_believed_that_is_not_signed_by_us_about_now() {
    let body = json!({
        "id": "evt_1", "type": "payment_intent.succeeded", "livemode": true, "data": { "object": intent() },
    });
    let body = body.to_string();
    let header = signature::sign(SECRET, body.as_bytes(), NOW);
    let read = |header: &str, body: &str, now| read_webhook(&[SECRET], header, body.as_bytes(), now);
    let webhook = read(&header, &body, NOW).unwrap();
    assert_eq!((webhook.event.as_str(), webhook.livemode), ("evt_1", true));
    let foreign = signature::sign("whsec_other", body.as_bytes(), NOW);
    assert_eq!(read(&foreign, &body, NOW), Err(WebhookError::Signature));
    assert_eq!(read(&header, &body.replace("2050", "9050"), NOW), Err(WebhookError::Signature));
    assert_eq!(read(&header, &format!("{body} "), NOW), Err(WebhookError::Signature));
    assert_eq!(read("", &body, NOW), Err(WebhookError::Signature));
    let later = NOW.plus(crate::domain::time::Span::from_seconds(301));
    assert_eq!(read(&header, &body, later), Err(WebhookError::Stale));
    for odd in ["", "{", "[]", "{}", r#"{"id":"evt_1","type":"x","livemode":true}"#, "\u{0}"] {
        let header = signature::sign(SECRET, odd.as_bytes(), NOW);
        assert!(matches!(read(&header, odd, NOW), Err(WebhookError::Malformed(_))), "{odd:?}");
    }
}
