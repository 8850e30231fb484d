//! Cells of CSV that spreadsheets may open: one that would be run as a formula is made harmless, and can be read back.

use std::borrow::Cow;

/// What a cell begins with that a spreadsheet runs (OWASP, CSV injection), and full-width forms that some read alike.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// A spreadsheet takes what stands behind it for text.
const TEXT: char = '\'';

/// Whether a text gets an apostrophe in front: it could be run, or begins with one itself.
pub fn is_marked(text: &str) -> bool {
    text.starts_with(FORMULA) || text.starts_with(TEXT)
}

/// The text as it is put into a cell: behind an apostrophe where it could be run, or begins with one itself.
pub fn harmless(text: &str) -> Cow<'_, str> {
    match is_marked(text) {
        true => Cow::Owned(format!("{TEXT}{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_stands_behind_an_apostrophe() {
        let table = [
            ("", ""),
            ("acme", "acme"),
            ("a=1", "a=1"),
            ("=1+1", "'=1+1"),
            ("+14155550100", "'+14155550100"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("'quoted", "''quoted"),
            (" =1", " =1"),
        ];
        for (text, want) in table {
            assert_eq!(harmless(text), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_harmless_cell_is_read_back_by_dropping_one_apostrophe(text in "['=+\\-@\t\ra]{0,4}.*") {
            let cell = harmless(&text);
            prop_assert!(!cell.starts_with(FORMULA));
            prop_assert_eq!(cell.strip_prefix(TEXT).unwrap_or(&cell), &text);
        }
    }
}
