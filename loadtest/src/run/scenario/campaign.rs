//! One wallet sends to 100,000 recipients at once, again and again, beside even traffic of the others.

use std::time::Duration;

use anyhow::Result;

use super::{Bench, open};
use crate::load::draw::Draw;
use crate::load::lines::Telling;
use crate::load::schedule::Pace;
use crate::run::phase::Group;

const RECIPIENTS: u64 = 100_000;
const EVERY: Duration = Duration::from_secs(2);
/// A short measurement sees two bursts all the same.
const BURSTS_MIN: u32 = 2;
/// Events a second of the others, in small requests, where no rate is asked for.
const OTHERS_RATE: f64 = 20_000.0;
const OTHERS_BATCH: u32 = 100;

pub async fn run(bench: &mut Bench<'_>) -> Result<()> {
    let (batch, pace) =
        open(bench.options.load.rate.unwrap_or(OTHERS_RATE), OTHERS_BATCH, bench.options.load.linger());
    let others = Group { name: "others", batch, pace, ..bench.group(None) };
    let every = EVERY.min(bench.options.load.measured() / BURSTS_MIN);
    let requests = RECIPIENTS.div_ceil(u64::from(bench.plan.batch));
    let campaign = Group {
        name: "campaign",
        telling: Telling { length: bench.options.load.length(), campaign: Some("burst") },
        pace: Pace::Bursts { requests, every },
        draw: Draw::One(bench.plan.apart()),
        ..bench.group(None)
    };
    let phase = bench.phase("campaign", vec![others, campaign]).await?;
    bench.main_figures(&phase);
    let campaign = &phase.groups[1].latency;
    bench.figure("campaign_p50_ms", campaign.p50_ms);
    bench.figure("campaign_max_ms", campaign.max_ms);
    bench.note(format!(
        "a campaign's {RECIPIENTS} messages leave at one instant, every {:.1} s; its longest request tells when all are in",
        every.as_secs_f64()
    ));
    Ok(())
}
