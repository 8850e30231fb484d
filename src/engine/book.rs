//! The book of tariffs: every version ever added, found by series and instant. Readers share one immutable book.

use std::sync::Arc;

use crate::domain::address::Address;
use crate::domain::event::{Event, Happening, Message};
use crate::domain::money::Money;
use crate::domain::rating;
use crate::domain::record::{Price, TariffId, VersionId};
use crate::domain::sender_type::SenderType;
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

    /// A version by its series and label.
    pub fn find_version(&self, name: &str, label: &str) -> Option<(VersionId, &Arc<Version>)> {
        let series = self.series.iter().find(|series| series.tariff.name() == name)?;
        let versions = series.numbers.iter().zip(series.tariff.versions());
        let mut found = versions.filter(|(_, version)| version.head().label == label);
        found.next().map(|(number, version)| (*number, version))
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
        let (number, version) = self.in_effect(tariff, occurred_at)?;
        Some(Price { version: number, rated: rating::rate(version, message)? })
    }

    /// What a number of this type costs a month by the version in effect at an instant, and that version's row;
    /// `None` where there is none.
    pub fn number_fee(
        &self,
        tariff: TariffId,
        number: &Address,
        sender_type: SenderType,
        at: Timestamp,
    ) -> Option<(VersionId, u32, Money)> {
        let (version_number, version) = self.in_effect(tariff, at)?;
        let (row, fee) = version.number_fee(number, sender_type)?;
        Some((version_number, row, fee))
    }

    /// The version of a tariff in effect at an instant.
    pub fn in_effect(&self, tariff: TariffId, at: Timestamp) -> Option<(VersionId, &Arc<Version>)> {
        let series = self.series.get(tariff.0 as usize)?;
        let version = series.tariff.version_at(at)?;
        let index = series.tariff.versions().iter().position(|known| Arc::ptr_eq(known, version))?;
        Some((series.numbers[index], version))
    }

    /// The price of an event, where it needs one.
    pub fn price_event(&self, tariff: TariffId, event: &Event<'_>) -> Option<Price> {
        match &event.happening {
            Happening::Message(message) => self.price(tariff, message, event.occurred_at),
            Happening::CarrierFee { .. } | Happening::Status(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::currency::Currency;
    use crate::domain::samples::money;
    use crate::domain::tariff::{Head, NumberFeeRow, Prefix, RateRow, Tables};
    use crate::domain::{event, tariff};

    /// A version with one rate and one number fee, of `+1`.
    fn version(name: &str, label: &str, from: i64, fee: &str) -> Arc<Version> {
        let head = Head {
            name: name.to_owned(),
            label: label.to_owned(),
            currency: Currency::USD,
            effective_from: Timestamp::from_nanos(from),
            effective_until: None,
            failure_fee: Money::ZERO,
        };
        let prefix = Prefix::parse("1").unwrap();
        let rate = RateRow {
            direction: event::Direction::Outbound,
            kind: event::Kind::Sms,
            prefix,
            sender_type: None,
            carrier: None,
            price: money("1"),
            country: None,
            line: 1,
        };
        let number_fee = NumberFeeRow { prefix, sender_type: None, fee: money(fee), line: 1 };
        let tables = Tables { rates: vec![rate], number_fees: vec![number_fee], ..Tables::default() };
        Arc::new(tariff::Version::new(head, tables).unwrap())
    }

    #[test]
    fn a_number_costs_what_the_version_in_effect_says() {
        let mut book = Book::default();
        for version in [
            version("gold", "1", 10, "1.15"),
            version("silver", "1", 0, "2"),
            version("gold", "2", 20, "1.25"),
        ] {
            book.add(version).unwrap();
        }
        let (gold, silver) = (TariffId(0), TariffId(1));
        let table = [
            (gold, "+14155550100", 9, None),
            (gold, "+14155550100", 10, Some((0, "1.15"))),
            (gold, "+14155550100", 19, Some((0, "1.15"))),
            (gold, "+14155550100", 20, Some((2, "1.25"))),
            (gold, "+447700900123", 20, None),
            (silver, "+14155550100", 20, Some((1, "2"))),
            (TariffId(2), "+14155550100", 20, None),
        ];
        for (tariff, number, at, want) in table {
            let address = Address::parse(number).unwrap();
            let found = book.number_fee(tariff, &address, SenderType::Local, Timestamp::from_nanos(at));
            let want = want.map(|(version, fee)| (VersionId(version), 0, money(fee)));
            assert_eq!(found, want, "{number} of {tariff:?} at {at}");
        }
    }
}
