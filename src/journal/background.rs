//! What databases do beside their writers: files are flushed, moved down and merged. The journal and the views share the
//! threads of one process for it.

use rocksdb::{Env, Options};

/// Threads for what is short. More than one: the journal's files are not to wait for those of the views.
const SHORT_JOBS: i32 = 2;
/// Threads for merging all there is of a family, which takes as long as all of it was written in: one after the other.
const LONG_JOBS: i32 = 1;
/// What one database may do at once: a flush, a long job and a short one.
const JOBS_OF_A_DATABASE: i32 = 3;

/// Has a database do its work on the shared threads, the long jobs apart from the short ones.
pub fn share_threads(options: &mut Options) {
    options.set_max_background_jobs(JOBS_OF_A_DATABASE);
    // RocksDB's environment of this process, which is always there.
    let Ok(mut env) = Env::new() else { return };
    env.set_low_priority_background_threads(SHORT_JOBS);
    env.set_bottom_priority_background_threads(LONG_JOBS);
    options.set_env(&env);
}

/// Has writers never wait for files to be moved down, however many there are: for a family whose files follow one another, so
/// that no reader looks into more than one for a key.
///
/// RocksDB's own limit is 20 files, and from there on writers are slowed down by a fifth with each. While the views' runs were
/// merged the journal's files had nobody to move them, and half a minute of full load left 10,000 events/s.
pub fn never_slow_down(options: &mut Options) {
    options.set_level_zero_slowdown_writes_trigger(i32::MAX);
    options.set_level_zero_stop_writes_trigger(i32::MAX);
    options.set_soft_pending_compaction_bytes_limit(0);
    options.set_hard_pending_compaction_bytes_limit(0);
}
