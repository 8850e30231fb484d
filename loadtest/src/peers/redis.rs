//! Redis, started from the installed package: every write synced before its answer, the rules as Lua scripts.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::drive::{Caller, Told};
use super::fold::Outcome;
use super::ledger::{Disk, Held, Ledger, Setting, Shape};
use super::process::{Folder, Process, patiently};
use super::redis_wire::{Reply, Wire};
use super::stream::{Event, Stream, put_id, put_wallet, wallet_name};
use crate::clock;

const ONE: &str = include_str!("redis_one.lua");
const BATCH: &str = include_str!("redis_batch.lua");

/// As for a server whose whole purpose this is. The append-only file is not rewritten while it is measured.
const SETTINGS: [(&str, &str); 9] = [
    ("appendonly", "yes"),
    ("appendfsync", "always"),
    ("auto-aof-rewrite-percentage", "0"),
    ("no-appendfsync-on-rewrite", "no"),
    ("save", ""),
    ("maxmemory", "0"),
    ("maxmemory-policy", "noeviction"),
    ("port", "0"),
    ("loglevel", "warning"),
];
/// Fewer cores than this leave none for threads that only read and write.
const IO_THREADS_FROM_CORES: usize = 4;

/// How events are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A script call an event, many sent before the first answer is read.
    Pipelined,
    /// One script call for all.
    Batched,
}

pub struct Redis {
    program: PathBuf,
    folder: Folder,
    way: Way,
    process: Option<Process>,
}

pub struct RedisCaller {
    wire: Wire,
    way: Way,
    /// The script's name: the hash of its text.
    script: Vec<u8>,
    wallet: Vec<u8>,
    id: Vec<u8>,
}

impl Redis {
    pub fn new(program: PathBuf, folder: Folder, way: Way) -> Redis {
        Redis { program, folder, way, process: None }
    }

    fn process(&self) -> Result<&Process> {
        self.process.as_ref().context("redis is not running")
    }

    async fn connect(&self) -> Result<Wire> {
        Wire::connect(&self.folder.path().join("socket")).await
    }
}

fn io_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < IO_THREADS_FROM_CORES { 1 } else { (cores - 2).min(4) }
}

impl Ledger for Redis {
    type Caller = RedisCaller;

    async fn start(&mut self) -> Result<()> {
        let folder = self.folder.path().to_owned();
        let data = folder.join("data");
        std::fs::create_dir_all(&data)?;
        let mut command = Command::new(&self.program);
        for (name, value) in SETTINGS {
            command.arg(format!("--{name}")).arg(value);
        }
        command.args(["--io-threads", &io_threads().to_string()]);
        command.arg("--unixsocket").arg(folder.join("socket")).arg("--dir").arg(&data);
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        let ready = async |_: &mut Process| {
            // While it reads its file again it takes connections, but no calls.
            let Ok(mut wire) = self.connect().await else { return Ok(None) };
            Ok(wire.ask(&[b"PING"]).await.ok())
        };
        patiently(&mut process, ready).await.context("redis")?;
        self.process = Some(process);
        Ok(())
    }

    async fn open(&mut self, stream: &Stream) -> Result<()> {
        let mut wire = self.connect().await?;
        for (wallet, opening) in (0..).zip(stream.openings()) {
            wire.command(3);
            wire.part(b"SET");
            wire.part(wallet_name(wallet).as_bytes());
            wire.number(opening);
        }
        wire.send().await?;
        for _ in 0..stream.wallets() {
            wire.reply().await?;
        }
        Ok(())
    }

    async fn caller(&self, _: &Shape) -> Result<RedisCaller> {
        let (mut wire, way) = (self.connect().await?, self.way);
        let text = if way == Way::Batched { BATCH } else { ONE };
        let Reply::Text(script) = wire.ask(&[b"SCRIPT", b"LOAD", text.as_bytes()]).await? else {
            bail!("a script without a name")
        };
        Ok(RedisCaller { wire, way, script: script.to_vec(), wallet: Vec::new(), id: Vec::new() })
    }

    fn kill(&mut self) -> Result<()> {
        self.process.take().context("redis is not running")?.kill()
    }

    fn cpu_seconds(&self) -> Result<f64> {
        self.process()?.cpu_seconds()
    }

    /// The append-only file is both log and data.
    fn disk(&self) -> Result<Disk> {
        Disk::of(&self.folder.path().join("data"), "appendonlydir")
    }

    async fn held(&self, stream: &Stream) -> Result<Held> {
        let mut wire = self.connect().await?;
        wire.command(1 + stream.wallets() as usize);
        wire.part(b"MGET");
        for wallet in 0..stream.wallets() {
            wire.part(wallet_name(wallet).as_bytes());
        }
        wire.send().await?;
        ensure!(matches!(wire.reply().await?, Reply::List(count) if count == stream.wallets() as usize));
        let mut balances = Vec::with_capacity(stream.wallets() as usize);
        for _ in 0..stream.wallets() {
            let Reply::Text(balance) = wire.reply().await? else { bail!("a balance that is no text") };
            balances.push(std::str::from_utf8(&balance)?.parse()?);
        }
        let Reply::Number(keys) = wire.ask(&[b"DBSIZE"]).await? else { bail!("keys that are no number") };
        let charged = u64::try_from(keys - i64::from(stream.wallets())).context("wallets are gone")?;
        Ok(Held { balances, charged, faults: Vec::new() })
    }

    fn settings(&self) -> Vec<Setting> {
        let version = Command::new(&self.program).arg("--version").output();
        let version = version.map(|told| String::from_utf8_lossy(&told.stdout).trim().to_owned());
        let mut settings = vec![Setting::new("version", version.unwrap_or_default())];
        settings.extend(Setting::list(&SETTINGS));
        settings.push(Setting::new("io-threads", io_threads().to_string()));
        settings.push(Setting::new(
            "script",
            if self.way == Way::Batched { "redis_batch.lua" } else { "redis_one.lua" },
        ));
        settings
    }
}

impl Caller for RedisCaller {
    async fn call(&mut self, events: &[Event], told: &mut Told) -> Result<()> {
        let sent = clock::tick();
        let outcomes = self.outcomes(events).await?;
        told.took(sent.elapsed());
        outcomes.into_iter().for_each(|outcome| told.counts.count(outcome));
        Ok(())
    }

    async fn outcomes(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
        match self.way {
            Way::Pipelined => self.pipelined(events).await,
            Way::Batched => self.batched(events).await,
        }
    }
}

impl RedisCaller {
    async fn pipelined(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
        for event in events {
            self.name(event);
            self.wire.command(6);
            for part in [b"EVALSHA", self.script.as_slice(), b"2", &self.wallet, &self.id] {
                self.wire.part(part);
            }
            self.wire.number(event.price.total());
        }
        self.wire.send().await?;
        let mut outcomes = Vec::with_capacity(events.len());
        for _ in events {
            let Reply::Number(code) = self.wire.reply().await? else { bail!("an outcome that is no number") };
            outcomes.push(outcome(u8::try_from(code).map_or(b'?', |code| b'0' + code))?);
        }
        Ok(outcomes)
    }

    async fn batched(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
        self.wire.command(3 + 3 * events.len());
        self.wire.part(b"EVALSHA");
        self.wire.part(&self.script);
        self.wire.number(2 * events.len() as i64);
        for event in events {
            self.name(event);
            self.wire.part(&self.wallet);
            self.wire.part(&self.id);
        }
        for event in events {
            self.wire.number(event.price.total());
        }
        self.wire.send().await?;
        let Reply::Text(codes) = self.wire.reply().await? else { bail!("outcomes that are no text") };
        ensure!(codes.len() == events.len(), "{} answers to {} events", codes.len(), events.len());
        codes.iter().map(|code| outcome(*code)).collect()
    }

    /// The keys of an event: its wallet, and (wallet, source, id); the source is empty.
    fn name(&mut self, event: &Event) {
        self.wallet.clear();
        put_wallet(&mut self.wallet, event.wallet);
        self.id.clear();
        self.id.extend_from_slice(&self.wallet);
        self.id.extend_from_slice(b"::");
        put_id(&mut self.id, event.number);
    }
}

/// Of the digit that a script answers.
fn outcome(code: u8) -> Result<Outcome> {
    match code {
        b'0' => Ok(Outcome::Charged),
        b'1' => Ok(Outcome::Duplicate),
        b'2' => Ok(Outcome::Refused),
        other => bail!("redis answers {:?}", char::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_synced_first() {
        let value = |name: &str| SETTINGS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        assert_eq!((value("appendonly"), value("appendfsync")), (Some("yes"), Some("always")));
        assert_eq!(
            value("maxmemory-policy"),
            Some("noeviction"),
            "an id that is dropped would be charged again"
        );
    }

    #[test]
    fn codes_are_outcomes() {
        let told = [b'0', b'1', b'2'].map(|code| outcome(code).expect("a code"));
        assert_eq!(told, [Outcome::Charged, Outcome::Duplicate, Outcome::Refused]);
        assert!(outcome(b'3').is_err() && outcome(b'?').is_err());
    }
}
