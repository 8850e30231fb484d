//! The payment client beside implementations that are not ours: Stripe's own library checks signatures, and
//! localstripe, another fake of Stripe, is charged. `make peers` installs both; without them the tests are skipped.

mod localstripe;
mod signatures;

use std::path::PathBuf;

/// The Python that has the peers, where they could be installed.
fn python(test: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from)?.join(".cache/farebox/peers");
    if home.join("installed").exists() {
        return Some(home.join("bin/python"));
    }
    println!("skipped: {test} needs the PyPI packages stripe and localstripe (scripts/peers.sh)");
    None
}

/// A file beside these tests. Of the run, not of the build: checkouts may share a target folder.
fn beside(name: &str) -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells a test where its package is");
    PathBuf::from(package).join("tests/peers").join(name)
}
