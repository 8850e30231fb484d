//! What became of the events: counts, the rejected lines, and the summary.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::lines::Batch;
use crate::cli::failure::Failure;

/// What the engine answers to a batch, as far as it is needed here.
#[derive(Debug, Deserialize)]
pub struct Answer {
    results: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    /// Counted in the request, from 1.
    line: usize,
    id: Option<String>,
    outcome: Word,
    code: Option<String>,
    field: Option<String>,
    detail: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Charged,
    Recorded,
    Duplicate,
    Refused,
    Conflict,
    Invalid,
    Unavailable,
}

impl Word {
    /// In the order in which they are told; a word's place is its number.
    const ALL: [Word; 7] = [
        Word::Charged,
        Word::Recorded,
        Word::Duplicate,
        Word::Refused,
        Word::Conflict,
        Word::Invalid,
        Word::Unavailable,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Word::Charged => "charged",
            Word::Recorded => "recorded",
            Word::Duplicate => "duplicate",
            Word::Refused => "refused",
            Word::Conflict => "conflict",
            Word::Invalid => "invalid",
            Word::Unavailable => "unavailable",
        }
    }

    fn is_taken(self) -> bool {
        matches!(self, Word::Charged | Word::Recorded | Word::Duplicate)
    }
}

impl Answer {
    /// That there is one outcome for every line that was sent.
    pub fn check(&self, lines: usize) -> Result<&Answer, Failure> {
        let in_order = self.results.iter().zip(1..).all(|(outcome, line)| outcome.line == line);
        if self.results.len() == lines && in_order {
            return Ok(self);
        }
        let answered = self.results.len();
        Err(Failure::new(format!(
            "the engine answered {answered} outcomes, or not in order, to {lines} events"
        )))
    }

    /// The indexes of the lines to send again.
    pub fn unavailable(&self) -> Vec<usize> {
        let is_unavailable = |index: &usize| self.results[*index].outcome == Word::Unavailable;
        (0..self.results.len()).filter(is_unavailable).collect()
    }
}

/// A line that was not taken.
#[derive(Debug, Serialize)]
struct Rejected {
    /// In the input, from 1.
    line: u64,
    id: Option<String>,
    outcome: Word,
    code: Option<String>,
    field: Option<String>,
    detail: Option<String>,
    /// The line itself; bytes that are no UTF-8 are shown as U+FFFD.
    event: String,
}

pub struct Tally {
    counts: [u64; Word::ALL.len()],
    /// How often a whole request was sent again.
    pub retries: u64,
    /// The first of the rejected lines, to be printed.
    shown: Vec<Rejected>,
    shown_max: usize,
    rejects: Option<Rejects>,
}

struct Rejects {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Tally {
    /// The file for rejected lines is made at once: better no file now than after an hour of feeding.
    pub fn new(shown_max: usize, rejects: Option<&Path>) -> Result<Tally, Failure> {
        let make = |path: &Path| {
            let file = File::create(path).map_err(|error| Failure::of(path.display(), error))?;
            Ok(Rejects { path: path.to_owned(), file: BufWriter::new(file) })
        };
        let rejects = rejects.map(make).transpose()?;
        Ok(Tally { counts: Default::default(), retries: 0, shown: Vec::new(), shown_max, rejects })
    }

    /// Counts all lines of a batch but those that are sent `again` (their indexes, ascending).
    pub fn count(&mut self, batch: &Batch, answer: &Answer, again: &[usize]) -> Result<(), Failure> {
        for (index, outcome) in answer.results.iter().enumerate() {
            if again.binary_search(&index).is_ok() {
                continue;
            }
            self.counts[outcome.outcome as usize] += 1;
            if !outcome.outcome.is_taken() {
                self.reject(batch.line(index), outcome)?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, (line, event): (u64, &[u8]), outcome: &Outcome) -> Result<(), Failure> {
        if self.rejects.is_none() && self.shown.len() >= self.shown_max {
            return Ok(());
        }
        let rejected = Rejected {
            line,
            id: outcome.id.clone(),
            outcome: outcome.outcome,
            code: outcome.code.clone(),
            field: outcome.field.clone(),
            detail: outcome.detail.clone(),
            event: String::from_utf8_lossy(event).into_owned(),
        };
        if let Some(rejects) = &mut self.rejects {
            let written = serde_json::to_writer(&mut rejects.file, &rejected).map_err(std::io::Error::from);
            let written = written.and_then(|()| rejects.file.write_all(b"\n"));
            written.map_err(|error| Failure::of(rejects.path.display(), error))?;
        }
        if self.shown.len() < self.shown_max {
            self.shown.push(rejected);
        }
        Ok(())
    }

    /// Brings the rejected lines to their file.
    pub fn close(&mut self) -> Result<(), Failure> {
        match &mut self.rejects {
            Some(Rejects { path, file }) => file.flush().map_err(|error| Failure::of(path.display(), error)),
            None => Ok(()),
        }
    }

    pub fn events(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn of(&self, word: Word) -> u64 {
        self.counts[word as usize]
    }

    /// 1 where feeding the file again would help, 2 where only changing it would.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match (self.of(Word::Unavailable), self.of(Word::Invalid) + self.of(Word::Conflict)) {
            (0, 0) => 0,
            (0, _) => 2,
            _ => 1,
        }
    }

    pub fn document(&self, millis: i64, complete: bool) -> Value {
        let mut document = json!({
            "complete": complete,
            "events": self.events(),
            "accepted": Word::ALL.into_iter().filter(|word| word.is_taken()).map(|word| self.of(word)).sum::<u64>(),
            "retries": self.retries,
            "milliseconds": millis,
            "rejected": self.shown,
        });
        for word in Word::ALL {
            document[word.as_str()] = Value::from(self.of(word));
        }
        document
    }

    pub fn text(&self, millis: i64, complete: bool) -> String {
        let mut lines: Vec<String> = self.shown.iter().map(Rejected::to_string).collect();
        let rejected: u64 =
            Word::ALL.into_iter().filter(|word| !word.is_taken()).map(|word| self.of(word)).sum();
        let untold = rejected - self.shown.len() as u64;
        if untold > 0 && !self.shown.is_empty() {
            lines.push(format!("and {untold} more"));
        }
        let ending = if complete { "" } else { ", not all of the input" };
        let retries =
            if self.retries > 0 { format!(", {} requests sent again", self.retries) } else { String::new() };
        let seconds = format!("{}.{} s", millis / 1_000, millis % 1_000 / 100);
        lines.push(format!("{} events in {seconds}{retries}{ending}", self.events()));
        lines.extend(Word::ALL.into_iter().map(|word| format!("{:<12}{:>12}", word.as_str(), self.of(word))));
        lines.join("\n") + "\n"
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "line {}: {}", self.line, self.outcome.as_str())?;
        let parts = [("", &self.code), ("", &self.field), ("id ", &self.id), ("", &self.detail)];
        for (label, part) in parts {
            if let Some(part) = part {
                write!(out, " {label}{part}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(lines: &[&str]) -> Batch {
        let mut batch = Batch::default();
        for (number, line) in (11..).zip(lines) {
            batch.push(number, line.as_bytes());
        }
        batch
    }

    fn answer(words: &[&str]) -> Answer {
        let result = |(index, word): (usize, &&str)| json!({"line": index + 1, "id": format!("m-{index}"), "outcome": word, "code": null, "amount": "0"});
        let results: Vec<Value> = words.iter().enumerate().map(result).collect();
        serde_json::from_value(json!({"accepted": 0, "results": results})).unwrap()
    }

    #[test]
    fn the_exit_status_says_whether_feeding_again_would_help() {
        let table: [(&[&str], u8); 7] = [
            (&[], 0),
            (&["charged", "recorded", "duplicate"], 0),
            (&["refused"], 0),
            (&["charged", "invalid"], 2),
            (&["conflict"], 2),
            (&["unavailable"], 1),
            (&["unavailable", "invalid"], 1),
        ];
        for (words, want) in table {
            let mut tally = Tally::new(10, None).unwrap();
            tally.count(&batch(words), &answer(words), &[]).unwrap();
            assert_eq!(tally.status(), want, "{words:?}");
        }
    }

    #[test]
    fn lines_sent_again_are_counted_when_they_are_decided() {
        let mut tally = Tally::new(10, None).unwrap();
        let first = batch(&["a", "b", "c"]);
        let unavailable = answer(&["charged", "unavailable", "invalid"]);
        tally.count(&first, &unavailable, &unavailable.unavailable()).unwrap();
        assert_eq!((tally.events(), tally.of(Word::Unavailable)), (2, 0));
        tally.count(&first.select(&[1]), &answer(&["charged"]), &[]).unwrap();
        assert_eq!((tally.events(), tally.of(Word::Charged), tally.of(Word::Invalid)), (3, 2, 1));
    }

    #[test]
    fn rejected_lines_are_told_by_their_place_in_the_input() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rejects");
        let mut tally = Tally::new(1, Some(&path)).unwrap();
        let words = ["charged", "invalid", "refused"];
        tally.count(&batch(&["a", "b", "c"]), &answer(&words), &[]).unwrap();
        tally.close().unwrap();
        let text = tally.text(12_345, true);
        assert!(text.starts_with("line 12: invalid id m-1\nand 1 more\n3 events in 12.3 s\n"), "{text}");
        let written = std::fs::read_to_string(&path).unwrap();
        let rejected: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found: Vec<_> =
            rejected.iter().map(|row| (row["line"].as_u64(), row["event"].as_str())).collect();
        assert_eq!(found, [(Some(12), Some("b")), (Some(13), Some("c"))]);
        let document = tally.document(1, true);
        assert_eq!((&document["accepted"], &document["refused"]), (&json!(1), &json!(1)));
    }

    #[test]
    fn an_answer_has_one_outcome_for_every_line() {
        assert!(answer(&["charged", "charged"]).check(2).is_ok());
        assert!(answer(&["charged"]).check(2).is_err());
        let swapped =
            json!({"results": [{"line": 2, "outcome": "charged"}, {"line": 1, "outcome": "charged"}]});
        let swapped: Answer = serde_json::from_value(swapped).unwrap();
        assert!(swapped.check(2).is_err());
    }
}
