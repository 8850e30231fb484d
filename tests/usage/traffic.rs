//! Traffic of one connection, on a channel of its own: what was acknowledged to it is what its usage must be.

use jiff::Timestamp;
use serde_json::json;

use crate::figures::Figures;
use crate::ledger::Fates;
use crate::support::client::{Answer, Client, NDJSON, Outcome};
use crate::support::event::{Event, ndjson};
use crate::support::nanos;
use crate::support::random::Random;

const PEERS: [&str; 4] = ["+491511234567", "+447700900123", "+14155550123", "+4791234567"];

pub struct Writer {
    pub wallet: String,
    pub channel: String,
    pub fates: Fates,
    /// What was acknowledged, added up.
    pub messages: i128,
    pub units: i128,
    pub total: i128,
    random: Random,
    sent: Vec<String>,
    /// Made, and not yet known to have been taken.
    pending: Vec<Event>,
    ids: u64,
}

impl Writer {
    pub fn new(wallet: &str, number: u64, seed: u64) -> Writer {
        Writer {
            wallet: wallet.to_owned(),
            channel: format!("+1415555{:04}", 2_000 + number),
            fates: Fates::default(),
            messages: 0,
            units: 0,
            total: 0,
            random: Random::new(seed ^ number.wrapping_mul(0x9e37_79b9)),
            sent: Vec::new(),
            pending: Vec::new(),
            ids: 0,
        }
    }

    /// Some messages out and in, statuses of earlier ones, and a carrier's fee.
    fn make(&mut self) {
        for _ in 0..1 + self.random.below(30) {
            self.ids += 1;
            let id = format!("{}-{}", self.channel, self.ids);
            let event = match self.random.below(10) {
                0..4 if !self.sent.is_empty() => self.status(&id),
                4 => Event::carrier_fee(&self.wallet, &id, "0.123456789")
                    .with("channel", self.channel.as_str()),
                5 => self.message(Event::inbound(&self.wallet, &id), id),
                _ => {
                    let peer = PEERS[self.random.below(4) as usize];
                    self.message(Event::outbound(&self.wallet, &id).with("peer", peer), id)
                }
            };
            self.pending.push(event);
        }
    }

    fn message(&mut self, event: Event, id: String) -> Event {
        self.sent.push(id);
        let segments = 1 + self.random.below(3);
        let event = event.with("channel", self.channel.as_str());
        let event = event.without("text").with("segments", segments).with("encoding", "UCS-2");
        if self.random.percent(50) {
            event.with("campaign", ["a", "b"][self.random.below(2) as usize])
        } else {
            event
        }
    }

    fn status(&mut self, id: &str) -> Event {
        let of = self.sent[self.random.below(self.sent.len() as u64) as usize].clone();
        let status = ["delivered", "failed", "undelivered"][self.random.below(3) as usize];
        Event(
            json!({"id": id, "type": "message.status", "wallet": self.wallet, "message": of, "status": status}),
        )
    }

    /// Sends what is pending, or else something new; false where no answer came.
    pub async fn send(&mut self, client: &Client, now: Timestamp) -> bool {
        if self.pending.is_empty() {
            self.make();
        }
        let kind = [("content-type", NDJSON)];
        let body = ndjson(&self.pending).into_bytes();
        let answer = client.try_call(reqwest::Method::POST, "/v1/events", &kind, body).await;
        let Ok(answer) = answer else { return false };
        self.hear(&answer, now);
        true
    }

    fn hear(&mut self, answer: &Answer, now: Timestamp) {
        let outcomes = answer.outcomes();
        for (event, mut outcome) in std::mem::take(&mut self.pending).iter().zip(outcomes) {
            // Taken before, when the answer was lost.
            if outcome.outcome == "duplicate" {
                let first = if outcome.seq.is_some() { "charged" } else { "recorded" };
                outcome = Outcome { outcome: first.to_owned(), ..outcome };
            }
            let taken = ["charged", "recorded"].contains(&outcome.outcome.as_str());
            assert!(taken, "{}: {outcome:?}", event.line());
            self.fates.hear(event, &outcome, now);
            if event.0["kind"].is_string() {
                self.messages += 1;
                self.units += i128::from(event.0["segments"].as_u64().expect("segments"));
            }
            self.total += nanos(outcome.amount.as_deref().expect("an amount"));
        }
    }

    /// Usage of the channel holds exactly what was acknowledged.
    pub fn is_told(&self, found: &Figures) {
        let of = |name: &str| found.get(name);
        let (told, wanted) =
            ((of("/messages"), of("/units"), of("/total")), (self.messages, self.units, self.total));
        assert_eq!(
            told, wanted,
            "{} {}: what was acknowledged is in the answer: {found}",
            self.wallet, self.channel
        );
        let (delivered, failed) = self.fates.counts();
        let told = (of("/delivered"), of("/failed"));
        assert_eq!(told, (delivered, failed), "{} {}: {found}", self.wallet, self.channel);
    }
}
