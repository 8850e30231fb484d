//! Outcomes: what became of one event (RULES, section 5).

use crate::domain::decide::Refusal;
use crate::domain::identity::{Taken, Verdict};
use crate::domain::money::Money;
use crate::domain::record::Lack;

/// One event's outcome.
///
/// Its first part is written as widely as it is read when it is moved: a wide read of what was just written in narrow parts
/// waits for every write before it, and those wait for memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
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
