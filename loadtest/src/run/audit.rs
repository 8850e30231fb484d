//! After the load: every wallet's balance against what the client was told, and the engine's counters against the
//! client's.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::setup::Funding;
use super::stand::Stand;
use crate::load::event::{wallet_name, wallet_number};
use crate::load::tally::{Counts, OUTCOMES};
use crate::machine::metrics::Reading;
use crate::money;
use crate::report::Audit;

/// More are counted, not told.
const TOLD_MAX: usize = 20;
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(200);
const CLOSING_GLANCES: u32 = 300;

/// Differences as they are found.
#[derive(Default)]
struct Differences {
    told: Vec<String>,
    untold: u64,
}

impl Differences {
    fn add(&mut self, difference: impl FnOnce() -> String) {
        if self.told.len() < TOLD_MAX { self.told.push(difference()) } else { self.untold += 1 }
    }

    fn into_told(mut self) -> Vec<String> {
        if self.untold > 0 {
            self.told.push(format!("and {} more", self.untold));
        }
        self.told
    }
}

/// Reads every wallet of the run.
pub async fn money(stand: &Stand, wallets: u32, funding: Funding) -> Result<Audit> {
    stand.progress.step("auditing every wallet", u64::from(wallets));
    let added = match funding.automatic {
        Some(_) => topped_up(stand, wallets).await?,
        None => HashMap::new(),
    };
    let mut differences = Differences::default();
    let mut seen = 0u32;
    let mut cursor = None;
    loop {
        let (page, next) = stand.client.wallets(cursor.as_deref()).await?;
        for told in &page {
            let name = told["wallet"].as_str().context("a wallet without a name")?;
            let Some(number) = wallet_number(&stand.run, name).filter(|number| *number < wallets) else {
                continue;
            };
            seen += 1;
            let credit = funding.credit + added.get(&number).copied().unwrap_or(0);
            let charged = i128::from(stand.ledger.borrow().charged(number));
            if let Some(difference) = wrong(told, credit, charged) {
                differences.add(|| format!("{name}: {difference}"));
            }
        }
        stand.progress.at(u64::from(seen));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    if seen != wallets {
        differences.add(|| format!("{seen} wallets are listed, {wallets} were made"));
    }
    let ledger = stand.ledger.borrow();
    if ledger.amounts_wrong > 0 {
        differences.add(|| format!("{} amounts are not those of the price list", ledger.amounts_wrong));
    }
    Ok(Audit {
        wallets: u64::from(seen),
        amounts_compared: ledger.amounts_compared,
        differences: differences.into_told(),
    })
}

/// What is wrong with a wallet that was given so much and charged so much.
fn wrong(told: &Value, credit: i128, charged: i128) -> Option<String> {
    let amount = |field: &str| told[field].as_str().and_then(money::read);
    match (amount("balance"), amount("held")) {
        (Some(balance), Some(0)) if balance == credit - charged => None,
        (Some(balance), Some(held)) => Some(format!(
            "balance {} and held {}; given {} and charged {} leave {}",
            money::write(balance),
            money::write(held),
            money::write(credit),
            money::write(charged),
            money::write(credit - charged)
        )),
        _ => Some("balance or held cannot be read".to_owned()),
    }
}

/// What each wallet was topped up by, once no payment is under way any more.
async fn topped_up(stand: &Stand, wallets: u32) -> Result<HashMap<u32, i128>> {
    let mut sums = HashMap::new();
    for number in 0..wallets {
        let wallet = wallet_name(&stand.run, number);
        let mut glances = 0;
        let top_ups = loop {
            let top_ups = stand.client.top_ups(&wallet).await?;
            let status = |top_up: &Value| top_up["status"].as_str().map(str::to_owned);
            let is_closed = |status: Option<String>| {
                matches!(status.as_deref(), Some("succeeded" | "failed" | "expired"))
            };
            if top_ups.iter().all(|top_up| is_closed(status(top_up))) {
                break top_ups;
            }
            glances += 1;
            anyhow::ensure!(glances < CLOSING_GLANCES, "{wallet}: a payment does not come to an end");
            tokio::time::sleep(PATIENCE).await;
        };
        let credited = |top_up: &Value| top_up["credited"].as_str().and_then(money::read);
        let sum: Option<i128> = top_ups.iter().map(credited).sum();
        sums.insert(number, sum.with_context(|| format!("{wallet}: a top-up has another shape"))?);
    }
    Ok(sums)
}

/// The engine's counters since `before` against what the client was answered.
pub async fn counters(stand: &Stand, before: &Reading, client: Counts) -> Result<Vec<String>> {
    let server = Reading::take(&stand.client).await?.events_since(before);
    Ok(differing(server, client))
}

fn differing(server: Counts, client: Counts) -> Vec<String> {
    OUTCOMES
        .iter()
        .zip(server.each().into_iter().zip(client.each()))
        .filter(|(_, (server, client))| server != client)
        .map(|(outcome, (server, client))| {
            format!("{outcome}: the engine has counted {server}, the client was answered {client}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_balance_is_what_was_given_less_what_was_charged() {
        let told = |balance: &str, held: &str| json!({"balance": balance, "held": held});
        let unit = money::UNIT;
        assert_eq!(wrong(&told("7.5", "0"), 10 * unit, 2_500_000_000), None);
        assert!(wrong(&told("7.500000001", "0"), 10 * unit, 2_500_000_000).is_some(), "a billionth too much");
        assert!(wrong(&told("7.5", "1"), 10 * unit, 2_500_000_000).is_some(), "something is held");
        assert!(wrong(&json!({}), 0, 0).is_some());
    }

    #[test]
    fn counters_that_differ_are_named() {
        let counts = |charged| Counts { charged, refused: 3, ..Counts::default() };
        assert_eq!(differing(counts(5), counts(5)), Vec::<String>::new());
        assert_eq!(differing(counts(5), counts(6)).len(), 1);
    }

    #[test]
    fn more_differences_than_anybody_reads_are_counted() {
        let mut differences = Differences::default();
        (0..TOLD_MAX + 5).for_each(|number| differences.add(|| number.to_string()));
        let told = differences.into_told();
        assert_eq!((told.len(), told.last().map(String::as_str)), (TOLD_MAX + 1, Some("and 5 more")));
    }
}
