//! Request bodies of a year that passes: messages and statuses put together from pieces.

use std::time::Duration;

use anyhow::{Result, bail};
use fastrand::Rng;

use crate::load::answer::read_counts;
use crate::load::event::{CHANNEL, COUNTRIES, PEERS, TEXTS};
use crate::load::http::{Connection, Start};
use crate::load::lines::{NUMBER_DIGITS, PEER_DIGITS, WALLET_DIGITS, put_digits};
use crate::load::tally::Counts;

/// Between two attempts at a request that the engine was too busy for.
const PATIENCE: Duration = Duration::from_millis(100);

/// Writes the bodies of one connection.
pub struct Writer {
    rng: Rng,
    wallets: u32,
    /// `lt-run-`; the wallet's number follows.
    wallet: String,
    /// Different for every connection, so that ids are unique; the event's number follows.
    id: String,
    next: u64,
    body: Vec<u8>,
}

impl Writer {
    pub fn new(run: &str, connection: u32, wallets: u32, seed: u64) -> Writer {
        Writer {
            rng: Rng::with_seed(seed.wrapping_add(u64::from(connection))),
            wallets,
            wallet: format!("lt-{run}-"),
            id: format!("{run}-{connection:x}-"),
            next: 0,
            body: Vec::new(),
        }
    }

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
        let peer = self.rng.u32(0..PEERS);
        let number = self.next;
        self.next += 1;
        self.put(&["{\"id\":\""]);
        self.body.extend_from_slice(self.id.as_bytes());
        self.digits(number, NUMBER_DIGITS);
        self.put(&["\",\"type\":\"message.outbound\",\"wallet\":\""]);
        self.body.extend_from_slice(self.wallet.as_bytes());
        self.digits(u64::from(wallet), WALLET_DIGITS);
        self.put(&["\",\"channel\":\"", CHANNEL, "\",\"peer\":\"+", country]);
        self.digits(u64::from(peer), PEER_DIGITS);
        self.put(&["\",\"kind\":\"sms\",\"text\":\"", text, "\",\"time\":\"", time, "\"}\n"]);
    }

    /// Adds what is written elsewhere.
    pub fn put(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.body.extend_from_slice(piece.as_bytes());
        }
    }

    /// Adds a number with leading zeros.
    pub fn digits(&mut self, number: u64, width: usize) {
        let start = self.body.len();
        self.body.resize(start + width, b'0');
        put_digits(&mut self.body[start..], number);
    }
}

/// Posts one body until it is taken, however long the engine is too busy for it.
pub async fn post(connection: &mut Connection, start: &Start, body: &[u8]) -> Result<Counts> {
    loop {
        let answer = connection.call(start, body).await?;
        match (answer.status, read_counts(answer.body)) {
            (200, Some(counts)) => return Ok(counts),
            (429 | 503, _) => tokio::time::sleep(answer.retry_after.unwrap_or(PATIENCE)).await,
            (status, _) => {
                bail!("an answer {status} to events: {}", String::from_utf8_lossy(answer.body))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::event::wallet_name;
    use serde_json::Value;
    use std::collections::HashSet;

    #[test]
    fn every_line_is_an_event_with_an_id_of_its_own() {
        let mut ids = HashSet::new();
        for connection in 0..2 {
            let mut writer = Writer::new("r1", connection, 50, 1);
            (0..200).for_each(|_| writer.event("2026-01-01T00:00:00Z"));
            let body = String::from_utf8(writer.body().to_vec()).expect("the template is text");
            assert_eq!(body.lines().count(), 200);
            for line in body.lines() {
                let event: Value = serde_json::from_str(line).expect("a line is JSON");
                assert!(ids.insert(event["id"].to_string()), "{line} repeats an id");
                let wallet = event["wallet"].as_str().expect("a wallet");
                let number: u32 = wallet.strip_prefix("lt-r1-").expect("the run").parse().expect("a number");
                assert!(number < 50 && wallet == wallet_name("r1", number), "{line}");
            }
        }
    }
}
