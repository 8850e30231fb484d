//! What becomes of events, and what is posted. Counted by the partitions in plain numbers and added here once a drain.

use std::sync::Arc;

use metrics::Counter;
use parking_lot::RwLock;

use super::decimals::DecimalCounter;
use super::registrar::Registrar;
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, Kind};
use crate::domain::life::alert::AlertKind;
use crate::domain::usage::EntryType;

/// What an event is, as labels: its type, and for messages SMS or MMS. The last is what could not be read.
pub const CLASSES: [(&str, &str); 7] = [
    ("message.outbound", "sms"),
    ("message.outbound", "mms"),
    ("message.inbound", "sms"),
    ("message.inbound", "mms"),
    ("message.status", ""),
    ("carrier.fee", ""),
    ("unreadable", ""),
];
/// The place of what could not be read.
pub const UNREADABLE: usize = CLASSES.len() - 1;
/// Of messages: the classes that have units.
pub const MESSAGE_CLASSES: usize = 4;

/// The place of a message among [`CLASSES`].
pub fn class_of_message(direction: Direction, kind: Kind) -> usize {
    match (direction, kind) {
        (Direction::Outbound, Kind::Sms) => 0,
        (Direction::Outbound, Kind::Mms) => 1,
        (Direction::Inbound, Kind::Sms) => 2,
        (Direction::Inbound, Kind::Mms) => 3,
    }
}

/// The words of [`Traffic::events`], in its order.
pub const OUTCOMES: [&str; 7] =
    ["charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"];

/// The words of [`Traffic::refused`], in its order.
pub const LACKS: [&str; 3] = ["suspended", "insufficient_balance", "number_released"];

/// The words of [`Traffic::invalid`]: first those of events whose wallets were asked, then those of lines that cannot
/// be events.
pub const FAULTS: [&str; 14] = [
    "too_old",
    "in_the_future",
    "no_rate",
    "out_of_range",
    "malformed",
    "line_too_long",
    "unknown_field",
    "missing_field",
    "duplicate_field",
    "bad_field",
    "unknown_type",
    "unknown_wallet",
    "too_many_units",
    OTHER_FAULT,
];
/// What a fault is counted as that is not among them.
const OTHER_FAULT: &str = "other";

/// The place of a line's fault among [`FAULTS`].
pub fn place_of_fault(code: &str) -> usize {
    FAULTS.iter().position(|fault| *fault == code).unwrap_or(FAULTS.len() - 1)
}

/// The words of [`Traffic::timers_fired`], in the order of what they are words of.
pub const TIMERS: [&str; 6] = ["fee", "warning", "release", "expiry", "retry", "limit_turn"];

/// The words of [`Traffic::unavailable`], in its order.
pub const ABSENCES: [&str; 2] = ["quarantined", "stopping"];
/// The words of [`Traffic::top_ups_opened`], in its order.
pub const TOP_UPS: [&str; 2] = ["checkout", "auto"];
/// The words of the results in [`Traffic::top_ups`], in its order.
pub const TOP_UP_RESULTS: [&str; 3] = ["succeeded", "failed", "expired"];
/// The words of [`Traffic::holds`], in its order.
pub const HOLDS: [&str; 4] = ["made", "settled", "voided", "expired"];
/// The words of [`Traffic::deliveries`], in its order.
pub const DELIVERIES: [&str; 3] = ["delivered", "failed", "dropped"];

pub struct Traffic {
    /// By class, then by outcome.
    pub events: Vec<Vec<Counter>>,
    pub refused: Vec<Counter>,
    pub blocked: Vec<Counter>,
    pub invalid: Vec<Counter>,
    pub unavailable: Vec<Counter>,
    /// By class of message.
    pub units: Vec<Counter>,
    /// By the places of [`EntryType::ALL`].
    pub entries: Vec<Counter>,
    pub money: MoneyMeters,
    pub top_ups_opened: Vec<Counter>,
    /// By kind, then by result.
    pub top_ups: Vec<Vec<Counter>>,
    pub holds: Vec<Counter>,
    /// By the places of [`AlertKind::ALL`].
    pub alerts: Vec<Counter>,
    pub deliveries: Vec<Counter>,
    pub timers_fired: Vec<Counter>,
}

impl Traffic {
    pub fn new(to: &Arc<Registrar>) -> Traffic {
        let events = |class: &(&str, &str)| {
            let (event_type, kind) = *class;
            let of = |outcome: &&str| {
                let labels = [("outcome", *outcome), ("type", event_type), ("kind", kind)];
                to.counter(
                    "farebox_events_total",
                    "Events by what became of them and what they are.",
                    &labels,
                )
            };
            OUTCOMES.iter().map(of).collect()
        };
        let units = |class: &(&str, &str)| {
            let labels = [("type", class.0), ("kind", class.1)];
            to.counter("farebox_units_charged_total", "Units charged: segments of SMS, and MMS.", &labels)
        };
        let top_ups = |kind: &&str| {
            let of = |result: &&str| {
                let labels = [("kind", *kind), ("result", *result)];
                to.counter("farebox_top_ups_total", "Top-ups that have ended, by how.", &labels)
            };
            TOP_UP_RESULTS.iter().map(of).collect()
        };
        let each =
            |name, help, label, words: &[&'static str]| to.counters(name, help, label, words.iter().copied());
        Traffic {
            events: CLASSES.iter().map(events).collect(),
            refused: each(
                "farebox_events_refused_total",
                "Admitted events that the wallet does not pay for.",
                "code",
                &LACKS,
            ),
            blocked: each(
                "farebox_events_blocked_total",
                "Admitted inbound messages that were not let through: recorded, never charged.",
                "code",
                &LACKS[..2],
            ),
            invalid: each(
                "farebox_events_invalid_total",
                "What cannot be an event, by why.",
                "code",
                &FAULTS,
            ),
            unavailable: each(
                "farebox_events_unavailable_total",
                "Events that could not be decided for now.",
                "code",
                &ABSENCES,
            ),
            units: CLASSES[..MESSAGE_CLASSES].iter().map(units).collect(),
            entries: to.counters(
                "farebox_entries_total",
                "Entries posted, by type.",
                "entry",
                EntryType::ALL.iter().map(|entry_type| entry_type.as_str()),
            ),
            money: MoneyMeters { to: Arc::clone(to), currencies: RwLock::default() },
            top_ups_opened: each("farebox_top_ups_opened_total", "Top-ups begun.", "kind", &TOP_UPS),
            top_ups: TOP_UPS.iter().map(top_ups).collect(),
            holds: each("farebox_holds_total", "Holds made, and how they ended.", "state", &HOLDS),
            alerts: to.counters(
                "farebox_alerts_total",
                "Alerts raised, by type.",
                "alert",
                AlertKind::ALL.iter().map(|kind| kind.as_str()),
            ),
            deliveries: each(
                "farebox_webhook_deliveries_total",
                "Alerts on their way to endpoints that have come to an end.",
                "result",
                &DELIVERIES,
            ),
            timers_fired: each(
                "farebox_timers_fired_total",
                "Things that fell due and were posted.",
                "timer",
                &TIMERS,
            ),
        }
    }
}

/// Money by currency: each is registered whole when it is first seen.
pub struct MoneyMeters {
    to: Arc<Registrar>,
    currencies: RwLock<Vec<Arc<CurrencyMeters>>>,
}

/// The money of one currency, by the places of [`EntryType::ALL`].
#[derive(Debug)]
pub struct CurrencyMeters {
    currency: Currency,
    pub charged: Vec<DecimalCounter>,
    pub credited: Vec<DecimalCounter>,
}

impl MoneyMeters {
    pub fn of(&self, currency: Currency) -> Arc<CurrencyMeters> {
        let known = |all: &[Arc<CurrencyMeters>]| all.iter().find(|one| one.currency == currency).cloned();
        if let Some(known) = known(&self.currencies.read()) {
            return known;
        }
        let mut all = self.currencies.write();
        if let Some(known) = known(&all) {
            return known;
        }
        let of = |name, help| {
            let of = |entry_type: &EntryType| {
                let labels = [("currency", currency.as_str()), ("entry", entry_type.as_str())];
                self.to.decimal(name, help, &labels)
            };
            EntryType::ALL.iter().map(of).collect()
        };
        let made = Arc::new(CurrencyMeters {
            currency,
            charged: of(
                "farebox_money_charged_total",
                "What entries have taken from balances, in units of the currency.",
            ),
            credited: of(
                "farebox_money_credited_total",
                "What entries have added to balances, in units of the currency.",
            ),
        });
        all.push(Arc::clone(&made));
        made
    }
}
