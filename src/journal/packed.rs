//! Frames as they are stored: packed with LZ4 where that makes them shorter.
//!
//! The log is synced with every commit, so what it holds of a frame is what answers wait for: packed before it is written, a
//! full frame is less than a third as long. Hashes and chain are of the frame itself, so both forms of it are the same frame.

use lz4::block::{compress_bound, compress_to_buffer, decompress_to_buffer};
use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::codec::Reader;
use super::frame::FrameError;

/// Where a frame itself begins with `FBX` and its version.
const MAGIC: [u8; 4] = *b"FBZ1";
/// Shorter frames are hashes and texts more than anything: packing them gains little.
const BYTES_MIN: usize = 1_024;
/// No LZ4 block becomes longer than so many times its own length.
const TIMES_MAX: usize = 255;

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct PackedHead {
    magic: [u8; 4],
    /// Bytes of the frame; an LZ4 block follows.
    length: U32,
}

/// What is stored of a frame: itself, or packed in `room` where that is shorter.
pub fn pack<'a>(frame: &'a [u8], room: &'a mut Vec<u8>) -> &'a [u8] {
    packed(frame, room).unwrap_or(frame)
}

fn packed<'a>(frame: &[u8], room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    if frame.len() < BYTES_MIN {
        return None;
    }
    let head = PackedHead { magic: MAGIC, length: U32::new(u32::try_from(frame.len()).ok()?) };
    let most = size_of::<PackedHead>() + compress_bound(frame.len()).ok()?;
    if room.len() < most {
        room.resize(most, 0);
    }
    let (first, block) = room.split_at_mut(size_of::<PackedHead>());
    first.copy_from_slice(head.as_bytes());
    let whole = size_of::<PackedHead>() + compress_to_buffer(frame, None, false, block).ok()?;
    (whole < frame.len()).then(|| &room[..whole])
}

/// The frame that is stored as these bytes, which may be itself. `room` is scratch that it may stand in.
pub fn unpack<'a>(stored: &'a [u8], room: &'a mut Vec<u8>) -> Result<&'a [u8], FrameError> {
    if !stored.starts_with(&MAGIC) {
        return Ok(stored);
    }
    let damaged = FrameError::Damaged("it cannot be unpacked");
    let mut reader = Reader(stored);
    let head = reader.take::<PackedHead>().map_err(|_| damaged.clone())?;
    let length = head.length.get() as usize;
    if length > reader.0.len().saturating_mul(TIMES_MAX) {
        return Err(damaged);
    }
    if room.len() < length {
        room.resize(length, 0);
    }
    let size = i32::try_from(length).map_err(|_| damaged.clone())?;
    match decompress_to_buffer(reader.0, Some(size), &mut room[..length]) {
        Ok(found) if found == length => Ok(&room[..length]),
        _ => Err(damaged),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes that repeat themselves as rows do, and some that do not.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let some = prop::collection::vec(any::<u8>(), 1..200);
        (some, 1..60_usize, prop::collection::vec(any::<u8>(), 0..2_000))
            .prop_map(|(some, times, rest)| [some.repeat(times), rest].concat())
    }

    proptest! {
        #[test]
        fn what_is_stored_of_a_frame_is_no_longer_than_it_and_is_the_frame(frames in prop::collection::vec(content(), 1..5)) {
            let (mut to_pack, mut to_unpack) = (Vec::new(), Vec::new());
            for frame in frames {
                let frame = [&b"FBX1"[..], &frame].concat();
                let stored = pack(&frame, &mut to_pack);
                prop_assert!(stored.len() < frame.len() || stored == frame);
                prop_assert_eq!(unpack(stored, &mut to_unpack).unwrap(), &frame[..]);
            }
        }

        #[test]
        fn damage_is_an_error_or_other_bytes_and_never_more(
            frame in content(), cut in any::<prop::sample::Index>(), flip in 0..8_u32,
        ) {
            let mut packed = pack(&frame, &mut Vec::new()).to_vec();
            let (place, mut room) = (cut.index(packed.len()), Vec::new());
            if let Ok(found) = unpack(&packed[..place], &mut room) {
                prop_assert!(found != &frame[..], "cut to {} bytes", place);
            }
            packed[place] ^= 1 << flip;
            let _ = unpack(&packed, &mut room);
            prop_assert!(room.len() <= packed.len() * TIMES_MAX);
        }
    }

    #[test]
    fn a_full_frame_of_rows_that_are_alike_becomes_far_shorter_and_a_short_one_stays() {
        let row = |number: u32| {
            [&number.to_le_bytes()[..], b"a row of a wallet, much as the one before it"].concat()
        };
        let frame: Vec<u8> = (0..2_000).flat_map(row).collect();
        let mut room = Vec::new();
        let packed = pack(&frame, &mut room).len();
        assert!(packed < frame.len() / 3, "{packed} of {}", frame.len());
        assert_eq!(pack(&frame[..BYTES_MIN - 1], &mut room), &frame[..BYTES_MIN - 1]);
    }

    #[test]
    fn a_length_that_no_block_can_have_takes_no_memory() {
        let mut stored = [&MAGIC[..], &u32::MAX.to_le_bytes(), &[0; 100]].concat();
        let mut room = Vec::new();
        assert!(unpack(&stored, &mut room).is_err());
        stored.truncate(6);
        assert!(unpack(&stored, &mut room).is_err());
        assert_eq!(room.capacity(), 0);
    }
}
