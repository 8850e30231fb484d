//! CloudEvents: the three modes, what is wrong with an event, and that it is the same event as a line.

use proptest::prelude::*;

use super::super::samples::{EVENTS_MAX, LINE_BYTES_MAX, World, line, object, status_line, told};
use super::*;
use crate::engine::batch::BatchEvent;

const DATA_FIELDS: [(&str, &str); 4] = [
    ("channel", r#""+14155550100""#),
    ("peer", r#""+14155550123""#),
    ("kind", r#""sms""#),
    ("text", r#""hi""#),
];

fn data(changes: &[(&str, &str)]) -> String {
    object(&DATA_FIELDS, changes)
}

/// A good CloudEvent, some of its attributes replaced, added or (by an empty value) left out.
fn cloud(changes: &[(&str, &str)]) -> String {
    let data = data(&[]);
    let good = [
        ("specversion", r#""1.0""#),
        ("id", r#""m-1""#),
        ("source", r#""gateway/1""#),
        ("type", r#""message.outbound""#),
        ("subject", r#""acme""#),
        ("datacontenttype", r#""application/json""#),
        ("data", &data),
    ];
    object(&good, changes)
}

fn structured(body: impl Into<Vec<u8>>) -> Result<Batch, Unreadable> {
    read_structured(Bytes::from(body.into()), &World::new().desk())
}

fn batch(body: impl Into<Vec<u8>>) -> Result<Batch, Unreadable> {
    read_batch(Bytes::from(body.into()), &World::new().desk())
}

/// The headers of the good event, some replaced, added or (by an empty value) left out.
fn headers<'h>(changes: &[(&'h str, &'h str)]) -> Vec<(&'h str, &'h [u8])> {
    let good = [
        ("host", "farebox"),
        ("ce-specversion", "1.0"),
        ("ce-id", "m-1"),
        ("ce-source", "gateway/1"),
        ("ce-type", "message.outbound"),
        ("ce-subject", "acme"),
        ("content-type", "application/json"),
    ];
    let kept = good.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let added = changes.iter().copied().filter(|(_, value)| !value.is_empty());
    kept.chain(added).map(|(name, value)| (name, value.as_bytes())).collect()
}

fn binary(changes: &[(&str, &str)], body: &str) -> Result<Batch, Unreadable> {
    read_binary(headers(changes), Bytes::from(body.to_owned()), &World::new().desk())
}

fn only(batch: &Batch) -> BatchEvent {
    assert_eq!(batch.events.len(), 1, "wanted one event: {:?}", batch.lines);
    batch.events[0]
}

#[test]
fn the_same_event_in_any_form_has_the_same_key_and_content() {
    let world = World::new();
    let more = [("source", r#""gateway/1""#), ("time", r#""2026-11-20T00:00:00Z""#)];
    let (_, plain) = world.read_one(&line(&[&more[..], &[("campaign", "\"spring\"")]].concat()));
    let data = data(&[("campaign", "\"spring\"")]);
    let event =
        cloud(&[&more[..], &[("data", &data), ("traceparent", "\"00-4bf9\""), ("sequence", "7")]].concat());
    let forms = [
        ("structured", structured(event.as_str())),
        ("batch", batch(format!(" [ {event} ] "))),
        ("binary", binary(&[("ce-time", "2026-11-20T00:00:00Z"), ("ce-traceparent", "00-4bf9")], &data)),
        (
            "binary, encoded",
            binary(&[("ce-time", "2026-11-20T00:00:00Z"), ("ce-source", "gateway%2f1")], &data),
        ),
        (
            "binary, upper case",
            binary(&[("ce-time", "2026-11-20T00:00:00Z"), ("ce-id", ""), ("CE-ID", "m-1")], &data),
        ),
    ];
    for (form, read) in forms {
        let read = read.unwrap();
        let event = only(&read);
        assert_eq!((event.key, event.fingerprint), (plain.key, plain.fingerprint), "{form}");
        assert_eq!(
            (event.wallet, event.occurred_at, event.price),
            (plain.wallet, plain.occurred_at, plain.price)
        );
        assert_eq!(read.texts.get(event.campaign), "spring", "{form}");
        assert_eq!(told(&read), ["1 m-1 ok"], "{form}");
    }
}

#[test]
fn the_same_status_in_any_form_is_about_the_same_message() {
    let world = World::new();
    let table: [&[(&str, &str)]; 2] = [
        &[],
        &[("message_source", "\"platform\""), ("error_code", "\"30007\""), ("status", "\"undelivered\"")],
    ];
    for changes in table {
        let source = [("source", r#""gateway/1""#)];
        let (_, plain) = world.read_one(&status_line(&[&source[..], changes].concat()));
        let data = object(&[("message", r#""m-1""#), ("status", r#""failed""#)], changes);
        let envelope = [("id", r#""s-1""#), ("type", r#""message.status""#), ("data", &data)];
        let event = cloud(&envelope);
        let forms = [
            ("structured", structured(event.as_str())),
            ("batch", batch(format!("[{event}]"))),
            ("binary", binary(&[("ce-id", "s-1"), ("ce-type", "message.status")], &data)),
        ];
        for (form, read) in forms {
            let read = read.unwrap();
            assert_eq!(told(&read), ["1 s-1 ok"], "{form}: {changes:?}");
            let event = only(&read);
            assert_eq!((event.key, event.fingerprint), (plain.key, plain.fingerprint), "{form}: {changes:?}");
            assert_eq!(event.message_key(), plain.message_key(), "{form}: {changes:?}");
        }
    }
    let stray = cloud(&[("type", r#""message.status""#)]);
    assert_eq!(
        told(&structured(stray).unwrap()),
        ["1 m-1 bad_field channel"],
        "a status of a message's fields"
    );
    let held = cloud(&[("data", &data(&[("hold", "\"h_1\"")]))]);
    let read = structured(held).unwrap();
    assert_eq!(read.texts.get(only(&read).hold), "h_1");
}

#[test]
fn an_event_that_is_none_is_told_alone() {
    let in_data = |name: &'static str| data(&[(name, "\"x\"")]);
    let table: Vec<(String, &str)> = vec![
        (cloud(&[("specversion", "")]), "m-1 missing_field specversion"),
        (cloud(&[("specversion", "\"0.3\"")]), "m-1 bad_field specversion"),
        (cloud(&[("specversion", "1.0")]), "m-1 bad_field specversion"),
        (cloud(&[("specversion", "null")]), "m-1 missing_field specversion"),
        (cloud(&[("specversion", r#""1.0","specversion":"1.0""#)]), "m-1 duplicate_field specversion"),
        (cloud(&[("id", "")]), "- missing_field id"),
        (cloud(&[("id", "7")]), "- bad_field id"),
        (cloud(&[("id", "\"\"")]), "- bad_field id"),
        (cloud(&[("id", r#""m-1","id":"m-2""#)]), "m-1 duplicate_field id"),
        (cloud(&[("source", "")]), "m-1 missing_field source"),
        (cloud(&[("source", "\"\"")]), "m-1 bad_field source"),
        (cloud(&[("source", "{}")]), "m-1 bad_field source"),
        (cloud(&[("type", "")]), "m-1 missing_field type"),
        (cloud(&[("type", "\"message.lost\"")]), "m-1 unknown_type type"),
        (cloud(&[("subject", "")]), "m-1 missing_field subject"),
        (cloud(&[("subject", "[\"acme\"]")]), "m-1 bad_field subject"),
        (cloud(&[("subject", "\"nobody\"")]), "m-1 unknown_wallet subject"),
        (cloud(&[("time", "\"noon\"")]), "m-1 bad_field time"),
        (cloud(&[("datacontenttype", "\"text/xml\"")]), "m-1 bad_field datacontenttype"),
        (cloud(&[("data", "")]), "m-1 missing_field data"),
        (cloud(&[("data", "null")]), "m-1 missing_field data"),
        (cloud(&[("data", "\"text\"")]), "m-1 bad_field data"),
        (cloud(&[("data", "[{}]")]), "m-1 bad_field data"),
        (cloud(&[("data", &format!("{0},\"data\":{0}", data(&[])))]), "m-1 duplicate_field data"),
        (cloud(&[("data_base64", "\"e30=\"")]), "m-1 bad_field data_base64"),
        (cloud(&[("data", ""), ("data_base64", "\"e30=\"")]), "m-1 bad_field data_base64"),
        (cloud(&[("Extension", "1")]), "m-1 unknown_field Extension"),
        (cloud(&[("with_line", "1")]), "m-1 unknown_field with_line"),
        (cloud(&[("data", &data(&[("colour", "1")]))]), "m-1 unknown_field colour"),
        (cloud(&[("data", &data(&[("peer", "\"555\"")]))]), "m-1 bad_field peer"),
        (cloud(&[("data", &in_data("id"))]), "m-1 bad_field id"),
        (cloud(&[("data", &in_data("type"))]), "m-1 bad_field type"),
        (cloud(&[("data", &in_data("wallet"))]), "m-1 bad_field wallet"),
        (cloud(&[("data", &in_data("source"))]), "m-1 bad_field source"),
        (cloud(&[("data", &in_data("time"))]), "m-1 bad_field time"),
        (cloud(&[("data", &data(&[("text", r#""\ud800""#)]))]), "m-1 malformed -"),
        (
            cloud(&[("data", &data(&[("text", &format!("\"{}\"", "x".repeat(LINE_BYTES_MAX)))]))]),
            "m-1 line_too_long -",
        ),
    ];
    for (event, want) in &table {
        let alone = told(&structured(event.as_str()).unwrap());
        assert_eq!(alone, [format!("1 {want}")], "structured: {event:.300}");
        let good = cloud(&[]);
        let among = told(&batch(format!("[{good},{event},{good}]")).unwrap());
        assert_eq!(
            among,
            ["1 m-1 ok".to_owned(), format!("2 {want}"), "3 m-1 ok".to_owned()],
            "batch: {event:.300}"
        );
    }
}

#[test]
fn what_does_not_concern_us_is_ignored() {
    let table = [
        ("an extension", cloud(&[("traceparent", "\"00\""), ("sampledrate", "30"), ("flag", "true")])),
        ("an extension named as a field", cloud(&[("wallet", "\"nobody\""), ("text", "1")])),
        ("a schema", cloud(&[("dataschema", "\"https://example.org/schema\"")])),
        ("no content type", cloud(&[("datacontenttype", "")])),
        ("a null", cloud(&[("datacontenttype", "null"), ("time", "null"), ("data_base64", "null")])),
        ("a parameter", cloud(&[("datacontenttype", "\"Application/JSON; charset=utf-8\"")])),
        ("a byte order mark", format!("\u{feff}{}", cloud(&[]))),
        ("blanks", format!(" \n{}\r\n", cloud(&[]))),
    ];
    for (name, event) in table {
        assert_eq!(told(&structured(event).unwrap()), ["1 m-1 ok"], "{name}");
    }
}

#[test]
fn binary_attributes_are_checked_like_the_others() {
    let good = data(&[]);
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("ce-specversion", "")], "m-1 missing_field specversion"),
        (&[("ce-specversion", "0.3")], "m-1 bad_field specversion"),
        (&[("ce-id", "")], "- missing_field id"),
        (&[("ce-id", "%ff")], "- bad_field id"),
        (&[("ce-id", "a%00")], "- bad_field id"),
        (&[("ce-id", "%F0%9F%98%80")], "😀 ok"),
        (&[("ce-id", "\"quoted id\"")], "quoted id ok"),
        (&[("CE-ID", "m-2")], "m-1 duplicate_field id"),
        (&[("ce-source", "")], "m-1 missing_field source"),
        (&[("ce-type", "")], "m-1 missing_field type"),
        (&[("ce-subject", "")], "m-1 missing_field subject"),
        (&[("ce-subject", "nobody")], "m-1 unknown_wallet subject"),
        (&[("ce-time", "noon")], "m-1 bad_field time"),
        (&[("ce-traceparent", "%ff")], "m-1 ok"),
        (&[("ce-datacontenttype", "application/json")], "m-1 ok"),
        (&[("ce-data", "{}")], "m-1 unknown_field data"),
        (&[("ce-a_b", "1")], "m-1 unknown_field a_b"),
    ];
    for (changes, want) in table {
        assert_eq!(told(&binary(changes, &good).unwrap()), [format!("1 {want}")], "{changes:?}");
    }
    let bodies = [
        ("[]".to_owned(), "m-1 bad_field data"),
        ("1".to_owned(), "m-1 bad_field data"),
        (data(&[("wallet", "\"acme\"")]), "m-1 bad_field wallet"),
        (data(&[("peer", "")]), "m-1 missing_field peer"),
        (format!("\u{feff} {good} "), "m-1 ok"),
        (format!("{}{good}", " ".repeat(LINE_BYTES_MAX)), "m-1 line_too_long -"),
    ];
    for (body, want) in bodies {
        assert_eq!(told(&binary(&[], &body).unwrap()), [format!("1 {want}")], "{body:.200}");
    }
}

#[test]
fn a_body_that_is_no_such_json_cannot_be_read() {
    let event = cloud(&[]);
    let bodies = ["", " ", "[", "{", "{}{}", "nonsense", "{\"id\":}", "\u{feff}"];
    for body in bodies {
        for (mode, read) in
            [("structured", structured(body)), ("batch", batch(body)), ("binary", binary(&[], body))]
        {
            assert!(matches!(read, Err(Unreadable::Malformed(_))), "{mode}: {body:?}");
        }
    }
    for body in ["[]", "1", "null", "\"x\""] {
        assert!(matches!(structured(body), Err(Unreadable::Malformed(_))), "structured: {body:?}");
    }
    let broken_batches = ["{}", "[1", "[1,]", "\"x\""].map(str::to_owned);
    for body in
        broken_batches.into_iter().chain([format!("[{event}"), format!("[{event} {event}]"), event.clone()])
    {
        assert!(matches!(batch(body.as_str()), Err(Unreadable::Malformed(_))), "batch: {body}");
    }
    assert!(matches!(structured(b"{\"id\":\"\xff\"}"), Err(Unreadable::Malformed(_))), "not UTF-8");
    let Err(error) = structured("\"the secret\"") else { panic!("wanted a string refused") };
    assert!(!error.to_string().contains("secret"), "{error}");
    let Err(error) = batch("\"the secret\"") else { panic!("wanted a string refused") };
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn the_items_of_a_batch_are_counted_whatever_they_are() {
    assert_eq!(told(&batch("[]").unwrap()), [""; 0], "none");
    let items = format!("[1,null,{},[],\"x\",{}]", cloud(&[]), "[".repeat(9_000) + &"]".repeat(9_000));
    let want = [
        "1 - malformed -",
        "2 - malformed -",
        "3 m-1 ok",
        "4 - malformed -",
        "5 - malformed -",
        "6 - malformed -",
    ];
    assert_eq!(told(&batch(items).unwrap()), want);
    let many = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
    assert_eq!(batch(many(EVENTS_MAX)).unwrap().lines.len(), EVENTS_MAX, "as many as are allowed");
    let too_many = batch(many(EVENTS_MAX + 1)).map(|_| ());
    assert_eq!(too_many, Err(TooManyEvents { max: EVENTS_MAX }.into()));
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        "[\\[\\]{}\":,0-9a-z \\\\u]{0,60}".prop_map(String::into_bytes),
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(index, byte)| {
            let mut event = format!("[{}]", cloud(&[])).into_bytes();
            let at = index.index(event.len());
            event[at] = byte;
            event
        }),
    ]) {
        for read in [structured(body.clone()), batch(body.clone())].into_iter().flatten() {
            prop_assert!(told(&read).len() == read.lines.len());
        }
        let headers = [("ce-id", &body[..]), ("ce-time", &body), ("ce-subject", &body)];
        let _ = read_binary(headers, Bytes::from(data(&[])), &World::new().desk());
    }
}
