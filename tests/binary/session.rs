//! Signing in to the page: sessions that end with their key, tokens of a host product, and nothing for other sites.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::engine::{Engine, Launch, OPERATOR_KEY};
use crate::support::signed;

const SECRET: [u8; 32] = [5; 32];
const PAGE: (&str, &str) = ("farebox-page", "1");
const JSON: (&str, &str) = ("content-type", "application/json");
const SECONDS_OF_A_TOKEN: i64 = 300;

async fn start(home: &std::path::Path) -> (Engine, Client) {
    let keys = format!("host-1:HS256:{}", STANDARD.encode(SECRET));
    let launch = Launch::new(home)
        .environment("FAREBOX__PAGE__TOKEN_KEYS", &keys)
        .environment("FAREBOX__PAGE__FRAME_ANCESTORS", "https://app.example");
    let engine = launch.start();
    let client = engine.client();
    client.wallet_with("acme", "10").await;
    client.wallet_with("other", "20").await;
    (engine, client)
}

async fn sign_in(client: &Client, order: &Value, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[JSON], headers].concat();
    client.with_key("").call(Method::POST, "/v1/session", &headers, order.to_string()).await
}

/// The cookie as a browser sends it back, and all that was said about it.
fn cookie(answer: &Answer) -> (String, String) {
    let said = answer.headers.get("set-cookie").expect("wanted a cookie").to_str().unwrap().to_owned();
    (said.split(';').next().unwrap().to_owned(), said)
}

fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({"alg": "HS256", "kid": "host-1", "typ": "JWT"})), part(claims));
    let tag = sign(&Key::new(HMAC_SHA256, &SECRET), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

fn claims(role: &str, wallet: &str, ahead: i64) -> Value {
    let exp = signed::now() + ahead;
    json!({"aud": "farebox", "exp": exp, "role": role, "wallet": wallet, "sub": "u-7"})
}

#[tokio::test]
async fn a_session_is_what_its_key_is_until_either_ends() {
    let home = tempfile::tempdir().unwrap();
    let (engine, client) = start(home.path()).await;
    let made =
        client.post("/v1/keys", &json!({"role": "billing", "wallet": "acme", "name": "x"})).await.wants(201);
    let answer = sign_in(&client, &json!({"key": made["key"]}), &[PAGE]).await;
    let info = answer.wants(200);
    assert_eq!(
        (&info["role"], &info["wallet"], &info["actor"]),
        (&json!("billing"), &json!("acme"), &made["id"])
    );
    assert_eq!(info["may"], json!(["see_wallet", "export", "top_up", "set_alerts"]), "{info}");
    let (cookie, said) = cookie(&answer);
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(said.contains(part), "wanted {part} in {said}");
    }
    assert!(!said.contains(made["key"].as_str().unwrap()), "the cookie is not the key: {said}");

    let nobody = client.with_key("");
    let with = |path: &'static str| {
        let (nobody, cookie) = (nobody.clone(), cookie.clone());
        async move { nobody.call(Method::GET, path, &[("cookie", &cookie)], "").await }
    };
    with("/v1/wallets/acme").await.wants(200);
    with("/v1/wallets/other").await.wants_problem(404, "unknown_wallet");
    with("/v1/keys").await.wants_problem(403, "forbidden");
    // A restart does not end it, and a forged one is none.
    engine.stop();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let nobody = client.with_key("");
    nobody.call(Method::GET, "/v1/wallets/acme", &[("cookie", &cookie)], "").await.wants(200);
    let mut forged = cookie.clone().into_bytes();
    let at = forged.len() - 5;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for wrong in [forged.as_str(), "farebox_session=", "farebox_session=a.b"] {
        let answer = nobody.call(Method::GET, "/v1/wallets/acme", &[("cookie", wrong)], "").await;
        answer.wants_problem(401, "unauthorized");
    }
    // The header of a key comes before a cookie.
    client.call(Method::GET, "/v1/wallets/other", &[("cookie", &cookie)], "").await.wants(200);

    client.delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).await;
    let answer = nobody.call(Method::GET, "/v1/wallets/acme", &[("cookie", &cookie)], "").await;
    answer.wants_problem(401, "unauthorized");
    engine.stop();
}

#[tokio::test]
async fn what_is_signed_out_stays_out() {
    let home = tempfile::tempdir().unwrap();
    let (engine, client) = start(home.path()).await;
    let (cookie, _) = cookie(&sign_in(&client, &json!({"key": OPERATOR_KEY}), &[PAGE]).await);
    let nobody = client.with_key("");
    let headers = [("cookie", cookie.as_str()), PAGE];
    let out = nobody.call(Method::DELETE, "/v1/session", &headers, "").await;
    assert_eq!(out.status, 204, "{}", out.text);
    let said: Vec<_> = out.headers.get_all("set-cookie").iter().map(|said| said.to_str().unwrap()).collect();
    assert!(said.iter().all(|said| said.contains("Max-Age=0")), "the browser forgets it too: {said:?}");
    assert!(said.iter().any(|said| said.contains("Partitioned")), "in a frame as well: {said:?}");
    nobody.call(Method::GET, "/v1/session", &headers, "").await.wants_problem(401, "unauthorized");
    client.delete("/v1/session").await.wants_problem(409, "conflict");
    engine.stop();
    let engine = Engine::start(home.path(), &[]);
    let nobody = engine.client().with_key("");
    nobody.call(Method::GET, "/v1/session", &headers, "").await.wants_problem(401, "unauthorized");
}

#[tokio::test]
async fn sessions_and_tokens_go_by_real_time_whatever_a_test_clock_shows() {
    let home = tempfile::tempdir().unwrap();
    let keys = format!("host-1:HS256:{}", STANDARD.encode(SECRET));
    let launch = Launch::new(home.path()).environment("FAREBOX__PAGE__TOKEN_KEYS", &keys);
    let engine = launch.argument("--test-clock").argument("2026-07-15T10:00:00Z").start();
    let client = engine.client();
    client.wallet_with("acme", "10").await;
    let by_key = sign_in(&client, &json!({"key": OPERATOR_KEY}), &[PAGE]).await;
    let by_token = json!({"token": token(&claims("viewer", "acme", SECONDS_OF_A_TOKEN))});
    let by_token = sign_in(&client, &by_token, &[PAGE]).await;
    client.post("/v1/test-clock/advance", &json!({"to": "2100-01-01T00:00:00Z"})).await.wants(200);
    let nobody = client.with_key("");
    for answer in [by_key, by_token] {
        let (cookie, _) = cookie(&answer);
        let info = nobody.call(Method::GET, "/v1/session", &[("cookie", &cookie)], "").await.wants(200);
        assert_eq!(info["now"], "2100-01-01T00:00:00Z", "the page counts days by the engine's clock: {info}");
    }
    // A token of the test clock's time is one of the next century.
    let exp = "2100-01-01T00:05:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let claims = json!({"aud": "farebox", "exp": exp, "role": "viewer", "wallet": "acme"});
    sign_in(&client, &json!({"token": token(&claims)}), &[PAGE]).await.wants_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_session_acts_for_the_page_alone() {
    let home = tempfile::tempdir().unwrap();
    let (engine, client) = start(home.path()).await;
    let order = json!({"key": OPERATOR_KEY});
    sign_in(&client, &order, &[]).await.wants_problem(403, "forbidden");
    sign_in(&client, &order, &[PAGE, ("origin", "https://evil.example")])
        .await
        .wants_problem(403, "forbidden");
    let ours = format!("http://{}", engine.address());
    let answer = sign_in(&client, &order, &[PAGE, ("origin", &ours)]).await;
    answer.wants(200);
    let (cookie, _) = cookie(&answer);
    let nobody = client.with_key("");
    let body = json!({"amount": "1", "reason": "x"}).to_string();
    let table: [(&[(&str, &str)], u16); 6] = [
        (&[], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[PAGE, ("origin", "https://evil.example")], 403),
        (&[PAGE, ("sec-fetch-site", "cross-site")], 403),
        (&[PAGE, ("sec-fetch-site", "same-site")], 403),
        (&[PAGE, ("sec-fetch-site", "same-origin")], 201),
    ];
    for (headers, want) in table {
        let headers = [headers, &[JSON, ("cookie", &cookie), ("idempotency-key", "k-1")]].concat();
        let answer = nobody.call(Method::POST, "/v1/wallets/acme/adjustments", &headers, body.clone()).await;
        assert_eq!(answer.status, want, "{headers:?}: {}", answer.text);
    }
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    nobody.call(Method::GET, "/v1/wallets/acme", &headers, "").await.wants_problem(403, "forbidden");
}

#[tokio::test]
async fn a_token_lets_one_role_in_to_one_wallet() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = start(home.path()).await;
    let order = |claims: &Value, framed: bool| json!({"token": token(claims), "framed": framed});
    let answer =
        sign_in(&client, &order(&claims("billing", "acme", SECONDS_OF_A_TOKEN), true), &[PAGE]).await;
    let info = answer.wants(200);
    assert_eq!((&info["role"], &info["wallet"]), (&json!("billing"), &json!("acme")), "{info}");
    let (cookie, said) = cookie(&answer);
    for part in ["HttpOnly", "SameSite=None", "Secure", "Partitioned", "Max-Age=3600"] {
        assert!(said.contains(part), "wanted {part} in {said}");
    }
    let nobody = client.with_key("");
    let headers = [JSON, PAGE, ("cookie", cookie.as_str())];
    let levels = json!({"low_balance": ["3"]}).to_string();
    let path = "/v1/wallets/acme/alert-settings";
    nobody.call(Method::PUT, path, &headers, levels.clone()).await.wants(200);
    let path = "/v1/wallets/other/alert-settings";
    nobody.call(Method::PUT, path, &headers, levels).await.wants_problem(404, "unknown_wallet");
    nobody.call(Method::GET, "/v1/keys", &headers, "").await.wants_problem(403, "forbidden");
    let acts = client.get("/v1/audit?wallet=acme").await.wants(200);
    assert_eq!(
        acts["data"][0]["actor"], "token:host-1:u-7",
        "the audit says whom the host has let in: {acts}"
    );

    for (what, claims) in [
        ("that has expired", claims("billing", "acme", -1)),
        ("for a day", claims("billing", "acme", 86_400)),
        ("to send events", claims("ingest", "acme", SECONDS_OF_A_TOKEN)),
    ] {
        let answer = sign_in(&client, &order(&claims, false), &[PAGE]).await;
        assert_eq!(answer.status, 401, "a token {what}: {}", answer.text);
    }
    let mut forged = token(&claims("billing", "acme", SECONDS_OF_A_TOKEN));
    forged.pop();
    sign_in(&client, &json!({"token": forged}), &[PAGE]).await.wants_problem(401, "unauthorized");
}

#[tokio::test]
async fn the_page_is_framed_only_where_the_settings_say() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = start(home.path()).await;
    for path in ["/", "/wallets", "/wallets/acme/usage", "/tariffs", "/engine"] {
        let answer = client.with_key("").get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains('*'), "{path}: {policy}");
        let built = answer.text.contains("id=\"root\"");
        let ancestors = if built { "frame-ancestors https://app.example" } else { "frame-ancestors 'none'" };
        assert!(policy.ends_with(ancestors), "{path}: {policy}");
        assert!(!built || !policy.contains("unsafe"), "{path}: {policy}");
    }
    client.with_key("").get("/assets/nothing.js").await.wants_problem(404, "not_found");
    client.with_key("").get("/walletsx").await.wants_problem(404, "not_found");
}
