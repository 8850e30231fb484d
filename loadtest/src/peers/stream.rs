//! The events, the same for every ledger: what stands at a position of the stream depends on the seed alone.
//!
//! The stream has 64 lanes: position p is of lane p % 64, and so is its wallet. N connections (a divisor of 64) take
//! the lanes that are theirs, so a wallet's events come over one connection, in order, whatever N is. What becomes of
//! every event is certain then, and no two connections wait for each other's wallets.

use crate::tariff;

pub const LANES: u64 = 64;
/// One position in so many is an event that was there before.
const REPEAT_EVERY: u64 = 100;
/// How far behind, in positions of its lane: half of them close by, so that a batch may hold both.
const REPEAT_NEAR: u64 = 15;
const REPEAT_FAR: u64 = 15_625;
/// One wallet in so many has little, and runs dry.
const POOR_EVERY: u64 = 50;
const POOR_NANOS: u64 = 400_000_000;
const RICH_NANOS: i64 = 1_000_000_000_000_000;

pub const CHANNEL: &str = "+14155550100";
/// Leading digits of the peers; seven more follow.
pub const COUNTRIES: [&str; 6] = ["1415", "1416", "658", "9198", "4479", "3620"];
/// Each of one segment.
pub const TEXTS: [&str; 3] = [
    "Your code is 493817.",
    "Dinner at seven? The train was late again.",
    "Parcel 10442 is at the front desk. Bring the slip and something with your name on it, please.",
];
/// Digits of wallets and ids: all names are of one length.
const WALLET_DIGITS: usize = 7;
const ID_DIGITS: usize = 10;

/// One outbound SMS of one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Names it: the same number is the same event.
    pub number: u64,
    pub wallet: u32,
    /// Of [`COUNTRIES`].
    pub country: usize,
    /// Of [`TEXTS`].
    pub text: usize,
    /// The peer's last seven digits.
    pub peer: u64,
    pub price: Price,
}

/// In counts of 1e-9 of the currency unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    pub unit_price: i64,
    pub carrier_fee: i64,
}

#[derive(Clone, Debug)]
pub struct Stream {
    seed: u64,
    wallets: u32,
    prices: [Price; COUNTRIES.len()],
}

impl Price {
    pub fn total(self) -> i64 {
        self.unit_price + self.carrier_fee
    }
}

impl Stream {
    /// At least as many wallets as lanes.
    pub fn new(seed: u64, wallets: u32) -> Stream {
        Stream { seed, wallets, prices: COUNTRIES.map(price) }
    }

    pub fn wallets(&self) -> u32 {
        self.wallets
    }

    pub fn at(&self, position: u64) -> Event {
        let number = self.number_at(position);
        let drawn = mixed(self.seed ^ mixed(number));
        let lane = number % LANES;
        let of_lane = (u64::from(self.wallets) - lane).div_ceil(LANES);
        let rest = mixed(drawn);
        let country = (rest % COUNTRIES.len() as u64) as usize;
        Event {
            number,
            wallet: (lane + LANES * (drawn % of_lane)) as u32,
            country,
            price: self.prices[country],
            text: ((rest >> 8) % TEXTS.len() as u64) as usize,
            peer: (rest >> 16) % 10_000_000,
        }
    }

    /// Nearly always the position itself; else that of an earlier one in the same lane.
    fn number_at(&self, mut position: u64) -> u64 {
        loop {
            let drawn = mixed(self.seed.wrapping_add(1) ^ mixed(position));
            if !drawn.is_multiple_of(REPEAT_EVERY) {
                return position;
            }
            let drawn = drawn / REPEAT_EVERY;
            let reach = if drawn.is_multiple_of(2) { REPEAT_NEAR } else { REPEAT_FAR };
            // No further back than the lane goes.
            let reach = reach.min(position / LANES);
            if reach == 0 {
                return position;
            }
            position -= LANES * (1 + drawn / 2 % reach);
        }
    }

    /// What every wallet has before its first event, in counts of 1e-9.
    pub fn openings(&self) -> Vec<i64> {
        let drawn = |wallet: u32| mixed(self.seed.wrapping_add(2) ^ mixed(u64::from(wallet)));
        let opening = |drawn: u64| match drawn % POOR_EVERY {
            0 => (drawn / POOR_EVERY % POOR_NANOS) as i64 + 1,
            _ => RICH_NANOS,
        };
        (0..self.wallets).map(|wallet| opening(drawn(wallet))).collect()
    }
}

/// What one connection sends: its lanes' positions, in order.
pub struct Feed<'s> {
    stream: &'s Stream,
    next: u64,
    step: u64,
    pub sent: u64,
}

impl<'s> Feed<'s> {
    /// Connection `number` of `connections`, from a position of lane 0 on.
    pub fn new(stream: &'s Stream, from: u64, number: u64, connections: u64) -> Feed<'s> {
        assert!(LANES.is_multiple_of(connections) && from.is_multiple_of(LANES), "lanes are not divided");
        Feed { stream, next: from + number, step: connections, sent: 0 }
    }

    /// The next events, in place of those that were there.
    pub fn fill(&mut self, events: &mut Vec<Event>, count: usize) {
        events.clear();
        events.extend((0..count as u64).map(|ahead| self.stream.at(self.next + ahead * self.step)));
        self.next += count as u64 * self.step;
        self.sent += count as u64;
    }
}

pub fn wallet_name(wallet: u32) -> String {
    let mut name = Vec::new();
    put_wallet(&mut name, wallet);
    String::from_utf8(name).expect("digits are text")
}

pub fn put_wallet(into: &mut Vec<u8>, wallet: u32) {
    into.extend_from_slice(b"w-");
    put_digits(into, u64::from(wallet), WALLET_DIGITS);
}

pub fn put_id(into: &mut Vec<u8>, number: u64) {
    into.extend_from_slice(b"e-");
    put_digits(into, number, ID_DIGITS);
}

/// A number with leading zeros.
pub fn put_digits(into: &mut Vec<u8>, mut number: u64, width: usize) {
    let start = into.len();
    into.resize(start + width, b'0');
    for digit in into[start..].iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// What the tariff of the load test asks for a message there, from an ordinary long number, by no carrier of its own.
fn price(digits: &str) -> Price {
    let [version, _] = tariff::versions(jiff::Timestamp::UNIX_EPOCH);
    let reach = |scope: &tariff::Scope| {
        let ours = scope.direction == "outbound" && scope.kind == "sms" && digits.starts_with(scope.prefix);
        (ours && scope.sender_type.is_empty() && scope.carrier.is_empty()).then_some(scope.prefix.len())
    };
    let nanos = |rows: &mut dyn Iterator<Item = (Option<usize>, i128)>| {
        let row = rows.filter(|(reach, _)| reach.is_some()).max();
        row.map(|(_, nanos)| i64::try_from(nanos).expect("a price fits"))
    };
    let unit_price = nanos(&mut version.rates.iter().map(|rate| (reach(&rate.scope), rate.price)));
    let carrier_fee = nanos(&mut version.fees.iter().map(|fee| (reach(&fee.scope), fee.fee)));
    Price { unit_price: unit_price.expect("every country has a rate"), carrier_fee: carrier_fee.unwrap_or(0) }
}

/// The finaliser of splitmix64: neighbours come out unlike each other.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn a_wallet_is_of_one_lane_and_every_wallet_is_drawn() {
        let stream = Stream::new(7, 650);
        let mut drawn = vec![0; 650];
        for position in 0..200_000 {
            let event = stream.at(position);
            assert_eq!(u64::from(event.wallet) % LANES, position % LANES, "the lane of {position}");
            drawn[event.wallet as usize] += 1;
        }
        let (least, most) = (drawn.iter().min(), drawn.iter().max());
        assert!(
            least > Some(&200) && most < Some(&420),
            "drawn {least:?} to {most:?} times, about 308 wanted"
        );
    }

    #[test]
    fn one_event_in_a_hundred_was_there_before_and_is_the_same_event() {
        let stream = Stream::new(7, 10_000);
        let (mut seen, mut repeats, mut near) = (HashMap::new(), 0, 0);
        for position in 0..300_000 {
            let event = stream.at(position);
            if let Some((first, at)) = seen.insert(event.number, (event, position)) {
                assert_eq!(first, event, "position {position}");
                repeats += 1;
                near += u32::from(position - at <= LANES * REPEAT_NEAR);
            }
        }
        assert!((2_600..3_300).contains(&repeats), "{repeats} repeats in 300,000");
        assert!((1_300..2_000).contains(&near), "{near} of {repeats} are close by");
    }

    #[test]
    fn connections_share_the_stream_out_whatever_their_number() {
        let stream = Stream::new(7, 1_000);
        let want: Vec<Event> = (0..256).map(|position| stream.at(position)).collect();
        for connections in [1, 4, 64] {
            let mut got = vec![None; 256];
            for number in 0..connections {
                let (mut feed, mut events) = (Feed::new(&stream, 0, number, connections), Vec::new());
                feed.fill(&mut events, 1);
                let mut all = events.clone();
                feed.fill(&mut events, 256 / connections as usize - 1);
                all.append(&mut events);
                assert_eq!(feed.sent, 256 / connections);
                for (index, event) in all.into_iter().enumerate() {
                    got[index * connections as usize + number as usize] = Some(event);
                }
            }
            assert_eq!(got.into_iter().flatten().collect::<Vec<_>>(), want, "{connections} connections");
        }
    }

    #[test]
    fn prices_are_those_of_the_tariff() {
        let table = [(7_900_000, 3_000_000), (8_900_000, 5_500_000), (41_500_000, 500_000)];
        let table = table.into_iter().chain([(83_200_000, 0), (40_100_000, 0), (105_000_000, 0)]);
        let want: Vec<Price> =
            table.map(|(unit_price, carrier_fee)| Price { unit_price, carrier_fee }).collect();
        assert_eq!(COUNTRIES.map(price).to_vec(), want);
    }

    #[test]
    fn some_wallets_have_little() {
        let openings = Stream::new(1, 10_000).openings();
        let poor = openings.iter().filter(|nanos| **nanos < RICH_NANOS).count();
        assert!((150..250).contains(&poor), "{poor} of 10,000");
        assert!(openings.iter().all(|nanos| *nanos > 0));
    }

    #[test]
    fn names_are_of_one_length() {
        assert_eq!(wallet_name(12), "w-0000012");
        let mut id = Vec::new();
        put_id(&mut id, 1_234_567_890);
        assert_eq!(id, b"e-1234567890");
    }
}
