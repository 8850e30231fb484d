//! One connection: sends its batches one after the other, each until every line of it has an answer.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use indicatif::ProgressBar;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use tokio::sync::mpsc::Receiver;

use super::lines::Batch;
use super::tally::{Answer, Tally};
use crate::cli::client::{Client, problem, spelled_out};
use crate::cli::failure::Failure;
use crate::clock::{Clock, random_bytes};
use crate::domain::time::Span;

const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// How often lines with the outcome `unavailable` are sent again: a wallet in quarantine stays there, and
/// should not hold up all others on its connection for long.
const UNAVAILABLE_ROUNDS: u32 = 5;

pub struct Lane {
    client: Client,
    progress: ProgressBar,
    tally: Rc<RefCell<Tally>>,
    retry_for: Span,
    clock: Clock,
}

/// What came of sending a batch once.
enum Sent {
    Answered(Answer),
    /// It may be sent again, after so many seconds if the engine said so.
    Again {
        why: String,
        after_seconds: Option<u64>,
    },
}

impl Lane {
    pub fn new(client: Client, progress: ProgressBar, tally: Rc<RefCell<Tally>>, retry_for: u32) -> Lane {
        Lane { client, progress, tally, retry_for: Span::from_seconds(retry_for), clock: Clock::system() }
    }

    pub async fn run(self, mut batches: Receiver<Batch>) -> Result<(), Failure> {
        while let Some(batch) = batches.recv().await {
            let bytes = batch.bytes_len() as u64;
            self.deliver(batch).await?;
            self.progress.inc(bytes);
            self.progress.set_message(format!("{} events", self.tally.borrow().events()));
        }
        Ok(())
    }

    /// Until every line has an outcome; what stays unavailable is then left so.
    async fn deliver(&self, mut batch: Batch) -> Result<(), Failure> {
        for round in 0.. {
            let answer = self.send_until_answered(&batch).await?;
            let unavailable = answer.check(batch.len())?.unavailable();
            let again = if round < UNAVAILABLE_ROUNDS { unavailable } else { Vec::new() };
            self.tally.borrow_mut().count(&batch, &answer, &again)?;
            if again.is_empty() {
                break;
            }
            batch = batch.select(&again);
            tokio::time::sleep(pause(round, None, random())).await;
        }
        Ok(())
    }

    async fn send_until_answered(&self, batch: &Batch) -> Result<Answer, Failure> {
        let started = self.clock.now();
        for attempt in 0.. {
            let (why, after_seconds) = match self.send(batch).await? {
                Sent::Answered(answer) => return Ok(answer),
                Sent::Again { why, after_seconds } => (why, after_seconds),
            };
            if self.clock.now() >= started.plus(self.retry_for) {
                let line = batch.first_line_number();
                let after = self.retry_for.seconds();
                return Err(Failure::new(format!(
                    "{why}; gave up after {after} s at line {line}. Feed the same file again: \
                     what was taken counts once"
                )));
            }
            if attempt == 0 {
                self.progress.suspend(|| eprintln!("farebox: {why}; trying again"));
            }
            self.tally.borrow_mut().retries += 1;
            tokio::time::sleep(pause(attempt, after_seconds, random())).await;
        }
        unreachable!("the loop ends only by returning")
    }

    async fn send(&self, batch: &Batch) -> Result<Sent, Failure> {
        let request = self.client.request(Method::POST, &["v1", "events"]);
        let request = request.header(CONTENT_TYPE, "application/x-ndjson").body(batch.bytes());
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Ok(Sent::Again { why: spelled_out(&error), after_seconds: None }),
        };
        let status = response.status();
        if may_be_sent_again(status) {
            let after_seconds = retry_after(&response);
            return Ok(Sent::Again { why: problem(response).await.to_string(), after_seconds });
        }
        if !status.is_success() {
            return Err(problem(response).await);
        }
        match response.bytes().await {
            // Cut off: what it answered is lost, but sent again it will say `duplicate`.
            Err(error) => Ok(Sent::Again { why: spelled_out(&error), after_seconds: None }),
            Ok(body) => {
                let answer = serde_json::from_slice(&body);
                answer.map(Sent::Answered).map_err(|error| Failure::of("the answer cannot be read", error))
            }
        }
    }
}

/// Answers that say nothing was taken and that later it may be; the last two come from what stands between.
fn may_be_sent_again(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 503 | 502 | 504)
}

fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

fn random() -> u16 {
    u16::from_le_bytes(random_bytes())
}

/// Doubles with every attempt, and is spread so that many clients do not come back at one instant:
/// half of it is sure, the other half is drawn. Never shorter than what the engine asked for.
fn pause(attempt: u32, after_seconds: Option<u64>, random: u16) -> Duration {
    let full = PAUSE_MIN.saturating_mul(1 << attempt.min(16)).min(PAUSE_MAX);
    let drawn = full / 2 + (full / 2) * u32::from(random) / u32::from(u16::MAX);
    after_seconds.map_or(drawn, |seconds| Duration::from_secs(seconds) + drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_keep_to_what_was_asked() {
        let table = [
            (0, None, u16::MAX, 100),
            (0, None, 0, 50),
            (1, None, u16::MAX, 200),
            (4, None, u16::MAX, 1_600),
            (7, None, u16::MAX, 10_000),
            (u32::MAX, None, 0, 5_000),
            (0, Some(2), 0, 2_050),
            (0, Some(0), u16::MAX, 100),
        ];
        for (attempt, after, random, want) in table {
            let found = pause(attempt, after, random);
            assert_eq!(
                found,
                Duration::from_millis(want),
                "attempt {attempt}, Retry-After {after:?}, {random}"
            );
        }
    }

    #[test]
    fn only_what_was_not_taken_and_may_be_later_is_sent_again() {
        let again: Vec<u16> =
            (200..600).filter(|status| may_be_sent_again(StatusCode::from_u16(*status).unwrap())).collect();
        assert_eq!(again, [408, 429, 502, 503, 504]);
    }
}
