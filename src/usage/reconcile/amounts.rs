//! Prices as providers write them: with either sign, and with thousands grouped where the mapping says how.

use serde::{Deserialize, Serialize};

use crate::domain::money::Money;

/// What divides the decimals of a file's amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Decimal {
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

impl Decimal {
    fn mark(self) -> char {
        match self {
            Decimal::Point => '.',
            Decimal::Comma => ',',
        }
    }

    /// The other of the two, blanks and apostrophes: never what divides decimals.
    fn groups(self, one: char) -> bool {
        one != self.mark() && matches!(one, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')
    }
}

/// What they charge; `None` where nothing is told. An error says why a cell is no price.
pub fn price(cell: &str, decimal: Option<Decimal>, is_negative: bool) -> Result<Option<Money>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let plain = match decimal {
        Some(decimal) => plain(cell, decimal).ok_or("its thousands are grouped oddly")?,
        None if cell.contains(',') => {
            return Err(
                "whether its comma divides thousands or decimals is not said: add `decimal` to the mapping"
                    .into(),
            );
        }
        None => cell.to_owned(),
    };
    let amount = Money::parse(&plain).map_err(|error| error.to_string())?;
    let amount = if is_negative { amount.checked_neg() } else { Some(amount) };
    amount.map(Some).ok_or_else(|| "out of range".to_owned())
}

/// As [`Money::parse`] reads it; `None` where what groups thousands does not stand before each three digits.
fn plain(cell: &str, decimal: Decimal) -> Option<String> {
    let (sign, unsigned) = cell.strip_prefix('-').map_or(("", cell), |rest| ("-", rest));
    let (whole, fraction) = match unsigned.split_once(decimal.mark()) {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (unsigned, String::new()),
    };
    let mut groups = whole.split(|one| decimal.groups(one));
    let first = groups.next().unwrap_or_default();
    let others: Vec<&str> = groups.collect();
    let fits = others.is_empty()
        || ((1..=3).contains(&first.len())
            && !first.starts_with('0')
            && others.iter().all(|group| group.len() == 3));
    fits.then(|| format!("{sign}{first}{}{fraction}", others.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_exactly_or_refused() {
        use Decimal::{Comma, Point};
        type Wanted = Result<Option<&'static str>, &'static str>;
        let table: [(&str, Option<Decimal>, bool, Wanted); 19] = [
            ("", None, true, Ok(None)),
            ("-0.0079", None, true, Ok(Some("0.0079"))),
            ("-0.00000", None, true, Ok(Some("0"))),
            // What they give back.
            ("0.0079", None, true, Ok(Some("-0.0079"))),
            ("-0.0079", None, false, Ok(Some("-0.0079"))),
            ("1,234.5", None, false, Err("add `decimal`")),
            ("0,0079", None, false, Err("add `decimal`")),
            ("1,234.5", Some(Point), false, Ok(Some("1234.5"))),
            ("-12,345,678", Some(Point), true, Ok(Some("12345678"))),
            ("1.234,5", Some(Comma), false, Ok(Some("1234.5"))),
            ("1\u{202f}234,5", Some(Comma), false, Ok(Some("1234.5"))),
            ("0,0079", Some(Comma), false, Ok(Some("0.0079"))),
            ("0,007", Some(Point), false, Err("grouped oddly")),
            ("12,34.5", Some(Point), false, Err("grouped oddly")),
            ("1234,567", Some(Point), false, Err("grouped oddly")),
            ("$0.0079", None, false, Err("not a decimal")),
            ("7.9E-3", None, false, Err("not a decimal")),
            ("0.00000000012", None, false, Err("decimal places")),
            ("-9223372036.854775808", None, true, Err("out of range")),
        ];
        for (cell, decimal, is_negative, want) in table {
            let found = price(cell, decimal, is_negative);
            match (&found, want) {
                (Ok(found), Ok(want)) => {
                    assert_eq!(found.map(|amount| amount.to_string()).as_deref(), want, "{cell:?}");
                }
                (Err(error), Err(want)) => assert!(error.contains(want), "{cell:?}: {error}"),
                _ => panic!("{cell:?}: wanted {want:?}, got {found:?}"),
            }
        }
    }
}
