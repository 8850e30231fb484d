//! Good streams made bad at random: each is unreadable or read whole, and does no harm either way.
//!
//! `FAREBOX_ARROW_CASES` says how many streams are tried: some thousands where it says nothing.

use std::cell::Cell;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::super::samples::{EVENTS_MAX, World};
use super::build::{
    Form, INDEX_TYPES, PLAIN, Text, batch, decimals, instants, integers, maps, split, stream, texts, utf8,
};
use super::{assert_whole, read};

const CASES: u32 = 3_000;
const ROWS: usize = 12;

/// Streams of every type that a column may have.
static GOOD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let texts_of = [Text::Utf8, Text::Large, Text::View];
    let forms = texts_of.into_iter().flat_map(|text| {
        let indices = std::iter::once(None).chain((0..INDEX_TYPES).map(Some));
        indices.map(move |index| Form { text, index, batches: 1 + index.unwrap_or(0) % 3, ..PLAIN })
    });
    forms.map(|form| good(&form)).collect()
});

fn good(form: &Form) -> Vec<u8> {
    let alternating = |values: [Option<&str>; 3]| {
        texts(&values.iter().copied().cycle().take(ROWS).collect::<Vec<_>>(), form)
    };
    let ids: Vec<String> = (0..ROWS).map(|row| format!("an id that is not so short {row}")).collect();
    let tags: Vec<_> = (0..ROWS)
        .map(|row| (row % 2 == 0).then(|| vec![("a".to_owned(), Some(format!("b {row}")))]))
        .collect();
    let columns = vec![
        ("id", utf8(&ids.iter().map(|id| Some(id.as_str())).collect::<Vec<_>>())),
        ("type", alternating([Some("message.outbound"), Some("message.inbound"), Some("carrier.fee")])),
        ("wallet", alternating([Some("acme"), Some("other"), Some("nobody")])),
        ("channel", alternating([Some("+14155550100"), Some("+18005550100"), None])),
        ("peer", alternating([Some("+14155550123"), Some("12345"), None])),
        ("kind", alternating([Some("sms"), Some("mms"), None])),
        ("text", alternating([Some("hi, and rather more than a view holds in itself"), None, None])),
        ("segments", integers(&[None, None, None].repeat(ROWS / 3), form.index.unwrap_or(0) % 6)),
        ("time", instants([Some(1_795_341_600), None, None].repeat(ROWS / 3), 1_000_000_000)),
        ("amount", decimals([None, None, Some(5)].repeat(ROWS / 3), 2)),
        ("reason", alternating([None, None, Some("registration")])),
        ("tags", maps(&tags)),
    ];
    stream(&split(&batch(columns), form.batches))
}

/// One harm done to a stream.
#[derive(Clone, Debug)]
enum Harm {
    Flip(prop::sample::Index, u8),
    Byte(prop::sample::Index, u8),
    /// Four or eight bytes that may well be a length, an offset or a count.
    Number(prop::sample::Index, i64, bool),
    Cut(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

impl Harm {
    fn apply(&self, stream: &mut Vec<u8>) {
        if stream.is_empty() {
            return;
        }
        let length = stream.len();
        match self {
            Harm::Flip(at, bit) => stream[at.index(length)] ^= 1 << bit,
            Harm::Byte(at, byte) => stream[at.index(length)] = *byte,
            Harm::Number(at, number, wide) => {
                let bytes = number.to_le_bytes();
                let bytes = if *wide { &bytes[..] } else { &bytes[..4] };
                let at = at.index(length) / 4 * 4;
                let end = length.min(at + bytes.len());
                stream[at..end].copy_from_slice(&bytes[..end - at]);
            }
            Harm::Cut(at) => stream.truncate(at.index(length)),
            Harm::Remove(at, bytes) => {
                let at = at.index(length) / 8 * 8;
                stream.drain(at..length.min(at + bytes));
            }
            Harm::Repeat(at, bytes) => {
                let at = at.index(length) / 8 * 8;
                let again = stream[at..length.min(at + bytes)].to_vec();
                stream.splice(at..at, again);
            }
        }
    }
}

fn any_harm() -> impl Strategy<Value = Harm> {
    let at = any::<prop::sample::Index>;
    let number = prop_oneof![
        Just(0),
        Just(-1),
        Just(i64::MAX),
        Just(i64::MIN),
        Just(i64::from(i32::MAX)),
        Just(i64::from(i32::MIN)),
        Just(1 << 33),
        -300i64..300,
        any::<i64>(),
    ];
    let bytes = prop_oneof![Just(8), Just(16), Just(64), 1usize..400];
    prop_oneof![
        4 => (at(), 0u8..8).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        6 => (at(), number, any::<bool>()).prop_map(|(at, number, wide)| Harm::Number(at, number, wide)),
        1 => at().prop_map(Harm::Cut),
        1 => (at(), bytes.clone()).prop_map(|(at, bytes)| Harm::Remove(at, bytes)),
        1 => (at(), bytes).prop_map(|(at, bytes)| Harm::Repeat(at, bytes)),
    ]
}

#[test]
fn good_streams_are_read() {
    let world = World::new();
    for (place, stream) in GOOD.iter().enumerate() {
        let batch = read(&world, stream.clone()).unwrap_or_else(|error| panic!("stream {place}: {error}"));
        assert_eq!(batch.lines.len(), ROWS);
        assert!(batch.events.len() >= 2, "stream {place}: {:?}", batch.lines);
        assert_whole(&batch);
    }
}

#[test]
fn bad_streams_are_unreadable_or_read_whole() {
    let cases =
        std::env::var("FAREBOX_ARROW_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let world = World::new();
    let streams = (0..GOOD.len(), prop::collection::vec(any_harm(), 1..4));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let (unreadable, whole) = (Cell::new(0), Cell::new(0));
    let result = runner.run(&streams, |(place, harms)| {
        let mut stream = GOOD[place].clone();
        harms.iter().for_each(|harm| harm.apply(&mut stream));
        match read(&world, stream) {
            Err(error) => {
                unreadable.set(unreadable.get() + 1);
                prop_assert!((1..500).contains(&error.to_string().len()), "a clear word: {}", error);
            }
            Ok(batch) => {
                whole.set(whole.get() + 1);
                prop_assert!((1..=EVENTS_MAX).contains(&batch.lines.len()));
                assert_whole(&batch);
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let (unreadable, whole) = (unreadable.get(), whole.get());
    assert!(
        unreadable > cases / 10 && whole > cases / 50,
        "{unreadable} unreadable and {whole} whole of {cases}"
    );
}
