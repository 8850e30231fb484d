//! The engine's wallets against the model's: every entry, every state.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::wallet::Wallet;
use crate::support::client::Client;
use crate::support::{decimal, nanos};

/// Reads everything about one wallet and tells the first thing that is not as the model has it.
pub async fn wallet(client: &Client, name: &str, model: &Wallet, now: Timestamp) -> Result<(), String> {
    let told = |what: &str, fault: String| format!("{name} [{:?}], {what}: {fault}", model.zone.iana_name());
    entries(&client.entries(name).await, model).map_err(|fault| told("entries", fault))?;
    balances(&client.wallet(name).await, model).map_err(|fault| told("wallet", fault))?;
    rentals(&client.numbers(name).await, model).map_err(|fault| told("numbers", fault))?;
    holds(&client.holds(name).await, model).map_err(|fault| told("holds", fault))?;
    auto_top_up(&client.auto_top_up(name).await, model, now).map_err(|fault| told("auto top-up", fault))?;
    attempts(&client.top_ups(name).await, model).map_err(|fault| told("attempts", fault))?;
    alerts(&client.alerts(name).await, model).map_err(|fault| told("alerts", fault))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, want: T, got: T) -> Result<(), String> {
    if want == got { Ok(()) } else { Err(format!("{what}: wanted {want:?}, got {got:?}")) }
}

fn text(document: &Value, field: &str) -> String {
    document[field].as_str().unwrap_or("null").to_owned()
}

fn instant(document: &Value, field: &str) -> Option<Timestamp> {
    document[field].as_str().map(|text| text.parse().unwrap_or_else(|_| panic!("`{field}` of {document}")))
}

/// Where the lists part: the last lines that agree and the first that does not.
fn same_lists(want: &[String], got: &[String]) -> Result<(), String> {
    let agree = want.iter().zip(got).take_while(|(want, got)| want == got).count();
    if agree == want.len() && agree == got.len() {
        return Ok(());
    }
    let before = want[agree.saturating_sub(4)..agree].join("\n      ");
    let line = |list: &[String]| list[agree..(agree + 3).min(list.len())].join("\n             ");
    Err(format!(
        "part after {agree} of {} (got {}):\n      {before}\n      wanted {}\n      got    {}",
        want.len(),
        got.len(),
        line(want),
        line(got)
    ))
}

fn entries(rows: &[Value], model: &Wallet) -> Result<(), String> {
    let want: Vec<String> = model
        .entries
        .iter()
        .map(|entry| {
            let (amount, after) = (decimal(entry.amount), decimal(entry.balance_after));
            format!("{} {} {amount} = {after}", entry.occurred_at, entry.kind)
        })
        .collect();
    let got: Vec<String> = rows
        .iter()
        .map(|row| {
            let at = instant(row, "occurred_at").map_or("null".to_owned(), |at| at.to_string());
            format!("{at} {} {} = {}", text(row, "type"), text(row, "amount"), text(row, "balance_after"))
        })
        .collect();
    same_lists(&want, &got)?;
    for (number, row) in rows.iter().enumerate() {
        same("seq", Some(number as u64 + 1), row["seq"].as_u64())?;
    }
    let posted: Vec<_> = rows.iter().map(|row| instant(row, "posted_at")).collect();
    same("posted_at never goes back", true, posted.is_sorted())
}

fn balances(document: &Value, model: &Wallet) -> Result<(), String> {
    let amounts = [
        ("balance", model.balance),
        ("held", model.held()),
        ("available", model.available()),
        ("arrears", model.owed()),
    ];
    for (field, want) in amounts {
        same(field, want, nanos(&text(document, field)))?;
    }
    let want = if model.suspended { "suspended" } else { "active" };
    same("status", want.to_owned(), text(document, "status"))
}

/// The latest rental of every number.
fn rentals(rows: &[Value], model: &Wallet) -> Result<(), String> {
    for (position, rental) in model.rentals.iter().enumerate() {
        if model.rental(rental.number) != Some(position) {
            continue;
        }
        let Some(row) = rows.iter().rev().find(|row| row["number"] == rental.number) else {
            return Err(format!("{} is missing", rental.number));
        };
        let of = |what: &str| format!("{} {what}", rental.number);
        same(&of("status"), rental.status().to_owned(), text(row, "status"))?;
        same(&of("cycle"), Some(u64::from(rental.cycle)), row["cycle"].as_u64())?;
        let due = (!rental.is_released()).then_some(rental.next_due_at);
        same(&of("next_due_at"), due, instant(row, "next_due_at"))?;
        let want: Vec<String> = rental
            .arrears
            .iter()
            .map(|owed| format!("{} {} {}", owed.cycle, owed.due_at, decimal(owed.amount)))
            .collect();
        let owed = row["arrears"].as_array().cloned().unwrap_or_default();
        let got: Vec<String> = owed
            .iter()
            .map(|owed| {
                let due = instant(owed, "due_at").map_or("null".to_owned(), |at| at.to_string());
                format!("{} {due} {}", owed["cycle"], text(owed, "amount"))
            })
            .collect();
        same(&of("arrears"), want, got)?;
        if !rental.is_released() {
            let release = rental.release.as_ref().map(|release| release.at);
            same(&of("release_at"), release, instant(row, "release_at"))?;
        }
        same(&of("released_at"), rental.released.map(|released| released.0), instant(row, "released_at"))?;
        let reason = rental.released.map_or("null", |released| released.1);
        same(&of("release_reason"), reason.to_owned(), text(row, "release_reason"))?;
    }
    Ok(())
}

fn holds(rows: &[Value], model: &Wallet) -> Result<(), String> {
    // By the moment of making: the list's own order is not the model's matter.
    let number = |row: &Value| text(row, "hold").trim_start_matches("h_").parse::<u64>().unwrap_or(0);
    let mut rows: Vec<&Value> = rows.iter().collect();
    rows.sort_by_key(|row| number(row));
    let want: Vec<String> = model
        .holds
        .iter()
        .map(|hold| {
            let remaining = if hold.is_open() { decimal(hold.remaining) } else { "-".to_owned() };
            let (amount, settled) = (decimal(hold.amount), decimal(hold.settled));
            let closed = hold.closed_at.map_or("-".to_owned(), |at| at.to_string());
            format!("{} {amount} {remaining} {settled} {} {closed}", hold.status, hold.expires_at)
        })
        .collect();
    let got: Vec<String> = rows
        .iter()
        .map(|row| {
            let status = text(row, "status");
            let remaining = if status == "open" { text(row, "remaining") } else { "-".to_owned() };
            let at = |field: &str| instant(row, field).map_or("-".to_owned(), |at| at.to_string());
            let (amount, settled) = (text(row, "amount"), text(row, "settled"));
            format!("{status} {amount} {remaining} {settled} {} {}", at("expires_at"), at("closed_at"))
        })
        .collect();
    same_lists(&want, &got)
}

fn auto_top_up(document: &Value, model: &Wallet, now: Timestamp) -> Result<(), String> {
    let auto = &model.auto;
    same("enabled", Some(auto.enabled), document["enabled"].as_bool())?;
    if !auto.enabled {
        return same("status", "off".to_owned(), text(document, "status"));
    }
    same("minimum_balance", auto.minimum, nanos(&text(document, "minimum_balance")))?;
    same("amount", auto.amount, nanos(&text(document, "amount")))?;
    same("declines_in_a_row", Some(auto.declines_in_a_row as u64), document["declines_in_a_row"].as_u64())?;
    let last4 = auto.card.map(|card| card.digits()[12..].to_owned());
    same("last4", last4, document["payment_method"]["last4"].as_str().map(str::to_owned))?;
    let status = text(document, "status");
    match () {
        () if auto.card.is_none() => same("status", "no_method", &status),
        () if auto.stopped.is_some() => {
            same("status", "stopped", &status)?;
            same("reason", auto.stopped.unwrap_or_default().to_owned(), text(document, "reason"))
        }
        () if auto.wait_until.is_some() => {
            same("status", "waiting", &status)?;
            same("retry_at", auto.wait_until, instant(document, "retry_at"))
        }
        () if model.limit_is_reached(now) => {
            same("status", "limited", &status)?;
            let until = instant(document, "retry_at");
            same("the limit lasts", true, until.is_some_and(|until| until > now))
        }
        () => same("status", "ready", &status),
    }
}

fn attempts(rows: &[Value], model: &Wallet) -> Result<(), String> {
    let number = |row: &Value| text(row, "top_up").trim_start_matches("tu_").parse::<u64>().unwrap_or(0);
    let mut rows: Vec<&Value> = rows.iter().filter(|row| row["kind"] == "auto").collect();
    rows.sort_by_key(|row| number(row));
    let want: Vec<String> = model
        .auto
        .attempts
        .iter()
        .map(|attempt| {
            let needs_owner = attempt.code == Some("authentication_required");
            format!("{} {} {} {needs_owner}", attempt.opened_at, attempt.status, decimal(attempt.amount))
        })
        .collect();
    let got: Vec<String> = rows
        .iter()
        .map(|row| {
            let at = instant(row, "opened_at").map_or("-".to_owned(), |at| at.to_string());
            let needs_owner = row["code"] == "authentication_required";
            format!("{at} {} {} {needs_owner}", text(row, "status"), text(row, "amount"))
        })
        .collect();
    same_lists(&want, &got)
}

/// What a closed checkout tells is left out: when an abandoned one is closed is the provider's matter.
fn alerts(rows: &[Value], model: &Wallet) -> Result<(), String> {
    let mut want: Vec<String> =
        model.alerts.iter().map(|alert| format!("{} {}", alert.occurred_at, alert.kind)).collect();
    let mut got: Vec<String> = rows
        .iter()
        .filter(|row| !(row["type"] == "top_up.failed" && row["data"]["kind"] == "checkout"))
        .map(|row| {
            let at = instant(row, "occurred_at").map_or("-".to_owned(), |at| at.to_string());
            format!("{at} {}", text(row, "type"))
        })
        .collect();
    want.sort();
    got.sort();
    same_lists(&want, &got)
}
