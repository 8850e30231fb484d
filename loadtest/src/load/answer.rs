//! Reading answers to events: always the counters at their head, the results only where they matter.

use serde::Deserialize;

use super::arrow_answer;
use super::tally::Counts;
use crate::money;

/// The counters stand in so many bytes at the head of an answer.
const HEAD_BYTES: usize = 512;

/// The counters at the head of an answer; the results behind them are not looked at.
pub fn read_counts(body: &[u8]) -> Option<Counts> {
    if arrow_answer::is_arrow(body) {
        return arrow_answer::read_counts(body);
    }
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD_BYTES)]);
    let counters = head.split("\"results\"").next()?;
    let counter = |name: &str| -> Option<u64> {
        let (_, rest) = counters.split_once(&format!("\"{name}\":"))?;
        let digits = rest.trim_start();
        let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    };
    Counts::read(counter)
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow)]
    results: Vec<Told<'a>>,
}

/// One result as it is told.
#[derive(Deserialize)]
struct Told<'a> {
    outcome: &'a str,
    #[serde(default)]
    amount: Option<&'a str>,
}

/// What one event came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub was: Was,
    /// What was charged, in 1e-9 of the currency unit; 0 where nothing is told.
    pub amount: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    Charged,
    Duplicate,
    Other,
}

impl Was {
    pub fn told(word: &str) -> Was {
        match word {
            "charged" => Was::Charged,
            "duplicate" => Was::Duplicate,
            _ => Was::Other,
        }
    }
}

/// Every result, in order; `None` where the answer has another shape.
pub fn read_results(body: &[u8]) -> Option<Vec<Outcome>> {
    if arrow_answer::is_arrow(body) {
        return arrow_answer::read_results(body);
    }
    let told: Results<'_> = serde_json::from_slice(body).ok()?;
    told.results
        .iter()
        .map(|told| {
            let amount = told.amount.map_or(Some(0), money::read)?;
            Some(Outcome { was: Was::told(told.outcome), amount: i64::try_from(amount).ok()? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = br#"{"accepted":5,"charged":3,"recorded":1,"refused":2,"duplicate":1,"conflict":0,
        "invalid":7,"unavailable":0,"results":[
        {"line":1,"id":"a","outcome":"charged","code":null,"amount":"0.0109","seq":2},
        {"line":2,"id":"b","outcome":"refused","code":"suspended","amount":null,"seq":null},
        {"line":3,"id":"a","outcome":"duplicate","code":null,"amount":"0.0109","seq":2},
        {"line":4,"id":"c","outcome":"invalid","code":"bad_field","field":"peer","detail":"no"}]}"#;

    #[test]
    fn the_counters_are_read_from_a_cut_answer() {
        let want =
            Counts { charged: 3, recorded: 1, refused: 2, duplicate: 1, invalid: 7, ..Counts::default() };
        assert_eq!(read_counts(&ANSWER[..200]), Some(want));
        assert_eq!(read_counts(br#"{"results":[],"charged":1}"#), None, "counters come before results");
    }

    #[test]
    fn every_result_has_its_amount() {
        let outcome = |was, amount| Outcome { was, amount };
        let want = [
            outcome(Was::Charged, 10_900_000),
            outcome(Was::Other, 0),
            outcome(Was::Duplicate, 10_900_000),
            outcome(Was::Other, 0),
        ];
        assert_eq!(read_results(ANSWER).as_deref(), Some(&want[..]));
        assert_eq!(read_results(b"{}"), None);
    }
}
