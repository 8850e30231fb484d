//! Rows and heads for the tests of tariffs and rating, written as they stand in a file.

use super::{
    ErrorClassRow, FailurePolicy, FailureRow, FeeRow, Head, NumberFeeRow, Prefix, RateRow, Tables, Version,
};
use crate::domain::currency::Currency;
use crate::domain::event::{Carrier, Direction, FinalStatus, Kind};
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
        failure_fee: Money::ZERO,
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

/// `prefix,type,fee`
pub fn number_fee(row: &str, line: u32) -> NumberFeeRow {
    let fields: [&str; 3] = row.split(',').collect::<Vec<_>>().try_into().expect("a number fee has 3 fields");
    let [prefix, sender_type, fee] = fields;
    NumberFeeRow {
        prefix: Prefix::parse(prefix).unwrap(),
        sender_type: SenderType::parse(sender_type),
        fee: Money::parse(fee).unwrap(),
        line,
    }
}

/// `direction,kind,status,error_class,charge,fee`
pub fn failure(row: &str, line: u32) -> FailureRow {
    let fields: [&str; 6] =
        row.split(',').collect::<Vec<_>>().try_into().expect("a failure row has 6 fields");
    let [direction, kind, status, error_class, charge, fee] = fields;
    FailureRow {
        direction: Direction::parse(direction),
        kind: Kind::parse(kind),
        status: FinalStatus::parse(status).unwrap(),
        error_class: error_class.into(),
        charge: match charge {
            "full" => FailurePolicy::Full,
            "nothing" => FailurePolicy::Nothing,
            _ => FailurePolicy::Fee(Money::parse(fee).unwrap()),
        },
        line,
    }
}

/// `error_code,class`
pub fn error_class(row: &str, line: u32) -> ErrorClassRow {
    let (error_code, class) = row.split_once(',').expect("an error class has 2 fields");
    ErrorClassRow { error_code: error_code.into(), class: class.into(), line }
}

/// A version of these rows; the lines count from 1.
pub fn version(rates: &[&str], fees: &[&str]) -> Version {
    let rates = rates.iter().zip(1..).map(|(row, line)| rate(row, line)).collect();
    let fees = fees.iter().zip(1..).map(|(row, line)| fee(row, line)).collect();
    let tables = Tables { rates, fees, ..Tables::default() };
    Version::new(head("t", "1", 0, None), tables).unwrap()
}
