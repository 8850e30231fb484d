//! What the black-box tests share: the real binary as a child process, an HTTP client that says what it
//! wanted, events to send, and the audit of what the engine has posted. Imports nothing of the server.

#![allow(dead_code, reason = "each test binary uses its own part of the support")]
#![allow(clippy::disallowed_methods, reason = "outside the process there is no clock but the machine's")]

pub mod audit;
pub mod client;
pub mod data_dir;
pub mod engine;
pub mod event;
pub mod life;
pub mod pair;
pub mod provider;
pub mod proxy;
pub mod random;
pub mod receiver;
pub mod sandbox;
pub mod signed;
pub mod world;

/// A decimal of the interface in 1e-9 of the unit, as wide as sums over everything need.
pub fn nanos(decimal: &str) -> i128 {
    let (negative, unsigned) = match decimal.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, decimal),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    assert!(fraction.len() <= 9, "wanted a decimal with at most 9 places, got {decimal:?}");
    let digits = format!("{whole}{fraction:0<9}");
    let magnitude: i128 =
        digits.parse().unwrap_or_else(|_| panic!("wanted a plain decimal, got {decimal:?}"));
    if negative { -magnitude } else { magnitude }
}

/// Counts of 1e-9 as the decimal that the interface takes.
pub fn decimal(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let magnitude = nanos.unsigned_abs();
    let text = format!("{sign}{}.{:09}", magnitude / 1_000_000_000, magnitude % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An instant this many minutes from now (before now, where negative), as RFC 3339.
pub fn minutes_from_now(minutes: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes)).to_string()
}

pub const MINUTES_PER_DAY: i64 = 24 * 60;
