//! The process, under the names that Prometheus' own clients use, and its allocator. Where there is no `/proc` the
//! figures of the process stay at zero.

use metrics::Gauge;
use procfs::process::Process as Entry;
use tikv_jemalloc_ctl::{epoch, stats};

use super::decimals::DecimalCounter;
use super::registrar::Registrar;

const NANOS_PER_SECOND: u128 = 1_000_000_000;

pub struct Process {
    cpu_seconds: DecimalCounter,
    resident_bytes: Gauge,
    virtual_bytes: Gauge,
    open_fds: Gauge,
    fds_max: Gauge,
    threads: Gauge,
    start_time_seconds: Gauge,
    allocated_bytes: Gauge,
    held_bytes: Gauge,
}

impl Process {
    pub fn new(to: &Registrar) -> Process {
        Process {
            cpu_seconds: to.decimal("process_cpu_seconds_total", "User and system time spent.", &[]),
            resident_bytes: to.gauge("process_resident_memory_bytes", "Resident memory."),
            virtual_bytes: to.gauge("process_virtual_memory_bytes", "Virtual memory."),
            open_fds: to.gauge("process_open_fds", "Open file descriptors."),
            fds_max: to.gauge("process_max_fds", "Most file descriptors that may be open."),
            threads: to.gauge("process_threads", "Threads."),
            start_time_seconds: to
                .gauge("process_start_time_seconds", "When the process started, since 1970."),
            allocated_bytes: to.gauge(
                "farebox_allocated_bytes",
                "Memory in use, as the allocator counts it; RocksDB's too.",
            ),
            held_bytes: to.gauge("farebox_allocator_held_bytes", "Memory that the allocator holds resident."),
        }
    }

    /// Reads all of them now.
    pub fn sample(&self) {
        self.sample_allocator();
        // What cannot be read is left as it was: a scrape is no place to fail.
        let Ok(me) = Entry::myself() else { return };
        if let Ok(stat) = me.stat() {
            let ticks = u128::from(stat.utime + stat.stime);
            self.cpu_seconds.set(ticks * NANOS_PER_SECOND / u128::from(procfs::ticks_per_second()));
            self.resident_bytes.set((stat.rss * procfs::page_size()) as f64);
            self.virtual_bytes.set(stat.vsize as f64);
            self.threads.set(stat.num_threads as f64);
            if let Ok(booted) = procfs::boot_time_secs() {
                let since = stat.starttime as f64 / procfs::ticks_per_second() as f64;
                self.start_time_seconds.set(booted as f64 + since);
            }
        }
        if let Ok(open) = me.fd_count() {
            self.open_fds.set(open as f64);
        }
        if let Ok(limits) = me.limits() {
            let most = match limits.max_open_files.soft_limit {
                procfs::process::LimitValue::Value(most) => most as f64,
                procfs::process::LimitValue::Unlimited => f64::INFINITY,
            };
            self.fds_max.set(most);
        }
    }

    fn sample_allocator(&self) {
        if epoch::advance().is_err() {
            return;
        }
        if let (Ok(allocated), Ok(resident)) = (stats::allocated::read(), stats::resident::read()) {
            self.allocated_bytes.set(allocated as f64);
            self.held_bytes.set(resident as f64);
        }
    }
}
