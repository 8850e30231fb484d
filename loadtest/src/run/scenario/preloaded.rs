//! The rate on a store that holds many events against the rate on an empty one, in one run.

use std::time::Duration;

use anyhow::{Context, Result};

use super::Bench;
use crate::engine::free_bytes;
use crate::run::settle;

/// What an event takes on disk before its runs are merged, with room to merge them.
const DISK_BYTES_PER_EVENT: u64 = 350;
/// Looks at the store after so long.
const PIECE: Duration = Duration::from_secs(20);

pub async fn run(bench: &mut Bench<'_>) -> Result<()> {
    let group = bench.group(None);
    let empty = bench.phase("empty store", vec![group.clone()]).await?;
    let room = free_bytes(&bench.stand.folder)? / DISK_BYTES_PER_EVENT;
    let wanted = bench.options.load.preload.min(room);
    if wanted < bench.options.load.preload {
        bench.note(format!("the disk has room for {wanted} events, not {}", bench.options.load.preload));
    }
    while bench.all.events() < wanted {
        let name = format!("{} of {wanted} events are in the store", bench.all.events());
        let missing = (wanted - bench.all.events()) as f64 / empty.groups[0].events_per_second.max(1.0);
        let piece = PIECE.min(Duration::from_secs_f64(missing.max(0.5)));
        bench.untold_phase(&name, vec![group.clone()], piece).await?;
    }
    let events = bench.all.events();
    bench.stand.progress.step("settling", 0);
    let folder = bench.stand.folder.clone();
    settle::disk(&bench.stand.client, &folder).await.context("settling")?;
    let full = bench.phase("full store", vec![group]).await?;
    bench.main_figures(&full);
    let (before, after) = (empty.groups[0].events_per_second, full.groups[0].events_per_second);
    bench.figure("empty_events_per_second", before);
    bench.figure("preloaded_events", events as f64);
    bench.figure("preloaded_ratio", after / before);
    Ok(())
}
