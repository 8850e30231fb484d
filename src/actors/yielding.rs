//! Which threads give way to which.
//!
//! Where there are fewer cores than busy threads, those that take what comes in large pieces give way to those that everybody
//! waits for: the threads that serve connections, the shards, the journal writer and the view builder.

/// Of the threads that read large bodies, in steps of Linux' scale (a thread at 0 weighs nine times as much): those who send
/// small ones are served between them, and the views are built no slower than they are fed.
const READING_MUCH: i32 = 10;

/// Of an export's thread: Linux's lowest priority short of idling.
const EXPORTING: i32 = 19;

/// The calling thread gives way to those that it feeds and to those that have little to do at once.
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
