//! `loadtest usage`: how fast usage is read and exported over a large store, and what that costs ingestion.
//!
//! An engine of its own on a test clock: `body` writes requests, `preload` lets a year of events pass, `measure` reads.

mod body;
mod measure;
mod preload;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;

use self::report::Report;
use crate::client::Client;
use crate::engine::{KEY, Launch, free_bytes};
use crate::load::event::FUNDS;
use crate::machine::process;
use crate::run::settle;
use crate::run::setup::{Funding, prepare};
use crate::run::stand::Stand;
use crate::{Output, clock};

/// What a store takes on disk for an event before its runs are merged, with room to merge them.
const DISK_BYTES_PER_EVENT: u64 = 350;

/// The name of the run: there is one in a store.
const RUN: &str = "u";

#[derive(Args)]
pub struct Options {
    /// The program to measure; the one beside this one where it is left out
    #[arg(long, value_name = "FILE")]
    farebox: Option<PathBuf>,
    /// Where the engine keeps its data, removed at the end; a temporary folder where it is left out
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Events of the year, of all wallets
    #[arg(long, default_value_t = 2_000_000)]
    events: u64,
    /// Messages among them of the one wallet whose usage is read
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// The other wallets
    #[arg(long, default_value_t = 10_000)]
    wallets: u32,
    /// Seconds of each of the four measurements of ingestion
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fails where a bound is missed
    #[arg(long)]
    assert: bool,
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let folder = match &options.data_dir {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("farebox-usage-{}", clock::stamp())),
    };
    ensure!(!folder.exists(), "{} is there already", folder.display());
    std::fs::create_dir_all(&folder)?;
    let measured = measured(&options, &folder).await;
    std::fs::remove_dir_all(&folder)?;
    let report = measured?;
    match options.output {
        Output::Text => report.print(),
        Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    let missed = report.missed();
    missed.iter().for_each(|missed| eprintln!("missed: {missed}"));
    Ok(if options.assert && !missed.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn measured(options: &Options, folder: &std::path::Path) -> Result<Report> {
    let events = options.events.min(free_bytes(folder)? / DISK_BYTES_PER_EVENT);
    if events < options.events {
        eprintln!("the disk has room for {events} events, not {}", options.events);
    }
    let messages = options.messages.min(events / 2);
    let launch = Launch::new(options.farebox.as_deref(), folder)?.test_clock(preload::BEGINS);
    let mut engine = launch.start().await?;
    let stand = Stand::beside(engine.url(), KEY, RUN.to_owned(), folder.to_owned())?;
    prepare(&stand, options.wallets, Funding { credit: FUNDS, automatic: None }).await?;
    let year = preload::Year { run: RUN, events, messages, wallets: options.wallets, seed: options.seed };
    let filled = clock::tick();
    let entries = year.pass(&stand.client, engine.url()).await?;
    let preload_seconds = filled.elapsed().as_secs_f64();
    settle::disk(&stand.client, folder).await?;
    drop(stand);
    let restart_seconds = engine.restart(preload::ENDS).await?;
    let client = Client::new(engine.url(), KEY)?;
    settle::disk(&client, folder).await?;
    let disk = |name: &str| process::disk_bytes(&folder.join("data").join(name));
    let (journal, views) = (disk("journal")?, disk("views")?);
    let tables = measure::tables(&client).await?;
    let exports = measure::exports(&client, &engine.process()).await?;
    let beside = measure::beside(engine.url(), folder, options.wallets, options.seconds).await?;
    Ok(Report {
        events: entries,
        messages,
        wallets: options.wallets,
        preload_seconds,
        restart_seconds,
        journal_bytes_per_event: journal as f64 / entries as f64,
        views_bytes_per_event: views as f64 / entries as f64,
        tables,
        exports,
        beside,
    })
}
