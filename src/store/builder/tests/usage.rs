//! Usage as a naive fold adds it up, record by record, against what the views tell.

use std::collections::{BTreeMap, BTreeSet};

use super::world::Told;
use super::*;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::FinalStatus;
use crate::domain::record::Cause;
use crate::domain::usage::{Axis, Dimensions, EntryType};
use crate::store::cells::{Count, Sums};

type CellName = (WalletId, &'static str, Day, String);

/// Cells by wallet, axis, day and what they count; statuses by wallet and entry; channels by wallet.
#[derive(Default)]
pub struct Usage {
    cells: BTreeMap<CellName, Sums>,
    statuses: BTreeMap<(WalletId, u64), FinalStatus>,
    channels: BTreeSet<(WalletId, Address)>,
}

const FIRST: Day = Day(0);
const LAST: Day = Day(99_991_231);

impl Usage {
    pub fn count(&mut self, id: WalletId, wallet: &Wallet, record: &Record<'_>, posted_at: Timestamp) {
        match &record.change {
            Change::Entry(entry) => {
                let dimensions = Dimensions::of(&entry.cause);
                self.channels.extend(dimensions.channel.map(|channel| (id, channel)));
                let used = -i128::from(entry.amount.nanos());
                let (units, carrier_fee) = match &entry.cause {
                    Cause::Message { event, price } => {
                        (i64::from(event.units()), i128::from(price.rated.carrier_fee.nanos()))
                    }
                    _ => (0, 0),
                };
                let sums = Sums { number: 1, units, amount: used - carrier_fee, carrier_fee };
                let count = Count::Entries(EntryType::of(&entry.cause));
                self.add(id, wallet, count, &dimensions, [record.occurred_at, posted_at], sums);
            }
            Change::Course(set) => {
                let Some(moved) = &set.moved else { return };
                self.statuses.insert((id, moved.seq), moved.to);
                let times = [moved.origin.occurred_at, moved.origin.posted_at];
                let dimensions = Dimensions::of_origin(&moved.origin);
                let steps = moved.from.map(|from| (from, -1)).into_iter().chain([(moved.to, 1)]);
                for (status, number) in steps {
                    let count = match status {
                        FinalStatus::Delivered => Count::Delivered,
                        FinalStatus::Undelivered | FinalStatus::Failed => Count::Failed,
                    };
                    let sums = Sums { number, ..Sums::default() };
                    self.add(id, wallet, count, &dimensions, times, sums);
                }
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        id: WalletId,
        wallet: &Wallet,
        count: Count,
        dimensions: &Dimensions<'_>,
        times: [Timestamp; 2],
        sums: Sums,
    ) {
        let zone = Zone::of_wallet(&wallet.time_zone);
        for (axis, at) in Axis::ALL.iter().zip(times) {
            let name = (id, axis.as_str(), zone.day(at), format!("{count:?} {dimensions:?}"));
            self.cells.entry(name).or_default().add(&sums);
        }
    }

    #[track_caller]
    pub fn equals(&self, views: &Arc<Views>, told: &Told, name: &str) {
        let pinned = views.pin();
        let mut found = Usage::default();
        for id in told.snapshots.keys() {
            for axis in Axis::ALL {
                let add = |day, cell: crate::store::cells::Cell<'_>| {
                    let cell_name =
                        (*id, axis.as_str(), day, format!("{:?} {:?}", cell.count, cell.dimensions));
                    found.cells.entry(cell_name).or_default().add(&cell.sums);
                    Ok(())
                };
                pinned.usage(*id, *axis, (FIRST, LAST), add).unwrap();
            }
            let insert = |seq, status| {
                found.statuses.insert((*id, seq), status);
                Ok(true)
            };
            pinned.statuses(*id, 0, insert).unwrap();
            found.channels.extend(pinned.channels(*id).unwrap().into_iter().map(|channel| (*id, channel)));
        }
        let mut want: BTreeMap<_, _> = self.cells.clone();
        want.retain(|_, sums| *sums != Sums::default());
        assert!(found.cells == want, "{name}: usage");
        assert!(found.statuses == self.statuses, "{name}: statuses of messages");
        assert!(found.channels == self.channels, "{name}: channels");
    }
}

/// What was pinned stays as it was, however much is added, merged and compacted after it.
#[test]
fn r1_a_pinned_state_does_not_change() {
    let mut random = Random::new(31);
    let mut world = World::new();
    let mut built = Built::empty(&world);
    (0..4).for_each(|_| world.commit(&mut random, 200));
    built.build(u64::MAX);
    let pinned = built.builder.views.pin();
    let wallets: Vec<_> = world.told.snapshots.keys().copied().collect();
    let cells = || {
        let mut cells = Vec::new();
        for id in &wallets {
            let add = |day, cell: crate::store::cells::Cell<'_>| {
                cells.push(format!("{id:?} {day} {cell:?}"));
                Ok(())
            };
            pinned.usage(*id, Axis::Posted, (FIRST, LAST), add).unwrap();
            let last = pinned.last_entry(*id).unwrap();
            cells.push(format!("{last:?} {:?}", pinned.channels(*id).unwrap()));
        }
        cells
    };
    let before = cells();
    assert!(before.len() > 50, "enough to change");
    for _ in 0..4 {
        world.commit(&mut random, 400);
        built.build_and_checkpoint(u64::MAX);
        built.builder.views.compact();
        assert!(cells() == before, "what was pinned has changed");
    }
    assert_ne!(built.builder.views.pin().pass, pinned.pass);
}
