//! What a webhook says: an alert as a JSON document.

use serde_json::{Map, Value, json};

use crate::domain::life::alert::{Alert, AlertKind};
use crate::domain::time::Timestamp;

/// The type of a message that is sent by hand as a test.
const TEST: &str = "webhook.test";

/// The body of an alert: `{"type","timestamp","data"}`.
pub fn alert_body(wallet: &str, alert: &Alert, occurred_at: Timestamp) -> Value {
    let mut data = Map::new();
    data.insert("wallet".into(), wallet.into());
    data.insert("alert".into(), Alert::id(alert.number).into());
    data.extend(alert_data(alert));
    body(alert.kind.as_str(), occurred_at, data)
}

/// The body of a message that tells of nothing, to see whether an endpoint hears.
pub fn test_body(endpoint: &str, at: Timestamp) -> Value {
    body(TEST, at, Map::from_iter([("webhook".to_owned(), endpoint.into())]))
}

fn body(kind: &str, timestamp: Timestamp, data: Map<String, Value>) -> Value {
    json!({"type": kind, "timestamp": timestamp.to_string(), "data": data})
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
        FeeUnpaid => json!({"number": about, "amount": amount, "due_at": alert.when.to_string()}),
        ReleaseScheduled | ReleaseWarned => json!({"number": about, "release_at": alert.when.to_string()}),
        ReleaseCancelled => json!({"number": about}),
        Released => json!({"number": about, "released_at": alert.when.to_string(), "reason": &*alert.code}),
    };
    match data {
        Value::Object(data) => data,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::life::alert::Endpoints;
    use crate::domain::money::Money;

    const AT: Timestamp = Timestamp::from_nanos(1_790_000_000_500_000_000);

    fn alert(kind: AlertKind, about: &str, code: &str) -> Alert {
        let parsed = |text| Money::parse(text).unwrap();
        Alert {
            number: 7,
            kind,
            about: about.into(),
            amount: parsed("1.15"),
            balance: parsed("-0.5"),
            when: Timestamp::from_nanos(1_800_000_000_000_000_000),
            code: code.into(),
            endpoints: Endpoints::new(),
        }
    }

    #[test]
    fn an_alert_says_what_it_is_about() {
        use AlertKind::*;
        let (number, when) = ("+14155550100", "2027-01-15T08:00:00Z");
        let table = [
            (LowBalance, "", "", json!({"level": "1.15", "balance": "-0.5"})),
            (Suspended, "", "", json!({"balance": "-0.5"})),
            (Resumed, "", "", json!({"balance": "-0.5"})),
            (TopUpSucceeded, "tu_1", "", json!({"top_up": "tu_1", "amount": "1.15"})),
            (
                TopUpFailed,
                "tu_1",
                "card_declined",
                json!({"top_up": "tu_1", "amount": "1.15", "code": "card_declined"}),
            ),
            (AutoTopUpStopped, "", "declined", json!({"reason": "declined"})),
            (AutoTopUpStillBelow, "", "", json!({"minimum_balance": "1.15", "balance": "-0.5"})),
            (FeeUnpaid, number, "", json!({"number": number, "amount": "1.15", "due_at": when})),
            (ReleaseScheduled, number, "", json!({"number": number, "release_at": when})),
            (ReleaseWarned, number, "", json!({"number": number, "release_at": when})),
            (ReleaseCancelled, number, "", json!({"number": number})),
            (Released, number, "unpaid", json!({"number": number, "released_at": when, "reason": "unpaid"})),
        ];
        assert_eq!(table.len(), AlertKind::ALL.len(), "every kind has its row");
        for (kind, about, code, want) in table {
            assert_eq!(Value::from(alert_data(&alert(kind, about, code))), want, "{}", kind.as_str());
        }
    }

    #[test]
    fn a_body_has_type_timestamp_and_data() {
        let want = json!({
            "type": "wallet.suspended",
            "timestamp": "2026-09-21T14:13:20.5Z",
            "data": {"wallet": "acme", "alert": "al_7", "balance": "-0.5"},
        });
        assert_eq!(alert_body("acme", &alert(AlertKind::Suspended, "", ""), AT), want);
        let want = json!({"type": TEST, "timestamp": "2026-09-21T14:13:20.5Z", "data": {"webhook": "wh_1"}});
        assert_eq!(test_body("wh_1", AT), want);
    }
}
