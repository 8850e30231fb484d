//! A naive model of a wallet's life, written from RULES sections 5 to 12 alone, to be read as a specification.
//!
//! Everything a wallet is stands in plain vectors, money is a count of 1e-9 in an `i128`, every rule is a function
//! that says it as directly as it can. Nothing is fast, nothing is shared with the engine.
//!
//! - `calendar`: days of a zone, the first instant of a day, months after an anchor.
//! - `prices`: the price list, of which the tariff file is written too.
//! - `wallet`: entries, balance, and what every step ends with.
//! - `numbers`, `holds`, `messages`, `top_ups`, `alerts`: one section of the rules each.
//! - `timers`: what time alone brings about, in order.

pub mod alerts;
pub mod calendar;
pub mod holds;
pub mod messages;
pub mod numbers;
pub mod prices;
pub mod timers;
pub mod top_ups;
pub mod wallet;

#[cfg(test)]
mod tests;

/// Counts of 1e-9 of the currency unit.
pub type Nanos = i128;
