//! What makes a version wrong, found without looking at its file.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;

use super::index::Terms;
use super::{FeeRow, Head, NAME_CHARACTERS_MAX, PRICE_MAX, ROWS_MAX, RateRow};
use crate::domain::money::Money;

/// The part of a version that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    Head,
    Rates,
    Fees,
}

/// One thing wrong with a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub table: Table,
    /// As the row says; `None` where no row is to blame.
    pub line: Option<u32>,
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("the name of a tariff is 1 to {NAME_CHARACTERS_MAX} of A-Z a-z 0-9 . _ : -")]
    Name,
    #[error("the label of a version is 1 to {NAME_CHARACTERS_MAX} of A-Z a-z 0-9 . _ : -")]
    Label,
    #[error("effective_until is not later than effective_from")]
    Period,
    #[error("no rates")]
    NoRates,
    #[error("more than {ROWS_MAX} rows of rates and carrier fees together")]
    TooManyRows,
    #[error("{0} is negative")]
    Negative(Money),
    #[error("{0} is more than {PRICE_MAX}")]
    TooMuch(Money),
    #[error("repeats line {line}: {row}")]
    Repeated { line: u32, row: String },
    #[error("no default-carrier row (a row without a carrier) for {table}")]
    NoDefaultCarrier { table: String },
}

pub(super) fn check_head(head: &Head) -> Vec<Fault> {
    let of_head = |wrong| Fault { table: Table::Head, line: None, wrong };
    let mut faults = Vec::new();
    if !is_name(&head.name) {
        faults.push(of_head(Wrong::Name));
    }
    if !is_name(&head.label) {
        faults.push(of_head(Wrong::Label));
    }
    if head.effective_until.is_some_and(|until| until <= head.effective_from) {
        faults.push(of_head(Wrong::Period));
    }
    faults
}

/// The faults of the rows of a version, those of the rates first, each table in the order of its rows.
pub(super) fn check_rows(rates: &[RateRow], fees: &[FeeRow]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if rates.is_empty() {
        faults.push(Fault { table: Table::Rates, line: None, wrong: Wrong::NoRates });
    }
    if rates.len() + fees.len() > ROWS_MAX {
        faults.push(Fault { table: Table::Rates, line: None, wrong: Wrong::TooManyRows });
    }
    check_table(Table::Rates, rates.iter().map(|row| (row.terms(), row.price, row.line)), &mut faults);
    check_table(Table::Fees, fees.iter().map(|row| (row.terms(), row.fee, row.line)), &mut faults);
    check_default_carriers(fees, &mut faults);
    faults
}

fn check_table(table: Table, rows: impl Iterator<Item = (Terms, Money, u32)>, faults: &mut Vec<Fault>) {
    let mut first_lines: HashMap<Terms, u32> = HashMap::new();
    for (terms, amount, line) in rows {
        let mut fault = |wrong| faults.push(Fault { table, line: Some(line), wrong });
        if amount.is_negative() {
            fault(Wrong::Negative(amount));
        }
        if amount > PRICE_MAX {
            fault(Wrong::TooMuch(amount));
        }
        match first_lines.entry(terms) {
            Entry::Occupied(first) => fault(Wrong::Repeated { line: *first.get(), row: terms.to_string() }),
            Entry::Vacant(unseen) => _ = unseen.insert(line),
        }
    }
}

fn check_default_carriers(fees: &[FeeRow], faults: &mut Vec<Fault>) {
    let default_row = |row: &FeeRow| Terms { carrier: None, ..row.terms() };
    let mut known: HashSet<Terms> =
        fees.iter().filter(|row| row.carrier.is_none()).map(FeeRow::terms).collect();
    for row in fees {
        // Once for a table, at its first row.
        if known.insert(default_row(row)) {
            let Terms { direction, kind, prefix, sender_type, .. } = row.terms();
            let sender_type = sender_type.map_or("any sender type", |sender_type| sender_type.as_str());
            let table = format!("{} {} {prefix} {sender_type}", direction.as_str(), kind.as_str());
            let wrong = Wrong::NoDefaultCarrier { table };
            faults.push(Fault { table: Table::Fees, line: Some(row.line), wrong });
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=NAME_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

impl fmt::Display for Terms {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Terms { direction, kind, prefix, sender_type, carrier } = self;
        write!(out, "{} {} {prefix} ", direction.as_str(), kind.as_str())?;
        out.write_str(sender_type.map_or("any sender type", |sender_type| sender_type.as_str()))?;
        match carrier {
            Some(carrier) => write!(out, " {carrier}"),
            None => out.write_str(" any carrier"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Version;
    use super::super::samples::{fee, head, rate};
    use super::*;

    fn faults(rates: &[&str], fees: &[&str]) -> Vec<String> {
        let rates = rates.iter().zip(2..).map(|(row, line)| rate(row, line)).collect();
        let fees = fees.iter().zip(2..).map(|(row, line)| fee(row, line)).collect();
        let faults = Version::new(head("t", "1", 0, None), rates, fees).err().unwrap_or_default();
        let told =
            |fault: &Fault| format!("{:?} {:?}: {}", fault.table, fault.line.unwrap_or(0), fault.wrong);
        faults.iter().map(told).collect()
    }

    #[test]
    fn rows_that_cannot_stand_are_named() {
        let good = "outbound,sms,1,,,0.01,US";
        let table: &[(&[&str], &[&str], &[&str])] = &[
            (&[good], &[], &[]),
            (&[good], &["outbound,sms,1,,,0"], &[]),
            (&[], &[], &["Rates 0: no rates"]),
            (&["outbound,sms,1,,,-0.01,"], &[], &["Rates 2: -0.01 is negative"]),
            (&["outbound,sms,1,,,1000000,"], &[], &[]),
            (
                &[good, "outbound,sms,2,,,1000000.000000001,"],
                &[],
                &["Rates 3: 1000000.000000001 is more than 1000000"],
            ),
            (
                &[good, "outbound,sms,44,local,23410,1,", "outbound,sms,1,,,2,"],
                &[],
                &["Rates 4: repeats line 2: outbound sms 1 any sender type any carrier"],
            ),
            (&[good, "outbound,mms,1,,,2,", "inbound,sms,1,,,2,", "outbound,sms,1,local,,2,"], &[], &[]),
            (
                &[good],
                &["outbound,sms,1,,,0", "outbound,sms,1,local,310260,0.1", "outbound,sms,1,local,310410,0.1"],
                &["Fees 3: no default-carrier row (a row without a carrier) for outbound sms 1 local"],
            ),
            (
                &[good],
                &["outbound,sms,1,,310260,-1", "outbound,sms,1,,310260,2"],
                &[
                    "Fees 2: -1 is negative",
                    "Fees 3: repeats line 2: outbound sms 1 any sender type 310260",
                    "Fees 2: no default-carrier row (a row without a carrier) for outbound sms 1 any sender type",
                ],
            ),
        ];
        for (rates, fees, want) in table {
            assert_eq!(faults(rates, fees), *want, "{rates:?} {fees:?}");
        }
    }

    #[test]
    fn a_version_says_who_it_is_and_for_how_long() {
        let row = || vec![rate("outbound,sms,*,,,1,", 2)];
        let long = "x".repeat(65);
        let table = [
            (head("standard", "2024-01", 0, Some(1)), None),
            (head("", "1", 0, None), Some(Wrong::Name)),
            (head("a b", "1", 0, None), Some(Wrong::Name)),
            (head(&long, "1", 0, None), Some(Wrong::Name)),
            (head("t", "", 0, None), Some(Wrong::Label)),
            (head("t", "é", 0, None), Some(Wrong::Label)),
            (head("t", "1", 5, Some(5)), Some(Wrong::Period)),
            (head("t", "1", 5, Some(4)), Some(Wrong::Period)),
        ];
        for (head, want) in table {
            let told = format!("{head:?}");
            let wrong = Version::new(head, row(), Vec::new()).err().map(|faults| faults[0].wrong.clone());
            assert_eq!(wrong, want, "{told}");
        }
    }

    #[test]
    fn a_version_has_at_most_so_many_rows() {
        let rates = vec![rate("outbound,sms,*,,,1,", 2); ROWS_MAX];
        let fees = vec![fee("outbound,sms,*,,,1", 2)];
        let faults = check_rows(&rates, &fees);
        assert_eq!(faults[0].wrong, Wrong::TooManyRows);
    }
}
