//! An engine under load of every kind: what is charged and what is not, money in and out, timers, webhooks, exports.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::client::Client;
use crate::support::event::{Event, ndjson};
use crate::support::nanos;
use crate::support::receiver::{Receiver, Reply};
use crate::support::sandbox::{DECLINED_LATER, GOOD};
use crate::support::world::{NUMBER, NUMBER_2, NUMBER_3, World, final_status, message};

const START: &str = "2026-03-02T09:00:00Z";
/// Every wallet there is; none may be seen in a metric.
pub const WALLETS: [&str; 8] = [
    "watch-rich",
    "watch-poor",
    "watch-low",
    "watch-ill",
    "watch-gone",
    "watch-auto",
    "watch-debtor",
    "watch-declined",
];
/// Rounds from one export to the next.
const EXPORTED_EVERY: u64 = 8;
/// A text that is sent with messages and may be seen nowhere.
pub const TEXT: &str = "the quick brown watchword";
/// Numbers that messages go to and come from.
pub const PEERS: [&str; 3] = ["+491511234567", "+14155550123", "+447700900123"];

pub struct Load {
    pub world: World,
    pub receiver: Receiver,
    /// Outcomes as the answers had them.
    pub outcomes: BTreeMap<String, u64>,
    rounds: u64,
}

impl Load {
    pub async fn start(settings: &[(&str, &str)]) -> Load {
        let receiver = Receiver::start().await;
        let release_url = format!("{}/releases/{}", receiver.url, PEERS[2]);
        let own = [
            ("FAREBOX__WEBHOOKS__ALLOWED_NETWORKS", "127.0.0.0/8"),
            ("FAREBOX__NUMBERS__RELEASE_URL", release_url.as_str()),
            ("FAREBOX__NUMBERS__RELEASE_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            ("FAREBOX__VIEWS__CHECKPOINT_SECONDS", "1"),
            ("FAREBOX__ENGINE__IDLE_AFTER_SECONDS", "1"),
            ("FAREBOX_TEST_FAULTS", "1"),
        ];
        let settings =
            own.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let world = World::start_set(START, settings.collect()).await;
        let mut load = Load { world, receiver, outcomes: BTreeMap::new(), rounds: 0 };
        load.prepare().await;
        load
    }

    fn client(&self) -> &Client {
        &self.world.client
    }

    async fn prepare(&mut self) {
        let url = format!("{}/hooks/good", self.receiver.url);
        self.client().post("/v1/webhooks", &json!({ "url": url })).await.wants(201);
        self.receiver.replies("/hooks/bad", [Reply::Status(500)]);
        // Not confirmed at first.
        let releases = format!("/releases/{}", PEERS[2]);
        self.receiver.replies(&releases, [Reply::Status(500), Reply::Status(204)]);
        let world = &mut self.world;
        for wallet in WALLETS {
            world.open(wallet, "UTC").await;
        }
        // Of one wallet only: each try is an instant that the clock stops at.
        let bad = json!({"url": format!("{}/hooks/bad", self.receiver.url), "wallet": "watch-debtor"});
        world.client.post("/v1/webhooks", &bad).await.wants(201);
        for (wallet, amount) in [("watch-rich", "1000000"), ("watch-low", "0.5"), ("watch-ill", "5")] {
            world.credit(wallet, amount).await;
        }
        world.credit("watch-gone", "100").await;
        world.credit("watch-debtor", "6").await;
        world.buy("watch-rich", NUMBER).await;
        world.buy("watch-gone", NUMBER_2).await;
        world.client.release_number("watch-gone", "release", NUMBER_2).await.wants(200);
        // Its first month is all that it can pay.
        world.buy("watch-debtor", NUMBER_3).await;
        world.keep_card("watch-auto", GOOD).await;
        world.keep_card("watch-declined", DECLINED_LATER).await;
        for wallet in ["watch-auto", "watch-declined"] {
            world.credit(wallet, "30").await;
            world.set_auto(wallet, "20", "50").await;
        }
        world.client.adjust("watch-ill", "panic", "1", "__panic__").await.wants_problem(503, "unavailable");
    }

    /// Two days of everything.
    pub async fn round(&mut self) {
        self.rounds += 1;
        let body = self.events();
        let outcomes = self.client().post_lines(body).await.outcomes();
        for outcome in outcomes {
            *self.outcomes.entry(outcome.outcome).or_default() += 1;
        }
        self.reads().await;
        self.holds().await;
        self.payments().await;
        self.faults().await;
        let later = self.world.now + SignedDuration::from_hours(48);
        self.world.advance_to(later).await;
    }

    fn events(&self) -> String {
        let round = self.rounds;
        let id = |name: &str| format!("{name}-{round}");
        let rich = |name: &str| message("watch-rich", &id(name), 2);
        let first = rich("first");
        let mut events: Vec<Event> = (0..50).map(|number| rich(&format!("many-{number}"))).collect();
        events.extend([
            first.clone(),
            first.clone(),
            first.with("segments", 3),
            Event::outbound("watch-rich", &id("text")).with("text", TEXT).with("peer", PEERS[1]),
            rich("mms").with("kind", "mms").without("segments").without("encoding"),
            Event::inbound("watch-rich", &id("in")).with("peer", PEERS[2]),
            Event::inbound("watch-rich", &id("no-rate")).with("kind", "mms").without("text"),
            Event::carrier_fee("watch-rich", &id("fee"), "0.5"),
            final_status("watch-rich", &id("delivered"), &id("many-1"), "delivered"),
            final_status("watch-rich", &id("failed"), &id("many-2"), "failed"),
            message("watch-poor", &id("suspended"), 1),
            Event::inbound("watch-poor", &id("blocked")),
            message("watch-low", &id("lack"), 1),
            Event::inbound("watch-low", &id("blocked")),
            message("watch-gone", &id("released"), 1).with("channel", NUMBER_2),
            message("watch-ill", &id("ill"), 1),
            message("watch-auto", &id("auto"), 3),
            message("watch-declined", &id("declined"), 3),
            message("watch-nobody", &id("nobody"), 1),
            rich("old").with("time", "2020-01-01T00:00:00Z"),
            rich("ahead").with("time", "2050-01-01T00:00:00Z"),
            rich("field").with("campain", "x"),
        ]);
        ndjson(&events) + "{\"malformed\": true\n"
    }

    async fn reads(&self) {
        let client = self.client();
        client.get("/v1/wallets/watch-rich/usage").await.wants(200);
        // Few and short: exports give way to everything else on the machine.
        if self.rounds % EXPORTED_EVERY == 1 {
            let day = self.world.now.strftime("%F").to_string();
            for file in ["entries.csv", "entries.parquet", "usage.csv"] {
                let path = format!("/v1/wallets/watch-rich/{file}?from={day}&to={day}");
                let answer = client.get(&path).await;
                assert_eq!(answer.status, 200, "{file}: {}", answer.text);
            }
        }
        client.get("/v1/wallets/watch-nobody/usage").await.wants_problem(404, "unknown_wallet");
        client.get("/v1/nothing/of/the/kind").await.wants_problem(404, "not_found");
        client.with_key("fb_wrong").get("/v1/wallets").await.wants_problem(401, "unauthorized");
    }

    async fn holds(&mut self) {
        let settled = self.world.hold("watch-rich", 5).await;
        self.world.settle_hold("watch-rich", &settled, "4", true).await.wants(200);
        let voided = self.world.hold("watch-rich", 5).await;
        self.world.void_hold("watch-rich", &voided).await.wants(200);
        // Left to expire.
        self.world.hold("watch-rich", 1).await;
    }

    async fn payments(&mut self) {
        if self.rounds % 3 == 1 {
            self.world.pay("watch-rich", "20", GOOD).await;
        }
        let forged = [("stripe-signature", "t=1,v1=00"), ("content-type", "application/json")];
        let path = "/v1/payments/stripe/webhook";
        let answer = self.client().call(Method::POST, path, &forged, "{}").await;
        answer.wants_problem(400, "bad_signature");
    }

    async fn faults(&self) {
        let too_much = self.client().post_lines("x".repeat(70_000)).await.outcomes();
        assert_eq!(too_much[0].said(), "invalid line_too_long");
    }

    /// The sum of all balances, in 1e-9.
    pub async fn balances(&self) -> i128 {
        let mut sum = 0;
        for wallet in WALLETS {
            let shown = self.client().wallet(wallet).await;
            sum += nanos(shown["balance"].as_str().expect("a balance is a string"));
        }
        sum
    }

    pub async fn metrics(&self) -> String {
        let answer = self.client().get("/metrics").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }
}
