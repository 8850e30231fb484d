//! `farebox clock`: the test clock of an engine that runs on one.

use clap::Subcommand;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;

use super::call::{Ask, Call};
use super::failure::Failure;

#[derive(Subcommand, Debug)]
pub enum ClockCommand {
    /// Says what time it is for the engine
    Show,
    /// Moves the engine's time on; all that falls due on the way is done first
    Advance {
        /// RFC 3339, such as 2026-08-15T00:00:00Z
        to: Timestamp,
    },
}

impl Ask for ClockCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            ClockCommand::Show => Call::values(Method::GET, &["v1", "test-clock"], &["now"]),
            ClockCommand::Advance { to } => {
                let path = ["v1", "test-clock", "advance"];
                Call::values(Method::POST, &path, &["now"]).body(json!({"to": to.to_string()}))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn the_test_clock_is_asked_for_as_the_interface_offers() {
        check::<ClockCommand>(&[
            ("show", "GET /v1/test-clock"),
            (
                "advance 2026-08-15T02:00:00+02:00",
                r#"POST /v1/test-clock/advance {"to":"2026-08-15T00:00:00Z"}"#,
            ),
        ]);
        check_refused::<ClockCommand>(&["advance", "advance tomorrow", "advance 2026-08-15"]);
    }
}
