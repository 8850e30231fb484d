//! Which threads give way to which.
//!
//! The view builder and the journal writer are one thread each and everybody waits for them; where there are fewer cores
//! than busy threads the system would give them only a thread's fair part, and the views would fall behind for as long as
//! the load lasts. So those that feed them give way.

/// Of the threads that read requests and of the shards, in steps of Linux' scale: a thread at 0 weighs two and a half
/// times as much.
const FEEDING: i32 = 4;

/// Of the threads that read large bodies: those who send small ones are served between them.
const READING_MUCH: i32 = 10;

/// Of an export's thread: Linux's lowest priority short of idling.
const EXPORTING: i32 = 19;

/// The calling thread gives way to those that it feeds.
pub fn feed() {
    give_way(FEEDING);
}

/// The calling thread gives way to those that it feeds and to those that have little to do.
pub fn read_much() {
    give_way(READING_MUCH);
}

/// The calling thread gives way to everybody.
pub fn export() {
    give_way(EXPORTING);
}

fn give_way(nice: i32) {
    // Of a process; for Linux a thread is one. Where it may not be set, everything works the same, only less evenly.
    let _ = rustix::process::setpriority_process(None, nice);
}
