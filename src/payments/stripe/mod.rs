//! A thin client of Stripe's API: forms out, JSON in, over HTTP or straight into the sandbox.
//!
//! [`client`] knows the calls, [`wire`] how their objects look, [`outcome`] what a status means, [`transport`] the
//! way there. The same bytes go either way, so what is tested against the sandbox is what Stripe is sent.
//! Deliberately not here: retries, and what an answer means to a wallet.

mod client;
mod form;
mod outcome;
mod transport;
pub mod wire;

pub use client::Payments;

/// The version of the API that forms and objects here were written against. Pinned: without it every account
/// would answer in the version it was made with. Webhooks come in the version of their endpoint, so what is
/// read of them is only what has looked alike since 2022-11-15.
pub const VERSION: &str = "2026-06-24.dahlia";
