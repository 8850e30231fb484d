//! The book of tariffs: every version ever added, found by series and instant. Readers share one immutable book.

use std::sync::Arc;

use crate::domain::event::{Event, Happening, Message};
use crate::domain::rating;
use crate::domain::record::{Price, TariffId, VersionId};
use crate::domain::tariff::{Misfit, Tariff, Version};
use crate::domain::time::Timestamp;

/// All tariffs. Cheap to clone: the versions are shared.
#[derive(Clone, Default)]
pub struct Book {
    series: Vec<Series>,
    versions: Vec<Arc<Version>>,
}

#[derive(Clone)]
struct Series {
    tariff: Tariff,
    /// For each version of the series, in its order, its number in the book.
    numbers: Vec<VersionId>,
}

impl Book {
    /// Adds the next version and answers its numbers; nothing changes where it does not fit its series.
    pub fn add(&mut self, version: Arc<Version>) -> Result<(TariffId, VersionId), Misfit> {
        let number = VersionId(u32::try_from(self.versions.len()).expect("fewer than 2^32 tariff versions"));
        let position = self.series.iter().position(|series| series.tariff.name() == version.head().name);
        let position = match position {
            Some(position) => {
                self.series[position].tariff.add(Arc::clone(&version))?;
                position
            }
            None => {
                self.series.push(Series { tariff: Tariff::new(Arc::clone(&version)), numbers: Vec::new() });
                self.series.len() - 1
            }
        };
        self.series[position].numbers.push(number);
        self.versions.push(version);
        Ok((TariffId(position as u32), number))
    }

    pub fn find(&self, name: &str) -> Option<(TariffId, &Tariff)> {
        let position = self.series.iter().position(|series| series.tariff.name() == name)?;
        Some((TariffId(position as u32), &self.series[position].tariff))
    }

    pub fn tariff(&self, id: TariffId) -> Option<&Tariff> {
        self.series.get(id.0 as usize).map(|series| &series.tariff)
    }

    pub fn tariffs(&self) -> impl Iterator<Item = &Tariff> {
        self.series.iter().map(|series| &series.tariff)
    }

    pub fn version(&self, number: VersionId) -> Option<&Arc<Version>> {
        self.versions.get(number.0 as usize)
    }

    pub fn versions_len(&self) -> usize {
        self.versions.len()
    }

    /// The price of a message by the version in effect when it occurred; `None` is `no_rate`.
    pub fn price(&self, tariff: TariffId, message: &Message, occurred_at: Timestamp) -> Option<Price> {
        let series = self.series.get(tariff.0 as usize)?;
        let version = series.tariff.version_at(occurred_at)?;
        let rated = rating::rate(version, message)?;
        let index = series.tariff.versions().iter().position(|known| Arc::ptr_eq(known, version))?;
        Some(Price { version: series.numbers[index], rated })
    }

    /// The price of an event, where it needs one.
    pub fn price_event(&self, tariff: TariffId, event: &Event<'_>) -> Option<Price> {
        match &event.happening {
            Happening::Message(message) => self.price(tariff, message, event.occurred_at),
            Happening::CarrierFee { .. } | Happening::Status(_) => None,
        }
    }

    pub fn number_fee(
        &self,
        _: TariffId,
        _: &crate::domain::address::Address,
        _: crate::domain::sender_type::SenderType,
        _: Timestamp,
    ) -> Option<(VersionId, u32, crate::domain::money::Money)> {
        None
    }

    pub fn failure_policy(
        &self,
        _: VersionId,
        _: crate::domain::event::Direction,
        _: crate::domain::event::Kind,
        _: crate::domain::event::FinalStatus,
        _: &str,
    ) -> crate::domain::status::FailurePolicy {
        crate::domain::status::FailurePolicy::Full
    }
}
