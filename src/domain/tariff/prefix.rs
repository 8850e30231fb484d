//! The leading digits of a number by which a row of a tariff is found (RULES, section 4).

use std::fmt;

/// Most digits of a prefix: those of the longest E.164 number.
pub const PREFIX_DIGITS_MAX: usize = 15;

/// 0 to 15 leading digits of an E.164 number, without the plus. In order: by digits, a prefix before
/// what continues it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    /// ASCII; unused bytes are zero.
    digits: [u8; PREFIX_DIGITS_MAX],
    length: u8,
}

impl Prefix {
    /// No digits: matches every number, and alone matches short codes and names.
    pub const ANY: Prefix = Prefix { digits: [0; PREFIX_DIGITS_MAX], length: 0 };

    /// Reads `*` (any) or 1 to 15 digits of which the first is not 0.
    pub fn parse(text: &str) -> Option<Prefix> {
        if text == "*" {
            return Some(Prefix::ANY);
        }
        let bytes = text.as_bytes();
        let fits = (1..=PREFIX_DIGITS_MAX).contains(&bytes.len())
            && bytes[0] != b'0'
            && bytes.iter().all(u8::is_ascii_digit);
        if !fits {
            return None;
        }
        let mut digits = [0; PREFIX_DIGITS_MAX];
        digits[..bytes.len()].copy_from_slice(bytes);
        Some(Prefix { digits, length: bytes.len() as u8 })
    }

    /// The digits of a number itself, ASCII, at most 15; none is [`Prefix::ANY`].
    pub(super) fn of_digits(number: &[u8]) -> Prefix {
        let number = &number[..number.len().min(PREFIX_DIGITS_MAX)];
        let mut digits = [0; PREFIX_DIGITS_MAX];
        digits[..number.len()].copy_from_slice(number);
        Prefix { digits, length: number.len() as u8 }
    }

    /// Without its last digit; `None` of [`Prefix::ANY`].
    pub(super) fn shorter(self) -> Option<Prefix> {
        let (_, shorter) = self.digits().split_last()?;
        Some(Prefix::of_digits(shorter))
    }

    /// ASCII digits; none for [`Prefix::ANY`].
    pub fn digits(&self) -> &[u8] {
        &self.digits[..usize::from(self.length)]
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits() {
            [] => out.write_str("*"),
            digits => out.write_str(std::str::from_utf8(digits).unwrap_or("?")),
        }
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_star_or_one_to_fifteen_digits_without_a_leading_zero() {
        let table = [
            ("*", true),
            ("1", true),
            ("441534", true),
            ("123456789012345", true),
            ("1234567890123456", false),
            ("", false),
            ("0", false),
            ("044", false),
            ("+44", false),
            ("44x", false),
            ("4*", false),
            ("**", false),
            ("٤٤", false),
        ];
        for (text, want) in table {
            let prefix = Prefix::parse(text);
            assert_eq!(prefix.is_some(), want, "{text:?}");
            if let Some(prefix) = prefix {
                assert_eq!(prefix.to_string(), text, "a prefix reads back");
            }
        }
    }

    #[test]
    fn a_number_has_prefixes_down_to_the_star() {
        let mut next = Some(Prefix::of_digits(b"441"));
        let prefixes = std::iter::from_fn(|| {
            let prefix = next?;
            next = prefix.shorter();
            Some(prefix)
        });
        let prefixes: Vec<Prefix> = prefixes.collect();
        let want = ["441", "44", "4", "*"].map(|text| Prefix::parse(text).unwrap());
        assert_eq!(prefixes, want, "equal to what is read");
    }

    #[test]
    fn a_prefix_comes_before_what_continues_it() {
        let mut prefixes = ["2", "14", "1", "*", "140", "15"].map(|text| Prefix::parse(text).unwrap());
        prefixes.sort();
        assert_eq!(prefixes.map(|prefix| prefix.to_string()), ["*", "1", "14", "140", "15", "2"]);
    }
}
