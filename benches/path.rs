//! The whole path without HTTP: NDJSON read, rated, decided, journalled, synced and answered, for 10,000 wallets.

use std::fmt::Write as _;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use farebox::actors::Engine;
use farebox::actors::command::{AdjustRequest, WalletTerms};
use farebox::actors::start;
use farebox::clock::Clock;
use farebox::config::Config;
use farebox::domain::currency::Currency;
use farebox::domain::money::Money;
use farebox::engine::outcome::Outcome;
use farebox::ingest::{Desk, Limits, Scope, ndjson};
use farebox::tariff_file;
use futures_util::future::{join_all, try_join_all};

const WALLETS: u64 = 10_000;
const BATCH: u64 = 2_000;
/// Requests under way at once.
const REQUESTS: u64 = 8;

async fn outfit(engine: &Engine) {
    let (text, version) = tariff_file::standard();
    engine.add_tariff(text, version, "bench").await.expect("the standard tariff is new");
    let (tariff, _) = engine.book().find("standard").expect("it was added");
    for chunk in (0..WALLETS).collect::<Vec<_>>().chunks(500) {
        let made = chunk.iter().map(|number| async move {
            let wallet = format!("w{number}");
            let terms = WalletTerms {
                wallet: wallet.clone(),
                name: String::new(),
                currency: Currency::USD,
                time_zone: "UTC".into(),
                tariff,
                actor: "bench".into(),
            };
            engine.set_wallet(terms).await?;
            let funds = AdjustRequest {
                idempotency_key: "funds".into(),
                amount: Money::from_nanos(i64::MAX / 4),
                reason: "bench".into(),
                actor: "bench".into(),
                of: 0,
            };
            engine.adjust(&wallet, funds).await
        });
        try_join_all(made).await.expect("wallets are made and funded");
    }
}

/// One request's body: events of wallets drawn by a fixed sequence, each id used once.
fn body(next: &mut u64) -> Bytes {
    let mut text = String::with_capacity(BATCH as usize * 200);
    for _ in 0..BATCH {
        *next += 1;
        let wallet = next.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let _ = writeln!(
            text,
            r#"{{"id":"m-{next}","type":"message.outbound","wallet":"w{}","channel":"+14155550100","peer":"+44770090{:04}","kind":"sms","text":"Your code is {next}. It is good for ten minutes."}}"#,
            wallet % WALLETS,
            wallet % 10_000,
        );
    }
    text.into()
}

async fn submit(engine: &Engine, body: Bytes) {
    let book = engine.book();
    let desk = Desk {
        directory: engine.directory().reader(),
        book: &book,
        secret: engine.secret(),
        now: engine.clock().now(),
        scope: Scope::AllWallets,
        limits: Limits { events_per_request_max: 100_000, line_bytes_max: 65_536, body_bytes_max: 64 << 20 },
    };
    let batch = ndjson::read(body, &desk).expect("the batch is within the limits");
    let (_, outcomes) = engine.submit(batch, "bench").await.expect("there is room for eight requests");
    assert!(
        outcomes.iter().all(|outcome| matches!(outcome, Outcome::Charged { .. })),
        "every event is charged"
    );
}

fn whole_path(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the data");
    let config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let system = actix_rt::System::new();
    let running = system
        .block_on(async { start::start(config, Clock::system(), false) })
        .expect("an empty engine starts");
    let engine = running.engine.clone();
    system.block_on(outfit(&engine));
    let mut next = 0;
    let mut group = criterion.benchmark_group("path");
    group.throughput(Throughput::Elements(BATCH * REQUESTS));
    group.sample_size(20);
    group.bench_function("ndjson_to_durable", |bencher| {
        bencher.iter_batched(
            || (0..REQUESTS).map(|_| body(&mut next)).collect::<Vec<_>>(),
            |bodies| system.block_on(join_all(bodies.into_iter().map(|body| submit(&engine, body)))),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
    drop(engine);
    system.block_on(running.stop());
}

criterion_group!(benches, whole_path);
criterion_main!(benches);
