//! What entries count as in usage (RULES, section 13): their type, and what they are counted under.

use super::address::Address;
use super::event::{Direction, Event, Happening, Kind, words};
use super::record::{Cause, NumberFee, Origin};

/// What kind of change an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EntryType {
    /// A message, with its carrier fee.
    Charge = 1,
    /// A carrier's charge that no rate foresees.
    CarrierFee = 2,
    NumberFee = 3,
    HoldSettlement = 4,
    Refund = 5,
    FailureFee = 6,
    Recharge = 7,
    FailureFeeReturn = 8,
    /// What a message should have cost less what it did.
    Correction = 9,
    TopUp = 16,
    PaymentRefund = 17,
    Dispute = 18,
    DisputeReinstated = 19,
    Adjustment = 20,
}

words!(EntryType {
    Charge = "charge",
    CarrierFee = "carrier_fee",
    NumberFee = "number_fee",
    HoldSettlement = "hold_settlement",
    Refund = "refund",
    FailureFee = "failure_fee",
    Recharge = "recharge",
    FailureFeeReturn = "failure_fee_return",
    Correction = "correction",
    TopUp = "top_up",
    PaymentRefund = "payment_refund",
    Dispute = "dispute",
    DisputeReinstated = "dispute_reinstated",
    Adjustment = "adjustment"
});

impl EntryType {
    pub fn of(cause: &Cause<'_>) -> EntryType {
        match cause {
            Cause::Message { .. } => EntryType::Charge,
            Cause::CarrierFee { .. } => EntryType::CarrierFee,
            Cause::Adjustment(_) => EntryType::Adjustment,
            Cause::NumberFee(_) => EntryType::NumberFee,
            Cause::TopUp { .. } => EntryType::TopUp,
            Cause::PaymentRefund { .. } => EntryType::PaymentRefund,
            Cause::Dispute { .. } => EntryType::Dispute,
            Cause::DisputeReinstated { .. } => EntryType::DisputeReinstated,
            Cause::HoldSettlement { .. } => EntryType::HoldSettlement,
            Cause::Refund { .. } => EntryType::Refund,
            Cause::FailureFee { .. } => EntryType::FailureFee,
            Cause::Recharge { .. } => EntryType::Recharge,
            Cause::FailureFeeReturn { .. } => EntryType::FailureFeeReturn,
            Cause::Correction(_) => EntryType::Correction,
        }
    }

    /// Whether it is credit used; everything else is credit added, or taken back.
    pub fn is_usage(self) -> bool {
        match self {
            EntryType::Charge
            | EntryType::CarrierFee
            | EntryType::NumberFee
            | EntryType::HoldSettlement
            | EntryType::Refund
            | EntryType::FailureFee
            | EntryType::Recharge
            | EntryType::FailureFeeReturn
            | EntryType::Correction => true,
            EntryType::TopUp
            | EntryType::PaymentRefund
            | EntryType::Dispute
            | EntryType::DisputeReinstated
            | EntryType::Adjustment => false,
        }
    }
}

/// Which of its two times an entry is counted at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Axis {
    /// When it happened.
    #[default]
    Occurred = 1,
    /// When it was posted: on this axis usage agrees with the balance.
    Posted = 2,
}

words!(Axis { Occurred = "occurred", Posted = "posted" });

/// What an entry is counted under beside its day; what does not apply to it is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimensions<'a> {
    pub channel: Option<Address>,
    pub direction: Option<Direction>,
    pub kind: Option<Kind>,
    /// ISO 3166.
    pub country: Option<[u8; 2]>,
    /// Empty where there is none.
    pub campaign: &'a str,
}

impl<'a> Dimensions<'a> {
    pub fn of(cause: &Cause<'a>) -> Dimensions<'a> {
        match cause {
            Cause::Message { event, price } => Dimensions::of_event(event, price.rated.country),
            Cause::CarrierFee { event } => Dimensions::of_event(event, None),
            Cause::NumberFee(NumberFee { number, .. }) => {
                Dimensions { channel: Some(*number), ..Dimensions::default() }
            }
            // Those of rows from before origins were kept are counted under nothing.
            Cause::Refund { origin, .. }
            | Cause::FailureFee { origin, .. }
            | Cause::Recharge { origin, .. }
            | Cause::FailureFeeReturn { origin, .. } => {
                origin.as_ref().map_or_else(Dimensions::default, Dimensions::of_origin)
            }
            Cause::Correction(correction) => Dimensions::of_origin(&correction.origin),
            Cause::Adjustment(_)
            | Cause::TopUp { .. }
            | Cause::PaymentRefund { .. }
            | Cause::Dispute { .. }
            | Cause::DisputeReinstated { .. }
            | Cause::HoldSettlement { .. } => Dimensions::default(),
        }
    }

    pub fn of_origin(origin: &Origin<'a>) -> Dimensions<'a> {
        let Origin { channel, direction, kind, country, campaign, .. } = *origin;
        Dimensions { channel: Some(channel), direction: Some(direction), kind: Some(kind), country, campaign }
    }

    fn of_event(event: &Event<'a>, country: Option<[u8; 2]>) -> Dimensions<'a> {
        let campaign = event.campaign;
        match event.happening {
            Happening::Message(message) => Dimensions {
                channel: Some(message.channel),
                direction: Some(message.direction),
                kind: Some(message.kind),
                country,
                campaign,
            },
            Happening::CarrierFee { channel, .. } => {
                Dimensions { channel, campaign, ..Dimensions::default() }
            }
            Happening::Status(_) => Dimensions { campaign, ..Dimensions::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_bytes_of_types_and_axes_read_back() {
        for kind in EntryType::ALL {
            assert_eq!(EntryType::parse(kind.as_str()), Some(*kind));
            assert_eq!(EntryType::from_byte(*kind as u8), Some(*kind));
        }
        for axis in Axis::ALL {
            assert_eq!(Axis::parse(axis.as_str()), Some(*axis));
        }
    }
}
