//! What the columns of a provider's file mean: which is which by its heading, and what its words are here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::event::{Direction, FinalStatus, Kind};

/// The mappings that come along.
const BUILT_IN: [&str; 3] = [
    include_str!("../../../config/reconcile/twilio.toml"),
    include_str!("../../../config/reconcile/telnyx.toml"),
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
    /// Charges are written as negative amounts.
    #[serde(default)]
    pub price_is_negative: bool,
    /// Their price is to be ours: otherwise it is what they charge us, and compared with nothing.
    #[serde(default)]
    pub compare_price: bool,
    pub columns: Columns,
    #[serde(default)]
    pub directions: BTreeMap<String, String>,
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
    #[serde(default)]
    pub statuses: BTreeMap<String, String>,
}

/// The headings of columns, each with the spellings that it may have; case, blanks and punctuation do not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// The message's id, as its events have it. Needed.
    pub id: Vec<String>,
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
    pub status: Vec<String>,
    /// RFC 3339.
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
        let mapping: Mapping = toml::from_str(text).map_err(|error| unreadable(error.message()))?;
        if mapping.columns.id.is_empty() {
            return Err(unreadable("columns.id is missing"));
        }
        let known = |table: &str, words: &BTreeMap<String, String>, is: fn(&str) -> bool| {
            let wrong = words.values().find(|word| !is(word));
            wrong.map_or(Ok(()), |word| Err(unreadable(format!("{table}: there is no {word} here"))))
        };
        known("directions", &mapping.directions, |word| Direction::parse(word).is_some())?;
        known("kinds", &mapping.kinds, |word| Kind::parse(word).is_some())?;
        known("statuses", &mapping.statuses, |word| FinalStatus::parse(word).is_some())?;
        Ok(mapping)
    }

    pub fn direction(&self, word: &str) -> Option<Direction> {
        Direction::parse(self.directions.get(word)?)
    }

    pub fn kind(&self, word: &str) -> Option<Kind> {
        Kind::parse(self.kinds.get(word)?)
    }

    /// Words that are no final status are `None`.
    pub fn status(&self, word: &str) -> Option<FinalStatus> {
        FinalStatus::parse(self.statuses.get(word)?)
    }
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
        assert_eq!(names(), ["twilio", "telnyx", "farebox"]);
        for name in names() {
            assert!(!Mapping::named(&name).unwrap().documentation.is_empty(), "{name}");
        }
        assert_eq!(Mapping::named("nobody"), Err(MappingError::Unknown("nobody".into())));
    }

    #[test]
    fn what_is_no_mapping_says_why() {
        let table = [
            ("name = 1", "invalid type"),
            ("name = \"x\"", "missing field `columns`"),
            ("name = \"x\"\n[columns]\nid = []", "columns.id is missing"),
            ("name = \"x\"\n[columns]\nid = [\"a\"]\nprise = [\"b\"]", "unknown field"),
            ("name = \"x\"\n[columns]\nid = [\"a\"]\n[statuses]\na = \"lost\"", "there is no lost here"),
        ];
        for (text, want) in table {
            let error = Mapping::read(text).unwrap_err().to_string();
            assert!(error.contains(want), "{text:?}: {error}");
        }
    }
}
