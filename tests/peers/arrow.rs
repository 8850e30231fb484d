//! The example of the documentation, run as it stands: events sent by pyarrow, and the answer read by it.

use std::path::PathBuf;
use std::process::{Command, Output};

use super::python_of;
use super::support::audit;
use super::support::engine::{Engine, OPERATOR_KEY};
use super::support::{decimal, nanos};

const EVENTS: usize = 25_000;

fn example() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells a test where its package is");
    PathBuf::from(package).join("docs/examples/arrow_events.py")
}

fn run(python: &std::path::Path, engine: &Engine, key: &str, wallet: &str) -> Output {
    Command::new(python)
        .arg(example())
        .args([wallet, &EVENTS.to_string()])
        .env("FAREBOX_URL", engine.url.trim_end_matches('/'))
        .env("FAREBOX_KEY", key)
        .output()
        .expect("the readers' Python starts")
}

#[tokio::test]
async fn the_example_with_pyarrow_sends_events_and_reads_the_answer() {
    let name = "the_example_with_pyarrow_sends_events_and_reads_the_answer";
    let Some(python) = python_of("readers", "duckdb and pyarrow", name) else { return };
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "10000").await;
    let said = |wallet: &str| {
        let output = run(&python, &engine, OPERATOR_KEY, wallet);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let first = said("acme");
    let spent = nanos("10000") - client.balance("acme").await;
    let want = |outcome: &str, amount: &str| {
        format!("accepted {EVENTS} of {EVENTS}\n{outcome} {EVENTS} {amount:}\n")
    };
    // Python writes all nine decimal places.
    let nine = format!("{}.{:09}", spent / 1_000_000_000, spent % 1_000_000_000);
    assert_eq!(first, want("charged", &nine), "{} spent", decimal(spent));
    assert_eq!(said("acme"), want("duplicate", &nine), "the same again");
    audit::wallet(&client, "acme").await;
    let unknown = said("nobody");
    assert!(
        unknown.starts_with(&format!("accepted 0 of {EVENTS}\ninvalid {EVENTS} None\n")),
        "{unknown:.300}"
    );
    assert!(unknown.contains("line 25000: unknown_wallet wallet: there is no such wallet"), "{unknown:.300}");
    let refused = run(&python, &engine, "no such key", "acme");
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("401") && why.contains("unauthorized"), "{why}");
}
