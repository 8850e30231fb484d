//! A provider's file held against a wallet's messages, and what is picked from it posted once.

mod files;
mod proposals;
mod random;

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::decimal;
use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::nanos;

const NOW: &str = "2026-07-20T10:00:00Z";
const HEAD: &str = "SID,From,To,Direction,Num Segments,Price,Status,Date Sent";
const DATE: &str = "\"Mon, 20 Jul 2026 10:00:00 +0000\"";
const JULY: &str = "from=2026-07-01&to=2026-07-31";

/// A row of an outbound message of these segments.
fn row(id: &str, segments: u8, status: &str) -> String {
    format!("{id},+14155550100,+14155550123,outbound-api,{segments},-0.004,{status},{DATE}")
}

fn file(rows: &[String]) -> String {
    format!("{HEAD}\r\n{}\r\n", rows.join("\r\n"))
}

async fn held(client: &Client, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let path = format!("/v1/wallets/acme/reconciliations?{query}");
    client.call(Method::POST, &path, &[("content-type", "text/csv")], file).await
}

/// What Twilio's file of July comes to.
async fn july(client: &Client, rows: &[String]) -> Value {
    held(client, &format!("mapping=twilio&{JULY}"), file(rows)).await.wants(200)
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

fn two_segments(id: &str) -> Event {
    Event::outbound("acme", id).without("text").with("segments", 2).with("encoding", "GSM-7")
}

async fn ends(client: &Client, id: &str, status: &str) {
    let event = json!({
        "id": format!("s-{id}-{status}"), "type": "message.status", "wallet": "acme", "message": id, "status": status,
    });
    client.send_one(&Event(event)).await;
}

/// An engine, and a wallet with money.
async fn funded(home: &Path) -> Engine {
    let engine = Engine::start(home, &["--test-clock", NOW]);
    let client = engine.client();
    client.put_wallet("acme", &json!({"currency": "USD"})).await.wants(201);
    client.adjust("acme", "credit", "10", "to begin with").await.wants(201);
    engine
}

/// The same with five messages of two segments.
async fn engine(home: &Path) -> Engine {
    let engine = funded(home).await;
    let client = engine.client();
    for id in ["m-1", "m-2", "m-3", "m-4", "m-5"] {
        send(&client, &two_segments(id)).await;
    }
    ends(&client, "m-4", "delivered").await;
    engine
}

/// Rows and messages of each class that has any, in the order of the report.
fn counts(report: &Value) -> Vec<(String, u64, u64)> {
    let classes = report["classes"].as_array().unwrap_or_else(|| panic!("wanted classes: {report}"));
    let counted = classes.iter().map(|class| {
        let of = |field: &str| class[field].as_u64().unwrap_or_else(|| panic!("wanted {field}: {class}"));
        (class["class"].as_str().unwrap_or_default().to_owned(), of("rows"), of("messages"))
    });
    counted.filter(|(_, rows, messages)| rows + messages > 0).collect()
}

/// That these classes, and no other, have so many rows and messages.
fn wants(report: &Value, wanted: &[(&str, u64, u64)]) {
    let wanted: Vec<_> =
        wanted.iter().map(|(class, rows, messages)| ((*class).to_owned(), *rows, *messages)).collect();
    assert_eq!(counts(report), wanted, "{report}");
}

fn found<'r>(report: &'r Value, id: &str) -> &'r Value {
    let differences =
        report["differences"].as_array().unwrap_or_else(|| panic!("wanted differences: {report}"));
    let mut of = differences.iter().filter(|found| found["message_id"] == id);
    of.next().unwrap_or_else(|| panic!("wanted {id} among the differences: {report}"))
}

/// What is proposed, as the call that applies takes it.
fn proposals(report: &Value) -> Value {
    let differences =
        report["differences"].as_array().unwrap_or_else(|| panic!("wanted differences: {report}"));
    let proposed = differences.iter().filter(|found| !found["proposed_amount"].is_null());
    proposed.map(picked).collect()
}

fn picked(found: &Value) -> Value {
    json!({
        "seq": found["seq"], "message_id": found["message_id"], "source": found["source"],
        "comes_to": found["comes_to"], "amount": found["proposed_amount"], "reason": found["reason"],
    })
}

/// So many segments of a message of [`two_segments`], as the interface writes it.
async fn each(client: &Client, times: i128) -> String {
    let entries = client.entries("acme").await;
    let charge = entries.iter().find(|entry| entry["units"] == 2).expect("a message of two segments");
    let charged = nanos(charge["amount"].as_str().expect("an amount"));
    assert_eq!(charged % 2, 0, "two segments cost an even amount: {charge}");
    decimal(charged / 2 * times)
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
    let report = july(&client, &rows).await;
    wants(
        &report,
        &[
            ("matched", 2, 2),
            ("missing_here", 2, 0),
            ("missing_there", 0, 1),
            ("other_segments", 1, 1),
            ("other_status", 1, 1),
            ("repeated", 1, 0),
            ("unreadable", 1, 0),
        ],
    );
    assert_eq!((&report["rows"], &report["messages"]), (&json!(8), &json!(5)), "{report}");
    assert_eq!(report["bad_rows"], json!([{"line": 9, "why": "it has no id"}]), "{report}");
    assert_eq!(report["mapping"]["checked_against_a_sample"], false, "{report}");
    assert_eq!(
        found(&report, "m-2")["proposed_amount"],
        each(&client, 1).await,
        "one segment more: {report}"
    );
    assert_eq!(found(&report, "m-3")["proposed_amount"], each(&client, -2).await, "all of it back: {report}");
    assert_eq!(found(&report, "m-9")["proposed_amount"], each(&client, 1).await, "by the tariff: {report}");
    for id in ["m-4", "m-8"] {
        assert!(found(&report, id)["proposed_amount"].is_null(), "{id}: {report}");
    }
    assert_eq!(client.wallet("acme").await["balance"], last_balance(&client).await, "nothing was posted");

    let picked: Vec<Value> = ["m-2", "m-3", "m-9"].map(|id| picked(found(&report, id))).into();
    let posted = apply(&client, "july", &json!(picked)).await.wants(200);
    let balance = client.wallet("acme").await["balance"].clone();
    assert_eq!(posted["entries"][0]["of_seq"], found(&report, "m-2")["seq"], "{posted}");
    assert_eq!(posted["entries"][2]["of_seq"], Value::Null, "{posted}");
    running.kill();
    running = Engine::start(home.path(), &["--test-clock", NOW]);
    let client = running.client();
    assert_eq!(apply(&client, "july", &json!(picked)).await.wants(200), posted, "the same entries");
    assert_eq!(client.wallet("acme").await["balance"], balance, "nothing is posted twice");
    apply(&client, "july", &json!([picked[1]])).await.wants_problem(422, "idempotency_key_reused");
    let again = july(&client, &rows).await;
    assert_eq!(proposals(&again), json!([]), "all of it was applied: {again}");
    assert_eq!(counts(&again), counts(&report), "an adjustment makes no message another: {again}");
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
    send(&client, &two_segments("m-1").with("source", "another, \"carrier\"")).await;
    send(&client, &two_segments("=m-6").with("time", "2026-07-03T00:00:00Z").report()).await;
    ends(&client, "m-2", "failed").await;
    let entries = client.get(&format!("/v1/wallets/acme/entries.csv?{JULY}")).await;
    assert_eq!(entries.status, 200);
    let report = held(&client, &format!("mapping=farebox&{JULY}"), entries.text).await.wants(200);
    wants(&report, &[("matched", 7, 7), ("no_message", 3, 0)]);
    assert_eq!(report["differences"], json!([]), "{report}");
    assert_eq!(report["totals"]["theirs"], report["totals"]["ours"], "{report}");
    assert_eq!(report["file_currency"], "USD", "{report}");
}
