//! Segments: how many billed units a text is, and where it is cut (RULES, section 3).
//!
//! Owns the GSM 03.38 tables and the packing of a text into parts. Whether the units are too many is for
//! whoever bills them to say ([`UNITS_MAX`](super::event::UNITS_MAX)): any text, however long, has a count.
//! Deliberately not here: national shift tables, and replacing characters to save a segment.

use std::ops::Range;

use super::address::Address;
use super::event::Encoding;
use super::sender_type::SenderType;

/// The header that joins the parts of one message, and takes room from each (3GPP TS 23.040).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// With an 8-bit reference, as nearly everybody sends it.
    SixOctets,
    /// With a 16-bit reference.
    SevenOctets,
}

impl Header {
    /// Seven octets for a message between a toll-free number and `+1`, six for any other.
    ///
    /// Direction does not matter: it may be to the `+1` number or from it.
    pub fn for_message(sender_type: SenderType, peer: &Address) -> Header {
        let north_american = peer.prefix_digits().first() == Some(&b'1');
        if sender_type == SenderType::TollFree && north_american {
            Header::SevenOctets
        } else {
            Header::SixOctets
        }
    }

    /// Most septets or code units of a message that is not cut, and of each part of one that is.
    pub fn lengths_max(self, encoding: Encoding) -> (usize, usize) {
        (length_max_alone(encoding), length_max_in_parts(encoding, self))
    }
}

/// What a text comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub encoding: Encoding,
    /// Billed segments, at least 1.
    pub units: u32,
    /// Septets in GSM-7, 16-bit code units in UCS-2.
    pub length: u32,
}

/// One part of a text, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it stands in the text.
    pub bytes: Range<usize>,
    /// Septets in GSM-7, 16-bit code units in UCS-2.
    pub length: u32,
}

/// Counts a text. What would not fit a `u32` (texts of gigabytes) is told as `u32::MAX`.
pub fn count(text: &str, header: Header) -> Count {
    let parts = Parts::new(text, header);
    let (encoding, length) = (parts.encoding, parts.length_left);
    Count { encoding, units: saturated(parts.count()), length: saturated(length) }
}

/// The parts that [`count`] counts; an empty text is one empty part.
pub fn parts(text: &str, header: Header) -> impl Iterator<Item = Part> {
    Parts::new(text, header)
}

/// Most septets or code units of a message that is not cut.
fn length_max_alone(encoding: Encoding) -> usize {
    match encoding {
        Encoding::Gsm7 => 160,
        Encoding::Ucs2 => 70,
    }
}

/// Most septets or code units of each part of a message that is.
fn length_max_in_parts(encoding: Encoding, header: Header) -> usize {
    match (encoding, header) {
        (Encoding::Gsm7, Header::SixOctets) => 153,
        (Encoding::Gsm7, Header::SevenOctets) => 152,
        (Encoding::Ucs2, Header::SixOctets) => 67,
        (Encoding::Ucs2, Header::SevenOctets) => 66,
    }
}

/// Packs a text greedily: a part ends before the first character that does not fit whole.
///
/// A character is never cut, and that alone keeps escape pairs and surrogate pairs together.
struct Parts<'a> {
    text: &'a str,
    /// Whether a byte is a character, throughout.
    ascii: bool,
    encoding: Encoding,
    length_max: usize,
    /// Where the next part starts; `None` after the last.
    start: Option<usize>,
    /// What the text comes to from there on.
    length_left: usize,
}

impl<'a> Parts<'a> {
    fn new(text: &'a str, header: Header) -> Parts<'a> {
        let ascii = text.is_ascii();
        // Most texts are ASCII, and need not be decoded to be looked up.
        let septets = if ascii { septets_of_ascii(text) } else { sum_of(text.chars().map(septets)) };
        let (encoding, length) = match septets {
            Some(septets) => (Encoding::Gsm7, septets),
            None => (Encoding::Ucs2, code_units_of(text)),
        };
        let alone = length_max_alone(encoding);
        let length_max = if length <= alone { alone } else { length_max_in_parts(encoding, header) };
        Parts { text, ascii, encoding, length_max, start: Some(0), length_left: length }
    }

    /// The end of the part that starts at `start`, and its length.
    fn part_end(&self, start: usize) -> (usize, usize) {
        if self.length_left <= self.length_max {
            return (self.text.len(), self.length_left);
        }
        // None weighs less than 1, so each that is left weighs 1 and is one byte: no need to look at them.
        if self.ascii && self.length_left == self.text.len() - start {
            return (start + self.length_max, self.length_max);
        }
        match self.encoding {
            Encoding::Gsm7 => {
                self.first_that_does_not_fit(start, |character| usize::from(septets(character)))
            }
            Encoding::Ucs2 => self.first_that_does_not_fit(start, char::len_utf16),
        }
    }

    fn first_that_does_not_fit(&self, start: usize, weight: impl Fn(char) -> usize) -> (usize, usize) {
        let mut length = 0;
        for (offset, character) in self.text[start..].char_indices() {
            let longer = length + weight(character);
            if longer > self.length_max {
                return (start + offset, length);
            }
            length = longer;
        }
        (self.text.len(), length)
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let start = self.start?;
        let (end, length) = self.part_end(start);
        self.start = (end < self.text.len()).then_some(end);
        self.length_left -= length;
        Some(Part { bytes: start..end, length: saturated(length) })
    }
}

/// What [`septets`] says of a character that GSM-7 has not.
const NOT_GSM: u8 = 0;

/// The septets of U+0000 to U+00FF: all of ASCII, by byte, and most accented letters of GSM-7.
static SEPTETS_LATIN: [u8; 256] = {
    let mut table = [NOT_GSM; 256];
    let mut code = 0;
    while code < table.len() {
        table[code] = septets_by_table(code as u8 as char);
        code += 1;
    }
    table
};

/// GSM 03.38 (3GPP TS 23.038, 6.2.1): the basic table at 1 septet each, the extension table at 2.
///
/// So a carriage return and a line feed are two septets together (RULES, section 3), and may be cut apart.
const fn septets_by_table(character: char) -> u8 {
    match character {
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => 2,
        // What the first line left of ASCII, without the backtick and the other controls.
        '\n' | '\r' | ' '..='_' | 'a'..='z' => 1,
        '£' | '¥' | '§' | '¡' | '¿' | '¤' => 1,
        'Ä' | 'Å' | 'Æ' | 'Ç' | 'É' | 'Ñ' | 'Ö' | 'Ø' | 'Ü' => 1,
        'ß' | 'à' | 'ä' | 'å' | 'æ' | 'è' | 'é' | 'ì' | 'ñ' | 'ò' | 'ö' | 'ø' | 'ù' | 'ü' => 1,
        'Γ' | 'Δ' | 'Θ' | 'Λ' | 'Ξ' | 'Π' | 'Σ' | 'Φ' | 'Ψ' | 'Ω' => 1,
        _ => NOT_GSM,
    }
}

fn septets(character: char) -> u8 {
    match u8::try_from(character) {
        Ok(latin) => SEPTETS_LATIN[usize::from(latin)],
        Err(_) => septets_by_table(character),
    }
}

/// Bytes that the processor takes at once.
const LANES: usize = 16;
/// Pieces whose counts one byte of each lane can hold.
const PIECES_AT_A_TIME: usize = 255;

/// What [`sum_of`] says of ASCII, without a branch or a look-up for a byte: the processor takes many of them at once.
fn septets_of_ascii(text: &str) -> Option<usize> {
    let (pieces, rest) = text.as_bytes().as_chunks::<LANES>();
    // Blanks are one septet, and are not counted.
    let mut last = [b' '; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let (mut septets, mut not_gsm) = (text.len(), [false; LANES]);
    for some in pieces.chunks(PIECES_AT_A_TIME).chain([[last].as_slice()]) {
        let mut extended = [0u8; LANES];
        for piece in some {
            for ((byte, not_gsm), extended) in piece.iter().zip(&mut not_gsm).zip(&mut extended) {
                let form_feed = *byte == 0x0c;
                let control = (*byte < b' ') & !form_feed & (*byte != b'\n') & (*byte != b'\r');
                *not_gsm |= control | (*byte == b'`') | (*byte == 0x7f);
                // `[\]^` and `{|}~`, which differ by one bit.
                // (Wrapping: no check of each sum, and no sum that would need it.)
                let two = ((byte | 0x20).wrapping_sub(b'{') < 4) | form_feed;
                *extended = extended.wrapping_add(u8::from(two));
            }
        }
        septets += usize::from(extended.iter().fold(0u16, |sum, lane| sum.wrapping_add(u16::from(*lane))));
    }
    (!not_gsm.contains(&true)).then_some(septets)
}

/// The sum of what each character takes; `None` where GSM-7 has not all of them.
fn sum_of(mut septets: impl Iterator<Item = u8>) -> Option<usize> {
    septets.try_fold(0, |length, septets| match septets {
        NOT_GSM => None,
        septets => Some(length + usize::from(septets)),
    })
}

/// The 16-bit code units of a text: one a character, two where UTF-8 takes four bytes.
fn code_units_of(text: &str) -> usize {
    text.chars().count() + text.bytes().filter(|byte| *byte >= 0xf0).count()
}

fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
