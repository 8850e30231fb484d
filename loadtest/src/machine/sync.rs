//! How long a sync takes on the file system of the data folder while a load runs: the yardstick for latencies that
//! cannot be shorter.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use hdrhistogram::Histogram;

use crate::clock;
use crate::load::tally::micros;

/// Seldom enough to leave the disk to the engine.
const EVERY: Duration = Duration::from_millis(50);
const BLOCK: [u8; 4_096] = [0x5a; 4_096];
const TIME_MAX_US: u64 = 60_000_000;

/// A thread that appends a block and syncs it, again and again.
pub struct Probe {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<Histogram<u64>>>>,
}

impl Probe {
    pub fn start(folder: &Path) -> Result<Probe> {
        let path = folder.join("sync-probe");
        let file = File::create(&path).with_context(|| format!("making {}", path.display()))?;
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let thread = thread::spawn(move || measure(file, path, &asked));
        Ok(Probe { stop, thread: Some(thread) })
    }

    /// Microseconds of every sync so far.
    pub fn finish(mut self) -> Result<Histogram<u64>> {
        self.stop.store(true, Relaxed);
        let thread = self.thread.take().context("the probe of syncs has ended already")?;
        thread.join().map_err(|_| anyhow!("the probe of syncs has panicked"))?
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Of a measurement that has failed.
        self.stop.store(true, Relaxed);
    }
}

fn measure(mut file: File, path: PathBuf, stop: &AtomicBool) -> Result<Histogram<u64>> {
    let mut times = Histogram::new_with_bounds(1, TIME_MAX_US, 3)?;
    while !stop.load(Relaxed) {
        let begun = clock::tick();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.saturating_record(micros(begun.elapsed()));
        thread::sleep(EVERY);
    }
    fs::remove_file(path)?;
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_are_timed_and_nothing_is_left_behind() {
        let folder = std::env::temp_dir().join(format!("loadtest-sync-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let probe = Probe::start(&folder).expect("started");
        thread::sleep(EVERY * 3);
        let times = probe.finish().expect("finished");
        assert!(!times.is_empty(), "at least one sync");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
        fs::remove_dir(&folder).expect("removed");
    }
}
