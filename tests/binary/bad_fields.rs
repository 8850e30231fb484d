//! Lines that are JSON objects and yet no events: the field is named, and the good lines around it are unharmed.

use serde_json::{Value, json};

use crate::bad_input::{Bad, WALLET, bad, check, raw, sms};
use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::{MINUTES_PER_DAY, minutes_from_now};

fn wrong_fields() -> Vec<Bad> {
    let good = sms().line();
    let mut table = vec![
        bad("unknown field", sms().with("colour", "red").line(), "unknown_field", Some("colour")),
        bad(
            "currency is the wallet's",
            sms().with("currency", "USD").line(),
            "unknown_field",
            Some("currency"),
        ),
        bad(
            "a hold has at most 64 bytes",
            sms().with("hold", "h".repeat(65)).line(),
            "bad_field",
            Some("hold"),
        ),
        bad("duplicate key", good.replace("{", "{\"kind\":\"mms\","), "duplicate_field", Some("kind")),
        bad(
            "duplicate key, same value",
            good.replace("{", "{\"kind\":\"sms\","),
            "duplicate_field",
            Some("kind"),
        ),
        bad(
            "duplicate key, escaped",
            good.replace("{", "{\"k\\u0069nd\":\"mms\","),
            "duplicate_field unknown_field",
            None,
        ),
        bad("neither text nor segments", sms().without("text").line(), "missing_field", None),
        bad(
            "segments without encoding",
            sms().without("text").with("segments", 1).line(),
            "missing_field",
            Some("encoding"),
        ),
        bad("unknown wallet", sms().with("wallet", "nobody").line(), "unknown_wallet", None),
        bad("unknown type", sms().with("type", "message.lost").line(), "unknown_type", None),
        bad("no rate", sms().with("peer", "+9991234567").line(), "no_rate", None),
        bad(
            "too many segments of text",
            sms().with("text", "x".repeat(255 * 153 + 1)).line(),
            "too_many_units",
            None,
        ),
        bad(
            "40 days old",
            sms().with("time", minutes_from_now(-40 * MINUTES_PER_DAY)).line(),
            "too_old",
            None,
        ),
        bad(
            "40 days old, reported",
            sms().report().with("time", minutes_from_now(-40 * MINUTES_PER_DAY)).line(),
            "too_old",
            None,
        ),
        bad("an hour ahead", sms().with("time", minutes_from_now(60)).line(), "in_the_future", None),
        bad(
            "a fee without amount",
            Event::carrier_fee(WALLET, "bad", "1").without("amount").line(),
            "missing_field",
            Some("amount"),
        ),
        bad(
            "a fee with a peer",
            Event::carrier_fee(WALLET, "bad", "1").with("peer", "+14155550123").line(),
            "unknown_field bad_field",
            Some("peer"),
        ),
    ];
    for field in ["id", "type", "wallet", "channel", "peer", "kind"] {
        table.push(bad(
            &format!("without {field}"),
            sms().without(field).line(),
            "missing_field",
            Some(field),
        ));
    }
    table
}

fn wrong_values() -> Vec<Bad> {
    let long = "x".repeat(129);
    let table: Vec<(&'static str, Vec<Value>)> = vec![
        ("id", vec![json!(""), json!(7), json!(long), json!({})]),
        ("source", vec![json!(long), json!(7)]),
        ("wallet", vec![json!(7), json!(["acme"])]),
        ("type", vec![json!(7)]),
        (
            "peer",
            vec![
                json!(""),
                json!("555"),
                json!("+1"),
                json!("+0123456789"),
                json!("14155550123"),
                json!("+1415555012x"),
                json!("+1234567890123456"),
                json!("+1 415 555 0123"),
                json!("ACME"),
                json!(14155550123u64),
            ],
        ),
        (
            "channel",
            vec![
                json!(""),
                json!("+"),
                json!("12"),
                json!("TwelveLetter"),
                json!("+041555501"),
                json!(12345),
            ],
        ),
        ("kind", vec![json!("rcs"), json!("SMS"), json!(1)]),
        ("text", vec![json!(7), json!(["hi"])]),
        ("mode", vec![json!("force"), json!(true)]),
        ("sender_type", vec![json!("pigeon"), json!(1)]),
        ("carrier", vec![json!("31"), json!("3102600"), json!("T-Mobile"), json!(310260)]),
        (
            "time",
            vec![
                json!("yesterday"),
                json!("2026-02-30T00:00:00Z"),
                json!("2026-11-22"),
                json!("2026-11-22T10:00:00"),
                json!(1),
            ],
        ),
        ("campaign", vec![json!(7), json!(long)]),
        (
            "tags",
            vec![
                json!([]),
                json!("x"),
                json!({"a": 1}),
                json!({"a": {"b": "c"}}),
                json!({"a": "x".repeat(2_000)}),
            ],
        ),
    ];
    let of_messages = table.iter().flat_map(|(field, values)| {
        values.iter().map(move |value| {
            bad(
                &format!("{field}: {value}"),
                sms().with(field, value.clone()).line(),
                "bad_field",
                Some(field),
            )
        })
    });
    let counts = ["1.5", "1.0", "1e2", "-1", "0", "\"2\"", "true", "99999999999999999999", "256", "10000"];
    let of_segments = counts.map(|count| {
        let line = raw("segments", count).replace("{", "{\"encoding\":\"GSM-7\",");
        bad(&format!("segments: {count}"), line, "bad_field too_many_units", None)
    });
    let amounts = ["0", "-1", "1e3", "0.0000000001", "one", "", "99999999999999999999", "NaN", "1,000"];
    let of_fees = amounts.map(|amount| {
        bad(
            &format!("amount: {amount:?}"),
            Event::carrier_fee(WALLET, "bad", amount).line(),
            "bad_field",
            Some("amount"),
        )
    });
    let mms = || sms().without("text").with("kind", "mms");
    let others = [
        bad(
            "amount as a number",
            Event::carrier_fee(WALLET, "bad", "1").with("amount", 0.05).line(),
            "bad_field",
            Some("amount"),
        ),
        bad(
            "encoding unknown",
            sms().with("segments", 1).with("encoding", "GSM-8").line(),
            "bad_field",
            Some("encoding"),
        ),
        bad(
            "segments of an MMS",
            mms().with("segments", 1).line(),
            "bad_field unknown_field",
            Some("segments"),
        ),
        bad(
            "encoding of an MMS",
            mms().with("encoding", "GSM-7").line(),
            "bad_field unknown_field",
            Some("encoding"),
        ),
        bad(
            "a name receives nothing",
            Event::inbound(WALLET, "bad").with("channel", "ACME").line(),
            "bad_field",
            Some("channel"),
        ),
    ];
    of_messages.chain(of_segments).chain(of_fees).chain(others).collect()
}

#[tokio::test]
async fn a_line_with_wrong_fields_is_invalid_alone_and_the_field_is_named() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    check(&engine.client(), wrong_fields()).await;
}

#[tokio::test]
async fn a_line_with_wrong_values_is_invalid_alone_and_the_field_is_named() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    check(&engine.client(), wrong_values()).await;
}
