//! The log on standard error: as lines or as JSON, without a phone number in it, whoever wrote the line.
//!
//! Our own code logs no number and no text of a message. What others say of what they were given (the payment provider,
//! a library, a panic) may hold one; so whatever looks like a number is masked where lines are written, and nowhere else
//! it could be forgotten.

use std::borrow::Cow;
use std::io::{self, Write};

use farebox::config::{Log, LogFormat, LogLevel};
use tracing_subscriber::EnvFilter;

/// Digits of an E.164 number: fewer are not masked.
const DIGITS_MIN: usize = 7;
/// Digits that stay readable at either end.
const LEFT_AT_START: usize = 2;
const LEFT_AT_END: usize = 2;
/// What a plus may be written as.
const PLUS: [&[u8]; 3] = [b"+", b"%2B", b"%2b"];

/// Logs from now on, panics too.
pub fn begin(settings: &Log) {
    let lines = tracing_subscriber::fmt().with_env_filter(filter(settings.level)).with_writer(Masked::stderr);
    match settings.format {
        LogFormat::Json => lines.json().init(),
        LogFormat::Text => {
            lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).with_target(false).init();
        }
    }
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let (thread, backtrace) = (thread.name().unwrap_or_default(), std::backtrace::Backtrace::capture());
        tracing::error!(thread, %backtrace, "{panic}");
    }));
}

/// The level is ours: libraries that say more than warnings say it of connections and bytes.
fn filter(level: LogLevel) -> EnvFilter {
    let others = match level {
        LogLevel::Error => LogLevel::Error,
        _ => LogLevel::Warn,
    };
    EnvFilter::new(format!("{},farebox={}", others.as_str(), level.as_str()))
}

/// Standard error, with numbers masked. A line comes in one piece.
struct Masked<W>(W);

impl Masked<io::Stderr> {
    fn stderr() -> Masked<io::Stderr> {
        Masked(io::stderr())
    }
}

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&masked(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The line with a star for every digit of a phone number but the first and the last two.
fn masked(line: &[u8]) -> Cow<'_, [u8]> {
    let mut masked = Cow::Borrowed(line);
    let mut at = 0;
    while at < line.len() {
        let Some(plus) = PLUS.into_iter().find(|plus| line[at..].starts_with(plus)) else {
            at += 1;
            continue;
        };
        let start = at + plus.len();
        let digits = line[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits >= DIGITS_MIN {
            masked.to_mut()[start + LEFT_AT_START..start + digits - LEFT_AT_END].fill(b'*');
        }
        at = start + digits;
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_looks_like_a_number_is_masked() {
        let table = [
            ("nothing to hide", "nothing to hide"),
            ("of +14155550100 to +447700900123", "of +14*******00 to +44********23"),
            ("GET /numbers/%2B14155550100?x=%2b85291234567", "GET /numbers/%2B14*******00?x=%2b85*******67"),
            ("{\"to\":\"+14155550100\"}", "{\"to\":\"+14*******00\"}"),
            ("+123456 is too short, 14155550100 is a count", "+123456 is too short, 14155550100 is a count"),
            ("+1234567", "+12***67"),
            ("++14155550100", "++14*******00"),
            ("1+1=2 and a plus at the end +", "1+1=2 and a plus at the end +"),
            ("2026-07-15T10:00:00+0200", "2026-07-15T10:00:00+0200"),
        ];
        for (line, want) in table {
            let mut out = Vec::new();
            Masked(&mut out).write_all(line.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), want, "{line}");
        }
    }

    #[test]
    fn libraries_say_no_more_than_warnings() {
        assert_eq!(filter(LogLevel::Trace).to_string(), "farebox=trace,warn");
        assert_eq!(filter(LogLevel::Error).to_string(), "farebox=error,error");
    }
}
