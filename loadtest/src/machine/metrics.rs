//! The engine's own figures: Prometheus' text format, as far as it is needed to hold it against the client's.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::client::Client;
use crate::load::tally::{Counts, OUTCOMES};

/// One reading of `/metrics`, by name with labels.
#[derive(Clone, Debug, Default)]
pub struct Reading(BTreeMap<String, f64>);

impl Reading {
    pub async fn take(client: &Client) -> Result<Reading> {
        Ok(Reading::parse(&String::from_utf8_lossy(&client.read("/metrics").await?)))
    }

    fn parse(text: &str) -> Reading {
        let samples = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Reading(samples.collect())
    }

    /// The sum over all labels; `None` where there is no such metric.
    pub fn sum(&self, name: &str) -> Option<f64> {
        self.sum_where(name, "")
    }

    /// The sum over those whose labels hold a text.
    fn sum_where(&self, name: &str, label: &str) -> Option<f64> {
        let of_metric = |full: &&String| {
            let rest = full.strip_prefix(name);
            rest.is_some_and(|rest| (rest.is_empty() || rest.starts_with('{')) && rest.contains(label))
        };
        let values: Vec<f64> =
            self.0.iter().filter(|(full, _)| of_metric(full)).map(|(_, value)| *value).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }

    /// The sum of every metric whose name holds a text, over all labels.
    pub fn sum_of_names_with(&self, part: &str) -> Option<f64> {
        let name = |full: &str| full.split('{').next().unwrap_or("").contains(part);
        let values: Vec<f64> =
            self.0.iter().filter(|(full, _)| name(full)).map(|(_, value)| *value).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }

    /// Events by outcome that were counted since an earlier reading.
    pub fn events_since(&self, before: &Reading) -> Counts {
        let of = |outcome: &str| {
            let label = format!("outcome=\"{outcome}\"");
            let sum = |reading: &Reading| reading.sum_where("farebox_events_total", &label).unwrap_or(0.0);
            (sum(self) - sum(before)).round() as u64
        };
        let [charged, recorded, refused, duplicate, conflict, invalid, unavailable] = OUTCOMES.map(of);
        Counts { charged, recorded, refused, duplicate, conflict, invalid, unavailable }
    }

    /// What a counter has grown by since an earlier reading.
    pub fn grown_since(&self, before: &Reading, name: &str) -> Option<f64> {
        Some(self.sum(name)? - before.sum(name).unwrap_or(0.0))
    }

    /// A quantile of what a histogram has gathered since an earlier reading, between the bounds of its bucket.
    pub fn quantile_since(&self, before: &Reading, name: &str, quantile: f64) -> Option<f64> {
        let start = format!("{name}_bucket{{");
        let mut buckets: Vec<(f64, f64)> = self
            .0
            .iter()
            .filter(|(full, _)| full.starts_with(&start))
            .filter_map(|(full, count)| {
                let bound = full.split("le=\"").nth(1)?.split('"').next()?;
                let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
                Some((bound, count - before.0.get(full).copied().unwrap_or(0.0)))
            })
            .collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        let wanted = buckets.last()?.1 * quantile;
        let mut below = (0.0, 0.0);
        for (bound, count) in buckets {
            if count >= wanted && count > below.1 {
                let share = (wanted - below.1) / (count - below.1);
                return Some(if bound.is_finite() { below.0 + (bound - below.0) * share } else { below.0 });
            }
            below = (bound, count);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str =
        "farebox_events_total{outcome=\"charged\"} 10\nfarebox_wait_seconds_bucket{le=\"0.01\"} 4\n";
    const AFTER: &str = "# HELP farebox_events_total Events.
farebox_events_total{outcome=\"charged\"} 25
farebox_events_total{outcome=\"charged\",kind=\"mms\"} 5
farebox_events_total{outcome=\"unavailable\",code=\"stopping\"} 2
farebox_events_total_more 9
farebox_wait_seconds_bucket{le=\"0.01\"} 54
farebox_wait_seconds_bucket{le=\"0.02\"} 104
farebox_wait_seconds_bucket{le=\"+Inf\"} 104
farebox_rocksdb_pending_compaction_bytes{db=\"views\"} 7
farebox_rocksdb_pending_compaction_bytes{db=\"journal\"} 8
";

    #[test]
    fn counters_are_added_over_their_labels() {
        let (before, after) = (Reading::parse(BEFORE), Reading::parse(AFTER));
        let want = Counts { charged: 20, unavailable: 2, ..Counts::default() };
        assert_eq!(after.events_since(&before), want);
        assert_eq!(after.sum("farebox_none"), None);
        assert_eq!(after.sum_of_names_with("pending_compaction_bytes"), Some(15.0));
        assert_eq!(after.grown_since(&before, "farebox_events_total"), Some(22.0));
    }

    #[test]
    fn a_quantile_lies_between_the_bounds_of_its_bucket() {
        let (before, after) = (Reading::parse(BEFORE), Reading::parse(AFTER));
        let quantile = |q| after.quantile_since(&before, "farebox_wait_seconds", q).expect("a histogram");
        assert!((quantile(0.25) - 0.005).abs() < 0.001, "{}", quantile(0.25));
        assert!((quantile(0.75) - 0.015).abs() < 0.001, "{}", quantile(0.75));
        assert_eq!(after.quantile_since(&before, "farebox_none_seconds", 0.5), None);
    }
}
