//! A naive bank: balances, a set of ids and a list of entries, by the words of RULES.md alone.

use std::collections::HashMap;

use super::*;

/// What makes two events of one id the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    Message { direction: Direction, segments: u8 },
    CarrierFee { amount: i64 },
}

/// One event as it is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub wallet: usize,
    pub source: &'static str,
    pub id: String,
    pub content: Content,
    pub mode: Mode,
    pub occurred_at: i64,
    /// Of the message; `None` is no rate.
    pub total: Option<i64>,
}

/// A change by hand as it is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub wallet: usize,
    pub idempotency_key: String,
    pub amount: i64,
}

#[derive(Clone, Debug)]
struct Known {
    content: Content,
    verdict: Verdict,
    kept_until: i64,
}

/// Everything of one wallet.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub balance: i64,
    /// Each amount and the balance after it.
    pub entries: Vec<(i64, i64)>,
    ids: HashMap<(&'static str, String), Known>,
    keys: HashMap<String, (i64, u64, i64)>,
}

#[derive(Clone, Debug)]
pub struct Bank {
    pub accounts: Vec<Account>,
}

pub const SECOND: i64 = 1_000_000_000;
pub const DAY: i64 = 86_400 * SECOND;

impl Bank {
    pub fn new(wallets: usize) -> Bank {
        Bank { accounts: vec![Account::default(); wallets] }
    }

    pub fn post(&mut self, sent: &Sent, now: i64) -> Outcome {
        self.accounts[sent.wallet].post(sent, now)
    }

    pub fn adjust(&mut self, asked: &Asked, now: i64) -> Once {
        let account = &mut self.accounts[asked.wallet];
        match account.keys.get(&asked.idempotency_key) {
            Some((amount, seq, kept_until)) if now <= *kept_until => {
                return if *amount == asked.amount {
                    Once::Replayed { answer: *seq }
                } else {
                    Once::KeyReused
                };
            }
            _ => {}
        }
        let seq = account.enter(asked.amount);
        account.keys.insert(asked.idempotency_key.clone(), (asked.amount, seq, now + 35 * DAY));
        Once::Posted { answer: seq }
    }

    /// The last instants at which ids count, those to come.
    pub fn last_instants(&self, now: i64) -> Vec<i64> {
        let known = self.accounts.iter().flat_map(|account| account.ids.values());
        let mut instants: Vec<_> =
            known.map(|known| known.kept_until).filter(|instant| *instant >= now).collect();
        // A map has no order of its own, and a seed must mean the same every time.
        instants.sort_unstable();
        instants
    }
}

impl Account {
    fn enter(&mut self, amount: i64) -> u64 {
        self.balance += amount;
        self.entries.push((amount, self.balance));
        self.entries.len() as u64
    }

    fn post(&mut self, sent: &Sent, now: i64) -> Outcome {
        let key = (sent.source, sent.id.clone());
        if let Some(known) = self.ids.get(&key).filter(|known| now <= known.kept_until) {
            let same = known.content == sent.content;
            return if same { Outcome::Duplicate(known.verdict) } else { Outcome::Conflict };
        }
        if sent.occurred_at > now + 300 * SECOND {
            return Outcome::Invalid(Rejection::InTheFuture);
        }
        if sent.occurred_at < now - 35 * DAY {
            return Outcome::Invalid(Rejection::TooOld);
        }
        let outcome = match sent.content {
            Content::CarrierFee { amount } => self.charge(amount),
            Content::Message { direction, .. } => {
                let Some(total) = sent.total else { return Outcome::Invalid(Rejection::NoRate) };
                let lack = match self.balance {
                    ..=0 => Some(Lack::Suspended),
                    balance if balance < total => Some(Lack::InsufficientBalance),
                    _ => None,
                };
                match (lack.filter(|_| sent.mode == Admit), direction) {
                    (None, _) => self.charge(total),
                    (Some(lack), Inbound) => Outcome::Recorded(Some(lack)),
                    (Some(lack), Outbound) => return Outcome::Refused(lack),
                }
            }
        };
        let verdict = match outcome {
            Outcome::Charged { amount, seq } => Verdict { outcome: Taken::Posted, amount, seq },
            Outcome::Recorded(Some(Lack::Suspended)) => {
                Verdict { outcome: Taken::BlockedSuspended, amount: Money::ZERO, seq: 0 }
            }
            _ => Verdict { outcome: Taken::BlockedInsufficientBalance, amount: Money::ZERO, seq: 0 },
        };
        let kept_until = now.max(sent.occurred_at) + 35 * DAY;
        self.ids.insert(key, Known { content: sent.content, verdict, kept_until });
        outcome
    }

    fn charge(&mut self, amount: i64) -> Outcome {
        let seq = self.enter(-amount);
        Outcome::Charged { amount: Money::from_nanos(amount), seq }
    }
}
