//! Where the CSV of a table stands, so that its faults can name the line.

use std::ops::Range;

use super::fault::{Fault, Faults};

/// A table as text.
pub(super) struct Source {
    /// The file it stands in.
    pub file: String,
    pub text: String,
    /// The line of that file on which the text begins.
    pub first_line: u32,
    /// The last line that can be named: that of the end of the value, where the table is a string of the TOML.
    last_line: u32,
    inside: bool,
}

impl Source {
    /// A table in a file of its own.
    pub(super) fn beside(file: String, text: String) -> Source {
        Source { file, text, first_line: 1, last_line: u32::MAX, inside: false }
    }

    /// A table that is the string at `span` of a TOML text. A line is exact unless the string is
    /// written with escapes; then it is at most the last line of the string.
    pub(super) fn inside(toml: &str, file: &str, span: Range<usize>, text: String) -> Source {
        let written = toml.get(span.clone()).unwrap_or_default();
        let opened = written.strip_prefix("'''").or_else(|| written.strip_prefix("\"\"\""));
        // TOML drops a line break right behind the opening quotes.
        let dropped = opened.is_some_and(|rest| rest.starts_with('\n') || rest.starts_with("\r\n"));
        let first_line = line_at(toml, span.start) + u32::from(dropped);
        let last_line = line_at(toml, span.end);
        Source { file: file.to_owned(), text, first_line, last_line, inside: true }
    }

    pub(super) fn is_inside(&self) -> bool {
        self.inside
    }

    /// The line of the file for a line of the table, which counts from 0.
    pub(super) fn line(&self, line: u32) -> u32 {
        self.first_line.saturating_add(line).min(self.last_line)
    }

    /// A table beside its TOML has to fit between the quotes when it is put inside.
    pub(super) fn check_can_be_inside(&self) -> Result<(), Faults> {
        for (text, line) in self.text.split('\n').zip(0..) {
            let text = text.strip_suffix('\r').unwrap_or(text);
            let what = if text.contains("'''") {
                "three single quotes cannot stand in a table"
            } else if text.chars().any(|character| character.is_ascii_control() && character != '\t') {
                "control characters cannot stand in a table"
            } else {
                continue;
            };
            let line = Some(self.line(line));
            return Err(Faults::one(Fault { file: self.file.clone(), line, what: what.to_owned() }));
        }
        Ok(())
    }
}

/// The line, from 1, of a byte of a text.
pub(super) fn line_at(text: &str, byte: usize) -> u32 {
    let before = &text.as_bytes()[..byte.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u32
}
