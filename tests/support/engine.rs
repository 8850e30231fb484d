//! The real binary on a directory of the test's own: started on a port of its choosing, stopped by signal.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::client::Client;

/// The key of all rights that every engine of these tests is started with.
pub const OPERATOR_KEY: &str = "fb_operator_key_of_the_black_box_tests_0001";

/// How long a start may take on a busy machine before it counts as hung.
const START_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a graceful stop may take.
pub const STOP_TIME_MAX: Duration = Duration::from_secs(10);
const STDERR_LINES_SHOWN: usize = 40;

/// The binary under test.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_farebox")
}

/// A start about to be made: `home/data` is the data directory, `home/stderr.log` what it said.
pub struct Launch {
    home: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    listen: String,
    /// Shell commands run before the engine takes the shell's place.
    shell_first: Option<String>,
}

/// A running engine; killed by its process id when dropped.
pub struct Engine {
    child: Child,
    home: PathBuf,
    pub url: String,
}

/// An engine that ended before it listened.
#[derive(Debug)]
pub struct Refused {
    pub status: ExitStatus,
    /// What this start alone wrote to stderr.
    pub stderr: String,
}

/// Where the data of the engine at `home` lies.
pub fn data_dir(home: &Path) -> PathBuf {
    home.join("data")
}

impl Launch {
    pub fn new(home: &Path) -> Launch {
        Launch {
            home: home.to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            listen: "127.0.0.1:0".to_owned(),
            shell_first: None,
        }
    }

    pub fn argument(mut self, argument: &str) -> Launch {
        self.arguments.push(argument.to_owned());
        self
    }

    pub fn environment(mut self, name: &str, value: &str) -> Launch {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn listen(mut self, address: &str) -> Launch {
        self.listen = address.to_owned();
        self
    }

    pub fn shell_first(mut self, commands: &str) -> Launch {
        self.shell_first = Some(commands.to_owned());
        self
    }

    fn command(&self) -> Command {
        let mut command = match &self.shell_first {
            None => Command::new(program()),
            Some(first) => {
                let mut shell = Command::new("sh");
                shell.arg("-c").arg(format!("{first}; exec \"$0\" \"$@\"")).arg(program());
                shell
            }
        };
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FAREBOX_")) {
            command.env_remove(name);
        }
        command.arg("serve").arg("--data-dir").arg(data_dir(&self.home));
        command.args(["--listen", &self.listen]).args(&self.arguments);
        command.env("FAREBOX_OPERATOR_KEY", OPERATOR_KEY).current_dir(&self.home);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Waits until the engine listens, or has ended.
    pub fn try_start(self) -> Result<Engine, Refused> {
        let log = self.home.join("stderr.log");
        let stderr = OpenOptions::new().create(true).append(true).open(&log).expect("opening stderr.log");
        let said_before = stderr.metadata().expect("the length of stderr.log").len() as usize;
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap_or_else(|error| panic!("starting {}: {error}", program()));
        let stdout = child.stdout.take().expect("stdout was asked for");
        let listening = watch_stdout(BufReader::new(stdout), self.home.join("stdout.log"));
        match listening.recv_timeout(START_TIME_MAX) {
            Ok(url) => Ok(Engine { child, home: self.home, url }),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                let _ = child.wait();
                panic!(
                    "wanted `listening on http://...` on stdout or an end within {START_TIME_MAX:?}, got neither; stderr:\n{}",
                    tail(&log)
                );
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = wait(&mut child, START_TIME_MAX).unwrap_or_else(|| {
                    let _ = child.kill();
                    let _ = child.wait();
                    panic!("wanted an end after stdout was closed; stderr:\n{}", tail(&log))
                });
                let said = std::fs::read(&log).expect("reading stderr.log");
                let stderr = String::from_utf8_lossy(&said[said_before..]).into_owned();
                Err(Refused { status, stderr })
            }
        }
    }

    /// As [`Launch::try_start`], where a refusal is the test's failure.
    pub fn start(self) -> Engine {
        self.try_start().unwrap_or_else(|refused| {
            panic!("wanted a start, got {}; stderr:\n{}", refused.status, refused.stderr)
        })
    }

    /// As [`Launch::try_start`], where a start is the test's failure.
    pub fn refused(self, why: &str) -> Refused {
        match self.try_start() {
            Ok(_) => panic!("wanted the start refused: {why}"),
            Err(refused) => {
                assert!(!refused.status.success(), "wanted a non-zero exit: {why}; got {}", refused.status);
                refused
            }
        }
    }
}

/// Sends the address once it is printed, then keeps draining so that the engine never blocks on its stdout.
fn watch_stdout(stdout: impl BufRead + Send + 'static, copy: PathBuf) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut copy = File::create(copy).ok();
        for line in stdout.lines().map_while(Result::ok) {
            if let Some(url) = line.strip_prefix("listening on ") {
                let _ = sender.send(url.trim().to_owned());
            }
            if let Some(file) = &mut copy {
                let _ = writeln!(file, "{line}");
            }
        }
    });
    receiver
}

/// `None` when the child still runs at the end of the bound.
fn wait(child: &mut Child, bound: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + bound;
    loop {
        if let Some(status) = child.try_wait().expect("waiting for the engine") {
            return Some(status);
        }
        if Instant::now() > deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn tail(log: &Path) -> String {
    let said = std::fs::read(log).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(STDERR_LINES_SHOWN)..].join("\n")
}

impl Engine {
    pub fn start(home: &Path, extra_arguments: &[&str]) -> Engine {
        extra_arguments.iter().fold(Launch::new(home), |launch, argument| launch.argument(argument)).start()
    }

    /// With the operator's key.
    pub fn client(&self) -> Client {
        Client::new(&self.url, OPERATOR_KEY)
    }

    /// Host and port, for raw connections.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

    /// SIGKILL, as the power cut of one process.
    pub fn kill(mut self) {
        self.child.kill().expect("killing the engine");
        self.child.wait().expect("waiting for the killed engine");
    }

    /// SIGTERM without waiting for the end.
    pub fn ask_to_stop(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("sending SIGTERM");
    }

    /// SIGTERM; the exit status and how long it took, at most [`STOP_TIME_MAX`].
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let asked_at = Instant::now();
        self.ask_to_stop();
        let status = self.wait(STOP_TIME_MAX, "a graceful stop after SIGTERM");
        (status, asked_at.elapsed())
    }

    /// SIGTERM, and nothing but exit 0 in time will do.
    pub fn stop(self) {
        let (status, took) = self.terminate();
        assert!(status.success(), "wanted exit 0 after SIGTERM, got {status} after {took:?}");
    }

    /// The end that the engine comes to by itself.
    pub fn wait(&mut self, bound: Duration, what: &str) -> ExitStatus {
        wait(&mut self.child, bound)
            .unwrap_or_else(|| panic!("wanted {what} within {bound:?}, it still runs"))
    }

    /// Everything that the engines on this home have said on stderr.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.home.join("stderr.log")).unwrap_or_default()).into_owned()
    }

    /// The most memory that the process has ever had resident.
    pub fn memory_peak_bytes(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {path}: {error}"));
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM in status");
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("VmHWM in kB");
        kibibytes * 1024
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the engine's last lines ---\n{}", tail(&self.home.join("stderr.log")));
        }
    }
}
