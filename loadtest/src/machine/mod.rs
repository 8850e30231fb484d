//! What is measured beside the answers: the machine, the engine's process and its own figures, the disk.

pub mod host;
pub mod metrics;
pub mod process;
pub mod sync;
