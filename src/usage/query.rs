//! What of a wallet's usage is asked for: days, axis and filters.

use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::{Direction, Kind};
use crate::domain::usage::{Axis, Dimensions};

/// Most days of one query, both ends included (RULES, section 13): longer is refused, never cut.
pub const DAYS_MAX: i64 = 366;

/// Days of the wallet's zone on one axis, both ends included, and what of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub axis: Axis,
    pub from: Day,
    pub to: Day,
    pub filter: Filter,
}

/// What is looked at; of what is empty or absent everything is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub channels: Vec<Address>,
    pub campaigns: Vec<String>,
    pub direction: Option<Direction>,
    pub kind: Option<Kind>,
    /// ISO 3166.
    pub country: Option<[u8; 2]>,
}

impl Filter {
    /// Whether everything of the wallet is looked at: only then do usage and balances belong together.
    pub fn is_everything(&self) -> bool {
        *self == Filter::default()
    }

    pub fn admits(&self, dimensions: &Dimensions<'_>) -> bool {
        let Filter { channels, campaigns, direction, kind, country } = self;
        let of_channel = || dimensions.channel.is_some_and(|channel| channels.contains(&channel));
        let of_campaign = || campaigns.iter().any(|campaign| campaign == dimensions.campaign);
        (channels.is_empty() || of_channel())
            && (campaigns.is_empty() || of_campaign())
            && (direction.is_none() || dimensions.direction == *direction)
            && (kind.is_none() || dimensions.kind == *kind)
            && (country.is_none() || dimensions.country == *country)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_admits_what_fits_all_of_its_parts() {
        let channel = Address::parse("+14155550100").ok();
        let other = Address::parse("12345").ok();
        let of = |channel: &Option<Address>| channel.iter().copied().collect::<Vec<_>>();
        let everything = Filter::default();
        let table = [
            ("everything", everything.clone(), true),
            ("its channel", Filter { channels: of(&channel), ..everything.clone() }, true),
            (
                "one of two",
                Filter { channels: [of(&other), of(&channel)].concat(), ..everything.clone() },
                true,
            ),
            ("another channel", Filter { channels: of(&other), ..everything.clone() }, false),
            ("its campaign", Filter { campaigns: vec!["spring".into()], ..everything.clone() }, true),
            ("no campaign", Filter { campaigns: vec!["".into()], ..everything.clone() }, false),
            ("its country", Filter { country: Some(*b"HK"), ..everything.clone() }, true),
            ("its kind", Filter { kind: Some(Kind::Sms), ..everything.clone() }, true),
            (
                "the other direction",
                Filter { direction: Some(Direction::Inbound), ..everything.clone() },
                false,
            ),
        ];
        let dimensions = Dimensions {
            channel,
            direction: Some(Direction::Outbound),
            kind: Some(Kind::Sms),
            country: Some(*b"HK"),
            campaign: "spring",
        };
        for (name, filter, want) in table {
            assert_eq!(filter.admits(&dimensions), want, "{name}");
            assert_eq!(
                filter.admits(&Dimensions::default()),
                name == "everything" || name == "no campaign",
                "{name}: nothing"
            );
        }
    }
}
