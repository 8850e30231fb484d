//! Waits until an engine owes nothing: the views hold everything, and nothing is merged any more.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::client::Client;
use crate::machine::metrics::Reading;
use crate::machine::process;

const SECOND: Duration = Duration::from_secs(1);
/// Whoever writes nothing for so many seconds has nothing left to write.
const STILL_FOR: u32 = 5;

/// Waits until the views hold everything that is durable.
pub async fn views(client: &Client) -> Result<()> {
    while behind(client).await? > 0.0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// ... and until what the engine keeps in `folder` does not change any more.
pub async fn disk(client: &Client, folder: &Path) -> Result<()> {
    let (mut still, mut before) = (0, 0);
    while still < STILL_FOR {
        tokio::time::sleep(SECOND).await;
        let bytes = process::disk_bytes(folder)?;
        still = if behind(client).await? == 0.0 && bytes == before { still + 1 } else { 0 };
        before = bytes;
    }
    Ok(())
}

async fn behind(client: &Client) -> Result<f64> {
    let reading = Reading::take(client).await?;
    reading.sum("farebox_views_behind_rows").context("a metric of how far the views are behind")
}
