//! What RocksDB says of itself, for the metrics: the journal's database and, above, that of the views.

use rocksdb::Options;
use rocksdb::properties::{self as names, PropName};
use rocksdb::statistics::{StatsLevel, Ticker};

use crate::metrics::DatabaseFigures;

/// Answers a figure by its name; `None` where there is none.
pub type Ask<'a> = &'a dyn Fn(&PropName) -> Option<u64>;

/// Has a database count what it does, without measuring times: that would be felt.
pub fn count(options: &mut Options) {
    options.enable_statistics();
    options.set_statistics_level(StatsLevel::ExceptHistogramOrTimers);
}

/// What a database says of all its families together, and has counted since it was opened with `options`.
pub fn of_database(options: &Options, ask: Ask<'_>) -> DatabaseFigures {
    let whole = |name: &PropName| ask(name).unwrap_or(0);
    let counted = |ticker| options.get_ticker_count(ticker);
    DatabaseFigures {
        running_compactions: whole(names::NUM_RUNNING_COMPACTIONS),
        running_flushes: whole(names::NUM_RUNNING_FLUSHES),
        write_stopped: whole(names::IS_WRITE_STOPPED),
        delayed_write_bytes_per_second: whole(names::ACTUAL_DELAYED_WRITE_RATE),
        background_errors: whole(names::BACKGROUND_ERRORS),
        snapshots: whole(names::NUM_SNAPSHOTS),
        block_cache_hits: counted(Ticker::BlockCacheHit),
        block_cache_misses: counted(Ticker::BlockCacheMiss),
        stall_micros: counted(Ticker::StallMicros),
        compaction_read_bytes: counted(Ticker::CompactReadBytes),
        compaction_written_bytes: counted(Ticker::CompactWriteBytes),
        flushed_bytes: counted(Ticker::FlushWriteBytes),
        log_syncs: counted(Ticker::WalFileSynced),
        ..DatabaseFigures::default()
    }
}

/// Adds what one family says of itself.
pub fn add_family(figures: &mut DatabaseFigures, ask: Ask<'_>) {
    let more = |name: &PropName| ask(name).unwrap_or(0);
    figures.pending_compaction_bytes += more(names::ESTIMATE_PENDING_COMPACTION_BYTES);
    figures.level0_files += more(&names::num_files_at_level(0));
    figures.memtable_bytes += more(names::CUR_SIZE_ALL_MEM_TABLES);
    figures.table_reader_bytes += more(names::ESTIMATE_TABLE_READERS_MEM);
    figures.sst_bytes += more(names::TOTAL_SST_FILES_SIZE);
}

/// Sets what the block cache says, by any of the families that share it.
pub fn set_cache(figures: &mut DatabaseFigures, ask: Ask<'_>) {
    figures.block_cache_bytes = ask(names::BLOCK_CACHE_USAGE).unwrap_or(0);
    figures.block_cache_max_bytes = ask(names::BLOCK_CACHE_CAPACITY).unwrap_or(0);
}

/// A figure from what RocksDB answers as a number, else as a text.
pub fn number(
    as_number: Result<Option<u64>, rocksdb::Error>,
    as_text: impl FnOnce() -> Result<Option<String>, rocksdb::Error>,
) -> Option<u64> {
    as_number.ok().flatten().or_else(|| as_text().ok().flatten()?.trim().parse().ok())
}
