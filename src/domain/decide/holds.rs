//! Holds: made, settled in parts, voided (RULES, section 7). Their expiry is a timer.

use super::step::Step;
use super::{Ground, Refusal, Rest};
use crate::domain::life::hold::{HOLDS_OPEN_MAX, Hold, HoldState};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Lack, Records};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, Wallet};

pub fn make<'a>(
    wallet: &mut Wallet,
    amount: Money,
    expires_at: Timestamp,
    campaign: &str,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if amount.is_negative() {
        return Err(Refusal::OutOfRange);
    }
    if wallet.status == Status::Suspended {
        return Err(Refusal::Lack(Lack::Suspended));
    }
    if wallet.available() < amount {
        return Err(Refusal::Lack(Lack::InsufficientBalance));
    }
    let life = wallet.life.as_deref();
    if life.is_some_and(|life| life.holds.len() >= HOLDS_OPEN_MAX) {
        return Err(Refusal::TooMany);
    }
    let hold = Hold {
        number: life.map_or(0, |life| life.holds_made) + 1,
        state: HoldState::Open,
        amount,
        remaining: amount,
        settled: Money::ZERO,
        made_at: ground.moment.now,
        expires_at,
        closed_at: Timestamp::NEVER,
        campaign: campaign.into(),
    };
    let mut step = Step::new(wallet, ground.moment.now, ground);
    step.push(Change::Hold(Box::new(hold)));
    Ok(step.finish())
}

/// Posts what was sent, more than the hold too: that posts as a report.
pub fn settle<'a>(
    wallet: &mut Wallet,
    number: u64,
    amount: Money,
    rest: Rest,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if amount.is_negative() {
        return Err(Refusal::OutOfRange);
    }
    let hold = open(wallet, number)?.used(amount).ok_or(Refusal::OutOfRange)?;
    let charge = amount.checked_neg().ok_or(Refusal::OutOfRange)?;
    wallet.balance.checked_add(charge).ok_or(Refusal::OutOfRange)?;
    let now = ground.moment.now;
    let hold = match rest {
        Rest::Stays => hold,
        Rest::Freed => hold.closed(HoldState::Settled, now),
    };
    let mut step = Step::new(wallet, now, ground);
    if amount.is_positive() {
        step.post(charge, now, Cause::HoldSettlement { hold: number });
    }
    step.push(Change::Hold(Box::new(hold)));
    Ok(step.finish())
}

pub fn void<'a>(wallet: &mut Wallet, number: u64, ground: Ground<'_>) -> Result<Records<'a>, Refusal> {
    let now = ground.moment.now;
    let hold = open(wallet, number)?.closed(HoldState::Voided, now);
    let mut step = Step::new(wallet, now, ground);
    step.push(Change::Hold(Box::new(hold)));
    Ok(step.finish())
}

fn open(wallet: &Wallet, number: u64) -> Result<Hold, Refusal> {
    let life = wallet.life.as_deref().ok_or(Refusal::UnknownHold)?;
    let made = (1..=life.holds_made).contains(&number);
    let absent = if made { Refusal::HoldClosed } else { Refusal::UnknownHold };
    life.holds.get(&number).cloned().ok_or(absent)
}
