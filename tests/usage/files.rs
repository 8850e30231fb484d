//! The table and both files of one state agree to the last unit (R1).

use serde_json::Value;

use crate::support::event::Event;
use crate::support::world::World;

/// Rows of CSV by their headings; one apostrophe in front of a text is no part of it.
fn rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().expect("headings").clone();
    let plain = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    let row = |record: csv::StringRecord| {
        headings.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), plain(cell))).collect()
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

fn nanos(text: &str) -> i128 {
    if text.is_empty() {
        return 0;
    }
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{part:0<9}").parse::<i128>().expect("an amount")
}

const CREDIT: [&str; 5] = ["top_up", "payment_refund", "dispute", "dispute_reinstated", "adjustment"];

#[tokio::test]
async fn r1_table_and_files_of_one_state_agree_whatever_is_filtered() {
    let mut world = World::start("2026-07-15T10:00:00Z").await;
    world.open("acme", "Asia/Kathmandu").await;
    world.credit("acme", "1000").await;
    world.buy("acme", crate::support::world::NUMBER).await;
    let campaigns = ["", "=1+1", "a,\"b\"\r\nc", "'quoted", "\u{202e}rtl \u{1f600}"];
    for number in 0..60usize {
        let event = crate::support::world::message("acme", &format!("+m-{number}"), 1 + number as u64 % 3);
        let event = event
            .with("campaign", campaigns[number % campaigns.len()])
            .with("tags", serde_json::json!({"k": "@SUM(1)"}));
        let event = if number % 7 == 0 { event.with("channel", "Acme") } else { event };
        assert_eq!(world.client.send_one(&event).await.said(), "charged", "{event:?}");
        if number % 5 == 0 {
            let status = if number % 2 == 0 { "failed" } else { "delivered" };
            world.status("acme", &format!("+m-{number}"), status).await;
        }
    }
    world.client.send_one(&Event::carrier_fee("acme", "f-1", "0.25")).await;
    world.advance("2026-07-16T20:00:00Z").await;
    world.status("acme", "+m-1", "failed").await;
    for filter in [
        "",
        "&channel=Acme",
        "&campaign=%3D1%2B1",
        "&campaign=a%2C%22b%22%0D%0Ac&campaign=",
        "&kind=sms",
        "&country=DE",
    ] {
        for axis in ["occurred", "posted"] {
            let path = |what: &str, more: &str| {
                format!("/v1/wallets/acme/{what}?from=2026-07-01&to=2026-07-31&axis={axis}{filter}{more}")
            };
            let usage = world.client.get(&path("usage", "&group_by=day&group_by=campaign")).await.wants(200);
            let at = format!("&as_of={}", usage["as_of"].as_str().expect("a token"));
            world
                .client
                .send_one(&crate::support::world::message("acme", &format!("later-{axis}{filter}"), 1))
                .await;
            let table =
                world.client.get(&path("usage.csv", &format!("&group_by=day&group_by=campaign{at}"))).await;
            let entries = world.client.get(&path("entries.csv", &at)).await;
            let (table, listed) = (rows(&table.text), rows(&entries.text));
            assert_eq!(entries.headers["farebox-rows"], listed.len().to_string(), "{filter} {axis}");
            let wanted = usage["table"].as_array().expect("a table");
            assert_eq!(table.len(), wanted.len(), "{filter} {axis}: rows of the table");
            for (found, want) in table.iter().zip(wanted) {
                for field in ["day", "campaign", "message_cost", "refunds", "total"] {
                    assert_eq!(
                        found[field],
                        want[field].as_str().unwrap_or_default(),
                        "{filter} {axis}: {field}"
                    );
                }
                assert_eq!(found["messages"], want["messages"].to_string(), "{filter} {axis}");
                assert_eq!(found["sms_outbound_failed"], want["sms"]["outbound"]["failed"].to_string());
            }
            let used: Vec<_> = listed.iter().filter(|row| !CREDIT.contains(&&*row["type"])).collect();
            let sum = |column: &str| used.iter().map(|row| nanos(&row[column])).sum::<i128>();
            let total = |field: &str| nanos(usage["totals"][field].as_str().expect("an amount"));
            assert_eq!(sum("total"), total("total"), "{filter} {axis}: total");
            assert_eq!(sum("message_cost"), total("message_cost"), "{filter} {axis}: message cost");
            assert_eq!(sum("carrier_fee"), total("carrier_fees"), "{filter} {axis}: carrier fees");
            let delivered =
                used.iter().filter(|row| row["type"] == "charge" && row["status"] == "delivered").count();
            assert_eq!(Value::from(delivered), usage["totals"]["delivered"], "{filter} {axis}: delivered");
            if filter.is_empty() && axis == "posted" {
                let last = listed.last().expect("entries");
                assert_eq!(
                    last["balance_after"],
                    usage["summary"]["closing_balance"].as_str().expect("a balance")
                );
            }
        }
    }
}
