//! Tariffs: named price lists, each a series of immutable versions (RULES, sections 1 and 4).
//!
//! Owns what a version is, what makes one wrong ([`check`]), how its rows are found ([`index`],
//! [`trie`]) and how versions follow one another ([`series`]). Called by `rating`, by whoever loads
//! tariffs and by whoever explains a charge. A row is known by its index in its version, which is its
//! place in the file, so the same file always gives the same indexes.
//! Deliberately not here: how tariff files are written (`tariff_file`) and where they are kept.

mod check;
mod index;
mod prefix;
#[cfg(test)]
pub(super) mod samples;
mod series;
mod trie;

use std::fmt;

pub use check::{Fault, Table, Wrong};
pub use prefix::{PREFIX_DIGITS_MAX, Prefix};
pub use series::{Misfit, Tariff};

use super::currency::Currency;
use super::event::{Carrier, Direction, Kind, UNITS_MAX};
use super::money::{Money, NANOS_PER_UNIT};
use super::sender_type::SenderType;
use super::time::Timestamp;
use index::{Index, Terms};

pub(super) use index::Asked;
pub(super) use trie::Digits;

/// Highest price of a segment or an MMS, and highest carrier fee.
pub const PRICE_MAX: Money = Money::from_nanos(1_000_000 * NANOS_PER_UNIT);
/// Most rows of a version, rates and carrier fees together.
pub const ROWS_MAX: usize = 200_000;
/// Most characters of a tariff's name or a version's label.
pub const NAME_CHARACTERS_MAX: usize = 64;

// Price and carrier fee of the largest message, added up, are an amount: rating cannot overflow.
const _: () = assert!(PRICE_MAX.nanos() <= i64::MAX / (2 * UNITS_MAX as i64));
// Indexes of rows, and of the groups made of them, are kept in 31 bits.
const _: () = assert!(ROWS_MAX < 1 << 24);

/// What a version says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Of the tariff: 1 to 64 of `A-Za-z0-9._:-`.
    pub name: String,
    /// Of this version, unique in the tariff; the same characters.
    pub label: String,
    pub currency: Currency,
    pub effective_from: Timestamp,
    /// The first instant at which it is no longer in effect; `None`: until the next version.
    pub effective_until: Option<Timestamp>,
}

/// What a message costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateRow {
    pub direction: Direction,
    pub kind: Kind,
    /// Of the peer for outbound, of the channel for inbound.
    pub prefix: Prefix,
    /// `None`: any.
    pub sender_type: Option<SenderType>,
    /// `None`: any, and unknown.
    pub carrier: Option<Carrier>,
    /// Of a segment of an SMS; of a whole MMS.
    pub price: Money,
    /// ISO 3166, where the prefix belongs to one country.
    pub country: Option<[u8; 2]>,
    /// In the file that the version was read from, from 1.
    pub line: u32,
}

/// What a carrier charges on top. The rows of one direction, kind, prefix and sender type are a fee table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeRow {
    pub direction: Direction,
    pub kind: Kind,
    pub prefix: Prefix,
    /// `None`: any.
    pub sender_type: Option<SenderType>,
    /// `None`: the default-carrier row of its table, for every carrier without a row and for unknown ones.
    pub carrier: Option<Carrier>,
    /// Of a segment of an SMS; of a whole MMS.
    pub fee: Money,
    /// In the file that the version was read from, from 1.
    pub line: u32,
}

/// One immutable version of a tariff, ready to rate with.
pub struct Version {
    head: Head,
    rates: Vec<RateRow>,
    fees: Vec<FeeRow>,
    rate_index: Index,
    fee_index: Index,
    /// What rating needs of each rate row, apart from the rest, so that more of them fit a cache.
    prices: Vec<Price>,
    /// The fee of each fee row, for the same reason.
    fee_amounts: Vec<Money>,
}

/// What a rate row gives to a message.
#[derive(Clone, Copy)]
pub(super) struct Price {
    pub each: Money,
    pub country: Option<[u8; 2]>,
}

/// The rows that apply to a message, each with what it gives.
pub(super) struct Rows {
    pub rate: Option<(u32, Price)>,
    pub fee: Option<(u32, Money)>,
}

impl Version {
    /// Checks all that does not need the file. The faults are those of the head, then those of the
    /// rates, then those of the carrier fees.
    pub fn new(head: Head, rates: Vec<RateRow>, fees: Vec<FeeRow>) -> Result<Version, Vec<Fault>> {
        let mut faults = check::check_head(&head);
        faults.extend(check::check_rows(&rates, &fees));
        if !faults.is_empty() {
            return Err(faults);
        }
        let rate_index = Index::new(rates.iter().map(RateRow::terms));
        let fee_index = Index::new(fees.iter().map(FeeRow::terms));
        let prices = rates.iter().map(|row| Price { each: row.price, country: row.country }).collect();
        let fee_amounts = fees.iter().map(|row| row.fee).collect();
        Ok(Version { head, rates, fees, rate_index, fee_index, prices, fee_amounts })
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    /// In the order of the file.
    pub fn rates(&self) -> &[RateRow] {
        &self.rates
    }

    /// In the order of the file.
    pub fn fees(&self) -> &[FeeRow] {
        &self.fees
    }

    /// The rows that apply.
    #[inline]
    pub(super) fn rows_for(&self, asked: &Asked) -> Rows {
        let rates = self.rate_index.book(asked.direction, asked.kind);
        let fees = self.fee_index.book(asked.direction, asked.kind);
        // Both prefixes before any row is chosen, so that the two waits for memory are one.
        let (rate_prefix, fee_prefix) = (rates.longest(asked), fees.longest(asked));
        let rate_row = rates.by_carrier_first(rate_prefix, asked);
        let fee_row = fees.by_sender_first(fee_prefix, asked);
        Rows {
            rate: rate_row.map(|row| (row, self.prices[row as usize])),
            fee: fee_row.map(|row| (row, self.fee_amounts[row as usize])),
        }
    }
}

impl fmt::Debug for Version {
    /// Without the rows, which may be 200,000.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Head { name, label, .. } = &self.head;
        write!(out, "Version({name} {label}: {} rates, {} fees)", self.rates.len(), self.fees.len())
    }
}

impl RateRow {
    fn terms(&self) -> Terms {
        let RateRow { direction, kind, prefix, sender_type, carrier, .. } = *self;
        Terms { direction, kind, prefix, sender_type, carrier }
    }
}

impl FeeRow {
    fn terms(&self) -> Terms {
        let FeeRow { direction, kind, prefix, sender_type, carrier, .. } = *self;
        Terms { direction, kind, prefix, sender_type, carrier }
    }
}
