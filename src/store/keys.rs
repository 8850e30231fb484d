//! Every key of the views, in one place. A name or layout is never reused for another meaning.
//!
//! | column family | key | value |
//! |---|---|---|
//! | `meta` | `position` | the journal position that the views reflect |
//! | `wallets` | partition, wallet number (big-endian) | snapshot of a wallet |
//! | `names` | wallet id in the interface | where it lives, and its display name |
//! | `entries` | partition, wallet number, seq (big-endian) | posted_at, then the row as journalled |
//! | `house` | ordinal of the record (big-endian) | posted_at, then the row as journalled |
//! | `ids-<generation>` | the 128-bit key | fingerprint, verdict, kept until |

use crate::domain::identity::Key;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;

pub const META: &str = "meta";
pub const WALLETS: &str = "wallets";
pub const NAMES: &str = "names";
pub const ENTRIES: &str = "entries";
pub const HOUSE: &str = "house";
/// The families that always exist; those of the ids come and go with their generations.
pub const FAMILIES: [&str; 5] = [META, WALLETS, NAMES, ENTRIES, HOUSE];

pub const POSITION: &[u8] = b"position";

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

pub type WalletKey = [u8; 5];
pub type EntryKey = [u8; 13];
pub type IdKey = [u8; 16];

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

pub fn id(key: Key) -> IdKey {
    key.0.to_be_bytes()
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
