//! The second rating: every row is looked at and the best one taken (RULES, section 4). Slow and plain.

use jiff::Timestamp;

use super::event::Message;
use crate::tariff::{Scope, Version};
use crate::words::{Direction, Kind, SenderType};

const TOLL_FREE_AREAS: &str = "800 833 844 855 866 877 888";

/// What one message costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    pub unit_price: i128,
    pub units: usize,
    /// For the whole message.
    pub carrier_fee: i128,
    pub country: &'static str,
    pub version: &'static str,
}

impl Price {
    pub fn total(&self) -> i128 {
        self.unit_price * self.units as i128 + self.carrier_fee
    }
}

/// The event's own word, else what the channel tells.
pub fn sender_type(message: &Message) -> SenderType {
    if let Some(told) = message.sender_type {
        return told;
    }
    let channel = message.channel.as_str();
    match channel.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && TOLL_FREE_AREAS.split(' ').any(|area| rest.starts_with(area)) => {
            SenderType::TollFree
        }
        _ if channel.starts_with('+') => SenderType::Local,
        _ if channel.chars().all(|character| character.is_ascii_digit()) => SenderType::ShortCode,
        _ => SenderType::Alphanumeric,
    }
}

/// The price of a message with so many units at its time; `None` where no rate reaches it.
pub fn price(versions: &[Version], message: &Message, units: usize, occurred_at: Timestamp) -> Option<Price> {
    let in_effect = versions.iter().filter(|version| version.effective_from <= occurred_at);
    let version = in_effect.max_by_key(|version| version.effective_from)?;
    let asked = Asked::about(message);
    let rate = version
        .rates
        .iter()
        .filter(|rate| asked.matches(&rate.scope) && asked.carrier_matches(&rate.scope))
        .max_by_key(|rate| {
            let scope = &rate.scope;
            (reach(scope), !scope.carrier.is_empty(), !scope.sender_type.is_empty())
        })?;
    Some(Price {
        unit_price: rate.price,
        units,
        carrier_fee: fee_of_one(version, &asked) * if message.kind == Kind::Sms { units as i128 } else { 1 },
        country: rate.country,
        version: version.label,
    })
}

/// First the table by prefix and sender type, then the carrier's row in it, else the table's default.
fn fee_of_one(version: &Version, asked: &Asked) -> i128 {
    let table = |scope: &Scope| (reach(scope), !scope.sender_type.is_empty());
    let matching = || version.fees.iter().filter(|fee| asked.matches(&fee.scope));
    let Some(best) = matching().map(|fee| table(&fee.scope)).max() else { return 0 };
    let rows = matching().filter(|fee| table(&fee.scope) == best);
    rows.filter(|fee| asked.carrier_matches(&fee.scope))
        .max_by_key(|fee| !fee.scope.carrier.is_empty())
        .map_or(0, |fee| fee.fee)
}

/// Digits that a row fixes.
fn reach(scope: &Scope) -> usize {
    scope.prefix.trim_matches('*').len()
}

/// A message as the columns of a row see it.
struct Asked<'a> {
    direction: &'static str,
    kind: &'static str,
    /// Empty for short codes and names.
    digits: &'a str,
    sender_type: &'static str,
    carrier: &'a str,
}

impl Asked<'_> {
    fn about(message: &Message) -> Asked<'_> {
        let side = if message.direction == Direction::Outbound { &message.peer } else { &message.channel };
        Asked {
            direction: message.direction.word(),
            kind: message.kind.word(),
            digits: side.strip_prefix('+').unwrap_or(""),
            sender_type: sender_type(message).word(),
            carrier: message.carrier,
        }
    }

    fn matches(&self, scope: &Scope) -> bool {
        scope.direction == self.direction
            && scope.kind == self.kind
            && (scope.prefix == "*" || self.digits.starts_with(scope.prefix))
            && (scope.sender_type.is_empty() || scope.sender_type == self.sender_type)
    }

    fn carrier_matches(&self, scope: &Scope) -> bool {
        scope.carrier.is_empty() || scope.carrier == self.carrier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff;
    use Direction::{Inbound, Outbound};
    use Kind::{Mms, Sms};

    const RISE_AT: &str = "2026-11-12T00:00:00Z";

    fn message(
        direction: Direction,
        kind: Kind,
        channel: &str,
        peer: &str,
        carrier: &'static str,
    ) -> Message {
        Message {
            direction,
            kind,
            channel: channel.into(),
            peer: peer.into(),
            text: None,
            stated: None,
            sender_type: None,
            carrier,
        }
    }

    fn priced(message: &Message, units: usize, at: &str) -> Option<(i128, i128, &'static str)> {
        let versions = tariff::versions(RISE_AT.parse().unwrap());
        let price = price(&versions, message, units, at.parse().unwrap())?;
        Some((price.unit_price / 1_000, price.carrier_fee / 1_000, price.country))
    }

    /// In millionths of a dollar, in the first version.
    #[test]
    fn the_longest_prefix_then_the_carrier_then_the_sender_type() {
        let table = [
            (Outbound, Sms, "+14155550100", "+12125550100", "", 1, Some((7_900, 3_000, "US"))),
            (Outbound, Sms, "+14155550100", "+12125550100", "310260", 2, Some((8_100, 9_000, "US"))),
            (Outbound, Sms, "+18335550100", "+12125550100", "", 1, Some((7_500, 2_500, "US"))),
            (Outbound, Sms, "+18335550100", "+12125550100", "310260", 1, Some((7_700, 3_250, "US"))),
            (Outbound, Sms, "12345", "+12125550100", "310260", 1, Some((8_100, 3_500, "US"))),
            (Outbound, Sms, "+18335550100", "+14165550100", "310260", 1, Some((8_900, 5_500, "CA"))),
            (Outbound, Sms, "12345", "+15145550100", "302720", 1, Some((9_050, 6_100, "CA"))),
            (Outbound, Sms, "+14155550100", "+15145550100", "310260", 1, Some((9_100, 4_500, "CA"))),
            (Outbound, Sms, "ACME", "+6581234567", "52501", 1, Some((40_100, 500, "SG"))),
            (Outbound, Sms, "ACME", "+447912345678", "23410", 1, Some((38_700, 0, "GB"))),
            (Outbound, Sms, "+14155550100", "+36201234567", "21630", 1, Some((105_000, 0, "HU"))),
            (Outbound, Sms, "+14155550100", "+979123456789", "", 1, None),
            (Outbound, Mms, "+18335550100", "+12125550100", "310260", 1, Some((21_000, 8_000, "US"))),
            (Outbound, Mms, "+14155550100", "+447912345678", "", 1, None),
            (Inbound, Sms, "+18005550100", "+12125550100", "311480", 2, Some((7_400, 3_000, "US"))),
            (Inbound, Sms, "12345", "+447912345678", "310260", 1, Some((6_200, 900, "US"))),
            (Inbound, Sms, "+441234567890", "ACME", "", 1, Some((7_500, 0, "GB"))),
            (Inbound, Mms, "12345", "+12125550100", "", 1, None),
        ];
        for (direction, kind, channel, peer, carrier, units, want) in table {
            let message = message(direction, kind, channel, peer, carrier);
            assert_eq!(priced(&message, units, "2026-11-01T00:00:00Z"), want, "{message:?}");
        }
    }

    #[test]
    fn the_version_in_effect_at_the_events_time_prices_it() {
        let message = message(Outbound, Sms, "+14155550100", "+12125550100", "");
        assert_eq!(priced(&message, 1, "2026-11-11T23:59:59Z"), Some((7_900, 3_000, "US")));
        assert_eq!(priced(&message, 1, RISE_AT), Some((8_200, 3_000, "US")));
        assert_eq!(priced(&message, 1, "2019-12-31T23:59:59Z"), None, "before the first version");
    }

    #[test]
    fn the_event_overrides_what_the_channel_tells() {
        let mut message = message(Outbound, Sms, "+18005550100", "+12125550100", "");
        assert_eq!(sender_type(&message), SenderType::TollFree);
        message.sender_type = Some(SenderType::Local);
        assert_eq!(sender_type(&message), SenderType::Local);
        for (channel, want) in [
            ("+448001234567", SenderType::Local),
            ("800", SenderType::ShortCode),
            ("A1", SenderType::Alphanumeric),
        ] {
            message.sender_type = None;
            message.channel = channel.into();
            assert_eq!(sender_type(&message), want, "{channel}");
        }
    }
}
