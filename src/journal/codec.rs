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

    /// Nothing may be left behind what was read.
    pub fn finish(self) -> Result<(), RowError> {
        if self.0.is_empty() { Ok(()) } else { Err(RowError("longer than its parts")) }
    }

    fn text(&mut self, length: usize) -> Result<&'a str, RowError> {
        std::str::from_utf8(self.bytes(length)?).map_err(|_| RowError("a text is not UTF-8"))
    }
}
