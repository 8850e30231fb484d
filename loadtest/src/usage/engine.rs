//! The engine that is measured: a process of ours, ended whatever happens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::clock;

pub const KEY: &str = "loadtest-usage-key";
const START_TIME_MAX: Duration = Duration::from_secs(900);
const GLANCE: Duration = Duration::from_millis(20);

pub struct Engine {
    program: PathBuf,
    folder: PathBuf,
    child: Child,
    url: String,
}

/// What is free on the disk of a folder.
pub fn free_bytes(folder: &Path) -> Result<u64> {
    let told =
        Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().context("running df")?;
    let told = String::from_utf8_lossy(&told.stdout);
    told.lines().nth(1).and_then(|line| line.trim().parse().ok()).context("df has another shape")
}

impl Engine {
    /// Starts it on a clock that stands at this instant.
    pub fn start(program: Option<&Path>, folder: &Path, clock: &str) -> Result<Engine> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => std::env::current_exe()?.with_file_name("farebox"),
        };
        let (child, url) = launch(&program, folder, clock)?;
        Ok(Engine { program, folder: folder.to_owned(), child, url })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its number, as `/proc` knows it.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// Stops it in order and starts it again; answers how long the start took.
    pub fn restart(&mut self, clock: &str) -> Result<f64> {
        let asked = Command::new("kill").args(["-TERM", &self.process()]).status()?;
        ensure!(asked.success(), "the engine could not be told to stop");
        ensure!(self.child.wait()?.success(), "the engine did not stop in order");
        let started = clock::tick();
        (self.child, self.url) = launch(&self.program, &self.folder, clock)?;
        Ok(started.elapsed().as_secs_f64())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(program: &Path, folder: &Path, clock: &str) -> Result<(Child, String)> {
    let (out, log) = (folder.join("stdout"), folder.join("stderr"));
    let mut child = Command::new(program)
        .args(["serve", "--listen", "127.0.0.1:0", "--test-clock", clock, "--data-dir"])
        .arg(folder.join("data"))
        .env("FAREBOX_OPERATOR_KEY", KEY)
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out)?)
        .stderr(fs::File::create(&log)?)
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    let begun = clock::tick();
    while begun.elapsed() < START_TIME_MAX {
        let told = fs::read_to_string(&out)?;
        let url = told.lines().find_map(|line| line.strip_prefix("listening on "));
        // The line may not have been written to its end.
        if let Some(url) = url.filter(|_| told.ends_with('\n')) {
            return Ok((child, url.trim().to_owned()));
        }
        if child.try_wait()?.is_some() {
            bail!("the engine did not start: {}", fs::read_to_string(&log)?);
        }
        std::thread::sleep(GLANCE);
    }
    child.kill()?;
    bail!("the engine did not listen within {} s", START_TIME_MAX.as_secs())
}
