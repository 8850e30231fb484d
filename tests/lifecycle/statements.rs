//! Statements of months, for a wallet that has lived through a little of everything.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::event::Event;
use crate::world::{NUMBER, World, message};

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
    // A month a page: each is told by its own balances, wherever its page begins.
    let paged = world.client.list("/v1/wallets/acme/statements", 1).await;
    let balances =
        |month: &Value| json!([month["month"], month["opening_balance"], month["closing_balance"]]);
    let (found, want): (Vec<_>, Vec<_>) =
        (paged.iter().map(balances).collect(), months.iter().rev().map(balances).collect());
    assert_eq!(found, want);
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
    // What was used is the sum of the parts above it, and looks like one.
    let told = statement(&world, "2026-10").await;
    let used = told["credit_used"].as_str().unwrap();
    let sum = format!(r#"<tr class="sum"><td>Credit used</td><td class="amount">{used}</td></tr>"#);
    let (before, after) = page.text.split_once(&sum).unwrap_or_else(|| panic!("wanted {sum}: {}", page.text));
    assert_eq!(before.matches(r#"<tr class="part">"#).count(), 6, "the columns of usage: {before}");
    assert!(after.starts_with(r#"<tr class="total"><td>Closing balance</td>"#), "{after}");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let accepted = [("accept", "text/html,application/xhtml+xml")];
    let path = "/v1/wallets/acme/statements/2026-10";
    let asked = world.client.call(Method::GET, path, &accepted, "").await;
    assert!(asked.text.starts_with("<!DOCTYPE html>"), "a browser gets the page");
}

#[tokio::test]
async fn of_very_many_channels_those_that_used_the_most_are_told_and_the_totals_are_whole() {
    const CHANNELS: u64 = 10_000;
    let mut world = World::start("2026-10-15T14:00:00Z").await;
    world.open("acme", ZONE).await;
    world.credit("acme", "100000").await;
    let numbers: Vec<u64> = (0..CHANNELS).collect();
    for some in numbers.chunks(2_000) {
        let event = |number: &u64| {
            let event = message("acme", &format!("m-{number}"), if number % 100 == 99 { 7 } else { 1 });
            event.with("channel", format!("+1415{number:07}"))
        };
        let outcomes = world.client.send(&some.iter().map(event).collect::<Vec<_>>()).await;
        assert!(outcomes.iter().all(|outcome| outcome.said() == "charged"), "{:?}", outcomes.first());
    }
    let told = statement(&world, "2026-10").await;
    let rows = told["by_channel"].as_array().expect("rows");
    assert_eq!((rows.len() as u64, &told["channels"]), (1_000, &json!(CHANNELS)));
    let busiest = rows.iter().filter(|row| row["units"] == 7).count() as u64;
    assert_eq!(busiest, CHANNELS / 100, "those that used the most are among them");
    let channels: Vec<&str> = rows.iter().filter_map(|row| row["channel"].as_str()).collect();
    assert!(
        channels.is_sorted() && channels.len() == rows.len(),
        "in the order of the channels: {channels:?}"
    );
    for (field, want) in [("total", 10_600), ("message_cost", 10_600)] {
        let sum: i128 = rows.iter().map(|row| nanos(&row[field])).sum();
        let (others, all) = (nanos(&told["other_channels"][field]), nanos(&told["totals"][field]));
        assert_eq!((sum + others, all), (want * 1_000_000_000, want * 1_000_000_000), "{field}");
    }
    let others = &told["other_channels"];
    assert_eq!(
        (&others["messages"], &told["totals"]["messages"]),
        (&json!(9_000), &json!(CHANNELS)),
        "{others}"
    );
    let page = world.client.get("/v1/wallets/acme/statements/2026-10?format=html").await;
    assert!(page.text.contains("9000 others"), "the page says so too");
}
