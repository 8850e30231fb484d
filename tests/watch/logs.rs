//! The log of an engine that says all it can: structured, a span for each batch, and no number and no text in it.

use serde_json::Value;

use crate::load::{Load, PEERS, TEXT};
use crate::support::event::CHANNEL;
use crate::support::world::{GERMAN, NUMBER, NUMBER_2, NUMBER_3};

/// Enough for a number to be released.
const ROUNDS: usize = 50;

#[tokio::test]
async fn the_log_is_structured_and_tells_no_number_and_no_text() {
    let settings = [("FAREBOX__LOG__FORMAT", "json"), ("FAREBOX__LOG__LEVEL", "trace")];
    let mut load = Load::start(&settings).await;
    for _ in 0..ROUNDS {
        load.round().await;
    }
    let log = load.world.engine().stderr();
    load.world.stop();
    for secret in PEERS.into_iter().chain([CHANNEL, GERMAN, NUMBER, NUMBER_2, NUMBER_3]) {
        let digits = secret.trim_start_matches('+');
        let line = log.lines().find(|line| line.contains(digits));
        assert!(line.is_none(), "{secret} stands in the log: {line:?}");
    }
    assert!(!log.contains(TEXT), "a text stands in the log");
    // What our owner of the numbers is called holds one, and its refusal is told of.
    assert!(
        log.contains("a release is not confirmed"),
        "wanted the release that was refused at first in the log"
    );
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "target"] {
            assert!(line[field].is_string(), "wanted `{field}` in {line}");
        }
    }
    let batches: Vec<&Value> = lines.iter().filter(|line| line["span"]["name"] == "batch").collect();
    let decided: Vec<&&Value> =
        batches.iter().filter(|line| line["fields"]["message"] == "decided").collect();
    assert!(decided.len() >= 2 * ROUNDS, "wanted a line for each request with events: {}", decided.len());
    for line in decided {
        let (fields, span) = (&line["fields"], &line["span"]);
        assert!(span["request"].as_str().is_some_and(|id| id.len() == 16), "{line}");
        assert!(span["key"].is_string(), "{line}");
        let count = |name: &str| fields[name].as_u64().unwrap_or_else(|| panic!("wanted `{name}` in {line}"));
        let outcomes = ["charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"];
        assert_eq!(count("rows"), outcomes.into_iter().map(count).sum::<u64>(), "{line}");
        assert!(fields["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{line}");
    }
    let panic = lines
        .iter()
        .find(|line| line["fields"]["message"].as_str().is_some_and(|said| said.contains("panicked")));
    assert!(panic.is_some(), "a panic is a line of the log like any other");
}

#[tokio::test]
async fn a_request_goes_by_the_id_that_it_came_with() {
    let load = Load::start(&[("FAREBOX__LOG__LEVEL", "debug")]).await;
    let headers = [("content-type", "application/x-ndjson"), ("x-request-id", "trace-4bf92f35")];
    let answer = load.world.client.call(reqwest::Method::POST, "/v1/events", &headers, "{}\n").await;
    assert_eq!(answer.headers.get("x-request-id").map(|id| id.as_bytes()), Some(&b"trace-4bf92f35"[..]));
    let log = load.world.engine().stderr();
    assert!(log.contains("trace-4bf92f35"), "wanted the id in the log:\n{log}");
    load.world.stop();
}
