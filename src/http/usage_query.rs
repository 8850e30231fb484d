//! What usage and its exports are asked for with: days, axis, filters, and which state of the views.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
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
use crate::usage::table::GroupBy;

/// Most channels, and most campaigns, of one query.
const FILTERS_MAX: usize = 100;

/// What usage is asked for with; only for the description: repeated parameters are read by [`asked`].
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
    /// Only of this channel, one that the wallet has entries of or rents; several times for several.
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
    /// What the rows of a table are: `day` (default), `month`, `channel`, `campaign`, `country`, `kind` or `direction`;
    /// several times for rows by several.
    group_by: Option<Vec<String>>,
    /// `as_of` of an answer of the last 10 minutes: the same state again.
    as_of: Option<String>,
}

/// A query that can be answered.
pub struct Asked {
    pub cell: Arc<Cell>,
    pub zone: Zone,
    pub query: Query,
    pub group_by: Vec<GroupBy>,
    pub pin: Pin,
    /// What this call alone knows: the parameters that are not usage's own.
    pub others: Vec<(String, String)>,
}

/// The parameters as they came.
#[derive(Default)]
struct Given {
    from: Option<Day>,
    to: Option<Day>,
    axis: Axis,
    filter: Filter,
    group_by: Vec<GroupBy>,
    as_of: Option<String>,
    others: Vec<(String, String)>,
}

/// Reads and checks a query of a wallet's usage, and gets the state of the views that it is to be answered from.
pub async fn asked(
    caller: &Caller,
    action: Action,
    engine: &Engine,
    wallet: &str,
    query: &str,
) -> Result<Asked, Problem> {
    asked_besides(caller, action, engine, wallet, query, &[]).await
}

/// The same of a call that has parameters of its own.
pub async fn asked_besides(
    caller: &Caller,
    action: Action,
    engine: &Engine,
    wallet: &str,
    query: &str,
    own: &[&str],
) -> Result<Asked, Problem> {
    let cell = caller.wallet(action, wallet, engine)?;
    let given = Given::read(query, own)?;
    let zone = Zone::of_wallet(&cell.read().time_zone);
    let today = zone.day(engine.clock().now());
    let query = given.query(today)?;
    let pin = match &given.as_of {
        None => engine.pin().await?,
        Some(token) => engine.pinned(token).ok_or_else(as_of_expired)?,
    };
    for channel in &query.filter.channels {
        let known = pin.views.has_channel(cell.id, channel).map_err(Problem::internal)?;
        if !known && !cell.read().rented.is_some_and(|rented| rented.contains_key(channel)) {
            let detail = format!("the wallet has no entries of {channel} and does not rent it");
            return Err(Problem::new(Code::UnknownChannel, detail).of_field("channel"));
        }
    }
    let mut group_by = given.group_by;
    if group_by.is_empty() {
        group_by.push(GroupBy::Day);
    }
    Ok(Asked { cell, zone, query, group_by, pin, others: given.others })
}

impl Given {
    fn read(query: &str, own: &[&str]) -> Result<Given, Problem> {
        let mut given = Given::default();
        let mut once: Vec<String> = Vec::new();
        // Empty ones are passed over by the parser too.
        let as_they_came = query.split('&').filter(|pair| !pair.is_empty());
        for ((name, value), pair) in form_urlencoded::parse(query.as_bytes()).zip(as_they_came) {
            let repeats = ["channel", "campaign", "group_by"].contains(&&*name);
            if !repeats && once.iter().any(|known| *known == *name) {
                return Err(Problem::bad_field(name.into_owned(), "given twice"));
            }
            once.push(name.clone().into_owned());
            if !is_text(pair) {
                return Err(Problem::bad_field(name.into_owned(), "not UTF-8"));
            }
            given.take(&name, &value, own)?;
        }
        Ok(given)
    }

    fn take(&mut self, name: &str, value: &str, own: &[&str]) -> Result<(), Problem> {
        let Given { from, to, axis, filter, group_by, as_of, others } = self;
        let day = |name: &'static str| {
            Day::parse(value).ok_or_else(|| Problem::bad_field(name, "not a day such as 2026-07-15"))
        };
        match name {
            "from" => *from = Some(day("from")?),
            "to" => *to = Some(day("to")?),
            "axis" => *axis = field::word("axis", Some(value), Axis::ALL, Axis::as_str)?.unwrap_or_default(),
            "channel" => filter.channels.push(channel(value)?),
            "campaign" => {
                // As events have it: of any characters.
                if value.len() > CAMPAIGN_BYTES_MAX {
                    return Err(Problem::bad_field(
                        "campaign",
                        format!("longer than {CAMPAIGN_BYTES_MAX} bytes"),
                    ));
                }
                filter.campaigns.push(value.to_owned());
            }
            "direction" => {
                filter.direction = field::word("direction", Some(value), Direction::ALL, Direction::as_str)?;
            }
            "kind" => filter.kind = field::word("kind", Some(value), Kind::ALL, Kind::as_str)?,
            "country" => filter.country = Some(country(value)?),
            "group_by" => {
                let by = field::word("group_by", Some(value), GroupBy::ALL, GroupBy::as_str)?;
                group_by.extend(by.filter(|by| !group_by.contains(by)));
            }
            "as_of" => *as_of = Some(value.to_owned()),
            other if own.contains(&other) => others.push((other.to_owned(), value.to_owned())),
            other => return Err(Problem::bad_field(other, "there is no such parameter")),
        }
        if filter.channels.len() > FILTERS_MAX || filter.campaigns.len() > FILTERS_MAX {
            return Err(Problem::bad_field(name, format!("given more than {FILTERS_MAX} times")));
        }
        Ok(())
    }

    fn query(&self, today: Day) -> Result<Query, Problem> {
        let to = self.to.unwrap_or_else(|| today.last_of_month());
        let from = self.from.unwrap_or_else(|| to.first_of_month());
        let (from, to) = range(from, to)?;
        Ok(Query { axis: self.axis, from, to, filter: self.filter.clone() })
    }
}

/// The state that was asked for is no longer held.
pub fn as_of_expired() -> Problem {
    let detail = "ask without as_of for the newest state, which is good for 10 minutes";
    Problem::new(Code::AsOfExpired, detail)
}

/// A range of days, where it is one and not too long.
pub fn range(from: Day, to: Day) -> Result<(Day, Day), Problem> {
    let days = from.days_to(to);
    if days < 1 {
        return Err(Problem::new(Code::BadRange, format!("it ends on {to}, before it begins on {from}"))
            .of_field("to"));
    }
    if days > DAYS_MAX {
        let detail = format!("{from} to {to} are {days} days, the most are {DAYS_MAX}");
        return Err(Problem::new(Code::BadRange, detail).of_field("from"));
    }
    Ok((from, to))
}

/// Whether name and value are UTF-8: what is not would be replaced, and another text looked for than was asked for.
fn is_text(pair: &str) -> bool {
    percent_decode_str(pair).decode_utf8().is_ok()
}

/// A channel. A plus that was not escaped has become a blank on the way.
fn channel(value: &str) -> Result<Address, Problem> {
    let whole = match value.strip_prefix(' ') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => format!("+{digits}"),
        _ => value.to_owned(),
    };
    Address::parse(&whole).map_err(|error| Problem::bad_field("channel", error.to_string()))
}

fn country(value: &str) -> Result<[u8; 2], Problem> {
    let code: Option<[u8; 2]> = value.as_bytes().try_into().ok();
    let code = code.filter(|code| code.iter().all(u8::is_ascii_uppercase));
    code.ok_or_else(|| Problem::bad_field("country", "not two capital letters (ISO 3166)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-07-15").unwrap()
    }

    /// The range that is asked for, or the code and field of the problem.
    #[track_caller]
    fn check(query: &str, want: Result<(&str, &str), (Code, &str)>) {
        let found = Given::read(query, &["cells"]).and_then(|given| given.query(today()));
        let found = found.map(|query| (query.from.to_string(), query.to.to_string()));
        let found = found.map_err(|problem| (problem.code(), problem.field().unwrap_or_default().to_owned()));
        let want = want.map(|(from, to)| (from.to_owned(), to.to_owned()));
        assert_eq!(found, want.map_err(|(code, field)| (code, field.to_owned())), "{query}");
    }

    #[test]
    fn a_range_is_days_of_at_most_a_leap_year_and_by_default_the_current_month() {
        check("", Ok(("2026-07-01", "2026-07-31")));
        check("to=2024-02-10", Ok(("2024-02-01", "2024-02-10")));
        check("from=2026-02-10", Ok(("2026-02-10", "2026-07-31")));
        check("from=2026-01-01&to=2026-01-01", Ok(("2026-01-01", "2026-01-01")));
        check("from=2024-01-01&to=2024-12-31", Ok(("2024-01-01", "2024-12-31")));
        check("from=2024-01-01&to=2025-01-01", Err((Code::BadRange, "from")));
        check("from=2025-01-01&to=2026-01-01", Ok(("2025-01-01", "2026-01-01")));
        check("from=2026-01-02&to=2026-01-01", Err((Code::BadRange, "to")));
        check("from=2026-02-29", Err((Code::BadField, "from")));
        check("to=yesterday", Err((Code::BadField, "to")));
        check("to=2026-01-01T00:00:00Z", Err((Code::BadField, "to")));
    }

    #[test]
    fn what_cannot_be_a_parameter_is_named() {
        for (query, field) in [
            ("axis=both", "axis"),
            ("channel=no+such+channel+as+this", "channel"),
            ("direction=up", "direction"),
            ("kind=fax", "kind"),
            ("country=hk", "country"),
            ("country=HKG", "country"),
            ("group_by=hour", "group_by"),
            ("form=2026-01-01", "form"),
            ("from=2026-01-01&from=2026-01-02", "from"),
            ("kind=sms&kind=mms", "kind"),
        ] {
            check(query, Err((Code::BadField, field)));
        }
        check(&"campaign=a&".repeat(101), Err((Code::BadField, "campaign")));
        check("cells=spreadsheet", Ok(("2026-07-01", "2026-07-31")));
    }

    /// Whatever stands beside it: the character that the parser puts in its place may be meant elsewhere.
    #[test]
    fn a_field_that_is_no_utf8_is_named_and_no_other() {
        let meant = "campaign=%EF%BF%BD";
        check(meant, Ok(("2026-07-01", "2026-07-31")));
        check("campaign=\u{fffd}", Ok(("2026-07-01", "2026-07-31")));
        for (query, field) in [
            ("campaign=%FF", "campaign"),
            ("campaign=%C3&campaign=%A9", "campaign"),
            ("campaign=%EF%BF%BD%FF", "campaign"),
            ("campaign=%EF%BF%BD&campaign=%FF", "campaign"),
            ("&&campaign=%EF%BF%BD&&as_of=%FF&", "as_of"),
            ("campaign=\u{fffd}&cells=%C3%28", "cells"),
            ("campaign=%EF%BF%BD&k%FFnd=sms", "k\u{fffd}nd"),
        ] {
            check(query, Err((Code::BadField, field)));
        }
    }

    #[test]
    fn channels_campaigns_and_groups_repeat() {
        let query = "channel=%2B14155550100&channel=+14155550101&channel=Acme&campaign=a&campaign=&group_by=day&\
                     group_by=channel&group_by=day&kind=mms&country=DE";
        let given = Given::read(query, &[]).unwrap();
        let channels: Vec<_> = given.filter.channels.iter().map(ToString::to_string).collect();
        assert_eq!(channels, ["+14155550100", "+14155550101", "Acme"]);
        assert_eq!(given.filter.campaigns, ["a", ""]);
        assert_eq!(given.group_by, [GroupBy::Day, GroupBy::Channel]);
        assert_eq!((given.filter.kind, given.filter.country), (Some(Kind::Mms), Some(*b"DE")));
    }
}
