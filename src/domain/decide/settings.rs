//! Terms, automatic top-up, levels of low balance, and how deliveries went.

use super::step::Step;
use super::{AutoSettings, Ground, Refusal};
use crate::domain::calendar::Zone;
use crate::domain::life::Levels;
use crate::domain::life::alert::Arming;
use crate::domain::life::alert::{DELIVERIES_OPEN_MAX, Delivery, DeliveryState, Level};
use crate::domain::life::auto::{AutoTopUp, Switch};
use crate::domain::money::Money;
use crate::domain::record::{Change, Records, Terms};
use crate::domain::time::Timestamp;
use crate::domain::wallet::Wallet;

pub fn set_terms<'a>(
    wallet: &mut Wallet,
    terms: &Terms<'a>,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let changed = terms.currency != wallet.currency || terms.time_zone != &*wallet.time_zone;
    // A payment under way is in the currency that the wallet has now.
    let paying = wallet.life.as_ref().is_some_and(|life| !life.attempts.is_empty());
    if (wallet.seq > 0 || paying) && changed {
        return Err(Refusal::TermsFixed);
    }
    let mut step = Step::new(wallet, ground.moment.now, ground);
    step.push(Change::TermsSet(*terms));
    Ok(step.finish())
}

/// Switched on anew, or set while it is stopped: whatever stopped it no longer counts. A back-off that is under way
/// goes on through a change of amounts. Either way it is looked at again at once.
pub fn set_auto<'a>(
    wallet: &mut Wallet,
    settings: &AutoSettings,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let now = ground.moment.now;
    let before = wallet.life.as_ref().map(|life| life.auto.clone()).unwrap_or_default();
    let auto = match settings.on {
        None => AutoTopUp { switch: Switch::Off, limited_until: Timestamp::NEVER, ..before.anew() },
        Some(terms) => {
            let (minimum, amount, limits) = (terms.minimum, terms.amount, terms.limits);
            let goes_on = before.switch == Switch::On && before.stopped.is_none();
            let before = if goes_on { before } else { before.anew() };
            let auto = AutoTopUp { switch: Switch::On, minimum, amount, limits, ..before };
            auto.limited(now, &Zone::of_wallet(&wallet.time_zone))
        }
    };
    let mut step = Step::new(wallet, now, ground);
    step.set_auto(auto);
    Ok(step.finish())
}

/// Sets the levels, highest first. One that the balance is at or below already is told when it is crossed next.
pub fn set_levels<'a>(
    wallet: &mut Wallet,
    levels: &[Money],
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let mut amounts = levels.to_vec();
    amounts.sort_unstable_by(|one, other| other.cmp(one));
    amounts.dedup();
    let balance = wallet.balance;
    let levels: Levels =
        amounts.into_iter().map(|amount| Level { amount, arming: Arming::Armed }.after(balance)).collect();
    let mut step = Step::new(wallet, ground.moment.now, ground);
    step.push(Change::Levels(Box::new(levels)));
    Ok(step.finish())
}

pub fn delivered<'a>(
    wallet: &mut Wallet,
    key: (u32, u64),
    state: DeliveryState,
    http_status: u16,
    next_at: Timestamp,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let now = ground.moment.now;
    let before = wallet.life.as_ref().and_then(|life| life.deliveries.get(&key)).cloned();
    let before = before.ok_or(Refusal::Known)?;
    let tries = before.tries.saturating_add(1);
    let mut step = Step::new(wallet, now, ground);
    step.push(Change::Delivery(Box::new(Delivery {
        state,
        tries,
        http_status,
        last_at: now,
        next_at,
        ..before
    })));
    Ok(step.finish())
}

/// An alert begins its way to an endpoint anew.
pub fn redeliver<'a>(
    wallet: &mut Wallet,
    endpoint: u32,
    alert: u64,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if alert == 0 || alert > wallet.alerts {
        return Err(Refusal::UnknownAttempt);
    }
    let open = wallet.life.as_ref().map_or(0, |life| life.deliveries.len());
    if open >= DELIVERIES_OPEN_MAX {
        return Err(Refusal::TooMany);
    }
    let now = ground.moment.now;
    let mut step = Step::new(wallet, now, ground);
    step.push(Change::Delivery(Box::new(Delivery::new(endpoint, alert, now))));
    Ok(step.finish())
}
