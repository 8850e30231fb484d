//! The wallets that the view builder has in memory.

use super::Channels;
use super::tally::{Campaigns, Counting, Tally, Today};
use crate::domain::address::Address;
use crate::domain::calendar::Zone;
use crate::domain::record::{Change, Record};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Misfit, WalletId};
use crate::store::rows::Snapshot;

/// A wallet as far as the records that were folded.
pub(super) struct Folded {
    pub snapshot: Snapshot,
    /// Since the last checkpoint.
    pub changed: bool,
    /// The first of its channels that is known to be among the views: nearly all wallets have the one.
    pub channel: Option<Address>,
    zone: Zone,
    today: Today,
}

impl Folded {
    pub fn of(snapshot: Snapshot) -> Folded {
        let zone = Zone::of_wallet(&snapshot.wallet.time_zone);
        Folded { snapshot, changed: false, channel: None, zone, today: Today::NEVER }
    }

    /// Reads some of it, to have it brought from memory.
    pub fn look(&self) -> u64 {
        let Snapshot { wallet, as_of } = &self.snapshot;
        let time_zone = wallet.time_zone.as_bytes().first().copied();
        let (channel, known) = (u64::from(self.channel.is_some()), u64::from(self.changed));
        wallet.records
            ^ wallet.alerts
            ^ as_of.nanos() as u64
            ^ channel
            ^ known
            ^ u64::from(time_zone.unwrap_or_default())
    }

    /// Folds the wallet's next record.
    pub fn fold(&mut self, record: &Record<'_>, posted_at: Timestamp) -> Result<(), Misfit> {
        // A snapshot may be ahead of the position; it then holds this record already.
        if record.number > self.snapshot.wallet.records {
            self.snapshot.wallet.apply(record)?;
            self.snapshot.as_of = posted_at;
        }
        if let Change::TermsSet(terms) = &record.change {
            (self.zone, self.today) = (Zone::of_wallet(terms.time_zone), Today::NEVER);
        }
        Ok(())
    }

    /// Adds to a tally what a record counts as.
    pub fn count(
        &mut self,
        record: &Record<'_>,
        posted_at: Timestamp,
        (tally, campaigns): (&mut Tally, &mut Campaigns),
    ) {
        let Folded { today, zone, .. } = self;
        let mut counting = Counting { tally, today, zone, campaigns };
        match &record.change {
            Change::Entry(entry) => counting.entry(entry, record.occurred_at, posted_at),
            Change::Course(set) => set.moved.iter().for_each(|moved| counting.moved(moved)),
            _ => {}
        }
    }

    /// Those of a tally's channels that are not known to be among the views, in order; they are from now on.
    pub fn new_channels(&mut self, id: WalletId, tally: &Tally, known: &mut Channels) -> Vec<Address> {
        let mut new: Vec<Address> = Vec::new();
        for channel in tally.channels() {
            let is_first = *self.channel.get_or_insert_with(|| {
                new.push(channel);
                channel
            }) == channel;
            if !is_first && known.insert((id, channel)) {
                new.push(channel);
            }
        }
        new.sort_unstable();
        new
    }
}

/// Wallets by partition and number, which are dense: found without a search, and a place that is empty takes eight bytes.
#[derive(Default)]
pub(super) struct Wallets {
    places: Vec<Vec<Option<Box<Folded>>>>,
    count: usize,
}

impl Wallets {
    pub fn get(&self, id: WalletId) -> Option<&Folded> {
        self.places.get(usize::from(id.partition))?.get(id.number as usize)?.as_deref()
    }

    pub fn get_mut(&mut self, id: WalletId) -> Option<&mut Folded> {
        self.places.get_mut(usize::from(id.partition))?.get_mut(id.number as usize)?.as_deref_mut()
    }

    pub fn insert(&mut self, id: WalletId, folded: Folded) {
        let (partition, number) = (usize::from(id.partition), id.number as usize);
        if self.places.len() <= partition {
            self.places.resize_with(partition + 1, Vec::new);
        }
        let places = &mut self.places[partition];
        if places.len() <= number {
            places.resize_with(number + 1, || None);
        }
        let before = places[number].replace(Box::new(folded));
        self.count += usize::from(before.is_none());
    }

    pub fn each_mut(&mut self) -> impl Iterator<Item = &mut Folded> {
        self.places.iter_mut().flatten().filter_map(Option::as_deref_mut)
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn clear(&mut self) {
        *self = Wallets::default();
    }
}

#[cfg(test)]
mod tests {
    use super::super::first_snapshot;
    use super::*;
    use crate::domain::samples::{NOW, TERMS};

    #[test]
    fn a_wallet_is_found_where_it_was_put_and_nowhere_else() {
        let mut wallets = Wallets::default();
        let ids =
            [(0, 0), (3, 7), (3, 2), (15, 100)].map(|(partition, number)| WalletId { partition, number });
        for id in ids {
            assert!(wallets.get(id).is_none());
            wallets.insert(id, Folded::of(first_snapshot(id, &TERMS, NOW)));
        }
        wallets.insert(ids[1], Folded::of(first_snapshot(ids[1], &TERMS, NOW)));
        assert_eq!(wallets.len(), ids.len());
        for id in ids {
            assert_eq!(wallets.get(id).map(|folded| folded.snapshot.wallet.id), Some(id));
            assert!(wallets.get_mut(id).is_some());
        }
        let others = [(0, 1), (1, 0), (3, 3), (16, 100)];
        assert!(others.iter().all(|(partition, number)| {
            wallets.get(WalletId { partition: *partition, number: *number }).is_none()
        }));
        wallets.each_mut().for_each(|folded| folded.changed = true);
        assert!(ids.iter().all(|id| wallets.get(*id).is_some_and(|folded| folded.changed)));
        wallets.clear();
        assert_eq!((wallets.len(), wallets.each_mut().count()), (0, 0));
    }
}
