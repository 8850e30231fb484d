//! Instants and spans of the engine's time, as plain integers. What a clock says comes from outside.

use std::fmt;

/// An instant: nanoseconds since 1970-01-01T00:00:00Z. Reaches from 1677 to 2262.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A length of time in nanoseconds, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

const NANOS_PER_SECOND: i64 = 1_000_000_000;

impl Span {
    pub const fn from_seconds(seconds: u32) -> Span {
        Span(seconds as i64 * NANOS_PER_SECOND)
    }

    pub const fn from_days(days: u16) -> Span {
        Span(days as i64 * 86_400 * NANOS_PER_SECOND)
    }

    pub const fn from_hours(hours: u16) -> Span {
        Span(hours as i64 * 3_600 * NANOS_PER_SECOND)
    }

    pub const fn seconds(self) -> i64 {
        self.0 / NANOS_PER_SECOND
    }

    pub const fn nanos(self) -> i64 {
        self.0
    }
}

impl Timestamp {
    /// Later than anything that happens: what is due at it is not due.
    pub const NEVER: Timestamp = Timestamp(i64::MAX);
    /// Before every instant.
    pub const EARLIEST: Timestamp = Timestamp(i64::MIN);

    pub const fn from_nanos(nanos: i64) -> Timestamp {
        Timestamp(nanos)
    }

    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(NANOS_PER_SECOND)
    }

    /// Saturating: an instant past the end of time is the end of time.
    pub const fn plus(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }

    /// How long after `earlier` this is; nothing where it is before.
    pub const fn since(self, earlier: Timestamp) -> Span {
        let nanos = self.0.saturating_sub(earlier.0);
        Span(if nanos > 0 { nanos } else { 0 })
    }

    /// Saturating, as [`Timestamp::plus`].
    pub const fn minus(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with as many places as it takes.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_nanosecond(i128::from(self.0));
        instant.expect("64 bits of nanoseconds are within its range").fmt(out)
    }
}
