//! The comparison as a table in Markdown and as JSON, with every side's settings.

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;

use super::drive::Measured;
use super::fold::Counts;
use super::ledger::{Setting, Shape};
use super::session::Run;
use super::side::Side;

#[derive(Serialize)]
pub struct Report {
    pub seed: u64,
    pub wallets: u32,
    pub batch: u16,
    pub seconds: u32,
    pub warm_up_seconds: u32,
    pub cores: usize,
    pub kernel: String,
    pub rows: Vec<Row>,
    /// Who could not take part, and why.
    pub skipped: Vec<String>,
}

/// One side, over all its runs.
#[derive(Serialize)]
pub struct Row {
    pub side: Side,
    pub shape: Shape,
    pub runs: usize,
    pub events_per_second: Spread,
    /// Of one call.
    pub latency_ms: Latency,
    pub server_cpu_us_per_event: f64,
    pub client_cpu_us_per_event: f64,
    pub disk_bytes_per_event: DiskPerEvent,
    /// From SIGKILL to answering again.
    pub restart_seconds: Spread,
    pub outcomes: Counts,
    /// Before each run: one, five and fifteen minutes.
    pub load_averages: Vec<String>,
    pub differences: Vec<String>,
    pub tried: Vec<Tried>,
    pub settings: Vec<Setting>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

#[derive(Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
}

/// Of charged events: of its log, and of everything else.
#[derive(Serialize)]
pub struct DiskPerEvent {
    pub log: f64,
    pub data: f64,
}

/// One way of calling it, in the trial before.
#[derive(Serialize)]
pub struct Tried {
    pub shape: Shape,
    pub events_per_second: f64,
}

/// A side's runs before they are summed up.
pub struct Played {
    pub side: Side,
    pub shape: Shape,
    pub tried: Vec<(Shape, f64)>,
    pub settings: Vec<Setting>,
    /// Of the check of every outcome.
    pub differences: Vec<String>,
    pub runs: Vec<Run>,
}

impl Spread {
    /// Of at least one value.
    pub fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Spread { min: sorted[0], median: (low + high) / 2.0, max: sorted[sorted.len() - 1] }
    }
}

impl Row {
    pub fn of(played: Played) -> Result<Row> {
        let Played { side, shape, tried, settings, mut differences, runs } = played;
        let mut all = Measured::new()?;
        let mut charged = 0;
        for (number, run) in runs.iter().enumerate() {
            all.add(&run.measured)?;
            charged += run.all.charged;
            differences.extend(run.differences.iter().map(|it| format!("run {}: {it}", number + 1)));
        }
        let sum = |figure: fn(&Run) -> f64| runs.iter().map(figure).sum::<f64>();
        let events = all.counts.events().max(1) as f64;
        let charged = charged.max(1) as f64;
        Ok(Row {
            side,
            shape,
            runs: runs.len(),
            events_per_second: Spread::of(runs.iter().map(Run::events_per_second)),
            latency_ms: Latency::of(&all.latency_us),
            server_cpu_us_per_event: sum(|run| run.server_cpu_seconds) * 1e6 / events,
            client_cpu_us_per_event: sum(|run| run.client_cpu_seconds) * 1e6 / events,
            disk_bytes_per_event: DiskPerEvent {
                log: sum(|run| run.disk.log_bytes as f64) / charged,
                data: sum(|run| run.disk.data_bytes as f64) / charged,
            },
            restart_seconds: Spread::of(runs.iter().map(|run| run.restart_seconds)),
            outcomes: all.counts,
            load_averages: runs.iter().map(|run| run.load_average.clone()).collect(),
            differences,
            tried: tried
                .into_iter()
                .map(|(shape, events_per_second)| Tried { shape, events_per_second })
                .collect(),
            settings,
        })
    }

    /// Of the table; `reference` is Farebox's median.
    fn line(&self, reference: Option<f64>) -> String {
        let Spread { min, median, max } = self.events_per_second;
        let times = reference.filter(|_| median > 0.0).map(|reference| reference / median);
        let cells = [
            self.side.name().to_owned(),
            self.shape.to_string(),
            format!("{min:.0}"),
            format!("{median:.0}"),
            format!("{max:.0}"),
            times.map_or_else(|| "-".to_owned(), |times| format!("{times:.2}")),
            format!("{:.2}", self.latency_ms.p50),
            format!("{:.2}", self.latency_ms.p99),
            format!("{:.2}", self.server_cpu_us_per_event),
            format!("{:.2}", self.client_cpu_us_per_event),
            format!("{:.0} + {:.0}", self.disk_bytes_per_event.log, self.disk_bytes_per_event.data),
            format!("{:.1}", self.restart_seconds.median),
            if self.differences.is_empty() { "exact".to_owned() } else { "differs".to_owned() },
        ];
        format!("| {} |\n", cells.join(" | "))
    }

    fn details(&self) -> String {
        let mut text = format!("\n### {}\n\n", self.side.name());
        let Counts { charged, duplicate, refused } = self.outcomes;
        text += &format!("- measured: {charged} charged, {duplicate} duplicate, {refused} refused\n");
        text += &format!("- load averages before the runs: {}\n", self.load_averages.join("; "));
        let tried = |tried: &Tried| format!("{}: {:.0}", tried.shape, tried.events_per_second);
        if !self.tried.is_empty() {
            let tried: Vec<String> = self.tried.iter().map(tried).collect();
            text += &format!("- tried (events/s): {}\n", tried.join("; "));
        }
        let settings = self.settings.iter().map(|Setting { name, value }| format!("`{name}` {value}"));
        text += &format!("- settings: {}\n", settings.collect::<Vec<_>>().join("; "));
        for difference in &self.differences {
            text += &format!("- **differs**: {difference}\n");
        }
        text
    }
}

impl Latency {
    fn of(micros: &Histogram<u64>) -> Latency {
        let ms = |quantile| micros.value_at_quantile(quantile) as f64 / 1_000.0;
        Latency { p50: ms(0.5), p99: ms(0.99) }
    }
}

impl Report {
    /// Medians of events a second.
    pub fn medians(&self) -> Vec<(Side, f64)> {
        self.rows.iter().map(|row| (row.side, row.events_per_second.median)).collect()
    }

    pub fn differs(&self) -> bool {
        self.rows.iter().any(|row| !row.differences.is_empty())
    }

    pub fn markdown(&self) -> String {
        let Report { seed, wallets, batch, seconds, warm_up_seconds, cores, kernel, rows, skipped } = self;
        let mut text = format!(
            "{wallets} wallets, batches of {batch}, {seconds} s measured after {warm_up_seconds} s, seed {seed}; \
             {cores} cores, client included; {kernel}\n\n"
        );
        text += "| ledger | connections x events a call | events/s min | median | max | farebox is times as fast \
                 | p50 of a call, ms | p99, ms | server CPU us/event | client CPU us/event \
                 | disk B/event, log + data | ready after SIGKILL, s | audit |\n";
        text += &format!("|---|---|{}\n", "---:|".repeat(10) + "---|");
        let reference =
            rows.iter().find(|row| row.side == Side::Farebox).map(|row| row.events_per_second.median);
        text.extend(rows.iter().map(|row| row.line(reference)));
        text.extend(skipped.iter().map(|skipped| format!("\nskipped: {skipped}\n")));
        text.extend(rows.iter().map(Row::details));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::ledger::Disk;

    fn run(events: u64, differences: Vec<String>) -> Run {
        let mut measured = Measured::new().expect("bounds fit");
        measured.counts = Counts { charged: events, duplicate: 0, refused: 0 };
        measured.latency_us.saturating_record(2_000);
        Run {
            seconds: 10.0,
            all: Counts { charged: 2 * events, ..measured.counts },
            measured,
            server_cpu_seconds: 1.0,
            client_cpu_seconds: 0.5,
            disk: Disk { log_bytes: 20 * events, data_bytes: 40 * events },
            restart_seconds: 0.5,
            load_average: "0.10 0.20 0.30".to_owned(),
            differences,
        }
    }

    fn row(side: Side, events: &[u64], differences: Vec<String>) -> Row {
        let mut runs: Vec<Run> = events.iter().map(|events| run(*events, Vec::new())).collect();
        runs[0].differences = differences;
        let shape = Shape::batches(4, 2_000);
        let settings = vec![Setting::new("fsync", "on")];
        let tried = vec![(shape, 5.0)];
        Row::of(Played { side, shape, tried, settings, differences: Vec::new(), runs }).expect("summed up")
    }

    fn report(rows: Vec<Row>) -> Report {
        Report {
            seed: 1,
            wallets: 10_000,
            batch: 2_000,
            seconds: 10,
            warm_up_seconds: 2,
            cores: 2,
            kernel: "Linux".to_owned(),
            rows,
            skipped: vec!["redis-batched: Redis is not installed".to_owned()],
        }
    }

    #[test]
    fn figures_are_of_all_runs() {
        let row = row(Side::Farebox, &[1_000, 4_000, 2_000], Vec::new());
        assert_eq!(row.events_per_second, Spread { min: 100.0, median: 200.0, max: 400.0 });
        assert!((row.server_cpu_us_per_event - 3e6 / 7_000.0).abs() < 1e-6);
        assert!((row.client_cpu_us_per_event - 1.5e6 / 7_000.0).abs() < 1e-6);
        assert!((row.disk_bytes_per_event.log - 10.0).abs() < 1e-9, "of what was charged with the warm-up");
        assert!((row.disk_bytes_per_event.data - 20.0).abs() < 1e-9);
        let even = Spread::of([4.0, 1.0].into_iter());
        assert_eq!(even, Spread { min: 1.0, median: 2.5, max: 4.0 });
    }

    #[test]
    fn the_table_has_a_line_a_side_with_ratios_settings_and_skips() {
        let peer = row(Side::PostgresBatched, &[1_000], vec!["wallet 3: 1 left".to_owned()]);
        let report = report(vec![row(Side::Farebox, &[8_000], Vec::new()), peer]);
        let text = report.markdown();
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(lines.len(), 3, "{text}");
        let columns = |line: &str| line.matches('|').count();
        let rule = text.lines().find(|line| line.starts_with("|---")).expect("the rule under the head");
        assert!(lines.iter().all(|line| columns(line) == columns(rule)), "{text}");
        for want in [
            "| farebox | 4 x 2000 | 800 | 800 | 800 | 1.00 | 2.00 | 2.00 |",
            "| postgres-batched | 4 x 2000 | 100 | 100 | 100 | 8.00 |",
            "| 10 + 20 | 0.5 | differs |",
            "`fsync` on",
            "tried (events/s): 4 x 2000: 5",
            "**differs**: run 1: wallet 3: 1 left",
            "skipped: redis-batched: Redis is not installed",
            "0.10 0.20 0.30",
        ] {
            assert!(text.contains(want), "{want:?} is not in\n{text}");
        }
        assert!(report.differs());
        let json = serde_json::to_value(&report).expect("JSON");
        assert_eq!(json["rows"][1]["side"], "postgres-batched");
        assert_eq!(json["rows"][0]["settings"][0]["name"], "fsync");
    }
}
