//! What the interface tells of a wallet, in one line a thing, so that a story can say what it wants to see.
//!
//! Times are written as the wallet's own clock shows them, with the midnight left out of due days.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::support::client::Client;

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_else(|| panic!("wanted `{field}` as a string in {document}"))
}

/// An instant on the wall of this zone: `2026-08-15`, or `2026-08-15 09:00:00` where it is not midnight.
pub fn local(instant: &str, zone: &TimeZone) -> String {
    let parsed: Timestamp = instant.parse().unwrap_or_else(|_| panic!("{instant:?} is no instant"));
    let zoned = parsed.to_zoned(zone.clone());
    match zoned.time() == jiff::civil::Time::midnight() {
        true => zoned.date().to_string(),
        false => zoned.datetime().to_string().replace('T', " "),
    }
}

/// `past_due, owes 1 (5), due 2026-09-15`; of a released number only what is still owed.
pub fn number(document: &Value, zone: &TimeZone) -> String {
    let mut told = vec![text(document, "status").to_owned()];
    let arrears = document["arrears"].as_array().unwrap_or_else(|| panic!("wanted arrears: {document}"));
    if !arrears.is_empty() {
        let cycles: Vec<String> = arrears.iter().map(|owed| owed["cycle"].to_string()).collect();
        told.push(format!("owes {} ({})", cycles.join("+"), text(document, "arrears_total")));
    }
    if document["status"] == "released" {
        let (at, why) = (text(document, "released_at"), text(document, "release_reason"));
        assert!(document["next_due_at"].is_null(), "a released number has no next due date: {document}");
        told.push(format!("{why} {}", local(at, zone)));
        return told.join(", ");
    }
    told.push(format!("due {}", local(text(document, "next_due_at"), zone)));
    if let Some(at) = document["release_at"].as_str() {
        told.push(format!("release {}", local(at, zone)));
    }
    told.join(", ")
}

/// `active 10, held 5, owes 5`.
pub fn wallet(document: &Value) -> String {
    let mut told = format!("{} {}", text(document, "status"), text(document, "balance"));
    for (word, field) in [("held", "held"), ("owes", "arrears")] {
        if text(document, field) != "0" {
            told += &format!(", {word} {}", text(document, field));
        }
    }
    told
}

/// `2026-08-20 12:00:00 number_fee -5 = 0`.
pub fn entry(document: &Value, zone: &TimeZone) -> String {
    let at = local(text(document, "occurred_at"), zone);
    let (kind, amount, after) =
        (text(document, "type"), text(document, "amount"), text(document, "balance_after"));
    format!("{at} {kind} {amount} = {after}")
}

/// `2026-08-20 12:00:00 number.fee_unpaid`.
pub fn alert(document: &Value, zone: &TimeZone) -> String {
    format!("{} {}", local(text(document, "occurred_at"), zone), text(document, "type"))
}

/// `ready`, `waiting declined 1`, `stopped still_below`: status, reason, declines in a row.
pub fn auto_top_up(document: &Value) -> String {
    let mut told = text(document, "status").to_owned();
    if let Some(reason) = document["reason"].as_str() {
        told += &format!(" {reason}");
    }
    match document["declines_in_a_row"].as_u64() {
        Some(0) => told,
        Some(declines) => format!("{told} {declines}"),
        None => panic!("wanted declines_in_a_row in {document}"),
    }
}

/// `open 5 of 10, settled 5`: status, what remains, of how much, what was settled.
pub fn hold(document: &Value) -> String {
    let amount = |field: &str| text(document, field).to_owned();
    let status = text(document, "status");
    match status {
        "open" => {
            format!("open {} of {}, settled {}", amount("remaining"), amount("amount"), amount("settled"))
        }
        _ => format!("{status}, settled {}", amount("settled")),
    }
}

/// Every entry's line in UTC.
pub async fn entries(client: &Client, wallet: &str) -> Vec<String> {
    client.entries(wallet).await.iter().map(|row| entry(row, &TimeZone::UTC)).collect()
}

/// Type, amount and balance of every entry, without its time.
pub async fn postings(client: &Client, wallet: &str) -> Vec<String> {
    let line = |row: &Value| {
        format!("{} {} = {}", text(row, "type"), text(row, "amount"), text(row, "balance_after"))
    };
    client.entries(wallet).await.iter().map(line).collect()
}

/// The types of all alerts, oldest first.
pub async fn alert_types(client: &Client, wallet: &str) -> Vec<String> {
    client.alerts(wallet).await.iter().map(|row| text(row, "type").to_owned()).collect()
}
