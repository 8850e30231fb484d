//! What an event costs in the core: deciding and folding, its row, its id looked up, its being counted; and what a commit
//! costs.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use farebox::domain::address::Address;
use farebox::domain::currency::Currency;
use farebox::domain::decide::{Command, Ground, Moment, decide};
use farebox::domain::event::{Direction, Encoding, Event, Happening, Kind, Message, Mode, Name, Units};
use farebox::domain::identity::Key;
use farebox::domain::money::Money;
use farebox::domain::rating::Rated;
use farebox::domain::record::{Price, Record, TariffId, Terms, VersionId};
use farebox::domain::sender_type::SenderType;
use farebox::domain::time::{Span, Timestamp};
use farebox::domain::wallet::{Status, Wallet, WalletId};
use farebox::engine::batch::Told;
use farebox::engine::book::Book;
use farebox::engine::endpoints::Endpoints;
use farebox::engine::ids::{RecentIds, RowPlace};
use farebox::engine::outcome::Outcome;
use farebox::engine::tally::Tally;
use farebox::engine::world::{NumberOwner, World};
use farebox::journal::embedded::{Embedded, Settings};
use farebox::journal::frame::{FrameBuilder, Head};
use farebox::journal::rows::put_record;
use farebox::journal::{Append, Log, Sealed};
use farebox::metrics::Meters;
use farebox::store::filter::Filter;
use farebox::store::keys::Generation;

const NOW: Timestamp = Timestamp::from_nanos(1_800_000_000_000_000_000);
const FRAME_BYTES: usize = 512 << 10;
const ROWS: usize = 1_000;
const FILTER_IDS: u64 = 1_000_000;
const RECENT_IDS: u64 = 100_000;

fn wallet() -> Wallet {
    let id = WalletId { partition: 0, number: 0 };
    let terms = Terms {
        wallet: "acme",
        name: "Acme",
        currency: Currency::USD,
        time_zone: "UTC",
        tariff: TariffId(0),
    };
    let funded = Wallet::opened(id, &terms);
    Wallet { status: Status::Active, balance: Money::MAX, seq: 1, records: 3, ..funded }
}

fn message() -> Command<'static> {
    let message = Message {
        direction: Direction::Outbound,
        kind: Kind::Sms,
        channel: Address::parse("+14155550100").expect("a number"),
        peer: Address::parse("+85291234567").expect("a number"),
        units: Units { billed: 1, counted: Some(1), encoding: Some(Encoding::Gsm7) },
        sender_type: SenderType::Local,
        carrier: None,
    };
    let event = Event {
        name: Name { source: "", id: "3f0c2a51-77a4-4f0e-9c55-2c9b1f6e8d10" },
        happening: Happening::Message(message),
        mode: Mode::Admit,
        occurred_at: NOW,
        campaign: "autumn",
        tags: "",
        hold: "",
    };
    let (unit_price, carrier_fee) = (Money::from_nanos(7_900_000), Money::from_nanos(3_000_000));
    let rated = Rated {
        rate_row: 4,
        fee_row: Some(2),
        unit_price,
        price: unit_price,
        carrier_fee,
        country: Some(*b"HK"),
    };
    Command::Post { event, price: Some(Price { version: VersionId(0), rated }), early: None }
}

/// Decides in an empty world: a message that is charged asks nothing of it.
fn decided<T>(decide: impl FnOnce(Ground<'_>) -> T) -> T {
    let (book, endpoints) = (Book::default(), Endpoints::default());
    let world = World { book: &book, endpoints: &endpoints, number_owner: NumberOwner::Nobody };
    decide(world.ground(Moment { now: NOW, too_old_after: Span::from_days(35) }))
}

fn entry() -> Record<'static> {
    let records = decided(|ground| decide(&mut wallet(), &message(), ground));
    records.expect("the wallet is funded")[0].clone()
}

fn deciding(criterion: &mut Criterion) {
    let command = message();
    let funded = wallet();
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
        [Sealed { partition: 0, number: head.number, rows, bytes }]
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

/// Some key, as evenly spread as a keyed hash.
fn key(number: u64) -> Key {
    let hash = blake3::hash(&number.to_le_bytes());
    Key(u128::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes")))
}

fn ids(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the filter");
    let filter = Filter::load(folder.path(), &[], |_, _| Ok(())).expect("an empty filter");
    filter.insert(Generation(1), (0..FILTER_IDS).map(key));
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
