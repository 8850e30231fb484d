//! A damaged store (J3): named and refused, never passed over; only a torn tail is cut.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::audit;
use crate::support::client::Outcome;
use crate::support::data_dir::{self, assert_verifies, largest_journal_file};
use crate::support::engine::{Engine, Launch, Refused};
use crate::support::event::Event;

const WALLET: &str = "acme";

/// A home whose engine is gone, and what it has acknowledged.
struct History {
    home: TempDir,
    acknowledged: Vec<Outcome>,
}

enum End {
    /// SIGKILL: what counts is in the write-ahead log.
    Kill,
    /// Stopped gracefully and started again until the journal has sorted tables.
    Settle,
}

impl History {
    async fn make(end: End) -> History {
        let home = tempfile::tempdir().unwrap();
        let engine = Engine::start(home.path(), &[]);
        let client = engine.client();
        client.wallet_with(WALLET, "100000").await;
        let mut acknowledged = Vec::new();
        for request in 0..40 {
            let id = |number: usize| format!("m-{request}-{number}");
            let events: Vec<Event> = (0..50).map(|number| Event::outbound(WALLET, &id(number))).collect();
            acknowledged.extend(client.send(&events).await);
        }
        // An idle engine has marked all that it acknowledged.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        match end {
            End::Kill => engine.kill(),
            End::Settle => {
                engine.stop();
                Engine::start(home.path(), &[]).stop();
            }
        }
        History { home, acknowledged }
    }

    /// A copy to damage.
    fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        data_dir::copy(self.home.path(), copy.path());
        copy
    }

    async fn assert_whole(&self, engine: &Engine) {
        audit::wallet(&engine.client(), WALLET).await.holds_exactly(&self.acknowledged);
    }

    /// The undamaged copy starts and verifies: what is refused below is refused for the damage alone.
    async fn assert_sound(&self) {
        let copy = self.copy();
        let engine = Engine::start(copy.path(), &[]);
        self.assert_whole(&engine).await;
        engine.stop();
        assert_verifies(copy.path());
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a file's name").to_string_lossy().into_owned()
}

fn refused(home: &Path, why: &str) -> Refused {
    let refused = Launch::new(home).refused(why);
    assert!(refused.status.code().is_some(), "wanted an exit, not a signal: {why}; got {}", refused.status);
    assert!(
        !refused.stderr.contains("panicked"),
        "wanted a message, not a panic: {why}:\n{}",
        refused.stderr
    );
    refused
}

#[tokio::test]
async fn damage_below_the_mark_is_named_by_partition_and_position_and_nothing_starts() {
    let history = History::make(End::Kill).await;
    history.assert_sound().await;
    type Damage = fn(&Path);
    let table: [(&str, Damage); 3] = [
        ("a byte flipped in the middle of the log", |log| data_dir::flip_in_the_middle(log, 1)),
        ("64 bytes flipped in the middle of the log", |log| data_dir::flip_in_the_middle(log, 64)),
        ("the second half of the log cut off", |log| data_dir::cut(log, data_dir::length(log) / 2)),
    ];
    for (name, damage) in table {
        let copy = history.copy();
        damage(&largest_journal_file(copy.path(), "log"));
        // A start that was refused must not make the next one pass.
        for attempt in ["first", "second"] {
            let why = format!("{name}, {attempt} start");
            let stderr = refused(copy.path(), &why).stderr.to_lowercase();
            // A position is a partition and the number of a frame.
            let named = stderr.contains("partition")
                && ["position", "frame"].iter().any(|word| stderr.contains(word));
            assert!(named, "{why}: wanted stderr to name partition and position, got:\n{stderr}");
        }
    }
}

#[tokio::test]
async fn a_missing_log_or_mark_is_refused() {
    let history = History::make(End::Kill).await;
    type Find = fn(&Path) -> PathBuf;
    let removed: [(&str, Find); 2] = [
        ("the log is missing", |home| largest_journal_file(home, "log")),
        ("the high-water mark is missing", |home| home.join("data/high-water")),
    ];
    for (why, file) in removed {
        let copy = history.copy();
        let file = file(copy.path());
        std::fs::remove_file(&file)
            .unwrap_or_else(|error| panic!("wanted {} to remove: {error}", file.display()));
        refused(copy.path(), why);
    }
}

#[tokio::test]
async fn a_torn_tail_is_cut_and_takes_nothing_acknowledged_with_it() {
    let history = History::make(End::Kill).await;
    let garbage: Vec<u8> = (0..200u8).map(|byte| byte.wrapping_mul(151) ^ 0x5a).collect();
    for (name, tail) in
        [("3 bytes", &garbage[..3]), ("a record's head", &garbage[..7]), ("200 bytes", &garbage[..])]
    {
        let copy = history.copy();
        data_dir::append(&largest_journal_file(copy.path(), "log"), tail);
        let engine = Launch::new(copy.path()).try_start().unwrap_or_else(|refused| {
            panic!("wanted a torn tail of {name} cut, got {}:\n{}", refused.status, refused.stderr)
        });
        history.assert_whole(&engine).await;
        let next = engine.client().send_one(&Event::outbound(WALLET, "after the cut")).await;
        assert_eq!(next.said(), "charged", "wanted the journal to go on after a torn tail of {name}");
        engine.stop();
        assert_verifies(copy.path());
    }
}

#[tokio::test]
async fn a_log_cut_at_its_end_starts_whole_or_not_at_all() {
    let history = History::make(End::Kill).await;
    for bytes in [1, 5, 100] {
        let copy = history.copy();
        let log = largest_journal_file(copy.path(), "log");
        data_dir::cut(&log, data_dir::length(&log) - bytes);
        match Launch::new(copy.path()).try_start() {
            Ok(engine) => history.assert_whole(&engine).await,
            Err(refused) => {
                assert!(
                    refused.status.code().is_some_and(|code| code != 0),
                    "{bytes} bytes cut: {}",
                    refused.status
                );
                let named = refused.stderr.to_lowercase().contains("partition");
                assert!(named, "{bytes} bytes cut: wanted the partition named, got:\n{}", refused.stderr);
            }
        }
    }
}

#[tokio::test]
async fn a_missing_or_shortened_table_is_named_and_nothing_starts() {
    let history = History::make(End::Settle).await;
    history.assert_sound().await;
    type Damage = fn(&Path);
    let table: [(&str, Damage); 3] = [
        ("a table is missing", |table| std::fs::remove_file(table).expect("removing a table")),
        ("a table is shortened", |table| data_dir::cut(table, data_dir::length(table) / 2)),
        ("a table is empty", |table| data_dir::cut(table, 0)),
    ];
    for (why, damage) in table {
        let copy = history.copy();
        let table = largest_journal_file(copy.path(), "sst");
        damage(&table);
        let name = file_name(&table);
        let stderr = refused(copy.path(), why).stderr;
        for wanted in [name.as_str(), "commit", "partition"] {
            assert!(stderr.contains(wanted), "{why}: wanted stderr to name {wanted}, got:\n{stderr}");
        }
    }
}

#[tokio::test]
async fn verify_finds_damage_in_an_old_table() {
    let history = History::make(End::Settle).await;
    history.assert_sound().await;
    let copy = history.copy();
    let table = largest_journal_file(copy.path(), "sst");
    data_dir::flip_in_the_middle(&table, 16);
    let found = data_dir::verify(copy.path());
    let told = [found.stdout, found.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(
        !found.status.success(),
        "wanted verify to fail on the damaged {}, it said:\n{told}",
        file_name(&table)
    );
    assert!(!told.contains("panicked"), "wanted a finding, not a panic:\n{told}");
    assert!(!told.trim().is_empty(), "wanted verify to say what it has found");
}
