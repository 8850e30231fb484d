//! Readers of what was posted: they decide nothing and change nothing.
//!
//! Owns why an entry is what it is ([`explain`]) and whether a data directory agrees with itself ([`verify`]). Called by `http` and the command line with what they have
//! read from the views. Deliberately not here: how any of it is shown.

pub mod explain;
pub mod verify;
