//! The statement as a page made for printing: nothing is loaded, nothing runs, every text is escaped.

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use super::{Statement, StatementEntries};
use crate::domain::calendar::Zone;
use crate::domain::time::Timestamp;

const STYLE: &str = "
@page { margin: 18mm 16mm }
* { box-sizing: border-box }
body { font: 10.5pt/1.45 system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif; color: #1a1a1a;
  max-width: 190mm; margin: 2rem auto; padding: 0 1rem }
header { display: flex; justify-content: space-between; align-items: flex-end; border-bottom: 2px solid #1a1a1a;
  padding-bottom: .6rem; margin-bottom: 1.2rem }
h1 { font-size: 17pt; margin: 0; font-weight: 600 }
h2 { font-size: 11.5pt; margin: 1.6rem 0 .4rem; font-weight: 600; break-after: avoid }
p { margin: .15rem 0 } .quiet { color: #666; font-size: 9pt }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt }
thead { display: table-header-group } tr { break-inside: avoid }
th { text-align: left; font-weight: 600; color: #555; border-bottom: 1px solid #999; padding: .25rem .6rem .25rem 0 }
td { border-bottom: 1px solid #e3e3e3; padding: .25rem .6rem .25rem 0; vertical-align: top; overflow-wrap: anywhere }
.amount { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0; padding-left: .6rem }
th.amount { white-space: normal; vertical-align: bottom }
td:first-child { white-space: nowrap; overflow-wrap: normal }
.usage { font-size: 8pt }
.part td:first-child { padding-left: 1.2rem; color: #555 }
.sum td { font-weight: 600; border-top: 1px solid #999 }
.total td { font-weight: 600; border-bottom: 1px solid #1a1a1a }
@media print { body { margin: 0; max-width: none; padding: 0 } }
";

/// What the entries of a type are called.
const HEADINGS: [(&str, &str); 8] = [
    ("top_up", "Top-ups"),
    ("payment_refund", "Payments refunded"),
    ("dispute", "Disputes"),
    ("dispute_reinstated", "Disputes reinstated"),
    ("adjustment", "Adjustments"),
    ("number_fee", "Number fees"),
    ("hold_settlement", "Settled holds"),
    ("correction", "Corrections"),
];

pub fn page(statement: &Statement) -> Markup {
    let title = format!("{} statement {}", statement.wallet, statement.month);
    let clock = Zone::of_wallet(&statement.time_zone);
    let (from, to, zone) = (&statement.from, &statement.to, &statement.time_zone);
    // The same names as in the document, so that both can be held side by side.
    let told = serde_json::to_value(statement).expect("a document of texts and numbers is serialisable");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (STYLE) }
            }
            body {
                header {
                    div {
                        h1 { "Statement " (statement.month) }
                        p { @if statement.name.is_empty() { (statement.wallet) } @else { (statement.name) " (" (statement.wallet) ")" } }
                    }
                    div.quiet {
                        p { (from) " to " (to) }
                        p { (zone) ", amounts in " (statement.currency) }
                        @if !statement.complete { p { "The month is not over." } }
                    }
                }
                (summary(&told))
                (usage("Usage by kind", &told["by_kind"], &["kind", "direction"], None))
                (usage("Usage by channel", &told["by_channel"], &["channel"], others(&told)))
                @for (kind, heading) in HEADINGS {
                    @if let Some(entries) = statement.entries.get(kind).filter(|entries| entries.count > 0) {
                        (lines(heading, entries, &told["entries"][kind]["entries"], &clock))
                    }
                }
                p.quiet { "As of " (wall(&told["complete_until"], &clock)) "." }
            }
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "\u{2013}".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An instant as the wallet's own clock shows it.
fn wall(instant: &Value, clock: &Zone) -> String {
    let parsed = instant.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let nanos = parsed.and_then(|at| i64::try_from(at.as_nanosecond()).ok());
    nanos.map_or_else(|| text(instant), |nanos| clock.wall(Timestamp::from_nanos(nanos)))
}

fn summary(told: &Value) -> Markup {
    let totals = &told["totals"];
    let used = [
        ("Messages", &totals["message_cost"]),
        ("Carrier fees", &totals["carrier_fees"]),
        ("Number fees", &totals["number_fees"]),
        ("Failure fees", &totals["failure_fees"]),
        ("Refunds of failed messages", &totals["refunds"]),
        ("Other charges", &totals["other_charges"]),
    ];
    html! {
        table {
            tbody {
                tr { td { "Opening balance" } td.amount { (text(&told["opening_balance"])) } }
                tr { td { "Credit added" } td.amount { (text(&told["credit_added"])) } }
                @for (name, amount) in used { tr.part { td { (name) } td.amount { (text(amount)) } } }
                tr.sum { td { "Credit used" } td.amount { (text(&told["credit_used"])) } }
                tr.total { td { "Closing balance" } td.amount { (text(&told["closing_balance"])) } }
            }
        }
    }
}

/// The channels that have no row, in words and figures.
fn others(told: &Value) -> Option<(String, &Value)> {
    let shown = told["by_channel"].as_array().map_or(0, Vec::len) as u64;
    let more = told["channels"].as_u64()?.saturating_sub(shown);
    (more > 0).then(|| (format!("{more} others"), &told["other_channels"]))
}

/// A row for each group, and one for what the last ones come to that have none.
fn usage(heading: &str, rows: &Value, groups: &[&str], others: Option<(String, &Value)>) -> Markup {
    let columns = [
        "messages",
        "units",
        "message_cost",
        "carrier_fees",
        "failure_fees",
        "refunds",
        "number_fees",
        "other_charges",
        "total",
    ];
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        @if !rows.is_empty() {
            h2 { (heading) }
            table.usage {
                thead { tr {
                    @for group in groups { th { (group) } }
                    @for column in columns { th.amount { (column.replace('_', " ")) } }
                } }
                tbody {
                    @for row in rows { tr {
                        @for group in groups { td { (text(&row[*group])) } }
                        @for column in columns { td.amount { (text(&row[column])) } }
                    } }
                    @if let Some((name, figures)) = others { tr {
                        td colspan=(groups.len()) { (name) }
                        @for column in columns { td.amount { (text(&figures[column])) } }
                    } }
                }
            }
        }
    }
}

fn lines(heading: &str, entries: &StatementEntries, told: &Value, clock: &Zone) -> Markup {
    let told = told.as_array().map(Vec::as_slice).unwrap_or_default();
    let more = entries.count - told.len() as u64;
    html! {
        h2 { (heading) }
        table {
            thead { tr { th { "entry" } th { "posted" } th { "what" } th.amount { "amount" } } }
            tbody {
                @for entry in told { tr {
                    td { (text(&entry["seq"])) }
                    td { (wall(&entry["posted_at"], clock)) }
                    td { (what(entry)) }
                    td.amount { (text(&entry["amount"])) }
                } }
                @if more > 0 { tr { td {} td {} td { "and " (more) " more" } td {} } }
                tr.total { td {} td {} td { (entries.count) " in all" } td.amount { (entries.total.0) } }
            }
        }
    }
}

/// What an entry is about, by the fields that it has.
fn what(entry: &Value) -> String {
    let fields = ["number", "top_up", "hold", "reason"];
    let told = fields.iter().filter_map(|field| entry[*field].as_str()).map(str::to_owned);
    let cycle = entry["cycle"].as_u64().map(|cycle| format!("cycle {cycle}"));
    let of = entry["of_seq"].as_u64().map(|seq| format!("entry {seq}"));
    told.chain(cycle).chain(of).collect::<Vec<_>>().join(", ")
}
