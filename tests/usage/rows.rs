//! What a row is: what came to nothing has none, and whatever a row names can be asked for by that name.

use jiff::civil::Date;

use crate::fleet::{CAMPAIGNS, TARIFF};
use crate::question::{Axis, Question};
use crate::support::event::Event;
use crate::support::world::{World, message};

const DAY: Date = jiff::civil::date(2026, 7, 15);

/// A failed message that is delivered after all leaves nothing on that day.
#[tokio::test]
async fn what_came_to_nothing_has_no_row() {
    let mut world = World::start_with("2026-07-14T10:00:00Z", TARIFF).await;
    world.open_with("acme", "10").await;
    world.send("acme", "m", 1).await;
    world.advance("2026-07-15T10:00:00Z").await;
    for status in ["failed", "delivered"] {
        assert_eq!(world.status("acme", "m", status).await.said(), "charged");
    }
    for axis in Axis::BOTH {
        let answered = Question::new(axis, DAY, DAY).ask(&world.client, "acme").await;
        assert!(answered.usage.totals.is_nothing(), "returned and charged again: {}", answered.json);
        assert!(answered.usage.rows.is_empty(), "{axis:?}: wanted no row of nothing: {}", answered.json);
    }
}

/// Money that comes in is no usage: it is in the summary alone.
#[tokio::test]
async fn credit_has_no_row() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "10").await;
    world.credit("acme", "-3").await;
    let usage = Question::new(Axis::Posted, DAY, DAY).ask(&world.client, "acme").await.usage;
    assert!(usage.rows.is_empty(), "{usage:?}");
    let added: Vec<_> = usage.added.into_iter().flatten().collect();
    assert_eq!(added, [("adjustment".to_owned(), 7_000_000_000)]);
    assert_eq!((usage.opening, usage.closing), (Some(0), Some(7_000_000_000)));
}

/// A message that costs nothing is a message all the same.
#[tokio::test]
async fn a_message_that_is_free_has_a_row() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "10").await;
    let free = Event::outbound("acme", "m").with("peer", "+4791234567");
    assert_eq!(world.client.send_one(&free).await.said(), "charged");
    let usage = Question::new(Axis::Posted, DAY, DAY).by(&["country"]).ask(&world.client, "acme").await.usage;
    let rows: Vec<_> =
        usage.rows.iter().map(|(group, row)| (group[0].as_deref(), row.get("/messages"))).collect();
    assert_eq!(rows, [(Some("NO"), 1)]);
}

/// Of campaigns whose names are one line.
#[tokio::test]
async fn every_campaign_that_a_table_names_can_be_asked_for() {
    asks_for(CAMPAIGNS.into_iter().filter(|campaign| !campaign.contains('\n')).collect()).await;
}

/// An event may name such a campaign, and the table does: it must be possible to ask for it.
#[tokio::test]
async fn a_campaign_of_two_lines_that_a_table_names_can_be_asked_for() {
    asks_for(vec!["two\nlines", "tab\tbed"]).await;
}

async fn asks_for(campaigns: Vec<&str>) {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "100").await;
    let events = campaigns.iter().enumerate().map(|(number, campaign)| {
        message("acme", &format!("m-{number}"), number as u64 % 3 + 1).with("campaign", *campaign)
    });
    for outcome in world.client.send(&events.collect::<Vec<_>>()).await {
        assert_eq!(outcome.said(), "charged", "{outcome:?}");
    }
    world.send("acme", "of none", 7).await;
    let by_campaign = Question::new(Axis::Occurred, DAY, DAY).by(&["campaign"]);
    let table = by_campaign.ask(&world.client, "acme").await.usage.rows;
    assert_eq!(table.len(), campaigns.len() + 1, "a row for each, and one for none: {:?}", table.keys());
    for (group, row) in table {
        let mut asked = by_campaign.clone();
        asked.campaigns = vec![group[0].clone().unwrap_or_default()];
        let answer = world.client.get(&asked.path("acme")).await;
        assert_eq!(answer.status, 200, "the table names {group:?}, asked for it: {}", answer.text);
        let found = asked.ask(&world.client, "acme").await.usage;
        assert_eq!(found.rows, [(group, row)].into(), "asked for it alone");
    }
}

/// Several of each are any of them; different filters are all of them.
#[tokio::test]
async fn filters_of_one_name_add_up_and_of_different_names_cut() {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "100").await;
    let of = |id: &str, channel: &str, campaign: &str, dollars: u64| {
        message("acme", id, dollars).with("channel", channel).with("campaign", campaign)
    };
    let events = [
        of("m-1", "Acme", "a", 1),
        of("m-2", "ACME", "a", 2),
        of("m-3", "12345", "b", 4),
        of("m-4", "Acme", "b", 8),
        message("acme", "m-5", 16).with("channel", "Acme"),
    ];
    world.client.send(&events).await;
    let table = [
        ("channel=Acme", 25),
        ("channel=ACME", 2),
        ("channel=Acme&channel=12345", 29),
        ("channel=Acme&channel=Acme", 25),
        ("campaign=a", 3),
        ("campaign=a&campaign=b", 15),
        ("campaign=", 16),
        ("campaign=&campaign=b", 28),
        ("campaign=none+such", 0),
        ("channel=Acme&campaign=a", 1),
        ("channel=ACME&channel=12345&campaign=b", 4),
        ("channel=Acme&campaign=b&kind=mms", 0),
        ("channel=Acme&country=DE&direction=outbound&kind=sms", 25),
        ("country=FR", 0),
    ];
    for (filter, dollars) in table {
        let path = format!("/v1/wallets/acme/usage?from={DAY}&to={DAY}&axis=posted&{filter}");
        let json = world.client.get(&path).await.wants(200);
        assert_eq!(json["totals"]["total"], dollars.to_string(), "{filter}: {json}");
        assert!(json["summary"]["closing_balance"].is_null(), "a part has no balance: {filter}: {json}");
    }
}
