//! An engine of our own that is measured: a process, ended whatever happens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::client::Client;
use crate::clock;

pub const KEY: &str = "fb_operator_key_of_the_load_test_000000001";
const START_TIME_MAX: Duration = Duration::from_secs(900);
const GLANCE: Duration = Duration::from_millis(5);

/// A start about to be made.
#[derive(Clone, Debug)]
pub struct Launch {
    program: PathBuf,
    folder: PathBuf,
    listen: String,
    test_clock: Option<String>,
    config: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

pub struct Engine {
    launch: Launch,
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

impl Launch {
    /// The program beside this one where none is named; its data and what it says are put into `folder`.
    pub fn new(program: Option<&Path>, folder: &Path) -> Result<Launch> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => std::env::current_exe()?.with_file_name("farebox"),
        };
        Ok(Launch {
            program,
            folder: folder.to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            test_clock: None,
            config: None,
            environment: Vec::new(),
        })
    }

    /// On a clock that stands at this instant.
    pub fn test_clock(mut self, instant: &str) -> Launch {
        self.test_clock = Some(instant.to_owned());
        self
    }

    /// With settings of a file.
    pub fn config(mut self, file: Option<&Path>) -> Launch {
        self.config = file.map(Path::to_owned);
        self
    }

    pub fn environment(mut self, name: &str, value: &str) -> Launch {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers once it listens.
    pub async fn start(self) -> Result<Engine> {
        let (child, url) = self.spawn().await?;
        Ok(Engine { launch: self, child, url })
    }

    async fn spawn(&self) -> Result<(Child, String)> {
        let (out, log) = (self.folder.join("stdout"), self.folder.join("stderr"));
        let mut command = Command::new(&self.program);
        // What is set for the person who measures must not change what is measured.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FAREBOX_"))
        {
            command.env_remove(name);
        }
        command.args(["serve", "--listen", &self.listen, "--data-dir"]).arg(self.folder.join("data"));
        if let Some(instant) = &self.test_clock {
            command.args(["--test-clock", instant]);
        }
        if let Some(file) = &self.config {
            command.arg("--config").arg(file);
        }
        let mut child = command
            .env("FAREBOX_OPERATOR_KEY", KEY)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(fs::File::create(&out)?)
            .stderr(fs::File::create(&log)?)
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))?;
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
            tokio::time::sleep(GLANCE).await;
        }
        child.kill()?;
        bail!("the engine did not listen within {} s", START_TIME_MAX.as_secs())
    }
}

impl Engine {
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its number, as `/proc` knows it.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// Stops it in order and starts it again at another instant; answers how long the start took.
    pub async fn restart(&mut self, test_clock: &str) -> Result<f64> {
        let asked = Command::new("kill").args(["-TERM", &self.process()]).status()?;
        ensure!(asked.success(), "the engine could not be told to stop");
        ensure!(self.child.wait()?.success(), "the engine did not stop in order");
        self.launch.test_clock = Some(test_clock.to_owned());
        let started = clock::tick();
        (self.child, self.url) = self.launch.spawn().await?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts a killed one again at the same address; answers how long it took until it was ready.
    pub async fn revive(&mut self) -> Result<f64> {
        self.launch.listen = self.url.trim_start_matches("http://").to_owned();
        let started = clock::tick();
        (self.child, self.url) = self.launch.spawn().await?;
        let client = Client::new(&self.url, KEY)?;
        while started.elapsed() < START_TIME_MAX {
            if client.is_ready().await? {
                return Ok(started.elapsed().as_secs_f64());
            }
            tokio::time::sleep(GLANCE).await;
        }
        bail!("the engine was not ready within {} s", START_TIME_MAX.as_secs())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
