//! What must hold after every crash, read from the log and asked of the process that was made from it.

use std::collections::HashMap;

use super::bank::DAY;
use super::model::{Given, Model, WALLETS};
use super::process::{Ending, records};
use super::*;
use crate::domain::record::Cause;

impl Model {
    /// W3: what was acknowledged is never lost, and never counts again.
    pub fn given_answers_are_found(&mut self) {
        let around = Around::default();
        for Given { step, ending, decided_at } in &self.given {
            let again =
                |outcome, amount, seq| Ending::Posted(Outcome::Duplicate(Verdict { outcome, amount, seq }));
            let wanted = match *ending {
                Ending::Posted(Outcome::Charged { amount, seq }) => again(Taken::Posted, amount, seq),
                Ending::Posted(Outcome::Recorded(Some(Lack::Suspended))) => {
                    again(Taken::BlockedSuspended, Money::ZERO, 0)
                }
                Ending::Posted(Outcome::Recorded(Some(Lack::InsufficientBalance))) => {
                    again(Taken::BlockedInsufficientBalance, Money::ZERO, 0)
                }
                Ending::Adjusted(Once::Posted { answer }) => Ending::Adjusted(Once::Replayed { answer }),
                _ => continue,
            };
            if self.now > decided_at + 35 * DAY {
                continue;
            }
            let key = step.key(self.process.wallets[step.wallet()].id);
            let known = key.and_then(|key| self.process.views.get(&key).cloned());
            let found = self.process.take(step, known.as_ref(), &around, self.now);
            assert_eq!(
                found, wanted,
                "{step:?} was answered {ending:?} at {decided_at}, then came the crash"
            );
        }
    }

    /// The journal's entries are the bank's, and keep the laws by themselves.
    pub fn audit(&self) {
        let mut entries: Vec<Vec<(i64, i64)>> = vec![Vec::new(); WALLETS];
        let mut kept: HashMap<Key, i64> = HashMap::new();
        for bytes in &self.log.frames {
            let frame = Frame::read(bytes).unwrap();
            for (wallet, record) in records(&frame) {
                let id = WalletId { partition: PARTITION, number: wallet };
                if let Change::Entry(entry) = &record.change {
                    entries[wallet as usize].push((entry.amount.nanos(), entry.balance_after.nanos()));
                    let admitted =
                        matches!(&entry.cause, Cause::Message { event, .. } if event.mode == Admit);
                    assert!(!admitted || !entry.balance_after.is_negative(), "W2: {entry:?}");
                }
                if let Some((key, remembered)) = SECRET.remember(id, &record, frame.posted_at) {
                    let before = kept.insert(key, remembered.kept_until.nanos());
                    let fresh = before.is_none_or(|kept_until| kept_until < frame.posted_at.nanos());
                    assert!(fresh, "W3: {record:?} counts again while its id is kept");
                }
            }
        }
        let bank: Vec<_> = self.durable.accounts.iter().map(|account| account.entries.clone()).collect();
        assert_eq!(entries, bank, "W1, W4: the entries of each wallet, in order");
    }
}
