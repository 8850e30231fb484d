//! The rules of RULES.md, sections 5 to 12, as tables: one row a command, what it comes to last.
//!
//! Here those of messages, charges and adjustments; the life of a wallet has a file for each of its parts.

mod alerts;
mod auto;
mod corrections;
mod holds;
mod laws;
mod life_laws;
mod numbers;
mod origins;
mod payments;
mod statuses;
mod story;
mod timers;
mod words;

use super::*;
use crate::domain::currency::Currency;
use crate::domain::event::{AHEAD_MAX, Happening, Mode};
use crate::domain::record::{Cause, Change, Entry, Record};
use crate::domain::samples::{
    NOW, SampleWorld, TERMS, WALLET, adjustment, carrier_fee, event, later, message, money, price, wallet,
};
use crate::domain::wallet::Status;
use Direction::{Inbound, Outbound};
use Mode::{Admit, Report};
use words::told;

const MOMENT: Moment = Moment { now: NOW, too_old_after: Span::from_days(35) };

/// Decides on a copy. A refusal must leave it as it was, and what is posted must fold to what was decided (J2).
fn decided<'a>(wallet: &Wallet, command: &Command<'a>, moment: Moment) -> Result<Records<'a>, Refusal> {
    let world = SampleWorld::default();
    let mut after = wallet.clone();
    let decided = decide(&mut after, command, Ground { moment, context: &world });
    let mut folded = wallet.clone();
    decided.iter().flatten().for_each(|record| folded.apply(record).unwrap());
    assert_eq!(folded, after, "{command:?} decides what it posts\non {wallet:?}");
    decided
}

#[track_caller]
fn check(wallet: &Wallet, command: &Command<'_>, want: &str) {
    let got = told(&decided(wallet, command, MOMENT));
    assert_eq!(got, want, "{command:?}\non {wallet:?}");
}

/// A message with this price of one unit and no carrier fee.
fn sms(direction: Direction, mode: Mode, total: &str) -> Command<'static> {
    let event = event("m-1", Happening::Message(message(direction, 1)), mode);
    Command::Post { event, price: Some(price(money(total), Money::ZERO)), early: None }
}

fn at<'a>(command: &Command<'a>, occurred_at: Timestamp) -> Command<'a> {
    let Command::Post { event, price, early } = command.clone() else {
        panic!("only events occur at a time of their own")
    };
    Command::Post { event: Event { occurred_at, ..event }, price, early }
}

fn fee(amount: &str, mode: Mode) -> Command<'static> {
    Command::Post { event: event("f-1", carrier_fee(money(amount)), mode), price: None, early: None }
}

/// RULES, section 6: each row of its table, on both sides of every border.
#[test]
fn the_balance_decides_what_becomes_of_admitted_messages_and_reports_post_anyway() {
    let table = [
        ("10", Outbound, Admit, "2", "-2 leaves 8"),
        ("2", Outbound, Admit, "2", "-2 leaves 0, suspended"),
        ("2", Outbound, Admit, "2.000000001", "refused InsufficientBalance"),
        ("0.000000001", Outbound, Admit, "0.000000001", "-0.000000001 leaves 0, suspended"),
        ("10", Outbound, Admit, "0", "0 leaves 10"),
        ("10", Inbound, Admit, "2", "-2 leaves 8"),
        ("2", Inbound, Admit, "2", "-2 leaves 0, suspended"),
        ("2", Inbound, Admit, "2.000000001", "blocked InsufficientBalance"),
        ("0", Outbound, Admit, "2", "refused Suspended"),
        ("0", Outbound, Admit, "0", "refused Suspended"),
        ("0", Inbound, Admit, "2", "blocked Suspended"),
        ("0", Inbound, Admit, "0", "blocked Suspended"),
        ("-5", Outbound, Admit, "2", "refused Suspended"),
        ("-5", Inbound, Admit, "2", "blocked Suspended"),
        ("10", Outbound, Report, "2", "-2 leaves 8"),
        ("10", Outbound, Report, "10", "-10 leaves 0, suspended"),
        ("10", Outbound, Report, "12", "-12 leaves -2, suspended"),
        ("10", Inbound, Report, "12", "-12 leaves -2, suspended"),
        ("0", Outbound, Report, "2", "-2 leaves -2"),
        ("-5", Outbound, Report, "2", "-2 leaves -7"),
        ("-5", Inbound, Report, "2", "-2 leaves -7"),
    ];
    for (balance, direction, mode, total, want) in table {
        check(&wallet(money(balance)), &sms(direction, mode, total), want);
    }
}

#[test]
fn a_new_wallet_starts_suspended_without_a_record_of_it_and_credit_resumes_it() {
    let wallet = Wallet::opened(WALLET, &TERMS);
    assert_eq!(
        (wallet.status, wallet.balance, wallet.seq, wallet.records),
        (Status::Suspended, Money::ZERO, 0, 1)
    );
    check(&wallet, &sms(Outbound, Admit, "1"), "refused Suspended");
    check(&wallet, &sms(Inbound, Admit, "1"), "blocked Suspended");
    check(&wallet, &sms(Outbound, Report, "1"), "-1 leaves -1");
    check(&wallet, &Command::Adjust(adjustment(money("5"))), "5 leaves 5, resumed");
}

#[test]
fn adjustments_of_either_sign_post_and_turn_the_status_where_the_balance_crosses_0() {
    let table = [
        ("10", "5", "5 leaves 15"),
        ("10", "-9.999999999", "-9.999999999 leaves 0.000000001"),
        ("10", "-10", "-10 leaves 0, suspended"),
        ("10", "-25", "-25 leaves -15, suspended"),
        ("-15", "10", "10 leaves -5"),
        ("-15", "15", "15 leaves 0"),
        ("-15", "15.000000001", "15.000000001 leaves 0.000000001, resumed"),
        ("0", "1", "1 leaves 1, resumed"),
        ("0", "-1", "-1 leaves -1"),
    ];
    for (balance, amount, want) in table {
        check(&wallet(money(balance)), &Command::Adjust(adjustment(money(amount))), want);
    }
}

#[test]
fn a_carrier_fee_is_a_report_whatever_its_mode_and_needs_no_rate() {
    for mode in [Admit, Report] {
        check(&wallet(money("10")), &fee("0.05", mode), "-0.05 leaves 9.95");
        check(&wallet(money("10")), &fee("10", mode), "-10 leaves 0, suspended");
        check(&wallet(money("10")), &fee("12", mode), "-12 leaves -2, suspended");
        check(&wallet(money("0")), &fee("0.05", mode), "-0.05 leaves -0.05");
    }
}

/// In each row every check from the named one on would refuse; the first of them speaks.
#[test]
fn checks_come_in_their_order() {
    let ahead = later(NOW.plus(AHEAD_MAX), 1);
    let old = later(NOW.minus(MOMENT.too_old_after), -1);
    let table = [
        (ahead, None, "0", Admit, "InTheFuture"),
        (ahead, None, "0", Report, "InTheFuture"),
        (ahead, Some("2"), "1", Admit, "InTheFuture"),
        (old, None, "0", Admit, "TooOld"),
        (old, None, "0", Report, "TooOld"),
        (old, Some("2"), "1", Admit, "TooOld"),
        (NOW, None, "0", Admit, "NoRate"),
        (NOW, None, "0", Report, "NoRate"),
        (NOW, Some("2"), "0", Admit, "refused Suspended"),
        (NOW, Some("2"), "1", Admit, "refused InsufficientBalance"),
        (NOW, Some("2"), "2", Admit, "-2 leaves 0, suspended"),
    ];
    for (occurred_at, total, balance, mode, want) in table {
        let Command::Post { event, .. } = sms(Outbound, mode, "0") else { unreachable!() };
        let price = total.map(|total| price(money(total), Money::ZERO));
        check(&wallet(money(balance)), &at(&Command::Post { event, price, early: None }, occurred_at), want);
    }
}

#[test]
fn an_event_may_be_exactly_35_days_old_and_exactly_5_minutes_ahead() {
    let day = 86_400_000_000_000;
    let table = [
        (5 * 60_000_000_000, "-1 leaves 9"),
        (5 * 60_000_000_000 + 1, "InTheFuture"),
        (-35 * day, "-1 leaves 9"),
        (-35 * day - 1, "TooOld"),
        (i64::MAX - NOW.nanos(), "InTheFuture"),
        (-NOW.nanos(), "TooOld"),
    ];
    for (offset, want) in table {
        for command in [
            sms(Outbound, Admit, "1"),
            sms(Outbound, Report, "1"),
            sms(Inbound, Admit, "1"),
            fee("1", Report),
        ] {
            check(&wallet(money("10")), &at(&command, later(NOW, offset)), want);
        }
    }
    let one_day = Moment { now: NOW, too_old_after: Span::from_days(1) };
    for (offset, want) in [(-day, "-1 leaves 9"), (-day - 1, "TooOld")] {
        let command = at(&sms(Outbound, Admit, "1"), later(NOW, offset));
        assert_eq!(told(&decided(&wallet(money("10")), &command, one_day)), want, "one day is the setting");
    }
}

#[test]
fn what_leaves_the_range_of_money_is_refused_and_its_last_value_is_not() {
    const MOST: i64 = i64::MAX;
    let command = |amount: i64| Command::Adjust(adjustment(Money::from_nanos(amount)));
    let table = [
        (MOST, command(1), "OutOfRange"),
        (MOST - 1, command(1), "1e-9"),
        (i64::MIN, command(-1), "OutOfRange"),
        (i64::MIN + 1, command(-1), "-1e-9"),
        (1, command(MOST), "OutOfRange"),
        (i64::MIN, fee("0.000000001", Report), "OutOfRange"),
        (i64::MIN, sms(Outbound, Report, "0.000000001"), "OutOfRange"),
        // No amount is the opposite of the smallest one.
        (
            0,
            Command::Post {
                event: event("f", carrier_fee(Money::from_nanos(i64::MIN)), Report),
                price: None,
                early: None,
            },
            "OutOfRange",
        ),
    ];
    for (balance, command, want) in table {
        let decided = decided(&wallet(Money::from_nanos(balance)), &command, MOMENT);
        let got = match &decided {
            Err(refusal) => format!("{refusal:?}"),
            Ok(records) => match &records[0].change {
                Change::Entry(entry) => format!("{}e-9", entry.amount.nanos()),
                change => format!("{change:?}"),
            },
        };
        assert_eq!(got, want, "{command:?} on a balance of {balance}e-9");
    }
}

#[test]
fn currency_and_time_zone_are_fixed_from_the_first_entry_on() {
    let euros = Terms { currency: Currency::parse("EUR").unwrap(), ..TERMS };
    let in_berlin = Terms { time_zone: "Europe/Berlin", ..TERMS };
    let renamed = Terms { name: "Acme & Sons", tariff: TariffId(9), ..TERMS };
    let (new, used) = (Wallet::opened(WALLET, &TERMS), wallet(money("0")));
    let blocked_only = Wallet { records: 5, ..new.clone() };
    let table = [
        (&new, euros, "terms EUR UTC"),
        (&new, in_berlin, "terms USD Europe/Berlin"),
        (&blocked_only, euros, "terms EUR UTC"),
        (&used, euros, "TermsFixed"),
        (&used, in_berlin, "TermsFixed"),
        (&used, renamed, "terms USD UTC"),
        (&used, TERMS, "terms USD UTC"),
    ];
    for (wallet, terms, want) in table {
        check(wallet, &Command::SetTerms(terms), want);
    }
}

#[test]
fn an_entry_keeps_its_event_its_price_and_its_time_and_turns_the_status_when_it_is_posted() {
    let occurred_at = later(NOW, -60_000_000_000);
    let whole = price(money("2"), money("0.5"));
    let event = Event { occurred_at, ..event("m-1", Happening::Message(message(Outbound, 1)), Report) };
    let post = Command::Post { event, price: Some(whole), early: None };
    let records = decided(&wallet(money("2.5")), &post, MOMENT).unwrap();
    let entry = Entry {
        seq: 2,
        amount: money("-2.5"),
        balance_after: Money::ZERO,
        cause: Cause::Message { event, price: whole },
    };
    assert_eq!(records[0], Record { number: 4, occurred_at, change: Change::Entry(entry) });
    assert_eq!(records[1], Record { number: 5, occurred_at: NOW, change: Change::Suspended });
    assert_eq!((records[2].number, records[2].occurred_at, records.len()), (6, NOW, 3), "its alert");

    let blocked = Event { happening: Happening::Message(message(Inbound, 1)), mode: Admit, ..event };
    let command = Command::Post { event: blocked, price: Some(whole), early: None };
    let records = decided(&wallet(money("1")), &command, MOMENT).unwrap();
    let change = Change::Blocked { event: blocked, reason: Lack::InsufficientBalance };
    assert_eq!(records[..], [Record { number: 4, occurred_at, change }]);

    for command in [Command::Adjust(adjustment(money("1"))), Command::SetTerms(TERMS)] {
        let records = decided(&wallet(money("1")), &command, MOMENT).unwrap();
        assert_eq!(records[0].occurred_at, NOW, "{command:?} happens when it is decided");
    }
}
