//! The generator: what is sent, in which form, when, and what came of it.
//!
//! `event` says what an event is, `draw` and `feed` which ones come, `lines` and `arrow` how they are written (behind
//! `encode`), `answer` and `arrow_answer` how answers are read, `http` carries both, `schedule` says when (with `alarm`, which wakes more finely than a timer of tokio),
//! `drive` is one connection, `tally` counts what came back and `ledger` keeps the money of every wallet.
//! Everything runs on one thread: the generator shares two cores with what it measures, so nothing is allocated for an
//! event and nothing of an answer is read that need not be.
//! Deliberately absent: pipelining. A connection has one request under way; whoever wants more opens more.

pub mod alarm;
pub mod answer;
pub mod arrow;
mod arrow_answer;
pub mod draw;
pub mod drive;
pub mod encode;
pub mod event;
pub mod feed;
pub mod http;
pub mod ledger;
pub mod lines;
pub mod schedule;
pub mod tally;
