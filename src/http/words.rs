//! The words of outcomes: what the answer to a request and a look-up call the same thing.

use crate::domain::identity::Taken;
use crate::domain::record::Lack;
use crate::engine::outcome::{Absence, Rejection};

pub const CHARGED: &str = "charged";
pub const RECORDED: &str = "recorded";

/// Why an event was taken without being charged; `None` where it was charged, and where a status changes nothing.
pub fn of_taken(taken: Taken) -> Option<&'static str> {
    match taken {
        Taken::Posted | Taken::Kept | Taken::Early => None,
        Taken::BlockedSuspended => Some(of_lack(Lack::Suspended)),
        Taken::BlockedInsufficientBalance => Some(of_lack(Lack::InsufficientBalance)),
    }
}

pub fn of_lack(lack: Lack) -> &'static str {
    match lack {
        Lack::Suspended => "suspended",
        Lack::InsufficientBalance => "insufficient_balance",
        Lack::NumberReleased => "number_released",
    }
}

pub fn of_absence(absence: Absence) -> &'static str {
    match absence {
        Absence::Quarantined => "quarantined",
        Absence::Stopping => "stopping",
    }
}

/// Code, field and detail of an event that was read, but is invalid where its wallet lives.
pub fn of_rejection(rejection: Rejection) -> (&'static str, Option<&'static str>, &'static str) {
    match rejection {
        Rejection::TooOld => ("too_old", Some("time"), "it happened longer ago than is still taken"),
        Rejection::InTheFuture => {
            ("in_the_future", Some("time"), "it is more than 5 minutes ahead of the clock")
        }
        Rejection::NoRate => {
            ("no_rate", None, "the wallet's tariff has no rate for such a message at that time")
        }
        Rejection::OutOfRange => ("out_of_range", None, "the balance would leave the range of amounts"),
    }
}

/// An entry's number, where one was posted.
pub fn seq(seq: u64) -> Option<u64> {
    (seq > 0).then_some(seq)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::traffic::{ABSENCES, FAULTS, LACKS};

    #[test]
    fn the_metrics_call_things_what_the_interface_does() {
        assert_eq!(LACKS, [Lack::Suspended, Lack::InsufficientBalance, Lack::NumberReleased].map(of_lack));
        assert_eq!(ABSENCES, [Absence::Quarantined, Absence::Stopping].map(of_absence));
        let rejections =
            [Rejection::TooOld, Rejection::InTheFuture, Rejection::NoRate, Rejection::OutOfRange];
        assert_eq!(FAULTS[..4], rejections.map(|rejection| of_rejection(rejection).0));
    }
}
