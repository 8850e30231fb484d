//! The money of every wallet as the client knows it: what it was given, less what it was told was charged.

use super::answer::{Outcome, Was, read_results};
use super::event::{Event, Prices, What};
use super::tally::Counts;

/// Of so many answers with nothing special one is read to its end, and every amount in it compared.
const CHECK_EVERY: u64 = 64;

/// Charges of one run.
pub struct Ledger {
    prices: Prices,
    /// By wallet, in 1e-9 of the currency unit.
    charged: Vec<i64>,
    /// By wallet, whether any event was sent.
    active: Vec<bool>,
    answers: u64,
    pub amounts_compared: u64,
    /// Amounts that were told otherwise than the price list has them.
    pub amounts_wrong: u64,
}

/// Whether an answer is to the first sending of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    First,
    /// The answer to an earlier sending was lost: what is a duplicate now may have been charged then.
    Again,
}

impl Ledger {
    pub fn new(prices: Prices) -> Ledger {
        Ledger {
            prices,
            charged: Vec::new(),
            active: Vec::new(),
            answers: 0,
            amounts_compared: 0,
            amounts_wrong: 0,
        }
    }

    /// What a wallet was charged so far.
    pub fn charged(&self, wallet: u32) -> i64 {
        self.charged.get(wallet as usize).copied().unwrap_or(0)
    }

    /// Wallets that events were sent of.
    pub fn active(&self) -> usize {
        self.active.iter().filter(|active| **active).count()
    }

    /// Adds what an answer says; `None` where it has another shape.
    pub fn enter(
        &mut self,
        events: &[Event],
        counts: &Counts,
        answer: &[u8],
        sending: Sending,
    ) -> Option<()> {
        self.answers += 1;
        let delivered = events.iter().filter(|event| event.what == What::Delivered).count() as u64;
        let plain = counts.charged == events.len() as u64 - delivered && counts.recorded == delivered;
        if plain && !self.answers.is_multiple_of(CHECK_EVERY) {
            for event in events {
                self.add(event.wallet, self.prices.charge(event));
            }
            return Some(());
        }
        let outcomes = read_results(answer)?;
        if outcomes.len() != events.len() {
            return None;
        }
        for (event, Outcome { was, amount }) in events.iter().zip(outcomes) {
            let charged = was == Was::Charged || (was == Was::Duplicate && sending == Sending::Again);
            self.add(event.wallet, if charged { amount } else { 0 });
            if was != Was::Other {
                self.amounts_compared += 1;
                self.amounts_wrong += u64::from(amount != self.prices.charge(event));
            }
        }
        Some(())
    }

    fn add(&mut self, wallet: u32, amount: i64) {
        let at = wallet as usize;
        if self.charged.len() <= at {
            self.charged.resize(at + 1, 0);
            self.active.resize(at + 1, false);
        }
        self.charged[at] += amount;
        self.active[at] = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff;

    fn ledger() -> Ledger {
        let now = "2026-11-27T10:00:00Z".parse().expect("an instant");
        Ledger::new(Prices::of(&tariff::versions(now)[0], now))
    }

    fn event(wallet: u32, what: What) -> Event {
        Event { number: 1, wallet, peer: 1, what, shape: 0, moment: 0 }
    }

    fn answer(results: &[(&str, &str)]) -> Vec<u8> {
        let results: Vec<String> = results
            .iter()
            .map(|(outcome, amount)| format!("{{\"outcome\":\"{outcome}\",\"amount\":{amount}}}"))
            .collect();
        format!("{{\"results\":[{}]}}", results.join(",")).into_bytes()
    }

    #[test]
    fn what_is_charged_in_full_is_known_from_the_counters() {
        let mut ledger = ledger();
        let events = [
            event(0, What::Message),
            event(2, What::Message),
            event(0, What::Failed),
            event(2, What::Delivered),
        ];
        let counts = Counts { charged: 3, recorded: 1, ..Counts::default() };
        ledger.enter(&events, &counts, b"", Sending::First).expect("entered");
        assert_eq!((ledger.charged(0), ledger.charged(2)), (0, 10_900_000));
        assert_eq!(ledger.active(), 2);
    }

    #[test]
    fn a_mixed_answer_is_read_and_a_wrong_amount_is_counted() {
        let mut ledger = ledger();
        let events = [event(0, What::Message), event(0, What::Message), event(0, What::Message)];
        let counts = Counts { charged: 2, duplicate: 1, ..Counts::default() };
        let mixed =
            answer(&[("charged", "\"0.0109\""), ("charged", "\"0.02\""), ("duplicate", "\"0.0109\"")]);
        ledger.enter(&events, &counts, &mixed, Sending::First).expect("entered");
        assert_eq!(ledger.charged(0), 30_900_000);
        assert_eq!((ledger.amounts_compared, ledger.amounts_wrong), (3, 1));
        assert!(ledger.enter(&events[..1], &counts, &mixed, Sending::First).is_none(), "a result too many");
    }

    #[test]
    fn a_duplicate_counts_where_the_first_answer_was_lost() {
        let counts = Counts { duplicate: 1, ..Counts::default() };
        let told = answer(&[("duplicate", "\"0.0109\"")]);
        for (sending, want) in [(Sending::First, 0), (Sending::Again, 10_900_000)] {
            let mut ledger = ledger();
            ledger.enter(&[event(0, What::Message)], &counts, &told, sending).expect("entered");
            assert_eq!(ledger.charged(0), want, "{sending:?}");
        }
    }

    #[test]
    fn now_and_then_a_plain_answer_is_read_too() {
        let mut ledger = ledger();
        let counts = Counts { charged: 1, ..Counts::default() };
        let told = answer(&[("charged", "\"0.0109\"")]);
        for _ in 0..CHECK_EVERY * 2 {
            ledger.enter(&[event(0, What::Message)], &counts, &told, Sending::First).expect("entered");
        }
        assert_eq!(ledger.charged(0), 10_900_000 * 128);
        assert_eq!((ledger.amounts_compared, ledger.amounts_wrong), (2, 0));
    }
}
