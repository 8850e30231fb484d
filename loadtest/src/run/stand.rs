//! Everything that a run works on: an engine of its own or one that runs, and what the client knows of it.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::options::Place;
use crate::client::Client;
use crate::engine::{Engine, KEY, Launch};
use crate::load::event::Prices;
use crate::load::ledger::Ledger;
use crate::progress::Progress;
use crate::tariff::Version;
use crate::{clock, tariff};

/// The tariff has been in effect for longer than any event is late.
const IN_EFFECT_FOR: SignedDuration = SignedDuration::from_hours(60 * 24);

pub struct Stand {
    pub client: Client,
    pub url: String,
    pub key: String,
    /// Part of every wallet's, tariff's and event's name.
    pub run: String,
    pub engine: Option<Mutex<Engine>>,
    /// As `/proc` knows an engine that somebody else has started.
    process: Option<String>,
    /// On the file system of its data.
    pub folder: PathBuf,
    /// Removed at the end.
    own_folder: Option<PathBuf>,
    pub tariff: Version,
    pub ledger: Rc<RefCell<Ledger>>,
    pub progress: Progress,
    /// Every connection has a number of its own, so that ids are unique over all phases.
    next_connection: Cell<u32>,
    /// What the engine's clock stands at, where it does.
    pub fixed_at: Option<Timestamp>,
}

impl Stand {
    /// Starts an engine, or looks for the one that is named. `environment` is for one that is started.
    pub async fn set_up(place: &Place, environment: &[(String, String)]) -> Result<Stand> {
        let run = clock::stamp();
        if let Some(url) = &place.url {
            let key = place.key.clone().context("an address without a key")?;
            let folder = place.data_dir.clone().unwrap_or_else(std::env::temp_dir);
            let mut stand = Stand::beside(url, &key, run, folder)?;
            stand.process = place.pid.map(|pid| pid.to_string());
            return Ok(stand);
        }
        let parent = place.data_dir.clone().unwrap_or_else(std::env::temp_dir);
        let folder = parent.join(format!("farebox-load-{run}"));
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let launch = Launch::new(place.farebox.as_deref(), &folder)?.config(place.config.as_deref());
        let launch = environment.iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
        let engine = launch.start().await.inspect_err(|_| remove(&folder))?;
        let mut stand = Stand::beside(engine.url(), KEY, run, folder.clone())?;
        stand.engine = Some(Mutex::new(engine));
        stand.own_folder = Some(folder);
        Ok(stand)
    }

    /// An engine that somebody else has started, its data on the file system of `folder`.
    pub fn beside(url: &str, key: &str, run: String, folder: PathBuf) -> Result<Stand> {
        let now = clock::now();
        let [tariff, _] = tariff::versions(now - IN_EFFECT_FOR);
        let prices = Prices::of(&tariff, now);
        Ok(Stand {
            client: Client::new(url, key)?,
            url: url.to_owned(),
            key: key.to_owned(),
            run,
            engine: None,
            process: None,
            folder,
            own_folder: None,
            tariff,
            ledger: Rc::new(RefCell::new(Ledger::new(prices))),
            progress: Progress::new(),
            next_connection: Cell::new(0),
            fixed_at: None,
        })
    }

    pub fn tariff_name(&self) -> String {
        format!("loadtest-{}", self.run)
    }

    /// As `/proc` knows the engine; another one after a restart, and none while it is killed and started again.
    pub fn process(&self) -> Option<String> {
        match &self.engine {
            Some(engine) => engine.try_lock().ok().map(|engine| engine.process()),
            None => self.process.clone(),
        }
    }

    /// Others have used the ids of so many connections.
    pub fn skip_connections(&self, connections: u32) {
        self.next_connection.set(self.next_connection.get() + connections);
    }

    pub fn next_connection(&self) -> u32 {
        self.next_connection.replace(self.next_connection.get() + 1)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        // First the engine, then what it writes to.
        self.engine = None;
        if let Some(folder) = &self.own_folder {
            remove(folder);
        }
    }
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        eprintln!("loadtest: {} stays behind: {error}", folder.display());
    }
}

/// The tail of what an engine of ours has said, for whoever looks for the cause of a failure.
pub fn last_words(stand: &Stand) -> String {
    let log = std::fs::read_to_string(stand.folder.join("stderr")).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
