//! What one call does to the account: changes that take effect at once and are written together.

use super::state::{Change, State};
use crate::domain::time::Timestamp;

pub struct Transaction<'a> {
    state: &'a mut State,
    now: Timestamp,
    page_base: &'a str,
    issued_before: u64,
    changes: Vec<Change>,
}

impl<'a> Transaction<'a> {
    pub fn new(state: &'a mut State, now: Timestamp, page_base: &'a str) -> Transaction<'a> {
        state.forget_keys(now);
        let issued_before = state.issued();
        Transaction { state, now, page_base, issued_before, changes: Vec::new() }
    }

    pub fn state(&self) -> &State {
        self.state
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Where the checkout page of a session is.
    pub fn page_url(&self, session: &str) -> String {
        format!("{}{session}", self.page_base)
    }

    pub fn put(&mut self, change: Change) {
        self.state.apply(&change);
        self.changes.push(change);
    }

    pub fn new_id(&mut self, prefix: &str) -> String {
        self.state.issue(prefix).0
    }

    /// A number that grows.
    pub fn new_number(&mut self) -> u64 {
        self.state.issue("n").1
    }

    pub fn into_changes(self) -> Vec<Change> {
        let mut changes = self.changes;
        if self.state.issued() != self.issued_before {
            changes.push(Change::Issued(self.state.issued()));
        }
        changes
    }
}
