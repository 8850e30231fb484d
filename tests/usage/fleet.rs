//! Several wallets in several zones, and a random life for them: traffic in both directions, statuses of all sorts,
//! numbers, holds, money, and time that passes.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use reqwest::Method;
use serde_json::{Value, json};

use crate::ledger::{Fates, Ledger};
use crate::support::event::Event;
use crate::support::random::Random;
use crate::support::sandbox::{GOOD, ended};
use crate::support::world::World;
use crate::support::{decimal, nanos};

/// Prices with all the places there are, of nothing, with and without a country, fees of carriers in both directions.
pub const TARIFF: &str = r#"name = "life"
version = "one"
currency = "USD"
effective_from = 2010-01-01T00:00:00Z
failure_fee = "0.001"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,49,,,1,DE
outbound,mms,49,,,3,DE
outbound,sms,44,,,0.0004,GB
outbound,mms,44,,,0.000000001,GB
outbound,sms,47,,,0,NO
outbound,sms,1,,,0.01,US
outbound,sms,1,short_code,,0.02,US
outbound,mms,1,,,0.05,US
outbound,sms,*,,,0.333333333,
outbound,mms,*,,,0.5,
inbound,sms,*,,,0.007,
inbound,sms,1,,,0.0075,US
inbound,sms,44,,,0.004,GB
inbound,mms,*,,,0.01,
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.002
outbound,sms,1,,310260,0.003
outbound,sms,1,,310410,0.001
outbound,mms,1,,,0.0075
inbound,sms,1,,,0.0011
'''
number_fees_csv = '''
prefix,type,fee
1,local,5
1,toll_free,8
44,local,0.5
*,short_code,10
'''
failures_csv = '''
direction,kind,status,error_class,charge,fee
outbound,sms,undelivered,carrier,nothing,
outbound,sms,undelivered,spam,fee,0.25
outbound,mms,failed,,full,
'''
error_classes_csv = '''
error_code,class
30007,carrier
30008,spam
'''
"#;

/// What the messages should have cost: other prices, one of nothing, and Norway is not served.
const CORRECTED: &str = r#"name = "life"
version = "corrected"
currency = "USD"
effective_from = 2200-01-01T00:00:00Z
failure_fee = "0.002"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,49,,,0.5,DE
outbound,mms,49,,,3,DE
outbound,sms,44,,,0,GB
outbound,mms,44,,,0.000000002,GB
outbound,sms,1,,,0.02,US
outbound,mms,1,,,0.05,US
outbound,sms,852,,,0.333333334,HK
inbound,sms,*,,,0.007000001,
inbound,mms,*,,,0.01,
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.001
'''
"#;

/// Whole, half and quarter hours, ahead and behind, with and without clocks that are set; of half an hour too.
const ZONES: [&str; 10] = [
    "UTC",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Africa/Cairo",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Etc/GMT+12",
];
/// Wallets of a life.
const MEMBERS: usize = 6;

/// How long a life may be.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(270 * 24);
const NUMBERS: [&str; 5] = ["+14155550100", "+14155550101", "+442079460100", "+18005550100", "12345"];
const NAMES: [&str; 4] = ["Acme", "ACME", "A b", "72345678"];
const PEERS: [&str; 6] =
    ["+491511234567", "+447700900123", "+4791234567", "+14155550123", "+85291234567", "+14155550124"];
/// Whatever a campaign may be called.
pub const CAMPAIGNS: [&str; 16] = [
    "spring",
    "Spring",
    "=1+1",
    "+1",
    "a,b;c",
    "\"quoted\"",
    "two\nlines",
    "🎉 sale 👩‍👩‍👧",
    "مرحبا \u{200f}",
    " lead and trail ",
    "'already",
    "\u{202e}rtl, \"both\"",
    "a&campaign=b#c",
    "%41%00",
    "null",
    "e\u{301}\u{fffd}",
];
const SOURCES: [&str; 4] = ["", "", "gateway", "a\",b"];
const TAGS: [&str; 4] = ["@SUM(1)", "one\r\ntwo, \"three\"", "'quoted", "\u{202e}🎉"];

/// One wallet, and what the engine was told of it.
pub struct Member {
    pub wallet: String,
    pub zone: &'static str,
    pub fates: Fates,
    messages: Vec<Sent>,
    holds: Vec<String>,
}

#[derive(Clone)]
struct Sent {
    source: String,
    id: String,
    at: Timestamp,
}

pub struct Fleet {
    pub world: World,
    pub members: Vec<Member>,
    pub began: Timestamp,
    pub random: Random,
    /// Statuses were sent of these, and they follow.
    announced: Vec<(usize, Event)>,
    ids: u64,
}

impl Fleet {
    pub async fn start(at: &str, mut random: Random) -> Fleet {
        let mut world = World::start_with(at, TARIFF).await;
        let toml = [("content-type", "application/toml")];
        world.client.call(Method::POST, "/v1/tariffs", &toml, CORRECTED).await.wants(201);
        let mut members = Vec::new();
        let first = random.below(ZONES.len() as u64) as usize;
        for (number, zone) in ZONES.into_iter().cycle().skip(first).take(MEMBERS).enumerate() {
            let wallet = format!("w{number}");
            world.open(&wallet, zone).await;
            let (fates, messages, holds) = (Fates::default(), Vec::new(), Vec::new());
            members.push(Member { wallet, zone, fates, messages, holds });
        }
        let began = world.now;
        Fleet { world, members, began, random, announced: Vec::new(), ids: 0 }
    }

    /// So many rounds, each of one request of traffic, some money or numbers, and a while that passes.
    pub async fn live(&mut self, rounds: usize) {
        for _ in 0..rounds {
            for _ in 0..3 {
                self.something_else().await;
            }
            let events = 10 + self.random.below(40);
            let batch: Vec<(usize, Event)> = (0..events).map(|_| self.event()).collect();
            self.send(batch).await;
            if self.random.percent(40) {
                let announced = std::mem::take(&mut self.announced);
                self.send(announced).await;
            }
            let minutes = match self.random.below(4) {
                // Everything has to fit into what one question may ask for.
                _ if self.world.now.duration_since(self.began) > SPAN_MAX => 0,
                0 => 0,
                1 => self.random.below(90),
                2 => self.random.below(36 * 60),
                _ => self.random.below(8 * 24 * 60),
            };
            let to = self.world.now + SignedDuration::from_mins(minutes as i64);
            self.world.advance_to(to + SignedDuration::from_secs(self.random.below(60) as i64)).await;
        }
    }

    /// A payment that is refunded and disputed, and comes back, with a while in between.
    pub async fn money_back(&mut self, number: usize) {
        let (wallet, key) = (self.members[number].wallet.clone(), self.world.key());
        let opened = self.world.client.open_top_up(&wallet, &key, "100").await.wants(201);
        let page = opened["checkout_url"].as_str().expect("a place to pay").to_owned();
        self.world.customer.send(&page, "pay", GOOD).await;
        let top_up = opened["top_up"].as_str().expect("its id");
        ended(&self.world.client, &wallet, top_up).await;
        let payment = self.world.customer.payment_of(&page).await;
        self.live(3).await;
        self.world.customer.api("refunds", &format!("payment_intent={payment}&amount=1234")).await;
        self.world.settle().await;
        self.live(3).await;
        let form = format!("payment_intent={payment}&amount=6000");
        let dispute = self.world.customer.api("sandbox/disputes", &form).await;
        let dispute = dispute["id"].as_str().expect("a dispute's id").to_owned();
        self.world.settle().await;
        self.live(3).await;
        self.world.customer.api(&format!("sandbox/disputes/{dispute}/reinstate"), "").await;
        self.world.settle().await;
    }

    pub async fn ledger(&self, member: &Member) -> Ledger {
        Ledger::read(&self.world.client, &member.wallet, member.zone, &member.fates).await
    }

    async fn send(&mut self, batch: Vec<(usize, Event)>) {
        let events: Vec<Event> = batch.iter().map(|(_, event)| event.clone()).collect();
        if events.is_empty() {
            return;
        }
        let now = self.world.now;
        let outcomes = self.world.client.send(&events).await;
        assert_eq!(outcomes.len(), events.len(), "wanted an outcome for each event");
        for ((number, event), outcome) in batch.iter().zip(outcomes) {
            let good = ["charged", "recorded", "refused", "duplicate"].contains(&outcome.outcome.as_str());
            // One that was announced may have become too old meanwhile.
            let good = good || outcome.code.as_deref() == Some("too_old");
            assert!(good, "{}: {outcome:?}", event.line());
            self.members[*number].fates.hear(event, &outcome, now);
        }
    }

    fn id(&mut self, what: &str) -> String {
        self.ids += 1;
        format!("{what}-{}", self.ids)
    }

    fn choose<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.random.below(among.len() as u64) as usize]
    }

    /// A moment up to so many minutes ago.
    fn ago(&mut self, minutes: u64) -> String {
        let ago = SignedDuration::from_secs(self.random.below(minutes * 60) as i64);
        (self.world.now - ago).to_string()
    }

    fn event(&mut self) -> (usize, Event) {
        let number = self.random.below(self.members.len() as u64) as usize;
        let event = match self.random.below(100) {
            0..55 => self.message(number),
            55..62 => self.fee(number),
            62..68 => self.early_status(number),
            _ => self.late_status(number),
        };
        (number, event)
    }

    fn message(&mut self, number: usize) -> Event {
        let (id, source) = (self.id("m"), self.choose(&SOURCES));
        let wallet = self.members[number].wallet.clone();
        let mut event = match self.random.percent(70) {
            true => {
                let channel =
                    if self.random.percent(70) { self.choose(&NUMBERS) } else { self.choose(&NAMES) };
                Event::outbound(&wallet, &id).with("channel", channel).with("peer", self.choose(&PEERS))
            }
            false => {
                let peer = self.choose(&["+14155550123", "55555", "BANK"]);
                Event::inbound(&wallet, &id).with("channel", self.choose(&NUMBERS)).with("peer", peer)
            }
        };
        event = match self.random.below(10) {
            0..2 => event.without("text").with("kind", "mms"),
            2..5 => event.with("text", "hello, 🌍! ".repeat(1 + self.random.below(30) as usize)),
            5..8 => {
                let segments = 1 + self.random.below(5);
                event.without("text").with("segments", segments).with("encoding", "GSM-7")
            }
            _ => event,
        };
        if !source.is_empty() {
            event = event.with("source", source);
        }
        if self.random.percent(20) {
            event = event.with("tags", json!({"of": self.choose(&TAGS)}));
        }
        if self.random.percent(60) {
            event = event.with("campaign", self.choose(&CAMPAIGNS));
        }
        if self.random.percent(30) {
            event = event.with("carrier", self.choose(&["310260", "310410", "26201"]));
        }
        event = match self.random.below(10) {
            0..3 => event.report().with("time", self.ago(34 * 24 * 60)),
            3..4 => event.report(),
            4..6 => event.with("time", self.ago(36 * 60)),
            6..7 => event.with("time", (self.world.now + SignedDuration::from_mins(4)).to_string()),
            _ => event,
        };
        if let Some(hold) = self.members[number].holds.last().cloned()
            && self.random.percent(10)
        {
            event = event.with("hold", hold);
        }
        let sent = Sent { source: source.to_owned(), id, at: self.world.now };
        self.members[number].messages.push(sent);
        event
    }

    fn fee(&mut self, number: usize) -> Event {
        let amount = decimal(1 + i128::from(self.random.below(2_000_000_000)));
        let id = self.id("f");
        let mut event = Event::carrier_fee(&self.members[number].wallet, &id, &amount);
        if self.random.percent(60) {
            event = event.with("channel", self.choose(&NUMBERS));
        }
        if self.random.percent(30) {
            event = event.with("campaign", self.choose(&CAMPAIGNS));
        }
        if self.random.percent(50) { event.with("time", self.ago(34 * 24 * 60)) } else { event }
    }

    /// Of a message that follows within the next rounds.
    fn early_status(&mut self, number: usize) -> Event {
        let message = self.message(number);
        let of = self.members[number].messages.last().cloned().expect("the message just made");
        self.announced.push((number, message));
        self.status(number, &of)
    }

    /// Of a message sent before, a message that came to nothing among them, or of one that nobody knows.
    fn late_status(&mut self, number: usize) -> Event {
        let now = self.world.now;
        let (begins, ends) = (SignedDuration::from_hours(34 * 24), SignedDuration::from_hours(36 * 24));
        let messages = &self.members[number].messages;
        let mut of = Sent { source: String::new(), id: "unknown".to_owned(), at: now };
        if !messages.is_empty() && !self.random.percent(3) {
            let recent = messages.len().saturating_sub(60) as u64;
            let among = messages.len() as u64 - recent;
            let place = if self.random.percent(10) {
                self.random.below(messages.len() as u64)
            } else {
                recent + self.random.below(among)
            };
            // Not where it depends on how long ago it happened whether it is still known.
            let chosen = &messages[place as usize];
            if !(now - begins > chosen.at && now - ends < chosen.at) {
                of = chosen.clone();
            }
        }
        self.status(number, &of)
    }

    fn status(&mut self, number: usize, of: &Sent) -> Event {
        let status = self.choose(&["delivered", "delivered", "undelivered", "failed"]);
        let (id, wallet) = (self.id("s"), self.members[number].wallet.clone());
        let mut event = Event(
            json!({"id": id, "type": "message.status", "wallet": wallet, "message": of.id, "status": status}),
        );
        event = match self.random.percent(50) {
            true => event.with("source", of.source.as_str()),
            false => event.with("source", "carrier").with("message_source", of.source.as_str()),
        };
        if self.random.percent(40) {
            event = event.with("error_code", self.choose(&["30007", "30008", "1"]));
        }
        if self.random.percent(40) { event.with("time", self.ago(20 * 24 * 60)) } else { event }
    }

    /// Prices the messages of some days anew, by the corrected version or back by the first.
    async fn correct(&mut self, wallet: &str) {
        let version = self.choose(&["corrected", "corrected", "one"]);
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        let to = day(self.world.now) + 1.day();
        let from = to - (1 + self.random.below(30) as i64).days();
        let order = json!({
            "wallets": [wallet], "from": from.to_string(), "to": to.to_string(), "tariff": "life",
            "version": version, "reason": "typo", "dry_run": false,
            "axis": self.choose(&["occurred", "posted"]),
        });
        let key = self.world.key();
        self.world.client.post_keyed("/v1/corrections", &key, &order).await.wants(200);
    }

    /// Adjusts the balance for a message, as somebody does who holds a provider's bill against it.
    async fn set_right(&mut self, wallet: &str) {
        let newest = self.world.client.entries(wallet).await;
        let Some(charge) = newest.iter().rev().find(|entry| entry["type"] == "charge") else { return };
        let seq = charge["seq"].as_u64().expect("an entry has a number");
        // What the message has come to by now, statuses and corrections included.
        let of = |entry: &&Value| entry["seq"] == seq || entry["of_seq"] == seq;
        let comes_to: i128 =
            newest.iter().filter(of).map(|entry| -nanos(entry["amount"].as_str().expect("an amount"))).sum();
        let picked = json!([{
            "seq": seq, "message_id": charge["id"], "source": charge["source"], "comes_to": decimal(comes_to), "amount": "-0.010000001",
            "reason": "their bill",
        }]);
        let (path, key) = (format!("/v1/wallets/{wallet}/reconciliations/apply"), self.world.key());
        self.world.client.post_keyed(&path, &key, &json!({ "proposals": picked })).await.wants(200);
    }

    /// Money, numbers, holds.
    async fn something_else(&mut self) {
        let number = self.random.below(self.members.len() as u64) as usize;
        let wallet = self.members[number].wallet.clone();
        match self.random.below(100) {
            0..3 => self.correct(&wallet).await,
            3..6 => self.set_right(&wallet).await,
            6..55 => {
                let amount = nanos("3") + i128::from(self.random.below(40_000_000_000));
                self.world.credit(&wallet, &decimal(amount)).await;
            }
            55..60 => self.world.credit(&wallet, "-1.234567891").await,
            60..62 => drop(self.world.pay(&wallet, "20", GOOD).await),
            62..75 => {
                let (key, bought) = (self.world.key(), self.choose(&NUMBERS));
                let answer = self.world.client.buy_number(&wallet, &key, bought).await;
                assert!([201, 402, 409].contains(&answer.status), "{}: {}", answer.call, answer.text);
            }
            75..78 => {
                let (key, released) = (self.world.key(), self.choose(&NUMBERS));
                self.world.client.release_number(&wallet, &key, released).await;
            }
            78..90 => {
                let dollars = 1 + self.random.below(4);
                let made = self.world.try_hold(&wallet, dollars).await;
                if made.status == 201 {
                    let hold = made.json()["hold"].as_str().expect("a hold's id").to_owned();
                    if self.random.percent(50) {
                        let amount = decimal(1 + i128::from(self.random.below(900_000_000)));
                        self.world.settle_hold(&wallet, &hold, &amount, false).await.wants(200);
                    }
                    self.members[number].holds.push(hold);
                }
            }
            _ => {
                if let Some(hold) = self.members[number].holds.last().cloned() {
                    let amount = decimal(1 + i128::from(self.random.below(2_500_000_000)));
                    let end = self.random.percent(50);
                    let answer = self.world.settle_hold(&wallet, &hold, &amount, end).await;
                    assert!([200, 409].contains(&answer.status), "{}: {}", answer.call, answer.text);
                }
            }
        }
    }
}
