//! Messages, and what became of them (RULES, sections 5, 6 and 8).

use jiff::{SignedDuration, Timestamp};

use super::Nanos;
use super::prices::{Kind, version_at};
use super::wallet::Wallet;

const KEPT: SignedDuration = SignedDuration::from_hours(35 * 24);

/// A message to be charged.
#[derive(Clone, Debug)]
pub struct Sent {
    pub id: String,
    pub kind: Kind,
    pub units: u32,
    pub carrier: &'static str,
    pub channel: &'static str,
    pub report: bool,
    /// When it happened, where that is told.
    pub time: Option<Timestamp>,
    pub hold: Option<usize>,
}

/// A message that was charged or blocked: its id counts no more.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: String,
    pub inbound: bool,
    pub charged: Nanos,
    pub occurred_at: Timestamp,
    /// Its id is forgotten after this.
    pub kept_until: Timestamp,
    /// The first final status, and `delivered` once it counts.
    pub status: Option<&'static str>,
    /// What the status has returned, and what it has charged for the failure.
    pub returned: Nanos,
    pub failure_fee: Nanos,
}

/// A status that came before its message.
#[derive(Clone, Debug)]
pub struct EarlyStatus {
    pub message: String,
    pub status: &'static str,
    pub error_code: &'static str,
    pub received_at: Timestamp,
}

/// What an event's answer says: the outcome with its code, and the amount.
pub type Answer = (String, Nanos);

fn answer(outcome: &str, amount: Nanos) -> Answer {
    (outcome.to_owned(), amount)
}

impl Wallet {
    /// The message of this id, where it is remembered still.
    pub fn message(&self, id: &str, now: Timestamp) -> Option<usize> {
        self.messages.iter().position(|message| message.id == id && message.kept_until >= now)
    }

    pub fn send(&mut self, sent: &Sent, now: Timestamp) -> Answer {
        let occurred_at = sent.time.unwrap_or(now);
        let amount = version_at(occurred_at).message(sent.kind, sent.units, sent.carrier);
        self.step(now, |wallet| {
            if let Some(code) = wallet.lack(sent, amount) {
                if code != "number_released" && sent.kind == Kind::InboundSms {
                    wallet.remember(sent, 0, occurred_at, now);
                    return answer(&format!("recorded {code}"), 0);
                }
                return answer(&format!("refused {code}"), 0);
            }
            wallet.post("charge", -amount, occurred_at);
            if let Some(hold) = sent.hold {
                wallet.charge_to_hold(hold, amount);
            }
            wallet.remember(sent, amount, occurred_at, now);
            wallet.apply_early(&sent.id, now);
            answer("charged", amount)
        })
    }

    /// Why it is not charged; a report always is, and so is a message whose hold covers it.
    fn lack(&mut self, sent: &Sent, amount: Nanos) -> Option<&'static str> {
        if sent.report {
            return None;
        }
        if self.rental(sent.channel).is_some_and(|rental| self.rentals[rental].is_released()) {
            return Some("number_released");
        }
        if sent.hold.is_some() {
            return None;
        }
        self.admit(amount).err()
    }

    fn remember(&mut self, sent: &Sent, charged: Nanos, occurred_at: Timestamp, now: Timestamp) {
        self.messages.push(Message {
            id: sent.id.clone(),
            inbound: sent.kind == Kind::InboundSms,
            charged,
            occurred_at,
            kept_until: occurred_at.max(now) + KEPT,
            status: None,
            returned: 0,
            failure_fee: 0,
        });
    }

    fn apply_early(&mut self, id: &str, now: Timestamp) {
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.early).into_iter().partition(|early| early.message == id);
        self.early = others;
        for early in own.iter().filter(|early| early.received_at + KEPT >= now) {
            self.apply(self.messages.len() - 1, early.status, early.error_code, now);
        }
    }

    /// A final status of a message; what it has moved, negative where it was returned.
    pub fn tell_status(
        &mut self,
        message: &str,
        status: &'static str,
        error_code: &'static str,
        now: Timestamp,
    ) -> Answer {
        let Some(found) = self.message(message, now) else {
            let message = message.to_owned();
            self.early.push(EarlyStatus { message, status, error_code, received_at: now });
            return answer("recorded", 0);
        };
        let before = self.balance;
        let posted = self.entries.len();
        let moved = self.step(now, |wallet| {
            wallet.apply(found, status, error_code, now);
            (wallet.entries.len() > posted).then_some(before - wallet.balance)
        });
        moved.map_or(answer("recorded", 0), |moved| answer("charged", moved))
    }

    /// The first final status counts; after a failure, `delivered` counts once more.
    fn apply(&mut self, message: usize, status: &'static str, error_code: &'static str, at: Timestamp) {
        let found = self.messages[message].clone();
        if found.charged == 0 {
            return;
        }
        match (found.status, status) {
            (None, _) => {
                self.messages[message].status = Some(status);
                let stays = version_at(found.occurred_at).stays(found.charged, status, error_code);
                if stays == found.charged && status != "failed" {
                    return;
                }
                self.messages[message].returned = found.charged;
                self.messages[message].failure_fee = stays;
                self.post("refund", found.charged, at);
                if stays > 0 {
                    self.post("failure_fee", -stays, at);
                }
            }
            (Some("failed" | "undelivered"), "delivered") => {
                self.messages[message].status = Some("delivered");
                if found.returned > 0 {
                    self.post("recharge", -found.returned, at);
                }
                if found.failure_fee > 0 {
                    self.post("failure_fee_return", found.failure_fee, at);
                }
            }
            _ => {}
        }
    }

    pub fn carrier_fee(&mut self, amount: Nanos, time: Option<Timestamp>, now: Timestamp) -> Answer {
        self.step(now, |wallet| wallet.post("carrier_fee", -amount, time.unwrap_or(now)));
        answer("charged", amount)
    }
}
