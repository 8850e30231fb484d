//! Readers of what was posted: they decide nothing and change nothing.
//!
//! Owns why an entry is what it is ([`explain`]), how much a wallet spends of late ([`pace`]), what of its usage is asked for ([`query`]), its entries as files ([`export`]), and whether a data
//! directory agrees with itself ([`verify`]). Called by `http` and the command line. Deliberately not here: how any of it is shown.

pub mod explain;
pub mod export;
pub mod pace;
pub mod query;
pub mod verify;
