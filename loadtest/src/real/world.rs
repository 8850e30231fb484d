//! The invented side of the messages: countries, carriers, and the numbers, short codes and names that
//! wallets send from and receive on.

use fastrand::Rng;

use crate::words::SenderType;

/// Where peers live: leading digits, digits in all, carriers (the blank one: not told).
struct Country {
    prefixes: &'static [&'static str],
    digits: usize,
    carriers: &'static [&'static str],
}

const COUNTRIES: &[Country] = &[
    Country {
        prefixes: &["1415", "1212", "1907"],
        digits: 11,
        carriers: &["", "310260", "311480", "310410"],
    },
    Country {
        prefixes: &["1416", "1514", "1604"],
        digits: 11,
        carriers: &["", "302720", "302610", "310260"],
    },
    Country { prefixes: &["1868"], digits: 11, carriers: &["", "37412"] },
    Country { prefixes: &["658", "659"], digits: 10, carriers: &["", "52501", "52503"] },
    Country { prefixes: &["919", "918"], digits: 12, carriers: &["", "40445", "40410"] },
    Country { prefixes: &["9477"], digits: 11, carriers: &[""] },
    Country { prefixes: &["9230"], digits: 12, carriers: &["", "41001"] },
    Country { prefixes: &["6012"], digits: 11, carriers: &[""] },
    Country { prefixes: &["4474", "4479", "4420"], digits: 12, carriers: &["", "23410", "23430"] },
    Country { prefixes: &["3620"], digits: 11, carriers: &["", "21630"] },
    Country { prefixes: &["2547"], digits: 12, carriers: &[""] },
    Country { prefixes: &["8613"], digits: 13, carriers: &["", "46000"] },
    Country { prefixes: &["8801"], digits: 13, carriers: &[""] },
    // No rate reaches this calling code.
    Country { prefixes: &["979"], digits: 12, carriers: &[""] },
];
/// How often each is drawn, in the same order.
const WEIGHTS: &[u32] = &[30, 12, 3, 20, 10, 3, 3, 3, 10, 2, 2, 2, 2, 1];

const TOLL_FREE: &[&str] = &["1800", "1833", "1844", "1855", "1866", "1877", "1888"];
const NAMES: &[&str] = &["ACME", "Acme Bank 1", "NIGHT-BUS", "R2.D2", "Parcels+", "m&m_shop"];

/// The other side of a message.
#[derive(Clone, Debug)]
pub struct Peer {
    pub address: String,
    /// Empty where the carrier is not told.
    pub carrier: &'static str,
}

/// The wallet's side of a message.
#[derive(Clone, Debug)]
pub struct Channel {
    pub address: String,
    /// What its events say; without it the address tells.
    pub sender_type: Option<SenderType>,
}

impl Channel {
    /// A name can only send.
    pub fn receives(&self) -> bool {
        !self.address.bytes().any(|byte| byte.is_ascii_alphabetic())
    }
}

/// A number in some country.
pub fn peer(rng: &mut Rng) -> Peer {
    let mut ticket = rng.u32(0..WEIGHTS.iter().sum());
    for (country, weight) in COUNTRIES.iter().zip(WEIGHTS) {
        if ticket < *weight {
            let prefix = pick(rng, country.prefixes);
            return Peer {
                address: number(rng, prefix, country.digits),
                carrier: pick(rng, country.carriers),
            };
        }
        ticket -= weight;
    }
    unreachable!("a ticket is smaller than the sum of the weights")
}

/// Who writes to a wallet: mostly numbers, at times a short code or a name.
pub fn inbound_peer(rng: &mut Rng, recipient: &Peer) -> Peer {
    match rng.u8(0..20) {
        0 => Peer { address: rng.u32(100..100_000).to_string(), carrier: "" },
        1 => Peer { address: pick(rng, NAMES).to_string(), carrier: "" },
        _ => recipient.clone(),
    }
}

/// What one wallet sends from: every kind once, and two whose events say another sender type than the address.
pub fn channels(rng: &mut Rng) -> Vec<Channel> {
    let toll_free = pick(rng, TOLL_FREE);
    let plain = [
        number(rng, "1415555", 11),
        number(rng, toll_free, 11),
        rng.u32(100..100_000_000).to_string(),
        pick(rng, NAMES).to_string(),
        number(rng, "658", 10),
        number(rng, "1416", 11),
        number(rng, "4420", 12),
    ];
    let stated = [
        (number(rng, "4479", 12), SenderType::Mobile),
        (number(rng, "1650", 11), SenderType::TollFree),
        (number(rng, "1800", 11), SenderType::Local),
        (number(rng, "1212", 11), SenderType::ShortCode),
    ];
    let plain = plain.into_iter().map(|address| Channel { address, sender_type: None });
    let stated = stated.into_iter().map(|(address, told)| Channel { address, sender_type: Some(told) });
    plain.chain(stated).collect()
}

pub fn pick<T: Copy>(rng: &mut Rng, values: &[T]) -> T {
    values[rng.usize(0..values.len())]
}

fn number(rng: &mut Rng, prefix: &str, digits: usize) -> String {
    let mut text = format!("+{prefix}");
    while text.len() <= digits {
        text.push(rng.digit(10));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_weight_and_every_peer_is_a_number() {
        assert_eq!(COUNTRIES.len(), WEIGHTS.len());
        let mut rng = Rng::with_seed(1);
        for _ in 0..200 {
            let peer = peer(&mut rng);
            let digits = peer.address.strip_prefix('+').expect("a plus in front");
            assert!((7..=15).contains(&digits.len()), "{peer:?}");
        }
    }

    #[test]
    fn only_names_cannot_receive() {
        for (address, want) in [("ACME", false), ("R2.D2", false), ("12345", true), ("+6581234567", true)] {
            let channel = Channel { address: address.into(), sender_type: None };
            assert_eq!(channel.receives(), want, "{address}");
        }
    }
}
