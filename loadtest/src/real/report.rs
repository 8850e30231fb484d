//! What a run of `loadtest real` prints.

use std::collections::BTreeMap;

use serde::Serialize;

use super::audit::Audited;
use super::feed::{Fed, Plan};
use super::script::Action;
use crate::money;
use crate::words::Outcome;

#[derive(Serialize)]
pub struct Report {
    pub run: String,
    pub corpus: String,
    pub skipped: Option<String>,
    pub wallets: u64,
    pub events: u64,
    pub requests: u64,
    pub adjustments: u64,
    /// Of the events, by the recount; equal to the engine's where there is no difference.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Why events were not charged.
    pub codes: BTreeMap<&'static str, u64>,
    pub entries_compared: u64,
    /// Sum of all charges and fees.
    pub charged_total: String,
    pub seconds: f64,
    pub events_per_second: f64,
    pub differences: u64,
    pub first_differences: Vec<String>,
}

impl Report {
    pub fn new(
        plan: &Plan,
        run: &str,
        corpus: String,
        skipped: Option<String>,
        fed: Fed,
        audited: Audited,
        seconds: f64,
    ) -> Report {
        let (mut outcomes, mut codes, mut charged_total) = (BTreeMap::new(), BTreeMap::new(), 0);
        for (step, answer) in plan.script.steps.iter().zip(&plan.expectations.answers) {
            if matches!(step.action, Action::Adjust(_)) {
                continue;
            }
            *outcomes.entry(answer.outcome.word()).or_default() += 1;
            if let Some(code) = answer.code {
                *codes.entry(code).or_default() += 1;
            }
            if answer.outcome == Outcome::Charged {
                charged_total += answer.amount.unwrap_or(0);
            }
        }
        let mut differences = fed.differences;
        differences.merge(audited.differences);
        Report {
            run: run.to_string(),
            corpus,
            skipped,
            wallets: audited.wallets,
            events: fed.events,
            requests: fed.requests,
            adjustments: fed.adjustments,
            outcomes,
            codes,
            entries_compared: audited.entries,
            charged_total: money::write(charged_total),
            seconds,
            events_per_second: fed.events as f64 / seconds.max(f64::EPSILON),
            differences: differences.count,
            first_differences: differences.named,
        }
    }

    pub fn print(&self) {
        println!("run {} on {}", self.run, self.corpus);
        println!("{:>10} events in {} requests", self.events, self.requests);
        for (outcome, count) in &self.outcomes {
            println!("{count:>10} {outcome}");
        }
        let codes: Vec<String> = self.codes.iter().map(|(code, count)| format!("{code} {count}")).collect();
        println!("           codes: {}", codes.join(", "));
        println!("{:>10} wallets, {} adjustments", self.wallets, self.adjustments);
        println!("{:>10} entries compared, {} USD charged", self.entries_compared, self.charged_total);
        println!(
            "{:>10.0} events/s in {:.2} s (answers compared on the way)",
            self.events_per_second, self.seconds
        );
        println!("{:>10} differences", self.differences);
        for difference in &self.first_differences {
            println!("  {difference}");
        }
        let unnamed = self.differences - self.first_differences.len() as u64;
        if unnamed > 0 {
            println!("  and {unnamed} more");
        }
    }
}
