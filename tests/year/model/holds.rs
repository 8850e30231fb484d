//! Holds (RULES, section 7).

use jiff::{SignedDuration, Timestamp};

use super::Nanos;
use super::wallet::Wallet;

pub const EXPIRES_AFTER: SignedDuration = SignedDuration::from_hours(72);

#[derive(Clone, Debug)]
pub struct Hold {
    pub status: &'static str,
    pub amount: Nanos,
    /// What is still set aside; only an open hold sets anything aside.
    pub remaining: Nanos,
    pub settled: Nanos,
    pub expires_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

impl Hold {
    pub fn is_open(&self) -> bool {
        self.status == "open"
    }

    fn close(&mut self, status: &'static str, at: Timestamp) {
        (self.status, self.closed_at) = (status, Some(at));
    }

    /// What is spent is taken from what is set aside, as far as it goes.
    fn take(&mut self, amount: Nanos) {
        self.settled += amount;
        self.remaining -= amount.min(self.remaining);
    }
}

impl Wallet {
    /// `Err` with the code of the refusal.
    pub fn make_hold(
        &mut self,
        amount: Nanos,
        lasts: SignedDuration,
        at: Timestamp,
    ) -> Result<(), &'static str> {
        self.step(at, |wallet| {
            wallet.admit(amount)?;
            wallet.holds.push(Hold {
                status: "open",
                amount,
                remaining: amount,
                settled: 0,
                expires_at: at + lasts,
                closed_at: None,
            });
            Ok(())
        })
    }

    /// What is asked for in advance must be covered by what is available, in an active wallet.
    pub fn admit(&mut self, amount: Nanos) -> Result<(), &'static str> {
        if self.balance <= 0 {
            self.refused = true;
            return Err("suspended");
        }
        if self.available() < amount {
            self.refused = true;
            return Err("insufficient_balance");
        }
        Ok(())
    }

    /// Posts the actual amount, what exceeds the hold too; the rest stays held unless this is the end of it.
    pub fn settle_hold(&mut self, hold: usize, amount: Nanos, end: bool, at: Timestamp) {
        self.step(at, |wallet| {
            if amount > 0 {
                wallet.post("hold_settlement", -amount, at);
            }
            wallet.holds[hold].take(amount);
            if end {
                wallet.holds[hold].close("settled", at);
            }
        });
    }

    pub fn void_hold(&mut self, hold: usize, at: Timestamp) {
        self.step(at, |wallet| wallet.holds[hold].close("voided", at));
    }

    /// Expiry frees, and charges nothing.
    pub fn expire_hold(&mut self, hold: usize, at: Timestamp) {
        self.step(at, |wallet| wallet.holds[hold].close("expired", at));
    }

    /// A message of a hold is charged from it.
    pub fn charge_to_hold(&mut self, hold: usize, amount: Nanos) {
        self.holds[hold].take(amount);
    }
}
