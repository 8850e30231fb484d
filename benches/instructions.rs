//! How many instructions a thousand events take, stage by stage, by Valgrind's callgrind: the same on every machine, however
//! busy. A stage that takes more than its limit fails: what is given away is given away knowingly.
//!
//! Limits are a quarter above what was counted: what is compiled of the same code differs by up to an eighth from build to
//! build. Whoever makes a stage cheaper lowers its limit.
#![allow(clippy::disallowed_methods, reason = "the harness ends the process")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use common::{
    EVENTS, NOW, Office, ROWS, SECRET, TEXT, all_rated, decided, entry, funded_wallet, key, lines, message,
    message_of, stream,
};
use farebox::domain::decide::{Command, decide};
use farebox::domain::identity::Key;
use farebox::domain::money::Money;
use farebox::domain::record::{Adjustment, Change, Record, Terms};
use farebox::domain::segments::{Header, count};
use farebox::domain::wallet::{Wallet, WalletId};
use farebox::engine::batch::Batch;
use farebox::engine::ids::{RecentIds, RowPlace};
use farebox::engine::outcome::Outcome;
use farebox::http::answer;
use farebox::ingest::{arrow, ndjson};
use farebox::journal::embedded::Embedded;
use farebox::journal::frame::{Frame, FrameBuilder, Head, ROWS_AT};
use farebox::journal::rows::{Row, put_record, read};
use farebox::journal::{Append, BurntId, Log, Sealed, embedded, packed};
use farebox::store::builder::Builder;
use farebox::store::filter::Filter;
use farebox::store::keys::Generation;
use farebox::store::views::{Settings, Views};
use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};

/// Fails where more instructions are counted.
fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::default();
    callgrind.hard_limits([(EventKind::Ir, instructions)]);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}

fn ndjson_body() -> (Office, Bytes) {
    (Office::new(), lines(TEXT))
}

fn arrow_body() -> (Office, Bytes) {
    (Office::new(), stream(TEXT, true))
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = ndjson_body, config = at_most(7_800_000))]
fn read_ndjson((office, body): (Office, Bytes)) -> (Office, Batch) {
    let batch = ndjson::read(black_box(body), &office.desk()).expect("within the limits");
    (office, batch)
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = arrow_body, config = at_most(6_250_000))]
fn read_arrow((office, body): (Office, Bytes)) -> (Office, Batch) {
    let batch = arrow::read(black_box(body), &office.desk()).expect("a whole stream");
    (office, batch)
}

#[library_benchmark]
#[bench::of_1000(config = at_most(870_000))]
fn count_segments() -> u32 {
    (0..ROWS).map(|_| count(black_box(TEXT), Header::SixOctets).units).sum()
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = funded_wallet, config = at_most(540_000))]
fn decide_messages(mut wallet: Wallet) -> Wallet {
    let command = message();
    decided(|ground| {
        for _ in 0..ROWS {
            decide(&mut wallet, black_box(&command), ground).expect("the wallet is funded");
        }
    });
    wallet
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = entry, config = at_most(1_140_000))]
fn frame(record: Record<'static>) -> Vec<u8> {
    let (mut frame, mut head) = (FrameBuilder::default(), Head::default());
    for _ in 0..ROWS {
        frame.push(|out| put_record(out, 0, black_box(&record)));
    }
    frame.seal(0, &mut head, NOW)
}

/// A sealed frame of a thousand messages and a few rows besides.
fn full_frame() -> Vec<u8> {
    let (mut frame, mut head) = (FrameBuilder::default(), Head::default());
    (0..ROWS as u32 / ENTRIES).for_each(|number| put_wallet(&mut frame, number));
    frame.seal(0, &mut head, NOW)
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = full_frame, config = at_most(560_000))]
fn pack(frame: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let mut room = Vec::new();
    packed::pack(black_box(&frame), &mut room);
    (room, frame)
}

fn packed_frame() -> Vec<u8> {
    packed::pack(&full_frame(), &mut Vec::new()).to_vec()
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = packed_frame, config = at_most(235_000))]
fn unpack(packed: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let mut room = Vec::new();
    packed::unpack(black_box(&packed), &mut room).expect("what was packed");
    (room, packed)
}

/// What is known of ids: a filter of a million, and a hundred thousand that are recent.
struct Ids {
    filter: Filter,
    recent: RecentIds,
    asked: Vec<Key>,
    _folder: tempfile::TempDir,
}

fn new_ids() -> Ids {
    let folder = tempfile::tempdir().expect("a folder for the filter");
    let filter = Filter::load(folder.path(), &BTreeMap::new(), |_, _| Ok(())).expect("an empty filter");
    filter.insert(Generation(1), &(0..100_000).map(key).collect::<Vec<_>>());
    let mut recent = RecentIds::default();
    (0..10_000).for_each(|number| recent.insert(key(number), RowPlace { frame: 1, offset: number as u32 }));
    let asked = (100_000..).take(ROWS).map(key).collect();
    Ids { filter, recent, asked, _folder: folder }
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = new_ids, config = at_most(138_000))]
fn look_up_new_ids(ids: Ids) -> (usize, Ids) {
    let sight = ids.filter.sight();
    let Ids { recent, asked, .. } = &ids;
    let known = |key: &&Key| recent.may_hold(**key) || sight.candidates(**key).next().is_some();
    (black_box(asked).iter().filter(known).count(), ids)
}

fn answered() -> (Batch, Vec<Outcome>) {
    let (office, body) = ndjson_body();
    let batch = ndjson::read(body, &office.desk()).expect("within the limits");
    assert!(all_rated(&batch), "wanted every line an event with a price");
    let amount = Money::from_nanos(10_900_000);
    let outcomes = (1..=u64::from(EVENTS)).map(|seq| Outcome::Charged { amount, seq }).collect();
    (batch, outcomes)
}

#[library_benchmark]
#[bench::of_1000(args = (), setup = answered, config = at_most(1_000_000))]
fn answer_as_json((batch, outcomes): (Batch, Vec<Outcome>)) -> (Vec<u8>, Batch) {
    (answer::write(&batch, &outcomes), batch)
}

/// Wallets of the journal that is folded, and entries of each.
const WALLETS: u32 = 100;
const ENTRIES: u32 = 100;

/// A journal of ten thousand entries that the views do not know of, and of a hundred that they do.
struct Journal {
    builder: Builder,
    _journal: Embedded,
    _folder: tempfile::TempDir,
}

fn put_wallet(frame: &mut FrameBuilder, number: u32) {
    let name = format!("wallet-{number}");
    let terms = Terms { wallet: &name, ..common::terms() };
    let opened = Record { number: 1, occurred_at: NOW, change: Change::Opened(terms) };
    let mut wallet = Wallet::opened(WalletId { partition: 0, number }, &terms);
    frame.push(|out| put_record(out, number, &opened));
    let funds = Adjustment {
        idempotency_key: "funds",
        amount: Money::from_nanos(1_000_000_000_000),
        reason: "",
        actor: "bench",
        of: 0,
    };
    decided(|ground| {
        let mut put = |command: &Command<'_>| {
            let records = decide(&mut wallet, command, ground).expect("the wallet is funded");
            records.iter().for_each(|record| frame.push(|out| put_record(out, number, record)));
        };
        put(&Command::Adjust(funds));
        (0..ENTRIES).for_each(|entry| put(&message_of(&format!("{number}-{entry}"))));
    });
}

/// The ids that a frame's rows burn, as an engine has hashed them.
fn burnt_ids(bytes: &[u8]) -> Vec<BurntId> {
    let mut offset = ROWS_AT;
    let burnt = |row: &[u8]| {
        let (Ok(Row::Wallet { wallet: number, record }), at) = (read(row), offset) else { return None };
        offset += row.len();
        let (key, remembered) = SECRET.remember(WalletId { partition: 0, number }, &record, NOW)?;
        Some(BurntId { offset: at as u32, key, fingerprint: remembered.fingerprint })
    };
    Frame::read(bytes).expect("a frame").rows().map(|row| row.expect("a row")).filter_map(burnt).collect()
}

fn journal() -> Journal {
    let folder = tempfile::tempdir().expect("a folder for the store");
    let part = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir(&path).expect("a folder in an empty one");
        path
    };
    let settings =
        embedded::Settings { folder: part("journal"), partitions: 1, write_buffer_bytes: 16 << 20 };
    let (mut journal, _) = Embedded::open(&settings).expect("a new journal");
    let (mut frame, mut head, frames) = (FrameBuilder::default(), Head::default(), journal.frames());
    let mut append = |wallets: Range<u32>| {
        wallets.for_each(|number| put_wallet(&mut frame, number));
        let rows = frame.rows();
        let bytes: Bytes = frame.seal(0, &mut head, NOW).into();
        let ids = Arc::new(burnt_ids(&bytes));
        let appended = journal.append(&[Sealed { partition: 0, number: head.number, rows, bytes, ids }]);
        assert_eq!(appended, Append::Durable);
    };
    append(0..1);
    let views = Views::open(&Settings { folder: part("views"), block_cache_bytes: 16 << 20 });
    let views = Arc::new(views.expect("new views"));
    let mut builder = Builder::new(views, frames, SECRET, 1).expect("views that hold nothing");
    // The first pass makes the generation's table and its filter: once in seven days.
    builder.pass(u64::MAX, |_| ()).expect("a journal that is whole");
    append(1..WALLETS + 1);
    Journal { builder, _journal: journal, _folder: folder }
}

#[library_benchmark]
#[bench::of_10000(args = (), setup = journal, config = at_most(90_000_000))]
fn build_views(mut journal: Journal) -> Journal {
    let pass = journal.builder.pass(u64::MAX, |_| ()).expect("a journal that is whole");
    assert!(pass.rows > u64::from(WALLETS * ENTRIES), "every row is folded");
    journal
}

library_benchmark_group!(
    name = stages,
    benchmarks = [
        read_ndjson,
        read_arrow,
        count_segments,
        decide_messages,
        frame,
        pack,
        unpack,
        look_up_new_ids,
        answer_as_json,
        build_views
    ]
);

main!(library_benchmark_groups = stages);
