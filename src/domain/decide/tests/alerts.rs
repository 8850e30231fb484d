//! Alerts: low balance once per crossing, who hears of them, and how far the telling has come (RULES, section 11).

use super::story::{LOCAL, Story, buy, credit};
use super::*;
use crate::domain::life::alert::{AlertKind, DELIVERIES_OPEN_MAX};

const AT: &str = "2026-07-15T10:00:00Z";

fn levels(amounts: &[&str]) -> Command<'static> {
    let amounts: Vec<_> = amounts.iter().map(|amount| money(amount)).collect();
    Command::SetLevels { levels: amounts.leak() }
}

fn watching(balance: &str, amounts: &[&str]) -> Story {
    let mut story = Story::of(balance, AT);
    story.does(levels(amounts));
    story
}

#[test]
fn a_level_is_told_once_per_crossing_and_armed_again_above_it() {
    let mut story = watching("150", &["20", "100"]);
    let table = [
        ("-49", "-49 leaves 101"),
        ("-1", "-1 leaves 100, levels 100 told 20 armed, wallet.low_balance 100"),
        ("-1", "-1 leaves 99"),
        ("1", "1 leaves 100"),
        ("0.000000001", "0.000000001 leaves 100.000000001, levels 100 armed 20 armed"),
        // Both at once, highest first.
        (
            "-90",
            "-90 leaves 10.000000001, levels 100 told 20 told, wallet.low_balance 100, wallet.low_balance 20",
        ),
        ("30", "30 leaves 40.000000001, levels 100 told 20 armed"),
        ("-30", "-30 leaves 10.000000001, levels 100 told 20 told, wallet.low_balance 20"),
        ("-50", "-50 leaves -39.999999999, suspended"),
        ("200", "200 leaves 160.000000001, resumed, levels 100 armed 20 armed"),
    ];
    for (amount, want) in table {
        assert_eq!(story.does(credit(amount)), want, "{amount}");
    }
}

#[test]
fn levels_are_set_highest_first_and_one_below_already_is_told_when_it_is_crossed_next() {
    let table: [(&str, &[&str], &str); 4] = [
        ("50", &["20", "100", "20"], "levels 100 told 20 armed"),
        ("100", &["100"], "levels 100 told"),
        ("0", &["-5", "0"], "levels 0 told -5 armed"),
        ("50", &[], "levels "),
    ];
    for (balance, amounts, want) in table {
        assert_eq!(Story::of(balance, AT).does(levels(amounts)), want, "{amounts:?} on {balance}");
    }
}

#[test]
fn a_level_at_or_below_0_is_told_too() {
    let mut story = watching("1", &["-5"]);
    story.does(credit("-2"));
    assert_eq!(story.does(credit("-4")), "-4 leaves -5, levels -5 told, wallet.low_balance -5");
}

#[test]
fn every_turn_of_the_status_is_told_and_a_new_wallet_that_stays_suspended_is_not() {
    let mut wallet = Wallet::opened(WALLET, &TERMS);
    let world = SampleWorld::default();
    for (amount, want) in
        [("-1", vec![]), ("5", vec![AlertKind::Resumed]), ("-4", vec![AlertKind::Suspended])]
    {
        let records = decide(&mut wallet, &credit(amount), world.ground(NOW)).unwrap();
        let told: Vec<_> = records
            .iter()
            .filter_map(|record| match &record.change {
                Change::Alert(alert) => Some(alert.kind),
                _ => None,
            })
            .collect();
        assert_eq!(told, want, "{amount}");
    }
}

#[test]
fn alerts_are_numbered_and_tell_the_balance_that_their_step_leaves() {
    let mut story = Story::of("1", AT);
    story.does(buy(LOCAL));
    story.until("2026-10-01");
    story.does(credit("1.5"));
    let alerts: Vec<_> = story
        .records
        .iter()
        .filter_map(|record| match &record.change {
            Change::Alert(alert) => Some((alert.number, alert.kind, alert.balance)),
            _ => None,
        })
        .collect();
    let want = [
        (1, AlertKind::Suspended, "0"),
        (2, AlertKind::FeeUnpaid, "0"),
        (3, AlertKind::FeeUnpaid, "0"),
        (4, AlertKind::ReleaseScheduled, "0"),
        // Told in the middle of the step, before the first fee was paid, the balance would be 1.5.
        (5, AlertKind::ReleaseCancelled, "0.5"),
        (6, AlertKind::Resumed, "0.5"),
    ];
    let sorted = |mut alerts: Vec<_>| {
        alerts.sort_unstable();
        alerts
    };
    let by_kind = |alerts: &[(u64, AlertKind, Money)]| {
        sorted(alerts.iter().map(|(_, kind, balance)| (*kind, *balance)).collect())
    };
    let want = want.map(|(number, kind, balance)| (number, kind, money(balance)));
    assert_eq!(by_kind(&alerts), by_kind(&want));
    assert!(alerts.iter().map(|(number, ..)| *number).eq(1..=6), "{alerts:?}");
    assert_eq!(story.wallet.alerts, 6);
}

fn delivered(endpoint: u32, alert: u64, state: DeliveryState, next_at: Timestamp) -> Command<'static> {
    Command::Delivered { endpoint, alert, state, http_status: 503, next_at }
}

#[test]
fn an_alert_is_on_its_way_to_everybody_who_hears_it_until_each_has_answered() {
    use DeliveryState::{Delivered, Failed, Pending};
    let mut story = watching("150", &["100"]);
    story.world.endpoints = vec![3, 5];
    assert_eq!(
        story.does(credit("-60")),
        "-60 leaves 90, levels 100 told, wallet.low_balance 100, delivery of 1 to 3 pending after 0, \
         delivery of 1 to 5 pending after 0"
    );
    let later = story.now.plus(Span::from_seconds(5));
    let table = [
        (3, 1, Pending, later, "delivery of 1 to 3 pending after 1"),
        (3, 1, Delivered, Timestamp::NEVER, "delivery of 1 to 3 delivered after 2"),
        (3, 1, Delivered, Timestamp::NEVER, "Known"),
        (5, 1, Failed, Timestamp::NEVER, "delivery of 1 to 5 failed after 1"),
        (5, 2, Delivered, Timestamp::NEVER, "Known"),
    ];
    for (endpoint, alert, state, next_at, want) in table {
        assert_eq!(story.does(delivered(endpoint, alert, state, next_at)), want, "{endpoint} {alert}");
    }
    assert!(story.life().deliveries.is_empty());
    assert_eq!(
        story.does(Command::Redeliver { endpoint: 5, alert: 1 }),
        "delivery of 1 to 5 pending after 0",
        "sent again by hand"
    );
    for alert in [0, 2] {
        assert_eq!(story.does(Command::Redeliver { endpoint: 5, alert }), "UnknownAttempt");
    }
}

#[test]
fn what_is_told_while_too_much_is_under_way_is_kept_and_sent_only_by_hand() {
    let world = SampleWorld { endpoints: vec![1], ..SampleWorld::default() };
    let mut wallet = wallet(money("1"));
    let mut last = Records::new();
    for turn in 0..=DELIVERIES_OPEN_MAX {
        let amount = if turn % 2 == 0 { "-1" } else { "1" };
        last = decide(&mut wallet, &credit(amount), world.ground(NOW)).unwrap();
    }
    let alert = last.iter().find_map(|record| match &record.change {
        Change::Alert(alert) => Some(alert),
        _ => None,
    });
    assert!(alert.is_some_and(|alert| alert.endpoints.is_empty()), "{alert:?}");
    let redeliver = Command::Redeliver { endpoint: 1, alert: wallet.alerts };
    assert_eq!(decide(&mut wallet, &redeliver, world.ground(NOW)), Err(Refusal::TooMany));
    let done = delivered(1, 1, DeliveryState::Delivered, Timestamp::NEVER);
    decide(&mut wallet, &done, world.ground(NOW)).unwrap();
    assert!(decide(&mut wallet, &redeliver, world.ground(NOW)).is_ok());
}
