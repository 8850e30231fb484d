//! Reads every wallet and every entry back and compares them to the recount.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::Value;

use super::differences::Differences;
use super::feed::Plan;
use super::oracle::Ledger;
use crate::money;

/// What was compared.
#[derive(Default)]
pub struct Audited {
    pub wallets: u64,
    pub entries: u64,
    pub differences: Differences,
}

/// Audits the lane's wallets.
pub async fn run(plan: Arc<Plan>, lane: usize) -> Result<Audited> {
    let mut audited = Audited::default();
    for index in (lane..plan.script.wallets.len()).step_by(plan.lanes) {
        let (wallet, ledger) = (&plan.script.wallets[index], &plan.expectations.ledgers[index]);
        let found = plan.client.wallet(wallet).await?;
        let entries = plan.client.entries(wallet).await?;
        compare_wallet(wallet, &plan.tariff, ledger, &found, &mut audited.differences);
        compare_entries(wallet, &plan.tariff, ledger, &entries, &mut audited.differences);
        audited.wallets += 1;
        audited.entries += ledger.entries.len() as u64;
    }
    Ok(audited)
}

fn compare_wallet(wallet: &str, tariff: &str, ledger: &Ledger, found: &Value, differences: &mut Differences) {
    let balance = money::write(ledger.balance);
    let status = if ledger.balance > 0 { "active" } else { "suspended" };
    let wants = [
        ("wallet", wallet),
        ("currency", "USD"),
        ("time_zone", "UTC"),
        ("tariff", tariff),
        ("status", status),
        ("balance", &balance),
        ("held", "0"),
        ("available", &balance),
    ];
    for (field, want) in wants {
        if found[field].as_str() != Some(want) {
            differences.add(|| format!("{wallet}: {field}: wanted {want:?}, found {}", found[field]));
        }
    }
}

fn compare_entries(
    wallet: &str,
    tariff: &str,
    ledger: &Ledger,
    found: &[Value],
    differences: &mut Differences,
) {
    for (entry, found) in ledger.entries.iter().zip(found) {
        let fields = entry.differences(tariff, found);
        if !fields.is_empty() {
            differences.add(|| format!("{wallet}: entry {}: {}; {found}", entry.seq, fields.join(", ")));
        }
    }
    let (want, have) = (ledger.entries.len(), found.len());
    for entry in ledger.entries.iter().skip(have) {
        differences.add(|| format!("{wallet}: entry {} of {want} is missing: {entry:?}", entry.seq));
    }
    for extra in found.iter().skip(want) {
        differences.add(|| format!("{wallet}: an entry past the {want} expected: {extra}"));
    }
    posted_in_order(wallet, found, differences);
}

/// The engine's clock never goes back.
fn posted_in_order(wallet: &str, found: &[Value], differences: &mut Differences) {
    let posted: Vec<Option<Timestamp>> =
        found.iter().map(|entry| entry["posted_at"].as_str().and_then(|text| text.parse().ok())).collect();
    if posted.contains(&None) {
        differences.add(|| format!("{wallet}: an entry has no readable posted_at"));
    }
    if !posted.is_sorted() {
        differences.add(|| format!("{wallet}: posted_at goes back"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::entry::{Cause, Entry};
    use serde_json::json;

    fn ledger() -> Ledger {
        let entry =
            |seq, amount, balance_after| Entry { seq, amount, balance_after, cause: Cause::Adjustment("a") };
        let mut ledger = Ledger::default();
        ledger.balance = 3 * money::UNIT;
        ledger.entries =
            vec![entry(1, 5 * money::UNIT, 5 * money::UNIT), entry(2, -2 * money::UNIT, 3 * money::UNIT)];
        ledger
    }

    fn row(seq: u64, amount: &str, balance_after: &str, second: u8) -> Value {
        json!({"seq": seq, "type": "adjustment", "amount": amount, "balance_after": balance_after,
            "reason": "a", "posted_at": format!("2026-11-22T10:00:0{second}Z")})
    }

    #[test]
    fn missing_extra_and_wrong_entries_are_differences() {
        let (one, two, three) = (row(1, "5", "5", 1), row(2, "-2", "3", 2), row(3, "1", "4", 3));
        let table = [
            (vec![one.clone(), two.clone()], 0),
            (vec![one.clone()], 1),
            (vec![one.clone(), two.clone(), three], 1),
            (vec![one.clone(), row(2, "-2", "3.000000001", 2)], 1),
            (vec![one.clone(), row(2, "-2", "3", 0)], 1),
            (vec![two, one], 3),
        ];
        for (found, want) in table {
            let mut differences = Differences::default();
            compare_entries("w", "t", &ledger(), &found, &mut differences);
            assert_eq!(differences.count, want, "{differences:?}");
        }
    }

    #[test]
    fn a_wallet_is_compared_to_the_last_unit() {
        let mut found = json!({"wallet": "w", "currency": "USD", "time_zone": "UTC", "tariff": "t",
            "status": "active", "balance": "3", "held": "0", "available": "3"});
        let mut differences = Differences::default();
        compare_wallet("w", "t", &ledger(), &found, &mut differences);
        assert_eq!(differences.count, 0, "{differences:?}");
        found["balance"] = json!("3.000000001");
        compare_wallet("w", "t", &ledger(), &found, &mut differences);
        assert_eq!(differences.named, vec!["w: balance: wanted \"3\", found \"3.000000001\""]);
    }
}
