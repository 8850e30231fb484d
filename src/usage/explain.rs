//! Why an entry has its amount: the rows of the tariff that made it, and the sum as a sentence.
//!
//! What is explained is checked on the way: rows, units and balances must give the entry's own amounts (W1).

use std::fmt::Write as _;

use crate::domain::currency::Currency;
use crate::domain::event::{Event, Happening, Kind, Message};
use crate::domain::life::attempt::Attempt;
use crate::domain::life::hold::Hold;
use crate::domain::money::Money;
use crate::domain::rating::Rated;
use crate::domain::record::{Cause, Correction, Entry, Price};
use crate::domain::tariff::{FeeRow, RateRow, Version};

/// What made an entry.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// `None` for what no tariff prices: a carrier's charge, an adjustment.
    pub rows: Option<Rows<'a>>,
    /// Such as `2 segments x 0.0079 + carrier fee 0.006 = 0.0218 USD`.
    pub arithmetic: String,
    pub balance_before: Money,
}

/// What a message was priced by.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    pub version: &'a Version,
    pub rate: &'a RateRow,
    pub fee: Option<&'a FeeRow>,
}

/// An entry that does not follow from what it says it was made by: something is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unexplained {
    #[error("the balance before entry {seq} is out of range")]
    Balance { seq: u64 },
    #[error("the tariff version of entry {seq} is unknown")]
    Version { seq: u64 },
    #[error("the tariff rows of entry {seq} do not give its amount")]
    Amount { seq: u64 },
    #[error("entry {seq}, which others name as their message's, is none of a message")]
    Origin { seq: u64 },
    #[error("the statuses of the message of entry {seq} are not what it is counted as")]
    Status { seq: u64 },
    #[error("what entry {seq} was posted for is missing among the documents")]
    Document { seq: u64 },
}

/// Explains an entry. `version` is the tariff version its price names.
pub fn explain<'a>(
    entry: &Entry<'_>,
    currency: Currency,
    version: Option<&'a Version>,
) -> Result<Explanation<'a>, Unexplained> {
    let seq = entry.seq;
    let balance_before = entry.balance_after.checked_sub(entry.amount).ok_or(Unexplained::Balance { seq })?;
    let (rows, arithmetic) = match &entry.cause {
        Cause::Message { event: Event { happening: Happening::Message(message), .. }, price } => {
            let rows = rows(price, version.ok_or(Unexplained::Version { seq })?);
            let rows = rows.filter(|rows| makes(rows, &price.rated, message, entry.amount));
            (Some(rows.ok_or(Unexplained::Amount { seq })?), sum(&price.rated, message, currency))
        }
        Cause::Message { .. } => return Err(Unexplained::Amount { seq }),
        Cause::CarrierFee { event } => (None, carrier_fee(event, entry.amount, currency)),
        Cause::Adjustment(adjustment) => {
            (None, format!("adjustment {} {currency}: {}", adjustment.amount, adjustment.reason))
        }
        Cause::Correction(Correction { of, price, before, run, .. }) => {
            let cost = price.rated.total();
            (
                None,
                format!("entry {of} should have cost {cost} {currency} instead of {before}: {}", run.reason),
            )
        }
        cause => (None, format!("{}: {} {currency}", of_the_life(cause), entry.amount)),
    };
    Ok(Explanation { rows, arithmetic, balance_before })
}

/// The rows that a correction prices its message by, which must give its amount as well.
pub fn corrected<'a>(
    entry: &Entry<'_>,
    correction: &Correction<'_>,
    message: &Message,
    version: Option<&'a Version>,
) -> Result<Rows<'a>, Unexplained> {
    let seq = entry.seq;
    let Correction { price, before, .. } = correction;
    let rows = rows(price, version.ok_or(Unexplained::Version { seq })?);
    let cost = price.rated.total();
    let cost_is_so = |rows: &Rows<'_>| {
        cost.checked_neg().is_some_and(|charged| makes(rows, &price.rated, message, charged))
            && before.checked_sub(cost) == Some(entry.amount)
    };
    rows.filter(cost_is_so).ok_or(Unexplained::Amount { seq })
}

/// What an entry was posted for that follows from the wallet's life.
pub(super) fn of_the_life(cause: &Cause<'_>) -> String {
    match cause {
        Cause::NumberFee(fee) if fee.cycle == 0 => format!("first monthly fee of {}", fee.number),
        Cause::NumberFee(fee) => format!("monthly fee of {}, cycle {}", fee.number, fee.cycle),
        Cause::TopUp { attempt } => format!("top-up {}", Attempt::id(*attempt)),
        Cause::PaymentRefund { attempt } => format!("top-up {} refunded", Attempt::id(*attempt)),
        Cause::Dispute { attempt } => format!("top-up {} disputed, funds withdrawn", Attempt::id(*attempt)),
        Cause::DisputeReinstated { attempt } => {
            format!("top-up {} disputed, funds reinstated", Attempt::id(*attempt))
        }
        Cause::HoldSettlement { hold } => format!("settled under hold {}", Hold::id(*hold)),
        Cause::Refund { of, .. } => format!("charge of entry {of} returned, as the message did not arrive"),
        Cause::FailureFee { of, .. } => format!("failure fee for the message of entry {of}"),
        Cause::Recharge { of, .. } => {
            format!("charge of entry {of} posted again, as the message arrived after all")
        }
        Cause::FailureFeeReturn { of, .. } => format!("failure fee for the message of entry {of} returned"),
        Cause::Correction(Correction { of, run, .. }) => format!("entry {of} priced anew: {}", run.reason),
        Cause::Message { .. } | Cause::CarrierFee { .. } | Cause::Adjustment(_) => String::new(),
    }
}

fn rows<'a>(price: &Price, version: &'a Version) -> Option<Rows<'a>> {
    let rate = version.rates().get(price.rated.rate_row as usize)?;
    let fee = match price.rated.fee_row {
        Some(row) => Some(version.fees().get(row as usize)?),
        None => None,
    };
    Some(Rows { version, rate, fee })
}

/// Whether the rows give what was posted.
fn makes(rows: &Rows<'_>, rated: &Rated, message: &Message, amount: Money) -> bool {
    let units = u32::from(message.units.billed);
    let fee = rows.fee.map_or(Money::ZERO, |row| row.fee);
    rows.rate.price == rated.unit_price
        && rated.unit_price.checked_times(units) == Some(rated.price)
        && fee.checked_times(units) == Some(rated.carrier_fee)
        && rated.total().checked_neg() == Some(amount)
}

fn sum(rated: &Rated, message: &Message, currency: Currency) -> String {
    let units = message.units.billed;
    let unit = match (message.kind, units) {
        (Kind::Mms, _) => "message",
        (Kind::Sms, 1) => "segment",
        (Kind::Sms, _) => "segments",
    };
    let mut told = format!("{units} {unit} x {}", rated.unit_price);
    if rated.fee_row.is_some() {
        write!(told, " + carrier fee {}", rated.carrier_fee).expect("a text takes what is written");
    }
    write!(told, " = {} {currency}", rated.total()).expect("a text takes what is written");
    told
}

fn carrier_fee(event: &Event<'_>, amount: Money, currency: Currency) -> String {
    match &event.happening {
        Happening::CarrierFee { amount, reason, .. } if !reason.is_empty() => {
            format!("carrier fee {amount} {currency}: {reason}")
        }
        Happening::CarrierFee { amount, .. } => format!("carrier fee {amount} {currency}"),
        Happening::Message(_) | Happening::Status(_) => format!("{amount} {currency}"),
    }
}

#[cfg(test)]
mod tests;
