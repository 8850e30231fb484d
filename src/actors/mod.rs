//! Threads and waiting: what gives the engine's plain structs a life. The only place that names actix.
//!
//! A request's events go into a bounded queue per [`shard`], behind the [`gate`]. A shard keeps them in a [`line`] with a lane for whoever sends, takes a [`drain`] from it, gives
//! each wallet concerned one message ([`wallet`]), and hands the frames to the journal [`writer`], which answers
//! once they are durable (J1). The [`viewer`] builds the views behind; the [`supervisor`] keeps time. [`engine`] is
//! the handle that everybody else holds, [`recover`] brings back what stood, [`start`] wires, [`pins`] holds states of the views, [`exports`] write from them, [`health`] says how it stands, [`yielding`] which threads give way.
//! Deliberately not here: what is decided (`engine`, `domain`), what a row looks like (`journal`).

pub mod command;
mod drain;
pub mod engine;
pub mod exports;
mod fatal;
mod gate;
pub mod health;
mod line;
mod observe;
pub mod pins;
mod prepare;
mod progress;
mod queue;
mod recover;
pub mod schedule;
mod scrub;
mod shard;
pub mod start;
mod supervisor;
mod viewer;
mod wallet;
mod writer;
pub mod yielding;

pub use engine::Engine;

#[cfg(test)]
mod tests;
