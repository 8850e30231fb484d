//! What a message has come to by now: its charge, and all that followed it. A proposal starts from there, so what was
//! applied is not proposed again.

use std::collections::HashMap;

use super::matching::Side;
use super::ours::{Ours, misread};
use crate::domain::event::Name;
use crate::domain::identity::{Key, Taken};
use crate::domain::money::{Money, Total};
use crate::domain::record::{Adjustment, Cause, Change, Price};
use crate::domain::usage::EntryType;
use crate::store::StoreError;
use crate::store::ties::Tie;

/// A charged message, adjustments left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it costs.
    pub cost: i128,
    /// Its charge, or a part of it, is returned: it failed.
    pub is_returned: bool,
    /// What it was priced by last.
    pub price: Price,
}

/// What adjustments have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adjusted {
    /// Positive where money was given back.
    pub amount: i128,
    /// The last of them; 0 where there is none.
    pub seq: u64,
}

impl Standing {
    /// Of a message that nothing followed.
    pub fn untouched(ours: &Ours) -> Standing {
        Standing { cost: i128::from(ours.total.nanos()), is_returned: false, price: ours.price }
    }
}

impl Adjusted {
    fn add(&mut self, amount: Money, seq: u64) {
        self.amount += i128::from(amount.nanos());
        self.seq = seq;
    }

    fn and(self, other: Adjusted) -> Adjusted {
        Adjusted { amount: self.amount + other.amount, seq: self.seq.max(other.seq) }
    }
}

/// All adjustments that a wallet has of messages.
#[derive(Debug, Default)]
pub struct Adjustments {
    of: HashMap<About, Adjusted, ahash::RandomState>,
}

/// What an adjustment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum About {
    Entry(u64),
    /// A message that had no entry.
    Message(Key),
}

impl Adjustments {
    /// Reads all of them: made by hand, they are few.
    pub fn of(side: &Side<'_>) -> Result<Adjustments, StoreError> {
        let mut all = Adjustments::default();
        // An adjustment of an adjustment is about what that one was about.
        let mut about: HashMap<u64, About> = HashMap::new();
        side.views.tied(side.wallet, Tie::Type(EntryType::Adjustment), (0, u64::MAX), |seq| {
            let row = side.entry(seq)?;
            let record = row.record().map_err(misread)?;
            let Change::Entry(entry) = &record.change else { return Ok(true) };
            let Cause::Adjustment(Adjustment { of, idempotency_key, .. }) = &entry.cause else {
                return Ok(true);
            };
            let found = match *of {
                0 => marked(idempotency_key).map(About::Message),
                of => Some(about.get(&of).copied().unwrap_or(About::Entry(of))),
            };
            if let Some(found) = found {
                about.insert(seq, found);
                all.of.entry(found).or_default().add(entry.amount, seq);
            }
            Ok(true)
        })?;
        Ok(all)
    }

    /// Of a message that has an entry: those that were posted before it had one too.
    pub fn of_entry(&self, ours: &Ours) -> Adjusted {
        self.get(About::Entry(ours.seq)).and(self.of_message(ours.key))
    }

    /// Of a message that has no entry.
    pub fn of_message(&self, key: Key) -> Adjusted {
        self.get(About::Message(key))
    }

    fn get(&self, about: About) -> Adjusted {
        self.of.get(&about).copied().unwrap_or_default()
    }
}

/// The end of the idempotency key of an adjustment for a message that has no entry: by it the adjustment is found again.
pub fn mark(key: Key) -> String {
    format!("/{:032x}", key.0)
}

fn marked(idempotency_key: &str) -> Option<Key> {
    let (_, digits) = idempotency_key.rsplit_once('/')?;
    let fits = digits.len() == 32
        && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    u128::from_str_radix(digits, 16).ok().filter(|_| fits).map(Key)
}

impl Side<'_> {
    /// What has become of a charged message.
    pub fn standing(&self, ours: &Ours) -> Result<Standing, StoreError> {
        let Standing { mut cost, mut price, .. } = Standing::untouched(ours);
        let mut returned = 0;
        self.views.tied(self.wallet, Tie::Entry(ours.seq), (0, u64::MAX), |seq| {
            let row = self.entry(seq)?;
            let record = row.record().map_err(misread)?;
            let Change::Entry(entry) = &record.change else { return Ok(true) };
            let amount = i128::from(entry.amount.nanos());
            match &entry.cause {
                Cause::Adjustment(_) => return Ok(true),
                Cause::Correction(correction) => price = correction.price,
                Cause::Refund { .. } | Cause::Recharge { .. } => returned += amount,
                _ => {}
            }
            cost -= amount;
            Ok(true)
        })?;
        Ok(Standing { cost, is_returned: returned > 0, price })
    }

    /// What a message has come to by now, adjustments included; `seq` is its entry where it has one. `None` where that is
    /// no entry of the message.
    pub fn comes_to(
        &self,
        adjustments: &Adjustments,
        name: Name<'_>,
        seq: Option<u64>,
    ) -> Result<Option<Total>, StoreError> {
        let key = self.key(name);
        let seq = match seq {
            Some(seq) => Some(seq),
            // It may have come meanwhile.
            None => self
                .views
                .remembered(key)?
                .map(|remembered| remembered.verdict)
                .and_then(|verdict| (verdict.outcome == Taken::Posted).then_some(verdict.seq)),
        };
        let Some(seq) = seq else { return Ok(Some(Total(-adjustments.of_message(key).amount))) };
        let Some((ours, _)) = self.message(seq)?.filter(|(ours, _)| ours.key == key) else { return Ok(None) };
        Ok(Some(Total(self.standing(&ours)?.cost - adjustments.of_entry(&ours).amount)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_again_and_nothing_else_is_one() {
        for key in [Key(0), Key(1), Key(u128::MAX)] {
            assert_eq!(marked(&format!("july/3{}", mark(key))), Some(key));
        }
        let table = [
            "july",
            "july/3",
            "july/",
            "00000000000000000000000000000000",
            "july/0000000000000000000000000000000",
            "july/+0000000000000000000000000000000",
            "july/0000000000000000000000000000000G",
        ];
        for idempotency_key in table {
            assert_eq!(marked(idempotency_key), None, "{idempotency_key}");
        }
    }
}
