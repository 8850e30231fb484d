//! A real Prometheus scrapes a running engine under load, and finds whatever dashboard and alerts ask for.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::exposition::{Sample, samples, sum};
use crate::load::{Load, PEERS, WALLETS};
use crate::prometheus::{Prometheus, is_installed, promtool};
use crate::support::event::CHANNEL;
use crate::{alerts, dashboard, promql};

/// How long the engine is loaded: several scrapes, a checkpoint and a pass of the views.
const LOADED_FOR: Duration = Duration::from_secs(20);
/// As many rounds at least, so that months pass and numbers are released.
const ROUNDS_MIN: u32 = 60;
/// What rates are taken over.
const RANGE: &str = "30s";
/// How long Prometheus may take to have scraped and evaluated the end of the load.
const SEEN_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_real_prometheus_finds_everything_that_dashboard_and_alerts_ask_for() {
    let test = "a_real_prometheus_finds_everything_that_dashboard_and_alerts_ask_for";
    if !is_installed(test) {
        return;
    }
    let mut load = Load::start(&[]).await;
    let prometheus = Prometheus::start(load.world.engine().address()).await;
    let (begun, mut rounds) = (Instant::now(), 0);
    while rounds < ROUNDS_MIN || begun.elapsed() < LOADED_FOR {
        load.round().await;
        rounds += 1;
    }
    let text = load.metrics().await;
    let (clean, said) = promtool(&["check", "metrics"], &text);
    assert!(clean && said.trim().is_empty(), "promtool check metrics:\n{said}");
    counts_agree(&load, &samples(&text)).await;
    let mut lacking = Vec::new();
    for asked in dashboard::expressions(RANGE) {
        let found = prometheus.ask(&asked.expression).await;
        // An annotation marks what is rare: that its series are there is enough.
        let found = match asked.panel.as_str() {
            "Starts" => prometheus.ask(&promql::selectors(&asked.expression)[0]).await,
            _ => found,
        };
        if !found.iter().any(|(_, value)| !value.is_nan()) {
            lacking.push(format!("panel {}: {}", asked.panel, asked.expression));
        }
    }
    for (alert, asked) in asked_by_alerts(&prometheus).await {
        if prometheus.ask(&asked).await.is_empty() {
            lacking.push(format!("alert {alert}: {asked}"));
        }
    }
    assert!(lacking.is_empty(), "nothing is found for:\n{}", lacking.join("\n"));
    alerts_fire(&prometheus).await;
    load.world.stop();
}

/// Every series that an alert names, and what it makes of them, whether or not it fires.
async fn asked_by_alerts(prometheus: &Prometheus) -> Vec<(String, String)> {
    let rules = prometheus.rules().await;
    let names: Vec<_> =
        rules.iter().map(|rule| rule["name"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(names, alerts::names(), "Prometheus has the alerts as they are shipped");
    let mut found = Vec::new();
    for (rule, name) in rules.iter().zip(names) {
        assert_eq!(rule["health"], "ok", "{rule}");
        let expression = rule["query"].as_str().expect("a rule has an expression");
        let selectors = promql::selectors(expression);
        assert!(!selectors.is_empty(), "{name} names no series");
        let asked = selectors.into_iter().chain([promql::unfiltered(expression)]);
        found.extend(asked.map(|asked| (name.clone(), asked)));
    }
    found
}

/// A wallet is quarantined, and nothing else is wrong at once.
async fn alerts_fire(prometheus: &Prometheus) {
    let deadline = Instant::now() + SEEN_WITHIN;
    loop {
        let alerts = prometheus.alerts().await;
        if alerts.iter().any(|alert| alert == "FareboxWalletQuarantined") {
            for quiet in ["FareboxDown", "FareboxNotReady", "FareboxScrubDamage", "FareboxViewsFailing"] {
                assert!(!alerts.iter().any(|alert| alert == quiet), "{quiet} is silent: {alerts:?}");
            }
            return;
        }
        assert!(
            Instant::now() < deadline,
            "wanted FareboxWalletQuarantined within {SEEN_WITHIN:?}: {alerts:?}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What the engine has counted is what the client was answered, and the money is that of the balances.
async fn counts_agree(load: &Load, samples: &[Sample]) {
    for (outcome, wanted) in &load.outcomes {
        // Lines that are too long were sent one a round besides.
        let besides = if outcome == "invalid" { load.outcomes["conflict"] } else { 0 };
        let counted = sum(samples, "farebox_events_total", &[("outcome", outcome)]);
        assert_eq!(counted, (wanted + besides) as f64, "{outcome}");
    }
    let all = ["charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"];
    assert!(all.iter().all(|outcome| load.outcomes.contains_key(*outcome)), "{:?}", load.outcomes);
    let money = |name: &str| sum(samples, name, &[("currency", "USD")]);
    let difference = money("farebox_money_credited_total") - money("farebox_money_charged_total");
    let balances = load.balances().await as f64 / 1e9;
    assert!(
        (difference - balances).abs() < 1e-6,
        "{difference} came of entries, {balances} stands on wallets"
    );
    for (name, labels) in MUST_HAVE_HAPPENED {
        assert!(sum(samples, name, labels) > 0.0, "wanted {name} with {labels:?} to have happened");
    }
}

/// What the load sets going: a counter that stays at zero is one that nobody counts.
const MUST_HAVE_HAPPENED: &[(&str, &[(&str, &str)])] = &[
    ("farebox_events_refused_total", &[("code", "suspended")]),
    ("farebox_events_refused_total", &[("code", "insufficient_balance")]),
    ("farebox_events_refused_total", &[("code", "number_released")]),
    ("farebox_events_blocked_total", &[("code", "suspended")]),
    ("farebox_events_blocked_total", &[("code", "insufficient_balance")]),
    ("farebox_events_invalid_total", &[("code", "no_rate")]),
    ("farebox_events_invalid_total", &[("code", "too_old")]),
    ("farebox_events_invalid_total", &[("code", "in_the_future")]),
    ("farebox_events_invalid_total", &[("code", "malformed")]),
    ("farebox_events_invalid_total", &[("code", "unknown_field")]),
    ("farebox_events_invalid_total", &[("code", "unknown_wallet")]),
    ("farebox_events_invalid_total", &[("code", "line_too_long")]),
    ("farebox_events_unavailable_total", &[("code", "quarantined")]),
    ("farebox_units_charged_total", &[("kind", "sms"), ("type", "message.outbound")]),
    ("farebox_units_charged_total", &[("kind", "mms"), ("type", "message.outbound")]),
    ("farebox_units_charged_total", &[("kind", "sms"), ("type", "message.inbound")]),
    ("farebox_entries_total", &[("entry", "charge")]),
    ("farebox_entries_total", &[("entry", "carrier_fee")]),
    ("farebox_entries_total", &[("entry", "number_fee")]),
    ("farebox_entries_total", &[("entry", "refund")]),
    ("farebox_entries_total", &[("entry", "failure_fee")]),
    ("farebox_entries_total", &[("entry", "hold_settlement")]),
    ("farebox_entries_total", &[("entry", "top_up")]),
    ("farebox_entries_total", &[("entry", "adjustment")]),
    ("farebox_holds_total", &[("state", "made")]),
    ("farebox_holds_total", &[("state", "settled")]),
    ("farebox_holds_total", &[("state", "voided")]),
    ("farebox_holds_total", &[("state", "expired")]),
    ("farebox_top_ups_opened_total", &[("kind", "checkout")]),
    ("farebox_top_ups_opened_total", &[("kind", "auto")]),
    ("farebox_top_ups_total", &[("kind", "checkout"), ("result", "succeeded")]),
    ("farebox_top_ups_total", &[("kind", "auto"), ("result", "succeeded")]),
    ("farebox_top_ups_total", &[("kind", "auto"), ("result", "failed")]),
    ("farebox_alerts_total", &[("alert", "top_up.succeeded")]),
    ("farebox_alerts_total", &[("alert", "number.fee_unpaid")]),
    ("farebox_alerts_total", &[("alert", "number.released")]),
    ("farebox_timers_fired_total", &[("timer", "fee")]),
    ("farebox_timers_fired_total", &[("timer", "release")]),
    ("farebox_timers_fired_total", &[("timer", "expiry")]),
    ("farebox_payment_calls_total", &[("result", "succeeded")]),
    ("farebox_payment_calls_total", &[("result", "declined")]),
    ("farebox_payment_notices_total", &[("result", "bad_signature")]),
    ("farebox_webhook_attempts_total", &[("result", "accepted")]),
    ("farebox_webhook_attempts_total", &[("result", "retry")]),
    ("farebox_webhook_deliveries_total", &[("result", "delivered")]),
    ("farebox_webhook_deliveries_total", &[("result", "failed")]),
    ("farebox_release_attempts_total", &[("result", "retry")]),
    ("farebox_release_attempts_total", &[("result", "accepted")]),
    ("farebox_exports_total", &[("result", "whole")]),
    ("farebox_export_rows_total", &[]),
    ("farebox_export_bytes_total", &[]),
    ("farebox_wallets_loaded_total", &[]),
    ("farebox_wallets_put_away_total", &[]),
    ("farebox_checkpoints_total", &[]),
    ("farebox_view_rows_total", &[]),
    ("farebox_commits_total", &[]),
    ("farebox_journal_rows_total", &[]),
    ("farebox_scrubbed_frames_total", &[]),
    ("farebox_rocksdb_log_syncs_total", &[("database", "journal")]),
    ("farebox_disk_free_bytes", &[]),
    ("farebox_allocated_bytes", &[]),
    ("process_cpu_seconds_total", &[]),
    ("process_start_time_seconds", &[]),
    ("process_open_fds", &[]),
    ("farebox_http_requests_total", &[("route", "/v1/events"), ("status", "2xx")]),
    ("farebox_http_requests_total", &[("route", "/v1/wallets/{wallet}/usage"), ("status", "4xx")]),
    ("farebox_http_requests_total", &[("route", "unknown"), ("status", "4xx")]),
];

#[tokio::test]
async fn no_label_names_a_wallet_or_a_number() {
    let mut load = Load::start(&[]).await;
    for _ in 0..3 {
        load.round().await;
    }
    let text = load.metrics().await;
    let known: BTreeSet<&str> = WALLETS.into_iter().chain(PEERS).chain([CHANNEL, "watch-nobody"]).collect();
    let mut looked_at = 0;
    for sample in samples(&text) {
        for (label, value) in sample.labels.iter().filter(|(label, _)| *label != "le") {
            let digits = value.chars().filter(char::is_ascii_digit).count();
            assert!(digits < 7, "{}: {label}={value} looks like a number", sample.name);
            assert!(!known.iter().any(|one| value.contains(one)), "{}: {label}={value}", sample.name);
            looked_at += 1;
        }
    }
    assert!(looked_at > 500, "{looked_at} labels are too few to be all");
    load.world.stop();
}
