//! Attempts at taking payments, and what the provider says of them (RULES, section 10; T1, T2).
//!
//! What the provider says may repeat, come late, reorder or contradict: every fact is held against the attempt as it
//! stands, and what is known already changes nothing.

use super::step::{Step, Telling};
use super::{Ground, Refusal};
use crate::domain::currency::Currency;
use crate::domain::life::alert::AlertKind;
use crate::domain::life::attempt::{
    ATTEMPTS_OPEN_MAX, Attempt, AttemptKind, AttemptState, Dispute, DisputeState, Method,
    NOT_FOUND_FAILS_AFTER,
};
use crate::domain::life::auto::{AutoTopUp, SUCCESSES_BELOW_MAX, StopReason, Switch};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Records};
use crate::domain::time::{Span, Timestamp};
use crate::domain::wallet::Wallet;

/// How often an open checkout is looked up, for webhooks that never come: a payment is credited within 5 minutes while
/// somebody is likely to be paying, ...
const CHECKOUT_LOOKED_UP_EVERY: Span = Span::from_seconds(240);
/// ... which is so long after it was opened; ...
const CHECKOUT_IS_FRESH: Span = Span::from_hours(1);
/// ... and from time to time after that.
const OLD_CHECKOUT_LOOKED_UP_EVERY: Span = Span::from_hours(1);

/// What the provider says of an attempt, or that it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentFact {
    /// The checkout stands, or the payment is under way: it is not decided yet.
    Pending {
        session: Box<str>,
        url: Box<str>,
        payment: Box<str>,
        customer: Box<str>,
    },
    Succeeded(Payment),
    /// One try was declined: a checkout stays open for another, an automatic attempt has failed.
    Declined {
        payment: Box<str>,
        code: Box<str>,
    },
    /// It will not come to anything, for this reason.
    Failed {
        payment: Box<str>,
        code: Box<str>,
    },
    Expired,
    /// A call ended without a clear answer, or could not be made.
    Unclear,
    /// Asked about, the provider knows nothing of it.
    NotFound,
    /// So much was refunded in all.
    Refunded {
        total: Money,
        reading: Reading,
    },
    /// The customer's bank has taken so much back, or given it back again.
    Disputed {
        id: Box<str>,
        amount: Money,
        state: DisputeState,
    },
}

/// How a sum that grows came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// In a message that may be older than what is known already: only more counts.
    Told,
    /// By asking: it is so now.
    Asked,
}

/// Money that has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub payment: Box<str>,
    pub amount: Money,
    pub currency: Currency,
    /// The provider's id of who paid; empty where it did not say.
    pub customer: Box<str>,
    /// The method it was paid with, where it may be charged again.
    pub method: Option<Method>,
}

/// Opens a checkout: durable before the provider hears of it.
pub fn open<'a>(
    wallet: &mut Wallet,
    amount: Money,
    return_url: &str,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let life = wallet.life.as_deref();
    if life.is_some_and(|life| life.attempts.len() >= ATTEMPTS_OPEN_MAX) {
        return Err(Refusal::TooMany);
    }
    let number = life.map_or(0, |life| life.attempts_made) + 1;
    let now = ground.moment.now;
    let attempt = Attempt::opening(number, AttemptKind::Checkout, amount, now);
    let mut step = Step::new(wallet, now, ground);
    step.push(Change::Attempt(Box::new(Attempt { return_url: return_url.into(), ..attempt })));
    Ok(step.finish())
}

pub fn told<'a>(
    wallet: &mut Wallet,
    number: u64,
    known: Option<&Attempt>,
    fact: &PaymentFact,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let open = wallet.life.as_ref().and_then(|life| life.attempts.get(&number));
    let attempt = open.or(known).cloned().ok_or(Refusal::UnknownAttempt)?;
    let now = ground.moment.now;
    let currency = wallet.currency;
    match fact {
        PaymentFact::Pending { session, url, payment, customer } => {
            let pending = pending(attempt, session, url, payment, now).ok_or(Refusal::Known)?;
            let mut step = Step::new(wallet, now, ground);
            step.push(Change::Attempt(Box::new(pending)));
            keep_customer(&mut step, customer);
            Ok(step.finish())
        }
        PaymentFact::Succeeded(payment) => {
            let kept = wallet.life.as_ref().and_then(|life| life.method.as_ref());
            let stranger = kept.is_some_and(|kept| {
                !payment.customer.is_empty() && !kept.customer.is_empty() && kept.customer != payment.customer
            });
            if payment.amount != attempt.amount || payment.currency != currency || stranger {
                return Err(Refusal::Mismatch);
            }
            let after = wallet.balance.checked_add(payment.amount);
            let after = after.and_then(|after| after.checked_sub(attempt.refunded));
            after.and_then(|after| after.checked_sub(attempt.disputed())).ok_or(Refusal::OutOfRange)?;
            succeeded(wallet, attempt, payment, ground)
        }
        PaymentFact::Declined { .. } if attempt.kind == AttemptKind::Checkout => Err(Refusal::Known),
        PaymentFact::Declined { payment, code } | PaymentFact::Failed { payment, code } => {
            failed(wallet, attempt, payment, code, ground)
        }
        PaymentFact::Expired if !attempt.is_unresolved() => Err(Refusal::Known),
        PaymentFact::Expired => Ok(put(wallet, attempt.closed(AttemptState::Expired, now), ground)),
        PaymentFact::Unclear if !attempt.is_unresolved() => Err(Refusal::Known),
        PaymentFact::Unclear => {
            let called_at = if attempt.may_call(now) { now } else { attempt.called_at };
            let state =
                if attempt.state == AttemptState::Open { AttemptState::Open } else { AttemptState::Unknown };
            Ok(put(wallet, Attempt { state, called_at, ..attempt.asked_in_vain(now) }, ground))
        }
        PaymentFact::NotFound if !attempt.is_unresolved() => Err(Refusal::Known),
        PaymentFact::NotFound if now.since(attempt.called_at) >= NOT_FOUND_FAILS_AFTER => {
            failed(wallet, attempt, "", "not_found", ground)
        }
        PaymentFact::NotFound => {
            Ok(put(wallet, Attempt { state: AttemptState::Unknown, ..attempt.asked_in_vain(now) }, ground))
        }
        PaymentFact::Refunded { total, reading } => refunded(wallet, attempt, *total, *reading, ground),
        PaymentFact::Disputed { id, amount, state } => disputed(wallet, attempt, id, *amount, *state, ground),
    }
}

fn put<'a>(wallet: &mut Wallet, attempt: Attempt, ground: Ground<'_>) -> Records<'a> {
    let mut step = Step::new(wallet, ground.moment.now, ground);
    put_attempt(&mut step, attempt);
    step.finish()
}

/// An attempt that closes lets automatic top-up be looked at again.
fn put_attempt(step: &mut Step<'_, '_, '_>, attempt: Attempt) {
    if !attempt.is_unresolved() {
        step.look_again();
    }
    step.push(Change::Attempt(Box::new(attempt)));
}

/// The attempt with what the provider calls it; `None` where nothing is new.
fn pending(attempt: Attempt, session: &str, url: &str, payment: &str, now: Timestamp) -> Option<Attempt> {
    if !attempt.is_unresolved() {
        return None;
    }
    let told = |text: &str, known: &str| if text.is_empty() { known.into() } else { text.into() };
    let ask_at = match attempt.kind {
        AttemptKind::Checkout if now.since(attempt.opened_at) < CHECKOUT_IS_FRESH => {
            now.plus(CHECKOUT_LOOKED_UP_EVERY)
        }
        AttemptKind::Checkout => now.plus(OLD_CHECKOUT_LOOKED_UP_EVERY),
        AttemptKind::Auto => attempt.clone().asked_in_vain(now).ask_at,
    };
    Some(Attempt {
        state: AttemptState::Open,
        session: told(session, &attempt.session),
        url: told(url, &attempt.url),
        payment: told(payment, &attempt.payment),
        asked: attempt.asked.saturating_add(1),
        ask_at,
        ..attempt
    })
}

/// Credits a payment, once (T2): late too, after the attempt was given up.
fn succeeded<'a>(
    wallet: &mut Wallet,
    attempt: Attempt,
    payment: &Payment,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if attempt.state == AttemptState::Succeeded {
        return known_but_for_its_method(wallet, payment, ground);
    }
    let (now, number) = (ground.moment.now, attempt.number);
    let mut step = Step::new(wallet, now, ground);
    let seq = step.post(payment.amount, now, Cause::TopUp { attempt: number });
    let payment_id: Box<str> =
        if payment.payment.is_empty() { attempt.payment.clone() } else { payment.payment.clone() };
    let (refunded, disputed) = (attempt.refunded, attempt.disputed());
    let amount = payment.amount;
    let closed = attempt.clone().closed(AttemptState::Succeeded, now);
    put_attempt(&mut step, Attempt { seq, credited: amount, payment: payment_id, code: "".into(), ..closed });
    // Refunds and disputes that were told of before the payment itself.
    let taken_back = [
        (refunded, Cause::PaymentRefund { attempt: number }),
        (disputed, Cause::Dispute { attempt: number }),
    ];
    for (amount, cause) in taken_back.into_iter().filter(|(amount, _)| amount.is_positive()) {
        step.post(amount.checked_neg().expect("a positive amount has a negative"), now, cause);
    }
    if let Some(method) = &payment.method {
        save_method(&mut step, method);
    }
    let id = Attempt::id(number);
    step.tell(Telling { about: &id, amount, ..Telling::of(AlertKind::TopUpSucceeded) });
    // Whether it has lifted the wallet above its minimum shows once arrears have taken their part.
    step.pay_arrears();
    after_success(&mut step, attempt.kind);
    if disputed.is_positive() {
        stop_disputed(&mut step);
    }
    Ok(step.finish())
}

fn known_but_for_its_method<'a>(
    wallet: &mut Wallet,
    payment: &Payment,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let saved = wallet.life.as_ref().and_then(|life| life.method.as_ref());
    match &payment.method {
        Some(method) if saved.is_none_or(|saved| saved.id.is_empty()) => {
            let mut step = Step::new(wallet, ground.moment.now, ground);
            save_method(&mut step, method);
            Ok(step.finish())
        }
        _ => Err(Refusal::Known),
    }
}

/// The customer that the provider knows the wallet as, kept from the first call on.
fn keep_customer(step: &mut Step<'_, '_, '_>, customer: &str) {
    if customer.is_empty() || step.life().is_some_and(|life| life.method.is_some()) {
        return;
    }
    let none = || "".into();
    let method = Method { customer: customer.into(), id: none(), brand: none(), last4: none() };
    step.push(Change::Method(Box::new(method)));
}

/// Another method takes the place of the one before, and what stopped automatic top-up no longer counts.
fn save_method(step: &mut Step<'_, '_, '_>, method: &Method) {
    let before = step.life().and_then(|life| life.method.as_ref());
    if before == Some(method) {
        return;
    }
    let auto = step.life().map(|life| life.auto.clone());
    step.push(Change::Method(Box::new(method.clone())));
    if let Some(auto) = auto.filter(|auto| auto.switch == Switch::On) {
        step.set_auto(auto.anew());
    }
}

/// A success ends a row of declines. Three automatic ones in a row that did not lift the wallet above its minimum stop it.
fn after_success(step: &mut Step<'_, '_, '_>, kind: AttemptKind) {
    let Some(life) = step.life() else { return };
    let auto = life.auto.clone();
    let changed = match kind {
        AttemptKind::Checkout => auto.clone().anew(),
        AttemptKind::Auto => {
            let below = step.wallet.available() <= auto.minimum;
            let successes_below = if below { auto.successes_below.saturating_add(1) } else { 0 };
            let stopped = (successes_below >= SUCCESSES_BELOW_MAX).then_some(StopReason::StillBelow);
            AutoTopUp { declines: 0, successes_below, stopped: auto.stopped.or(stopped), ..auto.clone() }
        }
    };
    if changed == auto {
        return;
    }
    let stops = changed.stopped == Some(StopReason::StillBelow) && auto.stopped.is_none();
    let minimum = changed.minimum;
    step.set_auto(changed);
    if stops {
        step.tell(Telling { amount: minimum, ..Telling::of(AlertKind::AutoTopUpStillBelow) });
    }
}

fn failed<'a>(
    wallet: &mut Wallet,
    attempt: Attempt,
    payment: &str,
    code: &str,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if !attempt.is_unresolved() {
        return Err(Refusal::Known);
    }
    let now = ground.moment.now;
    let payment = if payment.is_empty() { attempt.payment.clone() } else { payment.into() };
    let (number, amount, kind) = (attempt.number, attempt.amount, attempt.kind);
    let closed = Attempt { payment, code: code.into(), ..attempt.closed(AttemptState::Failed, now) };
    let mut step = Step::new(wallet, now, ground);
    put_attempt(&mut step, closed);
    let id = Attempt::id(number);
    step.tell(Telling { about: &id, amount, code, ..Telling::of(AlertKind::TopUpFailed) });
    if kind == AttemptKind::Auto {
        let auto = step.life().map(|life| life.auto.clone()).unwrap_or_default();
        // Nobody declined what the provider never heard of: it may be tried again as soon as there is a reason.
        if code != "not_found" {
            let ran = auto.switch == Switch::On && auto.stopped.is_none();
            let auto = auto.declined(code, now);
            let stopped = auto.stopped.filter(|_| ran);
            step.set_auto(auto);
            if let Some(reason) = stopped {
                step.tell(Telling { code: reason.as_str(), ..Telling::of(AlertKind::AutoTopUpStopped) });
            }
        }
    }
    Ok(step.finish())
}

/// Posts the difference to what was refunded before.
fn refunded<'a>(
    wallet: &mut Wallet,
    attempt: Attempt,
    total: Money,
    reading: Reading,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if total > attempt.amount || total.is_negative() {
        return Err(Refusal::Mismatch);
    }
    // A refund that has failed is asked about, and gives back what was taken for it.
    let changes = total > attempt.refunded || reading == Reading::Asked && total != attempt.refunded;
    let more = total.checked_sub(attempt.refunded).filter(|_| changes).ok_or(Refusal::Known)?;
    let amount = more.checked_neg().ok_or(Refusal::OutOfRange)?;
    wallet.balance.checked_add(amount).ok_or(Refusal::OutOfRange)?;
    let now = ground.moment.now;
    let mut step = Step::new(wallet, now, ground);
    if attempt.state == AttemptState::Succeeded {
        step.post(amount, now, Cause::PaymentRefund { attempt: attempt.number });
    }
    step.push(Change::Attempt(Box::new(Attempt { refunded: total, ..attempt })));
    step.bar_top_up();
    Ok(step.finish())
}

/// Posts what the bank takes back, and what it gives back again; either way automatic top-up stops.
fn disputed<'a>(
    wallet: &mut Wallet,
    mut attempt: Attempt,
    id: &str,
    amount: Money,
    state: DisputeState,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if !amount.is_positive() || amount > attempt.amount {
        return Err(Refusal::Mismatch);
    }
    let (number, is_credited) = (attempt.number, attempt.state == AttemptState::Succeeded);
    let posted = match attempt.disputes.iter_mut().find(|dispute| &*dispute.id == id) {
        Some(dispute) if dispute.state == state || dispute.state == DisputeState::Reinstated => {
            return Err(Refusal::Known);
        }
        Some(dispute) => {
            dispute.state = state;
            Some(dispute.amount)
        }
        None => {
            attempt.disputes.push(Dispute { id: id.into(), amount, state });
            // Told of out of order: what was given back was taken before, and neither is left to post.
            (state == DisputeState::Withdrawn).then_some(amount)
        }
    };
    let (posted, cause) = match state {
        DisputeState::Withdrawn => (posted.and_then(Money::checked_neg), Cause::Dispute { attempt: number }),
        DisputeState::Reinstated => (posted, Cause::DisputeReinstated { attempt: number }),
    };
    // Told of before the payment itself, it is kept until that is credited.
    let posted = posted.filter(|_| is_credited);
    let after = posted.map_or(Some(wallet.balance), |amount| wallet.balance.checked_add(amount));
    after.ok_or(Refusal::OutOfRange)?;
    let now = ground.moment.now;
    let mut step = Step::new(wallet, now, ground);
    if let Some(amount) = posted {
        step.post(amount, now, cause);
    }
    step.push(Change::Attempt(Box::new(attempt)));
    if state == DisputeState::Withdrawn {
        stop_disputed(&mut step);
    }
    step.bar_top_up();
    Ok(step.finish())
}

fn stop_disputed(step: &mut Step<'_, '_, '_>) {
    let auto = step.life().map(|life| life.auto.clone()).unwrap_or_default();
    if auto.switch == Switch::On && auto.stopped.is_none() {
        step.set_auto(AutoTopUp { stopped: Some(StopReason::Disputed), ..auto });
        let code = StopReason::Disputed.as_str();
        step.tell(Telling { code, ..Telling::of(AlertKind::AutoTopUpStopped) });
    }
}
