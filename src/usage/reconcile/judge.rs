//! How a row and a message differ, and what would set it right: always from what the message has come to by now.

use super::file::Theirs;
use super::mapping::Mapping;
use super::ours::Ours;
use super::report::Class;
use super::standing::{Adjusted, Standing};
use crate::domain::event::{FinalStatus, Kind};
use crate::domain::money::{Money, Total};
use crate::domain::record::Price;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub class: Class,
    /// What the message has come to by now, adjustments included; `None` where nothing depends on it.
    pub by_now: Option<Total>,
    /// An adjustment that would set it right; positive gives money back.
    pub proposed: Option<Money>,
    /// For a person.
    pub reason: String,
}

impl Judged {
    pub fn without_proposal(class: Class, reason: impl Into<String>) -> Judged {
        Judged { class, by_now: None, proposed: None, reason: reason.into() }
    }

    /// What would have a message come to `should` that has come to `by_now`.
    fn from_to(class: Class, by_now: i128, should: i128, reason: String) -> Judged {
        let amount = i64::try_from(by_now - should).ok().filter(|nanos| *nanos != 0);
        Judged { class, by_now: Some(Total(by_now)), proposed: amount.map(Money::from_nanos), reason }
    }
}

/// A row and its message: of several differences the first. `standing` is asked for where something depends on it.
pub fn pair<E>(
    theirs: &Theirs,
    ours: &Ours,
    mapping: &Mapping,
    adjusted: Adjusted,
    standing: impl FnOnce() -> Result<Standing, E>,
) -> Result<Judged, E> {
    let counts = ours.kind == Kind::Sms;
    if let Some(segments) = theirs.segments.filter(|segments| counts && *segments != ours.units) {
        return Ok(other_segments(segments, ours, adjusted, standing()?));
    }
    let their_price = theirs.price.filter(|_| mapping.compare_price).map(|price| i128::from(price.nanos()));
    let first = i128::from(ours.total.nanos());
    if adjusted.amount != 0 || their_price.is_some_and(|price| price != first) {
        let Standing { cost, .. } = standing()?;
        let by_now = cost - adjusted.amount;
        match their_price {
            Some(price) if price == by_now => {}
            Some(price) if price != first && price != cost => {
                let reason = "their price is another: no amount is proposed".to_owned();
                return Ok(Judged {
                    by_now: Some(Total(by_now)),
                    ..Judged::without_proposal(Class::OtherPrice, reason)
                });
            }
            // It is what was charged: refunds and corrections are entries of their own.
            _ if adjusted.amount == 0 => {}
            _ => {
                let reason = format!(
                    "it is alike on both sides, but was adjusted by {} (entry {})",
                    Total(adjusted.amount),
                    adjusted.seq
                );
                return Ok(Judged::from_to(Class::Adjusted, by_now, cost, reason));
            }
        }
    }
    if let Some(status) = theirs.status.filter(|status| Some(*status) != ours.status) {
        let known = ours.status.map_or("none", FinalStatus::as_str);
        let reason = format!("it ended {} there, here as {known}: report its status", status.as_str());
        return Ok(Judged::without_proposal(Class::OtherStatus, reason));
    }
    Ok(Judged::without_proposal(Class::Matched, ""))
}

fn other_segments(segments: u8, ours: &Ours, adjusted: Adjusted, standing: Standing) -> Judged {
    let Standing { cost, is_returned, price } = standing;
    // What was returned costs what the failure policy left, whatever its segments.
    let should = if is_returned { cost } else { each(&price, ours.units) * i128::from(segments) };
    let by_now = cost - adjusted.amount;
    let mut reason = format!("{} segments were charged, they count {segments}", ours.units);
    if by_now == should {
        let settled =
            if is_returned { "; it failed and was returned" } else { "; it has come to that by now" };
        reason.push_str(settled);
    }
    Judged::from_to(Class::OtherSegments, by_now, should, reason)
}

/// What one segment costs with its fee: fees are by segment for SMS, so they divide without a rest.
fn each(price: &Price, units: u8) -> i128 {
    let nanos = |amount: Money| i128::from(amount.nanos());
    nanos(price.rated.unit_price) + nanos(price.rated.carrier_fee) / i128::from(units.max(1))
}

/// A message that the file does not have; `uncovered` is why it may lie outside of what the file is about.
pub fn missing_there(adjusted: Adjusted, standing: Standing, uncovered: Option<String>) -> Judged {
    let Standing { cost, is_returned, .. } = standing;
    let by_now = cost - adjusted.amount;
    let should = if is_returned { cost } else { 0 };
    let class = Class::MissingThere;
    let without =
        |reason: String| Judged { by_now: Some(Total(by_now)), ..Judged::without_proposal(class, reason) };
    if let Some(why) = uncovered {
        return without(format!("nothing is proposed: {why}"));
    }
    if by_now <= should {
        let why = if is_returned { "it failed and was returned" } else { "nothing is left to be given back" };
        return without(format!("the provider did not charge for it: {why}"));
    }
    let reason = "the provider did not charge for it: what it has come to may be given back".to_owned();
    Judged::from_to(class, by_now, should, reason)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::domain::address::Address;
    use crate::domain::event::Direction;
    use crate::domain::identity::Key;
    use crate::domain::rating::Rated;
    use crate::domain::record::VersionId;
    use crate::domain::samples::{NOW, money};

    /// Two segments at 0.013 each.
    fn ours(status: Option<FinalStatus>) -> Ours {
        let (unit_price, carrier_fee) = (money("0.01"), money("0.006"));
        let rated = Rated {
            rate_row: 0,
            fee_row: Some(0),
            unit_price,
            price: money("0.02"),
            carrier_fee,
            country: None,
        };
        Ours {
            seq: 7,
            key: Key(1),
            source: "".into(),
            id: "m-1".into(),
            occurred_at: NOW,
            channel: Address::parse("+14155550100").unwrap(),
            direction: Direction::Outbound,
            kind: Kind::Sms,
            units: 2,
            total: rated.total(),
            price: Price { version: VersionId(0), rated },
            status,
        }
    }

    fn nanos(text: &str) -> i128 {
        i128::from(money(text).nanos())
    }

    /// What is found where the message costs `cost` and was adjusted by so much.
    fn judged(
        theirs: &Theirs,
        mapping: &str,
        cost: &str,
        is_returned: bool,
        adjusted: &str,
    ) -> (Class, Option<Money>) {
        let ours = ours(Some(FinalStatus::Delivered));
        let standing = Standing { cost: nanos(cost), is_returned, price: ours.price };
        let adjusted = Adjusted { amount: nanos(adjusted), seq: 9 };
        let mapping = Mapping::named(mapping).unwrap();
        let Ok(judged) = pair(theirs, &ours, &mapping, adjusted, || Ok::<_, Infallible>(standing));
        (judged.class, judged.proposed)
    }

    #[test]
    fn of_several_differences_the_first_counts() {
        let delivered = Some(FinalStatus::Delivered);
        let failed = Some(FinalStatus::Failed);
        let table = [
            (Some(2), None, delivered, Class::Matched, None),
            (None, None, None, Class::Matched, None),
            (Some(1), None, failed, Class::OtherSegments, Some("0.013")),
            (Some(3), None, delivered, Class::OtherSegments, Some("-0.013")),
            (Some(2), Some("0.02"), failed, Class::OtherPrice, None),
            (Some(2), Some("0.026"), failed, Class::OtherStatus, None),
            // Nothing final is known there.
            (Some(2), Some("0.026"), None, Class::Matched, None),
        ];
        for (segments, price, status, want, proposed) in table {
            let theirs = Theirs { segments, price: price.map(money), status, ..Theirs::default() };
            let found = judged(&theirs, "farebox", "0.026", false, "0");
            assert_eq!(found, (want, proposed.map(money)), "{theirs:?}");
        }
        let dearer = Theirs { segments: Some(2), price: Some(money("9")), ..Theirs::default() };
        assert_eq!(
            judged(&dearer, "twilio", "0.026", false, "0").0,
            Class::Matched,
            "their price is our cost"
        );
    }

    #[test]
    fn a_proposal_starts_from_what_the_message_has_come_to() {
        let of = |segments, price: Option<&str>| {
            let price = price.map(money);
            Theirs {
                segments: Some(segments),
                price,
                status: Some(FinalStatus::Delivered),
                ..Theirs::default()
            }
        };
        let table = [
            // Adjusted once for what they count: nothing more.
            (of(1, None), "twilio", "0.026", false, "0.013", Class::OtherSegments, None),
            (of(3, None), "twilio", "0.026", false, "-0.013", Class::OtherSegments, None),
            // Adjusted by half of it, or by too much.
            (of(1, None), "twilio", "0.026", false, "0.01", Class::OtherSegments, Some("0.003")),
            (of(1, None), "twilio", "0.026", false, "0.026", Class::OtherSegments, Some("-0.013")),
            // It failed: its segments change nothing, and what was adjusted before is undone.
            (of(1, None), "twilio", "0.001", true, "0", Class::OtherSegments, None),
            (of(3, None), "twilio", "0", true, "-0.013", Class::OtherSegments, Some("0.013")),
            // Given back when it was missing there, and then it came.
            (of(2, None), "twilio", "0.026", false, "0.026", Class::Adjusted, Some("-0.026")),
            (of(2, Some("0.026")), "farebox", "0.026", false, "0.026", Class::Adjusted, Some("-0.026")),
            // Set right by hand for another price.
            (of(2, Some("0.02")), "farebox", "0.026", false, "0.006", Class::Matched, None),
            // What was charged first, what it costs after a refund, and neither.
            (of(2, Some("0.026")), "farebox", "0.001", true, "0", Class::Matched, None),
            (of(2, Some("0.001")), "farebox", "0.001", true, "0", Class::Matched, None),
            (of(2, Some("0.002")), "farebox", "0.001", true, "0", Class::OtherPrice, None),
        ];
        for (theirs, mapping, cost, is_returned, adjusted, want, proposed) in table {
            let found = judged(&theirs, mapping, cost, is_returned, adjusted);
            assert_eq!(found, (want, proposed.map(money)), "{theirs:?} at {cost}, adjusted by {adjusted}");
        }
    }

    #[test]
    fn what_is_missing_there_gives_back_what_it_has_come_to_and_no_more() {
        let uncovered = || Some("the file has rows of 2026-07-01 to 2026-07-02 only".to_owned());
        let table = [
            ("0.026", false, "0", None, Some("0.026")),
            ("0.026", false, "0.01", None, Some("0.016")),
            ("0.026", false, "0.026", None, None),
            ("0.026", false, "0.03", None, None),
            ("0.02", false, "0", None, Some("0.02")),
            ("0.001", true, "0", None, None),
            ("0.026", false, "0", uncovered(), None),
        ];
        for (cost, is_returned, adjusted, uncovered, want) in table {
            let standing = Standing { cost: nanos(cost), is_returned, price: ours(None).price };
            let adjusted = Adjusted { amount: nanos(adjusted), seq: 9 };
            let found = missing_there(adjusted, standing, uncovered.clone());
            assert_eq!(found.proposed, want.map(money), "{cost} {is_returned} {adjusted:?} {uncovered:?}");
        }
    }
}
