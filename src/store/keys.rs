//! Every key of the views, in one place. A name or layout is never reused for another meaning.
//!
//! | column family | key | value |
//! |---|---|---|
//! | `meta` | `position` | the journal position that the views reflect |
//! | `meta` | `format` | what these tables were when the views were built: [`FORMAT`] |
//! | `wallets` | partition, wallet number (big-endian) | snapshot of a wallet |
//! | `names` | wallet id in the interface | where it lives, and its display name |
//! | `entries` | partition, wallet number, seq / 64 (big-endian) | entries packed (see `packs`), merged: each posted_at, then the row as journalled |
//! | `documents` | partition, wallet number, kind, number (big-endian) | posted_at, then the row of its last change |
//! | `deliveries` | endpoint, partition, wallet number, alert (big-endian) | posted_at, then the row of its last change |
//! | `payments` | the provider's id of a payment | partition, wallet number, attempt (big-endian) |
//! | `usage` | partition, wallet number, which days, local day (big-endian) | cells, merged (see `cells`) |
//! | `statuses` | partition, wallet number, seq of the message (big-endian) | its final status as it is counted |
//! | `usage` | partition, wallet number, 3, channel | nothing: the wallet has entries of it |
//! | `ties` | partition, wallet number, what (see `Tie`), its number, seq (big-endian) | nothing: the entry belongs to it |
//! | `house` | ordinal of the record (big-endian) | posted_at, then the row as journalled |
//! | `audit` | posted_at, partition, wallet number, record number (big-endian); the house: [`HOUSE_ACTS`], ordinal | posted_at, then the row as journalled |
//! | `ids-<generation>` | the 128-bit key | fingerprint, verdict, kept until; of a message with statuses its course |

use crate::domain::address::Address;
use crate::domain::identity::Key;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;

pub const META: &str = "meta";
pub const WALLETS: &str = "wallets";
pub const NAMES: &str = "names";
pub const ENTRIES: &str = "entries";
pub const DOCUMENTS: &str = "documents";
pub const DELIVERIES: &str = "deliveries";
pub const PAYMENTS: &str = "payments";
pub const HOUSE: &str = "house";
pub const USAGE: &str = "usage";
pub const STATUSES: &str = "statuses";
pub const AUDIT: &str = "audit";
pub const TIES: &str = "ties";
/// The families that always exist; those of the ids come and go with their generations.
pub const FAMILIES: [&str; 12] =
    [META, WALLETS, NAMES, ENTRIES, DOCUMENTS, DELIVERIES, PAYMENTS, HOUSE, USAGE, STATUSES, AUDIT, TIES];

/// The commit that usage was added up to, among the rows of usage itself: sums must not be written twice, so they
/// and how far they go are written as one. No partition has the number 255: it is the last key.
pub const USAGE_COMMIT: &[u8] = b"\xffcommit";
pub const POSITION: &[u8] = b"position";
/// How many ids the filter has taken.
pub const FILTER: &[u8] = b"filter";
/// Where the format of the views stands.
pub const FORMAT_KEY: &[u8] = b"format";
/// Counts up with every change of what the views hold of the same journal: views of another format are built anew.
/// Those of format 1 do not say it; up to format 3 every entry was a row, up to format 4 the filter had no log.
pub const FORMAT: u32 = 5;

const IDS_PREFIX: &str = "ids-";
/// How long one generation of ids takes posts before the next begins.
pub const GENERATION_SECONDS: i64 = 7 * 86_400;

/// Seven days of posting, counted from 1970: ids are kept and dropped by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

impl Generation {
    pub fn of(posted_at: Timestamp) -> Generation {
        let number = posted_at.seconds().div_euclid(GENERATION_SECONDS);
        Generation(u32::try_from(number).unwrap_or(0))
    }

    /// The instant at which the next generation begins.
    pub fn end_seconds(self) -> i64 {
        (i64::from(self.0) + 1) * GENERATION_SECONDS
    }

    pub fn family(self) -> String {
        format!("{IDS_PREFIX}{:010}", self.0)
    }

    pub fn of_family(name: &str) -> Option<Generation> {
        name.strip_prefix(IDS_PREFIX)?.parse().ok().map(Generation)
    }
}

/// What a document of a wallet is. The byte is part of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Document {
    Hold = 1,
    Number = 2,
    Attempt = 3,
    Alert = 4,
    /// Those that a wallet has one of, at the number [`SINGLE`].
    AutoTopUp = 5,
    Method = 6,
    Levels = 7,
    /// The last correction of a message, at the number of the message's entry.
    Correction = 8,
}

/// The number of what a wallet has only one of.
pub const SINGLE: u64 = 0;

pub type DocumentKey = [u8; 14];
pub type DeliveryKey = [u8; 17];
pub type ActKey = [u8; 21];
pub type WalletKey = [u8; 5];
pub type EntryKey = [u8; 13];
pub type IdKey = [u8; 16];
pub type ChannelKey = [u8; 22];
pub type TieKey = [u8; 22];

pub fn wallet(id: WalletId) -> WalletKey {
    let mut key = [0; 5];
    key[0] = id.partition;
    key[1..].copy_from_slice(&id.number.to_be_bytes());
    key
}

pub fn split_wallet(key: &[u8]) -> Option<WalletId> {
    let key: &WalletKey = key.try_into().ok()?;
    let (partition, number) = key.split_first_chunk::<1>()?;
    Some(WalletId { partition: partition[0], number: u32::from_be_bytes(number.try_into().ok()?) })
}

pub fn entry(id: WalletId, seq: u64) -> EntryKey {
    let mut key = [0; 13];
    key[..5].copy_from_slice(&wallet(id));
    key[5..].copy_from_slice(&seq.to_be_bytes());
    key
}

pub fn split_entry(key: &[u8]) -> Option<(WalletId, u64)> {
    let (id, seq) = key.split_at_checked(5)?;
    Some((split_wallet(id)?, u64::from_be_bytes(seq.try_into().ok()?)))
}

pub fn document(id: WalletId, kind: Document, number: u64) -> DocumentKey {
    let mut key = [0; 14];
    key[..5].copy_from_slice(&wallet(id));
    key[5] = kind as u8;
    key[6..].copy_from_slice(&number.to_be_bytes());
    key
}

pub fn delivery(endpoint: u32, id: WalletId, alert: u64) -> DeliveryKey {
    let mut key = [0; 17];
    key[..4].copy_from_slice(&endpoint.to_be_bytes());
    key[4..9].copy_from_slice(&wallet(id));
    key[9..].copy_from_slice(&alert.to_be_bytes());
    key
}

/// After the cells of a wallet in the same family, so that both are written as one.
const OF_CHANNEL: u8 = 3;

pub fn channel(id: WalletId, channel: &Address) -> ChannelKey {
    let mut key = [0; 22];
    key[..5].copy_from_slice(&wallet(id));
    key[5] = OF_CHANNEL;
    key[6..].copy_from_slice(&channel.to_bytes());
    key
}

/// Before and past every channel of a wallet.
pub fn channels(id: WalletId) -> (Vec<u8>, Vec<u8>) {
    let from = |after: u8| [&wallet(id)[..], &[after]].concat();
    (from(OF_CHANNEL), from(OF_CHANNEL + 1))
}

pub fn split_channel(key: &[u8]) -> Option<Address> {
    let key: &ChannelKey = key.try_into().ok()?;
    Address::from_bytes(*key.last_chunk::<16>()?)
}

/// An entry under what it belongs to: what that is, and its number.
pub fn tie(id: WalletId, (what, number): (u8, u64), seq: u64) -> TieKey {
    let mut key = [0; 22];
    key[..5].copy_from_slice(&wallet(id));
    key[5] = what;
    key[6..14].copy_from_slice(&number.to_be_bytes());
    key[14..].copy_from_slice(&seq.to_be_bytes());
    key
}

/// The number of what the entry of a key of [`tie`] belongs to.
pub fn tied_to(key: &[u8]) -> Option<u64> {
    let key: &TieKey = key.try_into().ok()?;
    Some(u64::from_be_bytes(key[6..14].try_into().ok()?))
}

/// The entry that a key of [`tie`] names.
pub fn tied_seq(key: &[u8]) -> Option<u64> {
    let key: &TieKey = key.try_into().ok()?;
    Some(u64::from_be_bytes(*key.last_chunk()?))
}

/// Where an attempt lives, as the index of payments stores it.
pub fn attempt(id: WalletId, number: u64) -> EntryKey {
    entry(id, number)
}

pub fn split_attempt(value: &[u8]) -> Option<(WalletId, u64)> {
    split_entry(value)
}

pub fn id(key: Key) -> IdKey {
    key.0.to_be_bytes()
}

/// In the place of the wallet in the keys of what the house has records of.
pub const HOUSE_ACTS: WalletId = WalletId { partition: 0, number: u32::MAX };

/// Of what somebody did: by when it was posted.
pub fn act(posted_at: Timestamp, id: WalletId, number: u64) -> ActKey {
    // The sign turned around, so that instants before 1970 sort first.
    let nanos = posted_at.nanos() as u64 ^ (1 << 63);
    let mut key = [0; 21];
    key[..8].copy_from_slice(&nanos.to_be_bytes());
    key[8..].copy_from_slice(&entry(id, number));
    key
}

pub fn split_act(key: &[u8]) -> Option<(Timestamp, WalletId, u64)> {
    let (nanos, rest) = key.split_first_chunk::<8>()?;
    let (id, number) = split_entry(rest)?;
    Some((Timestamp::from_nanos((u64::from_be_bytes(*nanos) ^ (1 << 63)) as i64), id, number))
}

pub fn house(ordinal: u64) -> [u8; 8] {
    ordinal.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_read_back_and_sort_as_what_they_name(
            a in (any::<u8>(), any::<u32>(), any::<u64>()),
            b in (any::<u8>(), any::<u32>(), any::<u64>()),
        ) {
            let key = |(partition, number, seq): (u8, u32, u64)| entry(WalletId { partition, number }, seq);
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
            let (id, seq) = split_entry(&key(a)).unwrap();
            prop_assert_eq!((id.partition, id.number, seq), a);
            prop_assert_eq!(split_wallet(&wallet(id)), Some(id));
            prop_assert_eq!(split_attempt(&attempt(id, seq)), Some((id, seq)));
        }

        #[test]
        fn documents_sort_by_wallet_kind_and_number_and_deliveries_by_endpoint_first(
            a in (any::<u8>(), any::<u32>(), 0usize..8, any::<u64>()),
            b in (any::<u8>(), any::<u32>(), 0usize..8, any::<u64>()),
            endpoints in any::<[u32; 2]>(),
        ) {
            use Document::{Alert, Attempt, AutoTopUp, Correction, Hold, Levels, Method, Number};
            const KINDS: [Document; 8] =
                [Hold, Number, Attempt, Alert, AutoTopUp, Method, Levels, Correction];
            let key = |(partition, number, kind, document_number): (u8, u32, usize, u64)| {
                document(WalletId { partition, number }, KINDS[kind], document_number)
            };
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
            let of_endpoint = |endpoint, (partition, number, _, alert): (u8, u32, usize, u64)| {
                (delivery(endpoint, WalletId { partition, number }, alert), (endpoint, partition, number, alert))
            };
            let (one, other) = (of_endpoint(endpoints[0], a), of_endpoint(endpoints[1], b));
            prop_assert_eq!(one.0.cmp(&other.0), one.1.cmp(&other.1));
            prop_assert_eq!(split_wallet(&one.0[4..9]).map(|id| (id.partition, id.number)), Some((a.0, a.1)));
        }

        #[test]
        fn acts_sort_by_when_they_were_posted(
            a in (any::<i64>(), any::<u8>(), any::<u32>(), any::<u64>()),
            b in (any::<i64>(), any::<u8>(), any::<u32>(), any::<u64>()),
        ) {
            let key = |(nanos, partition, number, record): (i64, u8, u32, u64)| {
                act(Timestamp::from_nanos(nanos), WalletId { partition, number }, record)
            };
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
            let (at, id, record) = split_act(&key(a)).unwrap();
            prop_assert_eq!((at.nanos(), id.partition, id.number, record), a);
        }

        #[test]
        fn a_generation_is_seven_days_of_posting(seconds in 0i64..4_000_000_000) {
            let at = Timestamp::from_nanos(seconds * 1_000_000_000);
            let generation = Generation::of(at);
            prop_assert!(seconds < generation.end_seconds());
            prop_assert!(seconds >= generation.end_seconds() - GENERATION_SECONDS);
            prop_assert_eq!(Generation::of_family(&generation.family()), Some(generation));
        }
    }
}
