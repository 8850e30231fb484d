//! Bounds of ratios: `farebox/postgres>=4` fails where the first side is not so many times as fast as the second.

use std::str::FromStr;

use super::side::Side;

/// One side, or the fastest of a product's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    One(Side),
    Postgres,
    Redis,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    text: String,
    upper: Party,
    lower: Party,
    ratio: f64,
}

impl Party {
    fn read(text: &str) -> Option<Party> {
        match text {
            "postgres" => Some(Party::Postgres),
            "redis" => Some(Party::Redis),
            name => Side::ALL.into_iter().find(|side| side.name() == name).map(Party::One),
        }
    }

    fn includes(self, side: Side) -> bool {
        match self {
            Party::One(one) => one == side,
            Party::Postgres => matches!(side, Side::PostgresSingle | Side::PostgresBatched),
            Party::Redis => matches!(side, Side::RedisPipelined | Side::RedisBatched),
        }
    }

    /// Events a second, by the medians of the sides that took part.
    pub fn rate(self, medians: &[(Side, f64)]) -> Option<f64> {
        let rates = medians.iter().filter(|(side, _)| self.includes(*side)).map(|(_, rate)| *rate);
        rates.reduce(f64::max)
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Bound, String> {
        let read = || {
            let (parties, ratio) = text.split_once(">=")?;
            let (upper, lower) = parties.split_once('/')?;
            let ratio = ratio.trim().parse().ok().filter(|ratio: &f64| ratio.is_finite())?;
            Some((Party::read(upper.trim())?, Party::read(lower.trim())?, ratio))
        };
        let (upper, lower, ratio) = read().ok_or("not like farebox/postgres>=4")?;
        Ok(Bound { text: text.to_owned(), upper, lower, ratio })
    }
}

impl Bound {
    /// In words, where it is missed or cannot be told.
    pub fn missed(&self, medians: &[(Side, f64)]) -> Option<String> {
        let (upper, lower) = (self.upper.rate(medians), self.lower.rate(medians));
        let Some((upper, lower)) = upper.zip(lower).filter(|(_, lower)| *lower > 0.0) else {
            return Some(format!("{}: not all of them took part", self.text));
        };
        let ratio = upper / lower;
        (ratio < self.ratio).then(|| format!("{}: it is {ratio:.2}", self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIANS: [(Side, f64); 4] = [
        (Side::Farebox, 800.0),
        (Side::PostgresSingle, 10.0),
        (Side::PostgresBatched, 200.0),
        (Side::RedisPipelined, 80.0),
    ];

    #[test]
    fn a_product_is_as_fast_as_its_fastest_way() {
        let table = [
            ("farebox/postgres>=4", true),
            ("farebox/postgres >= 4.01", false),
            ("farebox/postgres-single>=80", true),
            ("farebox/redis>=10", true),
            ("redis/farebox>=0.2", false),
        ];
        for (text, holds) in table {
            let bound: Bound = text.parse().expect("a bound");
            assert_eq!(bound.missed(&MEDIANS).is_none(), holds, "{text}");
        }
    }

    #[test]
    fn whoever_did_not_take_part_holds_no_bound() {
        let bound: Bound = "farebox/redis-batched>=0.1".parse().expect("a bound");
        assert!(bound.missed(&MEDIANS).is_some_and(|missed| missed.contains("took part")));
    }

    #[test]
    fn what_is_no_bound_is_refused() {
        for text in ["", "farebox>=4", "farebox/mysql>=4", "farebox/redis>4", "farebox/redis>=x", "a/b>=1"] {
            assert!(text.parse::<Bound>().is_err(), "{text:?}");
        }
    }
}
