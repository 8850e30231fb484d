//! Servers as processes of ours: a folder of their own, ended whatever happens, and looked at from outside.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::clock;

const TICKS_PER_SECOND: f64 = 100.0;
const GLANCE: Duration = Duration::from_millis(10);
const END_TIME_MAX: Duration = Duration::from_secs(60);
/// A journal may have to be read again first.
pub const START_TIME_MAX: Duration = Duration::from_secs(600);
/// Of what a server said, shown where it failed.
const LOG_LINES: usize = 12;

/// A temporary folder that goes away with this.
pub struct Folder(PathBuf);

impl Folder {
    pub fn make(parent: Option<&Path>, name: &str) -> Result<Folder> {
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
        let folder = parent.join(format!("farebox-{name}-{}", clock::stamp()));
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        // A server that must not be root looks for its own folder inside.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        Ok(Folder(folder))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("peers: {} stays: {error}", self.0.display());
        }
    }
}

/// A server and the processes that it started.
pub struct Process {
    child: Child,
    log: PathBuf,
}

/// One process, as `/proc` tells of it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    id: u32,
    parent: u32,
    ticks: u64,
    /// Of children that have ended.
    children_ticks: u64,
}

impl Process {
    /// What it says goes into a file.
    pub fn start(command: &mut Command, log: &Path) -> Result<Process> {
        let out = fs::File::create(log).with_context(|| format!("making {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let program = command.get_program().to_owned();
        let child = command.spawn().with_context(|| format!("starting {}", program.display()))?;
        Ok(Process { child, log: log.to_owned() })
    }

    /// An error, with what it said last, where it has ended.
    pub fn still_runs(&mut self) -> Result<()> {
        let Some(status) = self.child.try_wait()? else { return Ok(()) };
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(LOG_LINES).collect();
        bail!("ended ({status}):\n{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"))
    }

    /// What it has said so far.
    pub fn said(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// User and system time of it and all that it started.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let all = seen()?;
        let family = family(&all, self.child.id());
        ensure!(!family.is_empty(), "process {} is not there any more", self.child.id());
        Ok(family.iter().map(|seen| seen.ticks + seen.children_ticks).sum::<u64>() as f64 / TICKS_PER_SECOND)
    }

    /// Takes it and all that it started away at once, as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        let family: Vec<u32> = family(&seen()?, self.child.id()).iter().map(|seen| seen.id).collect();
        self.child.kill()?;
        self.child.wait()?;
        let others: Vec<String> =
            family.iter().filter(|id| **id != self.child.id()).map(u32::to_string).collect();
        if !others.is_empty() {
            // Many end by themselves when their parent does; that they cannot be found then is as good.
            Command::new("kill").arg("-KILL").args(&others).stderr(Stdio::null()).status()?;
        }
        let begun = clock::tick();
        while others.iter().any(|id| Path::new("/proc").join(id).exists()) {
            ensure!(begun.elapsed() < END_TIME_MAX, "processes {others:?} do not end");
            std::thread::sleep(GLANCE);
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.kill();
    }
}

/// Tries until it succeeds, as long as the server runs.
pub async fn patiently<T>(
    process: &mut Process,
    mut attempt: impl AsyncFnMut(&mut Process) -> Result<Option<T>>,
) -> Result<T> {
    let begun = clock::tick();
    while begun.elapsed() < START_TIME_MAX {
        if let Some(there) = attempt(process).await? {
            return Ok(there);
        }
        process.still_runs()?;
        tokio::time::sleep(GLANCE).await;
    }
    bail!("not ready within {} s", START_TIME_MAX.as_secs())
}

fn seen() -> Result<Vec<Seen>> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        // It may have ended since.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        processes.extend(read(id, &stat));
    }
    Ok(processes)
}

fn read(id: u32, stat: &str) -> Option<Seen> {
    // The command's name may hold blanks and brackets itself.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Seen {
        id,
        parent: fields.get(1)?.parse().ok()?,
        ticks: number(11)? + number(12)?,
        children_ticks: number(13)? + number(14)?,
    })
}

/// A process and all below it.
fn family(all: &[Seen], root: u32) -> Vec<&Seen> {
    let mut found: Vec<&Seen> = all.iter().filter(|seen| seen.id == root).collect();
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].id;
        found.extend(all.iter().filter(|seen| seen.parent == parent && seen.id != root));
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_behind_a_name_with_brackets() {
        let stat = "12 (a) b (c) S 7 12 12 0 -1 4194304 100 0 0 0 250 50 20 10 20 0 3 0 999 1 1";
        assert_eq!(read(12, stat), Some(Seen { id: 12, parent: 7, ticks: 300, children_ticks: 30 }));
        assert_eq!(read(12, "12 (a) S 7"), None);
    }

    #[test]
    fn a_family_is_all_that_was_started_by_what_was_started() {
        let seen = |id, parent| Seen { id, parent, ticks: 1, children_ticks: 0 };
        let all = [seen(1, 0), seen(5, 1), seen(6, 5), seen(7, 6), seen(8, 1), seen(9, 5)];
        let ids: Vec<u32> = family(&all, 5).iter().map(|seen| seen.id).collect();
        assert_eq!(ids, [5, 6, 9, 7]);
        assert!(family(&all, 99).is_empty());
    }

    #[test]
    fn a_server_that_is_killed_takes_its_children_along_and_its_folder_goes() {
        let folder = Folder::make(None, "test-process").expect("a temporary folder");
        let path = folder.path().to_owned();
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 & echo started; wait"]);
        let mut process = Process::start(&mut shell, &path.join("log")).expect("a shell starts");
        while !process.said().expect("a log").contains("started") {
            std::thread::sleep(GLANCE);
        }
        let root = process.child.id();
        let family: Vec<u32> = family(&seen().expect("/proc"), root).iter().map(|seen| seen.id).collect();
        assert_eq!(family.len(), 2, "the shell and what it started: {family:?}");
        assert!(process.cpu_seconds().expect("it runs") >= 0.0);
        process.kill().expect("both end");
        for id in family {
            assert!(!Path::new("/proc").join(id.to_string()).exists(), "{id} lives on");
        }
        let error = process.still_runs().expect_err("it has ended").to_string();
        assert!(error.contains("started"), "what it said last is told: {error}");
        drop((process, folder));
        assert!(!path.exists(), "the folder stays");
    }
}
