//! Formats in: what a request carries becomes a [`Batch`](crate::engine::batch::Batch) of checked events.
//!
//! Owns how a body is unpacked ([`decode`]), how it falls into events ([`ndjson`], [`cloudevents`], [`arrow`]), how
//! the fields of one event are read (`raw`, and `quick` for nearly all lines), what the checks ask of any of them
//! (`item`) and what is wrong with them (`check`, `message`, `tags`, `rfc3339`).
//! Called by `http` with a whole body and a [`Desk`]; the batch goes on to the engine.
//!
//! Promises: every item of a body has exactly one line in the batch, in order, with its number; no bytes
//! whatever make a reader panic or overflow the stack; a valid event that needs no unescaping is read
//! without an allocation; the same event told by another format has the same key and fingerprint (W3).
//!
//! Deliberately not here: what depends on the wallet's balance, on what came before or on the clock (too
//! old, in the future, no rate, duplicates): that is decided where the wallet lives.

pub mod arrow;
mod check;
pub mod cloudevents;
pub mod decode;
mod desk;
mod fault;
mod field;
mod item;
mod message;
pub mod ndjson;
mod quick;
mod raw;
mod rfc3339;
#[cfg(test)]
mod samples;
mod tags;

pub use desk::{Desk, Limits, Scope, TooManyEvents, Unreadable};
