//! Readers of what was posted: they decide nothing and change nothing.
//!
//! Owns why an entry is what it is ([`explain`]), how much a wallet spends of late ([`pace`]), what it would have spent
//! by another tariff ([`reprice`]), what of its usage is asked for ([`query`]) and what that comes to ([`table`],
//! [`totals`]), its entries as files ([`export`]), and whether a data
//! directory agrees with itself ([`verify`]). Called by `http` and the command line. Deliberately not here: how any of it is shown.

pub mod explain;
pub mod export;
pub mod pace;
pub mod query;
pub mod reprice;
pub mod table;
pub mod totals;
pub mod verify;
