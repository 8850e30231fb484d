//! The life of a wallet, told by stories on the test clock against the real binary over HTTP: numbers, arrears and
//! release, suspension, holds, message status, top-ups by hand and automatic, alerts (RULES, sections 6 to 12).

#[path = "../support/mod.rs"]
mod support;

mod seen;
mod story;

use support::world;

mod alerts;
mod arrears;
mod auto_limits;
mod auto_top_up;
mod bad_input;
mod calendar;
mod clock;
mod corrections;
mod declines;
mod downtime;
mod explained;
mod holds;
mod idempotency;
mod money_back;
mod numbers;
mod prices;
mod quotes;
mod release;
mod statements;
mod status;
mod suspension;
mod together;
mod top_ups;
