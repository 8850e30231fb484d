//! The only place that looks at the time: the instant events happen at, and the stopwatch of measurements.

#![allow(clippy::disallowed_methods, reason = "the one place that may ask for the time")]

use std::time::Instant;

use jiff::Timestamp;

/// The wall clock, in whole seconds: times of events are told no finer than milliseconds.
pub fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second())
        .expect("an instant of now fits when its fraction is cut")
}

/// For lengths of time.
pub fn tick() -> Instant {
    Instant::now()
}

/// Different in every millisecond.
pub fn stamp() -> String {
    format!("{:x}", Timestamp::now().as_millisecond())
}
