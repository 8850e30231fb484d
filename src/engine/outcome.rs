//! Outcomes: what became of one event (RULES, section 5).

use crate::domain::decide::Refusal;
use crate::domain::identity::{Taken, Verdict};
use crate::domain::money::Money;
use crate::domain::record::Lack;

/// One event's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Charged {
        amount: Money,
        seq: u64,
    },
    /// Kept with amount 0, its id is burnt: an admitted inbound message that was blocked for this, or a status that
    /// changes nothing.
    Recorded(Option<Lack>),
    Refused(Lack),
    Duplicate(Verdict),
    Conflict,
    Invalid(Rejection),
    Unavailable(Absence),
}

/// An outcome in two integers, as it is kept until it is durable.
///
/// It is handed on in registers: a move through memory reads widely what was just written in parts, which waits for every
/// write before it, and those wait for memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackedOutcome {
    amount: i64,
    /// From the highest byte on what it is, of which kind, and the entry.
    rest: u64,
}

impl PackedOutcome {
    /// Reads some of it, to have it brought from memory.
    pub fn look(&self) -> u64 {
        self.rest
    }
}

const SEQ_BITS: u32 = 48;
const CHARGED: u64 = 0;
const RECORDED: u64 = 1;
const REFUSED: u64 = 2;
const DUPLICATE: u64 = 3;
const CONFLICT: u64 = 4;
const INVALID: u64 = 5;
const UNAVAILABLE: u64 = 6;

/// Why an event cannot be one, found when it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    TooOld,
    InTheFuture,
    NoRate,
    /// The balance would leave the range that money has.
    OutOfRange,
}

/// Why nothing can be decided now; the same may be sent again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// A rule failed on this wallet; it is set aside until the engine is started again.
    Quarantined,
    Stopping,
}

impl Outcome {
    /// What a refused event of a message ends as.
    pub fn refused(refusal: Refusal) -> Outcome {
        match refusal {
            Refusal::Lack(lack) => Outcome::Refused(lack),
            Refusal::TooOld => Outcome::Invalid(Rejection::TooOld),
            Refusal::InTheFuture => Outcome::Invalid(Rejection::InTheFuture),
            Refusal::NoRate => Outcome::Invalid(Rejection::NoRate),
            // The rest is never said of an event.
            _ => Outcome::Invalid(Rejection::OutOfRange),
        }
    }

    /// What an event that burns its id ends as.
    pub fn taken(verdict: Verdict) -> Outcome {
        match verdict.outcome {
            Taken::Posted => Outcome::Charged { amount: verdict.amount, seq: verdict.seq },
            Taken::BlockedSuspended => Outcome::Recorded(Some(Lack::Suspended)),
            Taken::BlockedInsufficientBalance => Outcome::Recorded(Some(Lack::InsufficientBalance)),
            Taken::Kept | Taken::Early => Outcome::Recorded(None),
        }
    }
}

impl From<Outcome> for PackedOutcome {
    #[inline]
    fn from(outcome: Outcome) -> PackedOutcome {
        let (what, kind, amount, seq) = match outcome {
            Outcome::Charged { amount, seq } => (CHARGED, 0, amount, seq),
            Outcome::Recorded(lack) => (RECORDED, lack.map_or(0, |lack| lack as u64), Money::ZERO, 0),
            Outcome::Refused(lack) => (REFUSED, lack as u64, Money::ZERO, 0),
            Outcome::Duplicate(Verdict { outcome, amount, seq }) => (DUPLICATE, outcome as u64, amount, seq),
            Outcome::Conflict => (CONFLICT, 0, Money::ZERO, 0),
            Outcome::Invalid(rejection) => (INVALID, rejection as u64, Money::ZERO, 0),
            Outcome::Unavailable(absence) => (UNAVAILABLE, absence as u64, Money::ZERO, 0),
        };
        assert!(seq < 1 << SEQ_BITS, "a wallet has fewer than 2^48 entries");
        PackedOutcome { amount: amount.nanos(), rest: what << 56 | kind << SEQ_BITS | seq }
    }
}

impl From<PackedOutcome> for Outcome {
    fn from(packed: PackedOutcome) -> Outcome {
        let PackedOutcome { amount, rest } = packed;
        let (kind, seq) = ((rest >> SEQ_BITS) as u8, rest & ((1 << SEQ_BITS) - 1));
        let amount = Money::from_nanos(amount);
        let lack = [Lack::Suspended, Lack::InsufficientBalance, Lack::NumberReleased]
            .into_iter()
            .find(|lack| *lack as u8 == kind);
        match rest >> 56 {
            CHARGED => Outcome::Charged { amount, seq },
            RECORDED => Outcome::Recorded(lack),
            REFUSED => Outcome::Refused(lack.expect("a refusal was packed with its lack")),
            DUPLICATE => {
                let outcome = Taken::from_byte(kind).expect("a repeat was packed with its first outcome");
                Outcome::Duplicate(Verdict { outcome, amount, seq })
            }
            CONFLICT => Outcome::Conflict,
            INVALID => Outcome::Invalid(match kind {
                0 => Rejection::TooOld,
                1 => Rejection::InTheFuture,
                2 => Rejection::NoRate,
                _ => Rejection::OutOfRange,
            }),
            _ => Outcome::Unavailable(if kind == 0 { Absence::Quarantined } else { Absence::Stopping }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_what_it_was_before_it_was_packed() {
        let lacks = [Lack::Suspended, Lack::InsufficientBalance, Lack::NumberReleased];
        let taken = [
            Taken::Posted,
            Taken::BlockedSuspended,
            Taken::BlockedInsufficientBalance,
            Taken::Kept,
            Taken::Early,
        ];
        let rejections =
            [Rejection::TooOld, Rejection::InTheFuture, Rejection::NoRate, Rejection::OutOfRange];
        let mut outcomes = vec![Outcome::Recorded(None), Outcome::Conflict];
        outcomes
            .extend(lacks.iter().flat_map(|lack| [Outcome::Recorded(Some(*lack)), Outcome::Refused(*lack)]));
        outcomes.extend(rejections.map(Outcome::Invalid));
        outcomes.extend([Absence::Quarantined, Absence::Stopping].map(Outcome::Unavailable));
        for amount in [i64::MIN, -1, 0, 1, i64::MAX].map(Money::from_nanos) {
            for seq in [0, 1, (1 << SEQ_BITS) - 1] {
                outcomes.push(Outcome::Charged { amount, seq });
                outcomes.extend(taken.map(|outcome| Outcome::Duplicate(Verdict { outcome, amount, seq })));
            }
        }
        for outcome in outcomes {
            assert_eq!(Outcome::from(PackedOutcome::from(outcome)), outcome);
        }
    }
}
