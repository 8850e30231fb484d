//! Holds: made, settled, voided, expired, and messages paid from them (RULES, section 7).

use super::story::{Story, hold, settle};
use super::words::when;
use super::*;
use crate::domain::life::hold::HOLDS_OPEN_MAX;

const AT: &str = "2026-07-15T10:00:00Z";
const EXPIRES: &str = "2026-07-18T10:00:00Z";

/// A wallet with this balance, of which so much is held.
fn holding(balance: &str, held: &str) -> Story {
    let mut story = Story::of(balance, AT);
    assert_eq!(story.does(hold(held, EXPIRES)), format!("hold 1 open {held} settled 0"));
    story
}

#[test]
fn a_hold_is_made_from_what_is_available() {
    let table = [
        ("10", "10", "hold 2 open 5 settled 0", "5"),
        ("10", "10.000000001", "refused InsufficientBalance", "5"),
        ("0", "1", "refused Suspended", "0"),
        ("-1", "1", "refused Suspended", "0"),
    ];
    for (balance, sum, want, first) in table {
        let mut story = if first == "0" { Story::of(balance, AT) } else { holding(balance, first) };
        let second = money(sum).checked_sub(money(first)).unwrap();
        assert_eq!(
            story.does(hold(&second.to_string(), EXPIRES)),
            want,
            "{second} after {first} of {balance}"
        );
    }
}

#[test]
fn a_settlement_posts_the_actual_amount_and_what_is_left_stays_or_is_freed() {
    let table = [
        ("2", Rest::Stays, "settlement of 1 -2 leaves 8, hold 1 open 3 settled 2", "5"),
        ("5", Rest::Stays, "settlement of 1 -5 leaves 5, hold 1 open 0 settled 5", "5"),
        ("7", Rest::Stays, "settlement of 1 -7 leaves 3, hold 1 open 0 settled 7", "3"),
        ("12", Rest::Stays, "settlement of 1 -12 leaves -2, hold 1 open 0 settled 12, suspended", "-2"),
        ("2", Rest::Freed, "settlement of 1 -2 leaves 8, hold 1 settled 0 settled 2", "8"),
        ("0", Rest::Freed, "hold 1 settled 0 settled 0", "10"),
        ("0", Rest::Stays, "hold 1 open 5 settled 0", "5"),
    ];
    for (amount, rest, want, available) in table {
        let mut story = holding("10", "5");
        assert_eq!(story.does(settle(1, amount, rest)), want, "{amount} {rest:?}");
        assert_eq!(story.wallet.available(), money(available), "{amount} {rest:?}");
    }
}

#[test]
fn a_hold_is_settled_in_parts_until_it_is_closed() {
    let mut story = holding("10", "5");
    story.does(settle(1, "2", Rest::Stays));
    assert_eq!(
        story.does(settle(1, "1", Rest::Stays)),
        "settlement of 1 -1 leaves 7, hold 1 open 2 settled 3"
    );
    assert_eq!(story.does(Command::VoidHold { hold: 1 }), "hold 1 voided 0 settled 3");
    for command in [settle(1, "1", Rest::Stays), Command::VoidHold { hold: 1 }] {
        assert_eq!(story.does(command), "HoldClosed");
    }
    for hold in [0, 2] {
        assert_eq!(story.does(settle(hold, "1", Rest::Stays)), "UnknownHold");
        assert_eq!(story.does(Command::VoidHold { hold }), "UnknownHold");
    }
    assert_eq!(Story::of("1", AT).does(Command::VoidHold { hold: 1 }), "UnknownHold");
}

#[test]
fn expiry_frees_and_what_was_sent_is_charged_when_it_is_reported() {
    let mut story = holding("10", "5");
    assert_eq!(story.until("2026-07-18T09:59:59Z"), [""; 0]);
    assert_eq!(story.until(EXPIRES), [format!("{EXPIRES}: hold 1 expired 0 settled 0")]);
    assert_eq!(story.wallet.available(), money("10"));
    let late = event_of("1", Report, &story);
    assert_eq!(story.does(late), "-1 leaves 9", "its hold is closed");
}

/// A message of the first hold.
fn event_of(total: &str, mode: Mode, story: &Story) -> Command<'static> {
    let Command::Post { event, price, early } = at(&sms(Outbound, mode, total), story.now) else {
        unreachable!()
    };
    Command::Post { event: Event { hold: "h_1", ..event }, price, early }
}

#[test]
fn a_message_that_names_its_hold_is_paid_from_it_first() {
    let table = [
        ("10", "3", "2", Admit, "-2 leaves 8, hold 1 open 1 settled 2"),
        ("10", "3", "3", Admit, "-3 leaves 7, hold 1 open 0 settled 3"),
        ("10", "3", "5", Admit, "-5 leaves 5, hold 1 open 0 settled 5"),
        ("10", "3", "10", Admit, "-10 leaves 0, hold 1 open 0 settled 10, suspended"),
        ("4", "3", "5", Admit, "refused InsufficientBalance"),
        ("4", "3", "5", Report, "-5 leaves -1, hold 1 open 0 settled 5, suspended"),
    ];
    for (balance, held, total, mode, want) in table {
        let mut story = holding(balance, held);
        let message = event_of(total, mode, &story);
        assert_eq!(story.does(message), want, "{total} {mode:?} from {held} of {balance}");
    }
}

/// RULES, section 6: holds already made post, whatever the status.
#[test]
fn what_a_hold_covers_is_sent_while_the_wallet_is_suspended_and_nothing_more() {
    let mut story = holding("5", "5");
    let reported = at(&sms(Outbound, Report, "5"), story.now);
    assert_eq!(story.does(reported), "-5 leaves 0, suspended");
    let covered = event_of("2", Admit, &story);
    assert_eq!(story.does(covered), "-2 leaves -2, hold 1 open 3 settled 2");
    let beyond = event_of("4", Admit, &story);
    assert_eq!(story.does(beyond), "refused Suspended");
    assert_eq!(
        story.does(settle(1, "3", Rest::Freed)),
        "settlement of 1 -3 leaves -5, hold 1 settled 0 settled 5"
    );
}

#[test]
fn a_hold_keeps_its_terms() {
    let story = holding("10", "5");
    let hold = &story.life().holds[&1];
    assert_eq!((when(hold.made_at), when(hold.expires_at)), (AT.to_owned(), EXPIRES.to_owned()));
    assert_eq!((hold.amount, &*hold.campaign, hold.closed_at), (money("5"), "autumn", Timestamp::NEVER));
}

#[test]
fn so_many_holds_may_stand_at_once() {
    let world = SampleWorld::default();
    let mut wallet = wallet(money("1"));
    let tiny = || Command::MakeHold {
        amount: Money::from_nanos(1),
        expires_at: NOW.plus(Span::from_days(1)),
        campaign: "",
    };
    for _ in 0..HOLDS_OPEN_MAX {
        decide(&mut wallet, &tiny(), world.ground(NOW)).unwrap();
    }
    assert_eq!(decide(&mut wallet, &tiny(), world.ground(NOW)), Err(Refusal::TooMany));
    decide(&mut wallet, &Command::VoidHold { hold: 7 }, world.ground(NOW)).unwrap();
    assert!(decide(&mut wallet, &tiny(), world.ground(NOW)).is_ok());
}
