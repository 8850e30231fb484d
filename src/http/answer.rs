//! The answer to a request with events, written without a tree: there may be 100,000 results. What it says of each is
//! told once (`Said`), and written as JSON here or as an Arrow stream ([`arrow`]).
//!
//! The counters come first, so that a client that wants no more may stop reading.

pub mod arrow;

use serde::Serialize;

use super::words;
use crate::domain::identity::{Taken, Verdict};
use crate::domain::money::{Decimal, Money, Total};
use crate::engine::batch::{Batch, Invalid, Line, Read};
use crate::engine::outcome::Outcome;

/// What most results take.
const RESULT_BYTES: usize = 128;
const COUNTER_BYTES: usize = 256;

/// The counters of the answer, in the order in which they are written after `accepted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counter {
    Charged,
    Recorded,
    Refused,
    Duplicate,
    Conflict,
    Invalid,
    Unavailable,
}

impl Counter {
    const ALL: [Counter; 7] = [
        Counter::Charged,
        Counter::Recorded,
        Counter::Refused,
        Counter::Duplicate,
        Counter::Conflict,
        Counter::Invalid,
        Counter::Unavailable,
    ];

    fn word(self) -> &'static str {
        match self {
            Counter::Charged => words::CHARGED,
            Counter::Recorded => words::RECORDED,
            Counter::Refused => "refused",
            Counter::Duplicate => "duplicate",
            Counter::Conflict => "conflict",
            Counter::Invalid => "invalid",
            Counter::Unavailable => "unavailable",
        }
    }

    fn of(outcome: &Outcome) -> Counter {
        match outcome {
            Outcome::Charged { .. } => Counter::Charged,
            Outcome::Recorded(_) => Counter::Recorded,
            Outcome::Refused(_) => Counter::Refused,
            Outcome::Duplicate(_) => Counter::Duplicate,
            Outcome::Conflict => Counter::Conflict,
            Outcome::Invalid(_) => Counter::Invalid,
            Outcome::Unavailable(_) => Counter::Unavailable,
        }
    }
}

/// How many events came to what, in the order in which the answer has it. `outcomes` as in [`write`].
pub fn counts(batch: &Batch, outcomes: &[Outcome]) -> [u64; Counter::ALL.len()] {
    let mut counts = [0; Counter::ALL.len()];
    for outcome in outcomes {
        counts[Counter::of(outcome) as usize] += 1;
    }
    let unread = batch.lines.iter().filter(|line| matches!(line.read, Read::Invalid(_))).count();
    counts[Counter::Invalid as usize] += unread as u64;
    counts
}

fn accepted(counts: &[u64; Counter::ALL.len()]) -> u64 {
    [Counter::Charged, Counter::Recorded, Counter::Duplicate]
        .iter()
        .map(|counter| counts[*counter as usize])
        .sum()
}

/// What the answer says of one line, in the words of the interface.
struct Said<'a> {
    line: u32,
    /// `None` where none could be read.
    id: Option<&'a str>,
    outcome: Counter,
    code: Option<&'a str>,
    rest: Rest<'a>,
}

enum Rest<'a> {
    Posting { amount: Option<Money>, seq: Option<u64> },
    Invalid { field: Option<&'a str>, detail: &'a str },
}

impl<'a> Said<'a> {
    fn of(batch: &'a Batch, line: &'a Line, outcomes: &[Outcome]) -> Said<'a> {
        let (outcome, code, rest) = match &line.read {
            Read::Event(index) => Self::of_outcome(&outcomes[*index as usize]),
            Read::Invalid(invalid) => {
                let Invalid { code, field, detail } = &**invalid;
                (Counter::Invalid, Some(*code), Rest::Invalid { field: field.as_deref(), detail })
            }
        };
        let id = Some(batch.texts.get(line.id)).filter(|id| !id.is_empty());
        Said { line: line.number, id, outcome, code, rest }
    }

    fn of_outcome(outcome: &Outcome) -> (Counter, Option<&'a str>, Rest<'a>) {
        let taken = |verdict: &Verdict| {
            let seq = words::seq(verdict.seq);
            (words::of_taken(verdict.outcome), Rest::Posting { amount: Some(verdict.amount), seq })
        };
        let without = |code| (code, Rest::Posting { amount: None, seq: None });
        let (code, rest) = match outcome {
            Outcome::Charged { amount, seq } => {
                taken(&Verdict { outcome: Taken::Posted, amount: *amount, seq: *seq })
            }
            Outcome::Duplicate(verdict) => taken(verdict),
            Outcome::Recorded(lack) => {
                (lack.map(words::of_lack), Rest::Posting { amount: Some(Money::ZERO), seq: None })
            }
            Outcome::Refused(lack) => without(Some(words::of_lack(*lack))),
            Outcome::Unavailable(absence) => without(Some(words::of_absence(*absence))),
            Outcome::Conflict => without(None),
            Outcome::Invalid(rejection) => {
                let (code, field, detail) = words::of_rejection(*rejection);
                (Some(code), Rest::Invalid { field, detail })
            }
        };
        (Counter::of(outcome), code, rest)
    }
}

/// The answer as JSON. `outcomes` are those of the batch's events, in their order.
pub fn write(batch: &Batch, outcomes: &[Outcome]) -> Vec<u8> {
    let mut answer = Answer::with_capacity(COUNTER_BYTES + batch.lines.len() * RESULT_BYTES);
    answer.counters(&counts(batch, outcomes));
    answer.text(",\"results\":[");
    for (index, line) in batch.lines.iter().enumerate() {
        answer.text(if index == 0 { "" } else { "," });
        answer.result(&Said::of(batch, line, outcomes));
    }
    answer.text("]}");
    answer.bytes
}

struct Answer {
    bytes: Vec<u8>,
    numbers: itoa::Buffer,
    /// The amount written last, as text: neighbouring events often cost the same.
    last: (Money, Decimal),
}

impl Answer {
    fn with_capacity(bytes: usize) -> Answer {
        Answer {
            bytes: Vec::with_capacity(bytes),
            numbers: itoa::Buffer::new(),
            last: (Money::ZERO, Total::from(Money::ZERO).decimal()),
        }
    }

    fn counters(&mut self, counts: &[u64; Counter::ALL.len()]) {
        self.text("{\"accepted\":");
        self.number(accepted(counts));
        for (counter, count) in Counter::ALL.into_iter().zip(counts) {
            self.text(",\"");
            self.text(counter.word());
            self.text("\":");
            self.number(*count);
        }
    }

    fn result(&mut self, said: &Said<'_>) {
        self.text("{\"line\":");
        self.number(u64::from(said.line));
        self.text(",\"id\":");
        match said.id {
            None => self.text("null"),
            Some(id) => self.json(id),
        }
        self.text(",\"outcome\":\"");
        self.text(said.outcome.word());
        self.text("\",\"code\":");
        match said.code {
            None => self.text("null"),
            // One of our words, which needs no escaping.
            Some(code) => {
                self.text("\"");
                self.text(code);
                self.text("\"");
            }
        }
        match &said.rest {
            Rest::Posting { amount, seq } => self.posting(*amount, *seq),
            Rest::Invalid { field, detail } => {
                self.text(",\"field\":");
                self.json(field);
                self.text(",\"detail\":");
                self.json(detail);
            }
        }
        self.text("}");
    }

    fn posting(&mut self, amount: Option<Money>, seq: Option<u64>) {
        self.text(",\"amount\":");
        match amount {
            None => self.text("null"),
            Some(amount) => self.amount(amount),
        }
        self.text(",\"seq\":");
        match seq {
            None => self.text("null"),
            Some(seq) => self.number(seq),
        }
    }

    fn amount(&mut self, amount: Money) {
        if self.last.0 != amount {
            self.last = (amount, Total::from(amount).decimal());
        }
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(&self.last.1);
        self.bytes.push(b'"');
    }

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(self.numbers.format(number).as_bytes());
    }

    fn json<T: Serialize + ?Sized>(&mut self, text: &T) {
        serde_json::to_writer(&mut self.bytes, text).expect("a vector takes what is written");
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests;
