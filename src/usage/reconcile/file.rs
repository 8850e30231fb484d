//! A provider's file, row by row, as its mapping reads it. A row that cannot be read is named; the others go on.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::mapping::{Columns, Mapping};
use crate::domain::address::Address;
use crate::domain::event::{Direction, FinalStatus, Kind, UNITS_MAX};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// Most rows of one file.
pub const ROWS_MAX: usize = 1_000_000;
/// Rows that could not be read and are named; of more only the number is told.
const NAMED_MAX: usize = 100;

/// One message as the provider has it. What the file does not say is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// The heading is line 1, and every row one line, however it is written.
    pub line: u64,
    pub id: Box<str>,
    pub channel: Option<Address>,
    pub peer: Option<Address>,
    pub direction: Option<Direction>,
    pub kind: Option<Kind>,
    pub segments: Option<u8>,
    /// What they charge; not negative.
    pub price: Option<Money>,
    /// Final ones only.
    pub status: Option<FinalStatus>,
    pub at: Option<Timestamp>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub rows: Vec<Theirs>,
    /// Rows that could not be read: their line, and why.
    pub bad: Vec<(u64, String)>,
    /// How many more there are.
    pub further_bad: u64,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("it has no column {0}")]
    Missing(String),
    #[error("it has more than {ROWS_MAX} rows")]
    TooLong,
    #[error("it is no CSV in UTF-8: {0}")]
    Unreadable(String),
}

/// Where the columns are.
struct Places {
    id: usize,
    from: Option<usize>,
    to: Option<usize>,
    channel: Option<usize>,
    peer: Option<usize>,
    direction: Option<usize>,
    kind: Option<usize>,
    segments: Option<usize>,
    price: Option<usize>,
    status: Option<usize>,
    date: Option<usize>,
    only_with: Option<usize>,
}

/// Reads a file by its mapping.
pub fn read(bytes: &[u8], mapping: &Mapping) -> Result<Read, FileError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(bytes);
    let unreadable = |error: csv::Error| FileError::Unreadable(error.to_string());
    let places = Places::of(reader.headers().map_err(unreadable)?, &mapping.columns)?;
    let mut read = Read::default();
    let mut record = StringRecord::new();
    // Not the reader's own count, which is one behind where lines end in CR LF.
    let mut line = 1;
    while reader.read_record(&mut record).map_err(unreadable)? {
        line += 1;
        match places.row(line, &record, mapping) {
            Ok(None) => {}
            Ok(Some(row)) if read.rows.len() < ROWS_MAX => read.rows.push(row),
            Ok(Some(_)) => return Err(FileError::TooLong),
            Err(why) if read.bad.len() < NAMED_MAX => read.bad.push((line, why)),
            Err(_) => read.further_bad += 1,
        }
    }
    Ok(read)
}

/// A heading without what does not matter.
fn plain(heading: &str) -> String {
    heading.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Places {
    fn of(headings: &StringRecord, columns: &Columns) -> Result<Places, FileError> {
        let headings: Vec<String> = headings.iter().map(plain).collect();
        let place = |spellings: &[String]| {
            spellings.iter().find_map(|spelling| headings.iter().position(|known| *known == plain(spelling)))
        };
        // What a mapping names must be there: a file of another provider would match nothing, silently.
        let named = |spellings: &[String]| match spellings {
            [] => Ok(None),
            [first, ..] => match place(spellings) {
                Some(place) => Ok(Some(place)),
                None => Err(FileError::Missing(first.clone())),
            },
        };
        Ok(Places {
            id: named(&columns.id)?.ok_or_else(|| FileError::Missing("of the message's id".into()))?,
            from: named(&columns.from)?,
            to: named(&columns.to)?,
            channel: named(&columns.channel)?,
            peer: named(&columns.peer)?,
            direction: named(&columns.direction)?,
            kind: named(&columns.kind)?,
            segments: named(&columns.segments)?,
            price: named(&columns.price)?,
            status: named(&columns.status)?,
            date: named(&columns.date)?,
            only_with: named(&columns.only_with)?,
        })
    }

    /// `None` for what is no message.
    fn row(&self, line: u64, record: &StringRecord, mapping: &Mapping) -> Result<Option<Theirs>, String> {
        let cell = |place: Option<usize>| {
            place.and_then(|place| record.get(place)).map(unquoted).unwrap_or_default()
        };
        if self.only_with.is_some() && cell(self.only_with).is_empty() {
            return Ok(None);
        }
        let id = cell(Some(self.id));
        if id.is_empty() {
            return Err("it has no id".into());
        }
        let direction = word(cell(self.direction), "direction", |word| mapping.direction(word))?;
        let side = |place| {
            let text = cell(place);
            let given = (!text.is_empty()).then_some(text);
            // Providers leave the plus away where a number can be nothing else.
            given.and_then(|text| {
                Address::parse(text).ok().or_else(|| Address::parse(&format!("+{text}")).ok())
            })
        };
        let (channel, peer) = match direction {
            Some(Direction::Inbound) => (side(self.to), side(self.from)),
            _ => (side(self.from), side(self.to)),
        };
        Ok(Some(Theirs {
            line,
            id: id.into(),
            channel: side(self.channel).or(channel),
            peer: side(self.peer).or(peer),
            direction,
            kind: word(cell(self.kind), "kind", |word| mapping.kind(word))?,
            segments: segments(cell(self.segments))?,
            price: price(cell(self.price), mapping.price_is_negative)?,
            status: mapping.status(cell(self.status)),
            at: cell(self.date)
                .parse::<jiff::Timestamp>()
                .ok()
                .and_then(|at| i64::try_from(at.as_nanosecond()).ok().map(Timestamp::from_nanos)),
        }))
    }
}

/// Without the apostrophe that spreadsheets and our own exports put in front of what could be run.
fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

fn word<T>(cell: &str, name: &str, known: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    known(cell).map(Some).ok_or_else(|| format!("the mapping does not know the {name} {cell:?}"))
}

/// 0 is what providers write before they know.
fn segments(cell: &str) -> Result<Option<u8>, String> {
    match cell {
        "" | "0" => Ok(None),
        cell => match cell.parse::<u8>() {
            Ok(segments) => Ok(Some(segments)),
            Err(_) => Err(format!("{cell:?} is no count of segments, 1 to {UNITS_MAX}")),
        },
    }
}

fn price(cell: &str, is_negative: bool) -> Result<Option<Money>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let amount = Money::parse(cell).map_err(|error| format!("the price {cell:?}: {error}"))?;
    let amount = if is_negative { amount.checked_neg() } else { Some(amount) };
    amount.map(Some).ok_or_else(|| format!("the price {cell:?} is out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::money;

    #[test]
    fn a_file_is_read_as_its_mapping_says_and_bad_rows_are_named() {
        let mapping = Mapping::named("twilio").unwrap();
        let text = "\u{feff}From,To,Num Segments,Price,SID,Status,Direction,Date_Sent\r\n\
                    +14155550100,+85291234567,2,-0.0158,SM1,delivered,outbound-api,2026-07-15T10:00:00Z\r\n\
                    85291234567,+14155550100,0,,SM2,received,inbound,\r\n\
                    +14155550100,+1,300,-1,SM3,sent,outbound-api,\r\n\
                    ,,,,,,,\r\n\
                    a,b,1,cheap,SM4,sent,outbound-api,\r\n\
                    a,b,1,,SM5,sent,sideways,\r\n";
        let read = read(text.as_bytes(), &mapping).unwrap();
        assert_eq!(read.rows.len(), 2, "{read:?}");
        let Theirs { id, channel, peer, segments, price, status, direction, .. } = &read.rows[0];
        assert_eq!((&**id, *segments, *price), ("SM1", Some(2), Some(money("0.0158"))));
        assert_eq!((*status, *direction), (Some(FinalStatus::Delivered), Some(Direction::Outbound)));
        assert_eq!(channel.map(|one| one.to_string()).as_deref(), Some("+14155550100"));
        assert_eq!(peer.map(|one| one.to_string()).as_deref(), Some("+85291234567"));
        let second = &read.rows[1];
        assert_eq!((second.segments, second.price, second.status), (None, None, None));
        assert_eq!(second.peer.map(|one| one.to_string()).as_deref(), Some("+85291234567"));
        let lines: Vec<_> = read.bad.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [4, 5, 6, 7]);
    }

    #[test]
    fn what_is_no_file_of_the_mapping_is_an_error() {
        let mapping = Mapping::named("telnyx").unwrap();
        let table: [(&[u8], &str); 4] = [
            (b"", "no column uuid"),
            (b"sid,from\r\n1,2\r\n", "no column uuid"),
            (b"uuid,cli,cld,direction,message_type,parts,cost,status,sent_at\r\n\xff,,,,,,,,\r\n", "UTF-8"),
            (b"\x00\x01\x02", "no column uuid"),
        ];
        for (bytes, want) in table {
            let error = read(bytes, &mapping).unwrap_err().to_string();
            assert!(error.contains(want), "{bytes:?}: {error}");
        }
    }
}
