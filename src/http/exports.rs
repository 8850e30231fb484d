//! Exports: all entries of a range as one file, for spreadsheets and for databases (RULES, section 13).

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa::IntoParams;

use super::auth::Caller;
use super::download::{File, Format, is_only_head};
use super::field;
use super::problem::Problem;
use super::usage_query::{Asked, UsageQuery, asked_besides};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::deed::Act;
use crate::usage::export::Export;
use crate::usage::export::csv::Cells;
use crate::usage::export::summary;
use crate::usage::query::Query;
use crate::usage::table::{ROWS_MAX, table};

/// What a CSV export is asked for with besides.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what is read from the query string")]
pub struct CellsQuery {
    /// `plain` (default) or `spreadsheet`: then cells that are E.164 numbers have an apostrophe in front too, so that a
    /// spreadsheet keeps their plus and all their digits.
    cells: Option<String>,
}

impl CellsQuery {
    /// Its parameters, for [`asked_besides`].
    pub const OWN: &[&str] = &["cells"];

    /// From the last of them that was given.
    pub fn cells(asked: &Asked) -> Result<Cells, Problem> {
        let given = asked.others.last().map(|(_, value)| value.as_str());
        Ok(field::word("cells", given, Cells::ALL, Cells::as_str)?.unwrap_or_default())
    }
}

/// The entries of a range as CSV
///
/// One row for each entry, in the order in which they were posted. The columns: `seq`, `day` (the local day on the axis
/// that is asked for), `occurred_at`, `posted_at`, `channel`, `type` (of the entry), `message_id` and `source` (of the
/// message that it is for or belongs to, or of a carrier's own charge), `direction`, `kind`, `status` (the final one of
/// the message, where it has one), `peer`, `country`, `carrier`, `encoding`, `units`, `unit_price`, `message_cost`
/// (without the carrier fee), `carrier_fee`, `other_fee` (what else was charged; negative where it was returned or paid
/// in), `other_fee_description`, `total` (the sum of the three), `amount` (the change of the balance: the opposite),
/// `currency`, `tariff`, `tariff_version`, `campaign`, `tags`, `balance_after`. What does not apply is empty.
///
/// RFC 4180 in UTF-8 with a header; amounts are plain decimals. A text that a spreadsheet would run as a formula (it
/// begins with `=`, `+`, `-`, `@`, a tab or a line break, or the full-width form of one of the four) has an apostrophe in
/// front, and so has one that begins with an apostrophe: taking one apostrophe away from the front of a text gives what it
/// was. Numbers, days and instants are never changed, E.164 numbers only with `cells=spreadsheet`.
///
/// The rows are checked against the table of usage of the same state. A file that cannot be finished ends in a broken
/// connection, never in a short file. `Accept-Encoding: gzip` or `zstd` makes it smaller on its way; saved as it comes
/// it is a `.csv.gz` or `.csv.zst`. At most 4 exports are under way at once.
#[utoipa::path(
    tag = "usage",
    params(UsageQuery, CellsQuery),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/csv", headers(
            ("Content-Disposition" = String, description = "A name for the file, of wallet and range"),
            ("Farebox-Rows" = u64, description = "How many rows are to come, the header not counted"),
            ("Farebox-As-Of" = String, description = "Asks for the same state again, as `as_of`"),
        )),
        (status = 410, description = "`as_of_expired`: that state is no longer held"),
        (status = 429, description = "`too_busy`: as many exports are under way as may be"),
    )
)]
#[get("/v1/wallets/{wallet}/entries.csv")]
pub async fn get_entries_csv(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked =
        asked_besides(&caller, Action::Export, &engine, &wallet, request.query_string(), CellsQuery::OWN)
            .await?;
    let cells = CellsQuery::cells(&asked)?;
    let (begun, writing) = export(&engine, &asked);
    let response = file(&wallet, &asked, Format::Csv)
        .send(
            &request,
            &engine,
            move || begun.expected(),
            |expected| expected.rows,
            move |expected, out, wanted| writing.csv(&expected, cells, out, || wanted.is_so()),
        )
        .await?;
    recorded(&engine, &caller, &asked, "entries.csv", &request).await?;
    Ok(response)
}

/// The entries of a range as Parquet
///
/// The rows and columns of `entries.csv`, typed: whole numbers, dates, instants in nanoseconds of UTC, amounts as
/// decimals of 38 digits with 9 places, texts. What does not apply is null, and nothing is changed for spreadsheets.
/// Packed with Snappy.
#[utoipa::path(
    tag = "usage",
    params(UsageQuery),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/vnd.apache.parquet", headers(
            ("Content-Disposition" = String, description = "A name for the file, of wallet and range"),
            ("Farebox-Rows" = u64, description = "How many rows are to come"),
            ("Farebox-As-Of" = String, description = "Asks for the same state again, as `as_of`"),
        )),
        (status = 410, description = "`as_of_expired`: that state is no longer held"),
        (status = 429, description = "`too_busy`: as many exports are under way as may be"),
    )
)]
#[get("/v1/wallets/{wallet}/entries.parquet")]
pub async fn get_entries_parquet(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = request.query_string();
    let asked = asked_besides(&caller, Action::Export, &engine, &wallet, query, &[]).await?;
    let (begun, writing) = export(&engine, &asked);
    let response = file(&wallet, &asked, Format::Parquet)
        .send(
            &request,
            &engine,
            move || begun.expected(),
            |expected| expected.rows,
            move |expected, out, wanted| writing.parquet(&expected, out, || wanted.is_so()),
        )
        .await?;
    recorded(&engine, &caller, &asked, "entries.parquet", &request).await?;
    Ok(response)
}

/// The table of usage as CSV
///
/// The rows of `GET .../usage` with the same parameters: first what it is grouped by, then `messages`, `units`,
/// `delivered`, `failed` and `other` of all messages and of each kind and direction (`sms_outbound_messages` and so on),
/// `message_cost`, `carrier_fees`, `failure_fees`, `refunds`, `number_fees`, `other_charges`, `total` and `currency`.
/// Cells are written as in `entries.csv`. At most 50,000 rows.
#[utoipa::path(
    tag = "usage",
    params(UsageQuery, CellsQuery),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/csv", headers(
            ("Content-Disposition" = String, description = "A name for the file, of wallet and range"),
            ("Farebox-Rows" = u64, description = "How many rows are to come, the header not counted"),
            ("Farebox-As-Of" = String, description = "Asks for the same state again, as `as_of`"),
        )),
        (status = 410, description = "`as_of_expired`: that state is no longer held"),
        (status = 429, description = "`too_busy`: as many exports are under way as may be"),
    )
)]
#[get("/v1/wallets/{wallet}/usage.csv")]
pub async fn get_usage_csv(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = request.query_string();
    let asked =
        Arc::new(asked_besides(&caller, Action::Export, &engine, &wallet, query, CellsQuery::OWN).await?);
    let (cells, currency) = (CellsQuery::cells(&asked)?, asked.cell.read().currency);
    let (begun, group_by) = (Arc::clone(&asked), asked.group_by.clone());
    let begin = move || {
        let Asked { pin, cell, zone, query, group_by, .. } = &*begun;
        Ok(Arc::new(table(&pin.views, cell.id, zone, query, (group_by, ROWS_MAX))?))
    };
    let file = File { of: "usage", ..file(&wallet, &asked, Format::Csv) };
    let write = move |table: Arc<_>, out, _| summary::csv(&table, &group_by, currency, cells, out);
    let response = file.send(&request, &engine, begin, |table| table.rows.len() as u64, write).await?;
    recorded(&engine, &caller, &asked, "usage.csv", &request).await?;
    Ok(response)
}

/// Keeps for the audit who takes what away, before the first byte of it leaves; whoever asks for the head takes nothing.
async fn recorded(
    engine: &Engine,
    caller: &Caller,
    asked: &Asked,
    name: &str,
    request: &HttpRequest,
) -> Result<(), Problem> {
    if is_only_head(request) {
        return Ok(());
    }
    let Query { from, to, .. } = &asked.query;
    let about = format!("{name} {from} to {to} {}", request.query_string());
    Ok(engine.record_deed(asked.cell.id, &caller.actor(), Act::ExportMade, about.trim_end()).await?)
}

/// What is exported, once to begin and once to write.
fn export(engine: &Engine, asked: &Asked) -> (Arc<Export>, Arc<Export>) {
    let export = Arc::new(Export {
        views: Arc::clone(&asked.pin.views),
        wallet: asked.cell.id,
        currency: asked.cell.read().currency,
        zone: asked.zone.clone(),
        query: asked.query.clone(),
        // Not older than the state: it has every version that an entry names.
        book: engine.book(),
    });
    (Arc::clone(&export), export)
}

fn file<'f>(wallet: &'f str, asked: &'f Asked, format: Format) -> File<'f> {
    let (from, to) = (asked.query.from, asked.query.to);
    File { wallet, of: "entries", from, to, format, as_of: &asked.pin.token }
}
