//! Texts made to end exactly where one segment becomes two, with pieces that must not be split lying
//! across the ends of parts. The corpora have none, so that even a wrong counter would agree on them.

use fastrand::Rng;

use super::world::pick;

/// Most of one part alone, then in parts with the short and the long header.
const SEPTETS: [usize; 3] = [160, 153, 152];
const CODE_UNITS: [usize; 3] = [70, 67, 66];

/// The last one is two letters, which may be cut apart.
const TWO_SEPTETS: &[&str] = &["]", "€", "{", "\\", "~", "^", "|", "\u{c}", "\r\n"];
const ONE_SEPTET: &[&str] = &["é", "ü", "Ç", "ß", "@", "Ω", "¿", "à", "\n", "\r"];
const ONE_CODE_UNIT: &[&str] = &["ç", "ж", "你", "e\u{301}", "ő", "’", "\t"];
const EMOJI: &[&str] = &["😀", "🚌", "👍🏽", "👩‍👧", "🇸🇬", "❤️"];

/// How often a piece is wide (two septets, or a surrogate pair).
#[derive(Clone, Copy)]
enum Wide {
    Everywhere,
    /// Where it would lie across the end of a part.
    Across,
    Nowhere,
}

/// Keeps the message's own words but gives them a length and pieces that a sloppy counter gets wrong.
pub fn stretch(text: &str, rng: &mut Rng) -> String {
    let gsm = rng.bool();
    let ([alone, short_header, long_header], wide, special) =
        if gsm { (SEPTETS, TWO_SEPTETS, ONE_SEPTET) } else { (CODE_UNITS, EMOJI, ONE_CODE_UNIT) };
    let part = if rng.u8(0..4) == 0 { long_header } else { short_header };
    let parts = rng.usize(1..5);
    let full = if parts == 1 { alone } else { parts * part };
    // Mostly full to the last septet: there one that is lost in front of a pair costs a whole part.
    let end = full + pick(rng, &[0, 1, 1, 1, 2]) - 1;
    let widely = pick(rng, &[Wide::Everywhere, Wide::Across, Wide::Across, Wide::Nowhere]);
    let words: Vec<char> = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
    let mut filler = if words.is_empty() { vec!['x'] } else { words }.into_iter().cycle();
    // One special letter first, so that the encoding is settled whatever follows.
    let mut stretched = pick(rng, special).to_string();
    let mut filled = width(&stretched, gsm);
    while filled < end {
        let put_wide = match widely {
            Wide::Everywhere => true,
            Wide::Across => (filled + 1).is_multiple_of(part) && filled + 1 < end,
            Wide::Nowhere => false,
        };
        let piece = if put_wide { pick(rng, wide).to_string() } else { filler.next().into_iter().collect() };
        filled += width(&piece, gsm);
        stretched += &piece;
    }
    stretched
}

/// Septets, or code units, without regard to parts.
fn width(text: &str, gsm: bool) -> usize {
    let two = |letter: char| letter != '\r' && TWO_SEPTETS.iter().any(|wide| wide.starts_with(letter));
    text.chars().map(|letter| if gsm { 1 + usize::from(two(letter)) } else { letter.len_utf16() }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::segments::{Header, count};
    use crate::words::Encoding;
    use std::collections::HashSet;

    fn texts() -> impl Iterator<Item = String> {
        let mut rng = Rng::with_seed(7);
        (0..1_000).map(move |_| stretch("see you at 8, ok?", &mut rng))
    }

    #[test]
    fn stretched_texts_fall_on_both_sides_of_every_boundary() {
        let counted: HashSet<_> = texts()
            .map(|text| count(&text, Header::SixOctets))
            .map(|(units, encoding)| (units, encoding == Encoding::Gsm7))
            .collect();
        for units in 1..=5 {
            for gsm in [true, false] {
                assert!(
                    counted.contains(&(units, gsm)),
                    "no text of {units} parts, gsm {gsm}, in {counted:?}"
                );
            }
        }
    }

    #[test]
    fn a_counter_that_divides_is_wrong_on_many_of_them() {
        let wrong = |gsm: bool| {
            texts()
                .filter(|text| {
                    let (units, encoding) = count(text, Header::SixOctets);
                    let part = if gsm { 153 } else { 67 };
                    (encoding == Encoding::Gsm7) == gsm
                        && units > 1
                        && width(text, gsm).div_ceil(part) != units
                })
                .count()
        };
        for gsm in [true, false] {
            assert!(wrong(gsm) > 40, "only {} texts tell packing from dividing, gsm {gsm}", wrong(gsm));
        }
    }
}
