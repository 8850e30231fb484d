//! What `/readyz`, the metrics and `farebox status` say when a shard no longer works, or old frames are damaged under a running engine.

use std::process::{Command, Output};
use std::time::Duration;

use crate::support::client::Client;
use crate::support::data_dir::{flip_in_the_middle, largest_journal_file};
use crate::support::engine::{Engine, Launch, program};
use crate::support::event::Event;

const LOOKS_MAX: usize = 300;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Asks `/readyz` until it answers `status`; the last answer.
async fn readiness(client: &Client, status: u16) -> String {
    let mut said = String::new();
    for _ in 0..LOOKS_MAX {
        let answer = client.get("/readyz").await;
        if answer.status == status {
            return answer.text;
        }
        said = answer.text;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    panic!("wanted /readyz to answer {status}, it says {said}")
}

/// What `farebox status` says without a key.
fn status(engine: &Engine) -> Output {
    Command::new(program()).args(["status", "--url", &engine.url]).output().expect("running farebox status")
}

/// The value of one series.
fn figure(metrics: &str, series: &str) -> f64 {
    let value = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("wanted {series} in:\n{metrics}"))
}

/// With one shard that is reported as stuck after a second.
fn one_shard(home: &std::path::Path) -> Launch {
    Launch::new(home)
        .environment("FAREBOX_TEST_FAULTS", "1")
        .environment("FAREBOX__ENGINE__SHARDS", "1")
        .environment("FAREBOX__ENGINE__STUCK_AFTER_SECONDS", "1")
}

#[tokio::test]
async fn a_stuck_shard_turns_readiness_red_until_it_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let engine = one_shard(home.path()).start();
    let client = engine.client();
    client.wallet_with("slow", "10").await;
    readiness(&client, 200).await;
    let (held, waiting, said) = tokio::join!(
        client.adjust("slow", "k-stuck", "1", "__stuck__"),
        async {
            // Something must wait: a shard with nothing to do is not stuck.
            tokio::time::sleep(Duration::from_millis(300)).await;
            client.send_one(&Event::outbound("slow", "m-1")).await
        },
        async {
            let said = readiness(&client, 503).await;
            (said, client.get("/metrics").await.text, status(&engine))
        },
    );
    let (said, metrics, shown) = said;
    assert!(said.contains("shard 0 makes no progress"), "wanted the shard named: {said}");
    assert!(figure(&metrics, "farebox_shard_stalled_seconds{shard=\"0\"}") >= 1.0, "{metrics}");
    assert_eq!(figure(&metrics, "farebox_ready"), 0.0);
    assert_eq!(figure(&metrics, "farebox_check_failing{check=\"shard\"}"), 1.0);
    let screen = String::from_utf8_lossy(&shown.stdout);
    assert!(screen.contains("shard 0 makes no progress"), "wanted `farebox status` to say why: {screen}");
    assert_eq!(shown.status.code(), Some(1), "an engine that is not ready");
    held.wants(201);
    assert_eq!(waiting.said(), "charged", "wanted what waited to be decided once the shard went on");
    readiness(&client, 200).await;
    let metrics = client.get("/metrics").await.text;
    assert!(figure(&metrics, "farebox_shard_stalled_seconds{shard=\"0\"}") < 1.0, "{metrics}");
    assert_eq!(figure(&metrics, "farebox_ready"), 1.0);
    let shown = status(&engine);
    assert_eq!(shown.status.code(), Some(0), "an engine that is ready: {shown:?}");
    engine.stop();
}

#[tokio::test]
async fn a_panicked_shard_turns_readiness_red_and_leaves_nobody_waiting() {
    let home = tempfile::tempdir().unwrap();
    let engine = one_shard(home.path()).start();
    let client = engine.client();
    client.wallet_with("acme", "10").await;
    let charged = client.send_one(&Event::outbound("acme", "m-1")).await;
    client.adjust("acme", "k-panic", "1", "__panic_shard__").await.wants_problem(503, "unavailable");
    let said = readiness(&client, 503).await;
    assert!(said.contains("shard 0 has panicked"), "wanted the shard named: {said}");
    let after = client.send_one(&Event::outbound("acme", "m-2")).await;
    assert_eq!(after.said(), "unavailable stopping", "wanted an answer rather than silence");
    engine.stop();

    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let again = client.send_one(&Event::outbound("acme", "m-1")).await;
    assert_eq!(
        (again.said().as_str(), again.seq),
        ("duplicate", charged.seq),
        "wanted nothing lost by the panic"
    );
    engine.stop();
}

#[tokio::test]
async fn the_scrub_finds_damage_in_old_frames_and_names_it() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1000").await;
    for batch in 0..20 {
        let events: Vec<_> = (0..200).map(|id| Event::outbound("acme", &format!("m-{batch}-{id}"))).collect();
        client.send(&events).await;
    }
    engine.stop();
    // The next start writes what stood in the log into a file; damage it once that start has checked it.
    Engine::start(home.path(), &[]).stop();
    let engine =
        Launch::new(home.path()).environment("FAREBOX__JOURNAL__SCRUB_BYTES_PER_SECOND", "65536").start();
    flip_in_the_middle(&largest_journal_file(home.path(), "sst"), 64);
    let said = readiness(&engine.client(), 503).await;
    for wanted in ["partition", "frame", "commit"] {
        assert!(said.contains(wanted), "wanted the {wanted} of the damage named: {said}");
    }
    engine.stop();
}
