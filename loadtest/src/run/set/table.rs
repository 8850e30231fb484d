//! The table: what each row has to reach, what it aims at, and what was measured.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::machine::host::Host;
use crate::report::{Report, RunReport};

/// Views may be so many seconds behind at the end of a measurement.
const VIEWS_BEHIND_SECONDS_MAX: f64 = 2.0;
const MEBIBYTE: f64 = (1 << 20) as f64;

/// Everything that was measured, by part.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    pub host: Host,
    pub began_at: String,
    pub seconds: f64,
    pub runs: BTreeMap<String, RunReport>,
    /// Parts that could not be measured, and why.
    pub broken: BTreeMap<String, String>,
}

impl Found {
    /// All parts as one report, each a run that is named after it.
    pub fn as_report(&self, seed: u64) -> Report {
        let named = |(name, run): (&String, &RunReport)| RunReport { run: name.clone(), ..run.clone() };
        let wrong = self.runs.iter().flat_map(|(name, run)| {
            run.audit.differences.iter().map(move |found| format!("{name}, audit: {found}"))
        });
        let broken = self.broken.iter().map(|(name, error)| format!("{name} could not be measured: {error}"));
        Report {
            host: self.host.clone(),
            scenario: "set".to_owned(),
            settings: format!("set --seconds {}", self.seconds),
            seed,
            began_at: self.began_at.clone(),
            runs: self.runs.iter().map(named).collect(),
            figures: BTreeMap::new(),
            failed: wrong.chain(broken).collect(),
        }
    }

    /// A figure of a part; `None` where the part was not measured or does not have it.
    fn figure(&self, part: &str, name: &str) -> Option<f64> {
        self.runs.get(part)?.figures.get(name).copied()
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub what: &'static str,
    pub at_least: String,
    pub aim: &'static str,
    pub measured: String,
    /// `None` where nothing was measured.
    pub reached: Option<bool>,
}

/// Which way is better.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

impl Wanted {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Wanted::AtLeast(bound) => value >= bound,
            Wanted::AtMost(bound) => value <= bound,
        }
    }
}

fn row(
    what: &'static str,
    (at_least, aim): (impl Into<String>, &'static str),
    wanted: Wanted,
    value: Option<f64>,
    show: impl Fn(f64) -> String,
) -> Row {
    Row {
        what,
        at_least: at_least.into(),
        aim,
        measured: value.map_or("not measured".to_owned(), show),
        reached: value.map(|value| wanted.is_met_by(value)),
    }
}

/// Thousands apart.
fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn times(value: f64) -> String {
    format!("{value:.2} x")
}

/// A ratio of two figures.
fn ratio(above: Option<f64>, below: Option<f64>) -> Option<f64> {
    above.zip(below).filter(|(_, below)| *below > 0.0).map(|(above, below)| above / below)
}

/// The table's rows.
pub fn rows(found: &Found) -> Vec<Row> {
    let rate = |part: &str| found.figure(part, "events_per_second");
    let uniform = rate("uniform");
    let sync = found.figure("knee", "sync_p99_ms");
    let half_knee_max = sync.map_or(10.0, |sync| (4.0 * sync).max(10.0));
    let events = |value: f64| format!("{} events/s", whole(value));
    let hot = ratio(rate("hot"), uniform);
    let hot_text = |value: f64| format!("{} ({})", times(value), events(rate("hot").unwrap_or(0.0)));
    let knee_text = |value: f64| {
        let knee = found.figure("knee", "knee_events_per_second").unwrap_or(0.0);
        format!("{value:.2} ms at half of {}; sync p99 {:.2} ms", events(knee), sync.unwrap_or(0.0))
    };
    let noisy_text = |value: f64| {
        let figure = |name: &str| found.figure("noisy", name).unwrap_or(0.0);
        format!(
            "{} ({:.2} ms against {:.2} ms)",
            times(value),
            figure("others_beside_p99_ms"),
            figure("others_alone_p99_ms")
        )
    };
    let preloaded_text = |value: f64| {
        let events = found.figure("preloaded", "preloaded_events").unwrap_or(0.0);
        format!("{} with {} events in the store", times(value), whole(events))
    };
    vec![
        row(
            "NDJSON, 10,000 wallets drawn at random, batches of 2,000",
            ("550,000 events/s", "900,000"),
            Wanted::AtLeast(550_000.0),
            uniform,
            events,
        ),
        row(
            "Arrow IPC, the same",
            ("800,000 events/s", "1,300,000"),
            Wanted::AtLeast(800_000.0),
            rate("arrow"),
            events,
        ),
        row("one hot wallet, NDJSON", ("1.2 x the first row", "1.5 x"), Wanted::AtLeast(1.2), hot, hot_text),
        row(
            "1,000,000 wallets, NDJSON",
            ("300,000 events/s", "600,000"),
            Wanted::AtLeast(300_000.0),
            rate("million"),
            events,
        ),
        row(
            "single-event requests, 64 connections",
            ("30,000 requests/s", "50,000"),
            Wanted::AtLeast(30_000.0),
            found.figure("single", "requests_per_second"),
            |value| format!("{} requests/s", whole(value)),
        ),
        row(
            "p99 at half the knee",
            (format!("the larger of 10 ms and 4 x sync p99: {half_knee_max:.1} ms"), "5 ms"),
            Wanted::AtMost(half_knee_max),
            found.figure("knee", "half_knee_p99_ms"),
            knee_text,
        ),
        row(
            "p99 of the others beside a flooding wallet",
            ("3 x their p99 without it", "1.5 x"),
            Wanted::AtMost(3.0),
            found.figure("noisy", "others_p99_ratio"),
            noisy_text,
        ),
        row(
            "rate with a full store against the empty store",
            ("0.8", "0.95"),
            Wanted::AtLeast(0.8),
            found.figure("preloaded", "preloaded_ratio"),
            preloaded_text,
        ),
        row(
            "ready again after SIGKILL at full load",
            ("5 s", "2 s"),
            Wanted::AtMost(5.0),
            found.figure("restart", "ready_seconds"),
            |value| format!("{value:.2} s"),
        ),
        row(
            "resident memory an active wallet",
            ("1.6 KB", "1.3 KB"),
            Wanted::AtMost(1_600.0),
            found.figure("million", "resident_bytes_per_active_wallet"),
            |value| format!("{:.2} KB", value / 1_000.0),
        ),
        row(
            "server CPU an event (NDJSON, 10,000 wallets)",
            ("3.0 us", "1.8 us"),
            Wanted::AtMost(3.0),
            found.figure("uniform", "server_cpu_us_per_event"),
            |value| format!("{value:.2} us"),
        ),
        row(
            "rate beside 2,000 balance reads a second and a year's export",
            ("0.9", "1"),
            Wanted::AtLeast(0.9),
            found.figure("reads", "beside_reads_ratio"),
            times,
        ),
    ]
}

/// The table, and the conditions that every row was measured under.
pub fn write(found: &Found) -> String {
    let Host { cpu, cores, memory_bytes, kernel, file_system, revision } = &found.host;
    let mut text = format!(
        "Measured {} at revision {revision}: {cpu}, {cores} cores, {:.0} GiB, {kernel}, {file_system}; generator \
         included, {:.0} s each after the warm-up.\n\n\
         | | at least | aim | measured | |\n|---|---|---|---|---|\n",
        found.began_at,
        *memory_bytes as f64 / MEBIBYTE / 1_024.0,
        found.seconds
    );
    let mut line = |words: std::fmt::Arguments<'_>| {
        text.write_fmt(words).expect("a text takes what is written");
        text.push('\n');
    };
    for Row { what, at_least, aim, measured, reached } in rows(found) {
        let verdict = reached.map_or("", |reached| if reached { "reached" } else { "missed" });
        line(format_args!("| {what} | {at_least} | {aim} | {measured} | {verdict} |"));
    }
    line(format_args!(
        "\n| measurement | events/s | p99 ms | server us an event | generator us an event | bytes written an event | \
         syncs/s | views behind s | compaction owed MiB | audit |\n|---|---|---|---|---|---|---|---|---|---|"
    ));
    for (name, run) in &found.runs {
        let figure = |name: &str, digits: usize| {
            run.figures.get(name).map_or("-".to_owned(), |value| format!("{value:.digits$}"))
        };
        let behind = run.figures.get("views_behind_seconds");
        let late =
            behind.filter(|behind| **behind > VIEWS_BEHIND_SECONDS_MAX).map_or("", |_| " (more than 2)");
        let owed = run.figures.get("compaction_owed_bytes");
        line(format_args!(
            "| {name} | {} | {} | {} | {} | {} | {} | {}{late} | {} | {} wallets, {} differences |",
            figure("events_per_second", 0),
            figure("p99_ms", 2),
            figure("server_cpu_us_per_event", 2),
            figure("client_cpu_us_per_event", 2),
            figure("written_bytes_per_event", 0),
            figure("syncs_per_second", 0),
            figure("views_behind_seconds", 2),
            owed.map_or("-".to_owned(), |bytes| format!("{:.0}", bytes / MEBIBYTE)),
            run.audit.wallets,
            run.audit.differences.len(),
        ));
    }
    for (name, run) in &found.runs {
        run.notes.iter().for_each(|note| line(format_args!("\n{name}: {note}")));
        run.audit.differences.iter().for_each(|found| line(format_args!("\n{name}, audit: {found}")));
    }
    found
        .broken
        .iter()
        .for_each(|(name, error)| line(format_args!("\n{name} could not be measured: {error}")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(figures: &[(&str, &str, f64)]) -> Found {
        let mut found = Found {
            host: crate::report::tests::sample().host,
            began_at: "2026-11-27T10:00:00Z".to_owned(),
            seconds: 60.0,
            runs: BTreeMap::new(),
            broken: BTreeMap::new(),
        };
        for (part, name, value) in figures {
            let run = found.runs.entry((*part).to_owned()).or_default();
            run.figures.insert((*name).to_owned(), *value);
        }
        found
    }

    fn verdict(found: &Found, start: &str) -> Option<bool> {
        let rows = rows(found);
        rows.iter().find(|row| row.what.starts_with(start)).expect("such a row").reached
    }

    #[test]
    fn rows_are_reached_missed_or_not_measured() {
        let found = found(&[
            ("uniform", "events_per_second", 600_000.0),
            ("hot", "events_per_second", 660_000.0),
            ("knee", "half_knee_p99_ms", 12.0),
            ("knee", "sync_p99_ms", 3.5),
            ("restart", "ready_seconds", 7.0),
        ]);
        assert_eq!(verdict(&found, "NDJSON"), Some(true));
        assert_eq!(verdict(&found, "one hot wallet"), Some(false), "1.1 x is less than 1.2 x");
        assert_eq!(verdict(&found, "p99 at half"), Some(true), "4 x 3.5 ms is more than 10 ms");
        assert_eq!(verdict(&found, "ready again"), Some(false));
        assert_eq!(verdict(&found, "Arrow"), None);
    }

    #[test]
    fn the_table_is_markdown_with_a_line_for_every_row() {
        let mut found = found(&[("uniform", "events_per_second", 600_000.0)]);
        found.broken.insert("arrow".to_owned(), "415".to_owned());
        let page = crate::report::page::write(&found.as_report(1));
        assert!(page.contains("arrow could not be measured: 415") && page.contains("Run uniform"), "{page}");
        let text = write(&found);
        assert!(text.contains("| 550,000 events/s | 900,000 | 600,000 events/s | reached |"), "{text}");
        assert!(text.contains("arrow could not be measured: 415"), "{text}");
        let table = text.lines().filter(|line| line.starts_with("| ")).count();
        assert_eq!(table, rows(&found).len() + 2 + 1, "two heads, the rows and one measurement");
    }

    #[test]
    fn thousands_stand_apart() {
        for (value, want) in [(7.0, "7"), (999.6, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(whole(value), want);
        }
    }
}
