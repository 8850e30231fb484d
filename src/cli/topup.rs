//! `farebox topup`: money that is paid into a wallet.

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;

use super::call::{Ask, Call, Once};
use super::failure::Failure;
use super::money::amount;
use crate::domain::money::Money;

const FIELDS: [&str; 13] = [
    "top_up",
    "kind",
    "status",
    "amount",
    "currency",
    "checkout_url",
    "code",
    "credited",
    "refunded",
    "disputed",
    "seq",
    "opened_at",
    "closed_at",
];

#[derive(Subcommand, Debug)]
pub enum TopUpCommand {
    /// Opens a page to pay on and prints its address
    Make {
        wallet: String,
        /// What is paid in, in whole minor units of the wallet's currency
        #[arg(long, value_parser = amount)]
        amount: Money,
        /// Where the payer is sent afterwards
        #[arg(long, value_name = "URL")]
        return_url: String,
        #[command(flatten)]
        once: Once,
    },
    /// Lists the top-ups of a wallet, by hand and automatic
    List { wallet: String },
    /// Shows a top-up and what became of it
    Show {
        wallet: String,
        /// As `farebox topup list` shows it (tu_...)
        top_up: String,
    },
}

impl Ask for TopUpCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            TopUpCommand::Make { wallet, amount, return_url, once } => {
                let path = ["v1", "wallets", &wallet, "top-ups"];
                let body = json!({"amount": amount.to_string(), "return_url": return_url});
                Call::values(Method::POST, &path, &["top_up", "checkout_url"]).body(body).once(once)
            }
            TopUpCommand::List { wallet } => Call::list(
                &["v1", "wallets", &wallet, "top-ups"],
                &[
                    "top_up",
                    "kind",
                    "status",
                    "amount",
                    "currency",
                    "credited",
                    "code",
                    "opened_at",
                    "closed_at",
                ],
            ),
            TopUpCommand::Show { wallet, top_up } => {
                Call::document(Method::GET, &["v1", "wallets", &wallet, "top-ups", &top_up], &FIELDS)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn top_ups_are_asked_for_as_the_interface_offers() {
        check::<TopUpCommand>(&[
            (
                "make acme --amount 50.00 --return-url https://a.example/back",
                "POST /v1/wallets/acme/top-ups {\"amount\":\"50\",\"return_url\":\"https://a.example/back\"} once",
            ),
            ("list acme", "GET /v1/wallets/acme/top-ups"),
            ("show acme tu_1", "GET /v1/wallets/acme/top-ups/tu_1"),
        ]);
        check_refused::<TopUpCommand>(&["make acme --amount 50", "make acme --return-url u", "show acme"]);
    }
}
