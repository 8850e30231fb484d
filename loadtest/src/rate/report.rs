//! What a run of `loadtest rate` prints.

use anyhow::Result;
use serde::Serialize;

use super::pace::{Counts, Measured};

/// What the engine's process cost, where `--pid` and `--data-dir` tell where to look.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cost {
    pub server_cpu_seconds: Option<f64>,
    pub server_cpu_us_per_event: Option<f64>,
    pub server_rss_bytes: Option<u64>,
    pub server_rss_highest_bytes: Option<u64>,
    pub client_cpu_seconds: f64,
    pub disk_bytes: Option<u64>,
    /// Against the start of the measurement; less where the engine has cleaned up meanwhile.
    pub disk_bytes_added: Option<i64>,
}

#[derive(Serialize)]
pub struct Report {
    pub run: String,
    pub wallets: u32,
    pub batch: u32,
    pub connections: u16,
    pub seconds: u32,
    pub events: u64,
    pub requests: u64,
    pub events_per_second: f64,
    pub requests_per_second: f64,
    pub latency_ms: Latency,
    pub outcomes: Counts,
    pub busy: u64,
    pub cost: Cost,
}

/// Of one request, in milliseconds.
#[derive(Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

impl Latency {
    pub fn of(measured: &Measured) -> Latency {
        let ms = |micros: u64| micros as f64 / 1_000.0;
        let latency = &measured.latency_us;
        Latency {
            p50: ms(latency.value_at_quantile(0.5)),
            p99: ms(latency.value_at_quantile(0.99)),
            max: ms(latency.max()),
        }
    }
}

impl Report {
    pub fn print_json(&self) -> Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }

    pub fn print(&self) {
        let Report { run, wallets, batch, connections, seconds, .. } = self;
        println!(
            "run {run}: {wallets} wallets, {batch} events a request, {connections} connections, {seconds} s"
        );
        println!("{:>12.0} events/s   {:>10.0} requests/s", self.events_per_second, self.requests_per_second);
        let Latency { p50, p99, max } = &self.latency_ms;
        println!("{p50:>12.2} ms p50   {p99:.2} ms p99   {max:.2} ms max (one request)");
        let Counts { charged, recorded, refused, duplicate, conflict, invalid, unavailable } = &self.outcomes;
        println!(
            "{:>12} events: {charged} charged, {recorded} recorded, {refused} refused, {duplicate} duplicate, \
             {conflict} conflict, {invalid} invalid, {unavailable} unavailable",
            self.events
        );
        println!("{:>12} requests, {} told too busy", self.requests, self.busy);
        self.cost.print();
    }
}

impl Cost {
    fn print(&self) {
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        if let (Some(cpu), Some(each)) = (self.server_cpu_seconds, self.server_cpu_us_per_event) {
            println!("{cpu:>12.2} CPU s server, {each:.2} us an event");
        }
        println!("{:>12.2} CPU s client", self.client_cpu_seconds);
        if let (Some(now), Some(highest)) = (self.server_rss_bytes, self.server_rss_highest_bytes) {
            println!("{:>12.0} MiB resident, {:.0} at the highest", mebibytes(now), mebibytes(highest));
        }
        if let (Some(all), Some(added)) = (self.disk_bytes, self.disk_bytes_added) {
            println!(
                "{:>12.0} MiB on disk, {:+.1} while measured",
                mebibytes(all),
                added as f64 / f64::from(1 << 20)
            );
        }
    }
}
