//! One wallet floods, as fast as the engine answers; what counts is how long the others wait, with it and without.

use anyhow::Result;

use super::{Bench, open};
use crate::load::draw::Draw;
use crate::run::phase::Group;
use crate::run::settle;

/// Events a second of the others, in small requests, where no rate is asked for.
const RATE: f64 = 20_000.0;
const BATCH: u32 = 100;

pub async fn run(bench: &mut Bench<'_>) -> Result<()> {
    let (batch, pace) = open(bench.options.load.rate.unwrap_or(RATE), BATCH, bench.options.load.linger());
    let others = Group { name: "others", batch, pace, ..bench.group(None) };
    let flood = Group { name: "flood", draw: Draw::One(bench.plan.apart()), ..bench.group(None) };
    let without = bench.phase("others alone", vec![others.clone()]).await?;
    settle::views(&bench.stand.client).await?;
    let with = bench.phase("others beside a flood", vec![others, flood]).await?;
    bench.main_figures(&with);
    let (alone, beside) = (without.groups[0].latency.p99_ms, with.groups[0].latency.p99_ms);
    bench.figure("others_alone_p99_ms", alone);
    bench.figure("others_beside_p99_ms", beside);
    bench.figure("others_p99_ratio", beside / alone.max(0.001));
    bench.figure("flood_events_per_second", with.groups[1].events_per_second);
    Ok(())
}
