//! How the engine stands: what `/readyz` says, and why.

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// What keeps the engine from being relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    pub ready: bool,
    /// One sentence each; empty while ready.
    pub reasons: Vec<String>,
    /// What somebody should look at although requests are taken, one sentence each.
    pub warnings: Vec<String>,
}

/// The checks that somebody has found failing, by name.
#[derive(Default)]
pub struct Checks {
    failing: Mutex<BTreeMap<String, String>>,
}

impl Checks {
    /// Answers whether it failed anew: then it is worth a line in the log.
    pub fn fail(&self, check: &str, reason: &str) -> bool {
        self.failing.lock().insert(check.to_owned(), reason.to_owned()).is_none()
    }

    /// Answers whether it had failed before.
    pub fn pass(&self, check: &str) -> bool {
        self.failing.lock().remove(check).is_some()
    }

    /// Whether a check fails whose name begins with this word.
    pub fn fails(&self, word: &str) -> bool {
        self.failing.lock().keys().any(|check| check.split(' ').next() == Some(word))
    }

    pub fn health(&self) -> Health {
        let reasons: Vec<_> = self.failing.lock().values().cloned().collect();
        Health { ready: reasons.is_empty(), reasons, warnings: Vec::new() }
    }
}
