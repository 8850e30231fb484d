//! One engine on a test clock, whose provider is the sandbox in the same process.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::Client;
use crate::support::engine::{Engine, Launch};
use crate::support::provider::{Account, assert_settled, text};
use crate::support::sandbox::Customer;

pub const START: &str = "2026-03-02T09:00:00Z";

pub struct World {
    pub client: Client,
    pub customer: Customer,
    pub account: Account,
    pub now: Timestamp,
    engine: Option<Engine>,
    home: TempDir,
    environment: Vec<(String, String)>,
}

fn start(home: &TempDir, environment: &[(String, String)], at: Timestamp) -> Engine {
    let launch = Launch::new(home.path()).argument("--test-clock").argument(&at.to_string());
    environment.iter().fold(launch, |launch, (name, value)| launch.environment(name, value)).start()
}

impl World {
    pub fn start() -> World {
        World::start_with(&[])
    }

    pub fn start_with(environment: &[(&str, &str)]) -> World {
        let environment: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let home = tempfile::tempdir().expect("a home for the engine");
        let now = START.parse().expect("an instant");
        let engine = start(&home, &environment, now);
        World {
            client: engine.client(),
            customer: Customer::new(&engine.url),
            account: Account::at(&engine.url),
            now,
            engine: Some(engine),
            home,
            environment,
        }
    }

    /// Killed now, and started again after so many seconds.
    pub fn kill_and_restart(&mut self, seconds: i64) {
        self.engine.take().expect("an engine to kill").kill();
        self.now += SignedDuration::from_secs(seconds);
        let engine = start(&self.home, &self.environment, self.now);
        self.client = engine.client();
        self.customer = Customer::new(&engine.url);
        self.account = Account::at(&engine.url);
        self.engine = Some(engine);
    }

    /// Moves the clock on; what is due on the way has happened when this returns.
    pub async fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        let told = self.client.advance(&self.now.to_string()).await.wants(200);
        let now: Timestamp = text(&told, "now").parse().expect("an instant");
        assert_eq!(now, self.now, "wanted the clock to stand where it was sent");
    }

    pub async fn pass_hours(&mut self, hours: i64) {
        self.pass(hours * 3_600).await;
    }

    /// Finishes what the last calls have set going, at the same moment.
    pub async fn settle(&mut self) {
        self.pass(0).await;
    }

    /// A wallet that has paid 25 with this card, which is kept; whom the provider knows it as.
    pub async fn with_card(&mut self, wallet: &str, card: &str) -> String {
        self.client.wallet_with(wallet, "0").await;
        let paid = self.customer.pays(&self.client, wallet, &format!("first-{wallet}"), "25", card).await;
        assert_eq!(paid["status"], "succeeded", "{wallet}: {paid}");
        self.settle().await;
        self.account.customer_of(text(&paid, "checkout_url")).await
    }

    /// Charges 40 to the kept card whenever 10 or less is available.
    pub async fn set_auto(&self, wallet: &str) {
        let settings = json!({"enabled": true, "minimum_balance": "10", "amount": "40"});
        self.client.set_auto_top_up(wallet, &settings).await.wants(200);
    }

    /// What became of the wallet's top-ups after the first, such as `failed card_declined`, checked at the provider.
    pub async fn came_to(&self, wallet: &str, customers: &BTreeSet<String>) -> Vec<String> {
        let top_ups = assert_settled(&self.client, &self.account, wallet, customers).await;
        top_ups[1..].iter().map(ended).collect()
    }

    pub fn stop_and_verify(mut self) {
        self.engine.take().expect("an engine to stop").stop();
        crate::support::data_dir::assert_verifies(self.home.path());
    }
}

/// `succeeded`, `failed card_declined`.
pub fn ended(top_up: &Value) -> String {
    match top_up["code"].as_str() {
        None => text(top_up, "status").to_owned(),
        Some(code) => format!("{} {code}", text(top_up, "status")),
    }
}
