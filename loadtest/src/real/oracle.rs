//! The second implementation of the wallet rule: what every event must come to, by plain sums
//! (RULES, sections 4 to 6). It looks at the script only, never at an answer.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::entry::{Billed, Cause, Entry};
use super::event::{Event, Happening, Message};
use super::rating;
use super::script::{Action, Script};
use super::segments::{self, Header};
use crate::tariff::Version;
use crate::words::{Direction, Encoding, Kind, Mode, Outcome, SenderType};

const OLDEST: SignedDuration = SignedDuration::from_hours(35 * 24);
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What the engine must answer to one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub code: Option<&'static str>,
    pub field: Option<&'static str>,
    /// What was charged; `None` where nothing can be.
    pub amount: Option<i128>,
    pub seq: Option<u64>,
}

impl Answer {
    fn bare(outcome: Outcome, code: Option<&'static str>) -> Answer {
        Answer { outcome, code, field: None, amount: None, seq: None }
    }
}

/// Everything that must be found in the engine after the script.
pub struct Expectations {
    /// One for each step, in the script's order; an adjustment's is `charged` with its entry number.
    pub answers: Vec<Answer>,
    /// One for each wallet.
    pub ledgers: Vec<Ledger>,
}

#[derive(Default)]
pub struct Ledger {
    pub balance: i128,
    pub entries: Vec<Entry>,
    remembered: HashMap<(&'static str, String), Remembered>,
}

struct Remembered {
    content: Content,
    first: Answer,
}

/// What must be equal for a repeat to be a duplicate.
#[derive(Debug, PartialEq, Eq)]
struct Content {
    event_type: &'static str,
    sides: Option<(String, String, Kind)>,
    units: usize,
    encoding: Option<Encoding>,
    amount: i128,
}

/// Recounts the whole script as an engine would whose clock stands at `now`.
pub fn recount(script: &Script, versions: &[Version], now: Timestamp) -> Expectations {
    let mut ledgers: Vec<Ledger> = script.wallets.iter().map(|_| Ledger::default()).collect();
    let mut answers = Vec::with_capacity(script.steps.len());
    for step in &script.steps {
        let ledger = &mut ledgers[step.wallet];
        answers.push(match &step.action {
            Action::Adjust(adjustment) => {
                ledger.post(adjustment.amount, Cause::Adjustment(adjustment.reason))
            }
            Action::Event { event, .. } => ledger.take(event, versions, now),
            Action::Spoiled(spoiled) => {
                Answer { field: spoiled.field, ..Answer::bare(Outcome::Invalid, Some(spoiled.code)) }
            }
        });
    }
    Expectations { answers, ledgers }
}

impl Ledger {
    fn take(&mut self, event: &Arc<Event>, versions: &[Version], now: Timestamp) -> Answer {
        let billed_units = match &event.happening {
            Happening::Message(message) => Some(units(message)),
            Happening::CarrierFee { .. } => None,
        };
        let content = content(&event.happening, billed_units.as_ref());
        let key = (event.source, event.id.clone());
        if let Some(remembered) = self.remembered.get(&key) {
            if remembered.content != content {
                return Answer::bare(Outcome::Conflict, None);
            }
            return Answer { outcome: Outcome::Duplicate, ..remembered.first.clone() };
        }
        let occurred_at = event.time.map_or(now, |moment| moment.instant);
        if occurred_at > now + AHEAD {
            return Answer::bare(Outcome::Invalid, Some("in_the_future"));
        }
        if occurred_at < now - OLDEST {
            return Answer::bare(Outcome::Invalid, Some("too_old"));
        }
        let first = match (&event.happening, billed_units) {
            (Happening::Message(message), Some(counted)) => {
                let Some(price) = rating::price(versions, message, counted.billed, occurred_at) else {
                    return Answer::bare(Outcome::Invalid, Some("no_rate"));
                };
                let amount = price.total();
                match self.lack(event.mode, amount) {
                    Some(code) if message.direction == Direction::Outbound => {
                        return Answer::bare(Outcome::Refused, Some(code));
                    }
                    Some(code) => Answer { amount: Some(0), ..Answer::bare(Outcome::Recorded, Some(code)) },
                    None => {
                        let sender_type = rating::sender_type(message);
                        let (encoding, counted) = (counted.encoding, counted.counted);
                        let billed = Billed { price, encoding, counted, sender_type };
                        self.post(-amount, Cause::Message(event.clone(), billed))
                    }
                }
            }
            (Happening::CarrierFee { amount, .. }, _) => self.post(-amount, Cause::CarrierFee(event.clone())),
            (Happening::Message(_), None) => unreachable!("the units of a message were counted above"),
        };
        self.remembered.insert(key, Remembered { content, first: first.clone() });
        first
    }

    /// Why an admitted message cannot be paid; a report always can.
    fn lack(&self, mode: Option<Mode>, amount: i128) -> Option<&'static str> {
        match mode {
            Some(Mode::Report) => None,
            _ if self.balance <= 0 => Some("suspended"),
            _ if self.balance < amount => Some("insufficient_balance"),
            _ => None,
        }
    }

    fn post(&mut self, amount: i128, cause: Cause) -> Answer {
        self.balance += amount;
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(Entry { seq, amount, balance_after: self.balance, cause });
        Answer { amount: Some(-amount), seq: Some(seq), ..Answer::bare(Outcome::Charged, None) }
    }
}

struct Units {
    billed: usize,
    counted: Option<usize>,
    encoding: Option<Encoding>,
}

fn units(message: &Message) -> Units {
    if message.kind == Kind::Mms {
        return Units { billed: 1, counted: None, encoding: None };
    }
    let toll_free = rating::sender_type(message) == SenderType::TollFree && message.peer.starts_with("+1");
    let header = if toll_free { Header::SevenOctets } else { Header::SixOctets };
    let counted = message.text.as_ref().map(|text| segments::count(text, header));
    let (billed, encoding) = message.stated.or(counted).expect("an SMS has a text or a stated count");
    Units { billed, counted: counted.map(|(units, _)| units), encoding: Some(encoding) }
}

fn content(happening: &Happening, units: Option<&Units>) -> Content {
    let (sides, amount) = match happening {
        Happening::Message(message) => {
            (Some((message.channel.clone(), message.peer.clone(), message.kind)), 0)
        }
        Happening::CarrierFee { amount, .. } => (None, *amount),
    };
    Content {
        event_type: happening.event_type(),
        sides,
        units: units.map_or(0, |units| units.billed),
        encoding: units.and_then(|units| units.encoding),
        amount,
    }
}

#[cfg(test)]
#[path = "oracle_tests.rs"]
mod tests;
