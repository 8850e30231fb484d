//! The audit of a wallet from outside (W1, W2, W3): its entries add up, and hold what was acknowledged once.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::client::{Client, Outcome};
use super::nanos;

/// The entries of one wallet, found to be dense and to add up.
pub struct Audited {
    pub entries: Vec<Value>,
    /// Position in `entries` by (source, id), of entries that an event made.
    by_event: HashMap<(String, String), usize>,
    wallet: String,
}

fn amount_of(entry: &Value, field: &str) -> i128 {
    nanos(entry[field].as_str().unwrap_or_else(|| panic!("wanted `{field}` as a string in {entry}")))
}

/// Reads every entry of the wallet and checks that they are dense, add up to the balance, and that no event made two.
pub async fn wallet(client: &Client, wallet: &str) -> Audited {
    let entries = client.entries(wallet).await;
    let (mut balance, mut by_event, mut made) = (0i128, HashMap::new(), HashSet::new());
    for (position, entry) in entries.iter().enumerate() {
        assert_eq!(entry["seq"], position as u64 + 1, "{wallet}: wanted dense entry numbers: {entry}");
        balance += amount_of(entry, "amount");
        let after = amount_of(entry, "balance_after");
        assert_eq!(after, balance, "{wallet}: wanted balance_after to be the sum so far: {entry}");
        if entry["mode"] == "admit" {
            assert!(after >= 0, "{wallet}: an admitted charge took the balance below zero (W2): {entry}");
        }
        if entry["event_type"].is_string() {
            let source = entry["source"].as_str().unwrap_or("").to_owned();
            let id =
                entry["id"].as_str().unwrap_or_else(|| panic!("{wallet}: wanted the event's id: {entry}"));
            // A status may make several entries, each of another type.
            let kind = entry["type"].as_str().unwrap_or_default().to_owned();
            let is_new = made.insert((source.clone(), id.to_owned(), kind));
            assert!(is_new, "{wallet}: {id} was charged twice (W3): {entry}");
            by_event.entry((source, id.to_owned())).or_insert(position);
        }
    }
    assert_eq!(
        client.balance(wallet).await,
        balance,
        "{wallet}: wanted the balance to be the sum of its entries (W1)"
    );
    Audited { entries, by_event, wallet: wallet.to_owned() }
}

impl Audited {
    /// What was acknowledged for an event without a source is what the entries hold, once.
    pub fn holds(&self, acknowledged: &Outcome) {
        let id = acknowledged.id.clone().unwrap_or_default();
        let found = self.by_event.get(&(String::new(), id.clone())).map(|position| &self.entries[*position]);
        match (acknowledged.seq, found) {
            (None, None) => {}
            (None, Some(entry)) => {
                panic!("{}: {id} was answered {acknowledged:?} but has an entry: {entry}", self.wallet)
            }
            (Some(_), None) => panic!("{}: the acknowledged {acknowledged:?} is lost (W3)", self.wallet),
            (Some(seq), Some(entry)) => {
                assert_eq!(
                    entry["seq"], seq,
                    "{}: wanted {id} where it was acknowledged: {entry}",
                    self.wallet
                );
                let amount = acknowledged.amount.as_deref().unwrap_or("0");
                let same = amount_of(entry, "amount") == -nanos(amount);
                assert!(same, "{}: wanted {id} at the acknowledged {amount}: {entry}", self.wallet);
            }
        }
    }

    /// Every one of them, and nothing beside them that an event has made.
    pub fn holds_exactly(&self, acknowledged: &[Outcome]) {
        acknowledged.iter().for_each(|outcome| self.holds(outcome));
        let posted = acknowledged.iter().filter(|outcome| outcome.seq.is_some()).count();
        let made = self.by_event.len();
        assert_eq!(made, posted, "{}: wanted {posted} entries made by events, found {made}", self.wallet);
    }
}
