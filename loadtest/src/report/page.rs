//! The report as one page that needs nothing else: no script, no file beside it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{Axis, Scale, Series, bars, lines};
use super::{GroupReport, Latency, PhaseReport, Report, RunReport, Step};
use crate::load::tally::OUTCOMES;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #6b7280; --line: #d9dde3; --paper: #fff; --bad: #b42318 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa3ad; --line: #343a42; --paper: #14171a; --bad: #f97066 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2.5rem } h3 { font-size: 1rem }
table { border-collapse: collapse; display: block; overflow-x: auto } th, td { padding: .25rem .75rem .25rem 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
th:first-child, td:first-child { text-align: left } th { color: var(--soft); font-weight: 500 }
svg { width: 100%; height: auto } svg text { font-size: 11px; fill: var(--soft) } .grid { stroke: var(--line) }
.legend span { margin-right: 1rem; color: var(--soft) } .dot { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .35rem !important }
.soft { color: var(--soft) } .bad { color: var(--bad); font-weight: 600 } code { font-size: .9em; overflow-wrap: anywhere }
";

pub fn write(report: &Report) -> String {
    let Report { host, scenario, settings, seed, began_at, runs, figures, failed } = report;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Farebox under load: " (scenario) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Farebox under load: " (scenario) }
                p class="soft" {
                    (began_at) ", revision " (host.revision) ", seed " (seed) br;
                    (host.cpu) ", " (host.cores) " cores, " (gibibytes(host.memory_bytes)) " GiB, " (host.kernel) ", "
                    (host.file_system) br;
                    code { "loadtest " (settings) }
                }
                @if failed.is_empty() {
                    p { "Everything that was asserted holds, and every wallet's balance is what it should be." }
                } @else {
                    @for failed in failed { p class="bad" { (failed) } }
                }
                @if !figures.is_empty() {
                    h2 { "Figures" }
                    table {
                        tr { th { "" } th { "min" } th { "median" } th { "max" } }
                        @for (name, spread) in figures {
                            tr { td { (name) } @for value in [spread.min, spread.median, spread.max] { td { (number(value)) } } }
                        }
                    }
                }
                @for run in runs { (one_run(run)) }
            }
        }
    }
    .into_string()
}

fn gibibytes(bytes: u64) -> u64 {
    bytes >> 30
}

fn number(value: f64) -> String {
    if value.abs() >= 1_000.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn one_run(run: &RunReport) -> Markup {
    let RunReport { run: name, phases, steps, audit, notes, .. } = run;
    html! {
        h2 { "Run " (name) }
        @if !steps.is_empty() { (around_the_knee(steps)) }
        @for phase in phases { (one_phase(phase)) }
        h3 { "Audit" }
        p {
            (audit.wallets) " wallets read, " (audit.amounts_compared) " amounts compared one by one, "
            @if audit.differences.is_empty() { "no difference." }
            @else { span class="bad" { (audit.differences.len()) " differences" } }
        }
        @for difference in &audit.differences { p class="bad" { (difference) } }
        @for note in notes { p class="soft" { (note) } }
    }
}

fn around_the_knee(steps: &[Step]) -> Markup {
    let mut sorted = steps.to_vec();
    sorted.sort_by(|one, other| one.events_per_second.total_cmp(&other.events_per_second));
    let curve = |name: &str, of: fn(&Step) -> f64| Series {
        name: name.to_owned(),
        points: sorted.iter().map(|step| (step.events_per_second, of(step))).collect(),
    };
    let latencies = [curve("p50", |step| step.p50_ms), curve("p99", |step| step.p99_ms)];
    html! {
        h3 { "Latency over rate" }
        (lines(
            &Axis { label: "events a second, intended", scale: Scale::Linear },
            &Axis { label: "ms from the intended instant", scale: Scale::Log },
            &latencies,
        ))
        table {
            tr { th { "intended" } th { "reached" } th { "p50 ms" } th { "p99 ms" } th { "unsent" } th { "" } }
            @for step in &sorted {
                tr {
                    td { (number(step.events_per_second)) } td { (number(step.reached_events_per_second)) }
                    td { (number(step.p50_ms)) } td { (number(step.p99_ms)) } td { (step.unsent) }
                    td { (if step.holds { "holds" } else { "breaks" }) }
                }
            }
        }
    }
}

fn one_phase(phase: &PhaseReport) -> Markup {
    let PhaseReport { name, warm_up_seconds, seconds, groups, cost } = phase;
    let by_second = |of: &dyn Fn(&GroupReport) -> Vec<f64>| -> Vec<Series> {
        let points =
            |group| of(group).into_iter().enumerate().map(|(at, value)| (at as f64, value)).collect();
        groups.iter().map(|group| Series { name: group.name.clone(), points: points(group) }).collect()
    };
    let throughput = by_second(&|group| group.seconds.iter().map(|events| *events as f64).collect());
    let slowest = by_second(&|group| group.slowest_ms.clone());
    html! {
        h3 { (name) }
        p class="soft" { (number(*seconds)) " s after " (number(*warm_up_seconds)) " s of warm-up" }
        table {
            tr {
                th { "" } th { "connections" } th { "batch" } th { "target/s" } th { "events/s" } th { "requests/s" }
                th { "turned away" } th { "unsent" }
            }
            @for group in groups { (throughput_row(group)) }
        }
        (lines(
            &Axis { label: "seconds since the beginning, warm-up included", scale: Scale::Linear },
            &Axis { label: "events answered in a second", scale: Scale::Linear },
            &throughput,
        ))
        (lines(
            &Axis { label: "seconds since the beginning, warm-up included", scale: Scale::Linear },
            &Axis { label: "ms that the slowest request answered in a second took", scale: Scale::Log },
            &slowest,
        ))
        @for group in groups { (latencies(group)) }
        table {
            @for (name, value) in cost.each() {
                @if let Some(value) = value { tr { td { (name) } td { (number(value)) } } }
            }
        }
    }
}

fn throughput_row(group: &GroupReport) -> Markup {
    html! {
        tr {
            td { (group.name) } td { (group.connections) } td { (group.batch) }
            td { (group.target_events_per_second.map_or("closed loop".to_owned(), number)) }
            td { (number(group.events_per_second)) } td { (number(group.requests_per_second)) }
            td { (group.turned_away) } td { (group.unsent) }
        }
    }
}

fn latencies(group: &GroupReport) -> Markup {
    let row = |name: &str, events: String, latency: &Latency| {
        let Latency { p50_ms, p90_ms, p99_ms, p999_ms, max_ms } = *latency;
        html! {
            tr {
                td { (name) } td { (events) }
                @for value in [p50_ms, p90_ms, p99_ms, p999_ms, max_ms] { td { (number(value)) } }
            }
        }
    };
    let histograms: Vec<Series> = group
        .by_outcome
        .iter()
        .map(|(name, outcome)| Series {
            name: name.clone(),
            points: outcome.bars.iter().map(|(bound, count)| (*bound, *count as f64)).collect(),
        })
        .collect();
    html! {
        table {
            tr {
                th { (group.name) ", by outcome" } th { "events" } th { "p50 ms" } th { "p90" } th { "p99" } th { "p99.9" }
                th { "max" }
            }
            (row("requests", String::new(), &group.latency))
            @for name in OUTCOMES {
                @if let Some(outcome) = group.by_outcome.get(name) {
                    (row(name, outcome.events.to_string(), &outcome.latency))
                }
            }
        }
        (bars(
            &Axis { label: "ms from the intended instant", scale: Scale::Log },
            &Axis { label: "events", scale: Scale::Log },
            &histograms,
        ))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_shows_everything_and_asks_for_nothing() {
        let page = super::write(&crate::report::tests::sample());
        for want in [
            "events_per_second",
            "events &lt;all&gt;",
            "A &amp; B",
            "p99_ms&lt;=1: it is 9.25",
            "Latency over rate",
            "<polyline",
            "<rect",
            "breaks",
        ] {
            assert!(page.contains(want), "{want:?} is not in\n{page}");
        }
        for unwanted in ["<script", "http://", "https://", "<link", "<img", "url("] {
            assert!(!page.contains(unwanted), "{unwanted:?} is in the page");
        }
    }
}
