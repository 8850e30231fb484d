//! How long reading takes, from the body of a request to rated events: the cost of every event that comes in.

mod common;

use std::hint::black_box;

use common::{EVENTS, Office, TEXT, TEXT_ESCAPED, all_rated, cloud_events, lines, stream};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use farebox::ingest::{arrow, cloudevents, ndjson};

fn parse(criterion: &mut Criterion) {
    let office = Office::new();
    let desk = office.desk();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Elements(u64::from(EVENTS)));
    for (name, text) in [("plain", TEXT), ("escaped", TEXT_ESCAPED)] {
        let body = lines(text);
        let read = || ndjson::read(black_box(&body).clone(), &desk).expect("within the limits");
        assert!(all_rated(&read()), "wanted every line an event with a price");
        group.bench_function(format!("ndjson_{name}"), |bencher| bencher.iter(read));

        let body = cloud_events(text);
        let read = || cloudevents::read_batch(black_box(&body).clone(), &desk).expect("a whole batch");
        assert!(all_rated(&read()), "wanted every item an event with a price");
        group.bench_function(format!("cloudevents_batch_{name}"), |bencher| bencher.iter(read));
    }
    for (name, by_dictionaries) in [("plain", false), ("dictionaries", true)] {
        let body = stream(TEXT, by_dictionaries);
        let read = || arrow::read(black_box(&body).clone(), &desk).expect("a whole stream");
        assert!(all_rated(&read()), "wanted every row an event with a price");
        group.bench_function(format!("arrow_{name}"), |bencher| bencher.iter(read));
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
