//! How long counting takes, text by text: it is done once for every SMS that comes with its text.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use farebox::domain::segments::{Header, count};

fn segments(criterion: &mut Criterion) {
    let texts = [
        ("ascii_20", "Your code is 482913.".to_owned()),
        ("ascii_160", "Doors open at 7 ".repeat(10)),
        ("ascii_1000", "Doors open at 7.".repeat(63)[..1_000].to_owned()),
        ("ascii_1000_with_new_lines", "Doors open at 7\n".repeat(63)[..1_000].to_owned()),
        ("accented_160", "Prüfen: già è là".repeat(10)),
        ("accented_1000", "Prüfen: già è là".repeat(63).chars().take(1_000).collect()),
        ("emoji_70", "😀".repeat(35)),
        ("emoji_1000", "Hi 😀".repeat(200)),
    ];
    let mut group = criterion.benchmark_group("segments");
    for (name, text) in &texts {
        group.throughput(Throughput::Elements(text.chars().count() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| count(black_box(text), black_box(Header::SixOctets)));
        });
    }
    group.finish();
}

criterion_group!(benches, segments);
criterion_main!(benches);
