//! The same events as lines and as rows, in every way that Arrow can write them, are the same batch.

use std::collections::BTreeMap;

use arrow_array::ArrayRef;
use proptest::prelude::*;

use super::super::super::samples::{NOW, World, quoted};
use super::build::{
    Form, INDEX_TYPES, INTEGER_TYPES, Text, batch, decimals, instants, integers, maps, split, stream, texts,
};
use super::read;
use crate::engine::batch::{Batch, Read};

const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// Decimal places of the amounts as decimals: one more than there may be.
const PLACES: i8 = 10;

/// What a sender means to tell.
#[derive(Clone, Debug)]
struct Sample {
    texts: BTreeMap<&'static str, String>,
    segments: Option<i64>,
    /// Since 1970.
    seconds: Option<i64>,
    amount: Option<i64>,
    tags: Option<Vec<(String, String)>>,
}

/// Values that are good somewhere, and such as are not.
const VALUES: [(&str, &[&str]); 17] = [
    ("id", &["m-1", "m-2", "", "é", "a\"b", "an id that is a good deal longer than a view holds in itself"]),
    ("type", &["message.outbound", "message.inbound", "carrier.fee", "message.status", "message.read"]),
    ("wallet", &["acme", "other", "nobody", ""]),
    ("source", &["", "gateway/1", "s\u{0}"]),
    ("channel", &["+14155550100", "12345", "ACME", "+18005550100", "12"]),
    ("peer", &["+14155550123", "+447700900123", "555", "ACME"]),
    ("kind", &["sms", "mms", "rcs"]),
    (
        "text",
        &["", "hi", "😀 and \\ more", "a text that is a good deal longer than what a view holds in itself"],
    ),
    ("encoding", &["GSM-7", "UCS-2", "GSM-8"]),
    ("sender_type", &["local", "toll_free", "pigeon"]),
    ("carrier", &["310260", "31"]),
    ("mode", &["admit", "report", "force"]),
    ("campaign", &["", "spring", "c\u{0}"]),
    ("hold", &["h_1", "h\u{0}"]),
    ("message", &["m-1", ""]),
    ("status", &["delivered", "failed", "read"]),
    ("error_code", &["30007", ""]),
];

impl Sample {
    fn line(&self, form: &Form) -> String {
        let mut fields: Vec<String> =
            self.texts.iter().map(|(name, value)| format!("\"{name}\":{}", quoted(value))).collect();
        fields.extend(self.segments_in(form).map(|segments| format!("\"segments\":{segments}")));
        fields.extend(self.seconds.map(|seconds| format!("\"time\":{}", quoted(&instant(seconds)))));
        fields.extend(self.amount.map(|amount| format!("\"amount\":{}", quoted(&decimal(amount)))));
        fields.extend(self.tags.as_ref().map(|tags| format!("\"tags\":{}", object(tags))));
        format!("{{{}}}", fields.join(","))
    }

    /// What the column's type has no room for is not told at all.
    fn segments_in(&self, form: &Form) -> Option<i64> {
        let fits = match form.integer {
            0 | 1 => true,
            2 => self.segments.is_some_and(|segments| i16::try_from(segments).is_ok()),
            3 => self.segments.is_some_and(|segments| u16::try_from(segments).is_ok()),
            _ => self.segments.is_some_and(|segments| segments >= 0),
        };
        self.segments.filter(|_| fits)
    }
}

fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// Of counts of 1e-10.
fn decimal(amount: i64) -> String {
    let (sign, amount) = (if amount < 0 { "-" } else { "" }, amount.unsigned_abs());
    format!("{sign}{}.{:010}", amount / 10_000_000_000, amount % 10_000_000_000)
}

fn object(tags: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        tags.iter().map(|(key, value)| format!("{}:{}", quoted(key), quoted(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// The samples as the columns of one batch; columns in which nothing is are left out.
fn columns(samples: &[Sample], form: &Form) -> Vec<(&'static str, ArrayRef)> {
    let mut columns: Vec<(&'static str, ArrayRef)> = Vec::new();
    let needed = |name: &str| ["id", "type", "wallet"].contains(&name);
    for (name, _) in VALUES {
        let values: Vec<Option<&str>> =
            samples.iter().map(|sample| sample.texts.get(name).map(String::as_str)).collect();
        if needed(name) || values.iter().any(Option::is_some) {
            columns.push((name, texts(&values, form)));
        }
    }
    let as_texts =
        |values: Vec<Option<String>>| texts(&values.iter().map(Option::as_deref).collect::<Vec<_>>(), form);
    let segments: Vec<Option<i64>> = samples.iter().map(|sample| sample.segments).collect();
    columns.push(("segments", integers(&segments, form.integer)));
    let times = samples.iter().map(|sample| sample.seconds);
    columns.push((
        "time",
        match form.tick {
            None => as_texts(times.map(|seconds| seconds.map(instant)).collect()),
            Some(nanos) => {
                let ticks = |seconds: i64| seconds * (NANOS_PER_SECOND / nanos);
                instants(times.map(|seconds| seconds.map(ticks)).collect(), nanos)
            }
        },
    ));
    let amounts = samples.iter().map(|sample| sample.amount);
    columns.push((
        "amount",
        if form.amounts_as_decimals {
            decimals(amounts.map(|amount| amount.map(i128::from)).collect(), PLACES)
        } else {
            as_texts(amounts.map(|amount| amount.map(decimal)).collect())
        },
    ));
    let tags = samples.iter().map(|sample| sample.tags.clone());
    columns.push((
        "tags",
        if form.tags_as_maps {
            let with = |tags: Vec<(String, String)>| {
                tags.into_iter().map(|(key, value)| (key, Some(value))).collect::<Vec<_>>()
            };
            maps(&tags.map(|tags| tags.map(with)).collect::<Vec<_>>())
        } else {
            as_texts(tags.map(|tags| tags.as_deref().map(object)).collect())
        },
    ));
    columns
}

/// All that a batch says, free of where it says it.
fn said(batch: &Batch) -> Vec<String> {
    let line = |line: &crate::engine::batch::Line| {
        let id = batch.texts.get(line.id);
        match &line.read {
            Read::Invalid(invalid) => format!("{} {id:?} {invalid:?}", line.number),
            Read::Event(index) => {
                let event = &batch.events[*index as usize];
                let known = (event.wallet, event.key, event.fingerprint, event.tariff, event.price);
                let message_key = event.message_key();
                format!("{} {id:?} {:?} {known:?} {message_key:?}", line.number, batch.event(*index as usize))
            }
        }
    };
    batch.lines.iter().map(line).collect()
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let texts = VALUES.map(|(name, values)| {
        // What every event must have is nearly always there.
        let likely =
            if ["id", "type", "wallet", "channel", "peer", "kind"].contains(&name) { 0.95 } else { 0.2 };
        // The first values are the good ones.
        let value = prop_oneof![3 => Just(0), 1 => 0..values.len()].prop_map(|at| values[at].to_owned());
        prop::option::weighted(likely, value).prop_map(move |value| value.map(|value| (name, value)))
    });
    let texts: Vec<_> = texts.into_iter().map(Strategy::boxed).collect();
    let seconds = prop_oneof![
        Just(NOW.nanos() / NANOS_PER_SECOND),
        -9_000_000_000i64..9_000_000_000,
        Just(10_413_792_000),
        Just(0)
    ];
    let amount = prop_oneof![Just(500_000_000i64), Just(0), Just(-10), Just(1), any::<i64>()];
    let tag = ("[a-c]", "[a\"\\\\é\u{1}]{0,3}");
    (
        texts,
        prop::option::weighted(0.2, prop_oneof![1i64..4, -1i64..300, any::<i32>().prop_map(i64::from)]),
        prop::option::of(seconds),
        prop::option::weighted(0.1, amount),
        prop::option::weighted(0.3, prop::collection::vec(tag, 0..4)),
    )
        .prop_map(|(texts, segments, seconds, amount, tags)| Sample {
            texts: texts.into_iter().flatten().collect(),
            segments,
            seconds,
            amount,
            tags,
        })
}

fn any_form() -> impl Strategy<Value = Form> {
    let text = prop_oneof![Just(Text::Utf8), Just(Text::Large), Just(Text::View)];
    (
        text,
        prop::option::of(0..INDEX_TYPES),
        prop_oneof![Just(None), Just(Some(1_000)), Just(Some(1_000_000)), Just(Some(NANOS_PER_SECOND))],
        0..INTEGER_TYPES,
        any::<bool>(),
        any::<bool>(),
        1usize..5,
    )
        .prop_map(|(text, index, tick, integer, amounts_as_decimals, tags_as_maps, batches)| Form {
            text,
            index,
            tick,
            integer,
            amounts_as_decimals,
            tags_as_maps,
            batches,
        })
}

proptest! {
    #[test]
    fn lines_and_rows_are_the_same_batch(
        samples in prop::collection::vec(any_sample(), 1..20), form in any_form()
    ) {
        let world = World::new();
        let lines: Vec<String> = samples.iter().map(|sample| sample.line(&form)).collect();
        let by_lines = world.read(lines.join("\n"));
        let stream = stream(&split(&batch(columns(&samples, &form)), form.batches));
        let by_rows = read(&world, stream).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(said(&by_rows), said(&by_lines), "as {:?}: {:#?}", form, lines);
    }
}
