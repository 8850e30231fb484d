//! What the settings must be, and how automatic top-up stands.

use serde_json::{Value, json};

use super::*;
use crate::domain::currency::Currency;
use crate::domain::life::auto::StopReason;
use crate::domain::samples::{NOW, later, money};

/// The terms that are asked for, or the field that is wrong.
fn told(order: Value) -> String {
    let order: AutoTopUpOrder = serde_json::from_value(order).unwrap();
    let payable = Payable { min: money("20"), max: money("2000"), currency: Currency::USD };
    match checked(&order, payable) {
        Ok(None) => "off".to_owned(),
        Ok(Some(AutoTerms { minimum, amount, limits })) => {
            let Limits { attempts_per_day, attempts_per_month, amount_per_day, amount_per_month } = limits;
            let attempts = [attempts_per_day, attempts_per_month]
                .map(|limit| if limit == u32::MAX { "-".to_owned() } else { limit.to_string() });
            let amounts = [amount_per_day, amount_per_month]
                .map(|limit| if limit == Money::MAX { "-".to_owned() } else { limit.to_string() });
            format!("{minimum} {amount} {} {}", attempts.join(" "), amounts.join(" "))
        }
        Err(problem) => problem.field().unwrap_or("no field").to_owned(),
    }
}

#[test]
fn settings_are_whole_or_name_what_is_wrong() {
    let on =
        |limits: Value| json!({"enabled": true, "minimum_balance": "20", "amount": "50", "limits": limits});
    let table = [
        (json!({"enabled": true, "minimum_balance": "20", "amount": "50"}), "20 50 5 - - -"),
        (json!({"enabled": true, "minimum_balance": "0", "amount": "50", "limits": null}), "0 50 5 - - -"),
        (on(json!({"attempts_per_day": 3, "attempts_per_month": 20})), "20 50 3 20 - -"),
        (on(json!({"amount_per_day": "150", "amount_per_month": "50"})), "20 50 5 - 150 50"),
        (json!({"enabled": false}), "off"),
        (json!({"enabled": false, "amount": "50"}), "off"),
        (json!({"enabled": false, "amount": "5"}), "amount"),
        (json!({"enabled": true, "amount": "50"}), "minimum_balance"),
        (json!({"enabled": true, "minimum_balance": "20"}), "amount"),
        (json!({"enabled": true, "minimum_balance": "-1", "amount": "50"}), "minimum_balance"),
        (json!({"enabled": true, "minimum_balance": "20", "amount": "50.001"}), "amount"),
        (json!({"enabled": true, "minimum_balance": "20", "amount": "2001"}), "amount"),
        (on(json!({"attempts_per_day": 0})), "limits.attempts_per_day"),
        (on(json!({"attempts_per_month": 0})), "limits.attempts_per_month"),
        (on(json!({"amount_per_day": "49.99"})), "limits.amount_per_day"),
        (on(json!({"amount_per_month": "many"})), "limits.amount_per_month"),
    ];
    for (order, want) in table {
        assert_eq!(told(order.clone()), want, "{order}");
    }
}

#[test]
fn the_first_thing_that_keeps_it_from_firing_is_its_status() {
    let auto = auto::AutoTopUp { switch: Switch::On, amount: money("50"), ..auto::AutoTopUp::default() };
    let text = |text: &str| text.into();
    let method = Method { customer: text("c"), id: text("m"), brand: text("visa"), last4: text("4242") };
    let ready = Standing { auto: auto.clone(), method: Some(method), under_way: None };
    let with = |auto| Standing { auto, ..ready.clone() };
    let (soon, past) = (later(NOW, 1), later(NOW, -1));
    let attempt = Attempt::opening(1, AttemptKind::Auto, money("50"), NOW);
    let table = [
        (Standing::default(), Status::Off),
        (with(auto::AutoTopUp { stopped: Some(StopReason::Declined), ..auto.clone() }), Status::Stopped),
        (Standing { method: None, ..ready.clone() }, Status::NoMethod),
        (Standing { under_way: Some(attempt), ..ready.clone() }, Status::UnderWay),
        (with(auto::AutoTopUp { retry_at: soon, ..auto.clone() }), Status::Waiting),
        (with(auto::AutoTopUp { retry_at: past, ..auto.clone() }), Status::Ready),
        (with(auto::AutoTopUp { limited_until: soon, ..auto.clone() }), Status::Limited),
        (ready.clone(), Status::Ready),
    ];
    for (standing, want) in table {
        assert_eq!(standing.status(NOW), want, "{standing:?}");
        let addable = standing.may_add_today(NOW, &Zone::of_wallet("UTC"));
        assert_eq!(addable, (want == Status::Ready).then(|| money("250")), "{want:?}");
    }
}
