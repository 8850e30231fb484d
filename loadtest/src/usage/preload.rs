//! A year of events: every day its share, then the clock moves to the next.

use anyhow::{Result, ensure};
use jiff::{SignedDuration, Timestamp};

use super::body::{Writer, post};
use crate::client::Client;
use crate::engine::KEY;
use crate::load::event::{COUNTRIES, TEXTS, wallet_name};
use crate::load::http::{Connection, Start};
use crate::load::tally::Counts;

/// The first instant, and the one just after the last day.
pub const BEGINS: &str = "2025-07-01T00:00:00Z";
pub const ENDS: &str = "2026-07-01T00:00:00Z";
pub const FROM: &str = "2025-07-01";
pub const TO: &str = "2026-06-30";
const DAYS: u64 = 365;
pub const CONNECTIONS: u32 = 8;
const BATCH: u64 = 2_000;
/// Of the wallet whose usage is read; its first is that of all the others too.
pub const CHANNELS: [&str; 5] =
    ["+14155550100", "+14155550101", "+14155550102", "+18005550103", "+14165550104"];
const CAMPAIGNS: [&str; 3] = ["", "spring", "reminders"];
/// One message in so many gets a final status.
const STATUS_EVERY: u64 = 5;

pub fn begins() -> Timestamp {
    BEGINS.parse().expect("the constant is an instant")
}

/// What passes.
pub struct Year<'r> {
    pub run: &'r str,
    pub events: u64,
    /// Of the wallet whose usage is read: the first.
    pub messages: u64,
    pub wallets: u32,
    pub seed: u64,
}

/// The day's share of a number.
fn share(all: u64, day: u64) -> u64 {
    all * (day + 1) / DAYS - all * day / DAYS
}

/// The wallet whose usage is read.
pub fn big(run: &str) -> String {
    wallet_name(run, 0)
}

impl Year<'_> {
    /// Lets it pass; answers how many entries it made.
    pub async fn pass(&self, client: &Client, url: &str) -> Result<u64> {
        let mut workers = Vec::new();
        for number in 0..CONNECTIONS {
            let connection = Connection::open(url).await?;
            let writer = Writer::new(self.run, number, self.wallets, self.seed);
            workers.push(Some((connection, writer)));
        }
        let start = Start::new(url, KEY, "POST /v1/events", "application/x-ndjson");
        let mut counts = Counts::default();
        for day in 0..DAYS {
            let midnight = begins() + SignedDuration::from_hours(24 * day as i64);
            let mut tasks = Vec::new();
            for (number, worker) in (0u64..).zip(&mut workers) {
                let (connection, writer) = worker.take().expect("every worker comes back each day");
                let part = Part {
                    big: big(self.run),
                    id: format!("{}-b{day}-{number}-", self.run),
                    messages: part_of(share(self.messages, day), number),
                    others: part_of(share(self.events - self.messages, day), number),
                    time: (midnight + SignedDuration::from_secs(30 * number as i64)).to_string(),
                };
                tasks.push(tokio::spawn(part.send(start.clone(), connection, writer)));
            }
            for (task, worker) in tasks.into_iter().zip(&mut workers) {
                let (connection, writer, sent) = task.await??;
                counts.add(sent);
                *worker = Some((connection, writer));
            }
            let refused = counts.refused + counts.conflict + counts.invalid + counts.unavailable;
            ensure!(refused == 0, "{refused} events were not taken on day {day}");
            client.advance(midnight + SignedDuration::from_hours(24)).await?;
            if day % 30 == 29 {
                eprintln!("{} days have passed, {} events", day + 1, counts.events());
            }
        }
        Ok(counts.charged)
    }
}

/// The share of one of the connections.
fn part_of(all: u64, number: u64) -> u64 {
    let connections = u64::from(CONNECTIONS);
    all * (number + 1) / connections - all * number / connections
}

/// What one connection sends of a day.
struct Part {
    big: String,
    id: String,
    messages: u64,
    others: u64,
    time: String,
}

impl Part {
    async fn send(
        self,
        start: Start,
        mut connection: Connection,
        mut writer: Writer,
    ) -> Result<(Connection, Writer, Counts)> {
        let mut counts = Counts::default();
        let (mut sent, all) = (0, self.messages + self.others);
        while sent < all {
            writer.clear();
            let end = all.min(sent + BATCH);
            for number in sent..end {
                if number < self.messages {
                    self.message(&mut writer, number)
                } else {
                    writer.event(&self.time)
                }
            }
            counts.add(post(&mut connection, &start, writer.body()).await?);
            sent = end;
        }
        let mut statuses = (0..self.messages).step_by(STATUS_EVERY as usize).peekable();
        while statuses.peek().is_some() {
            writer.clear();
            statuses.by_ref().take(BATCH as usize).for_each(|number| self.status(&mut writer, number));
            // A status is no message: it makes an entry only where it returns something.
            let taken = post(&mut connection, &start, writer.body()).await?;
            counts.add(Counts { recorded: 0, ..taken });
        }
        Ok((connection, writer, counts))
    }

    fn message(&self, writer: &mut Writer, number: u64) {
        let pick = |length: usize, step: u64| (number / step) as usize % length;
        let (channel, campaign) = (CHANNELS[pick(CHANNELS.len(), 1)], CAMPAIGNS[pick(CAMPAIGNS.len(), 5)]);
        let country = COUNTRIES[pick(COUNTRIES.len(), 7)];
        writer.put(&["{\"mode\":\"report\",\"id\":\"", &self.id]);
        writer.digits(number, 7);
        writer.put(&[
            "\",\"wallet\":\"",
            &self.big,
            "\",\"channel\":\"",
            channel,
            "\",\"campaign\":\"",
            campaign,
        ]);
        writer.put(&[
            "\",\"kind\":\"sms\",\"text\":\"",
            TEXTS[pick(TEXTS.len(), 11)],
            "\",\"peer\":\"+",
            country,
        ]);
        writer.digits(number * 7_919 % 10_000_000, 7);
        writer.put(&["\",\"type\":\"message.outbound\",\"time\":\"", &self.time, "\"}\n"]);
    }

    fn status(&self, writer: &mut Writer, number: u64) {
        let status = if number.is_multiple_of(STATUS_EVERY * 8) { "undelivered" } else { "delivered" };
        writer.put(&["{\"type\":\"message.status\",\"status\":\"", status, "\",\"wallet\":\"", &self.big]);
        writer.put(&["\",\"message\":\"", &self.id]);
        writer.digits(number, 7);
        writer.put(&["\",\"id\":\"s", &self.id]);
        writer.digits(number, 7);
        writer.put(&["\",\"time\":\"", &self.time, "\"}\n"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_and_connections_share_everything_out() {
        for all in [0, 1, 364, 365, 1_000_003] {
            let days: u64 = (0..DAYS).map(|day| share(all, day)).sum();
            let parts: u64 = (0..u64::from(CONNECTIONS)).map(|number| part_of(all, number)).sum();
            assert_eq!((days, parts), (all, all));
        }
    }

    #[test]
    fn what_is_written_are_events_of_the_big_wallet() {
        let mut writer = Writer::new("u", 0, 10, 1);
        let part = Part { big: big("u"), id: "u-b0-0-".into(), messages: 2, others: 0, time: BEGINS.into() };
        writer.clear();
        (0..40).for_each(|number| part.message(&mut writer, number));
        (0..40).for_each(|number| part.status(&mut writer, number));
        for line in String::from_utf8(writer.body().to_vec()).expect("text").lines() {
            let event: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            assert_eq!(event["wallet"], big("u"), "{line}");
        }
    }
}
