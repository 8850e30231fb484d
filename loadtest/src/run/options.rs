//! What may be asked of a run.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::Output;
use crate::load::encode::Format;
use crate::load::event::WALLETS_MAX;
use crate::load::lines::Length;
use crate::report::check::Assertion;

/// What kind of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Wallets drawn at random
    Uniform,
    /// As in real traffic: the busiest hundredth of the senders sends a quarter
    Skewed,
    /// One wallet
    Hot,
    /// A million wallets
    Million,
    /// 100,000 recipients of one wallet at once, beside other traffic
    Campaign,
    /// Wallets run dry and are topped up by themselves, by the sandbox
    Exhaustion,
    /// One event in ten is sent twice
    Duplicates,
    /// Times out of order, up to a month late
    Disorder,
    /// A final status for every message
    Statuses,
    /// Every sync takes longer
    SlowDisk,
    /// One wallet floods; what counts is how long the others wait, with it and without
    Noisy,
    /// One event a request over 64 connections
    Single,
    /// Balances are read and a year is exported beside the traffic, and without
    Reads,
    /// Killed at full load; how long until it is ready again
    Restart,
    /// The rate on a full store against the rate on an empty one
    Preloaded,
}

impl Scenario {
    pub fn name(self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    }
}

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// What kind of traffic
    #[arg(value_enum, default_value_t = Scenario::Uniform)]
    pub scenario: Scenario,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub load: Load,
    /// Runs of the same, each on a store of its own; figures are then told with their spread
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub runs: u32,
    /// Fails where a figure (of several runs its median) does not hold, such as `events_per_second>=550000` or
    /// `p99_ms<=4*sync_p99_ms`; may be given several times
    #[arg(long = "assert", value_name = "EXPR")]
    pub assertions: Vec<Assertion>,
    /// Writes the report as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Writes the report as one page with curves that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Which engine is measured: one of its own unless an address is given.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Address of an engine that runs; one is started (and removed at the end) where it is left out
    #[arg(long, env = "FAREBOX_URL", requires = "key")]
    pub url: Option<String>,
    /// An operator key of that engine
    #[arg(long, env = "FAREBOX_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// The process of that engine, to tell what it costs
    #[arg(long, requires = "url")]
    pub pid: Option<u32>,
    /// The program to start; the one beside this one where it is left out
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    pub farebox: Option<PathBuf>,
    /// Settings of the engine that is started
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    pub config: Option<PathBuf>,
    /// Where the engine that is started keeps its data, in a folder made and removed again; of an engine that runs: where it
    /// keeps its data, to measure syncs there [default: the folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// How much of it, and how.
#[derive(Args, Clone, Debug)]
pub struct Load {
    /// How events are written
    #[arg(long, value_enum, default_value_t = Format::Ndjson)]
    pub format: Format,
    /// Messages tell segments and encoding instead of their text
    #[arg(long)]
    pub counted: bool,
    /// Wallets to make and fund [default: 10,000; what the scenario needs]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(WALLETS_MAX)))]
    pub wallets: Option<u32>,
    /// Connections, each with one request under way [default: 16; single: 64]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub connections: Option<u32>,
    /// Events in one request [default: 2,000; single: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub batch: Option<u32>,
    /// Milliseconds that a request may wait for its events: at a low rate it is then sent with fewer
    #[arg(long, value_name = "MS")]
    pub linger: Option<u64>,
    /// Events a second, sent at their times whatever the engine does; as many as it takes where it is left out
    #[arg(long, value_name = "EVENTS", value_parser = above_zero)]
    pub rate: Option<f64>,
    /// Looks for the highest rate at which p99 keeps --bound, then measures at half of it
    #[arg(long, conflicts_with = "rate")]
    pub knee: bool,
    /// Milliseconds that p99 may reach below the knee, from the intended instants
    #[arg(long, value_name = "MS", default_value_t = 50.0, value_parser = above_zero)]
    pub bound: f64,
    /// Seconds of every measurement
    #[arg(long, default_value_t = 10.0, value_parser = above_zero)]
    pub seconds: f64,
    /// Seconds of load before every measurement
    #[arg(long, default_value_t = 2.0, value_parser = not_below_zero)]
    pub warmup: f64,
    /// The same seed draws the same events
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder with real arrivals, for `skewed` [default: ../shared/data where it is, else a law that fits them]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Events put into the store first, for `preloaded`, as far as the disk has room
    #[arg(long, value_name = "EVENTS", default_value_t = 200_000_000)]
    pub preload: u64,
    /// Balances read a second, for `reads`
    #[arg(long, value_name = "READS", default_value_t = 2_000.0, value_parser = not_below_zero)]
    pub balance_reads: f64,
    /// Exports of a year at once, one after the other, for `reads`
    #[arg(long, value_name = "EXPORTS", default_value_t = 1)]
    pub exports: u32,
    /// What every sync takes longer, for `slow-disk`
    #[arg(long, value_name = "MS", default_value_t = 20)]
    pub slow_ms: u32,
}

/// A number that times and rates are made of: at most what a day holds a thousand times over.
pub fn not_below_zero(text: &str) -> Result<f64, String> {
    let number = text.replace('_', "").parse::<f64>().ok().filter(|number| (0.0..=1e9).contains(number));
    number.ok_or_else(|| "a number from 0 to 1,000,000,000 is wanted".to_owned())
}

pub fn above_zero(text: &str) -> Result<f64, String> {
    let number = not_below_zero(text)?;
    if number > 0.0 { Ok(number) } else { Err("a number above 0 is wanted".to_owned()) }
}

impl Load {
    pub fn length(&self) -> Length {
        if self.counted { Length::Segments } else { Length::Text }
    }

    pub fn linger(&self) -> Option<Duration> {
        self.linger.map(Duration::from_millis)
    }

    pub fn warm_up(&self) -> Duration {
        Duration::from_secs_f64(self.warmup)
    }

    pub fn measured(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_rates_are_numbers_that_make_sense() {
        for (text, plain, above) in [
            ("0", true, false),
            ("0.5", true, true),
            ("200_000", true, true),
            ("-1", false, false),
            ("inf", false, false),
            ("NaN", false, false),
        ] {
            assert_eq!((not_below_zero(text).is_ok(), above_zero(text).is_ok()), (plain, above), "{text}");
        }
    }
}
