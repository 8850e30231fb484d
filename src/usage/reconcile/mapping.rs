//! What the columns of a provider's file mean: which is which by its heading, and what its words are here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::amounts::Decimal;
use super::dates::Dates;
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, FinalStatus, ID_BYTES_MAX, Kind};

/// The mappings that come along.
const BUILT_IN: [&str; 4] = [
    include_str!("../../../config/reconcile/twilio.toml"),
    include_str!("../../../config/reconcile/telnyx.toml"),
    include_str!("../../../config/reconcile/plivo.toml"),
    include_str!("../../../config/reconcile/farebox.toml"),
];

/// A mapping, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub name: String,
    /// The page that it was made from.
    #[serde(default)]
    pub documentation: String,
    /// Whether a real file was read by it.
    #[serde(default)]
    pub checked_against_a_sample: bool,
    /// The `source` of the messages' events, where no column tells it.
    #[serde(default)]
    pub source: String,
    /// The currency of the prices, where no column tells it. Empty: the file does not say.
    #[serde(default)]
    pub currency: String,
    /// What divides cells; told from the headings where it is left out.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// What divides decimals; where it is left out, a point, and thousands are not grouped.
    #[serde(default)]
    pub decimal: Option<Decimal>,
    /// How dates are written: `rfc3339`, `rfc2822` or patterns of strptime, tried one after the other.
    #[serde(default = "rfc3339")]
    pub dates: Vec<String>,
    /// The time zone of dates that have no offset.
    #[serde(default)]
    pub zone: String,
    /// Charges are written as negative amounts.
    #[serde(default)]
    pub price_is_negative: bool,
    /// Their price is to be ours: otherwise it is what they charge us, and compared with nothing.
    #[serde(default)]
    pub compare_price: bool,
    /// What they call the status of an inbound message is something else.
    #[serde(default)]
    pub outbound_statuses_only: bool,
    /// Statuses that are not final, so that they are known.
    #[serde(default)]
    pub other_statuses: Vec<String>,
    pub columns: Columns,
    #[serde(default)]
    pub directions: BTreeMap<String, String>,
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
    /// How ids begin, where that tells the kind and no column does.
    #[serde(default)]
    pub kinds_by_id: BTreeMap<String, String>,
    #[serde(default)]
    pub statuses: BTreeMap<String, String>,
    /// Made of `dates` and `zone`.
    #[serde(skip)]
    pub reads: Dates,
}

fn rfc3339() -> Vec<String> {
    vec!["rfc3339".to_owned()]
}

/// The headings of columns, each with the spellings that it may have; case, blanks and punctuation do not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// The message's id, as its events have it. Needed.
    pub id: Vec<String>,
    /// The `source` of its event.
    pub source: Vec<String>,
    /// Whose it is at the provider: looked at where an account is asked for, and may be missing otherwise.
    pub account: Vec<String>,
    /// Who sent it and who received it ...
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// ... or the wallet's own side and the other.
    pub channel: Vec<String>,
    pub peer: Vec<String>,
    pub direction: Vec<String>,
    pub kind: Vec<String>,
    pub segments: Vec<String>,
    pub price: Vec<String>,
    /// ISO 4217; may be missing.
    pub currency: Vec<String>,
    pub status: Vec<String>,
    pub date: Vec<String>,
    /// Rows in which this is empty are no messages.
    pub only_with: Vec<String>,
}

/// Why there is no mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("there is no mapping {0}: there are {names}", names = names().join(", "))]
    Unknown(String),
    #[error("it is no mapping: {0}")]
    Unreadable(String),
}

impl Mapping {
    /// One that comes along.
    pub fn named(name: &str) -> Result<Mapping, MappingError> {
        let found = built_in().find(|mapping| mapping.name == name);
        found.ok_or_else(|| MappingError::Unknown(name.to_owned()))
    }

    /// From TOML.
    pub fn read(text: &str) -> Result<Mapping, MappingError> {
        let mut mapping: Mapping = toml::from_str(text).map_err(|error| unreadable(error.message()))?;
        if mapping.columns.id.is_empty() {
            return Err(unreadable("columns.id is missing"));
        }
        let fits = |table: &str, words: &BTreeMap<String, String>, is: fn(&str) -> bool| {
            let wrong = words.values().find(|word| !is(word));
            wrong.map_or(Ok(()), |word| Err(unreadable(format!("{table}: there is no {word} here"))))
        };
        fits("directions", &mapping.directions, |word| Direction::parse(word).is_some())?;
        fits("kinds", &mapping.kinds, |word| Kind::parse(word).is_some())?;
        fits("kinds_by_id", &mapping.kinds_by_id, |word| Kind::parse(word).is_some())?;
        fits("statuses", &mapping.statuses, |word| FinalStatus::parse(word).is_some())?;
        if !mapping.currency.is_empty() && Currency::parse(&mapping.currency).is_none() {
            return Err(unreadable(format!("currency: there is no {} in ISO 4217", mapping.currency)));
        }
        if mapping.source.len() > ID_BYTES_MAX {
            return Err(unreadable(format!("source: longer than {ID_BYTES_MAX} bytes")));
        }
        if mapping.delimiter.is_some_and(|one| !one.is_ascii() || matches!(one, '"' | '\r' | '\n')) {
            return Err(unreadable("delimiter: neither a quote nor a line break, and of ASCII"));
        }
        mapping.reads = Dates::parse(&mapping.dates, &mapping.zone).map_err(unreadable)?;
        for words in [&mut mapping.directions, &mut mapping.kinds, &mut mapping.statuses] {
            *words = std::mem::take(words).into_iter().map(|(word, ours)| (known_by(&word), ours)).collect();
        }
        mapping.other_statuses.iter_mut().for_each(|word| *word = known_by(word));
        Ok(mapping)
    }

    pub fn direction(&self, word: &str) -> Option<Direction> {
        Direction::parse(self.directions.get(&known_by(word))?)
    }

    pub fn kind(&self, word: &str) -> Option<Kind> {
        Kind::parse(self.kinds.get(&known_by(word))?)
    }

    /// The kind that an id tells by how it begins.
    pub fn kind_of_id(&self, id: &str) -> Option<Kind> {
        let (_, kind) = self.kinds_by_id.iter().find(|(start, _)| id.starts_with(start.as_str()))?;
        Kind::parse(kind)
    }

    /// `Ok(None)` for what is known as not final, `Err` for what is not known.
    pub fn status(&self, word: &str) -> Result<Option<FinalStatus>, UnknownWord> {
        let word = known_by(word);
        match self.statuses.get(&word) {
            Some(ours) => Ok(FinalStatus::parse(ours)),
            None if word.is_empty() || self.other_statuses.contains(&word) => Ok(None),
            None => Err(UnknownWord),
        }
    }
}

/// A word that the mapping does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord;

/// Case does not matter: exports and interfaces of one provider differ in it.
fn known_by(word: &str) -> String {
    word.to_lowercase()
}

fn unreadable(why: impl Into<String>) -> MappingError {
    MappingError::Unreadable(why.into())
}

fn built_in() -> impl Iterator<Item = Mapping> {
    BUILT_IN.iter().map(|text| Mapping::read(text).expect("the mappings that come along are read by a test"))
}

/// The names of those that come along.
pub fn names() -> Vec<String> {
    built_in().map(|mapping| mapping.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mappings_that_come_along_can_be_read_and_name_their_page() {
        assert_eq!(names(), ["twilio", "telnyx", "plivo", "farebox"]);
        for name in names() {
            assert!(!Mapping::named(&name).unwrap().documentation.is_empty(), "{name}");
        }
        assert_eq!(Mapping::named("nobody"), Err(MappingError::Unknown("nobody".into())));
    }

    #[test]
    fn words_are_known_in_any_case_and_those_that_are_not_are_told_apart() {
        let twilio = Mapping::named("twilio").unwrap();
        let table = [
            ("delivered", Ok(Some(FinalStatus::Delivered))),
            ("Delivered", Ok(Some(FinalStatus::Delivered))),
            ("sent", Ok(None)),
            ("", Ok(None)),
            ("lost", Err(UnknownWord)),
        ];
        for (word, want) in table {
            assert_eq!(twilio.status(word), want, "{word:?}");
        }
        assert_eq!(twilio.direction("Outbound-API"), Some(Direction::Outbound));
        let kinds = ["SM12", "MM12", "m-1"].map(|id| twilio.kind_of_id(id));
        assert_eq!(kinds, [Some(Kind::Sms), Some(Kind::Mms), None]);
    }

    #[test]
    fn what_is_no_mapping_says_why() {
        let with = |line: &str| format!("name = \"x\"\n{line}\n[columns]\nid = [\"a\"]\n");
        let table = [
            ("name = 1".to_owned(), "invalid type"),
            ("name = \"x\"".to_owned(), "missing field `columns`"),
            ("name = \"x\"\n[columns]\nid = []".to_owned(), "columns.id is missing"),
            (with("") + "prise = [\"b\"]", "unknown field"),
            (with("") + "[statuses]\na = \"lost\"", "there is no lost here"),
            (with("") + "[kinds_by_id]\nMM = \"fax\"", "kinds_by_id: there is no fax here"),
            (with("dates = [\"iso\"]"), "neither rfc3339"),
            (with("dates = [\"%d.%m.%Y\"]"), "a zone is needed"),
            (with("zone = \"Mars/Olympus\""), "no time zone"),
            (with("currency = \"usd\""), "ISO 4217"),
            (with("decimal = \"x\""), "unknown variant"),
            (with("delimiter = \"\\\"\""), "delimiter"),
            (with(&format!("source = \"{}\"", "x".repeat(129))), "source"),
        ];
        for (text, want) in table {
            let error = Mapping::read(&text).unwrap_err().to_string();
            assert!(error.contains(want), "{text:?}: {error}");
        }
    }
}
