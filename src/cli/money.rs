//! Amounts on the command line.

use crate::domain::money::Money;

/// Reads an amount for clap: a plain decimal such as 12.50.
pub fn amount(text: &str) -> Result<Money, String> {
    Money::parse(text).map_err(|error| error.to_string())
}
