//! What a pass adds to the view of usage: gathered by wallet in memory, then written as one operand a day.

use hashbrown::HashTable;

use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::{Direction, FinalStatus, Kind};
use crate::domain::record::{Cause, Entry, Moved};
use crate::domain::time::Timestamp;
use crate::domain::usage::{Dimensions, EntryType};
use crate::store::StoreError;
use crate::store::cells::{self, Cell, Count, Days, Sums};

/// Up to so many cells are looked for one after the other: most wallets have a handful a pass.
const SCANNED_MAX: usize = 16;

/// Texts of campaigns in the order in which the pass met them; the first is none.
#[derive(Default)]
pub struct Campaigns {
    texts: Vec<Box<str>>,
    places: hashbrown::HashMap<Box<str>, u32, ahash::RandomState>,
}

impl Campaigns {
    fn place(&mut self, campaign: &str) -> u32 {
        if campaign.is_empty() {
            return 0;
        }
        if let Some(place) = self.places.get(campaign) {
            return *place;
        }
        self.texts.push(campaign.into());
        let place = u32::try_from(self.texts.len()).expect("a pass has fewer than 2^32 rows");
        self.places.insert(campaign.into(), place);
        place
    }

    fn text(&self, place: u32) -> &str {
        match place {
            0 => "",
            place => &self.texts[place as usize - 1],
        }
    }

    pub fn clear(&mut self) {
        self.texts.clear();
        self.places.clear();
    }
}

/// The name of a cell while a pass is gathered.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Name {
    days: Days,
    day: Day,
    count: Count,
    channel: Option<Address>,
    direction: Option<Direction>,
    kind: Option<Kind>,
    country: Option<[u8; 2]>,
    /// Among the pass' campaigns.
    campaign: u32,
}

/// What a pass adds for one wallet.
#[derive(Default)]
pub struct Tally {
    cells: Vec<(Name, Sums)>,
    /// Where the cells are, by their names, once there are many.
    places: Option<Box<HashTable<u32>>>,
}

/// The local day that a wallet's records fell on last: the next nearly always falls on it too.
#[derive(Clone, Copy)]
pub struct Today {
    day: Day,
    begins: Timestamp,
    ends: Timestamp,
}

impl Today {
    /// Before the first record.
    pub const NEVER: Today = Today { day: Day(0), begins: Timestamp::NEVER, ends: Timestamp::NEVER };

    fn of(at: Timestamp, zone: &Zone) -> Today {
        let (begins, ends) = zone.day_span(at);
        Today { day: zone.day(at), begins, ends }
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.begins <= at && at < self.ends
    }

    /// The local day of an instant in the zone that this is a day of.
    fn day(&self, at: Timestamp, zone: &Zone) -> Day {
        if self.holds(at) { self.day } else { zone.day(at) }
    }
}

/// A wallet's tally while something is counted in it.
pub struct Counting<'p> {
    pub tally: &'p mut Tally,
    pub today: &'p mut Today,
    pub zone: &'p Zone,
    pub campaigns: &'p mut Campaigns,
}

impl Counting<'_> {
    pub fn entry(&mut self, entry: &Entry<'_>, occurred_at: Timestamp, posted_at: Timestamp) {
        let used = -i128::from(entry.amount.nanos());
        let sums = match &entry.cause {
            Cause::Message { event, price } => {
                let carrier_fee = i128::from(price.rated.carrier_fee.nanos());
                let units = i64::from(event.units());
                Sums { number: 1, units, amount: used - carrier_fee, carrier_fee }
            }
            _ => Sums { number: 1, amount: used, ..Sums::default() },
        };
        let count = Count::Entries(EntryType::of(&entry.cause));
        self.add(count, Dimensions::of(&entry.cause), sums, [occurred_at, posted_at]);
    }

    /// Counts a message under another final status, on its own days.
    pub fn moved(&mut self, moved: &Moved<'_>) {
        let Moved { seq: _, from, to, origin } = moved;
        let times = [origin.occurred_at, origin.posted_at];
        let mut count = |status: FinalStatus, number| {
            let count = match status {
                FinalStatus::Delivered => Count::Delivered,
                FinalStatus::Undelivered | FinalStatus::Failed => Count::Failed,
            };
            self.add(count, Dimensions::of_origin(origin), Sums { number, ..Sums::default() }, times);
        };
        if let Some(from) = from {
            count(*from, -1);
        }
        count(*to, 1);
    }

    /// Adds to the cells of both axes.
    fn add(
        &mut self,
        count: Count,
        dimensions: Dimensions<'_>,
        sums: Sums,
        [occurred_at, posted_at]: [Timestamp; 2],
    ) {
        if !self.today.holds(posted_at) {
            *self.today = Today::of(posted_at, self.zone);
        }
        let (occurred, posted) =
            (self.today.day(occurred_at, self.zone), self.today.day(posted_at, self.zone));
        let Dimensions { channel, direction, kind, country, campaign } = dimensions;
        let campaign = self.campaigns.place(campaign);
        let name = |days, day| Name { days, day, count, channel, direction, kind, country, campaign };
        if occurred == posted {
            self.tally.add(name(Days::Same, posted), &sums);
        } else {
            self.tally.add(name(Days::Occurred, occurred), &sums);
            self.tally.add(name(Days::Posted, posted), &sums);
        }
    }
}

impl Tally {
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn add(&mut self, name: Name, sums: &Sums) {
        match self.find(&name) {
            Some(place) => self.cells[place].1.add(sums),
            None => self.insert(name, sums),
        }
    }

    fn find(&self, name: &Name) -> Option<usize> {
        match &self.places {
            None => self.cells.iter().rposition(|(known, _)| known == name),
            Some(places) => {
                let same = |place: &u32| self.cells[*place as usize].0 == *name;
                places.find(hash(name), same).map(|place| *place as usize)
            }
        }
    }

    fn insert(&mut self, name: Name, sums: &Sums) {
        let place = u32::try_from(self.cells.len()).expect("a pass has fewer than 2^32 rows");
        if self.cells.is_empty() {
            // Of a million wallets most have one a pass: a vector would make room for four.
            self.cells.reserve_exact(1);
        }
        self.cells.push((name, *sums));
        let Tally { cells, places } = self;
        let rehash = |place: &u32| hash(&cells[*place as usize].0);
        if let Some(places) = places {
            places.insert_unique(hash(&name), place, rehash);
        } else if cells.len() > SCANNED_MAX {
            let mut table = HashTable::with_capacity(4 * SCANNED_MAX);
            for place in 0..=place {
                table.insert_unique(rehash(&place), place, rehash);
            }
            *places = Some(Box::new(table));
        }
    }

    /// Calls `put` with the operand of each row, in the order of their keys.
    pub fn write(
        mut self,
        campaigns: &Campaigns,
        row: &mut Vec<u8>,
        mut put: impl FnMut(Days, Day, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.cells.sort_unstable_by_key(|(name, _)| (name.days, name.day));
        for group in
            self.cells.chunk_by(|(one, _), (other, _)| (one.days, one.day) == (other.days, other.day))
        {
            row.clear();
            for (name, sums) in group {
                let Name { channel, direction, kind, country, .. } = *name;
                let campaign = campaigns.text(name.campaign);
                let dimensions = Dimensions { channel, direction, kind, country, campaign };
                cells::put(row, &Cell { count: name.count, dimensions, sums: *sums });
            }
            put(group[0].0.days, group[0].0.day, row)?;
        }
        Ok(())
    }

    /// The channels that entries were counted under.
    pub fn channels(&self) -> impl Iterator<Item = Address> {
        self.cells.iter().filter_map(|(name, _)| name.channel)
    }
}

fn hash(name: &Name) -> u64 {
    // Names differ by what traffic chooses, and one wallet's cells slow down that wallet's pass at worst.
    ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one(name)
}
