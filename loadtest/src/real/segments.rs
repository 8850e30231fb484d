//! The second segment counter: a text becomes a list of pieces that must not be split, and the pieces
//! are packed into parts one after the other (RULES, section 3).

use crate::words::Encoding;

/// The GSM 03.38 basic table, row by row as the standard prints it; the escape is left out.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅå\
    Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ\
    \u{20}!\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
    ¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Reached through the escape, so two septets that belong together.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Which parts a long message is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    SixOctets,
    /// From a toll-free channel to a number of the +1 plan.
    SevenOctets,
}

/// Billed segments of a text, and how it goes on the air.
pub fn count(text: &str, header: Header) -> (usize, Encoding) {
    let septets: Option<Vec<usize>> = text.chars().map(septets_of).collect();
    let (pieces, encoding) = match septets {
        Some(pieces) => (pieces, Encoding::Gsm7),
        None => (text.chars().map(char::len_utf16).collect(), Encoding::Ucs2),
    };
    let (alone, in_parts) = match (encoding, header) {
        (Encoding::Gsm7, Header::SixOctets) => (160, 153),
        (Encoding::Gsm7, Header::SevenOctets) => (160, 152),
        (Encoding::Ucs2, Header::SixOctets) => (70, 67),
        (Encoding::Ucs2, Header::SevenOctets) => (70, 66),
    };
    if pieces.iter().sum::<usize>() <= alone {
        return (1, encoding);
    }
    (pack(&pieces, in_parts), encoding)
}

/// Septets of one character; `None` outside the GSM tables.
fn septets_of(character: char) -> Option<usize> {
    if EXTENSION.contains(character) { Some(2) } else { BASIC.contains(character).then_some(1) }
}

/// How many parts of `room` the pieces fill when none is split.
fn pack(pieces: &[usize], room: usize) -> usize {
    let mut parts: Vec<usize> = Vec::new();
    for piece in pieces {
        match parts.last_mut() {
            Some(filled) if *filled + piece <= room => *filled += piece,
            _ => parts.push(*piece),
        }
    }
    parts.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_the_standard_size() {
        assert_eq!(BASIC.chars().count(), 127, "128 codes less the escape");
        assert_eq!(EXTENSION.chars().count(), 10);
    }

    #[test]
    fn segments_at_their_boundaries() {
        use Encoding::*;
        use Header::*;
        let table: &[(&str, usize, Header, usize, Encoding)] = &[
            ("", 1, SixOctets, 1, Gsm7),
            ("a", 160, SixOctets, 1, Gsm7),
            ("a", 161, SixOctets, 2, Gsm7),
            ("a", 306, SixOctets, 2, Gsm7),
            ("a", 307, SixOctets, 3, Gsm7),
            ("a", 304, SevenOctets, 2, Gsm7),
            ("a", 305, SevenOctets, 3, Gsm7),
            ("]", 80, SixOctets, 1, Gsm7),
            ("]", 81, SixOctets, 2, Gsm7),
            ("]", 152, SixOctets, 2, Gsm7),
            ("]", 153, SixOctets, 3, Gsm7),
            ("]", 152, SevenOctets, 2, Gsm7),
            ("\r\n", 80, SixOctets, 1, Gsm7),
            ("\r\n", 81, SixOctets, 2, Gsm7),
            ("\r\n", 153, SixOctets, 2, Gsm7),
            ("\r\n", 154, SixOctets, 3, Gsm7),
            ("ж", 70, SixOctets, 1, Ucs2),
            ("ж", 71, SixOctets, 2, Ucs2),
            ("ж", 134, SixOctets, 2, Ucs2),
            ("ж", 135, SixOctets, 3, Ucs2),
            ("ж", 132, SevenOctets, 2, Ucs2),
            ("ж", 133, SevenOctets, 3, Ucs2),
            ("😀", 35, SixOctets, 1, Ucs2),
            ("😀", 36, SixOctets, 2, Ucs2),
            ("😀", 66, SixOctets, 2, Ucs2),
            ("😀", 67, SixOctets, 3, Ucs2),
            ("e\u{301}", 35, SixOctets, 1, Ucs2),
            ("e\u{301}", 36, SixOctets, 2, Ucs2),
            ("ç", 1, SixOctets, 1, Ucs2),
            ("Ç", 1, SixOctets, 1, Gsm7),
            ("\t", 1, SixOctets, 1, Ucs2),
        ];
        for (piece, times, header, parts, encoding) in table {
            let counted = count(&piece.repeat(*times), *header);
            assert_eq!(counted, (*parts, *encoding), "{times} x {piece:?} with {header:?}");
        }
    }

    #[test]
    fn an_escape_pair_moves_whole_into_the_next_part() {
        let straddling = format!("{}]{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(count(&straddling, Header::SixOctets).0, 3, "152 + pair + 152 leaves one septet unused");
        let fitting = format!("{}]{}", "a".repeat(151), "a".repeat(153));
        assert_eq!(count(&fitting, Header::SixOctets).0, 2);
    }
}
