//! Messages priced anew by another version of a tariff (docs/rules.md, "Corrections"), by the calls that a person makes.

use reqwest::Method;
use serde_json::{Value, json};

use crate::seen;
use crate::support::client::Answer;
use crate::support::event::Event;
use crate::world::{World, final_status};

/// A version of `gold`: what a segment to the United States and one to Britain cost.
fn version(label: &str, from: &str, american: &str, british: Option<&str>) -> String {
    let british = british.map(|price| format!("outbound,sms,44,,,{price},GB\n")).unwrap_or_default();
    format!(
        r#"name = "gold"
version = "{label}"
currency = "USD"
effective_from = {from}
failure_fee = "0.5"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,1,,,{american},US
{british}'''
"#
    )
}

async fn world() -> World {
    let mut world = World::start("2026-07-15T10:00:00Z").await;
    for text in [
        version("one", "2020-01-01T00:00:00Z", "1", Some("2")),
        version("two", "2030-01-01T00:00:00Z", "3", Some("2")),
        version("three", "2031-01-01T00:00:00Z", "0.25", None),
    ] {
        let headers = [("content-type", "application/toml")];
        world.client.call(Method::POST, "/v1/tariffs", &headers, text).await.wants(201);
    }
    for wallet in ["acme", "other"] {
        let terms = json!({"currency": "USD", "time_zone": "UTC", "tariff": "gold"});
        world.client.put_wallet(wallet, &terms).await.wants(201);
        world.credit(wallet, "10").await;
    }
    world
}

fn sent(wallet: &str, id: &str, peer: &str) -> Event {
    Event::outbound(wallet, id).with("peer", peer)
}

async fn send(world: &World, event: &Event) {
    assert_eq!(world.client.send_one(event).await.said(), "charged", "{event:?}");
}

/// A run over all messages of the month; `key`: it is posted.
async fn run(world: &World, label: &str, wallets: Value, key: Option<&str>) -> Answer {
    let body = json!({
        "from": "2026-07-01", "to": "2026-07-31", "tariff": "gold", "version": label, "wallets": wallets,
        "reason": "typo in the price list", "dry_run": key.is_none(),
    });
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    world.client.call(Method::POST, "/v1/corrections", &headers, body.to_string()).await
}

/// `acme 2 changed 2 -> 6 (4), 0 posted; total ...`.
fn told(report: &Value) -> String {
    let of = |tally: &Value| {
        format!(
            "{} changed {} -> {} ({}), {} posted",
            tally["changed"],
            tally["before"].as_str().unwrap(),
            tally["after"].as_str().unwrap(),
            tally["difference"].as_str().unwrap(),
            tally["posted"],
        )
    };
    let rows = report["wallets"].as_array().unwrap().iter();
    let mut rows: Vec<_> =
        rows.map(|row| format!("{} {}", row["wallet"].as_str().unwrap(), of(row))).collect();
    rows.push(format!("all {}", of(&report["totals"])));
    rows.join("; ")
}

#[tokio::test]
async fn a_dry_run_tells_who_changes_and_a_run_posts_it_once() {
    let mut world = world().await;
    for id in ["m-1", "m-2"] {
        send(&world, &sent("acme", id, "+14155550123")).await;
    }
    send(&world, &sent("acme", "m-3", "+442079460123")).await;
    send(&world, &sent("other", "m-1", "+14155550123")).await;
    let before = world.client.wallet("acme").await;

    let dry = run(&world, "two", Value::Null, None).await.wants(200);
    let want = "acme 2 changed 2 -> 6 (4), 0 posted; other 1 changed 1 -> 3 (2), 0 posted; \
                all 3 changed 3 -> 9 (6), 0 posted";
    assert_eq!(told(&dry), want);
    assert_eq!(dry["totals"]["unchanged"], 1, "Britain costs the same: {dry}");
    assert_eq!(world.client.wallet("acme").await, before, "a dry run changes nothing");

    let done = run(&world, "two", json!(["acme"]), Some("run-1")).await.wants(200);
    assert_eq!(told(&done), "acme 2 changed 2 -> 6 (4), 2 posted; all 2 changed 2 -> 6 (4), 2 posted");
    assert_eq!(world.client.wallet("acme").await["balance"], "2");
    assert_eq!(world.client.wallet("other").await["balance"], "9", "nobody else was asked for");

    world.kill_and_restart("2026-07-15T10:00:01Z").await;
    let again = run(&world, "two", json!(["acme"]), Some("run-1")).await.wants(200);
    assert_eq!(told(&again), "all 0 changed 0 -> 0 (0), 0 posted", "what was posted is not posted again");
    run(&world, "three", json!(["acme"]), Some("run-1")).await.wants_problem(422, "idempotency_key_reused");

    let entries = seen::entries(&world.client, "acme").await;
    let last = &entries[entries.len() - 2..];
    assert_eq!(last, ["2026-07-15 10:00:00 correction -2 = 4", "2026-07-15 10:00:00 correction -2 = 2"]);
    let entry = &world.client.get("/v1/wallets/acme/entries?limit=10").await.wants(200)["data"][4];
    let want = json!([2, "gold", "two", "typo in the price list", "run-1"]);
    let found =
        json!([entry["of_seq"], entry["tariff"], entry["tariff_version"], entry["reason"], entry["run"]]);
    assert_eq!(found, want, "{entry}");
    assert!(entry["actor"].as_str().is_some_and(|actor| actor.starts_with("key_")), "{entry}");

    let explain = async |seq: &Value| {
        world.client.get(&format!("/v1/wallets/acme/entries/{seq}/explain")).await.wants(200)
    };
    let told = explain(&entry["seq"]).await;
    let by = |tariff: &Value| {
        json!([tariff["name"], tariff["version"], tariff["rate"]["price"], tariff["rate"]["prefix"]])
    };
    let found = (by(&told["tariff"]), by(&told["corrected_tariff"]));
    let want = (json!(["gold", "one", "1", "1"]), json!(["gold", "two", "3", "1"]));
    assert_eq!(found, want, "what priced it at first, and since: {told}");
    assert_eq!(told["related"][0]["seq"], 2, "the message's own: {told}");
    let told = explain(&entry["of_seq"]).await;
    assert_eq!(
        (by(&told["tariff"]), &told["corrected_tariff"]),
        (json!(["gold", "one", "1", "1"]), &Value::Null)
    );
    assert_eq!(told["related"][0]["type"], "correction", "and back from the message: {told}");
}

#[tokio::test]
async fn a_correction_may_suspend_and_a_failure_then_returns_what_the_message_costs_since() {
    let mut world = world().await;
    world.credit("acme", "-6").await;
    for id in ["m-1", "m-2"] {
        send(&world, &sent("acme", id, "+14155550123")).await;
    }
    run(&world, "two", json!(["acme"]), Some("up")).await.wants(200);
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "suspended -2");
    assert_eq!(world.status("acme", "m-1", "failed").await.said(), "charged");
    assert_eq!(
        seen::wallet(&world.client.wallet("acme").await),
        "active 0.5",
        "3 returned, 0.5 for the failure"
    );

    let down = run(&world, "three", json!(["acme"]), Some("down")).await.wants(200);
    assert_eq!(
        told(&down),
        "acme 1 changed 3 -> 0.25 (-2.75), 1 posted; all 1 changed 3 -> 0.25 (-2.75), 1 posted"
    );
    assert_eq!(down["totals"]["returned"], 1, "a failed message is left alone: {down}");
    let usage = world.client.get("/v1/wallets/acme/usage?axis=posted").await.wants(200);
    let figures = json!([
        usage["totals"]["total"],
        usage["summary"]["credit_added"]["total"],
        usage["summary"]["closing_balance"]
    ]);
    assert_eq!(figures, json!(["0.75", "4", "3.25"]), "{usage}");
    let late = final_status("acme", "s-9", "m-2", "failed");
    assert_eq!(world.client.send_one(&late).await.said(), "charged");
    // 0.25 returned, and no more than that charged for the failure.
    assert_eq!(world.client.wallet("acme").await["balance"], "3.25");
}

#[tokio::test]
async fn what_has_no_price_is_left_alone_and_what_cannot_be_asked_is_refused() {
    let world = world().await;
    send(&world, &sent("acme", "m-1", "+442079460123")).await;
    let dry = run(&world, "three", json!(["acme"]), None).await.wants(200);
    assert_eq!(dry["totals"]["no_rate"], 1, "{dry}");

    let whole = json!({"from": "2026-07-01", "to": "2026-07-31", "tariff": "gold", "version": "two"});
    let with = |field: &str, value: Value| {
        let mut body = whole.clone();
        body[field] = value;
        body
    };
    for (body, status, code) in [
        (with("from", json!("2026-08-01")), 400, "bad_range"),
        (with("from", json!("2024-08-01")), 400, "bad_range"),
        (with("from", json!("soon")), 400, "bad_field"),
        (with("version", json!("four")), 400, "unknown_tariff"),
        (with("priced_by", json!("four")), 400, "unknown_tariff"),
        (with("wallets", json!([])), 400, "bad_field"),
        (with("wallets", json!(["nobody"])), 404, "unknown_wallet"),
        (with("axis", json!("both")), 400, "bad_field"),
        (with("dry_run", json!(false)), 400, "idempotency_key_required"),
        (with("reason", json!("")), 400, "bad_field"),
        (with("colour", json!("red")), 400, "bad_field"),
    ] {
        let headers = [("content-type", "application/json")];
        let answer = world.client.call(Method::POST, "/v1/corrections", &headers, body.to_string()).await;
        answer.wants_problem(status, code);
    }
    let made = world.client.post("/v1/keys", &json!({"role": "operator", "wallet": "acme"})).await.wants(201);
    let bound = world.client.with_key(made["key"].as_str().unwrap_or_else(|| panic!("wanted a key: {made}")));
    let headers = [("content-type", "application/json")];
    let ask = |body: Value| bound.call(Method::POST, "/v1/corrections", &headers, body.to_string());
    ask(whole.clone()).await.wants_problem(403, "forbidden");
    ask(with("wallets", json!(["other"]))).await.wants_problem(404, "unknown_wallet");
    ask(with("wallets", json!(["acme"]))).await.wants(200);
}
