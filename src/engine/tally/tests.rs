//! What is counted where it happens arrives in the metrics once, under its own words.

use super::*;
use crate::domain::event::{Direction, FinalStatus};
use crate::domain::identity::Key;
use crate::domain::life::Timer;
use crate::domain::life::alert::Alert;
use crate::domain::record::{Cause, Change};
use crate::domain::samples::{NOW, adjustment, message, money};
use crate::domain::time::Timestamp;
use crate::engine::batch::{Invalid, Line, PackedKey, Span};
use crate::metrics::Meters;

fn flushed(tally: &mut Tally, meters: &Meters) -> String {
    tally.flush(&meters.traffic);
    meters.render()
}

fn check(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.lines().any(|line| line == *wanted), "{wanted} is not in:\n{text}");
    }
}

fn record(change: Change<'_>) -> Record<'_> {
    Record { number: 1, occurred_at: NOW, change }
}

fn status() -> Told {
    let message_key = PackedKey::new(Key(7));
    let (message, message_source, error_code) = (Span::default(), Span::default(), Span::default());
    Told::Status { message, message_source, message_key, status: FinalStatus::Failed, error_code }
}

#[test]
fn events_are_counted_by_what_they_are_and_what_became_of_them() {
    let (meters, mut tally) = (Meters::new(1), Tally::default());
    let (out, inbound) =
        (Told::Message(message(Direction::Outbound, 3)), Told::Message(message(Direction::Inbound, 1)));
    let charged = Outcome::Charged { amount: money("1"), seq: 1 };
    tally.event(&out, &charged);
    tally.event(&out, &charged);
    tally.event(&out, &Outcome::Refused(Lack::NumberReleased));
    tally.event(&inbound, &Outcome::Recorded(Some(Lack::Suspended)));
    tally.event(&status(), &charged);
    tally.event(&status(), &Outcome::Recorded(None));
    tally.event(&out, &Outcome::Invalid(Rejection::NoRate));
    count_absent(&meters.traffic, &out, Absence::Stopping);
    let want = [
        "farebox_events_total{outcome=\"charged\",type=\"message.outbound\",kind=\"sms\"} 2",
        "farebox_events_total{outcome=\"refused\",type=\"message.outbound\",kind=\"sms\"} 1",
        "farebox_events_total{outcome=\"recorded\",type=\"message.inbound\",kind=\"sms\"} 1",
        "farebox_events_total{outcome=\"charged\",type=\"message.status\",kind=\"\"} 1",
        "farebox_events_total{outcome=\"recorded\",type=\"message.status\",kind=\"\"} 1",
        "farebox_events_total{outcome=\"unavailable\",type=\"message.outbound\",kind=\"sms\"} 1",
        "farebox_events_refused_total{code=\"number_released\"} 1",
        "farebox_events_blocked_total{code=\"suspended\"} 1",
        "farebox_events_invalid_total{code=\"no_rate\"} 1",
        "farebox_events_unavailable_total{code=\"stopping\"} 1",
        // A status has no units, whatever it returns.
        "farebox_units_charged_total{type=\"message.outbound\",kind=\"sms\"} 6",
        "farebox_units_charged_total{type=\"message.inbound\",kind=\"sms\"} 0",
    ];
    check(&flushed(&mut tally, &meters), &want);
    check(&flushed(&mut tally, &meters), &want);
}

#[test]
fn lines_that_cannot_be_events_are_counted_by_why() {
    let meters = Meters::new(1);
    let mut batch = Batch::default();
    for code in ["malformed", "too_many_units", "of tomorrow"] {
        let invalid = Invalid { code, field: None, detail: "".into() };
        batch.lines.push(Line { number: 1, id: Span::default(), read: Read::Invalid(Box::new(invalid)) });
    }
    batch.lines.push(Line { number: 4, id: Span::default(), read: Read::Event(0) });
    count_invalid(&meters.traffic, &batch);
    let text = meters.render();
    check(
        &text,
        &[
            "farebox_events_total{outcome=\"invalid\",type=\"unreadable\",kind=\"\"} 3",
            "farebox_events_invalid_total{code=\"malformed\"} 1",
            "farebox_events_invalid_total{code=\"too_many_units\"} 1",
            "farebox_events_invalid_total{code=\"other\"} 1",
        ],
    );
}

#[test]
fn money_is_counted_by_type_currency_and_way() {
    let (meters, mut tally) = (Meters::new(1), Tally::default());
    let euro = Currency::parse("EUR").unwrap();
    for (currency, amount) in [(Currency::USD, "5"), (Currency::USD, "-0.000000001"), (euro, "-2.5")] {
        let entry = Entry {
            seq: 1,
            amount: money(amount),
            balance_after: Money::ZERO,
            cause: Cause::Adjustment(adjustment(money(amount))),
        };
        tally.records(currency, &[record(Change::Entry(entry))]);
    }
    let want = [
        "farebox_entries_total{entry=\"adjustment\"} 3",
        "farebox_money_credited_total{currency=\"USD\",entry=\"adjustment\"} 5.000000000",
        "farebox_money_charged_total{currency=\"USD\",entry=\"adjustment\"} 0.000000001",
        "farebox_money_charged_total{currency=\"EUR\",entry=\"adjustment\"} 2.500000000",
        "farebox_money_credited_total{currency=\"EUR\",entry=\"adjustment\"} 0.000000000",
    ];
    check(&flushed(&mut tally, &meters), &want);
    check(&flushed(&mut tally, &meters), &want);
}

fn told(kind: AlertKind) -> Record<'static> {
    let (number, about, code) = (1, "".into(), "".into());
    let (amount, balance, when) = (Money::ZERO, Money::ZERO, Timestamp::NEVER);
    record(Change::Alert(Box::new(Alert {
        number,
        kind,
        about,
        amount,
        balance,
        when,
        code,
        endpoints: Default::default(),
    })))
}

#[test]
fn a_top_up_is_counted_when_it_begins_and_when_it_ends_and_not_for_what_comes_later() {
    let (meters, mut tally) = (Meters::new(1), Tally::default());
    let opening = Attempt::opening(1, AttemptKind::Auto, money("20"), NOW);
    let put = |attempt: Attempt| record(Change::Attempt(Box::new(attempt)));
    let state = |state| Attempt { state, ..opening.clone() };
    tally.records(Currency::USD, &[put(opening.clone())]);
    tally.records(Currency::USD, &[put(state(AttemptState::Unknown))]);
    tally.records(Currency::USD, &[put(state(AttemptState::Open))]);
    let failed = state(AttemptState::Failed);
    tally.records(Currency::USD, &[put(failed.clone()), told(AlertKind::TopUpFailed)]);
    tally.records(Currency::USD, &[put(Attempt { refunded: money("1"), ..failed })]);
    let succeeded = state(AttemptState::Succeeded);
    tally.records(Currency::USD, &[put(succeeded.clone()), told(AlertKind::TopUpSucceeded)]);
    tally.records(Currency::USD, &[put(Attempt { refunded: money("1"), ..succeeded })]);
    tally.records(
        Currency::USD,
        &[put(Attempt { kind: AttemptKind::Checkout, ..state(AttemptState::Expired) })],
    );
    check(
        &flushed(&mut tally, &meters),
        &[
            "farebox_top_ups_opened_total{kind=\"auto\"} 1",
            "farebox_top_ups_opened_total{kind=\"checkout\"} 0",
            "farebox_top_ups_total{kind=\"auto\",result=\"failed\"} 1",
            "farebox_top_ups_total{kind=\"auto\",result=\"succeeded\"} 1",
            "farebox_top_ups_total{kind=\"auto\",result=\"expired\"} 0",
            "farebox_top_ups_total{kind=\"checkout\",result=\"expired\"} 1",
            "farebox_alerts_total{alert=\"top_up.failed\"} 1",
        ],
    );
}

#[test]
fn words_stand_in_the_order_of_what_they_are_words_of() {
    let timers = [Timer::Fee, Timer::Warning, Timer::Release, Timer::Expiry, Timer::Retry, Timer::LimitTurn];
    for (place, timer) in timers.into_iter().enumerate() {
        assert_eq!(timer as usize, place, "{timer:?} is {}", TIMERS[place]);
    }
    assert_eq!(TOP_UPS, [AttemptKind::Checkout, AttemptKind::Auto].map(AttemptKind::as_str));
    let ended = [AttemptState::Succeeded, AttemptState::Failed, AttemptState::Expired];
    assert_eq!(TOP_UP_RESULTS, ended.map(AttemptState::as_str));
}
