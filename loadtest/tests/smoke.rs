//! The harness against the real program: short runs of its kinds of traffic, each started, audited and told by it.
//!
//! The program is the one beside the harness (`make build`, or any `cargo test --workspace`, puts it there).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use serde_json::Value;

/// Removed with everything in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Relaxed);
        let folder =
            std::env::temp_dir().join(format!("loadtest-smoke-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn loadtest(words: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_loadtest"));
    let farebox = program.with_file_name("farebox");
    assert!(farebox.is_file(), "{} is not there: build the workspace first", farebox.display());
    let mut command = Command::new(program);
    command.env_remove("FAREBOX_URL").env_remove("FAREBOX_KEY");
    command.args(words).output().expect("the harness starts")
}

/// A short run that has to succeed; answers its report.
fn run(scenario: &str, more: &[&str]) -> Value {
    let folder = Folder::new(scenario);
    let json = folder.file("report.json");
    let mut words = vec!["run", scenario, "--seconds", "1", "--warmup", "0.3", "--json", &json];
    words.extend(["--data-dir", folder.0.to_str().expect("a plain path")]);
    words.extend(more);
    let output = loadtest(&words);
    let told = format!(
        "{words:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{} of {told}", output.status);
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(&json).expect("a report")).expect("JSON");
    assert!(figure(&report, "events_per_second") > 0.0, "{told}");
    assert_eq!(figure(&report, "audit_differences"), 0.0, "{told}");
    let left: Vec<_> =
        std::fs::read_dir(&folder.0).expect("the folder").flatten().map(|entry| entry.path()).collect();
    assert_eq!(left, [PathBuf::from(&json)], "nothing but the report is left");
    report
}

fn figure(report: &Value, name: &str) -> f64 {
    let figure = &report["figures"][name]["median"];
    figure.as_f64().unwrap_or_else(|| panic!("there is no figure {name}: {}", report["figures"]))
}

const SMALL: [&str; 6] = ["--wallets", "40", "--batch", "50", "--connections", "2"];

fn small(more: &[&'static str]) -> Vec<&'static str> {
    [&SMALL[..], more].concat()
}

#[test]
fn a_closed_loop_is_measured_audited_and_shown() {
    let folder = Folder::new("page");
    let page = folder.file("pages/report.html");
    let report = run(
        "uniform",
        &[&SMALL[..], &["--html", &page, "--assert", "charged>0", "--assert", "p99_ms<60000"]].concat(),
    );
    for name in [
        "server_cpu_us_per_event",
        "client_cpu_us_per_event",
        "resident_bytes",
        "sync_p99_ms",
        "syncs_per_second",
    ] {
        assert!(figure(&report, name) >= 0.0, "{name}");
    }
    assert_eq!(report["runs"][0]["audit"]["wallets"], 40);
    assert!(std::fs::read_to_string(page).expect("the page").contains("<polyline"));
}

#[test]
fn an_assertion_that_does_not_hold_fails_the_run_and_is_named() {
    let output = loadtest(
        &[
            &["run", "hot", "--batch", "50", "--seconds", "1", "--warmup", "0"][..],
            &["--assert", "events_per_second>=1e12"],
        ]
        .concat(),
    );
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("FAILED events_per_second>=1e12"), "{told}");
}

#[test]
fn an_open_loop_keeps_its_rate() {
    let report = run("uniform", &small(&["--rate", "2000", "--linger", "5"]));
    assert_eq!(figure(&report, "target_events_per_second"), 2_000.0);
    assert_eq!(report["runs"][0]["phases"][0]["groups"][0]["batch"], 10, "5 ms of 2,000 events a second");
    let reached = figure(&report, "events_per_second") + figure(&report, "unsent");
    assert!((1_500.0..2_500.0).contains(&reached), "{reached} events a second");
}

#[test]
fn the_same_events_come_as_cloud_events() {
    let report = run("uniform", &small(&["--format", "cloudevents"]));
    assert!(figure(&report, "charged") > 0.0);
}

#[test]
fn repeats_are_duplicates_and_statuses_return_money() {
    let report = run("duplicates", &small(&[]));
    let share = figure(&report, "duplicate") / (figure(&report, "duplicate") + figure(&report, "charged"));
    assert!((0.05..0.15).contains(&share), "{share} of all are duplicates");
    let report = run("statuses", &small(&["--counted"]));
    assert!(figure(&report, "recorded") > 0.0 && figure(&report, "charged") > 0.0);
}

#[test]
fn wallets_that_run_dry_are_refused_and_topped_up() {
    let report = run("exhaustion", &["--wallets", "3", "--batch", "100", "--connections", "2"]);
    assert!(figure(&report, "refused") > 0.0 && figure(&report, "charged") > 0.0);
}

#[test]
fn one_that_is_killed_at_full_load_comes_back_with_everything() {
    let report = run("restart", &small(&[]));
    assert!(figure(&report, "ready_seconds") > 0.0);
}

#[test]
fn others_are_measured_beside_a_flood_a_campaign_and_readers() {
    let report = run("noisy", &small(&["--rate", "1000"]));
    assert!(figure(&report, "others_p99_ratio") > 0.0);
    let report = run("campaign", &["--wallets", "40", "--rate", "1000"]);
    assert!(figure(&report, "campaign_max_ms") > 0.0);
    let report = run("reads", &small(&[]));
    assert!(figure(&report, "balance_reads_per_second") > 0.0 && figure(&report, "beside_reads_ratio") > 0.0);
}

#[test]
fn the_knee_is_found_and_half_of_it_measured() {
    let report =
        run("uniform", &["--wallets", "40", "--knee", "--batch", "500", "--linger", "5", "--bound", "200"]);
    assert!(figure(&report, "knee_events_per_second") > 0.0);
    let steps = report["runs"][0]["steps"].as_array().expect("steps");
    assert!(steps.iter().any(|step| step["holds"] == true), "{steps:?}");
}

#[test]
fn a_set_tells_its_table_and_what_could_not_be_measured() {
    let folder = Folder::new("set");
    let table = folder.file("table.md");
    let output = loadtest(&[
        "set",
        "--seconds",
        "0.5",
        "--warmup",
        "0.2",
        "--only",
        "uniform,hot",
        "--table",
        &table,
        "--data-dir",
        folder.0.to_str().expect("a plain path"),
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = std::fs::read_to_string(table).expect("the table");
    assert!(table.contains("| one hot wallet, NDJSON | 1.2 x the first row |"), "{table}");
    assert!(
        table.contains("| Arrow IPC, the same | 800,000 events/s | 1,300,000 | not measured |"),
        "{table}"
    );
}
