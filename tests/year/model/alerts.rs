//! What the wallet's owner is told (RULES, section 11).

use jiff::Timestamp;

use super::Nanos;
use super::wallet::Wallet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub kind: &'static str,
    pub occurred_at: Timestamp,
}

/// A level of the balance; armed while the balance has been above it since it was last told.
#[derive(Clone, Debug)]
pub struct Level {
    pub amount: Nanos,
    pub armed: bool,
}

impl Wallet {
    pub fn tell(&mut self, kind: &'static str, occurred_at: Timestamp) {
        self.alerts.push(Alert { kind, occurred_at });
    }

    pub fn set_levels(&mut self, amounts: &[Nanos]) {
        self.levels =
            amounts.iter().map(|amount| Level { amount: *amount, armed: self.balance > *amount }).collect();
    }

    /// Once per crossing, armed again when the balance has risen above the level.
    pub fn tell_low_balance(&mut self, at: Timestamp) {
        for number in 0..self.levels.len() {
            let level = self.levels[number].clone();
            if self.balance > level.amount {
                self.levels[number].armed = true;
            } else if level.armed {
                self.levels[number].armed = false;
                self.tell("wallet.low_balance", at);
            }
        }
    }
}
