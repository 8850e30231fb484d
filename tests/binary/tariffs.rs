//! Tariffs over HTTP: versions are added once and never changed, wallets are assigned one, and an event is priced
//! by the version in effect when it happened.

use reqwest::Method;
use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::{MINUTES_PER_DAY, minutes_from_now};

/// A version with one price, self-contained.
fn version(name: &str, version: &str, currency: &str, effective_from: &str, price: &str) -> String {
    format!(
        r#"name = "{name}"
version = "{version}"
currency = "{currency}"
effective_from = {effective_from}
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,1,,,{price},US
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.002
'''
"#
    )
}

/// As people write effective dates.
fn whole_seconds(instant: &str) -> String {
    instant.split('.').next().expect("a first part").trim_end_matches('Z').to_owned() + "Z"
}

const LONG_AGO: &str = "2024-01-01T00:00:00Z";

fn gold() -> String {
    version("gold", "one", "USD", LONG_AGO, "0.01")
}

async fn add(client: &Client, text: String) -> Answer {
    client.call(Method::POST, "/v1/tariffs", &[("content-type", "application/toml")], text).await
}

#[tokio::test]
async fn a_tariff_version_is_added_once_listed_assigned_and_never_changed() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1").await;
    client.put_wallet("acme", &json!({"tariff": "gold"})).await.wants_problem(400, "unknown_tariff");

    add(&client, gold()).await.wants(201);
    add(&client, gold()).await.wants(200);
    let listed = client.get("/v1/tariffs").await.wants(200).to_string();
    for name in ["\"gold\"", "\"standard\""] {
        assert!(listed.contains(name), "wanted {name} in the list of tariffs: {listed}");
    }
    client.get("/v1/tariffs/gold").await.wants(200);
    client.get("/v1/tariffs/silver").await.wants(404);

    let assigned = client.put_wallet("acme", &json!({"tariff": "gold"})).await.wants(200);
    assert_eq!(assigned["tariff"], "gold", "wanted the tariff assigned: {assigned}");
    let outcome = client.send_one(&Event::outbound("acme", "m-1")).await;
    assert_eq!(
        outcome.amount.as_deref(),
        Some("0.012"),
        "wanted the price of gold, a fee included: {outcome:?}"
    );
    let entry = client.entries("acme").await.remove(1);
    for (field, want) in
        [("tariff", "gold"), ("unit_price", "0.01"), ("price", "0.01"), ("carrier_fee", "0.002")]
    {
        assert_eq!(entry[field], want, "wanted `{field}` of the assigned tariff: {entry}");
    }

    let changed =
        [version("gold", "one", "USD", LONG_AGO, "0.02"), version("gold", "two", "USD", LONG_AGO, "0.02")];
    for text in changed {
        add(&client, text).await.wants_problem(409, "conflict");
    }
    let broken = [
        "this is = not [ a tariff".to_owned(),
        String::new(),
        gold().replace("0.01", "cheap"),
        gold().replace("direction,kind", "kind,direction"),
        version("gold-2", "one", "XXX", LONG_AGO, "0.01"),
    ];
    for text in broken {
        let answer = add(&client, text.clone()).await;
        assert_eq!(answer.status, 400, "wanted this file refused, got {}:\n{text}", answer.text);
    }
    let again = client.send_one(&Event::outbound("acme", "m-2")).await;
    assert_eq!(again.amount.as_deref(), Some("0.012"), "what was refused must change no price: {again:?}");
}

#[tokio::test]
async fn a_tariff_of_another_currency_is_not_assigned() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.put_wallet("euro", &json!({"currency": "EUR"})).await.wants_problem(400, "currency_mismatch");
    add(&client, version("euros", "one", "EUR", LONG_AGO, "0.01")).await.wants(201);
    client.put_wallet("euro", &json!({"currency": "EUR", "tariff": "euros"})).await.wants(201);
    client.put_wallet("euro", &json!({"tariff": "standard"})).await.wants_problem(400, "currency_mismatch");
    client.adjust("euro", "k-1", "1", "credit").await.wants(201);
    let outcome = client.send_one(&Event::outbound("euro", "m-1")).await;
    assert_eq!(outcome.said(), "charged", "wanted the event priced in euros: {outcome:?}");
}

#[tokio::test]
async fn an_event_is_priced_by_the_version_in_effect_when_it_happened() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let ten_days_ago = whole_seconds(&minutes_from_now(-10 * MINUTES_PER_DAY));
    let tomorrow = whole_seconds(&minutes_from_now(MINUTES_PER_DAY));
    add(&client, gold()).await.wants(201);
    add(&client, version("gold", "two", "USD", &ten_days_ago, "0.03")).await.wants(201);
    add(&client, version("gold", "three", "USD", &tomorrow, "0.05")).await.wants(201);
    client.put_wallet("acme", &json!({"tariff": "gold"})).await.wants(201);
    client.adjust("acme", "k-1", "10", "credit").await.wants(201);
    let table = [
        ("before the second version", minutes_from_now(-20 * MINUTES_PER_DAY), "0.012"),
        ("after it", minutes_from_now(-9 * MINUTES_PER_DAY), "0.032"),
        ("now", minutes_from_now(0), "0.032"),
    ];
    for (name, time, want) in &table {
        let outcome = client.send_one(&Event::outbound("acme", name).with("time", time.as_str())).await;
        assert_eq!(
            outcome.amount.as_deref(),
            Some(*want),
            "{name}: wanted the price of that time: {outcome:?}"
        );
    }
    let first = client.entries("acme").await[1]["tariff_version"].to_string();
    assert!(first.contains("one"), "wanted the entry to keep its version, got {first}");

    engine.kill();
    let engine = Engine::start(home.path(), &[]);
    let after = engine.client().send_one(&Event::outbound("acme", "after a restart")).await;
    assert_eq!(after.amount.as_deref(), Some("0.032"), "wanted the versions kept over a restart: {after:?}");
}

#[tokio::test]
async fn number_fees_failure_policy_and_error_classes_are_shown_as_they_were_added() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let more = r#"failure_fee = "0.002"
number_fees_csv = '''
prefix,type,fee
1,local,1.15
*,,6
'''
failures_csv = '''
direction,kind,status,error_class,charge,fee
outbound,sms,failed,blocked,fee,0.01
,,undelivered,,nothing,
'''
error_classes_csv = '''
error_code,class
30007,blocked
'''
"#;
    let added = add(&client, gold() + more).await.wants(201);
    let shown = client.get("/v1/tariffs/gold").await.wants(200);
    assert_eq!(added["versions"], shown["versions"], "wanted one description of the versions");
    let version = &shown["versions"][0];
    let want = [
        ("number_fees", json!(2)),
        ("failures", json!(2)),
        ("error_classes", json!(1)),
        ("failure_fee", json!("0.002")),
    ];
    for (field, want) in want {
        assert_eq!(version[field], want, "`{field}` of {version}");
    }
    let want = json!({
        "number_fees": [
            {"row": 0, "line": 16, "prefix": "1", "type": "local", "fee": "1.15"},
            {"row": 1, "line": 17, "prefix": "*", "type": null, "fee": "6"},
        ],
        "failures": [
            {"row": 0, "line": 21, "direction": "outbound", "kind": "sms", "status": "failed",
             "error_class": "blocked", "charge": "fee", "fee": "0.01"},
            {"row": 1, "line": 22, "direction": null, "kind": null, "status": "undelivered",
             "error_class": null, "charge": "nothing", "fee": null},
        ],
        "error_classes": [{"row": 0, "line": 26, "error_code": "30007", "class": "blocked"}],
    });
    for (table, rows) in want.as_object().expect("an object") {
        assert_eq!(shown[table], *rows, "the table {table}");
    }
    let broken = gold() + &more.replace("30007,blocked", "30007,spam");
    let problem = add(&client, broken).await.wants_problem(400, "invalid_tariff");
    assert!(problem.to_string().contains("no error code has the class blocked"), "{problem}");
}

#[tokio::test]
async fn a_directory_that_holds_an_older_standard_tariff_starts_and_keeps_it() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("older.toml");
    std::fs::write(&file, version("standard", "2024-01-01", "USD", LONG_AGO, "0.01")).unwrap();
    let file = file.display().to_string();
    Engine::start(home.path(), &["--tariff", &file]).kill();
    let engine = Engine::start(home.path(), &[]);
    let shown = engine.client().get("/v1/tariffs/standard").await.wants(200);
    assert_eq!(shown["rates"].as_array().map(Vec::len), Some(1), "wanted its own rate and no other: {shown}");
    assert_eq!((&shown["number_fees"], &shown["versions"][0]["failure_fee"]), (&json!([]), &json!("0")));
}
