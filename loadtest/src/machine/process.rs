//! What the engine costs the machine, read from outside: its CPU time and memory in `/proc`, its bytes on disk.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};

/// Linux tells CPU time in ticks of this many a second to every program.
const TICKS_PER_SECOND: f64 = 100.0;
/// `st_blocks` counts these whatever the file system's own blocks are.
const BLOCK_BYTES: u64 = 512;
/// Fields of `/proc/PID/stat` behind the command's closing bracket: user and system time.
const USER_TIME: usize = 11;
const SYSTEM_TIME: usize = 12;

/// CPU seconds of a process so far, user and system; `self` is this one.
pub fn cpu_seconds(process: &str) -> Result<f64> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    ticks(&stat)
        .map(|ticks| ticks as f64 / TICKS_PER_SECOND)
        .with_context(|| format!("{path} has another shape"))
}

fn ticks(stat: &str) -> Option<u64> {
    // The command's name may hold blanks and brackets itself.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some(fields.get(USER_TIME)?.parse::<u64>().ok()? + fields.get(SYSTEM_TIME)?.parse::<u64>().ok()?)
}

/// Resident memory now and at its highest, in bytes.
pub fn memory_bytes(process: &str) -> Result<(u64, u64)> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let field = |name: &str| kibibytes(&status, name).with_context(|| format!("{path} has no {name}"));
    Ok((field("VmRSS:")? * 1_024, field("VmHWM:")? * 1_024))
}

/// Bytes that a process has had written to disk so far.
pub fn written_bytes(process: &str) -> Result<u64> {
    let path = format!("/proc/{process}/io");
    let io = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    field_of_io(&io, "write_bytes:").with_context(|| format!("{path} has no write_bytes"))
}

fn field_of_io(io: &str, name: &str) -> Option<u64> {
    io.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
}

fn kibibytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What a folder takes on disk. Files that go away meanwhile count nothing: a database removes its own.
pub fn disk_bytes(folder: &Path) -> Result<u64> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut bytes = 0;
    for entry in entries.flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        bytes += if metadata.is_dir() {
            disk_bytes(&entry.path()).unwrap_or(0)
        } else {
            metadata.blocks() * BLOCK_BYTES
        };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_name_with_brackets() {
        let stat = "12 (a) b (c) S 1 12 12 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 3 0 999 1 1";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("12 (a) S"), None);
    }

    #[test]
    fn memory_is_read_in_kibibytes() {
        let status = "Name:\tfarebox\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n";
        assert_eq!(kibibytes(status, "VmRSS:"), Some(1_024));
        assert_eq!(kibibytes(status, "VmSwap:"), None);
    }

    #[test]
    fn written_bytes_are_those_that_reach_the_disk() {
        let io = "rchar: 1\nwchar: 5\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n";
        assert_eq!(field_of_io(io, "write_bytes:"), Some(4_096));
    }

    #[test]
    fn this_process_can_be_read() {
        assert!(written_bytes("self").is_ok());
        assert!(cpu_seconds("self").is_ok_and(|seconds| seconds >= 0.0));
        assert!(memory_bytes("self").is_ok_and(|(now, highest)| 0 < now && now <= highest));
        let source = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells it")).join("src");
        assert!(disk_bytes(&source).is_ok_and(|bytes| bytes > 0), "this folder has files");
    }
}
