//! A disk whose syncs take longer: a small library that the engine is started with, built here by the system's C
//! compiler. It stands between the engine and `fsync`/`fdatasync`, waits, and then syncs as asked: nothing is less
//! durable for it. (A slower block device would need a kernel module that few machines have.)

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::clock;

const SOURCE: &str = include_str!("slow_sync.c");

/// The library, built; its file is removed with it.
pub struct SlowSync {
    library: PathBuf,
    milliseconds: u32,
}

impl SlowSync {
    pub fn build(milliseconds: u32) -> Result<SlowSync> {
        let library = std::env::temp_dir().join(format!("farebox-slow-sync-{}.so", clock::stamp()));
        let mut compiler = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-x", "c", "-", "-ldl", "-o"])
            .arg(&library)
            .stdin(Stdio::piped())
            .spawn()
            .context("slow-disk needs a C compiler named cc")?;
        compiler.stdin.take().context("the compiler reads")?.write_all(SOURCE.as_bytes())?;
        ensure!(compiler.wait()?.success(), "the library that slows syncs down cannot be built");
        Ok(SlowSync { library, milliseconds })
    }

    /// What a process with slow syncs is started with.
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![
            ("LD_PRELOAD".to_owned(), self.library.display().to_string()),
            ("LOADTEST_SLOW_SYNC_MS".to_owned(), self.milliseconds.to_string()),
        ]
    }
}

impl Drop for SlowSync {
    fn drop(&mut self) {
        // Whoever has loaded it keeps it; a file that is gone already is no harm.
        let _ = fs::remove_file(&self.library);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_the_library_syncs_slowly() {
        let folder = std::env::temp_dir();
        let sync = |environment: &[(String, String)]| {
            let begun = clock::tick();
            let ended =
                Command::new("sync").arg("--data").arg(&folder).envs(environment.iter().cloned()).status();
            assert!(ended.expect("sync runs").success());
            begun.elapsed().as_millis()
        };
        let library = SlowSync::build(400).expect("built");
        let slow = sync(&library.environment());
        assert!(slow >= 400, "{slow} ms");
    }
}
