//! Frames: what was sealed reads back, whatever was not is named (J3).

use proptest::prelude::*;

use super::*;
use crate::domain::samples::NOW;

/// A row of so many bytes beside its length.
fn put_row(out: &mut Vec<u8>, fill: u8, bytes: usize) {
    out.extend_from_slice(&(bytes as u32 + 21 + 4).to_le_bytes());
    out.extend(std::iter::repeat_n(fill, bytes + 21));
}

fn push(frame: &mut FrameBuilder, fill: u8) {
    frame.push(|out| put_row(out, fill, usize::from(fill) % 7));
}

fn sealed(partition: u8, head: &mut Head, fills: &[u8]) -> Vec<u8> {
    let mut frame = FrameBuilder::default();
    fills.iter().for_each(|fill| push(&mut frame, *fill));
    frame.seal(partition, head, NOW)
}

fn rows_of(bytes: &[u8]) -> Vec<u8> {
    Frame::read(bytes).unwrap().rows().map(|row| *row.unwrap().last().unwrap()).collect()
}

/// The frame with its hash made anew, as nobody but an engine of another version would.
fn forged(mut bytes: Vec<u8>, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    bytes.truncate(bytes.len() - HASH_BYTES);
    change(&mut bytes);
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    bytes
}

#[test]
fn a_sealed_frame_reads_back_and_leaves_the_builder_empty_for_the_next() {
    let mut head = Head::default();
    let mut frame = FrameBuilder::default();
    assert!(frame.is_empty());
    for number in 1..=3u8 {
        let before = head;
        push(&mut frame, number);
        push(&mut frame, 100 + number);
        assert_eq!((frame.is_empty(), frame.rows()), (false, 2));
        let rows_length = frame.len();
        let bytes = frame.seal(9, &mut head, NOW);
        assert!(frame.is_empty() && frame.rows() == 0, "sealed: the next begins");
        assert_eq!(bytes.len(), rows_length + FRAME_OVERHEAD);
        let read = Frame::read(&bytes).unwrap();
        assert_eq!((read.partition, read.number, read.posted_at, read.rows), (9, u64::from(number), NOW, 2));
        assert_eq!((read.previous, read.link), (before.link, head.link));
        assert_eq!(rows_of(&bytes), [number, 100 + number]);
        let mut follower = before;
        read.follow(&mut follower).unwrap();
        assert_eq!(follower, head);
    }
}

#[test]
fn j3_any_byte_changed_and_any_end_cut_off_is_damage() {
    let bytes = sealed(0, &mut Head::default(), &[1, 2, 3]);
    for place in 0..bytes.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[place] ^= mask;
            let read = Frame::read(&changed).map(|frame| frame.number);
            assert!(
                matches!(read, Err(FrameError::Damaged(_))),
                "byte {place} changed by {mask:#x}: {read:?}"
            );
        }
        assert!(matches!(Frame::read(&bytes[..place]), Err(FrameError::Damaged(_))), "cut to {place} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(Frame::read(&longer), Err(FrameError::Damaged(_))));
}

#[test]
fn j3_a_frame_whose_hash_is_right_and_whose_head_is_not_is_damage() {
    let bytes = sealed(0, &mut Head::default(), &[1]);
    let body_length = std::mem::offset_of!(FrameHead, body_length);
    let table = [
        (forged(bytes.clone(), |_| ()), None),
        (forged(bytes.clone(), |bytes| bytes[3] = b'2'), Some("written by another version")),
        (forged(bytes.clone(), |bytes| bytes[body_length] += 1), Some("its length is not its own")),
        (forged(bytes[..FRAME_OVERHEAD - 1].to_vec(), |_| ()), Some("too short")),
    ];
    for (bytes, want) in table {
        assert_eq!(Frame::read(&bytes).map(|_| ()).err(), want.map(FrameError::Damaged));
    }
}

#[test]
fn j3_only_the_next_frame_of_the_same_chain_follows() {
    let (mut head, mut other_head) = (Head::default(), Head::default());
    let chain: Vec<_> = [1, 2, 3].map(|fill| sealed(0, &mut head, &[fill])).into();
    let other: Vec<_> = [9, 2, 3].map(|fill| sealed(0, &mut other_head, &[fill])).into();
    let table = [
        ("1 2 3", vec![&chain[0], &chain[1], &chain[2]], 3),
        ("2", vec![&chain[1]], 0),
        ("1 1", vec![&chain[0], &chain[0]], 1),
        ("1 3", vec![&chain[0], &chain[2]], 1),
        ("1 2 1", vec![&chain[0], &chain[1], &chain[0]], 2),
        ("1 and 2 of another chain", vec![&chain[0], &other[1]], 1),
        ("1 2 and 3 of another chain", vec![&chain[0], &chain[1], &other[2]], 2),
    ];
    for (name, frames, follow) in table {
        let mut head = Head::default();
        for (place, bytes) in frames.into_iter().enumerate() {
            let (before, frame) = (head, Frame::read(bytes).unwrap());
            let expected = match place < follow {
                true => Ok(()),
                false => Err(FrameError::OutOfChain { expected_after: before.number, found: frame.number }),
            };
            assert_eq!(frame.follow(&mut head), expected, "{name}: frame at place {place}");
            assert!(place < follow || head == before, "{name}: what does not follow moves nothing");
        }
    }
}

proptest! {
    /// What a failed rule had written leaves no trace, wherever the savepoint was.
    #[test]
    fn rows_taken_back_leave_no_trace(steps in prop::collection::vec((any::<u8>(), any::<bool>()), 1..40)) {
        let (mut frame, mut clean) = (FrameBuilder::default(), FrameBuilder::default());
        for (fill, kept) in steps {
            let savepoint = frame.savepoint();
            push(&mut frame, fill);
            if kept {
                push(&mut clean, fill);
            } else {
                push(&mut frame, fill);
                frame.truncate(savepoint);
            }
            prop_assert_eq!((frame.rows(), frame.len(), frame.is_empty()), (clean.rows(), clean.len(), clean.is_empty()));
        }
        let seal = |frame: &mut FrameBuilder| frame.seal(1, &mut Head::default(), NOW);
        if !clean.is_empty() {
            prop_assert_eq!(seal(&mut frame), seal(&mut clean));
        }
    }

    #[test]
    fn any_bytes_at_all_are_no_frame_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Frame::read(&bytes).is_err());
        // Nor with a right hash: without `FBX1` they were not written here.
        prop_assume!(bytes.len() >= HASH_BYTES && !bytes.starts_with(&MAGIC));
        prop_assert!(Frame::read(&forged(bytes, |_| ())).is_err());
    }
}
