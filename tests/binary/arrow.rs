//! Events and answers as Arrow streams: the same events and the same answers as in any other format.

use std::io::Write;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type, Int16Type, Int32Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch, StringArray, UInt8Array};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::formats::{WALLET, post, started};
use crate::support::client::{Answer, NDJSON, Outcome};
use crate::support::event::{Event, ndjson};
use crate::support::{audit, decimal, nanos};

const ARROW: &str = "application/vnd.apache.arrow.stream";
const MEMORY_BYTES_MAX: u64 = 1 << 30;
const TEXTS: [&str; 9] = ["id", "type", "wallet", "channel", "peer", "kind", "text", "amount", "reason"];
const COUNTERS: [&str; 8] =
    ["accepted", "charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"];

/// The events as columns: `wallet` and `type` by dictionaries, the other texts plain.
fn batch(events: &[Event]) -> RecordBatch {
    let of =
        |name: &str| -> Vec<Option<&str>> { events.iter().map(|event| event.0[name].as_str()).collect() };
    let mut columns: Vec<(&str, ArrayRef, bool)> = Vec::new();
    for name in TEXTS {
        let column: ArrayRef = match name {
            "wallet" | "type" => Arc::new(of(name).into_iter().collect::<DictionaryArray<Int32Type>>()),
            _ => Arc::new(StringArray::from(of(name))),
        };
        columns.push((name, column, true));
    }
    let segments = events.iter().map(|event| event.0["segments"].as_u64().map(|units| units as u8));
    columns.push(("segments", Arc::new(segments.collect::<UInt8Array>()), true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// A stream of so many batches.
fn stream(events: &[Event], batches: usize) -> Vec<u8> {
    let whole = batch(events);
    let mut writer = StreamWriter::try_new(Vec::new(), &whole.schema()).unwrap();
    let rows = events.len().div_ceil(batches);
    for from in (0..events.len()).step_by(rows.max(1)) {
        writer.write(&whole.slice(from, rows.min(events.len() - from))).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The rows of an answer, its counters checked against them.
fn outcomes(answer: &Answer) -> Vec<Outcome> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], ARROW);
    let reader = StreamReader::try_new(&answer.bytes[..], None).unwrap();
    let metadata = reader.schema().metadata().clone();
    let outcomes: Vec<Outcome> = reader.flat_map(|batch| rows(&batch.unwrap())).collect();
    let count = |word: &str| outcomes.iter().filter(|outcome| outcome.outcome == word).count();
    for word in COUNTERS {
        let want = match word {
            "accepted" => count("charged") + count("recorded") + count("duplicate"),
            word => count(word),
        };
        assert_eq!(metadata[word], want.to_string(), "{word}: {metadata:?}");
    }
    outcomes
}

fn rows(batch: &RecordBatch) -> Vec<Outcome> {
    let column = |name: &str| batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
    let text = |name: &str, row: usize| {
        let column = column(name);
        column.is_valid(row).then(|| column.as_string::<i32>().value(row).to_owned())
    };
    let words = column("outcome").as_dictionary::<Int8Type>().downcast_dict::<StringArray>().unwrap();
    let codes = column("code").as_dictionary::<Int16Type>().downcast_dict::<StringArray>().unwrap();
    let (amounts, seqs) =
        (column("amount").as_primitive::<Decimal128Type>(), column("seq").as_primitive::<UInt64Type>());
    assert_eq!((amounts.precision(), amounts.scale()), (19, 9));
    let lines = column("line").as_primitive::<UInt32Type>();
    let row = |row: usize| {
        assert_eq!(text("detail", row).is_some(), text("field", row).is_some(), "row {row}");
        Outcome {
            line: u64::from(lines.value(row)),
            id: text("id", row),
            outcome: words.into_iter().nth(row).flatten().unwrap().to_owned(),
            code: codes.into_iter().nth(row).flatten().map(str::to_owned),
            field: text("field", row),
            amount: amounts.is_valid(row).then(|| decimal(amounts.value(row))),
            seq: seqs.is_valid(row).then(|| seqs.value(row)),
        }
    };
    (0..batch.num_rows()).map(row).collect()
}

/// Some of everything: charged, duplicate, conflict, refused, invalid.
fn mixed() -> Vec<Event> {
    vec![
        Event::outbound(WALLET, "m-1"),
        Event::outbound(WALLET, "m-1"),
        Event::outbound(WALLET, "m-1").with("kind", "mms"),
        Event::outbound("poor", "m-2"),
        Event::inbound("poor", "m-3"),
        Event::outbound(WALLET, "m-4").with("peer", "12"),
        Event::outbound("nobody", "m-5"),
        Event::carrier_fee(WALLET, "f-1", "0.05"),
        Event::outbound(WALLET, "m-6").without("text").with("segments", 3),
        Event::outbound(WALLET, "").without("id"),
    ]
}

#[tokio::test]
async fn the_same_events_by_arrow_and_by_lines_are_answered_alike() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    client.put_wallet("poor", &serde_json::json!({"currency": "USD"})).await.wants(201);
    let (arrow, both) = (("content-type", ARROW), ("accept", ARROW));
    let first = post(&client, &[arrow], stream(&mixed(), 3)).await.outcomes();
    let said: Vec<String> = first.iter().map(Outcome::said).collect();
    let want = [
        "charged",
        "duplicate",
        "conflict",
        "refused suspended",
        "recorded suspended",
        "invalid bad_field",
        "invalid unknown_wallet",
        "charged",
        "invalid missing_field",
        "invalid missing_field",
    ];
    assert_eq!(said, want);
    assert_eq!(first.iter().map(|outcome| outcome.line).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    let by_lines = post(&client, &[("content-type", NDJSON)], ndjson(&mixed())).await.outcomes();
    assert_eq!(by_lines[0].said(), "duplicate", "the same event by another format");
    assert_eq!(by_lines[0].posting(), first[0].posting());
    for (named, headers, body) in [
        ("Arrow in and out", vec![arrow, both], stream(&mixed(), 1)),
        ("lines in", vec![("content-type", NDJSON), both], ndjson(&mixed()).into_bytes()),
    ] {
        assert_eq!(outcomes(&post(&client, &headers, body).await), by_lines, "{named}");
    }
    let cloud = Event::outbound(WALLET, "m-7").with("source", "ce").cloud_event().to_string();
    let told =
        outcomes(&post(&client, &[("content-type", "application/cloudevents+json"), both], cloud).await);
    assert_eq!(
        (told.len(), told[0].said().as_str(), told[0].amount.as_deref()),
        (1, "charged", first[0].amount.as_deref())
    );
    audit::wallet(&client, WALLET).await;
}

#[tokio::test]
async fn the_answer_is_in_the_format_that_the_client_likes_better() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let json = "application/json";
    let table = [
        ("", json),
        ("*/*", json),
        ("application/*", json),
        (ARROW, ARROW),
        ("application/vnd.apache.arrow.stream, application/json", ARROW),
        ("application/json;q=0.5, application/vnd.apache.arrow.stream", ARROW),
        ("application/json, application/vnd.apache.arrow.stream;q=0.5", json),
        ("application/vnd.apache.arrow.stream;q=0", json),
        ("nonsense", json),
    ];
    for (accept, want) in table {
        let headers = [("content-type", NDJSON), ("accept", accept)];
        let headers = if accept.is_empty() { &headers[..1] } else { &headers[..] };
        let answer = post(&client, headers, Event::outbound(WALLET, "m-1").line()).await;
        assert_eq!(answer.headers["content-type"], want, "Accept: {accept}");
    }
    let problem = post(&client, &[("content-type", ARROW), ("accept", ARROW)], "no stream").await;
    problem.wants_problem(400, "bad_request");
}

#[tokio::test]
async fn packed_streams_are_taken_whole() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let events: Vec<Event> = (0..1_000).map(|at| Event::outbound(WALLET, &format!("m-{at}"))).collect();
    let plain = stream(&events, 4);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let bodies = [
        ("identity", plain.clone(), "charged"),
        ("gzip", gzip.finish().unwrap(), "duplicate"),
        ("zstd", zstd::encode_all(&plain[..], 1).unwrap(), "duplicate"),
    ];
    for (encoding, body, want) in bodies {
        let headers = [("content-type", ARROW), ("content-encoding", encoding)];
        let outcomes = post(&client, &headers, body).await.outcomes();
        assert_eq!(outcomes.len(), 1_000, "{encoding}");
        assert!(outcomes.iter().all(|outcome| outcome.said() == want), "{encoding}: wanted all {want}");
    }
    let price = client.price_of(Event::outbound("x", "price")).await;
    assert_eq!(client.balance(WALLET).await, nanos("1000") - price * 1_000);
}

#[tokio::test]
async fn a_stream_that_cannot_be_read_is_refused_and_nothing_of_it_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let events = mixed();
    let good = stream(&events, 2);
    let renamed = {
        let batch = batch(&events).project(&[0, 1]).unwrap();
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    };
    let many: Vec<Event> = (0..100_001).map(|at| Event::outbound(WALLET, &format!("n-{at}"))).collect();
    let table: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        ("empty", vec![], 400, "bad_request"),
        ("cut off", good[..good.len() - 9].to_vec(), 400, "bad_request"),
        ("without its end", good[..good.len() - 8].to_vec(), 400, "bad_request"),
        ("followed by more", [good.clone(), good.clone()].concat(), 400, "bad_request"),
        ("no stream", ndjson(&events).into_bytes(), 400, "bad_request"),
        ("no rows", stream(&events[..0], 1), 400, "bad_request"),
        ("no wallet", renamed, 400, "bad_field"),
        ("too many rows", stream(&many, 60), 413, "too_many_events"),
    ];
    for (named, body, status, code) in table {
        let answer = post(&client, &[("content-type", ARROW)], body).await;
        let detail = answer.wants_problem(status, code);
        assert!(!detail.is_empty(), "{named}: wanted to know why");
        if code == "bad_field" {
            assert_eq!(answer.json()["field"], "wallet", "{named}");
        }
        assert_eq!(client.balance(WALLET).await, nanos("1000"), "{named}: nothing of it may be charged");
    }
    let after = post(&client, &[("content-type", ARROW)], good).await.outcomes();
    assert_eq!(after[0].said(), "charged");
}

/// Numbers that may well be taken for lengths, offsets and counts, written anywhere into a good stream.
#[test]
fn damaged_streams_end_in_an_answer_and_take_no_memory() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let home = tempfile::tempdir().unwrap();
    let (engine, client) = runtime.block_on(started(home.path()));
    let events: Vec<Event> = (0..2_000).map(|at| Event::outbound(WALLET, &format!("m-{at}"))).collect();
    let good = stream(&events, 3);
    let number = prop_oneof![
        Just(i64::MAX),
        Just(i64::from(i32::MAX)),
        Just(-1),
        Just(1 << 33),
        Just(1 << 29),
        any::<i64>()
    ];
    // The descriptions stand at the start of each message; the rest is texts.
    let at = prop_oneof![2 => 0usize..3_000, 1 => 0..good.len() - 8];
    let harms = prop::collection::vec((at, number, any::<bool>()), 1..4);
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&harms, |harms| {
            let mut body = good.clone();
            for (at, number, wide) in harms {
                let (at, bytes) = (at / 4 * 4, number.to_le_bytes());
                let bytes = if wide { &bytes[..] } else { &bytes[..4] };
                body[at..at + bytes.len()].copy_from_slice(bytes);
            }
            let answer = runtime.block_on(post(&client, &[("content-type", ARROW)], body));
            match answer.status {
                200 => prop_assert!(answer.outcomes().len() <= 100_000),
                400 | 413 => prop_assert!(answer.json()["detail"].is_string(), "{}", answer.text),
                status => prop_assert!(false, "{status}: {}", answer.text),
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let peak = engine.memory_peak_bytes();
    assert!(peak < MEMORY_BYTES_MAX, "wanted bounded memory, got {peak} bytes");
    runtime.block_on(audit::wallet(&client, WALLET));
}
