//! Lines: how a body falls into them, which are no JSON, and that each has its answer.

use proptest::prelude::*;

use super::super::samples::{EVENTS_MAX, LINE_BYTES_MAX, World, line, object, quoted, told};
use super::super::{Limits, TooManyEvents};
use super::*;
use crate::engine::batch::Read;

#[test]
fn a_line_that_is_no_json_object_is_malformed_and_tells_its_id_where_it_can_be_read() {
    let good = line(&[]);
    let text_at = good.find("\"hi\"").unwrap() + 1;
    let with_byte = |byte: u8| {
        let mut line = good.clone().into_bytes();
        line[text_at] = byte;
        line
    };
    let late = object(&[("text", "\"\u{0}\""), ("id", "\"m-1\"")], &[]);
    let table: &[(Vec<u8>, &str)] = &[
        (good.as_bytes()[1..].to_vec(), "- malformed -"),
        (good.as_bytes()[..good.len() - 3].to_vec(), "m-1 malformed -"),
        (good.as_bytes()[..8].to_vec(), "- malformed -"),
        (format!("{good}{good}").into(), "m-1 malformed -"),
        (good.replace('}', ",}").into(), "m-1 malformed -"),
        (good.replace('"', "'").into(), "- malformed -"),
        (format!("[{good}]").into(), "- malformed -"),
        (b"\"m-1\"".to_vec(), "- malformed -"),
        (b"42".to_vec(), "- malformed -"),
        (b"null".to_vec(), "- malformed -"),
        (with_byte(0xff), "m-1 malformed -"),
        (with_byte(0), "m-1 malformed -"),
        (late.into(), "- malformed -"),
        (format!("{good}\0").into(), "m-1 malformed -"),
        (line(&[("text", r#""\ud800""#)]).into(), "m-1 malformed -"),
        (line(&[("text", r#""\x""#)]).into(), "m-1 malformed -"),
        (line(&[("segments", "01")]).into(), "m-1 malformed -"),
        (format!(" \u{feff}{good}").into(), "- malformed -"),
        ("[".repeat(60_000).into(), "- malformed -"),
        ("{\"a\":".repeat(10_000).into(), "- malformed -"),
        (line(&[("text", &"[".repeat(60_000))]).into(), "m-1 malformed -"),
        (line(&[("tags", &"{\"a\":".repeat(10_000))]).into(), "m-1 malformed -"),
    ];
    let world = World::new();
    for (bad, want) in table {
        let shown = String::from_utf8_lossy(&bad[..bad.len().min(200)]).into_owned();
        let batch = world.read([bad.as_slice(), b"\n", good.as_bytes()].concat());
        assert_eq!(told(&batch), [format!("1 {want}"), "2 m-1 ok".to_owned()], "reading {shown}");
    }
}

#[test]
fn details_do_not_repeat_what_was_sent() {
    let world = World::new();
    let secret = "the secret";
    let lines = [
        quoted(secret),
        line(&[("text", &format!("[\"{secret}\"]"))]),
        line(&[("text", &format!("\"{secret}\u{1}\""))]),
        line(&[("tags", &quoted(secret))]),
        line(&[("peer", &quoted(secret))]),
        line(&[("time", &quoted(secret))]),
    ];
    for line in lines {
        let batch = world.read(line.as_str());
        let Read::Invalid(invalid) = &batch.lines[0].read else { panic!("wanted {line} invalid") };
        assert!(!invalid.detail.contains("secret"), "{line}: {}", invalid.detail);
    }
}

#[test]
fn a_line_that_is_too_long_is_told_alone() {
    let world = World::new();
    let good = line(&[]);
    let padded = |bytes: usize| good.replace('{', &format!("{{{}", " ".repeat(bytes - good.len())));
    let body = [
        padded(LINE_BYTES_MAX),
        padded(LINE_BYTES_MAX) + "\r",
        padded(LINE_BYTES_MAX + 1),
        line(&[("text", &quoted(&"é".repeat(LINE_BYTES_MAX)))]),
        " ".repeat(2 * LINE_BYTES_MAX),
        good,
    ];
    let want = ["1 m-1 ok", "2 m-1 ok", "3 m-1 line_too_long -", "4 m-1 line_too_long -", "6 m-1 ok"];
    assert_eq!(told(&world.read(body.join("\n"))), want, "line 5 is too long for an event, but blank");
}

#[test]
fn lines_are_numbered_as_written_whatever_ends_them() {
    let (a, b) = (line(&[("id", "\"a\"")]), line(&[("id", "\"b\"")]));
    let table: &[(String, &[&str])] = &[
        (String::new(), &[]),
        ("\n\r\n \t\n".to_owned(), &[]),
        (format!("{a}\n{b}\n"), &["1 a ok", "2 b ok"]),
        (format!("{a}\r\n{b}\r\n"), &["1 a ok", "2 b ok"]),
        (format!("{a}\n{b}"), &["1 a ok", "2 b ok"]),
        (format!("\n{a}\n\n\r\n{b}\n\n"), &["2 a ok", "5 b ok"]),
        (format!("\u{feff}{a}\n{b}"), &["1 a ok", "2 b ok"]),
        (format!("\u{feff}\u{feff}{a}\n{b}"), &["1 - malformed -", "2 b ok"]),
        (format!("{a}\n\u{feff}{b}"), &["1 a ok", "2 - malformed -"]),
        (format!("  {a}  \n\t{b}\t\n"), &["1 a ok", "2 b ok"]),
    ];
    let world = World::new();
    for (body, want) in table {
        assert_eq!(told(&world.read(body.as_str())), *want, "reading {body:?}");
    }
}

#[test]
fn more_events_than_are_allowed_are_none() {
    let world = World::new();
    let body = "{}\n\n".repeat(EVENTS_MAX);
    assert_eq!(
        world.read(body.as_str()).lines.len(),
        EVENTS_MAX,
        "as many as are allowed, blank lines not counted"
    );
    let error = read((body + "{}").into(), &world.desk()).map(|_| ());
    assert_eq!(error, Err(TooManyEvents { max: EVENTS_MAX }));
}

#[test]
fn the_texts_of_events_stand_one_behind_the_other_whatever_is_between_them_in_the_body() {
    let world = World::new();
    let fields = [("campaign", "\"sp\\u0072ing\""), ("tags", r#"{"a":"b"}"#)];
    let batch = world.read(format!("{}\n\nno event\n{}", line(&fields), line(&fields)));
    let spans = batch.events.iter().flat_map(|event| [event.id, event.source, event.campaign, event.tags]);
    let texts: Vec<_> = spans.map(|span| batch.texts.get(span)).filter(|text| !text.is_empty()).collect();
    assert_eq!(texts, ["m-1", "spring", r#"{"a":"b"}"#].repeat(2));
    for (one, next) in texts.iter().zip(&texts[1..]) {
        assert_eq!(one.as_bytes().as_ptr_range().end, next.as_ptr(), "between {one:?} and {next:?}");
    }
}

/// Every line that is not blank (as JSON has blanks), with its number.
fn numbered(body: &[u8]) -> Vec<u32> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let lines = body.split(|byte| *byte == b'\n').zip(1..);
    lines
        .filter(|(line, _)| line.iter().any(|byte| !b" \t\r".contains(byte)))
        .map(|(_, number)| number)
        .collect()
}

fn check_lines(body: &[u8]) -> Result<(), TestCaseError> {
    let world = World::new();
    let limits = Limits { line_bytes_max: 300, ..world.desk().limits };
    let batch = read(Bytes::copy_from_slice(body), &Desk { limits, ..world.desk() }).unwrap();
    let numbers: Vec<u32> = batch.lines.iter().map(|line| line.number).collect();
    prop_assert_eq!(numbers, numbered(body), "wanted one answer for each line");
    let events: Vec<u32> = batch
        .lines
        .iter()
        .filter_map(|line| match line.read {
            Read::Event(index) => Some(index),
            Read::Invalid(_) => None,
        })
        .collect();
    let all = 0..u32::try_from(batch.events.len()).unwrap();
    prop_assert_eq!(events, all.collect::<Vec<_>>(), "wanted each event on one line, in order");
    told(&batch);
    Ok(())
}

fn any_line() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'"'), Just(b'{'), any::<u8>()], 0..40);
    let json = "[\\[\\]{}\":,0-9a-z \\\\u]{0,40}".prop_map(String::into_bytes);
    let damaged =
        (any::<prop::sample::Index>(), any::<u8>(), any::<bool>()).prop_map(|(index, byte, cut)| {
            let mut line =
                line(&[("tags", r#"{"a":"b"}"#), ("time", "\"2026-11-22T10:00:00Z\"")]).into_bytes();
            let at = index.index(line.len());
            line[at] = byte;
            line.truncate(if cut { at } else { line.len() });
            line
        });
    prop_oneof![bytes, json, damaged, Just(line(&[]).into_bytes()), Just(b"\xef\xbb\xbf".to_vec())]
}

proptest! {
    #[test]
    fn any_bytes_are_read_line_by_line(
        lines in prop::collection::vec(any_line(), 0..12), ends in prop::collection::vec("\n|\r\n| \n", 12)
    ) {
        let body: Vec<u8> = lines.iter().zip(&ends).flat_map(|(line, end)| [line, end.as_bytes()].concat()).collect();
        check_lines(&body)?;
    }
}
