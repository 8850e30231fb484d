//! Reading usage and exports, alone and beside ingestion.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;

use super::RUN;
use super::preload::{CHANNELS, CONNECTIONS as FILLED_BY, ENDS, FROM, TO, big};
use super::report::{Beside, ExportTime, Exports, TableTime};
use crate::client::Client;
use crate::clock;
use crate::engine::KEY;
use crate::load::draw::Draw;
use crate::load::drive::Loss;
use crate::load::encode::Format;
use crate::load::feed::Spice;
use crate::load::lines::{Length, Telling};
use crate::load::schedule::Pace;
use crate::machine::process;
use crate::run::phase::{self, Group, Phase};
use crate::run::stand::Stand;

const READS: usize = 20;
const EXPORTS: usize = 3;
const CONNECTIONS: u32 = 8;
const BATCH: u32 = 2_000;
const GLANCE: Duration = Duration::from_millis(20);
const WARM_UP: Duration = Duration::from_secs(3);

fn wallet_path(rest: &str) -> String {
    format!("/v1/wallets/{}/{rest}from={FROM}&to={TO}", big(RUN))
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
    let (before, _) = process::memory_bytes(process)?;
    let done = Arc::new(AtomicBool::new(false));
    let (watched, until) = (process.to_owned(), Arc::clone(&done));
    let watching = tokio::spawn(async move {
        let mut highest = 0;
        while !until.load(Relaxed) {
            highest = highest.max(process::memory_bytes(&watched).map_or(0, |(now, _)| now));
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

/// Ingestion alone and beside exports, in turn. The rate of a store that grows falls from one to the next: alone first
/// and last, so that it falls for both alike.
pub async fn beside(url: &str, folder: &Path, wallets: u32, seconds: u64) -> Result<Beside> {
    // One stand for all four: no event of a later one may repeat an id of an earlier one.
    let mut stand = Stand::beside(url, KEY, RUN.to_owned(), folder.to_owned())?;
    stand.fixed_at = Some(ENDS.parse::<jiff::Timestamp>()? - SignedDuration::from_secs(1));
    stand.skip_connections(FILLED_BY);
    let (mut alone, mut beside, mut rows) = (Vec::new(), Vec::new(), 0);
    for turn in 0..4 {
        let exporting = matches!(turn, 1 | 2);
        let stop = Arc::new(AtomicBool::new(!exporting));
        let read = Arc::new(AtomicU64::new(0));
        let (exporter, until, counted) = (stand.client.clone(), Arc::clone(&stop), Arc::clone(&read));
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
        let rate = ingest(&stand, wallets, seconds).await?;
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
async fn ingest(stand: &Stand, wallets: u32, seconds: u64) -> Result<f64> {
    let group = Group {
        name: "events",
        connections: CONNECTIONS,
        batch: BATCH,
        pace: Pace::Closed,
        draw: Draw::Uniform(wallets),
        spice: Spice::Plain,
        format: Format::Ndjson,
        telling: Telling { length: Length::Text, campaign: None },
        loss: Loss::Fails,
    };
    let phase = Phase {
        name: "ingestion".to_owned(),
        groups: vec![group],
        warm_up: WARM_UP,
        measured: Duration::from_secs(seconds),
        seed: 7,
    };
    let outcome = phase::run(stand, phase).await?;
    Ok(outcome.report.groups[0].outcomes.charged as f64 / seconds as f64)
}
