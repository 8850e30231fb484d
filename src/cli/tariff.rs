//! `farebox tariff`: price lists, in files and in a running engine.

mod document;
mod rate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::{Output, cell, show, show_list, write_out};
use crate::domain::tariff::Version;
use crate::domain::time::Timestamp;
use crate::tariff_file;

#[derive(Args, Debug)]
pub struct TariffArgs {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: TariffCommand,
}

#[derive(Subcommand, Debug)]
enum TariffCommand {
    /// Checks tariff files and whether their versions follow one another; needs no engine
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Shows the versions of a tariff, and the rows of the one in effect
    Show {
        /// A tariff of the engine, or a tariff file
        #[arg(value_name = "NAME|FILE")]
        tariff: String,
    },
    /// Says what a message would cost, and by which rows
    Rate(rate::RateArgs),
    /// Gives a tariff file to the engine: a new tariff, or the next version of one
    Add { file: PathBuf },
    /// Lists the tariffs of the engine
    List,
    /// Has a wallet charged by another tariff from now on
    Assign { wallet: String, tariff: String },
}

pub async fn run(args: TariffArgs, output: Output) -> Result<ExitCode, Failure> {
    let client = || Client::new(&args.connection);
    match args.command {
        TariffCommand::Check { files } => return check(&files, output),
        TariffCommand::Show { tariff } if is_file(&tariff) => {
            show_tariff(&document::of_version(&read(Path::new(&tariff))?.1), output)?;
        }
        TariffCommand::Show { tariff } => {
            show_tariff(&client()?.get(&["v1", "tariffs", &tariff]).await?, output)?;
        }
        TariffCommand::Rate(rate) => {
            let at = rate.at();
            let version = match is_file(&rate.tariff) {
                true => read(Path::new(&rate.tariff))?.1,
                false => version_at(&client()?, &rate.tariff, at).await?,
            };
            rate::run(&rate, version, at, output)?;
        }
        TariffCommand::Add { file } => add(&client()?, &file, output).await?,
        TariffCommand::List => list(&client()?, output).await?,
        TariffCommand::Assign { wallet, tariff } => assign(&client()?, &wallet, &tariff, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The version of an engine's tariff that is in effect at an instant.
async fn version_at(client: &Client, name: &str, at: Timestamp) -> Result<Version, Failure> {
    let path = ["v1", "tariffs", name];
    let tariff = client.get(&path).await?;
    let unreadable = |error: String| Failure::of("what the engine says of the tariff", error);
    let label = document::label_at(&tariff, at).map_err(unreadable)?;
    let label = label.ok_or_else(|| Failure::new(format!("{name} is not in effect at {}", instant(at))))?;
    let version = client.get_with(&path, &[("version", &label)]).await?;
    document::to_version(&version).map_err(unreadable)
}

/// All faults of all files, one on each line of standard error.
fn check(files: &[PathBuf], output: Output) -> Result<ExitCode, Failure> {
    let mut faults = Vec::new();
    let mut versions = Vec::new();
    for file in files {
        match tariff_file::read(file) {
            Ok((_, version)) => versions.push((file.display().to_string(), version)),
            Err(found) => faults.push(found),
        }
    }
    let checked = versions.len();
    if let Err(found) = tariff_file::check_series(versions) {
        faults.push(found);
    }
    let told = faults.iter().flat_map(|faults| faults.told());
    let told: Vec<Value> =
        told.map(|fault| json!({"file": fault.file, "line": fault.line, "what": fault.what})).collect();
    for faults in &faults {
        eprintln!("{faults}");
    }
    let document = json!({"ok": faults.is_empty(), "faults": told});
    show(output, &document, || match faults.is_empty() {
        true => format!("{checked} checked, all good\n"),
        false => String::new(),
    })?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Whether a tariff file is meant, not a tariff of the engine.
fn is_file(tariff: &str) -> bool {
    tariff.ends_with(".toml") || Path::new(tariff).is_file()
}

fn read(file: &Path) -> Result<(String, Version), Failure> {
    tariff_file::read(file).map_err(|faults| Failure::new(faults.to_string()))
}

/// The tables of a version, each with its heading and its columns.
const TABLES: [(&str, &str, &[&str]); 5] = [
    ("rates", "Rates", &["direction", "kind", "prefix", "sender_type", "carrier", "price", "country"]),
    ("carrier_fees", "Carrier fees", &["direction", "kind", "prefix", "sender_type", "carrier", "fee"]),
    ("number_fees", "Number fees", &["prefix", "type", "fee"]),
    ("failures", "Failure policy", &["direction", "kind", "status", "error_class", "charge", "fee"]),
    ("error_classes", "Error classes", &["error_code", "class"]),
];

fn show_tariff(document: &Value, output: Output) -> Result<(), Failure> {
    if output == Output::Json {
        return show(output, document, String::new);
    }
    let items = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let (name, currency, version) = (&document["name"], &document["currency"], &document["version"]);
    write_out(format!("{} in {}\n\n", cell(name), cell(currency)))?;
    let columns = [
        "version",
        "effective_from",
        "effective_until",
        "rates",
        "carrier_fees",
        "number_fees",
        "failure_fee",
    ];
    show_list(output, &items("versions"), &columns)?;
    for (table, heading, columns) in TABLES {
        let rows = items(table);
        if !rows.is_empty() {
            write_out(format!("\n{heading} of version {}\n\n", cell(version)))?;
            show_list(output, &rows, columns)?;
        }
    }
    Ok(())
}

async fn list(client: &Client, output: Output) -> Result<(), Failure> {
    let mut tariffs = client.list(&["v1", "tariffs"]).await?;
    if output == Output::Text {
        for tariff in &mut tariffs {
            let versions = tariff["versions"].as_array().into_iter().flatten();
            tariff["versions"] = versions.map(|version| version["version"].clone()).collect();
        }
    }
    show_list(output, &tariffs, &["name", "currency", "versions"])
}

/// As RFC 3339.
fn instant(at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_nanosecond(i128::from(at.nanos()));
    instant.expect("jiff reaches further than 64 bits of nanoseconds").to_string()
}

/// From RFC 3339.
fn timestamp(text: &str) -> Result<Timestamp, String> {
    let instant: jiff::Timestamp = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    let nanos = i64::try_from(instant.as_nanosecond());
    nanos.map(Timestamp::from_nanos).map_err(|_| "it is not between the years 1678 and 2261".to_owned())
}

async fn add(client: &Client, file: &Path, output: Output) -> Result<(), Failure> {
    // Read here first: the tables beside the file are not on the engine's machine, and faults name its lines.
    let (text, version) = read(file)?;
    let request = client.request(Method::POST, &["v1", "tariffs"]).header("content-type", "application/toml");
    let added = client.answer(request.body(text)).await?;
    let head = version.head();
    show(output, &added, || format!("{} version {} is in the engine\n", head.name, head.label))
}

async fn assign(client: &Client, wallet: &str, tariff: &str, output: Output) -> Result<(), Failure> {
    let path = ["v1", "wallets", wallet];
    let now = client.get(&path).await?;
    let terms = json!({
        "currency": now["currency"],
        "time_zone": now["time_zone"],
        "name": now["name"],
        "tariff": tariff,
    });
    let assigned = client.send_json(Method::PUT, &path, &terms).await?;
    show(output, &assigned, || format!("{wallet} is charged by {}\n", cell(&assigned["tariff"])))
}
