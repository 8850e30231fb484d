//! How the families of the views are kept on disk: in runs that are left alone under load and merged at rest.

use rocksdb::properties::PropName;
use rocksdb::{BlockBasedOptions, Cache, DBCompactionStyle, DBCompressionType, Options};

use super::Views;
use super::pace::{self, Pace};
use crate::journal::{background, figures};
use crate::metrics::DatabaseFigures;
use crate::store::StoreError;
use crate::store::cells;
use crate::store::keys::{self, Generation};
use crate::store::packs;

/// How many sorted runs are left before they are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merging {
    UnderLoad,
    AtRest,
}

/// Merging costs as much as writing: under load it waits.
pub(super) const RUNS_UNDER_LOAD: i32 = 120;
const RUNS_AT_REST: i32 = 4;
/// How far each run that is merged is read ahead. All of them begin at once: with the 2 MiB that RocksDB has by default a
/// quarter of a gigabyte would be asked of the disk in one go, and the journal's syncs would wait for it.
const READ_AHEAD_BYTES: usize = 128 << 10;
/// Where the run lies that all others are merged into in the end, of the seven levels that RocksDB has by default.
const LAST_LEVEL: i32 = 6;

/// Whether a family's files are sorted runs, which arrive whole and are left alone until there are many.
fn is_kept_in_runs(family: &str) -> bool {
    Generation::of_family(family).is_some() || [keys::ENTRIES, keys::STATUSES, keys::USAGE].contains(&family)
}

/// Bytes of a block where rows are walked; less where they are looked up by themselves.
const PLAIN_BLOCK_BYTES: usize = 16 << 10;
const IDS_BLOCK_BYTES: usize = 4 << 10;

fn table_options(cache: &Cache, block_bytes: usize) -> BlockBasedOptions {
    let mut table = BlockBasedOptions::default();
    table.set_block_cache(cache);
    table.set_format_version(5);
    table.set_block_size(block_bytes);
    table
}

pub(super) fn family_options(family: &str, cache: &Cache, pace: &Pace) -> Options {
    let mut options = Options::default();
    let ids = Generation::of_family(family).is_some();
    let mut table = table_options(cache, if ids { IDS_BLOCK_BYTES } else { PLAIN_BLOCK_BYTES });
    // Ids are hashes and are gone after five weeks: a third of their bytes is not worth a third of what merging them takes. All
    // else that has come to rest is read seldom, and kept.
    let (fresh, at_rest) = match ids {
        true => (DBCompressionType::None, DBCompressionType::None),
        false => (DBCompressionType::Lz4, DBCompressionType::Zstd),
    };
    options.set_compression_type(fresh);
    options.set_bottommost_compression_type(at_rest);
    options.set_bottommost_compression_options(-14, 1, 0, 0, true);
    if ids {
        // Only for the few look-ups that our own filter lets through: each would read a block of every run.
        // Ten bits an id: of a hundred such look-ups one still does.
        table.set_bloom_filter(10.0, false);
    }
    if family == keys::ENTRIES {
        // A look-up goes through the parts of a pack, and most runs have none of it.
        table.set_bloom_filter(10.0, false);
        options.set_merge_operator_associative("farebox.packs", |pack, existing, parts| {
            let merged = packs::merge(pack, existing, parts);
            pace::done(merged.as_ref().map_or(0, Vec::len));
            merged
        });
    }
    options.set_block_based_table_factory(&table);
    options.set_write_buffer_size(32 << 20);
    if is_kept_in_runs(family) {
        options.set_compaction_style(DBCompactionStyle::Universal);
        options.set_level_zero_file_num_compaction_trigger(RUNS_UNDER_LOAD);
        options.set_compaction_filter_factory(pace.of_family());
    }
    if family == keys::USAGE {
        options.set_merge_operator_associative("farebox.cells", cells::merge);
        // Few bytes, of which the same cells come again and again: they are added up sooner.
        options.set_level_zero_file_num_compaction_trigger(40);
    }
    options.set_level_zero_slowdown_writes_trigger(1_000);
    options.set_level_zero_stop_writes_trigger(2_000);
    options
}

pub(super) fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_atomic_flush(true);
    background::share_threads(&mut options);
    options.set_keep_log_file_num(4);
    options.set_bytes_per_sync(1 << 20);
    options.set_compaction_readahead_size(READ_AHEAD_BYTES);
    options.set_max_open_files(4_096);
    figures::count(&mut options);
    options
}

impl Views {
    /// How a sorted file of a family is written before the database takes it over.
    pub(in crate::store) fn file_options(&self, name: &str, compression: DBCompressionType) -> Options {
        let mut options = family_options(name, &self.cache, &self.pace);
        if name == keys::ENTRIES && compression == DBCompressionType::Lz4 {
            // Short parts, nearly one for each entry: a filter over them would take as long as they do.
            options.set_block_based_table_factory(&table_options(&self.cache, PLAIN_BLOCK_BYTES));
        }
        // A file that stands alone would count as one at rest, and what that takes is for when the runs are merged.
        options.set_bottommost_compression_type(compression);
        // Below zero LZ4 looks less closely the further: runs are merged and packed well later.
        options.set_bottommost_compression_options(-14, -8, 0, 0, true);
        // Written out in steps: one long write would hold up the journal's syncs on the same disk.
        options.set_bytes_per_sync(1 << 20);
        options
    }

    /// What RocksDB says of itself, for the metrics: of all families.
    pub fn figures(&self) -> DatabaseFigures {
        let database = &self.database;
        let of_all = |name: &PropName| {
            figures::number(database.property_int_value(name), || database.property_value(name))
        };
        let mut figures = figures::of_database(&self.options, &of_all);
        for family in self.family_names() {
            let Some(family) = database.cf_handle(&family) else { continue };
            let of_family = |name: &PropName| {
                let as_text = || database.property_value_cf(&family, name);
                figures::number(database.property_int_value_cf(&family, name), as_text)
            };
            figures::add_family(&mut figures, &of_family);
            figures::set_cache(&mut figures, &of_family);
        }
        figures.pending_compaction_bytes += self.unmerged_bytes();
        figures
    }

    /// Size of the runs that are yet to be merged: of families that are kept in runs RocksDB does not count it.
    fn unmerged_bytes(&self) -> u64 {
        let unmerged = |family: &str, level: i32| level < LAST_LEVEL && is_kept_in_runs(family);
        let files = self.database.live_files().unwrap_or_default();
        let sizes = files.iter().filter(|file| unmerged(&file.column_family_name, file.level));
        sizes.map(|file| file.size as u64).sum()
    }

    /// Has few runs left when nothing is written, and many be left alone when much is.
    pub fn merge_runs(&self, merging: Merging) -> Result<(), StoreError> {
        let trigger = match merging {
            Merging::UnderLoad => RUNS_UNDER_LOAD,
            Merging::AtRest => RUNS_AT_REST,
        };
        self.pace.set_at_rest(merging == Merging::AtRest);
        let trigger = trigger.to_string();
        for family in self.family_names().into_iter().filter(|family| is_kept_in_runs(family)) {
            if let Some(family) = self.database.cf_handle(&family) {
                self.database
                    .set_options_cf(&family, &[("level0_file_num_compaction_trigger", trigger.as_str())])?;
            }
        }
        Ok(())
    }
}
