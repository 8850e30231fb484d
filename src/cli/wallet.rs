//! `farebox wallet`: what wallets have, their terms, their automatic top-ups and their alerts.

mod auto;

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::call::{Ask, Call};
use super::failure::Failure;
use super::money::amount;
use crate::domain::money::Money;

const FIELDS: [&str; 11] = [
    "wallet",
    "name",
    "currency",
    "time_zone",
    "tariff",
    "status",
    "balance",
    "held",
    "available",
    "arrears",
    "as_of",
];

const STATEMENT_FIELDS: [&str; 9] = [
    "month",
    "complete",
    "opening_balance",
    "credit_added",
    "totals.message_cost",
    "totals.carrier_fees",
    "totals.number_fees",
    "credit_used",
    "closing_balance",
];

#[derive(Subcommand, Debug)]
pub enum WalletCommand {
    /// Shows a wallet with its balance
    Show { wallet: String },
    /// Lists the wallets that the key sees
    List,
    /// Opens a wallet or changes its terms; what is left out stays as it is
    Set {
        wallet: String,
        /// ISO 4217, such as USD; fixed from the first entry on
        #[arg(long)]
        currency: Option<String>,
        /// IANA name, such as Europe/Berlin; fixed from the first entry on
        #[arg(long)]
        time_zone: Option<String>,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        /// The price list that it is charged by
        #[arg(long)]
        tariff: Option<String>,
    },
    /// Shows or changes how a wallet is topped up by itself
    #[command(subcommand)]
    Auto(auto::AutoCommand),
    /// Says why an entry has its amount, back to where it comes from
    Explain { wallet: String, seq: u64 },
    /// Shows the statement of a month, such as 2026-07; without one, the months that there are
    Statement {
        wallet: String,
        month: Option<String>,
        /// As a page made for printing
        #[arg(long, requires = "month")]
        html: bool,
    },
    /// Lists the alerts that a wallet has raised, the newest last
    Alerts { wallet: String },
    /// Shows the balances at which a wallet warns, or sets them
    AlertLevels {
        wallet: String,
        /// Warn when the available amount falls below it; up to 10 of them
        #[arg(value_name = "AMOUNT", value_parser = amount)]
        levels: Vec<Money>,
        /// Warn at no balance
        #[arg(long, conflicts_with = "levels")]
        none: bool,
    },
}

impl Ask for WalletCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            WalletCommand::Show { wallet } => {
                Call::document(Method::GET, &["v1", "wallets", &wallet], &FIELDS)
            }
            WalletCommand::List => Call::list(
                &["v1", "wallets"],
                &["wallet", "name", "status", "currency", "balance", "available", "tariff"],
            ),
            WalletCommand::Set { wallet, currency, time_zone, name, tariff } => {
                let terms =
                    [("currency", currency), ("time_zone", time_zone), ("name", name), ("tariff", tariff)];
                let given =
                    terms.into_iter().filter_map(|(term, given)| Some((term.to_owned(), given?.into())));
                let body = Value::Object(given.collect::<Map<_, _>>());
                Call::document(Method::PUT, &["v1", "wallets", &wallet], &FIELDS).body(body)
            }
            WalletCommand::Auto(command) => command.call(),
            WalletCommand::Explain { wallet, seq } => Call::values(
                Method::GET,
                &["v1", "wallets", &wallet, "entries", &seq.to_string(), "explain"],
                &["text", "arithmetic"],
            ),
            WalletCommand::Statement { wallet, month: None, .. } => Call::list(
                &["v1", "wallets", &wallet, "statements"],
                &["month", "complete", "opening_balance", "closing_balance"],
            ),
            WalletCommand::Statement { wallet, month: Some(month), html } => {
                let path = ["v1", "wallets", &wallet, "statements", &month];
                match html {
                    true => Call::file(&path).query("format", Some("html".to_owned())),
                    false => Call::document(Method::GET, &path, &STATEMENT_FIELDS),
                }
            }
            WalletCommand::Alerts { wallet } => Call::list(
                &["v1", "wallets", &wallet, "alerts"],
                &["alert", "type", "occurred_at", "posted_at", "data"],
            ),
            WalletCommand::AlertLevels { wallet, levels, none } => alert_levels(&wallet, &levels, none),
        })
    }
}

fn alert_levels(wallet: &str, levels: &[Money], none: bool) -> Call {
    let path = ["v1", "wallets", wallet, "alert-settings"];
    let fields = &["low_balance"];
    if levels.is_empty() && !none {
        return Call::document(Method::GET, &path, fields);
    }
    let levels: Vec<String> = levels.iter().map(Money::to_string).collect();
    Call::document(Method::PUT, &path, fields).body(json!({"low_balance": levels}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn wallets_are_asked_for_as_the_interface_offers() {
        check::<WalletCommand>(&[
            ("show acme", "GET /v1/wallets/acme"),
            ("list", "GET /v1/wallets"),
            ("set acme", "PUT /v1/wallets/acme {}"),
            ("set acme --name Acme --tariff gold", r#"PUT /v1/wallets/acme {"name":"Acme","tariff":"gold"}"#),
            (
                "set acme --currency EUR --time-zone Europe/Berlin",
                r#"PUT /v1/wallets/acme {"currency":"EUR","time_zone":"Europe/Berlin"}"#,
            ),
            ("alerts acme", "GET /v1/wallets/acme/alerts"),
            ("explain acme 7", "GET /v1/wallets/acme/entries/7/explain"),
            ("statement acme", "GET /v1/wallets/acme/statements"),
            ("statement acme 2026-07", "GET /v1/wallets/acme/statements/2026-07"),
            ("statement acme 2026-07 --html", "GET /v1/wallets/acme/statements/2026-07?format=html"),
            ("alert-levels acme", "GET /v1/wallets/acme/alert-settings"),
            (
                "alert-levels acme 100.00 20",
                r#"PUT /v1/wallets/acme/alert-settings {"low_balance":["100","20"]}"#,
            ),
            ("alert-levels acme --none", r#"PUT /v1/wallets/acme/alert-settings {"low_balance":[]}"#),
        ]);
        check_refused::<WalletCommand>(&[
            "show",
            "set",
            "alert-levels acme ten",
            "alert-levels acme 1 --none",
        ]);
    }
}
