//! The machine that a run was on, and the revision that was measured: a figure without them cannot be compared.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// What cannot be found out is `unknown`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    pub cpu: String,
    pub cores: usize,
    pub memory_bytes: u64,
    pub kernel: String,
    /// Of the data folder: kind and device.
    pub file_system: String,
    pub revision: String,
}

impl Host {
    /// This machine, with its data under `folder`.
    pub fn here(folder: &Path) -> Host {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        Host {
            cpu: field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, |cores| cores.get()),
            memory_bytes: field(&read("/proc/meminfo"), "MemTotal")
                .and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok())
                .map_or(0, |kibibytes| kibibytes * 1_024),
            kernel: format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
            file_system: file_system(&read("/proc/self/mounts"), &folder).unwrap_or_else(unknown),
            revision: revision().unwrap_or_else(unknown),
        }
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// Of the mount that is the longest part of the path.
fn file_system(mounts: &str, folder: &Path) -> Option<String> {
    let mount = mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ');
            Some((fields.next()?, fields.next()?, fields.next()?))
        })
        .filter(|(_, at, _)| folder.starts_with(at))
        .max_by_key(|(_, at, _)| at.len())?;
    Some(format!("{} on {}", mount.2, mount.0))
}

/// As git tells it where the run was started; `-dirty` where something is not committed.
fn revision() -> Option<String> {
    let told = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=12"]).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    Some(told.trim().to_owned()).filter(|told| !told.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_system_is_that_of_the_nearest_mount() {
        let mounts = "/dev/a / ext4 rw 0 0\n/dev/b /data xfs rw 0 0\ntmpfs /data/tmp tmpfs rw 0 0\n";
        for (folder, want) in [
            ("/data/run", "xfs on /dev/b"),
            ("/data/tmp/x", "tmpfs on tmpfs"),
            ("/database", "ext4 on /dev/a"),
        ] {
            assert_eq!(file_system(mounts, Path::new(folder)).as_deref(), Some(want), "{folder}");
        }
    }

    #[test]
    fn this_machine_tells_what_it_is() {
        let host = Host::here(Path::new("/tmp"));
        assert!(host.cores > 0 && host.memory_bytes > 0, "{host:?}");
        assert!(host.kernel.len() > "Linux ".len(), "{host:?}");
    }
}
