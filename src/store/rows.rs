//! The values of the views: snapshots of wallets, what is remembered of ids, where a name lives, positions.

use zerocopy::little_endian::{I64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::audit::act;
use super::filter::IdsOfParts;
use super::keys::{self, Document, Generation};
use super::ties::Tie;
use crate::domain::currency::Currency;
use crate::domain::identity::{Fingerprint, Remembered, Taken, Verdict};
use crate::domain::life::Life;
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry, Record, TariffId};
use crate::domain::status::Course;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, Wallet, WalletId, Watch};
use crate::journal::codec::{Reader, RowError, put, put_short};
use crate::journal::fields::Field;
use crate::journal::frame::{Head, Link};
use crate::journal::mark::Mark;
use crate::journal::rows::{self, Row};

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct SnapshotPart {
    balance: I64,
    seq: U64,
    records: U64,
    as_of: I64,
    tariff: U32,
    currency: [u8; 3],
    /// 1 active, 2 suspended.
    status: u8,
}

/// A wallet as its last record left it, and when that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub wallet: Wallet,
    pub as_of: Timestamp,
}

impl Snapshot {
    pub fn encode(&self) -> Vec<u8> {
        let wallet = &self.wallet;
        let part = SnapshotPart {
            balance: I64::new(wallet.balance.nanos()),
            seq: U64::new(wallet.seq),
            records: U64::new(wallet.records),
            as_of: I64::new(self.as_of.nanos()),
            tariff: U32::new(wallet.tariff.0),
            currency: wallet.currency.to_bytes(),
            status: match wallet.status {
                Status::Active => 1,
                Status::Suspended => 2,
            },
        };
        let mut bytes = Vec::with_capacity(size_of::<SnapshotPart>() + 1 + wallet.time_zone.len());
        put(&mut bytes, &part);
        put_short(&mut bytes, &wallet.time_zone);
        wallet.alerts.put(&mut bytes);
        wallet.life.put(&mut bytes);
        bytes
    }

    pub fn decode(id: WalletId, bytes: &[u8]) -> Result<Snapshot, RowError> {
        let mut reader = Reader(bytes);
        let part = reader.take::<SnapshotPart>()?;
        let time_zone = reader.short()?.into();
        // Snapshots of the version before end here: such wallets have nothing but a balance.
        let (alerts, life) = match reader.0 {
            [] => (0, None),
            _ => (Field::take(&mut reader)?, <Option<Box<Life>> as Field>::take(&mut reader)?),
        };
        let held = life.iter().flat_map(|life| life.holds.values()).map(|hold| hold.remaining);
        let held = held.fold(Money::ZERO, |sum, hold| sum.checked_add(hold).unwrap_or(Money::MAX));
        let mut wallet = Wallet {
            id,
            currency: Currency::from_bytes(part.currency).ok_or(RowError("unknown currency"))?,
            time_zone,
            tariff: TariffId(part.tariff.get()),
            status: match part.status {
                1 => Status::Active,
                2 => Status::Suspended,
                _ => return Err(RowError("unknown status")),
            },
            balance: Money::from_nanos(part.balance.get()),
            seq: part.seq.get(),
            records: part.records.get(),
            held,
            alerts,
            due_at: Timestamp::NEVER,
            watch: Watch::NOTHING,
            life,
        };
        wallet.derive();
        reader.finish()?;
        Ok(Snapshot { wallet, as_of: Timestamp::from_nanos(part.as_of.get()) })
    }
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct IdPart {
    fingerprint: U64,
    amount: I64,
    seq: U64,
    kept_until: I64,
    outcome: u8,
}

/// Bytes of what is remembered of one id; where a message has statuses, their course follows.
pub const REMEMBERED_BYTES: usize = size_of::<IdPart>();

/// The whole value of an id.
pub fn encode_remembered(remembered: &Remembered) -> Vec<u8> {
    let mut bytes = encode_id(remembered).to_vec();
    if let Some(course) = &remembered.course {
        course.put(&mut bytes);
    }
    bytes
}

/// The part of an id's value that every id has.
pub fn encode_id(remembered: &Remembered) -> [u8; REMEMBERED_BYTES] {
    let part = IdPart {
        fingerprint: U64::new(remembered.fingerprint.0),
        amount: I64::new(remembered.verdict.amount.nanos()),
        seq: U64::new(remembered.verdict.seq),
        kept_until: I64::new(remembered.kept_until.nanos()),
        outcome: remembered.verdict.outcome as u8,
    };
    zerocopy::transmute!(part)
}

pub fn decode_remembered(bytes: &[u8]) -> Result<Remembered, RowError> {
    let mut reader = Reader(bytes);
    let part = reader.take::<IdPart>()?;
    let course = match reader.0 {
        [] => None,
        _ => Some(<Box<Course> as Field>::take(&mut reader)?),
    };
    reader.finish()?;
    Ok(Remembered {
        fingerprint: Fingerprint(part.fingerprint.get()),
        verdict: Verdict {
            outcome: Taken::from_byte(part.outcome).ok_or(RowError("unknown outcome of an id"))?,
            amount: Money::from_nanos(part.amount.get()),
            seq: part.seq.get(),
        },
        kept_until: Timestamp::from_nanos(part.kept_until.get()),
        course,
    })
}

/// Calls `put` with what a record makes of the views of documents, of the audit and of ties: family, key and value.
pub fn documents(
    id: WalletId,
    record: &Record<'_>,
    posted_at: Timestamp,
    row: &[u8],
    mut put: impl FnMut(&'static str, Vec<u8>, Vec<u8>),
) {
    if let Change::Entry(entry) = &record.change {
        if let Cause::Message { .. } = entry.cause {
            // Nearly all records are these, and nothing is made of them.
            return;
        }
        Tie::of(&entry.cause).for_each(|tie| put(keys::TIES, tie.key(id, entry.seq).to_vec(), Vec::new()));
    }
    if let Some((key, value)) = act(id, record, posted_at, row) {
        put(keys::AUDIT, key.to_vec(), value);
    }
    if let Change::Delivery(delivery) = &record.change {
        let key = keys::delivery(delivery.endpoint, id, delivery.alert).to_vec();
        put(keys::DELIVERIES, key, PostedRow::new(posted_at, row).0);
    }
    if let Some((kind, number)) = document(&record.change) {
        let key = keys::document(id, kind, number).to_vec();
        put(keys::DOCUMENTS, key, PostedRow::new(posted_at, row).0);
    }
    if let Change::Attempt(attempt) = &record.change
        && !attempt.payment.is_empty()
    {
        let payment = attempt.payment.as_bytes().to_vec();
        put(keys::PAYMENTS, payment, keys::attempt(id, attempt.number).to_vec());
    }
}

/// The document that a change carries, and its number.
fn document(change: &Change<'_>) -> Option<(Document, u64)> {
    Some(match change {
        Change::Hold(hold) => (Document::Hold, hold.number),
        Change::Number(number) => (Document::Number, number.rental),
        Change::Attempt(attempt) => (Document::Attempt, attempt.number),
        Change::Alert(alert) => (Document::Alert, alert.number),
        Change::AutoTopUp(_) => (Document::AutoTopUp, keys::SINGLE),
        Change::Method(_) => (Document::Method, keys::SINGLE),
        Change::Levels(_) => (Document::Levels, keys::SINGLE),
        Change::Entry(Entry { cause: Cause::Correction(correction), .. }) => {
            (Document::Correction, correction.of)
        }
        _ => return None,
    })
}

/// Where a wallet id of the interface lives, and what people call it.
pub fn encode_name(id: WalletId, display: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(6 + display.len());
    bytes.extend_from_slice(&super::keys::wallet(id));
    put_short(&mut bytes, display);
    bytes
}

pub fn decode_name(bytes: &[u8]) -> Result<(WalletId, &str), RowError> {
    let mut reader = Reader(bytes);
    let id = super::keys::split_wallet(reader.bytes(5)?).ok_or(RowError("a wallet's place"))?;
    let display = reader.short()?;
    reader.finish()?;
    Ok((id, display))
}

pub fn encode_position(position: &Mark, house_records: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, &U64::new(position.commit));
    put(&mut bytes, &U64::new(house_records));
    for head in &position.heads {
        put(&mut bytes, &U64::new(head.number));
        bytes.extend_from_slice(&head.link.0);
    }
    bytes
}

/// The position, and how many records of the house lie before it.
pub fn decode_position(bytes: &[u8]) -> Result<(Mark, u64), RowError> {
    let mut reader = Reader(bytes);
    let commit = reader.take::<U64>()?.get();
    let house_records = reader.take::<U64>()?.get();
    let mut heads = Vec::new();
    while !reader.0.is_empty() {
        let number = reader.take::<U64>()?.get();
        heads.push(Head { number, link: Link(*reader.take()?) });
    }
    Ok((Mark { commit, heads }, house_records))
}

pub fn encode_filter(taken: &IdsOfParts) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (generation, parts) in taken {
        for ids in parts {
            put(&mut bytes, &U32::new(generation.0));
            put(&mut bytes, &U64::new(*ids));
        }
    }
    bytes
}

pub fn decode_filter(bytes: &[u8]) -> Result<IdsOfParts, RowError> {
    let mut reader = Reader(bytes);
    let mut taken = IdsOfParts::new();
    while !reader.0.is_empty() {
        let generation = Generation(reader.take::<U32>()?.get());
        taken.entry(generation).or_default().push(reader.take::<U64>()?.get());
    }
    Ok(taken)
}

/// A row of the journal kept in a view, with the instant its frame was posted at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedRow(pub Vec<u8>);

/// An entry as the view of entries keeps it.
pub type EntryRow = PostedRow;

/// Bytes before the row itself.
pub const POSTED_AT_BYTES: usize = 8;

impl PostedRow {
    pub fn new(posted_at: Timestamp, row: &[u8]) -> PostedRow {
        let mut bytes = Vec::with_capacity(POSTED_AT_BYTES + row.len());
        PostedRow::put(&mut bytes, posted_at, row);
        PostedRow(bytes)
    }

    /// Writes the bytes of a row of this kind.
    pub fn put(out: &mut Vec<u8>, posted_at: Timestamp, row: &[u8]) {
        out.extend_from_slice(&posted_at.nanos().to_le_bytes());
        out.extend_from_slice(row);
    }

    /// The bytes of a row of this kind: when it was posted, and the row as journalled.
    pub fn split(bytes: &[u8]) -> Result<(Timestamp, &[u8]), RowError> {
        let (nanos, row) =
            bytes.split_first_chunk::<POSTED_AT_BYTES>().ok_or(RowError("its end is missing"))?;
        Ok((Timestamp::from_nanos(i64::from_le_bytes(*nanos)), row))
    }

    pub fn posted_at(&self) -> Timestamp {
        let nanos = self.0.first_chunk::<POSTED_AT_BYTES>().map_or(0, |bytes| i64::from_le_bytes(*bytes));
        Timestamp::from_nanos(nanos)
    }

    pub fn row(&self) -> Result<Row<'_>, RowError> {
        rows::read(self.0.get(POSTED_AT_BYTES..).unwrap_or_default())
    }

    /// The wallet's record that the row holds.
    pub fn record(&self) -> Result<Record<'_>, RowError> {
        rows::read_record(self.0.get(POSTED_AT_BYTES..).unwrap_or_default())
    }
}

/// The number of the entry that a row holds.
pub fn entry_seq(row: &EntryRow) -> Option<u64> {
    match row.record().ok()?.change {
        Change::Entry(entry) => Some(entry.seq),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::samples::lives::Lived;
    use crate::domain::samples::{NOW, TERMS};

    #[test]
    fn what_the_views_keep_reads_back() {
        let id = WalletId { partition: 7, number: 1234 };
        let wallet = Wallet {
            id,
            currency: Currency::USD,
            time_zone: "Asia/Kathmandu".into(),
            tariff: TariffId(3),
            status: Status::Active,
            balance: Money::from_nanos(-5),
            seq: 9,
            records: 11,
            ..crate::domain::wallet::Wallet::opened(id, &crate::domain::samples::TERMS)
        };
        let snapshot = Snapshot { wallet, as_of: Timestamp::from_nanos(77) };
        assert_eq!(Snapshot::decode(id, &snapshot.encode()), Ok(snapshot.clone()));
        let of_the_version_before =
            &snapshot.encode()[..size_of::<SnapshotPart>() + 1 + "Asia/Kathmandu".len()];
        assert_eq!(Snapshot::decode(id, of_the_version_before), Ok(snapshot.clone()));
        assert!(Snapshot::decode(id, &snapshot.encode()[1..]).is_err());

        let remembered = Remembered {
            fingerprint: Fingerprint(u64::MAX),
            verdict: Verdict { outcome: Taken::BlockedSuspended, amount: Money::ZERO, seq: 0 },
            kept_until: Timestamp::from_nanos(-1),
            course: None,
        };
        assert_eq!(encode_remembered(&remembered), encode_id(&remembered));
        let course = Some(Box::new(Course::fresh()));
        let with_course = Remembered { course, ..remembered.clone() };
        assert_eq!(decode_remembered(&encode_remembered(&with_course)), Ok(with_course));
        assert_eq!(decode_remembered(&encode_remembered(&remembered)), Ok(remembered));
        assert_eq!(decode_name(&encode_name(id, "Acme")), Ok((id, "Acme")));
        let mark = Mark { commit: 5, heads: vec![Head { number: 2, link: Link([9; 32]) }; 16] };
        assert_eq!(decode_position(&encode_position(&mark, 4)), Ok((mark, 4)));
        let taken = IdsOfParts::from([(Generation(1), vec![1 << 22, 7]), (Generation(2), vec![9])]);
        assert_eq!(decode_filter(&encode_filter(&taken)), Ok(taken.clone()));
        assert!(decode_filter(&encode_filter(&taken)[1..]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever a wallet has lived through, its snapshot, its rows and what is remembered read back.
        #[test]
        fn j2_a_life_reads_back_after_every_step(seed in any::<u64>(), steps in 1usize..120) {
            let id = WalletId { partition: 7, number: 1234 };
            let mut lived = Lived::new(id, &TERMS, seed, NOW);
            for _ in 0..steps {
                for record in lived.go_on().iter().flat_map(|step| &step.records) {
                    let mut bytes = Vec::new();
                    rows::put_record(&mut bytes, id.number, record);
                    let row = Row::Wallet { wallet: id.number, record: record.clone() };
                    prop_assert_eq!(rows::read(&bytes), Ok(row));
                }
                let snapshot = Snapshot { wallet: lived.wallet.clone(), as_of: lived.now };
                prop_assert_eq!(Snapshot::decode(id, &snapshot.encode()), Ok(snapshot));
            }
            for remembered in lived.remembered.values() {
                prop_assert_eq!(decode_remembered(&encode_remembered(remembered)), Ok(remembered.clone()));
            }
        }
    }
}
