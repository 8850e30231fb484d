//! CSV after RFC 4180, made harmless for spreadsheets and yet readable back.
//!
//! A spreadsheet runs a cell as a formula where it begins with `=`, `+`, `-`, `@`, a tab or a line break, or with the
//! full-width form of one of the four. Such a text gets an apostrophe in front; so does one that begins with an
//! apostrophe itself: whoever takes one apostrophe away from the front of a text has what it was. Numbers, days and
//! instants are never changed; neither are E.164 numbers, whose plus runs nothing, unless they are asked for as
//! spreadsheets need them.
//!
//! Written by hand: a cell is looked at once for both rules, and is copied once.

use std::io::{self, Write};

use super::ExportError;
use super::columns::Sheet;
use super::text::{put_day, put_instant, put_nanos, put_number};
use crate::domain::address::{Address, AddressKind};
use crate::domain::calendar::Day;
use crate::domain::event::{Carrier, words};
use crate::domain::time::Timestamp;
use crate::usage::cells::is_marked;

/// How much is gathered before it is handed on.
const GATHERED_BYTES: usize = 32 << 10;

/// For whom cells are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cells {
    /// E.164 numbers as they are.
    #[default]
    Plain = 1,
    /// E.164 numbers with an apostrophe: a spreadsheet would make numbers of them, without plus and last digits.
    Spreadsheet = 2,
}

words!(Cells { Plain = "plain", Spreadsheet = "spreadsheet" });

/// Writes rows as CSV.
pub struct Csv<W> {
    out: W,
    gathered: Vec<u8>,
    cells: Cells,
    /// Whether the next cell is the first of its row.
    first: bool,
}

impl<W: Write> Csv<W> {
    /// Begins with the header.
    pub fn new<'n>(out: W, names: impl Iterator<Item = &'n str>, cells: Cells) -> Csv<W> {
        let gathered = Vec::with_capacity(2 * GATHERED_BYTES);
        let mut csv = Csv { out, gathered, cells, first: true };
        names.for_each(|name| csv.word(name));
        csv.gathered.extend_from_slice(b"\r\n");
        csv.first = true;
        csv
    }

    /// Hands on what is left.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&self.gathered)?;
        Ok(self.out)
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.first) {
            self.gathered.push(b',');
        }
        &mut self.gathered
    }
}

impl<W: Write> Sheet for Csv<W> {
    fn number(&mut self, number: Option<i64>) {
        let out = self.next();
        if let Some(number) = number {
            if number < 0 {
                out.push(b'-');
            }
            put_number(out, number.unsigned_abs());
        }
    }

    fn day(&mut self, day: Day) {
        put_day(self.next(), day);
    }

    fn instant(&mut self, at: Timestamp) {
        put_instant(self.next(), at);
    }

    fn nanos(&mut self, nanos: Option<i128>) {
        let out = self.next();
        if let Some(nanos) = nanos {
            put_nanos(out, nanos);
        }
    }

    fn word(&mut self, word: &str) {
        self.next().extend_from_slice(word.as_bytes());
    }

    fn text(&mut self, text: &str) {
        put_text(self.next(), text);
    }

    fn address(&mut self, address: Option<&Address>) {
        let for_spreadsheet = self.cells == Cells::Spreadsheet;
        let out = self.next();
        let Some(address) = address else { return };
        match address.kind() {
            AddressKind::E164 => {
                out.extend_from_slice(if for_spreadsheet { b"'+" } else { b"+" });
                out.extend_from_slice(address.characters());
            }
            AddressKind::ShortCode => out.extend_from_slice(address.characters()),
            AddressKind::Name => put_text(out, std::str::from_utf8(address.characters()).unwrap_or("?")),
        }
    }

    fn carrier(&mut self, carrier: Option<Carrier>) {
        let out = self.next();
        if let Some(carrier) = carrier {
            write!(out, "{carrier}").expect("memory takes what is written");
        }
    }

    fn end_row(&mut self) -> Result<(), ExportError> {
        self.gathered.extend_from_slice(b"\r\n");
        self.first = true;
        if self.gathered.len() >= GATHERED_BYTES {
            self.out.write_all(&self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return;
    }
    let quoted =
        memchr::memchr3(b'"', b',', b'\n', bytes).is_some() || memchr::memchr(b'\r', bytes).is_some();
    if quoted {
        out.push(b'"');
    }
    if is_marked(text) {
        out.push(b'\'');
    }
    if !quoted {
        return out.extend_from_slice(bytes);
    }
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DANGEROUS: [char; 11] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

    fn written(rows: &[Vec<String>]) -> Vec<u8> {
        let width = rows.first().map_or(0, Vec::len);
        let names: Vec<_> = (0..width).map(|place| format!("c{place}")).collect();
        let mut csv = Csv::new(Vec::new(), names.iter().map(String::as_str), Cells::Plain);
        for row in rows {
            row.iter().for_each(|text| csv.text(text));
            csv.end_row().unwrap();
        }
        csv.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = ::csv::Reader::from_reader(bytes);
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    }

    fn unmarked(text: &str) -> &str {
        text.strip_prefix('\'').unwrap_or(text)
    }

    fn hostile() -> impl Strategy<Value = String> {
        let start = proptest::sample::select(vec![
            "", "=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "\"", ",", "\u{ff1d}", "\u{ff0b}",
            "\u{ff0d}", "\u{ff20}", "\u{202e}", "😀",
        ]);
        let rest = proptest::collection::vec(
            prop_oneof![
                any::<char>(),
                proptest::sample::select(vec!['"', ',', '\r', '\n', '\'', '=', ' ', '\u{202e}', 'א'])
            ],
            0..12,
        );
        (start, rest).prop_map(|(start, rest)| {
            rest.into_iter().fold(start.to_owned(), |mut text, character| {
                text.push(character);
                text
            })
        })
    }

    proptest! {
        /// By an independent reader, and the one rule that people have to know.
        #[test]
        fn any_text_is_harmless_and_reads_back(
            rows in proptest::collection::vec(proptest::collection::vec(hostile(), 3), 0..6),
        ) {
            let found = read(&written(&rows));
            for cell in found.iter().flatten() {
                prop_assert!(!cell.starts_with(DANGEROUS), "{cell:?}");
            }
            let back: Vec<Vec<String>> =
                found.iter().map(|row| row.iter().map(|cell| unmarked(cell).to_owned()).collect()).collect();
            prop_assert_eq!(back, rows);
        }
    }

    #[test]
    fn rows_are_as_rfc_4180_has_them() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["plain", "a,b", ""]), row(["say \"hi\"", "two\r\nlines", "=1+1"])];
        let want = "c0,c1,c2\r\nplain,\"a,b\",\r\n\"say \"\"hi\"\"\",\"two\r\nlines\",'=1+1\r\n";
        assert_eq!(String::from_utf8(written(&rows)).unwrap(), want);
    }

    #[test]
    fn numbers_stay_numbers_and_addresses_keep_their_plus() {
        let line = |cells: Cells| {
            let mut csv = Csv::new(Vec::new(), ["a"].into_iter(), cells);
            csv.nanos(Some(-500_000_000));
            csv.number(Some(-3));
            csv.number(None);
            for text in ["+14155550100", "12345", "-Acme", "Acme"] {
                csv.address(Some(&Address::parse(text).unwrap()));
            }
            csv.address(None);
            csv.carrier(Carrier::parse("001001"));
            csv.end_row().unwrap();
            let text = String::from_utf8(csv.finish().unwrap()).unwrap();
            text.strip_prefix("a\r\n").unwrap().trim_end().to_owned()
        };
        assert_eq!(line(Cells::Plain), "-0.5,-3,,+14155550100,12345,'-Acme,Acme,,001001");
        assert_eq!(line(Cells::Spreadsheet), "-0.5,-3,,'+14155550100,12345,'-Acme,Acme,,001001");
    }
}
