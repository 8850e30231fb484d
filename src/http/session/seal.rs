//! The sealed text of a session, which its cookie holds: nothing of it is kept on this side.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::random_bytes;
use crate::domain::time::Timestamp;

/// No session's text is longer.
const TEXT_BYTES_MAX: usize = 1_024;
/// What the key is derived for: another use of the same secret gives another key.
const PURPOSE: &str = "farebox 2026-11 sessions of the wallet page";

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Nobody else's, so that it can be ended.
    pub id: String,
    /// In seconds since 1970.
    pub expires_at: i64,
    pub by: SignedInBy,
}

/// What somebody has signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedInBy {
    /// By its id: it is looked up each time, so that a session ends with its key.
    Key(String),
    Token {
        /// Which key the token was signed with.
        kid: String,
        /// Whom the host product named; empty where it named nobody.
        subject: String,
        role: String,
        wallet: String,
    },
}

/// Seals and opens the texts of sessions.
pub struct Seal {
    key: Key,
}

impl Seal {
    /// With a key that is derived from the data directory's secret: sessions outlive a restart.
    pub fn new(secret: &[u8]) -> Seal {
        let key = blake3::derive_key(PURPOSE, secret);
        Seal { key: Key::new(HMAC_SHA256, &key) }
    }

    /// A new session and its text.
    pub fn begin(&self, by: SignedInBy, expires_at: i64) -> (Session, String) {
        let session = Session { id: URL_SAFE_NO_PAD.encode(random_bytes::<12>()), expires_at, by };
        let text = serde_json::to_vec(&session).expect("a session is of texts and a number");
        let tag = hmac::sign(&self.key, &text);
        let sealed = format!("{}.{}", URL_SAFE_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(tag.as_ref()));
        (session, sealed)
    }

    /// The session, where the text is one of ours and it has not expired.
    pub fn open(&self, sealed: &str, now: Timestamp) -> Option<Session> {
        if sealed.len() > TEXT_BYTES_MAX {
            return None;
        }
        let (text, tag) = sealed.split_once('.')?;
        let (text, tag) = (URL_SAFE_NO_PAD.decode(text).ok()?, URL_SAFE_NO_PAD.decode(tag).ok()?);
        // Compares in constant time.
        hmac::verify(&self.key, &text, &tag).ok()?;
        let session: Session = serde_json::from_slice(&text).ok()?;
        (session.expires_at > now.seconds()).then_some(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn a_session_opens_until_it_expires() {
        let seal = Seal::new(&[1; 16]);
        let (session, text) = seal.begin(SignedInBy::Key("key_1".to_owned()), 100);
        assert_eq!(seal.open(&text, at(99)), Some(session));
        assert_eq!(seal.open(&text, at(100)), None, "it has expired");
    }

    #[test]
    fn nothing_but_the_very_text_opens() {
        let seal = Seal::new(&[1; 16]);
        let (_, text) = seal.begin(SignedInBy::Key("key_1".to_owned()), 100);
        let (_, other) = Seal::new(&[2; 16]).begin(SignedInBy::Key("key_1".to_owned()), 100);
        let (_, longer) = seal.begin(SignedInBy::Key("key_2".to_owned()), i64::MAX);
        let (_, tag) = text.split_once('.').unwrap();
        let (body, _) = longer.split_once('.').unwrap();
        let forged = format!("{body}.{tag}");
        let mut changed = text.clone().into_bytes();
        changed[3] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        for text in [other, forged, changed, String::new(), ".".to_owned(), "a".repeat(5_000)] {
            assert_eq!(seal.open(&text, at(1)), None, "{text}");
        }
    }
}
