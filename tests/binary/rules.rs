//! The outcomes of events (RULES, sections 5 and 6), seen over HTTP.

use serde_json::json;

use crate::support::client::{Client, Outcome};
use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::{MINUTES_PER_DAY, audit, decimal, minutes_from_now, nanos};

/// One engine for a table of stories; each story has a wallet of its own.
async fn started(home: &std::path::Path) -> (Engine, Client) {
    let engine = Engine::start(home, &[]);
    let client = engine.client();
    (engine, client)
}

/// Sends events one by one, each with what is wanted of it.
async fn tell(client: &Client, story: &str, steps: &[(Event, &str)]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (number, (event, want)) in steps.iter().enumerate() {
        let outcome = client.send_one(event).await;
        assert_eq!(outcome.said(), *want, "{story}, step {}: {}", number + 1, event.line());
        outcomes.push(outcome);
    }
    outcomes
}

async fn status(client: &Client, wallet: &str) -> String {
    client.wallet(wallet).await["status"].as_str().expect("a status").to_owned()
}

#[tokio::test]
async fn a_new_wallet_is_suspended_and_resumed_by_its_first_credit() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    client.wallet_with("acme", "0").await;
    let out = || Event::outbound("acme", "out");
    let inward = || Event::inbound("acme", "in");
    tell(
        &client,
        "suspended",
        &[
            (out(), "refused suspended"),
            (out(), "refused suspended"),
            (inward(), "recorded suspended"),
            (inward(), "duplicate suspended"),
        ],
    )
    .await;
    let kept = client.get("/v1/wallets/acme/messages/in").await.wants(200);
    let want = json!({"outcome": "recorded", "code": "suspended", "amount": "0", "seq": null});
    for (field, value) in want.as_object().unwrap() {
        assert_eq!(kept[field], *value, "wanted `{field}` of the blocked message: {kept}");
    }
    client.get("/v1/wallets/acme/messages/out").await.wants_problem(404, "unknown_message");

    client.adjust("acme", "k-1", "1", "credit").await.wants(201);
    assert_eq!(status(&client, "acme").await, "active", "a credit resumes the wallet");
    let after = tell(
        &client,
        "resumed",
        &[
            // The blocked message has burnt its id; the refused one is decided afresh.
            (inward(), "duplicate suspended"),
            (out(), "charged"),
            (out(), "duplicate"),
        ],
    )
    .await;
    assert_eq!(
        after[0].posting(),
        (Some("0".into()), None, Some("suspended".into())),
        "a blocked message costs nothing"
    );
    assert_eq!(after[2].posting(), after[1].posting(), "a duplicate tells the first's posting");
    assert_eq!(audit::wallet(&client, "acme").await.entries.len(), 2, "wanted the credit and one charge");
}

#[tokio::test]
async fn an_admitted_message_is_paid_in_full_or_refused_and_a_report_goes_below_zero() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let price = client.price_of(Event::outbound("x", "price-out")).await;
    client.price_of(Event::inbound("x", "price-in")).await;

    client.wallet_with("exact", &decimal(2 * price)).await;
    let of = |id: &str| Event::outbound("exact", id);
    tell(
        &client,
        "down to zero",
        &[
            (of("three").with("segments", 3).with("encoding", "GSM-7"), "refused insufficient_balance"),
            (of("one"), "charged"),
            (of("two"), "charged"),
            (of("three").with("segments", 3).with("encoding", "GSM-7"), "refused suspended"),
        ],
    )
    .await;
    assert_eq!(status(&client, "exact").await, "suspended", "a balance of 0 suspends");
    client.adjust("exact", "k-1", &decimal(3 * price), "credit").await.wants(201);
    tell(&client, "funded", &[(of("three").with("segments", 3).with("encoding", "GSM-7"), "charged")]).await;

    client.wallet_with("short", "0.000000001").await;
    tell(
        &client,
        "not enough",
        &[
            (Event::outbound("short", "out"), "refused insufficient_balance"),
            (Event::inbound("short", "in"), "recorded insufficient_balance"),
            (Event::inbound("short", "in"), "duplicate insufficient_balance"),
            (Event::outbound("short", "sent").report(), "charged"),
            (Event::outbound("short", "out"), "refused suspended"),
            (Event::inbound("short", "received").report(), "charged"),
            (Event::carrier_fee("short", "fee", "0.05"), "charged"),
        ],
    )
    .await;
    assert_eq!(status(&client, "short").await, "suspended", "below zero is suspended");
    client.adjust("short", "k-1", "-1", "correction").await.wants(201);
    client.adjust("short", "k-2", "1", "correction").await.wants(201);
    assert_eq!(
        status(&client, "short").await,
        "suspended",
        "a credit that leaves it below zero does not resume"
    );
    for wallet in ["exact", "short"] {
        audit::wallet(&client, wallet).await;
    }
}

#[tokio::test]
async fn an_id_counts_once_by_its_content() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    client.wallet_with("acme", "100").await;
    client.wallet_with("other", "100").await;
    let of = || Event::outbound("acme", "m-1");
    let fee = |amount: &str| Event::carrier_fee("acme", "fee-1", amount);
    let outcomes = tell(
        &client,
        "content",
        &[
            (of(), "charged"),
            (of(), "duplicate"),
            (of().report(), "duplicate"),
            (of().with("text", "yo"), "duplicate"),
            (of().without("text").with("segments", 1).with("encoding", "GSM-7"), "duplicate"),
            (of().with("campaign", "spring").with("tags", json!({"a": "b"})), "duplicate"),
            (of().with("time", minutes_from_now(-60)), "duplicate"),
            // Duplicates are told before the time is looked at.
            (of().with("time", minutes_from_now(-40 * MINUTES_PER_DAY)), "duplicate"),
            (of().with("time", minutes_from_now(60)), "duplicate"),
            (of().with("text", "я"), "conflict"),
            (of().with("text", "x".repeat(161)), "conflict"),
            (of().with("peer", "+14155550199"), "conflict"),
            (of().with("channel", "+14155550177"), "conflict"),
            (of().without("text").with("kind", "mms"), "conflict"),
            (of().with("type", "message.inbound"), "conflict"),
            (of().with("peer", "+14155550199").with("time", minutes_from_now(60)), "conflict"),
            (of().with("source", "elsewhere"), "charged"),
            (of().with("wallet", "other"), "charged"),
            (fee("0.05"), "charged"),
            (fee("0.050"), "duplicate"),
            (fee("0.06"), "conflict"),
        ],
    )
    .await;
    let first = outcomes[0].posting();
    for outcome in outcomes[1..9].iter() {
        assert_eq!(outcome.posting(), first, "a duplicate tells the first's posting: {outcome:?}");
    }
    assert_eq!(
        audit::wallet(&client, "acme").await.entries.len(),
        4,
        "wanted credit, two messages and a fee"
    );
    let of_source = client.get("/v1/wallets/acme/messages/m-1?source=elsewhere").await.wants(200);
    assert_eq!(
        of_source["seq"],
        json!(outcomes[16].seq),
        "wanted the look-up to tell the sources apart: {of_source}"
    );
}

#[tokio::test]
async fn a_repeat_within_one_batch_waits_for_its_first() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    let price = client.price_of(Event::outbound("x", "price-out")).await;
    client.wallet_with("acme", &decimal(2 * price)).await;
    let of = |id: &str| Event::outbound("acme", id);
    let three = |id: &str| of(id).with("segments", 3).with("encoding", "GSM-7");
    let table = [
        (three("big"), "refused insufficient_balance"),
        (three("big"), "refused insufficient_balance"),
        (of("m-1"), "charged"),
        (of("m-1"), "duplicate"),
        (three("m-1"), "conflict"),
        // Refused with other content before: not remembered, so this is no conflict.
        (of("big"), "charged"),
        (of("big"), "duplicate"),
        (of("m-2"), "refused suspended"),
        (Event::inbound("acme", "in"), "recorded suspended"),
        (Event::inbound("acme", "in"), "duplicate suspended"),
        (of("m-2").report(), "charged"),
        (of("m-2"), "duplicate"),
    ];
    let events: Vec<Event> = table.iter().map(|(event, _)| event.clone()).collect();
    let outcomes = client.send(&events).await;
    let said: Vec<String> = outcomes.iter().map(Outcome::said).collect();
    assert_eq!(said, table.map(|(_, want)| want), "wanted the events of one batch decided in order");
    audit::wallet(&client, "acme")
        .await
        .holds_exactly(&[2, 5, 10].map(|index: usize| outcomes[index].clone()));
}

#[tokio::test]
async fn an_entry_keeps_what_it_was_made_of() {
    let home = tempfile::tempdir().unwrap();
    let (_engine, client) = started(home.path()).await;
    client.wallet_with("acme", "100").await;
    let of = |id: &str| {
        Event::outbound("acme", id).with("campaign", "spring").with("tags", json!({"team": "east", "n": "1"}))
    };
    let occurred_at = minutes_from_now(-90);
    let long = || json!("x".repeat(161));
    let table = [
        (
            of("text"),
            json!({"units": 1, "units_counted": 1, "encoding": "GSM-7", "campaign": "spring", "tags": {"team": "east", "n": "1"}}),
        ),
        (
            of("both").with("text", long()).with("segments", 5).with("encoding", "UCS-2"),
            json!({"units": 5, "units_counted": 2, "encoding": "UCS-2"}),
        ),
        (
            of("told").without("text").with("segments", 4).with("encoding", "GSM-7"),
            json!({"units": 4, "units_counted": null}),
        ),
        (of("mms").with("kind", "mms"), json!({"units": 1, "kind": "mms", "encoding": null})),
        (of("report").report(), json!({"mode": "report"})),
        (of("free").with("channel", "+18005550100"), json!({"sender_type": "toll_free"})),
        (
            of("told-type").with("sender_type", "mobile"),
            json!({"sender_type": "mobile", "channel": "+14155550100"}),
        ),
        (of("carrier").with("carrier", "310260"), json!({"carrier": "310260"})),
        (
            of("time").with("time", occurred_at.as_str()),
            json!({"event_type": "message.outbound", "country": "US"}),
        ),
        (Event::inbound("acme", "in"), json!({"event_type": "message.inbound", "direction": "inbound"})),
        (
            Event::carrier_fee("acme", "fee", "0.05").with("campaign", "spring"),
            json!({"type": "carrier_fee", "amount": "-0.05",
            "event_type": "carrier.fee", "mode": "report", "campaign": "spring", "reason": "10DLC registration", "peer": null, "units": null}),
        ),
    ];
    for (event, _) in &table {
        let outcome = client.send_one(event).await;
        assert_eq!(outcome.said(), "charged", "wanted the event charged: {}", event.line());
    }
    let entries = audit::wallet(&client, "acme").await.entries;
    for ((event, want), entry) in table.iter().zip(&entries[1..]) {
        assert_eq!(entry["id"], event.id(), "wanted the entries in the order of the events: {entry}");
        for (field, value) in want.as_object().unwrap() {
            assert_eq!(entry[field], *value, "{}: wanted `{field}` kept: {entry}", event.id());
        }
        if entry["type"] == "charge" {
            let of = |field: &str| nanos(entry[field].as_str().unwrap_or("0"));
            let units = i128::from(entry["units"].as_u64().unwrap());
            assert_eq!(of("price"), units * of("unit_price"), "wanted price = units x unit price: {entry}");
            assert_eq!(
                of("amount"),
                -of("price") - of("carrier_fee"),
                "wanted amount = -(price + fee): {entry}"
            );
        }
    }
    let instant = |text: &str| {
        text.parse::<jiff::Timestamp>().unwrap_or_else(|_| panic!("wanted an instant, got {text:?}"))
    };
    let at = entries[9]["occurred_at"].as_str().expect("occurred_at");
    let apart = instant(at).duration_since(instant(&occurred_at)).as_millis().abs();
    assert!(apart <= 1, "wanted the event's own time {occurred_at}, got {at}");
}
