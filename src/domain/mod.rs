//! The rules of the product. Pure: no IO, no clock, no async, no serialisation, no logging.
//!
//! Owns the words of the product (money, addresses, segments, tariffs, events, wallets) and what may
//! happen to a wallet: [`decide`](decide::decide) turns a command into records or a refusal, and
//! [`Wallet::apply`](wallet::Wallet::apply) folds a record into a wallet. Both are total, synchronous
//! and deterministic, so that a journal folded twice gives the same wallets (J2).
//!
//! Called by every other floor; calls none of them. Promises W1 and W2 (DESIGN, section 4).
//! Deliberately not here: who has seen an event id before (`engine`), how records are written
//! (`journal`), how files and requests are read (`ingest`, `tariff_file`).

pub mod access;
pub mod address;
pub mod calendar;
pub mod currency;
pub mod decide;
pub mod deed;
pub mod endpoint;
pub mod event;
pub mod house;
pub mod identity;
pub mod life;
pub mod money;
pub mod rating;
pub mod record;
#[cfg(test)]
pub mod samples;
pub mod segments;
pub mod sender_type;
pub mod status;
pub mod tariff;
pub mod time;
pub mod usage;
pub mod wallet;
