//! What `/readyz` says when a shard no longer works, or old frames are damaged under a running engine.

use std::time::Duration;

use crate::support::client::Client;
use crate::support::data_dir::{flip_in_the_middle, largest_journal_file};
use crate::support::engine::{Engine, Launch};
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
        readiness(&client, 503),
    );
    assert!(said.contains("shard 0 makes no progress"), "wanted the shard named: {said}");
    held.wants(201);
    assert_eq!(waiting.said(), "charged", "wanted what waited to be decided once the shard went on");
    readiness(&client, 200).await;
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
