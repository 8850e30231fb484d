//! One kind of traffic at one rate: as fast as the engine answers, at a given rate, or at the knee and half of it.

use std::time::Duration;

use anyhow::{Context, Result};

use super::Bench;
use crate::report::{PhaseReport, Step};
use crate::run::{knee, settle};

/// Long enough for a queue that grows to be seen in p99.
const STEP: Duration = Duration::from_secs(5);

pub async fn run(bench: &mut Bench<'_>) -> Result<()> {
    let name = bench.options.scenario.name();
    if bench.options.load.knee {
        return around_the_knee(bench, &name).await;
    }
    let group = bench.group(bench.options.load.rate);
    let phase = bench.phase(&name, vec![group]).await?;
    bench.main_figures(&phase);
    Ok(())
}

async fn around_the_knee(bench: &mut Bench<'_>, name: &str) -> Result<()> {
    let mut search = knee::Search::new();
    while let Some(rate) = search.next() {
        let step = try_rate(bench, rate).await?;
        search.enter(rate, step.holds);
        bench.found.steps.push(step);
    }
    let knee = search.knee().with_context(|| {
        format!("p99 is above {} ms even at the lowest rate that was tried", bench.options.load.bound)
    })?;
    let group = bench.group(Some(knee / 2.0));
    let phase = bench.phase(&format!("{name}, half the knee"), vec![group]).await?;
    bench.main_figures(&phase);
    bench.figure("knee_events_per_second", knee);
    bench.figure("half_knee_p99_ms", phase.groups[0].latency.p99_ms);
    Ok(())
}

async fn try_rate(bench: &mut Bench<'_>, rate: f64) -> Result<Step> {
    let group = bench.group(Some(rate));
    let measured = STEP.min(bench.options.load.measured());
    let report = bench.untold_phase(&format!("{rate:.0} events/s"), vec![group], measured).await?;
    // What one step leaves behind must not be the next one's.
    settle::views(&bench.stand.client).await?;
    Ok(step(rate, &report, bench.options.load.bound))
}

fn step(rate: f64, report: &PhaseReport, bound_ms: f64) -> Step {
    let group = &report.groups[0];
    Step {
        events_per_second: rate,
        reached_events_per_second: group.events_per_second,
        p50_ms: group.latency.p50_ms,
        p99_ms: group.latency.p99_ms,
        unsent: group.unsent,
        holds: group.latency.p99_ms <= bound_ms && group.unsent == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_holds_where_p99_keeps_the_bound_and_everything_was_sent() {
        let mut report = crate::report::tests::sample().runs.remove(0).phases.remove(0);
        for (bound, unsent, want) in [(10.0, 0, true), (9.0, 0, false), (10.0, 1, false)] {
            report.groups[0].unsent = unsent;
            assert_eq!(step(1.0, &report, bound).holds, want, "p99 is 9.25: bound {bound}, {unsent} unsent");
        }
    }
}
