//! What makes a version wrong, found without looking at its file.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;

use super::index::Terms;
use super::{ErrorClassRow, FailureRow, FeeRow, Head, NAME_CHARACTERS_MAX, PRICE_MAX, ROWS_MAX, Tables};
use crate::domain::money::Money;

/// The part of a version that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    Head,
    Rates,
    Fees,
    NumberFees,
    Failures,
    ErrorClasses,
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
    #[error("more than {ROWS_MAX} rows, all tables together")]
    TooManyRows,
    #[error("{0} is negative")]
    Negative(Money),
    #[error("{0} is more than {PRICE_MAX}")]
    TooMuch(Money),
    #[error("repeats line {line}: {row}")]
    Repeated { line: u32, row: String },
    #[error("no default-carrier row (a row without a carrier) for {table}")]
    NoDefaultCarrier { table: String },
    #[error("no error code has the class {class}")]
    NoSuchClass { class: String },
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
    faults.extend(check_amount(head.failure_fee).map(of_head));
    faults
}

/// The faults of the rows of a version, those of the rates first, each table in the order of its rows.
pub(super) fn check_rows(tables: &Tables) -> Vec<Fault> {
    let Tables { rates, fees, number_fees, failures, error_classes } = tables;
    let mut faults = Vec::new();
    if rates.is_empty() {
        faults.push(Fault { table: Table::Rates, line: None, wrong: Wrong::NoRates });
    }
    let rows = rates.len() + fees.len() + number_fees.len() + failures.len() + error_classes.len();
    if rows > ROWS_MAX {
        faults.push(Fault { table: Table::Rates, line: None, wrong: Wrong::TooManyRows });
    }
    let rate_rows = rates.iter().map(|row| (row.terms(), Some(row.price), row.line));
    check_table(Table::Rates, rate_rows, &mut faults);
    let fee_rows = fees.iter().map(|row| (row.terms(), Some(row.fee), row.line));
    check_table(Table::Fees, fee_rows, &mut faults);
    check_default_carriers(fees, &mut faults);
    let number_fee_rows = number_fees.iter().map(|row| (row.terms(), Some(row.fee), row.line));
    check_table(Table::NumberFees, number_fee_rows, &mut faults);
    let failure_rows = failures.iter().map(|row| (row.terms(), row.charge.fee(), row.line));
    check_table(Table::Failures, failure_rows, &mut faults);
    check_classes(failures, error_classes, &mut faults);
    let class_rows = error_classes.iter().map(|row| (&row.error_code, None, row.line));
    check_table(Table::ErrorClasses, class_rows, &mut faults);
    faults
}

fn check_amount(amount: Money) -> Option<Wrong> {
    match amount {
        amount if amount.is_negative() => Some(Wrong::Negative(amount)),
        amount if amount > PRICE_MAX => Some(Wrong::TooMuch(amount)),
        _ => None,
    }
}

/// Rows by their terms, with the amount that they say, if they say one.
fn check_table<T: Eq + Hash + fmt::Display>(
    table: Table,
    rows: impl Iterator<Item = (T, Option<Money>, u32)>,
    faults: &mut Vec<Fault>,
) {
    let mut first_lines: HashMap<T, u32> = HashMap::new();
    for (terms, amount, line) in rows {
        let mut fault = |wrong| faults.push(Fault { table, line: Some(line), wrong });
        if let Some(wrong) = amount.and_then(check_amount) {
            fault(wrong);
        }
        match first_lines.entry(terms) {
            Entry::Occupied(first) => {
                fault(Wrong::Repeated { line: *first.get(), row: first.key().to_string() });
            }
            Entry::Vacant(unseen) => _ = unseen.insert(line),
        }
    }
}

/// A row for a class that no code has would never apply: somebody misspelt it.
fn check_classes(failures: &[FailureRow], classes: &[ErrorClassRow], faults: &mut Vec<Fault>) {
    let known: HashSet<&str> = classes.iter().map(|row| &*row.class).collect();
    let unknown =
        failures.iter().filter(|row| !row.error_class.is_empty() && !known.contains(&*row.error_class));
    faults.extend(unknown.map(|row| {
        let wrong = Wrong::NoSuchClass { class: row.error_class.to_string() };
        Fault { table: Table::Failures, line: Some(row.line), wrong }
    }));
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

/// Whether it can name a tariff, a version or an error class.
pub fn is_name(text: &str) -> bool {
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
    use super::super::samples::{error_class, failure, fee, head, number_fee, rate};
    use super::*;
    use crate::domain::samples::money;

    /// Rows as a table, the first on line 2.
    fn rows<R>(texts: &[&str], read: fn(&str, u32) -> R) -> Vec<R> {
        texts.iter().zip(2..).map(|(row, line)| read(row, line)).collect()
    }

    fn told(tables: Tables) -> Vec<String> {
        let faults = Version::new(head("t", "1", 0, None), tables).err().unwrap_or_default();
        let told =
            |fault: &Fault| format!("{:?} {:?}: {}", fault.table, fault.line.unwrap_or(0), fault.wrong);
        faults.iter().map(told).collect()
    }

    fn faults(rates: &[&str], fees: &[&str]) -> Vec<String> {
        told(Tables { rates: rows(rates, rate), fees: rows(fees, fee), ..Tables::default() })
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
    fn number_fees_that_cannot_stand_are_named() {
        let table: &[(&[&str], &[&str])] = &[
            (&["1,local,1.15", "1,,1.15", "*,local,1.15", "1,mobile,0"], &[]),
            (&["1,local,-1"], &["NumberFees 2: -1 is negative"]),
            (&["1,local,1000001"], &["NumberFees 2: 1000001 is more than 1000000"]),
            (&["1,local,1", "*,,1", "1,local,2"], &["NumberFees 4: repeats line 2: 1 local"]),
            (&["*,,1", "*,,1"], &["NumberFees 3: repeats line 2: * any type"]),
        ];
        for (fees, want) in table {
            let rates = rows(&["outbound,sms,1,,,1,"], rate);
            let tables = Tables { rates, number_fees: rows(fees, number_fee), ..Tables::default() };
            assert_eq!(told(tables), *want, "{fees:?}");
        }
    }

    #[test]
    fn a_failure_policy_that_cannot_stand_is_named() {
        let table: &[(&[&str], &[&str], &[&str])] = &[
            (&[",,failed,,full,", "outbound,,failed,,fee,0", ",,failed,a,nothing,"], &["1,a", "2,a"], &[]),
            (&[",,failed,,fee,-1"], &[], &["Failures 2: -1 is negative"]),
            (&[",,failed,,fee,1000001"], &[], &["Failures 2: 1000001 is more than 1000000"]),
            (
                &[",sms,failed,a,full,", ",sms,failed,,full,", ",sms,failed,a,fee,1"],
                &["1,a"],
                &["Failures 4: repeats line 2: any direction sms failed a"],
            ),
            (
                &["inbound,,undelivered,,full,", "inbound,,undelivered,,full,"],
                &[],
                &["Failures 3: repeats line 2: inbound any kind undelivered any class"],
            ),
            (&[",,failed,b,full,"], &["1,a"], &["Failures 2: no error code has the class b"]),
            (&[], &["1,a", "2,a", "1,b"], &["ErrorClasses 4: repeats line 2: 1"]),
        ];
        for (failures, classes, want) in table {
            let tables = Tables {
                rates: rows(&["outbound,sms,1,,,1,"], rate),
                failures: rows(failures, failure),
                error_classes: rows(classes, error_class),
                ..Tables::default()
            };
            assert_eq!(told(tables), *want, "{failures:?} {classes:?}");
        }
    }

    #[test]
    fn a_version_says_who_it_is_and_for_how_long() {
        let tables = || Tables { rates: rows(&["outbound,sms,*,,,1,"], rate), ..Tables::default() };
        let costing = |failure_fee| Head { failure_fee: money(failure_fee), ..head("t", "1", 0, None) };
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
            (costing("1000000"), None),
            (costing("-0.001"), Some(Wrong::Negative(money("-0.001")))),
            (costing("1000001"), Some(Wrong::TooMuch(money("1000001")))),
        ];
        for (head, want) in table {
            let told = format!("{head:?}");
            let wrong = Version::new(head, tables()).err().map(|faults| faults[0].wrong.clone());
            assert_eq!(wrong, want, "{told}");
        }
    }

    #[test]
    fn a_version_has_at_most_so_many_rows() {
        let rates = vec![rate("outbound,sms,*,,,1,", 2); ROWS_MAX];
        let more = [
            Tables { fees: rows(&["outbound,sms,*,,,1"], fee), ..Tables::default() },
            Tables { number_fees: rows(&["*,,1"], number_fee), ..Tables::default() },
            Tables { failures: rows(&[",,failed,,full,"], failure), ..Tables::default() },
            Tables { error_classes: rows(&["1,a"], error_class), ..Tables::default() },
        ];
        for more in more {
            let told = format!("{more:?}");
            let faults = check_rows(&Tables { rates: rates.clone(), ..more });
            assert_eq!(faults[0].wrong, Wrong::TooManyRows, "{told}");
        }
    }
}
