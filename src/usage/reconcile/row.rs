//! One row of a file: where its cells are, and what each of them says.

use csv::StringRecord;

use super::amounts::price;
use super::file::{FileError, Theirs};
use super::mapping::{Columns, Mapping};
use crate::domain::address::Address;
use crate::domain::event::{Direction, ID_BYTES_MAX, UNITS_MAX};

/// Longest cell that is told back, in characters.
const TOLD_CHARACTERS_MAX: usize = 64;

/// Where the columns are.
pub struct Places {
    /// How many cells every row has.
    width: usize,
    id: usize,
    source: Option<usize>,
    account: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    channel: Option<usize>,
    peer: Option<usize>,
    direction: Option<usize>,
    kind: Option<usize>,
    segments: Option<usize>,
    price: Option<usize>,
    currency: Option<usize>,
    status: Option<usize>,
    date: Option<usize>,
    only_with: Option<usize>,
}

/// A message, and what of its row is counted besides.
pub struct Reading<'a> {
    pub theirs: Theirs,
    /// Empty where the row says none.
    pub currency: &'a str,
    pub unknown_status: Option<&'a str>,
    /// The file has prices, and this row none.
    pub unpriced: bool,
}

/// A heading without what does not matter.
fn plain(heading: &str) -> String {
    heading.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Places {
    /// What a mapping names must be there: a file of another provider would match nothing, silently. Only the currency may
    /// be missing, and the account where none is asked for.
    pub fn of(
        headings: &StringRecord,
        columns: &Columns,
        account: Option<&str>,
    ) -> Result<Places, FileError> {
        let width = headings.len();
        let headings: Vec<String> = headings.iter().map(plain).collect();
        let place = |spellings: &[String]| {
            spellings.iter().find_map(|spelling| headings.iter().position(|known| *known == plain(spelling)))
        };
        let named = |spellings: &[String]| match spellings {
            [] => Ok(None),
            [first, ..] => match place(spellings) {
                Some(place) => Ok(Some(place)),
                None => Err(FileError::Missing(first.clone())),
            },
        };
        let needed = |spellings: &[String], what: &str| {
            named(spellings)?
                .ok_or_else(|| FileError::Missing(format!("of the {what}: the mapping names none")))
        };
        Ok(Places {
            width,
            id: needed(&columns.id, "message's id")?,
            source: named(&columns.source)?,
            account: account.map(|_| needed(&columns.account, "account")).transpose()?,
            from: named(&columns.from)?,
            to: named(&columns.to)?,
            channel: named(&columns.channel)?,
            peer: named(&columns.peer)?,
            direction: named(&columns.direction)?,
            kind: named(&columns.kind)?,
            segments: named(&columns.segments)?,
            price: named(&columns.price)?,
            currency: place(&columns.currency),
            status: named(&columns.status)?,
            date: named(&columns.date)?,
            only_with: named(&columns.only_with)?,
        })
    }

    /// `None` for what is no message. An error says why the row cannot be read.
    pub fn row<'a>(
        &self,
        line: u64,
        record: &'a StringRecord,
        mapping: &Mapping,
        account: Option<&str>,
    ) -> Result<Option<Reading<'a>>, String> {
        // Cells too many that are empty are a delimiter at the end of the line.
        if record.len() < self.width || record.iter().skip(self.width).any(|cell| !cell.is_empty()) {
            return Err(format!("it has {} cells, the headings are {}", record.len(), self.width));
        }
        let cell = |place: Option<usize>| {
            place.and_then(|place| record.get(place)).map(unquoted).unwrap_or_default()
        };
        if self.only_with.is_some() && cell(self.only_with).is_empty() {
            return Ok(None);
        }
        let id = name(cell(Some(self.id)), "id")?;
        if id.is_empty() {
            return Err("it has no id".into());
        }
        let direction = word(cell(self.direction), "direction", |word| mapping.direction(word))?;
        let side = |place| address(cell(place));
        let (channel, peer) = match direction {
            Some(Direction::Inbound) => (side(self.to), side(self.from)),
            _ => (side(self.from), side(self.to)),
        };
        let source =
            if self.source.is_some() { name(cell(self.source), "source")? } else { mapping.source.as_str() };
        let whose = cell(self.account);
        let inbound_as_well = !mapping.outbound_statuses_only || direction != Some(Direction::Inbound);
        let told = if inbound_as_well { cell(self.status) } else { "" };
        let status = mapping.status(told);
        let price = price(cell(self.price), mapping.decimal, mapping.price_is_negative)
            .map_err(|why| format!("the price {:?}: {why}", short(cell(self.price))))?;
        let theirs = Theirs {
            line,
            source: source.into(),
            id: id.into(),
            other_account: account.filter(|account| *account != whose).map(|_| whose.into()),
            channel: side(self.channel).or(channel),
            peer: side(self.peer).or(peer),
            direction,
            kind: word(cell(self.kind), "kind", |word| mapping.kind(word))?
                .or_else(|| mapping.kind_of_id(id)),
            segments: segments(cell(self.segments))?,
            price,
            status: status.ok().flatten(),
            at: match cell(self.date) {
                "" => None,
                cell => Some(mapping.reads.read(cell).ok_or_else(|| {
                    format!("the date {:?} is not written as {}", short(cell), mapping.dates.join(" or "))
                })?),
            },
        };
        Ok(Some(Reading {
            unknown_status: status.is_err().then_some(told),
            unpriced: self.price.is_some() && price.is_none(),
            currency: cell(self.currency),
            theirs,
        }))
    }
}

/// A cell as it is told back.
pub fn short(cell: &str) -> String {
    let mut told: String = cell.chars().take(TOLD_CHARACTERS_MAX).collect();
    if told.len() < cell.len() {
        told.push('…');
    }
    told
}

/// Without the apostrophe that spreadsheets and our own exports put in front of what could be run.
fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// An id or a source, as events may have it.
fn name<'a>(cell: &'a str, what: &str) -> Result<&'a str, String> {
    if cell.len() > ID_BYTES_MAX {
        return Err(format!("its {what} is longer than {ID_BYTES_MAX} bytes"));
    }
    if cell.contains(['\r', '\n']) {
        return Err(format!("its {what} has a line break: is a quote before it not closed?"));
    }
    Ok(cell)
}

/// Providers leave the plus away where a number can be nothing else.
fn address(cell: &str) -> Option<Address> {
    let given = (!cell.is_empty()).then_some(cell);
    given.and_then(|text| Address::parse(text).ok().or_else(|| Address::parse(&format!("+{text}")).ok()))
}

fn word<T>(cell: &str, name: &str, known: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    known(cell).map(Some).ok_or_else(|| format!("the mapping does not know the {name} {:?}", short(cell)))
}

/// 0 is what providers write before they know.
fn segments(cell: &str) -> Result<Option<u8>, String> {
    match cell {
        "" | "0" => Ok(None),
        cell => match cell.parse::<u8>() {
            Ok(segments) => Ok(Some(segments)),
            Err(_) => Err(format!("{:?} is no count of segments, 1 to {UNITS_MAX}", short(cell))),
        },
    }
}
