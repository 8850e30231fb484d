//! A provider's file held against a wallet's messages, and what is picked from it posted once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::engine::Engine;
use crate::support::event::Event;

const HEAD: &str = "SID,From,To,Direction,Num Segments,Price,Status,Date Sent";

/// A row of an outbound message of these segments.
fn row(id: &str, segments: u8, status: &str) -> String {
    format!("{id},+14155550100,+14155550123,outbound-api,{segments},-0.004,{status},2026-11-20T10:00:00Z")
}

fn file(rows: &[String]) -> String {
    format!("{HEAD}\r\n{}\r\n", rows.join("\r\n"))
}

async fn held(client: &Client, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let path = format!("/v1/wallets/acme/reconciliations?{query}");
    client.call(Method::POST, &path, &[("content-type", "text/csv")], file).await
}

async fn apply(client: &Client, key: &str, proposals: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    let body = json!({ "proposals": proposals }).to_string();
    client.call(Method::POST, "/v1/wallets/acme/reconciliations/apply", &headers, body).await
}

async fn send(client: &Client, event: &Event) -> Value {
    let outcome = client.send_one(event).await;
    assert_eq!(outcome.said(), "charged", "{event:?}: {outcome:?}");
    json!(outcome.posting())
}

/// An engine, with a wallet that has five messages of two segments.
async fn engine(home: &std::path::Path) -> Engine {
    let engine = Engine::start(home, &[]);
    let client = engine.client();
    client.put_wallet("acme", &json!({"currency": "USD"})).await.wants(201);
    client.adjust("acme", "credit", "10", "to begin with").await.wants(201);
    for id in ["m-1", "m-2", "m-3", "m-4", "m-5"] {
        let event = Event::outbound("acme", id).without("text").with("segments", 2).with("encoding", "GSM-7");
        send(&client, &event).await;
    }
    let status = json!({"id": "s-4", "type": "message.status", "wallet": "acme", "message": "m-4", "status": "delivered"});
    client.send_one(&Event(status)).await;
    engine
}

fn class<'r>(report: &'r Value, name: &str) -> &'r Value {
    let classes = report["classes"].as_array().unwrap_or_else(|| panic!("wanted classes: {report}"));
    classes.iter().find(|class| class["class"] == name).unwrap_or_else(|| panic!("wanted {name}: {report}"))
}

#[tokio::test]
async fn every_difference_is_in_its_class_and_what_is_picked_is_posted_once() {
    let home = tempfile::tempdir().unwrap();
    let mut running = engine(home.path()).await;
    let client = running.client();
    let rows = [
        row("m-1", 2, "sent"),
        row("m-2", 3, "delivered"),
        row("m-4", 2, "failed"),
        row("m-5", 2, "sent"),
        row("m-5", 2, "sent"),
        row("m-9", 1, "delivered"),
        row("m-8", 0, "delivered"),
        row("", 1, "delivered"),
    ];
    let report = held(&client, "mapping=twilio", file(&rows)).await.wants(200);
    for (name, count) in [
        ("matched", 2),
        ("missing_here", 2),
        ("missing_there", 1),
        ("other_segments", 1),
        ("other_price", 0),
        ("other_status", 1),
        ("repeated", 1),
    ] {
        assert_eq!(class(&report, name)["count"], count, "{name}: {report}");
    }
    assert_eq!(report["bad_rows"], json!([{"line": 9, "why": "it has no id"}]), "{report}");
    assert_eq!(report["mapping"]["checked_against_a_sample"], false, "{report}");
    let differences = report["differences"].as_array().unwrap();
    let found = |id: &str| differences.iter().find(|found| found["message_id"] == id).unwrap();
    let charged = client.get("/v1/wallets/acme/entries?limit=3").await.wants(200)["data"][1].clone();
    let each = |times: i64| {
        let nanos = charged["amount"].as_str().unwrap().parse::<f64>().unwrap() / 2.0 * times as f64;
        format!("{}", (nanos * 1e6).round() / 1e6)
    };
    assert_eq!(found("m-2")["proposed_amount"], each(1), "one segment more: {report}");
    assert_eq!(found("m-3")["proposed_amount"], each(-2), "all of it back: {report}");
    assert_eq!(found("m-9")["proposed_amount"], each(1), "by the wallet's tariff: {report}");
    assert!(
        found("m-8")["proposed_amount"].is_null() && found("m-4")["proposed_amount"].is_null(),
        "{report}"
    );
    assert_eq!(client.wallet("acme").await["balance"], last_balance(&client).await, "nothing was posted");

    let picked: Vec<Value> = ["m-2", "m-3", "m-9"]
        .map(|id| {
            let found = found(id);
            json!({"seq": found["seq"], "message_id": id, "amount": found["proposed_amount"], "reason": found["reason"]})
        })
        .into();
    let posted = apply(&client, "july", &json!(picked)).await.wants(200);
    let balance = client.wallet("acme").await["balance"].clone();
    assert_eq!(posted["entries"][0]["of_seq"], found("m-2")["seq"], "{posted}");
    assert_eq!(posted["entries"][2]["of_seq"], Value::Null, "{posted}");
    running.kill();
    running = Engine::start(home.path(), &[]);
    let client = running.client();
    assert_eq!(apply(&client, "july", &json!(picked)).await.wants(200), posted, "the same entries");
    assert_eq!(client.wallet("acme").await["balance"], balance, "nothing is posted twice");
    apply(&client, "july", &json!([picked[1]])).await.wants_problem(422, "idempotency_key_reused");
}

async fn last_balance(client: &Client) -> Value {
    let entries = client.get("/v1/wallets/acme/entries?limit=1000").await.wants(200);
    entries["data"].as_array().unwrap().last().unwrap()["balance_after"].clone()
}

#[tokio::test]
async fn our_own_entries_reconcile_without_a_difference() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let entries = client.get("/v1/wallets/acme/entries.csv").await;
    assert_eq!(entries.status, 200);
    let report = held(&client, "mapping=farebox", entries.text).await.wants(200);
    assert_eq!(class(&report, "matched")["count"], 5, "{report}");
    assert_eq!(report["differences"], json!([]), "{report}");
    assert_eq!(report["totals"]["theirs"], report["totals"]["ours"], "{report}");
}

#[tokio::test]
async fn what_cannot_be_held_against_anything_says_why() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let good = || file(&[row("m-1", 2, "sent")]);
    held(&client, "", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping=nobody", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping_toml=name%3D1", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping=telnyx", good()).await.wants_problem(400, "bad_request");
    held(&client, "mapping=twilio&from=2026-12-01&to=2026-11-01", good())
        .await
        .wants_problem(400, "bad_range");
    for body in [Vec::new(), b"\x00\xff\xfe".to_vec(), b"{}".to_vec()] {
        held(&client, "mapping=twilio", body).await.wants_problem(400, "bad_request");
    }
    let not_utf_8 = [HEAD.as_bytes(), b"\r\n\xff,a,b,inbound,1,,,\r\n"].concat();
    held(&client, "mapping=twilio", not_utf_8).await.wants_problem(400, "bad_request");
    let json = [("content-type", "application/json")];
    let path = "/v1/wallets/acme/reconciliations?mapping=twilio";
    client.call(Method::POST, path, &json, "{}").await.wants_problem(415, "unsupported_media_type");
    let nobody = "/v1/wallets/nobody/reconciliations?mapping=twilio";
    let csv = [("content-type", "text/csv")];
    client.call(Method::POST, nobody, &csv, good()).await.wants_problem(404, "unknown_wallet");

    let picked = |field: &str, value: Value| {
        let mut picked = json!({"message_id": "m-1", "amount": "1", "reason": "x"});
        picked[field] = value;
        json!([picked])
    };
    for proposals in [
        json!([]),
        picked("amount", json!("0")),
        picked("amount", json!("much")),
        picked("message_id", json!("")),
        picked("seq", json!(1_000)),
        picked("colour", json!("red")),
    ] {
        apply(&client, "bad", &proposals).await.wants_problem(400, "bad_field");
    }
    let headers = [("content-type", "application/json")];
    let body = json!({"proposals": picked("amount", json!("1"))}).to_string();
    let path = "/v1/wallets/acme/reconciliations/apply";
    client.call(Method::POST, path, &headers, body).await.wants_problem(400, "idempotency_key_required");
}
