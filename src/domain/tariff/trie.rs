//! From the digits of a number to the longest prefix that it begins with.
//!
//! A trie of few and wide steps: three or four digits at its root, two at every node below, until so
//! few prefixes are left that they stand side by side in one *bucket* and are compared with the rest
//! of the number at once. So most numbers need the root and one bucket, in one or two cache lines,
//! and 30,000 prefixes fit the cache of a core: rating with them costs about what it costs with 30
//! (`benches/rating.rs`).
//!
//! A number is read as if it went on with [`END`] for ever, so where it stops is no special case.

use std::collections::HashMap;

use super::prefix::{PREFIX_DIGITS_MAX, Prefix};

/// Ten digits and [`END`].
const SYMBOLS: usize = 11;
/// What stands behind the last digit of a number.
const END: usize = 10;
/// From so many prefixes on the root takes four digits, which makes it 57 KiB large.
const WIDE_FROM: usize = 1_000;
const NODE_DIGITS: usize = 2;
const NODE_SLOTS: usize = SYMBOLS.pow(NODE_DIGITS as u32);
/// Words of a node in front of its slots: a bit for each pair of symbols, set where the slot is not
/// that of the pair before.
const NODE_WORDS: usize = 4;
/// Entries of a bucket that are compared at once: its prefixes, and one that matches always.
const LANES: usize = 8;
/// Digits that an entry of a bucket can hold.
const LANE_DIGITS: usize = 8;
/// What an entry holds behind its digits; neither a digit nor what is behind those of a number.
const UNUSED: u32 = 0xeeee_eeee;
const NO_PLAN: u32 = u32::MAX;

const _: () = assert!(NODE_SLOTS <= NODE_WORDS * u32::BITS as usize);
const _: () = assert!(PREFIX_DIGITS_MAX < Digits::NIBBLES);

/// The digits of a number in four bits each, first digit highest, filled up with ones.
#[derive(Clone, Copy)]
pub(in crate::domain) struct Digits(u64);

impl Digits {
    const NIBBLES: usize = 16;

    /// From ASCII, at most 15; what is no digit matches no prefix.
    #[inline]
    pub(in crate::domain) fn new(digits: &[u8]) -> Digits {
        let digits = &digits[..digits.len().min(PREFIX_DIGITS_MAX)];
        let nibble = |digit: &u8| u64::from(digit.wrapping_sub(b'0').min(15));
        let packed = digits.iter().fold(u64::MAX, |packed, digit| packed << 4 | nibble(digit));
        Digits(packed.rotate_right(4 * digits.len() as u32))
    }

    #[inline]
    fn symbol(self, at: usize) -> usize {
        let nibble = self.0 << (4 * at) >> (u64::BITS - 4);
        (nibble as usize).min(END)
    }

    /// Two symbols as one number.
    #[inline]
    fn pair(self, at: usize) -> usize {
        self.symbol(at) * SYMBOLS + self.symbol(at + 1)
    }

    /// The digits from a place on, as far as 32 bits go; the place may be just behind the last.
    #[inline]
    fn from(self, at: usize) -> u32 {
        (self.0.checked_shl(4 * at as u32).unwrap_or(u64::MAX) >> u32::BITS) as u32
    }
}

/// What is known at a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Value {
    /// Below `u32::MAX`.
    pub plan: u32,
    pub base: u32,
}

/// Prefixes, each with a value.
pub(super) struct Trie {
    root_digits: usize,
    root: Box<[Slot]>,
    /// Nodes: [`NODE_WORDS`] of bits, then as many slots as bits are set. Buckets: the number of
    /// entries, then of all of them the digits, the plans and the bases. Longer prefixes come first; the
    /// last entry has no digits and what is inherited. [`LANES`] words at the end belong to nobody, so
    /// that as many can be read anywhere.
    words: Vec<u32>,
}

/// Where a symbol leads: to a bucket or, with the top bit set, to a node.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot(u32);

impl Slot {
    const NODE_BIT: u32 = 1 << 31;

    fn bucket(at: usize) -> Slot {
        let at = u32::try_from(at).ok().filter(|at| *at < Slot::NODE_BIT);
        Slot(at.expect("the trie of at most ROWS_MAX prefixes has fewer than 2^31 words"))
    }

    fn node(at: usize) -> Slot {
        Slot(Slot::bucket(at).0 | Slot::NODE_BIT)
    }

    fn is_node(self) -> bool {
        self.0 & Slot::NODE_BIT != 0
    }

    fn at(self) -> usize {
        (self.0 & !Slot::NODE_BIT) as usize
    }
}

impl Trie {
    /// From prefixes in ascending order, each once.
    pub(super) fn new(prefixes: &[(Prefix, Value)]) -> Trie {
        let (any, longer) = match prefixes {
            [(Prefix::ANY, value), longer @ ..] => (Some(*value), longer),
            longer => (None, longer),
        };
        let root_digits = if prefixes.len() < WIDE_FROM { 3 } else { 4 };
        let mut builder = Builder::default();
        let root = builder.slots(0, root_digits, any, longer).into_boxed_slice();
        builder.words.extend([0; LANES]);
        builder.words.shrink_to_fit();
        Trie { root_digits, root, words: builder.words }
    }

    /// The value of the longest prefix that the digits begin with.
    #[inline]
    pub(super) fn longest(&self, digits: Digits) -> Option<Value> {
        let first = digits.pair(0) * SYMBOLS + digits.symbol(2);
        let first = if self.root_digits == 3 { first } else { first * SYMBOLS + digits.symbol(3) };
        let mut slot = self.root[first];
        let mut at = self.root_digits;
        while slot.is_node() {
            slot = self.step(slot.at(), digits.pair(at));
            at += NODE_DIGITS;
        }
        self.in_bucket(slot.at(), digits.from(at))
    }

    #[inline]
    fn step(&self, node: usize, symbols: usize) -> Slot {
        let node = &self.words[node..];
        let bits = |word: usize| u64::from(node[word]) | u64::from(node[word + 1]) << u32::BITS;
        let up_to = |index: usize| u64::MAX >> (u64::BITS as usize - 1 - index);
        let rank = if symbols < 64 {
            (bits(0) & up_to(symbols)).count_ones()
        } else {
            bits(0).count_ones() + (bits(2) & up_to(symbols - 64)).count_ones()
        };
        Slot(node[NODE_WORDS - 1 + rank as usize])
    }

    /// Compares all lanes without a branch: which one matches cannot be foreseen, and to foresee it
    /// wrongly costs more than to compare them all. Lanes behind the last entry do not count.
    #[inline]
    fn in_bucket(&self, bucket: usize, rest: u32) -> Option<Value> {
        let [count, entries @ ..] = &self.words[bucket..] else { return None };
        let count = *count as usize;
        let digits = entries.first_chunk::<LANES>()?;
        let differing = digits.map(|digits| (digits ^ rest) & relevant(digits));
        let matching = (0..LANES).fold(0, |bits, lane| bits | u32::from(differing[lane] == 0) << lane);
        let first = matching.trailing_zeros() as usize;
        let (plan, base) = (entries[count + first], entries[2 * count + first]);
        (plan != NO_PLAN).then_some(Value { plan, base })
    }
}

#[derive(Default)]
struct Builder {
    words: Vec<u32>,
    /// The buckets without entries, by their value.
    empty: HashMap<Option<Value>, Slot>,
}

impl Builder {
    /// The slots of what stands `depth` digits deep and takes `width` digits. All prefixes are longer
    /// than `depth` and the same so far.
    fn slots(
        &mut self,
        depth: usize,
        width: usize,
        inherited: Option<Value>,
        prefixes: &[(Prefix, Value)],
    ) -> Vec<Slot> {
        let mut values = vec![inherited; SYMBOLS.pow(width as u32)];
        // Shorter prefixes first, so that longer ones overwrite the part that is theirs.
        for length in 1..=width {
            let covered = SYMBOLS.pow((width - length) as u32);
            for (prefix, value) in
                prefixes.iter().filter(|(prefix, _)| prefix.digits().len() == depth + length)
            {
                let first = number(&prefix.digits()[depth..]) * covered;
                values[first..first + covered].fill(Some(*value));
            }
        }
        let mut slots: Vec<Slot> = values.iter().map(|value| self.empty_bucket(*value)).collect();
        let end = depth + width;
        let to_the_end = |prefix: &Prefix| prefix.digits().get(depth..end).map(number);
        for family in prefixes.chunk_by(|(one, _), (other, _)| to_the_end(one) == to_the_end(other)) {
            let Some(index) = to_the_end(&family[0].0) else { continue };
            // The prefix that ends exactly here comes first in its family.
            let longer = if family[0].0.digits().len() == end { &family[1..] } else { family };
            if !longer.is_empty() {
                slots[index] = self.below(end, values[index], longer);
            }
        }
        slots
    }

    /// A bucket where the prefixes fit one, else a node.
    fn below(&mut self, depth: usize, inherited: Option<Value>, prefixes: &[(Prefix, Value)]) -> Slot {
        let short = |(prefix, _): &(Prefix, Value)| prefix.digits().len() - depth <= LANE_DIGITS;
        if prefixes.len() < LANES && prefixes.iter().all(short) {
            return self.bucket(depth, inherited, prefixes);
        }
        let slots = self.slots(depth, NODE_DIGITS, inherited, prefixes);
        let at = self.words.len();
        self.words.extend([0; NODE_WORDS]);
        for (index, slot) in slots.iter().enumerate() {
            if index == 0 || slots[index - 1] != *slot {
                self.words[at + index / u32::BITS as usize] |= 1 << (index % u32::BITS as usize);
                self.words.push(slot.0);
            }
        }
        Slot::node(at)
    }

    fn empty_bucket(&mut self, value: Option<Value>) -> Slot {
        if let Some(slot) = self.empty.get(&value) {
            return *slot;
        }
        let slot = self.bucket(0, value, &[]);
        self.empty.insert(value, slot);
        slot
    }

    fn bucket(&mut self, depth: usize, inherited: Option<Value>, prefixes: &[(Prefix, Value)]) -> Slot {
        let at = self.words.len();
        let mut entries: Vec<[u32; 3]> = Vec::with_capacity(LANES);
        let mut longest_first = prefixes.to_vec();
        longest_first.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.digits().len()));
        for (prefix, value) in longest_first {
            let unused = depth + LANE_DIGITS - prefix.digits().len();
            let digits = Digits::new(prefix.digits()).from(depth);
            let used = u32::MAX << (4 * unused);
            entries.push([digits & used | UNUSED & !used, value.plan, value.base]);
        }
        let inherited = inherited.unwrap_or(Value { plan: NO_PLAN, base: 0 });
        entries.push([UNUSED, inherited.plan, inherited.base]);
        self.words.push(entries.len() as u32);
        for word in 0..3 {
            self.words.extend(entries.iter().map(|entry| entry[word]));
        }
        Slot::bucket(at)
    }
}

/// The bits of the digits of an entry that count: all but those of [`UNUSED`].
#[inline]
fn relevant(digits: u32) -> u32 {
    let differing = digits ^ UNUSED;
    let pairs = differing | differing >> 1;
    let used = (pairs | pairs >> 2) & 0x1111_1111;
    (used << 4).wrapping_sub(used)
}

/// Digits as a number of base [`SYMBOLS`].
fn number(digits: &[u8]) -> usize {
    digits.iter().fold(0, |sum, digit| sum * SYMBOLS + usize::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trie(prefixes: &[String]) -> (Vec<Prefix>, Trie) {
        let mut sorted: Vec<Prefix> = prefixes.iter().map(|text| Prefix::parse(text).unwrap()).collect();
        sorted.sort();
        sorted.dedup();
        let value = |plan| Value { plan, base: plan + 7 };
        let numbered: Vec<_> = sorted.iter().zip(0..).map(|(prefix, plan)| (*prefix, value(plan))).collect();
        (sorted, Trie::new(&numbered))
    }

    fn longest(trie: &Trie, digits: &[u8]) -> Option<usize> {
        let Value { plan, base } = trie.longest(Digits::new(digits))?;
        assert_eq!(base, plan + 7, "plan and base of one value");
        Some(plan as usize)
    }

    #[test]
    fn the_longest_prefix_is_found_at_every_length() {
        let prefixes: Vec<String> = (1..=15).map(|length| "123456789012345"[..length].to_owned()).collect();
        let (sorted, trie) = trie(&prefixes);
        for length in 0..=15 {
            let number = &"123456789012345".as_bytes()[..length];
            let found = longest(&trie, number).map(|at| sorted[at].digits());
            assert_eq!(found, (length > 0).then_some(number), "the prefix that is the whole number");
            let mut other = number.to_vec();
            other.push(b'9');
            let continued = if length == 8 { &b"123456789"[..] } else { number };
            let found = longest(&trie, &other).map(|at| sorted[at].digits());
            assert_eq!(found, (length > 0).then_some(continued), "one digit more");
        }
    }

    #[test]
    fn no_digits_and_what_is_no_digit_find_only_the_star() {
        let (_, without) = trie(&["1".to_owned()]);
        let (_, with) = trie(&["1".to_owned(), "*".to_owned()]);
        for digits in [&b""[..], b"ACME", b"\0\xff/", b"2125550100"] {
            assert_eq!(longest(&without, digits), None, "{digits:?}");
            assert_eq!(longest(&with, digits), Some(0), "{digits:?}");
        }
    }

    #[test]
    fn every_prefix_of_many_is_found_and_nothing_beside_them() {
        // More than a bucket holds below one start, and enough for the wide root.
        let prefixes: Vec<String> = (0..40_000u32).step_by(7).map(|number| format!("1{number:05}")).collect();
        let (sorted, trie) = trie(&prefixes);
        assert_eq!(trie.root_digits, 4);
        for number in 0..40_000u32 {
            let digits = format!("1{number:05}99");
            let found = longest(&trie, digits.as_bytes()).map(|at| sorted[at].to_string());
            let want = (number % 7 == 0).then(|| format!("1{number:05}"));
            assert_eq!(found, want, "{digits}");
        }
    }

    #[test]
    fn the_last_digit_may_take_a_node_under_either_root() {
        for others in [0, WIDE_FROM] {
            let mut prefixes: Vec<String> = (0..10).map(|last| format!("20000000000000{last}")).collect();
            prefixes.extend((0..others).map(|number| format!("1{number:05}")));
            let (sorted, trie) = trie(&prefixes);
            for prefix in &prefixes {
                let found = longest(&trie, prefix.as_bytes()).map(|at| sorted[at].to_string());
                assert_eq!(found.as_ref(), Some(prefix), "beside {others}");
            }
            assert_eq!(longest(&trie, b"20000000000000"), None, "a digit short, beside {others}");
        }
    }

    proptest! {
        #[test]
        fn the_trie_finds_what_a_scan_finds(
            prefixes in prop::collection::vec("\\*|[1-3][0-29]{0,14}|[1-9][0-9]{0,8}", 0..60),
            numbers in prop::collection::vec("[1-3][0-29]{0,14}|[1-9][0-9]{6,14}", 1..40),
        ) {
            let (sorted, trie) = trie(&prefixes);
            for number in &numbers {
                let want = sorted
                    .iter()
                    .filter(|prefix| number.as_bytes().starts_with(prefix.digits()))
                    .max_by_key(|prefix| prefix.digits().len());
                let found = longest(&trie, number.as_bytes()).map(|at| &sorted[at]);
                prop_assert_eq!(found, want, "{}", number);
            }
        }
    }
}
