//! Automatic top-up: what fires it, and what keeps it from firing (RULES, section 10; T1).

use super::payments::{declined, disputed, paid, paid_with, pending, refunded};
use super::story::{AUTO_OFF, LOCAL, Story, auto_on, buy, credit, hold, send};
use super::*;
use crate::domain::life::attempt::{DisputeState, Method};
use crate::domain::life::auto::{AUTHENTICATION_REQUIRED, Limits};

const AT: &str = "2026-07-15T10:00:00Z";

/// A wallet whose automatic top-up adds 20 at 10 or below.
fn story(balance: &str) -> Story {
    Story::of(balance, AT).with_auto("10", "20", Limits::default())
}

/// A wallet of 8 whose first automatic attempt is under way.
fn firing() -> Story {
    let mut story = story("11");
    assert_eq!(story.does(send("3", story.now)), "-3 leaves 8, attempt 1 auto opening, auto on");
    story
}

#[test]
fn it_fires_at_the_minimum_and_for_what_is_refused_for_lack_of_available() {
    let fires = "attempt 1 auto opening, auto on";
    let table = [
        ("12", send("1", super::words::instant(AT)), "-1 leaves 11".to_owned()),
        ("12", send("2", super::words::instant(AT)), format!("-2 leaves 10, {fires}")),
        ("12", hold("1", "2026-07-20"), "hold 1 open 1 settled 0".to_owned()),
        ("12", hold("2", "2026-07-20"), format!("hold 1 open 2 settled 0, {fires}")),
        ("12", hold("13", "2026-07-20"), format!("refused InsufficientBalance; {fires}")),
        ("12", send("13", super::words::instant(AT)), format!("refused InsufficientBalance; {fires}")),
        (
            "12",
            at(&sms(Inbound, Admit, "13"), super::words::instant(AT)),
            format!("blocked InsufficientBalance, {fires}"),
        ),
        ("12", buy("12345"), format!("refused InsufficientBalance; {fires}")),
        ("12", buy("Acme"), "NoRate".to_owned()),
        ("12", credit("-2"), format!("-2 leaves 10, {fires}")),
    ];
    for (balance, command, want) in table {
        assert_eq!(story(balance).does(command.clone()), want, "{command:?} on {balance}");
    }
}

#[test]
fn an_unpaid_fee_fires_it_in_its_step() {
    let mut story = story("20");
    story.does(buy(LOCAL));
    story.world.fees[0].1 = money("50");
    let want = "2026-08-15: rental 1 of +14155550100 past_due owes 1, \
                number.fee_unpaid +14155550100 50 2026-08-15, attempt 1 auto opening, auto on";
    assert_eq!(story.until("2026-08-16"), [want]);
}

#[test]
fn t1_while_one_attempt_is_unresolved_there_is_no_other() {
    let mut story = firing();
    assert_eq!(story.does(send("1", story.now)), "-1 leaves 7");
    assert_eq!(story.does(send("8", story.now)), "refused InsufficientBalance");
    for fact in [PaymentFact::Unclear, pending(), PaymentFact::NotFound] {
        story.hears(1, fact);
        assert_eq!(story.does(hold("8", "2026-07-20")), "refused InsufficientBalance");
    }
    assert_eq!(
        story.hears(1, paid("20")),
        "top-up 1 20 leaves 27, attempt 1 auto succeeded, top_up.succeeded tu_1 20"
    );
}

#[test]
fn it_needs_to_be_on_with_a_saved_method() {
    let mut story = Story::of("5", AT);
    assert_eq!(story.does(auto_on("10", "20", Limits::default())), "auto on", "no method");
    assert_eq!(story.does(send("1", story.now)), "-1 leaves 4");
    story.does(Command::OpenCheckout { amount: money("3"), return_url: "" });
    assert_eq!(
        story.hears(1, paid_with("3", "pm_1")),
        "top-up 1 3 leaves 7, attempt 1 checkout succeeded, method pm_1, auto on, \
         top_up.succeeded tu_1 3, attempt 2 auto opening, auto on",
        "looked at again when the method changes"
    );
    assert_eq!(&*story.attempt(2).unwrap().method, "pm_1");
    assert_eq!(story.does(AUTO_OFF), "auto off");
    assert_eq!(
        story.hears(2, paid("20")),
        "top-up 2 20 leaves 27, attempt 2 auto succeeded, top_up.succeeded tu_2 20",
        "one under way still credits"
    );
    assert_eq!(story.does(send("20", story.now)), "-20 leaves 7", "and it fires no more");
}

#[test]
fn it_is_looked_at_again_when_its_settings_change() {
    let mut story = story("15");
    assert_eq!(
        story.does(auto_on("15", "20", Limits::default())),
        "auto on, attempt 1 auto opening, auto on"
    );
}

#[test]
fn declines_are_tried_again_after_1_6_and_24_hours_and_the_fourth_in_a_row_stops_it() {
    for (code, stop) in [("card_declined", "declined"), (AUTHENTICATION_REQUIRED, AUTHENTICATION_REQUIRED)] {
        let mut story = firing();
        let retries = ["2026-07-15T11:00:00Z", "2026-07-15T17:00:00Z", "2026-07-16T17:00:00Z"];
        for (number, retry_at) in (1..).zip(retries) {
            assert_eq!(
                story.hears(number, declined(code)),
                format!(
                    "attempt {number} auto failed {code}, auto on retry {retry_at}, top_up.failed tu_{number} 20 {code}"
                )
            );
            assert_eq!(story.does(hold("9", "2026-07-20")), "refused InsufficientBalance", "it waits");
            let next = number + 1;
            let fires = format!("{retry_at}: auto on, attempt {next} auto opening, auto on");
            assert_eq!(story.until(retry_at), [fires]);
        }
        assert_eq!(
            story.hears(4, declined(code)),
            format!(
                "attempt 4 auto failed {code}, auto on stopped {stop}, top_up.failed tu_4 20 {code}, \
                 auto_top_up.stopped {stop}"
            )
        );
        assert_eq!(story.until("2026-08-15"), [""; 0]);
        assert_eq!(story.does(send("1", story.now)), "-1 leaves 7", "stopped");
    }
}

#[test]
fn a_retry_is_dropped_if_available_has_recovered() {
    let mut story = firing();
    story.hears(1, declined("card_declined"));
    assert_eq!(story.does(credit("30")), "30 leaves 38");
    assert_eq!(story.until("2026-07-15T12:00:00Z"), ["2026-07-15T11:00:00Z: auto on"]);
    assert!(story.does(send("30", story.now)).ends_with("attempt 2 auto opening, auto on"));
    assert!(
        story.hears(2, declined("card_declined")).contains("retry 2026-07-15T18:00:00Z"),
        "the second decline in a row"
    );
}

#[test]
fn what_is_stopped_starts_again_with_another_method_a_manual_top_up_or_switched_on_anew() {
    let stopped = || {
        let mut story = firing();
        for number in 1..=4 {
            story.hears(number, declined("card_declined"));
            let retry_at = story.wallet.due_at;
            if retry_at != Timestamp::NEVER {
                story.until(&super::words::when(retry_at));
            }
        }
        assert!(story.life().auto.stopped.is_some());
        story
    };
    let mut switched = stopped();
    assert_eq!(
        switched.does(auto_on("10", "20", Limits::default())),
        "auto on, attempt 5 auto opening, auto on"
    );
    for fact in [paid("1"), paid_with("1", "pm_2")] {
        let mut topped_up = stopped();
        topped_up.does(Command::OpenCheckout { amount: money("1"), return_url: "" });
        let words = topped_up.hears(5, fact.clone());
        assert!(words.ends_with("attempt 6 auto opening, auto on"), "{fact:?}: {words}");
    }
    let mut other = stopped();
    other.does(AUTO_OFF);
    assert_eq!(other.does(auto_on("7", "20", Limits::default())), "auto on", "above its minimum");
    assert!(other.life().auto.is_ready(other.now));
}

#[test]
fn limits_hold_until_the_local_period_turns_and_then_it_is_looked_at_again() {
    let limits = Limits { attempts_per_day: 2, amount_per_month: money("60"), ..Limits::default() };
    let mut story = Story::of("11", AT).with_auto("10", "20", limits);
    story.does(send("1", story.now));
    story.hears(1, paid("20"));
    assert_eq!(
        story.does(send("25", story.now)),
        "-25 leaves 5, attempt 2 auto opening, auto on limited 2026-07-16"
    );
    story.hears(2, paid("20"));
    assert_eq!(story.does(send("20", story.now)), "-20 leaves 5", "two a day");
    // 60 of the month are tried with the third.
    let fires = "2026-07-16: auto on, attempt 3 auto opening, auto on limited 2026-08-01";
    assert_eq!(story.until("2026-07-16"), [fires]);
    story.hears(3, paid("20"));
    story.does(send("20", story.now));
    let fires = "2026-08-01: auto on, attempt 4 auto opening, auto on";
    assert_eq!(story.until("2026-08-02"), [fires]);
}

/// A fee falls due, and is posted, just before it is posted that the day's limit is over: both at midnight.
#[test]
fn a_fee_of_the_instant_at_which_a_limit_turns_is_of_the_new_period() {
    let limits = Limits { attempts_per_day: 1, ..Limits::default() };
    let mut story = Story::of("40", AT).with_auto("10", "20", limits);
    story.does(buy(LOCAL));
    story.world.fees[0].1 = money("50");
    story.until("2026-08-14");
    let spent = story.wallet.available().checked_sub(money("5")).unwrap();
    assert_eq!(
        story.does(send(&spent.to_string(), story.now)),
        format!("-{spent} leaves 5, attempt 1 auto opening, auto on limited 2026-08-15")
    );
    story.hears(1, paid("20"));
    let want = ["2026-08-15: rental 1 of +14155550100 past_due owes 1, \
         number.fee_unpaid +14155550100 50 2026-08-15, attempt 2 auto opening, auto on limited 2026-08-16"];
    assert_eq!(story.until("2026-08-15"), want, "25 are above the minimum, and less than the fee");
}

/// Reports may be 35 days old; the attempt that one fires is made today.
#[test]
fn an_attempt_counts_on_the_day_it_is_made_whatever_fired_it() {
    let limits = Limits { attempts_per_day: 2, ..Limits::default() };
    let mut story = Story::of("11", AT).with_auto("10", "1", limits);
    for (number, days_ago) in [(1, 0), (2, 9)] {
        let occurred_at = story.now.minus(Span::from_days(days_ago));
        story.does(at(&sms(Outbound, Report, "2"), occurred_at));
        story.does(auto_on("1", "1", limits));
        story.hears(number, paid("1"));
        story.does(auto_on("10", "1", limits));
    }
    assert_eq!(story.life().auto.tried_of_day.attempts, 2);
    assert_eq!(story.does(send("1", story.now)), "-1 leaves 8", "two a day");
}

#[test]
fn three_successes_in_a_row_that_do_not_lift_it_above_the_minimum_stop_it() {
    let mut story = Story::of("101", AT).with_auto("100", "20", Limits::default());
    story.does(send("100", story.now));
    for number in 1..=2 {
        let balance = 1 + 20 * number;
        assert_eq!(
            story.hears(number, paid("20")),
            format!(
                "top-up {number} 20 leaves {balance}, attempt {number} auto succeeded, auto on, \
                 top_up.succeeded tu_{number} 20, attempt {} auto opening, auto on",
                number + 1
            )
        );
    }
    assert_eq!(
        story.hears(3, paid("20")),
        "top-up 3 20 leaves 61, attempt 3 auto succeeded, auto on stopped still_below, \
         top_up.succeeded tu_3 20, auto_top_up.still_below 100"
    );
    assert_eq!(story.does(send("1", story.now)), "-1 leaves 60");
}

#[test]
fn a_success_that_lifts_it_above_the_minimum_ends_the_row() {
    let mut story = Story::of("31", AT).with_auto("30", "20", Limits::default());
    story.does(send("30", story.now));
    story.hears(1, paid("20"));
    assert_eq!(story.life().auto.successes_below, 1);
    story.hears(2, paid("20"));
    assert_eq!((story.life().auto.successes_below, story.wallet.balance), (0, money("41")));
}

#[test]
fn a_refund_and_a_dispute_fire_nothing_and_neither_does_a_step_that_moves_no_money() {
    let topped_up = || {
        let mut story = firing();
        story.hears(1, paid("20"));
        story.world.endpoints = vec![1];
        story.does(Command::SetLevels { levels: Box::leak(Box::new([money("12")])) });
        story
    };
    let mut story = topped_up();
    assert_eq!(
        story.hears(1, refunded("20")),
        "payment 1 refunded -20 leaves 8, attempt 1 auto succeeded, levels 12 told, \
         wallet.low_balance 12, delivery of 2 to 1 pending after 0"
    );
    let delivered = Command::Delivered {
        endpoint: 1,
        alert: 2,
        state: DeliveryState::Delivered,
        http_status: 200,
        next_at: Timestamp::NEVER,
    };
    assert_eq!(story.does(delivered), "delivery of 2 to 1 delivered after 1", "the alert that told of it");
    assert_eq!(
        story.does(Command::SetLevels { levels: &[] }),
        "levels ",
        "nothing that automatic top-up waits for has changed"
    );
    assert!(story.does(send("1", story.now)).ends_with("attempt 2 auto opening, auto on"), "a charge does");

    let mut story = topped_up();
    let words = story.hears(1, disputed("dp_1", "20", DisputeState::Withdrawn));
    assert!(words.contains("auto on stopped disputed"), "{words}");
    assert!(words.contains("auto_top_up.stopped disputed") && !words.contains("opening"), "{words}");
    assert_eq!(story.does(send("1", story.now)), "-1 leaves 7", "a dispute stops it");
    let words = story.hears(1, disputed("dp_1", "20", DisputeState::Reinstated));
    assert!(!words.contains("auto on"), "what was given back starts nothing: {words}");
}

#[test]
fn a_decline_of_what_is_off_or_stopped_already_is_not_told_as_a_stop() {
    let mut off = firing();
    off.does(AUTO_OFF);
    assert!(!off.hears(1, declined("card_declined")).contains("auto_top_up.stopped"));
    let mut stopped = firing();
    stopped.does(Command::OpenCheckout { amount: money("30"), return_url: "" });
    stopped.hears(2, paid("30"));
    stopped.hears(2, disputed("dp_1", "30", DisputeState::Withdrawn));
    assert_eq!(stopped.told("auto_top_up.stopped").len(), 1);
    stopped.hears(1, declined("card_declined"));
    assert_eq!(stopped.told("auto_top_up.stopped").len(), 1, "it was told when the dispute stopped it");
}

#[test]
fn an_attempt_that_was_never_found_is_no_decline_and_is_made_again() {
    let mut story = firing();
    story.hears(1, PaymentFact::Unclear);
    story.until("2026-07-16T10:00:00Z");
    assert_eq!(
        story.hears(1, PaymentFact::NotFound),
        "attempt 1 auto failed not_found, top_up.failed tu_1 20 not_found, attempt 2 auto opening, auto on"
    );
    assert_eq!(story.life().auto.declines, 0);
}

#[test]
fn a_payment_that_comes_in_after_its_attempt_was_given_up_is_credited() {
    let mut story = firing();
    story.hears(1, declined("card_declined"));
    assert!(story.hears(1, paid("20")).starts_with("top-up 1 20 leaves 28, attempt 1 auto succeeded"));
    assert_eq!(story.life().auto.declines, 0, "a success ends a row of declines");
}

#[test]
fn a_customer_without_a_method_is_not_charged() {
    let mut story = Story::of("11", AT);
    let none = || "".into();
    story.wallet.life_mut().method =
        Some(Method { customer: "cus_1".into(), id: none(), brand: none(), last4: none() });
    story.does(auto_on("10", "20", Limits::default()));
    assert_eq!(story.does(send("3", story.now)), "-3 leaves 8");
}
