//! Nearly every line is a flat object of short strings without escapes: those are read here in one pass over their bytes.
//!
//! Whatever is not so, valid or not, is left to the JSON reader: this one never says that something is wrong, only
//! that it is not for it. What it does read, it reads as that one would.

use std::borrow::Cow;

use super::field::Field;
use super::item::Item as _;
use super::raw::{Given, RawEvent};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Reads a line into an event that has nothing yet; `false` where it is not such an object. Then the event may hold a part
/// of it, and is to be made anew.
pub(super) fn read<'a>(line: &'a str, event: &mut RawEvent<'a>) -> bool {
    Reading { line, at: 0 }.object(event).is_some()
}

struct Reading<'a> {
    line: &'a str,
    at: usize,
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

impl<'a> Reading<'a> {
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
            let value = match field {
                Field::Segments => self.number()?,
                Field::Tags => return None,
                _ => self.string()?,
            };
            event.set(field, Given::Text(Cow::Borrowed(value)));
            self.space();
            match self.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        self.space();
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
        let (start, bytes) = (self.at, self.line.as_bytes());
        let mut at = start;
        while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let ends = ends(u64::from_le_bytes(*eight));
            if ends != 0 {
                return self.ended(start, at + ends.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
        let last = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        self.ended(start, at + last)
    }

    fn ended(&mut self, start: usize, end: usize) -> Option<&'a str> {
        self.at = end;
        self.byte(b'"')?;
        self.line.get(start..end)
    }

    /// A whole number of a few digits.
    fn number(&mut self) -> Option<&'a str> {
        let rest = &self.line[self.at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let plain = (1..=9).contains(&digits) && (digits == 1 || !rest.starts_with('0'));
        if !plain {
            return None;
        }
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

    /// Both readers on a line: `None` where the quick one leaves it to the other.
    fn both(line: &str) -> Option<(Texts, Texts)> {
        let texts = |event: &RawEvent<'_>| {
            Field::ALL.map(|field| event.text(field).map(str::to_owned)).into_iter().collect::<Vec<_>>()
        };
        let (mut quick, mut slow) = (RawEvent::new(Form::Plain), RawEvent::new(Form::Plain));
        if !read(line, &mut quick) {
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

        #[test]
        fn the_first_end_of_eight_bytes_is_found(bytes in any::<[u8; 8]>(), place in 0usize..8, end in 0usize..3) {
            let mut bytes = bytes.map(|byte| if byte < 0x20 || matches!(byte, b'"' | b'\\') { b'x' } else { byte });
            prop_assert_eq!(ends(u64::from_le_bytes(bytes)), 0);
            bytes[place] = [b'"', b'\\', 0x1f][end];
            prop_assert_eq!(ends(u64::from_le_bytes(bytes)).trailing_zeros() as usize / 8, place);
        }
    }
}
