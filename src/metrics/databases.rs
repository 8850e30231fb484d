//! RocksDB's own figures, of the journal's database and of the views', as their floors read them.

use metrics::{Counter, Gauge};

use super::decimals::DecimalCounter;
use super::registrar::Registrar;

/// The figures of one database at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseFigures {
    pub pending_compaction_bytes: u64,
    pub running_compactions: u64,
    pub running_flushes: u64,
    /// 1 while it takes no writes.
    pub write_stopped: u64,
    /// 0 while writes are not slowed down.
    pub delayed_write_bytes_per_second: u64,
    pub background_errors: u64,
    pub level0_files: u64,
    pub memtable_bytes: u64,
    pub table_reader_bytes: u64,
    pub sst_bytes: u64,
    pub block_cache_bytes: u64,
    pub block_cache_max_bytes: u64,
    pub snapshots: u64,
    /// Since the start, from here on.
    pub block_cache_hits: u64,
    pub block_cache_misses: u64,
    pub stall_micros: u64,
    pub compaction_read_bytes: u64,
    pub compaction_written_bytes: u64,
    pub flushed_bytes: u64,
    pub log_syncs: u64,
}

/// The metrics of one database.
pub struct Database {
    gauges: Vec<(Gauge, Figure)>,
    counters: Vec<(Counter, Figure)>,
    stalled: DecimalCounter,
}

type Figure = fn(&DatabaseFigures) -> u64;

impl Database {
    pub fn new(to: &Registrar, name: &'static str) -> Database {
        let labels = [("database", name)];
        let gauge = |name, help, of: Figure| (to.gauge_of(name, help, &labels), of);
        let counter = |name, help, of: Figure| (to.counter(name, help, &labels), of);
        let gauges = vec![
            gauge("farebox_rocksdb_pending_compaction_bytes", "What is yet to be merged.", |of| {
                of.pending_compaction_bytes
            }),
            gauge("farebox_rocksdb_running_compactions", "Compactions that run.", |of| {
                of.running_compactions
            }),
            gauge("farebox_rocksdb_running_flushes", "Flushes that run.", |of| of.running_flushes),
            gauge("farebox_rocksdb_write_stopped", "1 while no writes are taken.", |of| of.write_stopped),
            gauge(
                "farebox_rocksdb_delayed_write_rate_bytes",
                "Bytes a second that writes are slowed down to; 0 while they are not.",
                |of| of.delayed_write_bytes_per_second,
            ),
            gauge("farebox_rocksdb_background_errors", "Flushes and compactions that failed.", |of| {
                of.background_errors
            }),
            gauge("farebox_rocksdb_level0_files", "Files at level 0.", |of| of.level0_files),
            gauge("farebox_rocksdb_memtable_bytes", "Memory of what is not flushed yet.", |of| {
                of.memtable_bytes
            }),
            gauge(
                "farebox_rocksdb_table_reader_bytes",
                "Memory of filters and indexes outside the cache.",
                |of| of.table_reader_bytes,
            ),
            gauge("farebox_rocksdb_sst_bytes", "Size of the files.", |of| of.sst_bytes),
            gauge("farebox_rocksdb_block_cache_bytes", "What is in the block cache.", |of| {
                of.block_cache_bytes
            }),
            gauge("farebox_rocksdb_block_cache_max_bytes", "How much fits into the block cache.", |of| {
                of.block_cache_max_bytes
            }),
            gauge("farebox_rocksdb_snapshots", "States that are held.", |of| of.snapshots),
        ];
        let counters = vec![
            counter("farebox_rocksdb_block_cache_hits_total", "Blocks found in the cache.", |of| {
                of.block_cache_hits
            }),
            counter("farebox_rocksdb_block_cache_misses_total", "Blocks read from a file.", |of| {
                of.block_cache_misses
            }),
            counter("farebox_rocksdb_compaction_read_bytes_total", "Bytes read by compactions.", |of| {
                of.compaction_read_bytes
            }),
            counter(
                "farebox_rocksdb_compaction_written_bytes_total",
                "Bytes written by compactions.",
                |of| of.compaction_written_bytes,
            ),
            counter("farebox_rocksdb_flushed_bytes_total", "Bytes written by flushes.", |of| {
                of.flushed_bytes
            }),
            counter("farebox_rocksdb_log_syncs_total", "Syncs of the log.", |of| of.log_syncs),
        ];
        let stalled =
            to.decimal("farebox_rocksdb_stall_seconds_total", "How long writers were held up.", &labels);
        Database { gauges, counters, stalled }
    }

    pub fn set(&self, figures: &DatabaseFigures) {
        for (gauge, of) in &self.gauges {
            gauge.set(of(figures) as f64);
        }
        for (counter, of) in &self.counters {
            counter.absolute(of(figures));
        }
        self.stalled.set(u128::from(figures.stall_micros) * 1_000);
    }
}
