//! Rented numbers: fees, arrears, releases and their warnings (RULES, section 9).

use super::story::{LOCAL, Story, buy, credit, hold, number, release, send, settle};
use super::words::{instant, when};
use super::*;

const OTHER: &str = "+14155550101";
const TOLL_FREE: &str = "+18005550100";
const BOUGHT: &str = "2026-07-15T10:00:00Z";

/// A wallet whose last money went into a number.
fn penniless(bought_at: &str) -> Story {
    let mut story = Story::of("1", bought_at);
    assert_eq!(
        story.does(buy(LOCAL)),
        "rental 1 of +14155550100 active, cycle 0 of +14155550100 -1 leaves 0, suspended"
    );
    story
}

/// How the number stood after each of its changes, without the purchase.
fn course(story: &Story) -> Vec<String> {
    story.told("rental 1 of +14155550100 ").split_off(1)
}

#[test]
fn each_row_of_the_table_of_releases() {
    let scheduled = "release_scheduled owes 1+2 release 2026-10-14T23:59:59Z";
    let unpaid = ["2026-08-15: past_due owes 1".to_owned(), format!("2026-09-15: {scheduled}")];
    let unpaid = unpaid.each_ref().map(String::as_str);
    let again = "2026-10-15: release_scheduled owes 2+3 release 2026-11-14T23:59:59Z";
    let warnings = ["2026-10-07T23:59:59Z", "2026-10-13T23:59:59Z"].map(|at| format!("{at}: {scheduled}"));
    let released = "2026-10-14T23:59:59Z: released unpaid 2026-10-14T23:59:59Z";
    type TopUp = Option<(&'static str, &'static str)>;
    let table: [(TopUp, Vec<&str>); 4] = [
        (None, vec![unpaid[0], unpaid[1], &warnings[0], &warnings[1], released]),
        (
            Some(("2026-08-20", "1")),
            vec![unpaid[0], "2026-08-20: active", "2026-09-15: past_due owes 2", again],
        ),
        (Some(("2026-10-01", "1")), vec![unpaid[0], unpaid[1], "2026-10-01: past_due owes 2", again]),
        (
            Some(("2026-10-01", "2")),
            vec![
                unpaid[0],
                unpaid[1],
                "2026-10-01: past_due owes 2",
                "2026-10-01: active",
                "2026-10-15: past_due owes 3",
            ],
        ),
    ];
    for (top_up, want) in table {
        let mut story = penniless(BOUGHT);
        if let Some((at, amount)) = top_up {
            story.until(at);
            story.does(credit(amount));
        }
        story.until("2026-10-20");
        assert_eq!(course(&story), want, "with a top-up of {top_up:?}");
    }
}

#[test]
fn a_number_bought_on_the_31st_is_due_on_the_last_day_and_released_a_second_before_the_third() {
    let mut story = penniless("2026-07-31T10:00:00Z");
    story.until("2026-12-01");
    let scheduled = "release_scheduled owes 1+2 release 2026-10-30T23:59:59Z";
    let want = [
        "2026-08-31: past_due owes 1".to_owned(),
        format!("2026-09-30: {scheduled}"),
        format!("2026-10-23T23:59:59Z: {scheduled}"),
        format!("2026-10-29T23:59:59Z: {scheduled}"),
        "2026-10-30T23:59:59Z: released unpaid 2026-10-30T23:59:59Z".to_owned(),
    ];
    assert_eq!(course(&story), want);
}

#[test]
fn what_happens_to_an_unpaid_number_is_told() {
    let mut story = penniless(BOUGHT);
    let of = "rental 1 of +14155550100";
    let scheduled = format!("{of} release_scheduled owes 1+2 release 2026-10-14T23:59:59Z");
    let want = [
        format!("2026-08-15: {of} past_due owes 1, number.fee_unpaid +14155550100 1 2026-08-15"),
        format!(
            "2026-09-15: {scheduled}, number.fee_unpaid +14155550100 1 2026-09-15, \
             number.release_scheduled +14155550100 2026-10-14T23:59:59Z"
        ),
        format!("2026-10-07T23:59:59Z: {scheduled}, number.release_warned +14155550100 2026-10-14T23:59:59Z"),
        format!("2026-10-13T23:59:59Z: {scheduled}, number.release_warned +14155550100 2026-10-14T23:59:59Z"),
        format!(
            "2026-10-14T23:59:59Z: {of} released unpaid 2026-10-14T23:59:59Z, \
             number.released +14155550100 2026-10-14T23:59:59Z unpaid"
        ),
    ];
    assert_eq!(story.until("2027-01-01"), want);
    assert_eq!(story.life().owed(), Money::ZERO, "what was owed is written off");
    assert_eq!(story.does(credit("5")), "5 leaves 5, resumed", "and is never charged");
}

#[test]
fn a_release_is_cancelled_and_told_once_no_two_cycles_in_a_row_are_unpaid() {
    let mut story = penniless(BOUGHT);
    story.until("2026-10-01");
    assert_eq!(
        story.does(credit("1.5")),
        "1.5 leaves 1.5, cycle 1 of +14155550100 -1 leaves 0.5, rental 1 of +14155550100 past_due owes 2, \
         resumed, number.release_cancelled +14155550100"
    );
}

/// Fees are due on local days, whatever the zone.
#[test]
fn a_fee_is_due_at_the_first_instant_of_the_wallets_day() {
    let mut story = Story::of("1", "2026-07-16T03:00:00Z");
    story.wallet.time_zone = "America/New_York".into();
    story.does(buy(LOCAL));
    let lines = story.until("2026-10-01");
    let times: Vec<_> = lines.iter().filter_map(|line| line.split_once(": ")).map(|(at, _)| at).collect();
    assert_eq!(times, ["2026-08-15T04:00:00Z", "2026-09-15T04:00:00Z"]);
    assert!(lines[1].ends_with("2026-10-15T03:59:59Z"), "a second before the third: {lines:?}");
}

#[test]
fn a_release_whose_last_warning_was_over_an_hour_late_waits_24_hours_from_then() {
    let table = [
        // On time to the nanosecond: an hour late is not over an hour.
        ("2026-10-14T00:59:59Z", "2026-10-14T23:59:59Z", "owes 1+2"),
        ("2026-10-14T00:59:59.000000001Z", "2026-10-15T00:59:59.000000001Z", "owes 1+2+3"),
        ("2026-10-14T12:00:00Z", "2026-10-15T12:00:00Z", "owes 1+2+3"),
        // After weeks: every missed fee is posted, and is arrears.
        ("2027-01-20T12:00:00Z", "2027-01-21T12:00:00Z", "owes 1+2+3+4+5+6"),
    ];
    for (back_at, released_at, owes) in table {
        let mut story = penniless(BOUGHT);
        story.until("2026-10-10");
        story.sleeps_until(back_at);
        story.until("2027-02-01");
        let course = course(&story);
        let released = format!("{released_at}: released unpaid {released_at}");
        assert_eq!(course.last(), Some(&released), "back at {back_at}");
        let before = &course[course.len() - 2];
        assert!(before.contains(&format!("{owes} release {released_at}")), "back at {back_at}: {before}");
    }
}

#[test]
fn only_the_last_warning_makes_a_release_wait_and_missed_timers_run_once_in_order() {
    let mut story = penniless(BOUGHT);
    story.until("2026-08-01");
    let lines = story.sleeps_until("2026-10-10");
    let times: Vec<_> = lines.iter().filter_map(|line| line.split_once(": ")).map(|(at, _)| at).collect();
    assert_eq!(times, ["2026-08-15", "2026-09-15", "2026-10-07T23:59:59Z"], "each at its own time");
    story.until("2026-11-01");
    let released = "2026-10-14T23:59:59Z: released unpaid 2026-10-14T23:59:59Z";
    assert_eq!(course(&story).last().map(String::as_str), Some(released));
}

#[test]
fn of_two_numbers_due_at_one_instant_the_first_by_its_text_is_paid() {
    let mut story = Story::of("3", BOUGHT);
    for text in [OTHER, LOCAL] {
        story.does(buy(text));
    }
    let want = [
        "2026-08-15: rental 2 of +14155550100 active, cycle 1 of +14155550100 -1 leaves 0, suspended",
        "2026-08-15: rental 1 of +14155550101 past_due owes 1, \
         number.fee_unpaid +14155550101 1 2026-08-15",
    ];
    assert_eq!(story.until("2026-08-16"), want);
}

#[test]
fn older_arrears_do_not_block_a_newly_due_fee_but_are_paid_oldest_first_and_whole() {
    let mut story = Story::of("4.5", BOUGHT);
    story.does(buy(TOLL_FREE));
    story.until("2026-07-16");
    story.does(buy(LOCAL));
    let want = [
        "2026-08-15: rental 1 of +18005550100 past_due owes 1, \
         number.fee_unpaid +18005550100 2 2026-08-15",
        "2026-08-16: rental 2 of +14155550100 active, cycle 1 of +14155550100 -1 leaves 0.5",
    ];
    assert_eq!(story.until("2026-08-17"), want);
    story.until("2026-09-20");
    assert_eq!(story.life().owed(), money("5"), "2 and 2 of one, 1 of the other");
    assert_eq!(story.does(credit("1")), "1 leaves 1.5", "it would pay the youngest, but the oldest is first");
    assert_eq!(
        story.does(credit("2")),
        "2 leaves 3.5, cycle 1 of +18005550100 -2 leaves 1.5, rental 1 of +18005550100 past_due owes 2, \
         number.release_cancelled +18005550100"
    );
    assert_eq!(
        story.does(credit("2")),
        "2 leaves 3.5, cycle 2 of +18005550100 -2 leaves 1.5, rental 1 of +18005550100 active, \
         cycle 2 of +14155550100 -1 leaves 0.5, rental 2 of +14155550100 active"
    );
}

#[test]
fn arrears_are_tried_in_every_step_that_raises_what_is_available() {
    type Frees = fn(&mut Story) -> Vec<String>;
    let table: [(&str, Frees); 5] = [
        ("credit", |story| vec![story.does(credit("1"))]),
        ("void", |story| vec![story.does(Command::VoidHold { hold: 1 })]),
        ("rest of a settle", |story| vec![story.does(settle(1, "3", Rest::Freed))]),
        ("expiry", |story| story.until("2026-08-20")),
        ("payment", |story| {
            story.does(Command::OpenCheckout { amount: money("20"), return_url: "" });
            let payment = Payment {
                payment: "pi_1".into(),
                amount: money("20"),
                currency: Currency::USD,
                customer: "".into(),
                method: None,
            };
            vec![story.hears(1, PaymentFact::Succeeded(payment))]
        }),
    ];
    for (name, frees) in table {
        let mut story = Story::of("10", BOUGHT);
        story.does(buy(LOCAL));
        story.until("2026-08-01");
        story.does(hold("9", "2026-08-20"));
        story.until("2026-08-16");
        assert_eq!(story.life().owed(), money("1"), "{name}");
        let lines = frees(&mut story);
        assert!(lines[0].contains("cycle 1 of +14155550100 -1"), "{name}: {lines:?}");
        assert_eq!(story.life().owed(), Money::ZERO, "{name}");
    }
}

#[test]
fn a_settle_that_frees_nothing_and_a_hold_pay_no_arrears() {
    let mut story = Story::of("10", BOUGHT);
    story.does(buy(LOCAL));
    story.until("2026-08-01");
    story.does(hold("9", "2026-08-20"));
    story.until("2026-08-16");
    assert_eq!(
        story.does(settle(1, "3", Rest::Stays)),
        "settlement of 1 -3 leaves 6, hold 1 open 6 settled 3"
    );
    assert_eq!(story.life().owed(), money("1"));
}

#[test]
fn a_number_released_by_hand_keeps_its_arrears_owed_and_is_billed_no_more() {
    let mut story = penniless(BOUGHT);
    story.until("2026-09-20");
    assert_eq!(
        story.does(release(LOCAL)),
        "rental 1 of +14155550100 released owes 1+2 by_hand 2026-09-20, \
         number.released +14155550100 2026-09-20 by_hand"
    );
    assert_eq!(story.until("2027-01-01"), [""; 0], "no fee, no warning, no release");
    assert_eq!(story.does(release(LOCAL)), "Known");
    assert_eq!(story.does(release(OTHER)), "UnknownNumber");
    assert_eq!(
        story.does(credit("1")),
        "1 leaves 1, cycle 1 of +14155550100 -1 leaves 0, \
         rental 1 of +14155550100 released owes 2 by_hand 2026-09-20"
    );
    assert_eq!(story.life().owed(), money("1"));
}

#[test]
fn rented_again_it_is_a_new_rental_and_the_old_one_is_owed_still() {
    let mut story = penniless(BOUGHT);
    story.until("2026-08-20");
    story.does(release(LOCAL));
    assert_eq!(story.does(credit("0.5")), "0.5 leaves 0.5, resumed");
    assert_eq!(story.does(buy(LOCAL)), "refused InsufficientBalance");
    story.world.fees = vec![(SenderType::Local, money("0.4"))];
    assert_eq!(
        story.does(buy(LOCAL)),
        "rental 2 of +14155550100 active, cycle 0 of +14155550100 -0.4 leaves 0.1"
    );
    assert_eq!(story.does(buy(LOCAL)), "NumberRented");
    assert_eq!(
        story.does(credit("1")),
        "1 leaves 1.1, cycle 1 of +14155550100 -1 leaves 0.1, \
         rental 1 of +14155550100 released by_hand 2026-08-20"
    );
    assert_eq!(story.life().numbers.keys().copied().collect::<Vec<_>>(), [2], "the old rental is history");
    assert_eq!(story.life().rental_of(&number(LOCAL)).map(|number| number.rental), Some(2));
}

#[test]
fn admitted_traffic_of_a_released_number_is_refused_both_ways_until_it_is_rented_again() {
    let mut story = Story::of("100", BOUGHT);
    let message = |direction, mode, story: &Story| at(&sms(direction, mode, "1"), story.now);
    story.does(buy(LOCAL));
    story.does(release(LOCAL));
    for direction in [Outbound, Inbound] {
        assert_eq!(story.does(message(direction, Admit, &story)), "refused NumberReleased");
        assert!(story.does(message(direction, Report, &story)).starts_with("-1 leaves "), "it has happened");
    }
    story.does(buy(LOCAL));
    for direction in [Outbound, Inbound] {
        assert!(story.does(message(direction, Admit, &story)).starts_with("-1 leaves "), "{direction:?}");
    }
}

#[test]
fn number_released_is_said_before_suspended() {
    let mut story = Story::of("1", BOUGHT);
    story.does(buy(LOCAL));
    story.does(release(LOCAL));
    assert_eq!(story.wallet.status, Status::Suspended);
    assert_eq!(story.does(send("1", story.now)), "refused NumberReleased");
}

#[test]
fn a_purchase_is_paid_in_full_from_what_is_available_or_nothing_is_bought() {
    let table = [
        ("1", "0", LOCAL, "rental 1 of +14155550100 active, cycle 0 of +14155550100 -1 leaves 0, suspended"),
        ("1", "0.000000001", LOCAL, "refused InsufficientBalance"),
        ("1.5", "0.5", LOCAL, "rental 1 of +14155550100 active, cycle 0 of +14155550100 -1 leaves 0.5"),
        ("0", "0", LOCAL, "refused InsufficientBalance"),
        ("499", "0", "12345", "refused InsufficientBalance"),
        ("9", "0", "Acme", "NoRate"),
    ];
    for (balance, held, text, want) in table {
        let mut story = Story::of(balance, BOUGHT);
        if held != "0" {
            story.does(hold(held, "2026-08-01"));
        }
        assert_eq!(story.does(buy(text)), want, "{text} on {balance} of which {held} are held");
    }
}

#[test]
fn a_fee_is_by_the_tariff_at_its_due_instant_and_the_last_one_stands_where_there_is_none() {
    let mut story = Story::of("10", BOUGHT);
    story.does(buy(LOCAL));
    story.world.fees[0].1 = money("3");
    story.until("2026-08-20");
    story.world.fees.clear();
    story.until("2026-09-20");
    let paid = story.told("cycle ");
    let want = [
        "2026-07-15T10:00:00Z: 0 of +14155550100 -1 leaves 9",
        "2026-08-15: 1 of +14155550100 -3 leaves 6",
        "2026-09-15: 2 of +14155550100 -3 leaves 3",
    ];
    assert_eq!(paid, want);
}

#[test]
fn the_owner_of_the_numbers_is_told_of_a_release_until_he_confirms() {
    let mut story = Story::of("10", BOUGHT);
    story.world.number_owner = true;
    story.does(buy(LOCAL));
    story.does(release(LOCAL));
    let released = |story: &Story| story.life().numbers[&1].released.unwrap();
    assert_eq!(when(released(&story).tell_at), BOUGHT, "at once");
    let told = |again_at| Command::ReleaseTold { rental: 1, again_at };
    story.does(told(instant("2026-07-16")));
    assert_eq!((when(released(&story).tell_at), released(&story).tries), ("2026-07-16".to_owned(), 1));
    story.until("2026-07-16");
    story.does(told(Timestamp::NEVER));
    assert_eq!(when(released(&story).confirmed_at), "2026-07-16");
    assert_eq!(story.does(told(Timestamp::NEVER)), "Known");
    assert_eq!(story.does(Command::ReleaseTold { rental: 2, again_at: Timestamp::NEVER }), "UnknownNumber");
}
