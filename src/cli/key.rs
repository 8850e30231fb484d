//! `farebox key`: who may ask the engine, and for what.

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;

use super::call::{Ask, Call};
use super::failure::Failure;
use crate::domain::access::Role;

#[derive(Subcommand, Debug)]
pub enum KeyCommand {
    /// Makes a key and prints it: it is shown this once
    Make {
        /// ingest, viewer, billing or operator
        #[arg(long, value_parser = role)]
        role: Role,
        /// The one wallet that the key is good for; all wallets where it is left out
        #[arg(long)]
        wallet: Option<String>,
        /// Whose key it is, for people
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Lists all keys, without their secrets
    List,
    /// Makes a key useless from now on
    Revoke {
        /// Of the key, as `farebox key list` shows it (key_...)
        id: String,
    },
}

fn role(word: &str) -> Result<Role, String> {
    let words = || Role::ALL.map(Role::as_str).join(", ");
    Role::parse(word).ok_or_else(|| format!("it is one of {}", words()))
}

impl Ask for KeyCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            KeyCommand::Make { role, wallet, name } => {
                let body = json!({"role": role.as_str(), "wallet": wallet, "name": name});
                Call::values(Method::POST, &["v1", "keys"], &["id", "key"]).body(body)
            }
            KeyCommand::List => {
                Call::list(&["v1", "keys"], &["id", "role", "wallet", "name", "made_at", "revoked_at"])
            }
            KeyCommand::Revoke { id } => Call::end(Method::DELETE, &["v1", "keys", &id], &id, "revoked"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn keys_are_asked_for_as_the_interface_offers() {
        check::<KeyCommand>(&[
            (
                "make --role ingest --wallet acme --name web",
                r#"POST /v1/keys {"name":"web","role":"ingest","wallet":"acme"}"#,
            ),
            ("make --role operator", r#"POST /v1/keys {"name":"","role":"operator","wallet":null}"#),
            ("list", "GET /v1/keys"),
            ("revoke key_1", "DELETE /v1/keys/key_1"),
        ]);
        check_refused::<KeyCommand>(&["make", "make --role king", "revoke"]);
    }
}
