//! Bad input where payments come in: the provider's webhook, the sandbox's page, API and switches.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::pair::Pair;
use crate::support::provider::text;
use crate::support::sandbox::GOOD;
use crate::support::signed::{PATH, SECRET, event, header, now};

async fn signed(pair: &Pair, body: &str) -> crate::support::client::Answer {
    pair.client.send_signed(&header(SECRET, now(), body), body).await
}

#[tokio::test]
async fn a_webhook_that_is_signed_but_no_event_is_told_so_and_changes_nothing() {
    let pair = Pair::start().await;
    pair.client.wallet_with("acme", "0").await;
    let opened = pair.client.open_top_up("acme", "k-1", "25").await.wants(201);
    let page = text(&opened, "checkout_url");
    pair.customer.send(page, "pay", GOOD).await;
    let session = pair.account.session(page).await;
    let good = event("checkout.session.completed", &session);
    let without = |pointer: &str, field: &str| {
        let mut event = good.clone();
        event.pointer_mut(pointer).and_then(Value::as_object_mut).expect(pointer).remove(field);
        event.to_string()
    };
    let with = |pointer: &str, value: Value| {
        let mut event = good.clone();
        *event.pointer_mut(pointer).expect(pointer) = value;
        event.to_string()
    };
    let half = good.to_string();
    let half = &half[..half.len() / 2];
    let bodies = [
        "".to_owned(),
        " ".into(),
        "{".into(),
        "[]".into(),
        "null".into(),
        "5".into(),
        "{}".into(),
        "\"event\"".into(),
        half.into(),
        format!("{good}{good}"),
        "[".repeat(10_000),
        without("", "id"),
        without("", "type"),
        without("", "livemode"),
        without("", "data"),
        without("/data", "object"),
        with("/livemode", "no".into()),
        with("/type", 5.into()),
        with("/data", json!([])),
        with("/data/object/amount_total", "2500".into()),
        with("/data/object/amount_total", json!(25.5)),
        with("/data/object/amount_total", json!(i64::MAX)),
        with("/data/object/amount_total", json!(u64::MAX)),
        with("/data/object/currency", Value::Null),
        with("/data/object/payment_status", "perhaps".into()),
        with("/data/object/payment_intent", Value::Null),
        with("/data/object/livemode", Value::Null),
    ];
    for body in &bodies {
        let shown = &body[..body.len().min(200)];
        let answer = signed(&pair, body).await;
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text);
        answer.wants_problem(400, "bad_request");
    }
    // Nothing of it is ours: whoever sent it need not send it again.
    for object in [json!(null), json!([]), json!({}), json!({"id": 5}), json!("cs_1")] {
        let answer = signed(&pair, &with("/data/object", object.clone())).await;
        assert_eq!(answer.wants(200)["outcome"], "ignored", "{object}");
    }
    let top_up = pair.client.top_up("acme", "tu_1").await;
    assert_eq!(top_up["status"], "open", "nothing of it may change the attempt: {top_up}");
    assert!(pair.client.entries("acme").await.is_empty(), "nothing of it may post");
    assert_eq!(
        signed(&pair, &good.to_string()).await.wants(200)["outcome"],
        "applied",
        "and the good one is good"
    );
    pair.stop_and_verify();
}

#[tokio::test]
async fn a_webhook_that_is_no_request_of_the_provider_is_refused_before_it_is_read() {
    let pair = Pair::start().await;
    let client = pair.client.with_key("");
    let body = json!({"id": "evt_1", "type": "x", "livemode": false, "data": {"object": {}}}).to_string();
    let good = header(SECRET, now(), &body);
    let signature = ("stripe-signature", good.as_str());
    client.call(Method::POST, PATH, &[], body.clone()).await.wants_problem(400, "bad_signature");
    for odd in
        ["t", "t=,v1=", "v1", "t=1;v1=2", ",,,,", "t=99999999999999999999,v1=00", "t=-1,v1=00", "T=1,V1=00"]
    {
        let answer = client.call(Method::POST, PATH, &[("stripe-signature", odd)], body.clone()).await;
        answer.wants_problem(400, "bad_signature");
    }
    let long = format!("t={},{}", now(), "v1=00,".repeat(1_000));
    let answer = client.call(Method::POST, PATH, &[("stripe-signature", &long)], body.clone()).await;
    answer.wants_problem(400, "bad_signature");
    let large = " ".repeat((256 << 10) + 1);
    client.call(Method::POST, PATH, &[signature], large).await.wants_problem(413, "body_too_large");
    let packed = [signature, ("content-encoding", "br")];
    client.call(Method::POST, PATH, &packed, body.clone()).await.wants_problem(415, "unsupported_encoding");
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        client.call(method, PATH, &[signature], body.clone()).await.wants_problem(405, "method_not_allowed");
    }
    // As the provider sends it: no key of ours, whatever the content type says.
    for kind in ["application/json", "application/json; charset=utf-8", "text/plain"] {
        let taken = client.call(Method::POST, PATH, &[signature, ("content-type", kind)], body.clone()).await;
        assert_eq!(taken.wants(200)["outcome"], "ignored", "{kind}");
    }
    pair.stop_and_verify();
}

#[tokio::test]
async fn the_sandbox_is_there_only_where_it_is_the_provider_and_takes_no_nonsense() {
    let pair = Pair::start().await;
    // The engine under test pays at a provider: it has no sandbox of its own.
    for path in ["/sandbox/stripe/switches", "/sandbox/stripe/v1/customers/cus_1", "/sandbox/stripe/pay/cs_1"]
    {
        pair.client.get(path).await.wants_problem(404, "not_found");
    }
    let kind = [("content-type", "application/json")];
    let before = pair.operator.get("/sandbox/stripe/switches").await.wants(200);
    for body in [
        "",
        "{",
        "[]",
        r#"{"webhook_copies":0}"#,
        r#"{"webhook_copies":11}"#,
        r#"{"webhooks":"no"}"#,
        r#"{"faults":[{"fault":"sunspots","calls":1}]}"#,
        r#"{"faults":[{"fault":"too_many"}]}"#,
        r#"{"faults":[{"fault":"too_many","calls":1,"method":"PATCH"}]}"#,
        r#"{"webhook_delay_seconds":-1}"#,
        r#"{"colour":"red"}"#,
    ] {
        let answer = pair.operator.call(Method::PUT, "/sandbox/stripe/switches", &kind, body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
    assert_eq!(pair.operator.get("/sandbox/stripe/switches").await.wants(200), before, "nothing may be set");
    pair.operator.with_key("").get("/sandbox/stripe/switches").await.wants_problem(401, "unauthorized");
    pair.operator.get("/sandbox/stripe/pay/cs_nothing").await.wants_problem(404, "not_found");
    let unknown =
        pair.operator.with_key("not_the_secret_key").get("/sandbox/stripe/v1/customers/cus_1").await;
    assert_eq!(unknown.status, 401, "the API takes the secret key alone: {}", unknown.text);
    pair.stop_and_verify();
}
