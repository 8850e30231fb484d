//! Exports read by readers that are not ours: Python's csv, DuckDB and Arrow find the same rows and sums as the entries.

use std::process::Command;

use serde_json::{Value, json};

use super::support::engine::Engine;
use super::support::event::Event;
use super::support::{decimal, nanos};
use super::{beside, python_of};

const TEXTS: [&str; 7] =
    ["=1+1", "'already", "say \"hi\", twice", "@SUM(1)", "🌷", "אביב \u{202e}txt", "\u{ff0b}full width"];

#[tokio::test]
async fn python_duckdb_and_arrow_read_the_same_rows_and_sums() {
    let name = "python_duckdb_and_arrow_read_the_same_rows_and_sums";
    let Some(python) = python_of("readers", "duckdb and pyarrow", name) else { return };
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    for round in 0..200 {
        let event = |text: &&str| {
            let id = format!("{text} {round}");
            let tags = json!({"of": text, "lines": "one\r\ntwo"});
            Event::outbound("acme", &id).with("campaign", *text).with("tags", tags)
        };
        client.send(&TEXTS.iter().map(event).collect::<Vec<_>>()).await;
    }
    let entries = client.entries("acme").await;
    for file in ["entries.csv", "entries.parquet"] {
        let bytes = client.open(&format!("/v1/wallets/acme/{file}"), &[]).await.bytes().await.unwrap();
        std::fs::write(home.path().join(file), bytes).unwrap();
    }
    let output = Command::new(python)
        .arg(beside("exports.py"))
        .args([home.path().join("entries.csv"), home.path().join("entries.parquet")])
        .output()
        .expect("the readers' Python starts");
    assert!(output.status.success(), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let amount = |entry: &Value| nanos(entry["amount"].as_str().unwrap());
    let total = decimal(entries.iter().map(|entry| -amount(entry)).sum());
    for reader in ["csv", "duckdb csv", "duckdb parquet", "pyarrow"] {
        let found = &told[reader];
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(rows.len(), entries.len(), "rows by {reader}");
        assert_eq!(nanos(found["total"].as_str().unwrap()), nanos(&total), "the sum by {reader}");
        for (row, entry) in rows.iter().zip(&entries) {
            is_that_of(row, entry, reader);
        }
    }
    let types = &told["types"];
    let want = [
        ("seq", "int64"),
        ("day", "date32[day]"),
        ("posted_at", "timestamp[ns, tz=UTC]"),
        ("total", "decimal128(38, 9)"),
        ("channel", "dictionary<values=string, indices=int32, ordered=0>"),
        ("tags", "string"),
    ];
    for (column, want) in want {
        assert_eq!(types[column], want, "the type of {column}");
    }
}

fn is_that_of(row: &Value, entry: &Value, reader: &str) {
    let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let tags = entry["tags"].as_object().filter(|tags| !tags.is_empty());
    let want = [
        ("seq", entry["seq"].to_string()),
        ("occurred_at", text("occurred_at")[..19].to_owned()),
        ("channel", text("channel")),
        ("type", text("type")),
        ("message_id", text("id")),
        ("total", decimal(-nanos(&text("amount")))),
        ("campaign", text("campaign")),
        ("balance_after", text("balance_after")),
    ];
    for (column, want) in want {
        assert_eq!(row[column], want, "{column} of entry {} by {reader}", entry["seq"]);
    }
    let found: Option<Value> = row["tags"].as_str().and_then(|tags| serde_json::from_str(tags).ok());
    assert_eq!(found.as_ref().and_then(Value::as_object), tags, "tags of entry {} by {reader}", entry["seq"]);
}
