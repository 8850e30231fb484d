//! The engine of the year and its clock: deeds sent on several connections, SIGKILLs where they are wanted.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::behaviour::{Deed, Doing};
use crate::model::prices::{TARIFF, VERSIONS};
use crate::support::client::{Answer, Client, NDJSON, Outcome};
use crate::support::engine::{Engine, Launch};
use crate::support::event::{Event, ndjson};
use crate::support::life::JSON;
use crate::support::sandbox::{Customer, ended};
use crate::support::{decimal, nanos};

const CONNECTIONS: usize = 64;

pub struct Fleet {
    pub client: Client,
    pub now: Timestamp,
    pub advancing: Duration,
    customer: Customer,
    engine: Option<Engine>,
    home: TempDir,
}

/// What came of a deed; `None` where no answer came.
#[derive(Clone, Debug)]
pub enum Came {
    AsWanted,
    /// A hold was made, and this is its id.
    Hold(String),
    Otherwise(String),
}

fn start(home: &Path, at: Timestamp) -> Engine {
    let mut launch = Launch::new(home).argument("--test-clock").argument(&at.to_string());
    for version in &VERSIONS {
        let path = home.join(format!("{}-{}.toml", TARIFF, version.name));
        std::fs::write(&path, version.file()).expect("writing the tariff");
        launch = launch.argument("--tariff").argument(path.to_str().expect("a path that is UTF-8"));
    }
    launch.start()
}

impl Fleet {
    pub fn start(at: Timestamp) -> Fleet {
        let home = tempfile::tempdir().expect("a home for the engine");
        let engine = start(home.path(), at);
        let (client, customer) = (engine.client(), Customer::new(&engine.url));
        Fleet { client, customer, now: at, advancing: Duration::ZERO, engine: Some(engine), home }
    }

    /// Stopped for good; what is left.
    pub fn stop(mut self) -> TempDir {
        self.engine.take().expect("an engine to stop").stop();
        self.home
    }

    fn start_again(&mut self) {
        let engine = start(self.home.path(), self.now);
        (self.client, self.customer) = (engine.client(), Customer::new(&engine.url));
        self.engine = Some(engine);
    }

    /// SIGKILL after a while, from a thread of its own.
    async fn kill_after(&mut self, pause: Duration) {
        let engine = self.engine.take().expect("an engine to kill");
        tokio::time::sleep(pause).await;
        tokio::task::spawn_blocking(move || engine.kill()).await.expect("the kill");
    }

    pub async fn open(&self, wallet: &str, zone: &str) {
        let terms = json!({"currency": "USD", "time_zone": zone, "tariff": TARIFF});
        self.client.put_wallet(wallet, &terms).await.wants(201);
    }

    pub async fn advance(&mut self, to: Timestamp) {
        let started = Instant::now();
        let told = self.client.advance(&to.to_string()).await.wants(200);
        self.advancing += started.elapsed();
        let now = told["now"].as_str().and_then(|now| now.parse::<Timestamp>().ok());
        assert_eq!(now, Some(to), "wanted the clock where it was sent: {told}");
        self.now = to;
    }

    /// Killed on the way, started again where it was, and sent on.
    pub async fn advance_with_a_kill(&mut self, to: Timestamp, pause: Duration) {
        let client = self.client.clone();
        let text = to.to_string();
        let advancing = tokio::spawn(async move { client.try_advance(&text).await });
        self.kill_after(pause).await;
        if let Ok(answer) = advancing.await.expect("the call") {
            answer.wants(200);
        }
        self.start_again();
        self.advance(to).await;
    }

    /// Every deed at this moment, each wallet's own in order; what came of each, in the order of the deeds. With a
    /// pause the engine is killed after it, and what was not answered is sent again.
    pub async fn perform(&mut self, deeds: &[Deed], book: &Book<'_>, kill: Option<Duration>) -> Vec<Came> {
        let mut came: Vec<Option<Came>> = vec![None; deeds.len()];
        let is_by_hand = |deed: &Deed| matches!(deed.doing, Doing::TopUp { .. });
        let all = || 0..deeds.len();
        // Payments by hand are not cut off: when they would be credited is the look-up's matter.
        let first: Vec<usize> = all().filter(|number| !is_by_hand(&deeds[*number])).collect();
        let by_hand: Vec<usize> = all().filter(|number| is_by_hand(&deeds[*number])).collect();
        match kill {
            None => self.send(deeds, &first, book, Sending::First, &mut came).await,
            Some(pause) => {
                let (client, customer) = (self.client.clone(), self.customer.clone());
                let sending = send_all(&client, &customer, deeds, &first, book, Sending::First);
                let (answers, ()) = futures_util::future::join(sending, self.kill_after(pause)).await;
                fill(&mut came, answers);
                self.start_again();
                self.advance(self.now).await;
                let silent: Vec<usize> = first.into_iter().filter(|number| came[*number].is_none()).collect();
                self.send(deeds, &silent, book, Sending::Again, &mut came).await;
            }
        }
        self.send(deeds, &by_hand, book, Sending::First, &mut came).await;
        let silent = |number: usize| Came::Otherwise(format!("no answer to {:?}", deeds[number].doing));
        came.into_iter().enumerate().map(|(number, came)| came.unwrap_or_else(|| silent(number))).collect()
    }

    async fn send(
        &self,
        deeds: &[Deed],
        which: &[usize],
        book: &Book<'_>,
        sending: Sending,
        came: &mut [Option<Came>],
    ) {
        fill(came, send_all(&self.client, &self.customer, deeds, which, book, sending).await);
    }
}

/// What the interface calls things that the model counts.
pub struct Book<'a> {
    pub names: &'a [String],
    /// By wallet and number of the hold.
    pub holds: &'a [Vec<String>],
    /// Auto attempts that the model has made, by wallet.
    pub attempts: &'a [usize],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    First,
    /// What was sent may have been decided: then it is told again.
    Again,
}

fn fill(came: &mut [Option<Came>], answers: Vec<(usize, Came)>) {
    for (number, answer) in answers {
        came[number] = Some(answer);
    }
}

async fn send_all(
    client: &Client,
    customer: &Customer,
    deeds: &[Deed],
    which: &[usize],
    book: &Book<'_>,
    sending: Sending,
) -> Vec<(usize, Came)> {
    let lanes = (0..CONNECTIONS).map(|lane| {
        let own: Vec<usize> =
            which.iter().copied().filter(|number| deeds[*number].wallet % CONNECTIONS == lane).collect();
        let lane = Lane { client, customer, deeds, book, sending };
        async move { lane.send(&own).await }
    });
    futures_util::future::join_all(lanes).await.into_iter().flatten().collect()
}

struct Lane<'a> {
    client: &'a Client,
    customer: &'a Customer,
    deeds: &'a [Deed],
    book: &'a Book<'a>,
    sending: Sending,
}

impl Lane<'_> {
    /// All events in one request, then the calls one by one; ends where the connection does.
    async fn send(&self, own: &[usize]) -> Vec<(usize, Came)> {
        let mut came = Vec::new();
        let mut events: Vec<(usize, Vec<Event>)> = Vec::new();
        for number in own {
            if let Doing::Lines(lines) = &self.deeds[*number].doing {
                if self.sending == Sending::Again && self.was_decided(*number).await {
                    came.push((*number, Came::AsWanted));
                    continue;
                }
                events.push((*number, self.with_holds(*number, lines)));
            }
        }
        if !events.is_empty() {
            let body = ndjson(events.iter().flat_map(|(_, events)| events));
            let sent = self
                .client
                .try_call(Method::POST, "/v1/events", &[("content-type", NDJSON)], body.into())
                .await;
            let Ok(answer) = sent else { return came };
            let mut outcomes = answer.outcomes().into_iter();
            for (number, own) in &events {
                let outcomes: Vec<Outcome> = outcomes.by_ref().take(own.len()).collect();
                came.push((*number, self.compare_lines(*number, &outcomes)));
            }
        }
        for number in own.iter().filter(|number| !matches!(self.deeds[**number].doing, Doing::Lines(_))) {
            if self.sending == Sending::Again && self.was_decided(*number).await {
                came.push((*number, Came::AsWanted));
                continue;
            }
            match self.call(*number).await {
                Ok(one) => came.push((*number, one)),
                Err(_) => return came,
            }
        }
        came
    }

    /// A refusal that has asked for a top-up must not be asked again once the top-up is there.
    async fn was_decided(&self, number: usize) -> bool {
        let deed = &self.deeds[number];
        if !deed.refused_and_fired {
            return false;
        }
        let made = self.client.top_ups(&self.book.names[deed.wallet]).await;
        made.iter().filter(|row| row["kind"] == "auto").count() >= self.book.attempts[deed.wallet]
    }

    /// The model counts holds, the interface has names for them.
    fn with_holds(&self, number: usize, lines: &[(Event, (String, i128))]) -> Vec<Event> {
        let ids = &self.book.holds[self.deeds[number].wallet];
        let named = lines.iter().map(|(event, _)| match event.0["hold"].as_u64() {
            Some(hold) => event.clone().with("hold", ids[hold as usize].as_str()),
            None => event.clone(),
        });
        named.collect()
    }

    fn compare_lines(&self, number: usize, outcomes: &[Outcome]) -> Came {
        let Doing::Lines(lines) = &self.deeds[number].doing else { unreachable!("only lines have outcomes") };
        for ((event, (said, amount)), outcome) in lines.iter().zip(outcomes) {
            let got = (outcome.said(), outcome.amount.as_deref().map_or(0, nanos));
            let repeated = said.replacen("charged", "duplicate", 1).replacen("recorded", "duplicate", 1);
            let as_wanted = got.0 == *said || (self.sending == Sending::Again && got.0 == repeated);
            if !as_wanted || got.1 != *amount {
                let (want, got) =
                    (format!("{said} {}", decimal(*amount)), format!("{} {}", got.0, decimal(got.1)));
                return Came::Otherwise(format!("wanted {want}, got {got}: {}", event.line()));
            }
        }
        Came::AsWanted
    }

    async fn call(&self, number: usize) -> Result<Came, reqwest::Error> {
        let deed = &self.deeds[number];
        let path = |call: &str| format!("/v1/wallets/{}/{call}", self.book.names[deed.wallet]);
        let keyed =
            |key: &str| [JSON, ("idempotency-key", key)].map(|(name, value)| (name, value.to_owned()));
        let (method, path, headers, body) = match &deed.doing {
            Doing::Lines(_) => unreachable!("lines are sent together"),
            Doing::Post { path: call, key, body } => (Method::POST, path(call), keyed(key).to_vec(), body),
            Doing::MakeHold { key, body } => (Method::POST, path("holds"), keyed(key).to_vec(), body),
            Doing::EndHold { key, hold, call, body } => {
                let hold = &self.book.holds[deed.wallet][*hold];
                (Method::POST, path(&format!("holds/{hold}/{call}")), keyed(key).to_vec(), body)
            }
            Doing::ReleaseNumber { key, number } => {
                (Method::DELETE, path(&format!("numbers/{number}")), keyed(key).to_vec(), &Value::Null)
            }
            Doing::Put { path: call, body } => {
                (Method::PUT, path(call), vec![(JSON.0, JSON.1.to_owned())], body)
            }
            Doing::EndAutoTopUp => (Method::DELETE, path("auto-top-up"), Vec::new(), &Value::Null),
            Doing::TopUp { key, amount, card } => {
                let digits = card.map(|card| card.digits());
                return self.top_up(deed, key, &decimal(*amount), digits).await;
            }
        };
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let text = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let answer = self.client.try_call(method, &path, &headers, text).await?;
        Ok(self.compare_answer(deed, &answer))
    }

    fn compare_answer(&self, deed: &Deed, answer: &Answer) -> Came {
        let got = match answer.status {
            200 | 201 => answer.status.to_string(),
            status => format!("{status} {}", answer.json()["code"].as_str().unwrap_or("?")),
        };
        let repeated = self.sending == Sending::Again && deed.want == "201" && got == "200";
        if got != deed.want && !repeated {
            return Came::Otherwise(format!(
                "wanted {}, got {got} {}: {:?}",
                deed.want, answer.text, deed.doing
            ));
        }
        match (&deed.doing, got.as_str()) {
            (Doing::MakeHold { .. }, "200" | "201") => {
                Came::Hold(answer.json()["hold"].as_str().unwrap_or("?").to_owned())
            }
            _ => Came::AsWanted,
        }
    }

    /// Opens a checkout and, with a card, plays the customer and waits for the credit.
    async fn top_up(
        &self,
        deed: &Deed,
        key: &str,
        amount: &str,
        card: Option<&str>,
    ) -> Result<Came, reqwest::Error> {
        let wallet = &self.book.names[deed.wallet];
        let opened = self.client.open_top_up(wallet, key, amount).await;
        let came = self.compare_answer(deed, &opened);
        let (Some(card), Came::AsWanted) = (card, &came) else { return Ok(came) };
        let opened = opened.json();
        let page = opened["checkout_url"].as_str().unwrap_or_default();
        self.customer.try_send(page, "pay", card).await?;
        let paid = ended(self.client, wallet, opened["top_up"].as_str().unwrap_or_default()).await;
        Ok(match paid["status"] == "succeeded" {
            true => Came::AsWanted,
            false => Came::Otherwise(format!("wanted {amount} paid with {card}: {paid}")),
        })
    }
}
