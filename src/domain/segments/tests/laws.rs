//! The laws of packing, and a second, plainer packing that must come to the same.

use proptest::prelude::*;

use super::*;

/// Texts of GSM-7 alone (ASCII or not), of the Basic Multilingual Plane, and of anything: what is drawn from
/// everything alone is hardly ever GSM-7.
fn any_text() -> impl Strategy<Value = String> {
    let made_of = |alphabet: &'static str| {
        let characters: Vec<char> = alphabet.chars().collect();
        prop::collection::vec(prop::sample::select(characters), 0..700)
    };
    let characters = prop_oneof![
        made_of("a"),
        made_of("aaaaa]\r\n"),
        made_of("aé]€\r\n"),
        made_of("a`]\n"),
        made_of("aя😀\u{301}\n"),
        prop::collection::vec(any::<char>(), 0..400),
    ];
    characters.prop_map(String::from_iter)
}

fn any_header() -> impl Strategy<Value = Header> {
    prop_oneof![Just(SixOctets), Just(SevenOctets)]
}

/// Written out septet by septet or code unit by code unit, then cut at the limit, stepping back off a pair.
fn units_by_stepping_back(text: &str, header: Header) -> usize {
    let is_gsm =
        text.chars().all(|character| ONE_SEPTET.contains(character) || TWO_SEPTETS.contains(character));
    // Whether a part may start here.
    let starts: Vec<bool> = if is_gsm {
        let second = |character| TWO_SEPTETS.contains(character).then_some(false);
        text.chars().flat_map(|character| std::iter::once(true).chain(second(character))).collect()
    } else {
        text.encode_utf16().map(|unit| !(0xdc00..0xe000).contains(&unit)).collect()
    };
    let (bits, header_octets) = (if is_gsm { 7 } else { 16 }, if header == SixOctets { 6 } else { 7 });
    if starts.len() <= 140 * 8 / bits {
        return 1;
    }
    let limit = (140 - header_octets) * 8 / bits;
    let (mut units, mut cut) = (1, limit);
    while cut < starts.len() {
        while !starts[cut] {
            cut -= 1;
        }
        units += 1;
        cut += limit;
    }
    units
}

proptest! {
    #[test]
    fn parts_cover_the_text_in_order_and_are_full(text in any_text(), header in any_header()) {
        let counted = count(&text, header);
        let parts: Vec<Part> = parts(&text, header).collect();
        prop_assert_eq!(counted.units as usize, parts.len());
        prop_assert_eq!(counted.length, parts.iter().map(|part| part.length).sum::<u32>());

        let weight = |character: char| match counted.encoding {
            Gsm7 if TWO_SEPTETS.contains(character) => 2,
            Gsm7 => 1,
            Ucs2 => character.len_utf16() as u32,
        };
        let length_max = match (counted.encoding, header, parts.len()) {
            (Gsm7, _, 1) => 160,
            (Gsm7, SixOctets, _) => 153,
            (Gsm7, SevenOctets, _) => 152,
            (Ucs2, _, 1) => 70,
            (Ucs2, SixOctets, _) => 67,
            (Ucs2, SevenOctets, _) => 66,
        };
        let mut end = 0;
        for part in &parts {
            prop_assert_eq!(part.bytes.start, end, "a part starts where the last one ends");
            end = part.bytes.end;
            prop_assert_eq!(part.length, text[part.bytes.clone()].chars().map(weight).sum::<u32>());
            prop_assert!(part.length <= length_max, "{} is more than {length_max}", part.length);
            if let Some(next) = text[end..].chars().next() {
                prop_assert!(part.length + weight(next) > length_max, "{next:?} would have fitted");
            }
        }
        prop_assert_eq!(end, text.len(), "the last part ends the text");
    }

    #[test]
    fn units_are_those_of_the_plainer_packing(text in any_text(), header in any_header()) {
        prop_assert_eq!(count(&text, header).units as usize, units_by_stepping_back(&text, header));
    }

    #[test]
    fn a_longer_text_never_has_fewer_units(text in any_text(), more in any_text(), header in any_header()) {
        let longer = text.clone() + &more;
        prop_assert!(count(&longer, header).units >= count(&text, header).units);
    }
}
