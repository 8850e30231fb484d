//! Where webhooks may go: not to this machine unless the settings allow it, and nowhere that was not registered.

use reqwest::Method;
use serde_json::json;

use crate::deliveries::{LOOPBACK, add};
use crate::support::provider::text;
use crate::support::receiver::{Receiver, Reply};
use crate::world::World;

#[tokio::test]
async fn without_the_setting_this_machine_and_its_network_are_refused() {
    let world = World::start();
    let receiver = Receiver::start().await;
    let port = receiver.url.rsplit(':').next().expect("a port");
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "[64:ff9b::7f00:1]",
    ];
    for host in hosts {
        let order = json!({"url": format!("http://{host}:{port}/hook")});
        let detail = world.client.post("/v1/webhooks", &order).await.wants_problem(400, "bad_field");
        assert!(!detail.is_empty(), "{host}");
    }
    assert!(world.client.list("/v1/webhooks", 100).await.is_empty(), "none may be added");
    assert!(receiver.heard("/hook").is_empty(), "nobody may be called");
    world.stop_and_verify();
}

/// Registered while it was allowed; then the settings change.
#[tokio::test]
async fn an_endpoint_that_is_no_longer_allowed_is_not_called() {
    let home = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let launch = |allowed: &str| {
        let launch = crate::support::engine::Launch::new(home.path()).argument("--test-clock");
        launch.argument(crate::world::START).environment(LOOPBACK.0, allowed).start()
    };
    let engine = launch(LOOPBACK.1);
    let order = json!({"url": format!("{}/hook", receiver.url)});
    let webhook = engine.client().post("/v1/webhooks", &order).await.wants(201);
    engine.kill();
    let engine = launch("10.0.0.0/8");
    let client = engine.client();
    client.wallet_with("acme", "1").await;
    client.advance("2026-03-02T12:00:00Z").await.wants(200);
    let tested =
        client.post(&format!("/v1/webhooks/{}/test", text(&webhook, "id")), &json!({})).await.wants(200);
    assert_eq!((&tested["delivered"], &tested["status"]), (&json!(false), &json!(null)), "{tested}");
    assert!(tested["why"].is_string(), "{tested}");
    assert!(receiver.heard("/hook").is_empty(), "nobody may be called");
    engine.stop();
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let elsewhere = Receiver::start().await;
    let webhook = add(&world, &receiver, "/hook", &json!({})).await;
    receiver.replies("/hook", [Reply::Redirect(format!("{}/secret", elsewhere.url))]);
    world.client.wallet_with("acme", "1").await;
    world.pass_hours(3).await;
    let deliveries =
        world.client.list(&format!("/v1/webhooks/{}/deliveries", text(&webhook, "id")), 10).await;
    let found = (&deliveries[0]["status"], &deliveries[0]["http_status"]);
    assert_eq!(found, (&json!("pending"), &json!(302)), "a redirect is no delivery");
    assert!(receiver.heard("/hook").len() > 1, "it is tried again where it was registered");
    assert!(elsewhere.heard("/secret").is_empty(), "wherever it points to");
    world.stop_and_verify();
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused_and_changes_nothing() {
    let world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let webhook = add(&world, &receiver, "/hook", &json!({})).await;
    world.client.wallet_with("acme", "0").await;
    let good = format!("{}/other", receiver.url);
    let with = |rest: &str| format!(r#"{{"url":"{good}"{rest}}}"#);
    let bodies = [
        String::new(),
        "{".into(),
        "[]".into(),
        "null".into(),
        "{}".into(),
        r#"{"url":5}"#.into(),
        r#"{"url":""}"#.into(),
        r#"{"url":"hook"}"#.into(),
        r#"{"url":"ftp://example.com/"}"#.into(),
        r#"{"url":"file:///etc/passwd"}"#.into(),
        r#"{"url":"http://"}"#.into(),
        r#"{"url":"http://user:word@example.com/"}"#.into(),
        format!(r#"{{"url":"https://example.com/{}"}}"#, "x".repeat(2_048)),
        with(r#","types":[]"#),
        with(r#","types":["wallet.lost"]"#),
        with(r#","types":"wallet.resumed""#),
        with(r#","types":[5]"#),
        with(r#","wallet":5"#),
        with(r#","secret":"whsec_mine""#),
        with(r#","colour":"red""#),
    ];
    let kind = [("content-type", "application/json")];
    for body in bodies {
        let answer = world.client.call(Method::POST, "/v1/webhooks", &kind, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(["bad_field", "bad_request"].contains(&code.as_str()), "{body}: {code}");
        answer.wants_problem(400, &code);
    }
    let of_nobody =
        world.client.call(Method::POST, "/v1/webhooks", &kind, with(r#","wallet":"nobody""#)).await;
    of_nobody.wants_problem(404, "unknown_wallet");
    for (path, body) in [
        ("/v1/webhooks/wh_999/rotate", json!({})),
        ("/v1/webhooks/wh_999/test", json!({})),
        ("/v1/webhooks/wh_999/replay", json!({"wallet": "acme", "alert": "al_1"})),
        ("/v1/webhooks/nothing/rotate", json!({})),
    ] {
        world.client.post(path, &body).await.wants_problem(404, "not_found");
    }
    let own = format!("/v1/webhooks/{}", text(&webhook, "id"));
    for (body, status, code) in [
        (json!({"wallet": "acme", "alert": "al_999"}), 404, "not_found"),
        (json!({"wallet": "acme", "alert": "7"}), 400, "bad_field"),
        (json!({"wallet": "nobody", "alert": "al_1"}), 404, "unknown_wallet"),
        (json!({"wallet": "acme"}), 400, "bad_field"),
        (json!({"alert": "al_1"}), 400, "bad_field"),
        (json!({"wallet": "acme", "alert": "al_1", "colour": "red"}), 400, "bad_field"),
    ] {
        let answer = world.client.post(&format!("{own}/replay"), &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        answer.wants_problem(status, code);
    }
    assert_eq!(world.client.list("/v1/webhooks", 100).await.len(), 1, "nothing may be added");
    assert!(receiver.heard("/other").is_empty());
    assert_eq!(world.client.delete(&own).await.status, 204);
    world.client.delete(&own).await.wants_problem(404, "not_found");
    world.client.post(&format!("{own}/test"), &json!({})).await.wants_problem(404, "not_found");
    world.stop_and_verify();
}
