//! What a rented number costs a month: by the longest prefix of the number, then by its type (RULES, section 4).

use std::collections::HashMap;
use std::fmt;

use super::prefix::Prefix;
use crate::domain::address::Address;
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;

/// The monthly fee of some numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFeeRow {
    /// Of the number; only [`Prefix::ANY`] matches short codes.
    pub prefix: Prefix,
    /// `None`: any.
    pub sender_type: Option<SenderType>,
    /// Of a month.
    pub fee: Money,
    /// In the file that the version was read from, from 1.
    pub line: u32,
}

/// What a row asks of a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NumberTerms {
    prefix: Prefix,
    sender_type: Option<SenderType>,
}

impl NumberFeeRow {
    pub(super) fn terms(&self) -> NumberTerms {
        NumberTerms { prefix: self.prefix, sender_type: self.sender_type }
    }
}

impl fmt::Display for NumberTerms {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.prefix, self.sender_type.map_or("any type", SenderType::as_str))
    }
}

/// The table of number fees, and where its rows are. Asked once a month for a number, so hashing will do.
pub(super) struct NumberFees {
    rows: Vec<NumberFeeRow>,
    places: HashMap<NumberTerms, u32>,
}

impl NumberFees {
    /// From rows in the order of the table, no two with the same terms.
    pub(super) fn new(rows: Vec<NumberFeeRow>) -> NumberFees {
        let places = rows.iter().map(NumberFeeRow::terms).zip(0..).collect();
        NumberFees { rows, places }
    }

    pub(super) fn rows(&self) -> &[NumberFeeRow] {
        &self.rows
    }

    /// The row of the longest prefix that applies, at one prefix that of the type before any type's.
    pub(super) fn find(&self, number: &Address, sender_type: SenderType) -> Option<(u32, Money)> {
        let mut prefix = Prefix::of_digits(number.prefix_digits());
        loop {
            let at = |sender_type| self.places.get(&NumberTerms { prefix, sender_type });
            if let Some(row) = at(Some(sender_type)).or_else(|| at(None)) {
                return Some((*row, self.rows[*row as usize].fee));
            }
            prefix = prefix.shorter()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::number_fee;
    use super::*;
    use proptest::prelude::*;

    fn fees(rows: &[&str]) -> NumberFees {
        NumberFees::new(rows.iter().zip(1..).map(|(row, line)| number_fee(row, line)).collect())
    }

    #[test]
    fn a_number_costs_what_the_longest_prefix_says_for_its_type() {
        use SenderType::*;
        let rows = [
            "1,local,1.15",
            "1,toll_free,2.15",
            "1204,,1.5",
            "44,,1",
            "44,mobile,2",
            "*,short_code,500",
            "*,local,6",
        ];
        let fees = fees(&rows);
        let table = [
            ("+14155550100", Local, Some(0)),
            ("+18005550100", TollFree, Some(1)),
            ("+12045550100", Local, Some(2)),
            ("+12045550100", TollFree, Some(2)),
            ("+447700900123", Mobile, Some(4)),
            ("+447700900123", Local, Some(3)),
            ("+4915112345678", Local, Some(6)),
            ("+4915112345678", Mobile, None),
            ("+14155550100", Mobile, None),
            ("12345", ShortCode, Some(5)),
            ("1204", ShortCode, Some(5)),
            ("+14155550100", ShortCode, Some(5)),
            ("12345", Local, Some(6)),
            ("12345", Mobile, None),
        ];
        for (number, sender_type, want) in table {
            let found = fees.find(&Address::parse(number).unwrap(), sender_type);
            let want = want.map(|row: u32| (row, fees.rows()[row as usize].fee));
            assert_eq!(found, want, "{number} as {sender_type:?}");
        }
    }

    proptest! {
        #[test]
        fn the_fee_found_is_the_one_that_a_scan_finds(
            rows in prop::collection::vec(("\\*|[12][0-29]{0,5}", 0..4usize), 0..40),
            numbers in prop::collection::vec(("\\+[12][0-29]{6,14}|[1-9][0-9]{2,7}", 0..3usize), 1..20),
        ) {
            let types = ["local", "mobile", "toll_free", ""];
            let mut rows: Vec<String> =
                rows.iter().zip(1..).map(|((prefix, of_type), fee)| format!("{prefix},{},{fee}", types[*of_type])).collect();
            rows.sort_by(|one, other| one.rsplit_once(',').unwrap().0.cmp(other.rsplit_once(',').unwrap().0));
            rows.dedup_by(|one, other| one.rsplit_once(',').unwrap().0 == other.rsplit_once(',').unwrap().0);
            let fees = fees(&rows.iter().map(String::as_str).collect::<Vec<_>>());
            for (number, of_type) in &numbers {
                let (number, sender_type) = (Address::parse(number).unwrap(), SenderType::parse(types[*of_type]).unwrap());
                let applies = |row: &&NumberFeeRow| {
                    number.prefix_digits().starts_with(row.prefix.digits())
                        && row.sender_type.is_none_or(|own| own == sender_type)
                };
                let rank = |row: &&NumberFeeRow| (row.prefix.digits().len(), row.sender_type.is_some());
                let want = fees.rows().iter().filter(applies).max_by_key(rank);
                let found = fees.find(&number, sender_type).map(|(row, _)| &fees.rows()[row as usize]);
                prop_assert_eq!(found, want, "{} as {:?}", number, sender_type);
            }
        }
    }
}
