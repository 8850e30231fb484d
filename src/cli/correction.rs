//! `farebox correction`: messages of a range priced anew by another version of a tariff.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::call::{Ask, Call, Once};
use super::failure::Failure;

const ROW: [&str; 8] =
    ["wallet", "changed", "unchanged", "returned", "no_rate", "before", "after", "difference"];
const POSTED_ROW: [&str; 7] = ["wallet", "changed", "posted", "returned", "before", "after", "difference"];

#[derive(Subcommand, Debug)]
pub enum CorrectionCommand {
    /// Tells who would pay how much more or less; changes nothing
    Preview {
        #[command(flatten)]
        messages: MessagesArgs,
    },
    /// Posts one linked entry for each message that should have cost something else; repeated under the same key it
    /// posts what is still missing
    Post {
        #[command(flatten)]
        messages: MessagesArgs,
        /// Why; kept with every entry
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        once: Once,
    },
}

/// Which messages, and what they are priced by.
#[derive(Args, Debug)]
pub struct MessagesArgs {
    /// First local day, such as 2026-07-01
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last local day, included
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Tariff to price them by
    #[arg(long)]
    tariff: String,
    /// Label of its version
    #[arg(long, value_name = "LABEL")]
    version: String,
    /// Only messages that this version has priced
    #[arg(long, value_name = "LABEL")]
    priced_by: Option<String>,
    /// occurred or posted [default: occurred]
    #[arg(long)]
    axis: Option<String>,
    /// Only this wallet; may be given several times [default: all]
    #[arg(long = "wallet", value_name = "WALLET")]
    wallets: Vec<String>,
}

impl MessagesArgs {
    fn body(self) -> serde_json::Map<String, Value> {
        let MessagesArgs { from, to, tariff, version, priced_by, axis, wallets } = self;
        let mut body = serde_json::Map::new();
        let texts = [("from", from), ("to", to), ("tariff", tariff), ("version", version)];
        body.extend(texts.map(|(name, text)| (name.to_owned(), text.into())));
        let optional = [("priced_by", priced_by), ("axis", axis)].into_iter();
        body.extend(optional.filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
        if !wallets.is_empty() {
            body.insert("wallets".to_owned(), wallets.into());
        }
        body
    }
}

impl Ask for CorrectionCommand {
    fn call(self) -> Result<Call, Failure> {
        const PATH: [&str; 2] = ["v1", "corrections"];
        Ok(match self {
            CorrectionCommand::Preview { messages } => {
                Call::rows(Method::POST, &PATH, "wallets", &ROW, "totals").body(messages.body().into())
            }
            CorrectionCommand::Post { messages, reason, once } => {
                let mut body = messages.body();
                body.insert("reason".to_owned(), reason.into());
                body.insert("dry_run".to_owned(), json!(false));
                Call::rows(Method::POST, &PATH, "wallets", &POSTED_ROW, "totals").body(body.into()).once(once)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn corrections_are_asked_for_as_the_interface_offers() {
        check::<CorrectionCommand>(&[
            (
                "preview --from 2026-07-01 --to 2026-07-31 --tariff standard --version 2026-02",
                "POST /v1/corrections {\"from\":\"2026-07-01\",\"tariff\":\"standard\",\"to\":\"2026-07-31\",\
                 \"version\":\"2026-02\"}",
            ),
            (
                "post --from 2026-07-01 --to 2026-07-31 --tariff standard --version 2026-02 --priced-by 2026-01 \
                 --axis posted --wallet a --wallet b --reason typo",
                "POST /v1/corrections {\"axis\":\"posted\",\"dry_run\":false,\"from\":\"2026-07-01\",\
                 \"priced_by\":\"2026-01\",\"reason\":\"typo\",\"tariff\":\"standard\",\"to\":\"2026-07-31\",\
                 \"version\":\"2026-02\",\"wallets\":[\"a\",\"b\"]} once",
            ),
        ]);
        check_refused::<CorrectionCommand>(&[
            "preview --from 2026-07-01 --to 2026-07-31 --tariff standard",
            "post --from 2026-07-01 --to 2026-07-31 --tariff standard --version 2026-02",
        ]);
    }
}
