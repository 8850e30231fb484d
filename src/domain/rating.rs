//! What a message costs under a version of a tariff (RULES, section 4).
//!
//! Neither allocates nor locks, so any thread may rate with a shared version. What a message may cost before all of it
//! is known is in [`range`](mod@range).

mod range;

use super::event::{Kind, Message};
use super::money::Money;
use super::tariff::{Asked, Digits, Rows, Version};

pub use range::{Likeness, Range, Ranges, range};

/// The price of a message and how it came about. Rows are known by their index in the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    pub rate_row: u32,
    /// `None`: no carrier fee table applies, so there is no carrier fee.
    pub fee_row: Option<u32>,
    /// Of a segment of an SMS; of a whole MMS.
    pub unit_price: Money,
    /// Of the message, without the carrier fee.
    pub price: Money,
    /// Of the message.
    pub carrier_fee: Money,
    /// ISO 3166, where the rate row says.
    pub country: Option<[u8; 2]>,
}

impl Rated {
    /// What the wallet pays.
    pub fn total(&self) -> Money {
        self.price
            .checked_add(self.carrier_fee)
            .expect("two products of UNITS_MAX and PRICE_MAX fit: see tariff")
    }
}

impl Asked {
    fn of(message: &Message) -> Asked {
        Asked {
            direction: message.direction,
            kind: message.kind,
            digits: Digits::new(message.priced_by().prefix_digits()),
            sender_type: message.sender_type,
            carrier: message.carrier,
        }
    }
}

/// Rates a message; `None` where the version has no rate for it (`no_rate`).
pub fn rate(version: &Version, message: &Message) -> Option<Rated> {
    let units = match message.kind {
        Kind::Sms => u32::from(message.units.billed),
        Kind::Mms => 1,
    };
    rate_asked(version, &Asked::of(message), units)
}

/// The same by what rows are chosen by, and so many units.
#[inline]
fn rate_asked(version: &Version, asked: &Asked, units: u32) -> Option<Rated> {
    let Rows { rate, fee } = version.rows_for(asked);
    let (rate_row, price) = rate?;
    Some(Rated {
        rate_row,
        fee_row: fee.map(|(row, _)| row),
        unit_price: price.each,
        price: of_units(price.each, units),
        carrier_fee: fee.map_or(Money::ZERO, |(_, each)| of_units(each, units)),
        country: price.country,
    })
}

fn of_units(each: Money, units: u32) -> Money {
    each.checked_times(units).expect("UNITS_MAX times PRICE_MAX fits: see tariff")
}

#[cfg(test)]
mod tests;
