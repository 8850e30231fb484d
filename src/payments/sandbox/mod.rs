//! A Stripe of our own, in Stripe's wire form: for development, tests and first looks. It moves no money.
//!
//! [`Sandbox::handle`] answers calls as Stripe's API does; [`Sandbox::page`] and [`Sandbox::act`] are the checkout
//! page; what it has to tell waits in an outbox ([`Sandbox::due_webhooks`]) until whoever runs it has delivered it.
//! [`Switches`] make it slow, repetitive, forgetful or broken. A state machine: time comes in with every call,
//! and the only chance is the seed that its ids and its webhook secret come from.
//!
//! With a folder it keeps a log there: a process killed at any instant finds everything that was answered.
//! Deliberately not here: servers and delivery; whatever a prepaid wallet does not need of Stripe.

mod calls;
mod cards;
mod customers;
mod disputes;
mod expand;
mod form;
mod idempotency;
mod intents;
mod log;
mod methods;
mod outbox;
mod page;
mod refunds;
mod reply;
mod sessions;
mod state;
mod switches;
mod transaction;

use std::io;
use std::path::Path;

use parking_lot::Mutex;

pub use calls::{Answer, Call, Reply};
pub use outbox::OutgoingWebhook;
pub use page::{Action, PageAnswer};
pub use switches::{Fault, FaultKind, Switches};

use self::log::Log;
use self::state::{Change, State};
use self::transaction::Transaction;
use crate::clock;
use crate::domain::time::Timestamp;
use crate::payments::signature;

/// The key that calls are authorised with. No secret: whoever reaches the sandbox may play with it.
pub const SECRET_KEY: &str = "sk_test_farebox_sandbox";

/// One fake Stripe account.
pub struct Sandbox {
    account: Mutex<Account>,
    /// Checkout pages are at this address followed by the session's id.
    page_base: String,
}

struct Account {
    state: State,
    log: Option<Log>,
}

impl Sandbox {
    /// An account that lives as long as the process.
    pub fn in_memory(page_base: &str) -> Sandbox {
        let mut state = State::default();
        state.apply(&Change::Seed(new_seed()));
        Sandbox::of(Account { state, log: None }, page_base)
    }

    /// The account in a folder, which is made where it is missing.
    pub fn open(folder: &Path, page_base: &str) -> io::Result<Sandbox> {
        let (mut state, mut log) = Log::open(folder)?;
        if state.seed().is_empty() {
            let seed = Change::Seed(new_seed());
            state.apply(&seed);
            log.append(&[seed])?;
        }
        Ok(Sandbox::of(Account { state, log: Some(log) }, page_base))
    }

    fn of(account: Account, page_base: &str) -> Sandbox {
        Sandbox { account: Mutex::new(account), page_base: page_base.to_owned() }
    }

    pub fn secret_key(&self) -> &'static str {
        SECRET_KEY
    }

    /// What webhooks are signed with. Made once for an account, so that nobody else can sign for it.
    pub fn webhook_secret(&self) -> String {
        self.account.lock().state.webhook_secret()
    }

    /// Answers a call of the API.
    pub fn handle(&self, call: &Call<'_>, now: Timestamp) -> Answer {
        self.transact(now, |transaction| calls::handle(transaction, call))
    }

    /// The checkout page of a session; `None` where there is no such session.
    pub fn page(&self, session: &str, now: Timestamp) -> Option<String> {
        self.transact(now, |transaction| page::show(transaction, session))
    }

    /// What the payer did on the page; `None` where there is no such session.
    pub fn act(&self, session: &str, action: Action, card: &str, now: Timestamp) -> Option<PageAnswer> {
        self.transact(now, |transaction| page::act(transaction, session, action, card))
    }

    pub fn switches(&self) -> Switches {
        self.account.lock().state.switches().clone()
    }

    /// Replaces all switches.
    pub fn switch(&self, switches: Switches, now: Timestamp) {
        self.transact(now, |transaction| transaction.put(Change::Switches(switches)));
    }

    /// The webhooks to deliver now, in the order in which they are to be delivered.
    pub fn due_webhooks(&self, now: Timestamp) -> Vec<OutgoingWebhook> {
        self.transact(now, |transaction| transaction.state().due_webhooks(now))
    }

    /// When something is due next: a webhook, or a checkout that expires.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.account.lock().state.next_due()
    }

    /// A webhook has arrived.
    pub fn webhook_delivered(&self, delivery: &str, now: Timestamp) {
        self.transact(now, |transaction| outbox::delivered(transaction, delivery));
    }

    /// A webhook has not arrived: it is sent again later, for three days.
    pub fn webhook_failed(&self, delivery: &str, now: Timestamp) {
        self.transact(now, |transaction| outbox::failed(transaction, delivery));
    }

    /// Everything that one call changes is kept together or, after a kill, not at all.
    fn transact<T>(&self, now: Timestamp, act: impl FnOnce(&mut Transaction<'_>) -> T) -> T {
        let mut account = self.account.lock();
        let Account { state, log } = &mut *account;
        let mut transaction = Transaction::new(state, now, &self.page_base);
        sessions::expire_due(&mut transaction);
        let answer = act(&mut transaction);
        let changes = transaction.into_changes();
        if let Some(log) = log
            && let Err(error) = log.append(&changes)
        {
            tracing::error!(%error, "the payment sandbox cannot write its log: a restart will not know of this");
        }
        answer
    }
}

fn new_seed() -> String {
    signature::hex(&clock::random_bytes::<16>())
}

#[cfg(test)]
mod tests;
