//! PostgreSQL, started from the installed package: a table of wallets, a table of events, two functions.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::drive::{Caller, Told};
use super::fold::Outcome;
use super::ledger::{Disk, Held, Ledger, Setting, Shape};
use super::postgres_wire::{Value, Wire, integers};
use super::process::{Folder, Process, patiently};
use super::stream::{Event, Stream, put_id, put_wallet, wallet_name};
use crate::clock;

const SCHEMA: &str = include_str!("postgres.sql");
/// What the events' source is: none.
const SOURCE: &[u8] = b"";
/// Its socket in the folder of sockets: named after the port that it does not listen on.
const SOCKET: &str = ".s.PGSQL.5432";
const USER: &str = "postgres";

/// As for a machine whose whole purpose this is; `shared_buffers` comes to it. No checkpoint falls into the measurement,
/// which saves the whole pages that each would have written to the log again.
const SETTINGS: [(&str, &str); 20] = [
    ("synchronous_commit", "on"),
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("wal_sync_method", "fdatasync"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("wal_buffers", "64MB"),
    ("max_wal_size", "64GB"),
    ("min_wal_size", "4GB"),
    ("checkpoint_timeout", "1h"),
    ("checkpoint_completion_target", "0.9"),
    ("huge_pages", "try"),
    ("work_mem", "64MB"),
    ("maintenance_work_mem", "512MB"),
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("autovacuum", "on"),
    ("max_connections", "100"),
    ("listen_addresses", ""),
    ("log_min_messages", "warning"),
];

/// How events are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A function call, and a transaction, an event.
    Single,
    /// A function call for all, with arrays.
    Batched,
}

pub struct Postgres {
    /// Where `initdb` and `postgres` are.
    programs: PathBuf,
    folder: Folder,
    way: Way,
    process: Option<Process>,
}

pub struct PostgresCaller {
    wire: Wire,
    way: Way,
    depth: usize,
}

/// A user and a group, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owner {
    user: u32,
    group: u32,
}

/// The newest of the versions installed as Debian does.
pub fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let numbered = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_string_lossy().parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let complete = numbered.filter(|(_, programs)| has_programs(programs));
    complete.max().map(|(_, programs)| programs)
}

pub fn has_programs(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file())
}

impl Postgres {
    pub fn new(programs: PathBuf, folder: Folder, way: Way) -> Postgres {
        Postgres { programs, folder, way, process: None }
    }

    fn process(&self) -> Result<&Process> {
        self.process.as_ref().context("postgres is not running")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn sockets(&self) -> PathBuf {
        self.folder.path().join("sockets")
    }

    /// One of its programs, as the user that it wants to be.
    fn program(&self, name: &str) -> Result<Command> {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(self.folder.path());
        if let Some(owner) = owner()? {
            command.uid(owner.user).gid(owner.group);
        }
        Ok(command)
    }

    fn make(&self) -> Result<()> {
        for folder in [self.data(), self.sockets()] {
            fs::create_dir(&folder)?;
            if let Some(owner) = owner()? {
                chown(&folder, Some(owner.user), Some(owner.group))?;
            }
        }
        let mut initdb = self.program("initdb")?;
        initdb.args(["--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=trust"]);
        let made = initdb.arg("-D").arg(self.data()).output().context("running initdb")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        Ok(())
    }

    async fn connect(&self) -> Result<Wire> {
        Wire::connect(&self.sockets().join(SOCKET), USER).await
    }
}

impl Ledger for Postgres {
    type Caller = PostgresCaller;

    async fn start(&mut self) -> Result<()> {
        if !self.data().exists() {
            self.make()?;
        }
        let mut command = self.program("postgres")?;
        command.arg("-D").arg(self.data()).arg("-k").arg(self.sockets());
        for Setting { name, value } in settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let mut process = Process::start(&mut command, &self.folder.path().join("log"))?;
        let ready = async |_: &mut Process| Ok(self.connect().await.ok());
        patiently(&mut process, ready).await.context("postgres")?;
        self.process = Some(process);
        Ok(())
    }

    async fn open(&mut self, stream: &Stream) -> Result<()> {
        let mut wire = self.connect().await?;
        wire.query(SCHEMA).await?;
        let row = |(wallet, opening)| format!("('{}', {opening})", wallet_name(wallet));
        let rows: Vec<String> = (0..).zip(stream.openings()).map(row).collect();
        wire.query(&format!("INSERT INTO wallet VALUES {}", rows.join(", "))).await?;
        wire.query("VACUUM ANALYZE wallet").await?;
        wire.query("CHECKPOINT").await.map(drop)
    }

    async fn caller(&self, shape: &Shape) -> Result<PostgresCaller> {
        let mut wire = self.connect().await?;
        wire.query(&format!("SET commit_delay = {}", shape.commit_delay_us)).await?;
        let text = match self.way {
            Way::Single => "SELECT debit($1, $2, $3, $4, $5)",
            Way::Batched => "SELECT duplicates, refused FROM debit_batch($1, $2, $3, $4, $5)",
        };
        wire.prepare(text).await?;
        Ok(PostgresCaller { wire, way: self.way, depth: usize::from(shape.depth) })
    }

    fn kill(&mut self) -> Result<()> {
        self.process.take().context("postgres is not running")?.kill()
    }

    fn cpu_seconds(&self) -> Result<f64> {
        self.process()?.cpu_seconds()
    }

    fn disk(&self) -> Result<Disk> {
        Disk::of(&self.data(), "pg_wal")
    }

    async fn held(&self, stream: &Stream) -> Result<Held> {
        let mut wire = self.connect().await?;
        let rows = wire.query("SELECT id, balance FROM wallet ORDER BY id").await?;
        ensure!(rows.len() == stream.wallets() as usize, "{} wallets", rows.len());
        let mut balances = Vec::with_capacity(rows.len());
        for (row, wallet) in rows.iter().zip(0..) {
            ensure!(text(&row[0])? == wallet_name(wallet), "the wallets are not those that were made");
            balances.push(text(&row[1])?.parse()?);
        }
        // Amounts are above zero: the lowest balance is the last one.
        let differing = "SELECT count(*) FROM wallet JOIN \
            (SELECT wallet, min(balance_after) AS last FROM event GROUP BY wallet) AS lasts ON wallet = id \
            WHERE last <> balance";
        let mut counted = async |query: &str| {
            let rows = wire.query(query).await?;
            let value = rows.first().and_then(|row| row.first()).context("a count that is not there")?;
            anyhow::Ok(text(value)?.parse::<u64>()?)
        };
        let (charged, differing) = (counted("SELECT count(*) FROM event").await?, counted(differing).await?);
        let fault = format!("{differing} wallets have another balance than after their last event");
        let faults = if differing == 0 { Vec::new() } else { vec![fault] };
        Ok(Held { balances, charged, faults })
    }

    fn settings(&self) -> Vec<Setting> {
        let version = Command::new(self.programs.join("postgres")).arg("--version").output();
        let version = version.map(|told| String::from_utf8_lossy(&told.stdout).trim().to_owned());
        let mut all = vec![Setting::new("version", version.unwrap_or_default())];
        all.extend(settings());
        let function = if self.way == Way::Batched { "debit_batch" } else { "debit" };
        all.push(Setting::new("function", format!("{function} of postgres.sql, prepared")));
        all
    }
}

impl Caller for PostgresCaller {
    async fn call(&mut self, events: &[Event], told: &mut Told) -> Result<()> {
        let outcomes = match self.way {
            Way::Single => self.singles(events, told).await?,
            Way::Batched => {
                let sent = clock::tick();
                let outcomes = self.batch(events).await?;
                told.took(sent.elapsed());
                outcomes
            }
        };
        outcomes.into_iter().for_each(|outcome| told.counts.count(outcome));
        Ok(())
    }

    async fn outcomes(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
        match self.way {
            Way::Single => self.singles(events, &mut Told::default()).await,
            Way::Batched => self.batch(events).await,
        }
    }
}

impl PostgresCaller {
    async fn batch(&mut self, events: &[Event]) -> Result<Vec<Outcome>> {
        self.wire.call(5, |call| {
            call.texts(events, |out, event| put_wallet(out, event.wallet));
            call.texts(events, |out, _| out.extend_from_slice(SOURCE));
            call.texts(events, |out, event| put_id(out, event.number));
            call.bigints(events.iter().map(|event| event.price.unit_price));
            call.bigints(events.iter().map(|event| event.price.carrier_fee));
        });
        self.wire.send().await?;
        let row = self.wire.answer().await?;
        ensure!(row.len() == 2, "{} columns", row.len());
        let mut outcomes = vec![Outcome::Charged; events.len()];
        for (outcome, lines) in [Outcome::Duplicate, Outcome::Refused].into_iter().zip(&row) {
            for line in integers(lines)? {
                let at = usize::try_from(line - 1)?;
                *outcomes.get_mut(at).context("a line that was not sent")? = outcome;
            }
        }
        Ok(outcomes)
    }

    /// Some calls are under way at a time; the connection carries them in order.
    async fn singles(&mut self, events: &[Event], told: &mut Told) -> Result<Vec<Outcome>> {
        let (mut outcomes, mut sent) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
        while outcomes.len() < events.len() {
            let more = events.len().min(outcomes.len() + self.depth);
            for event in &events[sent.len()..more] {
                self.single(event);
                sent.push(clock::tick());
            }
            self.wire.send().await?;
            let row = self.wire.answer().await?;
            told.took(sent[outcomes.len()].elapsed());
            outcomes.push(outcome(&row)?);
        }
        Ok(outcomes)
    }

    /// Writes one call; it is sent with the next ones.
    fn single(&mut self, event: &Event) {
        let (mut wallet, mut id) = (Vec::new(), Vec::new());
        put_wallet(&mut wallet, event.wallet);
        put_id(&mut id, event.number);
        self.wire.call(5, |call| {
            [&wallet, SOURCE, &id].into_iter().for_each(|text| call.text(text));
            call.bigint(event.price.unit_price);
            call.bigint(event.price.carrier_fee);
        });
    }
}

/// What `debit` answers.
fn outcome(row: &[Value]) -> Result<Outcome> {
    let code = row.first().cloned().flatten().context("an outcome that is not there")?;
    match code[..] {
        [0, 0, 0, 0] => Ok(Outcome::Charged),
        [0, 0, 0, 1] => Ok(Outcome::Duplicate),
        [0, 0, 0, 2] => Ok(Outcome::Refused),
        _ => bail!("debit answers {code:?}"),
    }
}

/// A value of a plain query.
fn text(value: &Value) -> Result<&str> {
    Ok(std::str::from_utf8(value.as_ref().context("a value that is not there")?)?)
}

/// A quarter of the machine's memory, as its manual advises; the rest is left to the file system's cache.
fn settings() -> Vec<Setting> {
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let mut settings = Setting::list(&SETTINGS);
    settings.push(Setting::new("shared_buffers", format!("{}MB", shared_megabytes(&memory))));
    settings
}

fn shared_megabytes(meminfo: &str) -> u64 {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = total.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    (kibibytes.unwrap_or(0) / 4 / 1_024).max(128)
}

/// Whom its programs run as: they refuse to be root.
fn owner() -> Result<Option<Owner>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let found = ["postgres", "nobody"].iter().find_map(|name| user(&users, name));
    found.map(Some).context("there is neither a user postgres nor a user nobody")
}

fn user(passwd: &str, name: &str) -> Option<Owner> {
    let fields: Vec<&str> =
        passwd.lines().map(|line| line.split(':').collect()).find(|fields: &Vec<&str>| fields[0] == name)?;
    Some(Owner { user: fields.get(2)?.parse().ok()?, group: fields.get(3)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_durable() {
        let value =
            |name: &str| settings().into_iter().find(|setting| setting.name == name).map(|it| it.value);
        for (name, want) in [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")] {
            assert_eq!(value(name).as_deref(), Some(want), "{name}");
        }
        assert!(!SCHEMA.to_lowercase().contains("unlogged"), "tables are logged");
    }

    #[test]
    fn a_quarter_of_memory_is_shared() {
        assert_eq!(shared_megabytes("MemTotal:       24576000 kB\nMemFree: 1 kB\n"), 6_000);
        assert_eq!(shared_megabytes(""), 128);
    }

    #[test]
    fn users_are_found_by_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n";
        assert_eq!(user(passwd, "postgres"), Some(Owner { user: 101, group: 104 }));
        assert_eq!(user(passwd, "nobody"), None);
    }

    #[test]
    fn outcomes_are_numbers() {
        let row = |code: &'static [u8]| [Some(bytes::Bytes::from_static(code))];
        for (code, want) in [(0, Outcome::Charged), (1, Outcome::Duplicate), (2, Outcome::Refused)] {
            let bytes: &'static [u8] = [&[0, 0, 0, 0], &[0, 0, 0, 1], &[0, 0, 0, 2]][code];
            assert_eq!(outcome(&row(bytes)).expect("an outcome"), want);
        }
        assert!(outcome(&row(&[0, 0, 0, 3])).is_err() && outcome(&[None]).is_err());
    }
}
