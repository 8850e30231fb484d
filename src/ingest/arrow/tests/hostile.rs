//! Streams that were cut off, damaged or made to do harm: a clear error, and nothing is taken.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_ipc::MetadataVersion;
use arrow_ipc::writer::{DictionaryHandling, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field as ArrowField, Schema};

use super::super::super::samples::{BODY_BYTES_MAX, EVENTS_MAX, World, told};
use super::build::{Form, PLAIN, batch, split, stream, texts, utf8};
use super::raw::{Described, END, big_endian_schema, schema_of};
use super::{messages, read};
use crate::ingest::Unreadable;

const IDS: &[&str] = &["m-1", "m-2"];
const TYPES: &[&str] = &["message.outbound", "carrier.fee"];
const WALLETS: &[&str] = &["acme", "acme"];

fn three_columns() -> RecordBatch {
    let column = |values: &[&'static str]| utf8(&values.iter().map(|text| Some(*text)).collect::<Vec<_>>());
    batch(vec![("id", column(IDS)), ("type", column(TYPES)), ("wallet", column(WALLETS))])
}

fn schema() -> Vec<u8> {
    schema_of(&stream(&[three_columns()]))
}

/// A stream of the three columns with this one batch.
fn of(described: &Described) -> Vec<u8> {
    [schema(), described.rows(), END.to_vec()].concat()
}

fn wants(stream: Vec<u8>, wanted: &str, named: &str) {
    match read(&World::new(), stream).map(|batch| told(&batch)) {
        Err(error) => {
            let told = error.to_string();
            assert!(told.contains(wanted), "{named}: wanted {wanted:?}, got {told:?}");
        }
        Ok(told) => panic!("{named}: wanted it unreadable, got {told:?}"),
    }
}

#[test]
fn what_is_cut_off_anywhere_is_not_taken_in_part() {
    let form = Form { index: Some(0), ..PLAIN };
    let wallets = Some(texts(&[Some("acme"); 4], &form));
    let whole = stream(&split(&messages(4, vec![("wallet", wallets)]), 2));
    assert!(read(&World::new(), whole.clone()).is_ok());
    for length in 1..whole.len() {
        wants(whole[..length].to_vec(), "cut off", &format!("cut to {length} of {}", whole.len()));
    }
    wants([whole.clone(), vec![0]].concat(), "bytes follow the end", "a byte more");
    wants([whole.clone(), whole].concat(), "bytes follow the end", "another stream");
}

#[test]
fn what_is_no_stream_is_told_so() {
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("lines", br#"{"id":"m-1","type":"message.outbound"}"#.to_vec(), "no Arrow stream"),
        ("a file", [b"ARROW1\0\0".to_vec(), stream(&[three_columns()])].concat(), "an Arrow file"),
        ("only an end", END.to_vec(), "before its schema"),
        ("rows first", [Described::texts(&[IDS]).rows(), END.to_vec()].concat(), "no schema"),
        ("two schemas", [schema(), schema(), END.to_vec()].concat(), "neither a dictionary nor"),
        ("big-endian", [big_endian_schema(), END.to_vec()].concat(), "big-endian"),
        ("zeros", vec![0; 64], "no Arrow stream"),
        ("endless metadata", [[0xff; 4].to_vec(), vec![0xff, 0xff, 0xff, 0x7f]].concat(), "of metadata"),
        ("negative metadata", [0xff; 16].to_vec(), "of metadata"),
        ("no metadata", [vec![0xff; 4], vec![8, 0, 0, 0], vec![0; 8]].concat(), "no schema"),
    ];
    for (named, stream, wanted) in table {
        wants(stream, wanted, named);
    }
}

#[test]
fn what_a_batch_says_of_itself_is_held_against_what_is_there() {
    let good = || Described::texts(&[IDS, TYPES, WALLETS]);
    let told_of = told(&read(&World::new(), of(&good())).unwrap());
    assert_eq!(told_of, ["1 m-1 missing_field channel", "2 m-2 missing_field amount"], "the good one");
    type Change = fn(&mut Described);
    let table: [(&str, Change, &str); 22] = [
        ("negative rows", |it| it.rows = -1, "negative length"),
        ("more rows than columns have", |it| it.rows = 3, "damaged"),
        ("fewer rows than columns have", |it| it.rows = 1, "damaged"),
        ("a longer column", |it| it.nodes[1].0 = 3, "damaged"),
        ("an endless column", |it| it.nodes[1].0 = i64::MAX, "damaged"),
        ("a column of negative length", |it| it.nodes[1].0 = -1, "more than it holds"),
        ("negative nulls", |it| it.nodes[1].1 = -1, "more than it holds"),
        ("more nulls than rows", |it| it.nodes[1].1 = 3, "more than it holds"),
        ("nulls without their bits", |it| it.nodes[1].1 = 1, "damaged"),
        ("too few columns", |it| it.nodes.truncate(2), "damaged"),
        ("too few buffers", |it| it.buffers.truncate(8), "damaged"),
        ("a buffer before the body", |it| it.buffers[4].0 = -8, "more than it holds"),
        ("a buffer behind the body", |it| it.buffers[4].0 = 1 << 40, "more than it holds"),
        ("a buffer past the end", |it| it.buffers[8].1 = 1 << 20, "more than it holds"),
        ("a buffer of negative length", |it| it.buffers[4].1 = -1, "more than it holds"),
        ("an offset and a length that overflow", |it| it.buffers[4] = (i64::MAX, i64::MAX), "than it holds"),
        (
            "buffers that share the body",
            |it| {
                let all = it.body.len() as i64;
                it.buffers.iter_mut().for_each(|buffer| *buffer = (0, all));
            },
            "more than it holds",
        ),
        ("views that are not there", |it| it.variadic = Some(vec![i64::MAX]), "more than it holds"),
        ("views of nobody", |it| it.variadic = Some(vec![1]), "damaged"),
        ("another version", |it| it.version = MetadataVersion::V3, "another version"),
        ("compressed buffers", |it| it.compressed = true, "Content-Encoding"),
        ("a shorter body", |it| it.body_bytes = Some(8), "more than it holds"),
    ];
    for (named, change, wanted) in table {
        let mut described = good();
        change(&mut described);
        wants(of(&described), wanted, named);
    }
    let mut longer = good();
    longer.body_bytes = Some(1 << 40);
    wants(of(&longer), "cut off", "a longer body");
    longer.body_bytes = Some(-1);
    wants(of(&longer), "negative length", "a body of negative length");
    let mut many = good();
    many.rows = i64::MAX;
    let read = read(&World::new(), of(&many)).map(|batch| told(&batch));
    assert!(matches!(read, Err(Unreadable::TooManyEvents(_))), "{read:?}");
}

/// The offsets of the column of types, and the texts of it.
fn with_types(offsets: [i32; 3], text: &[u8]) -> Vec<u8> {
    let mut described = Described::texts(&[IDS]);
    described.nodes.push((2, 0));
    described.buffers.push((0, 0));
    described.add_buffer(&offsets.map(i32::to_le_bytes).concat());
    described.add_buffer(text);
    let wallets = Described::texts(&[WALLETS]);
    described.nodes.extend(&wallets.nodes);
    let start = described.body.len() as i64;
    described.buffers.extend(wallets.buffers.iter().map(|(offset, length)| (offset + start, *length)));
    described.body.extend(&wallets.body);
    of(&described)
}

#[test]
fn bad_offsets_and_texts_are_told_with_their_column() {
    assert!(read(&World::new(), with_types([0, 2, 4], b"abcd")).is_ok(), "the good one");
    let table: [(&str, [i32; 3], &[u8]); 7] = [
        ("past the end", [0, 2, 5], b"abcd"),
        ("backwards", [0, 3, 2], b"abcd"),
        ("negative", [-1, 2, 4], b"abcd"),
        ("far backwards", [0, i32::MIN, 4], b"abcd"),
        ("endless", [0, i32::MAX, 4], b"abcd"),
        ("no UTF-8", [0, 2, 4], b"ab\xffd"),
        ("within a character", [0, 1, 2], "é".as_bytes()),
    ];
    for (named, offsets, text) in table {
        let read = read(&World::new(), with_types(offsets, text)).map(|batch| told(&batch));
        let column = matches!(&read, Err(Unreadable::Column { column: "type", .. }));
        assert!(column, "{named}: wanted the column named, got {read:?}");
    }
}

/// A stream whose wallets come by a dictionary of id 0, its indices of one byte.
fn by_dictionary(dictionaries: &[Vec<u8>], indices: [u8; 2], behind: &[u8]) -> Vec<u8> {
    let wallets = texts(&[Some("acme"), Some("acme")], &Form { index: Some(4), ..PLAIN });
    let model = batch(vec![
        ("id", utf8(&[Some("m-1"), Some("m-2")])),
        ("type", utf8(&[Some("x"), Some("x")])),
        ("wallet", wallets),
    ]);
    let mut described = Described::texts(&[IDS, TYPES]);
    described.nodes.push((2, 0));
    described.buffers.push((0, 0));
    described.add_buffer(&indices);
    let parts = [schema_of(&stream(&[model])), dictionaries.concat(), described.rows()];
    [parts.concat(), behind.to_vec(), END.to_vec()].concat()
}

#[test]
fn dictionaries_come_once_and_hold_what_rows_ask_of_them() {
    let values = Described::texts(&[&["acme", "other"]]);
    let (whole, delta) = (values.dictionary(0, false), values.dictionary(0, true));
    let good = by_dictionary(std::slice::from_ref(&whole), [0, 1], &[]);
    let told_of = told(&read(&World::new(), good).unwrap());
    assert_eq!(told_of, ["1 m-1 missing_field channel", "2 m-2 missing_field amount"], "the good one");
    let unused = [whole.clone(), values.dictionary(9, false)];
    assert!(read(&World::new(), by_dictionary(&unused, [0, 1], &[])).is_ok(), "one that nobody uses");
    let late = "added to, replaced or late";
    wants(by_dictionary(&[whole.clone(), delta.clone()], [0, 1], &[]), late, "a delta");
    wants(by_dictionary(&[delta], [0, 1], &[]), late, "a delta to nothing");
    wants(by_dictionary(&[whole.clone(), whole.clone()], [0, 1], &[]), late, "a replacement");
    wants(by_dictionary(std::slice::from_ref(&whole), [0, 1], &whole), late, "after the rows");
    wants(
        by_dictionary(std::slice::from_ref(&whole), [0, 2], &[]),
        "wallet: row 2 of a batch has an index",
        "an index",
    );
    wants(by_dictionary(&[], [0, 0], &[]), "outside its dictionary of 0", "no dictionary at all");
    let column = "column wallet";
    let mut damaged = values.clone();
    damaged.nodes[0].0 = 3;
    wants(by_dictionary(&[damaged.dictionary(0, false)], [0, 1], &[]), column, "a damaged dictionary");
    let mut huge = values;
    huge.rows = EVENTS_MAX as i64 + 1;
    wants(by_dictionary(&[huge.dictionary(0, false)], [0, 1], &[]), "more than 1000 values", "a huge one");
}

#[test]
fn a_writer_that_replaces_or_adds_to_dictionaries_is_told_how_not_to() {
    let form = Form { index: Some(2), ..PLAIN };
    let wallets = |wallet| Some(texts(&[Some(wallet)], &form));
    let batches = ["acme", "other"].map(|wallet| messages(1, vec![("wallet", wallets(wallet))]));
    for handling in [DictionaryHandling::Resend, DictionaryHandling::Delta] {
        let options = IpcWriteOptions::default().with_dictionary_handling(handling);
        let mut writer =
            StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        wants(writer.into_inner().unwrap(), "unify_dictionaries", "a replacement");
    }
}

/// More texts than the body has bytes for: once for every view of the same bytes, or row with the same value.
#[test]
fn what_a_small_body_says_over_and_over_is_bounded() {
    let long = "x".repeat(60_000);
    let mut views = StringViewBuilder::new();
    let block = views.append_block(long.as_bytes().to_vec().into());
    for _ in 0..EVENTS_MAX {
        views.try_append_view(block, 0, 60_000).unwrap();
    }
    let viewed: ArrayRef = Arc::new(views.finish());
    let repeated = texts(&vec![Some(long.as_str()); EVENTS_MAX], &Form { index: Some(0), ..PLAIN });
    for (named, column) in [("views", viewed), ("a dictionary", repeated)] {
        let stream = stream(&[messages(EVENTS_MAX, vec![("text", Some(column))])]);
        assert!(stream.len() < BODY_BYTES_MAX / 4, "{named}: wanted a small body, got {}", stream.len());
        let read = read(&World::new(), stream).map(|batch| told(&batch));
        assert_eq!(read, Err(Unreadable::TooLarge { bytes_max: BODY_BYTES_MAX }), "{named}");
    }
}

#[test]
fn more_messages_and_wider_or_deeper_schemas_than_anybody_needs_are_refused() {
    let nothing = Described::texts(&[&[], &[], &[]]).rows();
    wants([schema(), nothing.repeat(10_001), END.to_vec()].concat(), "more than 10000 messages", "messages");
    let one_row = |fields: Vec<ArrowField>| {
        let nulls = fields.iter().map(|field| new_null_array(field.data_type(), 1)).collect();
        stream(&[RecordBatch::try_new(Arc::new(Schema::new(fields)), nulls).unwrap()])
    };
    let wide = |columns: usize| {
        let fields: Vec<ArrowField> =
            (0..columns).map(|at| ArrowField::new(format!("c{at}"), DataType::Int8, true)).collect();
        one_row(fields)
    };
    wants(wide(100), "column id: it is not there", "a hundred columns of nobody");
    wants(wide(10_000), "damaged, or there are too many", "ten thousand");
    let nested = (0..40)
        .fold(DataType::Int8, |inner, _| DataType::List(Arc::new(ArrowField::new("item", inner, true))));
    wants(one_row(vec![ArrowField::new("deep", nested, true)]), "damaged, or there are too many", "deep");
}
