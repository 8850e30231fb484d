//! The report for a terminal.

use std::fmt::Write as _;

use super::{CostReport, GroupReport, Latency, PhaseReport, Report, RunReport, Spread, Step};
use crate::load::tally::OUTCOMES;

const MEBIBYTE: f64 = (1 << 20) as f64;

pub fn write(report: &Report) -> String {
    let mut text = String::new();
    let Report { host, settings, seed, runs, figures, failed, .. } = report;
    say(&mut text, format_args!("loadtest {settings} (seed {seed}, revision {})", host.revision));
    say(&mut text, format_args!("{}, {} cores, {}, {}", host.cpu, host.cores, host.kernel, host.file_system));
    for run in runs {
        one_run(&mut text, run);
    }
    if runs.len() > 1 {
        say(&mut text, format_args!("over {} runs: min / median / max", runs.len()));
        for (name, Spread { min, median, max }) in figures {
            say(&mut text, format_args!("  {name}: {min:.2} / {median:.2} / {max:.2}"));
        }
    }
    failed.iter().for_each(|failed| say(&mut text, format_args!("FAILED {failed}")));
    text
}

fn say(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("a text takes what is written");
    text.push('\n');
}

fn one_run(text: &mut String, run: &RunReport) {
    for Step { events_per_second, reached_events_per_second, p50_ms, p99_ms, unsent, holds } in &run.steps {
        let verdict = if *holds { "holds" } else { "breaks" };
        say(
            text,
            format_args!(
                "  {events_per_second:>9.0} events/s {verdict}: reached {reached_events_per_second:.0}, \
                 p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms, {unsent} unsent"
            ),
        );
    }
    run.phases.iter().for_each(|phase| one_phase(text, phase));
    let own = |name: &&String| run.phases.iter().all(|phase| !phase.figures().contains_key(*name));
    for name in run.figures.keys().filter(own) {
        say(text, format_args!("  {name} = {:.3}", run.figures[name]));
    }
    say(
        text,
        format_args!(
            "  audit: {} wallets, {} amounts compared, {} differences",
            run.audit.wallets,
            run.audit.amounts_compared,
            run.audit.differences.len()
        ),
    );
    run.audit.differences.iter().for_each(|difference| say(text, format_args!("    {difference}")));
    run.notes.iter().for_each(|note| say(text, format_args!("  note: {note}")));
}

fn one_phase(text: &mut String, phase: &PhaseReport) {
    let PhaseReport { name, warm_up_seconds, seconds, groups, cost } = phase;
    say(text, format_args!("{name}: {seconds:.1} s after {warm_up_seconds:.1} s"));
    groups.iter().for_each(|group| one_group(text, group));
    one_cost(text, cost);
}

fn one_group(text: &mut String, group: &GroupReport) {
    let GroupReport { name, connections, batch, target_events_per_second, latency, .. } = group;
    let target = target_events_per_second
        .map_or("closed loop".to_owned(), |rate| format!("target {rate:.0} events/s"));
    say(text, format_args!("  {name}: {connections} connections, {batch} events a request, {target}"));
    say(
        text,
        format_args!(
            "    {:.0} events/s, {:.0} requests/s, {} turned away, {} events unsent",
            group.events_per_second, group.requests_per_second, group.turned_away, group.unsent
        ),
    );
    one_latency(text, "requests", latency);
    for (outcome, told) in &group.by_outcome {
        one_latency(text, &format!("{outcome} ({})", told.events), &told.latency);
    }
    let outcomes: Vec<String> = OUTCOMES
        .iter()
        .zip(group.outcomes.each())
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    say(text, format_args!("    {} events: {}", group.events, outcomes.join(", ")));
}

fn one_latency(text: &mut String, of: &str, latency: &Latency) {
    let Latency { p50_ms, p90_ms, p99_ms, p999_ms, max_ms } = latency;
    say(
        text,
        format_args!(
            "    {of}: p50 {p50_ms:.2}, p90 {p90_ms:.2}, p99 {p99_ms:.2}, p99.9 {p999_ms:.2}, max {max_ms:.2} ms"
        ),
    );
}

fn one_cost(text: &mut String, cost: &CostReport) {
    let told: Vec<String> = cost
        .each()
        .into_iter()
        .filter_map(|(name, value)| {
            let value = value?;
            let is_size = name == "resident_bytes" || name == "compaction_owed_bytes";
            Some(if is_size {
                format!("{} {:.0} MiB", name.trim_end_matches("_bytes"), value / MEBIBYTE)
            } else {
                format!("{name} {value:.2}")
            })
        })
        .collect();
    say(text, format_args!("  cost: {}", told.join(", ")));
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_person_reads_rates_latencies_and_what_failed() {
        let text = super::write(&crate::report::tests::sample());
        for want in
            ["99000 events/s", "p99 9.25", "FAILED p99_ms<=1", "1 differences", "200000 events/s breaks"]
        {
            assert!(text.contains(want), "{want:?} is not in\n{text}");
        }
    }
}
