//! How the versions of a tariff follow one another.

use std::sync::Arc;

use super::{Head, Version};
use crate::domain::currency::Currency;
use crate::domain::time::Timestamp;

/// A named price list: its versions in the order in which they come into effect, without overlap and
/// without a gap. Cloning shares the versions.
#[derive(Clone, Debug)]
pub struct Tariff {
    name: String,
    currency: Currency,
    versions: Vec<Arc<Version>>,
}

/// Why a version cannot follow those that are there; the labels are theirs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("it is a version of another tariff")]
    Name,
    #[error("its currency is not that of the tariff, {0}")]
    Currency(Currency),
    #[error("there is a version {0} already")]
    Label(String),
    #[error("it takes effect no later than version {0}")]
    NotLater(String),
    #[error("it overlaps version {0}, which is in effect until later than this takes effect")]
    Overlap(String),
    #[error("there is a gap after version {0}, which is in effect only until before this takes effect")]
    Gap(String),
}

impl Tariff {
    pub fn new(first: Arc<Version>) -> Tariff {
        let Head { name, currency, .. } = first.head();
        Tariff { name: name.clone(), currency: *currency, versions: vec![first] }
    }

    /// Adds the next version. It ends one that has no end of its own.
    pub fn add(&mut self, version: Arc<Version>) -> Result<(), Misfit> {
        let head = version.head();
        if head.name != self.name {
            return Err(Misfit::Name);
        }
        if head.currency != self.currency {
            return Err(Misfit::Currency(self.currency));
        }
        if self.versions.iter().any(|known| known.head().label == head.label) {
            return Err(Misfit::Label(head.label.clone()));
        }
        let last = self.versions.last().map(|last| last.head());
        if let Some(Head { label, effective_from, effective_until, .. }) = last {
            if head.effective_from <= *effective_from {
                return Err(Misfit::NotLater(label.clone()));
            }
            if effective_until.is_some_and(|until| until > head.effective_from) {
                return Err(Misfit::Overlap(label.clone()));
            }
            if effective_until.is_some_and(|until| until < head.effective_from) {
                return Err(Misfit::Gap(label.clone()));
            }
        }
        self.versions.push(version);
        Ok(())
    }

    /// The version in effect at an instant: none before the first, nor from the end of the last on.
    pub fn version_at(&self, at: Timestamp) -> Option<&Arc<Version>> {
        let begun = self.versions.partition_point(|version| version.head().effective_from <= at);
        let version = self.versions.get(begun.checked_sub(1)?)?;
        version.head().effective_until.is_none_or(|until| at < until).then_some(version)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// In the order in which they come into effect.
    pub fn versions(&self) -> &[Arc<Version>] {
        &self.versions
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tables;
    use super::super::samples::{head, rate};
    use super::*;

    fn version(head: Head) -> Arc<Version> {
        let tables = Tables { rates: vec![rate("outbound,sms,*,,,1,", 1)], ..Tables::default() };
        Arc::new(Version::new(head, tables).unwrap())
    }

    #[test]
    fn versions_follow_one_another_without_overlap_or_gap() {
        let label = || "1".to_owned();
        let euro = Head { currency: Currency::parse("EUR").unwrap(), ..head("t", "2", 20, None) };
        let table = [
            (Some(20), head("t", "2", 20, None), Ok(())),
            (Some(20), head("t", "2", 20, Some(21)), Ok(())),
            (None, head("t", "2", 11, None), Ok(())),
            (Some(20), head("t", "2", 19, None), Err(Misfit::Overlap(label()))),
            (Some(20), head("t", "2", 21, None), Err(Misfit::Gap(label()))),
            (None, head("t", "2", 10, None), Err(Misfit::NotLater(label()))),
            (Some(20), head("t", "2", 9, Some(10)), Err(Misfit::NotLater(label()))),
            (Some(20), head("t", "1", 20, None), Err(Misfit::Label(label()))),
            (Some(20), head("u", "2", 20, None), Err(Misfit::Name)),
            (Some(20), euro, Err(Misfit::Currency(Currency::USD))),
        ];
        for (first_until, second, want) in table {
            let told = format!("after one from 10 until {first_until:?}: {second:?}");
            let mut tariff = Tariff::new(version(head("t", "1", 10, first_until)));
            assert_eq!(tariff.add(version(second)), want, "{told}");
            assert_eq!(tariff.versions().len(), if want.is_ok() { 2 } else { 1 }, "{told}");
        }
    }

    #[test]
    fn a_version_is_in_effect_from_its_first_instant_until_just_before_its_end() {
        let mut tariff = Tariff::new(version(head("t", "first", 10, Some(20))));
        tariff.add(version(head("t", "second", 20, None))).unwrap();
        tariff.add(version(head("t", "third", 30, Some(40)))).unwrap();
        let table = [
            (i64::MIN, None),
            (9, None),
            (10, Some("first")),
            (19, Some("first")),
            (20, Some("second")),
            (29, Some("second")),
            (30, Some("third")),
            (39, Some("third")),
            (40, None),
            (i64::MAX, None),
        ];
        for (at, want) in table {
            let version = tariff.version_at(Timestamp::from_nanos(at));
            assert_eq!(version.map(|version| version.head().label.as_str()), want, "at {at}");
        }
    }
}
