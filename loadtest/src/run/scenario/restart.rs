//! Killed at full load, as by a power cut of one process; how long until it is ready again, and nothing lost.

use anyhow::{Context, Result};

use super::Bench;
use crate::load::drive::Loss;
use crate::run::phase::Group;

pub async fn run(bench: &mut Bench<'_>) -> Result<()> {
    let load = &bench.options.load;
    let group = Group { loss: Loss::Resends, ..bench.group(load.rate) };
    let engine = bench.stand.engine.as_ref().context("only an engine that is started here can be killed")?;
    let killed_after = load.warm_up() + load.measured() / 2;
    let kill = async {
        tokio::time::sleep(killed_after).await;
        let mut engine = engine.lock().await;
        engine.kill()?;
        engine.revive().await
    };
    let phase = bench.measured("killed in the middle", vec![group], load.measured());
    let (outcome, ready_seconds) = tokio::try_join!(phase, kill)?;
    let phase = bench.keep(outcome);
    bench.main_figures(&phase);
    bench.figure("ready_seconds", ready_seconds);
    bench.note(format!("killed {:.1} s after the first request", killed_after.as_secs_f64()));
    Ok(())
}
