//! Reading and writing the parts of a row: fixed structures in place, texts behind their length.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// A row that is not what this version writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row cannot be read: {0}")]
pub struct RowError(pub &'static str);

/// Appends a fixed structure.
pub fn put<T: IntoBytes + Immutable>(out: &mut Vec<u8>, value: &T) {
    out.extend_from_slice(value.as_bytes());
}

/// Appends a text of at most 255 bytes.
pub fn put_short(out: &mut Vec<u8>, text: &str) {
    out.push(
        u8::try_from(text.len()).expect("texts in short places are limited to 255 bytes where they are read"),
    );
    out.extend_from_slice(text.as_bytes());
}

/// Appends a text of any length.
pub fn put_long(out: &mut Vec<u8>, text: &str) {
    let length = u32::try_from(text.len()).expect("texts are limited far below 4 GiB where they are read");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Appends numbers, each in as many bytes as it needs, behind how many those are in four bits each.
pub fn put_numbers<const N: usize>(out: &mut Vec<u8>, numbers: &[u64; N]) {
    const { assert!(N <= NUMBERS_MAX) };
    // Written where they stay: bytes that are written one by one and moved at once would have to reach memory first.
    let begin = out.len();
    out.resize(begin + N.div_ceil(2) + 8 * N, 0);
    let room = &mut out[begin..];
    let (mut lengths, mut end) = (0u64, N.div_ceil(2));
    for (place, number) in numbers.iter().enumerate() {
        let length = (71 - number.leading_zeros()) / 8;
        lengths |= u64::from(length) << (4 * place);
        // All eight, of which the next number overwrites those that are not needed.
        room[end..end + 8].copy_from_slice(&number.to_le_bytes());
        end += length as usize;
    }
    room[..N.div_ceil(2)].copy_from_slice(&lengths.to_le_bytes()[..N.div_ceil(2)]);
    out.truncate(begin + end);
}

/// Numbers whose lengths have room in eight bytes.
const NUMBERS_MAX: usize = 16;

/// What is left of a row while it is read.
#[derive(Clone, Copy)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take<T: FromBytes + KnownLayout + Immutable + Unaligned>(&mut self) -> Result<&'a T, RowError> {
        let (value, rest) = T::ref_from_prefix(self.0).map_err(|_| RowError("too short"))?;
        self.0 = rest;
        Ok(value)
    }

    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], RowError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(RowError("too short"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn short(&mut self) -> Result<&'a str, RowError> {
        let length = self.bytes(1)?[0];
        self.text(usize::from(length))
    }

    pub fn long(&mut self) -> Result<&'a str, RowError> {
        let length = *self.take::<zerocopy::little_endian::U32>()?;
        self.text(length.get() as usize)
    }

    /// What [`put_numbers`] has written.
    pub fn numbers<const N: usize>(&mut self) -> Result<[u64; N], RowError> {
        const { assert!(N <= NUMBERS_MAX) };
        let mut lengths = [0; 8];
        lengths[..N.div_ceil(2)].copy_from_slice(self.bytes(N.div_ceil(2))?);
        let (lengths, mut numbers) = (u64::from_le_bytes(lengths), [0; N]);
        for (place, number) in numbers.iter_mut().enumerate() {
            let length = (lengths >> (4 * place) & 15) as usize;
            if length > 8 {
                return Err(RowError("a number of more than eight bytes"));
            }
            let eight = self.0.first_chunk().copied();
            let own = self.bytes(length)?;
            let eight = eight.unwrap_or_else(|| {
                let mut eight = [0; 8];
                eight[..length].copy_from_slice(own);
                eight
            });
            let used = u64::MAX.checked_shr(64 - 8 * length as u32).unwrap_or(0);
            *number = u64::from_le_bytes(eight) & used;
        }
        Ok(numbers)
    }

    /// Nothing may be left behind what was read.
    pub fn finish(self) -> Result<(), RowError> {
        if self.0.is_empty() { Ok(()) } else { Err(RowError("longer than its parts")) }
    }

    fn text(&mut self, length: usize) -> Result<&'a str, RowError> {
        std::str::from_utf8(self.bytes(length)?).map_err(|_| RowError("a text is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of every length, and both ends of each.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), Just(u64::MAX), (any::<u64>(), 0..64u32).prop_map(|(number, cut)| number >> cut)]
    }

    proptest! {
        #[test]
        fn numbers_come_back_whatever_stands_behind_them(
            ten in prop::array::uniform10(number()), three in prop::array::uniform3(number()), behind in 0..12usize,
        ) {
            let mut bytes = Vec::new();
            put_numbers(&mut bytes, &ten);
            put_numbers(&mut bytes, &three);
            put_numbers(&mut bytes, &[]);
            let needed = |number: &u64| number.to_le_bytes().iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            prop_assert_eq!(bytes.len(), 5 + 2 + ten.iter().chain(&three).map(needed).sum::<usize>());
            let whole = bytes.len();
            bytes.resize(whole + behind, 0xff);
            let mut reader = Reader(&bytes);
            prop_assert_eq!(reader.numbers(), Ok(ten));
            prop_assert_eq!(reader.numbers(), Ok(three));
            prop_assert_eq!(reader.numbers(), Ok([]));
            prop_assert_eq!(reader.0.len(), behind);
            for end in 0..whole {
                let mut reader = Reader(&bytes[..end]);
                let both = reader.numbers::<10>().and_then(|_| reader.numbers::<3>());
                prop_assert!(both.is_err(), "cut at {}", end);
            }
        }

        #[test]
        fn any_bytes_are_numbers_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut reader = Reader(&bytes);
            let _ = reader.numbers::<10>();
            prop_assert!(reader.0.len() <= bytes.len());
        }
    }
}
