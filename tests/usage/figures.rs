//! A row's figures as numbers: counts, and amounts in 1e-9 of the currency unit.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde_json::Value;

use crate::support::nanos;

/// Where each figure stands in a row of the interface.
pub const FIELDS: [&str; 32] = [
    "/messages",
    "/units",
    "/delivered",
    "/failed",
    "/other",
    "/sms/outbound/messages",
    "/sms/outbound/units",
    "/sms/outbound/delivered",
    "/sms/outbound/failed",
    "/sms/outbound/other",
    "/sms/inbound/messages",
    "/sms/inbound/units",
    "/sms/inbound/delivered",
    "/sms/inbound/failed",
    "/sms/inbound/other",
    "/mms/outbound/messages",
    "/mms/outbound/units",
    "/mms/outbound/delivered",
    "/mms/outbound/failed",
    "/mms/outbound/other",
    "/mms/inbound/messages",
    "/mms/inbound/units",
    "/mms/inbound/delivered",
    "/mms/inbound/failed",
    "/mms/inbound/other",
    "/message_cost",
    "/carrier_fees",
    "/failure_fees",
    "/refunds",
    "/number_fees",
    "/other_charges",
    "/total",
];

/// Counts of all messages, then five of each kind and direction, then the amounts with their total.
const COUNTS: usize = 5;
const AMOUNTS: usize = 25;
pub const MESSAGE_COST: usize = AMOUNTS;
pub const CARRIER_FEES: usize = AMOUNTS + 1;
const FAILURE_FEES: usize = AMOUNTS + 2;
const REFUNDS: usize = AMOUNTS + 3;
const NUMBER_FEES: usize = AMOUNTS + 4;
const OTHER_CHARGES: usize = AMOUNTS + 5;
const TOTAL: usize = AMOUNTS + 6;

/// The column that an entry is charged in; `None`: it is no usage. Messages have two.
pub fn column_of(entry_type: &str) -> Option<usize> {
    match entry_type {
        "carrier_fee" => Some(CARRIER_FEES),
        "refund" | "recharge" => Some(REFUNDS),
        "failure_fee" | "failure_fee_return" => Some(FAILURE_FEES),
        "number_fee" => Some(NUMBER_FEES),
        "hold_settlement" | "correction" => Some(OTHER_CHARGES),
        "adjustment" | "top_up" | "payment_refund" | "dispute" | "dispute_reinstated" => None,
        other => panic!("{other} is no type of entry that these tests know"),
    }
}

/// What became of a message, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Delivered,
    Failed,
    Other,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures([i128; 32]);

impl Figures {
    pub fn read(row: &Value) -> Figures {
        let figure = |at: &str| match row.pointer(at) {
            Some(Value::String(amount)) => nanos(amount),
            Some(Value::Number(count)) => count.as_i64().map_or_else(|| panic!("{at}: {row}"), i128::from),
            _ => panic!("wanted {at} in {row}"),
        };
        Figures(FIELDS.map(figure))
    }

    /// From a row of a file, by the names of its columns.
    pub fn of_columns(row: &BTreeMap<String, String>) -> Figures {
        let figure = |field: &str| {
            let (column, is_count) = (field[1..].replace('/', "_"), !FIELDS[AMOUNTS..].contains(&field));
            let cell = row.get(&column).unwrap_or_else(|| panic!("wanted the column {column} in {row:?}"));
            match is_count {
                true => cell.parse().unwrap_or_else(|_| panic!("{column}: wanted a count in {row:?}")),
                false => nanos(cell),
            }
        };
        Figures(FIELDS.map(figure))
    }

    /// One message with these units.
    pub fn message(kind: &str, direction: &str, units: i128, fate: Fate) -> Figures {
        let place = match (kind, direction) {
            ("sms", "outbound") => 1,
            ("sms", "inbound") => 2,
            ("mms", "outbound") => 3,
            ("mms", "inbound") => 4,
            other => panic!("no message is {other:?}"),
        };
        let mut figures = Figures::default();
        for base in [0, place * COUNTS] {
            figures.0[base] = 1;
            figures.0[base + 1] = units;
            figures.0[base + 2 + fate as usize] = 1;
        }
        figures
    }

    /// An amount in its column and in the total.
    pub fn charge(mut self, column: usize, amount: i128) -> Figures {
        self.0[column] += amount;
        self.0[TOTAL] += amount;
        self
    }

    pub fn is_nothing(&self) -> bool {
        self.0.iter().all(|figure| *figure == 0)
    }

    pub fn get(&self, field: &str) -> i128 {
        self.0[FIELDS.iter().position(|known| *known == field).expect("a field of a row")]
    }

    /// What must be true of every row by itself.
    pub fn hold_together(&self) -> Result<(), String> {
        let at = &self.0;
        for base in (0..AMOUNTS).step_by(COUNTS) {
            if at[base] != at[base + 2] + at[base + 3] + at[base + 4] {
                return Err(format!("{} are not delivered + failed + other: {self}", FIELDS[base]));
            }
        }
        for place in 0..COUNTS {
            let parts: i128 = (1..=4).map(|part| at[part * COUNTS + place]).sum();
            if at[place] != parts {
                return Err(format!("{} are not the sum of kinds and directions: {self}", FIELDS[place]));
            }
        }
        if at[TOTAL] != at[AMOUNTS..TOTAL].iter().sum::<i128>() {
            return Err(format!("the total is not the sum of the amounts: {self}"));
        }
        Ok(())
    }

    /// Without what became of the messages, which entries do not tell.
    pub fn without_fates(mut self) -> Figures {
        for base in (0..AMOUNTS).step_by(COUNTS) {
            self.0[base + 2..base + COUNTS].fill(0);
        }
        self
    }
}

impl AddAssign<&Figures> for Figures {
    fn add_assign(&mut self, other: &Figures) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, more)| *sum += more);
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let told = FIELDS.iter().zip(self.0).filter(|(_, figure)| *figure != 0);
        let told: Vec<String> = told.map(|(field, figure)| format!("{field} {figure}")).collect();
        write!(out, "[{}]", told.join(", "))
    }
}
