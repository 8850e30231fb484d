//! The stream of a wallet's events, and entries as the page asks for them.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::engine::Engine;
use crate::support::event::Event;

const EVENT_TIME_MAX: Duration = Duration::from_secs(20);

/// A stream that is read event by event.
struct Stream {
    response: Response,
    rest: String,
}

/// One event: its name, its id and its data.
type Told = (String, String, Value);

impl Stream {
    async fn open(client: &Client, wallet: &str, last_id: Option<&str>) -> Stream {
        let headers: Vec<_> = last_id.map(|id| ("last-event-id", id)).into_iter().collect();
        let response = client.open(&format!("/v1/wallets/{wallet}/events"), &headers).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream { response, rest: String::new() }
    }

    /// The next event; `None` once the stream has ended.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.rest = rest;
                let field = |name: &str| {
                    let lines = block.lines().filter_map(|line| line.split_once(": "));
                    lines.clone().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
                };
                let Some(name) = field("event") else { continue };
                let data = serde_json::from_str(&field("data").expect("an event has data")).expect("JSON");
                return Some((name, field("id").unwrap_or_default(), data));
            }
            let chunk = tokio::time::timeout(EVENT_TIME_MAX, self.response.chunk()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("wanted an event within {EVENT_TIME_MAX:?}"));
            self.rest += std::str::from_utf8(&chunk.expect("a whole chunk")?).expect("UTF-8");
        }
    }

    /// The next event of this name.
    async fn until(&mut self, name: &str) -> Told {
        loop {
            let told = self.next().await.unwrap_or_else(|| panic!("wanted `{name}`, the stream has ended"));
            if told.0 == name {
                return told;
            }
        }
    }
}

#[tokio::test]
async fn what_changes_is_told_and_what_was_told_is_not_told_again() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "10").await;
    let mut stream = Stream::open(&client, "acme", None).await;
    let (name, first, wallet) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), &wallet["balance"], &wallet["seq"]), ("wallet", &json!("10"), &json!(1)));
    client.send_one(&Event::outbound("acme", "m-1")).await;
    let (_, second, wallet) = stream.until("wallet").await;
    assert_eq!(wallet["seq"], 2, "wanted the charge told: {wallet}");
    assert_eq!(wallet["balance"], client.wallet("acme").await["balance"]);
    assert_ne!(first, second, "another state has another id");

    // Whoever comes back is told what has changed since, and nothing else.
    let mut same = Stream::open(&client, "acme", Some(&second)).await;
    let mut old = Stream::open(&client, "acme", Some(&first)).await;
    assert_eq!(old.next().await.unwrap().2["seq"], 2);
    client.open_top_up("acme", "k-1", "50").await.wants(201);
    let (_, _, top_up) = same.until("top_up").await;
    assert_eq!(top_up["top_up"], "tu_1", "wanted the top-up told: {top_up}");
    engine.stop();
    while stream.next().await.is_some() {}
}

#[tokio::test]
async fn a_stream_is_for_whoever_may_see_the_wallet_and_ends_with_the_key() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "10").await;
    client.wallet_with("other", "10").await;
    let make = |role: &'static str| {
        let client = client.clone();
        async move {
            client.post("/v1/keys", &json!({"role": role, "wallet": "acme", "name": "x"})).await.wants(201)
        }
    };
    let (viewer, ingest) = (make("viewer").await, make("ingest").await);
    let with = |key: &Value| client.with_key(key["key"].as_str().unwrap());
    with(&viewer).get("/v1/wallets/other/events").await.wants_problem(404, "unknown_wallet");
    with(&ingest).get("/v1/wallets/acme/events").await.wants_problem(403, "forbidden");
    client.with_key("").get("/v1/wallets/acme/events").await.wants_problem(401, "unauthorized");
    let mut stream = Stream::open(&with(&viewer), "acme", None).await;
    assert_eq!(stream.next().await.unwrap().0, "wallet");
    client.delete(&format!("/v1/keys/{}", viewer["id"].as_str().unwrap())).await;
    stream.until("end").await;
    assert_eq!(stream.next().await, None, "nothing comes after the end");
}

#[tokio::test]
async fn entries_come_newest_first_and_are_found() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    let campaign = |number: usize| if number.is_multiple_of(5) { "Spring-Sale" } else { "other" };
    let events: Vec<Event> = (0..30)
        .map(|number| Event::outbound("acme", &format!("m-{number}")).with("campaign", campaign(number)))
        .collect();
    client.send(&events).await;
    let seqs = async |query: &str| -> Vec<u64> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/v1/wallets/acme/entries?{query}{cursor}")).await.wants(200);
            found.extend(page["data"].as_array().unwrap().iter().map(|row| row["seq"].as_u64().unwrap()));
            match page["next_cursor"].as_str() {
                None => return found,
                Some(next) => cursor = format!("&cursor={next}"),
            }
        }
    };
    for limit in [1, 7, 31, 1_000] {
        let newest = seqs(&format!("order=newest&limit={limit}")).await;
        assert_eq!(newest, (1..=31).rev().collect::<Vec<u64>>(), "in pages of {limit}");
        let found = seqs(&format!("order=newest&search=spring-sale&limit={limit}")).await;
        assert_eq!(found, [27, 22, 17, 12, 7, 2], "in pages of {limit}");
    }
    assert_eq!(seqs("search=spring-sale").await, [2, 7, 12, 17, 22, 27]);
    assert_eq!(seqs("type=adjustment").await, [1]);
    assert_eq!(seqs("search=m-29&type=charge&order=newest").await, [31]);
    for wrong in ["order=sideways", "type=bribe", "search=%00"] {
        client.get(&format!("/v1/wallets/acme/entries?{wrong}")).await.wants_problem(400, "bad_field");
    }
}

#[tokio::test]
async fn wallets_are_found_by_id_name_and_status() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    for number in 0..12 {
        client.wallet_with(&format!("w-{number:02}"), if number % 3 == 0 { "5" } else { "0" }).await;
    }
    client.put_wallet("w-04", &json!({"name": "Große Firma"})).await.wants(200);
    let found = async |query: &str| -> Vec<String> {
        let page = client.get(&format!("/v1/wallets?{query}")).await.wants(200);
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["wallet"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found("status=active").await, ["w-00", "w-03", "w-06", "w-09"]);
    assert_eq!(found("search=GROSSE").await, Vec::<String>::new());
    assert_eq!(found("search=gro%C3%9Fe").await, ["w-04"]);
    assert_eq!(found("search=W-1&status=suspended").await, ["w-10", "w-11"]);
    assert_eq!(found("search=w-0&limit=2").await, ["w-00", "w-01"]);
    client.get("/v1/wallets?status=closed").await.wants_problem(400, "bad_field");
    let pace = client.get("/v1/wallets/w-00/pace").await.wants(200);
    assert_eq!(pace, json!({"per_day": "0", "lasts_until": null}));
    client.call(Method::GET, "/v1/wallets/nobody/pace", &[], "").await.wants_problem(404, "unknown_wallet");
}
