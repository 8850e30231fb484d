//! Days and months of a wallet's time zone (RULES, sections 9, 10 and 12).
//!
//! A day is a day of the zone, 23 to 25 hours long, and begins at its first instant, which is not midnight where the
//! clocks are set forward over it. What is computed here is put into records, so that folding a journal never asks a
//! time zone database, which changes.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::time::{Span, Timestamp};

/// A time zone with an IANA name.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// A local day, as a number that sorts and compares: `yyyymmdd`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub u32);

impl Day {
    /// The month that the day is in, as `yyyymm`.
    pub fn month(self) -> u32 {
        self.0 / 100
    }

    /// From `2026-07-15`; `None` for what is no day, or none that instants can fall on.
    pub fn parse(text: &str) -> Option<Day> {
        let well_formed = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date: Date = text.parse().ok().filter(|_| well_formed)?;
        (1678..=2261).contains(&date.year()).then(|| Day::of(date))
    }

    /// From `2026-07`: its first and its last day.
    pub fn parse_month(text: &str) -> Option<(Day, Day)> {
        let first = Day::parse(&format!("{text}-01"))?;
        Some((first, first.last_of_month()))
    }

    pub fn first_of_month(self) -> Day {
        Day::of(self.date().first_of_month())
    }

    /// The first day of the month before.
    pub fn month_before(self) -> Day {
        Day::of(self.date().first_of_month().saturating_sub(1.month()))
    }

    pub fn last_of_month(self) -> Day {
        Day::of(self.date().last_of_month())
    }

    /// Days from this one to `last`, both included; below 1 where `last` lies before.
    pub fn days_to(self, last: Day) -> i64 {
        let span = self.date().until(last.date());
        1 + span.map_or(0, |span| i64::from(span.get_days()))
    }

    fn of(date: Date) -> Day {
        let year = u32::try_from(date.year()).expect("instants of 64 bits lie between 1677 and 2262");
        Day(year * 10_000 + date.month().unsigned_abs() as u32 * 100 + date.day().unsigned_abs() as u32)
    }

    fn date(self) -> Date {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        Date::new(year as i16, month as i8, day as i8).expect("a day was made from a date")
    }
}

impl Day {
    /// For people: `15 July 2026`.
    pub fn long(self) -> String {
        self.date().strftime("%-d %B %Y").to_string()
    }

    /// The month for people: `July 2026`.
    pub fn long_month(self) -> String {
        self.date().strftime("%B %Y").to_string()
    }
}

impl std::fmt::Display for Day {
    /// As `2026-07-15`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

impl Zone {
    /// `None` for a name that the time zone database does not have. The names of wallets were checked when they came.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }

    /// The zone of a wallet, whose name was checked when it was set.
    pub fn of_wallet(name: &str) -> Zone {
        // A database that has lost a name since then must not stop the wallet: its days become those of UTC.
        Zone::named(name).unwrap_or(Zone(TimeZone::UTC))
    }

    pub fn day(&self, at: Timestamp) -> Day {
        Day::of(self.date(at))
    }

    /// The local day that `at` is in: its first instant, and that of the day after.
    pub fn day_span(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        let date = self.date(at);
        (self.start(date), self.start(date.saturating_add(1.day())))
    }

    /// The first instant of a local day, and that of the day after.
    pub fn span_of(&self, day: Day) -> (Timestamp, Timestamp) {
        (self.start(day.date()), self.start(day.date().saturating_add(1.day())))
    }

    /// The date and the time of day there, for people: `15 July 2026, 10:00`.
    pub fn wall(&self, at: Timestamp) -> String {
        instant(at).to_zoned(self.0.clone()).strftime("%-d %B %Y, %H:%M").to_string()
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    fn date(&self, at: Timestamp) -> Date {
        instant(at).to_zoned(self.0.clone()).date()
    }

    /// When cycle `n` of a number bought on `anchor` is due: the first instant of the local day `anchor` + `n` months,
    /// clamped from the anchor and never chained (31 Jan, 28 Feb, 31 Mar).
    pub fn cycle_due(&self, anchor: Day, cycle: u32) -> Timestamp {
        self.start(anchor.date().saturating_add(i64::from(cycle).months()))
    }

    /// The first instant of the local day after the one that `at` is in.
    pub fn next_day(&self, at: Timestamp) -> Timestamp {
        self.start(self.date(at).saturating_add(1.day()))
    }

    /// The first instant of the local month after the one that `at` is in.
    pub fn next_month(&self, at: Timestamp) -> Timestamp {
        self.start(self.date(at).first_of_month().saturating_add(1.month()))
    }

    /// The same time of day so many local days before `at`.
    pub fn days_before(&self, at: Timestamp, days: i64) -> Timestamp {
        let zoned = instant(at).to_zoned(self.0.clone());
        timestamp(zoned.saturating_sub(days.days()).timestamp())
    }

    fn start(&self, date: Date) -> Timestamp {
        // Only dates at the very ends of time have no start in some zones.
        let start = date.to_zoned(self.0.clone()).and_then(|zoned| zoned.start_of_day());
        start.map_or(Timestamp::NEVER, |zoned| timestamp(zoned.timestamp()))
    }
}

/// One second before an instant: when a number is released that is due again at that instant.
pub fn second_before(at: Timestamp) -> Timestamp {
    at.minus(Span::from_seconds(1))
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_nanosecond(i128::from(at.nanos()))
        .expect("64 bits of nanoseconds are within its range")
}

fn timestamp(at: jiff::Timestamp) -> Timestamp {
    i64::try_from(at.as_nanosecond()).map_or(Timestamp::NEVER, Timestamp::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_written_and_counted() {
        for text in ["2026-07-15", "2024-02-29", "1678-01-01", "2261-12-31"] {
            assert_eq!(Day::parse(text).map(|day| day.to_string()).as_deref(), Some(text));
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-7-1",
            "20260715",
            "",
            "2026-07-15T00:00:00Z",
            "2026-07-1\u{663}",
            "-002026-07-15",
            "2262-01-01",
            "9999-01-01",
        ] {
            assert_eq!(Day::parse(text), None, "{text:?} is no day");
        }
        let table = [
            ("2026-01-01", "2026-01-01", 1),
            ("2026-01-01", "2026-12-31", 365),
            ("2026-01-01", "2027-01-01", 366),
            ("2024-01-01", "2024-12-31", 366),
            ("2024-01-01", "2025-01-01", 367),
            ("2026-03-28", "2026-03-30", 3),
            ("2026-01-02", "2026-01-01", 0),
        ];
        for (from, to, want) in table {
            let day = |text| Day::parse(text).unwrap();
            assert_eq!(day(from).days_to(day(to)), want, "{from} to {to}");
        }
        let month = Day::parse_month("2024-02").map(|(first, last)| (first.to_string(), last.to_string()));
        assert_eq!(month, Some(("2024-02-01".into(), "2024-02-29".into())));
        for text in ["2024-2", "2024", "2024-02-01", "2024-13"] {
            assert_eq!(Day::parse_month(text), None, "{text:?} is no month");
        }
    }

    fn at(text: &str) -> Timestamp {
        timestamp(text.parse().unwrap())
    }

    #[track_caller]
    fn check_cycles(zone: &str, bought: &str, want: &[(u32, &str)]) {
        let zone = Zone::named(zone).unwrap();
        let anchor = zone.day(at(bought));
        for (cycle, due) in want {
            assert_eq!(zone.cycle_due(anchor, *cycle), at(due), "cycle {cycle} of a number bought {bought}");
        }
    }

    #[test]
    fn a_cycle_is_due_at_the_first_instant_of_the_anchors_day_clamped_from_the_anchor() {
        check_cycles(
            "UTC",
            "2026-01-31T10:00:00Z",
            &[
                (1, "2026-02-28T00:00:00Z"),
                (2, "2026-03-31T00:00:00Z"),
                (3, "2026-04-30T00:00:00Z"),
                (25, "2028-02-29T00:00:00Z"),
            ],
        );
        check_cycles(
            "UTC",
            "2028-02-29T23:59:59Z",
            &[(1, "2028-03-29T00:00:00Z"), (12, "2029-02-28T00:00:00Z")],
        );
        check_cycles(
            "America/New_York",
            "2026-07-16T03:00:00Z",
            &[(1, "2026-08-15T04:00:00Z"), (4, "2026-11-15T05:00:00Z")],
        );
        check_cycles("Asia/Kathmandu", "2026-07-14T19:00:00Z", &[(1, "2026-08-14T18:15:00Z")]);
    }

    #[test]
    fn a_day_without_a_midnight_begins_at_its_first_instant() {
        // Clocks in Cairo go from 24 April 2026, 0:00, straight to 1:00.
        check_cycles("Africa/Cairo", "2026-03-24T10:00:00Z", &[(1, "2026-04-23T22:00:00Z")]);
        let cairo = Zone::named("Africa/Cairo").unwrap();
        assert_eq!(cairo.next_day(at("2026-04-23T10:00:00Z")), at("2026-04-23T22:00:00Z"));
    }

    #[test]
    fn days_and_months_turn_where_the_zone_says() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let summer_begins = at("2026-03-29T00:30:00Z");
        assert_eq!(berlin.day(summer_begins), Day(20_260_329));
        assert_eq!(berlin.day(summer_begins).month(), 202_603);
        assert_eq!(berlin.next_day(summer_begins), at("2026-03-29T22:00:00Z"), "a day of 23 hours");
        assert_eq!(berlin.next_month(summer_begins), at("2026-03-31T22:00:00Z"));
        assert_eq!(berlin.days_before(at("2026-03-31T21:59:59Z"), 7), at("2026-03-24T22:59:59Z"));
    }
}
