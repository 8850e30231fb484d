//! R1 over a real store: rows are what the entries are and what usage adds up, on both axes, for any range and filter.

mod world;

use std::collections::HashMap;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type};

use super::*;
use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::{Direction, Kind};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry};
use crate::domain::samples::{Random, seeds};
use crate::domain::usage::{Axis, Dimensions, EntryType};
use crate::usage::query::Filter;
use rows::Row;
use world::{CAMPAIGNS, CHANNELS, World};

const ZONES: [&str; 4] = ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"];

fn always() -> bool {
    true
}

/// A range within the wallet's life and a little beyond, and what of it.
fn query(random: &mut Random, world: &World) -> Query {
    let mut day = || {
        let span = (world.last().nanos() - world.first().nanos()) as u64 + 4 * world::DAY as u64;
        let at = world.first().nanos() - 2 * world::DAY + random.below(span) as i64;
        world.zone().day(crate::domain::time::Timestamp::from_nanos(at))
    };
    let (one, other) = (day(), day());
    let mut filter = Filter::default();
    if random.percent(30) {
        filter.channels =
            CHANNELS[..1 + random.below(2) as usize].iter().map(|one| Address::parse(one).unwrap()).collect();
    }
    if random.percent(30) {
        filter.campaigns = vec![random.pick(&CAMPAIGNS).to_owned(), random.pick(&CAMPAIGNS).to_owned()];
    }
    filter.direction = random.percent(15).then_some(Direction::Inbound);
    filter.kind = random.percent(15).then_some(Kind::Sms);
    filter.country = random.percent(15).then_some(*b"HK");
    Query { axis: random.pick(Axis::ALL), from: one.min(other), to: one.max(other), filter }
}

/// The entries that a query admits, as a naive walk over all of them finds them: seq, day and what was used.
fn naive(world: &World, query: &Query) -> Vec<(u64, Day, i128)> {
    let mut found = Vec::new();
    for (posted_at, record) in &world.posted {
        let Change::Entry(entry) = &record.change else { continue };
        let at = match query.axis {
            Axis::Occurred => record.occurred_at,
            Axis::Posted => *posted_at,
        };
        let day = world.zone().day(at);
        if (query.from..=query.to).contains(&day) && query.filter.admits(&Dimensions::of(&entry.cause)) {
            found.push((entry.seq, day, -i128::from(entry.amount.nanos())));
        }
    }
    found
}

/// What a row must show whatever it is of.
fn holds(world: &World, row: &Row<'_>) {
    let (posted_at, record) = world.entry(row.seq);
    let Change::Entry(entry) = &record.change else { unreachable!() };
    assert_eq!((row.occurred_at, row.posted_at), (record.occurred_at, *posted_at));
    assert_eq!((row.amount, row.balance_after), (entry.amount, entry.balance_after));
    assert_eq!(row.entry_type, EntryType::of(&entry.cause));
    let parts = [row.message_cost, row.carrier_fee, row.other_fee];
    let parts: i128 = parts.iter().flatten().map(|part| i128::from(part.nanos())).sum();
    assert_eq!(parts, i128::from(row.total.nanos()), "{row:?}");
    assert_eq!(row.total.nanos(), -row.amount.nanos(), "{row:?}");
    let status = world.pinned.status(world.id(), row.seq).unwrap();
    match &entry.cause {
        Cause::Message { event, price } => {
            assert_eq!((row.message_id, row.source), (event.name.id, event.name.source));
            assert_eq!((row.campaign, row.tags), (event.campaign, event.tags));
            assert_eq!(row.message_cost, Some(price.rated.price));
            assert_eq!(row.status, status, "the status of entry {}", row.seq);
        }
        Cause::Refund { of, .. } | Cause::FailureFee { of, .. } | Cause::Recharge { of, .. } => {
            let (_, record) = world.entry(*of);
            let Change::Entry(Entry { cause: Cause::Message { event, .. }, .. }) = &record.change else {
                panic!("entry {of} is a message's")
            };
            assert_eq!((row.message_id, row.source), (event.name.id, event.name.source));
            assert_eq!(row.campaign, event.campaign);
            assert!(row.channel.is_some() && row.peer.is_some() && row.units.is_none(), "{row:?}");
            assert!(row.other_fee_description.contains(&of.to_string()), "{row:?}");
        }
        Cause::NumberFee(fee) => assert_eq!(row.channel, Some(fee.number)),
        _ => {}
    }
}

#[test]
fn r1_rows_are_the_entries_and_what_usage_adds_up_on_both_axes() {
    for seed in seeds(1, 4) {
        println!("seed: FAREBOX_SEED={seed}");
        let mut random = Random::new(seed);
        let world = World::of(&mut random, ZONES[seed as usize % ZONES.len()], 500);
        let mut rows_seen = 0;
        for _ in 0..60 {
            let query = query(&mut random, &world);
            let export = world.export(query.clone());
            let want = naive(&world, &query);
            let expected = export.expected().unwrap();
            let used = want.iter().map(|(_, _, used)| used).sum();
            assert_eq!(expected, Expected { rows: want.len() as u64, used }, "usage of {query:?}");
            let mut found = Vec::new();
            let visit = |row: &Row<'_>| {
                holds(&world, row);
                found.push((row.seq, row.day, i128::from(row.total.nanos())));
                Ok(())
            };
            export.each(&expected, always, visit).unwrap();
            assert!(found == want, "rows of {query:?}");
            rows_seen += found.len();
        }
        assert!(rows_seen > 500, "the queries are of what is there");
    }
}

#[test]
fn csv_and_parquet_hold_the_same_rows() {
    let mut random = Random::new(11);
    let world = World::of(&mut random, "Asia/Kathmandu", 300);
    for _ in 0..20 {
        let query = query(&mut random, &world);
        let export = world.export(query.clone());
        let expected = export.expected().unwrap();
        let csv = export.csv(&expected, Cells::Plain, Vec::new(), always).unwrap();
        let parquet = export.parquet(&expected, Vec::new(), always).unwrap();
        let (csv, parquet) = (read_csv(&csv), read_parquet(parquet));
        assert_eq!(csv.len() as u64, expected.rows, "{query:?}");
        assert!(csv == parquet, "{query:?}");
        let used: i128 = csv.iter().map(|row| row.total).sum();
        assert_eq!(used, expected.used, "{query:?}");
    }
}

/// Of a row, what both are read back for.
#[derive(Debug, PartialEq)]
struct Read {
    seq: i64,
    total: i128,
    texts: [String; 5],
}

const TEXTS: [&str; 5] = ["channel", "message_id", "source", "campaign", "tags"];

fn read_csv(bytes: &[u8]) -> Vec<Read> {
    let mut reader = ::csv::Reader::from_reader(bytes);
    let names: HashMap<String, usize> =
        reader.headers().unwrap().iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cell = |name: &str| row[names[name]].to_owned();
        let text = |name: &str| cell(name).strip_prefix('\'').map_or_else(|| cell(name), str::to_owned);
        Read {
            seq: cell("seq").parse().unwrap(),
            total: Money::parse(&cell("total")).unwrap().nanos().into(),
            texts: TEXTS.map(text),
        }
    });
    rows.collect()
}

fn read_parquet(bytes: Vec<u8>) -> Vec<Read> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let column = |name: &str| batch.column_by_name(name).unwrap();
        let (seqs, totals) =
            (column("seq").as_primitive::<Int64Type>(), column("total").as_primitive::<Decimal128Type>());
        let text = |name: &str, row: usize| {
            let column = column(name);
            match column.as_string_opt::<i32>() {
                _ if column.is_null(row) => String::new(),
                Some(texts) => texts.value(row).to_owned(),
                None => {
                    let words = column.as_dictionary::<Int32Type>();
                    let at = words.keys().value(row) as usize;
                    words.values().as_string::<i32>().value(at).to_owned()
                }
            }
        };
        for row in 0..batch.num_rows() {
            let texts = TEXTS.map(|name| text(name, row));
            rows.push(Read { seq: seqs.value(row), total: totals.value(row), texts });
        }
    }
    rows
}

#[test]
fn an_export_that_is_not_what_usage_says_or_that_nobody_wants_ends_in_an_error() {
    let mut random = Random::new(3);
    let world = World::of(&mut random, "UTC", 6_000);
    let everything = |axis| {
        let (from, to) = (world.zone().day(world.first()), world.zone().day(world.last()));
        world.export(Query { axis, from, to, filter: Filter::default() })
    };
    for axis in [Axis::Occurred, Axis::Posted] {
        let export = everything(axis);
        let expected = export.expected().unwrap();
        assert!(expected.rows > 1_100, "enough to be asked in between whether it is wanted");
        let wrong = [
            Expected { used: expected.used + 1, ..expected },
            Expected { rows: expected.rows - 1, ..expected },
            Expected { rows: expected.rows + 1, ..expected },
            Expected { rows: 0, used: 1 },
        ];
        for wrong in wrong {
            let ended = export.each(&wrong, always, |_| Ok(()));
            assert!(matches!(ended, Err(ExportError::Disagree { .. })), "{axis:?}, {wrong:?}: {ended:?}");
        }
        let ended = export.each(&expected, || false, |_| Ok(()));
        assert!(matches!(ended, Err(ExportError::Unwanted)), "{axis:?}: {ended:?}");
    }
}
