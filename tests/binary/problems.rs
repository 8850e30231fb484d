//! Every error is a problem document with a stable code; what moves money is idempotent.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::audit;
use crate::support::client::{Answer, Client, NDJSON};
use crate::support::engine::Engine;
use crate::support::event::Event;

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "k-1");
const ADJUST: &str = "/v1/wallets/acme/adjustments";

async fn call(client: &Client, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    client.call(method, path, headers, body).await
}

#[tokio::test]
async fn every_refusal_of_a_call_has_its_status_and_code() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1").await;

    let line = Event::outbound("acme", "m-1").line();
    let amount = |amount: Value| json!({"amount": amount, "reason": "x"}).to_string();
    let long_key = "k".repeat(129);
    type Row<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, String, u16, &'a str);
    let table: Vec<Row> = vec![
        ("GET", "/v1/wallets/nobody", vec![], String::new(), 404, "unknown_wallet"),
        ("GET", "/v1/wallets/nobody/entries", vec![], String::new(), 404, "unknown_wallet"),
        ("GET", "/v1/wallets/acme/messages/none", vec![], String::new(), 404, "unknown_message"),
        ("GET", "/v1/nothing", vec![], String::new(), 404, "not_found"),
        ("GET", "/nothing", vec![], String::new(), 404, "not_found"),
        (
            "POST",
            "/v1/wallets/nobody/adjustments",
            vec![JSON, KEY],
            amount(json!("1")),
            404,
            "unknown_wallet",
        ),
        ("POST", ADJUST, vec![JSON], amount(json!("1")), 400, "idempotency_key_required"),
        (
            "POST",
            ADJUST,
            vec![JSON, ("idempotency-key", "")],
            amount(json!("1")),
            400,
            "idempotency_key_required",
        ),
        (
            "POST",
            ADJUST,
            vec![JSON, ("idempotency-key", &long_key)],
            amount(json!("1")),
            400,
            "idempotency_key_required",
        ),
        ("POST", ADJUST, vec![JSON, KEY], amount(json!("0")), 400, "bad_field"),
        ("POST", ADJUST, vec![JSON, KEY], amount(json!("ten")), 400, "bad_field"),
        ("POST", ADJUST, vec![JSON, KEY], amount(json!("1e3")), 400, "bad_field"),
        ("POST", ADJUST, vec![JSON, KEY], amount(json!("0.0000000001")), 400, "bad_field"),
        ("POST", ADJUST, vec![JSON, KEY], amount(json!("99999999999999999999")), 400, "bad_field"),
        ("POST", ADJUST, vec![JSON, KEY], "{".into(), 400, "bad_request"),
        ("PUT", "/v1/wallets/new", vec![JSON], r#"{"currency":"XXX"}"#.into(), 400, "bad_field"),
        ("PUT", "/v1/wallets/new", vec![JSON], r#"{"time_zone":"Mars/Base"}"#.into(), 400, "bad_field"),
        ("PUT", "/v1/wallets/new", vec![JSON], r#"{"tariff":"none"}"#.into(), 400, "unknown_tariff"),
        ("PUT", "/v1/wallets/a%20b", vec![JSON], "{}".into(), 400, "bad_field"),
        (
            "POST",
            "/v1/events",
            vec![("content-type", "text/plain")],
            line.clone(),
            415,
            "unsupported_media_type",
        ),
        ("POST", "/v1/events", vec![], line.clone(), 415, "unsupported_media_type"),
        (
            "POST",
            "/v1/events",
            vec![("content-type", NDJSON), ("content-encoding", "br")],
            line.clone(),
            415,
            "unsupported_encoding",
        ),
        ("POST", "/v1/events", vec![("content-type", NDJSON)], String::new(), 400, "bad_request"),
        ("DELETE", "/v1/keys/key_0000000000000000", vec![], String::new(), 404, "not_found"),
    ];
    for (method, path, headers, body, status, code) in &table {
        println!("{method} {path} {headers:?} {body}");
        call(&client, method, path, headers, body).await.wants_problem(*status, code);
    }
    let stranger = client.with_key("fb_nobody_has_this_key");
    stranger.get("/v1/wallets/acme").await.wants_problem(401, "unauthorized");
    client.with_key("").get("/v1/wallets/acme").await.wants_problem(401, "unauthorized");
    assert_eq!(
        audit::wallet(&client, "acme").await.entries.len(),
        1,
        "a refused call must not post anything"
    );
    client.get("/v1/wallets/new").await.wants_problem(404, "unknown_wallet");
}

#[tokio::test]
async fn the_terms_of_a_wallet_are_fixed_from_its_first_entry_on() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.put_wallet("acme", &json!({"time_zone": "UTC"})).await.wants(201);
    let moved = client.put_wallet("acme", &json!({"time_zone": "Europe/Berlin"})).await.wants(200);
    assert_eq!(moved["time_zone"], "Europe/Berlin", "before the first entry terms may change: {moved}");
    client.adjust("acme", "k-1", "1", "opening credit").await.wants(201);
    client.put_wallet("acme", &json!({"time_zone": "UTC"})).await.wants_problem(409, "wallet_terms_fixed");
    let named =
        client.put_wallet("acme", &json!({"time_zone": "Europe/Berlin", "name": "Acme"})).await.wants(200);
    assert_eq!(named["name"], "Acme", "the name may change at any time: {named}");
}

#[tokio::test]
async fn an_idempotency_key_moves_money_once() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "0").await;
    client.wallet_with("other", "0").await;

    let first = client.adjust("acme", "k-1", "5", "credit").await;
    let entry = first.wants(201);
    assert!(first.headers.get("idempotency-replayed").is_none(), "the first call is no replay");
    let replay = client.adjust("acme", "k-1", "5", "credit").await;
    assert_eq!(replay.wants(200), entry, "wanted the first call's entry again");
    let mark = replay.headers.get("idempotency-replayed").and_then(|value| value.to_str().ok());
    assert_eq!(mark, Some("true"), "wanted the replay marked");
    for (amount, reason) in [("6", "credit"), ("5", "gift")] {
        let reused = client.adjust("acme", "k-1", amount, reason).await;
        reused.wants_problem(422, "idempotency_key_reused");
    }
    client.adjust("other", "k-1", "6", "credit").await.wants(201);
    let raced = (0..6).map(|_| async { client.adjust("acme", "k-2", "-1", "race").await.status });
    let statuses = futures_util::future::join_all(raced).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        1,
        "wanted one of six calls to post"
    );
    assert_eq!(audit::wallet(&client, "acme").await.entries.len(), 2, "wanted one entry a key");
}
