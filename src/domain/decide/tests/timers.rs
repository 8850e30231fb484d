//! What falls due at one instant, and in which order (RULES, section 12).

use super::story::{LOCAL, Story, buy, hold, number};
use super::words::instant;
use super::*;
use crate::domain::life::Timer;
use crate::domain::life::auto::{AutoTopUp, Switch};
use crate::domain::life::number::{Number, Release, Warnings};

const AT: &str = "2026-07-15T10:00:00Z";
const DUE: &str = "2026-08-15";

/// A number that is next due when it is asked for, with a release if there is one.
fn rented(rental: u64, text: &str, next_due: &str, release: Option<(&str, &str)>) -> Number {
    let release = release.map(|(at, warn_at)| Release {
        at: instant(at),
        warn_at: if warn_at == "never" { Timestamp::NEVER } else { instant(warn_at) },
        warnings: if warn_at == "never" { Warnings::None } else { Warnings::OneDay },
    });
    Number {
        rental,
        number: number(text),
        sender_type: SenderType::Local,
        bought_at: instant(AT),
        anchor: crate::domain::calendar::Day(20_260_715),
        cycle: 1,
        next_due_at: instant(next_due),
        fee: money("1"),
        arrears: Default::default(),
        release,
        released: None,
    }
}

#[test]
fn at_one_instant_fees_come_before_warnings_releases_expiries_and_retries() {
    let mut story = Story::of("100", AT);
    story.does(hold("5", DUE));
    let life = story.wallet.life_mut();
    let far = "2026-12-15";
    for number in [
        rented(1, "+14155550104", far, Some((DUE, "never"))),
        rented(2, "+14155550103", far, Some(("2026-08-20", DUE))),
        rented(3, "+14155550102", DUE, None),
        rented(4, "+14155550101", DUE, None),
    ] {
        life.put_number(&number);
    }
    let at = instant(DUE);
    life.set_auto(&AutoTopUp { switch: Switch::On, retry_at: at, limited_until: at, ..AutoTopUp::default() });
    story.wallet.derive();
    story.now = at;
    let mut order = Vec::new();
    while let Some((due_at, timer, id)) = story.wallet.due_by(at) {
        assert_eq!(due_at, at);
        order.push((timer, id));
        catch_up(&mut story.wallet, story.world.ground(at)).expect("something is due");
    }
    let want = [
        (Timer::Fee, 4),
        (Timer::Fee, 3),
        (Timer::Warning, 2),
        (Timer::Release, 1),
        (Timer::Expiry, 1),
        (Timer::Retry, 0),
        (Timer::LimitTurn, 0),
    ];
    assert_eq!(order, want);
}

#[test]
fn nothing_is_due_before_its_instant_and_everything_at_it() {
    let mut story = Story::of("10", AT);
    story.does(buy(LOCAL));
    story.now = later(instant(DUE), -1);
    assert_eq!(catch_up(&mut story.wallet, story.world.ground(story.now)), None);
    story.now = instant(DUE);
    assert!(catch_up(&mut story.wallet, story.world.ground(story.now)).is_some());
    assert_eq!(catch_up(&mut story.wallet, story.world.ground(story.now)), None, "once");
}

/// An expiry frees what the fee of the same instant could not be paid from: the fee was first.
#[test]
fn a_fee_due_as_a_hold_expires_is_unpaid_and_then_paid_from_what_is_freed() {
    let mut story = Story::of("10", AT);
    story.does(buy(LOCAL));
    story.does(hold("9", DUE));
    let want = [
        "2026-08-15: rental 1 of +14155550100 past_due owes 1, number.fee_unpaid +14155550100 1 2026-08-15",
        "2026-08-15: hold 1 expired 0 settled 0, cycle 1 of +14155550100 -1 leaves 8, \
         rental 1 of +14155550100 active",
    ];
    assert_eq!(story.until(DUE), want);
}

/// Whether somebody looked in between or not, what has happened is the same.
#[test]
fn timers_that_were_missed_come_to_the_same_as_those_that_were_not() {
    let lived = |sleeps: bool| {
        let mut story = Story::of("3.5", AT);
        story.does(buy(LOCAL));
        story.does(hold("1", "2026-09-15"));
        if sleeps {
            story.sleeps_until("2026-10-05");
        } else {
            story.until("2026-10-05");
        }
        story.records
    };
    assert_eq!(lived(true), lived(false));
}
