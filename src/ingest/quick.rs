//! Nearly every line is a flat object of short strings without escapes: those are read here in one pass over their bytes.
//!
//! And nearly every line has the fields of the one before, in the same order, so that what stands between the values is the
//! same too: where it is, only the values' ends are looked for.
//!
//! Whatever is not so, valid or not, is left to the JSON reader: this one never says that something is wrong, only
//! that it is not for it. What it does read, it reads as that one would.

use memchr::memchr;

use super::field::Field;
use super::item::Item as _;
use super::raw::RawEvent;

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
}

#[derive(Default)]
struct Layout<'a> {
    /// Each field, and what stands between the value before it and its own: quotes, comma, name and colon.
    fields: Vec<(Field, Between<'a>)>,
    /// What stands behind the last value.
    end: &'a str,
    /// How many lines had it.
    found: usize,
}

/// What stands between two values.
struct Between<'a> {
    text: &'a str,
    /// The same as one integer, and which of its bits count; none where it is too long for one.
    word: u128,
    mask: u128,
}

impl<'a> Layouts<'a> {
    /// Reads a line into an event that has nothing yet; `false` where it is not such an object. Then the event may hold a
    /// part of it, and is to be made anew.
    pub(super) fn read(&mut self, line: &'a str, event: &mut RawEvent<'a>) -> bool {
        // Between values there may be tabs; those lines are read field by field.
        let plain = is_plain(line.as_bytes());
        let has = |layout: &Layout<'a>| {
            let read = layout.read(line, event);
            if !read {
                event.untell();
            }
            read
        };
        if plain && let Some(found) = self.known.iter().position(has) {
            self.known[found].found += 1;
            if found > 0 && self.known[found].found > self.known[found - 1].found {
                self.known.swap(found - 1, found);
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
    /// Tells an event the values of a plain line that has this layout; `false` where it has another, of which the event
    /// may have been told a part.
    fn read(&self, line: &'a str, event: &mut RawEvent<'a>) -> bool {
        let mut rest = line;
        for (field, between) in &self.fields {
            let Some(from_value) = between.behind(rest) else { return false };
            // Behind a string stands its quote, and no part of what is between values begins otherwise.
            let end = match field {
                Field::Segments => number_length(from_value),
                // Worth its start only where there is much to look through.
                Field::Text => memchr(b'"', from_value.as_bytes()),
                _ => up_to_quote(from_value.as_bytes()),
            };
            let Some((value, behind)) = end.and_then(|end| from_value.split_at_checked(end)) else {
                return false;
            };
            event.tell(*field, value);
            rest = behind;
        }
        rest == self.end
    }
}

impl<'a> Between<'a> {
    fn new(text: &'a str) -> Between<'a> {
        let mut word = [0; 16];
        let mask = match word.get_mut(..text.len()) {
            Some(bytes) => {
                bytes.copy_from_slice(text.as_bytes());
                u128::MAX.checked_shr(8 * (16 - text.len() as u32)).unwrap_or(0)
            }
            None => 0,
        };
        Between { text, word: u128::from_le_bytes(word), mask }
    }

    /// What stands behind it, where a text begins with it.
    #[inline]
    fn behind<'t>(&self, text: &'t str) -> Option<&'t str> {
        match text.as_bytes().first_chunk::<16>() {
            Some(first) if self.mask != 0 => {
                let same = (u128::from_le_bytes(*first) ^ self.word) & self.mask == 0;
                if same { text.get(self.text.len()..) } else { None }
            }
            _ => text.strip_prefix(self.text),
        }
    }
}

/// Whether a line has neither control characters nor backslashes.
fn is_plain(line: &[u8]) -> bool {
    let (pieces, rest) = line.as_chunks::<16>();
    let mut last = [b' '; 16];
    last[..rest.len()].copy_from_slice(rest);
    let mut wrong = [false; 16];
    // Without a branch, so that the processor takes a piece at once.
    for piece in pieces.iter().chain([&last]) {
        for (wrong, byte) in wrong.iter_mut().zip(piece) {
            *wrong |= (*byte < b' ') | (*byte == b'\\');
        }
    }
    !wrong.contains(&true)
}

/// How many digits of a whole number a text begins with: a few, and no zero before others.
fn number_length(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let plain = (1..=9).contains(&digits) && (digits == 1 || !text.starts_with('0'));
    plain.then_some(digits)
}

/// How many characters of a text stand before its first quote, counted in bytes.
#[inline]
fn up_to_quote(text: &[u8]) -> Option<usize> {
    first(text, |word| equal(word, b'"'), |byte| byte == b'"')
}

/// How many plain characters a text begins with; `None` where there is nothing else in it.
#[inline]
fn plain_length(text: &[u8]) -> Option<usize> {
    first(text, ends, |byte| matches!(byte, b'"' | b'\\' | 0..0x20))
}

/// Where the first byte stands that is looked for: `marks` has the high bit of it, and of none before it, among eight.
#[inline]
fn first(text: &[u8], marks: impl Fn(u64) -> u64, is: impl Fn(u8) -> bool) -> Option<usize> {
    let mut rest = text;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let marks = marks(u64::from_le_bytes(*eight)) & HIGH_BITS;
        if marks != 0 {
            return Some(text.len() - rest.len() + marks.trailing_zeros() as usize / 8);
        }
        rest = behind;
    }
    let end = rest.iter().position(|byte| is(*byte))?;
    Some(text.len() - rest.len() + end)
}

/// Marks the bytes that are equal to one, exactly up to the first (a borrow runs upwards only).
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let differs = word ^ (ONES * u64::from(byte));
    differs.wrapping_sub(ONES) & !differs
}

/// Marks the bytes that end a run of plain characters: a quote, a backslash or a control character.
#[inline]
fn ends(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    equal(word, b'"') | equal(word, b'\\') | control
}

struct Reading<'r, 'a> {
    line: &'a str,
    at: usize,
    /// Where the last value ends.
    value_end: usize,
    layout: &'r mut Layout<'a>,
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
            let between = Between::new(&self.line[self.value_end..value_end - value.len()]);
            self.layout.fields.push((field, between));
            self.value_end = value_end;
            event.tell(field, value);
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
            prop_assert_eq!(ends(u64::from_le_bytes(bytes)) & HIGH_BITS, 0);
            bytes[place] = [b'"', b'\\', 0x1f][end];
            let marks = ends(u64::from_le_bytes(bytes)) & HIGH_BITS;
            prop_assert_eq!(marks.trailing_zeros() as usize / 8, place);
        }
    }
}
