//! Request bodies from a template: a few copies of bytes for each event, no formatting.

use fastrand::Rng;
use jiff::Timestamp;

use super::pace::Counts;
use crate::clock;

const CHANNEL: &str = "+14155550100";
/// Leading digits of the peers, one drawn for each event; seven more digits follow.
pub const COUNTRIES: &[&str] = &["1415", "1416", "658", "9198", "4479", "3620"];
pub const TEXTS: &[&str] = &[
    "Your code is 493817.",
    "Dinner at seven? The train was late again.",
    "Parcel 10442 is at the front desk. Bring the slip and something with your name on it, please.",
];

/// Writes the bodies of one connection.
pub struct Writer {
    rng: Rng,
    wallets: u32,
    /// `lt-run-`; the wallet's number follows.
    wallet: String,
    /// Different for every connection, so that ids are unique; the event's number follows.
    id: String,
    next: u64,
    /// When everything happens; `None` is now.
    time: Option<Timestamp>,
    body: Vec<u8>,
}

/// The name of wallet `number`.
pub fn wallet_name(run: &str, number: u32) -> String {
    format!("lt-{run}-{number:07}")
}

impl Writer {
    pub fn new(run: &str, connection: u16, wallets: u32, seed: u64) -> Writer {
        Writer {
            rng: Rng::with_seed(seed.wrapping_add(u64::from(connection))),
            wallets,
            wallet: format!("lt-{run}-"),
            id: format!("{run}-{connection:x}-"),
            next: 0,
            time: None,
            body: Vec::new(),
        }
    }

    /// For an engine on a test clock: all messages are of one instant there.
    pub fn at(self, time: Timestamp) -> Writer {
        Writer { time: Some(time), ..self }
    }

    /// Writes a body of so many outbound messages.
    pub fn write(&mut self, events: u32) {
        self.clear();
        let time = self.time.unwrap_or_else(clock::now).to_string();
        for _ in 0..events {
            self.event(&time);
        }
    }

    /// What was written last: sent again unchanged where the engine was too busy to take it.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Begins a new body.
    pub fn clear(&mut self) {
        self.body.clear();
    }

    /// Adds a message of a wallet drawn at random; `time` is RFC 3339.
    pub fn event(&mut self, time: &str) {
        let wallet = self.rng.u32(0..self.wallets);
        let country = COUNTRIES[self.rng.usize(0..COUNTRIES.len())];
        let text = TEXTS[self.rng.usize(0..TEXTS.len())];
        let peer = self.rng.u32(0..10_000_000);
        let number = self.next;
        self.next += 1;
        self.put(&["{\"id\":\""]);
        self.body.extend_from_slice(self.id.as_bytes());
        self.digits(number, 10);
        self.put(&["\",\"type\":\"message.outbound\",\"wallet\":\""]);
        self.body.extend_from_slice(self.wallet.as_bytes());
        self.digits(u64::from(wallet), 7);
        self.put(&["\",\"channel\":\"", CHANNEL, "\",\"peer\":\"+", country]);
        self.digits(u64::from(peer), 7);
        self.put(&["\",\"kind\":\"sms\",\"text\":\"", text, "\",\"time\":\"", time, "\"}\n"]);
    }

    /// Adds what is written elsewhere.
    pub fn put(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.body.extend_from_slice(piece.as_bytes());
        }
    }

    /// Adds a number with leading zeros.
    pub fn digits(&mut self, mut number: u64, width: usize) {
        let start = self.body.len();
        self.body.resize(start + width, b'0');
        for digit in self.body[start..].iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
}

/// The counters at the head of an answer; the results behind them are not looked at.
pub fn read_counts(head: &[u8]) -> Option<Counts> {
    let text = String::from_utf8_lossy(head);
    let counters = text.split("\"results\"").next()?;
    let counter = |name: &str| -> Option<u64> {
        let (_, rest) = counters.split_once(&format!("\"{name}\":"))?;
        let digits = rest.trim_start();
        let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    };
    Some(Counts {
        charged: counter("charged")?,
        recorded: counter("recorded")?,
        refused: counter("refused")?,
        duplicate: counter("duplicate")?,
        conflict: counter("conflict")?,
        invalid: counter("invalid")?,
        unavailable: counter("unavailable")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::HashSet;

    #[test]
    fn every_line_is_an_event_with_an_id_of_its_own() {
        let mut ids = HashSet::new();
        for connection in 0..2 {
            let mut writer = Writer::new("r1", connection, 50, 1);
            for _ in 0..2 {
                writer.write(100);
                let body = String::from_utf8(writer.body().to_vec()).expect("the template is text");
                assert_eq!(body.lines().count(), 100);
                for line in body.lines() {
                    let event: Value = serde_json::from_str(line).expect("a line is JSON");
                    assert!(ids.insert(event["id"].to_string()), "{line} repeats an id");
                    let wallet = event["wallet"].as_str().expect("a wallet");
                    let number: u32 =
                        wallet.strip_prefix("lt-r1-").expect("the run").parse().expect("a number");
                    assert!(number < 50 && wallet == wallet_name("r1", number), "{line}");
                    assert_eq!(event["type"], "message.outbound");
                    assert!(
                        event["time"].as_str().is_some_and(|time| time.parse::<Timestamp>().is_ok()),
                        "{line}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_counters_are_read_from_a_cut_answer() {
        let head =
            br#"{"accepted":5,"charged":3,"recorded":1,"refused":2,"duplicate":1,"conflict":0,"invalid":7,
            "unavailable":0,"results":[{"line":1,"outcome":"char"#;
        let want = Counts {
            charged: 3,
            recorded: 1,
            refused: 2,
            duplicate: 1,
            conflict: 0,
            invalid: 7,
            unavailable: 0,
        };
        assert_eq!(read_counts(head), Some(want));
        assert_eq!(
            read_counts(br#"{"results":[],"charged":1}"#),
            None,
            "counters must come before the results"
        );
    }
}
