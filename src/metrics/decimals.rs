//! Counters in fractions of their unit, exact to nine places: the exporter's own counters are whole numbers, and money
//! counted in whole minor units would have another unit for every currency.

use std::fmt::Write as _;
use std::sync::Arc;

use parking_lot::Mutex;

use super::registrar::Labels;

const NANOS: u128 = 1_000_000_000;

/// One series. Added to once a drain or so: a lock that nobody waits for costs little more than an atomic add.
#[derive(Clone, Debug, Default)]
pub struct DecimalCounter(Arc<Mutex<u128>>);

impl DecimalCounter {
    /// Adds so many 1e-9 of the unit.
    pub fn add(&self, nanos: u128) {
        *self.0.lock() += nanos;
    }

    /// For what is counted elsewhere: it stands at so many 1e-9 of the unit now.
    pub fn set(&self, nanos: u128) {
        let mut standing = self.0.lock();
        *standing = nanos.max(*standing);
    }
}

/// All series, by their metric.
#[derive(Debug, Default)]
pub struct Decimals(Mutex<Vec<Family>>);

#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    /// The labels as they are written, and the series.
    series: Vec<(String, DecimalCounter)>,
}

impl Decimals {
    /// The series of these labels; the same one when it is asked for again. Values of labels are words of the code.
    pub fn register(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> DecimalCounter {
        let mut families = self.0.lock();
        let place = families.iter().position(|family| family.name == name).unwrap_or_else(|| {
            families.push(Family { name, help, series: Vec::new() });
            families.len() - 1
        });
        let series = &mut families[place].series;
        let labels: Vec<_> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        if let Some((_, known)) = series.iter().find(|(known, _)| *known == labels) {
            return known.clone();
        }
        let counter = DecimalCounter::default();
        series.push((labels, counter.clone()));
        counter
    }

    /// Writes them in Prometheus' text format.
    pub fn render(&self, out: &mut String) {
        for Family { name, help, series } in &*self.0.lock() {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter");
            for (labels, counter) in series {
                let nanos = *counter.0.lock();
                let _ = writeln!(out, "{name}{labels} {}.{:09}", nanos / NANOS, nanos % NANOS);
            }
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_added_up_exactly() {
        let decimals = Decimals::default();
        let labels: Labels<'_> = &[("currency", "USD"), ("entry", "charge")];
        let counter = decimals.register("money_total", "Money.", labels);
        for _ in 0..3 {
            decimals.register("money_total", "Money.", labels).add(7_900_001);
        }
        counter.add(12 * NANOS);
        decimals.register("cpu_seconds_total", "Time.", &[]).set(1);
        let mut text = String::new();
        decimals.render(&mut text);
        let want = "# HELP money_total Money.\n# TYPE money_total counter\n\
                    money_total{currency=\"USD\",entry=\"charge\"} 12.023700003\n\n\
                    # HELP cpu_seconds_total Time.\n# TYPE cpu_seconds_total counter\n\
                    cpu_seconds_total 0.000000001\n\n";
        assert_eq!(text, want);
    }

    #[test]
    fn what_is_counted_elsewhere_never_goes_back() {
        let counter = DecimalCounter::default();
        counter.set(5);
        counter.set(3);
        assert_eq!(*counter.0.lock(), 5);
    }
}
