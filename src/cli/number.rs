//! `farebox number`: the numbers that a wallet rents.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, Value};

use super::call::{Ask, Call, Once};
use super::failure::Failure;
use super::segments::sender_type;
use crate::domain::sender_type::SenderType;

const FIELDS: [&str; 11] = [
    "number",
    "type",
    "status",
    "monthly_fee",
    "bought_at",
    "next_due_at",
    "arrears_total",
    "release_at",
    "released_at",
    "release_reason",
    "release_confirmed_at",
];

const QUOTED: [&str; 7] =
    ["number", "type", "monthly_fee", "currency", "next_due_at", "available", "covered"];

#[derive(Subcommand, Debug)]
pub enum NumberCommand {
    /// Lists the numbers of a wallet
    List {
        wallet: String,
        /// Only those that are active, past_due, release_scheduled or released
        #[arg(long)]
        status: Option<String>,
    },
    /// Shows a number, when its next fee is due and what is owed for it
    Show { wallet: String, number: String },
    /// What renting a number would cost
    Quote {
        wallet: String,
        /// E.164 number or short code
        number: String,
        /// local, mobile, toll_free or short_code [default: told from the number]
        #[arg(long = "type", value_name = "TYPE", value_parser = sender_type)]
        sender_type: Option<SenderType>,
    },
    /// Rents a number: its first monthly fee is charged now
    Buy {
        wallet: String,
        /// E.164 number or short code
        number: String,
        /// local, mobile, toll_free or short_code [default: told from the number]
        #[arg(long = "type", value_name = "TYPE", value_parser = sender_type)]
        sender_type: Option<SenderType>,
        #[command(flatten)]
        once: Once,
    },
    /// Gives a number back: no further fees fall due
    Release { wallet: String, number: String },
}

impl Ask for NumberCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            NumberCommand::List { wallet, status } => Call::list(
                &["v1", "wallets", &wallet, "numbers"],
                &["number", "type", "status", "monthly_fee", "next_due_at", "arrears_total", "release_at"],
            )
            .query("status", status),
            NumberCommand::Show { wallet, number } => one(Method::GET, &wallet, &number),
            NumberCommand::Release { wallet, number } => one(Method::DELETE, &wallet, &number),
            NumberCommand::Quote { wallet, number, sender_type } => {
                let path = ["v1", "wallets", &wallet, "numbers", &number, "quote"];
                let given = sender_type.map(|given| given.as_str().to_owned());
                Call::document(Method::GET, &path, &QUOTED).query("type", given)
            }
            NumberCommand::Buy { wallet, number, sender_type, once } => {
                let mut body = Map::from_iter([("number".to_owned(), Value::from(number))]);
                body.extend(sender_type.map(|given| ("type".to_owned(), given.as_str().into())));
                let path = ["v1", "wallets", &wallet, "numbers"];
                Call::document(Method::POST, &path, &FIELDS).body(body.into()).once(once)
            }
        })
    }
}

fn one(method: Method, wallet: &str, number: &str) -> Call {
    Call::document(method, &["v1", "wallets", wallet, "numbers", number], &FIELDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn numbers_are_asked_for_as_the_interface_offers() {
        check::<NumberCommand>(&[
            ("list acme", "GET /v1/wallets/acme/numbers"),
            ("list acme --status past_due", "GET /v1/wallets/acme/numbers?status=past_due"),
            ("show acme +14155550100", "GET /v1/wallets/acme/numbers/+14155550100"),
            ("release acme +14155550100", "DELETE /v1/wallets/acme/numbers/+14155550100"),
            ("quote acme +14155550100", "GET /v1/wallets/acme/numbers/+14155550100/quote"),
            ("quote acme +1 --type mobile", "GET /v1/wallets/acme/numbers/+1/quote?type=mobile"),
            ("buy acme +14155550100", r#"POST /v1/wallets/acme/numbers {"number":"+14155550100"} once"#),
            (
                "buy acme 72345 --type short_code --idempotency-key k",
                r#"POST /v1/wallets/acme/numbers {"number":"72345","type":"short_code"} once"#,
            ),
        ]);
        check_refused::<NumberCommand>(&["list", "show acme", "buy acme", "buy acme +1 --type fax"]);
    }
}
