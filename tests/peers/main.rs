//! What we do beside implementations that are not ours: Stripe's own library checks signatures, localstripe, another
//! fake of Stripe, is charged, DuckDB, Arrow and LibreOffice read exports, and pyarrow sends events. `make peers` installs
//! them; without them the tests are skipped.

#[path = "../support/mod.rs"]
mod support;

mod arrow;
mod exports;
mod libreoffice;
mod localstripe;
mod signatures;

use std::path::PathBuf;

/// The Python that has the peers of payments, where they could be installed.
fn python(test: &str) -> Option<PathBuf> {
    python_of("peers", "stripe and localstripe", test)
}

/// The Python of one of the environments, where it could be made.
fn python_of(environment: &str, packages: &str, test: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from)?.join(".cache/farebox").join(environment);
    if home.join("installed").exists() {
        return Some(home.join("bin/python"));
    }
    println!("skipped: {test} needs the PyPI packages {packages} (scripts/peers.sh)");
    None
}

/// A file beside these tests. Of the run, not of the build: checkouts may share a target folder.
fn beside(name: &str) -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells a test where its package is");
    PathBuf::from(package).join("tests/peers").join(name)
}
