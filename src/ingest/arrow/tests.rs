//! Streams: which columns are read as what, what their rows are, and that dictionaries cost once.

mod build;
mod fuzz;
mod hostile;
mod raw;
mod same;

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, NullArray, RecordBatch, StringArray,
    TimestampSecondArray,
};

use self::build::{PLAIN, batch, decimals, integers, maps, split, stream, texts, utf8};
use super::super::samples::{EVENTS_MAX, LINE_BYTES_MAX, NOW, World, told};
use super::super::{Scope, TooManyEvents};
use super::*;
use crate::engine::batch::{Read, Told};

fn read(world: &World, stream: Vec<u8>) -> Result<Batch, Unreadable> {
    super::read(Bytes::from(stream), &world.desk())
}

/// Good messages with ids `m-1` and so on, some of their columns replaced, added or (by `None`) left out.
fn messages(rows: usize, changes: Vec<(&'static str, Option<ArrayRef>)>) -> RecordBatch {
    let ids: Vec<String> = (1..=rows).map(|row| format!("m-{row}")).collect();
    let all = |value: &'static str| utf8(&vec![Some(value); rows]);
    let good = [
        ("id", utf8(&ids.iter().map(|id| Some(id.as_str())).collect::<Vec<_>>())),
        ("type", all("message.outbound")),
        ("wallet", all("acme")),
        ("channel", all("+14155550100")),
        ("peer", all("+14155550123")),
        ("kind", all("sms")),
        ("text", all("hi")),
    ];
    let changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
    let kept: Vec<_> = good.into_iter().filter(|(name, _)| !changed(name)).collect();
    let added = changes.iter().filter_map(|(name, column)| Some((*name, column.clone()?)));
    batch(kept.into_iter().chain(added).collect())
}

fn read_messages(
    rows: usize,
    changes: Vec<(&'static str, Option<ArrayRef>)>,
) -> Result<Vec<String>, Unreadable> {
    read(&World::new(), stream(&[messages(rows, changes)])).map(|batch| told(&batch))
}

#[test]
fn rows_are_lines_over_all_batches_of_a_stream() {
    for batches in 1..=5 {
        let stream = stream(&split(&messages(5, vec![]), batches));
        let batch = read(&World::new(), stream).unwrap();
        let want = ["1 m-1 ok", "2 m-2 ok", "3 m-3 ok", "4 m-4 ok", "5 m-5 ok"];
        assert_eq!(told(&batch), want, "in {batches} batches");
        assert!(batch.events.iter().all(|event| event.price.is_some()), "wanted each rated");
    }
}

#[test]
fn nulls_and_columns_that_are_not_there_are_fields_that_are_not_there() {
    let some = |values: &[Option<&str>]| Some(utf8(values));
    type Columns = Vec<(&'static str, Option<ArrayRef>)>;
    let table: Vec<(Columns, [&str; 2])> = vec![
        (vec![("id", some(&[None, Some("")]))], ["1 - missing_field id", "2 - bad_field id"]),
        (
            vec![("type", some(&[None, Some("message.read")]))],
            ["1 m-1 missing_field type", "2 m-2 unknown_type type"],
        ),
        (
            vec![("wallet", some(&[None, Some("nobody")]))],
            ["1 m-1 missing_field wallet", "2 m-2 unknown_wallet wallet"],
        ),
        (vec![("peer", some(&[None, Some("12")]))], ["1 m-1 missing_field peer", "2 m-2 bad_field peer"]),
        (vec![("peer", None)], ["1 m-1 missing_field peer", "2 m-2 missing_field peer"]),
        (
            vec![("peer", Some(Arc::new(NullArray::new(2))))],
            ["1 m-1 missing_field peer", "2 m-2 missing_field peer"],
        ),
        (vec![("amount", some(&[None, Some("1")]))], ["1 m-1 ok", "2 m-2 bad_field amount"]),
        (
            vec![("text", None), ("segments", Some(integers(&[Some(2), None], 5)))],
            ["1 m-1 missing_field encoding", "2 m-2 missing_field text"],
        ),
    ];
    for (changes, want) in table {
        let named = format!("{changes:?}");
        assert_eq!(read_messages(2, changes).unwrap(), want, "{named}");
    }
}

#[test]
fn a_column_that_is_no_field_makes_every_row_an_unknown_field() {
    let none: ArrayRef = Arc::new(Int32Array::from(vec![None, None]));
    let read = read_messages(2, vec![("colour", Some(Arc::clone(&none)))]).unwrap();
    assert_eq!(read, ["1 m-1 unknown_field colour", "2 m-2 unknown_field colour"]);
    let unknown_type = [Some("message.read"), Some("message.outbound")];
    let read = read_messages(2, vec![("Text", Some(none)), ("type", Some(utf8(&unknown_type)))]).unwrap();
    assert_eq!(read, ["1 m-1 unknown_type type", "2 m-2 unknown_field Text"], "an unknown type comes first");
}

#[test]
fn a_column_of_a_wrong_type_is_named_with_what_was_found_and_wanted() {
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let doubles: ArrayRef = Arc::new(Float64Array::from(vec![0.05]));
    let naive: ArrayRef = Arc::new(TimestampSecondArray::from(vec![1]));
    let texts_of_texts: ArrayRef = maps(&[Some(vec![])]);
    let table: Vec<(&'static str, ArrayRef, &str, &str)> = vec![
        ("id", integers(&[Some(1)], 0), "found Int64", "wanted utf8"),
        ("type", Arc::clone(&flags), "found Boolean", "wanted utf8"),
        ("wallet", integers(&[Some(1)], 4), "found UInt32", "wanted utf8"),
        ("text", Arc::clone(&texts_of_texts), "found Map", "wanted utf8"),
        ("segments", utf8(&[Some("1")]), "found Utf8", "wanted an integer"),
        ("segments", Arc::clone(&doubles), "found Float64", "wanted an integer"),
        ("time", naive, "found Timestamp(s)", "wanted a timestamp with a time zone"),
        ("time", integers(&[Some(1)], 0), "found Int64", "wanted a timestamp with a time zone"),
        ("amount", doubles, "found Float64", "wanted decimal128"),
        ("tags", flags, "found Boolean", "wanted a map of utf8 to utf8"),
    ];
    for (column, array, found, wanted) in table {
        match read_messages(1, vec![(column, Some(array))]) {
            Err(Unreadable::Column { column: named, detail }) => {
                assert_eq!(named, column);
                assert!(detail.contains(found) && detail.contains(wanted), "{column}: {detail}");
            }
            other => panic!("{column}: wanted a wrong type, got {other:?}"),
        }
    }
    for needed in ["id", "type", "wallet"] {
        for column in [None, Some(Arc::new(NullArray::new(1)) as ArrayRef)] {
            let read = read_messages(1, vec![(needed, column)]);
            let named = matches!(&read, Err(Unreadable::Column { column, .. }) if *column == needed);
            assert!(named, "without {needed}: {read:?}");
        }
    }
    let twice = batch(vec![("id", utf8(&[Some("m-1")])), ("id", utf8(&[Some("m-2")]))]);
    let read = read(&World::new(), stream(&[twice])).map(|batch| told(&batch));
    assert!(matches!(read, Err(Unreadable::Column { column: "id", .. })), "{read:?}");
}

#[test]
fn a_row_that_is_too_long_is_told_alone() {
    let texts = ["x".repeat(LINE_BYTES_MAX + 1), "€".repeat(LINE_BYTES_MAX / 3), "hi".to_owned()];
    let column = utf8(&texts.iter().map(|text| Some(text.as_str())).collect::<Vec<_>>());
    let read = read_messages(3, vec![("text", Some(column))]).unwrap();
    assert_eq!(read, ["1 m-1 line_too_long -", "2 m-2 too_many_units text", "3 m-3 ok"]);
}

#[test]
fn no_rows_and_more_than_are_allowed_are_none() {
    let none = read(&World::new(), stream(&[messages(0, vec![])])).map(|batch| told(&batch));
    assert_eq!(none, Err(malformed("the stream has no rows")));
    let most = stream(&split(&messages(EVENTS_MAX, vec![]), 3));
    assert_eq!(read(&World::new(), most).unwrap().lines.len(), EVENTS_MAX);
    for batches in [1, 3] {
        let more = stream(&split(&messages(EVENTS_MAX + 1, vec![]), batches));
        let read = read(&World::new(), more).map(|batch| told(&batch));
        assert_eq!(read, Err(TooManyEvents { max: EVENTS_MAX }.into()), "in {batches} batches");
    }
}

#[test]
fn tags_are_maps_or_json() {
    let map = |pairs: &[(&str, Option<&str>)]| {
        let owned = |(key, value): &(&str, Option<&str>)| (key.to_string(), value.map(str::to_owned));
        Some(pairs.iter().map(owned).collect::<Vec<_>>())
    };
    let long = "x".repeat(1_100);
    let rows = [
        map(&[("b", Some("é\"")), ("a", Some(""))]),
        map(&[]),
        None,
        map(&[("a", None)]),
        map(&[("a", Some("b")), ("a", Some("c"))]),
        map(&[("a", Some(&long))]),
    ];
    let column = Some(maps(&rows));
    let batch = read(&World::new(), stream(&[messages(6, vec![("tags", column)])])).unwrap();
    let bad = "bad_field tags";
    let want = ["1 m-1 ok", "2 m-2 ok", "3 m-3 ok"].map(str::to_owned).into_iter();
    let want: Vec<String> = want.chain((4..=6).map(|row| format!("{row} m-{row} {bad}"))).collect();
    assert_eq!(told(&batch), want);
    let tags: Vec<&str> = batch.events.iter().map(|event| batch.texts.get(event.tags)).collect();
    assert_eq!(tags, [r#"{"b":"é\"","a":""}"#, "", ""]);
    for form in [PLAIN, build::Form { index: Some(0), ..PLAIN }] {
        let json = [Some(r#"{ "a" : "b" }"#), Some("{}x"), Some("{}"), Some(r#"{"a":1}"#), None];
        let column = Some(texts(&json, &form));
        let batch = read(&World::new(), stream(&[messages(5, vec![("tags", column)])])).unwrap();
        let told = told(&batch);
        assert_eq!((told[1].as_str(), told[3].as_str()), ("2 m-2 bad_field tags", "4 m-4 bad_field tags"));
        let tags: Vec<&str> = batch.events.iter().map(|event| batch.texts.get(event.tags)).collect();
        assert_eq!(tags, [r#"{"a":"b"}"#, "", ""], "{form:?}");
    }
}

#[test]
fn instants_and_amounts_of_every_scale_are_exact() {
    let seconds = NOW.nanos() / 1_000_000_000;
    for (nanos, tick) in [(1_000_000_000, seconds), (1_000_000, seconds * 1_000), (1, NOW.nanos())] {
        let column = Some(build::instants(vec![Some(tick), None, Some(tick + 1)], nanos));
        let batch = read(&World::new(), stream(&[messages(3, vec![("time", column)])])).unwrap();
        let times: Vec<i64> = batch.events.iter().map(|event| event.occurred_at.nanos()).collect();
        assert_eq!(times, [NOW.nanos(), NOW.nanos(), NOW.nanos() + nanos], "ticks of {nanos}");
    }
    let far = Some(build::instants(vec![Some(i64::MAX), Some(i64::MIN)], 1_000_000_000));
    let read_far = read_messages(2, vec![("time", far)]).unwrap();
    assert_eq!(read_far, ["1 m-1 bad_field time", "2 m-2 bad_field time"]);
    let fees = |digits: i128, places: i8| {
        batch(vec![
            ("id", utf8(&[Some("f-1")])),
            ("type", utf8(&[Some("carrier.fee")])),
            ("wallet", utf8(&[Some("acme")])),
            ("amount", decimals(vec![Some(digits)], places)),
            ("reason", utf8(&[Some("registration")])),
        ])
    };
    let table = [(5, 2, Some(50_000_000)), (500, 10, Some(50)), (3, 0, Some(3_000_000_000)), (5, 10, None)];
    for (digits, places, want) in table {
        let batch = read(&World::new(), stream(&[fees(digits, places)])).unwrap();
        let found = batch.events.first().map(|event| match event.told {
            Told::CarrierFee { amount, .. } => amount.nanos(),
            _ => panic!("wanted a carrier's fee"),
        });
        assert_eq!(found, want, "{digits} with {places} places: {:?}", batch.lines);
    }
}

#[test]
fn a_key_reaches_no_wallet_but_its_own_by_a_dictionary_either() {
    let world = World::new();
    for index in [None, Some(0)] {
        let form = build::Form { index, ..PLAIN };
        let column = Some(texts(&[Some("acme"), Some("other")], &form));
        let desk = Desk { scope: Scope::OneWallet("other"), ..world.desk() };
        let stream = stream(&[messages(2, vec![("wallet", column)])]);
        let batch = super::read(Bytes::from(stream), &desk).unwrap();
        assert_eq!(told(&batch), ["1 m-1 unknown_wallet wallet", "2 m-2 ok"], "{form:?}");
    }
}

#[test]
fn a_strict_schema_may_call_its_columns_not_nullable() {
    let batch = messages(2, vec![]);
    let strict: Vec<ArrowField> =
        batch.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(false)).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(strict)), batch.columns().to_vec()).unwrap();
    let ids: &StringArray = batch.column(0).as_any().downcast_ref().unwrap();
    assert_eq!(ids.value(0), "m-1");
    assert_eq!(told(&read(&World::new(), stream(&[batch])).unwrap()), ["1 m-1 ok", "2 m-2 ok"]);
}

/// Each line is either an event or invalid, events are numbered in order, and every text is there.
fn assert_whole(batch: &Batch) {
    let mut next = 0;
    for (line, number) in batch.lines.iter().zip(1..) {
        assert_eq!(line.number, number);
        if let Read::Event(index) = line.read {
            assert_eq!(index, next, "wanted events in the order of their lines");
            assert!(!batch.event(index as usize).name.id.is_empty());
            next += 1;
        }
    }
    assert_eq!(next as usize, batch.events.len());
}
