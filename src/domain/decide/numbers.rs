//! Numbers: bought, released by hand, and the owner of the inventory told (RULES, section 9). The rest are timers.

use super::step::{Step, Telling};
use super::{Ground, Refusal};
use crate::domain::address::Address;
use crate::domain::calendar::Zone;
use crate::domain::life::alert::AlertKind;
use crate::domain::life::number::{Arrears, NUMBERS_MAX, Number, ReleaseReason, Released};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Lack, NumberFee, Records};
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;
use crate::domain::wallet::Wallet;

/// The first fee is paid in full from what is available, or nothing is bought.
pub fn buy<'a>(
    wallet: &mut Wallet,
    number: Address,
    sender_type: SenderType,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let now = ground.moment.now;
    let life = wallet.life.as_deref();
    if life.and_then(|life| life.rental_of(&number)).is_some_and(Number::is_rented) {
        return Err(Refusal::NumberRented);
    }
    let counts = |number: &&Number| number.is_rented() || !number.arrears.is_empty();
    if life.is_some_and(|life| life.numbers.values().filter(counts).count() >= NUMBERS_MAX) {
        return Err(Refusal::TooMany);
    }
    let found = ground.context.number_fee(wallet.tariff, &number, sender_type, now);
    let (version, row, fee) = found.ok_or(Refusal::NoRate)?;
    if wallet.available() < fee && fee.is_positive() {
        return Err(Refusal::Lack(Lack::InsufficientBalance));
    }
    let rental = life.map_or(0, |life| life.rentals) + 1;
    let zone = Zone::of_wallet(&wallet.time_zone);
    let anchor = zone.day(now);
    let rented = Number {
        rental,
        number,
        sender_type,
        bought_at: now,
        anchor,
        cycle: 0,
        next_due_at: zone.cycle_due(anchor, 1),
        fee,
        arrears: Arrears::new(),
        release: None,
        released: None,
    };
    let mut step = Step::new(wallet, now, ground);
    step.push(Change::Number(Box::new(rented)));
    let cause = NumberFee { number, rental, cycle: 0, due_at: now, row: Some((version, row)) };
    pay(&mut step, fee, cause);
    Ok(step.finish())
}

/// Posts a fee that what is available covers.
pub fn pay(step: &mut Step<'_, '_, '_>, fee: Money, cause: NumberFee) {
    let amount = fee.checked_neg().expect("a fee is not negative");
    step.post(amount, step.at, Cause::NumberFee(cause));
}

pub fn release_by_hand<'a>(
    wallet: &mut Wallet,
    number: &Address,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let life = wallet.life.as_deref().ok_or(Refusal::UnknownNumber)?;
    let rented = life.rental_of(number).ok_or(Refusal::UnknownNumber)?.clone();
    if !rented.is_rented() {
        return Err(Refusal::Known);
    }
    let mut step = Step::new(wallet, ground.moment.now, ground);
    release(&mut step, rented, ReleaseReason::ByHand);
    Ok(step.finish())
}

/// Releases a number, tells of it, and has the owner of the number inventory told.
pub fn release(step: &mut Step<'_, '_, '_>, number: Number, reason: ReleaseReason) {
    let tell_at =
        if step.ground.context.has_number_owner() { step.ground.moment.now } else { Timestamp::NEVER };
    let released = Released { at: step.at, reason, confirmed_at: Timestamp::NEVER, tell_at, tries: 0 };
    let name = number.number.to_string();
    step.push(Change::Number(Box::new(number.released(released))));
    step.tell(Telling {
        about: &name,
        when: step.at,
        code: reason.as_str(),
        ..Telling::of(AlertKind::Released)
    });
}

/// The owner has confirmed a release, or is to be told again at an instant.
pub fn told<'a>(
    wallet: &mut Wallet,
    rental: u64,
    again_at: Timestamp,
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    let life = wallet.life.as_deref().ok_or(Refusal::UnknownNumber)?;
    let mut number = life.numbers.get(&rental).cloned().ok_or(Refusal::UnknownNumber)?;
    let released = number.released.as_mut().filter(|released| released.tell_at != Timestamp::NEVER);
    let released = released.ok_or(Refusal::Known)?;
    released.tries = released.tries.saturating_add(1);
    released.tell_at = again_at;
    if again_at == Timestamp::NEVER {
        released.confirmed_at = ground.moment.now;
    }
    let mut step = Step::new(wallet, ground.moment.now, ground);
    step.push(Change::Number(Box::new(number)));
    Ok(step.finish())
}
