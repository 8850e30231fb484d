//! Attributes in HTTP headers (CloudEvents HTTP protocol binding 1.0.2, section 3.1.3).

use std::borrow::Cow;

use memchr::memchr2;

const PREFIX: &str = "ce-";

/// The attribute that a header is for, if it is for one. Header names know no case.
pub(super) fn attribute_name(header: &str) -> Option<Cow<'_, str>> {
    let (prefix, name) = header.split_at_checked(PREFIX.len())?;
    if !prefix.eq_ignore_ascii_case(PREFIX) {
        return None;
    }
    let lower_case = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if lower_case { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) })
}

/// What the value of a header says: out of its quotes, if it has them (RFC 7230, section 3.2.6), then one
/// round of percent-decoding. `None` where that is no UTF-8. A percent sign that no two hexadecimal digits
/// follow stands for itself.
pub(super) fn value(header: &[u8]) -> Option<Cow<'_, str>> {
    let header = header.trim_ascii();
    if memchr2(b'%', b'"', header).is_none() {
        return std::str::from_utf8(header).ok().map(Cow::Borrowed);
    }
    let unquoted = match header {
        [b'"', quoted @ .., b'"'] => without_escapes(quoted),
        plain => plain.to_vec(),
    };
    String::from_utf8(percent_decoded(&unquoted)).ok().map(Cow::Owned)
}

fn without_escapes(quoted: &[u8]) -> Vec<u8> {
    let mut bytes = quoted.iter();
    let mut unquoted = Vec::with_capacity(quoted.len());
    while let Some(byte) = bytes.next() {
        let escaped = if *byte == b'\\' { bytes.next() } else { None };
        unquoted.push(*escaped.unwrap_or(byte));
    }
    unquoted
}

fn percent_decoded(mut encoded: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(encoded.len());
    while let [first, rest @ ..] = encoded {
        let (byte, rest) = match encoded {
            [b'%', high, low, rest @ ..] => match (hexadecimal(*high), hexadecimal(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, rest),
                _ => (*first, &encoded[1..]),
            },
            _ => (*first, rest),
        };
        decoded.push(byte);
        encoded = rest;
    }
    decoded
}

fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_names_of_attributes_are_found_in_any_case() {
        let table = [
            ("ce-id", Some("id")),
            ("CE-SpecVersion", Some("specversion")),
            ("ce-", Some("")),
            ("ce", None),
            ("content-type", None),
            ("xce-id", None),
            ("éé", None),
        ];
        for (header, want) in table {
            assert_eq!(attribute_name(header).as_deref(), want, "{header}");
        }
    }

    #[test]
    fn values_are_unquoted_and_percent_decoded_once() {
        let table: &[(&[u8], Option<&str>)] = &[
            (b"m-1", Some("m-1")),
            (b"Euro%20%E2%82%AC%20%F0%9F%98%80", Some("Euro € 😀")),
            (b"%2525", Some("%25")),
            (b"100%", Some("100%")),
            (b"%zz%4", Some("%zz%4")),
            (b"%%41", Some("%A")),
            (b"\"a \\\"b\\\" %41\"", Some("a \"b\" A")),
            (b"\"", Some("\"")),
            (b"a\"b", Some("a\"b")),
            ("€".as_bytes(), Some("€")),
            (b" m-1 ", Some("m-1")),
            (b"", Some("")),
            (b"%ff", None),
            (b"\xff", None),
        ];
        for (header, want) in table {
            assert_eq!(value(header).as_deref(), *want, "{:?}", header.escape_ascii().to_string());
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(text in "\\PC*") {
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let read = value(encoded.as_bytes());
            prop_assert_eq!(read.as_deref(), Some(text.as_str()));
        }
    }
}
