//! Watching the engine as its operators do: a real Prometheus scrapes it under load, every expression of the dashboard
//! and of the alerts finds what it asks for, the alerts fire and are silent when they should, and neither the metrics
//! nor the log tell a number or a text. `make prometheus` installs Prometheus; without it the tests that need it are
//! skipped.

#![allow(clippy::disallowed_methods, reason = "outside the process there is no clock but the machine's")]

#[path = "../support/mod.rs"]
mod support;

mod alerts;
mod dashboard;
mod exposition;
mod load;
mod logs;
mod prometheus;
mod promql;
mod scrape;
mod upkeep;

use std::path::PathBuf;

/// So that the allocator can say what [`upkeep`] asks it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A file of the checkout. Of the run, not of the build: checkouts may share a target folder.
fn checkout(path: &str) -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells a test where its package is");
    PathBuf::from(package).join(path)
}

fn read(path: &str) -> String {
    let path = checkout(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}
