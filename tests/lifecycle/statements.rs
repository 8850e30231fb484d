//! Statements of months, and what an entry is explained by, for a wallet that has lived through a little of everything.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::event::Event;
use crate::world::{NUMBER, World};

const ZONE: &str = "America/New_York";

/// From 15 October: topped up, a number rented, messages of which one failed, a carrier's charge, a hold, an adjustment;
/// in November, after the clocks went back, one message just before midnight and one after the month's end.
async fn lived() -> World {
    let mut world = World::start("2026-10-15T14:00:00Z").await;
    world.open("acme", ZONE).await;
    world.client.put_wallet("acme", &json!({"name": "<b>Acme & Söhne</b>"})).await.wants(200);
    world.pay("acme", "50", "4242424242424242").await;
    world.buy("acme", NUMBER).await;
    world.send("acme", "m-1", 2).await;
    world.send("acme", "m-2", 1).await;
    world.status("acme", "m-2", "failed").await;
    world.client.send_one(&Event::carrier_fee("acme", "f-1", "0.5")).await;
    let hold = world.hold("acme", 3).await;
    world.settle_hold("acme", &hold, "2", true).await.wants(200);
    let key = world.key();
    world.client.adjust("acme", &key, "1", "<script>alert(1)</script> goodwill").await.wants(201);
    world.advance("2026-12-01T04:59:59Z").await;
    world.send("acme", "m-3", 1).await;
    world.advance("2026-12-01T05:00:00Z").await;
    world.send("acme", "m-4", 1).await;
    world
}

async fn statement(world: &World, month: &str) -> Value {
    world.client.get(&format!("/v1/wallets/acme/statements/{month}")).await.wants(200)
}

fn nanos(amount: &Value) -> i128 {
    let text = amount.as_str().unwrap_or_else(|| panic!("wanted an amount: {amount}"));
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{part:0<9}").parse::<i128>().unwrap()
}

#[tokio::test]
async fn a_statement_adds_up_and_months_follow_one_another() {
    let world = lived().await;
    let months: Vec<Value> = {
        let mut months = Vec::new();
        for month in ["2026-10", "2026-11", "2026-12"] {
            months.push(statement(&world, month).await);
        }
        months
    };
    for month in &months {
        let of = |field: &str| nanos(&month[field]);
        let closing = of("opening_balance") + of("credit_added") - of("credit_used");
        assert_eq!(closing, of("closing_balance"), "opening + added - used: {month}");
    }
    assert_eq!(months[0]["opening_balance"], "0");
    assert_eq!(months[0]["closing_balance"], months[1]["opening_balance"], "October and November meet");
    assert_eq!(months[1]["closing_balance"], months[2]["opening_balance"], "November and December meet");
    assert_eq!(months[2]["closing_balance"], world.client.wallet("acme").await["balance"]);
    let counts = |month: &Value, kind: &str| month["entries"][kind]["count"].clone();
    let october =
        ["top_up", "adjustment", "number_fee", "hold_settlement"].map(|kind| counts(&months[0], kind));
    assert_eq!(october, [1, 1, 1, 1].map(Value::from), "{}", months[0]);
    assert_eq!(months[0]["entries"]["number_fee"]["entries"][0]["number"], NUMBER);
    assert_eq!(counts(&months[1], "number_fee"), 1, "the fee of 15 November: {}", months[1]);
    assert_eq!(months[1]["totals"]["messages"], 1, "a second before the local midnight: {}", months[1]);
    assert_eq!(months[2]["totals"]["messages"], 1, "and one at it: {}", months[2]);
    assert_eq!(json!([months[1]["complete"], months[2]["complete"]]), json!([true, false]));

    let listed = world.client.get("/v1/wallets/acme/statements").await.wants(200);
    let listed: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|month| month["month"].clone()).collect();
    assert_eq!(listed, ["2026-12", "2026-11", "2026-10"]);
    assert_eq!(statement(&world, "2026-09").await["closing_balance"], "0", "before the first entry");
    for month in ["2027-01", "2026-13", "2026-1", "october"] {
        let answer = world.client.get(&format!("/v1/wallets/acme/statements/{month}")).await;
        answer.wants_problem(400, if month == "2027-01" { "bad_range" } else { "bad_field" });
    }
    world.client.get("/v1/wallets/nobody/statements/2026-10").await.wants_problem(404, "unknown_wallet");
}

#[tokio::test]
async fn the_page_shows_hostile_texts_as_texts_and_loads_nothing() {
    let world = lived().await;
    let page = world.client.get("/v1/wallets/acme/statements/2026-10?format=html").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("&lt;b&gt;Acme &amp; Söhne&lt;/b&gt;"), "{}", page.text);
    assert!(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt; goodwill"), "{}", page.text);
    assert!(!page.text.contains("<script") && !page.text.contains("http"), "{}", page.text);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let accepted = [("accept", "text/html,application/xhtml+xml")];
    let path = "/v1/wallets/acme/statements/2026-10";
    let asked = world.client.call(Method::GET, path, &accepted, "").await;
    assert!(asked.text.starts_with("<!DOCTYPE html>"), "a browser gets the page");
}

#[tokio::test]
async fn every_entry_is_explained_back_to_where_it_comes_from() {
    let world = lived().await;
    let entries = world.client.entries("acme").await;
    let mut seen = Vec::new();
    for entry in &entries {
        let path = format!("/v1/wallets/acme/entries/{}/explain", entry["seq"]);
        let told = world.client.get(&path).await.wants(200);
        let kind = entry["type"].as_str().unwrap();
        let text = told["text"].as_str().unwrap();
        assert!(text.contains("Balance: ") && text.contains(&format!("({ZONE})")), "{kind}: {text}");
        assert_eq!(told["entry"]["seq"], entry["seq"]);
        let field = match kind {
            "charge" | "refund" | "failure_fee" => "message",
            "top_up" => "top_up",
            "number_fee" => "number_fee",
            "hold_settlement" => "hold",
            _ => "entry",
        };
        assert!(told[field].is_object(), "{kind}: wanted `{field}`: {told}");
        if kind == "charge" {
            assert!(told["tariff"]["rate"].is_object(), "{told}");
        }
        seen.push((kind.to_owned(), told));
    }
    let kinds: Vec<&str> = seen.iter().map(|(kind, _)| kind.as_str()).collect();
    for kind in [
        "charge",
        "refund",
        "failure_fee",
        "carrier_fee",
        "top_up",
        "number_fee",
        "hold_settlement",
        "adjustment",
    ] {
        assert!(kinds.contains(&kind), "{kind} is not among {kinds:?}");
    }
    let failed = seen.iter().find(|(kind, told)| kind == "charge" && told["entry"]["id"] == "m-2").unwrap();
    let related: Vec<_> =
        failed.1["related"].as_array().unwrap().iter().map(|row| row["type"].clone()).collect();
    assert_eq!(related, ["refund", "failure_fee"], "{}", failed.1);
    assert_eq!(failed.1["message"]["status"], "failed");
    assert_eq!(failed.1["message"]["failure_policy"]["charge"], "fee", "{}", failed.1);
    let refund = seen.iter().find(|(kind, _)| kind == "refund").unwrap();
    assert_eq!(refund.1["message"]["id"], "m-2", "{}", refund.1);
}
