//! The dashboard: what its panels ask, and that Grafana can show it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::read;

/// One expression of a panel, with Grafana's own variables filled in.
pub struct Asked {
    pub panel: String,
    pub expression: String,
}

fn dashboard() -> Value {
    serde_json::from_str(&read("config/grafana/farebox.json")).expect("the dashboard is JSON")
}

fn list<'a>(document: &'a Value, field: &str) -> &'a [Value] {
    document[field].as_array().unwrap_or_else(|| panic!("wanted a list `{field}` in {document}"))
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_else(|| panic!("wanted a text `{field}` in {document}"))
}

/// Everything that the dashboard asks, over the last `range`.
pub fn expressions(range: &str) -> Vec<Asked> {
    let dashboard = dashboard();
    let mut asked = Vec::new();
    for panel in list(&dashboard, "panels").iter().filter(|panel| panel["type"] != "row") {
        for target in list(panel, "targets") {
            let expression =
                text(target, "expr").replace("$__rate_interval", range).replace("$instance", ".*");
            asked.push(Asked { panel: text(panel, "title").to_owned(), expression });
        }
    }
    for annotation in list(&dashboard["annotations"], "list") {
        let (panel, expression) = (text(annotation, "name").to_owned(), text(annotation, "expr").to_owned());
        asked.push(Asked { panel, expression });
    }
    asked
}

#[test]
fn every_panel_asks_the_data_source_that_was_chosen_and_has_a_place_of_its_own() {
    let dashboard = dashboard();
    let variables: Vec<&str> =
        list(&dashboard["templating"], "list").iter().map(|variable| text(variable, "name")).collect();
    assert_eq!(variables, ["datasource", "instance"]);
    let (mut ids, mut places, mut rows) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for panel in list(&dashboard, "panels") {
        let title = text(panel, "title");
        assert!(ids.insert(panel["id"].as_u64()), "{title}: two panels have this id");
        let place = &panel["gridPos"];
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| place[side].as_u64().expect("a place"));
        assert!(x + w <= 24, "{title} is wider than the page");
        for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(places.insert(cell), "{title} lies on another panel");
        }
        if panel["type"] == "row" {
            rows.push(title);
            continue;
        }
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
        for target in list(panel, "targets") {
            assert!(text(target, "expr").contains("instance=~\"$instance\""), "{title}: {target}");
        }
    }
    let want = [
        "Traffic",
        "Money",
        "Latency",
        "Engine",
        "Views",
        "Timers, payments, webhooks, exports",
        "RocksDB",
        "Process",
    ];
    assert_eq!(rows, want);
    assert!(expressions("1m").iter().all(|asked| !asked.expression.contains('$')), "a variable is left");
}
