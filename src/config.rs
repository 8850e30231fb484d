//! The settings: what they are, their defaults, and where they are read from.
//!
//! Four layers, each over the one before: the defaults, a file (`--config`), the environment
//! (`FAREBOX__SECTION__KEY`), flags. Nothing is guessed: an unknown key, a value of another type and a value
//! out of its range are errors that name the key. `config/default.toml` documents every key.
//!
//! Deliberately absent: coercion (a layered-settings crate would read `"12"` and `12.4` as 12), reloading.

mod layers;
mod limits;
mod page;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use layers::{ConfigError, Flags, environment, load};
pub use page::{PageSettings, TokenAlgorithm, TokenKey};

/// `config/default.toml`: every key with its default and what it does.
pub const DEFAULTS_FILE: &str = include_str!("../config/default.toml");

const MIB: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port; port 0 picks one.
    pub listen: String,
    pub data_dir: PathBuf,
    pub http: Http,
    pub engine: EngineSettings,
    pub journal: JournalSettings,
    pub views: ViewSettings,
    pub payments: PaymentSettings,
    pub webhooks: WebhookSettings,
    pub numbers: NumberSettings,
    pub page: PageSettings,
    pub log: Log,
}

/// How requests are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Threads that serve requests; 0 is one a core.
    pub workers: usize,
    /// After decompression.
    pub body_bytes_max: usize,
    pub events_per_request_max: usize,
    pub line_bytes_max: usize,
    pub keep_alive_seconds: u32,
    /// How long a client may take to send its request's head.
    pub client_timeout_seconds: u32,
}

/// How events are decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// Threads that decide; 0 is one for every two cores, and never more than there are partitions.
    pub shards: usize,
    /// Fixed when the data directory is made.
    pub partitions: u8,
    /// How long ago an event may have happened.
    pub too_old_after_days: u16,
    /// Most events a shard takes from its queue in one go.
    pub drain_events_max: usize,
    /// Most requests that wait for one shard.
    pub queue_requests: usize,
    pub events_in_flight_max: usize,
    pub bytes_in_flight_max: usize,
    /// After how long without an event a wallet is put away.
    pub idle_after_seconds: u32,
    /// After how long without progress a shard is reported as stuck.
    pub stuck_after_seconds: u32,
}

/// How what was decided is made durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalSettings {
    pub frame_bytes_max: usize,
    pub write_buffer_bytes: usize,
    /// How fast the scrub in the background reads.
    pub scrub_bytes_per_second: u64,
}

/// How the views follow the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewSettings {
    /// How far the views may fall behind before less is taken in.
    pub events_behind_max: u64,
    pub checkpoint_seconds: u32,
    pub checkpoint_events: u64,
    pub block_cache_bytes: usize,
}

/// How payments are taken.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentSettings {
    /// Empty: payments are made in the sandbox.
    pub stripe_secret_key: String,
    pub stripe_base_url: String,
    /// Of the endpoint at Stripe; several while they are rotated.
    pub stripe_webhook_secrets: Vec<String>,
    pub connect_milliseconds: u32,
    pub answer_milliseconds: u32,
    /// In units of the wallet's currency.
    pub top_up_min: u32,
    pub top_up_max: u32,
    /// The address that people reach the engine at; empty: the one it listens on.
    pub public_url: String,
}

/// How alerts are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    pub timeout_seconds: u32,
    /// Networks that may be called although they are not public, as `10.0.0.0/8`.
    pub allowed_networks: Vec<String>,
}

/// Who owns the numbers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSettings {
    /// Where releases are told until they are confirmed; empty: nowhere.
    pub release_url: String,
    /// What they are signed with.
    pub release_secret: String,
}

impl std::fmt::Debug for PaymentSettings {
    /// Without the secrets.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("PaymentSettings")
            .field("stripe_base_url", &self.stripe_base_url)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NumberSettings {
    /// Without the secret.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("NumberSettings").field("release_url", &self.release_url).finish_non_exhaustive()
    }
}

/// What is told on standard error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub level: LogLevel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    pub fn as_str(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: "127.0.0.1:8080".to_owned(),
            data_dir: PathBuf::from("./farebox-data"),
            http: Http {
                workers: 0,
                body_bytes_max: 64 * MIB,
                events_per_request_max: 100_000,
                line_bytes_max: 65_536,
                keep_alive_seconds: 75,
                client_timeout_seconds: 10,
            },
            engine: EngineSettings {
                shards: 0,
                partitions: 16,
                too_old_after_days: 35,
                drain_events_max: 32_768,
                queue_requests: 1_024,
                events_in_flight_max: 400_000,
                bytes_in_flight_max: 512 * MIB,
                idle_after_seconds: 300,
                stuck_after_seconds: 30,
            },
            journal: JournalSettings {
                frame_bytes_max: 524_288,
                write_buffer_bytes: 4 * MIB,
                scrub_bytes_per_second: 4 * MIB as u64,
            },
            views: ViewSettings {
                events_behind_max: 2_000_000,
                checkpoint_seconds: 10,
                checkpoint_events: 1_000_000,
                block_cache_bytes: 256 * MIB,
            },
            payments: PaymentSettings {
                stripe_secret_key: String::new(),
                stripe_base_url: "https://api.stripe.com".to_owned(),
                stripe_webhook_secrets: Vec::new(),
                connect_milliseconds: 5_000,
                answer_milliseconds: 30_000,
                top_up_min: 20,
                top_up_max: 2_000,
                public_url: String::new(),
            },
            webhooks: WebhookSettings { timeout_seconds: 15, allowed_networks: Vec::new() },
            numbers: NumberSettings { release_url: String::new(), release_secret: String::new() },
            page: PageSettings::default(),
            log: Log { format: LogFormat::Text, level: LogLevel::Info },
        }
    }
}
