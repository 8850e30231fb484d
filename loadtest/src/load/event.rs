//! Events as the generator means them: numbers only. What they are written as is `encode`'s business.

use jiff::Timestamp;

use crate::money;
use crate::real::{event::Message, rating, segments};
use crate::tariff::Version;
use crate::words::{Direction, Encoding, Kind};

/// What every message is sent from.
pub const CHANNEL: &str = "+14155550100";
/// Leading digits of the peers; seven more follow. All of the first as many digits as their neighbours need.
pub const COUNTRIES: [&str; 6] = ["1415", "1416", "658", "9198", "4479", "3620"];
pub const TEXTS: [&str; 3] = [
    "Your code is 493817.",
    "Dinner at seven? The train was late again.",
    "Parcel 10442 is at the front desk. Bring the slip and something with your name on it, please.",
];
/// Countries times texts.
pub const SHAPES: usize = COUNTRIES.len() * TEXTS.len();
/// A peer's digits behind its country's.
pub const PEERS: u32 = 10_000_000;
/// Wallets are told by seven digits.
pub const WALLETS_MAX: u32 = 9_999_999;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Message,
    /// The final status of the message with the same number.
    Delivered,
    Failed,
}

/// One event of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Of the message, from 0; a status has its message's.
    pub number: u64,
    pub wallet: u32,
    /// Below [`PEERS`].
    pub peer: u32,
    pub what: What,
    /// Country and text, below [`SHAPES`].
    pub shape: u8,
    /// Which of the moments of [`Moments`](super::lines::Moments) it happened at; 0 is now.
    pub moment: u8,
}

/// Country and text of a shape.
pub fn shape(number: u8) -> (&'static str, &'static str) {
    let number = usize::from(number);
    (COUNTRIES[number % COUNTRIES.len()], TEXTS[number / COUNTRIES.len()])
}

/// Segments of a text that is sent to this country, and how it goes on the air.
pub fn segments(text: &str) -> (usize, Encoding) {
    segments::count(text, segments::Header::SixOctets)
}

/// What a message of each shape costs, in 1e-9 of the currency unit: told by the second implementation of the rules.
#[derive(Clone, Debug)]
pub struct Prices([i64; SHAPES]);

impl Prices {
    pub fn of(tariff: &Version, at: Timestamp) -> Prices {
        Prices(std::array::from_fn(|number| {
            let (country, text) = shape(number as u8);
            let message = Message {
                direction: Direction::Outbound,
                kind: Kind::Sms,
                channel: CHANNEL.to_owned(),
                peer: format!("+{country}0000000"),
                text: Some(text.to_owned()),
                stated: None,
                sender_type: None,
                carrier: "",
            };
            let (units, _) = segments(text);
            let price = rating::price(std::slice::from_ref(tariff), &message, units, at);
            let total = price.expect("the tariff of the load test has a rate for every shape").total();
            i64::try_from(total).expect("one message costs less than nine thousand million")
        }))
    }

    /// What an event is to be charged; what a failed message returns is negative.
    pub fn charge(&self, event: &Event) -> i64 {
        match event.what {
            What::Message => self.0[usize::from(event.shape)],
            What::Delivered => 0,
            What::Failed => -self.0[usize::from(event.shape)],
        }
    }
}

/// The name of wallet `number` of a run.
pub fn wallet_name(run: &str, number: u32) -> String {
    format!("lt-{run}-{number:07}")
}

/// The number in a name that [`wallet_name`] made.
pub fn wallet_number(run: &str, name: &str) -> Option<u32> {
    name.strip_prefix("lt-")?.strip_prefix(run)?.strip_prefix('-')?.parse().ok()
}

/// Above any run's spending, so that every message is charged.
pub const FUNDS: i128 = 1_000_000 * money::UNIT;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff;

    #[test]
    fn prices_are_those_of_the_price_list() {
        let now: Timestamp = "2026-11-27T10:00:00Z".parse().expect("an instant");
        let [tariff, _] = tariff::versions(now);
        let prices = Prices::of(&tariff, now);
        let event = |shape, what| Event { number: 0, wallet: 0, peer: 0, what, shape, moment: 0 };
        // Shape 0 goes to +1 415: 0.0079 and a carrier fee of 0.003; shape 1 to +1 416: 0.0089 and 0.0055.
        assert_eq!(prices.charge(&event(0, What::Message)), 10_900_000);
        assert_eq!(prices.charge(&event(0, What::Failed)), -10_900_000);
        assert_eq!(prices.charge(&event(1, What::Message)), 14_400_000);
        assert_eq!(prices.charge(&event(1, What::Delivered)), 0);
    }

    #[test]
    fn a_wallets_number_is_read_from_its_name() {
        assert_eq!(wallet_number("r1", &wallet_name("r1", 42)), Some(42));
        assert_eq!(wallet_number("r1", "lt-r2-0000042"), None);
        assert_eq!(wallet_number("r1", "acme"), None);
    }
}
