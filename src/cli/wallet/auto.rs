//! `farebox wallet auto`: how a wallet is topped up by itself.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::cli::call::Call;
use crate::cli::money::amount;
use crate::domain::money::Money;

const FIELDS: [&str; 13] = [
    "enabled",
    "status",
    "reason",
    "retry_at",
    "declines_in_a_row",
    "minimum_balance",
    "amount",
    "limits.attempts_per_day",
    "limits.attempts_per_month",
    "limits.amount_per_day",
    "limits.amount_per_month",
    "payment_method.brand",
    "payment_method.last4",
];

#[derive(Subcommand, Debug)]
pub enum AutoCommand {
    /// Shows the settings and whether it works
    Show { wallet: String },
    /// Switches it on, with these settings
    Set {
        wallet: String,
        /// Top up when the available amount falls below it
        #[arg(long, value_name = "AMOUNT", value_parser = amount)]
        minimum_balance: Money,
        /// What is added each time
        #[arg(long, value_name = "AMOUNT", value_parser = amount)]
        amount: Money,
        /// Most attempts on a day of the wallet [default: 5]
        #[arg(long, value_name = "COUNT")]
        attempts_per_day: Option<u32>,
        /// Most attempts in a month of the wallet [default: no limit]
        #[arg(long, value_name = "COUNT")]
        attempts_per_month: Option<u32>,
        /// Most that is added on a day of the wallet [default: no limit]
        #[arg(long, value_name = "AMOUNT", value_parser = amount)]
        amount_per_day: Option<Money>,
        /// Most that is added in a month of the wallet [default: no limit]
        #[arg(long, value_name = "AMOUNT", value_parser = amount)]
        amount_per_month: Option<Money>,
    },
    /// Switches it off
    Off { wallet: String },
}

impl AutoCommand {
    pub fn call(self) -> Call {
        let call =
            |method, wallet: &str| Call::document(method, &["v1", "wallets", wallet, "auto-top-up"], &FIELDS);
        match self {
            AutoCommand::Show { wallet } => call(Method::GET, &wallet),
            AutoCommand::Off { wallet } => call(Method::DELETE, &wallet),
            AutoCommand::Set {
                wallet,
                minimum_balance,
                amount,
                attempts_per_day,
                attempts_per_month,
                amount_per_day,
                amount_per_month,
            } => {
                let money = |amount: Option<Money>| amount.map(|amount| amount.to_string().into());
                let limits: [(&str, Option<Value>); 4] = [
                    ("attempts_per_day", attempts_per_day.map(Value::from)),
                    ("attempts_per_month", attempts_per_month.map(Value::from)),
                    ("amount_per_day", money(amount_per_day)),
                    ("amount_per_month", money(amount_per_month)),
                ];
                let given = limits.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), limit?)));
                let body = json!({
                    "enabled": true,
                    "minimum_balance": minimum_balance.to_string(),
                    "amount": amount.to_string(),
                    "limits": given.collect::<Map<_, _>>(),
                });
                call(Method::PUT, &wallet).body(body)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::call::tests::{check, check_refused};
    use crate::cli::wallet::WalletCommand;

    #[test]
    fn automatic_top_ups_are_asked_for_as_the_interface_offers() {
        check::<WalletCommand>(&[
            ("auto show acme", "GET /v1/wallets/acme/auto-top-up"),
            ("auto off acme", "DELETE /v1/wallets/acme/auto-top-up"),
            (
                "auto set acme --minimum-balance 20 --amount 50",
                "PUT /v1/wallets/acme/auto-top-up \
                 {\"amount\":\"50\",\"enabled\":true,\"limits\":{},\"minimum_balance\":\"20\"}",
            ),
            (
                "auto set acme --minimum-balance 20 --amount 50 --attempts-per-day 3 --attempts-per-month 20 \
                 --amount-per-day 150 --amount-per-month 1000",
                "PUT /v1/wallets/acme/auto-top-up {\"amount\":\"50\",\"enabled\":true,\"limits\":\
                 {\"amount_per_day\":\"150\",\"amount_per_month\":\"1000\",\"attempts_per_day\":3,\
                 \"attempts_per_month\":20},\"minimum_balance\":\"20\"}",
            ),
        ]);
        check_refused::<WalletCommand>(&["auto acme", "auto set acme", "auto set acme --amount 50"]);
    }
}
