//! Amounts, instants and days as text without the formatting machinery: exports write tens of millions of them.

use crate::domain::calendar::Day;
use crate::domain::money::{NANOS_PER_UNIT, Total, fraction};
use crate::domain::time::Timestamp;

/// Writes 1e-9 of a unit as `Money` shows them.
pub fn put_nanos(out: &mut Vec<u8>, nanos: i128) {
    out.extend_from_slice(&Total(nanos).decimal());
}

pub fn put_number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Writes an instant as `Timestamp` shows it: RFC 3339 in UTC, with as many places as it takes.
pub fn put_instant(out: &mut Vec<u8>, at: Timestamp) {
    let seconds = at.seconds();
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let two = |number: i64| [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
    put_date(out, year as u32, month as u32, day as u32);
    out.push(b'T');
    out.extend_from_slice(&two(of_day / 3_600));
    out.push(b':');
    out.extend_from_slice(&two(of_day / 60 % 60));
    out.push(b':');
    out.extend_from_slice(&two(of_day % 60));
    out.extend_from_slice(&fraction(at.nanos().rem_euclid(NANOS_PER_UNIT) as u32));
    out.push(b'Z');
}

/// Year, month and day of the proleptic Gregorian calendar, so many days after 1970-01-01 (the algorithm is Howard
/// Hinnant's `civil_from_days`: years begin in March, so that the day that leaps is the last).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Writes a local day as `2026-07-15`.
pub fn put_day(out: &mut Vec<u8>, day: Day) {
    put_date(out, day.0 / 10_000, day.0 / 100 % 100, day.0 % 100);
}

fn put_date(out: &mut Vec<u8>, year: u32, month: u32, day: u32) {
    let digit = |number: u32| b'0' + (number % 10) as u8;
    let date = [
        digit(year / 1_000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ];
    out.extend_from_slice(&date);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::calendar::Zone;

    fn written(put: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        put(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn is_as_shown(nanos: i64) {
        let at = Timestamp::from_nanos(nanos);
        assert_eq!(written(|out| put_instant(out, at)), at.to_string());
    }

    #[test]
    fn ends_and_turns_are_written_as_they_are_shown() {
        for nanos in [0, 1, -1, 10, 999_999_999, 1_000_000_000, -1_000_000_001, i64::MAX, i64::MIN] {
            is_as_shown(nanos);
        }
        // The last and first second of days that leap and of centuries that do not.
        for date in ["2000-02-29", "2024-02-29", "1900-02-28", "2100-02-28", "2026-12-31", "1969-12-31"] {
            let (_, ends) = Zone::named("UTC").unwrap().span_of(Day::parse(date).unwrap());
            for away in -1..=1 {
                is_as_shown(ends.nanos() + away);
            }
        }
    }

    proptest! {
        #[test]
        fn instants_and_days_are_written_as_they_are_shown(nanos in any::<i64>()) {
            is_as_shown(nanos);
            is_as_shown(nanos % 100_000_000_000);
            let day = Zone::named("UTC").unwrap().day(Timestamp::from_nanos(nanos));
            prop_assert_eq!(written(|out| put_day(out, day)), day.to_string());
        }
    }
}
