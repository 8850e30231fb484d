//! What stays charged of a message that was not delivered (RULES, section 8).

use std::collections::HashMap;
use std::fmt;

use crate::domain::event::{Direction, FinalStatus, Kind};
use crate::domain::money::Money;

/// What stays charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailurePolicy {
    /// Everything.
    Full,
    /// Price and carrier fee are returned.
    Nothing,
    /// They are returned, and this is charged for the message; never more than was returned.
    Fee(Money),
}

/// What stays charged of some messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRow {
    /// `None`: any.
    pub direction: Option<Direction>,
    /// `None`: any.
    pub kind: Option<Kind>,
    /// Undelivered or failed.
    pub status: FinalStatus,
    /// A class of the table of error classes; empty: any, and none.
    pub error_class: Box<str>,
    pub charge: FailurePolicy,
    /// In the file that the version was read from, from 1.
    pub line: u32,
}

/// The class of an error code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorClassRow {
    pub error_code: Box<str>,
    pub class: Box<str>,
    /// In the file that the version was read from, from 1.
    pub line: u32,
}

/// What a row asks of a message. `C` is how it names the class: `None` is any.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FailureTerms<C> {
    direction: Option<Direction>,
    kind: Option<Kind>,
    status: FinalStatus,
    class: Option<C>,
}

impl FailurePolicy {
    /// The word that a tariff uses.
    pub fn as_str(self) -> &'static str {
        match self {
            FailurePolicy::Full => "full",
            FailurePolicy::Nothing => "nothing",
            FailurePolicy::Fee(_) => "fee",
        }
    }

    /// What is charged for a message that is not charged in full.
    pub fn fee(self) -> Option<Money> {
        match self {
            FailurePolicy::Full | FailurePolicy::Nothing => None,
            FailurePolicy::Fee(fee) => Some(fee),
        }
    }
}

impl FailureRow {
    pub(super) fn terms(&self) -> FailureTerms<&str> {
        let class = Some(&*self.error_class).filter(|class| !class.is_empty());
        FailureTerms { direction: self.direction, kind: self.kind, status: self.status, class }
    }
}

impl fmt::Display for FailureTerms<&str> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = self.direction.map_or("any direction", Direction::as_str);
        let kind = self.kind.map_or("any kind", Kind::as_str);
        let class = self.class.unwrap_or("any class");
        write!(out, "{direction} {kind} {} {class}", self.status.as_str())
    }
}

/// The failure policy of a version.
pub(super) struct Failures {
    rows: Vec<FailureRow>,
    classes: Vec<ErrorClassRow>,
    /// Classes by number, as comparing them that way needs no text.
    class_of_code: HashMap<Box<str>, u32>,
    places: HashMap<FailureTerms<u32>, u32>,
}

impl Failures {
    /// From rows in the order of their tables; no two of a table have the same terms, and every class is in
    /// the table of classes.
    pub(super) fn new(rows: Vec<FailureRow>, classes: Vec<ErrorClassRow>) -> Failures {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut class_of_code = HashMap::with_capacity(classes.len());
        for row in &classes {
            let next = numbers.len() as u32;
            let class = *numbers.entry(&row.class).or_insert(next);
            class_of_code.insert(row.error_code.clone(), class);
        }
        let numbered = |(row, place): (&FailureRow, u32)| {
            let FailureTerms { direction, kind, status, class } = row.terms();
            let class = match class {
                Some(class) => Some(*numbers.get(class)?),
                None => None,
            };
            Some((FailureTerms { direction, kind, status, class }, place))
        };
        let places = rows.iter().zip(0..).filter_map(numbered).collect();
        Failures { rows, classes, class_of_code, places }
    }

    pub(super) fn rows(&self) -> &[FailureRow] {
        &self.rows
    }

    pub(super) fn classes(&self) -> &[ErrorClassRow] {
        &self.classes
    }

    /// The most specific row and what it says: exact before any, in the order direction, kind, class. A code that is
    /// not in the table has no class.
    pub(super) fn find(
        &self,
        direction: Direction,
        kind: Kind,
        status: FinalStatus,
        error_code: &str,
    ) -> Option<(u32, FailurePolicy)> {
        let class = self.class_of_code.get(error_code).copied();
        for direction in [Some(direction), None] {
            for kind in [Some(kind), None] {
                let at = |class| self.places.get(&FailureTerms { direction, kind, status, class });
                if let Some(row) = class.and_then(|class| at(Some(class))).or_else(|| at(None)) {
                    return Some((*row, self.rows[*row as usize].charge));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{error_class, failure, head, rate};
    use super::super::{Head, Tables, Version};
    use super::FailurePolicy::{Fee, Full, Nothing};
    use super::*;
    use crate::domain::samples::money;
    use proptest::prelude::*;

    fn version(failure_fee: &str, failures: &[&str], classes: &[&str]) -> Version {
        let head = Head { failure_fee: money(failure_fee), ..head("t", "1", 0, None) };
        let tables = Tables {
            rates: vec![rate("outbound,sms,*,,,1,", 1)],
            failures: failures.iter().zip(1..).map(|(row, line)| failure(row, line)).collect(),
            error_classes: classes.iter().zip(1..).map(|(row, line)| error_class(row, line)).collect(),
            ..Tables::default()
        };
        Version::new(head, tables).unwrap()
    }

    fn policy(version: &Version, told: &str) -> FailurePolicy {
        let words: [&str; 4] = told.split(',').collect::<Vec<_>>().try_into().unwrap();
        let direction = Direction::parse(words[0]).unwrap();
        let (kind, status) = (Kind::parse(words[1]).unwrap(), FinalStatus::parse(words[2]).unwrap());
        version.failure_policy(direction, kind, status, words[3])
    }

    #[test]
    fn without_a_row_failed_returns_all_but_the_failure_fee_and_undelivered_nothing() {
        let table = [
            ("0", "outbound,sms,failed,", Nothing),
            ("0.001", "outbound,sms,failed,", Fee(money("0.001"))),
            ("0.001", "inbound,mms,failed,30007", Fee(money("0.001"))),
            ("0.001", "outbound,sms,undelivered,30007", Full),
            ("0.001", "outbound,sms,delivered,", Full),
        ];
        for (failure_fee, told, want) in table {
            assert_eq!(policy(&version(failure_fee, &[], &[]), told), want, "{told} at {failure_fee}");
        }
    }

    #[test]
    fn the_most_specific_row_wins_direction_before_kind_before_class() {
        let rows = [
            ",,failed,,nothing,",
            ",,failed,blocked,fee,0.1",
            ",sms,failed,,fee,0.2",
            ",sms,failed,blocked,fee,0.3",
            "outbound,,failed,,fee,0.4",
            "outbound,,failed,blocked,fee,0.5",
            "outbound,sms,failed,,fee,0.6",
            "outbound,sms,failed,blocked,full,",
            ",mms,undelivered,,fee,0",
        ];
        let version = version("9", &rows, &["30007,blocked", "30003,unreachable", "30004,blocked"]);
        let fee = |text| Fee(money(text));
        let table = [
            ("outbound,sms,failed,30007", Full),
            ("outbound,sms,failed,30004", Full),
            ("outbound,sms,failed,30003", fee("0.6")),
            ("outbound,sms,failed,", fee("0.6")),
            ("outbound,sms,failed,blocked", fee("0.6")),
            ("outbound,mms,failed,30007", fee("0.5")),
            ("outbound,mms,failed,1", fee("0.4")),
            ("inbound,sms,failed,30007", fee("0.3")),
            ("inbound,sms,failed,30003", fee("0.2")),
            ("inbound,mms,failed,30007", fee("0.1")),
            ("inbound,mms,failed,", Nothing),
            ("outbound,sms,undelivered,30007", Full),
            ("outbound,mms,undelivered,30007", Nothing),
        ];
        for (told, want) in table {
            assert_eq!(policy(&version, told), want, "{told}");
        }
    }

    proptest! {
        #[test]
        fn the_policy_found_is_the_one_that_a_scan_finds(
            rows in prop::collection::btree_map((0..3usize, 0..3usize, 0..2usize, 0..3usize), 1..9u32, 0..40),
        ) {
            let (directions, kinds) = (["", "outbound", "inbound"], ["", "sms", "mms"]);
            let (statuses, classes) = (["undelivered", "failed"], ["", "a", "b"]);
            let text = |((direction, kind, status, class), fee): (&(usize, usize, usize, usize), &u32)| {
                format!("{},{},{},{},fee,{fee}", directions[*direction], kinds[*kind], statuses[*status], classes[*class])
            };
            let texts: Vec<String> = rows.iter().map(text).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let version = version("0", &texts, &["1,a", "2,b"]);
            for direction in [1, 2] {
                for kind in [1, 2] {
                    for (code, class) in [("1", 1), ("2", 2), ("3", 0), ("", 0)] {
                        let fits = |row: &&(usize, usize, usize, usize)| {
                            [0, direction].contains(&row.0) && [0, kind].contains(&row.1) && row.2 == 1
                                && [0, class].contains(&row.3)
                        };
                        let want = rows.keys().filter(fits).max_by_key(|row| (row.0 > 0, row.1 > 0, row.3 > 0));
                        let want = want.map_or(Nothing, |row| Fee(money(&rows[row].to_string())));
                        let told = format!("{},{},failed,{code}", directions[direction], kinds[kind]);
                        prop_assert_eq!(policy(&version, &told), want, "{}", told);
                    }
                }
            }
        }
    }
}
