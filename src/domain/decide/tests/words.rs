//! What was posted, in words: the last column of every table.

use super::*;
use crate::domain::event::FinalStatus;
use crate::domain::life::alert::{Alert, AlertKind, Arming, Delivery};
use crate::domain::life::attempt::Attempt;
use crate::domain::life::auto::{AutoTopUp, Switch};
use crate::domain::life::hold::Hold;
use crate::domain::life::number::Number;
use crate::domain::record::{Correction, StatusTaken};
use crate::domain::status::Course;

/// What a command came to: its records in words, or the refusal.
pub fn told(decided: &Result<Records<'_>, Refusal>) -> String {
    match decided {
        Ok(records) => posted(records),
        Err(Refusal::Lack(lack)) => format!("refused {lack:?}"),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// Records in words. The alert that every turn of the status must bring is held to come with it, and not shown.
pub fn posted(records: &[Record<'_>]) -> String {
    let alerts_of = |kind| {
        let of_kind = move |record: &&Record<'_>| is_alert(&record.change, kind);
        records.iter().filter(of_kind).count()
    };
    let turns = |turn: Change<'_>| records.iter().filter(|record| record.change == turn).count();
    assert_eq!(turns(Change::Suspended), alerts_of(AlertKind::Suspended), "told once: {records:?}");
    assert_eq!(turns(Change::Resumed), alerts_of(AlertKind::Resumed), "told once: {records:?}");
    let of_a_turn =
        |change: &Change<'_>| is_alert(change, AlertKind::Suspended) || is_alert(change, AlertKind::Resumed);
    let shown = records.iter().map(|record| &record.change).filter(|change| !of_a_turn(change));
    shown.map(in_words).collect::<Vec<_>>().join(", ")
}

fn is_alert(change: &Change<'_>, kind: AlertKind) -> bool {
    matches!(change, Change::Alert(alert) if alert.kind == kind)
}

/// An instant without what is 0 of it: `2026-08-15`, `2026-08-15T10:00:00Z`; `never`.
pub fn when(at: Timestamp) -> String {
    if at == Timestamp::NEVER {
        return "never".to_owned();
    }
    let text = jiff::Timestamp::from_nanosecond(at.nanos().into()).unwrap().to_string();
    text.strip_suffix("T00:00:00Z").map(str::to_owned).unwrap_or(text)
}

/// The instant of a text as [`when`] writes it.
pub fn instant(text: &str) -> Timestamp {
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    let at: jiff::Timestamp = whole.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
    Timestamp::from_nanos(at.as_nanosecond().try_into().unwrap())
}

pub fn in_words(change: &Change<'_>) -> String {
    match change {
        Change::Opened(_) => "opened".to_owned(),
        Change::TermsSet(terms) => format!("terms {} {}", terms.currency, terms.time_zone),
        Change::Entry(entry) => {
            format!("{}{} leaves {}", cause(&entry.cause), entry.amount, entry.balance_after)
        }
        Change::Blocked { reason, .. } => format!("blocked {reason:?}"),
        Change::Suspended => "suspended".to_owned(),
        Change::Resumed => "resumed".to_owned(),
        Change::Status(taken) => status(taken),
        Change::Course(set) => {
            let course = set.remembered.course.as_ref().expect("a course is set to something");
            let early = if matches!(**course, Course::Early(_)) { " waits" } else { "" };
            let statuses = course.statuses().iter().map(|counted| of_status(counted.status));
            let statuses = statuses.collect::<Vec<_>>().join("+");
            format!("course of {}{early} {statuses}", set.message.id).trim_end().to_owned()
        }
        Change::Request(request) => format!("request {} to {}", request.idempotency_key, request.answer),
        Change::Hold(hold) => of_hold(hold),
        Change::Number(number) => of_number(number),
        Change::Attempt(attempt) => of_attempt(attempt),
        Change::Method(method) => format!("method {}", method.id),
        Change::AutoTopUp(auto) => of_auto(auto),
        Change::Levels(levels) => {
            let level = |arming| if arming == Arming::Armed { "armed" } else { "told" };
            let levels =
                levels.iter().map(|level_of| format!("{} {}", level_of.amount, level(level_of.arming)));
            format!("levels {}", levels.collect::<Vec<_>>().join(" "))
        }
        Change::Alert(alert) => of_alert(alert),
        Change::Delivery(delivery) => {
            let Delivery { endpoint, alert, state, tries, .. } = &**delivery;
            format!("delivery of {alert} to {endpoint} {} after {tries}", state.as_str())
        }
        Change::Deed(deed) => format!("{} by {}", deed.action.as_str(), deed.actor),
    }
}

fn cause(cause: &Cause<'_>) -> String {
    match cause {
        Cause::Message { .. } | Cause::CarrierFee { .. } | Cause::Adjustment(_) => String::new(),
        Cause::Correction(Correction { of, .. }) => format!("correction of {of} "),
        Cause::NumberFee(fee) => format!("cycle {} of {} ", fee.cycle, fee.number),
        Cause::TopUp { attempt } => format!("top-up {attempt} "),
        Cause::PaymentRefund { attempt } => format!("payment {attempt} refunded "),
        Cause::Dispute { attempt } => format!("payment {attempt} disputed "),
        Cause::DisputeReinstated { attempt } => format!("payment {attempt} reinstated "),
        Cause::HoldSettlement { hold } => format!("settlement of {hold} "),
        Cause::Refund { of, .. } => format!("refund of {of} "),
        Cause::FailureFee { of, .. } => format!("failure fee of {of} "),
        Cause::Recharge { of, .. } => format!("recharge of {of} "),
        Cause::FailureFeeReturn { of, .. } => format!("failure fee return of {of} "),
    }
}

fn of_status(status: FinalStatus) -> &'static str {
    match status {
        FinalStatus::Delivered => "delivered",
        FinalStatus::Undelivered => "undelivered",
        FinalStatus::Failed => "failed",
    }
}

fn status(taken: &StatusTaken<'_>) -> String {
    let Happening::Status(report) = taken.event.happening else { panic!("a status was taken: {taken:?}") };
    let of = if taken.message_seq > 0 { format!(" of {}", taken.message_seq) } else { String::new() };
    let outcome = taken.verdict.outcome;
    format!("{}{of} {outcome:?} {}", of_status(report.status), taken.verdict.amount)
}

fn of_hold(hold: &Hold) -> String {
    let (number, state) = (hold.number, hold.state.as_str());
    format!("hold {number} {state} {} settled {}", hold.remaining, hold.settled)
}

fn of_number(number: &Number) -> String {
    let mut words = format!("rental {} of {} {}", number.rental, number.number, number.status().as_str());
    if !number.arrears.is_empty() {
        let cycles = number.arrears.iter().map(|arrear| arrear.cycle.to_string());
        words += &format!(" owes {}", cycles.collect::<Vec<_>>().join("+"));
    }
    if let Some(release) = &number.release {
        words += &format!(" release {}", when(release.at));
    }
    if let Some(released) = &number.released {
        words += &format!(" {} {}", released.reason.as_str(), when(released.at));
    }
    words
}

fn of_attempt(attempt: &Attempt) -> String {
    let (number, kind, state) = (attempt.number, attempt.kind.as_str(), attempt.state.as_str());
    let code = if attempt.code.is_empty() { String::new() } else { format!(" {}", attempt.code) };
    format!("attempt {number} {kind} {state}{code}")
}

fn of_auto(auto: &AutoTopUp) -> String {
    let mut words = if auto.switch == Switch::On { "auto on" } else { "auto off" }.to_owned();
    if let Some(reason) = auto.stopped {
        words += &format!(" stopped {}", reason.as_str());
    }
    if auto.retry_at != Timestamp::NEVER {
        words += &format!(" retry {}", when(auto.retry_at));
    }
    if auto.limited_until != Timestamp::NEVER {
        words += &format!(" limited {}", when(auto.limited_until));
    }
    words
}

fn of_alert(alert: &Alert) -> String {
    let mut words = alert.kind.as_str().to_owned();
    if !alert.about.is_empty() {
        words += &format!(" {}", alert.about);
    }
    if alert.amount != Money::ZERO {
        words += &format!(" {}", alert.amount);
    }
    if alert.when != Timestamp::NEVER {
        words += &format!(" {}", when(alert.when));
    }
    if !alert.code.is_empty() {
        words += &format!(" {}", alert.code);
    }
    words
}
