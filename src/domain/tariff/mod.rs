//! Tariffs: named price lists, each a series of immutable versions (RULES, sections 1, 4 and 8).
//!
//! Owns what a version is, what makes one wrong ([`check`]), how its rows are found ([`index`] and
//! [`trie`] for messages, [`number_fees`], [`failures`]) and how versions follow one another ([`series`]).
//! Called by `rating`, by whoever loads tariffs and by whoever explains a charge. A row is known by its index in its version, which is its
//! place in the file, so the same file always gives the same indexes.
//! Deliberately not here: how tariff files are written (`tariff_file`) and where they are kept.

mod check;
mod failures;
mod index;
mod number_fees;
mod prefix;
#[cfg(test)]
pub(super) mod samples;
mod series;
mod trie;

use std::fmt;

pub use check::{Fault, Table, Wrong, is_name};
pub use failures::{ErrorClassRow, FailurePolicy, FailureRow};
pub use number_fees::NumberFeeRow;
pub use prefix::{PREFIX_DIGITS_MAX, Prefix};
pub use series::{Misfit, Tariff};

use super::address::Address;
use super::currency::Currency;
use super::event::{Carrier, Direction, FinalStatus, Kind, UNITS_MAX};
use super::money::{Money, NANOS_PER_UNIT};
use super::sender_type::SenderType;
use super::time::Timestamp;
use failures::Failures;
use index::{Index, Terms};
use number_fees::NumberFees;

pub(super) use index::Asked;
pub(super) use trie::Digits;

/// Highest price of a segment or an MMS, and highest fee of any kind.
pub const PRICE_MAX: Money = Money::from_nanos(1_000_000 * NANOS_PER_UNIT);
/// Most rows of a version, all its tables together.
pub const ROWS_MAX: usize = 200_000;
/// Most characters of a tariff's name, a version's label or an error class.
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
    /// What a failed message costs where no row of the failure policy applies.
    pub failure_fee: Money,
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

/// The rows of a version, each table in the order of its file. Only rates are needed.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub rates: Vec<RateRow>,
    pub fees: Vec<FeeRow>,
    pub number_fees: Vec<NumberFeeRow>,
    pub failures: Vec<FailureRow>,
    pub error_classes: Vec<ErrorClassRow>,
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
    number_fees: NumberFees,
    failures: Failures,
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
    /// tables, in the order of [`Tables`].
    pub fn new(head: Head, tables: Tables) -> Result<Version, Vec<Fault>> {
        let mut faults = check::check_head(&head);
        faults.extend(check::check_rows(&tables));
        if !faults.is_empty() {
            return Err(faults);
        }
        let Tables { rates, fees, number_fees, failures, error_classes } = tables;
        let rate_index = Index::new(rates.iter().map(RateRow::terms));
        let fee_index = Index::new(fees.iter().map(FeeRow::terms));
        let prices = rates.iter().map(|row| Price { each: row.price, country: row.country }).collect();
        let fee_amounts = fees.iter().map(|row| row.fee).collect();
        let (number_fees, failures) = (NumberFees::new(number_fees), Failures::new(failures, error_classes));
        Ok(Version { head, rates, fees, rate_index, fee_index, prices, fee_amounts, number_fees, failures })
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

    /// In the order of the file.
    pub fn number_fees(&self) -> &[NumberFeeRow] {
        self.number_fees.rows()
    }

    /// In the order of the file.
    pub fn failures(&self) -> &[FailureRow] {
        self.failures.rows()
    }

    /// In the order of the file.
    pub fn error_classes(&self) -> &[ErrorClassRow] {
        self.failures.classes()
    }

    /// What a number of this type costs a month, and the row that says so: that of the longest prefix that
    /// applies, at one prefix that of the type before any type's. `None`: it cannot be rented.
    pub fn number_fee(&self, number: &Address, sender_type: SenderType) -> Option<(u32, Money)> {
        self.number_fees.find(number, sender_type)
    }

    /// What stays charged of a message that ended so. Where no row says so, a failed message costs the failure
    /// fee and an undelivered one its full price; a delivered one always does. A fee is above zero.
    pub fn failure_policy(
        &self,
        direction: Direction,
        kind: Kind,
        status: FinalStatus,
        error_code: &str,
    ) -> FailurePolicy {
        let row = || self.failures.find(direction, kind, status, error_code).map(|(_, policy)| policy);
        let policy = match status {
            FinalStatus::Delivered => FailurePolicy::Full,
            FinalStatus::Undelivered => row().unwrap_or(FailurePolicy::Full),
            FinalStatus::Failed => row().unwrap_or(FailurePolicy::Fee(self.head.failure_fee)),
        };
        match policy {
            // So that nobody posts an entry over nothing.
            FailurePolicy::Fee(fee) if !fee.is_positive() => FailurePolicy::Nothing,
            policy => policy,
        }
    }

    /// The row that [`Version::failure_policy`] goes by; `None` where no row says what stays charged.
    pub fn failure_row(
        &self,
        direction: Direction,
        kind: Kind,
        status: FinalStatus,
        error_code: &str,
    ) -> Option<u32> {
        match status {
            FinalStatus::Delivered => None,
            _ => self.failures.find(direction, kind, status, error_code).map(|(row, _)| row),
        }
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

    /// The carriers that a message without one may turn out to have, as far as rows name them; each once.
    pub(super) fn carriers_for(&self, asked: &Asked) -> Vec<Carrier> {
        let rates = self.rate_index.book(asked.direction, asked.kind);
        let fees = self.fee_index.book(asked.direction, asked.kind);
        let of_rates = rates.carriers(rates.longest(asked));
        let mut carriers: Vec<Carrier> = of_rates.chain(fees.carriers(fees.longest(asked))).collect();
        carriers.sort_unstable();
        carriers.dedup();
        carriers
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
