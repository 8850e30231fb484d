//! `farebox key`: who may ask the engine, and for what.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::{Output, cell, show, show_list};
use crate::domain::access::Role;

#[derive(Args, Debug)]
pub struct KeyArgs {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Subcommand, Debug)]
enum KeyCommand {
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

pub async fn run(args: KeyArgs, output: Output) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    match args.command {
        KeyCommand::Make { role, wallet, name } => {
            let body = json!({"role": role.as_str(), "wallet": wallet, "name": name});
            let made = client.send_json(Method::POST, &["v1", "keys"], &body).await?;
            show(output, &made, || format!("{}\n{}\n", cell(&made["id"]), cell(&made["key"])))
        }
        KeyCommand::List => {
            let keys = client.list(&["v1", "keys"]).await?;
            show_list(output, &keys, &["id", "role", "wallet", "name", "made_at", "revoked_at"])
        }
        KeyCommand::Revoke { id } => {
            client.answer(client.request(Method::DELETE, &["v1", "keys", &id])).await?;
            let revoked: Value = json!({"id": id, "revoked": true});
            show(output, &revoked, || format!("{id} is revoked\n"))
        }
    }
}
