//! What `/metrics` says, read as Prometheus does.

use std::collections::BTreeMap;

/// One sample: the name of its series, its labels and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// All samples of a text; comments are left out.
pub fn samples(text: &str) -> Vec<Sample> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| sample(line).unwrap_or_else(|| panic!("{line:?} is no sample"))).collect()
}

fn sample(line: &str) -> Option<Sample> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, rest) = series.split_once('{').unwrap_or((series, "}"));
    let mut labels = BTreeMap::new();
    let mut rest = rest.strip_suffix('}')?;
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        labels.insert(label.to_owned(), value.to_owned());
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    Some(Sample { name: name.to_owned(), labels, value: value.parse().ok()? })
}

/// The sum of the samples of a name that have all these labels.
pub fn sum(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let fits = |sample: &&Sample| {
        sample.name == name
            && labels
                .iter()
                .all(|(label, value)| sample.labels.get(*label).is_some_and(|found| found == value))
    };
    let found: Vec<_> = samples.iter().filter(fits).collect();
    assert!(!found.is_empty(), "wanted {name} with {labels:?}");
    found.iter().map(|sample| sample.value).sum()
}

#[test]
fn samples_are_read_with_their_labels() {
    let text = "# HELP a b\n# TYPE a counter\na_total 5\n\na_total{x=\"1\",y=\"p q\"} 7.5\na_bucket{le=\"+Inf\"} 2\n";
    let read = samples(text);
    assert_eq!(read.len(), 3);
    assert_eq!(sum(&read, "a_total", &[]), 12.5);
    assert_eq!(sum(&read, "a_total", &[("y", "p q")]), 7.5);
    assert_eq!(sum(&read, "a_bucket", &[("le", "+Inf")]), 2.0);
}
