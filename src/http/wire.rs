//! How amounts and instants are written in JSON.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::money::{Money, Total};
use crate::domain::time::Timestamp;

/// An amount of money: a plain decimal with up to 9 places, in a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^-?[0-9]+(\\.[0-9]{1,9})?$", example = "12.5")]
pub struct Amount(pub Money);

/// A sum of amounts, written as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^-?[0-9]+(\\.[0-9]{1,9})?$", example = "12.5")]
pub struct Sum(pub Total);

/// An instant as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-22T10:00:00Z")]
pub struct Instant(pub Timestamp);

impl Instant {
    /// Null for what never happens.
    pub fn unless_never(at: Timestamp) -> Option<Instant> {
        (at != Timestamp::NEVER).then_some(Instant(at))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_rfc_3339_in_utc_over_the_whole_range() {
        let table = [
            (0, "1970-01-01T00:00:00Z"),
            (1_790_000_000_123_000_000, "2026-09-21T14:13:20.123Z"),
            (i64::MAX, "2262-04-11T23:47:16.854775807Z"),
            (i64::MIN, "1677-09-21T00:12:43.145224192Z"),
        ];
        for (nanos, want) in table {
            let told = serde_json::to_value(Instant(Timestamp::from_nanos(nanos))).unwrap();
            assert_eq!(told, want, "{nanos} ns");
        }
    }

    #[test]
    fn amounts_are_strings() {
        assert_eq!(serde_json::to_string(&Amount(Money::from_nanos(-7_900_000))).unwrap(), "\"-0.0079\"");
    }
}
