//! Reading usage and exports, alone and beside ingestion.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;

use super::preload::{CHANNELS, ENDS, FROM, TO, big};
use super::report::{Beside, ExportTime, Exports, TableTime};
use crate::client::Client;
use crate::clock;
use crate::rate::body::Writer;
use crate::rate::http::Connection;
use crate::rate::pace::{self, Measured, Window};
use crate::rate::server;

const READS: usize = 20;
const EXPORTS: usize = 3;
const CONNECTIONS: u16 = 8;
const BATCH: u32 = 2_000;
const STILL_FOR: u32 = 5;
const SECOND: Duration = Duration::from_secs(1);
const GLANCE: Duration = Duration::from_millis(20);
const WARM_UP: Duration = Duration::from_secs(3);

/// Waits until the views hold everything and nothing is merged any more.
pub async fn settle(client: &Client, folder: &Path) -> Result<()> {
    let (mut still, mut before) = (0, 0);
    while still < STILL_FOR {
        tokio::time::sleep(SECOND).await;
        let metrics = client.read("/metrics").await?;
        let metrics = String::from_utf8_lossy(&metrics).into_owned();
        let behind = metrics.lines().find_map(|line| line.strip_prefix("farebox_views_behind_rows "));
        let behind: f64 = behind.context("a metric of how far the views are behind")?.trim().parse()?;
        let bytes = server::disk_bytes(folder)?;
        still = if behind == 0.0 && bytes == before { still + 1 } else { 0 };
        before = bytes;
    }
    Ok(())
}

fn wallet_path(rest: &str) -> String {
    format!("/v1/wallets/{}/{rest}from={FROM}&to={TO}", big("u"))
}

/// The table of the year, so and so.
pub async fn tables(client: &Client) -> Result<Vec<TableTime>> {
    let channel = CHANNELS[1].replace('+', "%2B");
    let mut times = Vec::new();
    for (name, rest) in [
        ("by day", "usage?".to_owned()),
        ("by channel", "usage?group_by=channel&".to_owned()),
        ("by day, posted", "usage?axis=posted&".to_owned()),
        ("one channel by day", format!("usage?channel={channel}&")),
    ] {
        let path = wallet_path(&rest);
        client.read(&path).await?;
        let mut milliseconds = Vec::new();
        for _ in 0..READS {
            let asked = clock::tick();
            client.read(&path).await?;
            milliseconds.push(asked.elapsed().as_secs_f64() * 1_000.0);
        }
        times.push(TableTime::of(name, milliseconds));
    }
    Ok(times)
}

/// The rows and bytes of a file that is read to its end and kept nowhere.
async fn download(client: &Client, name: &str, read: &AtomicU64) -> Result<(u64, u64)> {
    let response = client.download(&wallet_path(&format!("{name}?"))).await?;
    let mut response = response.with_context(|| format!("there is no {name}"))?;
    let rows = response.headers().get("farebox-rows").context("how many rows there are")?;
    let rows = rows.to_str()?.parse()?;
    let (mut bytes, mut lines) = (0, 0u64);
    while let Some(chunk) = response.chunk().await? {
        bytes += chunk.len() as u64;
        let here = chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        lines += here;
        read.fetch_add(here, Relaxed);
    }
    ensure!(name.ends_with(".parquet") || lines == rows + 1, "{lines} lines for {rows} rows");
    Ok((rows, bytes))
}

/// Exports on an idle engine, and what they add to its memory.
pub async fn exports(client: &Client, process: &str) -> Result<Exports> {
    let mut times = Vec::new();
    let (before, _) = server::memory_bytes(process)?;
    let done = Arc::new(AtomicBool::new(false));
    let (watched, until) = (process.to_owned(), Arc::clone(&done));
    let watching = tokio::spawn(async move {
        let mut highest = 0;
        while !until.load(Relaxed) {
            highest = highest.max(server::memory_bytes(&watched).map_or(0, |(now, _)| now));
            tokio::time::sleep(GLANCE).await;
        }
        highest
    });
    for name in ["entries.csv", "entries.parquet"] {
        for _ in 0..EXPORTS {
            let asked = clock::tick();
            let (rows, bytes) = download(client, name, &AtomicU64::new(0)).await?;
            let seconds = asked.elapsed().as_secs_f64();
            times.push(ExportTime { name, rows, bytes, rows_per_second: rows as f64 / seconds });
        }
    }
    done.store(true, Relaxed);
    let highest = watching.await?;
    Ok(Exports { times, memory_added_bytes: highest.saturating_sub(before) })
}

/// Ingestion alone and beside exports, in turn.
pub async fn beside(client: &Client, url: &str, wallets: u32, seconds: u64) -> Result<Beside> {
    let (mut alone, mut beside, mut rows) = (Vec::new(), Vec::new(), 0);
    for turn in 0..4 {
        let exporting = turn % 2 == 1;
        let stop = Arc::new(AtomicBool::new(!exporting));
        let read = Arc::new(AtomicU64::new(0));
        let (exporter, until, counted) = (client.clone(), Arc::clone(&stop), Arc::clone(&read));
        let exports = tokio::spawn(async move {
            while !until.load(Relaxed) {
                let export = download(&exporter, "entries.csv", &counted);
                tokio::select! {
                    ended = export => ended.map(drop)?,
                    () = stopped(&until) => {}
                }
            }
            anyhow::Ok(())
        });
        let rate = ingest(url, wallets, seconds, turn).await?;
        stop.store(true, Relaxed);
        exports.await??;
        rows += read.load(Relaxed);
        if exporting { beside.push(rate) } else { alone.push(rate) }
    }
    let exported = rows as f64 / (2 * seconds) as f64;
    Ok(Beside {
        events_per_second_alone: alone,
        events_per_second_beside: beside,
        export_rows_per_second: exported,
    })
}

async fn stopped(stop: &AtomicBool) {
    while !stop.load(Relaxed) {
        tokio::time::sleep(GLANCE).await;
    }
}

/// Events a second at full speed.
async fn ingest(url: &str, wallets: u32, seconds: u64, turn: u16) -> Result<f64> {
    let start = clock::tick() + WARM_UP;
    let window = Window { start, end: start + Duration::from_secs(seconds) };
    let at = ENDS.parse::<jiff::Timestamp>()? - SignedDuration::from_secs(1);
    let mut tasks = Vec::new();
    for number in 0..CONNECTIONS {
        let connection = Connection::open(url, super::engine::KEY).await?;
        let writer = Writer::new("u", 1_000 + turn * CONNECTIONS + number, wallets, 7).at(at);
        tasks.push(tokio::spawn(pace::drive(connection, writer, BATCH, window)));
    }
    let mut measured = Measured::new()?;
    for task in tasks {
        measured.merge(&task.await??)?;
    }
    Ok(measured.counts.charged as f64 / seconds as f64)
}
