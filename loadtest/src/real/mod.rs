//! `loadtest real`: real messages in, every charge recounted by a second implementation, no difference allowed.
//!
//! The way of a run: `corpus` or `slice` gives letters, `script` (with `draw`, `world`, `boundaries`,
//! `spoiled`) makes steps of them, `oracle` (with `segments`, `rating`) recounts the steps, `feed` sends them
//! and compares answers, `audit` reads everything back. The oracle never sees an answer.

mod audit;
mod boundaries;
mod corpus;
mod differences;
mod draw;
mod entry;
pub mod event;
mod feed;
mod oracle;
pub mod rating;
mod report;
mod script;
pub mod segments;
mod slice;
mod spoiled;
mod world;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use jiff::SignedDuration;

use self::audit::Audited;
use self::corpus::Corpus;
use self::feed::{Fed, Plan};
use self::report::Report;
use crate::client::Client;
use crate::{Output, Target, clock, tariff};

const DEFAULT_DATA: &str = "../shared/data";
/// The second version of the tariff has been in effect for so long when a run starts.
const SINCE_RISE: SignedDuration = SignedDuration::from_hours(10 * 24);

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    target: Target,
    /// Folder with the real corpora [default: ../shared/data where it is, else the built-in slice]
    #[arg(long, value_name = "DIR", conflicts_with = "slice")]
    data: Option<PathBuf>,
    /// Use the built-in slice of a few thousand messages
    #[arg(long)]
    slice: bool,
    /// The same seed draws the same events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Use so many messages of the corpus at most
    #[arg(long)]
    limit: Option<usize>,
    /// Connections that send at once; each wallet stays on one
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
    /// Events in one request
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    batch: u32,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let (corpus, skipped) = choose(&options)?;
    if let Some(skipped) = &skipped {
        eprintln!("{skipped}");
    }
    let now = clock::now();
    let run = options.target.run_or_now();
    let tariff = format!("loadtest-{run}");
    let versions = tariff::versions(now - SINCE_RISE);
    let limit = options.limit.unwrap_or(usize::MAX);
    let script = script::write(corpus.letters, limit, &run, options.seed, now);
    let expectations = oracle::recount(&script, &versions, now);
    let client = Client::new(&options.target.url, &options.target.key)?;
    for version in &versions {
        client.add_tariff(version.document(&tariff)).await?;
    }
    let (lanes, batch) = (usize::from(options.connections), options.batch as usize);
    let plan = Arc::new(Plan { client, script, expectations, tariff, lanes, batch });
    in_lanes(&plan, feed::make_wallets).await?;
    let started = clock::tick();
    let fed = in_lanes(&plan, feed::run).await?;
    let seconds = started.elapsed().as_secs_f64();
    let audited = in_lanes(&plan, audit::run).await?;
    let report = Report::new(&plan, &run, corpus.name, skipped, sum_fed(fed), sum_audited(audited), seconds);
    match options.target.output {
        Output::Text => report.print(),
        Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(if report.differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The corpus, and what is said when the default one is not here.
fn choose(options: &Options) -> Result<(Corpus, Option<String>)> {
    if options.slice {
        return Ok((slice::make(options.seed), None));
    }
    let data = options.data.as_deref().unwrap_or(Path::new(DEFAULT_DATA));
    match (corpus::missing(data), &options.data) {
        (None, _) => Ok((corpus::read(data)?, None)),
        (Some(file), Some(_)) => bail!("there is no {file}"),
        (Some(file), None) => {
            let said =
                format!("skipped: real messages (there is no {file}); the built-in slice is used instead");
            Ok((slice::make(options.seed), Some(said)))
        }
    }
}

/// Runs one task for each lane at once; the first error ends the run.
async fn in_lanes<T, F>(plan: &Arc<Plan>, work: impl Fn(Arc<Plan>, usize) -> F) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let tasks: Vec<_> = (0..plan.lanes).map(|lane| tokio::spawn(work(plan.clone(), lane))).collect();
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        results.push(task.await??);
    }
    Ok(results)
}

fn sum_fed(lanes: Vec<Fed>) -> Fed {
    lanes.into_iter().fold(Fed::default(), |mut sum, lane| {
        sum.events += lane.events;
        sum.requests += lane.requests;
        sum.adjustments += lane.adjustments;
        sum.differences.merge(lane.differences);
        sum
    })
}

fn sum_audited(lanes: Vec<Audited>) -> Audited {
    lanes.into_iter().fold(Audited::default(), |mut sum, lane| {
        sum.wallets += lane.wallets;
        sum.entries += lane.entries;
        sum.differences.merge(lane.differences);
        sum
    })
}
