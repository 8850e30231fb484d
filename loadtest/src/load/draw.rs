//! Which wallet comes next.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result};
use fastrand::Rng;
use flate2::read::GzDecoder;

/// So many messages are drawn from a Zipf law before they repeat.
const ZIPF_SEQUENCE: usize = 1 << 20;
/// As in the real traffic: the share of the messages that the busiest hundredth of the senders sends.
const TOP_SHARE: f64 = 0.24;

/// How wallets are drawn.
#[derive(Clone, Debug)]
pub enum Draw {
    /// Each of so many alike.
    Uniform(u32),
    One(u32),
    /// In this order, over and over.
    Sequence {
        order: Rc<[u32]>,
        at: usize,
    },
}

impl Draw {
    /// The same order, begun at another place for every connection.
    pub fn of_connection(&self, connection: u32, connections: u32) -> Draw {
        match self {
            Draw::Sequence { order, .. } => {
                let at = order.len() as u64 * u64::from(connection) / u64::from(connections.max(1));
                Draw::Sequence { order: Rc::clone(order), at: at as usize % order.len() }
            }
            other => other.clone(),
        }
    }

    pub fn next(&mut self, rng: &mut Rng) -> u32 {
        match self {
            Draw::Uniform(wallets) => rng.u32(0..*wallets),
            Draw::One(wallet) => *wallet,
            Draw::Sequence { order, at } => {
                let wallet = order[*at];
                *at = if *at + 1 == order.len() { 0 } else { *at + 1 };
                wallet
            }
        }
    }
}

/// Senders in the order of their messages, and how many there are: `arrivals/collegemsg.txt.gz` of a data folder.
pub fn arrivals(data: &Path) -> Result<(Draw, u32)> {
    let path = data.join("arrivals/collegemsg.txt.gz");
    let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
    let mut numbers = std::collections::HashMap::new();
    let mut order = Vec::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.with_context(|| format!("reading {}", path.display()))?;
        let sender = line.split(' ').next().unwrap_or("").to_owned();
        let next = numbers.len() as u32;
        order.push(*numbers.entry(sender).or_insert(next));
    }
    anyhow::ensure!(!order.is_empty(), "{} holds no message", path.display());
    Ok((Draw::Sequence { order: order.into(), at: 0 }, numbers.len() as u32))
}

/// A Zipf law over so many wallets, bent so that the busiest hundredth sends as much as in the real traffic.
pub fn zipf(wallets: u32, rng: &mut Rng) -> Draw {
    let exponent = fitting_exponent(wallets);
    let mut sums = Vec::with_capacity(wallets as usize);
    let mut sum = 0.0;
    for rank in 1..=wallets {
        sum += f64::from(rank).powf(-exponent);
        sums.push(sum);
    }
    let pick = |rng: &mut Rng| {
        let point = rng.f64() * sum;
        sums.partition_point(|below| *below <= point).min(wallets as usize - 1) as u32
    };
    let order: Vec<u32> = (0..ZIPF_SEQUENCE).map(|_| pick(rng)).collect();
    Draw::Sequence { order: order.into(), at: 0 }
}

/// The exponent at which the first hundredth of the ranks has its share: more of it the steeper the law, so halved.
fn fitting_exponent(wallets: u32) -> f64 {
    let (mut low, mut high) = (0.0, 3.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if top_share(wallets, middle) < TOP_SHARE { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

fn top_share(wallets: u32, exponent: f64) -> f64 {
    let top = wallets.div_ceil(100);
    let weight = |ranks: std::ops::RangeInclusive<u32>| -> f64 {
        ranks.map(|rank| f64::from(rank).powf(-exponent)).sum()
    };
    weight(1..=top) / weight(1..=wallets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_hundredth_of_a_fitted_law_sends_a_quarter() {
        let mut rng = Rng::with_seed(1);
        for wallets in [100, 1_350, 10_000] {
            let mut draw = zipf(wallets, &mut rng);
            let mut counts = vec![0u32; wallets as usize];
            (0..ZIPF_SEQUENCE).for_each(|_| counts[draw.next(&mut rng) as usize] += 1);
            counts.sort_unstable_by(|a, b| b.cmp(a));
            let top: u32 = counts[..wallets.div_ceil(100) as usize].iter().sum();
            let share = f64::from(top) / ZIPF_SEQUENCE as f64;
            assert!((share - TOP_SHARE).abs() < 0.01, "{wallets} wallets: the top has {share}");
        }
    }

    #[test]
    fn a_sequence_repeats_and_connections_begin_apart() {
        let mut rng = Rng::with_seed(1);
        let draw = Draw::Sequence { order: [5, 6, 7, 8].into(), at: 0 };
        let mut taken = |mut draw: Draw| (0..6).map(|_| draw.next(&mut rng)).collect::<Vec<_>>();
        assert_eq!(taken(draw.of_connection(0, 2)), [5, 6, 7, 8, 5, 6]);
        assert_eq!(taken(draw.of_connection(1, 2)), [7, 8, 5, 6, 7, 8]);
        assert_eq!(taken(Draw::One(3)), [3; 6]);
    }

    #[test]
    fn real_senders_are_numbered_as_they_appear() {
        let folder = std::env::temp_dir().join(format!("loadtest-arrivals-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("arrivals")).expect("a folder");
        let file = File::create(folder.join("arrivals/collegemsg.txt.gz")).expect("a file");
        let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, b"1 2 100\n3 4 101\n1 4 102\n").expect("written");
        packer.finish().expect("closed");
        let read = arrivals(&folder);
        std::fs::remove_dir_all(&folder).expect("removed");
        let (Draw::Sequence { order, .. }, senders) = read.expect("read") else { panic!("not a sequence") };
        assert_eq!((&order[..], senders), (&[0, 1, 0][..], 2));
        assert!(arrivals(Path::new("/nowhere")).is_err());
    }
}
