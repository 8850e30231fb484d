//! What is going to be sent, and what it may come to: what holds and quotes have in common.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use crate::domain::address::Address;
use crate::domain::event::{
    Carrier, Direction, Encoding, Kind, Message, UNITS_MAX, Units, channel_fits, peer_fits,
};
use crate::domain::money::Money;
use crate::domain::rating::{Likeness, Range, Ranges, range};
use crate::domain::segments::{self, Header};
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{Prefix, Version};
use crate::engine::directory::Rented;

/// Most messages of one hold or quote that are named one by one.
const MESSAGES_MAX: usize = 100_000;
/// Most recipients of one prefix.
const RECIPIENTS_MAX: u32 = 10_000_000;

/// What is going to be sent: `messages` one by one, or so many alike by the prefixes of their `recipients`.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Each that is going to be sent; up to 100,000. No other field of what is sent stands beside it.
    messages: Option<Vec<PlannedMessage>>,
    /// What all of them are sent from; or `sender_type`.
    #[schema(example = "+14155550100")]
    channel: Option<String>,
    /// `local`, `mobile`, `toll_free`, `short_code` or `alphanumeric`; by default as what the channel is rented, else told from it.
    #[schema(example = "local")]
    sender_type: Option<String>,
    /// `sms` or `mms`.
    #[schema(example = "sms")]
    kind: Option<String>,
    /// Of each SMS, 1 to 255; an MMS is one unit.
    #[schema(minimum = 1, maximum = 255, example = 2)]
    segments: Option<u32>,
    /// How many go to numbers that begin so, 1 to 10,000,000 of each prefix.
    #[serde(default, deserialize_with = "each_once")]
    #[schema(example = json!({"+1": 1000, "+44": 20}))]
    recipients: Option<BTreeMap<String, u32>>,
    /// What it is for, at most 128 bytes. Says nothing to a quote.
    #[schema(example = "spring")]
    pub campaign: Option<String>,
    /// When what is left of the hold is free again, up to 90 days; 72 hours by default. Says nothing to a quote.
    #[schema(minimum = 1, maximum = 7_776_000, example = 3_600)]
    pub expires_in_seconds: Option<u32>,
}

/// A message that is going to be sent.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedMessage {
    /// What it is sent from.
    #[schema(example = "+14155550100")]
    channel: String,
    /// An E.164 number.
    #[schema(example = "+85291234567")]
    peer: String,
    /// `sms` or `mms`.
    #[schema(example = "sms")]
    kind: String,
    /// Of an SMS, where `segments` are not given. Counted, never kept; where both are given, the larger count is set
    /// aside.
    #[schema(example = "hi")]
    text: Option<String>,
    /// Of an SMS, 1 to 255.
    #[schema(minimum = 1, maximum = 255)]
    segments: Option<u32>,
    /// With `segments`: `GSM-7` or `UCS-2`.
    encoding: Option<String>,
    /// By default as what the channel is rented, else told from it.
    sender_type: Option<String>,
    /// MCC and MNC, 5 or 6 digits. Where it is not known, each that the tariff names is reckoned with.
    carrier: Option<String>,
}

/// What a wallet's messages are priced by.
#[derive(Clone, Copy)]
pub struct Prices<'a> {
    /// `None`: none is in effect.
    pub version: Option<&'a Version>,
    /// The numbers that it rents.
    pub rented: Option<&'a Rented>,
}

impl Prices<'_> {
    /// As what the channel is rented, else what it tells itself (RULES, section 4).
    fn sender_type(&self, channel: &Address) -> SenderType {
        let rented = self.rented.and_then(|rented| rented.get(channel)).copied();
        rented.unwrap_or_else(|| SenderType::of_channel(channel))
    }
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    pub messages: u64,
    pub segments: u64,
    pub cost: Range,
}

impl Plan {
    /// What all of it may cost.
    pub fn sum(&self, prices: Prices<'_>) -> Result<Sum, Problem> {
        match (&self.messages, &self.recipients) {
            (Some(messages), None) => {
                self.nothing_beside_messages()?;
                sum_of_messages(messages, prices)
            }
            (None, Some(recipients)) => self.sum_of_recipients(recipients, prices),
            (Some(_), Some(_)) => {
                Err(Problem::bad_field("recipients", "either messages or recipients, not both"))
            }
            (None, None) => Err(Problem::bad_field("messages", "either messages or recipients are needed")),
        }
    }

    fn nothing_beside_messages(&self) -> Result<(), Problem> {
        let beside = [
            ("channel", self.channel.is_some()),
            ("sender_type", self.sender_type.is_some()),
            ("kind", self.kind.is_some()),
            ("segments", self.segments.is_some()),
        ];
        match beside.into_iter().find(|(_, given)| *given) {
            Some((field, _)) => Err(Problem::bad_field(field, "with messages, each of them says it itself")),
            None => Ok(()),
        }
    }

    fn likeness(&self, prices: Prices<'_>) -> Result<Likeness, Problem> {
        let kind = self.kind.as_deref().ok_or_else(|| missing("kind"))?;
        let kind = word("kind", Some(kind), Kind::parse, KINDS)?.unwrap_or(Kind::Sms);
        let channel = self.channel.as_deref().map(|channel| address("channel", channel)).transpose()?;
        let sender_type = word("sender_type", self.sender_type.as_deref(), SenderType::parse, SENDER_TYPES)?;
        let sender_type = sender_type.or_else(|| channel.map(|channel| prices.sender_type(&channel)));
        let sender_type = sender_type.ok_or_else(|| missing("channel"))?;
        let segments = match (kind, self.segments) {
            (Kind::Sms, Some(segments)) => units("segments", segments)?,
            (Kind::Sms, None) => return Err(missing("segments")),
            (Kind::Mms, None | Some(1)) => 1,
            (Kind::Mms, Some(_)) => return Err(Problem::bad_field("segments", "an MMS is one unit")),
        };
        Ok(Likeness { kind, sender_type, segments })
    }

    fn sum_of_recipients(
        &self,
        recipients: &BTreeMap<String, u32>,
        prices: Prices<'_>,
    ) -> Result<Sum, Problem> {
        let likeness = self.likeness(prices)?;
        if recipients.is_empty() {
            return Err(Problem::bad_field("recipients", "empty"));
        }
        let field = |prefix: &str| format!("recipients.{prefix}");
        let mut groups = Vec::with_capacity(recipients.len());
        for (text, count) in recipients {
            let prefix = text.strip_prefix('+').filter(|digits| *digits != "*").and_then(Prefix::parse);
            let wanted = "a prefix is + and 1 to 15 digits, such as +44";
            groups.push((text, prefix.ok_or_else(|| Problem::bad_field(field(text), wanted))?, *count));
            if !(1..=RECIPIENTS_MAX).contains(count) {
                return Err(Problem::bad_field(field(text), format!("not 1 to {RECIPIENTS_MAX}")));
            }
        }
        let ranges = prices.version.map(|version| Ranges::new(version, likeness));
        let mut sum = Sum::NOTHING;
        for (text, prefix, count) in groups {
            let range = ranges.as_ref().and_then(|ranges| ranges.of(prefix));
            let range = range.ok_or_else(|| Problem::no_rate(field(text)))?;
            let more = range.times(count);
            let segments = u64::from(likeness.segments) * u64::from(count);
            sum = sum.plus(count.into(), segments, more).ok_or_else(|| too_much("recipients"))?;
        }
        Ok(sum)
    }
}

fn sum_of_messages(messages: &[PlannedMessage], prices: Prices<'_>) -> Result<Sum, Problem> {
    if messages.is_empty() {
        return Err(Problem::bad_field("messages", "empty"));
    }
    if messages.len() > MESSAGES_MAX {
        return Err(Problem::bad_field("messages", format!("more than {MESSAGES_MAX}")));
    }
    let mut sum = Sum::NOTHING;
    for (place, planned) in messages.iter().enumerate() {
        let field = format!("messages[{place}]");
        let message = planned.checked(prices).map_err(|problem| problem.within(&field))?;
        let cost = prices.version.and_then(|version| range(version, &message));
        let cost = cost.ok_or_else(|| Problem::no_rate(field))?;
        let Units { billed, counted, .. } = message.units;
        let segments = billed.max(counted.unwrap_or(billed));
        sum = sum.plus(1, segments.into(), Some(cost)).ok_or_else(|| too_much("messages"))?;
    }
    Ok(sum)
}

impl Sum {
    const NOTHING: Sum =
        Sum { messages: 0, segments: 0, cost: Range { low: Money::ZERO, high: Money::ZERO } };

    fn plus(self, messages: u64, segments: u64, cost: Option<Range>) -> Option<Sum> {
        Some(Sum {
            messages: self.messages.checked_add(messages)?,
            segments: self.segments.checked_add(segments)?,
            cost: self.cost.plus(cost?)?,
        })
    }
}

impl PlannedMessage {
    /// The message as far as its price goes; what is wrong with it is told by its own fields.
    fn checked(&self, prices: Prices<'_>) -> Result<Message, Problem> {
        let direction = Direction::Outbound;
        let (channel, peer) = (address("channel", &self.channel)?, address("peer", &self.peer)?);
        if !channel_fits(direction, channel.kind()) || !peer_fits(direction, peer.kind()) {
            return Err(Problem::bad_field("peer", "messages go out to E.164 numbers only"));
        }
        let kind = word("kind", Some(&self.kind), Kind::parse, KINDS)?.unwrap_or(Kind::Sms);
        let sender_type = word("sender_type", self.sender_type.as_deref(), SenderType::parse, SENDER_TYPES)?;
        let sender_type = sender_type.unwrap_or_else(|| prices.sender_type(&channel));
        let carrier =
            word("carrier", self.carrier.as_deref(), Carrier::parse, "not MCC and MNC, 5 or 6 digits")?;
        let units = match kind {
            Kind::Sms => self.units_of_sms(Header::for_message(sender_type, &peer))?,
            Kind::Mms => self.units_of_mms()?,
        };
        Ok(Message { direction, kind, channel, peer, units, sender_type, carrier })
    }

    fn units_of_sms(&self, header: Header) -> Result<Units, Problem> {
        let counted = self.text.as_deref().map(|text| segments::count(text, header).units);
        let counted = counted.map(|count| units("text", count)).transpose()?;
        let told = self.segments.map(|segments| units("segments", segments)).transpose()?;
        let encoding =
            word("encoding", self.encoding.as_deref(), Encoding::parse, "not one of GSM-7, UCS-2")?;
        if encoding.is_some() && told.is_none() {
            return Err(missing("segments"));
        }
        let billed = told.or(counted).ok_or_else(|| missing("text"))?;
        Ok(Units { billed, counted, encoding })
    }

    fn units_of_mms(&self) -> Result<Units, Problem> {
        let given = [("segments", self.segments.is_some()), ("encoding", self.encoding.is_some())];
        match given.into_iter().find(|(_, given)| *given) {
            Some((field, _)) => Err(Problem::bad_field(field, "an MMS is one unit and has none")),
            None => Ok(Units { billed: 1, counted: None, encoding: None }),
        }
    }
}

const KINDS: &str = "not one of sms, mms";
const SENDER_TYPES: &str = "not one of local, mobile, toll_free, short_code, alphanumeric";

fn missing(field: &'static str) -> Problem {
    Problem::bad_field(field, "missing")
}

fn too_much(field: &'static str) -> Problem {
    Problem::bad_field(field, "what they come to is out of the range of amounts")
}

fn units(field: &'static str, count: u32) -> Result<u8, Problem> {
    let units = u8::try_from(count).ok().filter(|units| (1..=UNITS_MAX).contains(units));
    units.ok_or_else(|| Problem::bad_field(field, format!("not 1 to {UNITS_MAX} segments")))
}

fn address(field: &'static str, text: &str) -> Result<Address, Problem> {
    Address::parse(text).map_err(|error| Problem::bad_field(field, error.to_string()))
}

fn word<T>(
    field: &'static str,
    given: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    wanted: &'static str,
) -> Result<Option<T>, Problem> {
    given.map(|given| parse(given).ok_or_else(|| Problem::bad_field(field, wanted))).transpose()
}

/// A map of which no key comes twice: the second count would silently take the place of the first.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeMap<String, u32>>, D::Error> {
    struct Counts;

    impl<'de> Visitor<'de> for Counts {
        type Value = Option<BTreeMap<String, u32>>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object of prefixes and how many recipients each has")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut counts = BTreeMap::new();
            while let Some(prefix) = map.next_key::<String>()? {
                let count = map.next_value()?;
                match counts.entry(prefix) {
                    Entry::Vacant(place) => drop(place.insert(count)),
                    Entry::Occupied(known) => {
                        return Err(A::Error::custom(format!("the prefix {} comes twice", known.key())));
                    }
                }
            }
            Ok(Some(counts))
        }
    }

    deserializer.deserialize_any(Counts)
}

#[cfg(test)]
mod tests;
