//! Amounts as plain integers: counts of 1e-9 of the currency unit, read from and written as decimals.

/// One currency unit.
pub const UNIT: i128 = 1_000_000_000;

/// Reads `12.5`, `-0.0079`, `0`; `None` for anything else, also for more than nine decimal places.
pub fn read(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() > 20 || fraction.len() > 9 {
        return None;
    }
    let nanos = whole.parse::<i128>().ok()? * UNIT + format!("{fraction:0<9}").parse::<i128>().ok()?;
    Some(if unsigned.len() < text.len() { -nanos } else { nanos })
}

/// The shortest decimal.
pub fn write(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:09}", nanos.abs() / UNIT, nanos.abs() % UNIT);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_exactly() {
        let table = [
            ("0", 0),
            ("100", 100 * UNIT),
            ("12.5", 12_500_000_000),
            ("-0.0079", -7_900_000),
            ("0.000000001", 1),
            ("9223372036.854775807", i128::from(i64::MAX)),
        ];
        for (text, nanos) in table {
            assert_eq!(read(text), Some(nanos), "reading {text:?}");
            assert_eq!(write(nanos), text, "writing {nanos}");
        }
        for text in ["", "-", ".5", "5.", "1e3", "+1", "0.0000000001", "1,5"] {
            assert_eq!(read(text), None, "{text:?} is not an amount");
        }
    }
}
