//! What the tests of this folder read events against.

use std::sync::Arc;

use bytes::Bytes;

use super::{Desk, Limits, Scope, ndjson};
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, Kind};
use crate::domain::identity::Secret;
use crate::domain::money::Money;
use crate::domain::record::TariffId;
use crate::domain::tariff::{Head, Prefix, RateRow, Tables, Version};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, WalletId};
use crate::engine::batch::{Batch, BatchEvent, Line, Read};
use crate::engine::book::Book;
use crate::engine::directory::{Cell, Directory, Published};

/// 2026-11-22T10:00:00Z
pub const NOW: Timestamp = Timestamp::from_nanos(1_795_341_600_000_000_000);
pub const ACME: WalletId = WalletId { partition: 3, number: 7 };
pub const LINE_BYTES_MAX: usize = 65_536;
pub const EVENTS_MAX: usize = 1_000;
pub const BODY_BYTES_MAX: usize = 4 << 20;

/// Wallets `acme` and `other`, and a tariff that prices all numbers of `+1`.
pub struct World {
    pub directory: Directory,
    pub book: Book,
    pub secret: Secret,
}

impl World {
    pub fn new() -> World {
        let directory = Directory::default();
        for (number, wallet) in [(ACME.number, "acme"), (ACME.number + 1, "other")] {
            let id = WalletId { number, ..ACME };
            directory.insert(Arc::new(Cell::new(wallet, id, published())));
        }
        let mut book = Book::default();
        book.add(Arc::new(version())).unwrap();
        World { directory, book, secret: Secret(*b"0123456789abcdef") }
    }

    pub fn desk(&self) -> Desk<'_> {
        Desk {
            directory: self.directory.reader(),
            book: &self.book,
            secret: &self.secret,
            now: NOW,
            scope: Scope::AllWallets,
            limits: Limits {
                events_per_request_max: EVENTS_MAX,
                line_bytes_max: LINE_BYTES_MAX,
                body_bytes_max: BODY_BYTES_MAX,
            },
        }
    }

    pub fn read(&self, body: impl Into<Vec<u8>>) -> Batch {
        ndjson::read(Bytes::from(body.into()), &self.desk()).expect("as many events as are allowed")
    }

    /// The only event of a line that must be one.
    pub fn read_one(&self, line: &str) -> (Batch, BatchEvent) {
        let batch = self.read(line);
        match (&batch.lines[..], &batch.events[..]) {
            ([Line { read: Read::Event(0), .. }], [event]) => {
                let event = *event;
                (batch, event)
            }
            _ => panic!("wanted one event of {line}, got {:?}", batch.lines),
        }
    }
}

/// `number id code field` for each line, with `-` for what is not there.
pub fn told(batch: &Batch) -> Vec<String> {
    let tell = |line: &Line| {
        let id = Some(batch.texts.get(line.id)).filter(|id| !id.is_empty()).unwrap_or("-");
        match &line.read {
            Read::Event(index) => {
                assert_eq!(batch.events[*index as usize].id, line.id, "the event and its line have one id");
                format!("{} {id} ok", line.number)
            }
            Read::Invalid(invalid) => {
                assert!(!invalid.detail.is_empty(), "wanted a detail for a person: {line:?}");
                format!("{} {id} {} {}", line.number, invalid.code, invalid.field.as_deref().unwrap_or("-"))
            }
        }
    };
    batch.lines.iter().map(tell).collect()
}

/// A good event of wallet `acme`, some of its fields replaced, added or (by an empty value) left out.
pub fn line(changes: &[(&str, &str)]) -> String {
    let good = [
        ("id", r#""m-1""#),
        ("type", r#""message.outbound""#),
        ("wallet", r#""acme""#),
        ("channel", r#""+14155550100""#),
        ("peer", r#""+14155550123""#),
        ("kind", r#""sms""#),
        ("text", r#""hi""#),
    ];
    object(&good, changes)
}

/// The same for a carrier's charge.
pub fn fee_line(changes: &[(&str, &str)]) -> String {
    let good = [
        ("id", r#""f-1""#),
        ("type", r#""carrier.fee""#),
        ("wallet", r#""acme""#),
        ("amount", r#""0.05""#),
        ("reason", r#""registration""#),
    ];
    object(&good, changes)
}

/// The same for a message's status.
pub fn status_line(changes: &[(&str, &str)]) -> String {
    let good = [
        ("id", r#""s-1""#),
        ("type", r#""message.status""#),
        ("wallet", r#""acme""#),
        ("message", r#""m-1""#),
        ("status", r#""failed""#),
    ];
    object(&good, changes)
}

/// A JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// A JSON object of raw values.
pub fn object(good: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let kept = good.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let added = changes.iter().filter(|(_, value)| !value.is_empty());
    let fields: Vec<String> = kept.chain(added).map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn published() -> Published {
    Published {
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
    }
}

fn version() -> Version {
    let head = Head {
        name: "standard".to_owned(),
        label: "1".to_owned(),
        currency: Currency::USD,
        effective_from: Timestamp::from_nanos(0),
        effective_until: None,
        failure_fee: Money::ZERO,
    };
    let rates =
        Direction::ALL.iter().flat_map(|direction| Kind::ALL.iter().map(move |kind| (*direction, *kind)));
    let rates = rates.zip(1..).map(|((direction, kind), line)| RateRow {
        direction,
        kind,
        prefix: Prefix::parse("1").unwrap(),
        sender_type: None,
        carrier: None,
        price: Money::from_nanos(7_900_000),
        country: Some(*b"US"),
        line,
    });
    Version::new(head, Tables { rates: rates.collect(), ..Tables::default() }).unwrap()
}
