//! What a partition counts for the metrics while it decides: plain numbers, because an atomic add for every event would
//! cost as much as a tenth of its decision. Added to the metrics once a drain.

use std::sync::Arc;

use smallvec::SmallVec;

use super::batch::{Batch, Read, Told};
use super::outcome::{Absence, Outcome, Rejection};
use crate::domain::currency::Currency;
use crate::domain::life::alert::{AlertKind, DeliveryState};
use crate::domain::life::attempt::{Attempt, AttemptKind, AttemptState};
use crate::domain::life::hold::{Hold, HoldState};
use crate::domain::money::Money;
use crate::domain::record::{Change, Entry, Lack, Record};
use crate::domain::usage::EntryType;
use crate::metrics::Counter;
use crate::metrics::traffic::{
    self, CLASSES, CurrencyMeters, DELIVERIES, FAULTS, HOLDS, LACKS, MESSAGE_CLASSES, OUTCOMES, TIMERS,
    TOP_UP_RESULTS, TOP_UPS, Traffic, UNREADABLE, place_of_fault,
};

/// As large as the byte of any entry's type.
const TYPES: usize = 32;
/// The place of `invalid` and of `unavailable` among [`OUTCOMES`].
const INVALID: usize = 5;
const UNAVAILABLE: usize = 6;
/// As large as the byte of any alert's kind.
const ALERTS: usize = 16;

// Counted by their bytes.
const _: () = assert!((EntryType::Adjustment as usize) < TYPES && (AlertKind::Released as usize) < ALERTS);

/// Counts since they were last added to the metrics.
#[derive(Debug, Default)]
pub struct Tally {
    touched: bool,
    events: [[u64; OUTCOMES.len()]; CLASSES.len()],
    units: [u64; MESSAGE_CLASSES],
    refused: [u64; LACKS.len()],
    blocked: [u64; LACKS.len()],
    rejected: [u64; 4],
    entries: [u64; TYPES],
    /// Of one currency nearly always.
    money: SmallVec<[Sums; 1]>,
    top_ups_opened: [u64; TOP_UPS.len()],
    top_ups: [[u64; TOP_UP_RESULTS.len()]; TOP_UPS.len()],
    holds: [u64; HOLDS.len()],
    alerts: [u64; ALERTS],
    deliveries: [u64; DELIVERIES.len()],
    timers: [u64; TIMERS.len()],
}

/// What entries of each type have taken from balances and added to them, in 1e-9 of the currency's unit.
#[derive(Debug)]
struct Sums {
    currency: Currency,
    /// Where they are added to; looked up once.
    meters: Option<Arc<CurrencyMeters>>,
    charged: [u128; TYPES],
    credited: [u128; TYPES],
}

/// The place of an event among [`CLASSES`].
pub fn class_of(told: &Told) -> usize {
    match told {
        Told::Message(message) => traffic::class_of_message(message.direction, message.kind),
        Told::Status { .. } => 4,
        Told::CarrierFee { .. } => 5,
    }
}

/// The place of an outcome among [`OUTCOMES`].
fn place_of(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Charged { .. } => 0,
        Outcome::Recorded(_) => 1,
        Outcome::Refused(_) => 2,
        Outcome::Duplicate(_) => 3,
        Outcome::Conflict => 4,
        Outcome::Invalid(_) => INVALID,
        Outcome::Unavailable(_) => UNAVAILABLE,
    }
}

fn place_of_lack(lack: Lack) -> usize {
    match lack {
        Lack::Suspended => 0,
        Lack::InsufficientBalance => 1,
        Lack::NumberReleased => 2,
    }
}

fn place_of_rejection(rejection: Rejection) -> usize {
    match rejection {
        Rejection::TooOld => 0,
        Rejection::InTheFuture => 1,
        Rejection::NoRate => 2,
        Rejection::OutOfRange => 3,
    }
}

impl Tally {
    /// What became of an event that was decided.
    pub fn event(&mut self, told: &Told, outcome: &Outcome) {
        self.touched = true;
        let class = class_of(told);
        self.events[class][place_of(outcome)] += 1;
        match outcome {
            Outcome::Charged { .. } => {
                if let Told::Message(message) = told {
                    self.units[class] += u64::from(message.units.billed);
                }
            }
            Outcome::Recorded(Some(lack)) => self.blocked[place_of_lack(*lack)] += 1,
            Outcome::Refused(lack) => self.refused[place_of_lack(*lack)] += 1,
            Outcome::Invalid(rejection) => self.rejected[place_of_rejection(*rejection)] += 1,
            _ => {}
        }
    }

    /// Something fell due, of this place among [`TIMERS`].
    pub fn fired(&mut self, timer: usize) {
        self.touched = true;
        self.timers[timer] += 1;
    }

    /// What one decision has posted.
    pub fn records(&mut self, currency: Currency, records: &[Record<'_>]) {
        self.touched = true;
        for record in records {
            match &record.change {
                Change::Entry(entry) => self.entry(currency, entry),
                Change::Attempt(attempt) => self.attempt(attempt, records),
                Change::Hold(hold) => self.hold(hold),
                Change::Alert(alert) => self.alerts[alert.kind as usize] += 1,
                Change::Delivery(delivery) => match delivery.state {
                    DeliveryState::Pending => {}
                    DeliveryState::Delivered => self.deliveries[0] += 1,
                    DeliveryState::Failed => self.deliveries[1] += 1,
                    DeliveryState::Dropped => self.deliveries[2] += 1,
                },
                _ => {}
            }
        }
    }

    fn entry(&mut self, currency: Currency, entry: &Entry<'_>) {
        let place = EntryType::of(&entry.cause) as usize;
        self.entries[place] += 1;
        let known = self.money.iter().position(|sums| sums.currency == currency);
        let known = known.unwrap_or_else(|| {
            self.money.push(Sums { currency, meters: None, charged: [0; TYPES], credited: [0; TYPES] });
            self.money.len() - 1
        });
        let sums = &mut self.money[known];
        let nanos = u128::from(entry.amount.nanos().unsigned_abs());
        let sum = if entry.amount > Money::ZERO { &mut sums.credited } else { &mut sums.charged };
        sum[place] += nanos;
    }

    /// An attempt is written again whenever something is learnt of it: it counts when it begins and when it ends.
    fn attempt(&mut self, attempt: &Attempt, records: &[Record<'_>]) {
        let kind = match attempt.kind {
            AttemptKind::Checkout => 0,
            AttemptKind::Auto => 1,
        };
        let told = |wanted: AlertKind| {
            records
                .iter()
                .any(|record| matches!(&record.change, Change::Alert(alert) if alert.kind == wanted))
        };
        let untouched = attempt.refunded == Money::ZERO && attempt.disputes.is_empty();
        match attempt.state {
            // Whatever the provider may say of one that it was not asked for yet.
            AttemptState::Opening if untouched => self.top_ups_opened[kind] += 1,
            AttemptState::Succeeded if told(AlertKind::TopUpSucceeded) => self.top_ups[kind][0] += 1,
            AttemptState::Failed if told(AlertKind::TopUpFailed) => self.top_ups[kind][1] += 1,
            // Nobody is told of it; refunds and disputes of what has expired come later, if ever.
            AttemptState::Expired if untouched => self.top_ups[kind][2] += 1,
            _ => {}
        }
    }

    fn hold(&mut self, hold: &Hold) {
        match hold.state {
            HoldState::Open if hold.settled == Money::ZERO => self.holds[0] += 1,
            // Part of it was used.
            HoldState::Open => {}
            HoldState::Settled => self.holds[1] += 1,
            HoldState::Voided => self.holds[2] += 1,
            HoldState::Expired => self.holds[3] += 1,
        }
    }

    /// Adds everything to the metrics and begins anew.
    pub fn flush(&mut self, traffic: &Traffic) {
        if !std::mem::take(&mut self.touched) {
            return;
        }
        for (counters, counts) in traffic.events.iter().zip(&mut self.events) {
            add(counters, counts);
        }
        add(&traffic.units, &mut self.units);
        add(&traffic.refused, &mut self.refused);
        add(&traffic.blocked, &mut self.blocked);
        add(&traffic.invalid, &mut self.rejected);
        add(&traffic.top_ups_opened, &mut self.top_ups_opened);
        for (counters, counts) in traffic.top_ups.iter().zip(&mut self.top_ups) {
            add(counters, counts);
        }
        add(&traffic.holds, &mut self.holds);
        add(&traffic.deliveries, &mut self.deliveries);
        add(&traffic.timers_fired, &mut self.timers);
        add_by_byte(&traffic.alerts, AlertKind::ALL.iter().map(|kind| *kind as usize), &mut self.alerts);
        let types = || EntryType::ALL.iter().map(|entry_type| *entry_type as usize);
        add_by_byte(&traffic.entries, types(), &mut self.entries);
        for sums in &mut self.money {
            let meters = sums.meters.get_or_insert_with(|| traffic.money.of(sums.currency));
            for (place, entry_type) in types().enumerate() {
                for (counters, sums) in
                    [(&meters.charged, &mut sums.charged), (&meters.credited, &mut sums.credited)]
                {
                    let sum = std::mem::take(&mut sums[entry_type]);
                    if sum > 0 {
                        counters[place].add(sum);
                    }
                }
            }
        }
    }
}

fn add(counters: &[Counter], counts: &mut [u64]) {
    for (counter, count) in counters.iter().zip(counts) {
        if *count > 0 {
            counter.increment(std::mem::take(count));
        }
    }
}

fn add_by_byte(counters: &[Counter], bytes: impl Iterator<Item = usize>, counts: &mut [u64]) {
    for (counter, byte) in counters.iter().zip(bytes) {
        if counts[byte] > 0 {
            counter.increment(std::mem::take(&mut counts[byte]));
        }
    }
}

/// Counts an event that no wallet has decided.
pub fn count_absent(traffic: &Traffic, told: &Told, absence: Absence) {
    traffic.events[class_of(told)][UNAVAILABLE].increment(1);
    let place = match absence {
        Absence::Quarantined => 0,
        Absence::Stopping => 1,
    };
    traffic.unavailable[place].increment(1);
}

/// Counts the lines of a request that cannot be events.
pub fn count_invalid(traffic: &Traffic, batch: &Batch) {
    let mut faults = [0; FAULTS.len()];
    for line in &batch.lines {
        if let Read::Invalid(invalid) = &line.read {
            faults[place_of_fault(invalid.code)] += 1;
        }
    }
    traffic.events[UNREADABLE][INVALID].increment(faults.iter().sum());
    add(&traffic.invalid, &mut faults);
}

#[cfg(test)]
mod tests;
