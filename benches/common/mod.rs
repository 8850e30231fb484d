//! What the benchmarks of the parts measure with: events as they come in, and what they are read and decided against.
#![allow(dead_code, reason = "each benchmark uses some of it")]

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, DictionaryArray, RecordBatch, StringArray, TimestampMillisecondArray, UInt8Array,
};
use arrow_ipc::writer::StreamWriter;
use bytes::Bytes;
use farebox::domain::address::Address;
use farebox::domain::currency::Currency;
use farebox::domain::decide::{Command, Ground, Moment, decide};
use farebox::domain::event::{Direction, Encoding, Event, Happening, Kind, Message, Mode, Name, Units};
use farebox::domain::identity::{Key, Secret};
use farebox::domain::money::Money;
use farebox::domain::rating::Rated;
use farebox::domain::record::{Price, Record, TariffId, Terms, VersionId};
use farebox::domain::sender_type::SenderType;
use farebox::domain::time::{Span, Timestamp};
use farebox::domain::wallet::{Status, Wallet, WalletId};
use farebox::engine::batch::Batch;
use farebox::engine::book::Book;
use farebox::engine::directory::{Cell, Directory, Published};
use farebox::engine::endpoints::Endpoints;
use farebox::engine::world::{NumberOwner, World};
use farebox::ingest::{Desk, Limits, Scope};
use farebox::tariff_file;

pub const EVENTS: u32 = 1_000;
pub const WALLETS: u32 = 10_000;
/// 2026-11-22T10:00:00Z
pub const NOW: Timestamp = Timestamp::from_nanos(1_795_341_600_000_000_000);
pub const PEERS: [&str; 5] =
    ["+14155550123", "+447700900123", "+85291234567", "+4915112345678", "+33612345678"];
pub const TEXT: &str =
    "Your table for two is booked at 19:30 tonight. Reply C to cancel, or call us on 555 0100.";
pub const TEXT_ESCAPED: &str = r"Your table for two is booked.\nReply C to cancel, or call \u00e0 bient\u00f4t on 555 0100. \ud83d\ude00";

pub const SECRET: Secret = Secret(*b"0123456789abcdef");
pub const ROWS: usize = 1_000;

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

pub fn lines(text: &str) -> Bytes {
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

pub fn cloud_events(text: &str) -> Bytes {
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
pub fn stream(text: &str, by_dictionaries: bool) -> Bytes {
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

/// What events are read against: the standard tariff, and a directory of its own.
pub struct Office {
    directory: Directory,
    book: Book,
}

impl Office {
    pub fn new() -> Office {
        let mut book = Book::default();
        let (_, standard) = tariff_file::standard();
        book.add(Arc::new(standard)).expect("the first version fits");
        Office { directory: directory(), book }
    }

    pub fn desk(&self) -> Desk<'_> {
        let limits =
            Limits { events_per_request_max: 100_000, line_bytes_max: 65_536, body_bytes_max: 64 << 20 };
        Desk {
            directory: self.directory.reader(),
            book: &self.book,
            secret: &SECRET,
            now: NOW,
            scope: Scope::AllWallets,
            limits,
        }
    }
}

pub fn all_rated(batch: &Batch) -> bool {
    batch.events.len() == EVENTS as usize && batch.events.iter().all(|event| event.price.is_some())
}

pub fn terms() -> Terms<'static> {
    Terms { wallet: "acme", name: "Acme", currency: Currency::USD, time_zone: "UTC", tariff: TariffId(0) }
}

/// A wallet that never runs dry.
pub fn funded_wallet() -> Wallet {
    let id = WalletId { partition: 0, number: 0 };
    let funded = Wallet::opened(id, &terms());
    Wallet { status: Status::Active, balance: Money::MAX, seq: 1, records: 3, ..funded }
}

pub fn message() -> Command<'static> {
    message_of("3f0c2a51-77a4-4f0e-9c55-2c9b1f6e8d10")
}

/// A message under its id.
pub fn message_of(id: &str) -> Command<'_> {
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
        name: Name { source: "", id },
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
pub fn decided<T>(decide: impl FnOnce(Ground<'_>) -> T) -> T {
    let (book, endpoints) = (Book::default(), Endpoints::default());
    let world = World { book: &book, endpoints: &endpoints, number_owner: NumberOwner::Nobody };
    decide(world.ground(Moment { now: NOW, too_old_after: Span::from_days(35) }))
}

pub fn entry() -> Record<'static> {
    let records = decided(|ground| decide(&mut funded_wallet(), &message(), ground));
    records.expect("the wallet is funded")[0].clone()
}

/// Some key, as evenly spread as a keyed hash.
pub fn key(number: u64) -> Key {
    let hash = blake3::hash(&number.to_le_bytes());
    Key(u128::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes")))
}
