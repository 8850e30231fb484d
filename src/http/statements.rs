//! Statements: a month of a wallet for the books, as a document and as a page made for printing.

mod page;

use std::collections::BTreeMap;

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::entries::Entry;
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::usage::{Figures, UsageRow};
use super::wire::{Amount, Instant, Sum};
use crate::actors::Engine;
use crate::actors::pins::Pin;
use crate::domain::access::Action;
use crate::domain::calendar::{Day, Zone};
use crate::engine::book::Book;
use crate::engine::directory::Published;
use crate::usage::statement::{self, balances, statement};
use crate::usage::table::{Group, GroupBy};
use crate::usage::totals::Totals;

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How a statement is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// `json` (default) or `html`: a page made for printing, as `Accept: text/html` asks for too.
    format: Option<String>,
    /// `as_of` of an answer of the last 10 minutes: the same state again.
    as_of: Option<String>,
}

/// A month of a wallet, by when things changed its balance. opening + added - used = closing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statement {
    #[schema(example = "acme")]
    wallet: String,
    name: String,
    #[schema(example = "USD")]
    currency: String,
    /// Days and months are those of this zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    #[schema(example = "2026-07")]
    month: String,
    from: String,
    /// Included.
    to: String,
    /// Whether the month is over.
    complete: bool,
    as_of: String,
    complete_until: Instant,
    opening_balance: Amount,
    credit_added: Sum,
    credit_used: Sum,
    closing_balance: Amount,
    /// Messages by kind and direction, and what else was used under each.
    by_kind: Vec<UsageRow>,
    /// In the order of the channels, at most 1,000: those that used the most.
    by_channel: Vec<UsageRow>,
    /// How many channels there are in all.
    #[schema(example = 3)]
    channels: usize,
    /// Of the channels that are not among them; null where all are.
    #[schema(required)]
    other_channels: Option<Figures>,
    totals: Figures,
    /// Entries that are no messages, by their types: `top_up`, `payment_refund`, `dispute`, `dispute_reinstated`,
    /// `adjustment`, `number_fee`, `hold_settlement` and `correction`.
    entries: BTreeMap<&'static str, StatementEntries>,
}

/// Entries of one type.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementEntries {
    /// Of all of them.
    count: u64,
    /// What they changed the balance by.
    total: Sum,
    /// The first 1,000.
    entries: Vec<Entry>,
}

/// A month that has a statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementMonth {
    #[schema(example = "2026-07")]
    month: String,
    complete: bool,
    opening_balance: Amount,
    closing_balance: Amount,
}

/// The statement of a month
///
/// On the axis of posting and from one state, so that it agrees with the balance to the last unit.
#[utoipa::path(
    tag = "usage",
    params(StatementQuery),
    responses(
        (status = 200, description = "The statement", body = Statement),
        (status = 410, description = "`as_of_expired`: that state is no longer held"),
    )
)]
#[get("/v1/wallets/{wallet}/statements/{month}")]
pub async fn get_statement(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
    query: Query<StatementQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (wallet, month) = path.into_inner();
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let days = Day::parse_month(&month);
    let days = days.ok_or_else(|| Problem::bad_field("month", "not a month such as 2026-07"))?;
    let as_page = as_page(&query, &request)?;
    let published = cell.read();
    let zone = Zone::of_wallet(&published.time_zone);
    let today = zone.day(engine.clock().now());
    if days.0 > today {
        return Err(Problem::new(Code::BadRange, "the month has not begun").of_field("month"));
    }
    let pin = match &query.as_of {
        None => engine.pin().await?,
        Some(token) => engine.pinned(token).ok_or_else(super::usage_query::as_of_expired)?,
    };
    // By the state that is told: one taken before the month's end stays incomplete.
    let complete = pin.at >= zone.span_of(days.1).1;
    let (views, id) = (std::sync::Arc::clone(&pin.views), cell.id);
    let made = web::block(move || statement(&views, id, &zone, days)).await;
    let made = made.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let told = Statement::of(&wallet, &published, &pin, complete, &made, &engine.book())?;
    if !as_page {
        return Ok(HttpResponse::Ok().json(told));
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY)).insert_header((CACHE_CONTROL, "no-store"));
    Ok(response.content_type("text/html; charset=utf-8").body(page::page(&told).into_string()))
}

fn as_page(query: &StatementQuery, request: &HttpRequest) -> Result<bool, Problem> {
    match query.format.as_deref() {
        Some("html") => Ok(true),
        Some("json") => Ok(false),
        Some(_) => Err(Problem::bad_field("format", "not one of json, html")),
        None => {
            let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
            Ok(accepts.is_some_and(|accepts| accepts.starts_with("text/html")))
        }
    }
}

/// The months that have a statement
///
/// From the month of the first entry to the current one, the newest first.
#[utoipa::path(tag = "usage", params(PageQuery), responses((status = 200, description = "A page", body = Page<StatementMonth>)))]
#[get("/v1/wallets/{wallet}/statements")]
pub async fn list_statements(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    query: Query<PageQuery>,
) -> Result<web::Json<Page<StatementMonth>>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let zone = Zone::of_wallet(&cell.read().time_zone);
    let today = zone.day(engine.clock().now());
    let (pin, id) = (engine.pin().await?, cell.id);
    let page = web::block(move || {
        let first = pin.views.entry(id, 1).map_err(Problem::internal)?;
        let first = first.map(|row| zone.day(row.posted_at()));
        let months = first.into_iter().flat_map(|first| months_back(today, first));
        let page = Page::of_all(months, &query, List::Statements, |month| month_of(*month).into_bytes())?;
        let balances = balances(&pin.views, id, &zone, &page.data).map_err(Problem::internal)?;
        let told = page.data.iter().zip(balances).map(|(month, balances)| StatementMonth {
            month: month_of(*month),
            complete: month.last_of_month() < today,
            opening_balance: Amount(balances.opening),
            closing_balance: Amount(balances.closing),
        });
        Ok::<_, Problem>(Page { data: told.collect(), next_cursor: page.next_cursor })
    });
    Ok(web::Json(page.await.map_err(Problem::internal)??))
}

/// The first days of the months from that of `today` back to that of `first`.
fn months_back(today: Day, first: Day) -> impl Iterator<Item = Day> {
    let months = std::iter::successors(Some(today.first_of_month()), |month| Some(month.month_before()));
    months.take_while(move |month| *month >= first.first_of_month())
}

fn month_of(day: Day) -> String {
    let month = day.month();
    format!("{:04}-{:02}", month / 100, month % 100)
}

impl Statement {
    fn of(
        wallet: &str,
        published: &Published,
        pin: &Pin,
        complete: bool,
        made: &statement::Statement,
        book: &Book,
    ) -> Result<Statement, Problem> {
        let totals = &made.by_kind.totals;
        let balances =
            made.by_kind.balances.ok_or_else(|| Problem::internal("a statement without balances"))?;
        let rows = |rows: &[(Group, Totals)], group_by: &[GroupBy]| {
            rows.iter().map(|(group, totals)| UsageRow::of(group, totals, group_by)).collect()
        };
        let mut entries = BTreeMap::new();
        for (kind, lines) in &made.lines {
            let told = lines.rows.iter().map(|row| Entry::of_row(row, book)).collect::<Result<_, _>>()?;
            let total = Sum(-totals.used(*kind));
            entries.insert(kind.as_str(), StatementEntries { count: lines.count, total, entries: told });
        }
        Ok(Statement {
            wallet: wallet.to_owned(),
            name: published.name.to_string(),
            currency: published.currency.to_string(),
            time_zone: published.time_zone.to_string(),
            month: month_of(made.from),
            from: made.from.to_string(),
            to: made.to.to_string(),
            complete,
            as_of: pin.token.clone(),
            complete_until: Instant(pin.at),
            opening_balance: Amount(balances.opening),
            credit_added: Sum(totals.added()),
            credit_used: Sum(totals.total()),
            closing_balance: Amount(balances.closing),
            by_kind: rows(&made.by_kind.rows, &[GroupBy::Kind, GroupBy::Direction]),
            by_channel: rows(&made.by_channel.rows, &[GroupBy::Channel]),
            channels: made.by_channel.count,
            other_channels: made.by_channel.others.as_ref().map(Figures::of),
            totals: Figures::of(totals),
            entries,
        })
    }
}
