//! The answer to a request with events, written without a tree: there may be 100,000 results.
//!
//! The counters come first, so that a client that wants no more may stop reading.

use std::io::Write as _;

use serde::Serialize;

use super::words;
use crate::domain::identity::{Taken, Verdict};
use crate::domain::money::Money;
use crate::engine::batch::{Batch, Invalid, Line, Read};
use crate::engine::outcome::Outcome;

/// What most results take.
const RESULT_BYTES: usize = 96;
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

/// The answer as JSON. `outcomes` are those of the batch's events, in their order.
pub fn write(batch: &Batch, outcomes: &[Outcome]) -> Vec<u8> {
    let mut answer = Answer::with_capacity(COUNTER_BYTES + batch.lines.len() * RESULT_BYTES);
    answer.counters(batch, outcomes);
    answer.text(",\"results\":[");
    for (index, line) in batch.lines.iter().enumerate() {
        answer.text(if index == 0 { "" } else { "," });
        answer.result(batch, line, outcomes);
    }
    answer.text("]}");
    answer.bytes
}

struct Answer {
    bytes: Vec<u8>,
    numbers: itoa::Buffer,
    /// The amount written last, as text: neighbouring events often cost the same.
    last: (Money, Vec<u8>),
}

impl Answer {
    fn with_capacity(bytes: usize) -> Answer {
        Answer {
            bytes: Vec::with_capacity(bytes),
            numbers: itoa::Buffer::new(),
            last: (Money::ZERO, b"0".to_vec()),
        }
    }

    fn counters(&mut self, batch: &Batch, outcomes: &[Outcome]) {
        let mut counts = [0; Counter::ALL.len()];
        for outcome in outcomes {
            counts[Counter::of(outcome) as usize] += 1;
        }
        let unread = batch.lines.iter().filter(|line| matches!(line.read, Read::Invalid(_))).count();
        counts[Counter::Invalid as usize] += unread as u64;
        let count = |counter: Counter| counts[counter as usize];
        self.text("{\"accepted\":");
        self.number(count(Counter::Charged) + count(Counter::Recorded) + count(Counter::Duplicate));
        for counter in Counter::ALL {
            self.text(",\"");
            self.text(counter.word());
            self.text("\":");
            self.number(count(counter));
        }
    }

    fn result(&mut self, batch: &Batch, line: &Line, outcomes: &[Outcome]) {
        self.text("{\"line\":");
        self.number(u64::from(line.number));
        self.text(",\"id\":");
        match batch.texts.get(line.id) {
            "" => self.text("null"),
            id => self.json(id),
        }
        self.text(",\"outcome\":\"");
        match &line.read {
            Read::Event(index) => self.outcome(&outcomes[*index as usize]),
            Read::Invalid(invalid) => {
                let Invalid { code, field, detail } = &**invalid;
                self.invalid(code, field.as_deref(), detail);
            }
        }
        self.text("}");
    }

    fn outcome(&mut self, outcome: &Outcome) {
        if let Outcome::Invalid(rejection) = outcome {
            let (code, field, detail) = words::of_rejection(*rejection);
            return self.invalid(code, field, detail);
        }
        self.text(Counter::of(outcome).word());
        self.text("\"");
        match outcome {
            Outcome::Charged { amount, seq } => {
                self.taken(&Verdict { outcome: Taken::Posted, amount: *amount, seq: *seq });
            }
            Outcome::Duplicate(verdict) => self.taken(verdict),
            Outcome::Recorded(lack) => self.rest(lack.map(words::of_lack), Some(Money::ZERO), 0),
            Outcome::Refused(lack) => self.rest(Some(words::of_lack(*lack)), None, 0),
            Outcome::Unavailable(absence) => self.rest(Some(words::of_absence(*absence)), None, 0),
            Outcome::Conflict | Outcome::Invalid(_) => self.rest(None, None, 0),
        }
    }

    fn taken(&mut self, verdict: &Verdict) {
        self.rest(words::of_taken(verdict.outcome), Some(verdict.amount), verdict.seq);
    }

    /// Code, amount and entry. The code is one of our words and needs no escaping.
    fn rest(&mut self, code: Option<&'static str>, amount: Option<Money>, seq: u64) {
        self.text(",\"code\":");
        match code {
            None => self.text("null"),
            Some(code) => {
                self.text("\"");
                self.text(code);
                self.text("\"");
            }
        }
        self.text(",\"amount\":");
        match amount {
            None => self.text("null"),
            Some(amount) => self.amount(amount),
        }
        self.text(",\"seq\":");
        match words::seq(seq) {
            None => self.text("null"),
            Some(seq) => self.number(seq),
        }
    }

    fn invalid(&mut self, code: &str, field: Option<&str>, detail: &str) {
        self.text(Counter::Invalid.word());
        self.text("\",\"code\":\"");
        self.text(code);
        self.text("\",\"field\":");
        self.json(&field);
        self.text(",\"detail\":");
        self.json(detail);
    }

    fn amount(&mut self, amount: Money) {
        if self.last.0 != amount {
            self.last.0 = amount;
            self.last.1.clear();
            write!(self.last.1, "{amount}").expect("a vector takes what is written");
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
