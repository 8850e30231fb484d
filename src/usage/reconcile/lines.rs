//! Where the rows of a CSV file begin, and whether every quote in it is closed. The reader of CSV itself tells neither: to
//! it a file that ends within quotes is one that ends in a very long cell.

use memchr::memchr;

/// Longest row, line breaks within quotes included: what is longer is a quote that was not closed.
pub const ROW_BYTES_MAX: usize = 64 * 1024;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Why a file falls into no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("a quote that is opened in line {0} is not closed")]
    Unclosed(u64),
    #[error("the row in line {0} is longer than {ROW_BYTES_MAX} bytes: is a quote not closed there?")]
    TooLong(u64),
}

/// The lines in which rows begin, the first being 1, in order; lines that are empty are no rows.
pub struct Lines<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    at: usize,
    line: u64,
}

enum Within {
    /// At the beginning of a cell: only here a quote opens.
    Start,
    Plain,
    Quotes,
    /// After a quote within quotes: the end of them, or the first half of a quote that is meant.
    Quote,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8], delimiter: u8) -> Lines<'a> {
        Lines { bytes, delimiter, at: 0, line: 1 }
    }

    /// Passes the byte, and counts the line that it ends.
    fn pass(&mut self) {
        let byte = self.bytes[self.at];
        self.at += 1;
        // Of CR LF the second half counts.
        if byte == b'\n' || (byte == b'\r' && self.bytes.get(self.at) != Some(&b'\n')) {
            self.line += 1;
        }
    }

    fn row(&mut self) -> Result<(), LineFault> {
        let (begins, line) = (self.at, self.line);
        let (mut within, mut opened) = (Within::Start, line);
        while let Some(byte) = self.bytes.get(self.at).copied() {
            if self.at - begins >= ROW_BYTES_MAX {
                return Err(LineFault::TooLong(line));
            }
            within = match (within, byte) {
                (Within::Start, b'"') => {
                    opened = self.line;
                    Within::Quotes
                }
                (Within::Quotes, b'"') => Within::Quote,
                (Within::Quotes, _) | (Within::Quote, b'"') => Within::Quotes,
                (_, b'\r' | b'\n') => return Ok(()),
                (_, byte) if byte == self.delimiter => Within::Start,
                _ => Within::Plain,
            };
            self.pass();
        }
        match within {
            Within::Quotes => Err(LineFault::Unclosed(opened)),
            Within::Start | Within::Plain | Within::Quote => Ok(()),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<u64, LineFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.bytes.get(self.at).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            self.pass();
        }
        if self.at == self.bytes.len() {
            return None;
        }
        let line = self.line;
        Some(self.row().map(|()| line))
    }
}

/// What divides the headings: whichever of the usual characters there are most of; a comma where there are none.
pub fn delimiter_of(bytes: &[u8]) -> u8 {
    let headings = &bytes[..memchr(b'\n', bytes).unwrap_or(bytes.len()).min(ROW_BYTES_MAX)];
    let (mut counts, mut quoted) = ([0u32; DELIMITERS.len()], false);
    for byte in headings {
        quoted ^= *byte == b'"';
        if let Some(place) = DELIMITERS.iter().position(|known| known == byte).filter(|_| !quoted) {
            counts[place] += 1;
        }
    }
    // The first of those there are as many of.
    let most = counts.iter().max().copied().unwrap_or(0);
    let place = counts.iter().position(|count| *count == most).unwrap_or(0);
    DELIMITERS[place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv::{ByteRecord, ReaderBuilder};
    use proptest::prelude::*;

    #[test]
    fn rows_begin_in_the_lines_that_an_editor_shows() {
        let table: [(&str, &[u64]); 6] = [
            ("", &[]),
            ("a,b", &[1]),
            ("a\r\nb\r\n\r\nc\r\n", &[1, 2, 4]),
            ("a,\"b\nc\"\nd", &[1, 3]),
            ("a,\"b\r\nc\"\"\r\nd\"\re\n\n", &[1, 4]),
            ("5\" pipe\nb", &[1, 2]),
        ];
        for (text, want) in table {
            let found: Result<Vec<_>, _> = Lines::new(text.as_bytes(), b',').collect();
            assert_eq!(found.as_deref(), Ok(want), "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_named_with_its_line() {
        let last = |text: &str| Lines::new(text.as_bytes(), b',').last();
        assert_eq!(last("a,b\n1,\"2\n3,4\n"), Some(Err(LineFault::Unclosed(2))));
        assert_eq!(last("a,b\n1,\"2\n\"\"3,4\n"), Some(Err(LineFault::Unclosed(2))));
        assert_eq!(last("a,b\n\"1\n\",\"2"), Some(Err(LineFault::Unclosed(3))));
        let long = format!("a,b\n1,\"{}", "x\n".repeat(ROW_BYTES_MAX));
        let found = Lines::new(long.as_bytes(), b',').nth(1);
        assert_eq!(found, Some(Err(LineFault::TooLong(2))));
    }

    #[test]
    fn the_delimiter_is_told_from_the_headings() {
        let table = [
            ("a,b;c,d\n", b','),
            ("a;b;c,d\n1,2,3,4", b';'),
            ("a\tb", b'\t'),
            ("\"a,b,c\";d", b';'),
            ("a|b|c\r\n", b'|'),
            ("a", b','),
            ("", b','),
        ];
        for (text, want) in table {
            assert_eq!(delimiter_of(text.as_bytes()), want, "{text:?}");
        }
    }

    proptest! {
        /// Lines are told apart as the reader of CSV does, or a row would be named with another's line.
        #[test]
        fn there_are_as_many_rows_as_the_reader_finds(text in "[a,\"\r\n]{0,40}") {
            let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let read = reader.byte_records().collect::<Result<Vec<ByteRecord>, _>>().unwrap().len();
            prop_assert_eq!(Lines::new(text.as_bytes(), b',').count(), read);
        }
    }
}
