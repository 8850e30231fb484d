//! The walk that the README invites to: wallets, credit, events, entries, tariffs, and what describes them.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::engine::{Engine, OPERATOR_KEY};
use crate::support::event::{CHANNEL, Event, PEER};
use crate::support::{audit, nanos};

/// What else stands beside a path's methods in its description is no call.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

#[tokio::test]
async fn a_wallet_is_opened_funded_charged_and_explained() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();

    let terms =
        json!({"currency": "USD", "time_zone": "Asia/Hong_Kong", "name": "Acme", "tariff": "standard"});
    let opened = client.put_wallet("acme", &terms).await.wants(201);
    let want = [("wallet", "acme"), ("name", "Acme"), ("currency", "USD"), ("time_zone", "Asia/Hong_Kong")];
    for (field, value) in want.into_iter().chain([("tariff", "standard"), ("balance", "0"), ("held", "0")]) {
        assert_eq!(opened[field], value, "wanted `{field}` of the new wallet: {opened}");
    }
    assert_eq!(opened["status"], "suspended", "a new wallet has nothing to pay with: {opened}");
    client.put_wallet("acme", &terms).await.wants(200);

    let credit = client.adjust("acme", "k-1", "100", "opening credit").await.wants(201);
    let want = [
        ("seq", json!(1)),
        ("type", json!("adjustment")),
        ("amount", json!("100")),
        ("balance_after", json!("100")),
    ];
    for (field, value) in
        want.into_iter().chain([("reason", json!("opening credit")), ("event_type", Value::Null)])
    {
        assert_eq!(credit[field], value, "wanted `{field}` of the adjustment: {credit}");
    }

    let outcome = client.send_one(&Event::outbound("acme", "m-1").with("text", "]".repeat(153))).await;
    assert_eq!(
        (outcome.said().as_str(), outcome.seq),
        ("charged", Some(2)),
        "wanted the message charged: {outcome:?}"
    );
    let charged = nanos(outcome.amount.as_deref().expect("a charge has an amount"));

    let wallet = client.wallet("acme").await;
    assert_eq!(wallet["status"], "active", "wanted the funded wallet active: {wallet}");
    assert_eq!(wallet["balance"], wallet["available"], "wanted all of it available without holds: {wallet}");
    assert_eq!(
        nanos(wallet["balance"].as_str().unwrap()),
        nanos("100") - charged,
        "wanted one charge off: {wallet}"
    );

    let entry = audit::wallet(&client, "acme").await.entries.remove(1);
    let want = [
        ("type", json!("charge")),
        ("id", json!("m-1")),
        ("event_type", json!("message.outbound")),
        ("mode", json!("admit")),
        ("channel", json!(CHANNEL)),
        ("peer", json!(PEER)),
        ("direction", json!("outbound")),
        ("kind", json!("sms")),
        ("encoding", json!("GSM-7")),
        ("units", json!(3)),
        ("units_counted", json!(3)),
        ("sender_type", json!("local")),
        ("tariff", json!("standard")),
        ("reason", Value::Null),
    ];
    for (field, value) in want {
        assert_eq!(entry[field], value, "wanted `{field}` of the charge: {entry}");
    }
    let part = |field: &str| nanos(entry[field].as_str().unwrap_or("0"));
    assert_eq!(part("price"), 3 * part("unit_price"), "wanted price = units x unit price: {entry}");
    assert_eq!(
        part("amount"),
        -(part("price") + part("carrier_fee")),
        "wanted amount = -(price + fee): {entry}"
    );
    for field in ["occurred_at", "posted_at", "tariff_version", "rate_row"] {
        assert!(!entry[field].is_null(), "wanted `{field}` kept on the charge: {entry}");
    }

    let explained = client.get("/v1/wallets/acme/entries/2/explain").await;
    explained.wants(200);
    let unit_price = entry["unit_price"].as_str().expect("a charge has a unit price");
    assert!(explained.text.contains(unit_price), "wanted the unit price {unit_price} in: {}", explained.text);
    client.get("/v1/wallets/acme/entries/3/explain").await.wants(404);

    let kept = client.get("/v1/wallets/acme/messages/m-1").await.wants(200);
    assert_eq!(kept["outcome"], "charged", "wanted what became of m-1: {kept}");
    assert_eq!(
        (&kept["seq"], &kept["amount"]),
        (&json!(2), &json!(outcome.amount)),
        "wanted its posting: {kept}"
    );
    client.get("/v1/wallets/acme/messages/m-2").await.wants_problem(404, "unknown_message");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let mut names: Vec<String> = (0..23).map(|number| format!("w-{number}")).collect();
    for name in &names {
        client.wallet_with(name, "1").await;
    }
    names.sort();
    for limit in [1, 7, 23, 1_000] {
        let rows = client.list("/v1/wallets", limit).await;
        let found: Vec<&str> = rows.iter().map(|row| row["wallet"].as_str().unwrap()).collect();
        assert_eq!(found, names, "wanted every wallet once, by id, in pages of {limit}");
    }
    let events: Vec<Event> = (0..30).map(|number| Event::outbound("w-3", &format!("m-{number}"))).collect();
    client.send(&events).await;
    for limit in [1, 10, 31, 1_000] {
        let rows = client.list("/v1/wallets/w-3/entries", limit).await;
        let found: Vec<u64> = rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect();
        assert_eq!(
            found,
            (1..=31).collect::<Vec<u64>>(),
            "wanted every entry once, by seq, in pages of {limit}"
        );
    }
    for query in ["limit=0", "limit=1001", "limit=x", "cursor=%00nonsense"] {
        let answer = client.get(&format!("/v1/wallets?{query}")).await;
        assert_eq!(answer.status, 400, "wanted ?{query} refused, got {}", answer.text);
    }
}

#[tokio::test]
async fn segments_are_counted_without_a_wallet() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let table: [(String, Value, &str, u64); 9] = [
        (String::new(), json!({"sender_type": "local"}), "GSM-7", 1),
        ("a".repeat(160), json!({"sender_type": "local"}), "GSM-7", 1),
        ("a".repeat(161), json!({"sender_type": "local"}), "GSM-7", 2),
        ("a".repeat(306), json!({"sender_type": "local"}), "GSM-7", 2),
        ("a".repeat(306), json!({"channel": "+18005550100", "peer": PEER}), "GSM-7", 3),
        ("]".repeat(153), json!({"channel": CHANNEL, "peer": PEER}), "GSM-7", 3),
        ("\u{1f600}".repeat(67), json!({"sender_type": "local"}), "UCS-2", 3),
        ("я".repeat(70), json!({"sender_type": "local"}), "UCS-2", 1),
        ("я".repeat(71), json!({"sender_type": "local"}), "UCS-2", 2),
    ];
    for (text, mut body, encoding, units) in table {
        body["text"] = json!(text);
        let counted = client.post("/v1/segments", &body).await.wants(200);
        assert_eq!(counted["encoding"], encoding, "wanted the encoding of {body}: {counted}");
        assert_eq!(counted["units"], units, "wanted the units of {body}: {counted}");
        let parts = counted["parts"].as_array().map(Vec::len);
        assert_eq!(parts, Some(units as usize), "wanted the parts themselves for {body}: {counted}");
    }
}

#[tokio::test]
async fn the_api_description_names_every_route_and_every_route_it_names_answers() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1").await;
    client.send_one(&Event::outbound("acme", "m-1")).await;
    let key =
        client.post("/v1/keys", &json!({"role": "viewer", "wallet": "acme", "name": "x"})).await.wants(201);
    let key_id = key["id"].as_str().expect("a key has an id").to_owned();

    let description = client.with_key("").get("/openapi.json").await.wants(200);
    let paths = description["paths"].as_object().expect("wanted `paths` in openapi.json");
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, calls)| {
            let calls = calls.as_object().unwrap().keys().filter(|call| METHODS.contains(&call.as_str()));
            calls.map(|call| (without_names(path), call.clone()))
        })
        .collect();
    let routes = "put /v1/wallets/{} get /v1/wallets/{} get /v1/wallets post /v1/wallets/{}/adjustments \
        get /v1/wallets/{}/entries get /v1/wallets/{}/entries/{}/explain get /v1/wallets/{}/messages/{} post /v1/events \
        post /v1/segments post /v1/tariffs get /v1/tariffs get /v1/tariffs/{} post /v1/keys get /v1/keys \
        get /v1/wallets/{}/numbers post /v1/wallets/{}/numbers get /v1/wallets/{}/numbers/{} \
        delete /v1/wallets/{}/numbers/{} get /v1/wallets/{}/holds post /v1/wallets/{}/holds \
        get /v1/wallets/{}/holds/{} post /v1/wallets/{}/holds/{}/settle post /v1/wallets/{}/holds/{}/void \
        post /v1/wallets/{}/quotes get /v1/wallets/{}/top-ups post /v1/wallets/{}/top-ups \
        get /v1/wallets/{}/top-ups/{} get /v1/wallets/{}/auto-top-up put /v1/wallets/{}/auto-top-up \
        delete /v1/wallets/{}/auto-top-up get /v1/wallets/{}/alert-settings put /v1/wallets/{}/alert-settings \
        get /v1/wallets/{}/alerts get /v1/webhooks post /v1/webhooks delete /v1/webhooks/{} \
        post /v1/webhooks/{}/rotate post /v1/webhooks/{}/test get /v1/webhooks/{}/deliveries \
        post /v1/webhooks/{}/replay \
        delete /v1/keys/{} get /livez get /readyz get /metrics get /openapi.json";
    for route in routes.split_whitespace().collect::<Vec<_>>().chunks(2) {
        let wanted = (route[1].to_owned(), route[0].to_owned());
        assert!(
            described.contains(&wanted),
            "wanted {} {} in openapi.json: {described:?}",
            route[0],
            route[1]
        );
    }
    for (path, call) in &described {
        let id = if path.starts_with("/v1/keys") { key_id.as_str() } else { "standard" };
        let filled = path
            .replace("/v1/wallets/{}", "/v1/wallets/acme")
            .replace("/messages/{}", "/messages/m-1")
            .replace("/entries/{}", "/entries/2")
            .replace("{}", id);
        if filled == "/v1/wallets/acme/events" {
            // It goes on for ever: that it begins is enough here.
            assert_eq!(client.open(&filled, &[]).await.status(), 200, "{call} {filled}");
            continue;
        }
        let method = Method::from_bytes(call.to_uppercase().as_bytes()).unwrap();
        let answer = client.call(method, &filled, &[], "").await;
        // What is named may not be there; the call itself is.
        let absent = answer.status == 405 || answer.text.contains("no such path");
        assert!(!absent, "{call} {filled} is described, but: {}", answer.text);
    }
}

/// `/v1/wallets/{wallet}` as `/v1/wallets/{}`: what a parameter is called is not the test's matter.
fn without_names(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn health_and_metrics_answer_without_a_key() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let nobody: Client = engine.client().with_key("");
    for path in ["/livez", "/readyz", "/metrics", "/docs"] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, 200, "wanted {path} open to everybody: {}", answer.text);
        assert!(!answer.text.contains(OPERATOR_KEY), "{path} must not tell the key");
    }
    let metrics = nobody.get("/metrics").await.text;
    let quarantined = metrics.lines().find(|line| line.starts_with("farebox_wallets_quarantined"));
    assert_eq!(quarantined, Some("farebox_wallets_quarantined 0"), "wanted nothing quarantined:\n{metrics}");
    assert!(!engine.stderr().contains(OPERATOR_KEY), "the log must not tell the key");
}
