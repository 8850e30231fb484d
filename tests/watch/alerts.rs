//! The alerts: valid, each tested both ways, each with its words in the documentation.

use crate::prometheus::{is_installed, promtool};
use crate::read;

/// The names after `key` in a YAML file that has one on a line.
fn named(text: &str, key: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(key));
    lines.map(|name| name.trim().trim_matches('\'').to_owned()).collect()
}

pub fn names() -> Vec<String> {
    let names = named(&read("config/prometheus/alerts.yml"), "- alert: ");
    assert!(names.len() >= 20, "wanted the alerts read: {names:?}");
    names
}

#[test]
fn every_alert_is_tested_both_ways() {
    let tests = named(&read("tests/watch/alerts.yml"), "- name: ");
    let wanted = names().into_iter().flat_map(|name| [format!("{name} fires"), format!("{name} is silent")]);
    assert_eq!(tests, wanted.collect::<Vec<_>>(), "tests/watch/alerts.yml tells the alerts in their order");
}

#[test]
fn every_alert_says_what_to_do() {
    let (alerts, manual) = (read("config/prometheus/alerts.yml"), read("docs/operations.md"));
    for name in names() {
        assert!(
            manual.contains(&format!("\n### {name}\n")),
            "wanted {name} as a heading in docs/operations.md"
        );
        let runbook = format!("runbook: docs/operations.md#{}", name.to_lowercase());
        assert!(alerts.contains(&runbook), "wanted {runbook:?} in the alerts");
    }
    let told = manual.lines().filter(|line| line.starts_with("### Farebox")).count();
    assert_eq!(told, names().len(), "docs/operations.md has the alerts that there are and no others");
    for annotation in ["summary:", "description:", "runbook:", "severity:"] {
        let found = alerts.lines().filter(|line| line.trim().starts_with(annotation)).count();
        assert_eq!(found, names().len(), "every alert has a {annotation}");
    }
}

#[test]
fn the_configuration_and_the_rules_are_valid_and_fire_as_they_should() {
    if !is_installed("the_configuration_and_the_rules_are_valid_and_fire_as_they_should") {
        return;
    }
    for arguments in [
        ["check", "config", "config/prometheus/prometheus.yml"],
        ["check", "rules", "config/prometheus/alerts.yml"],
        ["test", "rules", "tests/watch/alerts.yml"],
    ] {
        let (well, said) = promtool(&arguments, "");
        assert!(well, "promtool {}:\n{said}", arguments.join(" "));
    }
}
