//! One engine on a test clock, with a tariff whose prices are easy to add up or one that a story brings along.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Answer, Client, Outcome};
use super::engine::{Engine, Launch};
use super::event::Event;
use super::sandbox::{Customer, GOOD};

/// A message to a German number costs 1 a segment and nothing else; one to the US 0.01, with a fee that depends on
/// the carrier. A local number costs 5 a month, a toll-free one 8, a British one 0.50. What failed costs 0.001, what
/// is undelivered is paid, unless its error code is of the class `carrier` (nothing stays charged) or `spam`
/// (0.25 stays charged).
const TARIFF: &str = r#"name = "life"
version = "one"
currency = "USD"
effective_from = 2015-01-01T00:00:00Z
failure_fee = "0.001"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,49,,,1,DE
outbound,mms,49,,,3,DE
outbound,sms,44,,,0.0004,GB
outbound,sms,1,,,0.01,US
outbound,sms,1,short_code,,0.02,US
inbound,sms,1,,,1,US
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.002
outbound,sms,1,,310260,0.003
outbound,sms,1,,310410,0.001
outbound,sms,1,mobile,,0.1
'''
number_fees_csv = '''
prefix,type,fee
1,local,5
1,mobile,5
1,toll_free,8
44,local,0.5
'''
failures_csv = '''
direction,kind,status,error_class,charge,fee
outbound,sms,undelivered,carrier,nothing,
outbound,sms,undelivered,spam,fee,0.25
'''
error_classes_csv = '''
error_code,class
30007,carrier
30008,spam
'''
"#;

/// Local numbers in the US, in the order in which they are paid for; 5 a month each.
pub const NUMBER: &str = "+14155550100";
pub const NUMBER_2: &str = "+14155550200";
pub const NUMBER_3: &str = "+14155550300";
/// 8 a month.
pub const TOLL_FREE: &str = "+18005550100";
/// 0.50 a month.
pub const BRITISH: &str = "+442079460100";
/// A peer at 1 a segment.
pub const GERMAN: &str = "+491511234567";

/// An engine, its clock and its home.
pub struct World {
    pub client: Client,
    pub customer: Customer,
    pub now: Timestamp,
    engine: Option<Engine>,
    home: TempDir,
    tariff: &'static str,
    environment: Vec<(String, String)>,
    keys: u64,
}

pub fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text:?} is no instant: {error}"))
}

fn start(home: &Path, at: &str, text: &str, environment: &[(String, String)]) -> Engine {
    let tariff = home.join("life.toml");
    std::fs::write(&tariff, text).expect("writing the tariff");
    let tariff = tariff.to_str().expect("a path that is UTF-8");
    let launch =
        Launch::new(home).argument("--test-clock").argument(at).argument("--tariff").argument(tariff);
    environment.iter().fold(launch, |launch, (name, value)| launch.environment(name, value)).start()
}

impl World {
    pub async fn start(at: &str) -> World {
        World::start_with(at, TARIFF).await
    }

    /// With another tariff of the name `life`.
    pub async fn start_with(at: &str, tariff: &'static str) -> World {
        World::start_in(at, tariff, Vec::new()).await
    }

    /// With the tariff of most stories, and settings from the environment.
    pub async fn start_set(at: &str, environment: Vec<(String, String)>) -> World {
        World::start_in(at, TARIFF, environment).await
    }

    async fn start_in(at: &str, tariff: &'static str, environment: Vec<(String, String)>) -> World {
        let home = tempfile::tempdir().expect("a home for the engine");
        let engine = start(home.path(), at, tariff, &environment);
        let client = engine.client();
        let customer = Customer::new(&engine.url);
        World { client, customer, now: instant(at), engine: Some(engine), home, tariff, environment, keys: 0 }
    }

    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("an engine but during a restart")
    }

    /// Down from now until `at`.
    pub async fn restart(&mut self, at: &str) {
        self.engine.take().expect("an engine to stop").stop();
        self.start_again(at);
    }

    /// Killed now, and started again at `at`.
    pub async fn kill_and_restart(&mut self, at: &str) {
        self.engine.take().expect("an engine to kill").kill();
        self.start_again(at);
    }

    /// Stopped for good; what is left.
    pub fn stop(mut self) -> TempDir {
        self.engine.take().expect("an engine to stop").stop();
        self.home
    }

    fn start_again(&mut self, at: &str) {
        let engine = start(self.home.path(), at, self.tariff, &self.environment);
        (self.client, self.customer) = (engine.client(), Customer::new(&engine.url));
        self.engine = Some(engine);
        self.now = instant(at);
    }

    /// Moves the clock; everything due on the way has happened when this returns.
    pub async fn advance(&mut self, to: &str) {
        self.advance_to(instant(to)).await;
    }

    pub async fn advance_to(&mut self, to: Timestamp) {
        let told = self.client.advance(&to.to_string()).await.wants(200);
        let now = told["now"].as_str().map(instant);
        assert_eq!(now, Some(to), "wanted the clock to stand where it was sent: {told}");
        self.now = to;
    }

    /// Finishes what the last calls have set going, at the same moment.
    pub async fn settle(&mut self) {
        self.advance_to(self.now).await;
    }

    /// An idempotency key that was never used.
    pub fn key(&mut self) -> String {
        self.keys += 1;
        format!("key-{}", self.keys)
    }

    pub async fn open(&mut self, wallet: &str, zone: &str) {
        let terms = json!({"currency": "USD", "time_zone": zone, "tariff": "life"});
        self.client.put_wallet(wallet, &terms).await.wants(201);
    }

    /// A wallet in UTC with this much on it.
    pub async fn open_with(&mut self, wallet: &str, amount: &str) {
        self.open(wallet, "UTC").await;
        self.credit(wallet, amount).await;
    }

    pub async fn credit(&mut self, wallet: &str, amount: &str) {
        let key = self.key();
        self.client.adjust(wallet, &key, amount, "by the story").await.wants(201);
    }

    pub async fn buy(&mut self, wallet: &str, number: &str) -> Value {
        let key = self.key();
        self.client.buy_number(wallet, &key, number).await.wants(201)
    }

    /// A hold on so many segments to Germany: on so many dollars.
    pub async fn hold(&mut self, wallet: &str, dollars: u64) -> String {
        let made = self.try_hold(wallet, dollars).await.wants(201);
        made["hold"].as_str().unwrap_or_else(|| panic!("wanted the hold's id: {made}")).to_owned()
    }

    pub async fn try_hold(&mut self, wallet: &str, dollars: u64) -> Answer {
        let key = self.key();
        self.client.make_hold(wallet, &key, &dollars_held(dollars)).await
    }

    pub async fn settle_hold(&mut self, wallet: &str, hold: &str, amount: &str, end: bool) -> Answer {
        let key = self.key();
        self.client.settle_hold(wallet, hold, &key, amount, end).await
    }

    pub async fn void_hold(&mut self, wallet: &str, hold: &str) -> Answer {
        let key = self.key();
        self.client.void_hold(wallet, hold, &key).await
    }

    /// Sends a message that costs so many dollars.
    pub async fn send(&self, wallet: &str, id: &str, dollars: u64) -> Outcome {
        self.client.send_one(&message(wallet, id, dollars)).await
    }

    /// Reports a carrier's fee: spends this much, whatever is there.
    pub async fn spend(&mut self, wallet: &str, amount: &str) {
        let id = self.key();
        let outcome = self.client.send_one(&Event::carrier_fee(wallet, &id, amount)).await;
        assert_eq!(outcome.said(), "charged", "{wallet}: wanted {amount} spent: {outcome:?}");
    }

    /// A status of the message `of`, under an id of its own.
    pub async fn status(&mut self, wallet: &str, of: &str, status: &str) -> Outcome {
        let id = self.key();
        self.client.send_one(&final_status(wallet, &id, of, status)).await
    }

    /// Tops up by hand with this card, which is kept.
    pub async fn pay(&mut self, wallet: &str, amount: &str, card: &str) -> Value {
        let key = self.key();
        let top_up = self.customer.pays(&self.client, wallet, &key, amount, card).await;
        assert_eq!(top_up["status"], "succeeded", "{wallet}: wanted {amount} paid with {card}: {top_up}");
        self.settle().await;
        top_up
    }

    /// Has a good card kept without anything left of the payment.
    pub async fn keep_card(&mut self, wallet: &str, card: &str) {
        self.pay(wallet, "20", card).await;
        self.credit(wallet, "-20").await;
    }

    pub async fn keep_good_card(&mut self, wallet: &str) {
        self.keep_card(wallet, GOOD).await;
    }

    pub async fn set_auto(&self, wallet: &str, minimum: &str, amount: &str) -> Value {
        let settings = json!({"enabled": true, "minimum_balance": minimum, "amount": amount});
        self.client.set_auto_top_up(wallet, &settings).await.wants(200)
    }
}

/// A campaign that costs at most so many dollars.
pub fn dollars_held(dollars: u64) -> Value {
    json!({"sender_type": "local", "kind": "sms", "segments": 1, "recipients": {"+49": dollars}})
}

/// One message of so many segments to Germany: of so many dollars.
pub fn message(wallet: &str, id: &str, dollars: u64) -> Event {
    let one = Event::outbound(wallet, id).without("text").with("peer", GERMAN);
    one.with("channel", "+14155559999").with("segments", dollars).with("encoding", "GSM-7")
}

pub fn final_status(wallet: &str, id: &str, of: &str, status: &str) -> Event {
    Event(json!({"id": id, "type": "message.status", "wallet": wallet, "message": of, "status": status}))
}
