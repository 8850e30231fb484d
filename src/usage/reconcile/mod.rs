//! Reconciliation: a provider's usage file held against our entries. It finds and proposes; it posts nothing.
//!
//! [`mapping`] says what the columns of a file mean, [`file`] reads it ([`lines`] finds its rows, [`row`] reads one, with
//! [`amounts`] and [`dates`]). [`matching`] pairs rows with the wallet's messages ([`ours`]) and puts each into a class of
//! the [`report`]; [`judge`] says how a pair differs and what would set it right, from what the message has come to by now
//! ([`standing`]); [`outside`] and [`coverage`] say what the file and the question are not about.
//!
//! What "ours" is: the message's own entry, before refunds and corrections, which are entries of their own.

mod amounts;
mod coverage;
mod dates;
pub mod file;
mod judge;
mod lines;
pub mod mapping;
pub mod matching;
pub mod ours;
mod outside;
pub mod report;
mod row;
pub mod standing;
