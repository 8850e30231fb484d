//! The documents of a wallet's life as bytes: what rows carry and snapshots are completed with.

use smallvec::SmallVec;

use super::codec::{Reader, RowError};
use super::fields::{Field, bytes, fields, put_all, take_all};
use crate::domain::endpoint::{Endpoint, EndpointState, Secret};
use crate::domain::event::FinalStatus;
use crate::domain::identity::{Fingerprint, Remembered, Taken, Verdict};
use crate::domain::life::Life;
use crate::domain::life::alert::{Alert, AlertKind, Arming, Delivery, DeliveryState, Level};
use crate::domain::life::attempt::{Attempt, AttemptKind, AttemptState, Dispute, DisputeState, Method};
use crate::domain::life::auto::{AutoTopUp, Limits, StopReason, Switch, Tried};
use crate::domain::life::hold::{Hold, HoldState};
use crate::domain::life::number::{Arrear, Number, Release, ReleaseReason, Released, Warnings};
use crate::domain::sender_type::SenderType;
use crate::domain::status::{Corrected, Counted, Course};
use crate::domain::wallet::WalletId;

bytes!(HoldState, SenderType, Warnings, ReleaseReason, AttemptKind, AttemptState, DisputeState, Switch);
bytes!(EndpointState, StopReason, AlertKind, Arming, DeliveryState, FinalStatus, Taken);

fields!(Hold { number, state, amount, remaining, settled, made_at, expires_at, closed_at, campaign });

fields!(Number {
    rental,
    number,
    sender_type,
    bought_at,
    anchor,
    cycle,
    next_due_at,
    fee,
    arrears,
    release,
    released
});
fields!(Arrear { cycle, due_at, amount });
fields!(Release { at, warn_at, warnings });
fields!(Released { at, reason, confirmed_at, tell_at, tries });

fields!(Attempt {
    number,
    kind,
    state,
    amount,
    opened_at,
    called_at,
    ask_at,
    asked,
    closed_at,
    seq,
    credited,
    refunded,
    disputes,
    session,
    payment,
    url,
    return_url,
    code,
    method
});
fields!(Dispute { id, amount, state });
fields!(Method { customer, id, brand, last4 });

fields!(AutoTopUp {
    switch,
    minimum,
    amount,
    limits,
    stopped,
    declines,
    successes_below,
    retry_at,
    limited_until,
    day,
    tried_of_day,
    tried_of_month
});
fields!(Limits { attempts_per_day, attempts_per_month, amount_per_day, amount_per_month });
fields!(Tried { attempts, amount });

fields!(Level { amount, arming });
fields!(Alert { number, kind, about, amount, balance, when, code, endpoints });
fields!(Delivery { endpoint, alert, state, tries, first_at, last_at, next_at, http_status });

fields!(Endpoint { number, url, wallet, kinds, secrets, state, made_at });
fields!(Secret { text, until });
fields!(WalletId { partition, number });

fields!(Verdict { outcome, amount, seq });
fields!(Counted { status, error_code });
fields!(Remembered { fingerprint, verdict, kept_until, course });

impl Field for Fingerprint {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Fingerprint, RowError> {
        u64::take(reader).map(Fingerprint)
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<(A, B), RowError> {
        Ok((A::take(reader)?, B::take(reader)?))
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_all(self.len(), self.iter(), out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Vec<T>, RowError> {
        let mut items = Vec::new();
        take_all(reader, |item| items.push(item))?;
        Ok(items)
    }
}

impl<T: Field> Field for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_ref().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Box<T>, RowError> {
        T::take(reader).map(Box::new)
    }
}

fields!(Corrected { seq, version, total });

const EARLY: u8 = 1;
const SETTLED: u8 = 2;
/// Settled, and corrected.
const CORRECTED: u8 = 3;

impl Field for Course {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Course::Early(statuses) => {
                EARLY.put(out);
                statuses.put(out);
            }
            Course::Settled { statuses, returned, failure_fee, corrected } => {
                out.push(if corrected.is_some() { CORRECTED } else { SETTLED });
                statuses.put(out);
                returned.put(out);
                failure_fee.put(out);
                if let Some(corrected) = corrected {
                    corrected.put(out);
                }
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Course, RowError> {
        match u8::take(reader)? {
            EARLY => Ok(Course::Early(Field::take(reader)?)),
            tag @ (SETTLED | CORRECTED) => {
                let (statuses, returned) = (Field::take(reader)?, Field::take(reader)?);
                let failure_fee = Field::take(reader)?;
                let corrected = if tag == CORRECTED { Some(Field::take(reader)?) } else { None };
                Ok(Course::Settled { statuses, returned, failure_fee, corrected })
            }
            _ => Err(RowError("unknown course of a message")),
        }
    }
}

/// What follows from the rest is not written: it is worked out as the rest is read.
impl Field for Life {
    fn put(&self, out: &mut Vec<u8>) {
        self.holds_made.put(out);
        self.rentals.put(out);
        self.attempts_made.put(out);
        self.auto.put(out);
        self.method.put(out);
        self.levels.put(out);
        put_all(self.holds.len(), self.holds.values(), out);
        put_all(self.numbers.len(), self.numbers.values(), out);
        put_all(self.attempts.len(), self.attempts.values(), out);
        put_all(self.deliveries.len(), self.deliveries.values(), out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Life, RowError> {
        let mut life = Life::default();
        life.holds_made = Field::take(reader)?;
        life.rentals = Field::take(reader)?;
        life.attempts_made = Field::take(reader)?;
        life.set_auto(&Field::take(reader)?);
        life.method = Field::take(reader)?;
        life.levels = <SmallVec<_> as Field>::take(reader)?;
        take_all(reader, |hold: Hold| life.put_hold(&hold))?;
        take_all(reader, |number: Number| life.put_number(&number))?;
        take_all(reader, |attempt: Attempt| life.put_attempt(&attempt))?;
        take_all(reader, |delivery: Delivery| life.put_delivery(&delivery))?;
        Ok(life)
    }
}
