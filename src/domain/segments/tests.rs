//! What texts come to, worked out by hand, and the characters of GSM-7.

mod laws;

use super::*;
use Encoding::{Gsm7, Ucs2};
use Header::{SevenOctets, SixOctets};

/// GSM 03.38's basic table in its own order, without the escape.
const ONE_SEPTET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                          ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension table.
const TWO_SEPTETS: &str = "\u{c}^{}\\[~]|€";

/// A text by its runs: so many times this.
type Runs<'a> = &'a [(usize, &'a str)];

fn text(runs: Runs) -> String {
    runs.iter().map(|(times, run)| run.repeat(*times)).collect()
}

/// The lengths of the parts, and that the units are their number.
fn check_parts(table: &[(Runs, Header, &[u32])]) {
    for (runs, header, want) in table {
        let text = text(runs);
        let lengths: Vec<u32> = parts(&text, *header).map(|part| part.length).collect();
        assert_eq!(lengths, *want, "{runs:?}, {header:?}");
        assert_eq!(count(&text, *header).units as usize, want.len(), "units of {runs:?}, {header:?}");
    }
}

/// How many characters the columns of the next two tables are for.
const CHARACTERS: [usize; 15] = [1, 69, 70, 71, 133, 134, 135, 159, 160, 161, 305, 306, 307, 459, 460];

#[test]
fn units_of_so_many_characters() {
    let table = [
        ("a", SixOctets, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4]),
        ("é", SixOctets, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4]),
        ("]", SixOctets, [1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("€", SixOctets, [1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("\n", SixOctets, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4]),
        ("\r", SixOctets, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4]),
        ("`", SixOctets, [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("я", SixOctets, [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("中", SixOctets, [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("😀", SixOctets, [1, 3, 3, 3, 5, 5, 5, 5, 5, 5, 10, 10, 10, 14, 14]),
        ("a", SevenOctets, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4]),
        ("é", SevenOctets, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4]),
        ("]", SevenOctets, [1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("я", SevenOctets, [1, 1, 1, 2, 3, 3, 3, 3, 3, 3, 5, 5, 5, 7, 7]),
        ("😀", SevenOctets, [1, 3, 3, 3, 5, 5, 5, 5, 5, 5, 10, 10, 10, 14, 14]),
    ];
    for (character, header, wanted) in table {
        for (characters, want) in CHARACTERS.into_iter().zip(wanted) {
            let got = count(&character.repeat(characters), header).units;
            assert_eq!(got, want, "{characters} of {character:?}, {header:?}");
        }
    }
}

#[test]
fn units_of_so_many_characters_the_last_of_which_takes_two() {
    let table = [
        ("a", "]", [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4]),
        ("é", "€", [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4]),
        ("я", "😀", [1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 5, 5, 5, 7, 7]),
    ];
    for (before, last, wanted) in table {
        for (characters, want) in CHARACTERS.into_iter().zip(wanted) {
            let got = count(&text(&[(characters - 1, before), (1, last)]), SixOctets).units;
            assert_eq!(got, want, "{characters} characters: {before:?} and a last {last:?}");
        }
    }
}

#[test]
fn a_pair_that_would_straddle_moves_to_the_next_part() {
    let table: &[(Runs, Header, &[u32])] = &[
        (&[(152, "a"), (1, "]"), (6, "a")], SixOctets, &[160]),
        (&[(152, "a"), (1, "]"), (7, "a")], SixOctets, &[152, 9]),
        (&[(152, "a"), (1, "]"), (151, "a")], SixOctets, &[152, 153]),
        (&[(152, "a"), (1, "]"), (152, "a")], SixOctets, &[152, 153, 1]),
        (&[(151, "a"), (1, "]"), (153, "a")], SixOctets, &[153, 153]),
        (&[(305, "a"), (1, "]"), (151, "a")], SixOctets, &[153, 152, 153]),
        (&[(305, "a"), (1, "]"), (152, "a")], SixOctets, &[153, 152, 153, 1]),
        (&[(152, "é"), (1, "€"), (152, "é")], SixOctets, &[152, 153, 1]),
        (&[(305, "é"), (1, "€"), (152, "é")], SixOctets, &[153, 152, 153, 1]),
        (&[(1, "a"), (152, "]"), (1, "a")], SixOctets, &[153, 153]),
        // As many septets as bytes, though no character has one of each.
        (&[(100, "é"), (100, "]")], SixOctets, &[152, 148]),
        (&[(1, "]"), (159, "a")], SixOctets, &[153, 8]),
        (&[(151, "a"), (1, "]"), (150, "a")], SevenOctets, &[151, 152]),
        (&[(151, "a"), (1, "]"), (151, "a")], SevenOctets, &[151, 152, 1]),
        (&[(66, "я"), (1, "😀"), (2, "я")], SixOctets, &[70]),
        (&[(66, "я"), (1, "😀"), (3, "я")], SixOctets, &[66, 5]),
        (&[(66, "я"), (1, "😀"), (65, "я")], SixOctets, &[66, 67]),
        (&[(66, "я"), (1, "😀"), (66, "я")], SixOctets, &[66, 67, 1]),
        (&[(65, "я"), (1, "😀"), (67, "я")], SixOctets, &[67, 67]),
        (&[(133, "я"), (1, "😀"), (65, "я")], SixOctets, &[67, 66, 67]),
        (&[(133, "я"), (1, "😀"), (66, "я")], SixOctets, &[67, 66, 67, 1]),
        (&[(65, "я"), (1, "😀"), (64, "я")], SevenOctets, &[65, 66]),
        (&[(65, "я"), (1, "😀"), (65, "я")], SevenOctets, &[65, 66, 1]),
    ];
    check_parts(table);
}

#[test]
fn a_carriage_return_and_a_line_feed_are_one_septet_each_and_may_be_cut_apart() {
    let table: &[(Runs, Header, &[u32])] = &[
        (&[(159, "a"), (1, "\n")], SixOctets, &[160]),
        (&[(160, "a"), (1, "\n")], SixOctets, &[153, 8]),
        (&[(159, "a"), (1, "\r")], SixOctets, &[160]),
        (&[(160, "a"), (1, "\r")], SixOctets, &[153, 8]),
        (&[(158, "a"), (1, "\r\n")], SixOctets, &[160]),
        (&[(159, "a"), (1, "\r\n")], SixOctets, &[153, 8]),
        (&[(151, "a"), (1, "\r\n"), (153, "a")], SixOctets, &[153, 153]),
        (&[(151, "a"), (1, "\r\n"), (154, "a")], SixOctets, &[153, 153, 1]),
        (&[(152, "a"), (1, "\r\n"), (152, "a")], SixOctets, &[153, 153]),
        (&[(152, "a"), (1, "\r\n"), (153, "a")], SixOctets, &[153, 153, 1]),
        (&[(153, "a"), (1, "\r\n"), (151, "a")], SixOctets, &[153, 153]),
        (&[(153, "a"), (1, "\r\n"), (152, "a")], SixOctets, &[153, 153, 1]),
        (&[(152, "é"), (1, "\r\n"), (152, "é")], SixOctets, &[153, 153]),
        (&[(152, "é"), (1, "\r\n"), (153, "é")], SixOctets, &[153, 153, 1]),
        (&[(151, "a"), (1, "\r\n"), (151, "a")], SevenOctets, &[152, 152]),
        (&[(151, "a"), (1, "\r\n"), (152, "a")], SevenOctets, &[152, 152, 1]),
        (&[(305, "a"), (1, "\n")], SixOctets, &[153, 153]),
        (&[(306, "a"), (1, "\n")], SixOctets, &[153, 153, 1]),
        (&[(304, "a"), (1, "\r\n")], SixOctets, &[153, 153]),
        (&[(305, "a"), (1, "\r\n")], SixOctets, &[153, 153, 1]),
        (&[(153, "\r\n")], SixOctets, &[153, 153]),
        (&[(154, "\r\n")], SixOctets, &[153, 153, 2]),
        (&[(150, "a"), (1, "\r\n]"), (152, "a")], SixOctets, &[152, 153, 1]),
        (&[(151, "a"), (1, "\r\n]"), (151, "a")], SixOctets, &[153, 153]),
        (&[(66, "я"), (1, "\r\n"), (66, "я")], SixOctets, &[67, 67]),
        (&[(66, "я"), (1, "\r\n"), (67, "я")], SixOctets, &[67, 67, 1]),
    ];
    check_parts(table);
}

#[test]
fn dividing_the_length_is_wrong() {
    let table: &[(Runs, Header, &[u32])] = &[
        (&[(153, "]")], SixOctets, &[152, 152, 2]),
        (&[(67, "😀")], SixOctets, &[66, 66, 2]),
        (&[(153, "]")], SevenOctets, &[152, 152, 2]),
        (&[(67, "😀")], SevenOctets, &[66, 66, 2]),
    ];
    check_parts(table);
}

#[test]
fn what_fits_alone_is_not_cut_though_it_exceeds_a_part() {
    let table: &[(Runs, Header, &[u32])] = &[
        (&[(154, "a")], SixOctets, &[154]),
        (&[(160, "a")], SixOctets, &[160]),
        (&[(160, "a")], SevenOctets, &[160]),
        (&[(161, "a")], SixOctets, &[153, 8]),
        (&[(161, "a")], SevenOctets, &[152, 9]),
        (&[(80, "]")], SixOctets, &[160]),
        (&[(81, "]")], SixOctets, &[152, 10]),
        (&[(80, "\r\n")], SixOctets, &[160]),
        (&[(80, "\r\n"), (1, "a")], SixOctets, &[153, 8]),
        (&[(70, "я")], SixOctets, &[70]),
        (&[(70, "я")], SevenOctets, &[70]),
        (&[(71, "я")], SixOctets, &[67, 4]),
        (&[(71, "я")], SevenOctets, &[66, 5]),
        (&[(35, "😀")], SixOctets, &[70]),
        (&[(36, "😀")], SixOctets, &[66, 6]),
    ];
    check_parts(table);
}

#[test]
fn encodings_and_lengths() {
    let table: &[(Runs, Encoding, u32, u32)] = &[
        (&[], Gsm7, 1, 0),
        (&[(1, "Hello")], Gsm7, 1, 5),
        (&[(1, "a\r\nb")], Gsm7, 1, 4),
        (&[(1, "a\nb")], Gsm7, 1, 3),
        (&[(1, "a\u{c}b")], Gsm7, 1, 4),
        (&[(1, "12 €")], Gsm7, 1, 5),
        (&[(1, "я\r\n")], Ucs2, 1, 3),
        (&[(68, "я"), (1, "\r\n")], Ucs2, 1, 70),
        (&[(69, "я"), (1, "\r\n")], Ucs2, 2, 71),
        (&[(1, "я]€")], Ucs2, 1, 3),
        (&[(1, "\0")], Ucs2, 1, 1),
        (&[(69, "a"), (1, "\0")], Ucs2, 1, 70),
        (&[(70, "a"), (1, "\0")], Ucs2, 2, 71),
        (&[(1, "\u{1b}")], Ucs2, 1, 1),
        (&[(1, "\t")], Ucs2, 1, 1),
        (&[(1, "\u{a0}")], Ucs2, 1, 1),
        (&[(1, "\u{feff}Hello")], Ucs2, 1, 6),
        (&[(1, "é")], Gsm7, 1, 1),
        (&[(1, "e\u{301}")], Ucs2, 1, 2),
        (&[(35, "e\u{301}")], Ucs2, 1, 70),
        (&[(36, "e\u{301}")], Ucs2, 2, 72),
        (&[(67, "e\u{301}")], Ucs2, 2, 134),
        (&[(1, "👨\u{200d}👩\u{200d}👧")], Ucs2, 1, 8),
        (&[(1, "Ç")], Gsm7, 1, 1),
        (&[(1, "ç")], Ucs2, 1, 1),
        (&[(1, "\u{2126}")], Ucs2, 1, 1),
        (&[(159, "a"), (1, "😀")], Ucs2, 3, 161),
    ];
    for (runs, encoding, units, length) in table {
        let want = Count { encoding: *encoding, units: *units, length: *length };
        assert_eq!(count(&text(runs), SixOctets), want, "{runs:?}");
    }
}

#[test]
fn two_characters_may_be_cut_apart_whatever_they_are_to_each_other() {
    let table: &[(Runs, &[char])] = &[
        (&[(36, "e\u{301}")], &['e', '\u{301}']),
        (&[(152, "a"), (1, "\r\n"), (152, "a")], &['a', '\n']),
        (&[(66, "я"), (1, "\r\n"), (66, "я")], &['я', '\n']),
    ];
    for (runs, want) in table {
        let text = text(runs);
        let starts: Vec<char> =
            parts(&text, SixOctets).filter_map(|part| text[part.bytes].chars().next()).collect();
        assert_eq!(starts, *want, "what the parts of {runs:?} start with");
    }
}

#[test]
fn an_empty_text_is_one_empty_part() {
    assert_eq!(parts("", SixOctets).collect::<Vec<_>>(), [Part { bytes: 0..0, length: 0 }]);
}

#[test]
fn the_longest_texts_of_255_units_and_one_character_more() {
    let table = [
        ("a", SixOctets, 39_015),
        ("é", SixOctets, 39_015),
        ("]", SixOctets, 19_380),
        ("я", SixOctets, 17_085),
        ("😀", SixOctets, 8_415),
        ("a", SevenOctets, 38_760),
        ("]", SevenOctets, 19_380),
        ("я", SevenOctets, 16_830),
        ("😀", SevenOctets, 8_415),
    ];
    for (character, header, characters) in table {
        let longest = count(&character.repeat(characters), header).units;
        let one_more = count(&character.repeat(characters + 1), header).units;
        assert_eq!((longest, one_more), (255, 256), "{characters} of {character:?}, {header:?}");
    }
}

#[test]
fn texts_of_any_size_have_a_count() {
    let want = Count { encoding: Gsm7, units: 65_790, length: 10_000_000 };
    assert_eq!(count(&"]".repeat(5_000_000), SixOctets), want);
    assert_eq!(saturated(u32::MAX as usize), u32::MAX);
    assert_eq!(saturated(usize::MAX), u32::MAX, "too much for a u32 is told as its largest");
}

#[test]
fn gsm_7_has_these_characters_and_no_others() {
    assert_eq!((ONE_SEPTET.chars().count(), TWO_SEPTETS.chars().count()), (127, 10));
    for character in '\0'..=char::MAX {
        let (encoding, length) = if ONE_SEPTET.contains(character) {
            (Gsm7, 1)
        } else if TWO_SEPTETS.contains(character) {
            (Gsm7, 2)
        } else {
            (Ucs2, character.len_utf16() as u32)
        };
        let want = Count { encoding, units: 1, length };
        assert_eq!(count(character.encode_utf8(&mut [0; 4]), SixOctets), want, "{character:?}");
    }
}

#[test]
fn the_header_is_seven_octets_between_a_toll_free_channel_and_plus_one_only() {
    let table = [
        (SenderType::TollFree, "+14155550100", SevenOctets),
        (SenderType::TollFree, "+447700900123", SixOctets),
        (SenderType::TollFree, "12345", SixOctets),
        (SenderType::TollFree, "1ACME", SixOctets),
        (SenderType::Local, "+14155550100", SixOctets),
        (SenderType::Mobile, "+14155550100", SixOctets),
        (SenderType::ShortCode, "+14155550100", SixOctets),
        (SenderType::Alphanumeric, "+14155550100", SixOctets),
    ];
    for (sender_type, peer, want) in table {
        let address = Address::parse(peer).unwrap();
        assert_eq!(Header::for_message(sender_type, &address), want, "{sender_type:?} and {peer}");
    }
}

proptest::proptest! {
    /// Counting bytes side by side is counting them one by one, however many there are.
    #[test]
    fn ascii_is_counted_as_the_table_says(text in "[\x00-\x7f]{0,20}", gsm in r"[ -_a-~\n\r\x0c]{0,600}") {
        for text in [text, gsm] {
            let by_table = sum_of(text.bytes().map(|byte| SEPTETS_LATIN[usize::from(byte)]));
            proptest::prop_assert_eq!(septets_of_ascii(&text), by_table, "{:?}", text);
        }
    }
}

#[test]
fn every_byte_of_ascii_is_counted_as_the_table_says() {
    for byte in 0..0x80u8 {
        let text = char::from(byte).to_string().repeat(300);
        assert_eq!(septets_of_ascii(&text), sum_of(text.chars().map(septets)), "{byte:#x}");
    }
}
