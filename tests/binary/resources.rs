//! Holds, numbers, top-ups, alerts and webhooks as resources: once under a key, listed by pages, and told as problems.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::engine::Engine;

const JSON: &str = "application/json";

async fn once(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let headers = [("content-type", JSON), ("idempotency-key", key)];
    client.call(Method::POST, path, &headers, body.to_string()).await
}

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.call(Method::PUT, path, &[("content-type", JSON)], body.to_string()).await
}

/// Messages to so many numbers in California, where one costs the same as another.
fn messages(count: u32) -> Value {
    json!({"sender_type": "local", "kind": "sms", "segments": 1, "recipients": {"+1415": count}})
}

#[tokio::test]
async fn what_moves_or_holds_money_is_done_once_under_a_key_and_told_again() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    let other_number = json!({"number": "+14155550101"});
    let top_up = |amount: &str| json!({"amount": amount, "return_url": "https://app.example/"});
    // What is asked, what else is not the same request, and the status of the first answer.
    let table = [
        ("numbers", json!({"number": "+14155550100"}), other_number, 201),
        ("holds", messages(10), messages(11), 201),
        (
            "holds/h_1/settle",
            json!({"amount": "0.01", "final": false}),
            json!({"amount": "0.01", "final": true}),
            200,
        ),
        ("top-ups", top_up("50"), top_up("51"), 201),
    ];
    for (call, body, other, first) in table {
        let (path, key) = (format!("/v1/wallets/acme/{call}"), call.replace('/', "-"));
        let without = client.post(&path, &body).await;
        without.wants_problem(400, "idempotency_key_required");
        let made = once(&client, &path, &key, &body).await;
        assert!(!made.headers.contains_key("idempotency-replayed"), "{call}: it was not done before");
        let made = made.wants(first);
        let again = once(&client, &path, &key, &body).await;
        assert_eq!(again.headers["idempotency-replayed"], "true", "{call}: it was done before");
        assert_eq!(again.wants(200), made, "{call}: told as it was");
        once(&client, &path, &key, &other).await.wants_problem(422, "idempotency_key_reused");
    }
    let voided = once(&client, "/v1/wallets/acme/holds/h_1/void", "v", &json!({})).await.wants(200);
    assert_eq!((&voided["status"], &voided["remaining"]), (&json!("voided"), &json!("0")), "{voided}");
    assert_eq!(client.entries("acme").await.len(), 3, "the credit, the number's fee and the settlement");
    let wallet = client.wallet("acme").await;
    assert_eq!(wallet["held"], "0", "nothing is held any more: {wallet}");
}

#[tokio::test]
async fn lists_have_pages_and_those_with_a_status_are_found_by_it() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    for place in 0..5 {
        let path = "/v1/wallets/acme/holds";
        once(&client, path, &format!("h-{place}"), &messages(1)).await.wants(201);
        let number = json!({"number": format!("+1415555010{place}")});
        once(&client, "/v1/wallets/acme/numbers", &format!("n-{place}"), &number).await.wants(201);
    }
    for hold in ["h_2", "h_4"] {
        let path = format!("/v1/wallets/acme/holds/{hold}/void");
        once(&client, &path, hold, &json!({})).await.wants(200);
    }
    let released = "/v1/wallets/acme/numbers/%2B14155550103";
    let first = client.delete(released).await.wants(200);
    assert_eq!(client.delete(released).await.wants(200), first, "given back again it stays as it was");
    let again = json!({"number": "+14155550103"});
    once(&client, "/v1/wallets/acme/numbers", "n-again", &again).await.wants(201);
    let last = client.get(released).await.wants(200);
    assert_eq!(last["status"], "active", "the last rental counts: {last}");

    let told = |rows: &[Value], field: &str| -> Vec<String> {
        rows.iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
    };
    let holds = client.list("/v1/wallets/acme/holds", 2).await;
    assert_eq!(told(&holds, "hold"), ["h_1", "h_2", "h_3", "h_4", "h_5"]);
    let numbers = client.list("/v1/wallets/acme/numbers", 4).await;
    let status = told(&numbers, "status");
    assert_eq!(status, ["active", "active", "active", "released", "active", "active"]);
    let open = client.get("/v1/wallets/acme/holds?status=open&limit=2").await.wants(200);
    assert_eq!(told(open["data"].as_array().unwrap(), "hold"), ["h_1", "h_3"]);
    let cursor = open["next_cursor"].as_str().expect("one more is open");
    let rest = client.get(&format!("/v1/wallets/acme/holds?status=open&cursor={cursor}")).await.wants(200);
    assert_eq!(told(rest["data"].as_array().unwrap(), "hold"), ["h_5"]);
    assert_eq!(rest["next_cursor"], Value::Null, "it was the last page");
    client.get("/v1/wallets/acme/holds?status=lost").await.wants_problem(400, "bad_field");
    client.get(&format!("/v1/wallets/acme/numbers?cursor={cursor}")).await.wants_problem(400, "bad_field");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_paid_or_makes_no_sense_is_a_problem_and_nothing_is_posted() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1").await;
    client.wallet_with("empty", "0").await;
    let settle = json!({"amount": "1", "final": true});
    let top_up = |amount: &str, url: &str| json!({"amount": amount, "return_url": url});
    let web = "https://app.example/";
    let posts = [
        ("acme/holds", messages(10_000_000), 402, "insufficient_balance"),
        ("empty/holds", messages(1), 402, "suspended"),
        ("acme/holds", json!({}), 400, "bad_field"),
        ("acme/holds", json!({"messages": [], "more": 1}), 400, "bad_field"),
        ("acme/holds/h_1/settle", settle.clone(), 404, "unknown_hold"),
        ("acme/holds/1/settle", settle, 404, "unknown_hold"),
        ("acme/holds/h_1/void", json!({}), 404, "unknown_hold"),
        ("acme/numbers", json!({"number": "+14155550100"}), 402, "insufficient_balance"),
        ("acme/numbers", json!({"number": "ACME"}), 400, "bad_field"),
        ("acme/numbers", json!({"number": "+14155550100", "type": "fax"}), 400, "bad_field"),
        ("acme/top-ups", top_up("19.99", web), 400, "bad_field"),
        ("acme/top-ups", top_up("2000.01", web), 400, "bad_field"),
        ("acme/top-ups", top_up("20.001", web), 400, "bad_field"),
        ("acme/top-ups", top_up("20", "ftp://app.example/"), 400, "bad_field"),
        ("none/holds", messages(1), 404, "unknown_wallet"),
    ];
    for (place, (path, body, status, code)) in posts.into_iter().enumerate() {
        let path = format!("/v1/wallets/{path}");
        once(&client, &path, &format!("k-{place}"), &body).await.wants_problem(status, code);
    }
    for (path, code) in [
        ("holds/h_1", "unknown_hold"),
        ("numbers/+14155550100", "unknown_number"),
        ("numbers/nobody!", "unknown_number"),
        ("top-ups/tu_1", "unknown_top_up"),
    ] {
        client.get(&format!("/v1/wallets/acme/{path}")).await.wants_problem(404, code);
    }
    let auto = "/v1/wallets/acme/auto-top-up";
    for body in [
        json!({"enabled": true}),
        json!({"enabled": true, "minimum_balance": "20", "amount": "5"}),
        json!({"enabled": true, "minimum_balance": "20", "amount": "50", "limits": {"amount_per_day": "49"}}),
    ] {
        put(&client, auto, &body).await.wants_problem(400, "bad_field");
    }
    assert_eq!(client.get(auto).await.wants(200)["status"], "off");
    let levels = "/v1/wallets/acme/alert-settings";
    put(&client, levels, &json!({"low_balance": ["-1"]})).await.wants_problem(400, "bad_field");
    let set = put(&client, levels, &json!({"low_balance": ["5", "20", "5.0"]})).await.wants(200);
    assert_eq!(set, json!({"low_balance": ["20", "5"]}), "highest first, each once");
    assert_eq!(client.get(levels).await.wants(200), set);
    assert_eq!(client.entries("acme").await.len(), 1, "nothing was posted beside the credit");
}

#[tokio::test]
async fn a_webhook_is_shown_its_secret_once_and_belongs_to_its_wallet() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1").await;
    client.wallet_with("other", "1").await;
    let key = client.post("/v1/keys", &json!({"role": "operator", "wallet": "acme", "name": ""})).await;
    let bound = client.with_key(key.wants(201)["key"].as_str().unwrap());
    let order = json!({"url": "https://hooks.example/a", "wallet": "acme", "types": ["wallet.suspended"]});
    let made = bound.post("/v1/webhooks", &order).await.wants(201);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_"), "{made}");
    client.post("/v1/webhooks", &json!({"url": "https://hooks.example/b"})).await.wants(201);
    for bad in [
        json!({"url": "http://127.0.0.1/"}),
        json!({"url": "hooks.example"}),
        json!({"url": "https://hooks.example/", "types": ["wallet.lost"]}),
    ] {
        client.post("/v1/webhooks", &bad).await.wants_problem(400, "bad_field");
    }
    bound
        .post("/v1/webhooks", &json!({"url": "https://hooks.example/"}))
        .await
        .wants_problem(403, "forbidden");
    let other = json!({"url": "https://hooks.example/", "wallet": "other"});
    bound.post("/v1/webhooks", &other).await.wants_problem(404, "unknown_wallet");

    let listed = client.get("/v1/webhooks").await;
    assert_eq!(listed.wants(200)["data"].as_array().map(Vec::len), Some(2));
    assert!(!listed.text.contains("whsec_"), "a secret is shown once: {}", listed.text);
    assert_eq!(bound.get("/v1/webhooks").await.wants(200)["data"].as_array().map(Vec::len), Some(1));
    bound.get("/v1/webhooks/wh_2/deliveries").await.wants_problem(404, "not_found");
    let rotated = bound.post("/v1/webhooks/wh_1/rotate", &json!({})).await.wants(200);
    assert_ne!(rotated["secret"], secret.as_str(), "a new secret");

    let alerts = client.list("/v1/wallets/acme/alerts", 1).await;
    assert_eq!(alerts[0]["type"], "wallet.resumed", "the opening credit resumed it: {alerts:?}");
    let replay = |wallet: &str, alert: &str| json!({"wallet": wallet, "alert": alert});
    let replayed = bound.post("/v1/webhooks/wh_1/replay", &replay("acme", "al_1")).await.wants(200);
    assert_eq!(replayed["type"], "wallet.resumed", "{replayed}");
    let found = bound.list("/v1/webhooks/wh_1/deliveries", 1).await;
    assert_eq!((found.len(), &found[0]["alert"]), (1, &json!("al_1")), "{found:?}");
    for (wallet, alert, status, code) in [
        ("acme", "al_9", 404, "not_found"),
        ("acme", "9", 400, "bad_field"),
        ("other", "al_1", 404, "unknown_wallet"),
    ] {
        let answer = bound.post("/v1/webhooks/wh_1/replay", &replay(wallet, alert)).await;
        answer.wants_problem(status, code);
    }
    assert_eq!(bound.delete("/v1/webhooks/wh_1").await.status, 204);
    bound.delete("/v1/webhooks/wh_1").await.wants_problem(404, "not_found");
    assert_eq!(bound.get("/v1/webhooks").await.wants(200)["data"], json!([]));
}
