//! Tokens of a host product: JWTs that let somebody in to one wallet with one role.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::seal::SignedInBy;
use crate::config::{PageSettings, TokenAlgorithm};
use crate::domain::access::Role;
use crate::domain::time::Timestamp;

const TOKEN_BYTES_MAX: usize = 4_096;
const SUBJECT_BYTES_MAX: usize = 64;
const WALLET_BYTES_MAX: usize = 64;
const SECONDS_PER_MINUTE: i64 = 60;

/// What a token must say; `aud` is checked before.
#[derive(Clone, Deserialize)]
struct Claims {
    /// Seconds since 1970.
    exp: i64,
    wallet: String,
    role: String,
    /// Whom it lets in, for the audit.
    #[serde(default)]
    sub: String,
}

/// Why a token lets nobody in, for whoever issues them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("not a token that one of the configured keys has signed, with kid, aud, exp, wallet and role")]
    Unusable,
    #[error("the token has expired")]
    Expired,
    #[error("the token's exp is further ahead than page.token_minutes_max")]
    TooLong,
    #[error("the token's role is not viewer, billing or operator, or its sub is no short plain text")]
    BadClaim,
}

/// The keys that tokens may be signed with.
pub struct TokenKeys {
    keys: Vec<(String, Algorithm, DecodingKey)>,
    audience: String,
    seconds_max: i64,
}

impl TokenKeys {
    /// From settings that were checked.
    pub fn new(settings: &PageSettings) -> TokenKeys {
        let keys = settings.keys().unwrap_or_default().into_iter().map(|key| match key.algorithm {
            TokenAlgorithm::Hs256 => (key.kid, Algorithm::HS256, DecodingKey::from_secret(&key.bytes)),
            TokenAlgorithm::EdDsa => (key.kid, Algorithm::EdDSA, DecodingKey::from_ed_der(&key.bytes)),
        });
        TokenKeys {
            keys: keys.collect(),
            audience: settings.token_audience.clone(),
            seconds_max: i64::from(settings.token_minutes_max) * SECONDS_PER_MINUTE,
        }
    }

    /// Whom the token lets in.
    pub fn read(&self, token: &str, now: Timestamp) -> Result<SignedInBy, TokenError> {
        let (kid, claims) = self.claims(token).ok_or(TokenError::Unusable)?;
        if claims.exp <= now.seconds() {
            return Err(TokenError::Expired);
        }
        if claims.exp > now.seconds().saturating_add(self.seconds_max) {
            return Err(TokenError::TooLong);
        }
        let role = Role::parse(&claims.role).filter(|role| *role != Role::Ingest);
        let role = role.ok_or(TokenError::BadClaim)?;
        let plain = claims.sub.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || claims.sub.len() > SUBJECT_BYTES_MAX || claims.wallet.len() > WALLET_BYTES_MAX {
            return Err(TokenError::BadClaim);
        }
        let Claims { wallet, sub, .. } = claims;
        Ok(SignedInBy::Token { kid, subject: sub, role: role.as_str().to_owned(), wallet })
    }

    /// The algorithm is the key's own, whatever the token says; times are judged by our clock.
    fn claims(&self, token: &str) -> Option<(String, Claims)> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let kid = decode_header(token).ok()?.kid?;
        let (_, algorithm, key) = self.keys.iter().find(|(name, ..)| *name == kid)?;
        let mut rules = Validation::new(*algorithm);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["aud", "exp"]);
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let token = decode::<Claims>(token, key, &rules).ok()?;
        Some((kid, token.claims))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_000_000;
    const SECRET: [u8; 32] = [7; 32];

    fn signed(kid: Option<&str>, algorithm: Algorithm, secret: &[u8], claims: &Value) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
        encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    fn keys(texts: Vec<String>) -> TokenKeys {
        TokenKeys::new(&PageSettings { token_keys: texts, ..PageSettings::default() })
    }

    fn claims() -> Value {
        json!({"aud": "farebox", "exp": NOW + 60, "wallet": "acme", "role": "billing", "sub": "u-1"})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    #[test]
    fn a_token_lets_in_only_where_everything_about_it_is_right() {
        use TokenError::{BadClaim, Expired, TooLong, Unusable};
        let keys = keys(vec![format!("host-1:HS256:{}", STANDARD.encode(SECRET))]);
        let hs256 = |claims: &Value| signed(Some("host-1"), Algorithm::HS256, &SECRET, claims);
        let unsigned = {
            let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"host-1"}"#);
            format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims().to_string()))
        };
        let table = [
            ("as it should be", hs256(&claims()), None),
            ("without sub", hs256(&without("sub")), None),
            ("without aud", hs256(&without("aud")), Some(Unusable)),
            ("without exp", hs256(&without("exp")), Some(Unusable)),
            ("without wallet", hs256(&without("wallet")), Some(Unusable)),
            ("without role", hs256(&without("role")), Some(Unusable)),
            ("for somebody else", hs256(&with("aud", json!("other"))), Some(Unusable)),
            ("expired", hs256(&with("exp", json!(NOW))), Some(Expired)),
            ("for a year", hs256(&with("exp", json!(NOW + 31_536_000))), Some(TooLong)),
            ("to send events", hs256(&with("role", json!("ingest"))), Some(BadClaim)),
            ("to be king", hs256(&with("role", json!("king"))), Some(BadClaim)),
            ("with a subject of two lines", hs256(&with("sub", json!("a\nb"))), Some(BadClaim)),
            ("without kid", signed(None, Algorithm::HS256, &SECRET, &claims()), Some(Unusable)),
            ("of another kid", signed(Some("host-2"), Algorithm::HS256, &SECRET, &claims()), Some(Unusable)),
            (
                "of another secret",
                signed(Some("host-1"), Algorithm::HS256, &[8; 32], &claims()),
                Some(Unusable),
            ),
            (
                "of another algorithm",
                signed(Some("host-1"), Algorithm::HS512, &SECRET, &claims()),
                Some(Unusable),
            ),
            ("unsigned", unsigned, Some(Unusable)),
            ("no token", "x.y.z".to_owned(), Some(Unusable)),
        ];
        for (what, token, want) in table {
            let found = keys.read(&token, Timestamp::from_nanos(NOW * 1_000_000_000));
            assert_eq!(found.err(), want, "a token {what}");
        }
    }

    #[test]
    fn a_token_of_ed25519_is_checked_with_the_public_key() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap();
        let public = STANDARD.encode(pair.public_key().as_ref());
        let keys = keys(vec![format!("host-1:EdDSA:{public}")]);
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(json!({"alg": "EdDSA", "kid": "host-1"})), part(claims()));
        let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes())));
        let now = Timestamp::from_nanos(NOW * 1_000_000_000);
        let want = SignedInBy::Token {
            kid: "host-1".to_owned(),
            subject: "u-1".to_owned(),
            role: "billing".to_owned(),
            wallet: "acme".to_owned(),
        };
        assert_eq!(keys.read(&token, now), Ok(want));
        // The public key is no secret: a token that is signed with it is nobody's.
        let confused = signed(Some("host-1"), Algorithm::HS256, pair.public_key().as_ref(), &claims());
        assert_eq!(keys.read(&confused, now), Err(TokenError::Unusable));
    }
}
