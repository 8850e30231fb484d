//! How long reading takes, from the body of a request to rated events: the cost of every event that comes in.

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, DictionaryArray, RecordBatch, StringArray, TimestampMillisecondArray, UInt8Array,
};
use arrow_ipc::writer::StreamWriter;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use farebox::domain::currency::Currency;
use farebox::domain::identity::Secret;
use farebox::domain::money::Money;
use farebox::domain::record::TariffId;
use farebox::domain::time::Timestamp;
use farebox::domain::wallet::{Status, WalletId};
use farebox::engine::batch::Batch;
use farebox::engine::book::Book;
use farebox::engine::directory::{Cell, Directory, Published};
use farebox::ingest::{Desk, Limits, Scope, arrow, cloudevents, ndjson};
use farebox::tariff_file;

const EVENTS: u32 = 1_000;
const WALLETS: u32 = 10_000;
/// 2026-11-22T10:00:00Z
const NOW: Timestamp = Timestamp::from_nanos(1_795_341_600_000_000_000);
const PEERS: [&str; 5] = ["+14155550123", "+447700900123", "+85291234567", "+4915112345678", "+33612345678"];
const TEXT: &str =
    "Your table for two is booked at 19:30 tonight. Reply C to cancel, or call us on 555 0100.";
const TEXT_ESCAPED: &str = r"Your table for two is booked.\nReply C to cancel, or call \u00e0 bient\u00f4t on 555 0100. \ud83d\ude00";

fn directory() -> Directory {
    let directory = Directory::default();
    for number in 0..WALLETS {
        let published = Published {
            name: "".into(),
            time_zone: "UTC".into(),
            currency: Currency::USD,
            tariff: TariffId(0),
            status: Status::Active,
            balance: Money::from_nanos(1),
            held: Money::ZERO,
            owed: Money::ZERO,
            seq: 1,
            rented: None,
            as_of: NOW,
        };
        let id = WalletId { partition: (number % 16) as u8, number: number / 16 };
        directory.insert(Arc::new(Cell::new(&format!("wallet-{number}"), id, published)));
    }
    directory
}

/// The fields that CloudEvents have in their data; a quarter tells its segments instead of the text.
fn data(number: u32, text: &str) -> String {
    let peer = PEERS[number as usize % PEERS.len()];
    let channel = 4_155_550_000 + u64::from(number % 50);
    let text = match number % 4 {
        0 => r#""segments":2,"encoding":"GSM-7""#.to_owned(),
        _ => format!(r#""text":"{text}""#),
    };
    format!(r#""channel":"+1{channel}","peer":"{peer}","kind":"sms",{text},"campaign":"autumn""#)
}

fn wallet(number: u32) -> String {
    format!("wallet-{}", number.wrapping_mul(2_654_435_761) % WALLETS)
}

fn lines(text: &str) -> Bytes {
    let mut body = String::new();
    for number in 0..EVENTS {
        let (wallet, data) = (wallet(number), data(number, text));
        writeln!(
            body,
            r#"{{"id":"01JD8Z7Q{number:08}","type":"message.outbound","wallet":"{wallet}",{data},"time":"2026-11-22T09:59:58.250Z"}}"#
        )
        .expect("a string takes any text");
    }
    body.into()
}

fn cloud_events(text: &str) -> Bytes {
    let event = |number| {
        let (wallet, data) = (wallet(number), data(number, text));
        format!(
            r#"{{"specversion":"1.0","id":"01JD8Z7Q{number:08}","source":"gateway/1","type":"message.outbound","subject":"{wallet}","time":"2026-11-22T09:59:58.250Z","datacontenttype":"application/json","data":{{{data}}}}}"#
        )
    };
    let events: Vec<String> = (0..EVENTS).map(event).collect();
    format!("[{}]", events.join(",")).into()
}

/// The same events as columns, those that repeat by dictionaries where `by_dictionaries` says so.
fn stream(text: &str, by_dictionaries: bool) -> Bytes {
    let numbers = || 0..EVENTS;
    let has_text = |number: u32| !number.is_multiple_of(4);
    let words = |values: Vec<Option<String>>| -> ArrayRef {
        let values = values.iter().map(Option::as_deref);
        if by_dictionaries {
            Arc::new(values.collect::<DictionaryArray<Int8Type>>())
        } else {
            Arc::new(values.collect::<StringArray>())
        }
    };
    let every = |value: &str| words(numbers().map(|_| Some(value.to_owned())).collect());
    let wallets: Vec<String> = numbers().map(wallet).collect();
    let wallets = wallets.iter().map(String::as_str);
    let wallets: ArrayRef = if by_dictionaries {
        Arc::new(wallets.collect::<DictionaryArray<Int32Type>>())
    } else {
        Arc::new(wallets.map(Some).collect::<StringArray>())
    };
    let channel = |number: u32| Some(format!("+1{}", 4_155_550_000 + u64::from(number % 50)));
    let ids = numbers().map(|number| Some(format!("01JD8Z7Q{number:08}"))).collect::<StringArray>();
    let peers = numbers().map(|number| Some(PEERS[number as usize % PEERS.len()])).collect::<StringArray>();
    let texts = numbers().map(|number| has_text(number).then_some(text)).collect::<StringArray>();
    let segments = numbers().map(|number| (!has_text(number)).then_some(2)).collect::<UInt8Array>();
    let encodings = numbers().map(|number| (!has_text(number)).then(|| "GSM-7".to_owned())).collect();
    let ticks = vec![(NOW.nanos() - 1_750_000_000) / 1_000_000; EVENTS as usize];
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("id", Arc::new(ids), true),
        ("type", every("message.outbound"), true),
        ("wallet", wallets, true),
        ("channel", words(numbers().map(channel).collect()), true),
        ("peer", Arc::new(peers), true),
        ("kind", every("sms"), true),
        ("text", Arc::new(texts), true),
        ("segments", Arc::new(segments), true),
        ("encoding", words(encodings), true),
        ("campaign", every("autumn"), true),
        ("time", Arc::new(TimestampMillisecondArray::from(ticks).with_timezone("UTC")), true),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a schema can be written");
    writer.write(&batch).expect("a vector takes what is written");
    writer.into_inner().expect("a vector takes what is written").into()
}

fn all_rated(batch: &Batch) -> bool {
    batch.events.len() == EVENTS as usize && batch.events.iter().all(|event| event.price.is_some())
}

fn parse(criterion: &mut Criterion) {
    let directory = directory();
    let mut book = Book::default();
    let (_, standard) = tariff_file::standard();
    book.add(Arc::new(standard)).expect("the first version fits");
    let secret = Secret(*b"0123456789abcdef");
    let limits = Limits { events_per_request_max: 100_000, line_bytes_max: 65_536, body_bytes_max: 64 << 20 };
    let desk = Desk {
        directory: directory.reader(),
        book: &book,
        secret: &secret,
        now: NOW,
        scope: Scope::AllWallets,
        limits,
    };
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
