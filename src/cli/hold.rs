//! `farebox hold`: money set aside for what is going to be sent.

mod plan;

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;

use super::call::{Ask, Call, Once};
use super::failure::Failure;
use super::money::amount;
use crate::domain::money::Money;

const FIELDS: [&str; 9] =
    ["hold", "status", "amount", "remaining", "settled", "campaign", "made_at", "expires_at", "closed_at"];
const QUOTE_FIELDS: [&str; 10] = [
    "messages",
    "segments",
    "low",
    "high",
    "currency",
    "available",
    "shortfall",
    "covered",
    "auto_top_up_covers",
    "lasts_until",
];

#[derive(Subcommand, Debug)]
pub enum HoldCommand {
    /// Sets aside what messages may cost at most
    Make {
        wallet: String,
        #[command(flatten)]
        plan: plan::Plan,
        /// What the hold is for
        #[arg(long)]
        campaign: Option<String>,
        /// When what is left of it is free again [default: after 72 hours]
        #[arg(long, value_name = "SECONDS")]
        expires_in: Option<u32>,
        #[command(flatten)]
        once: Once,
    },
    /// Says what messages would cost, and sets nothing aside
    Quote {
        wallet: String,
        #[command(flatten)]
        plan: plan::Plan,
    },
    /// Lists the holds of a wallet
    List {
        wallet: String,
        /// Only those that are open, settled, voided or expired
        #[arg(long)]
        status: Option<String>,
    },
    /// Shows a hold and what is left of it
    Show { wallet: String, hold: String },
    /// Charges a part of a hold
    Settle {
        wallet: String,
        hold: String,
        #[arg(long, value_parser = amount)]
        amount: Money,
        /// It is the last part: the rest is free again
        #[arg(long = "final")]
        last: bool,
        #[command(flatten)]
        once: Once,
    },
    /// Frees what is left of a hold
    Void {
        wallet: String,
        hold: String,
        #[command(flatten)]
        once: Once,
    },
}

impl Ask for HoldCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            HoldCommand::Make { wallet, plan, campaign, expires_in, once } => {
                let mut body = plan.body()?;
                body.extend(campaign.map(|campaign| ("campaign".to_owned(), campaign.into())));
                body.extend(expires_in.map(|seconds| ("expires_in_seconds".to_owned(), seconds.into())));
                let path = ["v1", "wallets", &wallet, "holds"];
                Call::document(Method::POST, &path, &FIELDS).body(body.into()).once(once)
            }
            HoldCommand::Quote { wallet, plan } => {
                let path = ["v1", "wallets", &wallet, "quotes"];
                Call::document(Method::POST, &path, &QUOTE_FIELDS).body(plan.body()?.into())
            }
            HoldCommand::List { wallet, status } => Call::list(
                &["v1", "wallets", &wallet, "holds"],
                &["hold", "status", "amount", "remaining", "settled", "campaign", "made_at", "expires_at"],
            )
            .query("status", status),
            HoldCommand::Show { wallet, hold } => {
                Call::document(Method::GET, &["v1", "wallets", &wallet, "holds", &hold], &FIELDS)
            }
            HoldCommand::Settle { wallet, hold, amount, last, once } => {
                let path = ["v1", "wallets", &wallet, "holds", &hold, "settle"];
                let body = json!({"amount": amount.to_string(), "final": last});
                Call::document(Method::POST, &path, &FIELDS).body(body).once(once)
            }
            HoldCommand::Void { wallet, hold, once } => {
                let path = ["v1", "wallets", &wallet, "holds", &hold, "void"];
                Call::document(Method::POST, &path, &FIELDS).once(once)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn holds_are_asked_for_as_the_interface_offers() {
        check::<HoldCommand>(&[
            (
                "make acme --sender-type toll_free --segments 2 --recipients +1=1000 --recipients +44=20",
                "POST /v1/wallets/acme/holds {\"kind\":\"sms\",\"recipients\":{\"+1\":1000,\"+44\":20},\
                 \"segments\":2,\"sender_type\":\"toll_free\"} once",
            ),
            (
                "make acme --channel +14155550100 --kind mms --segments 1 --recipients +1=5 --campaign spring \
                 --expires-in 3600 --idempotency-key k",
                "POST /v1/wallets/acme/holds {\"campaign\":\"spring\",\"channel\":\"+14155550100\",\
                 \"expires_in_seconds\":3600,\"kind\":\"mms\",\"recipients\":{\"+1\":5},\"segments\":1} once",
            ),
            (
                "quote acme --channel 72345 --segments 1 --recipients +1=5",
                "POST /v1/wallets/acme/quotes {\"channel\":\"72345\",\"kind\":\"sms\",\
                 \"recipients\":{\"+1\":5},\"segments\":1}",
            ),
            ("list acme --status open", "GET /v1/wallets/acme/holds?status=open"),
            ("show acme h_1", "GET /v1/wallets/acme/holds/h_1"),
            (
                "settle acme h_1 --amount 1.50",
                r#"POST /v1/wallets/acme/holds/h_1/settle {"amount":"1.5","final":false} once"#,
            ),
            (
                "settle acme h_1 --amount 0 --final",
                r#"POST /v1/wallets/acme/holds/h_1/settle {"amount":"0","final":true} once"#,
            ),
            ("void acme h_1", "POST /v1/wallets/acme/holds/h_1/void once"),
        ]);
        check_refused::<HoldCommand>(&[
            "make acme",
            "make acme --segments 1 --recipients +1=5",
            "make acme --channel 72345 --recipients +1=5",
            "make acme --channel 72345 --segments 1 --recipients +1",
            "make acme --channel 72345 --segments 1 --recipients +1=many",
            "make acme --channel 72345 --sender-type local --segments 1 --recipients +1=5",
            "make acme --messages a.json --segments 1",
            "settle acme h_1",
            "void acme",
        ]);
    }
}
