//! Holds (RULES, section 7): made at the worst case, settled in parts, freed by void, final settle or expiry.

use serde_json::{Value, json};

use crate::seen;
use crate::support::event::Event;
use crate::world::{GERMAN, World, dollars_held, instant, message};

const START: &str = "2026-07-15T10:00:00Z";

async fn started(balance: &str) -> World {
    let mut world = World::start(START).await;
    world.open_with("acme", balance).await;
    world
}

async fn looks(world: &World, hold: &str, want_hold: &str, want_wallet: &str, after: &str) {
    let document = world.client.hold("acme", hold).await;
    assert_eq!(seen::hold(&document), want_hold, "{after}: {document}");
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), want_wallet, "{after}");
}

#[tokio::test]
async fn a_hold_sets_aside_without_posting() {
    let mut world = started("10").await;
    let key = world.key();
    let body = dollars_held(4);
    let made = world.client.make_hold("acme", &key, &body).await.wants(201);
    let wanted =
        json!({"status": "open", "amount": "4", "remaining": "4", "settled": "0", "closed_at": null});
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(made[field], *value, "wanted `{field}` of the new hold: {made}");
    }
    assert_eq!(made["made_at"].as_str().map(instant), Some(instant(START)), "{made}");
    let in_72_hours = Some(instant("2026-07-18T10:00:00Z"));
    assert_eq!(made["expires_at"].as_str().map(instant), in_72_hours, "wanted 72 hours by default: {made}");
    let wallet = world.client.wallet("acme").await;
    let amounts = (&wallet["balance"], &wallet["held"], &wallet["available"]);
    assert_eq!(amounts, (&json!("10"), &json!("4"), &json!("6")), "wanted it held: {wallet}");
    assert_eq!(world.client.entries("acme").await.len(), 1, "a hold posts no entry");
    assert_eq!(world.send("acme", "m-1", 7).await.said(), "refused insufficient_balance");
    assert_eq!(world.send("acme", "m-1", 6).await.said(), "charged");
}

#[tokio::test]
async fn a_hold_is_settled_in_parts_and_freed_at_its_end() {
    let mut world = started("20").await;
    let hold = world.hold("acme", 10).await;
    looks(&world, &hold, "open 10 of 10, settled 0", "active 20, held 10", "made").await;
    world.settle_hold("acme", &hold, "3", false).await.wants(200);
    looks(&world, &hold, "open 7 of 10, settled 3", "active 17, held 7", "settled in part").await;
    world.settle_hold("acme", &hold, "2.5", false).await.wants(200);
    looks(&world, &hold, "open 4.5 of 10, settled 5.5", "active 14.5, held 4.5", "settled in part again")
        .await;
    world.settle_hold("acme", &hold, "0.5", true).await.wants(200);
    looks(&world, &hold, "settled, settled 6", "active 14", "settled for good").await;
    let wanted = [
        "adjustment 20 = 20",
        "hold_settlement -3 = 17",
        "hold_settlement -2.5 = 14.5",
        "hold_settlement -0.5 = 14",
    ];
    assert_eq!(seen::postings(&world.client, "acme").await, wanted);
    let closed = world.client.hold("acme", &hold).await;
    assert_eq!(closed["closed_at"].as_str().map(instant), Some(world.now), "{closed}");
    world.settle_hold("acme", &hold, "1", false).await.wants_problem(409, "hold_closed");
    world.void_hold("acme", &hold).await.wants_problem(409, "hold_closed");
}

#[tokio::test]
async fn a_hold_that_is_used_up_stays_open_until_its_end() {
    let mut world = started("20").await;
    let hold = world.hold("acme", 5).await;
    world.settle_hold("acme", &hold, "5", false).await.wants(200);
    looks(&world, &hold, "open 0 of 5, settled 5", "active 15", "used up").await;
    world.settle_hold("acme", &hold, "1", false).await.wants(200);
    looks(&world, &hold, "open 0 of 5, settled 6", "active 14", "what exceeds it posts as a report").await;
    world.advance("2026-07-18T10:00:00Z").await;
    looks(&world, &hold, "expired, settled 6", "active 14", "expired with nothing left").await;
}

#[tokio::test]
async fn what_exceeds_a_hold_posts_as_a_report_and_may_go_below_zero() {
    let mut world = started("10").await;
    let hold = world.hold("acme", 10).await;
    world.settle_hold("acme", &hold, "12", true).await.wants(200);
    looks(&world, &hold, "settled, settled 12", "suspended -2", "more than there is").await;
    assert_eq!(seen::postings(&world.client, "acme").await.last().unwrap(), "hold_settlement -12 = -2");
}

#[tokio::test]
async fn a_void_frees_what_is_left_and_a_settle_of_nothing_does_too() {
    let mut world = started("10").await;
    let hold = world.hold("acme", 6).await;
    world.settle_hold("acme", &hold, "2", false).await.wants(200);
    world.void_hold("acme", &hold).await.wants(200);
    looks(&world, &hold, "voided, settled 2", "active 8", "voided").await;
    let hold = world.hold("acme", 6).await;
    world.settle_hold("acme", &hold, "0", true).await.wants(200);
    looks(&world, &hold, "settled, settled 0", "active 8", "settled with nothing").await;
    assert_eq!(world.client.entries("acme").await.len(), 2, "nothing was posted for nothing");
}

#[tokio::test]
async fn expiry_frees_and_charges_nothing() {
    let mut world = started("10").await;
    let by_default = world.hold("acme", 4).await;
    let key = world.key();
    let mut body = dollars_held(2);
    body["expires_in_seconds"] = json!(3_600);
    let short = world.client.make_hold("acme", &key, &body).await.wants(201);
    let short = short["hold"].as_str().unwrap();
    world.advance("2026-07-15T10:59:59Z").await;
    looks(&world, short, "open 2 of 2, settled 0", "active 10, held 6", "a second before").await;
    world.advance("2026-07-15T11:00:00Z").await;
    looks(&world, short, "expired, settled 0", "active 10, held 4", "at its time").await;
    world.advance("2026-07-18T09:59:59Z").await;
    looks(&world, &by_default, "open 4 of 4, settled 0", "active 10, held 4", "72 hours not over").await;
    world.advance("2026-07-18T10:00:00Z").await;
    looks(&world, &by_default, "expired, settled 0", "active 10", "72 hours over").await;
    world.settle_hold("acme", &by_default, "1", true).await.wants_problem(409, "hold_closed");
    assert_eq!(world.client.entries("acme").await.len(), 1, "expiry posts nothing");
    // What was sent is charged when it is reported.
    assert_eq!(world.client.send_one(&message("acme", "m-1", 4).report()).await.said(), "charged");
}

#[tokio::test]
async fn a_message_may_name_its_hold() {
    let mut world = started("10").await;
    let hold = world.hold("acme", 10).await;
    assert_eq!(world.send("acme", "without", 1).await.said(), "refused insufficient_balance");
    let of = |id: &str, dollars| message("acme", id, dollars).with("hold", hold.as_str());
    assert_eq!(world.client.send_one(&of("m-1", 4)).await.said(), "charged");
    looks(&world, &hold, "open 6 of 10, settled 4", "active 6, held 6", "a message of the hold").await;
    assert_eq!(world.client.send_one(&of("m-1", 4)).await.said(), "duplicate");
    // The hold is not content: the same message without it is a repeat.
    assert_eq!(world.send("acme", "m-1", 4).await.said(), "duplicate");
    assert_eq!(world.client.send_one(&of("m-2", 6).report()).await.said(), "charged");
    looks(&world, &hold, "open 0 of 10, settled 10", "suspended 0", "a reported message of the hold").await;
    let charges = ["charge -4 = 6", "charge -6 = 0"];
    assert_eq!(
        seen::postings(&world.client, "acme").await[1..],
        charges,
        "a message is a charge, by hold or not"
    );
}

/// Prices to the US are 0.01 a segment and a carrier's fee of 0.002, 0.003 or 0.001.
#[tokio::test]
async fn a_hold_is_made_at_the_worst_case() {
    let mut world = started("1000").await;
    let us = |extra: Value| {
        let mut one = json!({"channel": "+14155559999", "peer": "+14155550123", "kind": "sms", "text": "x".repeat(161)});
        for (field, value) in extra.as_object().unwrap() {
            one[field] = value.clone();
        }
        json!({"messages": [one]})
    };
    let recipients = |fields: Value| {
        let mut body = json!({"kind": "sms", "segments": 2, "recipients": {"+1": 3, "+49": 2}});
        for (field, value) in fields.as_object().unwrap() {
            body[field] = value.clone();
        }
        body
    };
    let german =
        json!({"channel": "+14155559999", "peer": GERMAN, "kind": "sms", "segments": 3, "encoding": "UCS-2"});
    let mms = json!({"channel": "+14155559999", "peer": GERMAN, "kind": "mms"});
    let table = [
        ("two segments at the highest fee of any carrier", us(json!({})), "0.026"),
        ("a carrier that is named", us(json!({"carrier": "310410"})), "0.022"),
        ("a carrier without a row has the default fee", us(json!({"carrier": "311480"})), "0.024"),
        ("a sender type that is named", us(json!({"sender_type": "mobile", "carrier": "311480"})), "0.22"),
        ("segments that are told", json!({"messages": [german]}), "3"),
        ("an MMS is one unit", json!({"messages": [mms]}), "3"),
        ("several messages", json!({"messages": [german, mms, german]}), "9"),
        ("recipients by prefix", recipients(json!({"sender_type": "local"})), "4.078"),
        ("from a channel", recipients(json!({"channel": "+14155559999"})), "4.078"),
        ("from a short code", recipients(json!({"channel": "12345"})), "4.138"),
    ];
    for (name, body, amount) in table {
        let key = world.key();
        let made = world.client.make_hold("acme", &key, &body).await.wants(201);
        assert_eq!(made["amount"], amount, "{name}: wanted the worst case of {body}: {made}");
    }
}

#[tokio::test]
async fn holds_are_listed_by_status_and_keep_their_campaign() {
    let mut world = started("20").await;
    let key = world.key();
    let mut body = dollars_held(1);
    body["campaign"] = json!("spring");
    let made = world.client.make_hold("acme", &key, &body).await.wants(201);
    assert_eq!(made["campaign"], "spring", "{made}");
    let second = world.hold("acme", 2).await;
    let third = world.hold("acme", 3).await;
    world.void_hold("acme", &second).await.wants(200);
    world.settle_hold("acme", &third, "1", true).await.wants(200);
    let all = world.client.holds("acme").await;
    assert_eq!(all.len(), 3, "wanted every hold listed: {all:?}");
    for (status, wanted) in [("open", 1), ("voided", 1), ("settled", 1), ("expired", 0)] {
        let page = world.client.get(&format!("/v1/wallets/acme/holds?status={status}")).await.wants(200);
        assert_eq!(page["data"].as_array().map(Vec::len), Some(wanted), "{status}: {page}");
    }
    world.client.get("/v1/wallets/acme/holds/h_999").await.wants_problem(404, "unknown_hold");
    world.settle_hold("acme", "h_999", "1", true).await.wants_problem(404, "unknown_hold");
    world.void_hold("acme", "h_999").await.wants_problem(404, "unknown_hold");
    world.open_with("other", "5").await;
    world.void_hold("other", &third).await.wants_problem(404, "unknown_hold");
}

#[tokio::test]
async fn a_hold_survives_a_kill() {
    let mut world = started("10").await;
    let hold = world.hold("acme", 4).await;
    world.settle_hold("acme", &hold, "1", false).await.wants(200);
    world.kill_and_restart(START).await;
    looks(&world, &hold, "open 3 of 4, settled 1", "active 9, held 3", "after a kill").await;
    let outcome = world.client.send_one(&Event::carrier_fee("acme", "fee", "1")).await;
    assert_eq!(outcome.said(), "charged", "a report may use what is held");
    looks(&world, &hold, "open 3 of 4, settled 1", "active 8, held 3", "a report").await;
}
