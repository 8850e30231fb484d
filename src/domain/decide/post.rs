//! Messages, carriers' charges and adjustments (RULES, sections 4 to 7).

use super::step::Step;
use super::{Early, Ground, Refusal, statuses};
use crate::domain::event::{AHEAD_MAX, Direction, Event, Happening, Message, Mode};
use crate::domain::identity::{Taken, Verdict};
use crate::domain::life::hold::Hold;
use crate::domain::money::Money;
use crate::domain::record::{Adjustment, Cause, Change, Entry, Lack, Price, Record, Records};
use crate::domain::status::Charged;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, Wallet};

pub fn post<'a>(
    wallet: &mut Wallet,
    event: &Event<'a>,
    price: Option<&Price>,
    early: Option<&Early>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    check_time(event, ground)?;
    match &event.happening {
        Happening::CarrierFee { amount, .. } => {
            let amount = amount.checked_neg().ok_or(Refusal::OutOfRange)?;
            charge(wallet, amount, event.occurred_at, Cause::CarrierFee { event: *event }, ground)
        }
        Happening::Message(message) => {
            let price = price.ok_or(Refusal::NoRate)?;
            post_message(wallet, event, message, price, early, ground)
        }
        Happening::Status(_) => statuses::take(wallet, event, None, None, ground),
    }
}

pub fn check_time(event: &Event<'_>, ground: Ground<'_>) -> Result<(), Refusal> {
    if event.occurred_at > ground.moment.now.plus(AHEAD_MAX) {
        return Err(Refusal::InTheFuture);
    }
    if event.occurred_at < ground.moment.now.minus(ground.moment.too_old_after) {
        return Err(Refusal::TooOld);
    }
    Ok(())
}

fn post_message<'a>(
    wallet: &mut Wallet,
    event: &Event<'a>,
    message: &Message,
    price: &Price,
    early: Option<&Early>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let total = price.rated.total();
    let hold = hold_named(wallet, event.hold);
    if event.mode == Mode::Admit
        && let Some(lack) = lack(wallet, message, total, hold.as_ref())
    {
        return match (lack, message.direction) {
            (Lack::NumberReleased, _) | (_, Direction::Outbound) => Err(Refusal::Lack(lack)),
            (_, Direction::Inbound) => Ok(block(wallet, event, lack, early, ground)),
        };
    }
    let amount = total.checked_neg().ok_or(Refusal::OutOfRange)?;
    let cause = Cause::Message { event: *event, price: *price };
    if hold.is_none() && early.is_none() {
        return charge(wallet, amount, event.occurred_at, cause, ground);
    }
    wallet.balance.checked_add(amount).ok_or(Refusal::OutOfRange)?;
    let used = hold.map(|hold| hold.used(total).ok_or(Refusal::OutOfRange)).transpose()?;
    let mut step = Step::of_event(wallet, event.occurred_at, ground);
    let seq = step.post(amount, event.occurred_at, cause);
    if let Some(hold) = used {
        step.push(Change::Hold(Box::new(hold)));
    }
    if let Some(early) = early {
        let charged = Charged::by(seq, event, price, ground.moment.now);
        let verdict = Verdict { outcome: Taken::Posted, amount: total, seq };
        statuses::apply_early(&mut step, event, early, verdict, charged.as_ref());
    }
    Ok(step.finish())
}

/// The open hold of this id. One that is closed or was never made holds nothing: what is sent is charged anyhow.
fn hold_named(wallet: &Wallet, id: &str) -> Option<Hold> {
    if id.is_empty() {
        return None;
    }
    wallet.life.as_ref()?.holds.get(&Hold::parse_id(id)?).cloned()
}

/// Why the wallet cannot pay `total` for admitted traffic, if it cannot (W2). What a hold covers is paid for already.
fn lack(wallet: &Wallet, message: &Message, total: Money, hold: Option<&Hold>) -> Option<Lack> {
    let released = |life: &crate::domain::life::Life| {
        life.rental_of(&message.channel).is_some_and(|number| !number.is_rented())
    };
    if wallet.life.as_ref().is_some_and(|life| released(life)) {
        return Some(Lack::NumberReleased);
    }
    let rest = match hold {
        Some(hold) if hold.remaining >= total => return None,
        Some(hold) => total.checked_sub(hold.remaining).unwrap_or(total),
        None => total,
    };
    match wallet.status {
        Status::Suspended => Some(Lack::Suspended),
        Status::Active if wallet.available() < rest => Some(Lack::InsufficientBalance),
        Status::Active => None,
    }
}

/// An admitted inbound message that is not let through. It may fire automatic top-up as a refusal does.
fn block<'a>(
    wallet: &mut Wallet,
    event: &Event<'a>,
    reason: Lack,
    early: Option<&Early>,
    ground: Ground<'_>,
) -> Records<'a> {
    let mut step = Step::of_event(wallet, event.occurred_at, ground);
    let blocked = Change::Blocked { event: *event, reason };
    let verdict = Verdict::of(&blocked);
    step.push(blocked);
    if let Some((early, verdict)) = early.zip(verdict) {
        statuses::apply_early(&mut step, event, early, verdict, None);
    }
    step.lacked();
    step.finish()
}

/// Posts an amount that takes from the balance. Where nothing else can follow from it, that is one record.
#[inline]
fn charge<'a>(
    wallet: &mut Wallet,
    amount: Money,
    occurred_at: Timestamp,
    cause: Cause<'a>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let balance_after = wallet.balance.checked_add(amount).ok_or(Refusal::OutOfRange)?;
    let available_after = wallet.available().checked_add(amount).unwrap_or(Money::MIN);
    let plain = balance_after > wallet.watch.balance
        && available_after > wallet.watch.available
        && wallet.status == Status::Active
        && !amount.is_positive();
    if !plain {
        let mut step = Step::of_event(wallet, occurred_at, ground);
        step.post(amount, occurred_at, cause);
        return Ok(step.finish());
    }
    let entry = Entry { seq: wallet.seq + 1, amount, balance_after, cause };
    let record = Record { number: wallet.records + 1, occurred_at, change: Change::Entry(entry) };
    let records = Records::from_buf([record]);
    wallet.apply(&records[0]).expect("an entry made from a wallet continues it");
    Ok(records)
}

pub fn adjust<'a>(
    wallet: &mut Wallet,
    adjustment: &Adjustment<'a>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let (amount, now) = (adjustment.amount, ground.moment.now);
    charge(wallet, amount, now, Cause::Adjustment(*adjustment), ground)
}
