//! `farebox reconcile`: a provider's file held against a wallet's messages, and on request set right.

use std::io::{IsTerminal, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use super::call::Once;
use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::{Output, field, show_rows, write_out};

const CLASSES: [&str; 5] = ["class", "rows", "messages", "theirs", "ours"];
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// Holds a provider's usage file against a wallet's messages; posts nothing unless told to
#[derive(Args, Debug)]
pub struct ReconcileArgs {
    #[command(flatten)]
    connection: Connection,
    /// The provider's file, as CSV, packed with gzip or zstd or not at all
    file: PathBuf,
    #[arg(long)]
    wallet: String,
    /// First local day, such as 2026-07-01 [default: the first of the month of the last day]
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Last local day, included [default: the last of the current month]
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    #[arg(long, value_parser = ["occurred", "posted"])]
    axis: Option<String>,
    /// twilio, telnyx, plivo, farebox, or a file with a mapping of your own (docs/reconcile.md)
    #[arg(long, value_name = "NAME|FILE")]
    mapping: String,
    /// Rows of other accounts of the provider are outside
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Every difference as CSV to this file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Posts what is proposed for the differences that were told, at most 1,000, after asking
    #[arg(long)]
    apply: bool,
    /// Posts without asking
    #[arg(long, requires = "apply")]
    yes: bool,
    #[command(flatten)]
    once: Once,
}

pub async fn run(args: ReconcileArgs, output: Output) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let file = std::fs::read(&args.file).map_err(|error| Failure::of(told(&args.file), error))?;
    let mapping = mapping(&args.mapping)?;
    let query = query(&args, &mapping);
    let path = ["v1", "wallets", &args.wallet, "reconciliations"];
    let packing = packing(&file);
    let ask = || {
        let request = client.request_with(Method::POST, &path, &query).header("content-type", "text/csv");
        packing.into_iter().fold(request, |request, packing| request.header("content-encoding", packing))
    };
    let found = client.answer(ask().body(file.clone())).await?;
    if let Some(report) = &args.report {
        let request = ask().header("accept", "text/csv").body(file);
        let failed = |error| Failure::of(told(report), error);
        let mut out = std::fs::File::create(report).map_err(failed)?;
        client.copy(request, |bytes| out.write_all(&bytes).map_err(failed)).await?;
    }
    show_rows(output, &found, ("classes", "totals"), &CLASSES)?;
    if !args.apply {
        return Ok(());
    }
    let proposals = proposals(&found);
    if proposals.is_empty() {
        return write_out("nothing is proposed\n");
    }
    if !args.yes && !confirmed(proposals.len())? {
        return Err(Failure::new("nothing was posted"));
    }
    let key = args.once.key();
    let path = ["v1", "wallets", &args.wallet, "reconciliations", "apply"];
    let body = json!({ "proposals": proposals }).to_string();
    let request = client.request(Method::POST, &path).header("content-type", "application/json");
    let posted = client.answer(request.header("idempotency-key", &key).body(body)).await;
    let posted = posted.map_err(|failure| super::call::repeatable(&failure, &key))?;
    let count = field(&posted, "entries").as_array().map_or(0, Vec::len);
    match output {
        Output::Json => write_out(format!("{posted}\n")),
        Output::Text => write_out(format!("{count} adjustments stand\n")),
    }
}

/// What a file is packed with, told from how it begins.
fn packing(file: &[u8]) -> Option<&'static str> {
    match file {
        file if file.starts_with(GZIP) => Some("gzip"),
        file if file.starts_with(ZSTD) => Some("zstd"),
        _ => None,
    }
}

/// The parameter that says by which mapping the file is read.
fn mapping(given: &str) -> Result<(&'static str, String), Failure> {
    let path = Path::new(given);
    if !path.exists() {
        return Ok(("mapping", given.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| Failure::of(told(path), error))?;
    Ok(("mapping_toml", text))
}

fn query<'a>(args: &'a ReconcileArgs, mapping: &'a (&'static str, String)) -> Vec<(&'a str, &'a str)> {
    let ReconcileArgs { from, to, axis, account, .. } = args;
    let optional = [("from", from), ("to", to), ("axis", axis), ("account", account)].into_iter();
    let optional = optional.filter_map(|(name, value)| Some((name, value.as_deref()?)));
    optional.chain([(mapping.0, mapping.1.as_str())]).collect()
}

/// The differences that something is proposed for, as the call takes them.
fn proposals(found: &Value) -> Vec<Value> {
    let differences = field(found, "differences").as_array().into_iter().flatten();
    let proposed = differences.filter(|difference| !field(difference, "proposed_amount").is_null());
    let picked = proposed.map(|difference| {
        let of = |name| field(difference, name).clone();
        json!({
            "seq": of("seq"), "message_id": of("message_id"), "source": of("source"), "comes_to": of("comes_to"),
            "amount": of("proposed_amount"), "reason": of("reason"),
        })
    });
    picked.collect()
}

fn confirmed(proposals: usize) -> Result<bool, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::new("whether to post is asked on a terminal only: add --yes"));
    }
    let failed = |error| Failure::of("asking", error);
    print!("post {proposals} adjustments? [y/N] ");
    stdout().flush().map_err(failed)?;
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn told(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_file_is_sent_as_one() {
        let table: [(&[u8], _); 4] = [
            (b"\x1f\x8b\x08", Some("gzip")),
            (b"\x28\xb5\x2f\xfd", Some("zstd")),
            (b"sid,", None),
            (b"", None),
        ];
        for (file, want) in table {
            assert_eq!(packing(file), want, "{file:?}");
        }
    }

    #[test]
    fn only_what_is_proposed_is_applied() {
        let difference = |seq: Value, id: &str, source: Value, proposed: Value| {
            json!({
                "seq": seq, "message_id": id, "source": source, "comes_to": "0.02", "proposed_amount": proposed,
                "reason": "x", "class": "other_segments",
            })
        };
        let found = json!({"differences": [
            difference(json!(3), "m-1", json!("a"), json!("0.01")),
            difference(json!(4), "m-2", Value::Null, Value::Null),
            difference(Value::Null, "m-3", Value::Null, json!("-1")),
        ]});
        let want = json!([
            {"seq": 3, "message_id": "m-1", "source": "a", "comes_to": "0.02", "amount": "0.01", "reason": "x"},
            {"seq": null, "message_id": "m-3", "source": null, "comes_to": "0.02", "amount": "-1", "reason": "x"},
        ]);
        assert_eq!(Value::from(proposals(&found)), want);
    }
}
