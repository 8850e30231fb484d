//! The command line: what may be asked of the program, and the commands that are clients or need no engine.
//!
//! A command is a file: its arguments, its work, what it prints. Called by `main`; `serve` and `verify` are
//! declared here and run elsewhere. Uses the rules, tariff files, settings and the clock, and talks to an
//! engine over HTTP like anybody else. Deliberately not here: anything that opens a data directory.

mod audit;
mod call;
mod client;
mod clock;
mod completions;
mod config;
mod correction;
mod export;
mod failure;
mod hold;
mod ingest;
mod key;
mod money;
mod number;
mod output;
mod reconcile;
mod segments;
mod status;
mod tariff;
mod topup;
mod usage;
mod wallet;
mod webhook;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use call::Calls;
use failure::Failure;
pub use output::Output;

const EXIT_STATUS: &str = "Exit status: 0 when all is well, 2 when what was given is wrong (the command line, or \
lines fed by `ingest`), 1 when anything else went wrong.";

/// The prepaid meter for text messages
#[derive(Parser, Debug)]
#[command(name = "farebox", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
pub struct Cli {
    /// How results are printed
    #[arg(long, value_enum, default_value_t, global = true)]
    pub output: Output,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Runs the engine
    Serve(ServeArgs),
    /// Reads a whole data directory and says whether everything in it agrees
    Verify(VerifyArgs),
    #[command(flatten)]
    Other(OtherCommand),
}

/// Commands that need no data directory.
#[derive(Subcommand, Debug)]
pub enum OtherCommand {
    /// Says how a running engine stands: ready or why not, what waits, what is late, how full the disk is
    Status(status::StatusArgs),
    /// Feeds a file of events to a running engine
    Ingest(ingest::IngestArgs),
    /// Counts the segments of a text
    Segments(segments::SegmentsArgs),
    /// Checks, shows, adds and assigns price lists
    Tariff(tariff::TariffArgs),
    /// Shows wallets, their alerts and automatic top-ups, and changes their terms
    Wallet(Calls<wallet::WalletCommand>),
    /// Rents numbers and gives them back
    Number(Calls<number::NumberCommand>),
    /// Pays money into wallets
    #[command(name = "topup")]
    TopUp(Calls<topup::TopUpCommand>),
    /// Sets money aside for what is going to be sent
    Hold(Calls<hold::HoldCommand>),
    /// Holds a provider's usage file against a wallet's messages
    Reconcile(Box<reconcile::ReconcileArgs>),
    /// Prices messages anew by another version of a tariff
    Correction(Calls<correction::CorrectionCommand>),
    /// Shows where a wallet's credit went
    Usage(Box<usage::UsageArgs>),
    /// Takes a wallet's entries away as a file
    Export(Box<export::ExportArgs>),
    /// Has others told what happens to wallets
    Webhook(Calls<webhook::WebhookCommand>),
    /// Makes, lists and revokes keys
    Key(Calls<key::KeyCommand>),
    /// Tells who did what
    Audit(Calls<audit::AuditCommand>),
    /// Reads and moves on the clock of an engine that runs on a test clock
    Clock(Calls<clock::ClockCommand>),
    /// Checks and shows the settings
    Config(config::ConfigArgs),
    /// Prints a completion script for a shell
    Completions(completions::CompletionsArgs),
}

#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Folder with everything that is kept, made at first start [default: ./farebox-data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Address to serve HTTP on; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Settings as TOML (`farebox config show --default` prints one to start from)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Price list to load where it is not known yet; may be given several times
    #[arg(long, value_name = "FILE")]
    pub tariff: Vec<PathBuf>,
    /// Make a funded wallet to try things with, and say how
    #[arg(long)]
    pub sandbox: bool,
    /// Run on a clock that stands at this instant until it is advanced (`farebox clock advance`); payments are made in
    /// the sandbox
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub test_clock: Option<crate::domain::time::Timestamp>,
}

fn instant(text: &str) -> Result<crate::domain::time::Timestamp, String> {
    let instant: jiff::Timestamp =
        text.parse().map_err(|_| "an instant such as 2026-07-15T10:00:00Z".to_owned())?;
    let nanos = i64::try_from(instant.as_nanosecond()).map_err(|_| "out of range".to_owned())?;
    Ok(crate::domain::time::Timestamp::from_nanos(nanos))
}

#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// Folder to read; no engine may be running on it
    #[arg(long, value_name = "DIR")]
    pub data_dir: PathBuf,
}

/// Runs a command to its end. Results go to standard output, what went wrong as one line to standard error.
pub fn run(command: OtherCommand, output: Output) -> ExitCode {
    match dispatch(command, output) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("farebox: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: OtherCommand, output: Output) -> Result<ExitCode, Failure> {
    match command {
        OtherCommand::Status(args) => return block_on(status::run(args, output)),
        OtherCommand::Ingest(args) => return block_on(ingest::run(args, output)),
        OtherCommand::Segments(args) => segments::run(args, output)?,
        OtherCommand::Tariff(args) => return block_on(tariff::run(args, output)),
        OtherCommand::Wallet(calls) => block_on(calls.run(output))?,
        OtherCommand::Number(calls) => block_on(calls.run(output))?,
        OtherCommand::TopUp(calls) => block_on(calls.run(output))?,
        OtherCommand::Hold(calls) => block_on(calls.run(output))?,
        OtherCommand::Reconcile(args) => block_on(reconcile::run(*args, output))?,
        OtherCommand::Correction(calls) => block_on(calls.run(output))?,
        OtherCommand::Usage(args) => block_on(usage::run(*args, output))?,
        OtherCommand::Export(args) => block_on(export::run(*args, output))?,
        OtherCommand::Webhook(calls) => block_on(calls.run(output))?,
        OtherCommand::Key(calls) => block_on(calls.run(output))?,
        OtherCommand::Audit(calls) => block_on(calls.run(output))?,
        OtherCommand::Clock(calls) => block_on(calls.run(output))?,
        OtherCommand::Config(args) => config::run(args, output)?,
        OtherCommand::Completions(args) => completions::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::of("starting the client", error))?;
    let done = runtime.block_on(work);
    // Whatever still blocks (a reader that waits for input) is not waited for.
    runtime.shutdown_background();
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_documented_command_lines_are_understood() {
        let lines = [
            "serve",
            "serve --data-dir d --listen 127.0.0.1:0 --config c.toml --tariff a.toml --tariff b.toml --sandbox",
            "verify --data-dir d",
            "status --url http://h:1",
            "ingest -",
            "ingest events.ndjson --url http://h:1 --key k --batch 100 --connections 2 --output json",
            "--output json segments hi",
            "segments hi --channel +14155550100 --peer +14155550101",
            "segments --sender-type toll_free",
            "tariff check a.toml b.toml",
            "tariff show standard",
            "tariff rate standard --channel +14155550100 --peer +447700900123 --segments 2",
            "tariff --key k list",
            "tariff list --key k",
            "tariff add a.toml",
            "tariff assign acme gold",
            "key make --role ingest --wallet acme --name web",
            "key list --url http://h:1",
            "key revoke key_0123456789abcdef",
            "wallet show acme --output json",
            "wallet list --key k",
            "wallet set acme --time-zone Europe/Berlin",
            "wallet auto set acme --minimum-balance 20 --amount 50 --url http://h:1",
            "wallet auto off acme",
            "wallet alerts acme",
            "wallet alert-levels acme 100 20",
            "number buy acme +14155550100 --idempotency-key k",
            "number list acme --status past_due",
            "number release acme +14155550100",
            "topup make acme --amount 50 --return-url https://a.example/back",
            "topup show acme tu_1",
            "hold make acme --sender-type local --segments 1 --recipients +1=1000",
            "hold quote acme --messages -",
            "hold settle acme h_1 --amount 5 --final",
            "hold void acme h_1",
            "reconcile usage.csv --wallet acme --from 2026-07-01 --to 2026-07-31 --mapping twilio --apply --yes",
            "correction preview --from 2026-07-01 --to 2026-07-31 --tariff standard --version 2026-02",
            "webhook add https://a.example/hook --type wallet.low_balance",
            "webhook replay wh_1 --wallet acme --alert al_7",
            "webhook deliveries wh_1",
            "usage acme --from 2026-07-01 --to 2026-07-31 --axis posted --channel Acme --campaign a --group-by kind",
            "wallet explain acme 7",
            "wallet statement acme 2026-07 --html",
            "export entries --wallet acme --key k",
            "export entries --wallet acme --from 2026-07-01 --to 2026-07-31 --axis posted --channel +14155550100 \
             --channel Acme --campaign spring --cells spreadsheet --format csv --file e.csv --output json",
            "audit list --wallet acme --action number.bought",
            "audit export --from 2026-08-01T00:00:00Z --key k",
            "clock show",
            "clock advance 2026-08-15T00:00:00Z",
            "config check",
            "config check c.toml",
            "config show --default",
            "completions bash",
        ];
        for line in lines {
            let words = std::iter::once("farebox").chain(line.split_whitespace());
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("farebox {line}: {error}");
            }
        }
        let wrong = [
            "",
            "verify",
            "serve --port 1",
            "ingest",
            "key make",
            "segments hi --channel 123",
            "wallet",
            "export entries",
            "clock",
        ];
        for line in wrong {
            let words = std::iter::once("farebox").chain(line.split(' ').filter(|word| !word.is_empty()));
            assert!(Cli::try_parse_from(words).is_err(), "farebox {line} lacks or has too much");
        }
    }
}
