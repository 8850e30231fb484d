//! Delivered and failed as of the snapshot, at the day of the message whatever day the status came; what is returned
//! or charged for a failure, at its own day (RULES, sections 8 and 13).

use jiff::civil::Date;
use serde_json::json;

use crate::figures::Figures;
use crate::fleet::TARIFF;
use crate::question::{Axis, Question, Usage};
use crate::support::event::Event;
use crate::support::world::{World, message};
use crate::support::{decimal, nanos};

const SENT: &str = "2026-07-15";
const FIRST: &str = "2026-07-16";
const SECOND: &str = "2026-08-02";

fn date(text: &str) -> Date {
    text.parse().expect("a day")
}

async fn summer(world: &World, wallet: &str, axis: Axis) -> Usage {
    let asked = Question::new(axis, date("2026-07-01"), date("2026-08-31"));
    asked.ask(&world.client, wallet).await.usage
}

/// `2 delivered 1`, `refunds -2, failure_fees 0.001`: a row in words.
fn told(row: Option<&Figures>) -> String {
    let Some(row) = row else { return "no row".to_owned() };
    let counts = ["messages", "delivered", "failed", "other"];
    let amounts = ["message_cost", "carrier_fees", "failure_fees", "refunds", "number_fees", "other_charges"];
    let of = |name: &str| row.get(&format!("/{name}"));
    let counts = counts.into_iter().map(|name| (name, of(name).to_string()));
    let amounts = amounts.into_iter().map(|name| (name, decimal(of(name))));
    let all = counts.chain(amounts).filter(|(_, figure)| figure != "0");
    all.map(|(name, figure)| format!("{name} {figure}")).collect::<Vec<_>>().join(", ")
}

fn day(usage: &Usage, day: &str) -> String {
    told(usage.rows.get(&vec![Some(day.to_owned())]))
}

/// A status and its error code; and the rows of the days of the message, the first and the second status.
type Story = (&'static str, [Option<(&'static str, &'static str)>; 2], [&'static str; 3]);

#[tokio::test]
async fn counts_stand_at_the_day_of_the_message_and_amounts_at_the_day_of_the_status() {
    let (delivered, failed, other) = (
        "messages 1, delivered 1, message_cost 2",
        "messages 1, failed 1, message_cost 2",
        "messages 1, other 1, message_cost 2",
    );
    let returned = "failure_fees 0.001, refunds -2";
    let table: Vec<Story> = vec![
        ("no status", [None, None], [other, "no row", "no row"]),
        ("delivered", [Some(("delivered", "")), None], [delivered, "no row", "no row"]),
        ("undelivered is failed", [Some(("undelivered", "")), None], [failed, "no row", "no row"]),
        ("failed", [Some(("failed", "")), None], [failed, returned, "no row"]),
        ("failed at last", [None, Some(("failed", ""))], [failed, "no row", returned]),
        (
            "failed, late delivered",
            [Some(("failed", "")), Some(("delivered", ""))],
            [delivered, returned, "failure_fees -0.001, refunds 2"],
        ),
        (
            "undelivered in full, late delivered",
            [Some(("undelivered", "")), Some(("delivered", ""))],
            [delivered, "no row", "no row"],
        ),
        (
            "undelivered with a fee, late delivered",
            [Some(("undelivered", "30008")), Some(("delivered", ""))],
            [delivered, "failure_fees 0.25, refunds -2", "failure_fees -0.25, refunds 2"],
        ),
        (
            "undelivered, nothing charged",
            [Some(("undelivered", "30007")), Some(("failed", ""))],
            [failed, "refunds -2", "no row"],
        ),
        (
            "delivered, then failed",
            [Some(("delivered", "")), Some(("failed", ""))],
            [delivered, "no row", "no row"],
        ),
        ("failed twice", [Some(("failed", "")), Some(("failed", ""))], [failed, returned, "no row"]),
        (
            "failed, then undelivered",
            [Some(("failed", "")), Some(("undelivered", ""))],
            [failed, returned, "no row"],
        ),
    ];
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    for (number, _) in table.iter().enumerate() {
        let wallet = format!("w{number}");
        world.open_with(&wallet, "10").await;
        world.send(&wallet, "m", 2).await;
    }
    for (place, at) in [FIRST, SECOND].into_iter().enumerate() {
        world.advance(&format!("{at}T09:00:00Z")).await;
        for (number, (name, statuses, _)) in table.iter().enumerate() {
            let Some((status, error_code)) = statuses[place] else { continue };
            let id = format!("s{place}");
            let mut event = Event(
                json!({"id": id, "type": "message.status", "wallet": format!("w{number}"), "message": "m"}),
            );
            event = event.with("status", status);
            if !error_code.is_empty() {
                event = event.with("error_code", error_code);
            }
            let outcome = world.client.send_one(&event).await;
            assert!(["charged", "recorded"].contains(&outcome.outcome.as_str()), "{name}: {outcome:?}");
        }
    }
    for (number, (name, _, wanted)) in table.iter().enumerate() {
        let wallet = format!("w{number}");
        for axis in Axis::BOTH {
            let usage = summer(&world, &wallet, axis).await;
            let found = [SENT, FIRST, SECOND].map(|at| day(&usage, at));
            assert_eq!(found, wanted.map(str::to_owned), "{name}, {axis:?}");
            // Every day's own answer says the same.
            for (at, wanted) in [SENT, FIRST, SECOND].into_iter().zip(wanted) {
                let alone = Question::new(axis, date(at), date(at)).ask(&world.client, &wallet).await.usage;
                assert_eq!(day(&alone, at), *wanted, "{name}, {axis:?}, {at} alone");
            }
        }
    }
}

/// On the axis of occurrence a refund is at the status's own time, on that of posting when it was told.
#[tokio::test]
async fn a_status_told_late_is_at_its_own_time_and_its_message_stays_where_it_is() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "10").await;
    world.send("acme", "m", 1).await;
    world.advance("2026-08-10T10:00:00Z").await;
    let late = Event(json!({"id": "s", "type": "message.status", "wallet": "acme", "message": "m"}));
    let late = late.with("status", "failed").with("time", "2026-07-20T23:59:59Z");
    assert_eq!(world.client.send_one(&late).await.said(), "charged");
    let table = [(Axis::Occurred, "2026-07-20", "2026-08-10"), (Axis::Posted, "2026-08-10", "2026-07-20")];
    for (axis, at, not_at) in table {
        let usage = summer(&world, "acme", axis).await;
        assert_eq!(day(&usage, SENT), "messages 1, failed 1, message_cost 1", "{axis:?}");
        assert_eq!(day(&usage, at), "failure_fees 0.001, refunds -1", "{axis:?}");
        assert_eq!(day(&usage, not_at), "no row", "{axis:?}");
        let by_type = |name: &str| usage.used.get(name).copied().map(decimal);
        let used = ["charge", "refund", "failure_fee"].map(by_type);
        assert_eq!(used, ["1", "-1", "0.001"].map(|sum| Some(sum.to_owned())), "{axis:?}");
    }
}

#[tokio::test]
async fn a_status_before_its_message_counts_once_the_message_is_there() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    for (wallet, statuses) in
        [("one", vec!["failed"]), ("two", vec!["failed", "delivered"]), ("gone", vec![])]
    {
        world.open_with(wallet, "10").await;
        for status in statuses {
            assert_eq!(world.status(wallet, "m", status).await.said(), "recorded");
        }
        assert!(
            summer(&world, wallet, Axis::Occurred).await.rows.is_empty(),
            "{wallet}: no message, no usage"
        );
    }
    // The status of a message that is refused leaves nothing.
    world.status("gone", "m", "failed").await;
    world.advance("2026-07-16T10:00:00Z").await;
    let spend = Event::carrier_fee("gone", "spent", "10").with("time", "2026-07-15T10:00:00Z");
    world.client.send_one(&spend).await;
    assert_eq!(world.send("gone", "m", 1).await.said(), "refused suspended");
    for wallet in ["one", "two"] {
        assert_eq!(world.send(wallet, "m", 1).await.said(), "charged");
    }
    let one = summer(&world, "one", Axis::Posted).await;
    let failed = "messages 1, failed 1, message_cost 1, failure_fees 0.001, refunds -1";
    assert_eq!(day(&one, FIRST), failed, "all is posted when the message is");
    let two = summer(&world, "two", Axis::Posted).await;
    assert_eq!(day(&two, FIRST), "messages 1, delivered 1, message_cost 1");
    let gone = summer(&world, "gone", Axis::Occurred).await;
    assert_eq!(told(Some(&gone.totals)), "carrier_fees 10", "what was refused is no usage");
}

#[tokio::test]
async fn what_was_blocked_or_refused_is_no_usage_whatever_becomes_of_it() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "0.005").await;
    let poor = world.client.send_one(&Event::inbound("acme", "in-1")).await;
    assert_eq!(poor.said(), "recorded insufficient_balance");
    world.client.send_one(&Event::carrier_fee("acme", "f", "0.005")).await;
    assert_eq!(world.client.send_one(&Event::inbound("acme", "in-2")).await.said(), "recorded suspended");
    assert_eq!(world.client.send_one(&message("acme", "out", 1)).await.said(), "refused suspended");
    for of in ["in-1", "in-2", "out"] {
        assert_eq!(world.status("acme", of, "failed").await.said(), "recorded");
    }
    // Not when there is money again and the carrier repeats itself either.
    world.credit("acme", "10").await;
    assert_eq!(world.client.send_one(&Event::inbound("acme", "in-1")).await.outcome, "duplicate");
    for axis in Axis::BOTH {
        let usage = summer(&world, "acme", axis).await;
        assert_eq!(told(Some(&usage.totals)), "carrier_fees 0.005", "{axis:?}");
    }
}

/// A repeated event, and one that says something else under the id, are counted once.
#[tokio::test]
async fn duplicates_and_conflicts_count_once() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "10").await;
    let event = message("acme", "m", 1).with("campaign", "first");
    let again = event.clone().with("campaign", "second");
    let other = message("acme", "m", 2);
    let outcomes = world.client.send(&[event.clone(), again, other, event]).await;
    let said: Vec<String> = outcomes.iter().map(|outcome| outcome.said()).collect();
    assert_eq!(said, ["charged", "duplicate", "conflict", "duplicate"]);
    let asked = Question::new(Axis::Posted, date(SENT), date(SENT)).by(&["campaign"]);
    let usage = asked.ask(&world.client, "acme").await.usage;
    let rows: Vec<_> = usage.rows.iter().map(|(group, row)| (group[0].clone(), told(Some(row)))).collect();
    assert_eq!(rows, [(Some("first".to_owned()), "messages 1, other 1, message_cost 1".to_owned())]);
    assert_eq!((usage.opening, usage.closing), (Some(0), Some(nanos("9"))));
}

/// What follows a message is counted under what the message was counted under.
#[tokio::test]
async fn refunds_and_failure_fees_are_of_the_messages_channel_campaign_country_kind_and_direction() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "10").await;
    let event = message("acme", "m", 2).with("campaign", "spring").with("channel", "Acme");
    assert_eq!(world.client.send_one(&event).await.said(), "charged");
    world.advance("2026-07-16T10:00:00Z").await;
    world.status("acme", "m", "failed").await;
    let filters = [
        ("channel", "Acme", "12345"),
        ("campaign", "spring", ""),
        ("country", "DE", "US"),
        ("kind", "sms", "mms"),
        ("direction", "outbound", "inbound"),
    ];
    // So that it is a channel of the wallet.
    world
        .client
        .send_one(&Event::inbound("acme", "in").with("channel", "12345").with("time", "2026-07-14T10:00:00Z"))
        .await;
    for (name, its, another) in filters {
        for (value, wanted) in [(its, "failure_fees 0.001, refunds -2"), (another, "no row")] {
            let path = format!("/v1/wallets/acme/usage?from={FIRST}&to={FIRST}&{name}={value}");
            let json = world.client.get(&path).await.wants(200);
            let rows = json["table"].as_array().expect("a table");
            let found = told(rows.first().map(Figures::read).as_ref());
            assert_eq!(found, wanted, "{name}={value}: {json}");
        }
    }
}
