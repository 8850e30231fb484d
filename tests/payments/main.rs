//! Payments and webhooks against the real binary over HTTP, with everything going wrong that may: the provider, its
//! webhooks, the network in between, the process itself, and those who are to hear of it (RULES, sections 10 and 11).

#[path = "../support/mod.rs"]
mod support;

mod world;

mod bad_input;
mod deliveries;
mod faults;
mod forgotten;
mod kills;
mod notices;
mod order;
mod releases;
mod secrets;
mod targets;
mod wire;
