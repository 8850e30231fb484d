//! Where every cent went (RULES, section 13), asked from outside: usage against the entries it is of, added up by a
//! naive model; in zones of all sorts, while traffic flows, after kills, and with input that cannot be answered.

#[path = "../support/mod.rs"]
mod support;

mod exported;
mod figures;
mod fleet;
mod ledger;
mod parts;
mod question;
mod traffic;

mod bad_input;
mod conservation;
mod flowing;
mod kills;
mod rows;
mod statuses;
mod zones;
