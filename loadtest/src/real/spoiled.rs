//! Lines that cannot be events, each with the code that the engine must give it.

use serde_json::{Map, Value, json};

/// A line, and what must be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoiled {
    pub line: String,
    pub code: &'static str,
    /// Checked where the rule names it plainly.
    pub field: Option<&'static str>,
}

/// Ways to spoil a good line; what is counted is the number of ways.
const WAYS: usize = 22;

const LINE_BYTES_MAX: usize = 64 * 1_024;
/// 255 parts hold 255 x 153 septets: one more is one part too many.
const SEPTETS_TOO_MANY: usize = 255 * 153 + 1;

/// Spoils a good outbound SMS in one of [`WAYS`] ways.
pub fn spoil(good: &Map<String, Value>, way: usize) -> Spoiled {
    let with = |key: &str, value: Value| {
        let mut object = good.clone();
        object.insert(key.to_string(), value);
        Value::Object(object).to_string()
    };
    let without = |keys: &[&str]| {
        let mut object = good.clone();
        for key in keys {
            object.remove(*key);
        }
        Value::Object(object).to_string()
    };
    let whole = Value::Object(good.clone()).to_string();
    let (line, code, field) = match way % WAYS {
        0 => (whole[..whole.len() - 9].trim_end_matches('}').to_string(), "malformed", None),
        1 => ("[\"not an object\"]".to_string(), "malformed", None),
        2 => (format!("{whole}\0"), "malformed", None),
        3 => (with("text", json!("x".repeat(LINE_BYTES_MAX))), "line_too_long", None),
        4 => (with("colour", json!("red")), "unknown_field", Some("colour")),
        5 => (without(&["peer"]), "missing_field", Some("peer")),
        6 => (without(&["id"]), "missing_field", Some("id")),
        7 => (without(&["wallet"]), "missing_field", Some("wallet")),
        8 => (without(&["text", "segments", "encoding"]), "missing_field", None),
        9 => (whole.replacen('{', "{\"kind\":\"sms\",", 1), "duplicate_field", Some("kind")),
        10 => (with("peer", json!("+12")), "bad_field", Some("peer")),
        11 => (with("peer", json!("12345")), "bad_field", Some("peer")),
        12 => (with("channel", json!(14155550100_u64)), "bad_field", Some("channel")),
        13 => (with("channel", json!("TwelveLetter")), "bad_field", Some("channel")),
        14 => (with("kind", json!("fax")), "bad_field", Some("kind")),
        15 => (with("id", json!("x".repeat(129))), "bad_field", Some("id")),
        16 => (with("time", json!("yesterday")), "bad_field", Some("time")),
        17 => (with("mode", json!("maybe")), "bad_field", Some("mode")),
        18 => (with("carrier", json!("T-Mobile")), "bad_field", Some("carrier")),
        19 => (with("type", json!("message.fax")), "unknown_type", None),
        20 => (with("wallet", json!("nobody.has-this-wallet")), "unknown_wallet", None),
        _ => {
            let mut object = good.clone();
            object.retain(|key, _| key != "segments" && key != "encoding");
            object.insert("text".to_string(), json!("x".repeat(SEPTETS_TOO_MANY)));
            (Value::Object(object).to_string(), "too_many_units", None)
        }
    };
    Spoiled { line, code, field }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_way_spoils_differently_and_stays_on_one_line() {
        let good = json!({"id": "m-1", "type": "message.outbound", "wallet": "acme", "channel": "ACME",
            "peer": "+6581234567", "kind": "sms", "text": "hi"});
        let good = good.as_object().expect("an object was written");
        let lines: Vec<Spoiled> = (0..WAYS).map(|way| spoil(good, way)).collect();
        let distinct: HashSet<&str> = lines.iter().map(|spoiled| spoiled.line.as_str()).collect();
        assert_eq!(distinct.len(), WAYS);
        for spoiled in &lines {
            assert!(!spoiled.line.contains('\n'), "{spoiled:?}");
            let too_long = spoiled.line.len() > LINE_BYTES_MAX;
            assert_eq!(too_long, spoiled.code == "line_too_long", "{} bytes", spoiled.line.len());
            let read = serde_json::from_str::<Map<String, Value>>(&spoiled.line);
            assert_eq!(read.is_err(), spoiled.code == "malformed", "{spoiled:?}");
        }
    }
}
