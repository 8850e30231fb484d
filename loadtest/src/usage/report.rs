//! What was measured, and which bounds it misses.

use serde::Serialize;

const TABLE_MS_MAX: f64 = 50.0;
const CSV_ROWS_PER_SECOND_MIN: f64 = 500_000.0;
const INGESTION_RATIO_MIN: f64 = 0.9;
const MEMORY_ADDED_BYTES_MAX: u64 = 64 << 20;
const JOURNAL_BYTES_MAX: f64 = 50.0;
const VIEWS_BYTES_MAX: f64 = 100.0;

#[derive(Debug, Serialize)]
pub struct Report {
    /// Entries in the store.
    pub events: u64,
    pub messages: u64,
    pub wallets: u32,
    pub preload_seconds: f64,
    pub restart_seconds: f64,
    pub journal_bytes_per_event: f64,
    pub views_bytes_per_event: f64,
    pub tables: Vec<TableTime>,
    pub exports: Exports,
    pub beside: Beside,
}

/// Milliseconds of one way to ask for the year's table.
#[derive(Debug, Serialize)]
pub struct TableTime {
    pub name: &'static str,
    pub min_ms: f64,
    pub median_ms: f64,
    pub max_ms: f64,
}

#[derive(Debug, Serialize)]
pub struct ExportTime {
    pub name: &'static str,
    pub rows: u64,
    pub bytes: u64,
    pub rows_per_second: f64,
}

#[derive(Debug, Serialize)]
pub struct Exports {
    pub times: Vec<ExportTime>,
    pub memory_added_bytes: u64,
}

/// Ingestion in turn alone and with exports beside it.
#[derive(Debug, Serialize)]
pub struct Beside {
    pub events_per_second_alone: Vec<f64>,
    pub events_per_second_beside: Vec<f64>,
    pub export_rows_per_second: f64,
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        even if even % 2 == 0 => (sorted[even / 2 - 1] + sorted[even / 2]) / 2.0,
        odd => sorted[odd / 2],
    }
}

impl TableTime {
    pub fn of(name: &'static str, milliseconds: Vec<f64>) -> TableTime {
        let min_ms = milliseconds.iter().copied().fold(f64::INFINITY, f64::min);
        let max_ms = milliseconds.iter().copied().fold(0.0, f64::max);
        TableTime { name, min_ms, median_ms: median(&milliseconds), max_ms }
    }
}

impl Exports {
    fn median_rows_per_second(&self, name: &str) -> f64 {
        let of = self.times.iter().filter(|time| time.name == name).map(|time| time.rows_per_second);
        median(&of.collect::<Vec<_>>())
    }
}

impl Beside {
    fn ratio(&self) -> f64 {
        median(&self.events_per_second_beside) / median(&self.events_per_second_alone)
    }
}

impl Report {
    pub fn print(&self) {
        println!(
            "{} entries, {} of one wallet, {} others; filled in {:.0} s, started again in {:.1} s",
            self.events, self.messages, self.wallets, self.preload_seconds, self.restart_seconds
        );
        println!(
            "disk: journal {:.1} and views {:.1} bytes an event",
            self.journal_bytes_per_event, self.views_bytes_per_event
        );
        for TableTime { name, min_ms, median_ms, max_ms } in &self.tables {
            println!("table {name}: {min_ms:.1} / {median_ms:.1} / {max_ms:.1} ms (min / median / max)");
        }
        for ExportTime { name, rows, bytes, rows_per_second } in &self.exports.times {
            println!("{name}: {rows} rows, {bytes} bytes, {rows_per_second:.0} rows/s");
        }
        println!(
            "memory added by exports: {:.1} MiB",
            self.exports.memory_added_bytes as f64 / f64::from(1 << 20)
        );
        let Beside { events_per_second_alone, events_per_second_beside, export_rows_per_second } =
            &self.beside;
        println!(
            "ingestion alone {events_per_second_alone:.0?}, beside exports {events_per_second_beside:.0?} events/s: \
             ratio {:.3}; {export_rows_per_second:.0} rows/s exported meanwhile",
            self.beside.ratio()
        );
    }

    /// The bounds that are missed, in words.
    pub fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        for TableTime { name, median_ms, .. } in &self.tables {
            if *median_ms > TABLE_MS_MAX {
                missed.push(format!("table {name}: {median_ms:.1} ms, at most {TABLE_MS_MAX}"));
            }
        }
        let rows = self.exports.median_rows_per_second("entries.csv");
        if rows < CSV_ROWS_PER_SECOND_MIN {
            missed.push(format!("entries.csv: {rows:.0} rows/s, at least {CSV_ROWS_PER_SECOND_MIN}"));
        }
        if self.exports.memory_added_bytes > MEMORY_ADDED_BYTES_MAX {
            missed.push(format!("memory: {} bytes added", self.exports.memory_added_bytes));
        }
        if self.beside.ratio() < INGESTION_RATIO_MIN {
            missed.push(format!("ingestion keeps {:.3} of its rate beside exports", self.beside.ratio()));
        }
        if self.journal_bytes_per_event > JOURNAL_BYTES_MAX || self.views_bytes_per_event > VIEWS_BYTES_MAX {
            missed.push("bytes on disk an event".to_owned());
        }
        missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_or_between_the_two() {
        for (values, want) in
            [(vec![], 0.0), (vec![3.0], 3.0), (vec![4.0, 1.0], 2.5), (vec![9.0, 1.0, 2.0], 2.0)]
        {
            assert_eq!(median(&values), want, "{values:?}");
        }
    }

    #[test]
    fn what_misses_a_bound_is_named() {
        let beside = |beside| Beside {
            events_per_second_alone: vec![100.0],
            events_per_second_beside: vec![beside],
            export_rows_per_second: 1.0,
        };
        let time = ExportTime { name: "entries.csv", rows: 1, bytes: 1, rows_per_second: 600_000.0 };
        let mut report = Report {
            events: 1,
            messages: 1,
            wallets: 1,
            preload_seconds: 1.0,
            restart_seconds: 1.0,
            journal_bytes_per_event: 40.0,
            views_bytes_per_event: 80.0,
            tables: vec![TableTime::of("by day", vec![40.0])],
            exports: Exports { times: vec![time], memory_added_bytes: 1 },
            beside: beside(95.0),
        };
        assert_eq!(report.missed(), Vec::<String>::new());
        report.beside = beside(80.0);
        report.tables = vec![TableTime::of("by day", vec![60.0])];
        assert_eq!(report.missed().len(), 2);
    }
}
