//! The engine down and started again later (RULES, sections 9 and 12): every missed timer runs once, in order, at its
//! own time; only a release waits, until 24 hours after a last warning that came over an hour late.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::seen;
use crate::support::data_dir;
use crate::world::{NUMBER, NUMBER_2, World, instant};

const START: &str = "2026-07-15T10:00:00Z";

/// Alerts about the number, with the minute they happened and the minute they were posted.
async fn told(world: &World, wallet: &str, kinds: &[&str]) -> Vec<String> {
    let line = |row: &Value| {
        let at = |field: &str| row[field].as_str().unwrap_or("?").to_owned();
        let (happened, posted) = (at("occurred_at"), at("posted_at"));
        let minute = |text: &str| seen::local(text, &TimeZone::UTC);
        format!("{} {} posted {}", minute(&happened), at("type"), minute(&posted))
    };
    let rows = world.client.alerts(wallet).await;
    rows.iter().filter(|row| kinds.contains(&row["type"].as_str().unwrap_or("?"))).map(line).collect()
}

async fn number(world: &World, wallet: &str) -> String {
    seen::number(&world.client.number(wallet, NUMBER).await, &TimeZone::UTC)
}

/// A world in which each wallet has bought its number with its last money on 15 July.
async fn with_poor_wallets(wallets: &[&str]) -> World {
    let mut world = World::start(START).await;
    for wallet in wallets {
        world.open_with(wallet, "5").await;
        world.buy(wallet, NUMBER).await;
    }
    world
}

#[tokio::test]
async fn down_for_three_months_no_number_is_released_without_its_last_warning_a_day_before() {
    let mut world = with_poor_wallets(&["lost", "saved", "too-little"]).await;
    world.advance("2026-09-20T10:00:00Z").await;
    world.restart("2026-12-20T10:00:00Z").await;
    world.settle().await;

    let waiting = "release_scheduled, owes 1+2+3+4+5 (25), due 2027-01-15, release 2026-12-21 10:00:00";
    assert_eq!(
        number(&world, "lost").await,
        waiting,
        "fees due meanwhile are arrears, the release waits a day"
    );
    let warned = told(&world, "lost", &["number.release_warned", "number.fee_unpaid"]).await;
    let wanted = [
        "2026-08-15 number.fee_unpaid posted 2026-08-15",
        "2026-09-15 number.fee_unpaid posted 2026-09-15",
        "2026-10-07 23:59:59 number.release_warned posted 2026-12-20 10:00:00",
        "2026-10-13 23:59:59 number.release_warned posted 2026-12-20 10:00:00",
        "2026-10-15 number.fee_unpaid posted 2026-12-20 10:00:00",
        "2026-11-15 number.fee_unpaid posted 2026-12-20 10:00:00",
        "2026-12-15 number.fee_unpaid posted 2026-12-20 10:00:00",
    ];
    assert_eq!(warned, wanted, "wanted every missed timer once, in order, at its own time");

    // Three of five months: the last two are still unpaid in a row. Four: cancelled.
    world.credit("too-little", "15").await;
    assert_eq!(
        number(&world, "too-little").await,
        "release_scheduled, owes 4+5 (10), due 2027-01-15, release 2026-12-21 10:00:00"
    );
    world.credit("saved", "20").await;
    assert_eq!(number(&world, "saved").await, "past_due, owes 5 (5), due 2027-01-15");

    world.advance("2026-12-21T09:59:59Z").await;
    assert_eq!(number(&world, "lost").await, waiting, "24 hours are not over");
    world.advance("2026-12-21T10:00:00Z").await;
    for wallet in ["lost", "too-little"] {
        assert_eq!(number(&world, wallet).await, "released, unpaid 2026-12-21 10:00:00", "{wallet}");
        assert_eq!(world.client.wallet(wallet).await["arrears"], "0", "{wallet}: arrears are written off");
    }
    assert_eq!(number(&world, "saved").await, "past_due, owes 5 (5), due 2027-01-15");
}

#[tokio::test]
async fn what_was_scheduled_while_the_engine_was_down_waits_too() {
    let mut world = with_poor_wallets(&["acme"]).await;
    world.advance("2026-07-20T10:00:00Z").await;
    world.restart("2026-10-20T10:00:00Z").await;
    world.settle().await;
    assert_eq!(
        number(&world, "acme").await,
        "release_scheduled, owes 1+2+3 (15), due 2026-11-15, release 2026-10-21 10:00:00"
    );
    let scheduled = told(&world, "acme", &["number.release_scheduled"]).await;
    assert_eq!(scheduled, ["2026-09-15 number.release_scheduled posted 2026-10-20 10:00:00"]);
    world.advance("2026-10-21T10:00:00Z").await;
    assert_eq!(number(&world, "acme").await, "released, unpaid 2026-10-21 10:00:00");
}

#[tokio::test]
async fn a_release_whose_last_warning_was_in_time_keeps_its_own_time() {
    let mut world = with_poor_wallets(&["acme"]).await;
    world.advance("2026-10-14T10:00:00Z").await;
    world.restart("2026-12-20T10:00:00Z").await;
    world.settle().await;
    assert_eq!(number(&world, "acme").await, "released, unpaid 2026-10-14 23:59:59");
    let released = told(&world, "acme", &["number.released", "number.fee_unpaid"]).await;
    let wanted = [
        "2026-08-15 number.fee_unpaid posted 2026-08-15",
        "2026-09-15 number.fee_unpaid posted 2026-09-15",
        "2026-10-14 23:59:59 number.released posted 2026-12-20 10:00:00",
    ];
    assert_eq!(released, wanted, "a released number has no fee on 15 October");
}

/// The last warning is due on 13 October at 23:59:59.
#[tokio::test]
async fn a_last_warning_up_to_an_hour_late_moves_nothing_one_later_than_that_does() {
    let table = [
        ("2026-10-14T00:30:00Z", "2026-10-14 23:59:59"),
        ("2026-10-14T00:59:59Z", "2026-10-14 23:59:59"),
        ("2026-10-14T01:00:00Z", "2026-10-15 01:00:00"),
        ("2026-10-14T02:00:00Z", "2026-10-15 02:00:00"),
    ];
    for (up_again, release) in table {
        let mut world = with_poor_wallets(&["acme"]).await;
        world.advance("2026-10-13T20:00:00Z").await;
        world.restart(up_again).await;
        world.settle().await;
        let wanted = format!("release_scheduled, owes 1+2 (10), due 2026-10-15, release {release}");
        assert_eq!(number(&world, "acme").await, wanted, "up again at {up_again}");
        world.advance("2026-10-15T00:00:00Z").await;
        let wanted = match release.starts_with("2026-10-14") {
            true => "released, unpaid 2026-10-14 23:59:59".to_owned(),
            false => format!("release_scheduled, owes 1+2+3 (15), due 2026-11-15, release {release}"),
        };
        assert_eq!(
            number(&world, "acme").await,
            wanted,
            "up again at {up_again}: the fee of 15 October is arrears"
        );
        world.advance("2026-10-16T00:00:00Z").await;
        assert_eq!(
            number(&world, "acme").await,
            format!("released, unpaid {release}"),
            "up again at {up_again}"
        );
    }
}

#[tokio::test]
async fn missed_fees_are_posted_each_at_its_own_time_and_in_order() {
    let mut world = World::start(START).await;
    world.open_with("acme", "27").await;
    world.buy("acme", NUMBER_2).await;
    world.buy("acme", NUMBER).await;
    world.advance("2026-07-31T10:00:00Z").await;
    let hold = world.hold("acme", 5).await;
    world.kill_and_restart("2026-10-20T10:00:00Z").await;
    world.settle().await;
    let entries = seen::entries(&world.client, "acme").await;
    let wanted = [
        "2026-07-15 10:00:00 adjustment 27 = 27",
        "2026-07-15 10:00:00 number_fee -5 = 22",
        "2026-07-15 10:00:00 number_fee -5 = 17",
        // The hold has expired on 3 August: all is available again.
        "2026-08-15 number_fee -5 = 12",
        "2026-08-15 number_fee -5 = 7",
        "2026-09-15 number_fee -5 = 2",
    ];
    assert_eq!(entries, wanted, "wanted the fees at their due instants");
    let rows = world.client.entries("acme").await;
    for row in &rows[3..] {
        assert_eq!(
            row["posted_at"].as_str().map(instant),
            Some(world.now),
            "posted when the engine was up: {row}"
        );
    }
    let closed = world.client.hold("acme", &hold).await;
    assert_eq!(closed["status"], "expired", "wanted the hold expired: {closed}");
    assert_eq!(closed["closed_at"].as_str().map(instant), Some(instant("2026-08-03T10:00:00Z")), "{closed}");
    assert_eq!(number(&world, "acme").await, "past_due, owes 3 (5), due 2026-11-15");
}

/// Before anything is decided for a wallet, what fell due is posted first.
#[tokio::test]
async fn the_first_call_after_a_downtime_meets_what_fell_due_before_it() {
    let mut world = World::start(START).await;
    world.open_with("acme", "8").await;
    world.buy("acme", NUMBER).await;
    world.restart("2026-08-15T00:00:00Z").await;
    // 3 are left, the fee of 5 is due: unpaid, so that these 3 can be spent; paid it would be refused.
    let sent = world.send("acme", "m-1", 3).await;
    assert_eq!(sent.said(), "charged");
    assert_eq!(number(&world, "acme").await, "past_due, owes 1 (5), due 2026-09-15");

    world.open_with("rich", "11").await;
    world.buy("rich", NUMBER).await;
    world.restart("2026-09-15T00:00:00Z").await;
    let sent = world.send("rich", "m-1", 6).await;
    assert_eq!(sent.said(), "refused insufficient_balance", "the fee of that instant comes first");
}

#[tokio::test]
async fn the_clock_does_not_go_back_over_a_restart() {
    let mut world = with_poor_wallets(&["acme"]).await;
    world.advance("2026-08-20T10:00:00Z").await;
    world.credit("acme", "1").await;
    world.restart("2026-08-01T10:00:00Z").await;
    let told = world.client.test_clock().await;
    let now = told["now"].as_str().map(instant);
    assert!(now >= Some(instant("2026-08-20T10:00:00Z")), "wanted the clock where it was: {told}");
    assert_eq!(number(&world, "acme").await, "past_due, owes 1 (5), due 2026-09-15");
}

/// A clean journal is what all of this leaves behind.
#[tokio::test]
async fn a_life_with_stops_and_kills_verifies() {
    let mut world = with_poor_wallets(&["acme", "other"]).await;
    world.kill_and_restart("2026-08-20T10:00:00Z").await;
    world.settle().await;
    world.credit("acme", "5").await;
    world.kill_and_restart("2026-11-20T10:00:00Z").await;
    world.settle().await;
    world.advance("2026-12-20T10:00:00Z").await;
    let home = world.stop();
    data_dir::assert_verifies(home.path());
}
