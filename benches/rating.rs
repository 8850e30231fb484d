//! Rating against 30 and against 30,000 prefixes: the same mix of real numbers that match, and the
//! ratio of the two, which has to stay below 1.5.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::collections::HashSet;
use std::hint::black_box;
use std::time::Instant;

use criterion::Criterion;
use farebox::domain::address::Address;
use farebox::domain::currency::Currency;
use farebox::domain::event::{Carrier, Direction, Kind, Message, Units};
use farebox::domain::money::Money;
use farebox::domain::rating::rate;
use farebox::domain::sender_type::SenderType;
use farebox::domain::tariff::{FeeRow, Head, Prefix, RateRow, Tables, Version};
use farebox::domain::time::Timestamp;

const FEW: usize = 30;
const MANY: usize = 30_000;
const RATIO_MAX: f64 = 1.5;
const MESSAGES: usize = 2_048;
const PASSES: usize = 2_000;
const CARRIERS: [&str; 3] = ["310260", "310410", "311480"];
/// How often prefixes have 1, 2, ... 9 digits.
const LENGTH_WEIGHTS: [u64; 9] = [1, 3, 6, 10, 14, 18, 18, 15, 15];

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// `text` with random digits up to a length; the first is not 0.
    fn digits(&mut self, mut text: String, length: usize) -> String {
        while text.len() < length {
            let first = u64::from(text.is_empty());
            text.push(char::from(b'0' + (first + self.below(10 - first)) as u8));
        }
        text
    }

    fn prefix(&mut self) -> String {
        let mut drawn = self.below(LENGTH_WEIGHTS.iter().sum());
        let longer = |weight: &&u64| {
            let on = drawn >= **weight;
            drawn = drawn.saturating_sub(**weight);
            on
        };
        let length = 1 + LENGTH_WEIGHTS.iter().take_while(longer).count();
        self.digits(String::new(), length)
    }

    fn carrier(&mut self) -> Option<Carrier> {
        CARRIERS.get(self.below(6) as usize).and_then(|carrier| Carrier::parse(carrier))
    }
}

/// So many prefixes, each with four rates: any, toll-free, one carrier, and toll-free on that carrier.
/// Every fifth has a carrier fee table too.
fn version(random: &mut Random, count: usize) -> (Version, Vec<String>) {
    let (mut known, mut prefixes) = (HashSet::new(), Vec::new());
    while prefixes.len() < count {
        let prefix = random.prefix();
        if known.insert(prefix.clone()) {
            prefixes.push(prefix);
        }
    }
    let (mut rates, mut fees) = (Vec::new(), Vec::new());
    for (prefix, index) in prefixes.iter().zip(0..) {
        let prefix = Prefix::parse(prefix).unwrap();
        let (direction, kind) = (Direction::Outbound, Kind::Sms);
        let carrier = Carrier::parse(CARRIERS[random.below(3) as usize]);
        let toll_free = Some(SenderType::TollFree);
        for (sender_type, carrier) in [(None, None), (toll_free, None), (None, carrier), (toll_free, carrier)]
        {
            let price = Money::from_nanos(1_000 * i64::from(index));
            let (country, line) = (Some(*b"US"), index);
            rates.push(RateRow { direction, kind, prefix, sender_type, carrier, price, country, line });
        }
        if index % 5 == 0 {
            for carrier in [None, carrier] {
                let fee = Money::from_nanos(100);
                fees.push(FeeRow { direction, kind, prefix, sender_type: None, carrier, fee, line: index });
            }
        }
    }
    let head = Head {
        name: "bench".to_owned(),
        label: "1".to_owned(),
        currency: Currency::USD,
        effective_from: Timestamp::from_nanos(0),
        effective_until: None,
        failure_fee: Money::ZERO,
    };
    (Version::new(head, Tables { rates, fees, ..Tables::default() }).unwrap(), prefixes)
}

/// Messages to numbers of 11 digits, each below one of the prefixes.
fn messages(random: &mut Random, prefixes: &[String]) -> Vec<Message> {
    let senders = ["+12125550100", "+18005550100", "+18005550100", "ACME"];
    let one = |_| {
        let prefix = &prefixes[random.below(prefixes.len() as u64) as usize];
        let peer = random.digits(prefix.clone(), 11);
        let channel = Address::parse(senders[random.below(4) as usize]).unwrap();
        Message {
            direction: Direction::Outbound,
            kind: Kind::Sms,
            channel,
            peer: Address::parse(&format!("+{peer}")).unwrap(),
            units: Units { billed: 1 + random.below(3) as u8, counted: None, encoding: None },
            sender_type: SenderType::of_channel(&channel),
            carrier: random.carrier(),
        }
    };
    (0..MESSAGES).map(one).collect()
}

fn rate_all(version: &Version, messages: &[Message]) -> i64 {
    messages.iter().map(|message| rate(version, message).expect("all match").total().nanos()).sum()
}

/// The best of many passes over each side by turns, in nanoseconds a message: what else the machine
/// does only adds.
fn best(sides: &[(usize, Version, Vec<Message>); 2]) -> [f64; 2] {
    let mut best = [f64::INFINITY; 2];
    for _ in 0..PASSES {
        for (best, (_, version, messages)) in best.iter_mut().zip(sides) {
            // Once before the clock runs: the other side has just had the caches.
            black_box(rate_all(black_box(version), black_box(messages)));
            let start = Instant::now();
            black_box(rate_all(black_box(version), black_box(messages)));
            *best = best.min(start.elapsed().as_secs_f64() * 1e9 / MESSAGES as f64);
        }
    }
    best
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut random = Random(1);
    let sides = [FEW, MANY].map(|count| {
        let (version, prefixes) = version(&mut random, count);
        let messages = messages(&mut random, &prefixes);
        (count, version, messages)
    });
    for (count, version, messages) in &sides {
        let name = format!("rate {MESSAGES} messages against {count} prefixes");
        criterion.bench_function(&name, |bencher| bencher.iter(|| rate_all(black_box(version), messages)));
    }
    let [few, many] = best(&sides);
    let ratio = many / few;
    let verdict = if ratio <= RATIO_MAX { "within" } else { "MISSES" };
    println!("{FEW}: {few:.1} ns, {MANY}: {many:.1} ns, ratio {ratio:.2}, {verdict} {RATIO_MAX}");
    criterion.final_summary();
}
