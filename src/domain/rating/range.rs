//! What a message may cost while its carrier is not known, and what it costs at most (RULES, section 7).

use super::{Rated, rate_asked};
use crate::domain::event::{Direction, Kind, Message, Units};
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{Asked, Digits, Prefix, Version};

/// The least and the most that something comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub low: Money,
    pub high: Money,
}

impl Range {
    /// Either the one or the other.
    fn or(self, other: Range) -> Range {
        Range { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The one and the other; `None` where that is no amount any more.
    pub fn plus(self, other: Range) -> Option<Range> {
        Some(Range { low: self.low.checked_add(other.low)?, high: self.high.checked_add(other.high)? })
    }

    pub fn times(self, count: u32) -> Option<Range> {
        Some(Range { low: self.low.checked_times(count)?, high: self.high.checked_times(count)? })
    }
}

/// The fewest and the most segments of an SMS, where two counts differ: the provider's wins, and that is not told
/// before the message is sent.
fn units(kind: Kind, units: Units) -> [u32; 2] {
    let (billed, counted) = (units.billed, units.counted.unwrap_or(units.billed));
    match kind {
        Kind::Sms => [billed.min(counted).into(), billed.max(counted).into()],
        Kind::Mms => [1, 1],
    }
}

/// What a message may cost: by its carrier where it is known, else by any that may apply. `None` where the version
/// has no rate for it whatever its carrier is.
pub fn range(version: &Version, message: &Message) -> Option<Range> {
    let asked = Asked::of(message);
    over_carriers(version, &asked, units(message.kind, message.units))
}

/// What is sent to many, whose numbers begin alike.
#[derive(Clone, Copy, Debug)]
pub struct Likeness {
    pub kind: Kind,
    pub sender_type: SenderType,
    pub segments: u8,
}

/// What a message to any number that begins with a prefix may cost.
pub struct Ranges<'a> {
    version: &'a Version,
    likeness: Likeness,
    /// All at which a row stands that may apply, in order.
    prefixes: Vec<Prefix>,
}

impl<'a> Ranges<'a> {
    pub fn new(version: &'a Version, likeness: Likeness) -> Ranges<'a> {
        let kind = likeness.kind;
        let applies = |(direction, own, prefix): (Direction, Kind, Prefix)| {
            (direction == Direction::Outbound && own == kind).then_some(prefix)
        };
        let rates = version.rates().iter().map(|row| (row.direction, row.kind, row.prefix));
        let fees = version.fees().iter().map(|row| (row.direction, row.kind, row.prefix));
        let mut prefixes: Vec<Prefix> = rates.chain(fees).filter_map(applies).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        Ranges { version, likeness, prefixes }
    }

    /// A number is rated by the longest prefixes that it begins with, so what is known at the prefix itself and at
    /// each longer one is all that may apply. One may be counted that no number reaches, as longer ones cover it
    /// whole: then it is too much, never too little. `None` where there is no rate at any of them.
    pub fn of(&self, prefix: Prefix) -> Option<Range> {
        let start = self.prefixes.partition_point(|known| *known < prefix);
        let begins_so = |known: &&Prefix| known.digits().starts_with(prefix.digits());
        let longer = self.prefixes[start..].iter().take_while(begins_so).copied();
        let ranges = std::iter::once(prefix).chain(longer).filter_map(|prefix| self.at(prefix));
        ranges.reduce(Range::or)
    }

    fn at(&self, prefix: Prefix) -> Option<Range> {
        let Likeness { kind, sender_type, segments } = self.likeness;
        let asked = Asked {
            direction: Direction::Outbound,
            kind,
            digits: Digits::new(prefix.digits()),
            sender_type,
            carrier: None,
        };
        let billed = Units { billed: segments, counted: None, encoding: None };
        over_carriers(self.version, &asked, units(kind, billed))
    }
}

/// Each carrier that a row of the number's prefixes names may be its own, and so may one that none names.
fn over_carriers(version: &Version, asked: &Asked, [fewest, most]: [u32; 2]) -> Option<Range> {
    let total = |asked: &Asked, units| rate_asked(version, asked, units).map(|rated: Rated| rated.total());
    let by = |asked: &Asked| Some(Range { low: total(asked, fewest)?, high: total(asked, most)? });
    if asked.carrier.is_some() {
        return by(asked);
    }
    let named = version.carriers_for(asked);
    let of_named = named.into_iter().map(|carrier| Asked { carrier: Some(carrier), ..*asked });
    std::iter::once(*asked).chain(of_named).filter_map(|asked| by(&asked)).reduce(Range::or)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;
    use crate::domain::event::Carrier;
    use crate::domain::tariff::samples::version;

    fn told(range: Option<Range>) -> String {
        range.map_or("no_rate".to_owned(), |range| format!("{} {}", range.low, range.high))
    }

    fn message(peer: &str, kind: Kind, units: (u8, Option<u8>), carrier: &str) -> Message {
        let channel = Address::parse("+12125550100").unwrap();
        Message {
            direction: Direction::Outbound,
            kind,
            channel,
            peer: Address::parse(peer).unwrap(),
            units: Units { billed: units.0, counted: units.1, encoding: None },
            sender_type: SenderType::of_channel(&channel),
            carrier: Carrier::parse(carrier),
        }
    }

    fn tariff() -> Version {
        version(
            &[
                "outbound,sms,1,,,1,",
                "outbound,sms,1,,310260,2,",
                "outbound,sms,1204,,,5,",
                "outbound,sms,44,,23410,3,",
                "outbound,mms,1,,,10,",
                "outbound,sms,49,toll_free,,7,",
            ],
            &[
                "outbound,sms,1,,,0.1",
                "outbound,sms,1,,310410,0.5",
                "outbound,sms,1,,310260,0",
                "outbound,mms,1,,,1",
                "outbound,mms,1,,310410,4",
            ],
        )
    }

    #[test]
    fn a_message_costs_at_most_what_its_dearest_carrier_costs_for_the_most_segments() {
        use Kind::{Mms, Sms};
        let table = [
            ("+13105550100", Sms, (1, None), "", "1.1 2"),
            ("+13105550100", Sms, (2, None), "", "2.2 4"),
            ("+13105550100", Sms, (2, Some(3)), "", "2.2 6"),
            ("+13105550100", Sms, (3, Some(2)), "", "2.2 6"),
            ("+13105550100", Sms, (1, None), "310410", "1.5 1.5"),
            ("+13105550100", Sms, (1, None), "310260", "2 2"),
            ("+13105550100", Sms, (1, None), "310999", "1.1 1.1"),
            // A row of any carrier at a longer prefix hides those of a shorter one; of fees there is none there.
            ("+12045550100", Sms, (1, None), "", "5 5.5"),
            ("+13105550100", Mms, (1, None), "", "11 14"),
            // Only one carrier's messages have a rate.
            ("+447700900123", Sms, (1, None), "", "3 3"),
            ("+447700900123", Sms, (1, None), "23415", "no_rate"),
            ("+447700900123", Mms, (1, None), "", "no_rate"),
            ("+4930901820", Sms, (1, None), "", "no_rate"),
        ];
        let version = tariff();
        for (peer, kind, units, carrier, want) in table {
            let found = range(&version, &message(peer, kind, units, carrier));
            assert_eq!(told(found), want, "{kind:?} of {units:?} to {peer} by {carrier:?}");
        }
    }

    #[test]
    fn recipients_cost_at_most_what_the_dearest_number_of_their_prefix_costs() {
        use Kind::{Mms, Sms};
        use SenderType::{Local, TollFree};
        let table = [
            ("1", Sms, Local, 1, "1.1 5.5"),
            ("1", Sms, Local, 2, "2.2 11"),
            ("12", Sms, Local, 1, "1.1 5.5"),
            ("13", Sms, Local, 1, "1.1 2"),
            ("1204", Sms, Local, 1, "5 5.5"),
            ("12045", Sms, Local, 1, "5 5.5"),
            ("1", Mms, Local, 1, "11 14"),
            ("4", Sms, Local, 1, "3 3"),
            ("4", Sms, TollFree, 1, "3 7"),
            ("49", Sms, Local, 1, "no_rate"),
            ("5", Sms, Local, 1, "no_rate"),
        ];
        let version = tariff();
        for (prefix, kind, sender_type, segments, want) in table {
            let ranges = Ranges::new(&version, Likeness { kind, sender_type, segments });
            let found = ranges.of(Prefix::parse(prefix).unwrap());
            assert_eq!(told(found), want, "{segments} {kind:?} to {prefix} from {sender_type:?}");
        }
    }

    #[test]
    fn ranges_that_are_no_amounts_any_more_are_none() {
        let range = Range { low: Money::ZERO, high: Money::MAX };
        assert_eq!(range.plus(Range { low: Money::ZERO, high: Money::from_nanos(1) }), None);
        assert_eq!(range.times(2), None);
        assert_eq!(range.times(1), Some(range));
    }
}
