//! What exports are asked for with: days, axis, filters, and which state of the views.

use std::sync::Arc;

use utoipa::IntoParams;

use super::auth::Caller;
use super::field;
use super::problem::{Code, Problem};
use crate::actors::Engine;
use crate::actors::pins::Pin;
use crate::domain::access::Action;
use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::{CAMPAIGN_BYTES_MAX, Direction, Kind};
use crate::domain::usage::Axis;
use crate::engine::directory::Cell;
use crate::usage::query::{DAYS_MAX, Filter, Query};

/// What usage is asked for with; only for the description: repeated parameters are read by [`asked_besides`].
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what is read from the query string")]
pub struct UsageQuery {
    /// The first local day; by default the first of the month of `to`.
    #[param(example = "2026-07-01")]
    from: Option<String>,
    /// The last local day, included; by default the last of the current month. At most 366 days in all.
    #[param(example = "2026-07-31")]
    to: Option<String>,
    /// `occurred` (default) or `posted`.
    axis: Option<String>,
    /// Only of this channel; several times for several.
    channel: Option<Vec<String>>,
    /// Only of this campaign; several times for several. Empty: of none.
    campaign: Option<Vec<String>>,
    /// `outbound` or `inbound`.
    direction: Option<String>,
    /// `sms` or `mms`.
    kind: Option<String>,
    /// ISO 3166, as the rate says.
    #[param(example = "HK")]
    country: Option<String>,
    /// `as_of` of an answer of the last 10 minutes: the same state again.
    as_of: Option<String>,
}

/// A query that can be answered.
pub struct Asked {
    pub cell: Arc<Cell>,
    pub zone: Zone,
    pub query: Query,
    pub pin: Pin,
    /// What this call alone knows: the parameters that are not usage's own.
    pub others: Vec<(String, String)>,
}

/// Reads and checks a query of a wallet's usage, and gets the state of the views that it is to be answered from. `own` are
/// the parameters that the call has besides.
pub async fn asked_besides(
    caller: &Caller,
    action: Action,
    engine: &Engine,
    wallet: &str,
    query: &str,
    own: &[&str],
) -> Result<Asked, Problem> {
    let cell = caller.wallet(action, wallet, engine)?;
    let zone = Zone::of_wallet(&cell.read().time_zone);
    let (mut from, mut to, mut as_of) = (None, None, None);
    let (mut axis, mut filter, mut others) = (Axis::default(), Filter::default(), Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "from" => from = Some(day("from", &value)?),
            "to" => to = Some(day("to", &value)?),
            "axis" => axis = field::word("axis", Some(&value), Axis::ALL, Axis::as_str)?.unwrap_or_default(),
            "channel" => {
                let channel = Address::parse(&value);
                filter
                    .channels
                    .push(channel.map_err(|error| Problem::bad_field("channel", error.to_string()))?);
            }
            "campaign" => {
                field::text("campaign", &value, CAMPAIGN_BYTES_MAX)?;
                filter.campaigns.push(value.into_owned());
            }
            "direction" => {
                filter.direction = field::word("direction", Some(&value), Direction::ALL, Direction::as_str)?;
            }
            "kind" => filter.kind = field::word("kind", Some(&value), Kind::ALL, Kind::as_str)?,
            "country" => {
                let code = value.as_bytes().try_into().ok();
                filter.country = Some(code.ok_or_else(|| Problem::bad_field("country", "not two letters"))?);
            }
            "as_of" => as_of = Some(value.into_owned()),
            other if own.contains(&other) => others.push((other.to_owned(), value.into_owned())),
            other => return Err(Problem::bad_field(other, "there is no such parameter")),
        }
    }
    let to = to.unwrap_or_else(|| zone.day(engine.clock().now()).last_of_month());
    let from = from.unwrap_or_else(|| to.first_of_month());
    if !(1..=DAYS_MAX).contains(&from.days_to(to)) {
        let detail = format!("{from} to {to} are not 1 to {DAYS_MAX} days");
        return Err(Problem::new(Code::BadRange, detail).of_field("to"));
    }
    let pin = match as_of {
        None => engine.pin().await?,
        Some(token) => engine.pinned(&token).ok_or_else(|| {
            Problem::new(
                Code::AsOfExpired,
                "ask without as_of for the newest state, which is good for 10 minutes",
            )
        })?,
    };
    Ok(Asked { cell, zone, query: Query { axis, from, to, filter }, pin, others })
}

fn day(name: &'static str, value: &str) -> Result<Day, Problem> {
    Day::parse(value).ok_or_else(|| Problem::bad_field(name, "not a day such as 2026-07-15"))
}
