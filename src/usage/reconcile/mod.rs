//! Reconciliation: a provider's usage file held against our entries. It finds and proposes; it posts nothing.
//!
//! [`mapping`] says what the columns of a file mean, [`file`] reads it, [`matching`] holds it against the entries of a
//! wallet. What "ours" is: the message's own entry, before refunds and corrections, which are entries of their own.

pub mod file;
pub mod mapping;
pub mod matching;
