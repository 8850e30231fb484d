//! Assertions over figures: `events_per_second>=550000`, `p99_ms<=10`.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::Spread;

/// One comparison of a figure with a number, or with another figure times a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    text: String,
    figure: String,
    relation: Relation,
    bound: Bound,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    AtLeast,
    AtMost,
    Above,
    Below,
    Equal,
}

/// The right side.
#[derive(Clone, Debug, PartialEq)]
enum Bound {
    Number(f64),
    /// `4*sync_p99_ms`
    Times(f64, String),
}

/// Longer ones before those they begin with.
const RELATIONS: [(&str, Relation); 5] = [
    (">=", Relation::AtLeast),
    ("<=", Relation::AtMost),
    ("==", Relation::Equal),
    (">", Relation::Above),
    ("<", Relation::Below),
];

impl FromStr for Assertion {
    type Err = String;

    fn from_str(text: &str) -> Result<Assertion, String> {
        let wanted =
            || format!("{text:?} is not FIGURE>=NUMBER (or <=, ==, >, <; NUMBER may be NUMBER*FIGURE)");
        let (at, word, relation) = RELATIONS
            .iter()
            .filter_map(|(word, relation)| Some((text.find(word)?, *word, *relation)))
            .min_by_key(|(at, ..)| *at)
            .ok_or_else(wanted)?;
        let (figure, bound) = (text[..at].trim(), text[at + word.len()..].trim());
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        };
        if !is_name(figure) {
            return Err(wanted());
        }
        let number =
            |text: &str| text.trim().replace('_', "").parse::<f64>().ok().filter(|number| number.is_finite());
        let bound = match bound.split_once('*') {
            None => number(bound).map(Bound::Number),
            Some((factor, figure)) => number(factor)
                .filter(|_| is_name(figure.trim()))
                .map(|factor| Bound::Times(factor, figure.trim().to_owned())),
        };
        let bound = bound.ok_or_else(wanted)?;
        Ok(Assertion { text: text.to_owned(), figure: figure.to_owned(), relation, bound })
    }
}

impl Assertion {
    /// What is wrong, in words; `None` where it holds. The medians count.
    pub fn fails(&self, figures: &BTreeMap<String, Spread>) -> Option<String> {
        let figure = |name: &str| figures.get(name).map(|spread| spread.median);
        let unknown = |name: &str| Some(format!("{}: there is no figure {name}", self.text));
        let Some(value) = figure(&self.figure) else { return unknown(&self.figure) };
        let bound = match &self.bound {
            Bound::Number(number) => *number,
            Bound::Times(factor, name) => match figure(name) {
                Some(value) => factor * value,
                None => return unknown(name),
            },
        };
        let holds = match self.relation {
            Relation::AtLeast => value >= bound,
            Relation::AtMost => value <= bound,
            Relation::Above => value > bound,
            Relation::Below => value < bound,
            Relation::Equal => value == bound,
        };
        (!holds).then(|| format!("{}: it is {value:.3}", self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> BTreeMap<String, Spread> {
        let spread = |median| Spread { min: 0.0, median, max: 1e9 };
        BTreeMap::from([("p99_ms".to_owned(), spread(9.0)), ("sync_p99_ms".to_owned(), spread(2.0))])
    }

    #[test]
    fn a_figure_is_compared_with_a_number_or_another_figure() {
        for (text, holds) in [
            ("p99_ms<=10", true),
            ("p99_ms <= 9", true),
            ("p99_ms<9", false),
            ("p99_ms>8.5", true),
            ("p99_ms>=1_000", false),
            ("p99_ms==9", true),
            ("p99_ms<=4*sync_p99_ms", false),
            ("p99_ms<=5 * sync_p99_ms", true),
        ] {
            let assertion: Assertion = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(
                assertion.fails(&figures()).is_none(),
                holds,
                "{text}: {:?}",
                assertion.fails(&figures())
            );
        }
    }

    #[test]
    fn what_is_not_known_does_not_hold() {
        for text in ["speed>=1", "p99_ms<=2*speed"] {
            let fails = text.parse::<Assertion>().expect("well formed").fails(&figures());
            assert_eq!(fails.as_deref(), Some(&*format!("{text}: there is no figure speed")));
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_was_wanted() {
        for text in [
            "",
            "p99_ms",
            "p99_ms=10",
            "<=10",
            "p99_ms<=",
            "p99_ms<=ten",
            "P99<=1",
            "a<=1*",
            "a<=b*1",
            "a<=inf",
        ] {
            let error = text.parse::<Assertion>().expect_err(text);
            assert!(error.contains("is not FIGURE>=NUMBER"), "{error}");
        }
    }
}
