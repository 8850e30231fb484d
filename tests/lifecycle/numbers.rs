//! Buying, listing and releasing numbers (RULES, section 9), and the traffic of a released one.

use serde_json::json;

use crate::seen;
use crate::support::event::Event;
use crate::world::{BRITISH, NUMBER, NUMBER_2, TOLL_FREE, World};

const START: &str = "2026-07-15T10:00:00Z";

#[tokio::test]
async fn a_number_is_bought_with_its_first_fee_in_full_or_not_at_all() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    let client = world.client.clone();
    client.buy_number("acme", "k-1", NUMBER).await.wants_problem(402, "insufficient_balance");
    world.credit("acme", "4.999999999").await;
    client.buy_number("acme", "k-1", NUMBER).await.wants_problem(402, "insufficient_balance");
    assert!(client.numbers("acme").await.is_empty(), "a refused purchase leaves no number");
    client.get(&format!("/v1/wallets/acme/numbers/{NUMBER}")).await.wants_problem(404, "unknown_number");

    world.credit("acme", "0.000000001").await;
    let bought = world.buy("acme", NUMBER).await;
    let wanted = json!({"number": NUMBER, "type": "local", "status": "active", "monthly_fee": "5", "cycle": 0,
        "arrears": [], "arrears_total": "0", "release_at": null, "released_at": null, "release_reason": null,
        "release_confirmed_at": null});
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(bought[field], *value, "wanted `{field}` of the new number: {bought}");
    }
    assert_eq!(bought["bought_at"], json!("2026-07-15T10:00:00Z"), "wanted the clock's time: {bought}");
    assert_eq!(bought["next_due_at"], json!("2026-08-15T00:00:00Z"), "wanted a month later: {bought}");
    let entries = seen::postings(&client, "acme").await;
    assert_eq!(entries.last().unwrap(), "number_fee -5 = 0", "wanted the first fee posted: {entries:?}");
    assert_eq!(client.wallet("acme").await["status"], "suspended", "the fee took all there was");
}

#[tokio::test]
async fn what_a_number_costs_is_told_before_it_is_bought() {
    let mut world = World::start(START).await;
    world.open("acme", "America/New_York").await;
    let quote = format!("/v1/wallets/acme/numbers/{NUMBER}/quote");
    world.credit("acme", "4.999999999").await;
    let told = world.client.get(&quote).await.wants(200);
    let wanted = json!({"number": NUMBER, "type": "local", "monthly_fee": "5", "currency": "USD",
        "next_due_at": "2026-08-15T04:00:00Z", "available": "4.999999999", "covered": false});
    assert_eq!(told, wanted, "to the last unit, and by the wallet's days");
    world.credit("acme", "0.000000001").await;
    assert_eq!(world.client.get(&quote).await.wants(200)["covered"], true, "it covers the fee exactly");

    // What is told is what is charged, of any type.
    world.credit("acme", "100").await;
    for number in [NUMBER, TOLL_FREE, BRITISH] {
        let told = world.client.get(&format!("/v1/wallets/acme/numbers/{number}/quote")).await.wants(200);
        let bought = world.buy("acme", number).await;
        for field in ["type", "monthly_fee", "next_due_at"] {
            assert_eq!(told[field], bought[field], "`{field}` of {number}");
        }
    }
    let as_mobile = world.client.get(&format!("{quote}?type=mobile")).await.wants(200);
    assert_eq!(as_mobile["type"], "mobile");
    for (path, code) in [
        ("acme/numbers/ACME/quote", "bad_field"),
        ("acme/numbers/+14155550100/quote?type=alphanumeric", "bad_field"),
        ("acme/numbers/+14155550100/quote?kind=local", "bad_request"),
        ("acme/numbers/+999155550100/quote", "no_rate"),
    ] {
        world.client.get(&format!("/v1/wallets/{path}")).await.wants_problem(400, code);
    }
    world
        .client
        .get(&format!("/v1/wallets/nobody/numbers/{NUMBER}/quote"))
        .await
        .wants_problem(404, "unknown_wallet");
}

#[tokio::test]
async fn money_that_is_held_buys_no_number() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    let hold = world.hold("acme", 6).await;
    let key = world.key();
    world.client.buy_number("acme", &key, NUMBER).await.wants_problem(402, "insufficient_balance");
    world.void_hold("acme", &hold).await.wants(200);
    world.buy("acme", NUMBER).await;
}

#[tokio::test]
async fn a_number_is_unique_within_its_wallet_only() {
    let mut world = World::start(START).await;
    for wallet in ["acme", "other"] {
        world.open_with(wallet, "20").await;
        world.buy(wallet, NUMBER).await;
        let key = world.key();
        world.client.buy_number(wallet, &key, NUMBER).await.wants_problem(409, "number_rented");
    }
    assert_eq!(seen::postings(&world.client, "acme").await.len(), 2, "a number rented already costs nothing");
    world.client.release_number("acme", "r-1", NUMBER).await.wants(200);
    let other = world.client.number("other", NUMBER).await;
    assert_eq!(other["status"], "active", "another wallet's rental is its own: {other}");
}

#[tokio::test]
async fn a_number_without_a_fee_row_cannot_be_bought() {
    let mut world = World::start(START).await;
    world.open_with("acme", "20").await;
    for (number, kind) in [("+3612345678", None), ("12345", Some("short_code")), (BRITISH, Some("mobile"))] {
        let body = json!({"number": number, "type": kind});
        let key = world.key();
        let refused = world.client.post_keyed("/v1/wallets/acme/numbers", &key, &body).await;
        refused.wants_problem(400, "no_rate");
    }
    assert!(world.client.numbers("acme").await.is_empty(), "nothing was bought");
}

#[tokio::test]
async fn the_type_is_told_from_the_number_unless_it_is_given() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let table = [
        (NUMBER, None, "local", "5"),
        (TOLL_FREE, None, "toll_free", "8"),
        (NUMBER_2, Some("mobile"), "mobile", "5"),
        ("+18885550100", Some("local"), "local", "5"),
    ];
    for (number, given, kind, fee) in table {
        let mut body = json!({"number": number});
        if let Some(given) = given {
            body["type"] = json!(given);
        }
        let key = world.key();
        let bought = world.client.post_keyed("/v1/wallets/acme/numbers", &key, &body).await.wants(201);
        assert_eq!(
            (&bought["type"], &bought["monthly_fee"]),
            (&json!(kind), &json!(fee)),
            "{body}: {bought}"
        );
    }
    // The rented number's type is the sender type of what it sends, unless the event says otherwise.
    let from = |id: &str| Event::outbound("acme", id).with("channel", NUMBER_2);
    let told = world.client.send_one(&from("m-1")).await;
    assert_eq!(told.amount.as_deref(), Some("0.11"), "wanted the price of a mobile number: {told:?}");
    let said = world.client.send_one(&from("m-2").with("sender_type", "local")).await;
    assert_eq!(said.amount.as_deref(), Some("0.012"), "the event's own sender type wins: {said:?}");
}

#[tokio::test]
async fn numbers_are_listed_with_their_state_and_next_due_day() {
    let mut world = World::start(START).await;
    world.open_with("acme", "18").await;
    for number in [TOLL_FREE, NUMBER_2, NUMBER] {
        world.buy("acme", number).await;
    }
    world.client.release_number("acme", "r-1", NUMBER_2).await.wants(200);
    world.advance("2026-08-20T10:00:00Z").await;
    let listed = world.client.numbers("acme").await;
    let told: Vec<(&str, &str)> = listed
        .iter()
        .map(|row| (row["number"].as_str().unwrap_or("?"), row["status"].as_str().unwrap_or("?")))
        .collect();
    for wanted in [(NUMBER, "past_due"), (NUMBER_2, "released"), (TOLL_FREE, "past_due")] {
        assert!(told.contains(&wanted), "wanted {wanted:?} among {told:?}");
    }
    for (status, wanted) in [("active", 0), ("past_due", 2), ("release_scheduled", 0), ("released", 1)] {
        let page = world.client.get(&format!("/v1/wallets/acme/numbers?status={status}")).await.wants(200);
        let found = page["data"].as_array().map(Vec::len);
        assert_eq!(found, Some(wanted), "wanted {wanted} numbers that are {status}: {page}");
    }
    world.client.get("/v1/wallets/acme/numbers?status=gone").await.wants_problem(400, "bad_field");
}

#[tokio::test]
async fn a_released_number_is_released_once() {
    let mut world = World::start(START).await;
    world.open_with("acme", "20").await;
    world.buy("acme", NUMBER).await;
    world.advance("2026-07-20T10:00:00Z").await;
    let first = world.client.release_number("acme", "r-1", NUMBER).await.wants(200);
    assert_eq!(first["release_reason"], "by_hand", "wanted it said who released it: {first}");
    assert_eq!(first["released_at"], "2026-07-20T10:00:00Z", "wanted the clock's time: {first}");
    world.advance("2026-07-25T10:00:00Z").await;
    let mut again = world.client.release_number("acme", "r-2", NUMBER).await.wants(200);
    // The confirmation of the owner of the inventory may have come in between.
    again["release_confirmed_at"] = first["release_confirmed_at"].clone();
    assert_eq!(again, first, "released again it is the same release");
    world.client.release_number("acme", "r-3", NUMBER_2).await.wants_problem(404, "unknown_number");
    let released = seen::alert_types(&world.client, "acme").await;
    let count = released.iter().filter(|kind| *kind == "number.released").count();
    assert_eq!(count, 1, "wanted one release told: {released:?}");
}

#[tokio::test]
async fn admitted_traffic_of_a_released_number_is_refused_and_reports_post() {
    let mut world = World::start(START).await;
    world.open_with("acme", "20").await;
    world.buy("acme", NUMBER).await;
    let out = |id: &str| Event::outbound("acme", id).with("channel", NUMBER);
    let inward = |id: &str| Event::inbound("acme", id).with("channel", NUMBER);
    assert_eq!(world.client.send_one(&out("before")).await.said(), "charged");
    world.client.release_number("acme", "r-1", NUMBER).await.wants(200);
    let other = Event::outbound("acme", "other").with("channel", NUMBER_2);
    let table = [
        (out("after"), "refused number_released"),
        (out("after"), "refused number_released"),
        (inward("in"), "refused number_released"),
        (out("before"), "duplicate"),
        (out("sent").report(), "charged"),
        (inward("received").report(), "charged"),
        (other, "charged"),
    ];
    for (event, want) in &table {
        let outcome = world.client.send_one(event).await;
        assert_eq!(outcome.said(), *want, "wanted this of {}", event.line());
    }
    // The number's release is looked at before the balance.
    world.spend("acme", "100").await;
    assert_eq!(world.client.send_one(&out("poor")).await.said(), "refused number_released");
    world.credit("acme", "200").await;
    world.buy("acme", NUMBER).await;
    assert_eq!(
        world.client.send_one(&out("after")).await.said(),
        "charged",
        "rented again it may send again"
    );
}

#[tokio::test]
async fn traffic_of_a_number_released_for_want_of_payment_is_refused_from_that_instant_on() {
    let mut world = World::start(START).await;
    world.open_with("acme", "5").await;
    world.buy("acme", NUMBER).await;
    let out = |id: &str| Event::outbound("acme", id).with("channel", NUMBER);
    world.advance("2026-10-14T23:59:58Z").await;
    assert_eq!(world.client.send_one(&out("m-1")).await.said(), "refused suspended");
    world.advance("2026-10-14T23:59:59Z").await;
    assert_eq!(world.client.send_one(&out("m-1")).await.said(), "refused number_released");
}
