//! `farebox usage`: where a wallet's credit went, as a table with its totals.

use clap::Args;
use reqwest::Method;

use super::call::Call;
use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::Output;

/// By day, which is how usage is shown where nothing else is asked for.
const BY_DAY: &[&str] =
    &["day", "messages", "units", "message_cost", "carrier_fees", "refunds", "number_fees", "total"];
/// By anything else; what the rows are not grouped by is a dash.
const GROUPED: &[&str] =
    &["day", "month", "channel", "campaign", "country", "kind", "direction", "messages", "units", "total"];

/// Shows where a wallet's credit went
#[derive(Args, Debug)]
pub struct UsageArgs {
    #[command(flatten)]
    connection: Connection,
    wallet: String,
    /// The first day, such as 2026-07-01 [default: the first of the month of the last day]
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day, included [default: the last of the current month]
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Days by when things happened, or by when they changed the balance
    #[arg(long, value_parser = ["occurred", "posted"])]
    axis: Option<String>,
    /// Only of this channel; may be given several times
    #[arg(long)]
    channel: Vec<String>,
    /// Only of this campaign; may be given several times
    #[arg(long)]
    campaign: Vec<String>,
    /// What the rows are (day, month, channel, campaign, country, kind or direction); may be given several times
    #[arg(long)]
    group_by: Vec<String>,
}

pub async fn run(args: UsageArgs, output: Output) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    args.call().run(&client, output).await
}

impl UsageArgs {
    fn call(self) -> Call {
        let UsageArgs { connection: _, wallet, from, to, axis, channel, campaign, group_by } = self;
        let columns = if group_by.is_empty() { BY_DAY } else { GROUPED };
        let path = ["v1", "wallets", &wallet, "usage"];
        let call = Call::rows(Method::GET, &path, "table", columns, "totals");
        let call = call.query("from", from).query("to", to).query("axis", axis);
        [("channel", channel), ("campaign", campaign), ("group_by", group_by)]
            .into_iter()
            .fold(call, |call, (name, values)| {
                values.into_iter().fold(call, |call, value| call.query(name, Some(value)))
            })
    }
}
