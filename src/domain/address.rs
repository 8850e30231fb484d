//! Numbers, short codes and sender names: who a message is from and to (RULES, section 1).

use std::fmt;

/// Digits in an E.164 number, the country code included (ITU-T E.164 allows 15; fewer than 7 reach nobody).
pub const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits in a short code.
pub const SHORT_CODE_DIGITS: std::ops::RangeInclusive<usize> = 3..=8;
/// Characters in an alphanumeric sender (3GPP TS 23.040: eleven septets).
pub const NAME_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=11;

const BYTES_MAX: usize = 15;

/// What an [`Address`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AddressKind {
    /// An international number, `+` and 7 to 15 digits.
    E164 = 1,
    /// 3 to 8 digits.
    ShortCode = 2,
    /// 1 to 11 characters, at least one of them a letter.
    Name = 3,
}

/// A number, short code or name in 16 bytes, without allocation. Its text is what it was read from.
// In line with words: it is moved in two, and not in pieces that overlap, which a processor waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(8))]
pub struct Address {
    /// The kind in the upper four bits of the first byte, the length in its lower four; then ASCII, without the plus of an
    /// E.164 number; unused bytes are zero. One array, which is compared as one.
    row: [u8; 1 + BYTES_MAX],
}

/// The text is none of E.164, short code or alphanumeric sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "neither an E.164 number (+ and 7 to 15 digits), a short code (3 to 8 digits) nor a name (1 to 11 characters)"
)]
pub struct NotAnAddress;

impl Address {
    /// Reads any of the three.
    #[inline]
    pub fn parse(text: &str) -> Result<Address, NotAnAddress> {
        let bytes = text.as_bytes();
        if let Some(digits) = bytes.strip_prefix(b"+") {
            let row = (digits.len() <= BYTES_MAX).then(|| Address::row(AddressKind::E164, digits));
            if let Some(number) = row.and_then(Address::number) {
                return Ok(number);
            }
        } else if bytes.iter().all(u8::is_ascii_digit) {
            if SHORT_CODE_DIGITS.contains(&bytes.len()) {
                return Ok(Address::new(AddressKind::ShortCode, bytes));
            }
            return Err(NotAnAddress);
        }
        let name = NAME_CHARACTERS.contains(&bytes.len())
            && bytes.iter().all(|byte| is_name_character(*byte))
            && bytes.iter().any(u8::is_ascii_alphabetic)
            && bytes[0] != b' '
            && bytes[bytes.len() - 1] != b' ';
        if name { Ok(Address::new(AddressKind::Name, bytes)) } else { Err(NotAnAddress) }
    }

    /// The number of a row, if behind its tag there are the digits of an E.164 number, the first not 0, then zeros. They are
    /// looked at as one integer, which is not in memory before it has been: bytes that were just written in parts would
    /// have to get there first.
    #[inline]
    fn number(row: u128) -> Option<Address> {
        let (length, number) = ((row & 15) as usize, row >> 8);
        let used = (1 << (8 * length)) - 1;
        let is_number = E164_DIGITS.contains(&length) && number as u8 != b'0' && are_digits(number, used);
        is_number.then(|| Address { row: row.to_le_bytes() })
    }

    /// The bytes of a row as one integer, the first the lowest.
    fn row(kind: AddressKind, text: &[u8]) -> u128 {
        let tag = (kind as u8) << 4 | text.len() as u8;
        u128::from(tag) | low_bytes(text) << 8
    }

    fn new(kind: AddressKind, text: &[u8]) -> Address {
        Address { row: Address::row(kind, text).to_le_bytes() }
    }

    fn length(&self) -> usize {
        usize::from(self.row[0] & 15)
    }

    /// The 16 bytes a row stores.
    pub fn to_bytes(self) -> [u8; 16] {
        self.row
    }

    /// From the bytes of a row; `None` where they are not what [`Address::to_bytes`] makes.
    pub fn from_bytes(row: [u8; 16]) -> Option<Address> {
        let kind = match row[0] >> 4 {
            1 => AddressKind::E164,
            2 => AddressKind::ShortCode,
            3 => AddressKind::Name,
            _ => return None,
        };
        // Nearly all rows hold numbers.
        if kind == AddressKind::E164 {
            return Address::number(u128::from_le_bytes(row));
        }
        let (used, unused) = row[1..].split_at(usize::from(row[0] & 15));
        let text = std::str::from_utf8(used).ok().filter(|_| unused.iter().all(|byte| *byte == 0))?;
        let address = Address::parse(text).ok();
        address.filter(|address| address.kind() == kind)
    }

    /// Of an E.164 number how many digits it has, then the digits, four bits each from the lowest on: never 0. `None` of
    /// anything else.
    pub fn packed(self) -> Option<u64> {
        // The tag's lower half is the length already.
        let halves = u128::from_le_bytes(self.to_bytes());
        (self.kind() == AddressKind::E164).then(|| {
            u64::from(pack_halves(halves as u64)) | u64::from(pack_halves((halves >> 64) as u64)) << 32
        })
    }

    /// The number that [`Address::packed`] makes such bits of.
    pub fn from_packed(packed: u64) -> Option<Address> {
        let length = packed as u32 & 15;
        let halves =
            u128::from(unpack_halves(packed as u32)) | u128::from(unpack_halves((packed >> 32) as u32)) << 64;
        let used = (u128::MAX >> (8 * (15 - length))) & !0xff;
        let tag = (AddressKind::E164 as u128) << 4;
        Address::number(halves | used & (0x30 * (u128::MAX / 0xff)) | tag)
    }

    pub fn kind(&self) -> AddressKind {
        match self.row[0] >> 4 {
            1 => AddressKind::E164,
            2 => AddressKind::ShortCode,
            _ => AddressKind::Name,
        }
    }

    /// The digits of a number or short code, the characters of a name; without the plus.
    pub fn characters(&self) -> &[u8] {
        &self.row[1..=self.length()]
    }

    /// The digits that a prefix is looked up by: those of an E.164 number, none of anything else
    /// (a short code's digits belong to no numbering plan of a country).
    pub fn prefix_digits(&self) -> &[u8] {
        if self.kind() == AddressKind::E164 { self.characters() } else { &[] }
    }
}

/// Up to 15 bytes as one integer, the first the lowest. Nearly all are numbers of at least eight: their first eight and their
/// last eight, which meet or overlap.
fn low_bytes(text: &[u8]) -> u128 {
    let long = text.first_chunk().zip(text.last_chunk());
    let Some((first, last)) = long else {
        return text.iter().rev().fold(0, |number, byte| number << 8 | u128::from(*byte));
    };
    u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << (8 * (text.len() - 8))
}

/// Whether the bytes of a number that are `used` are all digits, and all others zero.
fn are_digits(bytes: u128, used: u128) -> bool {
    const EVERY: u128 = u128::MAX / 0xff;
    let wrong_high = bytes ^ ((0x30 * EVERY) & used);
    // Above nine, a low half becomes more than a half holds; never more than a byte does.
    let wrong_low = (bytes & (0x0f * EVERY)) + (0x06 * EVERY);
    (wrong_high | wrong_low) & (0xf0 * EVERY) == 0 && bytes & !used == 0
}

/// The lower halves of eight bytes, side by side.
fn pack_halves(bytes: u64) -> u32 {
    let halves = bytes & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (halves | halves >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    (fours | fours >> 16) as u32
}

/// Eight bytes with these lower halves.
fn unpack_halves(halves: u32) -> u64 {
    let all = u64::from(halves);
    let fours = (all | all << 16) & 0x0000_ffff_0000_ffff;
    let pairs = (fours | fours << 8) & 0x00ff_00ff_00ff_00ff;
    (pairs | pairs << 4) & 0x0f0f_0f0f_0f0f_0f0f
}

/// What networks accept in an alphanumeric sender: letters, digits, blank and `& + - _ .`
fn is_name_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" &+-_.".contains(&byte)
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind() == AddressKind::E164 {
            out.write_str("+")?;
        }
        out.write_str(std::str::from_utf8(self.characters()).unwrap_or("?"))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}({self})", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_three_kinds_or_refused() {
        use AddressKind::*;
        let table: &[(&str, Option<AddressKind>)] = &[
            ("+14155550100", Some(E164)),
            ("+1234567", Some(E164)),
            ("+123456789012345", Some(E164)),
            ("+1234567890123456", None),
            ("+123456", None),
            ("+04155550100", None),
            ("+1 415 555", None),
            ("14155550100", None),
            ("123", Some(ShortCode)),
            ("12345678", Some(ShortCode)),
            ("12", None),
            ("123456789", None),
            ("ACME", Some(Name)),
            ("Acme Bank 1", Some(Name)),
            ("AcmeBankPlc1", None),
            ("A", Some(Name)),
            ("", None),
            (" Acme", None),
            ("Ac\0me", None),
            ("Акме", None),
            ("+", None),
            ("---", None),
        ];
        for (text, want) in table {
            let address = Address::parse(text);
            assert_eq!(address.map(|address| address.kind()).ok(), *want, "{text:?}");
            if let Ok(address) = address {
                assert_eq!(address.to_string(), *text);
                assert_eq!(Address::from_bytes(address.to_bytes()), Some(address));
            }
        }
    }

    #[test]
    fn only_e164_has_a_prefix() {
        assert_eq!(Address::parse("+4477").map(|_| ()), Err(NotAnAddress));
        assert_eq!(Address::parse("+447700900").unwrap().prefix_digits(), b"447700900");
        assert_eq!(Address::parse("44770").unwrap().prefix_digits(), b"");
        assert_eq!(Address::parse("ACME").unwrap().prefix_digits(), b"");
    }

    #[test]
    fn a_number_comes_back_from_its_packed_digits_and_no_other_bits_are_one() {
        for length in E164_DIGITS {
            let digits: String = (0..length).map(|place| char::from(b'1' + (place % 10 % 9) as u8)).collect();
            for number in [
                format!("+{digits}"),
                format!("+1{}", "0".repeat(length - 1)),
                format!("+{}", "9".repeat(length)),
            ] {
                let number = Address::parse(&number).unwrap();
                let packed = number.packed().unwrap();
                assert_eq!(Address::from_packed(packed), Some(number));
                assert!(packed >> (4 * (length + 1)).min(63) <= 9, "{number}: no more than its digits need");
                // Every value of every four bits: a number again, and then these bits are its own, or none.
                for (place, other) in (0..16).flat_map(|place| (0..16).map(move |other| (place, other))) {
                    let changed = packed & !(15 << (4 * place)) | other << (4 * place);
                    let found = Address::from_packed(changed);
                    assert!(found.is_none_or(|found| found.packed() == Some(changed)), "{changed:x}");
                }
            }
        }
        for other in ["12345678", "ACME", "A"] {
            assert_eq!(Address::parse(other).unwrap().packed(), None);
        }
        assert_eq!(Address::from_packed(0), None);
    }

    #[test]
    fn damaged_rows_are_none() {
        for row in [[0; 16], [0x1f; 16], [0x10; 16], [0x41; 16]] {
            assert_eq!(Address::from_bytes(row), None, "{row:?}");
        }
        // Every byte at every place of a row of every length: it is a number's or nobody's.
        for length in 0..=15 {
            let row: [u8; 16] = std::array::from_fn(|place| match place {
                0 => 0x10 | length,
                place if place <= usize::from(length) => b'1' + place as u8 % 9,
                _ => 0,
            });
            for (place, byte) in (1..16).flat_map(|place| (0..=u8::MAX).map(move |byte| (place, byte))) {
                let mut row = row;
                row[place] = byte;
                let (used, unused) = row[1..].split_at(usize::from(length));
                let number = std::str::from_utf8(used).map(|digits| format!("+{digits}"));
                let number = number.ok().filter(|_| unused.iter().all(|byte| *byte == 0));
                let want = number.and_then(|number| Address::parse(&number).ok());
                let want = want.filter(|address| address.kind() == AddressKind::E164);
                assert_eq!(Address::from_bytes(row), want, "{row:?}");
            }
        }
    }
}
