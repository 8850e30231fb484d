//! Final statuses of messages (RULES, section 8).

use super::post::check_time;
use super::step::Step;
use super::{Early, Ground, Refusal};
use crate::domain::event::{Event, Happening, Name};
use crate::domain::identity::{Fingerprint, Remembered, Taken, Verdict, kept_until};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, CourseSet, Moved, Origin, Records, StatusTaken};
use crate::domain::status::{Charged, Counted, Course, Effect, Statuses};
use crate::domain::tariff::FailurePolicy;
use crate::domain::time::Timestamp;
use crate::domain::wallet::Wallet;

/// Takes a status event: whatever it comes to, it burns its id.
pub fn take<'a>(
    wallet: &mut Wallet,
    event: &Event<'a>,
    message: Option<&Remembered>,
    charged: Option<&Charged<'a>>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    check_time(event, ground)?;
    let Happening::Status(report) = event.happening else { return Err(Refusal::OutOfRange) };
    let now = ground.moment.now;
    let message = message.filter(|message| message.kept_until >= now);
    let remembered = match message {
        Some(message) => message.clone(),
        None => not_yet_come(event.occurred_at, now),
    };
    let before = remembered.course.as_deref().cloned().unwrap_or_else(Course::fresh);
    let counted = Counted { status: report.status, error_code: report.error_code.into() };
    let (after, effect) =
        before.after(counted.clone(), charged, |charged| policy_of(ground, charged, &counted));
    let moves = moves(effect);
    let balances = moves.iter().try_fold(wallet.balance, |balance, amount| balance.checked_add(*amount));
    balances.ok_or(Refusal::OutOfRange)?;
    let first_seq = if moves.is_empty() { 0 } else { wallet.seq + 1 };
    let mut step = Step::of_event(wallet, event.occurred_at, ground);
    let outcome = if moves.is_empty() { Taken::Kept } else { Taken::Posted };
    let verdict = Verdict { outcome, amount: charged_by(&moves), seq: first_seq };
    let message_seq = charged.map_or(0, |charged| charged.seq);
    step.push(Change::Status(Box::new(StatusTaken { event: *event, verdict, message_seq })));
    if let Some(charged) = charged {
        carry_out(&mut step, effect, charged, event.occurred_at);
    }
    if after != before {
        let moved = moved(&before, &after, charged);
        let remembered = Remembered { course: Some(Box::new(after)), ..remembered };
        set_course(&mut step, report.message, remembered, moved);
    }
    Ok(step.finish())
}

/// Applies the statuses that waited for a message, in the step that posts it.
pub fn apply_early<'a>(
    step: &mut Step<'_, 'a, '_>,
    event: &Event<'a>,
    early: &Early,
    verdict: Verdict,
    charged: Option<&Charged<'a>>,
) {
    let mut course = Course::fresh();
    for counted in &early.statuses {
        let ground = step.ground;
        let (after, effect) =
            course.after(counted.clone(), charged, |charged| policy_of(ground, charged, counted));
        course = after;
        if let Some(charged) = charged {
            carry_out(step, effect, charged, event.occurred_at);
        }
    }
    let moved = moved(&Course::fresh(), &course, charged);
    let remembered = Remembered {
        fingerprint: early.fingerprint,
        verdict,
        kept_until: kept_until(event.occurred_at, step.ground.moment.now),
        course: Some(Box::new(course)),
    };
    set_course(step, event.name, remembered, moved);
}

pub fn set_course<'a>(
    step: &mut Step<'_, 'a, '_>,
    message: Name<'a>,
    remembered: Remembered,
    moved: Option<Moved<'a>>,
) {
    step.push(Change::Course(Box::new(CourseSet { message, remembered, moved })));
}

/// What a course moves in usage: a message that was charged, where it counts as something else now.
fn moved<'a>(before: &Course, after: &Course, charged: Option<&Charged<'a>>) -> Option<Moved<'a>> {
    let Charged { seq, origin, .. } = *charged?;
    let (from, to) = (before.counts_as(), after.counts_as()?);
    (from != Some(to)).then_some(Moved { seq, from, to, origin })
}

/// What is remembered under the key of a message that has not come: only what its statuses wait with.
fn not_yet_come(occurred_at: Timestamp, now: Timestamp) -> Remembered {
    Remembered {
        fingerprint: Fingerprint(0),
        verdict: Verdict { outcome: Taken::Early, amount: Money::ZERO, seq: 0 },
        kept_until: kept_until(occurred_at, now),
        course: Some(Box::new(Course::Early(Statuses::new()))),
    }
}

/// What a status leaves charged, by the tariff version that prices the message.
pub fn policy_of(ground: Ground<'_>, charged: &Charged<'_>, counted: &Counted) -> FailurePolicy {
    let Origin { direction, kind, .. } = charged.origin;
    ground.context.failure_policy(charged.version, direction, kind, counted.status, &counted.error_code)
}

/// The amounts that an effect posts, in order.
fn moves(effect: Effect) -> Vec<Money> {
    let (amount, failure_fee) = match effect {
        Effect::Nothing => return Vec::new(),
        Effect::Return { amount, failure_fee } => (Some(amount), failure_fee.checked_neg()),
        Effect::ChargeAgain { amount, failure_fee } => (amount.checked_neg(), Some(failure_fee)),
    };
    [amount, failure_fee].into_iter().flatten().filter(|amount| *amount != Money::ZERO).collect()
}

/// What the moves charge in sum; negative where they return.
fn charged_by(moves: &[Money]) -> Money {
    let sum = moves.iter().fold(0i64, |sum, amount| sum.saturating_sub(amount.nanos()));
    Money::from_nanos(sum)
}

fn carry_out<'a>(step: &mut Step<'_, 'a, '_>, effect: Effect, charged: &Charged<'a>, at: Timestamp) {
    let (of, origin) = (charged.seq, Some(charged.origin));
    let causes = match effect {
        Effect::Nothing => return,
        Effect::Return { .. } => [Cause::Refund { of, origin }, Cause::FailureFee { of, origin }],
        Effect::ChargeAgain { .. } => {
            [Cause::Recharge { of, origin }, Cause::FailureFeeReturn { of, origin }]
        }
    };
    for (amount, cause) in moves(effect).into_iter().zip(causes) {
        step.post(amount, at, cause);
    }
}
