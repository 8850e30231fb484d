//! `farebox verify`: reads a whole data directory and says whether everything in it agrees.

use std::process::ExitCode;

use anyhow::Result;
use farebox::cli::{Output, VerifyArgs};
use farebox::store::data_dir::DataDir;
use farebox::usage::verify::{Report, verify};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Frames between two updates of the progress display.
const UPDATE_EVERY: u64 = 256;

pub fn run(args: &VerifyArgs, output: Output) -> Result<ExitCode> {
    let data_dir = DataDir::open_existing(&args.data_dir)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    bar.set_style(ProgressStyle::with_template("{spinner} {elapsed} {msg}")?);
    let report = verify(&data_dir, |report| {
        if report.frames % UPDATE_EVERY == 0 {
            bar.set_message(format!("{} frames, {} records", report.frames, report.records));
        }
    })?;
    bar.finish_and_clear();
    match output {
        Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        Output::Text => print(&report),
    }
    Ok(if report.differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &Report) {
    println!(
        "journal: {} commits, {} frames, {} records, {} bytes",
        report.commits, report.frames, report.records, report.bytes
    );
    println!(
        "folded:  {} wallets, {} entries, {} ids, {} records of tariffs and keys",
        report.wallets, report.entries, report.ids, report.tariffs_and_keys
    );
    for (currency, sum) in &report.balances_nanos {
        println!("balance: {sum} x 1e-9 {currency} over all wallets");
    }
    println!(
        "views:   at commit {}: {} wallets, {} entries and {} ids compared",
        report.views_at_commit, report.wallets_compared, report.entries_compared, report.ids_compared
    );
    for difference in &report.named {
        println!("DIFFERENCE: {difference}");
    }
    println!("{} differences", report.differences);
}
