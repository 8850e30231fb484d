//! The model tells what the rules' own examples tell.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Nanos;
use super::top_ups::Card;
use super::wallet::Wallet;

const UNIT: Nanos = 1_000_000_000;
const NUMBER: &str = "+14155550101";

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A number bought on 15 July with the last 5, and these credits; the state of the number at some instants.
fn number_of(credits: &[(&str, Nanos)], at: &str) -> String {
    let mut wallet = Wallet::new(TimeZone::UTC);
    let bought = instant("2026-07-15T12:00:00Z");
    wallet.adjust(5 * UNIT, bought);
    wallet.buy_number(NUMBER, bought).unwrap();
    for (when, amount) in credits.iter().filter(|(when, _)| instant(when) <= instant(at)) {
        wallet.pass_time(instant(when));
        wallet.adjust(*amount, instant(when));
    }
    wallet.pass_time(instant(at));
    let rental = &wallet.rentals[0];
    let owed: Vec<String> = rental.arrears.iter().map(|owed| owed.cycle.to_string()).collect();
    let until = rental.released.map(|(at, _)| at).or(rental.release.as_ref().map(|release| release.at));
    format!("{} [{}] {}", rental.status(), owed.join("+"), until.map_or("-".to_owned(), |at| at.to_string()))
}

#[test]
fn the_rows_of_the_rules_table() {
    const ONE: (&str, Nanos) = ("2026-10-01T09:00:00Z", 5 * UNIT);
    const BOTH: (&str, Nanos) = ("2026-10-01T09:00:00Z", 10 * UNIT);
    const AUGUST: (&str, Nanos) = ("2026-08-20T09:00:00Z", 5 * UNIT);
    type Credits = &'static [(&'static str, Nanos)];
    let table: [(Credits, &str, &str); 9] = [
        (&[], "2026-08-15T00:00:00Z", "past_due [1] -"),
        (&[], "2026-09-15T00:00:00Z", "release_scheduled [1+2] 2026-10-14T23:59:59Z"),
        (&[], "2027-01-01T00:00:00Z", "released [] 2026-10-14T23:59:59Z"),
        (&[AUGUST], "2026-09-15T00:00:00Z", "past_due [2] -"),
        (&[AUGUST], "2026-10-15T00:00:00Z", "release_scheduled [2+3] 2026-11-14T23:59:59Z"),
        (&[ONE], "2026-10-02T00:00:00Z", "past_due [2] -"),
        (&[ONE], "2026-10-15T00:00:00Z", "release_scheduled [2+3] 2026-11-14T23:59:59Z"),
        (&[BOTH], "2026-10-02T00:00:00Z", "active [] -"),
        (&[BOTH], "2026-10-15T00:00:00Z", "past_due [3] -"),
    ];
    for (credits, at, wanted) in table {
        assert_eq!(number_of(credits, at), wanted, "credits {credits:?}, at {at}");
    }
}

#[test]
fn declined_after_1_6_and_24_hours_and_then_stopped() {
    let mut wallet = Wallet::new(TimeZone::UTC);
    let start = instant("2026-07-15T10:00:00Z");
    wallet.top_up_by_hand(20 * UNIT, Card::Declined, start);
    wallet.set_auto_top_up(20 * UNIT, 25 * UNIT, 5, None, start);
    wallet.finish_payments(start);
    wallet.pass_time(instant("2026-12-15T10:00:00Z"));
    let opened: Vec<String> =
        wallet.auto.attempts.iter().map(|attempt| attempt.opened_at.to_string()).collect();
    let wanted =
        ["2026-07-15T10:00:00Z", "2026-07-15T11:00:00Z", "2026-07-15T17:00:00Z", "2026-07-16T17:00:00Z"];
    assert_eq!(opened, wanted);
    assert_eq!((wallet.auto.stopped, wallet.balance), (Some("declined"), 20 * UNIT));
}

#[test]
fn three_successes_that_do_not_help_stop() {
    let mut wallet = Wallet::new(TimeZone::UTC);
    let start = instant("2026-07-15T10:00:00Z");
    wallet.top_up_by_hand(20 * UNIT, Card::Good, start);
    wallet.set_auto_top_up(100 * UNIT, 20 * UNIT, 5, None, start);
    wallet.finish_payments(start);
    assert_eq!((wallet.auto.stopped, wallet.balance), (Some("still_below"), 80 * UNIT));
}
