//! The same events in every format and encoding: NDJSON and the three modes of CloudEvents.

use std::io::Write;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::audit;
use crate::support::client::{Answer, Client, NDJSON, Outcome};
use crate::support::engine::Engine;
use crate::support::event::{CHANNEL, Event, PEER, ndjson};

const STRUCTURED: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
pub const WALLET: &str = "acme";

fn gzip(body: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(body: &str) -> Vec<u8> {
    zstd::encode_all(body.as_bytes(), 1).unwrap()
}

pub async fn post(client: &Client, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    client.call(Method::POST, "/v1/events", headers, body).await
}

pub async fn started(home: &std::path::Path) -> (Engine, Client) {
    let engine = Engine::start(home, &[]);
    let client = engine.client();
    client.wallet_with(WALLET, "1000").await;
    (engine, client)
}

#[tokio::test]
async fn lines_count_as_written_whatever_ends_them() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let mut next = 0;
    let mut line = || {
        next += 1;
        Event::outbound(WALLET, &format!("m-{next}")).line()
    };
    let table: Vec<(&str, String, Vec<u64>)> = vec![
        ("LF", format!("{}\n{}\n", line(), line()), vec![1, 2]),
        ("CRLF", format!("{}\r\n{}\r\n", line(), line()), vec![1, 2]),
        ("no final line end", format!("{}\n{}", line(), line()), vec![1, 2]),
        ("CRLF, no final line end", format!("{}\r\n{}", line(), line()), vec![1, 2]),
        ("blank lines between", format!("\n{}\n\n\r\n{}\n\n", line(), line()), vec![2, 5]),
        ("a byte order mark at the start", format!("\u{feff}{}\n{}\n", line(), line()), vec![1, 2]),
        ("blanks around", format!("  {}  \n\t{}\t\n", line(), line()), vec![1, 2]),
    ];
    for (name, body, want) in table {
        let outcomes =
            post(&client, &[("content-type", "application/x-ndjson; charset=utf-8")], body).await.outcomes();
        let lines: Vec<u64> = outcomes.iter().map(|outcome| outcome.line).collect();
        assert_eq!(lines, want, "{name}: wanted physical lines: {outcomes:?}");
        assert!(
            outcomes.iter().all(|outcome| outcome.said() == "charged"),
            "{name}: wanted all charged: {outcomes:?}"
        );
    }
}

#[tokio::test]
async fn packed_bodies_are_taken_whole() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let halves = ["a", "b"].map(|half| {
        let events: Vec<Event> =
            (0..500).map(|number| Event::outbound(WALLET, &format!("{half}-{number}"))).collect();
        ndjson(&events)
    });
    let whole = halves.concat();
    let table: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("gzip", "gzip", gzip(&whole), "charged"),
        ("zstd", "zstd", zstd(&whole), "duplicate"),
        // A sender may join packed files; both formats say that the parts follow each other.
        ("two gzip members", "gzip", [gzip(&halves[0]), gzip(&halves[1])].concat(), "duplicate"),
        ("two zstd frames", "zstd", [zstd(&halves[0]), zstd(&halves[1])].concat(), "duplicate"),
        ("identity", "identity", whole.clone().into_bytes(), "duplicate"),
    ];
    for (name, encoding, body, want) in table {
        let outcomes =
            post(&client, &[("content-type", NDJSON), ("content-encoding", encoding)], body).await.outcomes();
        assert_eq!(outcomes.len(), 1_000, "{name}: wanted every event answered");
        let other = outcomes.iter().find(|outcome| outcome.said() != want);
        assert_eq!(other, None, "{name}: wanted every event {want}");
    }
}

/// One event in CloudEvents binary mode: attributes as headers, `data` as the body.
async fn post_binary(client: &Client, event: &Value, without: &str) -> Answer {
    let attributes = event
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !["data", "datacontenttype"].contains(&name.as_str()));
    let headers: Vec<(String, String)> = attributes
        .filter(|(name, _)| *name != without)
        .map(|(name, value)| (format!("ce-{name}"), value.as_str().unwrap_or("1").to_owned()))
        .chain([("content-type".to_owned(), "application/json".to_owned())])
        .collect();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    post(client, &headers, event["data"].to_string()).await
}

#[tokio::test]
async fn one_event_by_every_format_is_charged_once() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let event = Event::outbound(WALLET, "m-1").with("source", "gateway/1").with("campaign", "spring");
    let mut cloud = event.cloud_event();
    cloud["traceparent"] = json!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    cloud["sequence"] = json!("7");

    let first = client.send_one(&event).await;
    assert_eq!(first.said(), "charged", "wanted the first charged: {first:?}");
    let structured = post(&client, &[("content-type", STRUCTURED)], cloud.to_string()).await.outcomes();
    let batch = post(&client, &[("content-type", BATCH)], json!([cloud, cloud]).to_string()).await.outcomes();
    let binary = post_binary(&client, &cloud, "").await.outcomes();
    let packed = [("content-type", STRUCTURED), ("content-encoding", "gzip")];
    let packed = post(&client, &packed, gzip(&cloud.to_string())).await.outcomes();
    assert_eq!(
        (structured.len(), batch.len(), binary.len(), packed.len()),
        (1, 2, 1, 1),
        "wanted every event answered"
    );
    for again in structured.iter().chain(&batch).chain(&binary).chain(&packed) {
        assert_eq!(again.said(), "duplicate", "the same event by another format is a duplicate: {again:?}");
        assert_eq!(again.posting(), first.posting(), "a duplicate tells the first's posting");
    }
    audit::wallet(&client, WALLET).await;
    let other_source = event.with("source", "gateway/2");
    assert_eq!(client.send_one(&other_source).await.said(), "charged", "the source is part of the key");
}

#[tokio::test]
async fn cloud_events_are_charged_in_every_mode() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let cloud = |id: &str| Event::outbound(WALLET, id).with("source", "ce").cloud_event();
    let structured =
        post(&client, &[("content-type", STRUCTURED)], cloud("m-1").to_string()).await.outcomes();
    let binary = post_binary(&client, &cloud("m-2"), "").await.outcomes();
    let many: Vec<Value> = (3..103).map(|number| cloud(&format!("m-{number}"))).collect();
    let batch = post(&client, &[("content-type", BATCH)], json!(many).to_string()).await.outcomes();
    let all: Vec<Outcome> = [structured, binary, batch].concat();
    let ids: Vec<String> = all.iter().map(|outcome| outcome.id.clone().unwrap_or_default()).collect();
    assert_eq!(
        ids,
        (1..103).map(|number| format!("m-{number}")).collect::<Vec<_>>(),
        "wanted the answers in order"
    );
    assert!(all.iter().all(|outcome| outcome.said() == "charged"), "wanted all charged: {all:?}");
    let entry = client.entries(WALLET).await.remove(2);
    for (field, want) in [("id", "m-2"), ("source", "ce"), ("channel", CHANNEL), ("peer", PEER)] {
        assert_eq!(entry[field], want, "wanted `{field}` of the event in binary mode: {entry}");
    }
}

#[tokio::test]
async fn a_cloud_event_that_is_none_is_invalid_alone() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let good = |id: &str| Event::outbound(WALLET, id).with("source", "ce").cloud_event();
    let table: Vec<(&str, Option<Value>, &str)> = vec![
        ("specversion", None, "missing_field"),
        ("specversion", Some(json!("0.3")), "bad_field"),
        ("specversion", Some(json!(1.0)), "bad_field"),
        ("id", None, "missing_field"),
        ("id", Some(json!(7)), "bad_field"),
        ("type", None, "missing_field"),
        ("type", Some(json!("message.lost")), "unknown_type"),
        ("subject", None, "missing_field"),
        ("subject", Some(json!(["acme"])), "bad_field"),
        ("subject", Some(json!("nobody")), "unknown_wallet"),
        ("time", Some(json!("noon")), "bad_field"),
        ("data", None, "missing_field"),
        ("data", Some(json!("text")), "bad_field"),
        (
            "data",
            Some(json!({"channel": CHANNEL, "peer": PEER, "kind": "sms", "text": "hi", "colour": "red"})),
            "unknown_field",
        ),
    ];
    for (row, (field, value, code)) in table.iter().enumerate() {
        let mut bad = good(&format!("bad-{row}"));
        match value {
            Some(value) => bad[*field] = value.clone(),
            None => drop(bad.as_object_mut().unwrap().remove(*field)),
        }
        let want = format!("invalid {code}");
        let alone = post(&client, &[("content-type", STRUCTURED)], bad.to_string()).await.outcomes();
        assert_eq!(alone[0].said(), want, "structured, {field} {value:?}: {alone:?}");
        let body = json!([good(&format!("a-{row}")), bad, good(&format!("b-{row}"))]).to_string();
        let among = post(&client, &[("content-type", BATCH)], body).await.outcomes();
        let said: Vec<String> = among.iter().map(Outcome::said).collect();
        assert_eq!(said, ["charged", &want, "charged"], "batch, {field} {value:?}: {among:?}");
    }
    for attribute in ["specversion", "id", "type", "subject"] {
        let answer = post_binary(&client, &good("binary"), attribute).await;
        let refused = answer.status == 400 || answer.outcomes()[0].said() == "invalid missing_field";
        assert!(
            refused,
            "binary without ce-{attribute}: wanted it refused, got {} {}",
            answer.status, answer.text
        );
    }
    for body in ["", "[", "{}", "[1,"] {
        let answer = post(&client, &[("content-type", BATCH)], body).await;
        answer.wants_problem(400, "bad_request");
    }
    audit::wallet(&client, WALLET).await;
}

#[test]
fn how_events_are_cut_into_requests_and_packed_changes_no_outcome() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = runtime.block_on(started(home.path()));
    let price = runtime.block_on(client.price_of(Event::outbound("x", "price")));
    // Ids repeat on purpose: each of the twelve may be charged once only.
    let stream = prop::collection::vec((0u8..12, 0usize..3, any::<bool>()), 1..60);
    let runs = std::cell::Cell::new(0);
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&stream, |steps| {
            runs.set(runs.get() + 1);
            let wallet = format!("split-{}", runs.get());
            let wanted: std::collections::BTreeSet<u8> = steps.iter().map(|(id, ..)| *id).collect();
            let balance = runtime.block_on(async {
                client.wallet_with(&wallet, "100").await;
                let mut body = String::new();
                for (number, (id, encoding, flush)) in steps.iter().enumerate() {
                    body += &(Event::outbound(&wallet, &format!("m-{id}")).line() + "\r\n");
                    if *flush || number + 1 == steps.len() {
                        let (encoding, packed) = match encoding {
                            0 => ("identity", body.clone().into_bytes()),
                            1 => ("gzip", gzip(&body)),
                            _ => ("zstd", zstd(&body)),
                        };
                        post(&client, &[("content-type", NDJSON), ("content-encoding", encoding)], packed)
                            .await
                            .outcomes();
                        body.clear();
                    }
                }
                client.balance(&wallet).await
            });
            let want = crate::support::nanos("100") - price * wanted.len() as i128;
            prop_assert_eq!(balance, want, "wanted each of {} ids charged once", wanted.len());
            Ok(())
        })
        .unwrap();
}
