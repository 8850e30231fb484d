//! What is done outside and later: timers, payments, webhooks, exports, and the questions that readers ask.

use metrics::{Counter, Gauge, Histogram};

use super::registrar::Registrar;

/// What is to be done outside, in the order of [`Outside::open`].
pub const EFFECTS: [&str; 3] = ["attempt", "delivery", "release"];
/// What a call of the payment provider came to, in the order of [`Outside::payment_calls`].
pub const PAYMENT_CALLS: [&str; 7] =
    ["succeeded", "pending", "declined", "failed", "expired", "unclear", "not_found"];
/// What became of what the provider said by itself, in the order of [`Outside::notices`].
pub const NOTICES: [&str; 9] = [
    "applied",
    "known",
    "ignored",
    "unknown_attempt",
    "mismatch",
    "bad_signature",
    "malformed",
    "unavailable",
    "look_up_failed",
];
/// What one attempt to send something came to, in the order of [`Outside::webhook_attempts`].
pub const SENDINGS: [&str; 4] = ["accepted", "gone", "retry", "not_allowed"];
/// How exports end, in the order of [`Outside::exports`].
pub const EXPORTS: [&str; 4] = ["whole", "given_up", "cut", "not_begun"];

pub struct Outside {
    pub timers_pending: Gauge,
    pub timers_lag_seconds: Gauge,
    pub open: Vec<Gauge>,
    pub running: Gauge,
    pub lag_seconds: Gauge,
    pub effect_seconds: Vec<Histogram>,
    pub payment_calls: Vec<Counter>,
    pub notices: Vec<Counter>,
    pub webhooks_pending: Gauge,
    pub webhook_attempts: Vec<Counter>,
    pub release_attempts: Vec<Counter>,
    pub exports_running: Gauge,
    pub exports: Vec<Counter>,
    pub export_rows: Counter,
    pub export_bytes: Counter,
    pub usage_query_seconds: Histogram,
}

impl Outside {
    pub fn new(to: &Registrar) -> Outside {
        let open = |effect: &str| {
            let help = "Calls and messages that are to be made for wallets, now or later.";
            to.gauge_of("farebox_effects_open", help, &[("effect", effect)])
        };
        let effect_seconds = |effect: &str| {
            let help = "One effect, from its start to the result being durable.";
            to.histogram_of("farebox_effect_duration_seconds", help, &[("effect", effect)])
        };
        Outside {
            timers_pending: to.gauge("farebox_timers_pending", "Wallets for which something falls due."),
            timers_lag_seconds: to.gauge(
                "farebox_timers_lag_seconds",
                "How long ago the first thing fell due that is not posted yet, by the engine's clock.",
            ),
            open: EFFECTS.into_iter().map(open).collect(),
            running: to.gauge("farebox_effects_running", "Effects that are being run."),
            lag_seconds: to.gauge(
                "farebox_effects_lag_seconds",
                "How long ago the first effect was to be run that is not done, by the engine's clock.",
            ),
            effect_seconds: EFFECTS.into_iter().map(effect_seconds).collect(),
            payment_calls: to.counters(
                "farebox_payment_calls_total",
                "Calls of the payment provider, by what they came to.",
                "result",
                PAYMENT_CALLS,
            ),
            notices: to.counters(
                "farebox_payment_notices_total",
                "Webhooks of the payment provider, by what became of them.",
                "result",
                NOTICES,
            ),
            webhooks_pending: to.gauge(
                "farebox_webhooks_pending",
                "Alerts on their way to endpoints that have not come to an end.",
            ),
            webhook_attempts: to.counters(
                "farebox_webhook_attempts_total",
                "Attempts to send alerts to endpoints.",
                "result",
                SENDINGS,
            ),
            release_attempts: to.counters(
                "farebox_release_attempts_total",
                "Attempts to tell the owner of the numbers of a release.",
                "result",
                SENDINGS,
            ),
            exports_running: to.gauge("farebox_exports_running", "Exports under way."),
            exports: to.counters(
                "farebox_exports_total",
                "Exports that have ended, by how.",
                "result",
                EXPORTS,
            ),
            export_rows: to.counter(
                "farebox_export_rows_total",
                "Rows of exports that came to their end.",
                &[],
            ),
            export_bytes: to.counter(
                "farebox_export_bytes_total",
                "Bytes handed to the clients of exports.",
                &[],
            ),
            usage_query_seconds: to.histogram(
                "farebox_usage_query_duration_seconds",
                "A question for usage, waiting for the views included.",
            ),
        }
    }
}
