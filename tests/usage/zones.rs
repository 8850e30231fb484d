//! Days are days of the wallet's zone: a second before and after midnight, on days of 23 and 25 hours and days without
//! a midnight, in zones of half hours, where months and years meet; and how many days may be asked for.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::exported::{Files, agree};
use crate::figures::Figures;
use crate::fleet::TARIFF;
use crate::ledger::{Fates, Ledger};
use crate::parts::{months, parts_meet};
use crate::question::{Axis, Question};
use crate::support::event::Event;
use crate::support::world::{World, instant, message};

/// When the day begins on the world's clock, and what the local days before and after that instant are.
type Midnight = (&'static str, &'static str, &'static str, &'static str);

/// Worked out by hand from the tz database's rules.
const MIDNIGHTS: [Midnight; 38] = [
    // Samoa went over the date line: 30 December 2011 was no day there.
    ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-29", "2011-12-31"),
    ("Pacific/Apia", "2011-12-31T10:00:00Z", "2011-12-31", "2012-01-01"),
    // A leap day.
    ("America/New_York", "2024-02-29T05:00:00Z", "2024-02-28", "2024-02-29"),
    ("America/New_York", "2024-03-01T05:00:00Z", "2024-02-29", "2024-03-01"),
    ("Asia/Kathmandu", "2024-02-28T18:15:00Z", "2024-02-28", "2024-02-29"),
    ("Asia/Kathmandu", "2024-02-29T18:15:00Z", "2024-02-29", "2024-03-01"),
    ("Pacific/Kiritimati", "2024-02-28T10:00:00Z", "2024-02-28", "2024-02-29"),
    ("UTC", "2024-02-29T00:00:00Z", "2024-02-28", "2024-02-29"),
    ("UTC", "2024-03-01T00:00:00Z", "2024-02-29", "2024-03-01"),
    // No leap day.
    ("UTC", "2025-03-01T00:00:00Z", "2025-02-28", "2025-03-01"),
    ("Asia/Kathmandu", "2025-02-28T18:15:00Z", "2025-02-28", "2025-03-01"),
    // Years meet, 26 hours from the first zone to the last.
    ("Pacific/Kiritimati", "2025-12-31T10:00:00Z", "2025-12-31", "2026-01-01"),
    ("Asia/Kathmandu", "2025-12-31T18:15:00Z", "2025-12-31", "2026-01-01"),
    ("Africa/Cairo", "2025-12-31T22:00:00Z", "2025-12-31", "2026-01-01"),
    ("UTC", "2026-01-01T00:00:00Z", "2025-12-31", "2026-01-01"),
    ("America/St_Johns", "2026-01-01T03:30:00Z", "2025-12-31", "2026-01-01"),
    ("America/New_York", "2026-01-01T05:00:00Z", "2025-12-31", "2026-01-01"),
    ("Etc/GMT+12", "2026-01-01T12:00:00Z", "2025-12-31", "2026-01-01"),
    // 23 hours.
    ("America/St_Johns", "2026-03-08T03:30:00Z", "2026-03-07", "2026-03-08"),
    ("America/St_Johns", "2026-03-09T02:30:00Z", "2026-03-08", "2026-03-09"),
    ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-07", "2026-03-08"),
    ("America/New_York", "2026-03-09T04:00:00Z", "2026-03-08", "2026-03-09"),
    // 24 and a half.
    ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-04", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-04-05T13:30:00Z", "2026-04-05", "2026-04-06"),
    // 23 and a half.
    ("Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-03", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-10-04T13:00:00Z", "2026-10-04", "2026-10-05"),
    // 24 April 2026 begins at one o'clock in Cairo, and 29 October ends with its last hour twice.
    ("Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-23", "2026-04-24"),
    ("Africa/Cairo", "2026-04-24T21:00:00Z", "2026-04-24", "2026-04-25"),
    ("Africa/Cairo", "2026-10-29T22:00:00Z", "2026-10-29", "2026-10-30"),
    // Half hours, and a month's end.
    ("Asia/Kolkata", "2026-06-30T18:30:00Z", "2026-06-30", "2026-07-01"),
    ("Asia/Kathmandu", "2026-06-30T18:15:00Z", "2026-06-30", "2026-07-01"),
    ("America/St_Johns", "2026-07-01T02:30:00Z", "2026-06-30", "2026-07-01"),
    ("America/New_York", "2026-07-01T04:00:00Z", "2026-06-30", "2026-07-01"),
    // 25 hours.
    ("America/New_York", "2026-11-01T04:00:00Z", "2026-10-31", "2026-11-01"),
    ("America/New_York", "2026-11-02T05:00:00Z", "2026-11-01", "2026-11-02"),
    ("America/St_Johns", "2026-11-01T02:30:00Z", "2026-10-31", "2026-11-01"),
    ("America/St_Johns", "2026-11-02T03:30:00Z", "2026-11-01", "2026-11-02"),
    ("America/New_York", "2027-01-01T05:00:00Z", "2026-12-31", "2027-01-01"),
];

fn date(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

fn wallet_of(zone: &str) -> String {
    zone.replace(['/', '+'], "_")
}

/// One of these in a moment: sent at its own time, and by a report of a day later.
#[derive(Clone, Copy)]
struct Moment {
    zone: &'static str,
    at: Timestamp,
    day: &'static str,
}

fn moments() -> Vec<Moment> {
    let second = jiff::SignedDuration::from_secs(1);
    let around = |(zone, at, before, after): Midnight| {
        let at = instant(at);
        [(at - second, before), (at, after), (at + second, after)].map(|(at, day)| Moment { zone, at, day })
    };
    let mut all: Vec<Moment> = MIDNIGHTS.into_iter().flat_map(around).collect();
    all.sort_by_key(|moment| moment.at);
    all
}

fn counts(figures: &Figures) -> (i128, i128) {
    (figures.get("/messages"), figures.get("/total"))
}

#[tokio::test]
async fn a_second_before_midnight_is_the_day_before_on_days_of_any_length_in_any_zone() {
    let moments = moments();
    let mut world = World::start_with("2011-12-01T00:00:00Z", TARIFF).await;
    let mut zones: Vec<&str> = moments.iter().map(|moment| moment.zone).collect();
    zones.sort();
    zones.dedup();
    for zone in &zones {
        world.open(&wallet_of(zone), zone).await;
        world.credit(&wallet_of(zone), "100").await;
    }
    for (number, moment) in moments.iter().enumerate() {
        // In time, on both axes; and the one before it once more, reported late.
        world.advance_to(moment.at).await;
        let wallet = wallet_of(moment.zone);
        let sent = world.client.send_one(&Event::outbound(&wallet, &format!("m-{number}"))).await;
        assert_eq!(sent.said(), "charged", "{wallet} at {}", moment.at);
    }
    world.advance("2027-01-20T00:00:00Z").await;
    for zone in zones {
        let wallet = wallet_of(zone);
        let of = |day: &str| moments.iter().filter(|moment| moment.zone == zone && moment.day == day).count();
        let mut days: Vec<&str> =
            moments.iter().filter(|moment| moment.zone == zone).map(|m| m.day).collect();
        days.dedup();
        for axis in Axis::BOTH {
            for day in &days {
                let asked = Question::new(axis, date(day), date(day));
                let found = asked.ask(&world.client, &wallet).await;
                agree(&world.client, &wallet, &asked, &found, Files::All).await;
                let (found, wanted) = (found.usage, of(day) as i128);
                assert_eq!(counts(&found.totals), (wanted, wanted * 12_000_000), "{zone}, {axis:?}, {day}");
                let row = found.rows.get(&vec![Some((*day).to_owned())]).map(counts);
                assert_eq!(row, Some(counts(&found.totals)), "{zone}, {axis:?}: the row of {day}");
            }
            // Not one is on another day of the year.
            let year = date(days[days.len() - 1]).first_of_year();
            let asked =
                Question::new(axis, year, year.last_of_year()).ask(&world.client, &wallet).await.usage;
            let wanted: Vec<String> = days
                .iter()
                .filter(|day| date(day).year() == year.year())
                .map(|day| (*day).to_owned())
                .collect();
            let found: Vec<String> = asked.rows.keys().filter_map(|group| group[0].clone()).collect();
            assert_eq!(found, wanted, "{zone}, {axis:?}: the days of {year}");
        }
    }
}

#[tokio::test]
async fn a_late_report_is_of_the_day_when_it_happened_and_of_the_day_when_it_was_posted() {
    let mut world = World::start_with("2026-03-01T00:00:00Z", TARIFF).await;
    let table = [
        ("America/New_York", "2026-03-08T04:59:59Z", "2026-03-07", "2026-04-10"),
        ("America/New_York", "2026-03-09T03:59:59Z", "2026-03-08", "2026-04-10"),
        ("Pacific/Kiritimati", "2026-03-31T10:00:00Z", "2026-04-01", "2026-04-11"),
        ("Asia/Kathmandu", "2026-03-31T18:14:59Z", "2026-03-31", "2026-04-11"),
    ];
    for (number, (zone, ..)) in table.iter().enumerate() {
        world.open(&format!("w{number}"), zone).await;
    }
    world.advance("2026-04-10T20:00:00Z").await;
    for (number, (zone, at, occurred, posted)) in table.iter().enumerate() {
        let wallet = format!("w{number}");
        let late = Event::outbound(&wallet, "m").report().with("time", *at);
        assert_eq!(world.client.send_one(&late).await.said(), "charged");
        for (axis, day) in [(Axis::Occurred, occurred), (Axis::Posted, posted)] {
            let whole = Question::new(axis, date("2026-01-01"), date("2026-12-31"));
            let found = whole.ask(&world.client, &wallet).await.usage;
            let rows: Vec<_> = found.rows.keys().cloned().collect();
            assert_eq!(rows, [vec![Some((*day).to_owned())]], "{zone} {at} on {axis:?}");
        }
    }
}

/// A leap year of traffic at all hours: told in time, and up to a day late, over every change of the clocks.
#[tokio::test]
async fn days_make_months_and_months_the_year_on_both_axes_whatever_the_clocks_do() {
    // The year has begun everywhere, and everything is sent before it ends anywhere.
    let mut world = World::start_with("2024-01-01T06:00:00Z", TARIFF).await;
    let zones = ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
    for zone in zones {
        world.open(&wallet_of(zone), zone).await;
        world.credit(&wallet_of(zone), "10000").await;
    }
    // 25 hours and 7 minutes: at every hour of the day once a month, and near every change.
    for step in 0..348 {
        world.advance_to(world.now + jiff::SignedDuration::from_mins(25 * 60 + 7)).await;
        let event = |(wallet, number): (&str, i64)| {
            let ago = jiff::SignedDuration::from_mins(number * 5 * 60 + step % 60);
            let event = message(wallet, &format!("m-{step}-{number}"), 1 + number as u64);
            event.report().with("time", (world.now - ago).to_string())
        };
        let wallets = zones.map(wallet_of);
        let each = wallets.iter().flat_map(|wallet| (0..4).map(move |number| (wallet.as_str(), number)));
        let events: Vec<Event> = each.map(event).collect();
        for outcome in world.client.send(&events).await {
            assert_eq!(outcome.said(), "charged", "{outcome:?}");
        }
    }
    assert!(world.now > instant("2024-12-30T00:00:00Z"), "wanted the whole year: {}", world.now);
    let months = months(date("2024-01-01"), date("2024-12-31"));
    for zone in zones {
        let wallet = wallet_of(zone);
        let ledger = Ledger::read(&world.client, &wallet, zone, &Fates::default()).await;
        parts_meet(&world.client, &wallet, &ledger, &months, |_| true).await;
    }
}

#[tokio::test]
async fn three_hundred_and_sixty_six_days_are_answered_and_not_one_more() {
    let mut world = World::start_with("2023-12-31T12:00:00Z", TARIFF).await;
    world.open("acme", "America/New_York").await;
    world.credit("acme", "10").await;
    // The first and the last instant of the leap year 2024, and the seconds beside them.
    let instants =
        ["2024-01-01T04:59:59Z", "2024-01-01T05:00:00Z", "2025-01-01T04:59:59Z", "2025-01-01T05:00:00Z"];
    for (number, at) in instants.into_iter().enumerate() {
        world.advance(at).await;
        world.client.send_one(&Event::outbound("acme", &format!("m-{number}"))).await;
    }
    let table = [
        ("2024-01-01", "2024-12-31", Some(2)),
        ("2023-12-31", "2024-12-30", Some(2)),
        ("2023-12-31", "2024-12-31", None),
        ("2024-01-01", "2025-01-01", None),
        ("2024-01-02", "2025-01-01", Some(2)),
        ("2025-01-01", "2026-01-01", Some(1)),
        ("2025-01-01", "2026-01-02", None),
        ("2023-01-01", "2023-12-31", Some(1)),
        ("2025-01-01", "2025-01-01", Some(1)),
        // Any year can be asked for, if nothing was in it.
        ("1999-01-01", "1999-12-31", Some(0)),
        ("2099-01-01", "2099-12-31", Some(0)),
    ];
    for axis in Axis::BOTH {
        for (from, to, wanted) in table {
            let asked = Question::new(axis, date(from), date(to));
            match wanted {
                Some(messages) => {
                    let found = asked.ask(&world.client, "acme").await.usage;
                    assert_eq!(found.totals.get("/messages"), messages, "{axis:?}: {from} to {to}");
                }
                None => {
                    let refused = world.client.get(&asked.path("acme")).await.wants_problem(400, "bad_range");
                    assert!(refused.contains("366"), "wanted the most that may be asked for: {refused}");
                }
            }
        }
    }
}

/// The default range is the current month where the wallet is.
#[tokio::test]
async fn without_a_range_it_is_the_current_month_of_the_wallets_zone() {
    let mut world = World::start_with("2026-07-31T09:59:59Z", TARIFF).await;
    let zones = ["UTC", "Pacific/Kiritimati", "America/New_York"];
    for zone in zones {
        world.open(&wallet_of(zone), zone).await;
    }
    let table = [
        ("2026-07-31T09:59:59Z", ["2026-07", "2026-07", "2026-07"]),
        ("2026-07-31T10:00:00Z", ["2026-07", "2026-08", "2026-07"]),
        ("2026-07-31T23:59:59Z", ["2026-07", "2026-08", "2026-07"]),
        ("2026-08-01T00:00:00Z", ["2026-08", "2026-08", "2026-07"]),
        ("2026-08-01T04:00:00Z", ["2026-08", "2026-08", "2026-08"]),
    ];
    for (at, months) in table {
        world.advance(at).await;
        for (zone, month) in zones.into_iter().zip(months) {
            let path = format!("/v1/wallets/{}/usage", wallet_of(zone));
            let json = world.client.get(&path).await.wants(200);
            let first = date(&format!("{month}-01"));
            let range = (json["from"].as_str(), json["to"].as_str());
            let (from, to) = (first.to_string(), first.last_of_month().to_string());
            assert_eq!(range, (Some(from.as_str()), Some(to.as_str())), "{zone} at {at}");
        }
    }
}
