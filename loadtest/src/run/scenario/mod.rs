//! The kinds of traffic. `Plan` is what each needs before it begins; `Bench` what they all measure with.

mod campaign;
mod noisy;
mod preloaded;
mod reads;
mod restart;
mod slow_disk;
mod steady;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;

use self::slow_disk::SlowSync;
use super::audit;
use super::options::{Load, Options, Scenario};
use super::phase::{self, Group, Phase};
use super::settle;
use super::setup::{Funding, prepare};
use super::stand::{Stand, last_words};
use crate::load::draw::{self, Draw};
use crate::load::drive::Loss;
use crate::load::event::FUNDS;
use crate::load::feed::Spice;
use crate::load::lines::Telling;
use crate::load::schedule::{Pace, batch_at};
use crate::load::tally::Counts;
use crate::machine::metrics::Reading;
use crate::money;
use crate::report::{PhaseReport, RunReport};

const WALLETS: u32 = 10_000;
const MILLION: u32 = 1_000_000;
/// Few, so that each comes to its end.
const DRY_WALLETS: u32 = 1_000;
const CONNECTIONS: u32 = 16;
const SINGLE_CONNECTIONS: u32 = 64;
const BATCH: u32 = 2_000;
const DATA: &str = "../shared/data";

/// What a scenario needs before it begins.
pub struct Plan {
    /// Of which traffic is drawn.
    drawn: u32,
    /// One more than are drawn where one wallet is set apart.
    made: u32,
    funding: Funding,
    draw: Draw,
    spice: Spice,
    connections: u32,
    batch: u32,
    slow_sync: Option<SlowSync>,
    notes: Vec<String>,
}

impl Plan {
    pub fn of(options: &Options) -> Result<Plan> {
        let load = &options.load;
        let usual = |default: u32| load.wallets.unwrap_or(default);
        let mut plan = Plan {
            drawn: usual(WALLETS),
            made: usual(WALLETS),
            funding: Funding { credit: FUNDS, automatic: None },
            draw: Draw::Uniform(usual(WALLETS)),
            spice: Spice::Plain,
            connections: load.connections.unwrap_or(CONNECTIONS),
            batch: load.batch.unwrap_or(BATCH),
            slow_sync: None,
            notes: Vec::new(),
        };
        match options.scenario {
            Scenario::Uniform | Scenario::Restart | Scenario::Preloaded => {}
            Scenario::Skewed => plan.skew(load)?,
            Scenario::Hot => plan.draw_of(1, Draw::One(0)),
            Scenario::Million => plan.draw_of(usual(MILLION), Draw::Uniform(usual(MILLION))),
            Scenario::Exhaustion => {
                plan.draw_of(usual(DRY_WALLETS), Draw::Uniform(usual(DRY_WALLETS)));
                plan.funding = Funding { credit: money::UNIT, automatic: Some(("0.5", "20")) };
            }
            Scenario::Duplicates => plan.spice = Spice::Duplicates,
            Scenario::Disorder => plan.spice = Spice::Disorder,
            Scenario::Statuses => plan.spice = Spice::Statuses,
            Scenario::SlowDisk => {
                anyhow::ensure!(
                    options.place.url.is_none(),
                    "only an engine that is started here can have a slow disk"
                );
                plan.slow_sync = Some(SlowSync::build(load.slow_ms)?);
                plan.notes.push(format!("every sync takes {} ms longer", load.slow_ms));
            }
            Scenario::Single => {
                plan.connections = load.connections.unwrap_or(SINGLE_CONNECTIONS);
                plan.batch = load.batch.unwrap_or(1);
            }
            Scenario::Campaign | Scenario::Noisy | Scenario::Reads => plan.made = plan.drawn + 1,
        }
        Ok(plan)
    }

    /// So many wallets, drawn so.
    fn draw_of(&mut self, wallets: u32, draw: Draw) {
        (self.drawn, self.made, self.draw) = (wallets, wallets, draw);
    }

    fn skew(&mut self, load: &Load) -> Result<()> {
        let data = load.data.as_deref().unwrap_or_else(|| Path::new(DATA));
        if load.data.is_some() || data.join("arrivals").is_dir() {
            let (draw, senders) = draw::arrivals(data)?;
            self.draw_of(senders, draw);
            self.notes.push(format!("{senders} senders of real traffic"));
        } else {
            self.draw = draw::zipf(self.drawn, &mut Rng::with_seed(load.seed));
            self.notes.push(format!("{} is not there: senders by a law that fits it", data.display()));
        }
        Ok(())
    }

    /// The wallet that is set apart.
    fn apart(&self) -> u32 {
        self.drawn
    }
}

/// What a run measures with, and what it has found so far.
pub struct Bench<'r> {
    options: &'r Options,
    plan: &'r Plan,
    stand: Stand,
    found: RunReport,
    /// What the engine's counters are held against.
    all: Counts,
}

/// Sets up, measures, audits.
pub async fn run(options: &Options, plan: &Plan) -> Result<RunReport> {
    let environment = plan.slow_sync.as_ref().map_or(Vec::new(), SlowSync::environment);
    let stand = Stand::set_up(&options.place, &environment).await?;
    let notes = plan.notes.clone();
    let found = RunReport { run: stand.run.clone(), notes, ..RunReport::default() };
    let mut bench = Bench { options, plan, stand, found, all: Counts::default() };
    let measured = bench.measure().await;
    measured.inspect_err(|_| eprintln!("{}", last_words(&bench.stand)))?;
    Ok(bench.found)
}

impl Bench<'_> {
    async fn measure(&mut self) -> Result<()> {
        let made = prepare(&self.stand, self.plan.made, self.plan.funding).await?;
        if let Some(bytes) = made.bytes_per_wallet {
            self.figure("resident_bytes_per_active_wallet", bytes);
        }
        settle::views(&self.stand.client).await?;
        let before = Reading::take(&self.stand.client).await?;
        match self.options.scenario {
            Scenario::Campaign => campaign::run(self).await?,
            Scenario::Noisy => noisy::run(self).await?,
            Scenario::Reads => reads::run(self).await?,
            Scenario::Restart => restart::run(self).await?,
            Scenario::Preloaded => preloaded::run(self).await?,
            _ => steady::run(self).await?,
        }
        let mut audit = audit::money(&self.stand, self.plan.made, self.plan.funding).await?;
        if self.options.scenario == Scenario::Restart {
            self.note("the engine's counters begin anew with its process: they are not compared");
        } else {
            audit.differences.extend(audit::counters(&self.stand, &before, self.all).await?);
        }
        self.figure("audit_differences", audit.differences.len() as f64);
        self.found.audit = audit;
        Ok(())
    }

    fn figure(&mut self, name: &str, value: f64) {
        self.found.figures.insert(name.to_owned(), value);
    }

    fn note(&mut self, note: impl Into<String>) {
        self.found.notes.push(note.into());
    }

    /// The figures of a phase are those of the run.
    fn main_figures(&mut self, phase: &PhaseReport) {
        self.found.figures.extend(phase.figures());
    }

    /// The scenario's own traffic, at a rate in events a second or as fast as the engine answers.
    fn group(&self, rate: Option<f64>) -> Group {
        let load = &self.options.load;
        let (batch, pace) = match rate {
            None => (self.plan.batch, Pace::Closed),
            Some(rate) => open(rate, self.plan.batch, load.linger()),
        };
        Group {
            name: "events",
            connections: self.plan.connections,
            batch,
            pace,
            draw: self.plan.draw.clone(),
            spice: self.plan.spice,
            format: load.format,
            telling: Telling { length: load.length(), campaign: None },
            loss: Loss::Fails,
        }
    }

    /// Measures; what was found is the caller's to keep.
    async fn measured(&self, name: &str, groups: Vec<Group>, measured: Duration) -> Result<phase::Outcome> {
        let load = &self.options.load;
        let phase =
            Phase { name: name.to_owned(), groups, warm_up: load.warm_up(), measured, seed: load.seed };
        phase::run(&self.stand, phase).await
    }

    fn keep(&mut self, outcome: phase::Outcome) -> PhaseReport {
        self.all.add(outcome.all);
        self.found.phases.push(outcome.report.clone());
        outcome.report
    }

    /// Measures as long as was asked for, and keeps what was found.
    async fn phase(&mut self, name: &str, groups: Vec<Group>) -> Result<PhaseReport> {
        let outcome = self.measured(name, groups, self.options.load.measured()).await?;
        Ok(self.keep(outcome))
    }

    /// Measures; the counters are kept, the report is not.
    async fn untold_phase(
        &mut self,
        name: &str,
        groups: Vec<Group>,
        measured: Duration,
    ) -> Result<PhaseReport> {
        let outcome = self.measured(name, groups, measured).await?;
        self.all.add(outcome.all);
        Ok(outcome.report)
    }
}

/// Batch and pace at a rate in events a second.
fn open(rate: f64, batch: u32, linger: Option<Duration>) -> (u32, Pace) {
    let batch = batch_at(rate, batch, linger);
    (batch, Pace::Open { requests_per_second: rate / f64::from(batch) })
}
