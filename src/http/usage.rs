//! Usage: where a wallet's credit went, by day or whatever else it is grouped by (RULES, section 13).

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::problem::{Code, Problem};
use super::usage_query::{Asked, UsageQuery, asked};
use super::wire::{Amount, Instant, Sum};
use crate::actors::Engine;
use crate::clock::Stopwatch;
use crate::domain::access::Action;
use crate::domain::event::{Direction, Kind};
use crate::usage::table::{Group, GroupBy, NoTable, ROWS_MAX, Table, by_type, table};
use crate::usage::totals::{self, Totals};

/// Where a wallet's credit went. Table and summaries are read from one state of the views: they agree to the last unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    #[schema(example = "acme")]
    wallet: String,
    #[schema(example = "USD")]
    currency: String,
    /// Days are days of this zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// `occurred`: by when things happened; `posted`: by when they changed the balance.
    #[schema(example = "occurred")]
    axis: &'static str,
    #[schema(example = "2026-07-01")]
    from: String,
    /// Included.
    #[schema(example = "2026-07-31")]
    to: String,
    #[schema(example = json!(["day"]))]
    group_by: Vec<&'static str>,
    /// Asks for this very state again, in this call or an export; means nothing else. Good for 10 minutes, then 410.
    #[schema(example = "bYx0Jk3u2V7wQmTz")]
    as_of: String,
    /// Everything acknowledged before is in it.
    complete_until: Instant,
    /// In the order of what it is grouped by. What came to nothing has no row.
    table: Vec<UsageRow>,
    /// Of the whole table.
    totals: Figures,
    summary: Summary,
}

/// One row: what it stands for (only what the table is grouped by; null where it does not apply), and its figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-07-15")]
    day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-07")]
    month: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "+14155550100")]
    channel: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    campaign: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "HK")]
    country: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "sms")]
    kind: Option<Option<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "outbound")]
    direction: Option<Option<&'static str>>,
    #[serde(flatten)]
    figures: Figures,
}

/// Messages and amounts. `total` is the sum of the six amounts before it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figures {
    #[schema(example = 3)]
    messages: i64,
    /// What was billed: segments of SMS, one of an MMS.
    #[schema(example = 5)]
    units: i64,
    #[schema(example = 2)]
    delivered: i64,
    /// Failed and undelivered.
    #[schema(example = 0)]
    failed: i64,
    /// Without a final status.
    #[schema(example = 1)]
    other: i64,
    sms: Directions,
    mms: Directions,
    /// Of messages, without carrier fees.
    message_cost: Sum,
    /// Of messages, and those that carriers charged by themselves.
    carrier_fees: Sum,
    failure_fees: Sum,
    /// Negative: charges of failed messages that were returned, less those charged again.
    refunds: Sum,
    number_fees: Sum,
    /// Settled holds and corrections.
    other_charges: Sum,
    total: Sum,
}

/// Messages of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Directions {
    outbound: Traffic,
    inbound: Traffic,
}

/// Messages of one kind and direction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageTraffic)]
pub struct Traffic {
    messages: i64,
    units: i64,
    delivered: i64,
    failed: i64,
    other: i64,
}

/// Credit used and, on the axis of posting and without filters, what it was paid from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// By type of entry, with their sum as `total`; negative where they gave back.
    #[schema(value_type = std::collections::HashMap<String, String>, example = json!({"charge": "0.0436", "number_fee": "1", "total": "1.0436"}))]
    credit_used: BTreeMap<&'static str, Sum>,
    /// By type of entry, with their sum as `total`: top-ups and adjustments, less what was taken back. Null on the axis
    /// of occurrence and with a filter, as are the balances.
    #[schema(required, value_type = Option<std::collections::HashMap<String, String>>)]
    credit_added: Option<BTreeMap<&'static str, Sum>>,
    /// Before the first day.
    #[schema(required)]
    opening_balance: Option<Amount>,
    /// After the last day: opening + added - used.
    #[schema(required)]
    closing_balance: Option<Amount>,
}

/// Where a wallet's credit went
///
/// Everything that was acknowledged before the call is in the answer. At most 50,000 rows: more are refused, never cut.
#[utoipa::path(
    tag = "usage",
    params(UsageQuery),
    responses(
        (status = 200, description = "Table and summaries", body = Usage),
        (status = 410, description = "`as_of_expired`: that state is no longer held"),
    )
)]
#[get("/v1/wallets/{wallet}/usage")]
pub async fn get_usage(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    request: HttpRequest,
) -> Result<web::Json<Usage>, Problem> {
    let watch = Stopwatch::start();
    let asked = Arc::new(asked(&caller, Action::SeeWallet, &engine, &wallet, request.query_string()).await?);
    let at = Arc::clone(&asked);
    let found =
        web::block(move || table(&at.pin.views, at.cell.id, &at.zone, &at.query, (&at.group_by, ROWS_MAX)));
    let found = found.await.map_err(Problem::internal)??;
    engine.meters().outside.usage_query_seconds.record(watch.seconds());
    Ok(web::Json(Usage::of(&asked, wallet.into_inner(), &found)))
}

impl From<NoTable> for Problem {
    fn from(why: NoTable) -> Problem {
        match why {
            NoTable::Store(error) => Problem::internal(error),
            NoTable::TooManyRows => {
                let detail =
                    format!("the table has more than {ROWS_MAX} rows: ask for fewer days, or group by less");
                Problem::new(Code::BadRange, detail).of_field("group_by")
            }
        }
    }
}

impl Usage {
    fn of(asked: &Asked, wallet: String, found: &Table) -> Usage {
        let published = asked.cell.read();
        let query = &asked.query;
        Usage {
            wallet,
            currency: published.currency.to_string(),
            time_zone: published.time_zone.to_string(),
            axis: query.axis.as_str(),
            from: query.from.to_string(),
            to: query.to.to_string(),
            group_by: asked.group_by.iter().map(|by| by.as_str()).collect(),
            as_of: asked.pin.token.clone(),
            complete_until: Instant(asked.pin.at),
            table: found
                .rows
                .iter()
                .map(|(group, totals)| UsageRow::of(group, totals, &asked.group_by))
                .collect(),
            totals: Figures::of(&found.totals),
            summary: Summary::of(found),
        }
    }
}

impl UsageRow {
    pub fn of(group: &Group, totals: &Totals, group_by: &[GroupBy]) -> UsageRow {
        let by = |wanted: GroupBy| group_by.contains(&wanted).then_some(());
        UsageRow {
            day: group.day.map(|day| day.to_string()),
            month: group.month.map(|month| format!("{:04}-{:02}", month / 100, month % 100)),
            channel: by(GroupBy::Channel).map(|()| group.channel.map(|channel| channel.to_string())),
            campaign: by(GroupBy::Campaign)
                .map(|()| group.campaign.as_deref().filter(|text| !text.is_empty()).map(str::to_owned)),
            country: by(GroupBy::Country).map(|()| group.country.map(super::entries::country)),
            kind: by(GroupBy::Kind).map(|()| group.kind.map(Kind::as_str)),
            direction: by(GroupBy::Direction).map(|()| group.direction.map(Direction::as_str)),
            figures: Figures::of(totals),
        }
    }
}

impl Figures {
    pub fn of(totals: &Totals) -> Figures {
        let all = totals.all_traffic();
        let of = |kind, direction| Traffic::of(totals.traffic(kind, direction));
        let both = |kind| Directions {
            outbound: of(kind, Direction::Outbound),
            inbound: of(kind, Direction::Inbound),
        };
        Figures {
            messages: all.messages,
            units: all.units,
            delivered: all.delivered,
            failed: all.failed,
            other: all.other(),
            sms: both(Kind::Sms),
            mms: both(Kind::Mms),
            message_cost: Sum(totals.message_cost()),
            carrier_fees: Sum(totals.carrier_fees()),
            failure_fees: Sum(totals.failure_fees()),
            refunds: Sum(totals.refunds()),
            number_fees: Sum(totals.number_fees()),
            other_charges: Sum(totals.other_charges()),
            total: Sum(totals.total()),
        }
    }
}

impl Traffic {
    fn of(traffic: &totals::Traffic) -> Traffic {
        let totals::Traffic { messages, units, delivered, failed } = *traffic;
        Traffic { messages, units, delivered, failed, other: traffic.other() }
    }
}

impl Summary {
    pub fn of(found: &Table) -> Summary {
        let totals = &found.totals;
        let used = by_type(totals).filter(|(kind, _)| kind.is_usage());
        let mut credit_used: BTreeMap<_, _> = used.map(|(kind, used)| (kind.as_str(), Sum(used))).collect();
        credit_used.insert("total", Sum(totals.total()));
        let credit_added = found.balances.map(|_| {
            let added = by_type(totals).filter(|(kind, _)| !kind.is_usage());
            let mut added: BTreeMap<_, _> = added.map(|(kind, used)| (kind.as_str(), Sum(-used))).collect();
            added.insert("total", Sum(totals.added()));
            added
        });
        Summary {
            credit_used,
            credit_added,
            opening_balance: found.balances.map(|balances| Amount(balances.opening)),
            closing_balance: found.balances.map(|balances| Amount(balances.closing)),
        }
    }
}
