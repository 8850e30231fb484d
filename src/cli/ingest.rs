//! `farebox ingest`: feeds a file of events, however the engine or the network falters meanwhile.
//!
//! Promises: the events of one wallet are sent in the order of the file, one request after the other; an event
//! is given up only after it was tried again for as long as was asked for; and as every event counts once, the
//! same file may be fed again after any failure.

mod lane;
mod lines;
mod tally;

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use clap::Args;
use futures_util::future::try_join_all;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::{mpsc, oneshot};

use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::{Output, show};
use crate::clock::Clock;
use lane::Lane;
use lines::{Batch, split};
use tally::Tally;

/// Batches that wait for each connection while one is being sent.
const BATCHES_WAITING: usize = 1;
const READ_BYTES: usize = 1 << 20;

/// Exit status: 0 when every event was taken or refused, 2 when a line was invalid or in conflict (sending it
/// again changes nothing), 1 when something else went wrong (send the file again).
#[derive(Args, Debug)]
pub struct IngestArgs {
    #[command(flatten)]
    connection: Connection,
    /// Events as NDJSON, one on each line; - is standard input
    file: PathBuf,
    /// Events in one request
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    batch: u32,
    /// Requests under way at once; the events of one wallet stay on one connection, in order
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    connections: u8,
    /// Seconds to keep trying while the engine cannot be reached or is too busy
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    retry_for: u32,
    /// Rejected lines to print; all of them are counted
    #[arg(long, value_name = "N", default_value_t = 20)]
    show_rejected: usize,
    /// Write every line that was not taken to this file, as JSON with line number, outcome and the event
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

pub async fn run(args: IngestArgs, output: Output) -> Result<ExitCode, Failure> {
    let client = Client::new(&args.connection)?;
    let (input, length) = open(&args.file)?;
    let clock = Clock::system();
    let started = clock.now();
    let progress = progress(length);
    let tally = Rc::new(RefCell::new(Tally::new(args.show_rejected, args.rejects.as_deref())?));
    let fed = feed(&args, &client, input, &progress, &tally).await;
    progress.finish_and_clear();
    let mut tally = tally.borrow_mut();
    tally.close()?;
    let millis = (clock.now().nanos() - started.nanos()) / 1_000_000;
    let document = tally.document(millis, fed.is_ok());
    show(output, &document, || tally.text(millis, fed.is_ok()))?;
    fed?;
    Ok(tally.exit_code())
}

async fn feed(
    args: &IngestArgs,
    client: &Client,
    input: Box<dyn Read + Send>,
    progress: &ProgressBar,
    tally: &Rc<RefCell<Tally>>,
) -> Result<(), Failure> {
    let channels = (0..args.connections).map(|_| mpsc::channel::<Batch>(BATCHES_WAITING));
    let (senders, receivers): (Vec<_>, Vec<_>) = channels.unzip();
    let (told, reading) = oneshot::channel();
    let batch_lines = args.batch as usize;
    // Reading blocks, so it has a thread. Where sending fails it is left behind: it may wait for input for ever.
    std::thread::spawn(move || {
        let read = split(BufReader::with_capacity(READ_BYTES, input), batch_lines, &senders);
        // Nobody listens any more only where sending has failed already.
        let _ = told.send(read);
    });
    let lanes = receivers.into_iter().map(|batches| {
        let (client, progress, tally) = (client.clone(), progress.clone(), Rc::clone(tally));
        Lane::new(client, progress, tally, args.retry_for).run(batches)
    });
    try_join_all(lanes).await?;
    let read = reading.await.map_err(|_| Failure::new("the input could not be read to its end"))?;
    read.map_err(|error| Failure::of(args.file.display(), error))
}

/// The input, and its length where that is known.
fn open(path: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let refused = |error| Failure::of(path.display(), error);
    let file = File::open(path).map_err(refused)?;
    let metadata = file.metadata().map_err(refused)?;
    if metadata.is_dir() {
        return Err(Failure::of(path.display(), "is a folder"));
    }
    Ok((Box::new(file), metadata.is_file().then_some(metadata.len())))
}

/// Draws on standard error, and only where that is a terminal.
fn progress(length: Option<u64>) -> ProgressBar {
    let (bar, template) = match length {
        Some(length) => {
            (ProgressBar::new(length), "{bar:32} {percent:>3}%  {bytes}/{total_bytes}  {msg}  {eta}")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {bytes}  {msg}  {elapsed}"),
    };
    bar.with_style(ProgressStyle::with_template(template).expect("the templates above are well-formed"))
}

#[cfg(test)]
mod tests;
