//! The command line of the load test: a black-box client of a running engine.
//!
//! `real` audits every charge against a second implementation of the rules; `run` measures one kind of traffic and `set`
//! all that the product promises; `usage` reads and exports over a large store, `peers` compares with other
//! ledgers.
//! Deliberately absent: anything of the server. What both must know is written here a second time.

mod client;
mod clock;
mod engine;
mod load;
mod machine;
mod money;
mod peers;
mod progress;
mod real;
mod report;
mod run;
mod tariff;
mod usage;
mod words;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

#[derive(Parser)]
#[command(name = "loadtest", version, about = "Feeds a running Farebox and audits it, or measures it")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sends real messages, recounts every charge independently and compares to the last unit
    Real(real::Options),
    /// Measures one kind of traffic, as fast as the engine answers or at a rate, and audits every wallet
    #[command(alias = "rate")]
    Run(Box<run::options::Options>),
    /// Measures everything that the table of the product's promises names, in one go
    Set(Box<run::set::Options>),
    /// Fills an engine of its own with a year of events, then measures usage, exports, memory and disk
    Usage(usage::Options),
    /// Sends the same events to Farebox, PostgreSQL and Redis in turn, audits each alike and compares their speed
    Peers(peers::Options),
}

/// Where the engine is, and how to talk to the person who asked.
#[derive(Args, Clone)]
struct Target {
    /// Address of the engine
    #[arg(long, env = "FAREBOX_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// An operator key of the engine
    #[arg(long, env = "FAREBOX_KEY", hide_env_values = true)]
    key: String,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Part of every wallet's and tariff's name; default: made from the time
    #[arg(long, value_parser = run_name)]
    run: Option<String>,
}

impl Target {
    /// The name of this run, short and different every millisecond.
    fn run_or_now(&self) -> String {
        self.run.clone().unwrap_or_else(clock::stamp)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

/// A run's name ends up in wallet ids (64 bytes at most) and between quotes in a tariff file.
fn run_name(text: &str) -> Result<String, String> {
    let fits = (1..=24).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    if fits { Ok(text.to_string()) } else { Err("1 to 24 of A-Z, a-z, 0-9, '-' and '.'".into()) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match CommandLine::parse().command {
        Command::Real(options) => real::run(options).await,
        Command::Run(options) => run::run(*options).await,
        Command::Set(options) => run::set::run(*options).await,
        Command::Usage(options) => usage::run(options).await,
        Command::Peers(options) => peers::run(options).await,
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("loadtest: {error:#}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_run_name_fits_into_wallet_ids_and_tariff_files() {
        let table = [("a1", true), ("2026-11.x", true), ("", false), ("a'b", false), ("a b", false)];
        for (name, want) in table {
            assert_eq!(run_name(name).is_ok(), want, "{name:?}");
        }
        assert!(run_name(&"a".repeat(25)).is_err(), "25 characters must be refused");
    }
}
