//! Which key may call what (RULES, section 14), and that another wallet is as if it did not exist.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Client, NDJSON};
use crate::support::engine::Engine;
use crate::support::event::Event;

const JSON: &str = "application/json";

async fn make_key(client: &Client, role: &str, wallet: Option<&str>) -> (String, Client) {
    let request = json!({"role": role, "wallet": wallet, "name": format!("{role} of {wallet:?}")});
    let made = client.post("/v1/keys", &request).await.wants(201);
    let text =
        |field: &str| made[field].as_str().unwrap_or_else(|| panic!("wanted `{field}`: {made}")).to_owned();
    (text("id"), client.with_key(&text("key")))
}

/// Calls on the wallet `acme`, with what each of the keys of the table below gets.
struct Call {
    method: Method,
    path: &'static str,
    kind: &'static str,
    body: String,
    /// ingest, viewer, billing, operator of the wallet; ingest, viewer, billing, operator of all.
    want: [u16; 8],
}

const SEEING: [u16; 8] = [403, 200, 200, 200, 403, 200, 200, 200];
const PAYING: [u16; 8] = [403, 403, 200, 200, 403, 403, 200, 200];
const OPERATING: [u16; 8] = [403, 403, 403, 200, 403, 403, 403, 200];

fn plan() -> String {
    json!({"sender_type": "local", "kind": "sms", "segments": 1, "recipients": {"+1415": 1}}).to_string()
}

fn calls() -> Vec<Call> {
    let call = |method, path, kind, body: String, want| Call { method, path, kind, body, want };
    let event = Event::outbound("acme", "m-1").line();
    let credit = json!({"amount": "1", "reason": "role test"}).to_string();
    let key = json!({"role": "viewer", "wallet": "acme", "name": "made by the role test"}).to_string();
    let key_of_all = json!({"role": "viewer", "wallet": null, "name": "made by the role test"}).to_string();
    let number = json!({"number": "+14155550100"}).to_string();
    let levels = json!({"low_balance": ["5"]}).to_string();
    let off = json!({"enabled": false}).to_string();
    let webhook = json!({"url": "https://hooks.example/all"}).to_string();
    let file = "sid,from,to,direction,num_segments,price,status,date_sent\r\n".to_owned();
    let nothing = String::new;
    let post = || Method::POST;
    vec![
        call(post(), "/v1/events", NDJSON, event, [200, 403, 403, 200, 200, 403, 403, 200]),
        call(Method::GET, "/v1/wallets/acme", JSON, nothing(), [403, 200, 200, 200, 403, 200, 200, 200]),
        call(
            Method::GET,
            "/v1/wallets/acme/entries",
            JSON,
            nothing(),
            [403, 200, 200, 200, 403, 200, 200, 200],
        ),
        call(
            Method::GET,
            "/v1/wallets/acme/entries/1/explain",
            JSON,
            nothing(),
            [403, 200, 200, 200, 403, 200, 200, 200],
        ),
        call(Method::GET, "/v1/wallets/acme/entries.csv", JSON, nothing(), PAYING),
        call(Method::GET, "/v1/wallets/acme/entries.parquet", JSON, nothing(), PAYING),
        call(Method::GET, "/v1/wallets/acme/usage", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/statements", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/statements/2026-07", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/usage.csv", JSON, nothing(), PAYING),
        call(post(), "/v1/wallets/acme/reconciliations?mapping=twilio", "text/csv", file, OPERATING),
        call(post(), "/v1/wallets/acme/adjustments", JSON, credit, [403, 403, 403, 201, 403, 403, 403, 201]),
        call(post(), "/v1/keys", JSON, key, [403, 403, 403, 201, 403, 403, 403, 201]),
        call(post(), "/v1/keys", JSON, key_of_all, [403, 403, 403, 403, 403, 403, 403, 201]),
        call(post(), "/v1/wallets/acme/holds", JSON, plan(), [201, 403, 403, 201, 201, 403, 403, 201]),
        call(post(), "/v1/wallets/acme/quotes", JSON, plan(), [200, 403, 403, 200, 200, 403, 403, 200]),
        call(Method::GET, "/v1/wallets/acme/pace", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/holds", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/numbers", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/numbers/+14155550100/quote", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/top-ups", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/auto-top-up", JSON, nothing(), SEEING),
        call(Method::GET, "/v1/wallets/acme/alerts", JSON, nothing(), SEEING),
        call(Method::PUT, "/v1/wallets/acme/alert-settings", JSON, levels, PAYING),
        call(Method::PUT, "/v1/wallets/acme/auto-top-up", JSON, off, PAYING),
        // The first to rent it rents it, the second hears that.
        call(post(), "/v1/wallets/acme/numbers", JSON, number, [403, 403, 403, 201, 403, 403, 403, 409]),
        call(Method::DELETE, "/v1/wallets/acme/numbers/+14155550100", JSON, nothing(), OPERATING),
        call(Method::GET, "/v1/webhooks", JSON, nothing(), OPERATING),
        call(Method::GET, "/v1/audit", JSON, nothing(), OPERATING),
        call(post(), "/v1/webhooks", JSON, webhook, [403, 403, 403, 403, 403, 403, 403, 201]),
        // The body is no tariff: who may add one is told so.
        call(post(), "/v1/tariffs", "application/toml", "x".into(), [403, 403, 403, 403, 403, 403, 403, 400]),
    ]
}

#[tokio::test]
async fn a_key_may_do_what_its_role_says_and_no_more() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    operator.wallet_with("acme", "100").await;
    let mut keys = Vec::new();
    for wallet in [Some("acme"), None] {
        for role in ["ingest", "viewer", "billing", "operator"] {
            keys.push((format!("{role} of {wallet:?}"), make_key(&operator, role, wallet).await.1));
        }
    }
    for call in calls() {
        for ((name, key), want) in keys.iter().zip(call.want) {
            let idempotency = format!("{name} {}", call.path);
            let idempotency = idempotency.replace(|letter: char| !letter.is_ascii_alphabetic(), "-");
            let headers = [("content-type", call.kind), ("idempotency-key", idempotency.as_str())];
            let answer = key.call(call.method.clone(), call.path, &headers, call.body.clone()).await;
            let told = (answer.status, serde_json::from_str(&answer.text).unwrap_or(Value::Null));
            assert_eq!(told.0, want, "{name}: {} {}: wanted {want}, got {}", call.method, call.path, told.1);
            if want == 403 {
                answer.wants_problem(403, "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn another_wallet_is_as_if_it_did_not_exist() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    operator.wallet_with("acme", "100").await;
    operator.wallet_with("other", "100").await;
    for role in ["viewer", "billing", "operator"] {
        let (_, key) = make_key(&operator, role, Some("acme")).await;
        let of_wallet =
            ["", "/entries", "/entries/1/explain", "/messages/m-1", "/holds", "/holds/h_1", "/numbers"];
        let of_billing = ["/entries.csv", "/entries.parquet", "/usage.csv"];
        let of_billing = if role == "viewer" { &[][..] } else { &of_billing[..] };
        let of_life = [
            "/numbers/+14155550100",
            "/top-ups",
            "/top-ups/tu_1",
            "/auto-top-up",
            "/alerts",
            "/alert-settings",
        ];
        for path in of_wallet.iter().chain(&of_life).chain(of_billing) {
            let other = key.get(&format!("/v1/wallets/other{path}")).await;
            let none = key.get(&format!("/v1/wallets/none{path}")).await;
            other.wants_problem(404, "unknown_wallet");
            let told = |text: &str| text.replace("other", "none");
            assert_eq!(told(&other.text), none.text, "{role}: a wallet of others must look like none at all");
        }
        let listed = key.get("/v1/wallets").await;
        assert!(!listed.text.contains("other"), "{role}: the list must not tell of others: {}", listed.text);
    }
    let (_, ingest) = make_key(&operator, "ingest", Some("acme")).await;
    let (_, bound) = make_key(&operator, "operator", Some("acme")).await;
    let outcome = ingest.send_one(&Event::outbound("other", "m-1")).await;
    assert_eq!(
        outcome.said(),
        "invalid unknown_wallet",
        "wanted the event for another wallet refused: {outcome:?}"
    );
    bound.adjust("other", "k-1", "1", "x").await.wants_problem(404, "unknown_wallet");
    assert_eq!(operator.entries("other").await.len(), 1, "the other wallet must be untouched");
}

#[tokio::test]
async fn a_key_is_shown_once_and_a_revoked_key_opens_nothing() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    operator.wallet_with("acme", "1").await;
    let request = json!({"role": "viewer", "wallet": "acme", "name": "to be revoked"});
    let made = operator.post("/v1/keys", &request).await.wants(201);
    let (id, secret) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let viewer = operator.with_key(secret);
    viewer.get("/v1/wallets/acme").await.wants(200);

    let listed = operator.get("/v1/keys").await;
    listed.wants(200);
    assert!(listed.text.contains(id), "wanted the key's id in the list: {}", listed.text);
    assert!(!listed.text.contains(secret), "a key is shown once: {}", listed.text);

    let revoked = operator.delete(&format!("/v1/keys/{id}")).await;
    assert!((200..300).contains(&revoked.status), "wanted the key revoked: {}", revoked.text);
    viewer.get("/v1/wallets/acme").await.wants_problem(401, "unauthorized");

    engine.stop();
    let engine = Engine::start(home.path(), &[]);
    let viewer: Client = engine.client().with_key(secret);
    viewer.get("/v1/wallets/acme").await.wants_problem(401, "unauthorized");
    for (field, value) in [("role", json!("king")), ("wallet", json!("nobody")), ("role", Value::Null)] {
        let mut bad = request.clone();
        bad[field] = value;
        let answer = engine.client().post("/v1/keys", &bad).await;
        assert!([400, 404].contains(&answer.status), "wanted {bad} refused, got {}", answer.text);
    }
}
