//! Outcomes: what became of one event (RULES, section 5).

use crate::domain::decide::Refusal;
use crate::domain::identity::Verdict;
use crate::domain::money::Money;
use crate::domain::record::Lack;

/// One event's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Charged {
        amount: Money,
        seq: u64,
    },
    /// An admitted inbound message that was blocked: amount 0, its id is burnt.
    Recorded(Lack),
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
            Refusal::OutOfRange | Refusal::TermsFixed => Outcome::Invalid(Rejection::OutOfRange),
        }
    }
}
