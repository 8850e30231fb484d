//! One connection: takes the next instant of the schedule, sends a request, enters what came of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::answer::read_counts;
use super::encode::Encoder;
use super::event::Event;
use super::feed::Feed;
use super::http::{Connection, Start};
use super::ledger::{Ledger, Sending};
use super::schedule::Schedule;
use super::tally::{Counts, Tally};
use crate::clock;

/// Between two attempts at a request that was turned away, where the engine does not say.
const PATIENCE: Duration = Duration::from_millis(100);
/// A request that the engine is still too busy for so long after the end is given up: nothing of it was taken.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);
/// Between two attempts at reaching an engine that has been killed.
const REACH_EVERY: Duration = Duration::from_millis(10);
/// An engine that has been gone for so long does not come back.
const GONE_MAX: Duration = Duration::from_secs(300);

/// What a broken connection means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The run has failed.
    Fails,
    /// The engine was killed on purpose: it is reached again, and the same request sent again.
    Resends,
}

/// One connection with what it sends.
pub struct Driver {
    pub url: String,
    pub start: Start,
    pub connection: Connection,
    pub feed: Feed,
    pub encoder: Encoder,
    pub batch: u32,
    pub loss: Loss,
    pub schedule: Rc<Schedule>,
    pub tally: Rc<RefCell<Tally>>,
    pub ledger: Rc<RefCell<Ledger>>,
}

/// What became of one sending.
enum Sent {
    Taken(Counts),
    TurnedAway(Option<Duration>),
}

impl Driver {
    /// Sends until the schedule ends.
    pub async fn run(mut self) -> Result<()> {
        let mut events = Vec::with_capacity(self.batch as usize);
        while let Some(intended) = self.schedule.next().await {
            self.feed.fill(self.batch, &mut events);
            self.encoder.encode(&events);
            self.deliver(&events, intended).await?;
        }
        Ok(())
    }

    /// Sends what is encoded until it is taken.
    async fn deliver(&mut self, events: &[Event], intended: Instant) -> Result<()> {
        let mut sending = Sending::First;
        loop {
            match self.send(events, sending).await {
                Ok(Sent::Taken(counts)) => {
                    let window = self.schedule.window();
                    self.tally.borrow_mut().record(counts, intended, clock::tick(), window);
                    return Ok(());
                }
                Ok(Sent::TurnedAway(wait)) => {
                    if self.gives_up(events.len() as u64, intended) {
                        return Ok(());
                    }
                    tokio::time::sleep(wait.unwrap_or(PATIENCE)).await;
                }
                Err(error) if self.loss == Loss::Fails => return Err(error),
                Err(_) => {
                    sending = Sending::Again;
                    self.connection = reach(&self.url).await?;
                }
            }
        }
    }

    /// Counts a request that was turned away; whether it is not sent again.
    fn gives_up(&self, events: u64, intended: Instant) -> bool {
        let window = self.schedule.window();
        let mut tally = self.tally.borrow_mut();
        tally.turned_away += 1;
        let gives_up = clock::tick() >= window.end + GIVE_UP_AFTER;
        if gives_up && window.holds(intended) {
            tally.unsent += events;
        }
        gives_up
    }

    async fn send(&mut self, events: &[Event], sending: Sending) -> Result<Sent> {
        let answer = self.connection.call(&self.start, self.encoder.body()).await?;
        let counts = match answer.status {
            200 => read_counts(answer.body),
            429 | 503 => return Ok(Sent::TurnedAway(answer.retry_after)),
            401 | 403 => {
                bail!("the engine does not take this key: give an operator key by --key or FAREBOX_KEY")
            }
            _ => None,
        };
        let taken = counts.and_then(|counts| {
            self.ledger.borrow_mut().enter(events, &counts, answer.body, sending)?;
            Some(Sent::Taken(counts))
        });
        taken.with_context(|| {
            let told = String::from_utf8_lossy(&answer.body[..answer.body.len().min(500)]);
            format!("an answer {} to events: {told}", answer.status)
        })
    }
}

/// Connects again once somebody listens.
async fn reach(url: &str) -> Result<Connection> {
    let gone = clock::tick();
    loop {
        match Connection::open(url).await {
            Ok(connection) => return Ok(connection),
            Err(error) if gone.elapsed() > GONE_MAX => return Err(error),
            Err(_) => tokio::time::sleep(REACH_EVERY).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::draw::Draw;
    use crate::load::encode::Format;
    use crate::load::event::Prices;
    use crate::load::feed::Spice;
    use crate::load::lines::{Length, Telling};
    use crate::load::schedule::{Pace, Window};
    use crate::tariff;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers each request by a text of its number; `None` breaks the connection. Bodies are told to the caller.
    async fn serve(
        answer: impl Fn(usize) -> Option<String> + 'static,
    ) -> (String, Rc<RefCell<Vec<Vec<u8>>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let bodies = Rc::new(RefCell::new(Vec::new()));
        let told = Rc::clone(&bodies);
        tokio::task::spawn_local(async move {
            let mut number = 0;
            'connections: loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let mut buffer = vec![0; 65_536];
                loop {
                    let mut length = 0;
                    while !buffer[..length].ends_with(b"}\n") {
                        let Ok(read @ 1..) = stream.read(&mut buffer[length..]).await else {
                            continue 'connections;
                        };
                        length += read;
                    }
                    let at = buffer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
                    told.borrow_mut().push(buffer[at..length].to_vec());
                    let answer = answer(number);
                    number += 1;
                    let Some(text) = answer else { continue 'connections };
                    stream.write_all(text.as_bytes()).await.expect("written");
                }
            }
        });
        (url, bodies)
    }

    async fn driver(url: &str, schedule: &Rc<Schedule>, loss: Loss) -> Driver {
        let now = "2026-11-27T10:00:00Z".parse().expect("an instant");
        let prices = Prices::of(&tariff::versions(now)[0], now);
        let encoder = Encoder::new(Format::Ndjson, Telling { length: Length::Text, campaign: None }, "r", 0);
        Driver {
            url: url.to_owned(),
            start: encoder.start(url, "key"),
            connection: Connection::open(url).await.expect("connected"),
            feed: Feed::new(1, Draw::One(0), Spice::Plain),
            encoder,
            batch: 1,
            loss,
            schedule: Rc::clone(schedule),
            tally: Rc::new(RefCell::new(Tally::new().expect("bounds fit"))),
            ledger: Rc::new(RefCell::new(Ledger::new(prices))),
        }
    }

    fn ok(outcome: &str) -> String {
        let one = |name: &str| u32::from(name == outcome);
        let body = format!(
            "{{\"charged\":{},\"recorded\":0,\"refused\":0,\"duplicate\":{},\"conflict\":0,\"invalid\":0,\
             \"unavailable\":0,\"results\":[{{\"outcome\":\"{outcome}\",\"amount\":\"0.0109\"}}]}}",
            one("charged"),
            one("duplicate")
        );
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    /// One request, whatever becomes of it.
    fn one_request() -> Rc<Schedule> {
        let window = Window::of(Duration::ZERO, Duration::from_millis(50));
        Rc::new(Schedule::new(Pace::Bursts { requests: 1, every: Duration::from_secs(1) }, window))
    }

    #[tokio::test]
    async fn a_request_that_is_turned_away_is_sent_again_unchanged_and_waits_from_its_first_instant() {
        let turned_away = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
        let run = async {
            let (url, bodies) =
                serve(move |number| Some(if number == 0 { turned_away.to_owned() } else { ok("charged") }))
                    .await;
            let schedule = one_request();
            let driver = driver(&url, &schedule, Loss::Fails).await;
            let tally = Rc::clone(&driver.tally);
            driver.run().await.expect("driven");
            let (tally, bodies) = (tally.borrow(), bodies.borrow());
            assert_eq!((tally.turned_away, tally.all.charged, tally.unsent), (1, 1, 0));
            assert_eq!(bodies[0], bodies[1]);
            assert!(tally.latency_us.max() >= 100_000, "the wait counts: {}", tally.latency_us.max());
        };
        tokio::task::LocalSet::new().run_until(run).await;
    }

    #[tokio::test]
    async fn a_request_whose_answer_was_lost_is_sent_again_and_its_duplicate_is_its_charge() {
        let run = async {
            let (url, bodies) = serve(|number| (number > 0).then(|| ok("duplicate"))).await;
            let schedule = one_request();
            let driver = driver(&url, &schedule, Loss::Resends).await;
            let ledger = Rc::clone(&driver.ledger);
            driver.run().await.expect("driven");
            assert_eq!(bodies.borrow().len(), 2);
            assert_eq!(ledger.borrow().charged(0) % 100, 0);
            assert!(ledger.borrow().charged(0) > 0, "the lost charge is found again");
        };
        tokio::task::LocalSet::new().run_until(run).await;
    }

    #[tokio::test]
    async fn a_broken_connection_fails_a_run_that_did_not_ask_for_it() {
        let run = async {
            let (url, _) = serve(|_| None).await;
            let schedule = one_request();
            let error = driver(&url, &schedule, Loss::Fails).await.run().await;
            assert!(error.is_err());
        };
        tokio::task::LocalSet::new().run_until(run).await;
    }
}
