//! `loadtest set`: everything that the table of the product's promises names, measured in one go on one machine, every
//! row on a store of its own; told as that table, in Markdown.

mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, FromArgMatches, ValueEnum};

use self::table::Found;
use super::options::{Options as RunOptions, Place, Scenario, above_zero, not_below_zero};
use super::{once, write};
use crate::load::encode::Format;
use crate::machine::host::Host;
use crate::report::page;
use crate::{Output, clock};

/// At half the knee a request waits no longer than this for its events.
const LINGER_MS: u64 = 5;

/// What is measured; the rows of the table are made of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Part {
    Uniform,
    Arrow,
    Hot,
    Million,
    Single,
    Knee,
    Noisy,
    Reads,
    Restart,
    Preloaded,
}

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Writes the table as Markdown
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// Writes every run as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes every run as one page with curves that needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Seconds of every measurement
    #[arg(long, default_value_t = 60.0, value_parser = above_zero)]
    seconds: f64,
    /// Seconds of load before every measurement
    #[arg(long, default_value_t = 10.0, value_parser = not_below_zero)]
    warmup: f64,
    /// Only these parts, with commas between them
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Events put into the store first, as far as the disk has room
    #[arg(long, value_name = "EVENTS", default_value_t = 200_000_000)]
    preload: u64,
    /// Wallets of the part with a million
    #[arg(long, default_value_t = 1_000_000)]
    million: u32,
    /// The same seed draws the same events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fails where a row does not reach what it has to reach at least
    #[arg(long)]
    strict: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let began_at = clock::now().to_string();
    let folder = options.place.data_dir.clone().unwrap_or_else(std::env::temp_dir);
    let mut found = Found {
        host: Host::here(&folder),
        began_at,
        seconds: options.seconds,
        runs: BTreeMap::new(),
        broken: BTreeMap::new(),
    };
    let parts = if options.only.is_empty() { Part::value_variants() } else { &options.only };
    for part in parts {
        let name = part.name();
        eprintln!("{name}");
        match once(&part.options(&options)?).await {
            Ok(run) => {
                found.runs.insert(name, run);
            }
            // One part that cannot be measured must not cost the hours of the others.
            Err(error) => {
                found.broken.insert(name, format!("{error:#}"));
            }
        }
    }
    let table = table::write(&found);
    match options.output {
        Output::Text => print!("{table}"),
        Output::Json => println!("{}", serde_json::to_string_pretty(&found)?),
    }
    if let Some(file) = &options.table {
        write(file, &table)?;
    }
    if let Some(file) = &options.json {
        write(file, &serde_json::to_string_pretty(&found)?)?;
    }
    if let Some(file) = &options.html {
        write(file, &page::write(&found.as_report(options.seed)))?;
    }
    let missed = options.strict && table::rows(&found).iter().any(|row| row.reached == Some(false));
    let wrong = found.runs.values().any(|run| !run.audit.differences.is_empty());
    Ok(if missed || wrong || !found.broken.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    }

    /// What `loadtest run` would be asked for.
    fn options(self, set: &Options) -> Result<RunOptions> {
        let parser = RunOptions::augment_args(clap::Command::new("run"));
        let mut options = RunOptions::from_arg_matches(&parser.try_get_matches_from(["run"])?)?;
        options.place = set.place.clone();
        let load = &mut options.load;
        (load.seconds, load.warmup, load.seed, load.preload) =
            (set.seconds, set.warmup, set.seed, set.preload);
        options.scenario = match self {
            Part::Uniform | Part::Arrow | Part::Knee => Scenario::Uniform,
            Part::Hot => Scenario::Hot,
            Part::Million => Scenario::Million,
            Part::Single => Scenario::Single,
            Part::Noisy => Scenario::Noisy,
            Part::Reads => Scenario::Reads,
            Part::Restart => Scenario::Restart,
            Part::Preloaded => Scenario::Preloaded,
        };
        match self {
            Part::Arrow => load.format = Format::Arrow,
            Part::Million => load.wallets = Some(set.million),
            Part::Knee => (load.knee, load.linger) = (true, Some(LINGER_MS)),
            _ => {}
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_a_run_with_the_sets_settings() {
        let parser = Options::augment_args(clap::Command::new("set"));
        let words = ["set", "--seconds", "7", "--seed", "3", "--only", "arrow,million"];
        let set =
            Options::from_arg_matches(&parser.try_get_matches_from(words).expect("words")).expect("options");
        assert_eq!(set.only, [Part::Arrow, Part::Million]);
        for part in Part::value_variants() {
            let options = part.options(&set).expect("options");
            assert_eq!((options.load.seconds, options.load.seed), (7.0, 3), "{part:?}");
            assert_eq!(options.load.format == Format::Arrow, *part == Part::Arrow);
            assert_eq!(options.load.knee, *part == Part::Knee);
        }
    }
}
