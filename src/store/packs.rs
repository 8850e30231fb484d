//! Packs: how the view of entries keeps them, up to [`ENTRIES`] of a wallet in one row.
//!
//! Which pack an entry is in, and at which place, follows from its number. A pass writes what it adds to a pack as one
//! part; parts of a pack are put one behind the other, which is all that merging does. Within a part each entry is written
//! as what differs from the one before it: consecutive entries of a wallet are alike, so this takes less time and not many
//! more bytes than a general compressor does with single rows, and there are far fewer rows to write, to merge and to look
//! through.
//!
//! A part is the place of its first entry, how many it has, and how many bytes those are. The first entry is its length in
//! bytes, and the bytes. Each other is its length, a bit for each word of four bytes (set where the word differs from that
//! of the entry before, words past its end being zero), and the words that differ. After a crash passes may write entries
//! again that are there already, in other parts: whoever goes through a pack passes over what it has seen.

use rocksdb::MergeOperands;

use super::StoreError;
use super::keys::{self, EntryKey};
use super::laid::Laid;
use crate::domain::wallet::WalletId;
use crate::journal::codec::{Reader, RowError};

/// Entries of a pack, by their numbers: 1 to 63 are in the first.
pub const ENTRIES: u64 = 64;

const WORD: usize = 4;
/// Bytes of the words that one byte of marks is about.
const EIGHT: usize = 8 * WORD;
/// Place, number, and bytes of a part.
const HEAD: usize = 6;
/// The length of an entry that does not fit in one byte stands behind this one.
const LONG: u8 = u8::MAX;

/// The key of the pack that holds an entry.
pub fn key(wallet: WalletId, seq: u64) -> EntryKey {
    keys::entry(wallet, seq / ENTRIES)
}

/// Before the pack of an entry, and past the last of its wallet.
pub fn from(wallet: WalletId, seq: u64) -> (EntryKey, EntryKey) {
    (key(wallet, seq), keys::entry(wallet, u64::MAX))
}

/// A part of a pack, as it is about to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub pack: EntryKey,
    /// The pack begins with it: there is nothing to put it behind.
    pub begins: bool,
}

/// Entries on their way into packs, which come wallet by wallet and in their order.
#[derive(Default)]
pub struct Packing {
    parts: Laid<Part>,
    open: Option<Open>,
    entries: usize,
    /// The entry before, where that is not the first of its part, and the one that is being written: whole words.
    before: Vec<u8>,
    entry: Vec<u8>,
}

/// The part that the next entry may belong to.
struct Open {
    wallet: WalletId,
    first: u64,
    next: u64,
    /// Where it begins among the bytes, and where its first entry does.
    head: usize,
    entry: usize,
}

/// The length of an entry in one byte.
fn short(length: usize) -> Option<u8> {
    u8::try_from(length).ok().filter(|length| *length != LONG)
}

/// The length of an entry that does not fit in one.
fn long(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("an entry is far shorter than 4 GiB").to_le_bytes()
}

impl Packing {
    /// Takes the next entry, whose bytes `put` writes.
    pub fn push(&mut self, wallet: WalletId, seq: u64, put: impl FnOnce(&mut Vec<u8>)) {
        self.entries += 1;
        let continues =
            |open: &&mut Open| (open.wallet, open.next) == (wallet, seq) && !seq.is_multiple_of(ENTRIES);
        let Some(open) = self.open.as_mut().filter(continues) else {
            self.close();
            self.begin(wallet, seq, put);
            return;
        };
        let bytes = self.parts.open();
        if open.next == open.first + 1 {
            // Only now: where most parts have one entry, none is moved once more.
            self.before.clear();
            self.before.extend_from_slice(&bytes[open.entry..]);
        }
        open.next += 1;
        self.entry.clear();
        put(&mut self.entry);
        put_difference(bytes, &mut self.before, &mut self.entry);
        std::mem::swap(&mut self.before, &mut self.entry);
    }

    /// Begins a part with an entry, which is written in full.
    fn begin(&mut self, wallet: WalletId, seq: u64, put: impl FnOnce(&mut Vec<u8>)) {
        let bytes = self.parts.open();
        let head = bytes.len();
        bytes.extend_from_slice(&[0; HEAD + 1]);
        let mut entry = bytes.len();
        put(bytes);
        let length = bytes.len() - entry;
        match short(length) {
            Some(length) => bytes[entry - 1] = length,
            None => {
                bytes[entry - 1] = LONG;
                bytes.splice(entry..entry, long(length));
                entry += size_of::<u32>();
            }
        }
        self.open = Some(Open { wallet, first: seq, next: seq + 1, head, entry });
    }

    /// How many entries a part has, on average.
    pub fn entries_a_part(&mut self) -> usize {
        self.close();
        self.entries.checked_div(self.parts.len()).unwrap_or(0)
    }

    /// All parts, in the order in which their entries came.
    pub fn parts(&mut self) -> impl Iterator<Item = (Part, &[u8])> {
        self.close();
        self.parts.each()
    }

    pub fn clear(&mut self) {
        (self.open, self.entries) = (None, 0);
        self.parts.clear();
    }

    fn close(&mut self) {
        let Some(Open { wallet, first, next, head, .. }) = self.open.take() else { return };
        let bytes = self.parts.open();
        let length = u32::try_from(bytes.len() - head - HEAD).expect("a pack is far shorter than 4 GiB");
        // Both are less than the entries of a pack.
        let (place, number) = ((first % ENTRIES) as u8, (next - first) as u8);
        bytes[head..head + 2].copy_from_slice(&[place, number]);
        bytes[head + 2..head + HEAD].copy_from_slice(&length.to_le_bytes());
        self.parts.close(Part { pack: key(wallet, first), begins: place == 0 || first == 1 });
    }
}

/// Writes what differs between two entries, which are made whole words of one length.
fn put_difference(out: &mut Vec<u8>, before: &mut Vec<u8>, entry: &mut Vec<u8>) {
    match short(entry.len()) {
        Some(length) => out.push(length),
        None => {
            out.push(LONG);
            out.extend_from_slice(&long(entry.len()));
        }
    }
    let words = entry.len().div_ceil(WORD);
    before.truncate(words * WORD);
    // Whole eights, so that none of them is another case: behind the words nothing differs.
    let eights = words.div_ceil(8);
    entry.resize(eights * EIGHT, 0);
    before.resize(eights * EIGHT, 0);
    let begin = out.len();
    out.resize(begin + eights + eights * EIGHT, 0);
    let (marks, literals) = out[begin..].split_at_mut(eights);
    let mut end = 0;
    let both = entry.as_chunks::<EIGHT>().0.iter().zip(before.as_chunks::<EIGHT>().0);
    for (mark, (new, old)) in marks.iter_mut().zip(both) {
        let (room, _) = literals[end..end + EIGHT].as_chunks_mut::<WORD>();
        let (mut count, mut differing) = (0, 0);
        for place in 0..8 {
            let [new, old] = [new, old].map(|eight| word_of(eight, place));
            // Written in any case: the next overwrites it where it does not differ.
            room[count % 8] = new;
            differing |= u8::from(new != old) << place;
            count += usize::from(new != old);
        }
        *mark = differing;
        end += count * WORD;
    }
    entry.truncate(words * WORD);
    out.truncate(begin + eights + end);
}

fn word_of(eight: &[u8; EIGHT], place: usize) -> [u8; WORD] {
    eight[place * WORD..(place + 1) * WORD].try_into().expect("a word")
}

fn take_length(reader: &mut Reader<'_>) -> Result<usize, RowError> {
    Ok(match reader.bytes(1)?[0] {
        LONG => reader.take::<zerocopy::little_endian::U32>()?.get() as usize,
        length => usize::from(length),
    })
}

/// Reads the first entry of a part; its length.
fn take_first(reader: &mut Reader<'_>, entry: &mut Vec<u8>) -> Result<usize, RowError> {
    let length = take_length(reader)?;
    entry.clear();
    entry.extend_from_slice(reader.bytes(length)?);
    Ok(length)
}

/// Makes an entry of the one before it and what differs; its length without what makes it whole words.
fn take_difference(reader: &mut Reader<'_>, entry: &mut Vec<u8>) -> Result<usize, RowError> {
    let length = take_length(reader)?;
    let words = length.div_ceil(WORD);
    let marks = reader.bytes(words.div_ceil(8))?;
    entry.resize(words * WORD, 0);
    for (mark, eight) in marks.iter().zip(entry.chunks_mut(8 * WORD)) {
        let mut mark = *mark;
        for word in eight.as_chunks_mut::<WORD>().0 {
            if mark & 1 == 1 {
                *word = *reader.take()?;
            }
            mark >>= 1;
        }
        if mark != 0 {
            return Err(RowError("words past the end of an entry"));
        }
    }
    Ok(length)
}

/// Goes through packs, with room for an entry that is used again.
#[derive(Default)]
pub struct Unpacking(Vec<u8>);

impl Unpacking {
    /// Calls `visit` with the number and the bytes of each entry of a pack from `first` on, in order, until it answers
    /// false; whether it never did.
    pub fn each(
        &mut self,
        key: &[u8],
        pack: &[u8],
        first: u64,
        mut visit: impl FnMut(u64, &[u8]) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let misread = |error| StoreError::row(keys::ENTRIES)(error);
        let (_, number) = keys::split_entry(key).ok_or(RowError("its key")).map_err(misread)?;
        let begin = number.checked_mul(ENTRIES).ok_or(RowError("its number")).map_err(misread)?;
        let mut next = first.max(begin);
        let mut parts = Reader(pack);
        while !parts.0.is_empty() {
            let (places, mut entries) = part(&mut parts).map_err(misread)?;
            if begin + places.end <= next {
                continue;
            }
            for place in places.clone() {
                let length = match place == places.start {
                    true => take_first(&mut entries, &mut self.0),
                    false => take_difference(&mut entries, &mut self.0),
                };
                let length = length.map_err(misread)?;
                if begin + place < next {
                    continue;
                }
                next = begin + place + 1;
                if !visit(begin + place, &self.0[..length])? {
                    return Ok(false);
                }
            }
            entries.finish().map_err(misread)?;
        }
        Ok(true)
    }

    /// One entry of a pack, where it is there.
    pub fn find(&mut self, pack: &[u8], wallet: WalletId, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = None;
        self.each(&key(wallet, seq), pack, seq, |at, row| {
            found = (at == seq).then(|| row.to_vec());
            Ok(false)
        })?;
        Ok(found)
    }
}

/// The places of the next part, and its entries.
fn part<'p>(parts: &mut Reader<'p>) -> Result<(std::ops::Range<u64>, Reader<'p>), RowError> {
    let head = parts.take::<[u8; HEAD]>()?;
    let [place, number, length @ ..] = *head;
    let (place, number) = (u64::from(place), u64::from(number));
    if number == 0 || place + number > ENTRIES {
        return Err(RowError("a part of a pack that is none"));
    }
    Ok((place..place + number, Reader(parts.bytes(u32::from_le_bytes(length) as usize)?)))
}

/// Puts the parts of a pack one behind the other.
pub fn merge(_pack: &[u8], existing: Option<&[u8]>, parts: &MergeOperands) -> Option<Vec<u8>> {
    let all = || existing.into_iter().chain(parts);
    let mut merged = Vec::with_capacity(all().map(<[u8]>::len).sum());
    all().for_each(|part| merged.extend_from_slice(part));
    Some(merged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WALLET: WalletId = WalletId { partition: 3, number: 9 };
    const OTHER: WalletId = WalletId { partition: 3, number: 10 };

    type Seen = Vec<(u64, Vec<u8>)>;

    /// Rows alike and not, short and long, with the lengths at which the form of the length changes.
    fn row() -> impl Strategy<Value = Vec<u8>> {
        let alike = (any::<[u8; 3]>(), 60..75usize).prop_map(|(own, length)| {
            let mut row = vec![7; length];
            row[20..23].copy_from_slice(&own);
            row
        });
        let ends = prop::sample::select(vec![0, 1, 3, 4, 5, 31, 32, 33, 253, 254, 255, 256, 257, 1_000]);
        let any_of = |length: usize| prop::collection::vec(any::<u8>(), length);
        prop_oneof![4 => alike, 1 => ends.prop_flat_map(any_of)]
    }

    /// What passes that end before these entries write, as (part, bytes), of the entries from `first` on.
    fn pass(rows: &[Vec<u8>], first: u64, past: u64) -> Vec<(Part, Vec<u8>)> {
        let mut packing = Packing::default();
        for seq in first..past {
            packing.push(WALLET, seq, |out| out.extend_from_slice(&rows[seq as usize - 1]));
        }
        packing.push(OTHER, past, |out| out.extend_from_slice(b"another wallet's"));
        let parts = packing.parts().map(|(part, bytes)| (part, bytes.to_vec())).collect::<Vec<_>>();
        let (own, others): (Vec<_>, _) =
            parts.into_iter().partition(|(part, _)| keys::split_entry(&part.pack).unwrap().0 == WALLET);
        assert_eq!(others.len(), 1);
        own
    }

    /// The packs that parts make, in the order of their keys.
    fn packs(parts: &[(Part, Vec<u8>)]) -> std::collections::BTreeMap<EntryKey, Vec<u8>> {
        let mut packs = std::collections::BTreeMap::<_, Vec<u8>>::new();
        for (Part { pack, begins }, bytes) in parts {
            let all = packs.entry(*pack).or_default();
            if *begins {
                all.clear();
            }
            all.extend_from_slice(bytes);
        }
        packs
    }

    fn seen(packs: &std::collections::BTreeMap<EntryKey, Vec<u8>>, first: u64) -> Seen {
        let (mut seen, mut unpacking) = (Seen::new(), Unpacking::default());
        for (key, pack) in packs {
            let visit = |seq, row: &[u8]| {
                seen.push((seq, row.to_vec()));
                Ok(true)
            };
            assert!(unpacking.each(key, pack, first, visit).unwrap());
        }
        seen
    }

    proptest! {
        #[test]
        fn entries_come_back_wherever_passes_end_and_also_where_some_were_written_twice(
            rows in prop::collection::vec(row(), 1..300),
            mut ends in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
            crash in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
            first in any::<prop::sample::Index>(),
        ) {
            let past = rows.len() as u64 + 1;
            let mut ends: Vec<_> = ends.drain(..).map(|end| end.index(rows.len()) as u64 + 1).collect();
            ends.push(past);
            ends.sort_unstable();
            // Up to `reached` passes had written when the engine died, up to `kept` they had for good.
            let place = |index: prop::sample::Index| index.index(rows.len()) as u64 + 1;
            let (one, other) = crash.map_or((1, 1), |(one, other)| (place(one), place(other)));
            let (kept, reached) = (one.min(other), one.max(other));
            let mut parts = [pass(&rows, 1, kept), pass(&rows, kept, reached)].concat();
            let mut begin = kept;
            for end in ends {
                parts.extend(pass(&rows, begin, end.max(kept)));
                begin = end.max(kept);
            }
            let packs = packs(&parts);
            let all: Seen = (1..).zip(rows.iter().cloned()).collect();
            prop_assert_eq!(&seen(&packs, 0), &all);
            let first = first.index(rows.len()) + 1;
            prop_assert_eq!(&seen(&packs, first as u64)[..], &all[first - 1..]);
            let mut unpacking = Unpacking::default();
            for (seq, row) in &all {
                let pack = &packs[&key(WALLET, *seq)];
                prop_assert_eq!(unpacking.find(pack, WALLET, *seq).unwrap(), Some(row.clone()));
            }
            if let Some(pack) = packs.get(&key(WALLET, past)) {
                prop_assert_eq!(unpacking.find(pack, WALLET, past).unwrap(), None);
            }
        }

        #[test]
        fn any_bytes_are_a_pack_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80), cut in any::<prop::sample::Index>()) {
            let key = key(WALLET, 1);
            let _ = Unpacking::default().each(&key, &bytes, 0, |_, _| Ok(true));
            let whole = pass(&vec![vec![7; 60]; 40], 1, 41).remove(0).1;
            let cut = cut.index(whole.len() - 1) + 1;
            prop_assert!(Unpacking::default().each(&key, &whole[..cut], 0, |_, _| Ok(true)).is_err());
        }
    }

    #[test]
    fn what_differs_little_takes_little_room() {
        let rows: Vec<_> = (0..63u8).map(|number| [&[7; 50][..], &[number], &[7; 50]].concat()).collect();
        let parts = pass(&rows, 1, 64);
        // The head of the part; an entry of 101 bytes; and of each other its length, four bytes of bits, and a word.
        assert_eq!(parts[0].1.len(), HEAD + (1 + 101) + 62 * (1 + 4 + 4));
        assert!(parts[0].0.begins && parts.len() == 1);
        let parts = pass(&vec![vec![1]; 200], 60, 130);
        let begins: Vec<_> = parts.iter().map(|(part, _)| part.begins).collect();
        assert_eq!(begins, [false, true, true]);
    }

    #[test]
    fn entries_are_counted_by_the_part() {
        let mut packing = Packing::default();
        assert_eq!(packing.entries_a_part(), 0);
        (1..=100).for_each(|seq| packing.push(WALLET, seq, |out| out.push(1)));
        assert_eq!(packing.entries_a_part(), 50);
        packing.push(OTHER, 7, |out| out.push(1));
        packing.push(OTHER, 9, |out| out.push(1));
        assert_eq!(packing.entries_a_part(), 25);
        packing.clear();
        packing.push(OTHER, 9, |out| out.push(1));
        assert_eq!(packing.entries_a_part(), 1);
    }

    #[test]
    fn a_visit_that_has_enough_ends_it() {
        let parts = pass(&vec![vec![1, 2]; 63], 1, 64);
        let mut visited = Vec::new();
        let goes_on = Unpacking::default().each(&parts[0].0.pack, &parts[0].1, 3, |seq, _| {
            visited.push(seq);
            Ok(seq < 5)
        });
        assert!(!goes_on.unwrap());
        assert_eq!(visited, [3, 4, 5]);
    }
}
