//! `loadtest peers`: Farebox and what its users would otherwise take, on the same events, in one run on one machine.
//!
//! `stream` is the events, `fold` what has to become of them, `drive` the closed loop. `ledger` is what `farebox`,
//! `postgres` and `redis` offer, each started by us as a `process` (`postgres_wire` and `redis_wire` speak to them over a `socket`); `side` lists the ways they are called, `session` is
//! one stay at one server, `bound` and `report` are what is made of the figures. docs/peers.md says why it is fair.

mod bound;
mod drive;
mod farebox;
mod fold;
mod ledger;
mod postgres;
mod postgres_wire;
mod process;
mod redis;
mod redis_wire;
mod report;
mod session;
mod side;
mod socket;
mod stream;

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use self::bound::Bound;
use self::ledger::{Setting, Shape};
use self::report::{Played, Report, Row};
use self::session::{CHECKED_EVENTS, Job, Told};
use self::side::{Programs, Side};
use self::stream::{LANES, Stream};
use crate::Output;

#[derive(Args)]
pub struct Options {
    /// Farebox's program; the one beside this one where it is left out
    #[arg(long, value_name = "FILE")]
    farebox: Option<PathBuf>,
    /// Where `initdb` and `postgres` are; Debian's newest where it is left out
    #[arg(long, value_name = "DIR")]
    postgres: Option<PathBuf>,
    /// `redis-server`; the one on the path where it is left out
    #[arg(long, value_name = "FILE")]
    redis: Option<PathBuf>,
    /// Who takes part; all where it is left out
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LEDGER")]
    only: Vec<Side>,
    /// Where the servers keep their data, removed at the end; the temporary folder where it is left out
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Wallets, drawn at random
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(LANES as i64..=9_999_999))]
    wallets: u32,
    /// Events in one batch
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u16).range(2..=20_000))]
    batch: u16,
    /// How long each run is measured
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// How long each run is not measured at first
    #[arg(long, default_value_t = 10)]
    warmup: u32,
    /// Runs of each, in turn
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// How long each way of calling is tried before; 0 takes the first without a trial
    #[arg(long, default_value_t = 4)]
    trial: u32,
    /// The same seed draws the same events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fails where a ratio of medians is missed, like farebox/postgres>=4; may be given several times
    #[arg(long, value_name = "BOUND")]
    assert: Vec<Bound>,
    /// Writes the report as JSON into a file as well
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// `text` is Markdown
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let programs =
        Programs::find(options.farebox.as_deref(), options.postgres.as_deref(), options.redis.as_deref())?;
    let (sides, skipped) = options.sides(&programs);
    ensure!(!sides.is_empty(), "nobody can take part: {}", skipped.join("; "));
    let mut all = Vec::new();
    for side in sides {
        all.push(options.prepared(side, &programs).await.with_context(|| side.name())?);
    }
    for number in 1..=options.runs {
        for played in &mut all {
            let run = options.measured(played, &programs).await.with_context(|| played.side.name())?;
            let (name, rate) = (played.side.name(), run.events_per_second());
            eprintln!("run {number}: {name} {rate:.0} events/s, {} differences", run.differences.len());
            played.runs.push(run);
        }
    }
    let report = options.report(all, skipped)?;
    let json = serde_json::to_string_pretty(&report)?;
    if let Some(file) = &options.json {
        std::fs::write(file, &json).with_context(|| format!("writing {}", file.display()))?;
    }
    match options.output {
        Output::Text => print!("{}", report.markdown()),
        Output::Json => println!("{json}"),
    }
    let medians = report.medians();
    let missed: Vec<String> = options.assert.iter().filter_map(|bound| bound.missed(&medians)).collect();
    missed.iter().for_each(|missed| eprintln!("missed: {missed}"));
    let holds = missed.is_empty() && !report.differs();
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Options {
    /// Who takes part, and who cannot.
    fn sides(&self, programs: &Programs) -> (Vec<Side>, Vec<String>) {
        let (mut sides, mut skipped) = (Vec::new(), Vec::new());
        for side in Side::ALL {
            if !self.only.is_empty() && !self.only.contains(&side) {
                continue;
            }
            match programs.lack(side) {
                None => sides.push(side),
                Some(lack) => {
                    eprintln!("peers: {} is skipped: {lack}", side.name());
                    skipped.push(format!("{}: {lack}", side.name()));
                }
            }
        }
        (sides, skipped)
    }

    fn stream(&self) -> Rc<Stream> {
        Rc::new(Stream::new(self.seed, self.wallets))
    }

    /// Checks every outcome of a side, and finds the fastest way of calling it.
    async fn prepared(&self, side: Side, programs: &Programs) -> Result<Played> {
        let (settings, differences) = self.checked(side, programs).await?;
        let mut shapes = side.shapes(self.batch);
        let mut tried = Vec::new();
        if self.trial == 0 {
            shapes.truncate(1);
        } else {
            tried = self.tried(side, programs, &shapes).await?;
        }
        let fastest = tried.iter().max_by(|(_, left), (_, right)| left.total_cmp(right));
        let shape = fastest.map_or(shapes[0], |(shape, _)| *shape);
        eprintln!("{}: {} differences in the check; {shape}", side.name(), differences.len());
        Ok(Played { side, shape, tried, settings, differences, runs: Vec::new() })
    }

    async fn checked(&self, side: Side, programs: &Programs) -> Result<(Vec<Setting>, Vec<String>)> {
        let shape = if side == Side::PostgresSingle {
            Shape::singles(1, 4, 0)
        } else {
            Shape::batches(1, CHECKED_EVENTS)
        };
        let job = Job::Check { seed: self.seed, shape };
        match side.play(programs, self.data_dir.as_deref(), &job).await? {
            Told::Checked { differences, settings } => Ok((settings, differences)),
            _ => bail!("a check came to something else"),
        }
    }

    async fn tried(&self, side: Side, programs: &Programs, shapes: &[Shape]) -> Result<Vec<(Shape, f64)>> {
        let time = Duration::from_secs(u64::from(self.trial));
        let job = Job::Trial { stream: &self.stream(), shapes, time };
        match side.play(programs, self.data_dir.as_deref(), &job).await? {
            Told::Tried(tried) => Ok(tried),
            _ => bail!("a trial came to something else"),
        }
    }

    async fn measured(&self, played: &Played, programs: &Programs) -> Result<session::Run> {
        let [warm_up, time] =
            [self.warmup, self.seconds].map(|seconds| Duration::from_secs(u64::from(seconds)));
        let job = Job::Measure { stream: &self.stream(), shape: played.shape, warm_up, time };
        match played.side.play(programs, self.data_dir.as_deref(), &job).await? {
            Told::Measured(run) => Ok(*run),
            _ => bail!("a measurement came to something else"),
        }
    }

    fn report(&self, all: Vec<Played>, skipped: Vec<String>) -> Result<Report> {
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Ok(Report {
            seed: self.seed,
            wallets: self.wallets,
            batch: self.batch,
            seconds: self.seconds,
            warm_up_seconds: self.warmup,
            cores: std::thread::available_parallelism()?.get(),
            kernel: format!("Linux {}", kernel.trim()),
            rows: all.into_iter().map(Row::of).collect::<Result<_>>()?,
            skipped,
        })
    }
}
