//! Amounts as Stripe counts them: whole minor units of the currency, some with rules of their own.
//!
//! From Stripe's page «Supported currencies» (zero-decimal, three-decimal and special cases). Nothing is
//! rounded: an amount that cannot be said exactly cannot be charged.

use crate::domain::currency::Currency;
use crate::domain::money::{Money, NANOS_PER_UNIT};

/// Currencies whose minor unit is the unit itself.
const ZERO_DECIMAL: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies in thousandths, of which the last digit must be 0.
const THREE_DECIMAL: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];
/// Counted in hundredths, but only whole units can be charged.
const WHOLE_UNITS_IN_HUNDREDTHS: &str = "ISK";
/// Stripe's page lists it as zero-decimal and, further down, as counted in hundredths. A guess would be wrong
/// by a factor of 100, so it is neither sent nor read.
const CONTRADICTED: &str = "UGX";

/// How a currency is counted.
struct Unit {
    /// 1e-9 units in one minor unit.
    nanos: i64,
    /// What an amount to charge must be a multiple of, in minor units.
    step: i64,
}

fn unit_of(currency: Currency) -> Option<Unit> {
    match currency.as_str() {
        CONTRADICTED => None,
        WHOLE_UNITS_IN_HUNDREDTHS => Some(Unit { nanos: NANOS_PER_UNIT / 100, step: 100 }),
        code if ZERO_DECIMAL.contains(&code) => Some(Unit { nanos: NANOS_PER_UNIT, step: 1 }),
        code if THREE_DECIMAL.contains(&code) => Some(Unit { nanos: NANOS_PER_UNIT / 1_000, step: 10 }),
        _ => Some(Unit { nanos: NANOS_PER_UNIT / 100, step: 1 }),
    }
}

/// Whether an amount can be charged as it is: above zero and a whole number of what the currency allows.
/// The provider has a smallest and a largest amount besides.
pub fn is_chargeable(amount: Money, currency: Currency) -> bool {
    to_minor(amount, currency).is_some()
}

/// The minor units of an amount that can be charged; `None` for any other.
pub fn to_minor(amount: Money, currency: Currency) -> Option<i64> {
    let unit = unit_of(currency)?;
    let minor = amount.nanos() / unit.nanos;
    let exact = amount.nanos() % unit.nanos == 0 && minor % unit.step == 0;
    (amount.is_positive() && exact).then_some(minor)
}

/// The amount of so many minor units; `None` where it is out of range.
pub fn from_minor(minor: i64, currency: Currency) -> Option<Money> {
    minor.checked_mul(unit_of(currency)?.nanos).map(Money::from_nanos)
}

/// A currency as Stripe writes it.
pub fn lower_case(currency: Currency) -> String {
    currency.as_str().to_ascii_lowercase()
}

/// A currency from Stripe's lower case.
pub fn parse_currency(code: &str) -> Option<Currency> {
    Currency::parse(&code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn amounts_become_whole_minor_units_or_cannot_be_charged() {
        let table = [
            ("12.5", "USD", Some(1_250)),
            ("0.01", "USD", Some(1)),
            ("0.001", "USD", None),
            ("12.345", "EUR", None),
            ("500", "JPY", Some(500)),
            ("500.5", "JPY", None),
            ("5", "MGA", Some(5)),
            ("5.12", "KWD", Some(5_120)),
            ("5.124", "KWD", None),
            ("5", "ISK", Some(500)),
            ("5.5", "ISK", None),
            ("10.45", "HUF", Some(1_045)),
            ("800.45", "TWD", Some(80_045)),
            ("5", "UGX", None),
            ("0", "USD", None),
            ("-1", "USD", None),
        ];
        for (amount, code, want) in table {
            let amount = Money::parse(amount).unwrap();
            assert_eq!(to_minor(amount, currency(code)), want, "{amount} {code}");
            assert_eq!(is_chargeable(amount, currency(code)), want.is_some(), "{amount} {code}");
        }
    }

    #[test]
    fn minor_units_become_amounts() {
        let table = [
            (1_250, "USD", Some("12.5")),
            (0, "USD", Some("0")),
            (500, "JPY", Some("500")),
            (5_124, "KWD", Some("5.124")),
            (500, "ISK", Some("5")),
            (500, "UGX", None),
            (i64::MAX, "USD", None),
        ];
        for (minor, code, want) in table {
            let found = from_minor(minor, currency(code)).map(|amount| amount.to_string());
            assert_eq!(found.as_deref(), want, "{minor} {code}");
        }
    }

    #[test]
    fn currencies_are_written_in_lower_case() {
        assert_eq!(lower_case(Currency::USD), "usd");
        assert_eq!(parse_currency("usd"), Some(Currency::USD));
        assert_eq!(parse_currency("usdc"), None);
    }

    proptest! {
        #[test]
        fn what_can_be_charged_reads_back_the_same(nanos in any::<i64>(), code in "USD|JPY|KWD|ISK") {
            let amount = Money::from_nanos(nanos);
            if let Some(minor) = to_minor(amount, currency(&code)) {
                prop_assert_eq!(from_minor(minor, currency(&code)), Some(amount));
            }
        }
    }
}
