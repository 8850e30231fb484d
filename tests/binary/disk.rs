//! A disk that refuses: nothing is acknowledged after the first refusal, the process ends and says why, and
//! with room again everything acknowledged is there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::support::audit;
use crate::support::client::{Client, NDJSON, Outcome};
use crate::support::data_dir::assert_verifies;
use crate::support::engine::{Engine, Launch, data_dir};
use crate::support::event::{Event, ndjson};
use crate::support::random::Random;

const WALLETS: usize = 8;
/// Far more than what either disk below can hold.
const REQUESTS_MAX: usize = 2_000;
const EVENTS_PER_REQUEST: usize = 200;
const END_TIME_MAX: Duration = Duration::from_secs(30);

/// A small file system of its own, gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this machine does not let the test mount.
    fn mount(at: &Path, options: &str) -> Option<SmallDisk> {
        std::fs::create_dir_all(at).expect("making the mount point");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| SmallDisk(at.to_owned()))
    }

    fn enlarge(&self, options: &str) {
        let remount =
            Command::new("mount").args(["-o", options]).arg(&self.0).status().expect("running mount");
        assert!(remount.success(), "wanted {} remounted with {options}", self.0.display());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn wallet(number: usize) -> String {
    format!("w-{}", number % WALLETS)
}

/// Events that need room: each carries a kilobyte of tags, of which nothing can be packed away.
fn batch(request: usize) -> Vec<Event> {
    let event = |number: usize| {
        let mut random = Random::new((request * EVENTS_PER_REQUEST + number) as u64);
        let filler: String = (0..62).map(|_| format!("{:016x}", random.next())).collect();
        let id = format!("m-{request}-{number}");
        Event::outbound(&wallet(number), &id).with("tags", json!({"filler": filler}))
    };
    (0..EVENTS_PER_REQUEST).map(event).collect()
}

async fn try_send(client: &Client, events: &[Event]) -> Option<Vec<Outcome>> {
    let headers = [("content-type", NDJSON)];
    let sent = client.try_call(reqwest::Method::POST, "/v1/events", &headers, ndjson(events).into()).await;
    let answer = sent.ok().filter(|answer| answer.status == 200)?;
    let outcomes = answer.outcomes();
    // An event that is out of service was not acknowledged; the request met the failure half-way.
    (!outcomes.iter().any(|outcome| outcome.outcome == "unavailable")).then_some(outcomes)
}

/// Sends until the disk refuses; what was acknowledged, by wallet, and the request that was not.
async fn fill(engine: &mut Engine) -> (Vec<(String, Outcome)>, usize) {
    let client = engine.client();
    for number in 0..WALLETS {
        client.wallet_with(&wallet(number), "1000000").await;
    }
    let mut acknowledged = Vec::new();
    for request in 0..REQUESTS_MAX {
        let Some(outcomes) = try_send(&client, &batch(request)).await else {
            for later in 1..=5 {
                let after = try_send(&client, &batch(request + later)).await;
                assert_eq!(after, None, "nothing may be acknowledged after the disk has refused");
            }
            return (acknowledged, request);
        };
        assert!(
            outcomes.iter().all(|outcome| outcome.said() == "charged"),
            "wanted all charged: {:?}",
            outcomes[0]
        );
        acknowledged
            .extend(outcomes.into_iter().enumerate().map(|(number, outcome)| (wallet(number), outcome)));
    }
    panic!("wanted the disk to refuse within {} events", REQUESTS_MAX * EVENTS_PER_REQUEST);
}

/// The process has ended by itself, not well, and its last line says that it is the disk.
fn assert_ended_for_the_disk(engine: &mut Engine) {
    let status = engine.wait(END_TIME_MAX, "the process to end after the disk refused");
    assert!(status.code().is_some_and(|code| code != 0), "wanted a non-zero exit of its own, got {status}");
    let stderr = engine.stderr();
    let last = stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("").to_lowercase();
    let clear = ["no space", "file too large", "disk", "journal"].iter().any(|word| last.contains(word));
    assert!(clear, "wanted a last line that names the disk or the journal, got {last:?} of:\n{stderr}");
}

async fn assert_everything_is_there(home: &Path, acknowledged: &[(String, Outcome)], refused: usize) {
    let engine = Engine::start(home, &[]);
    let client = engine.client();
    for number in 0..WALLETS {
        let audited = audit::wallet(&client, &wallet(number)).await;
        let own = acknowledged.iter().filter(|(owner, _)| *owner == wallet(number));
        own.for_each(|(_, outcome)| audited.holds(outcome));
    }
    // Whatever became of the request without an acknowledgement, sent again it counts once.
    let again = client.send(&batch(refused)).await;
    let counted = again.iter().all(|outcome| ["charged", "duplicate"].contains(&outcome.said().as_str()));
    assert!(counted, "wanted the unacknowledged request taken when sent again: {:?}", again[0]);
    for number in 0..WALLETS {
        let audited = audit::wallet(&client, &wallet(number)).await;
        let own = again.iter().enumerate().filter(|(index, _)| wallet(*index) == wallet(number));
        own.for_each(|(_, outcome)| audited.holds(outcome));
    }
    engine.stop();
    assert_verifies(home);
}

#[tokio::test]
async fn a_full_disk_ends_the_process_and_loses_nothing_acknowledged() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&data_dir(home.path()), "size=64m,mode=0700") else {
        println!(
            "skipped: a_full_disk_ends_the_process_and_loses_nothing_acknowledged needs the right to mount"
        );
        return;
    };
    let mut engine = Engine::start(home.path(), &[]);
    let (acknowledged, refused) = fill(&mut engine).await;
    assert_ended_for_the_disk(&mut engine);
    assert!(!acknowledged.is_empty(), "wanted some events acknowledged before the disk was full");
    disk.enlarge("remount,size=1g");
    assert_everything_is_there(home.path(), &acknowledged, refused).await;
}

#[tokio::test]
async fn a_file_that_may_not_grow_ends_the_process_and_loses_nothing_acknowledged() {
    let home = tempfile::tempdir().unwrap();
    // The ignored signal is inherited, so that the write fails instead; the unit is 512 or 1,024 bytes. The log is as long as
    // the write buffer is large.
    let launch = Launch::new(home.path())
        .shell_first("trap '' XFSZ; ulimit -f 32768; export FAREBOX__JOURNAL__WRITE_BUFFER_BYTES=67108864");
    let mut engine = launch.start();
    let (acknowledged, refused) = fill(&mut engine).await;
    assert_ended_for_the_disk(&mut engine);
    assert!(!acknowledged.is_empty(), "wanted some events acknowledged before the file was full");
    assert_everything_is_there(home.path(), &acknowledged, refused).await;
}
