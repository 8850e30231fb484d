//! What an event costs in the core: deciding and folding, its row, its id looked up, its being counted; and what a commit
//! costs.

mod common;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use common::{NOW, ROWS, decided, entry, funded_wallet, key, message};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use farebox::domain::currency::Currency;
use farebox::domain::decide::{Command, decide};
use farebox::domain::event::{Event, Happening};
use farebox::domain::identity::Key;
use farebox::domain::money::Money;
use farebox::engine::batch::Told;
use farebox::engine::ids::{RecentIds, RowPlace};
use farebox::engine::outcome::Outcome;
use farebox::engine::tally::Tally;
use farebox::journal::embedded::{Embedded, Settings};
use farebox::journal::frame::{FrameBuilder, Head};
use farebox::journal::rows::put_record;
use farebox::journal::{Append, Log, Sealed};
use farebox::metrics::Meters;
use farebox::store::filter::Filter;
use farebox::store::keys::Generation;

const FRAME_BYTES: usize = 512 << 10;
const FILTER_IDS: u64 = 1_000_000;
const RECENT_IDS: u64 = 100_000;

fn deciding(criterion: &mut Criterion) {
    let command = message();
    let funded = funded_wallet();
    let mut group = criterion.benchmark_group("core");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("decide_and_apply_1000", |bencher| {
        bencher.iter_batched_ref(
            || funded.clone(),
            |wallet| {
                decided(|ground| {
                    for _ in 0..ROWS {
                        decide(wallet, black_box(&command), ground).expect("the wallet is funded");
                    }
                })
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn frames(criterion: &mut Criterion) {
    let record = entry();
    let (mut frame, mut head) = (FrameBuilder::default(), Head::default());
    let mut group = criterion.benchmark_group("core");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("frame_of_1000_rows", |bencher| {
        bencher.iter(|| {
            for _ in 0..ROWS {
                frame.push(|out| put_record(out, 0, black_box(&record)));
            }
            frame.seal(0, &mut head, NOW)
        });
    });
    group.finish();
}

fn appending(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the journal");
    let settings =
        Settings { folder: folder.path().to_owned(), partitions: 1, write_buffer_bytes: 128 << 20 };
    let (mut journal, _) = Embedded::open(&settings).expect("a new journal");
    let (record, mut head) = (entry(), Head::default());
    let mut full_frame = || {
        let mut frame = FrameBuilder::default();
        while frame.len() < FRAME_BYTES {
            frame.push(|out| put_record(out, 0, &record));
        }
        let rows = frame.rows();
        let bytes = frame.seal(0, &mut head, NOW).into();
        [Sealed { partition: 0, number: head.number, rows, bytes, ids: Default::default() }]
    };
    let mut group = criterion.benchmark_group("core");
    // Every turn writes half a mebibyte.
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    group.throughput(Throughput::Bytes(FRAME_BYTES as u64));
    group.bench_function("append_512_kib_and_sync", |bencher| {
        bencher.iter_batched(
            &mut full_frame,
            |frame| assert_eq!(journal.append(&frame), Append::Durable),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn ids(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the filter");
    let filter = Filter::load(folder.path(), &BTreeMap::new(), |_, _| Ok(())).expect("an empty filter");
    filter.insert(Generation(1), &(0..FILTER_IDS).map(key).collect::<Vec<_>>());
    let mut recent = RecentIds::default();
    (0..RECENT_IDS)
        .for_each(|number| recent.insert(key(number), RowPlace { frame: 1, offset: number as u32 }));
    let mut group = criterion.benchmark_group("core");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, first) in [("look_up_1000_new_ids", FILTER_IDS), ("look_up_1000_recent_ids", 0)] {
        let keys: Vec<_> = (first..).step_by(97).take(ROWS).map(key).collect();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let sight = filter.sight();
                let known = |key: &&Key| recent.may_hold(**key) || sight.candidates(**key).next().is_some();
                black_box(&keys).iter().filter(known).count()
            });
        });
    }
    group.finish();
}

/// For the metrics: in plain numbers, and once a drain into what is scraped.
fn counting(criterion: &mut Criterion) {
    let Command::Post { event: Event { happening: Happening::Message(message), .. }, .. } = message() else {
        unreachable!("the command posts a message")
    };
    let (told, records) = (Told::Message(message), [entry()]);
    let outcome = Outcome::Charged { amount: Money::from_nanos(10_900_000), seq: 1 };
    let (meters, mut tally) = (Meters::new(1), Tally::default());
    let mut group = criterion.benchmark_group("core");
    for events in [1, ROWS] {
        group.throughput(Throughput::Elements(events as u64));
        group.bench_function(format!("count_a_drain_of_{events}"), |bencher| {
            bencher.iter(|| {
                for _ in 0..events {
                    tally.records(Currency::USD, black_box(&records));
                    tally.event(black_box(&told), black_box(&outcome));
                }
                tally.flush(&meters.traffic);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, deciding, frames, appending, ids, counting);
criterion_main!(benches);
