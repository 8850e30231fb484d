//! Lines that are no JSON objects: each has its own outcome, and the good lines around it are unharmed.
//! Fields and values that are wrong are in `bad_fields`.

use serde_json::json;

use crate::support::client::Client;
use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::{MINUTES_PER_DAY, audit, minutes_from_now};

pub const WALLET: &str = "acme";
const LINE_BYTES_MAX: usize = 65_536;

/// A line and the codes it may be called invalid with (more than one where the rules leave it open), and the
/// field that must be named, where one is.
pub struct Bad {
    name: String,
    line: Vec<u8>,
    codes: &'static str,
    field: Option<&'static str>,
}

pub fn bad(name: &str, line: impl Into<Vec<u8>>, codes: &'static str, field: Option<&'static str>) -> Bad {
    Bad { name: name.to_owned(), line: line.into(), codes, field }
}

pub fn sms() -> Event {
    Event::outbound(WALLET, "bad")
}

/// A good event with raw JSON in the place of a field's value.
pub fn raw(field: &str, value: &str) -> String {
    let mark = "\"@raw@\"";
    // Of the ways to tell the units only one is left, but for tags, which tell none.
    let event = if field == "tags" { sms() } else { sms().without("text") };
    let line = event.with(field, "@raw@").line();
    assert!(line.contains(mark), "the mark of the raw value");
    line.replace(mark, value)
}

fn not_json() -> Vec<Bad> {
    let good = sms().line();
    let cut = good.len() - 7;
    let mut not_utf8 = good.clone().into_bytes();
    let text_at = good.find("\"hi\"").expect("the text of the good event") + 1;
    not_utf8[text_at] = 0xff;
    let mut lone_surrogate = good.clone().into_bytes();
    lone_surrogate.splice(text_at..text_at + 2, [0xed, 0xa0, 0x80]);
    let mut with_nul = good.clone().into_bytes();
    with_nul[text_at] = 0;
    let padded = |bytes: usize| good.replace("{", &format!("{{{}", " ".repeat(bytes - good.len())));
    vec![
        bad("broken", &good[1..], "malformed", None),
        bad("truncated", &good[..cut], "malformed", None),
        bad("two on a line", format!("{good}{good}"), "malformed", None),
        bad("trailing comma", good.replace("}", ",}"), "malformed", None),
        bad("single quotes", good.replace('"', "'"), "malformed", None),
        bad("an array", format!("[{good}]"), "malformed", None),
        bad("a string", "\"m-1\"", "malformed", None),
        bad("a number", "42", "malformed", None),
        bad("null", "null", "malformed", None),
        bad("invalid UTF-8", not_utf8, "malformed", None),
        bad("a surrogate in UTF-8", lone_surrogate, "malformed", None),
        bad("a NUL in a string", with_nul, "malformed", None),
        bad("a NUL after the object", format!("{good}\0"), "malformed", None),
        bad("a byte order mark inside the body", format!("\u{feff}{good}"), "malformed", None),
        bad("one byte too long", padded(LINE_BYTES_MAX + 1), "line_too_long", None),
        bad("10 MB of text", sms().with("text", "x".repeat(10_000_000)).line(), "line_too_long", None),
        bad("100,000 brackets", "[".repeat(100_000), "line_too_long", None),
        bad("100,000 brackets as a value", raw("text", &"[".repeat(100_000)), "line_too_long", None),
        bad("60,000 brackets", "[".repeat(60_000), "malformed", None),
        bad("30,000 pairs of brackets", "[".repeat(30_000) + &"]".repeat(30_000), "malformed", None),
        bad(
            "10,000 objects in each other",
            "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000),
            "malformed unknown_field",
            None,
        ),
        bad(
            "brackets as tags",
            raw("tags", &("[".repeat(30_000) + &"]".repeat(30_000))),
            "bad_field malformed",
            None,
        ),
        bad(
            "brackets as text",
            raw("text", &("[".repeat(30_000) + &"]".repeat(30_000))),
            "bad_field malformed",
            None,
        ),
        bad(
            "brackets as an unknown field",
            raw("extra", &"[".repeat(30_000)),
            "unknown_field malformed",
            None,
        ),
    ]
}

/// Sends each bad line between two good ones, all rows of the table to one engine.
pub async fn check(client: &Client, table: Vec<Bad>) {
    client.wallet_with(WALLET, "1000").await;
    let mut acknowledged = Vec::new();
    for (row, case) in table.iter().enumerate() {
        let good =
            [1, 2].map(|side| Event::outbound(WALLET, &format!("good-{row}-{side}")).line().into_bytes());
        let body = [good[0].as_slice(), &case.line, &good[1]].join(&b'\n');
        let outcomes = client.post_lines(body).await.outcomes();
        let lines: Vec<u64> = outcomes.iter().map(|outcome| outcome.line).collect();
        assert_eq!(lines, [1, 2, 3], "{}: wanted one outcome a line: {outcomes:?}", case.name);
        let told = &outcomes[1];
        let code = told.code.as_deref().unwrap_or("");
        let wanted = told.outcome == "invalid" && case.codes.split(' ').any(|allowed| allowed == code);
        assert!(wanted, "{}: wanted `invalid` with {}, got {told:?}", case.name, case.codes);
        if let Some(field) = case.field {
            assert_eq!(told.field.as_deref(), Some(field), "{}: wanted the field named: {told:?}", case.name);
        }
        assert_eq!((&told.amount, told.seq), (&None, None), "{}: an invalid line has no posting", case.name);
        for side in [0, 2] {
            assert_eq!(outcomes[side].said(), "charged", "{}: wanted the good lines unharmed", case.name);
            acknowledged.push(outcomes[side].clone());
        }
    }
    audit::wallet(client, WALLET).await.holds_exactly(&acknowledged);
}

#[tokio::test]
async fn a_line_that_is_no_json_object_is_invalid_alone() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    check(&engine.client(), not_json()).await;
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with(WALLET, "100000").await;
    let of = |id: &str| Event::outbound(WALLET, id);
    let line = of("longest-line").line();
    let longest_line = line.replace("{", &format!("{{{}", " ".repeat(LINE_BYTES_MAX - line.len())));
    let table: [(&str, String); 13] = [
        ("a line of 64 KiB", longest_line),
        ("an id of 128 bytes", of(&"i".repeat(128)).line()),
        ("an id of one byte", of("i").line()),
        ("a source of 128 bytes", of("source").with("source", "s".repeat(128)).line()),
        ("255 segments of text", of("255-counted").with("text", "x".repeat(255 * 153)).line()),
        (
            "255 segments told",
            of("255-told").without("text").with("segments", 255).with("encoding", "UCS-2").line(),
        ),
        ("an empty text", of("empty-text").with("text", "").line()),
        ("escapes in the text", of("escapes").with("text", "a\0b\n\"\\\u{1f600}").line()),
        ("an escaped field name", of("escaped-name").line().replace("\"kind\"", "\"k\\u0069nd\"")),
        ("34 days old", of("34-days").with("time", minutes_from_now(-34 * MINUTES_PER_DAY)).line()),
        ("4 minutes ahead", of("4-minutes").with("time", minutes_from_now(4)).line()),
        (
            "a time with an offset",
            of("offset").with("time", minutes_from_now(-1).replace('Z', "+00:00")).line(),
        ),
        ("empty tags", of("tags").with("tags", json!({})).line()),
    ];
    for (name, line) in table {
        let outcomes = client.post_lines(line).await.outcomes();
        assert_eq!(outcomes[0].said(), "charged", "wanted {name} taken: {outcomes:?}");
    }
}
