//! What the account has to tell: signed webhooks that wait until they are delivered or given up.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::state::Change;
use super::transaction::Transaction;
use crate::domain::time::{Span, Timestamp};
use crate::payments::{EVENT_TYPES, VERSION, signature};

/// How long after a failed try the next one comes; the last wait repeats.
const WAITS_SECONDS: [u32; 6] = [10, 60, 300, 1_800, 7_200, 43_200];
/// Stripe gives a webhook up after three days.
const GIVEN_UP_AFTER: Span = Span::from_days(3);
/// What comes within so long of each other is what gets reordered.
const REORDERED_NANOS: i64 = 2_000_000_000;

/// A webhook to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingWebhook {
    /// What to call it when saying how it went.
    pub delivery: String,
    pub body: String,
    pub due_at: Timestamp,
}

impl OutgoingWebhook {
    /// The `Stripe-Signature` header of a delivery that is made now.
    pub fn signature(&self, secret: &str, now: Timestamp) -> String {
        signature::sign(secret, self.body.as_bytes(), now)
    }
}

/// A webhook that is not delivered yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    pub delivery: String,
    body: String,
    made_at_nanos: i64,
    due_at_nanos: i64,
    /// Decides between those that are due at one instant.
    rank: i64,
    tries: usize,
}

impl Pending {
    pub fn order(&self) -> (i64, i64) {
        (self.due_at_nanos, self.rank)
    }

    pub fn outgoing(&self) -> OutgoingWebhook {
        OutgoingWebhook {
            delivery: self.delivery.clone(),
            body: self.body.clone(),
            due_at: Timestamp::from_nanos(self.due_at_nanos),
        }
    }
}

/// Tells that something has happened to an object, as it is now.
pub fn emit(transaction: &mut Transaction<'_>, kind: &str, object: Value) {
    let switches = transaction.state().switches();
    if !switches.webhooks || !EVENT_TYPES.contains(&kind) {
        return;
    }
    let (copies, reorder) = (switches.webhook_copies, switches.webhook_reorder);
    let due_at = transaction.now().plus(Span::from_seconds(switches.webhook_delay_seconds)).nanos();
    let due_at_nanos = match reorder {
        false => due_at,
        true => due_at.div_euclid(REORDERED_NANOS).saturating_add(1).saturating_mul(REORDERED_NANOS),
    };
    let event = json!({
        "id": transaction.new_id("evt"),
        "object": "event",
        "api_version": VERSION,
        "created": transaction.now().seconds(),
        "type": kind,
        "livemode": false,
        "pending_webhooks": 1,
        "request": { "id": null, "idempotency_key": null },
        "data": { "object": object },
    });
    let body = event.to_string();
    for _ in 0..copies {
        let number = i64::try_from(transaction.new_number()).unwrap_or(i64::MAX);
        let webhook = Pending {
            delivery: format!("delivery_{number}"),
            body: body.clone(),
            made_at_nanos: transaction.now().nanos(),
            due_at_nanos,
            rank: if reorder { -number } else { number },
            tries: 0,
        };
        transaction.put(Change::Webhook(webhook));
    }
}

pub fn delivered(transaction: &mut Transaction<'_>, delivery: &str) {
    if transaction.state().webhook(delivery).is_some() {
        transaction.put(Change::WebhookGone(delivery.to_owned()));
    }
}

pub fn failed(transaction: &mut Transaction<'_>, delivery: &str) {
    let Some(mut webhook) = transaction.state().webhook(delivery).cloned() else { return };
    let wait = WAITS_SECONDS[webhook.tries.min(WAITS_SECONDS.len() - 1)];
    let next = transaction.now().plus(Span::from_seconds(wait));
    if next > Timestamp::from_nanos(webhook.made_at_nanos).plus(GIVEN_UP_AFTER) {
        return transaction.put(Change::WebhookGone(delivery.to_owned()));
    }
    webhook.tries += 1;
    webhook.due_at_nanos = next.nanos();
    transaction.put(Change::Webhook(webhook));
}
