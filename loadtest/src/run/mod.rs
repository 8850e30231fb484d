//! `loadtest run`: one kind of traffic against one engine, measured, audited and told.
//!
//! `options` is what may be asked, `stand` the engine and what is known of it, `setup` makes wallets, `phase` measures,
//! `settle` waits until nothing is owed any more, `audit` holds both sides against each other, `knee` looks for the highest
//! rate; a file of `scenario` for every kind of traffic. `set` is the whole table of what the product promises.

pub mod audit;
pub mod knee;
pub mod options;
pub mod phase;
pub mod scenario;
pub mod set;
pub mod settle;
pub mod setup;
pub mod stand;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use self::options::Options;
use self::scenario::Plan;
use crate::machine::host::Host;
use crate::report::{Report, RunReport, check, page, spreads, text};
use crate::{Output, clock};

pub async fn run(options: Options) -> Result<ExitCode> {
    let began_at = clock::now().to_string();
    let folder = options.place.data_dir.clone().unwrap_or_else(std::env::temp_dir);
    let host = Host::here(&folder);
    let mut runs = Vec::new();
    for number in 1..=options.runs {
        if options.runs > 1 {
            eprintln!("run {number} of {}", options.runs);
        }
        runs.push(once(&options).await?);
    }
    let settings: Vec<String> = std::env::args().skip(1).collect();
    let figures = spreads(&runs);
    let report = Report {
        host,
        scenario: options.scenario.name(),
        settings: without_secrets(&settings).join(" "),
        seed: options.load.seed,
        began_at,
        failed: failed(&options.assertions, &runs),
        figures,
        runs,
    };
    match options.output {
        Output::Text => print!("{}", text::write(&report)),
        Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    if let Some(file) = &options.json {
        write(file, &serde_json::to_string_pretty(&report)?)?;
    }
    if let Some(file) = &options.html {
        write(file, &page::write(&report))?;
    }
    Ok(if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One run on a stand of its own.
pub async fn once(options: &Options) -> Result<RunReport> {
    scenario::run(options, &Plan::of(options)?).await
}

/// What is asserted and does not hold, and what the audits have found.
pub fn failed(assertions: &[check::Assertion], runs: &[RunReport]) -> Vec<String> {
    let figures = spreads(runs);
    let found = runs.iter().flat_map(|run| &run.audit.differences).map(|found| format!("audit: {found}"));
    found.chain(assertions.iter().filter_map(|assertion| assertion.fails(&figures))).collect()
}

/// A key on the command line stays out of reports.
fn without_secrets(words: &[String]) -> Vec<String> {
    let mut hidden = Vec::new();
    let mut is_secret = false;
    for word in words {
        let shown = if is_secret { "..." } else { word.as_str() };
        hidden.push(if word.starts_with("--key=") { "--key=...".to_owned() } else { shown.to_owned() });
        is_secret = word == "--key";
    }
    hidden
}

/// Writes a file, with the folders above it.
pub fn write(file: &Path, content: &str) -> Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    std::fs::write(file, content).with_context(|| format!("writing {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_not_told() {
        let words: Vec<String> = ["--key", "k1", "--batch", "5", "--key=k2"].map(str::to_owned).into();
        assert_eq!(without_secrets(&words).join(" "), "--key ... --batch 5 --key=...");
    }

    #[test]
    fn a_difference_fails_a_run_that_asserts_nothing() {
        let mut run = RunReport::default();
        assert_eq!(failed(&[], std::slice::from_ref(&run)), Vec::<String>::new());
        run.audit.differences.push("one".to_owned());
        assert_eq!(failed(&[], &[run]), ["audit: one"]);
    }
}
