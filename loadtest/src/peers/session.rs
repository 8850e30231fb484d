//! One stay at one server: a check of every outcome, a trial of the ways to call it, or a measurement with its audit.

use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::drive::{Caller, Driven, Measured, Window, drive};
use super::fold::{Counts, Fold};
use super::ledger::{Disk, Held, Ledger, Setting, Shape};
use super::stream::{Feed, Stream};
use crate::clock;
use crate::machine::process::cpu_seconds;

/// Batches of the check: a wallet has several events in one, and some run dry within one.
const CHECKED: usize = 20;
/// Where every event is synced by itself.
const CHECKED_SINGLY: usize = 2;
pub const CHECKED_EVENTS: u16 = 2_000;
const WALLETS_CHECKED: u32 = 640;
const TRIAL_WARM_UP: Duration = Duration::from_secs(1);
/// Differences that are told one by one.
const TOLD_MAX: usize = 5;

pub enum Job<'j> {
    /// One connection; every outcome is compared.
    Check {
        seed: u64,
        shape: Shape,
    },
    /// Each shape for so long.
    Trial {
        stream: &'j Rc<Stream>,
        shapes: &'j [Shape],
        time: Duration,
    },
    Measure {
        stream: &'j Rc<Stream>,
        shape: Shape,
        warm_up: Duration,
        time: Duration,
    },
}

pub enum Told {
    /// What was found to differ, and the server's settings.
    Checked {
        differences: Vec<String>,
        settings: Vec<Setting>,
    },
    /// Events a second of every shape.
    Tried(Vec<(Shape, f64)>),
    Measured(Box<Run>),
}

/// What one run came to.
pub struct Run {
    pub seconds: f64,
    pub measured: Measured,
    /// Warm-up included.
    pub all: Counts,
    /// While it counted.
    pub server_cpu_seconds: f64,
    pub client_cpu_seconds: f64,
    /// Since before the first event.
    pub disk: Disk,
    /// From SIGKILL to answering again.
    pub restart_seconds: f64,
    pub load_average: String,
    pub differences: Vec<String>,
}

impl Job<'_> {
    pub async fn play<L: Ledger>(&self, mut ledger: L) -> Result<Told> {
        match self {
            Job::Check { seed, shape } => check(&mut ledger, *seed, *shape).await,
            Job::Trial { stream, shapes, time } => trial(&mut ledger, stream, shapes, *time).await,
            Job::Measure { stream, shape, warm_up, time } => {
                let run = measure(&mut ledger, stream, *shape, *warm_up, *time).await?;
                Ok(Told::Measured(Box::new(run)))
            }
        }
    }
}

impl Run {
    pub fn events_per_second(&self) -> f64 {
        self.measured.counts.events() as f64 / self.seconds
    }
}

async fn check<L: Ledger>(ledger: &mut L, seed: u64, shape: Shape) -> Result<Told> {
    let stream = Stream::new(seed, WALLETS_CHECKED);
    ledger.start().await?;
    ledger.open(&stream).await?;
    let mut caller = ledger.caller(&shape).await?;
    let (mut feed, mut fold, mut events) = (Feed::new(&stream, 0, 0, 1), Fold::new(&stream), Vec::new());
    let (mut differences, mut answered) = (Vec::new(), Counts::default());
    let batches = if shape.events > 1 { CHECKED } else { CHECKED_SINGLY };
    for _ in 0..batches {
        feed.fill(&mut events, usize::from(CHECKED_EVENTS));
        let outcomes = caller.outcomes(&events).await?;
        ensure!(outcomes.len() == events.len(), "{} outcomes of {}", outcomes.len(), events.len());
        for (event, outcome) in events.iter().zip(outcomes) {
            let want = fold.take(event);
            answered.count(outcome);
            if outcome != want {
                differences.push(format!("event {}: {outcome:?}, {want:?} wanted", event.number));
            }
        }
    }
    drop(caller);
    ledger.kill()?;
    ledger.start().await.context("after SIGKILL")?;
    differences.extend(compared(&fold, answered, &ledger.held(&stream).await?));
    Ok(Told::Checked { differences: shortened(differences), settings: ledger.settings() })
}

async fn trial<L: Ledger>(
    ledger: &mut L,
    stream: &Rc<Stream>,
    shapes: &[Shape],
    time: Duration,
) -> Result<Told> {
    ledger.start().await?;
    ledger.open(stream).await?;
    let (mut from, mut tried) = (0, Vec::new());
    for shape in shapes {
        let callers = callers(ledger, shape).await?;
        let window = Window::from_now(TRIAL_WARM_UP, time);
        let driven = drive(callers, stream, from, shape.chunk(), window).await?;
        from = driven.next_position(from);
        tried.push((*shape, driven.measured.counts.events() as f64 / time.as_secs_f64()));
    }
    Ok(Told::Tried(tried))
}

async fn measure<L: Ledger>(
    ledger: &mut L,
    stream: &Rc<Stream>,
    shape: Shape,
    warm_up: Duration,
    time: Duration,
) -> Result<Run> {
    ledger.start().await?;
    ledger.open(stream).await?;
    let callers = callers(ledger, &shape).await?;
    let (before, load_average) = (ledger.disk()?, load_average());
    let window = Window::from_now(warm_up, time);
    let spent = async {
        Window::until(window.start).await;
        let (server, client) = (ledger.cpu_seconds()?, cpu_seconds("self")?);
        Window::until(window.end).await;
        anyhow::Ok((ledger.cpu_seconds()? - server, cpu_seconds("self")? - client))
    };
    let (driven, spent) = tokio::join!(drive(callers, stream, 0, shape.chunk(), window), spent);
    let (driven, (server_cpu_seconds, client_cpu_seconds)) = (driven?, spent?);
    // Everything was answered: nothing of it may be gone now.
    let killed = clock::tick();
    ledger.kill()?;
    let disk = ledger.disk()?.since(before);
    ledger.start().await.context("after SIGKILL")?;
    let restart_seconds = killed.elapsed().as_secs_f64();
    let held = ledger.held(stream).await?;
    let Driven { sent, all, measured } = driven;
    let differences = shortened(compared(&Fold::after(stream, &sent), all, &held));
    let seconds = time.as_secs_f64();
    Ok(Run {
        seconds,
        measured,
        all,
        server_cpu_seconds,
        client_cpu_seconds,
        disk,
        restart_seconds,
        load_average,
        differences,
    })
}

async fn callers<L: Ledger>(ledger: &L, shape: &Shape) -> Result<Vec<L::Caller>> {
    let mut callers = Vec::new();
    for _ in 0..shape.connections {
        callers.push(ledger.caller(shape).await?);
    }
    Ok(callers)
}

/// What the ledger answered and what it holds, against what it should.
fn compared(fold: &Fold, answered: Counts, held: &Held) -> Vec<String> {
    let mut differences = held.faults.clone();
    if answered != fold.counts {
        differences.push(format!("answered {answered:?}, {:?} wanted", fold.counts));
    }
    if held.charged != fold.counts.charged {
        differences.push(format!("{} events charged, {} wanted", held.charged, fold.counts.charged));
    }
    if held.balances.len() != fold.balances.len() {
        differences.push(format!("{} wallets, {} wanted", held.balances.len(), fold.balances.len()));
    }
    let both = held.balances.iter().zip(&fold.balances).enumerate();
    differences.extend(both.filter(|(_, (held, want))| **held != i128::from(**want)).map(
        |(wallet, (held, want))| format!("wallet {wallet}: {held} left, {want} wanted (counts of 1e-9)"),
    ));
    differences
}

/// The first few, and how many more there are.
fn shortened(mut differences: Vec<String>) -> Vec<String> {
    let more = differences.len().saturating_sub(TOLD_MAX);
    differences.truncate(TOLD_MAX);
    if more > 0 {
        differences.push(format!("and {more} more"));
    }
    differences
}

/// Of the last minute, five and fifteen: who else was at work.
fn load_average() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_differs_is_found() {
        let stream = Stream::new(1, 640);
        let fold = Fold::after(&stream, &[4_000]);
        let right = || Held {
            balances: fold.balances.iter().copied().map(i128::from).collect(),
            charged: fold.counts.charged,
            faults: Vec::new(),
        };
        assert_eq!(compared(&fold, fold.counts, &right()), Vec::<String>::new());
        let mut one_lost = right();
        one_lost.balances[7] += 1;
        let mut one_more = right();
        one_more.charged += 1;
        let mut torn = right();
        torn.faults.push("torn".to_owned());
        let mut short = right();
        short.balances.pop();
        for (held, part) in
            [(one_lost, "wallet 7"), (one_more, "charged"), (torn, "torn"), (short, "wallets")]
        {
            let found = compared(&fold, fold.counts, &held);
            assert!(found.len() == 1 && found[0].contains(part), "{part}: {found:?}");
        }
        let doubled = Counts { charged: fold.counts.charged + 1, ..fold.counts };
        assert!(compared(&fold, doubled, &right())[0].contains("answered"));
    }

    #[test]
    fn many_differences_are_counted() {
        let many = (0..8).map(|number| number.to_string()).collect();
        assert_eq!(shortened(many), ["0", "1", "2", "3", "4", "and 3 more"]);
        assert_eq!(shortened(vec!["0".to_owned()]), ["0"]);
    }
}
