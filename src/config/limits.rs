//! What each setting may be, and which settings must fit each other.

use super::Config;
use super::layers::ConfigError;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const DAY_SECONDS: u64 = 86_400;

/// A number's key, its value and the least and most it may be.
type Bounded = (&'static str, u64, u64, u64);

/// Every number there is (a test holds the list complete).
pub(super) fn bounded(config: &Config) -> Vec<Bounded> {
    let Config { http, engine, journal, views, payments, webhooks, page, .. } = config;
    vec![
        ("http.workers", http.workers as u64, 0, 1_024),
        // A batch finds its texts by 32-bit offsets into the body and a buffer of at most its size.
        ("http.body_bytes_max", http.body_bytes_max as u64, KIB, GIB),
        ("http.events_per_request_max", http.events_per_request_max as u64, 1, 1_000_000),
        ("http.line_bytes_max", http.line_bytes_max as u64, KIB, MIB),
        ("http.keep_alive_seconds", http.keep_alive_seconds.into(), 1, 3_600),
        ("http.client_timeout_seconds", http.client_timeout_seconds.into(), 1, 3_600),
        ("engine.shards", engine.shards as u64, 0, u8::MAX.into()),
        ("engine.partitions", engine.partitions.into(), 1, u8::MAX.into()),
        // Ids are kept for 35 days: an older event could be charged twice.
        ("engine.too_old_after_days", engine.too_old_after_days.into(), 1, 35),
        ("engine.drain_events_max", engine.drain_events_max as u64, 1, 1_000_000),
        ("engine.queue_requests", engine.queue_requests as u64, 1, 1_000_000),
        ("engine.events_in_flight_max", engine.events_in_flight_max as u64, 1, 100_000_000),
        ("engine.bytes_in_flight_max", engine.bytes_in_flight_max as u64, KIB, 1_024 * GIB),
        ("engine.idle_after_seconds", engine.idle_after_seconds.into(), 1, 7 * DAY_SECONDS),
        ("engine.stuck_after_seconds", engine.stuck_after_seconds.into(), 1, 3_600),
        ("journal.frame_bytes_max", journal.frame_bytes_max as u64, 16 * KIB, 512 * KIB),
        ("journal.write_buffer_bytes", journal.write_buffer_bytes as u64, MIB, 4 * GIB),
        ("journal.scrub_bytes_per_second", journal.scrub_bytes_per_second, 4 * KIB, 4 * GIB),
        ("views.events_behind_max", views.events_behind_max, 1_000, 1_000_000_000),
        ("views.checkpoint_seconds", views.checkpoint_seconds.into(), 1, 3_600),
        ("views.checkpoint_events", views.checkpoint_events, 1_000, 1_000_000_000),
        ("views.block_cache_bytes", views.block_cache_bytes as u64, MIB, 1_024 * GIB),
        ("payments.connect_milliseconds", payments.connect_milliseconds.into(), 100, 60_000),
        ("payments.answer_milliseconds", payments.answer_milliseconds.into(), 100, 120_000),
        ("payments.top_up_min", payments.top_up_min.into(), 1, 1_000_000),
        ("payments.top_up_max", payments.top_up_max.into(), 1, 1_000_000),
        ("webhooks.timeout_seconds", webhooks.timeout_seconds.into(), 1, 60),
        ("page.session_hours", page.session_hours.into(), 1, 168),
        ("page.token_minutes_max", page.token_minutes_max.into(), 1, 1_440),
        ("page.token_session_minutes", page.token_session_minutes.into(), 1, 1_440),
    ]
}

/// Pairs of keys of which the first may not be above the second.
const ORDERED: [(&str, &str); 6] = [
    ("engine.shards", "engine.partitions"),
    ("http.line_bytes_max", "http.body_bytes_max"),
    // A request that alone is more than the gate lets in could never be taken.
    ("http.body_bytes_max", "engine.bytes_in_flight_max"),
    ("http.events_per_request_max", "engine.events_in_flight_max"),
    // Views that stand still at the limit must have reached a checkpoint before it.
    ("views.checkpoint_events", "views.events_behind_max"),
    ("payments.top_up_min", "payments.top_up_max"),
];

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let bounded = bounded(config);
    for (key, value, least, most) in &bounded {
        if !(least..=most).contains(&value) {
            let detail = format!("{value} is out of range, it may be {least} to {most}");
            return Err(ConfigError::value(key, detail));
        }
    }
    let value_of =
        |wanted: &str| bounded.iter().find(|(key, ..)| *key == wanted).map(|(_, value, ..)| *value);
    for (low, high) in ORDERED {
        let (low_value, high_value) = (value_of(low), value_of(high));
        if low_value > high_value {
            let text = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
            let detail = format!("{} is more than {high}, which is {}", text(low_value), text(high_value));
            return Err(ConfigError::value(low, detail));
        }
    }
    config.page.check()?;
    let port = config.listen.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(_)) => Ok(()),
        _ => Err(ConfigError::value("listen", format!("{:?} is not an address and a port", config.listen))),
    }
}
