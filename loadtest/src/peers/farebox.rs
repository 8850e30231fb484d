//! Farebox, started from the built program on a folder of its own, called as any client calls it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use jiff::SignedDuration;
use serde::Deserialize;
use tokio::task::JoinSet;

use super::drive::{Caller, Told};
use super::fold::{Counts, Outcome};
use super::ledger::{Disk, Held, Ledger, Setting, Shape};
use super::process::{Folder, Process, patiently};
use super::stream::{self, Event, Stream, put_digits, put_id, put_wallet, wallet_name};
use crate::client::Client;
use crate::load::answer::read_counts;
use crate::load::http::{Connection, Start};
use crate::{clock, money, tariff};

const KEY: &str = "loadtest-peers-key";
const TARIFF: &str = "peers";
/// Wallets made or read at once.
const AT_ONCE: u32 = 64;
const PATIENCE: Duration = Duration::from_millis(100);
/// So much of an answer is told where it is not what was wanted.
const HEAD_BYTES: usize = 512;

pub struct Farebox {
    program: PathBuf,
    folder: Folder,
    process: Option<Process>,
    url: String,
}

pub struct FareboxCaller {
    connection: Connection,
    start: Start,
    client: Client,
    body: Vec<u8>,
}

/// What is read of an answer when every outcome counts.
#[derive(Deserialize)]
struct Answer {
    results: Vec<OfOne>,
}

#[derive(Deserialize)]
struct OfOne {
    outcome: String,
}

impl Farebox {
    pub fn new(program: PathBuf, folder: Folder) -> Farebox {
        Farebox { program, folder, process: None, url: String::new() }
    }

    fn client(&self) -> Result<Client> {
        Client::new(&self.url, KEY)
    }

    fn process(&self) -> Result<&Process> {
        self.process.as_ref().context("farebox is not running")
    }
}

impl Ledger for Farebox {
    type Caller = FareboxCaller;

    async fn start(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        // What is set for the person who measures must not change what is measured.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FAREBOX_"))
        {
            command.env_remove(name);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(self.folder.path().join("data"));
        command.env("FAREBOX_OPERATOR_KEY", KEY);
        let mut process = Process::start(&mut command, &self.folder.path().join("log"))?;
        let listening = async |process: &mut Process| {
            let said = process.said()?;
            let lines = said.lines().map(|line| (line, said.contains(&format!("{line}\n"))));
            let whole = lines.filter(|(_, ended)| *ended).map(|(line, _)| line);
            Ok(whole
                .filter_map(|line| line.strip_prefix("listening on "))
                .next()
                .map(|url| url.trim().to_owned()))
        };
        self.url = patiently(&mut process, listening).await.context("farebox")?;
        self.process = Some(process);
        Ok(())
    }

    async fn open(&mut self, stream: &Stream) -> Result<()> {
        let client = self.client()?;
        let [only, _] = tariff::versions(clock::now());
        client.add_tariff(only.document(TARIFF)).await?;
        let openings = Arc::new(stream.openings());
        each_wallet(stream.wallets(), move |wallet| {
            let (client, opening) = (client.clone(), i128::from(openings[wallet as usize]));
            async move {
                let name = wallet_name(wallet);
                client.make_wallet(&name, TARIFF).await?;
                client.adjust(&name, &name, opening, "opening balance").await.map(drop)
            }
        })
        .await
        .map(drop)
    }

    async fn caller(&self, _: &Shape) -> Result<FareboxCaller> {
        let connection = Connection::open(&self.url).await?;
        let start = Start::new(&self.url, KEY, "POST /v1/events", "application/x-ndjson");
        Ok(FareboxCaller { connection, start, client: self.client()?, body: Vec::new() })
    }

    fn kill(&mut self) -> Result<()> {
        self.process.take().context("farebox is not running")?.kill()
    }

    fn cpu_seconds(&self) -> Result<f64> {
        self.process()?.cpu_seconds()
    }

    fn disk(&self) -> Result<Disk> {
        Disk::of(&self.folder.path().join("data"), "journal")
    }

    /// Balances from the wallets themselves, what was charged from their usage: a view beside the entries.
    async fn held(&self, stream: &Stream) -> Result<Held> {
        let client = self.client()?;
        let day =
            |days: i64| (clock::now() + SignedDuration::from_hours(24 * days)).strftime("%F").to_string();
        let days = format!("from={}&to={}&group_by=month", day(-2), day(1));
        let read = each_wallet(stream.wallets(), move |wallet| {
            let (client, days) = (client.clone(), days.clone());
            async move { held_of_one(&client, &wallet_name(wallet), &days).await }
        })
        .await?;
        let charged = read.iter().map(|(_, charged)| charged).sum();
        Ok(Held { balances: read.iter().map(|(balance, _)| *balance).collect(), charged, faults: Vec::new() })
    }

    fn settings(&self) -> Vec<Setting> {
        let version = Command::new(&self.program).arg("--version").output();
        let version = version.map(|told| String::from_utf8_lossy(&told.stdout).trim().to_owned());
        vec![
            Setting::new("version", version.unwrap_or_default()),
            Setting::new("settings", "as shipped (config/default.toml)"),
            Setting::new(
                "also does",
                "segments, rating, hash chain, ids with fingerprints, entries and usage views",
            ),
        ]
    }
}

async fn held_of_one(client: &Client, name: &str, days: &str) -> Result<(i128, u64)> {
    let wallet = client.wallet(name).await?;
    let balance = wallet["balance"].as_str().and_then(money::read).context("a wallet without a balance")?;
    let usage = client.read(&format!("/v1/wallets/{name}/usage?{days}")).await?;
    let usage: serde_json::Value = serde_json::from_slice(&usage)?;
    let charged = usage["totals"]["messages"].as_u64().context("usage without its messages")?;
    Ok((balance, charged))
}

/// Does something for every wallet, many at once; answers in the order of their numbers.
async fn each_wallet<T, F>(wallets: u32, job: impl Fn(u32) -> F + Clone + Send + 'static) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send,
{
    let at_once = AT_ONCE.min(wallets);
    let mut workers = JoinSet::new();
    for first in 0..at_once {
        let job = job.clone();
        workers.spawn(async move {
            let mut done = Vec::new();
            for wallet in (first..wallets).step_by(at_once as usize) {
                done.push((wallet, job(wallet).await?));
            }
            anyhow::Ok(done)
        });
    }
    let mut all = Vec::with_capacity(wallets as usize);
    while let Some(done) = workers.join_next().await {
        all.append(&mut done??);
    }
    all.sort_by_key(|(wallet, _)| *wallet);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

impl Caller for FareboxCaller {
    async fn call(&mut self, events: &[Event], told: &mut Told) -> Result<()> {
        write(&mut self.body, events);
        let sent = clock::tick();
        let counts = loop {
            let answer = self.connection.call(&self.start, &self.body).await?;
            if matches!(answer.status, 429 | 503) {
                tokio::time::sleep(answer.retry_after.unwrap_or(PATIENCE)).await;
                continue;
            }
            told.took(sent.elapsed());
            let head =
                || String::from_utf8_lossy(&answer.body[..answer.body.len().min(HEAD_BYTES)]).into_owned();
            ensure!(answer.status == 200, "an answer {} to events: {}", answer.status, head());
            break read_counts(answer.body).with_context(head)?;
        };
        let known = Counts { charged: counts.charged, duplicate: counts.duplicate, refused: counts.refused };
        ensure!(known.events() == events.len() as u64, "other outcomes than these three: {counts:?}");
        told.counts.add(known);
        Ok(())
    }

    async fn outcomes(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
        write(&mut self.body, events);
        let answer: Answer =
            serde_json::from_slice(&self.client.send_events(self.body.clone(), None).await?)?;
        let outcomes = answer.results.iter().map(|result| match result.outcome.as_str() {
            "charged" => Ok(Outcome::Charged),
            "duplicate" => Ok(Outcome::Duplicate),
            "refused" => Ok(Outcome::Refused),
            other => bail!("an event is {other}"),
        });
        outcomes.collect()
    }
}

/// The events as NDJSON, in place of what was there.
fn write(body: &mut Vec<u8>, events: &[Event]) {
    body.clear();
    let time = clock::now().to_string();
    for event in events {
        body.extend_from_slice(b"{\"id\":\"");
        put_id(body, event.number);
        body.extend_from_slice(b"\",\"type\":\"message.outbound\",\"wallet\":\"");
        put_wallet(body, event.wallet);
        for piece in
            ["\",\"channel\":\"", stream::CHANNEL, "\",\"peer\":\"+", stream::COUNTRIES[event.country]]
        {
            body.extend_from_slice(piece.as_bytes());
        }
        put_digits(body, event.peer, 7);
        for piece in
            ["\",\"kind\":\"sms\",\"text\":\"", stream::TEXTS[event.text], "\",\"time\":\"", &time, "\"}\n"]
        {
            body.extend_from_slice(piece.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_a_line_that_says_what_it_is() {
        let stream = Stream::new(1, 64);
        let events: Vec<Event> = (0..50).map(|position| stream.at(position)).collect();
        let mut body = b"what was there".to_vec();
        write(&mut body, &events);
        let body = String::from_utf8(body).expect("text");
        assert_eq!(body.lines().count(), events.len());
        for (line, event) in body.lines().zip(&events) {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(line["wallet"], wallet_name(event.wallet));
            assert_eq!(line["id"], format!("e-{:010}", event.number));
            let peer = format!("+{}{:07}", stream::COUNTRIES[event.country], event.peer);
            assert_eq!((&line["peer"], &line["kind"]), (&peer.into(), &"sms".into()));
        }
    }

    #[tokio::test]
    async fn what_is_done_for_every_wallet_comes_back_in_order() {
        let done = each_wallet(150, async |wallet| Ok(wallet * 2)).await.expect("nothing fails");
        assert_eq!(done, (0..150).map(|wallet| wallet * 2).collect::<Vec<_>>());
        let error = each_wallet(70, async |wallet| {
            ensure!(wallet != 66, "66 fails");
            Ok(())
        });
        assert!(error.await.is_err());
    }
}
