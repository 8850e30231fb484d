//! Checks of single fields and headers that several resources share; each problem names its field.

use actix_web::http::header::HeaderMap;

use super::problem::{Code, Problem};
use crate::domain::event::ID_BYTES_MAX;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// Most bytes of a wallet's id.
const WALLET_BYTES_MAX: usize = 64;
/// Most bytes of the name of a wallet or a key.
pub const NAME_BYTES_MAX: usize = 200;
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// 1 to 64 of `A-Za-z0-9._:-`.
pub fn wallet_id(wallet: &str) -> Result<(), Problem> {
    let fits = (1..=WALLET_BYTES_MAX).contains(&wallet.len())
        && wallet.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
    if fits {
        Ok(())
    } else {
        Err(Problem::bad_field("wallet", "a wallet's id is 1 to 64 of A-Z a-z 0-9 . _ : -"))
    }
}

/// At most `bytes_max` bytes, without control characters.
pub fn text(field: &'static str, text: &str, bytes_max: usize) -> Result<(), Problem> {
    if text.len() > bytes_max {
        return Err(Problem::bad_field(field, format!("longer than {bytes_max} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::bad_field(field, "has control characters"));
    }
    Ok(())
}

/// [`text`], but not empty.
pub fn some_text(field: &'static str, given: &str, bytes_max: usize) -> Result<(), Problem> {
    if given.is_empty() { Err(Problem::bad_field(field, "empty")) } else { text(field, given, bytes_max) }
}

/// One of a set of words, where it is given.
pub fn word<T: Copy>(
    field: &'static str,
    given: Option<&str>,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<Option<T>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let found = all.iter().copied().find(|one| word(*one) == given);
    let words = || all.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| Problem::bad_field(field, format!("not one of {}", words())))
}

pub fn amount(field: &'static str, amount: &str) -> Result<Money, Problem> {
    Money::parse(amount).map_err(|error| Problem::bad_field(field, error.to_string()))
}

/// An RFC 3339 instant.
pub fn instant(field: &'static str, text: &str) -> Result<Timestamp, Problem> {
    let instant = text.parse::<jiff::Timestamp>().ok();
    let nanos = instant.and_then(|instant| i64::try_from(instant.as_nanosecond()).ok());
    let bad = || Problem::bad_field(field, "not an RFC 3339 instant such as 2026-08-15T00:00:00Z");
    nanos.map(Timestamp::from_nanos).ok_or_else(bad)
}

/// The only `Idempotency-Key` header: 1 to 128 visible characters of ASCII.
pub fn idempotency_key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY);
    let only = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    };
    only.filter(|key| {
        (1..=ID_BYTES_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    })
    .ok_or_else(|| {
        Problem::new(Code::IdempotencyKeyRequired, "send it once, with 1 to 128 visible ASCII characters")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    #[test]
    fn what_a_wallets_id_may_be() {
        let long = "w".repeat(65);
        let table = [
            ("acme", true),
            ("A-1_b.c:d", true),
            (&long[..64], true),
            (&long, false),
            ("", false),
            ("a b", false),
            ("a/b", false),
            ("é", false),
            ("a\0", false),
        ];
        for (wallet, want) in table {
            assert_eq!(wallet_id(wallet).is_ok(), want, "{wallet:?}");
        }
    }

    #[test]
    fn an_instant_says_its_offset_and_is_within_the_range_of_time() {
        let table = [
            ("2026-08-15T00:00:00Z", Some(1_786_752_000_000_000_000)),
            ("2026-08-15T02:00:00+02:00", Some(1_786_752_000_000_000_000)),
            ("1969-12-31T23:59:59.999999999Z", Some(-1)),
            ("2026-08-15", None),
            ("2026-08-15T00:00:00", None),
            ("yesterday", None),
            ("", None),
            ("3000-01-01T00:00:00Z", None),
        ];
        for (text, want) in table {
            let found = instant("from", text);
            assert_eq!(found.as_ref().ok().map(|at| at.nanos()), want, "{text:?}");
            assert!(found.is_ok() || found.is_err_and(|problem| problem.field() == Some("from")));
        }
    }

    #[test]
    fn an_idempotency_key_is_one_visible_text() {
        let long = "k".repeat(129);
        let table: [(&[&str], Option<&str>); 7] = [
            (&["order-1"], Some("order-1")),
            (&[&long[..128]], Some(&long[..128])),
            (&[&long], None),
            (&[""], None),
            (&["a b"], None),
            (&[], None),
            (&["a", "a"], None),
        ];
        for (values, want) in table {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(
                    HeaderName::from_static("idempotency-key"),
                    HeaderValue::from_str(value).unwrap(),
                );
            }
            assert_eq!(idempotency_key(&headers).ok(), want, "{values:?}");
        }
    }

    #[test]
    fn texts_have_a_length_and_no_control_characters() {
        let table =
            [("", true, false), ("Åcme", true, true), ("123456789", false, false), ("a\nb", false, false)];
        for (given, want, want_some) in table {
            assert_eq!(text("name", given, 8).is_ok(), want, "{given:?}");
            assert_eq!(some_text("name", given, 8).is_ok(), want_some, "{given:?}, not empty");
        }
    }
}
