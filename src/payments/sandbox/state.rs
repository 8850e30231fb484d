//! What the account holds: documents that are replaced whole, and the orders in which they are looked through.
//!
//! Every change is a [`Change`]; the log is a list of them, and reading it back makes the same state.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::outbox::{OutgoingWebhook, Pending};
use super::switches::Switches;
use crate::domain::time::{Span, Timestamp};
use crate::payments::order::Metadata;
use crate::payments::signature;

/// How long an idempotency key is remembered: Stripe forgets them after at least 24 hours.
pub const KEYS_KEPT: Span = Span::from_days(1);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub created: i64,
    pub description: Option<String>,
    pub metadata: Metadata,
}

/// A payment method; always a card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Method {
    pub id: String,
    pub created: i64,
    pub customer: Option<String>,
    pub number: String,
    /// Saved by a payer who agreed to later charges.
    pub set_up: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

/// Why the last try of a payment failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decline {
    pub code: String,
    pub decline_code: Option<String>,
}

/// A payment intent and, once it was paid, its charge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intent {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub currency: String,
    pub customer: Option<String>,
    pub method: Option<String>,
    pub metadata: Metadata,
    pub status: IntentStatus,
    pub error: Option<Decline>,
    pub amount_refunded: i64,
    pub disputed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    Open,
    Complete,
    Expired,
}

/// A checkout session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub created: i64,
    pub expires_at: i64,
    pub status: SessionStatus,
    pub amount: i64,
    pub currency: String,
    pub product: String,
    pub customer: Option<String>,
    /// None is given, and one is to be made when it is paid.
    pub makes_customer: bool,
    pub saves_method: bool,
    pub payment: Option<String>,
    pub metadata: Metadata,
    pub payment_metadata: Metadata,
    pub client_reference_id: Option<String>,
    pub success_url: String,
    pub cancel_url: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub created: i64,
    pub payment: String,
    pub amount: i64,
    pub currency: String,
    pub reinstated: bool,
}

/// The first answer under an idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Replay {
    pub key: String,
    pub at_nanos: i64,
    pub request: String,
    pub status: u16,
    pub body: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Seed(String),
    /// How many ids have been given out.
    Issued(u64),
    Switches(Switches),
    Customer(Customer),
    Method(Method),
    Intent(Intent),
    Session(Session),
    Dispute(Dispute),
    Replay(Replay),
    Webhook(Pending),
    /// By the id of the delivery.
    WebhookGone(String),
}

#[derive(Default)]
pub struct State {
    seed: String,
    issued: u64,
    switches: Switches,
    customers: HashMap<String, Customer>,
    methods: HashMap<String, Method>,
    intents: HashMap<String, Intent>,
    sessions: HashMap<String, Session>,
    disputes: HashMap<String, Dispute>,
    /// Ids in the order in which they were made.
    intents_by_customer: HashMap<String, Vec<String>>,
    /// By when they expire.
    open_sessions: BTreeSet<(i64, String)>,
    replays: HashMap<String, Replay>,
    replays_by_age: VecDeque<(i64, String)>,
    outbox: HashMap<String, Pending>,
    outbox_by_due: BTreeMap<(i64, i64), String>,
}

impl State {
    pub fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::Seed(seed) => self.seed = seed,
            Change::Issued(issued) => self.issued = issued,
            Change::Switches(switches) => self.switches = switches,
            Change::Customer(customer) => drop(self.customers.insert(customer.id.clone(), customer)),
            Change::Method(method) => drop(self.methods.insert(method.id.clone(), method)),
            Change::Intent(intent) => self.put_intent(intent),
            Change::Session(session) => self.put_session(session),
            Change::Dispute(dispute) => drop(self.disputes.insert(dispute.id.clone(), dispute)),
            Change::Replay(replay) => {
                self.replays_by_age.push_back((replay.at_nanos, replay.key.clone()));
                self.replays.insert(replay.key.clone(), replay);
            }
            Change::Webhook(webhook) => {
                self.remove_webhook(&webhook.delivery);
                self.outbox_by_due.insert(webhook.order(), webhook.delivery.clone());
                self.outbox.insert(webhook.delivery.clone(), webhook);
            }
            Change::WebhookGone(delivery) => self.remove_webhook(&delivery),
        }
    }

    /// The changes that make this state out of nothing.
    pub fn as_changes(&self) -> Vec<Change> {
        let mut changes = vec![
            Change::Seed(self.seed.clone()),
            Change::Issued(self.issued),
            Change::Switches(self.switches.clone()),
        ];
        changes.extend(self.customers.values().cloned().map(Change::Customer));
        changes.extend(self.methods.values().cloned().map(Change::Method));
        let alone = self.intents.values().filter(|intent| intent.customer.is_none());
        let of_customers = self.intents_by_customer.values().flatten().filter_map(|id| self.intents.get(id));
        changes.extend(alone.chain(of_customers).cloned().map(Change::Intent));
        changes.extend(self.sessions.values().cloned().map(Change::Session));
        changes.extend(self.disputes.values().cloned().map(Change::Dispute));
        let replays = self.replays_by_age.iter().filter_map(|(_, key)| self.replays.get(key));
        changes.extend(replays.cloned().map(Change::Replay));
        changes.extend(self.outbox.values().cloned().map(Change::Webhook));
        changes
    }

    fn put_intent(&mut self, intent: Intent) {
        let before = self.intents.insert(intent.id.clone(), intent.clone());
        let joins = intent.customer.filter(|_| before.is_none_or(|before| before.customer.is_none()));
        if let Some(customer) = joins {
            self.intents_by_customer.entry(customer).or_default().push(intent.id);
        }
    }

    fn put_session(&mut self, session: Session) {
        let place = (session.expires_at, session.id.clone());
        match session.status {
            SessionStatus::Open => self.open_sessions.insert(place),
            SessionStatus::Complete | SessionStatus::Expired => self.open_sessions.remove(&place),
        };
        self.sessions.insert(session.id.clone(), session);
    }

    fn remove_webhook(&mut self, delivery: &str) {
        if let Some(webhook) = self.outbox.remove(delivery) {
            self.outbox_by_due.remove(&webhook.order());
        }
    }

    pub fn seed(&self) -> &str {
        &self.seed
    }

    pub fn webhook_secret(&self) -> String {
        format!("whsec_{}", &self.derived("webhook secret")[..32])
    }

    /// 64 digits that nobody can guess without the seed.
    fn derived(&self, name: &str) -> String {
        signature::keyed_hash(&self.seed, name.as_bytes())
    }

    /// A new id and its number.
    pub fn issue(&mut self, prefix: &str) -> (String, u64) {
        self.issued += 1;
        let tail = self.derived(&format!("{prefix} {}", self.issued));
        (format!("{prefix}_{}", &tail[..24]), self.issued)
    }

    pub fn issued(&self) -> u64 {
        self.issued
    }

    pub fn switches(&self) -> &Switches {
        &self.switches
    }

    pub fn customer(&self, id: &str) -> Option<&Customer> {
        self.customers.get(id)
    }

    pub fn method(&self, id: &str) -> Option<&Method> {
        self.methods.get(id)
    }

    pub fn intent(&self, id: &str) -> Option<&Intent> {
        self.intents.get(id)
    }

    pub fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.get(id)
    }

    pub fn dispute(&self, id: &str) -> Option<&Dispute> {
        self.disputes.get(id)
    }

    /// Newest first, as Stripe lists them.
    pub fn intents_of(&self, customer: &str) -> impl Iterator<Item = &Intent> {
        let ids = self.intents_by_customer.get(customer).map(Vec::as_slice).unwrap_or_default();
        ids.iter().rev().filter_map(|id| self.intents.get(id))
    }

    /// The open session that expires first, where it has by now.
    pub fn expired_session(&self, now: Timestamp) -> Option<&Session> {
        let (_, id) = self.open_sessions.first().filter(|(at, _)| *at <= now.seconds())?;
        self.sessions.get(id)
    }

    pub fn replay(&self, key: &str) -> Option<&Replay> {
        self.replays.get(key)
    }

    /// Drops the keys that are too old by now.
    pub fn forget_keys(&mut self, now: Timestamp) {
        let oldest = now.minus(KEYS_KEPT).nanos();
        while self.replays_by_age.front().is_some_and(|(at, _)| *at <= oldest) {
            let Some((at, key)) = self.replays_by_age.pop_front() else { return };
            if self.replays.get(&key).is_some_and(|replay| replay.at_nanos == at) {
                self.replays.remove(&key);
            }
        }
    }

    pub fn webhook(&self, delivery: &str) -> Option<&Pending> {
        self.outbox.get(delivery)
    }

    pub fn due_webhooks(&self, now: Timestamp) -> Vec<OutgoingWebhook> {
        let due = self.outbox_by_due.range(..=(now.nanos(), i64::MAX));
        due.filter_map(|(_, delivery)| self.outbox.get(delivery)).map(Pending::outgoing).collect()
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        let webhook = self.outbox_by_due.keys().next().map(|(due, _)| Timestamp::from_nanos(*due));
        let expiry = self.open_sessions.first().map(|(at, _)| at_second(*at));
        webhook.into_iter().chain(expiry).min()
    }
}

/// The instant of a time in seconds.
pub fn at_second(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000))
}
