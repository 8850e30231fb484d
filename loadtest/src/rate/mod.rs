//! `loadtest rate`: how many events a second the engine takes, how long a request waits, what it costs.
//!
//! `usage` borrows its parts. A closed loop over keep-alive connections on one thread: `body` writes requests from a template, `http`
//! sends them, `pace` keeps time, `server` looks at the engine's process from outside.

pub mod body;
pub mod http;
pub mod pace;
mod report;
pub mod server;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use self::body::{Writer, wallet_name};
use self::http::Connection;
use self::pace::{Measured, Window};
use self::report::{Cost, Latency, Report};
use crate::client::Client;
use crate::{Output, Target, clock, money, tariff};

/// Wallets made at once; the engine syncs many of them together.
const MAKERS: u32 = 64;
/// More than any run can spend, so that every event is charged.
pub const FUNDS: i128 = 1_000_000 * money::UNIT;

/// What automatic top-up is set to.
const AUTO_MINIMUM: &str = "10";
const AUTO_AMOUNT: &str = "100";

/// How wallets come to what they spend.
#[derive(Clone, Copy)]
pub enum Funding {
    Once,
    /// ... and automatic top-up stands by.
    Watched,
}

const CONNECTIONS: u16 = 8;
const SINGLE_CONNECTIONS: u16 = 64;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    target: Target,
    /// Wallets to make and fund before the measurement
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=9_999_999))]
    wallets: u32,
    /// Events in one request
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    batch: u32,
    /// Connections, each with one request under way [default: 8, with --single 64]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    connections: Option<u16>,
    /// One event a request over many connections
    #[arg(long, conflicts_with = "batch")]
    single: bool,
    /// Switch automatic top-up on for all wallets, with the sandbox in the payment provider's place: what it costs a
    /// debit to watch for it, as no wallet comes down to its minimum
    #[arg(long)]
    auto_top_up: bool,
    /// How long to measure
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// How long to send before measuring, in seconds
    #[arg(long, default_value_t = 2)]
    warmup: u32,
    /// The same seed draws the same events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The engine's process, to print its CPU time and memory
    #[arg(long)]
    pid: Option<u32>,
    /// The engine's data folder, to print its bytes on disk
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Options {
    fn funding(&self) -> Funding {
        if self.auto_top_up { Funding::Watched } else { Funding::Once }
    }

    /// Events a request and connections.
    fn shape(&self) -> (u32, u16) {
        let (batch, connections) =
            if self.single { (1, SINGLE_CONNECTIONS) } else { (self.batch, CONNECTIONS) };
        (batch, self.connections.unwrap_or(connections))
    }
}

/// The process and the disk at one instant.
struct Sample {
    server_cpu_seconds: Option<f64>,
    client_cpu_seconds: f64,
    disk_bytes: Option<u64>,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let run = options.target.run_or_now();
    let (batch, connections) = options.shape();
    let client = Client::new(&options.target.url, &options.target.key)?;
    let effective_from = clock::now() - SignedDuration::from_hours(24);
    prepare(&client, &run, options.wallets, options.funding(), effective_from).await?;
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(&options.target.url, &options.target.key).await?);
    }
    let start = clock::tick() + Duration::from_secs(u64::from(options.warmup));
    let window = Window { start, end: start + Duration::from_secs(u64::from(options.seconds)) };
    let tasks: Vec<_> = (0..connections)
        .zip(open)
        .map(|(number, connection)| {
            let writer = Writer::new(&run, number, options.wallets, options.seed);
            tokio::spawn(pace::drive(connection, writer, batch, window))
        })
        .collect();
    tokio::time::sleep_until(window.start.into()).await;
    let before = sample(&options)?;
    tokio::time::sleep_until(window.end.into()).await;
    let after = sample(&options)?;
    let mut measured = Measured::new()?;
    for task in tasks {
        measured.merge(&task.await??)?;
    }
    ensure!(measured.requests > 0, "no request was answered within {} s", options.seconds);
    let seconds = f64::from(options.seconds);
    let events = measured.counts.events();
    let report = Report {
        run,
        wallets: options.wallets,
        batch,
        connections,
        seconds: options.seconds,
        events,
        requests: measured.requests,
        events_per_second: events as f64 / seconds,
        requests_per_second: measured.requests as f64 / seconds,
        latency_ms: Latency::of(&measured),
        outcomes: measured.counts,
        busy: measured.busy,
        cost: cost(&options, &before, &after, events)?,
    };
    match options.target.output {
        Output::Text => report.print(),
        Output::Json => report.print_json()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Uploads the tariff, in effect from an instant on; makes and funds the wallets.
pub async fn prepare(
    client: &Client,
    run: &str,
    wallets: u32,
    funding: Funding,
    effective_from: Timestamp,
) -> Result<()> {
    let name: Arc<str> = format!("loadtest-{run}").into();
    let [only, _] = tariff::versions(effective_from);
    client.add_tariff(only.document(&name)).await?;
    eprintln!("making {wallets} wallets");
    let (started, next) = (clock::tick(), Arc::new(AtomicU32::new(0)));
    let makers: Vec<_> = (0..MAKERS.min(wallets))
        .map(|_| {
            let (client, next, name, run) = (client.clone(), next.clone(), name.clone(), run.to_string());
            tokio::spawn(async move { make_wallets(&client, &next, wallets, &run, &name, funding).await })
        })
        .collect();
    for maker in makers {
        maker.await??;
    }
    eprintln!("made in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

async fn make_wallets(
    client: &Client,
    next: &AtomicU32,
    wallets: u32,
    run: &str,
    tariff: &str,
    funding: Funding,
) -> Result<()> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= wallets {
            return Ok(());
        }
        let wallet = wallet_name(run, number);
        client.make_wallet(&wallet, tariff).await?;
        client.adjust(&wallet, &wallet, FUNDS, "load test").await?;
        if let Funding::Watched = funding {
            client.auto_top_up(&wallet, AUTO_MINIMUM, AUTO_AMOUNT).await?;
        }
    }
}

fn sample(options: &Options) -> Result<Sample> {
    let server = options.pid.map(|pid| server::cpu_seconds(&pid.to_string())).transpose()?;
    let disk = options.data_dir.as_deref().map(server::disk_bytes).transpose()?;
    Ok(Sample {
        server_cpu_seconds: server,
        client_cpu_seconds: server::cpu_seconds("self")?,
        disk_bytes: disk,
    })
}

fn cost(options: &Options, before: &Sample, after: &Sample, events: u64) -> Result<Cost> {
    let memory = options.pid.map(|pid| server::memory_bytes(&pid.to_string())).transpose()?;
    let cpu = after.server_cpu_seconds.zip(before.server_cpu_seconds).map(|(after, before)| after - before);
    let added = after.disk_bytes.zip(before.disk_bytes);
    Ok(Cost {
        server_cpu_seconds: cpu,
        server_cpu_us_per_event: cpu.map(|seconds| seconds * 1e6 / events.max(1) as f64),
        server_rss_bytes: memory.map(|(now, _)| now),
        server_rss_highest_bytes: memory.map(|(_, highest)| highest),
        client_cpu_seconds: after.client_cpu_seconds - before.client_cpu_seconds,
        disk_bytes: after.disk_bytes,
        disk_bytes_added: added.map(|(after, before)| after.wrapping_sub(before).cast_signed()),
    })
}
