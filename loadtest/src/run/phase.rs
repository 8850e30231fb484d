//! One measurement: groups of connections that send at once, what came back, and what it cost.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::task::{JoinSet, LocalSet};

use super::stand::Stand;
use crate::clock;
use crate::load::draw::Draw;
use crate::load::drive::{Driver, Loss};
use crate::load::encode::{Encoder, Format};
use crate::load::feed::{Feed, Spice};
use crate::load::http::Connection;
use crate::load::lines::Telling;
use crate::load::schedule::{Pace, Schedule, Window};
use crate::load::tally::{Counts, Tally};
use crate::machine::metrics::Reading;
use crate::machine::process;
use crate::machine::sync::Probe;
use crate::report::{CostReport, GroupReport, PhaseReport};

const GLANCE: Duration = Duration::from_millis(250);

/// Connections that send alike.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: &'static str,
    pub connections: u32,
    pub batch: u32,
    pub pace: Pace,
    pub draw: Draw,
    pub spice: Spice,
    pub format: Format,
    pub telling: Telling,
    pub loss: Loss,
}

/// What is measured at once.
#[derive(Clone, Debug)]
pub struct Phase {
    pub name: String,
    pub groups: Vec<Group>,
    pub warm_up: Duration,
    pub measured: Duration,
    pub seed: u64,
}

/// What a phase has shown, and the counts that the engine's counters are held against.
pub struct Outcome {
    pub report: PhaseReport,
    pub all: Counts,
}

/// The process, the disk and the engine's figures at one instant.
struct Sample {
    server_cpu_seconds: Option<f64>,
    client_cpu_seconds: f64,
    written_bytes: Option<u64>,
    metrics: Reading,
}

impl Group {
    /// Events a second that are meant to be sent; `None` in a closed loop.
    fn target(&self) -> Option<f64> {
        let requests_per_second = match self.pace {
            Pace::Closed => return None,
            Pace::Open { requests_per_second } => requests_per_second,
            Pace::Bursts { requests, every } => requests as f64 / every.as_secs_f64(),
        };
        Some(requests_per_second * f64::from(self.batch))
    }
}

impl Sample {
    async fn take(stand: &Stand) -> Result<Sample> {
        let process = stand.process();
        Ok(Sample {
            metrics: Reading::take(&stand.client).await?,
            server_cpu_seconds: process.as_deref().map(process::cpu_seconds).transpose()?,
            client_cpu_seconds: process::cpu_seconds("self")?,
            // Only the owner of a process may read what it has written.
            written_bytes: process.as_deref().and_then(|process| process::written_bytes(process).ok()),
        })
    }
}

/// One group under way.
struct Under {
    group: Group,
    schedule: Rc<Schedule>,
    tally: Rc<RefCell<Tally>>,
}

pub async fn run(stand: &Stand, phase: Phase) -> Result<Outcome> {
    LocalSet::new().run_until(measure(stand, phase)).await
}

async fn measure(stand: &Stand, phase: Phase) -> Result<Outcome> {
    let Phase { name, groups, warm_up, measured, seed } = phase;
    stand.progress.step(&name, (warm_up + measured).as_secs());
    let mut opened = Vec::new();
    for group in groups {
        let mut connections = Vec::new();
        for _ in 0..group.connections {
            connections.push(Connection::open(&stand.url).await?);
        }
        opened.push((group, connections));
    }
    let window = Window::of(warm_up, measured);
    let mut tasks = JoinSet::new();
    let mut under = Vec::new();
    for (group, connections) in opened {
        let schedule = Rc::new(Schedule::new(group.pace, window));
        let tally = Rc::new(RefCell::new(Tally::new()?));
        for (number, connection) in (0..).zip(connections) {
            let driver = driver(stand, &group, (number, seed), connection, (&schedule, &tally));
            tasks.spawn_local(driver.run());
        }
        under.push(Under { group, schedule, tally });
    }
    let watched = watch(stand, &window, &under);
    let ended = async {
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        anyhow::Ok(())
    };
    let (cost, ()) = tokio::try_join!(watched, ended)?;
    let mut all = Counts::default();
    let mut reports = Vec::new();
    for Under { group, schedule, tally } in &under {
        let mut tally = tally.borrow_mut();
        tally.unsent += schedule.unsent() * u64::from(group.batch);
        all.add(tally.all);
        let target = group.target();
        reports.push(GroupReport::of(group.name, group.connections, group.batch, target, &tally, &window));
    }
    ensure!(reports.iter().any(|group| group.events > 0), "{name}: nothing was answered in the window");
    let report = PhaseReport {
        name,
        warm_up_seconds: warm_up.as_secs_f64(),
        seconds: measured.as_secs_f64(),
        groups: reports,
        cost,
    };
    Ok(Outcome { report, all })
}

fn driver(
    stand: &Stand,
    group: &Group,
    (number, seed): (u32, u64),
    connection: Connection,
    (schedule, tally): (&Rc<Schedule>, &Rc<RefCell<Tally>>),
) -> Driver {
    let unique = stand.next_connection();
    let encoder = Encoder::new(group.format, group.telling, &stand.run, unique);
    let encoder = match stand.fixed_at {
        Some(instant) => encoder.fixed_at(instant),
        None => encoder,
    };
    let draw = group.draw.of_connection(number, group.connections);
    Driver {
        url: stand.url.clone(),
        start: encoder.start(&stand.url, &stand.key),
        connection,
        feed: Feed::new(seed.wrapping_add(u64::from(unique)), draw, group.spice),
        encoder,
        batch: group.batch,
        loss: group.loss,
        schedule: Rc::clone(schedule),
        tally: Rc::clone(tally),
        ledger: Rc::clone(&stand.ledger),
    }
}

/// Looks at the engine when the window opens and when it closes.
async fn watch(stand: &Stand, window: &Window, under: &[Under]) -> Result<CostReport> {
    show_until(stand, window, window.start).await;
    let (before, events) = (Sample::take(stand).await, answered(under));
    let probe = Probe::start(&stand.folder)?;
    show_until(stand, window, window.end).await;
    let (after, events) = (Sample::take(stand).await, answered(under) - events);
    let syncs = probe.finish()?;
    // An engine that is killed on purpose cannot be asked at both ends.
    let (Ok(before), Ok(after)) = (before, after) else { return Ok(CostReport::default()) };
    let process = stand.process();
    let resident = process.as_deref().map(process::memory_bytes).transpose()?.map(|(now, _)| now);
    let each = |all: f64| all / events.max(1) as f64;
    let cpu = after.server_cpu_seconds.zip(before.server_cpu_seconds).map(|(after, before)| after - before);
    let written = after.written_bytes.zip(before.written_bytes);
    let grown = |name: &str| after.metrics.grown_since(&before.metrics, name);
    let behind = after.metrics.sum("farebox_views_behind_rows");
    let rows_per_second = grown("farebox_view_rows_total").map(|rows| rows / window.seconds());
    let wallets = stand.ledger.borrow().active().max(1);
    Ok(CostReport {
        server_cpu_us_per_event: cpu.map(|seconds| each(seconds * 1e6)),
        client_cpu_us_per_event: each((after.client_cpu_seconds - before.client_cpu_seconds) * 1e6),
        resident_bytes: resident,
        resident_bytes_per_wallet: resident.map(|bytes| bytes as f64 / wallets as f64),
        written_bytes_per_event: written.map(|(after, before)| each((after - before) as f64)),
        syncs_per_second: grown("farebox_commits_total").map(|commits| commits / window.seconds()),
        commit_p99_ms: after
            .metrics
            .quantile_since(&before.metrics, "farebox_commit_duration_seconds", 0.99)
            .map(|seconds| seconds * 1_000.0),
        sync_p99_ms: (!syncs.is_empty()).then(|| syncs.value_at_quantile(0.99) as f64 / 1_000.0),
        views_behind_rows: behind,
        views_behind_seconds: behind
            .zip(rows_per_second)
            .map(|(rows, pace)| if rows > 0.0 { rows / pace.max(1.0) } else { 0.0 }),
        compaction_owed_bytes: after.metrics.sum_of_names_with("pending_compaction_bytes"),
        writes_stalled_seconds: grown("farebox_rocksdb_stall_seconds_total"),
    })
}

fn answered(under: &[Under]) -> u64 {
    under.iter().map(|under| under.tally.borrow().all.events()).sum()
}

async fn show_until(stand: &Stand, window: &Window, instant: std::time::Instant) {
    while clock::tick() < instant {
        let next = (clock::tick() + GLANCE).min(instant);
        tokio::time::sleep_until(next.into()).await;
        stand.progress.at((clock::tick() - window.begin).as_secs());
    }
}
