//! Days of a wallet's zone (RULES, sections 9 and 12).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The day that the wallet's clock shows.
pub fn local_day(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// The first instant of a local day, by its very definition: no instant before it is of that day or a later one.
/// Zones are at most 14 hours off, so it lies within a day and a half around that day's midnight in UTC.
pub fn first_instant(day: Date, zone: &TimeZone) -> Timestamp {
    let midnight = day.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a day of the calendar").timestamp();
    let mut before = (midnight - SignedDuration::from_hours(36)).as_second();
    let mut reached = (midnight + SignedDuration::from_hours(36)).as_second();
    while reached - before > 1 {
        let middle = before + (reached - before) / 2;
        let at = Timestamp::from_second(middle).expect("an instant of the calendar");
        if local_day(at, zone) < day {
            before = middle;
        } else {
            reached = middle;
        }
    }
    Timestamp::from_second(reached).expect("an instant of the calendar")
}

fn days_in(year: i16, month: i8) -> i8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `anchor + n months`, clamped to the length of that month, from the anchor itself.
pub fn months_after(anchor: Date, months: u32) -> Date {
    let counted = i32::from(anchor.month()) - 1 + months as i32;
    let year = anchor.year() + (counted / 12) as i16;
    let month = (counted % 12 + 1) as i8;
    Date::new(year, month, anchor.day().min(days_in(year, month))).expect("a day of the calendar")
}

/// So many days of the zone earlier, at the same time of its clock.
pub fn days_before(at: Timestamp, days: i32, zone: &TimeZone) -> Timestamp {
    let local = at.to_zoned(zone.clone());
    let earlier = local.datetime().checked_sub(days.days()).expect("a day of the calendar");
    earlier.to_zoned(zone.clone()).expect("a time of the calendar").timestamp()
}

/// The first instant of the next local day.
pub fn next_day(at: Timestamp, zone: &TimeZone) -> Timestamp {
    first_instant(local_day(at, zone).tomorrow().expect("a day of the calendar"), zone)
}

#[test]
fn the_calendar_is_the_one_on_the_wall() {
    let instant = |text: &str| text.parse::<Timestamp>().unwrap();
    let day = |text: &str| text.parse::<Date>().unwrap();
    for (zone, of, wanted) in [
        ("UTC", "2027-06-01", "2027-06-01T00:00:00Z"),
        ("Pacific/Kiritimati", "2027-06-01", "2027-05-31T10:00:00Z"),
        ("Pacific/Pago_Pago", "2027-06-01", "2027-06-01T11:00:00Z"),
        ("Asia/Beirut", "2027-03-28", "2027-03-27T22:00:00Z"),
        ("America/Havana", "2027-03-14", "2027-03-14T05:00:00Z"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
    ] {
        assert_eq!(first_instant(day(of), &TimeZone::get(zone).unwrap()), instant(wanted), "{zone} {of}");
    }
    for (anchor, months, wanted) in [
        ("2027-01-31", 1, "2027-02-28"),
        ("2027-01-31", 2, "2027-03-31"),
        ("2027-10-31", 4, "2028-02-29"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2028-02-29", 12, "2029-02-28"),
    ] {
        assert_eq!(months_after(day(anchor), months), day(wanted), "{anchor} + {months}");
    }
    let new_york = TimeZone::get("America/New_York").unwrap();
    let release = instant("2026-11-05T04:59:59Z");
    assert_eq!(days_before(release, 7, &new_york), instant("2026-10-29T03:59:59Z"), "23:59:59 a week before");
}
