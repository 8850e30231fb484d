//! Black-box tests: the real binary, spoken to over HTTP. One test binary, because each links RocksDB.

#[path = "../support/mod.rs"]
mod support;

mod acts;
mod arrow;
mod bad_body;
mod bad_fields;
mod bad_input;
mod damage;
mod disk;
mod exports;
mod formats;
mod interface;
mod life;
mod live;
mod problems;
mod readiness;
mod reconcile;
mod resources;
mod roles;
mod rules;
mod session;
mod tariffs;
mod together;
