//! Readers of what was posted: they decide nothing and change nothing.
//!
//! Owns what of a wallet's usage is asked for ([`query`]) and what that comes to ([`table`], [`totals`]), its entries as
//! files ([`export`]), why an entry is what it is ([`explain`]), what messages should have cost by another tariff
//! ([`reprice`]), how much a wallet spends of late ([`pace`]), a month of it for the books ([`statement`]), who did what ([`audit`]), what a provider says instead
//! ([`reconcile`]), and whether a data directory
//! agrees with itself ([`verify`]). Called by `http` and the command line. Deliberately not here: how any of it is shown.

pub mod audit;
pub mod cells;
pub mod explain;
pub mod export;
pub mod origins;
pub mod pace;
pub mod query;
pub mod reconcile;
pub mod reprice;
pub mod sentence;
pub mod statement;
pub mod table;
pub mod totals;
pub mod verify;
