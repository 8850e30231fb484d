//! Balances are read at a rate and a year of one wallet is exported, over and over, beside the traffic, and without.
//!
//! The rate of a store that grows falls, and a shared machine is faster at one time than at another: the time is divided
//! among several turns with reads and without, in an order in which both change alike.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use hdrhistogram::Histogram;
use jiff::{SignedDuration, tz::TimeZone};
use tokio::task::{JoinSet, LocalSet};

use super::Bench;
use crate::clock;
use crate::load::draw::Draw;
use crate::load::event::wallet_name;
use crate::load::http::{Connection, Start};
use crate::load::schedule::{Pace, Schedule, Window};
use crate::load::tally::micros;
use crate::report::Latency;
use crate::run::phase::Group;
use crate::run::settle;

const READERS: u32 = 16;
const FILL: Duration = Duration::from_secs(5);
const DAYS: i64 = 365;
/// Whether there are reads: the turns without come as early, and as late, as those with them.
const TURNS: [bool; 8] = [false, true, true, false, false, true, true, false];

/// What was read meanwhile.
struct Read {
    latency_us: Rc<RefCell<Histogram<u64>>>,
    rows: Rc<Cell<u64>>,
}

pub async fn run(bench: &mut Bench<'_>) -> Result<()> {
    let big = Group { draw: Draw::One(bench.plan.apart()), ..bench.group(None) };
    let fill = FILL.min(bench.options.load.measured());
    bench.untold_phase("filling the wallet that is exported", vec![big], fill).await?;
    settle::views(&bench.stand.client).await?;
    let group = bench.group(bench.options.load.rate);
    let read = Read {
        latency_us: Rc::new(RefCell::new(Histogram::new_with_bounds(1, 600_000_000, 3)?)),
        rows: Rc::new(Cell::new(0)),
    };
    // Half of the turns are one kind.
    let turns = TURNS.len() as u32 / 2;
    let turn = bench.options.load.measured() / turns;
    let mut rates = [Vec::new(), Vec::new()];
    for (number, with_reads) in (1..).zip(TURNS) {
        settle::views(&bench.stand.client).await?;
        let outcome = if with_reads {
            let readers = readers(bench, &read);
            let local = LocalSet::new();
            let readers = local.run_until(readers);
            beside(bench.measured(&format!("{number}: beside reads"), vec![group.clone()], turn), readers)
                .await?
        } else {
            bench.measured(&format!("{number}: without reads"), vec![group.clone()], turn).await?
        };
        let told = bench.keep(outcome);
        if with_reads {
            bench.main_figures(&told);
        }
        rates[usize::from(with_reads)].push(told.groups[0].events_per_second);
    }
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    let [before, after] = [mean(&rates[0]), mean(&rates[1])];
    let seconds = (bench.options.load.warm_up() + turn).as_secs_f64() * f64::from(turns);
    let (reads, latency) = {
        let histogram = read.latency_us.borrow();
        (histogram.len(), Latency::of(&histogram))
    };
    ensure!(reads > 0 || bench.options.load.balance_reads == 0.0, "no balance was read");
    if read.rows.get() == 0 && bench.options.load.exports > 0 {
        // Exports run at the lowest priority: on a machine that is busy with other things too they may not begin.
        bench.note("not a row was exported meanwhile");
    }
    // All turns', where the other figures are the last one's.
    bench.figure("events_per_second", after);
    bench.figure("without_reads_events_per_second", before);
    bench.figure("beside_reads_ratio", after / before);
    bench.figure("balance_reads_per_second", reads as f64 / seconds);
    bench.figure("balance_reads_p99_ms", latency.p99_ms);
    bench.figure("exported_rows_per_second", read.rows.get() as f64 / seconds);
    Ok(())
}

/// What the first comes to; the second goes on as long, and may only fail.
async fn beside<T>(
    measured: impl Future<Output = Result<T>>,
    beside: impl Future<Output = Result<()>>,
) -> Result<T> {
    tokio::select! {
        outcome = measured => outcome,
        ended = beside => {
            ended?;
            anyhow::bail!("the readers have ended before the measurement")
        }
    }
}

async fn readers(bench: &Bench<'_>, read: &Read) -> Result<()> {
    let (stand, load, wallets) = (&bench.stand, &bench.options.load, bench.plan.drawn);
    let mut tasks = JoinSet::new();
    if load.balance_reads > 0.0 {
        let longest = load.warm_up() + load.measured() + Duration::from_secs(600);
        let pace = Pace::Open { requests_per_second: load.balance_reads };
        let schedule = Rc::new(Schedule::new(pace, Window::of(Duration::ZERO, longest)));
        for number in 0..READERS {
            let connection = Connection::open(&stand.url).await?;
            let (url, key, run) = (stand.url.clone(), stand.key.clone(), stand.run.clone());
            let (schedule, latency) = (Rc::clone(&schedule), Rc::clone(&read.latency_us));
            tasks.spawn_local(async move {
                let (mut connection, mut rng) = (connection, Rng::with_seed(u64::from(number)));
                while let Some(intended) = schedule.next().await {
                    let wallet = wallet_name(&run, rng.u32(0..wallets));
                    let start =
                        Start::new(&url, &key, &format!("GET /v1/wallets/{wallet}"), "application/json");
                    let status = connection.call(&start, b"").await?.status;
                    ensure!(status == 200, "reading {wallet}: {status}");
                    latency.borrow_mut().saturating_record(micros(intended.elapsed()));
                }
                anyhow::Ok(())
            });
        }
    }
    let today = clock::now().to_zoned(TimeZone::UTC).date();
    let from = today - SignedDuration::from_hours(24 * (DAYS - 1));
    let big = wallet_name(&stand.run, bench.plan.apart());
    for _ in 0..load.exports {
        let path = format!("/v1/wallets/{big}/entries.csv?from={from}&to={today}");
        let (client, rows) = (stand.client.clone(), Rc::clone(&read.rows));
        tasks.spawn_local(async move {
            loop {
                let mut response = client.download(&path).await?.context("there is no export")?;
                while let Some(chunk) = response.chunk().await? {
                    let here = chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
                    rows.set(rows.get() + here);
                }
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    if load.balance_reads == 0.0 && load.exports == 0 {
        // Nothing is read beside the traffic: there is nobody whose early end would tell anything.
        std::future::pending::<()>().await;
    }
    Ok(())
}
