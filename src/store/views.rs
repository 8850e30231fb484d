//! The database of the views: opening it, and every look-up in it.

mod format;
mod options;
mod pace;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use rocksdb::{
    BoundColumnFamily, Cache, ColumnFamilyDescriptor, DBWithThreadMode, Direction, FlushOptions,
    IteratorMode, MultiThreaded, Options, ReadOptions,
};

use super::StoreError;
use super::filter::{Filter, IdsOfParts, Sight};
use super::keys::{self, Document, Generation};
use super::rows::{self, PostedRow, Snapshot};
use crate::domain::identity::{Key, Remembered};
use crate::domain::wallet::WalletId;
use crate::journal::mark::Mark;
use options::{database_options, family_options};
use pace::Pace;

pub use options::Merging;

pub(super) type Database = DBWithThreadMode<MultiThreaded>;
pub(super) type Family<'a> = Arc<BoundColumnFamily<'a>>;

/// What the views are opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `views/` is made in it.
    pub folder: PathBuf,
    pub block_cache_bytes: usize,
}

/// The views, for reading. Only the builder writes.
pub struct Views {
    pub(super) database: Database,
    pub(super) filter: Filter,
    /// What it was opened with, which keeps its counts.
    options: Options,
    cache: Cache,
    /// How fast runs are merged.
    pace: Pace,
    /// The generations of ids that are kept.
    generations: RwLock<BTreeSet<Generation>>,
    pub(super) incoming: PathBuf,
    /// How many passes have been written. Held while one is: a state of the views is taken in between.
    pub(super) written: Mutex<u64>,
}

/// One wallet found by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub wallet: Box<str>,
    pub id: WalletId,
    pub display: Box<str>,
}

impl Views {
    fn open_as(settings: &Settings, read_only: bool) -> Result<Views, StoreError> {
        let path = Views::folder(&settings.folder);
        let cache = Cache::new_lru_cache(settings.block_cache_bytes);
        let (options, pace) = (database_options(), Pace::default());
        let mut families: Vec<String> = match path.join(format::CURRENT).exists() {
            true => Database::list_cf(&options, &path)?,
            false => Vec::new(),
        };
        families.retain(|family| family != "default");
        if !read_only {
            let missing =
                keys::FAMILIES.iter().filter(|family| !families.iter().any(|known| known == *family));
            families.extend(missing.map(|family| (*family).to_owned()).collect::<Vec<_>>());
        }
        let descriptors: Vec<_> = families
            .iter()
            .map(|family| ColumnFamilyDescriptor::new(family, family_options(family, &cache, &pace)))
            .collect();
        let database = match read_only {
            true => Database::open_cf_descriptors_read_only(&options, &path, descriptors, false)?,
            false => Database::open_cf_descriptors(&options, &path, descriptors)?,
        };
        let generations: BTreeSet<_> =
            families.iter().filter_map(|family| Generation::of_family(family)).collect();
        let mut taken = taken_by_filter(&database)?;
        // `verify` compares every id itself and needs no filter.
        let filtered = generations.iter().filter(|_| !read_only);
        let filtered =
            filtered.map(|generation| (*generation, taken.remove(generation).unwrap_or_default())).collect();
        let filter = Filter::load(&path.join("filters"), &filtered, |generation, insert| {
            each_id(&database, generation, |key, _| {
                insert(key);
                Ok(())
            })
        })?;
        let incoming = path.join("incoming");
        let generations = RwLock::new(generations);
        Ok(Views { database, filter, options, cache, pace, generations, incoming, written: Mutex::new(0) })
    }

    pub(super) fn family(&self, name: &str) -> Family<'_> {
        self.database.cf_handle(name).expect("the families of FAMILIES are made when the views are opened")
    }

    /// The family of a generation of ids, made on first use.
    pub(super) fn ids_family(&self, generation: Generation) -> Result<Family<'_>, StoreError> {
        let name = generation.family();
        if let Some(family) = self.database.cf_handle(&name) {
            return Ok(family);
        }
        self.database.create_cf(&name, &family_options(&name, &self.cache, &self.pace))?;
        self.generations.write().insert(generation);
        Ok(self.database.cf_handle(&name).expect("the family was just made"))
    }

    /// The generations of ids that are kept, oldest first.
    pub fn generations(&self) -> Vec<Generation> {
        self.generations.read().iter().copied().collect()
    }

    /// Forgets a generation of ids whole.
    pub(super) fn drop_generation(&self, generation: Generation) -> Result<(), StoreError> {
        self.filter.drop_generation(generation);
        self.generations.write().remove(&generation);
        Ok(self.database.drop_cf(&generation.family())?)
    }

    /// A pass has left a run behind in every family that it had rows for.
    pub(super) fn left_runs(&self) {
        self.pace.passed();
    }

    /// The names of all families there are now.
    fn family_names(&self) -> Vec<String> {
        let fixed = keys::FAMILIES.iter().map(|family| (*family).to_owned());
        fixed.chain(self.generations().into_iter().map(Generation::family)).collect()
    }

    /// Makes everything written so far survive a crash, all families at once.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        let names = self.family_names();
        let families: Vec<_> = names.iter().filter_map(|name| self.database.cf_handle(name)).collect();
        let families: Vec<_> = families.iter().collect();
        let mut options = FlushOptions::default();
        options.set_wait(true);
        Ok(self.database.flush_cfs_opt(&families, &options)?)
    }

    /// The journal position that a crash would find the views at, and the records of the house before it.
    pub fn position(&self) -> Result<Option<(Mark, u64)>, StoreError> {
        let bytes = self.database.get_pinned_cf(&self.family(keys::META), keys::POSITION)?;
        bytes.map(|bytes| rows::decode_position(&bytes).map_err(StoreError::row("position"))).transpose()
    }

    /// The commit that usage was added up to.
    pub fn usage_commit(&self) -> Result<u64, StoreError> {
        let bytes = self.database.get_pinned_cf(&self.family(keys::USAGE), keys::USAGE_COMMIT)?;
        let commit = bytes.map(|bytes| bytes[..].try_into().map(u64::from_be_bytes)).transpose();
        let misread = |_| StoreError::row(keys::USAGE)(crate::journal::codec::RowError("its commit"));
        Ok(commit.map_err(misread)?.unwrap_or(0))
    }

    /// The snapshots of several wallets, in their order.
    pub fn snapshots(&self, ids: &[WalletId]) -> Result<Vec<Option<Snapshot>>, StoreError> {
        let family = self.family(keys::WALLETS);
        let wanted: Vec<_> = ids.iter().map(|id| keys::wallet(*id)).collect();
        let found = self.database.batched_multi_get_cf(&family, &wanted, false);
        ids.iter()
            .zip(found)
            .map(|(id, bytes)| match bytes? {
                Some(bytes) => Snapshot::decode(*id, &bytes).map(Some).map_err(StoreError::row("wallets")),
                None => Ok(None),
            })
            .collect()
    }

    /// Calls `visit` with every snapshot, by partition and number.
    pub fn each_snapshot(
        &self,
        mut visit: impl FnMut(Snapshot) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for item in self.database.iterator_cf(&self.family(keys::WALLETS), IteratorMode::Start) {
            let (key, value) = item?;
            let misplaced = StoreError::row("wallets");
            let id = keys::split_wallet(&key)
                .ok_or(crate::journal::codec::RowError("its key"))
                .map_err(misplaced)?;
            visit(Snapshot::decode(id, &value).map_err(StoreError::row("wallets"))?)?;
        }
        Ok(())
    }

    /// Wallets by their id in the interface, those after `after`, at most `limit`.
    pub fn wallets(&self, after: &str, limit: usize) -> Result<Vec<Named>, StoreError> {
        let family = self.family(keys::NAMES);
        let mut found = Vec::new();
        for item in
            self.database.iterator_cf(&family, IteratorMode::From(after.as_bytes(), Direction::Forward))
        {
            if found.len() == limit {
                break;
            }
            let (key, value) = item?;
            let wallet = String::from_utf8_lossy(&key);
            if wallet == after {
                continue;
            }
            let (id, display) = rows::decode_name(&value).map_err(StoreError::row("names"))?;
            found.push(Named { wallet: wallet.into(), id, display: display.into() });
        }
        Ok(found)
    }

    /// The records of the house, in order.
    pub fn house(&self) -> Result<Vec<PostedRow>, StoreError> {
        let items = self.database.iterator_cf(&self.family(keys::HOUSE), IteratorMode::Start);
        items.map(|item| Ok(PostedRow(item?.1.into_vec()))).collect()
    }

    /// A wallet's documents of one kind after `after`, in order of their numbers, at most `limit`.
    pub fn documents(
        &self,
        wallet: WalletId,
        kind: Document,
        after: u64,
        limit: usize,
    ) -> Result<Vec<PostedRow>, StoreError> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let mut past = keys::document(wallet, kind, u64::MAX).to_vec();
        past.push(0);
        self.range(keys::DOCUMENTS, &keys::document(wallet, kind, first), past, limit)
    }

    pub fn document(
        &self,
        wallet: WalletId,
        kind: Document,
        number: u64,
    ) -> Result<Option<PostedRow>, StoreError> {
        let key = keys::document(wallet, kind, number);
        let bytes = self.database.get_cf(&self.family(keys::DOCUMENTS), key)?;
        Ok(bytes.map(PostedRow))
    }

    /// The deliveries to an endpoint after the one to be found at `after`, by wallet and alert, at most `limit`,
    /// each with its wallet.
    pub fn deliveries(
        &self,
        endpoint: u32,
        after: Option<(WalletId, u64)>,
        limit: usize,
    ) -> Result<Vec<(WalletId, PostedRow)>, StoreError> {
        let first = WalletId { partition: 0, number: 0 };
        let (wallet, alert) = after.map_or((first, 0), |(wallet, alert)| (wallet, alert.saturating_add(1)));
        let mut read = ReadOptions::default();
        read.set_iterate_lower_bound(keys::delivery(endpoint, wallet, alert));
        let last = WalletId { partition: u8::MAX, number: u32::MAX };
        let mut past = keys::delivery(endpoint, last, u64::MAX).to_vec();
        past.push(0);
        read.set_iterate_upper_bound(past);
        let items = self.database.iterator_cf_opt(&self.family(keys::DELIVERIES), read, IteratorMode::Start);
        let misplaced = || crate::journal::codec::RowError("its key");
        let found = items.take(limit).map(|item| {
            let (key, value) = item?;
            let wallet = key.get(4..9).and_then(keys::split_wallet);
            let wallet = wallet.ok_or_else(misplaced).map_err(StoreError::row("deliveries"))?;
            Ok((wallet, PostedRow(value.into_vec())))
        });
        found.collect()
    }

    /// The attempt that a payment of the provider belongs to.
    pub fn attempt_of_payment(&self, payment: &str) -> Result<Option<(WalletId, u64)>, StoreError> {
        let bytes = self.database.get_pinned_cf(&self.family(keys::PAYMENTS), payment.as_bytes())?;
        Ok(bytes.and_then(|bytes| keys::split_attempt(&bytes)))
    }

    fn range(
        &self,
        family: &str,
        first: &[u8],
        past: Vec<u8>,
        limit: usize,
    ) -> Result<Vec<PostedRow>, StoreError> {
        let mut read = ReadOptions::default();
        read.set_iterate_lower_bound(first);
        read.set_iterate_upper_bound(past);
        let items = self.database.iterator_cf_opt(&self.family(family), read, IteratorMode::Start);
        items.take(limit).map(|item| Ok(PostedRow(item?.1.into_vec()))).collect()
    }

    /// Calls `visit` with every row of one of the fixed families: for comparing.
    pub fn each_row(
        &self,
        family: &str,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut read = ReadOptions::default();
        read.fill_cache(false);
        for item in self.database.iterator_cf_opt(&self.family(family), read, IteratorMode::Start) {
            let (key, value) = item?;
            visit(&key, &value)?;
        }
        Ok(())
    }

    /// The rows of a generation's ids under several keys, in their order: for comparing.
    pub fn id_rows(
        &self,
        generation: Generation,
        wanted: &[keys::IdKey],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let Some(family) = self.database.cf_handle(&generation.family()) else {
            return Ok(vec![None; wanted.len()]);
        };
        let found = self.database.batched_multi_get_cf(&family, wanted, false);
        found.into_iter().map(|bytes| Ok(bytes?.map(|bytes| bytes.to_vec()))).collect()
    }

    /// Calls `visit` with every id of a generation.
    pub fn each_id(
        &self,
        generation: Generation,
        visit: impl FnMut(Key, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        each_id(&self.database, generation, visit)
    }

    /// What the filter says for the length of one drain.
    pub fn sight(&self) -> Sight {
        self.filter.sight()
    }

    /// What is remembered of a key, whether it is still kept or not.
    pub fn remembered(&self, key: Key) -> Result<Option<Remembered>, StoreError> {
        for generation in self.sight().candidates(key) {
            let Some(family) = self.database.cf_handle(&generation.family()) else { continue };
            if let Some(bytes) = self.database.get_pinned_cf(&family, keys::id(key))? {
                return rows::decode_remembered(&bytes).map(Some).map_err(StoreError::row("ids"));
            }
        }
        Ok(None)
    }

    /// The same for many keys, each with a number of the caller's; answers the numbers of those found, of one key the
    /// older generation first.
    pub fn remembered_many(&self, asked: &[(Key, u32)]) -> Result<Vec<(u32, Remembered)>, StoreError> {
        let mut wanted = Vec::new();
        self.sight().candidates_of_many(asked, |generation, (key, number)| {
            wanted.push((generation, key, number));
        });
        wanted.sort_unstable();
        // Two parts of a generation may both hold the key.
        wanted.dedup();
        let mut found = Vec::new();
        for group in wanted.chunk_by(|one, other| one.0 == other.0) {
            let Some(family) = self.database.cf_handle(&group[0].0.family()) else { continue };
            let group_keys: Vec<_> = group.iter().map(|(_, key, _)| keys::id(*key)).collect();
            let values = self.database.batched_multi_get_cf(&family, &group_keys, true);
            for ((_, _, place), bytes) in group.iter().zip(values) {
                if let Some(bytes) = bytes? {
                    found.push((*place, rows::decode_remembered(&bytes).map_err(StoreError::row("ids"))?));
                }
            }
        }
        Ok(found)
    }

    /// One of RocksDB's own counts, summed over all families.
    pub fn property(&self, name: &str) -> u64 {
        let count = |family: &String| {
            let family = self.database.cf_handle(family)?;
            self.database.property_int_value_cf(&family, name).ok().flatten()
        };
        self.family_names().iter().filter_map(count).sum()
    }

    /// Merges what the passes have left behind, of all families, at once.
    pub fn compact(&self) {
        for family in self.family_names() {
            if let Some(family) = self.database.cf_handle(&family) {
                self.database.compact_range_cf::<&[u8], &[u8]>(&family, None, None);
            }
        }
    }

    /// Where the views live under a data directory.
    pub fn folder(data_dir: &Path) -> PathBuf {
        data_dir.join("views")
    }
}

/// How many ids the filter had taken when the views were stored.
fn taken_by_filter(database: &Database) -> Result<IdsOfParts, StoreError> {
    let Some(meta) = database.cf_handle(keys::META) else { return Ok(IdsOfParts::new()) };
    let bytes = database.get_pinned_cf(&meta, keys::FILTER)?;
    let taken =
        bytes.map(|bytes| rows::decode_filter(&bytes).map_err(StoreError::row("filter"))).transpose()?;
    Ok(taken.unwrap_or_default())
}

fn each_id(
    database: &Database,
    generation: Generation,
    mut visit: impl FnMut(Key, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(family) = database.cf_handle(&generation.family()) else { return Ok(()) };
    let mut read = ReadOptions::default();
    read.fill_cache(false);
    for item in database.iterator_cf_opt(&family, read, IteratorMode::Start) {
        let (key, value) = item?;
        let key = key.as_ref().try_into().map(u128::from_be_bytes);
        let key =
            key.map_err(|_| crate::journal::codec::RowError("its key")).map_err(StoreError::row("ids"))?;
        visit(Key(key), &value)?;
    }
    Ok(())
}
