//! The second opinion on what becomes of the events: one after the other, as plainly as it can be said.

use serde::Serialize;

use super::stream::{Event, Stream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Charged,
    /// It was charged before.
    Duplicate,
    /// Its wallet has less than it costs; sent again it is decided afresh.
    Refused,
}

/// How many events came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub charged: u64,
    pub duplicate: u64,
    pub refused: u64,
}

pub struct Fold {
    pub balances: Vec<i64>,
    pub counts: Counts,
    /// A bit for every number of an event: charged.
    charged: Vec<u64>,
}

impl Counts {
    pub fn events(&self) -> u64 {
        self.charged + self.duplicate + self.refused
    }

    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Charged => self.charged += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::Refused => self.refused += 1,
        }
    }

    pub fn add(&mut self, other: Counts) {
        self.charged += other.charged;
        self.duplicate += other.duplicate;
        self.refused += other.refused;
    }
}

impl Fold {
    pub fn new(stream: &Stream) -> Fold {
        Fold { balances: stream.openings(), counts: Counts::default(), charged: Vec::new() }
    }

    /// After every connection has sent so many events from the start of the stream on.
    pub fn after(stream: &Stream, sent: &[u64]) -> Fold {
        let mut fold = Fold::new(stream);
        let connections = sent.len() as u64;
        for round in 0..sent.iter().copied().max().unwrap_or(0) {
            for (number, sent) in sent.iter().enumerate() {
                if round < *sent {
                    fold.take(&stream.at(round * connections + number as u64));
                }
            }
        }
        fold
    }

    pub fn take(&mut self, event: &Event) -> Outcome {
        let outcome = self.decide(event);
        self.counts.count(outcome);
        outcome
    }

    fn decide(&mut self, event: &Event) -> Outcome {
        let (word, bit) = ((event.number / 64) as usize, 1 << (event.number % 64));
        if self.charged.len() <= word {
            self.charged.resize((word + 1) * 2, 0);
        }
        if self.charged[word] & bit != 0 {
            return Outcome::Duplicate;
        }
        let balance = &mut self.balances[event.wallet as usize];
        let amount = event.price.total();
        if *balance < amount {
            return Outcome::Refused;
        }
        *balance -= amount;
        self.charged[word] |= bit;
        Outcome::Charged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::stream::Price;

    fn event(number: u64, amount: i64) -> Event {
        let price = Price { unit_price: amount - 10, carrier_fee: 10 };
        Event { number, wallet: 3, country: 0, text: 0, peer: 0, price }
    }

    #[test]
    fn what_is_known_is_a_duplicate_and_what_is_not_covered_is_refused_and_not_remembered() {
        let stream = Stream::new(1, 64);
        let mut fold = Fold::new(&stream);
        fold.balances[3] = 1_100;
        let table = [
            (event(1, 110), Outcome::Charged, 990),
            (event(2, 1_000), Outcome::Refused, 990),
            (event(1, 110), Outcome::Duplicate, 990),
            (event(2, 1_000), Outcome::Refused, 990),
            (event(3, 110), Outcome::Charged, 880),
        ];
        for (event, outcome, balance) in table {
            assert_eq!((fold.take(&event), fold.balances[3]), (outcome, balance), "{event:?}");
        }
        fold.balances[3] = 1_000;
        assert_eq!(fold.take(&event(2, 1_000)), Outcome::Charged, "decided afresh, and down to zero");
        assert_eq!(fold.balances[3], 0);
        assert_eq!(fold.counts, Counts { charged: 3, duplicate: 1, refused: 2 });
    }

    #[test]
    fn what_connections_sent_comes_to_the_same_in_any_division_of_the_same_events() {
        let stream = Stream::new(3, 640);
        let one = Fold::after(&stream, &[64_000]);
        let four = Fold::after(&stream, &[16_000; 4]);
        assert_eq!((&one.balances, one.counts), (&four.balances, four.counts));
        let Counts { charged, duplicate, refused } = one.counts;
        assert!(charged > 50_000 && duplicate > 300 && refused > 300, "{:?}", one.counts);
        assert!(one.balances.iter().all(|balance| *balance >= 0));
        let uneven = Fold::after(&stream, &[100, 0]);
        assert_eq!(uneven.counts.events(), 100);
        assert!(
            uneven
                .balances
                .iter()
                .skip(1)
                .step_by(2)
                .zip(stream.openings().iter().skip(1).step_by(2))
                .all(|(left, right)| left == right),
            "nothing of odd lanes was sent"
        );
    }
}
