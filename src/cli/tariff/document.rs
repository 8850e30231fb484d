//! Tariffs as the engine describes them in JSON: name, currency, versions, and the rows of one version.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{instant, timestamp};
use crate::domain::currency::Currency;
use crate::domain::event::{Carrier, Direction, FinalStatus, Kind};
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{
    ErrorClassRow, FailurePolicy, FailureRow, FeeRow, Head, NumberFeeRow, Prefix, RateRow, Tables, Version,
};
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
struct Detail {
    name: String,
    currency: String,
    versions: Vec<Summary>,
    /// Whose rows these are.
    version: String,
    rates: Vec<Row>,
    carrier_fees: Vec<Row>,
    number_fees: Vec<NumberFee>,
    failures: Vec<Failure>,
    error_classes: Vec<ErrorClass>,
}

#[derive(Deserialize)]
struct Summary {
    version: String,
    effective_from: String,
    effective_until: Option<String>,
    failure_fee: String,
}

#[derive(Deserialize)]
struct Row {
    line: u32,
    direction: String,
    kind: String,
    prefix: String,
    sender_type: Option<String>,
    carrier: Option<String>,
    /// Of a rate.
    price: Option<String>,
    /// Of a carrier fee.
    fee: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct NumberFee {
    line: u32,
    prefix: String,
    r#type: Option<String>,
    fee: String,
}

#[derive(Deserialize)]
struct Failure {
    line: u32,
    direction: Option<String>,
    kind: Option<String>,
    status: String,
    error_class: Option<String>,
    charge: String,
    fee: Option<String>,
}

#[derive(Deserialize)]
struct ErrorClass {
    line: u32,
    error_code: Box<str>,
    class: Box<str>,
}

/// The label of the version in effect at an instant.
pub fn label_at(tariff: &Value, at: Timestamp) -> Result<Option<String>, String> {
    let detail: Detail = Deserialize::deserialize(tariff).map_err(|error| error.to_string())?;
    for version in detail.versions {
        let from = timestamp(&version.effective_from)?;
        let until = version.effective_until.as_deref().map(timestamp).transpose()?;
        if from <= at && until.is_none_or(|until| at < until) {
            return Ok(Some(version.version));
        }
    }
    Ok(None)
}

/// The version whose rows are told, with the engine's own lines and row numbers.
pub fn to_version(tariff: &Value) -> Result<Version, String> {
    let detail: Detail = Deserialize::deserialize(tariff).map_err(|error| error.to_string())?;
    let summary = detail.versions.iter().find(|summary| summary.version == detail.version);
    let summary = summary.ok_or("the version of the rows is not among the versions")?;
    let head = Head {
        name: detail.name.clone(),
        label: detail.version.clone(),
        currency: Currency::parse(&detail.currency).ok_or("unknown currency")?,
        effective_from: timestamp(&summary.effective_from)?,
        effective_until: summary.effective_until.as_deref().map(timestamp).transpose()?,
        failure_fee: Money::parse(&summary.failure_fee).map_err(|error| error.to_string())?,
    };
    let tables = Tables {
        rates: rows(&detail.rates, |row| row.line, Row::rate)?,
        fees: rows(&detail.carrier_fees, |row| row.line, Row::fee)?,
        number_fees: rows(&detail.number_fees, |row| row.line, NumberFee::row)?,
        failures: rows(&detail.failures, |row| row.line, Failure::row)?,
        error_classes: detail.error_classes.into_iter().map(ErrorClass::row).collect(),
    };
    Version::new(head, tables).map_err(|faults| format!("{} faults", faults.len()))
}

fn rows<D, R>(told: &[D], line: fn(&D) -> u32, read: fn(&D) -> Option<R>) -> Result<Vec<R>, String> {
    told.iter().map(|row| read(row).ok_or_else(|| format!("unreadable row of line {}", line(row)))).collect()
}

impl Row {
    fn rate(&self) -> Option<RateRow> {
        Some(RateRow {
            direction: Direction::parse(&self.direction)?,
            kind: Kind::parse(&self.kind)?,
            prefix: Prefix::parse(&self.prefix)?,
            sender_type: read_unless_null(&self.sender_type, SenderType::parse)?,
            carrier: read_unless_null(&self.carrier, Carrier::parse)?,
            price: Money::parse(self.price.as_deref()?).ok()?,
            country: read_unless_null(&self.country, |country| country.as_bytes().try_into().ok())?,
            line: self.line,
        })
    }

    fn fee(&self) -> Option<FeeRow> {
        Some(FeeRow {
            direction: Direction::parse(&self.direction)?,
            kind: Kind::parse(&self.kind)?,
            prefix: Prefix::parse(&self.prefix)?,
            sender_type: read_unless_null(&self.sender_type, SenderType::parse)?,
            carrier: read_unless_null(&self.carrier, Carrier::parse)?,
            fee: Money::parse(self.fee.as_deref()?).ok()?,
            line: self.line,
        })
    }
}

impl NumberFee {
    fn row(&self) -> Option<NumberFeeRow> {
        Some(NumberFeeRow {
            prefix: Prefix::parse(&self.prefix)?,
            sender_type: read_unless_null(&self.r#type, SenderType::parse)?,
            fee: Money::parse(&self.fee).ok()?,
            line: self.line,
        })
    }
}

impl Failure {
    fn row(&self) -> Option<FailureRow> {
        let charge = match (self.charge.as_str(), &self.fee) {
            ("full", None) => FailurePolicy::Full,
            ("nothing", None) => FailurePolicy::Nothing,
            ("fee", Some(fee)) => FailurePolicy::Fee(Money::parse(fee).ok()?),
            _ => return None,
        };
        Some(FailureRow {
            direction: read_unless_null(&self.direction, Direction::parse)?,
            kind: read_unless_null(&self.kind, Kind::parse)?,
            status: FinalStatus::parse(&self.status)?,
            error_class: self.error_class.as_deref().unwrap_or_default().into(),
            charge,
            line: self.line,
        })
    }
}

impl ErrorClass {
    fn row(self) -> ErrorClassRow {
        ErrorClassRow { error_code: self.error_code, class: self.class, line: self.line }
    }
}

/// `None` where there is a word that cannot be read.
fn read_unless_null<T>(word: &Option<String>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match word {
        Some(word) => read(word).map(Some),
        None => Some(None),
    }
}

/// A single version, as an engine that has no other would describe it.
pub fn of_version(version: &Version) -> Value {
    let head = version.head();
    let rates = version.rates().iter().enumerate().map(|(index, rate)| {
        let country = rate.country.map(|country| String::from_utf8_lossy(&country).into_owned());
        json!({
            "row": index, "line": rate.line, "direction": rate.direction.as_str(), "kind": rate.kind.as_str(),
            "prefix": rate.prefix.to_string(), "sender_type": rate.sender_type.map(SenderType::as_str),
            "carrier": rate.carrier.map(|carrier| carrier.to_string()), "price": rate.price.to_string(),
            "country": country,
        })
    });
    let fees = version.fees().iter().enumerate().map(|(index, fee)| {
        json!({
            "row": index, "line": fee.line, "direction": fee.direction.as_str(), "kind": fee.kind.as_str(),
            "prefix": fee.prefix.to_string(), "sender_type": fee.sender_type.map(SenderType::as_str),
            "carrier": fee.carrier.map(|carrier| carrier.to_string()), "fee": fee.fee.to_string(),
        })
    });
    let number_fees = version.number_fees().iter().enumerate().map(|(index, fee)| {
        json!({
            "row": index, "line": fee.line, "prefix": fee.prefix.to_string(),
            "type": fee.sender_type.map(SenderType::as_str), "fee": fee.fee.to_string(),
        })
    });
    let failures = version.failures().iter().enumerate().map(|(index, failure)| {
        let error_class = Some(&failure.error_class).filter(|class| !class.is_empty());
        json!({
            "row": index, "line": failure.line, "direction": failure.direction.map(Direction::as_str),
            "kind": failure.kind.map(Kind::as_str), "status": failure.status.as_str(),
            "error_class": error_class, "charge": failure.charge.as_str(),
            "fee": failure.charge.fee().map(|fee| fee.to_string()),
        })
    });
    let error_classes = version.error_classes().iter().enumerate().map(|(index, class)| {
        json!({
            "row": index, "line": class.line, "error_code": class.error_code, "class": class.class,
        })
    });
    json!({
        "name": head.name,
        "currency": head.currency.as_str(),
        "versions": [{
            "version": head.label,
            "effective_from": instant(head.effective_from),
            "effective_until": head.effective_until.map(instant),
            "rates": version.rates().len(),
            "carrier_fees": version.fees().len(),
            "number_fees": version.number_fees().len(),
            "failures": version.failures().len(),
            "error_classes": version.error_classes().len(),
            "failure_fee": head.failure_fee.to_string(),
        }],
        "version": head.label,
        "rates": rates.collect::<Vec<_>>(),
        "carrier_fees": fees.collect::<Vec<_>>(),
        "number_fees": number_fees.collect::<Vec<_>>(),
        "failures": failures.collect::<Vec<_>>(),
        "error_classes": error_classes.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff_file;

    #[test]
    fn a_described_version_reads_back_row_by_row() {
        let (text, standard) = tariff_file::standard();
        let text = text.replacen("failure_fee = ", "# failure_fee = ", 1);
        let more = r#"
failure_fee = "0.002"
failures_csv = '''
direction,kind,status,error_class,charge,fee
,,failed,blocked,full,
outbound,sms,undelivered,,fee,0.01
,mms,undelivered,,nothing,
'''
error_classes_csv = '''
error_code,class
30007,blocked
'''
"#;
        for version in [standard, tariff_file::parse(&(text + more), "standard.toml").unwrap()] {
            let read = to_version(&of_version(&version)).unwrap();
            assert_eq!(read.head(), version.head());
            assert_eq!(read.rates(), version.rates());
            assert_eq!(read.fees(), version.fees());
            assert_eq!(read.number_fees(), version.number_fees());
            assert_eq!(read.failures(), version.failures());
            assert_eq!(read.error_classes(), version.error_classes());
        }
    }

    #[test]
    fn the_version_in_effect_is_found_by_its_instants() {
        let version = |label: &str, from: &str, until: Option<&str>| json!({"version": label, "effective_from": from, "effective_until": until, "failure_fee": "0"});
        let (first, second) = ("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z");
        let tariff = json!({
            "name": "gold", "currency": "USD", "version": "a", "rates": [], "carrier_fees": [],
            "number_fees": [], "failures": [], "error_classes": [],
            "versions": [version("a", first, Some(second)), version("b", second, None)],
        });
        let table = [
            ("2023-12-31T23:59:59Z", None),
            (first, Some("a")),
            ("2024-12-31T23:59:59.999Z", Some("a")),
            (second, Some("b")),
            ("2030-01-01T00:00:00Z", Some("b")),
        ];
        for (at, want) in table {
            let found = label_at(&tariff, timestamp(at).unwrap()).unwrap();
            assert_eq!(found.as_deref(), want, "at {at}");
        }
    }
}
