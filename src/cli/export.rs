//! `farebox export`: takes what a wallet has away as a file.
//!
//! Promises: a file under the name that was asked for is whole. What came of a download that was cut stays beside it,
//! with `.part` behind its name.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::{Method, Response};
use serde_json::json;

use super::client::{Client, Connection, problem, spelled_out};
use super::failure::Failure;
use super::output::{Output, show};

/// How long a download may stand still.
const STILL_MAX: Duration = Duration::from_secs(120);
/// How long one may take that does not.
const DOWNLOAD_TIME_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const ROWS: &str = "farebox-rows";

/// Takes a wallet's entries away as a file
#[derive(Args, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    connection: Connection,
    /// What to take away
    what: What,
    #[arg(long)]
    wallet: String,
    /// The first day, such as 2026-07-01 [default: the first of the month of the last day]
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day, included [default: the last of the current month]
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Days by when things happened, or by when they changed the balance
    #[arg(long, value_parser = ["occurred", "posted"])]
    axis: Option<String>,
    /// Only of this channel; may be given several times
    #[arg(long)]
    channel: Vec<String>,
    /// Only of this campaign; may be given several times
    #[arg(long)]
    campaign: Vec<String>,
    #[arg(long, value_parser = ["outbound", "inbound"])]
    direction: Option<String>,
    #[arg(long, value_parser = ["sms", "mms"])]
    kind: Option<String>,
    /// Only of this country, as ISO 3166 has it
    #[arg(long)]
    country: Option<String>,
    /// Of the state that this token of an earlier answer stands for
    #[arg(long, value_name = "TOKEN")]
    as_of: Option<String>,
    /// Of CSV: `spreadsheet` keeps plus and digits of phone numbers in spreadsheets
    #[arg(long, value_parser = ["plain", "spreadsheet"])]
    cells: Option<String>,
    /// Of usage: what its rows are (day, month, channel, campaign, country, kind or direction); may be given several times
    #[arg(long)]
    group_by: Vec<String>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where to; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// One row for each entry
    Entries,
    /// The table of usage
    Usage,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Csv,
    Parquet,
}

impl ExportArgs {
    /// The last part of the path.
    fn name(&self) -> Result<&'static str, Failure> {
        match (self.what, self.format) {
            (What::Entries, Format::Csv) => Ok("entries.csv"),
            (What::Entries, Format::Parquet) => Ok("entries.parquet"),
            (What::Usage, Format::Csv) => Ok("usage.csv"),
            (What::Usage, Format::Parquet) => Err(Failure::new("the table of usage is written as CSV only")),
        }
    }

    fn query(&self) -> Vec<(&str, &str)> {
        let ExportArgs {
            group_by,
            from,
            to,
            axis,
            channel,
            campaign,
            direction,
            kind,
            country,
            as_of,
            cells,
            ..
        } = self;
        let single = [
            ("from", from),
            ("to", to),
            ("axis", axis),
            ("direction", direction),
            ("kind", kind),
            ("country", country),
            ("as_of", as_of),
            ("cells", cells),
        ];
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let channels = channel.iter().map(|value| ("channel", value.as_str()));
        let groups = group_by.iter().map(|value| ("group_by", value.as_str()));
        single
            .chain(channels)
            .chain(groups)
            .chain(campaign.iter().map(|value| ("campaign", value.as_str())))
            .collect()
    }
}

pub async fn run(args: ExportArgs, output: Output) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let path = ["v1", "wallets", &args.wallet, args.name()?];
    let request = client.request_with(Method::GET, &path, &args.query()).timeout(DOWNLOAD_TIME_MAX);
    let response = request.send().await.map_err(|error| client.unreachable(&error))?;
    if !response.status().is_success() {
        return Err(problem(response).await);
    }
    let rows = response.headers().get(ROWS).and_then(|rows| rows.to_str().ok()?.parse().ok());
    let rows: u64 = rows.ok_or_else(|| Failure::new("the answer does not say how many rows are to come"))?;
    let mut target = Target::open(&args.file)?;
    let progress = progress(rows, args.format);
    let counted = download(response, &mut target, &progress, args.format).await;
    progress.finish_and_clear();
    let (bytes, found) = counted.map_err(|failure| target.kept(&failure))?;
    if found.is_some_and(|found| found != rows) {
        let failure = Failure::new(format!("{rows} rows were to come, other than came"));
        return Err(target.kept(&failure));
    }
    if target.finish()? {
        let file = args.file.display().to_string();
        let document = json!({ "file": file, "rows": rows, "bytes": bytes });
        show(output, &document, || format!("{rows} rows in {file}\n"))?;
    }
    Ok(())
}

/// Writes all that comes; how many bytes that were and, of CSV, how many rows.
async fn download(
    mut response: Response,
    target: &mut Target,
    progress: &ProgressBar,
    format: Format,
) -> Result<(u64, Option<u64>), Failure> {
    let (mut bytes, mut rows) = (0, RowCount::default());
    loop {
        let came = tokio::time::timeout(STILL_MAX, response.chunk()).await;
        let came = came.map_err(|_| Failure::new("the download stands still"))?;
        let came = came.map_err(|error| Failure::of("the download was cut", spelled_out(&error)))?;
        let Some(chunk) = came else { break };
        target.write(&chunk)?;
        bytes += chunk.len() as u64;
        match format {
            Format::Csv => progress.set_position(rows.count(&chunk)),
            Format::Parquet => progress.set_position(bytes),
        }
    }
    // Whoever has seen enough (`| head`) does not ask for all rows.
    let found = (format == Format::Csv && !target.is_closed()).then(|| rows.found());
    Ok((bytes, found))
}

/// Counts the rows of CSV as it comes: line breaks that are in no quotes.
#[derive(Default)]
struct RowCount {
    lines: u64,
    in_quotes: bool,
}

impl RowCount {
    fn count(&mut self, bytes: &[u8]) -> u64 {
        for byte in bytes {
            match byte {
                b'"' => self.in_quotes = !self.in_quotes,
                b'\n' if !self.in_quotes => self.lines += 1,
                _ => {}
            }
        }
        self.found()
    }

    /// The header is none.
    fn found(&self) -> u64 {
        self.lines.saturating_sub(1)
    }
}

/// Where a download goes.
enum Target {
    StandardOutput { closed: bool },
    File { file: File, part: PathBuf, path: PathBuf },
}

impl Target {
    fn open(path: &Path) -> Result<Target, Failure> {
        if path == Path::new("-") {
            return Ok(Target::StandardOutput { closed: false });
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(|error| Failure::of(part.display(), error))?;
        Ok(Target::File { file, part, path: path.to_owned() })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Target::StandardOutput { closed: true } => Ok(()),
            Target::StandardOutput { closed } => match io::stdout().lock().write_all(bytes) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    *closed = true;
                    Ok(())
                }
                other => other.map_err(|error| Failure::of("standard output", error)),
            },
            Target::File { file, part, .. } => {
                file.write_all(bytes).map_err(|error| Failure::of(part.display(), error))
            }
        }
    }

    fn is_closed(&self) -> bool {
        matches!(self, Target::StandardOutput { closed: true })
    }

    /// A failure, and where what came is kept.
    fn kept(&self, failure: &Failure) -> Failure {
        match self {
            Target::StandardOutput { .. } => Failure::new(failure.to_string()),
            Target::File { part, .. } => Failure::of(failure, format!("what came is in {}", part.display())),
        }
    }

    /// Gives the file its name. Whether there is one.
    fn finish(self) -> Result<bool, Failure> {
        match self {
            Target::StandardOutput { closed: true } => Ok(false),
            Target::StandardOutput { .. } => {
                io::stdout().flush().map_err(|error| Failure::of("standard output", error))?;
                Ok(false)
            }
            Target::File { file, part, path } => {
                let named = file.sync_all().and_then(|()| std::fs::rename(&part, &path));
                named.map(|()| true).map_err(|error| Failure::of(path.display(), error))
            }
        }
    }
}

/// Draws on standard error, and only where that is a terminal. The rows of Parquet are not seen from outside.
fn progress(rows: u64, format: Format) -> ProgressBar {
    let (bar, template) = match format {
        Format::Csv => (ProgressBar::new(rows), "{bar:32} {percent:>3}%  {pos}/{len} rows  {eta}"),
        Format::Parquet => (ProgressBar::new_spinner(), "{spinner} {bytes}  {elapsed}"),
    };
    bar.with_style(ProgressStyle::with_template(template).expect("the templates above are well-formed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_wherever_the_pieces_are_cut() {
        let csv = b"a,b\r\n1,\"two\r\nlines, \"\"quoted\"\"\"\r\n2,\r\n\"\",\"\n\"\r\n";
        for cut in 0..csv.len() {
            let mut rows = RowCount::default();
            rows.count(&csv[..cut]);
            assert_eq!(rows.count(&csv[cut..]), 3, "cut at {cut}");
        }
        assert_eq!(RowCount::default().found(), 0, "nothing came");
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (path, part) = (folder.path().join("e.csv"), folder.path().join("e.csv.part"));
        let mut target = Target::open(&path).unwrap();
        target.write(b"seq\r\n").unwrap();
        assert!(part.exists() && !path.exists(), "not yet");
        let cut = target.kept(&Failure::new("cut")).to_string();
        assert!(cut.contains(&part.display().to_string()), "it says where what came is: {cut}");
        assert_eq!(target.finish(), Ok(true));
        assert!(!part.exists() && std::fs::read(&path).unwrap() == b"seq\r\n");
    }
}
