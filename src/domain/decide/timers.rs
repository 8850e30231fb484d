//! What time brings: fees, warnings, releases, expiries, retries (RULES, sections 7, 9, 10 and 12).
//!
//! Each is a step of its own at its own time, whenever it is posted; only a release looks at how late its last warning
//! was posted.

use super::Ground;
use super::numbers::{pay, release};
use super::step::{Step, Telling};
use crate::domain::life::Timer;
use crate::domain::life::alert::AlertKind;
use crate::domain::life::auto::AutoTopUp;
use crate::domain::life::hold::HoldState;
use crate::domain::life::number::{Arrear, Number, ReleaseReason};
use crate::domain::record::{Change, NumberFee, Records};
use crate::domain::time::Timestamp;
use crate::domain::wallet::Wallet;

/// Posts the first thing that is due by now, at its own time; `None` where nothing is. To be called until then.
pub fn catch_up<'a>(wallet: &mut Wallet, ground: Ground<'_>) -> Option<Records<'a>> {
    let (at, timer, id) = wallet.due_by(ground.moment.now)?;
    let mut step = Step::new(wallet, at, ground);
    match timer {
        Timer::Fee => fee(&mut step, id),
        Timer::Warning => warning(&mut step, id),
        Timer::Release => {
            let number = number_of(&step, id);
            release(&mut step, number, ReleaseReason::Unpaid);
        }
        Timer::Expiry => {
            let hold = step.life().and_then(|life| life.holds.get(&id)).cloned();
            let hold = hold.expect("what expires is open");
            step.push(Change::Hold(Box::new(hold.closed(HoldState::Expired, at))));
        }
        Timer::Retry => {
            let auto = auto_of(&step);
            step.set_auto(AutoTopUp { retry_at: Timestamp::NEVER, ..auto });
        }
        Timer::LimitTurn => {
            let auto = auto_of(&step).limited(at, &step.zone());
            step.set_auto(auto);
        }
    }
    Some(step.finish())
}

fn number_of(step: &Step<'_, '_, '_>, rental: u64) -> Number {
    let number = step.life().and_then(|life| life.numbers.get(&rental)).cloned();
    number.expect("a timer of a number is due as long as the wallet holds the number")
}

fn auto_of(step: &Step<'_, '_, '_>) -> AutoTopUp {
    step.life().map(|life| life.auto.clone()).unwrap_or_default()
}

/// A fee is paid whole from what is available, or stands as arrears (N1: each cycle falls due once).
fn fee(step: &mut Step<'_, '_, '_>, rental: u64) {
    let number = number_of(step, rental);
    let (due_at, cycle) = (step.at, number.cycle + 1);
    let row = step.ground.context.number_fee(step.wallet.tariff, &number.number, number.sender_type, due_at);
    let amount = row.map_or(number.fee, |(_, _, fee)| fee);
    let zone = step.zone();
    let mut number = number.next_cycle(amount, &zone);
    // A fee of nothing is paid by any wallet.
    if step.wallet.available() >= amount || !amount.is_positive() {
        let row = row.map(|(version, row, _)| (version, row));
        let cause = NumberFee { number: number.number, rental, cycle, due_at, row };
        step.push(Change::Number(Box::new(number)));
        return pay(step, amount, cause);
    }
    number.arrears.push(Arrear { cycle, due_at, amount });
    let scheduled = number.release.is_none() && number.two_in_a_row_unpaid();
    if scheduled {
        number.release = Some(number.release_before_next_due(&zone));
    }
    let name = number.number.to_string();
    let release_at = number.release.map_or(Timestamp::NEVER, |release| release.at);
    step.push(Change::Number(Box::new(number)));
    step.tell(Telling { about: &name, amount, when: due_at, ..Telling::of(AlertKind::FeeUnpaid) });
    if scheduled {
        step.tell(Telling { about: &name, when: release_at, ..Telling::of(AlertKind::ReleaseScheduled) });
    }
    step.lacked();
}

fn warning(step: &mut Step<'_, '_, '_>, rental: u64) {
    let number = number_of(step, rental);
    let zone = step.zone();
    let posted_at = step.ground.moment.now;
    let release = number.release.map(|release| release.warned(posted_at, &zone));
    let name = number.number.to_string();
    let when = release.map_or(Timestamp::NEVER, |release| release.at);
    step.push(Change::Number(Box::new(Number { release, ..number })));
    step.tell(Telling { about: &name, when, ..Telling::of(AlertKind::ReleaseWarned) });
}
