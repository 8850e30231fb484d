//! Making handles: each series is described and registered once, and stands at zero from then on, so that a rate over
//! what has never happened is zero and not nothing.

use std::collections::{BTreeMap, BTreeSet};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use parking_lot::Mutex;

use super::decimals::{DecimalCounter, Decimals};

const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const BYTES: &[f64] = &[256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0];
const ROWS: &[f64] = &[1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0];
const METADATA: Metadata<'static> = Metadata::new("farebox", Level::INFO, None);

/// Names and values of the labels of one series.
pub type Labels<'l> = &'l [(&'static str, &'l str)];

/// A metric as it is documented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The names of its labels.
    pub labels: BTreeSet<&'static str>,
    pub help: &'static str,
}

pub struct Registrar {
    recorder: PrometheusRecorder,
    decimals: Decimals,
    described: Mutex<BTreeMap<&'static str, Described>>,
}

impl Registrar {
    pub fn new() -> Registrar {
        let buckets = |builder: PrometheusBuilder, suffix: &str, values: &[f64]| {
            builder
                .set_buckets_for_metric(Matcher::Suffix(suffix.to_owned()), values)
                .expect("bucket lists are constants and not empty")
        };
        let builder = buckets(PrometheusBuilder::new(), "_seconds", SECONDS);
        let builder = buckets(builder, "_bytes", BYTES);
        let builder = buckets(builder, "_events", ROWS);
        Registrar {
            recorder: builder.build_recorder(),
            decimals: Decimals::default(),
            described: Mutex::default(),
        }
    }

    pub fn handle(&self) -> PrometheusHandle {
        self.recorder.handle()
    }

    pub fn decimals(&self) -> &Decimals {
        &self.decimals
    }

    /// Everything registered so far, by name.
    pub fn described(&self) -> Vec<Described> {
        self.described.lock().values().cloned().collect()
    }

    fn describe(&self, name: &'static str, kind: &'static str, help: &'static str, labels: Labels<'_>) {
        let mut described = self.described.lock();
        let new = || Described { name, kind, labels: BTreeSet::new(), help };
        let metric = described.entry(name).or_insert_with(new);
        assert_eq!((metric.kind, metric.help), (kind, help), "{name} is described once");
        metric.labels.extend(labels.iter().map(|(label, _)| *label));
    }

    pub fn counter(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Counter {
        self.describe(name, "counter", help, labels);
        self.recorder.describe_counter(KeyName::from(name), None, help.into());
        self.recorder.register_counter(&key(name, labels), &METADATA)
    }

    /// One series for each word that the label may have.
    pub fn counters<'w>(
        &self,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Vec<Counter> {
        words.into_iter().map(|word| self.counter(name, help, &[(label, word)])).collect()
    }

    /// A counter in fractions of its unit, as exact as money is.
    pub fn decimal(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> DecimalCounter {
        self.describe(name, "counter", help, labels);
        self.decimals.register(name, help, labels)
    }

    pub fn gauge(&self, name: &'static str, help: &'static str) -> Gauge {
        self.gauge_of(name, help, &[])
    }

    pub fn gauge_of(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Gauge {
        self.describe(name, "gauge", help, labels);
        self.recorder.describe_gauge(KeyName::from(name), None, help.into());
        self.recorder.register_gauge(&key(name, labels), &METADATA)
    }

    pub fn histogram(&self, name: &'static str, help: &'static str) -> Histogram {
        self.histogram_of(name, help, &[])
    }

    pub fn histogram_of(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Histogram {
        self.describe(name, "histogram", help, labels);
        self.recorder.describe_histogram(KeyName::from(name), None, help.into());
        self.recorder.register_histogram(&key(name, labels), &METADATA)
    }
}

fn key(name: &'static str, labels: Labels<'_>) -> Key {
    let labels = labels.iter().map(|(name, value)| Label::new(*name, (*value).to_owned()));
    Key::from_parts(name, labels.collect::<Vec<_>>())
}
