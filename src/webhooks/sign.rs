//! Signatures and secrets as Standard Webhooks writes them: scheme `v1`, HMAC-SHA256.
//!
//! The specification is `spec/standard-webhooks.md` of github.com/standard-webhooks/standard-webhooks.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const PREFIX: &str = "whsec_";
const VERSION: &str = "v1";
/// Fewest and most bytes of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What an endpoint and the engine share. Never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A text that is no secret. Says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is whsec_ and the base64 of 24 to 64 bytes")]
pub struct NotASecret;

impl Secret {
    /// A new secret of bytes that nobody can guess.
    pub fn new(random: [u8; 32]) -> Secret {
        Secret(random.to_vec())
    }

    pub fn parse(text: &str) -> Result<Secret, NotASecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotASecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NotASecret)?;
        if SECRET_BYTES.contains(&bytes.len()) { Ok(Secret(bytes)) } else { Err(NotASecret) }
    }

    /// `whsec_...`: what the owner of the endpoint is shown, and what [`Secret::parse`] reads.
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// `v1,` and the signature of `id.timestamp.body`, in base64. The id must not have a full stop: with one,
    /// two messages could have the same signed bytes.
    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut signed = hmac::Context::with_key(&key);
        signed.update(format!("{id}.{timestamp}.").as_bytes());
        signed.update(body);
        format!("{VERSION},{}", STANDARD.encode(signed.sign()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The value of `webhook-signature`: a signature by each secret, so that an endpoint can go on with the former
/// one while it is being replaced.
pub fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let each = secrets.iter().map(|secret| secret.sign(id, timestamp, body));
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn secret(text: &str) -> Secret {
        Secret::parse(text).unwrap()
    }

    #[test]
    fn signatures_are_those_of_the_published_libraries() {
        // The first two are in the tests of the specification's own libraries (JavaScript, Rust).
        let table: [(&str, &str, i64, &str, &str); 2] = [
            (
                SECRET,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
                "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                1_649_367_553,
                r#"{"email":"test@example.com","username":"test_user"}"#,
                "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            ),
        ];
        for (text, id, timestamp, body, want) in table {
            assert_eq!(signatures(&[secret(text)], id, timestamp, body.as_bytes()), want, "{id}");
        }
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let (new, former) = (Secret::new([7; 32]), secret(SECRET));
        let body = br#"{"test": 2432232314}"#;
        let both = signatures(&[new, former], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        let each: Vec<&str> = both.split(' ').collect();
        assert_eq!(each.len(), 2, "{both}");
        assert!(each.iter().all(|one| one.starts_with("v1,")), "{both}");
        assert_eq!(each[1], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "the former one's");
    }

    #[test]
    fn a_new_secret_is_read_back() {
        let made = Secret::new([0xa5; 32]);
        assert!(made.to_text().starts_with("whsec_"), "{}", made.to_text());
        assert_eq!(secret(&made.to_text()), made);
    }

    #[test]
    fn a_secret_is_24_to_64_bytes_in_base64() {
        let of_bytes = |count: usize| format!("whsec_{}", STANDARD.encode(vec![1; count]));
        let table = [
            (SECRET.to_owned(), true),
            (of_bytes(24), true),
            (of_bytes(64), true),
            (of_bytes(23), false),
            (of_bytes(65), false),
            (String::new(), false),
            ("whsec_".to_owned(), false),
            (SECRET.trim_start_matches("whsec_").to_owned(), false),
            (format!("{SECRET}*"), false),
            (format!("{SECRET} "), false),
        ];
        for (text, want) in table {
            assert_eq!(Secret::parse(&text).is_ok(), want, "{text:?}");
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", secret(SECRET)), "Secret(..)");
    }
}
