//! Readers of what was posted: they decide nothing and change nothing.
//!
//! Owns who did what ([`audit`]), why an entry is what it is ([`explain`]), how much a wallet spends of late ([`pace`])
//! and whether a data directory agrees with itself ([`verify`]); also what a cell of CSV may hold ([`cells`]). Called by
//! `http` and the command line. Deliberately not here: how any of it is shown.

pub mod audit;
pub mod cells;
pub mod explain;
pub mod pace;
pub mod verify;
