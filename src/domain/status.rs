//! What a message's final statuses make of its charge (RULES, section 8).
//!
//! The first final status counts. After failed or undelivered, delivered counts once more: what was returned is charged
//! again and the failure fee is returned. After delivered nothing counts. What a correction has made of the charge is
//! what is returned.

use smallvec::SmallVec;

use super::event::{Event, FinalStatus, Happening};
use super::money::Money;
use super::record::{Cause, Change, Correction, Entry, Origin, Price, Record, VersionId};
use super::tariff::FailurePolicy;
use super::time::Timestamp;

/// A message that was charged, as far as a status can change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charged<'a> {
    /// Its entry.
    pub seq: u64,
    pub version: VersionId,
    /// What it cost, carrier fee included.
    pub total: Money,
    pub origin: Origin<'a>,
}

impl<'a> Charged<'a> {
    /// From the record of a message's entry; `None` for any other record.
    pub fn of(record: &Record<'a>, posted_at: Timestamp) -> Option<Charged<'a>> {
        let Change::Entry(Entry { seq, cause: Cause::Message { event, price }, .. }) = &record.change else {
            return None;
        };
        Charged::by(*seq, event, price, posted_at)
    }

    /// The same message at what it costs since a correction: that prices it from then on.
    pub fn at(self, corrected: Option<Corrected>) -> Charged<'a> {
        match corrected {
            Some(Corrected { version, total, .. }) => Charged { version, total, ..self },
            None => self,
        }
    }

    /// From a message's event and price; `None` for any other event.
    pub fn by(seq: u64, event: &Event<'a>, price: &Price, posted_at: Timestamp) -> Option<Charged<'a>> {
        let Happening::Message(message) = &event.happening else { return None };
        let origin = Origin {
            occurred_at: event.occurred_at,
            posted_at,
            channel: message.channel,
            direction: message.direction,
            kind: message.kind,
            country: price.rated.country,
            campaign: event.campaign,
        };
        Some(Charged { seq, version: price.version, total: price.rated.total(), origin })
    }
}

/// What a message costs since its last correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The correction's entry.
    pub seq: u64,
    pub version: VersionId,
    /// Carrier fee included.
    pub total: Money,
}

impl Corrected {
    /// From a correction's entry; `None` for any other.
    pub fn by(entry: &Entry<'_>) -> Option<Corrected> {
        let Cause::Correction(Correction { price, .. }) = &entry.cause else { return None };
        Some(Corrected { seq: entry.seq, version: price.version, total: price.rated.total() })
    }
}

/// A status that counted, or waits for its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub status: FinalStatus,
    /// Empty where none was given.
    pub error_code: Box<str>,
}

/// Statuses in the order in which they counted or came: two at the most.
pub type Statuses = SmallVec<[Counted; 1]>;

/// What statuses have made of a message so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// They came before their message and wait for it.
    Early(Statuses),
    Settled {
        /// Those that counted.
        statuses: Statuses,
        /// What stands returned now.
        returned: Money,
        /// What stands charged for the failure now.
        failure_fee: Money,
        /// `None`: it costs what it cost first.
        corrected: Option<Corrected>,
    },
}

/// What a status changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Nothing,
    /// Return the charge, and charge the failure fee where it is not 0.
    Return {
        amount: Money,
        failure_fee: Money,
    },
    /// Charge again what was returned, and return the failure fee.
    ChargeAgain {
        amount: Money,
        failure_fee: Money,
    },
}

/// Whether a status still counts after those that have.
pub fn counts(before: &[Counted], status: FinalStatus) -> bool {
    match before {
        [] => true,
        [first] => first.status != FinalStatus::Delivered && status == FinalStatus::Delivered,
        _ => false,
    }
}

impl Course {
    pub fn statuses(&self) -> &Statuses {
        match self {
            Course::Early(statuses) | Course::Settled { statuses, .. } => statuses,
        }
    }

    /// What the message counts as; `None` while it is not final, or has not come.
    pub fn counts_as(&self) -> Option<FinalStatus> {
        match self {
            Course::Early(_) => None,
            Course::Settled { statuses, .. } => statuses.last().map(|counted| counted.status),
        }
    }

    /// A charged message of which no status has come.
    pub fn fresh() -> Course {
        let (returned, failure_fee) = (Money::ZERO, Money::ZERO);
        Course::Settled { statuses: Statuses::new(), returned, failure_fee, corrected: None }
    }

    /// Whether the message has failed, as far as it counts now, and its charge does not stand: also where there was
    /// nothing to return. `policy` is asked of the status that counted last.
    pub fn stands_returned(&self, policy: impl FnOnce(&Counted) -> FailurePolicy) -> bool {
        let Course::Settled { statuses, returned, .. } = self else { return false };
        let failed = statuses.last().filter(|last| last.status != FinalStatus::Delivered);
        *returned != Money::ZERO || failed.is_some_and(|failed| policy(failed) != FailurePolicy::Full)
    }

    /// The course of the message once it is corrected.
    pub fn at(self, correction: Corrected) -> Course {
        match self {
            Course::Early(_) => self,
            Course::Settled { statuses, returned, failure_fee, .. } => {
                Course::Settled { statuses, returned, failure_fee, corrected: Some(correction) }
            }
        }
    }

    /// The course after one more status, and what that changes. `policy` is asked for a message that was charged.
    pub fn after(
        &self,
        counted: Counted,
        charged: Option<&Charged<'_>>,
        policy: impl FnOnce(&Charged<'_>) -> FailurePolicy,
    ) -> (Course, Effect) {
        let mut statuses = self.statuses().clone();
        if !counts(&statuses, counted.status) {
            return (self.clone(), Effect::Nothing);
        }
        let status = counted.status;
        statuses.push(counted);
        let (returned, failure_fee, corrected) = match self {
            Course::Early(_) => return (Course::Early(statuses), Effect::Nothing),
            Course::Settled { returned, failure_fee, corrected, .. } => (*returned, *failure_fee, *corrected),
        };
        let effect = match (status, charged.map(|charged| charged.at(corrected))) {
            (_, None) => Effect::Nothing,
            (FinalStatus::Delivered, Some(_)) if returned == Money::ZERO => Effect::Nothing,
            (FinalStatus::Delivered, Some(_)) => Effect::ChargeAgain { amount: returned, failure_fee },
            (FinalStatus::Undelivered | FinalStatus::Failed, Some(charged)) => {
                failed(&charged, policy(&charged))
            }
        };
        let (returned, failure_fee) = match effect {
            Effect::Nothing => (returned, failure_fee),
            Effect::Return { amount, failure_fee } => (amount, failure_fee),
            Effect::ChargeAgain { .. } => (Money::ZERO, Money::ZERO),
        };
        (Course::Settled { statuses, returned, failure_fee, corrected }, effect)
    }
}

fn failed(charged: &Charged<'_>, policy: FailurePolicy) -> Effect {
    let amount = charged.total;
    if amount == Money::ZERO {
        return Effect::Nothing;
    }
    match policy {
        FailurePolicy::Full => Effect::Nothing,
        FailurePolicy::Nothing => Effect::Return { amount, failure_fee: Money::ZERO },
        FailurePolicy::Fee(fee) => Effect::Return { amount, failure_fee: fee.min(amount) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Direction, Mode};
    use crate::domain::samples::{NOW, event, message, money, price};
    use FinalStatus::{Delivered, Failed, Undelivered};

    fn charged(total: &str) -> Charged<'static> {
        let event = event("m-1", Happening::Message(message(Direction::Outbound, 1)), Mode::Admit);
        Charged::by(7, &event, &price(money(total), Money::ZERO), NOW).unwrap()
    }

    /// What each status does in turn, in words.
    #[track_caller]
    fn check(total: &str, failed: FailurePolicy, statuses: &[FinalStatus], want: &[&str]) {
        let mut course = Course::fresh();
        let mut told = Vec::new();
        for status in statuses {
            let counted = Counted { status: *status, error_code: "".into() };
            let policy = |_: &Charged<'_>| if *status == Failed { failed } else { FailurePolicy::Full };
            let (after, effect) = course.after(counted, Some(&charged(total)), policy);
            told.push(match effect {
                Effect::Nothing => "nothing".to_owned(),
                Effect::Return { amount, failure_fee } => format!("return {amount} fee {failure_fee}"),
                Effect::ChargeAgain { amount, failure_fee } => format!("again {amount} fee {failure_fee}"),
            });
            course = after;
        }
        assert_eq!(told, want, "{statuses:?} of a message of {total} under {failed:?}");
    }

    #[test]
    fn the_first_final_status_counts_and_delivered_once_more_after_a_failure() {
        let fee = FailurePolicy::Fee(money("0.001"));
        check("0.02", fee, &[Delivered, Failed, Delivered], &["nothing", "nothing", "nothing"]);
        check("0.02", fee, &[Failed, Failed, Undelivered], &["return 0.02 fee 0.001", "nothing", "nothing"]);
        check(
            "0.02",
            fee,
            &[Failed, Delivered, Failed, Delivered],
            &["return 0.02 fee 0.001", "again 0.02 fee 0.001", "nothing", "nothing"],
        );
        check("0.02", fee, &[Undelivered, Delivered, Failed], &["nothing", "nothing", "nothing"]);
        check("0.02", fee, &[Undelivered, Failed], &["nothing", "nothing"]);
    }

    #[test]
    fn the_policy_says_what_stays_charged_and_the_fee_is_never_more_than_was_returned() {
        check("0.02", FailurePolicy::Full, &[Failed, Delivered], &["nothing", "nothing"]);
        check("0.02", FailurePolicy::Nothing, &[Failed], &["return 0.02 fee 0"]);
        check("0.02", FailurePolicy::Fee(money("0.05")), &[Failed], &["return 0.02 fee 0.02"]);
        check("0", FailurePolicy::Fee(money("0.05")), &[Failed, Delivered], &["nothing", "nothing"]);
    }

    #[test]
    fn statuses_before_their_message_wait_in_order_as_far_as_they_may_count() {
        let counted = |status| Counted { status, error_code: "".into() };
        let mut course = Course::Early(Statuses::new());
        for status in [Failed, Undelivered, Delivered, Failed] {
            course = course.after(counted(status), None, |_| FailurePolicy::Full).0;
        }
        let waiting: Vec<_> = course.statuses().iter().map(|counted| counted.status).collect();
        assert_eq!(waiting, [Failed, Delivered]);
    }
}
