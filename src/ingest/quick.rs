//! Nearly every line is a flat object of short strings without escapes: those are read here in one pass over their bytes.
//!
//! And nearly every line has the fields of the one before, in the same order, so that what stands between the values is the
//! same too: where it is, only the values' ends are looked for.
//!
//! Whatever is not so, valid or not, is left to the JSON reader: this one never says that something is wrong, only
//! that it is not for it. What it does read, it reads as that one would.

use std::borrow::Cow;

use memchr::memchr2;

use super::field::Field;
use super::item::Item as _;
use super::raw::{Given, RawEvent};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// Layouts that are known at once: messages with their texts, others with their segments, statuses, carrier fees.
const LAYOUTS_MAX: usize = 4;

/// What stands between the values of lines that were read, by which others are read faster.
#[derive(Default)]
pub(super) struct Layouts<'a> {
    /// The one that was of use most often comes first.
    known: Vec<Layout<'a>>,
    /// What is being learnt of the line under way.
    learnt: Layout<'a>,
    /// Where the values of the line under way stand.
    values: Vec<(Field, &'a str)>,
}

#[derive(Default)]
struct Layout<'a> {
    /// Each field, and what stands between the value before it and its own: quotes, comma, name and colon.
    fields: Vec<(Field, &'a str)>,
    /// What stands behind the last value.
    end: &'a str,
    /// How many lines had it.
    found: usize,
}

impl<'a> Layouts<'a> {
    /// Reads a line into an event that has nothing yet; `false` where it is not such an object. Then the event may hold a
    /// part of it, and is to be made anew.
    pub(super) fn read(&mut self, line: &'a str, event: &mut RawEvent<'a>) -> bool {
        // Between values there may be tabs; those lines are read field by field.
        let plain = line.bytes().fold(u8::MAX, |least, byte| least.min(byte)) >= b' ';
        let values = &mut self.values;
        if plain && let Some(found) = self.known.iter().position(|layout| layout.values(line, values)) {
            self.known[found].found += 1;
            if found > 0 && self.known[found].found > self.known[found - 1].found {
                self.known.swap(found - 1, found);
            }
            for (field, value) in values.drain(..) {
                event.set(field, Given::Text(Cow::Borrowed(value)));
            }
            return true;
        }
        self.learnt.fields.clear();
        let mut reading = Reading { line, at: 0, value_end: 0, layout: &mut self.learnt };
        if reading.object(event).is_none() {
            return false;
        }
        if plain {
            self.known.truncate(LAYOUTS_MAX - 1);
            self.known.push(std::mem::take(&mut self.learnt));
        }
        true
    }
}

impl<'a> Layout<'a> {
    /// Finds the values of a line that has this layout and no control characters; `false` where it has another.
    fn values(&self, line: &'a str, values: &mut Vec<(Field, &'a str)>) -> bool {
        values.clear();
        let mut rest = line;
        for (field, before) in &self.fields {
            let Some(from_value) = rest.strip_prefix(before) else { return false };
            // Behind a string stands its quote, and no part of what is between values begins otherwise.
            let end = match field {
                Field::Segments => number_length(from_value),
                // Worth its start only where there is much to look through.
                Field::Text => memchr2(b'"', b'\\', from_value.as_bytes()),
                _ => plain_length(from_value.as_bytes()),
            };
            let Some((value, behind)) = end.and_then(|end| from_value.split_at_checked(end)) else {
                return false;
            };
            values.push((*field, value));
            rest = behind;
        }
        rest == self.end
    }
}

/// How many digits of a whole number a text begins with: a few, and no zero before others.
fn number_length(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let plain = (1..=9).contains(&digits) && (digits == 1 || !text.starts_with('0'));
    plain.then_some(digits)
}

/// How many plain characters a text begins with; `None` where there is nothing else in it.
fn plain_length(text: &[u8]) -> Option<usize> {
    let mut rest = text;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let ends = ends(u64::from_le_bytes(*eight));
        if ends != 0 {
            return Some(text.len() - rest.len() + ends.trailing_zeros() as usize / 8);
        }
        rest = behind;
    }
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    Some(text.len() - rest.len() + end)
}

struct Reading<'r, 'a> {
    line: &'a str,
    at: usize,
    /// Where the last value ends.
    value_end: usize,
    layout: &'r mut Layout<'a>,
}

/// Whether one of eight bytes ends a run of plain characters: a quote, a backslash or a control character. Exact for the
/// first such byte; the mark of a later one may be false (a borrow runs upwards only).
fn ends(word: u64) -> u64 {
    let equal = |byte: u8| {
        let differs = word ^ (ONES * u64::from(byte));
        differs.wrapping_sub(ONES) & !differs
    };
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (equal(b'"') | equal(b'\\') | control) & HIGH_BITS
}

impl<'a> Reading<'_, 'a> {
    fn object(&mut self, event: &mut RawEvent<'a>) -> Option<()> {
        self.space();
        self.byte(b'{')?;
        loop {
            self.space();
            let field = Field::parse(self.string()?)?;
            if event.given().has(field) {
                return None;
            }
            self.space();
            self.byte(b':')?;
            self.space();
            let (value, quote) = match field {
                Field::Segments => (self.number()?, 0),
                Field::Tags => return None,
                _ => (self.string()?, 1),
            };
            let value_end = self.at - quote;
            self.layout.fields.push((field, &self.line[self.value_end..value_end - value.len()]));
            self.value_end = value_end;
            event.set(field, Given::Text(Cow::Borrowed(value)));
            self.space();
            match self.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        self.space();
        self.layout.end = &self.line[self.value_end..];
        (self.at == self.line.len()).then_some(())
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.line.as_bytes().get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t') = self.line.as_bytes().get(self.at) {
            self.at += 1;
        }
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.byte(b'"')?;
        let start = self.at;
        self.at += plain_length(&self.line.as_bytes()[start..])?;
        let end = self.at;
        self.byte(b'"')?;
        self.line.get(start..end)
    }

    /// A whole number of a few digits.
    fn number(&mut self) -> Option<&'a str> {
        let rest = &self.line[self.at..];
        let digits = number_length(rest)?;
        self.at += digits;
        Some(&rest[..digits])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::raw::Form;
    use super::*;

    type Texts = Vec<Option<String>>;

    /// Both readers on a line, whether the quick one has seen its layout before or not.
    fn both(line: &str) -> Option<(Texts, Texts)> {
        let unseen = both_after(&[], line);
        assert_eq!(both_after(&[line, line], line), unseen, "{line}");
        unseen
    }

    /// Both readers on a line, the quick one once it has read others: `None` where it leaves it to the other.
    fn both_after(others: &[&str], line: &str) -> Option<(Texts, Texts)> {
        let texts = |event: &RawEvent<'_>| {
            Field::ALL.map(|field| event.text(field).map(str::to_owned)).into_iter().collect::<Vec<_>>()
        };
        let (mut quick, mut slow) = (RawEvent::new(Form::Plain), RawEvent::new(Form::Plain));
        let mut layouts = Layouts::default();
        for other in others {
            layouts.read(other, &mut RawEvent::new(Form::Plain));
        }
        if !layouts.read(line, &mut quick) {
            return None;
        }
        slow.read(line).unwrap_or_else(|fault| panic!("{line}: only the quick reader takes it: {fault:?}"));
        assert!(slow.take_fault().is_none(), "{line}");
        assert_eq!(quick.given(), slow.given(), "{line}");
        Some((texts(&quick), texts(&slow)))
    }

    #[test]
    fn it_takes_flat_lines_and_leaves_everything_else() {
        let taken = [
            r#"{"id":"m-1","type":"message.outbound"}"#,
            "  {\t\"id\" : \"m-1\" ,\"wallet\":\"acme\" }  ",
            r#"{"id":"","segments":3,"text":"a longer text: it has more than eight bytes"}"#,
            r#"{"text":"émoji 😀 and Ünïcode"}"#,
            r#"{"segments":0}"#,
        ];
        for line in taken {
            let (quick, slow) = both(line).unwrap_or_else(|| panic!("{line} is left"));
            assert_eq!(quick, slow, "{line}");
        }
        let left = [
            "",
            "{",
            "{}",
            "[]",
            "null",
            r#"{"id":"m-1"}}"#,
            r#"{"id":"m-1",}"#,
            r#"{"id":"m-1""#,
            r#"{"id":"m-1"#,
            r#"{"id" "m-1"}"#,
            r#"{"id":m-1}"#,
            r#"{"id":null}"#,
            r#"{"id":1}"#,
            r#"{"id":"a","id":"b"}"#,
            r#"{"other":"a"}"#,
            r#"{"id":"a\"b"}"#,
            r#"{"id":"a\\"}"#,
            "{\"id\":\"a\u{1}b\"}",
            "{\"id\":\"a\tb\"}",
            r#"{"segments":01}"#,
            r#"{"segments":-1}"#,
            r#"{"segments":1.5}"#,
            r#"{"segments":1e3}"#,
            r#"{"segments":"1"}"#,
            r#"{"segments":1234567890}"#,
            r#"{"tags":{}}"#,
            r#"{"id":"m-1"} x"#,
        ];
        for line in left {
            assert!(both(line).is_none(), "{line} is taken");
        }
    }

    proptest! {
        /// Whatever the text and wherever its end falls among the words of eight bytes.
        #[test]
        fn what_it_reads_is_what_the_other_reads(
            before in "[a-z]{0,9}",
            text in r#"[ -~é😀\t\n"\\\x00-\x1f\x7f]{0,40}"#,
            cut in 0usize..80,
        ) {
            let plain = format!(r#"{{"id":"{before}","text":"{text}","wallet":"w"}}"#);
            let escaped = format!(
                r#"{{"id":"{before}","text":{},"wallet":"w"}}"#,
                serde_json::Value::from(text.as_str())
            );
            let cut = plain.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(plain.len());
            for line in [plain.as_str(), escaped.as_str(), &plain[..cut]] {
                if let Some((quick, slow)) = both(line) {
                    prop_assert_eq!(quick, slow);
                }
            }
            if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
                prop_assert!(both(&plain).is_some(), "{} is left", plain);
            }
        }

        /// A line that differs from others by any one character, in a value or between them, is read as if it came first.
        #[test]
        fn what_it_has_read_before_changes_nothing(
            id in "[a-z]{1,9}",
            text in "[ -!#-\\[\\]-~é😀]{0,20}",
            segments in 0u32..300,
            (place, other) in (0usize..90, r#"[ -~\t\x01é]?"#),
        ) {
            let lines = [
                format!(r#"{{"id":"{id}","text":"{text}","wallet":"w"}}"#),
                format!(r#"{{"id":"{id}","segments":{segments},"encoding":"GSM-7" }}"#),
                format!(r#"{{ "text":"{text}", "id":"{id}"}}"#),
                format!(r#"{{"segments":{segments}}}"#),
                format!(r#"{{"id":"{id}","text":"{text}"}}"#),
            ];
            let others: Vec<_> = lines.iter().map(String::as_str).collect();
            for line in &lines {
                let at = line.char_indices().map(|(at, _)| at).nth(place).unwrap_or(line.len());
                let next = line[at..].chars().next().map_or(at, |character| at + character.len_utf8());
                let replaced = format!("{}{other}{}", &line[..at], &line[next..]);
                let inserted = format!("{}{other}{}", &line[..at], &line[at..]);
                for line in [line, &replaced, &inserted] {
                    let after = both_after(&others, line);
                    prop_assert_eq!(&after, &both_after(&[], line));
                    if let Some((quick, slow)) = after {
                        prop_assert_eq!(quick, slow);
                    }
                }
            }
        }

        #[test]
        fn the_first_end_of_eight_bytes_is_found(bytes in any::<[u8; 8]>(), place in 0usize..8, end in 0usize..3) {
            let mut bytes = bytes.map(|byte| if byte < 0x20 || matches!(byte, b'"' | b'\\') { b'x' } else { byte });
            prop_assert_eq!(ends(u64::from_le_bytes(bytes)), 0);
            bytes[place] = [b'"', b'\\', 0x1f][end];
            prop_assert_eq!(ends(u64::from_le_bytes(bytes)).trailing_zeros() as usize / 8, place);
        }
    }
}
