//! The settings of the wallet page: how long people stay signed in, who may show it in a frame, and whose tokens it takes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::layers::ConfigError;

/// A secret of fewer bytes could be guessed sooner than its hash says (RFC 7518, section 3.2).
const SECRET_BYTES_MIN: usize = 32;
const ED25519_BYTES: usize = 32;
const KID_BYTES_MAX: usize = 32;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSettings {
    pub session_hours: u32,
    /// Origins that may show the page in a frame.
    pub frame_ancestors: Vec<String>,
    pub token_audience: String,
    /// See [`TokenKey::parse`].
    pub token_keys: Vec<String>,
    /// How far ahead the end of a token may be when it is shown.
    pub token_minutes_max: u32,
    pub token_session_minutes: u32,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAlgorithm {
    Hs256,
    EdDsa,
}

/// A key that a host product signs its tokens with.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKey {
    pub kid: String,
    pub algorithm: TokenAlgorithm,
    /// The secret, or the public key of Ed25519.
    pub bytes: Vec<u8>,
}

impl Default for PageSettings {
    fn default() -> PageSettings {
        PageSettings {
            session_hours: 12,
            frame_ancestors: Vec::new(),
            token_audience: "farebox".to_owned(),
            token_keys: Vec::new(),
            token_minutes_max: 15,
            token_session_minutes: 60,
        }
    }
}

impl std::fmt::Debug for PageSettings {
    /// Without the secrets.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("PageSettings")
            .field("frame_ancestors", &self.frame_ancestors)
            .field("token_audience", &self.token_audience)
            .finish_non_exhaustive()
    }
}

impl PageSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let stray = self.frame_ancestors.iter().find(|origin| !is_origin(origin));
        if let Some(origin) = stray {
            let detail = format!("{origin:?} is not an origin such as https://app.example");
            return Err(ConfigError::value("page.frame_ancestors", detail));
        }
        if self.token_audience.is_empty() {
            return Err(ConfigError::value("page.token_audience", "it is empty".to_owned()));
        }
        let keys = self.keys().map_err(|detail| ConfigError::value("page.token_keys", detail))?;
        let twice = keys.iter().enumerate().find(|(at, key)| keys[..*at].iter().any(|k| k.kid == key.kid));
        match twice {
            Some((_, key)) => {
                Err(ConfigError::value("page.token_keys", format!("two keys are called {}", key.kid)))
            }
            None => Ok(()),
        }
    }

    /// The keys; the text says what is wrong with one, without showing it.
    pub fn keys(&self) -> Result<Vec<TokenKey>, String> {
        let parsed = self.token_keys.iter().enumerate();
        parsed
            .map(|(at, text)| TokenKey::parse(text).map_err(|why| format!("key {}: {why}", at + 1)))
            .collect()
    }
}

impl TokenKey {
    /// From `KID:HS256:SECRET` or `KID:EdDSA:PUBLIC_KEY`, the last in base64 of either alphabet.
    fn parse(text: &str) -> Result<TokenKey, &'static str> {
        let mut parts = text.splitn(3, ':');
        let (Some(kid), Some(algorithm), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("not KID:HS256:SECRET or KID:EdDSA:PUBLIC_KEY");
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !(1..=KID_BYTES_MAX).contains(&kid.len()) || !kid.bytes().all(plain) {
            return Err("its name is not 1 to 32 of A-Z a-z 0-9 . _ -");
        }
        let bytes =
            STANDARD.decode(key).or_else(|_| URL_SAFE_NO_PAD.decode(key)).map_err(|_| "not base64")?;
        let algorithm = match algorithm {
            "HS256" if bytes.len() < SECRET_BYTES_MIN => return Err("the secret has less than 32 bytes"),
            "HS256" => TokenAlgorithm::Hs256,
            "EdDSA" if bytes.len() != ED25519_BYTES => return Err("a public key of Ed25519 has 32 bytes"),
            "EdDSA" => TokenAlgorithm::EdDsa,
            _ => return Err("the algorithm is HS256 or EdDSA"),
        };
        Ok(TokenKey { kid: kid.to_owned(), algorithm, bytes })
    }
}

/// Scheme, host and perhaps port: what can stand in a policy without ending it.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_key_has_a_name_an_algorithm_and_enough_bytes() {
        let secret = STANDARD.encode([7; 32]);
        let short = STANDARD.encode([7; 31]);
        let table = [
            (format!("host-1:HS256:{secret}"), true),
            (format!("host-1:EdDSA:{secret}"), true),
            (format!("host-1:HS256:{}", URL_SAFE_NO_PAD.encode([255; 40])), true),
            (format!("host-1:HS256:{short}"), false),
            (format!("host-1:EdDSA:{short}"), false),
            (format!("host-1:none:{secret}"), false),
            (format!(":HS256:{secret}"), false),
            (format!("host 1:HS256:{secret}"), false),
            ("host-1:HS256:*".to_owned(), false),
            ("host-1".to_owned(), false),
        ];
        for (text, want) in table {
            let settings = PageSettings { token_keys: vec![text.clone()], ..PageSettings::default() };
            assert_eq!(settings.check().is_ok(), want, "{text}");
        }
        let twice = vec![format!("a:HS256:{secret}"), format!("a:EdDSA:{secret}")];
        let settings = PageSettings { token_keys: twice, ..PageSettings::default() };
        assert!(settings.check().is_err(), "two keys of one name");
    }

    #[test]
    fn a_frame_ancestor_is_an_origin_and_nothing_that_ends_a_policy() {
        let table = [
            ("https://app.example", true),
            ("http://localhost:3000", true),
            ("https://[::1]:8443", true),
            ("app.example", false),
            ("https://", false),
            ("https://app.example/", false),
            ("https://app.example; script-src *", false),
            ("https://app.example https://b.example", false),
            ("*", false),
            ("'self'", false),
        ];
        for (origin, want) in table {
            let settings =
                PageSettings { frame_ancestors: vec![origin.to_owned()], ..PageSettings::default() };
            assert_eq!(settings.check().is_ok(), want, "{origin}");
        }
    }
}
