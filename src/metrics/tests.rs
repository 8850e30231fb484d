//! What is counted is rendered, and documented.

use super::requests::Answered;
use super::*;
use crate::domain::currency::Currency;

fn answered(method: &'static str, path: &'static str, status: u16) -> Answered<'static> {
    Answered { method, path, status, seconds: 0.001 }
}

/// All that there can be: what comes only with its first currency or request, too.
fn complete() -> Meters {
    let meters = Meters::new(2);
    meters.traffic.money.of(Currency::USD);
    meters.requests.count(answered("GET", "/livez", 200), || Some("/livez".to_owned()));
    meters
}

#[test]
fn what_was_counted_is_rendered() {
    let meters = complete();
    meters.traffic.events[0][4].increment(2);
    meters.journal.commit_seconds.record(0.002);
    meters.traffic.money.of(Currency::USD).charged[0].add(1_500_000_000);
    meters.upkeep();
    let text = meters.render();
    for wanted in [
        "farebox_events_total{outcome=\"conflict\",type=\"message.outbound\",kind=\"sms\"} 2",
        "farebox_events_refused_total{code=\"suspended\"} 0",
        "farebox_commit_duration_seconds_bucket{le=\"0.0025\"} 1",
        "farebox_money_charged_total{currency=\"USD\",entry=\"charge\"} 1.500000000",
        "farebox_http_requests_total{method=\"GET\",route=\"/livez\",status=\"2xx\"} 1",
        "farebox_http_requests_total{method=\"GET\",route=\"/livez\",status=\"5xx\"} 0",
        "# TYPE farebox_wallet_actors gauge",
    ] {
        assert!(text.lines().any(|line| line == wanted), "{wanted} is not in:\n{text}");
    }
}

#[test]
fn names_and_units_are_as_prometheus_wants_them() {
    for Described { name, kind, help, labels } in complete().described() {
        assert!(name.starts_with("farebox_") || name.starts_with("process_"), "{name}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert!(help.ends_with('.') && help.len() > 6, "{name}: {help:?} is no sentence");
        assert!(labels.iter().all(|label| !label.contains("wallet")), "{name}: {labels:?}");
        for unit in ["milliseconds", "millis", "micros", "nanos", "kilobytes", "percent"] {
            assert!(!name.contains(unit), "{name} is not in base units");
        }
    }
}

#[test]
fn every_route_is_told_from_the_others_and_odd_methods_are_one() {
    let meters = complete();
    meters.requests.expect("POST", "/v1/events");
    for method in ["PATCH", "TRACE", "BREW"] {
        meters.requests.count(answered(method, "/coffee", 405), || None);
    }
    meters.requests.count(answered("GET", "/tea", 700), || None);
    for wallet in ["/v1/wallets/one", "/v1/wallets/two"] {
        meters.requests.count(answered("GET", wallet, 200), || Some("/v1/wallets/{wallet}".to_owned()));
    }
    let spared = || panic!("the path is the pattern");
    meters.requests.count(answered("POST", "/v1/events", 429), spared);
    let text = meters.render();
    for wanted in [
        "farebox_http_requests_total{method=\"POST\",route=\"/v1/events\",status=\"2xx\"} 0",
        "farebox_http_requests_total{method=\"POST\",route=\"/v1/events\",status=\"4xx\"} 1",
        "farebox_http_requests_total{method=\"GET\",route=\"/v1/wallets/{wallet}\",status=\"2xx\"} 2",
        "farebox_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/wallets/{wallet}\"} 2",
        "farebox_http_requests_total{method=\"other\",route=\"unknown\",status=\"4xx\"} 3",
        "farebox_http_requests_total{method=\"GET\",route=\"unknown\",status=\"5xx\"} 1",
    ] {
        assert!(text.lines().any(|line| line == wanted), "{wanted} is not in:\n{text}");
    }
}

/// The table of docs/operations.md, made from what is registered.
fn table() -> String {
    let row = |Described { name, kind, labels, help }: Described| {
        let labels: Vec<_> = labels.into_iter().map(|label| format!("`{label}`")).collect();
        format!("| `{name}` | {kind} | {} | {} |\n", labels.join(", "), help.replace('|', "\\|"))
    };
    let rows: String = complete().described().into_iter().map(row).collect();
    format!("| metric | | labels | |\n|---|---|---|---|\n{rows}")
}

#[test]
fn the_documented_metrics_are_those_that_there_are() {
    // Of the run, not of the build: checkouts may share a target folder.
    let checkout = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells a test where its package is");
    let manual = std::path::PathBuf::from(checkout).join("docs/operations.md");
    let manual = std::fs::read_to_string(manual).expect("docs/operations.md can be read");
    let (_, rest) = manual.split_once("<!-- metrics -->\n").expect("where the table begins");
    let (documented, _) = rest.split_once("<!-- end -->").expect("where the table ends");
    let table = table();
    assert!(documented == table, "docs/operations.md wants this table between its marks:\n{table}");
}
