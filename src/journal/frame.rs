//! Frames: the records that one partition made durable together, chained by hash (J3).

use zerocopy::little_endian::{I64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::codec::Reader;
use super::rows::Rows;
use crate::domain::time::Timestamp;

/// `FBX` and the version of the layout.
const MAGIC: [u8; 4] = *b"FBX1";
const HASH_BYTES: usize = 32;

/// BLAKE3 of a frame, its predecessor's hash included: the link of the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link(pub [u8; HASH_BYTES]);

/// Where a partition's chain stands: the number of its last frame (0 before the first) and that frame's link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub number: u64,
    pub link: Link,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct FrameHead {
    magic: [u8; 4],
    partition: u8,
    number: U64,
    posted_at: I64,
    rows: U32,
    body_length: U32,
    previous: [u8; HASH_BYTES],
}

/// Where the first row begins.
pub const ROWS_AT: usize = size_of::<FrameHead>();

/// Bytes of a frame beside its rows.
pub const FRAME_OVERHEAD: usize = size_of::<FrameHead>() + HASH_BYTES;

/// A frame being filled, then sealed. Its buffer holds the whole frame from the start, so that sealing copies nothing.
#[derive(Debug, Default)]
pub struct FrameBuilder {
    bytes: Vec<u8>,
    rows: u32,
}

/// A frame read in place.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub partition: u8,
    pub number: u64,
    pub posted_at: Timestamp,
    pub rows: u32,
    pub previous: Link,
    pub link: Link,
    body: &'a [u8],
}

/// A frame that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("damaged: {0}")]
    Damaged(&'static str),
    #[error(
        "does not follow frame {expected_after}: it is number {found}, or its predecessor had another hash"
    )]
    OutOfChain { expected_after: u64, found: u64 },
}

impl FrameBuilder {
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Bytes of the rows so far.
    pub fn len(&self) -> usize {
        self.bytes.len().saturating_sub(size_of::<FrameHead>())
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Appends one row written by `put`.
    pub fn push(&mut self, put: impl FnOnce(&mut Vec<u8>)) {
        if self.bytes.is_empty() {
            self.bytes.resize(size_of::<FrameHead>(), 0);
        }
        put(&mut self.bytes);
        self.rows += 1;
    }

    /// The byte of the whole frame that the next row begins at.
    pub fn next_row(&self) -> usize {
        self.bytes.len().max(size_of::<FrameHead>())
    }

    /// The frame so far: its rows stand where they will stand when it is sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A point to go back to; see [`FrameBuilder::truncate`].
    pub fn savepoint(&self) -> (usize, u32) {
        (self.bytes.len(), self.rows)
    }

    /// Forgets the rows since `savepoint`.
    pub fn truncate(&mut self, savepoint: (usize, u32)) {
        self.bytes.truncate(savepoint.0);
        self.rows = savepoint.1;
    }

    /// Closes the frame as the next of its partition's chain and leaves the builder empty.
    pub fn seal(&mut self, partition: u8, head: &mut Head, posted_at: Timestamp) -> Vec<u8> {
        let capacity = self.bytes.len() + HASH_BYTES;
        let mut bytes = std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity));
        let number = head.number + 1;
        let body_length = bytes.len() - size_of::<FrameHead>();
        let frame_head = FrameHead {
            magic: MAGIC,
            partition,
            number: U64::new(number),
            posted_at: I64::new(posted_at.nanos()),
            rows: U32::new(self.rows),
            body_length: U32::new(u32::try_from(body_length).expect("a frame is far shorter than 4 GiB")),
            previous: head.link.0,
        };
        bytes[..size_of::<FrameHead>()].copy_from_slice(frame_head.as_bytes());
        let link = Link(*blake3::hash(&bytes).as_bytes());
        bytes.extend_from_slice(&link.0);
        self.rows = 0;
        *head = Head { number, link };
        bytes
    }
}

impl<'a> Frame<'a> {
    /// Reads a frame and checks its hash.
    pub fn read(bytes: &'a [u8]) -> Result<Frame<'a>, FrameError> {
        let (hashed, link) =
            bytes.split_last_chunk::<HASH_BYTES>().ok_or(FrameError::Damaged("too short"))?;
        if blake3::hash(hashed).as_bytes() != link {
            return Err(FrameError::Damaged("its hash is not that of its content"));
        }
        Frame::of_sealed(bytes)
    }

    /// Reads a frame that has not left memory since it was sealed: its hash is not computed again.
    pub fn of_sealed(bytes: &'a [u8]) -> Result<Frame<'a>, FrameError> {
        let (hashed, link) =
            bytes.split_last_chunk::<HASH_BYTES>().ok_or(FrameError::Damaged("too short"))?;
        let mut reader = Reader(hashed);
        let head = reader.take::<FrameHead>().map_err(|_| FrameError::Damaged("too short"))?;
        if head.magic != MAGIC {
            return Err(FrameError::Damaged("written by another version"));
        }
        if head.body_length.get() as usize != reader.0.len() {
            return Err(FrameError::Damaged("its length is not its own"));
        }
        Ok(Frame {
            partition: head.partition,
            number: head.number.get(),
            posted_at: Timestamp::from_nanos(head.posted_at.get()),
            rows: head.rows.get(),
            previous: Link(head.previous),
            link: Link(*link),
            body: reader.0,
        })
    }

    /// Moves `head` on to this frame, or says that it does not follow.
    pub fn follow(&self, head: &mut Head) -> Result<(), FrameError> {
        if self.number != head.number + 1 || self.previous != head.link {
            return Err(FrameError::OutOfChain { expected_after: head.number, found: self.number });
        }
        *head = Head { number: self.number, link: self.link };
        Ok(())
    }

    pub fn rows(&self) -> Rows<'a> {
        Rows::new(self.body)
    }
}

#[cfg(test)]
mod tests;
