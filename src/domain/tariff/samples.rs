//! Rows and heads for the tests of tariffs and rating, written as they stand in a file.

use super::{FeeRow, Head, Prefix, RateRow, Version};
use crate::domain::currency::Currency;
use crate::domain::event::{Carrier, Direction, Kind};
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;

pub fn head(name: &str, label: &str, from: i64, until: Option<i64>) -> Head {
    Head {
        name: name.to_owned(),
        label: label.to_owned(),
        currency: Currency::USD,
        effective_from: Timestamp::from_nanos(from),
        effective_until: until.map(Timestamp::from_nanos),
    }
}

/// `direction,kind,prefix,sender_type,carrier,price,country`
pub fn rate(row: &str, line: u32) -> RateRow {
    let fields: [&str; 7] = row.split(',').collect::<Vec<_>>().try_into().expect("a rate row has 7 fields");
    let [direction, kind, prefix, sender_type, carrier, price, country] = fields;
    RateRow {
        direction: Direction::parse(direction).unwrap(),
        kind: Kind::parse(kind).unwrap(),
        prefix: Prefix::parse(prefix).unwrap(),
        sender_type: SenderType::parse(sender_type),
        carrier: Carrier::parse(carrier),
        price: Money::parse(price).unwrap(),
        country: country.as_bytes().try_into().ok(),
        line,
    }
}

/// `direction,kind,prefix,sender_type,carrier,fee`
pub fn fee(row: &str, line: u32) -> FeeRow {
    let rate = rate(&format!("{row},"), line);
    FeeRow {
        direction: rate.direction,
        kind: rate.kind,
        prefix: rate.prefix,
        sender_type: rate.sender_type,
        carrier: rate.carrier,
        fee: rate.price,
        line,
    }
}

/// A version of these rows; the lines count from 1.
pub fn version(rates: &[&str], fees: &[&str]) -> Version {
    let rates = rates.iter().zip(1..).map(|(row, line)| rate(row, line)).collect();
    let fees = fees.iter().zip(1..).map(|(row, line)| fee(row, line)).collect();
    Version::new(head("t", "1", 0, None), rates, fees).unwrap()
}
