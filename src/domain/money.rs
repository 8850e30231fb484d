//! Money: counts of 1e-9 of a currency unit, checked, decimal at the edges (RULES, section 2).

use std::fmt;

use smallvec::SmallVec;

/// An amount in 1e-9 of the currency unit. Never rounded: what does not fit exactly is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// How many counts make one currency unit.
pub const NANOS_PER_UNIT: i64 = 1_000_000_000;
const DECIMALS_MAX: usize = 9;
/// A point and all decimals.
const FRACTION_BYTES: usize = 1 + DECIMALS_MAX;
/// The longest sum, with its sign.
const DECIMAL_BYTES: usize = 48;

/// The digits of a decimal, as ASCII.
pub type Decimal = SmallVec<[u8; DECIMAL_BYTES]>;

/// Why a decimal is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("not a decimal number such as 12.5")]
    NotADecimal,
    #[error("more than 9 decimal places")]
    TooFine,
    #[error("out of range")]
    OutOfRange,
}

impl Money {
    pub const ZERO: Money = Money(0);
    pub const MAX: Money = Money(i64::MAX);
    pub const MIN: Money = Money(i64::MIN);

    /// From counts of 1e-9 of the unit.
    pub const fn from_nanos(nanos: i64) -> Self {
        Money(nanos)
    }

    /// Counts of 1e-9 of the unit.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.0.checked_sub(other.0).map(Money)
    }

    pub fn checked_neg(self) -> Option<Money> {
        self.0.checked_neg().map(Money)
    }

    /// The price of `count` units at `self` each.
    pub fn checked_times(self, count: u32) -> Option<Money> {
        self.0.checked_mul(i64::from(count)).map(Money)
    }

    /// Reads a plain decimal: an optional minus, digits, and up to nine decimal places.
    /// No exponent, no plus, no blanks, no grouping; `.5` and `5.` are not decimals.
    pub fn parse(text: &str) -> Result<Money, MoneyError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return Err(MoneyError::NotADecimal),
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) {
            return Err(MoneyError::NotADecimal);
        }
        if fraction.trim_end_matches('0').len() > DECIMALS_MAX {
            return Err(MoneyError::TooFine);
        }
        let fraction_digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(DECIMALS_MAX);
        // Downwards for negatives, so that the smallest amount of all can be read too.
        let sign: i64 = if negative { -1 } else { 1 };
        whole
            .bytes()
            .chain(fraction_digits)
            .try_fold(0i64, |sum, digit| sum.checked_mul(10)?.checked_add(sign * i64::from(digit - b'0')))
            .map(Money)
            .ok_or(MoneyError::OutOfRange)
    }
}

impl Money {
    /// From the digits of a decimal as one whole number, and how many of them are decimal places; below 0 it is how
    /// many zeros are left out at their end.
    pub fn from_decimal(digits: i128, places: i8) -> Result<Money, MoneyError> {
        let power = |exponent: u32| 10i128.checked_pow(exponent);
        let shift = 9 - i32::from(places);
        let nanos = match (digits, shift) {
            (0, _) => Some(0),
            (_, 0..) => power(shift.unsigned_abs()).and_then(|power| digits.checked_mul(power)),
            // Where the power is more than there are digits, none of them counts 1e-9 or more.
            _ => match power(shift.unsigned_abs()) {
                Some(power) if digits % power == 0 => Some(digits / power),
                _ => return Err(MoneyError::TooFine),
            },
        };
        nanos.and_then(|nanos| i64::try_from(nanos).ok()).map(Money).ok_or(MoneyError::OutOfRange)
    }
}

impl fmt::Display for Money {
    /// The shortest plain decimal: `12.5`, `-0.0079`, `0`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Total(i128::from(self.0)).fmt(out)
    }
}

/// A sum of amounts, which may be more than one amount can be: 1e-9 of the currency unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Total(pub i128);

impl std::ops::Neg for Total {
    type Output = Total;

    fn neg(self) -> Total {
        Total(-self.0)
    }
}

impl From<Money> for Total {
    fn from(money: Money) -> Total {
        Total(i128::from(money.0))
    }
}

impl Total {
    /// As ASCII: the shortest plain decimal. Without the formatting machinery, since answers and exports hold millions.
    pub fn decimal(self) -> Decimal {
        let mut text = SmallVec::new();
        if self.0 < 0 {
            text.push(b'-');
        }
        let (magnitude, unit) = (self.0.unsigned_abs(), NANOS_PER_UNIT.unsigned_abs());
        let mut digits = itoa::Buffer::new();
        let (whole, nanos) = match u64::try_from(magnitude) {
            Ok(magnitude) => (digits.format(magnitude / unit), magnitude % unit),
            // A sum that no amount can be.
            Err(_) => (digits.format(magnitude / u128::from(unit)), (magnitude % u128::from(unit)) as u64),
        };
        text.extend_from_slice(whole.as_bytes());
        text.extend_from_slice(&fraction(nanos as u32));
        text
    }
}

/// Counts of 1e-9 as up to nine places behind a point, without zeros at the end; nothing where all are zero.
pub fn fraction(nanos: u32) -> SmallVec<[u8; FRACTION_BYTES]> {
    if nanos == 0 {
        return SmallVec::new();
    }
    let (mut digits, mut rest) = (SmallVec::from([b'.'; FRACTION_BYTES]), nanos);
    for digit in digits[1..].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    digits.truncate(FRACTION_BYTES - zeros);
    digits
}

impl fmt::Display for Total {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(std::str::from_utf8(&self.decimal()).expect("digits are ASCII"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_read_exactly_or_refused() {
        use MoneyError::*;
        let table: &[(&str, Result<i64, MoneyError>)] = &[
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("12.5", Ok(12_500_000_000)),
            ("-0.0079", Ok(-7_900_000)),
            ("0.000000001", Ok(1)),
            ("1.0000000000", Ok(1_000_000_000)),
            ("0.0000000001", Err(TooFine)),
            ("9223372036.854775807", Ok(i64::MAX)),
            ("-9223372036.854775808", Ok(i64::MIN)),
            ("9223372036.854775808", Err(OutOfRange)),
            ("99999999999999999999", Err(OutOfRange)),
            ("", Err(NotADecimal)),
            ("-", Err(NotADecimal)),
            (".5", Err(NotADecimal)),
            ("5.", Err(NotADecimal)),
            ("+5", Err(NotADecimal)),
            ("1e3", Err(NotADecimal)),
            ("1,000", Err(NotADecimal)),
            (" 1", Err(NotADecimal)),
            ("1.2.3", Err(NotADecimal)),
            ("NaN", Err(NotADecimal)),
            ("٣", Err(NotADecimal)),
        ];
        for (text, want) in table {
            assert_eq!(Money::parse(text).map(Money::nanos), *want, "reading {text:?}");
        }
    }

    #[test]
    fn decimals_of_any_scale_are_read_exactly_or_refused() {
        use MoneyError::*;
        let table: &[(i128, i8, Result<i64, MoneyError>)] = &[
            (0, 0, Ok(0)),
            (0, i8::MAX, Ok(0)),
            (0, i8::MIN, Ok(0)),
            (125, 1, Ok(12_500_000_000)),
            (-79, 4, Ok(-7_900_000)),
            (1, 9, Ok(1)),
            (10, 10, Ok(1)),
            (1, 10, Err(TooFine)),
            (i128::MAX, i8::MAX, Err(TooFine)),
            (5, -3, Ok(5_000_000_000_000)),
            (1, -10, Err(OutOfRange)),
            (1, i8::MIN, Err(OutOfRange)),
            (i128::from(i64::MAX), 9, Ok(i64::MAX)),
            (i128::from(i64::MIN), 9, Ok(i64::MIN)),
            (i128::from(i64::MAX) + 1, 9, Err(OutOfRange)),
            (i128::MIN, 0, Err(OutOfRange)),
        ];
        for (digits, places, want) in table {
            let found = Money::from_decimal(*digits, *places).map(Money::nanos);
            assert_eq!(found, *want, "{digits} with {places} decimal places");
        }
    }

    #[test]
    fn arithmetic_that_does_not_fit_is_none() {
        assert_eq!(Money::MAX.checked_add(Money::from_nanos(1)), None);
        assert_eq!(Money::from_nanos(i64::MIN).checked_neg(), None);
        assert_eq!(Money::MAX.checked_times(2), None);
        assert_eq!(Money::from_nanos(7).checked_times(3), Some(Money::from_nanos(21)));
    }

    #[test]
    fn decimals_are_written_as_short_as_they_can_be() {
        let table: &[(i128, &str)] = &[
            (0, "0"),
            (1, "0.000000001"),
            (-10, "-0.00000001"),
            (999_999_999, "0.999999999"),
            (-7_900_000, "-0.0079"),
            (12_500_000_000, "12.5"),
            (-1_000_000_000, "-1"),
            (10_000_000_000, "10"),
            (i64::MIN.into(), "-9223372036.854775808"),
            (18_446_744_073_709_551_616, "18446744073.709551616"),
            (i128::MAX, "170141183460469231731687303715.884105727"),
            (i128::MIN, "-170141183460469231731687303715.884105728"),
        ];
        for (nanos, want) in table {
            assert_eq!(Total(*nanos).to_string(), *want);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(nanos in any::<i64>()) {
            let money = Money::from_nanos(nanos);
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
            prop_assert_eq!(Money::from_decimal(i128::from(nanos), 9), Ok(money));
        }
    }
}
