//! Sends the script and compares every answer. A lane is one connection's share of the wallets: it sends
//! one request at a time, so that each wallet's events arrive in the script's order.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;
use serde_json::Value;

use super::differences::Differences;
use super::oracle::{Answer, Expectations};
use super::script::{Action, Adjustment, Script};
use crate::client::Client;
use crate::money;
use crate::words::Outcome;

/// After so many events of a request comes a blank line, which must only move the line numbers.
const BLANK_LINE_EVERY: usize = 97;

/// What all lanes share.
pub struct Plan {
    pub client: Client,
    pub script: Script,
    pub expectations: Expectations,
    pub tariff: String,
    pub lanes: usize,
    pub batch: usize,
}

/// What one lane, or all of them, did.
#[derive(Default)]
pub struct Fed {
    pub events: u64,
    pub requests: u64,
    pub adjustments: u64,
    pub differences: Differences,
}

#[derive(Deserialize)]
struct Answers {
    accepted: u64,
    charged: u64,
    recorded: u64,
    refused: u64,
    duplicate: u64,
    conflict: u64,
    invalid: u64,
    unavailable: u64,
    results: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    line: u64,
    outcome: String,
    code: Option<String>,
    field: Option<String>,
    amount: Option<String>,
    seq: Option<u64>,
    detail: Option<String>,
}

/// One request in the making: its bytes, and the steps with the line each stands on.
#[derive(Default)]
struct Batch {
    body: Vec<u8>,
    lines: u64,
    steps: Vec<(usize, u64)>,
}

impl Batch {
    fn push(&mut self, step: usize, line: &str) {
        if self.steps.len() % BLANK_LINE_EVERY == BLANK_LINE_EVERY - 1 {
            self.body.push(b'\n');
            self.lines += 1;
        }
        self.body.extend_from_slice(line.as_bytes());
        self.body.push(b'\n');
        self.lines += 1;
        self.steps.push((step, self.lines));
    }
}

/// Makes the lane's wallets, so that the clock of the feed starts after it.
pub async fn make_wallets(plan: Arc<Plan>, lane: usize) -> Result<()> {
    for wallet in plan.script.wallets.iter().skip(lane).step_by(plan.lanes) {
        plan.client.make_wallet(wallet, &plan.tariff).await?;
    }
    Ok(())
}

/// Sends all steps of the lane's wallets.
pub async fn run(plan: Arc<Plan>, lane: usize) -> Result<Fed> {
    let (mut fed, mut batch) = (Fed::default(), Batch::default());
    for (index, step) in plan.script.steps.iter().enumerate() {
        if step.wallet % plan.lanes != lane {
            continue;
        }
        match &step.action {
            Action::Adjust(adjustment) => {
                flush(&plan, &mut batch, &mut fed).await?;
                adjust(&plan, index, adjustment, &mut fed).await?;
            }
            Action::Event { line, .. } => batch.push(index, line),
            Action::Spoiled(spoiled) => batch.push(index, &spoiled.line),
        }
        if batch.steps.len() >= plan.batch {
            flush(&plan, &mut batch, &mut fed).await?;
        }
    }
    flush(&plan, &mut batch, &mut fed).await?;
    Ok(fed)
}

async fn flush(plan: &Plan, batch: &mut Batch, fed: &mut Fed) -> Result<()> {
    if batch.steps.is_empty() {
        return Ok(());
    }
    let Batch { body, steps, .. } = std::mem::take(batch);
    // Every other request is packed.
    let packed = fed.requests % 2 == 1;
    let (body, encoding) = if packed { (gzip(&body)?, Some("gzip")) } else { (body, None) };
    let reply = plan.client.send_events(body, encoding).await?;
    fed.requests += 1;
    fed.events += steps.len() as u64;
    let answers: Answers =
        serde_json::from_slice(&reply).context("the answer to events has another shape")?;
    compare(plan, &steps, &answers, &mut fed.differences);
    Ok(())
}

fn gzip(body: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body)?;
    Ok(encoder.finish()?)
}

async fn adjust(plan: &Plan, index: usize, adjustment: &Adjustment, fed: &mut Fed) -> Result<()> {
    let wallet = &plan.script.wallets[plan.script.steps[index].wallet];
    let want = plan.expectations.answers[index].seq;
    let Adjustment { key, amount, reason, replayed } = adjustment;
    for replay in [false, true].into_iter().take(if *replayed { 2 } else { 1 }) {
        let (entry, told) = plan.client.adjust(wallet, key, *amount, reason).await?;
        fed.adjustments += 1;
        if entry["seq"].as_u64() != want || told != replay {
            fed.differences.add(|| {
                let found: &Value = &entry["seq"];
                format!("{wallet}: adjustment {key}: wanted seq {want:?}, replayed {replay}; found {found}, {told}")
            });
        }
    }
    Ok(())
}

fn compare(plan: &Plan, steps: &[(usize, u64)], answers: &Answers, differences: &mut Differences) {
    if answers.results.len() != steps.len() {
        let found = answers.results.len();
        differences.add(|| format!("a request of {} events got {found} results", steps.len()));
    }
    let mut counts = [0; 6];
    for ((index, line), found) in steps.iter().zip(&answers.results) {
        let want = &plan.expectations.answers[*index];
        counts[want.outcome as usize] += 1;
        if let Some(difference) = difference(want, *line, found) {
            let step = &plan.script.steps[*index];
            differences.add(|| {
                format!("{}: {difference}; {}", plan.script.wallets[step.wallet], told(&step.action))
            });
        }
    }
    let [charged, recorded, refused, duplicate, conflict, invalid] = counts;
    let want = [charged + recorded + duplicate, charged, recorded, refused, duplicate, conflict, invalid, 0];
    let found = [
        answers.accepted,
        answers.charged,
        answers.recorded,
        answers.refused,
        answers.duplicate,
        answers.conflict,
        answers.invalid,
        answers.unavailable,
    ];
    if want != found {
        differences.add(|| format!("counters of a request: wanted {want:?}, found {found:?}"));
    }
}

/// What is wrong with one answer.
fn difference(want: &Answer, line: u64, found: &Found) -> Option<String> {
    let amount = found.amount.as_deref().map(money::read);
    let nothing = amount.is_none_or(|amount| amount == Some(0));
    let amount_met = match want.amount {
        Some(0) | None => nothing,
        Some(nanos) => amount == Some(Some(nanos)),
    };
    // The code of a conflict or an unnamed field is the engine's to choose.
    let code_met = want.outcome == Outcome::Conflict || want.code == found.code.as_deref();
    let field_met = want.field.is_none() || want.field == found.field.as_deref();
    let met = line == found.line
        && want.outcome.word() == found.outcome
        && code_met
        && field_met
        && amount_met
        && want.seq == found.seq;
    (!met).then(|| {
        let amount = want.amount.map(money::write);
        let wanted = in_short(line, want.outcome.word(), want.code, want.field, amount.as_deref(), want.seq);
        let (code, field, amount) = (found.code.as_deref(), found.field.as_deref(), found.amount.as_deref());
        let told_back = in_short(found.line, &found.outcome, code, field, amount, found.seq);
        let detail = found.detail.as_deref().unwrap_or_default();
        format!("wanted {wanted}; found {told_back} {detail}").trim_end().to_string()
    })
}

/// A result with only what it has.
fn in_short(
    line: u64,
    outcome: &str,
    code: Option<&str>,
    field: Option<&str>,
    amount: Option<&str>,
    seq: Option<u64>,
) -> String {
    let seq = seq.map(|seq| format!("seq {seq}"));
    let parts = [Some(outcome), code, field, amount, seq.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    format!("line {line} {}", parts.join(" "))
}

/// The step in short, for whoever looks for the reason.
fn told(action: &Action) -> String {
    let line = match action {
        Action::Adjust(adjustment) => &adjustment.key,
        Action::Event { line, .. } => line,
        Action::Spoiled(spoiled) => &spoiled.line,
    };
    line.chars().take(400).collect()
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
