//! A provider's file, row by row, as its mapping reads it. A row that cannot be read is named; the others go on. Every row
//! is told: as a message, as none, or as one that cannot be read.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::lines::{LineFault, Lines, delimiter_of};
use super::mapping::Mapping;
use super::row::{Places, Reading, short};
use crate::domain::address::Address;
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, FinalStatus, Kind, Name};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// Most rows of one file.
pub const ROWS_MAX: usize = 1_000_000;
/// Rows that could not be read and are named; of more only the number is told.
const NAMED_MAX: usize = 100;
/// Words that the mapping does not know and are named.
const WORDS_MAX: usize = 20;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One message as the provider has it. What the file does not say is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// In which it begins; the headings are in line 1.
    pub line: u64,
    /// Empty where there is none.
    pub source: Box<str>,
    pub id: Box<str>,
    /// Where it is of another account than was asked for.
    pub other_account: Option<Box<str>>,
    pub channel: Option<Address>,
    pub peer: Option<Address>,
    pub direction: Option<Direction>,
    pub kind: Option<Kind>,
    pub segments: Option<u8>,
    /// What they charge; negative where they give back.
    pub price: Option<Money>,
    /// Final ones only.
    pub status: Option<FinalStatus>,
    pub at: Option<Timestamp>,
}

impl Theirs {
    pub fn name(&self) -> Name<'_> {
        Name { source: &self.source, id: &self.id }
    }

    /// Whether another row of the same id tells the same.
    pub fn says_the_same(&self, other: &Theirs) -> bool {
        Theirs { line: 0, ..self.clone() } == Theirs { line: 0, ..other.clone() }
    }
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The messages.
    pub rows: Vec<Theirs>,
    /// Rows that are no messages.
    pub no_message: u64,
    /// Rows that could not be read: their line, and why.
    pub bad: Vec<(u64, String)>,
    /// How many more there are.
    pub further_bad: u64,
    /// Messages that the provider has not priced yet, where its file has prices.
    pub unpriced: u64,
    /// Statuses that the mapping does not know, and how many rows have them; taken as not final.
    pub unknown_statuses: BTreeMap<String, u64>,
    /// Rows with still others.
    pub further_unknown_statuses: u64,
    /// Of the prices, as the file or the mapping says: then it is the wallet's. `None` where neither does.
    pub currency: Option<Currency>,
}

impl Read {
    /// All rows but the headings.
    pub fn all_rows(&self) -> u64 {
        self.rows.len() as u64 + self.no_message + self.unreadable()
    }

    pub fn unreadable(&self) -> u64 {
        self.bad.len() as u64 + self.further_bad
    }

    fn take_unknown_status(&mut self, word: &str) {
        let word = short(word);
        if self.unknown_statuses.len() < WORDS_MAX || self.unknown_statuses.contains_key(&word) {
            *self.unknown_statuses.entry(word).or_default() += 1;
        } else {
            self.further_unknown_statuses += 1;
        }
    }
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("it has no column {0}")]
    Missing(String),
    #[error("it has more than {ROWS_MAX} rows")]
    TooLong,
    #[error("{0}")]
    Lines(#[from] LineFault),
    #[error("line {0} is not UTF-8")]
    NotText(u64),
    #[error("{0}")]
    Unreadable(String),
    /// Prices in two currencies can neither be compared nor added up.
    #[error(
        "its prices are in {theirs} ({said}), the wallet is in {ours}: they can neither be compared nor added up. A mapping \
         without the column `price` compares all but prices"
    )]
    Currency { theirs: String, ours: Currency, said: String },
}

/// Reads a file by its mapping. `account` is whose rows are wanted, `ours` the wallet's currency.
pub fn read(
    bytes: &[u8],
    mapping: &Mapping,
    account: Option<&str>,
    ours: Currency,
) -> Result<Read, FileError> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    packed_or_wide(bytes)?;
    let delimiter = mapping.delimiter.and_then(|one| u8::try_from(one).ok());
    let delimiter = delimiter.unwrap_or_else(|| delimiter_of(bytes));
    let mut lines = Lines::new(bytes, delimiter);
    let mut reader = ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).trim(Trim::All).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut record = StringRecord::new();
    let mut next = |record: &mut StringRecord| -> Result<Option<u64>, FileError> {
        let Some(line) = lines.next().transpose()? else { return Ok(None) };
        match reader.read_record(record) {
            Ok(true) => Ok(Some(line)),
            Ok(false) => Ok(None),
            Err(error) => Err(match error.kind() {
                csv::ErrorKind::Utf8 { .. } => FileError::NotText(line),
                _ => FileError::Unreadable(error.to_string()),
            }),
        }
    };
    next(&mut record)?;
    let places = Places::of(&record, &mapping.columns, account)?;
    let mut read = Read { currency: stated(mapping, ours)?, ..Read::default() };
    while let Some(line) = next(&mut record)? {
        if read.all_rows() >= ROWS_MAX as u64 {
            return Err(FileError::TooLong);
        }
        match places.row(line, &record, mapping, account) {
            Ok(None) => read.no_message += 1,
            Ok(Some(reading)) => read.take(reading, ours)?,
            Err(why) if read.bad.len() < NAMED_MAX => read.bad.push((line, why)),
            Err(_) => read.further_bad += 1,
        }
    }
    Ok(read)
}

/// The currency that the mapping says.
fn stated(mapping: &Mapping, ours: Currency) -> Result<Option<Currency>, FileError> {
    let has_prices = !mapping.columns.price.is_empty();
    match Currency::parse(&mapping.currency).filter(|_| has_prices) {
        Some(theirs) if theirs != ours => Err(FileError::Currency {
            theirs: theirs.to_string(),
            ours,
            said: "so the mapping says".to_owned(),
        }),
        stated => Ok(stated),
    }
}

impl Read {
    fn take(&mut self, reading: Reading<'_>, ours: Currency) -> Result<(), FileError> {
        let Reading { theirs, currency, unknown_status, unpriced } = reading;
        if theirs.price.is_some() && !currency.is_empty() {
            if !currency.eq_ignore_ascii_case(ours.as_str()) {
                let said = format!("so line {} says", theirs.line);
                return Err(FileError::Currency { theirs: short(currency), ours, said });
            }
            self.currency = Some(ours);
        }
        if let Some(word) = unknown_status {
            self.take_unknown_status(word);
        }
        self.unpriced += u64::from(unpriced);
        self.rows.push(theirs);
        Ok(())
    }
}

/// What is no text at all is named before its first line is taken for headings.
fn packed_or_wide(bytes: &[u8]) -> Result<(), FileError> {
    let why = match bytes {
        [0x1f, 0x8b, ..] => "it is packed with gzip: say so with Content-Encoding: gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "it is packed with zstd: say so with Content-Encoding: zstd",
        [b'P', b'K', 3, 4, ..] => "it is a zip archive or a workbook: export it as CSV",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16: export it as CSV in UTF-8",
        _ => return Ok(()),
    };
    Err(FileError::Unreadable(why.to_owned()))
}

#[cfg(test)]
mod tests;
