//! Instants as RFC 3339 writes them.
//!
//! Nearly every event has one, so it is read here, at the cost of a few comparisons. What is read is what
//! `jiff` reads of the same text, which the tests hold it to; what else `jiff` reads is not RFC 3339.

use crate::domain::time::Timestamp;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
/// `2026-11-22T10:00:00`
const LOCAL_BYTES: usize = 19;
const FRACTION_DIGITS_MAX: usize = 9;

/// `None` for what is no RFC 3339 instant with at most nine decimals, or none that a [`Timestamp`] can tell.
/// A leap second is told as the second before it, as the engine's clock has none.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let (local, rest) = text.as_bytes().split_at_checked(LOCAL_BYTES)?;
    let &[y0, y1, y2, y3, b'-', mo0, mo1, b'-', d0, d1, b'T' | b't', h0, h1, b':', mi0, mi1, b':', s0, s1] =
        local
    else {
        return None;
    };
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let (month, day) = (two(mo0, mo1)?, two(d0, d1)?);
    let (hour, minute, second) = (two(h0, h1)?, two(mi0, mi1)?, two(s0, s1)?);
    if day < 1 || day > days_of(year, month)? || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, rest) = fraction(rest)?;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59);
    let nanos = i128::from(seconds - offset_seconds(rest)?) * NANOS_PER_SECOND + i128::from(fraction);
    i64::try_from(nanos).ok().map(Timestamp::from_nanos)
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Nanoseconds of a fraction, if there is one, and what stands behind it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', text @ ..] = text else {
        return Some((0, text));
    };
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=FRACTION_DIGITS_MAX).contains(&digits) {
        return None;
    }
    let (fraction, rest) = text.split_at(digits);
    let nanos = (0..FRACTION_DIGITS_MAX)
        .fold(0, |sum, at| sum * 10 + fraction.get(at).map_or(0, |digit| i64::from(digit - b'0')));
    Some((nanos, rest))
}

/// How far ahead of UTC.
fn offset_seconds(text: &[u8]) -> Option<i64> {
    match *text {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (two(h0, h1)?, two(m0, m1)?);
            let seconds = hours * 3_600 + minutes * 60;
            let fits = hours <= 23 && minutes <= 59;
            fits.then_some(if sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn days_of(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Of the Gregorian calendar, for years from 0 on. Years are taken to begin in March, so that a leap day is
/// the last of its year (after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    const FROM_MARCH_OF_YEAR_0: i64 = 719_468;
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - FROM_MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_jiff(text: &str) -> Option<i64> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        i64::try_from(instant.as_nanosecond()).ok()
    }

    #[test]
    fn rfc_3339_is_read_and_nothing_else() {
        let table: &[(&str, Option<i64>)] = &[
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01t00:00:01z", Some(1_000_000_000)),
            ("1970-01-01T00:00:00.5Z", Some(500_000_000)),
            ("1970-01-01T00:00:00.000000001Z", Some(1)),
            ("1970-01-01T01:00:00+01:00", Some(0)),
            ("1969-12-31T23:30:00-00:30", Some(0)),
            ("1970-01-01T00:00:00-00:00", Some(0)),
            ("2026-11-22T10:00:00Z", Some(1_795_341_600_000_000_000)),
            ("2016-12-31T23:59:60Z", by_jiff("2016-12-31T23:59:59Z")),
            ("2016-12-31T23:59:60.25Z", by_jiff("2016-12-31T23:59:59.25Z")),
            ("2262-04-11T23:47:16.854775807Z", Some(i64::MAX)),
            ("2262-04-11T23:47:16.854775808Z", None),
            ("1677-09-21T00:12:43.145224192Z", Some(i64::MIN)),
            ("1677-09-21T00:12:43.145224191Z", None),
            ("9999-12-31T23:59:59Z", None),
            ("0000-01-01T00:00:00Z", None),
            ("2000-02-29T00:00:00Z", Some(951_782_400_000_000_000)),
            ("1900-02-29T00:00:00Z", None),
            ("2026-02-30T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("2026-00-01T00:00:00Z", None),
            ("2026-01-00T00:00:00Z", None),
            ("2026-01-01T24:00:00Z", None),
            ("2026-01-01T00:60:00Z", None),
            ("2026-01-01T00:00:61Z", None),
            ("2026-01-01T00:00:00", None),
            ("2026-01-01T00:00:00.Z", None),
            ("2026-01-01T00:00:00.0000000001Z", None),
            ("2026-01-01T00:00:00+24:00", None),
            ("2026-01-01T00:00:00+01:60", None),
            ("2026-01-01T00:00:00+0100", None),
            ("2026-01-01T00:00:00+01", None),
            ("2026-01-01T00:00:00ZZ", None),
            ("2026-01-01T00:00:00Z[UTC]", None),
            ("2026-01-01 00:00:00Z", None),
            ("20260101T000000Z", None),
            ("2026-01-01", None),
            ("+02026-01-01T00:00:00Z", None),
            ("２026-01-01T00:00:00Z", None),
            ("1795341600", None),
            ("yesterday", None),
            ("", None),
        ];
        for (text, want) in table {
            assert_eq!(parse(text).map(Timestamp::nanos), *want, "reading {text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_jiff_writes_is_read(nanos in any::<i64>()) {
            let text = jiff::Timestamp::from_nanosecond(i128::from(nanos)).unwrap().to_string();
            prop_assert_eq!(parse(&text), Some(Timestamp::from_nanos(nanos)), "reading {}", text);
        }

        #[test]
        fn what_looks_like_an_instant_is_read_as_jiff_reads_it(
            text in "(1[6-9]|2[0-3])[0-9]{2}-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-6][0-9])"
        ) {
            prop_assert_eq!(parse(&text).map(Timestamp::nanos), by_jiff(&text), "reading {}", text);
        }

        #[test]
        fn anything_else_does_no_harm(text in ".*") {
            prop_assert!(parse(&text).is_none() || parse(&text).map(Timestamp::nanos) == by_jiff(&text));
        }
    }
}
