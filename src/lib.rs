//! Farebox: the prepaid meter for text messages. ARCHITECTURE.md tells where things are.

#![forbid(unsafe_code)]

pub mod actors;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod effects;
pub mod engine;
pub mod http;
pub mod ingest;
pub mod journal;
pub mod metrics;
pub mod payments;
pub mod store;
pub mod tariff_file;
pub mod usage;
pub mod webhooks;
