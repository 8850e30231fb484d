//! How the dates of a file are written: RFC 3339, RFC 2822, or a pattern of strptime with the zone that it leaves out.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

use crate::domain::time::Timestamp;

const RFC_2822: DateTimeParser = DateTimeParser::new();
/// What a pattern must have so that it needs no zone: an offset, a zone's name, or seconds since 1970.
const SAYS_WHERE: [&str; 5] = ["%z", "%:z", "%Q", "%:Q", "%s"];

/// The ways in which a date may be written, tried one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates {
    formats: Vec<Format>,
    zone: Option<TimeZone>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Format {
    Rfc3339,
    Rfc2822,
    Pattern(String),
}

impl Default for Dates {
    fn default() -> Dates {
        Dates { formats: vec![Format::Rfc3339], zone: None }
    }
}

impl Dates {
    /// From the words of a mapping: `rfc3339`, `rfc2822` or patterns; `zone` is an IANA name, or empty. An error says why
    /// they are none.
    pub fn parse(formats: &[String], zone: &str) -> Result<Dates, String> {
        let zone = match zone {
            "" => None,
            name => Some(TimeZone::get(name).map_err(|_| format!("zone: there is no time zone {name}"))?),
        };
        let format = |text: &String| match text.as_str() {
            "rfc3339" => Ok(Format::Rfc3339),
            "rfc2822" => Ok(Format::Rfc2822),
            pattern if !pattern.contains('%') => Err(format!(
                "dates: {pattern:?} is neither rfc3339, rfc2822 nor a pattern such as %d.%m.%Y %H:%M"
            )),
            pattern if zone.is_none() && !SAYS_WHERE.iter().any(|part| pattern.contains(part)) => {
                Err(format!("dates: {pattern:?} has no offset, so a zone is needed"))
            }
            pattern => Ok(Format::Pattern(pattern.to_owned())),
        };
        let formats: Vec<Format> = formats.iter().map(format).collect::<Result<_, _>>()?;
        if formats.is_empty() {
            return Err("dates: there is none".to_owned());
        }
        Ok(Dates { formats, zone })
    }

    /// The instant that a cell tells; `None` where it is written in none of these ways.
    pub fn read(&self, cell: &str) -> Option<Timestamp> {
        let at = self.formats.iter().find_map(|format| self.by(format, cell))?;
        i64::try_from(at.as_nanosecond()).ok().map(Timestamp::from_nanos)
    }

    fn by(&self, format: &Format, cell: &str) -> Option<jiff::Timestamp> {
        match format {
            Format::Rfc3339 => cell.parse().ok(),
            Format::Rfc2822 => RFC_2822.parse_timestamp(cell).ok(),
            Format::Pattern(pattern) => {
                let parts = BrokenDownTime::parse(pattern, cell).ok()?;
                parts.to_timestamp().ok().or_else(|| {
                    // A date without a time of day is its midnight.
                    let midnight = || parts.to_date().ok().map(|date| date.at(0, 0, 0, 0));
                    let civil = parts.to_datetime().ok().or_else(midnight)?;
                    self.zone.as_ref()?.to_ambiguous_timestamp(civil).compatible().ok()
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(formats: &[&str], zone: &str, cell: &str) -> Option<String> {
        let formats: Vec<String> = formats.iter().map(|format| (*format).to_owned()).collect();
        let at = Dates::parse(&formats, zone).unwrap().read(cell)?;
        Some(jiff::Timestamp::from_nanosecond(at.nanos().into()).unwrap().to_string())
    }

    #[test]
    fn dates_are_read_as_the_mapping_says_they_are_written() {
        const DAY_FIRST: &str = "%d/%m/%Y %H:%M:%S";
        let table: [(&[&str], &str, &str, Option<&str>); 14] = [
            (&["rfc3339"], "", "2026-07-15T10:00:00Z", Some("2026-07-15T10:00:00Z")),
            (&["rfc3339"], "", "2026-07-15 12:00:00.25+02:00", Some("2026-07-15T10:00:00.25Z")),
            (&["rfc3339"], "", "2026-07-15T10:00:00", None),
            (&["rfc3339"], "", "Wed, 15 Jul 2026 10:00:00 +0000", None),
            (&["rfc2822"], "", "Wed, 15 Jul 2026 10:00:00 +0000", Some("2026-07-15T10:00:00Z")),
            (&["rfc2822"], "", "15 Jul 2026 06:00:00 -0400", Some("2026-07-15T10:00:00Z")),
            (&["rfc2822", "rfc3339"], "", "2026-07-15T10:00:00Z", Some("2026-07-15T10:00:00Z")),
            (&[DAY_FIRST], "UTC", "05/07/2026 10:00:00", Some("2026-07-05T10:00:00Z")),
            (&[DAY_FIRST], "Asia/Kathmandu", "05/07/2026 10:00:00", Some("2026-07-05T04:15:00Z")),
            (&[DAY_FIRST], "UTC", "05/07/2026", None),
            (&["%Y-%m-%d"], "America/New_York", "2026-07-05", Some("2026-07-05T04:00:00Z")),
            (&["%Y-%m-%d %H:%M:%S%z"], "", "2026-07-05 10:00:00+0530", Some("2026-07-05T04:30:00Z")),
            (&["%s"], "", "1783245600", Some("2026-07-05T10:00:00Z")),
            (&["rfc3339"], "", "9999-01-01T00:00:00Z", None),
        ];
        for (formats, zone, cell, want) in table {
            assert_eq!(read(formats, zone, cell).as_deref(), want, "{formats:?} {zone} {cell}");
        }
    }

    #[test]
    fn what_is_no_way_to_write_a_date_says_why() {
        let table: [(&[&str], &str, &str); 4] = [
            (&[], "", "there is none"),
            (&["iso"], "", "neither"),
            (&["%d.%m.%Y"], "", "a zone is needed"),
            (&["rfc3339"], "Mars/Olympus", "no time zone"),
        ];
        for (formats, zone, want) in table {
            let formats: Vec<String> = formats.iter().map(|format| (*format).to_owned()).collect();
            let error = Dates::parse(&formats, zone).unwrap_err();
            assert!(error.contains(want), "{formats:?}: {error}");
        }
    }
}
