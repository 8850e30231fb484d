//! What a webhook says: an alert as a JSON document.

use serde_json::{Map, Value, json};

use crate::domain::life::alert::{Alert, AlertKind};
use crate::domain::time::Timestamp;

/// The body of an alert: `{"type","timestamp","data"}`.
pub fn alert_body(wallet: &str, alert: &Alert, occurred_at: Timestamp) -> Value {
    let mut data = Map::new();
    data.insert("wallet".into(), wallet.into());
    data.insert("alert".into(), Alert::id(alert.number).into());
    data.extend(alert_data(alert));
    json!({"type": alert.kind.as_str(), "timestamp": instant(occurred_at), "data": data})
}

/// What an alert says beside whose it is and when it was raised.
pub fn alert_data(alert: &Alert) -> Map<String, Value> {
    use AlertKind::*;
    let (about, amount, balance) = (&*alert.about, alert.amount.to_string(), alert.balance.to_string());
    let data = match alert.kind {
        LowBalance => json!({"level": amount, "balance": balance}),
        Suspended | Resumed => json!({"balance": balance}),
        TopUpSucceeded => json!({"top_up": about, "amount": amount}),
        TopUpFailed => json!({"top_up": about, "amount": amount, "code": &*alert.code}),
        AutoTopUpStopped => json!({"reason": &*alert.code}),
        AutoTopUpStillBelow => json!({"minimum_balance": amount, "balance": balance}),
        FeeUnpaid => json!({"number": about, "amount": amount, "due_at": instant(alert.when)}),
        ReleaseScheduled | ReleaseWarned => json!({"number": about, "release_at": instant(alert.when)}),
        ReleaseCancelled => json!({"number": about}),
        Released => json!({"number": about, "released_at": instant(alert.when), "reason": &*alert.code}),
    };
    match data {
        Value::Object(data) => data,
        _ => Map::new(),
    }
}

/// An instant as RFC 3339 in UTC.
pub fn instant(at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_nanosecond(i128::from(at.nanos()));
    instant.expect("jiff reaches further than 64 bits of nanoseconds").to_string()
}
