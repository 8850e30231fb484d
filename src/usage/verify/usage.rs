//! Usage, added up anew from the journal and compared with what the views hold: every cell, status and channel.

use std::collections::{HashMap, HashSet};

use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::FinalStatus;
use crate::domain::record::{Cause, Change, Entry, Moved, Record};
use crate::domain::time::Timestamp;
use crate::domain::usage::{Dimensions, EntryType};
use crate::domain::wallet::WalletId;
use crate::store::StoreError;
use crate::store::cells::{self, Cell, Cells, Count, Days, Sums, UsageKey};
use crate::store::keys::{self, EntryKey};
use crate::store::views::Views;

type Seeds = ahash::RandomState;

/// What usage should hold. It may stand ahead of the other views, never behind what it says itself.
pub struct UsageFold {
    until: u64,
    /// By row and name of the cell.
    cells: HashMap<(UsageKey, Box<[u8]>), Sums, Seeds>,
    channels: HashSet<(WalletId, Address), Seeds>,
    statuses: HashMap<EntryKey, u8, Seeds>,
    zones: HashMap<Box<str>, Zone, Seeds>,
    /// The local day last looked at, by zone: the next is nearly always the same.
    day: HashMap<Box<str>, (Timestamp, Timestamp, Day), Seeds>,
}

impl UsageFold {
    pub fn new(views: &Views) -> Result<UsageFold, StoreError> {
        Ok(UsageFold {
            until: views.usage_commit()?,
            cells: HashMap::default(),
            channels: HashSet::default(),
            statuses: HashMap::default(),
            zones: HashMap::default(),
            day: HashMap::default(),
        })
    }

    /// Counts a record of a commit; `zone` is the name of its wallet's.
    pub fn fold(&mut self, commit: u64, id: WalletId, record: &Record<'_>, posted_at: Timestamp, zone: &str) {
        let counts = commit <= self.until;
        match &record.change {
            Change::Entry(entry) if counts => self.entry(id, entry, [record.occurred_at, posted_at], zone),
            Change::Course(set) => {
                let Some(moved) = &set.moved else { return };
                self.statuses.insert(keys::entry(id, moved.seq), moved.to as u8);
                if counts {
                    self.moved(id, moved, zone);
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, id: WalletId, entry: &Entry<'_>, times: [Timestamp; 2], zone: &str) {
        let used = -i128::from(entry.amount.nanos());
        let mut sums = Sums { number: 1, units: 0, amount: used, carrier_fee: 0 };
        if let Cause::Message { event, price } = &entry.cause {
            sums.units = i64::from(event.units());
            sums.carrier_fee = i128::from(price.rated.carrier_fee.nanos());
            sums.amount -= sums.carrier_fee;
        }
        let dimensions = Dimensions::of(&entry.cause);
        self.channels.extend(dimensions.channel.map(|channel| (id, channel)));
        self.add(id, Count::Entries(EntryType::of(&entry.cause)), dimensions, sums, times, zone);
    }

    fn moved(&mut self, id: WalletId, moved: &Moved<'_>, zone: &str) {
        let times = [moved.origin.occurred_at, moved.origin.posted_at];
        for (status, number) in moved.from.map(|from| (from, -1)).into_iter().chain([(moved.to, 1)]) {
            let count = if status == FinalStatus::Delivered { Count::Delivered } else { Count::Failed };
            let sums = Sums { number, ..Sums::default() };
            self.add(id, count, Dimensions::of_origin(&moved.origin), sums, times, zone);
        }
    }

    fn add(
        &mut self,
        id: WalletId,
        count: Count,
        dimensions: Dimensions<'_>,
        sums: Sums,
        times: [Timestamp; 2],
        zone: &str,
    ) {
        let [occurred, posted] = times.map(|at| self.day(at, zone));
        let rows: &[_] = match occurred == posted {
            true => &[(Days::Same, posted)],
            false => &[(Days::Occurred, occurred), (Days::Posted, posted)],
        };
        let name: Box<[u8]> = cells::name(count, dimensions).into();
        for (days, day) in rows {
            self.cells.entry((cells::key(id, *days, *day), name.clone())).or_default().add(&sums);
        }
    }

    fn day(&mut self, at: Timestamp, name: &str) -> Day {
        if let Some((begins, ends, day)) = self.day.get(name)
            && (*begins..*ends).contains(&at)
        {
            return *day;
        }
        let zone = self.zones.entry(name.into()).or_insert_with(|| Zone::of_wallet(name));
        let (day, (begins, ends)) = (zone.day(at), zone.day_span(at));
        self.day.insert(name.into(), (begins, ends, day));
        day
    }

    /// What the views hold otherwise, in words. `statuses` too where the views stand at the journal's end.
    pub fn compare(mut self, views: &Views, with_statuses: bool) -> Result<Compared, StoreError> {
        let mut compared = Compared::default();
        self.cells.retain(|_, sums| *sums != Sums::default());
        views.each_row(keys::USAGE, |key, row| {
            match (UsageKey::try_from(key), keys::split_channel(key)) {
                _ if key == keys::USAGE_COMMIT => {}
                (Ok(key), _) => {
                    for cell in Cells::new(row) {
                        self.compare_cell(key, &cell.map_err(StoreError::row(keys::USAGE))?, &mut compared);
                    }
                }
                (_, Some(channel)) => {
                    let id = keys::split_wallet(&key[..5]);
                    if !id.is_some_and(|id| self.channels.remove(&(id, channel))) {
                        compared.differ(format!("view of usage: {channel} of {id:?} is not in the journal"));
                    }
                }
                _ => compared.differ(format!("view of usage: {key:02x?} is no key of it")),
            }
            Ok(())
        })?;
        for ((key, _), sums) in &self.cells {
            let day = cells::day_of(key);
            compared.differ(format!("view of usage: a cell of {day:?} in {key:02x?} is missing: {sums:?}"));
        }
        for (id, channel) in &self.channels {
            compared.differ(format!("view of usage: the channel {channel} of {id:?} is missing"));
        }
        if with_statuses {
            self.compare_statuses(views, &mut compared)?;
        }
        Ok(compared)
    }

    fn compare_cell(&mut self, key: UsageKey, cell: &Cell<'_>, compared: &mut Compared) {
        compared.cells += 1;
        let name: Box<[u8]> = cells::name(cell.count, cell.dimensions).into();
        let want = self.cells.remove(&(key, name)).unwrap_or_default();
        if want != cell.sums {
            let (found, day) = (cell, cells::day_of(&key));
            compared.differ(format!(
                "view of usage: {day:?} in {key:02x?} holds {found:?}, the journal says {want:?}"
            ));
        }
    }

    fn compare_statuses(&mut self, views: &Views, compared: &mut Compared) -> Result<(), StoreError> {
        views.each_row(keys::STATUSES, |key, row| {
            let entry = keys::split_entry(key);
            let want = EntryKey::try_from(key).ok().and_then(|key| self.statuses.remove(&key));
            if want.is_none() || want != row.first().copied() {
                compared.differ(format!("view of statuses: that of {entry:?} is not what the journal says"));
            }
            Ok(())
        })?;
        for key in self.statuses.keys() {
            compared.differ(format!("view of statuses: that of {:?} is missing", keys::split_entry(key)));
        }
        Ok(())
    }
}

/// What was compared.
#[derive(Default)]
pub struct Compared {
    pub cells: u64,
    pub differences: Vec<String>,
}

impl Compared {
    fn differ(&mut self, what: String) {
        self.differences.push(what);
    }
}
