//! `farebox config`: what the settings are, before an engine is started with them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::{Output, show, write_out};
use crate::config::{Config, DEFAULTS_FILE, Flags, environment, load};

#[derive(Args, Debug)]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Says whether an engine would start with this file and the environment
    Check {
        /// Settings as TOML; only the environment is checked where it is left out
        file: Option<PathBuf>,
    },
    /// Prints the settings that an engine would start with
    Show {
        /// Settings as TOML
        #[arg(long, value_name = "FILE", conflicts_with = "default")]
        config: Option<PathBuf>,
        /// Print the defaults instead, with a comment on every key: a file to start from
        #[arg(long)]
        default: bool,
    },
}

pub fn run(args: ConfigArgs, output: Output) -> Result<(), Failure> {
    match args.command {
        ConfigCommand::Check { file } => {
            in_effect(file.as_ref())?;
            show(output, &json!({"ok": true}), || "the settings are good\n".to_owned())
        }
        ConfigCommand::Show { default: true, .. } if output == Output::Text => write_out(DEFAULTS_FILE),
        ConfigCommand::Show { default: true, .. } => show_config(&Config::default(), output),
        ConfigCommand::Show { config, .. } => show_config(&in_effect(config.as_ref())?, output),
    }
}

fn in_effect(file: Option<&PathBuf>) -> Result<Config, Failure> {
    load(file.map(PathBuf::as_path), environment(), Flags::default())
        .map_err(|error| Failure::new(error.to_string()))
}

fn show_config(config: &Config, output: Output) -> Result<(), Failure> {
    let mut tree = serde_json::to_value(config).map_err(|error| Failure::of("settings", error))?;
    hide_secrets(&mut tree);
    show(output, &tree, || toml_text(&tree))
}

/// What is shown ends up in terminals and tickets.
fn hide_secrets(tree: &mut Value) {
    for key in ["/payments/stripe_secret_key", "/numbers/release_secret"] {
        if let Some(secret) = tree.pointer_mut(key).filter(|secret| secret.as_str() != Some("")) {
            *secret = json!("(hidden)");
        }
    }
    for key in ["/payments/stripe_webhook_secrets", "/page/token_keys"] {
        if let Some(Value::Array(secrets)) = tree.pointer_mut(key) {
            secrets.iter_mut().for_each(|secret| *secret = json!("(hidden)"));
        }
    }
}

/// The settings as TOML: strings and whole numbers are written alike there and in JSON.
fn toml_text(tree: &Value) -> String {
    let (mut top, mut sections) = (String::new(), String::new());
    for (name, value) in tree.as_object().into_iter().flatten() {
        match value {
            Value::Object(section) => {
                let keys = section.iter().map(|(key, value)| format!("{key} = {value}\n"));
                sections += &format!("\n[{name}]\n{}", keys.collect::<String>());
            }
            value => top += &format!("{name} = {value}\n"),
        }
    }
    top + &sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back_as_the_same_settings() {
        let config = Config { data_dir: "/srv/\"fare\"\tbox\\".into(), ..Config::default() };
        let text = toml_text(&serde_json::to_value(&config).unwrap());
        assert_eq!(toml::from_str::<Config>(&text).unwrap(), config, "{text}");
    }
}
