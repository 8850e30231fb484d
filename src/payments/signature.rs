//! Stripe's webhook signatures: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>...]`, each `v1` the HMAC-SHA256
//! of `<seconds>.<body>` under one endpoint secret (scheme `v1` of Stripe's page «Verify webhook signatures»).

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};

use crate::domain::time::{Span, Timestamp};

/// The request header that carries them.
pub const HEADER: &str = "Stripe-Signature";
/// How far the time of signing may be from now, either way: Stripe's own default. Within it a captured webhook
/// could be sent again, which changes nothing: a payment is credited once.
const TOLERANCE: Span = Span::from_seconds(300);
/// While a secret is rotated Stripe signs with two; more than this is nobody's honest header.
const SIGNATURES_MAX: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("no signature of one of our secrets")]
    Forged,
    #[error("signed too long ago, or in the future")]
    Stale,
}

/// Checks that `body`, byte by byte as it came, was signed with one of the secrets, about now.
pub fn verify(
    secrets: &[impl AsRef<str>],
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), SignatureError> {
    let header = Header::parse(header).ok_or(SignatureError::Forged)?;
    let signed = signed_bytes(header.seconds_text, body);
    let is_ours = secrets.iter().map(AsRef::as_ref).filter(|secret| !secret.is_empty()).any(|secret| {
        let key = Key::new(HMAC_SHA256, secret.as_bytes());
        // Compares in constant time, so that answers tell nothing of how much of a guess was right.
        header.signatures.iter().any(|signature| hmac::verify(&key, &signed, signature).is_ok())
    });
    if !is_ours {
        return Err(SignatureError::Forged);
    }
    if now.seconds().abs_diff(header.seconds) > TOLERANCE.seconds().unsigned_abs() {
        return Err(SignatureError::Stale);
    }
    Ok(())
}

/// The header for a body that is sent now.
pub fn sign(secret: &str, body: &[u8], now: Timestamp) -> String {
    let seconds = now.seconds();
    format!("t={seconds},v1={}", keyed_hash(secret, &signed_bytes(&seconds.to_string(), body)))
}

/// The HMAC-SHA256 of `bytes`, in hexadecimal.
pub fn keyed_hash(key: &str, bytes: &[u8]) -> String {
    hex(hmac::sign(&Key::new(HMAC_SHA256, key.as_bytes()), bytes).as_ref())
}

struct Header<'a> {
    /// As it was signed.
    seconds_text: &'a str,
    seconds: i64,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    /// `None` where the time or every `v1` is missing or malformed. Other schemes are skipped.
    fn parse(header: &'a str) -> Option<Header<'a>> {
        let fields = || header.split(',').filter_map(|field| field.trim().split_once('='));
        let seconds_text = fields().find(|(name, _)| *name == "t").map(|(_, value)| value)?;
        let all_digits = seconds_text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = seconds_text.parse().ok().filter(|_| all_digits)?;
        let signatures: Vec<Vec<u8>> = fields()
            .filter(|(name, _)| *name == "v1")
            .filter_map(|(_, value)| unhex(value))
            .take(SIGNATURES_MAX)
            .collect();
        (!signatures.is_empty()).then_some(Header { seconds_text, seconds, signatures })
    }
}

fn signed_bytes(seconds: &str, body: &[u8]) -> Vec<u8> {
    [seconds.as_bytes(), b".", body].concat()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(nibble(*pair.first()?)? << 4 | nibble(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn a_signature_is_the_hmac_of_time_and_body() {
        // Computed with Python's hmac module.
        let want = "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";
        assert_eq!(sign("whsec_test", BODY, at(1_700_000_000)), want);
    }

    #[test]
    fn only_what_one_of_our_secrets_signed_about_now_is_ours() {
        use SignatureError::*;
        let good = sign("whsec_new", BODY, at(1_000));
        let (_, digest) = good.split_once("v1=").unwrap();
        let foreign = sign("whsec_other", BODY, at(1_000));
        let (_, foreign_digest) = foreign.split_once("v1=").unwrap();
        let several = format!("t=1000,v0=00,v1={foreign_digest}, v1={digest}");
        let other_time = format!("t=1001,v1={digest}");
        let upper = format!("t=1000,v1={}", digest.to_ascii_uppercase());
        let cut = format!("t=1000,v1={}", &digest[..62]);
        let longer = format!("t=1000,v1={digest}00");
        let odd = format!("t=1000,v1={}", &digest[..63]);
        let v0 = format!("t=1000,v0={digest}");
        let signed_time = format!("t=+1000,v1={digest}");
        let table: [(&str, &str, i64, Result<(), SignatureError>); 21] = [
            ("signed with the new secret", &good, 1_000, Ok(())),
            ("one of several is ours", &several, 1_000, Ok(())),
            ("upper case", &upper, 1_000, Ok(())),
            ("300 seconds old", &good, 1_300, Ok(())),
            ("301 seconds old", &good, 1_301, Err(Stale)),
            ("300 seconds ahead", &good, 700, Ok(())),
            ("301 seconds ahead", &good, 699, Err(Stale)),
            ("another secret", &foreign, 1_000, Err(Forged)),
            ("another secret and stale", &foreign, 9_000, Err(Forged)),
            ("another time", &other_time, 1_000, Err(Forged)),
            ("cut off", &cut, 1_000, Err(Forged)),
            ("too long", &longer, 1_000, Err(Forged)),
            ("half a byte", &odd, 1_000, Err(Forged)),
            ("another scheme", &v0, 1_000, Err(Forged)),
            ("a time that is no plain number", &signed_time, 1_000, Err(Forged)),
            ("no time", &good["t=1000,".len()..], 1_000, Err(Forged)),
            ("no signature", "t=1000", 1_000, Err(Forged)),
            ("an empty signature", "t=1000,v1=", 1_000, Err(Forged)),
            ("no hexadecimal", "t=1000,v1=zz", 1_000, Err(Forged)),
            ("no ASCII", "t=1000,v1=éé", 1_000, Err(Forged)),
            ("empty", "", 1_000, Err(Forged)),
        ];
        for (name, header, now, want) in table {
            assert_eq!(verify(&["whsec_new", "whsec_old"], header, BODY, at(now)), want, "{name}");
        }
        let by_old = sign("whsec_old", BODY, at(1_000));
        assert_eq!(verify(&["whsec_new", "whsec_old"], &by_old, BODY, at(1_000)), Ok(()), "the old secret");
        assert_eq!(verify(&["whsec_new"], &good, b"{}", at(1_000)), Err(Forged), "another body");
        assert_eq!(verify(&[""; 0], &good, BODY, at(1_000)), Err(Forged), "no secrets");
        let by_nobody = sign("", BODY, at(1_000));
        assert_eq!(verify(&[""], &by_nobody, BODY, at(1_000)), Err(Forged), "an empty secret signs nothing");
    }
}
