//! `farebox webhook`: who is told what happens to wallets, and what became of the telling.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::call::{Ask, Call};
use super::failure::Failure;

#[derive(Subcommand, Debug)]
pub enum WebhookCommand {
    /// Lists the webhooks, without their secrets
    List,
    /// Sends what happens to an address, and prints the secret that signs it: it is shown this once
    Add {
        url: String,
        /// The one wallet to tell of; all wallets where it is left out
        #[arg(long)]
        wallet: Option<String>,
        /// A type to tell of, such as wallet.low_balance; may be given several times [default: all]
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
    },
    /// Sends nothing more to a webhook
    Remove { id: String },
    /// Makes a new secret and prints it; the former one signs as well for a day
    Rotate { id: String },
    /// Sends a webhook a test message now
    Test { id: String },
    /// Sends an alert again
    Replay {
        id: String,
        #[arg(long)]
        wallet: String,
        /// As `farebox wallet alerts` shows it (al_...)
        #[arg(long)]
        alert: String,
    },
    /// Lists the messages of a webhook and what became of them
    Deliveries { id: String },
}

impl Ask for WebhookCommand {
    fn call(self) -> Result<Call, Failure> {
        let path = ["v1", "webhooks"];
        Ok(match self {
            WebhookCommand::List => Call::list(&path, &["id", "url", "wallet", "types", "status", "made_at"]),
            WebhookCommand::Add { url, wallet, types } => {
                let mut body = Map::from_iter([("url".to_owned(), Value::from(url))]);
                body.extend(wallet.map(|wallet| ("wallet".to_owned(), wallet.into())));
                if !types.is_empty() {
                    body.insert("types".to_owned(), types.into());
                }
                Call::values(Method::POST, &path, &["id", "secret"]).body(body.into())
            }
            WebhookCommand::Remove { id } => {
                Call::end(Method::DELETE, &["v1", "webhooks", &id], &id, "removed")
            }
            WebhookCommand::Rotate { id } => {
                Call::values(Method::POST, &["v1", "webhooks", &id, "rotate"], &["id", "secret"])
            }
            WebhookCommand::Test { id } => {
                let fields = &["delivered", "status", "why"];
                Call::document(Method::POST, &["v1", "webhooks", &id, "test"], fields)
            }
            WebhookCommand::Replay { id, wallet, alert } => {
                let path = ["v1", "webhooks", &id, "replay"];
                let body = json!({"wallet": wallet, "alert": alert});
                Call::end(Method::POST, &path, &alert, "replayed").body(body)
            }
            WebhookCommand::Deliveries { id } => Call::list(
                &["v1", "webhooks", &id, "deliveries"],
                &["wallet", "alert", "type", "status", "attempts", "last_at", "next_at", "http_status"],
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn webhooks_are_asked_for_as_the_interface_offers() {
        check::<WebhookCommand>(&[
            ("list", "GET /v1/webhooks"),
            ("add https://a.example/h", r#"POST /v1/webhooks {"url":"https://a.example/h"}"#),
            (
                "add https://a.example/h --wallet acme --type number.released --type top_up.failed",
                "POST /v1/webhooks {\"types\":[\"number.released\",\"top_up.failed\"],\
                 \"url\":\"https://a.example/h\",\"wallet\":\"acme\"}",
            ),
            ("remove wh_1", "DELETE /v1/webhooks/wh_1"),
            ("rotate wh_1", "POST /v1/webhooks/wh_1/rotate"),
            ("test wh_1", "POST /v1/webhooks/wh_1/test"),
            (
                "replay wh_1 --wallet acme --alert al_7",
                r#"POST /v1/webhooks/wh_1/replay {"alert":"al_7","wallet":"acme"}"#,
            ),
            ("deliveries wh_1", "GET /v1/webhooks/wh_1/deliveries"),
        ]);
        check_refused::<WebhookCommand>(&["add", "remove", "replay wh_1", "replay wh_1 --wallet acme"]);
    }
}
