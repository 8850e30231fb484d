//! The tariff, and wallets with money.

use std::cell::Cell;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use tokio::task::{JoinSet, LocalSet};

use super::stand::Stand;
use crate::load::event::wallet_name;
use crate::load::http::{Connection, Start};
use crate::machine::metrics::Reading;
use crate::machine::process;
use crate::money;

/// Connections that make wallets; the engine syncs many of them together.
const MAKERS: u32 = 512;
const ATTEMPTS_MAX: u32 = 600;
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);
/// Fewer tell nothing about what one takes in memory.
const WEIGHED_FROM: u32 = 100_000;

/// How wallets come to what they spend.
#[derive(Clone, Copy, Debug)]
pub struct Funding {
    /// What each has at first, in 1e-9 of the currency unit.
    pub credit: i128,
    /// At what balance how much is added by itself, in whole units.
    pub automatic: Option<(&'static str, &'static str)>,
}

/// What making them has shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// Memory for one more wallet with an actor: between half of them and all.
    pub bytes_per_wallet: Option<f64>,
}

/// Uploads the tariff of the run; makes and funds its wallets.
pub async fn prepare(stand: &Stand, wallets: u32, funding: Funding) -> Result<Made> {
    stand.client.add_tariff(stand.tariff.document(&stand.tariff_name())).await?;
    stand.progress.step(&format!("making {wallets} wallets"), u64::from(wallets));
    let half = wallets / 2;
    make(stand, 0..half, funding).await?;
    let before = weight(stand, wallets).await?;
    make(stand, half..wallets, funding).await?;
    let after = weight(stand, wallets).await?;
    let bytes_per_wallet = before.zip(after).and_then(|(before, after)| {
        let actors = after.1 - before.1;
        (actors > 0.0).then(|| (after.0 - before.0) / actors)
    });
    Ok(Made { bytes_per_wallet })
}

/// Resident bytes and wallets that have an actor.
async fn weight(stand: &Stand, wallets: u32) -> Result<Option<(f64, f64)>> {
    let Some(process) = stand.process().filter(|_| wallets >= WEIGHED_FROM) else { return Ok(None) };
    let reading = Reading::take(&stand.client).await?;
    let (bytes, _) = process::memory_bytes(&process)?;
    Ok(reading.sum("farebox_wallet_actors").map(|actors| (bytes as f64, actors)))
}

async fn make(stand: &Stand, range: std::ops::Range<u32>, funding: Funding) -> Result<()> {
    let (next, end) = (Rc::new(Cell::new(range.start)), range.end);
    let local = LocalSet::new();
    let mut makers = JoinSet::new();
    for _ in 0..MAKERS.min(range.len() as u32) {
        let maker = Maker {
            connection: Connection::open(&stand.url).await?,
            url: stand.url.clone(),
            key: stand.key.clone(),
            run: stand.run.clone(),
            terms: format!(
                "{{\"currency\":\"USD\",\"time_zone\":\"UTC\",\"tariff\":\"{}\"}}",
                stand.tariff_name()
            ),
            credit: format!("{{\"amount\":\"{}\",\"reason\":\"load test\"}}", money::write(funding.credit)),
        };
        let (next, client) = (Rc::clone(&next), stand.client.clone());
        makers.spawn_local_on(
            async move {
                let mut maker = maker;
                loop {
                    let number = next.get();
                    if number >= end {
                        return anyhow::Ok(());
                    }
                    next.set(number + 1);
                    let wallet = maker.make(number).await?;
                    if let Some((minimum, amount)) = funding.automatic {
                        client.auto_top_up(&wallet, minimum, amount).await?;
                    }
                }
            },
            &local,
        );
    }
    let all = async {
        while let Some(made) = makers.join_next().await {
            made??;
            stand.progress.at(u64::from(next.get()));
        }
        anyhow::Ok(())
    };
    let watched = async {
        loop {
            tokio::time::sleep(PATIENCE).await;
            stand.progress.at(u64::from(next.get()));
        }
    };
    local
        .run_until(async {
            tokio::select! {
                made = all => made,
                () = watched => Ok(()),
            }
        })
        .await
}

/// One connection that makes wallets.
struct Maker {
    connection: Connection,
    url: String,
    key: String,
    run: String,
    terms: String,
    credit: String,
}

impl Maker {
    /// Makes and funds one; answers its name.
    async fn make(&mut self, number: u32) -> Result<String> {
        let wallet = wallet_name(&self.run, number);
        let start = |call: &str| Start::new(&self.url, &self.key, call, "application/json");
        let put = start(&format!("PUT /v1/wallets/{wallet}"));
        let post = start(&format!("POST /v1/wallets/{wallet}/adjustments")).with("idempotency-key", &wallet);
        call(&mut self.connection, &put, &self.terms).await.with_context(|| format!("making {wallet}"))?;
        call(&mut self.connection, &post, &self.credit).await.with_context(|| format!("funding {wallet}"))?;
        Ok(wallet)
    }
}

/// A call that has to succeed, however long the engine is too busy for it.
async fn call(connection: &mut Connection, start: &Start, body: &str) -> Result<()> {
    for _ in 0..ATTEMPTS_MAX {
        let answer = connection.call(start, body.as_bytes()).await?;
        let busy = matches!(answer.status, 429 | 503);
        let told = || String::from_utf8_lossy(answer.body).into_owned();
        ensure!(busy || (200..300).contains(&answer.status), "{} {}", answer.status, told());
        if !busy {
            return Ok(());
        }
        tokio::time::sleep(PATIENCE).await;
    }
    anyhow::bail!("the engine has been too busy {ATTEMPTS_MAX} times")
}
