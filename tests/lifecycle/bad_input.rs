//! Bad input for every call of a wallet's life: a clear problem document, and nothing half done.

use reqwest::Method;
use serde_json::json;

use crate::support::client::Answer;
use crate::world::{NUMBER, World};

const START: &str = "2026-07-15T10:00:00Z";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A body that cannot be taken: whichever of the two codes of bad input says so.
fn assert_bad_input(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: wanted 400, got {} {}", answer.status, answer.text);
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    assert!(["bad_field", "bad_request"].contains(&code.as_str()), "{what}: {code}");
    answer.wants_problem(400, &code);
}

#[tokio::test]
async fn what_cannot_be_understood_is_400_and_changes_nothing() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let hold = world.hold("acme", 5).await;
    let before = world.client.wallet("acme").await;
    let entries = world.client.entries("acme").await.len();
    let settle = format!("holds/{hold}/settle");
    let message =
        r#"{"channel":"+14155559999","peer":"+491511234567","kind":"sms","segments":1,"encoding":"GSM-7"}"#;
    let with_message = |extra: &str| format!(r#"{{"messages":[{message}]{extra}}}"#);
    let table: Vec<(&str, &str, &str, Vec<String>)> = vec![
        (
            "POST",
            "numbers",
            "a purchase",
            texts(&[
                "", "{", "[]", "null", "{}", r#"{"number":14155550100}"#, r#"{"number":""}"#,
                r#"{"number":"+1"}"#, r#"{"number":"ACME"}"#, r#"{"number":"+1415555010x"}"#,
                r#"{"number":"+14155550100","type":"satellite"}"#, r#"{"number":"+14155550100","typ":"local"}"#,
                r#"{"number":"+14155550100","number":"+14155550100"}"#,
            ]),
        ),
        (
            "POST",
            "holds",
            "a hold",
            [
                texts(&[
                    "", "{", "[]", "{}", r#"{"messages":[]}"#, r#"{"messages":{}}"#,
                    r#"{"messages":[{"kind":"sms"}]}"#,
                    r#"{"messages":[{"channel":"+14155559999","peer":"+491511234567","kind":"fax","segments":1}]}"#,
                    r#"{"messages":[{"channel":"+14155559999","peer":"+491511234567","kind":"sms"}]}"#,
                    r#"{"messages":[{"channel":"+14155559999","peer":"+491511234567","kind":"sms","segments":256,"encoding":"GSM-7"}]}"#,
                    r#"{"messages":[{"channel":"+14155559999","peer":"+491511234567","kind":"sms","text":"x","colour":"red"}]}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":0,"recipients":{"+49":1}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":256,"recipients":{"+49":1}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{"+49":0}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{"+49":-1}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{"+49":1.5}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{"":1}}"#,
                    r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{"DE":1}}"#,
                    r#"{"sender_type":"none","kind":"sms","segments":1,"recipients":{"+49":1}}"#,
                    r#"{"kind":"sms","segments":1,"recipients":{"+49":1}}"#,
                ]),
                [
                    with_message(r#","expires_in_seconds":0"#),
                    with_message(r#","expires_in_seconds":-5"#),
                    with_message(r#","expires_in_seconds":"soon""#),
                    with_message(r#","campaign":5"#),
                    with_message(&format!(r#","campaign":"{}""#, "x".repeat(129))),
                    with_message(r#","recipients":{"+49":1}"#),
                    with_message(r#","colour":"red""#),
                ]
                .to_vec(),
            ]
            .concat(),
        ),
        (
            "POST",
            &settle,
            "a settlement",
            texts(&[
                "", "{", "{}", r#"{"amount":1,"final":true}"#, r#"{"amount":"-1","final":true}"#,
                r#"{"amount":"1e3","final":true}"#, r#"{"amount":"0.0000000001","final":true}"#,
                r#"{"amount":"99999999999999999999","final":true}"#, r#"{"amount":"1","final":"yes"}"#,
                r#"{"amount":"1","final":true,"colour":"red"}"#,
            ]),
        ),
        (
            "POST",
            "top-ups",
            "a top-up",
            texts(&[
                "", "{", "{}", r#"{"amount":20,"return_url":"http://127.0.0.1:9/"}"#,
                r#"{"amount":"0","return_url":"http://127.0.0.1:9/"}"#,
                r#"{"amount":"-20","return_url":"http://127.0.0.1:9/"}"#,
                r#"{"amount":"19.99","return_url":"http://127.0.0.1:9/"}"#,
                r#"{"amount":"2000.01","return_url":"http://127.0.0.1:9/"}"#,
                r#"{"amount":"20.001","return_url":"http://127.0.0.1:9/"}"#,
                r#"{"amount":"20","return_url":5}"#,
                r#"{"amount":"20","return_url":"not a url"}"#,
                r#"{"amount":"20","return_url":"javascript:alert(1)"}"#,
                r#"{"amount":"20","return_url":"http://127.0.0.1:9/","colour":"red"}"#,
            ]),
        ),
        (
            "PUT",
            "auto-top-up",
            "auto top-up",
            texts(&[
                "", "{", r#"{"enabled":"yes","minimum_balance":"10","amount":"20"}"#,
                r#"{"enabled":true,"minimum_balance":"10"}"#, r#"{"enabled":true,"amount":"20"}"#,
                r#"{"enabled":true,"minimum_balance":10,"amount":"20"}"#,
                r#"{"enabled":true,"minimum_balance":"-1","amount":"20"}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"19.99"}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"2000.01"}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"20.001"}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"20","limits":{"attempts_per_day":-1}}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"20","limits":{"attempts_per_day":"5"}}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"20","limits":{"amount_per_day":"-1"}}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"20","limits":{"per_week":1}}"#,
                r#"{"enabled":true,"minimum_balance":"10","amount":"20","colour":"red"}"#,
            ]),
        ),
        (
            "PUT",
            "alert-settings",
            "alert levels",
            texts(&[
                "", "{", r#"{"low_balance":"100"}"#, r#"{"low_balance":[100]}"#, r#"{"low_balance":["ten"]}"#,
                r#"{"low_balance":["1","2","3","4","5","6","7","8","9","10","11"]}"#,
                r#"{"low_balance":["0.0000000001"]}"#, r#"{"low":["1"]}"#,
            ]),
        ),
        (
            "POST",
            "quotes",
            "a quote",
            texts(&["", "{", "{}", r#"{"messages":[]}"#, r#"{"sender_type":"local","kind":"sms","segments":1,"recipients":{}}"#]),
        ),
    ];
    for (method, call, what, bodies) in &table {
        for body in bodies {
            let key = world.key();
            let path = format!("/v1/wallets/acme/{call}");
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer =
                world.client.call(method, &path, &[JSON, ("idempotency-key", &key)], body.clone()).await;
            assert_bad_input(&answer, &format!("{what}: {body}"));
        }
    }
    assert_eq!(world.client.wallet("acme").await["held"], before["held"], "nothing may be held");
    assert_eq!(world.client.wallet("acme").await["balance"], before["balance"], "nothing may be moved");
    assert_eq!(world.client.entries("acme").await.len(), entries, "nothing may be posted");
    assert!(world.client.numbers("acme").await.is_empty(), "nothing may be bought");
    assert!(world.client.top_ups("acme").await.is_empty(), "nothing may be opened");
    assert_eq!(world.client.auto_top_up("acme").await["enabled"], false, "nothing may be set");
}

fn texts(bodies: &[&str]) -> Vec<String> {
    bodies.iter().map(|body| (*body).to_owned()).collect()
}

#[tokio::test]
async fn what_does_not_exist_is_404_with_its_own_code() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let number = json!({"number": NUMBER});
    let top_up = json!({"amount": "20", "return_url": "http://127.0.0.1:9/"});
    let auto = json!({"enabled": true, "minimum_balance": "10", "amount": "20"});
    let table = [
        ("POST", "/v1/wallets/nobody/numbers", number, "unknown_wallet"),
        ("GET", "/v1/wallets/nobody/numbers", json!(null), "unknown_wallet"),
        ("GET", "/v1/wallets/acme/numbers/+14155550999", json!(null), "unknown_number"),
        ("DELETE", "/v1/wallets/acme/numbers/+14155550999", json!(null), "unknown_number"),
        ("POST", "/v1/wallets/nobody/holds", crate::world::dollars_held(1), "unknown_wallet"),
        ("POST", "/v1/wallets/nobody/quotes", crate::world::dollars_held(1), "unknown_wallet"),
        ("GET", "/v1/wallets/acme/holds/h_999", json!(null), "unknown_hold"),
        ("POST", "/v1/wallets/acme/holds/h_999/void", json!({}), "unknown_hold"),
        (
            "POST",
            "/v1/wallets/acme/holds/h_999/settle",
            json!({"amount": "1", "final": true}),
            "unknown_hold",
        ),
        ("POST", "/v1/wallets/nobody/top-ups", top_up, "unknown_wallet"),
        ("GET", "/v1/wallets/nobody/top-ups", json!(null), "unknown_wallet"),
        ("PUT", "/v1/wallets/nobody/auto-top-up", auto, "unknown_wallet"),
        ("GET", "/v1/wallets/nobody/auto-top-up", json!(null), "unknown_wallet"),
        ("DELETE", "/v1/wallets/nobody/auto-top-up", json!(null), "unknown_wallet"),
        ("GET", "/v1/wallets/nobody/alerts", json!(null), "unknown_wallet"),
        ("PUT", "/v1/wallets/nobody/alert-settings", json!({"low_balance": []}), "unknown_wallet"),
    ];
    for (method, path, body, code) in table {
        let key = world.key();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        world.client.keyed(method, path, &key, &body).await.wants_problem(404, code);
    }
    let answer = world.client.get("/v1/wallets/acme/top-ups/tu_999").await;
    assert_eq!(answer.status, 404, "{}", answer.text);
}

#[tokio::test]
async fn a_hold_without_a_rate_or_beyond_all_money_is_400() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let to = |prefix: &str, count: u64| json!({"sender_type": "local", "kind": "sms", "segments": 255, "recipients": {prefix: count}});
    world.client.make_hold("acme", "h-1", &to("+86", 1)).await.wants_problem(400, "no_rate");
    let huge = world.client.make_hold("acme", "h-2", &to("+49", 1_000_000_000_000)).await;
    assert!(
        [400, 402].contains(&huge.status),
        "wanted more than all money refused: {} {}",
        huge.status,
        huge.text
    );
    assert_eq!(world.client.wallet("acme").await["held"], "0");
}
