//! Tags: an object of strings, kept as the JSON that it came in, without the blanks between its parts.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{Error, MapAccess, Visitor};
use smallvec::SmallVec;

use super::fault::{self, Fault};
use super::field::Field;
use super::raw::{Given, Name};
use crate::domain::event::TAGS_BYTES_MAX;

/// The tags to keep of a JSON value, which need not be a valid one; those of an empty object are none.
pub(super) fn check(json: &str) -> Result<Cow<'_, str>, Fault> {
    // The length comes first: it bounds what comparing every key with every other may cost.
    let compact = compact(json);
    if compact.len() > TAGS_BYTES_MAX {
        return Err(too_long());
    }
    let mut reader = serde_json::Deserializer::from_str(&compact);
    let read = reader.deserialize_map(Tags).and_then(|()| reader.end());
    let wanted = "they must be an object of strings, each key there once";
    read.map_err(|_| fault::bad_field(Field::Tags.name(), wanted))?;
    Ok(if compact == "{}" { Cow::Borrowed("") } else { compact })
}

pub(super) fn too_long() -> Fault {
    fault::bad_field(Field::Tags.name(), format!("they must have at most {TAGS_BYTES_MAX} bytes"))
}

/// Valid JSON without what stands between its parts for the eye only.
fn compact(json: &str) -> Cow<'_, str> {
    if json.chars().all(significant()) {
        return Cow::Borrowed(json);
    }
    let mut significant = significant();
    Cow::Owned(json.chars().filter(|character| significant(*character)).collect())
}

/// Told of the characters of a JSON text one by one, says whether each means something.
fn significant() -> impl FnMut(char) -> bool {
    let mut in_string = false;
    let mut escaped = false;
    move |character| {
        let blank = !in_string && matches!(character, ' ' | '\t' | '\n' | '\r');
        if !escaped && character == '"' {
            in_string = !in_string;
        }
        escaped = !escaped && character == '\\';
        !blank
    }
}

struct Tags;

impl<'a> Visitor<'a> for Tags {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut keys: SmallVec<[Cow<'a, str>; 8]> = SmallVec::new();
        while let Some(Name(key)) = map.next_key()? {
            let string = matches!(map.next_value()?, Given::Text(_));
            if !string || keys.contains(&key) {
                return Err(A::Error::custom("not a string, or twice"));
            }
            keys.push(key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_are_an_object_of_strings_with_each_key_once() {
        let longest = format!(r#"{{"a":"{}"}}"#, "x".repeat(TAGS_BYTES_MAX - 8));
        let longer = format!(r#"{{"a":"{}"}}"#, "x".repeat(TAGS_BYTES_MAX - 7));
        let table: &[(&str, Option<&str>)] = &[
            ("{}", Some("")),
            ("{ \t}", Some("")),
            (r#"{"a":"b"}"#, Some(r#"{"a":"b"}"#)),
            (r#"{ "a" : "b c" , "d":"" }"#, Some(r#"{"a":"b c","d":""}"#)),
            (r#"{"a \" b": " \\"}"#, Some(r#"{"a \" b":" \\"}"#)),
            (r#"{"ключ": "значение"}"#, Some(r#"{"ключ":"значение"}"#)),
            (r#"{"":""}"#, Some(r#"{"":""}"#)),
            (&longest, Some(&longest)),
            (&longer, None),
            (r#"{"a":"b","a":"b"}"#, None),
            (r#"{"a":"b","\u0061":"c"}"#, None),
            (r#"{"a":1}"#, None),
            (r#"{"a":null}"#, None),
            (r#"{"a":{"b":"c"}}"#, None),
            (r#"{"a":["b"]}"#, None),
            (r#"{"a":"\ud800"}"#, None),
            ("[]", None),
            (r#""x""#, None),
            ("1", None),
            ("null", None),
            ("", None),
            ("{", None),
            (r#"{"a":"b"} {"c":"d"}"#, None),
            (r#"{"a":"b"}x"#, None),
            ("{\u{a0}}", None),
        ];
        for (json, want) in table {
            assert_eq!(check(json).ok().as_deref(), *want, "reading {json}");
        }
    }

    #[test]
    fn blanks_do_not_count_towards_the_length() {
        let wide = format!(r#"{{"a":{}"b"}}"#, " ".repeat(TAGS_BYTES_MAX));
        assert_eq!(check(&wide).unwrap(), r#"{"a":"b"}"#);
    }

    proptest! {
        #[test]
        fn compacting_changes_no_value(pairs in prop::collection::btree_map(".{0,8}", ".{0,8}", 0..6)) {
            let pretty = serde_json::to_string_pretty(&pairs).unwrap();
            let plain = serde_json::to_string(&pairs).unwrap();
            prop_assert_eq!(compact(&pretty), plain);
        }
    }
}
