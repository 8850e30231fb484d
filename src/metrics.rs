//! Metrics: every handle made once, so that counting costs an atomic add (a look-up by name costs 55 ns).
//!
//! A recorder of its own, not a global one: two engines in one process count apart. Labels have the words of the code
//! for values, so that they are few; no wallet and no phone number is ever one. What happens for every event is counted
//! in plain numbers where it happens and added here once a drain ([`traffic`]); what is a state rather than an event is
//! set when somebody looks. `docs/operations.md` has all of them in a table that a test holds equal to what is
//! registered here.

mod databases;
mod decimals;
pub mod machine;
pub mod outside;
mod process;
mod registrar;
pub mod requests;
pub mod traffic;

use std::sync::Arc;

pub use metrics::Counter;
use metrics_exporter_prometheus::PrometheusHandle;

pub use databases::{Database, DatabaseFigures};
pub use decimals::DecimalCounter;
pub use registrar::Described;
use registrar::Registrar;

/// The engine's metrics.
pub struct Meters {
    to: Arc<Registrar>,
    rendered: PrometheusHandle,
    pub traffic: traffic::Traffic,
    pub gate: machine::Gate,
    pub shards: machine::Shards,
    /// By number.
    pub shard: Vec<machine::ShardMeters>,
    pub journal: machine::Journal,
    pub views: machine::Views,
    pub standing: machine::Standing,
    pub outside: outside::Outside,
    pub requests: requests::Requests,
    pub journal_database: Database,
    pub views_database: Database,
    pub process: process::Process,
}

impl Meters {
    pub fn new(shards: usize) -> Meters {
        let to = Arc::new(Registrar::new());
        Meters {
            rendered: to.handle(),
            traffic: traffic::Traffic::new(&to),
            gate: machine::Gate::new(&to),
            shards: machine::Shards::new(&to),
            shard: (0..shards).map(|number| machine::ShardMeters::new(&to, number)).collect(),
            journal: machine::Journal::new(&to),
            views: machine::Views::new(&to),
            standing: machine::Standing::new(&to),
            outside: outside::Outside::new(&to),
            requests: requests::Requests::new(&to),
            journal_database: Database::new(&to, "journal"),
            views_database: Database::new(&to, "views"),
            process: process::Process::new(&to),
            to,
        }
    }

    /// The metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        let mut text = self.rendered.render();
        self.to.decimals().render(&mut text);
        text
    }

    /// Folds what the histograms have gathered, so that memory does not grow while nobody scrapes.
    pub fn upkeep(&self) {
        self.rendered.run_upkeep();
    }

    /// Everything that is registered, by name.
    pub fn described(&self) -> Vec<Described> {
        self.to.described()
    }
}

#[cfg(test)]
mod tests;
