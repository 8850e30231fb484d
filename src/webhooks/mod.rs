//! Webhooks out: how one message gets to one endpoint, and when it is tried again.
//!
//! Owns the form of [Standard Webhooks](https://www.standardwebhooks.com): signatures and secrets
//! ([`sign`]), which targets may be called ([`target`]), what an alert says ([`body`]), one attempt and what came of
//! it ([`deliver`]), and the times of the attempts ([`backoff`]). Called by whoever works off the outbox, and by
//! `http` for what it shows.
//!
//! Promises: nothing is ever sent to an address that was not checked, whatever a name resolves to from one
//! moment to the next; an attempt ends within its time limit; the same message is tried at the same times
//! wherever and whenever that is worked out.
//!
//! Deliberately not here: who is told what and in which order, what is kept, and the clock.

mod address;
pub mod backoff;
pub mod body;
pub mod deliver;
pub mod sign;
pub mod target;
#[cfg(test)]
mod tests;

pub use deliver::{Delivered, Deliverer, Endpoint, Message, Settings};
pub use sign::Secret;
