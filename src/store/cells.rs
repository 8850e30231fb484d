//! Cells: what one wallet's usage view adds up, and how a row of them is written and merged.
//!
//! A row holds the cells of one wallet and local day. Passes of the builder write what they add as merge operands,
//! which RocksDB adds up when it compacts or is read: a sum is the same in whatever order its parts come. On most days
//! the two axes agree, so an entry whose two days are the same is counted once, for both.

use rocksdb::MergeOperands;

use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::{Direction, Kind};
use crate::domain::usage::{Axis, Dimensions, EntryType};
use crate::domain::wallet::WalletId;
use crate::journal::codec::RowError;

/// What a cell counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
    Entries(EntryType),
    /// Messages whose status says so, on the days of the messages.
    Delivered,
    /// Undelivered ones too.
    Failed,
}

const DELIVERED: u8 = 64;
const FAILED: u8 = 65;

impl Count {
    pub fn byte(self) -> u8 {
        match self {
            Count::Entries(kind) => kind as u8,
            Count::Delivered => DELIVERED,
            Count::Failed => FAILED,
        }
    }

    pub fn from_byte(byte: u8) -> Option<Count> {
        match byte {
            DELIVERED => Some(Count::Delivered),
            FAILED => Some(Count::Failed),
            other => EntryType::from_byte(other).map(Count::Entries),
        }
    }
}

/// What is added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Entries; of statuses, messages. What a pass adds may be negative.
    pub number: i64,
    /// Billed units of messages.
    pub units: i64,
    /// What was used, in 1e-9 of the unit of currency: the opposite of what was added to the balance. Of messages
    /// without their carrier fees.
    pub amount: i128,
    /// Carrier fees of messages, in the same.
    pub carrier_fee: i128,
}

impl Sums {
    pub fn add(&mut self, other: &Sums) {
        let Sums { number, units, amount, carrier_fee } = other;
        self.number += number;
        self.units += units;
        self.amount += amount;
        self.carrier_fee += carrier_fee;
    }

    fn is_nothing(&self) -> bool {
        *self == Sums::default()
    }
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    pub count: Count,
    pub dimensions: Dimensions<'a>,
    pub sums: Sums,
}

/// Which days a row counts for: that of either axis, or both where they are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Days {
    Same = 0,
    Occurred = 1,
    Posted = 2,
}

impl Days {
    /// The rows that make up an axis.
    pub fn of(axis: Axis) -> [Days; 2] {
        match axis {
            Axis::Occurred => [Days::Same, Days::Occurred],
            Axis::Posted => [Days::Same, Days::Posted],
        }
    }
}

pub type UsageKey = [u8; 10];

/// Where the cells of a wallet and day are.
pub fn key(id: WalletId, days: Days, day: Day) -> UsageKey {
    let mut key = [0; 10];
    key[..5].copy_from_slice(&super::keys::wallet(id));
    key[5] = days as u8;
    key[6..].copy_from_slice(&day.0.to_be_bytes());
    key
}

/// The day of a key of this view.
pub fn day_of(key: &[u8]) -> Option<Day> {
    let key: &UsageKey = key.try_into().ok()?;
    Some(Day(u32::from_be_bytes([key[6], key[7], key[8], key[9]])))
}

const DIRECTION: u8 = 0b11;
const KIND: u8 = 0b1100;
const HAS_COUNTRY: u8 = 0x10;
const HAS_CHANNEL: u8 = 0x20;

/// The name of a cell: what it counts, and under what.
pub fn name(count: Count, dimensions: Dimensions<'_>) -> Vec<u8> {
    let (name, length) = head_of_name(count, &dimensions);
    [&name[..length], dimensions.campaign.as_bytes()].concat()
}

/// Appends a cell to a row that is being made.
pub fn put(out: &mut Vec<u8>, cell: &Cell<'_>) {
    let (name, length) = head_of_name(cell.count, &cell.dimensions);
    let campaign = cell.dimensions.campaign.as_bytes();
    put_number(out, (length + campaign.len()) as u128);
    out.extend_from_slice(&name[..length]);
    out.extend_from_slice(campaign);
    put_sums(out, &cell.sums);
}

/// The name without its campaign, which ends it, and how long it is.
fn head_of_name(count: Count, dimensions: &Dimensions<'_>) -> ([u8; 20], usize) {
    let Dimensions { channel, direction, kind, country, campaign: _ } = *dimensions;
    let mut name = [0u8; 20];
    let flags = direction.map_or(0, |direction| direction as u8)
        | kind.map_or(0, |kind| (kind as u8) << 2)
        | if country.is_some() { HAS_COUNTRY } else { 0 }
        | if channel.is_some() { HAS_CHANNEL } else { 0 };
    (name[0], name[1]) = (count.byte(), flags);
    let mut length = 2;
    if let Some(country) = country {
        name[length..length + 2].copy_from_slice(&country);
        length += 2;
    }
    if let Some(channel) = channel {
        let bytes = channel.to_bytes();
        let used = 1 + usize::from(bytes[0] & 15);
        name[length..length + used].copy_from_slice(&bytes[..used]);
        length += used;
    }
    (name, length)
}

fn put_sums(out: &mut Vec<u8>, sums: &Sums) {
    let Sums { number, units, amount, carrier_fee } = *sums;
    for value in [i128::from(number), i128::from(units), amount, carrier_fee] {
        put_number(out, zigzag(value));
    }
}

/// The cells of a row, in the order of their names.
pub struct Cells<'a>(Parts<'a>);

impl<'a> Cells<'a> {
    pub fn new(row: &'a [u8]) -> Cells<'a> {
        Cells(Parts(row))
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Cell<'a>, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let part = self.0.next()?;
        Some(part.and_then(|(name, sums)| {
            let (count, dimensions) = named(name).ok_or(RowError("a cell's name"))?;
            Ok(Cell { count, dimensions, sums })
        }))
    }
}

fn named(name: &[u8]) -> Option<(Count, Dimensions<'_>)> {
    let ([count, flags], mut rest) = name.split_first_chunk::<2>()?;
    let mut dimensions = Dimensions {
        direction: match flags & DIRECTION {
            0 => None,
            byte => Some(Direction::from_byte(byte)?),
        },
        kind: match (flags & KIND) >> 2 {
            0 => None,
            byte => Some(Kind::from_byte(byte)?),
        },
        ..Dimensions::default()
    };
    if flags & HAS_COUNTRY != 0 {
        let (country, after) = rest.split_first_chunk::<2>()?;
        (dimensions.country, rest) = (Some(*country), after);
    }
    if flags & HAS_CHANNEL != 0 {
        let used = 1 + usize::from(*rest.first()? & 15);
        let (channel, after) = rest.split_at_checked(used)?;
        let mut bytes = [0; 16];
        bytes[..used].copy_from_slice(channel);
        (dimensions.channel, rest) = (Some(Address::from_bytes(bytes)?), after);
    }
    dimensions.campaign = std::str::from_utf8(rest).ok()?;
    Some((Count::from_byte(*count)?, dimensions))
}

/// The cells of a row with their names unread.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = Result<(&'a [u8], Sums), RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let part = self.take();
        if part.is_none() {
            self.0 = &[];
        }
        Some(part.ok_or(RowError("a cell is cut short")))
    }
}

impl<'a> Parts<'a> {
    fn take(&mut self) -> Option<(&'a [u8], Sums)> {
        let length = usize::try_from(self.number()?).ok()?;
        let (name, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        let (number, units) = (i64::try_from(self.signed()?).ok()?, i64::try_from(self.signed()?).ok()?);
        Some((name, Sums { number, units, amount: self.signed()?, carrier_fee: self.signed()? }))
    }

    fn signed(&mut self) -> Option<i128> {
        self.number().map(|value| (value >> 1) as i128 ^ -((value & 1) as i128))
    }

    fn number(&mut self) -> Option<u128> {
        let mut value = 0u128;
        for (place, byte) in self.0.iter().enumerate().take(19) {
            value |= u128::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                self.0 = &self.0[place + 1..];
                return Some(value);
            }
        }
        None
    }
}

fn zigzag(value: i128) -> u128 {
    ((value << 1) ^ (value >> 127)) as u128
}

/// Seven bits a byte, the low ones first (LEB128).
fn put_number(out: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What RocksDB calls to add up. It must not panic: what cannot be read is an error of the database.
pub fn merge(_key: &[u8], existing: Option<&[u8]>, operands: &MergeOperands) -> Option<Vec<u8>> {
    merged(existing.into_iter().chain(operands))
}

/// The sum of several rows, by name; cells that have come to nothing are left out.
pub fn merged<'r>(rows: impl Iterator<Item = &'r [u8]>) -> Option<Vec<u8>> {
    let mut parts: Vec<(&[u8], Sums)> = Vec::new();
    for row in rows {
        for part in Parts(row) {
            parts.push(part.ok()?);
        }
    }
    parts.sort_by_key(|(name, _)| *name);
    let mut out = Vec::new();
    for group in parts.chunk_by(|one, other| one.0 == other.0) {
        let mut sums = Sums::default();
        for (_, part) in group {
            sums.number = sums.number.checked_add(part.number)?;
            sums.units = sums.units.checked_add(part.units)?;
            sums.amount = sums.amount.checked_add(part.amount)?;
            sums.carrier_fee = sums.carrier_fee.checked_add(part.carrier_fee)?;
        }
        if !sums.is_nothing() {
            let name = group[0].0;
            put_number(&mut out, name.len() as u128);
            out.extend_from_slice(name);
            put_sums(&mut out, &sums);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CAMPAIGNS: [&str; 3] = ["", "spring", "\u{202e}x"];
    const CHANNELS: [&str; 3] = ["+14155550100", "12345", "Acme"];

    fn cell((what, under, number, amount): (u8, u8, i64, i64)) -> Cell<'static> {
        let kind = EntryType::ALL[usize::from(what) % EntryType::ALL.len()];
        let count = match what % 16 {
            14 => Count::Delivered,
            15 => Count::Failed,
            _ => Count::Entries(kind),
        };
        let absent = |bit: u8| under & bit == 0;
        let dimensions = Dimensions {
            channel: Address::parse(CHANNELS[usize::from(under) % 3]).ok().filter(|_| !absent(1)),
            direction: (!absent(2)).then_some(Direction::Inbound),
            kind: (!absent(4)).then_some(Kind::Mms),
            country: (!absent(8)).then_some(*b"HK"),
            campaign: CAMPAIGNS[usize::from(under) / 3 % 3],
        };
        let amount = i128::from(amount) * i128::from(i64::MAX);
        let sums = Sums { number: number / 8, units: number % 1_000, amount, carrier_fee: -amount / 3 };
        Cell { count, dimensions, sums }
    }

    fn row(cells: &[Cell<'_>]) -> Vec<u8> {
        let mut row = Vec::new();
        cells.iter().for_each(|cell| put(&mut row, cell));
        row
    }

    fn cells() -> impl Strategy<Value = Vec<Cell<'static>>> {
        proptest::collection::vec(any::<(u8, u8, i64, i64)>().prop_map(cell), 0..30)
    }

    proptest! {
        #[test]
        fn a_cell_reads_back(cells in cells()) {
            let row = row(&cells);
            prop_assert_eq!(Cells::new(&row).collect::<Result<Vec<_>, _>>(), Ok(cells));
        }

        /// Rows add up to the same whatever is merged first, and every sum is that of its parts.
        #[test]
        fn merging_adds_up_in_any_order(cells in cells(), cuts in any::<[usize; 2]>()) {
            let (one, two) = (cuts[0] % (cells.len() + 1), cuts[1] % (cells.len() + 1));
            let (first, last) = (one.min(two), one.max(two));
            let parts = [row(&cells[..first]), row(&cells[first..last]), row(&cells[last..])];
            let merged_of = |rows: &[&[u8]]| merged(rows.iter().copied()).unwrap();
            let all = merged_of(&[&parts[0], &parts[1], &parts[2]]);
            let right = merged_of(&[&parts[1], &parts[2]]);
            prop_assert_eq!(&merged_of(&[&parts[0], &right]), &all);
            let backwards = merged_of(&[&parts[2], &parts[0]]);
            prop_assert_eq!(&merged_of(&[&parts[1], &backwards]), &all);
            for found in Cells::new(&all) {
                let found = found.unwrap();
                let mut want = Sums::default();
                let same = |cell: &&Cell<'_>| (cell.count, cell.dimensions) == (found.count, found.dimensions);
                cells.iter().filter(same).for_each(|cell| want.add(&cell.sums));
                prop_assert_eq!(found.sums, want);
            }
        }

        #[test]
        fn what_is_no_row_is_an_error(cells in cells(), cut in any::<usize>()) {
            let whole = row(&cells);
            if !whole.is_empty() {
                let bytes = &whole[..cut % whole.len()];
                let read = Cells::new(bytes).collect::<Result<Vec<_>, _>>();
                let is_start = read.as_ref().is_ok_and(|read| read[..] == cells[..read.len()]);
                prop_assert!(read.is_err() || is_start);
                prop_assert_eq!(merged([bytes].into_iter()).is_none(), read.is_err());
            }
        }
    }

    #[test]
    fn what_comes_to_nothing_is_left_out() {
        let sums = Sums { number: 1, ..Sums::default() };
        let one = Cell { count: Count::Failed, dimensions: Dimensions::default(), sums };
        let back = Cell { sums: Sums { number: -1, ..sums }, ..one };
        let rows = [row(&[one]), row(&[back])];
        assert_eq!(merged(rows.iter().map(Vec::as_slice)), Some(Vec::new()));
    }
}
