//! The table of usage as CSV: a row as the table shows it.

use std::io::Write;

use super::ExportError;
use super::columns::Sheet as _;
use super::csv::{Cells, Csv};
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, Kind};
use crate::usage::table::{Group, GroupBy, Table};
use crate::usage::totals::{Totals, Traffic};

const TRAFFIC: [&str; 5] = ["messages", "units", "delivered", "failed", "other"];
const AMOUNTS: [&str; 7] =
    ["message_cost", "carrier_fees", "failure_fees", "refunds", "number_fees", "other_charges", "total"];

/// The columns of a table that is grouped so.
fn columns(group_by: &[GroupBy]) -> Vec<String> {
    let mut columns: Vec<String> = group_by.iter().map(|by| by.as_str().to_owned()).collect();
    columns.extend(TRAFFIC.map(str::to_owned));
    for (kind, direction) in kinds() {
        let of = format!("{}_{}", kind.as_str(), direction.as_str());
        columns.extend(TRAFFIC.map(|name| format!("{of}_{name}")));
    }
    columns.extend(AMOUNTS.map(str::to_owned));
    columns.push("currency".to_owned());
    columns
}

fn kinds() -> impl Iterator<Item = (Kind, Direction)> {
    Kind::ALL.iter().flat_map(|kind| Direction::ALL.iter().map(|direction| (*kind, *direction)))
}

/// Writes a table and gives back what it was written to.
pub fn csv<W: Write>(
    table: &Table,
    group_by: &[GroupBy],
    currency: Currency,
    cells: Cells,
    out: W,
) -> Result<W, ExportError> {
    let names = columns(group_by);
    let mut csv = Csv::new(out, names.iter().map(String::as_str), cells);
    let currency = currency.to_string();
    for (group, totals) in &table.rows {
        put_group(group, group_by, &mut csv);
        put_totals(totals, &mut csv);
        csv.word(&currency);
        csv.end_row()?;
    }
    Ok(csv.finish()?)
}

fn put_group<W: Write>(group: &Group, group_by: &[GroupBy], csv: &mut Csv<W>) {
    for by in group_by {
        match by {
            GroupBy::Day => csv.day(group.day.unwrap_or_default()),
            GroupBy::Month => {
                let month = group.month.unwrap_or_default();
                csv.word(&format!("{:04}-{:02}", month / 100, month % 100));
            }
            GroupBy::Channel => csv.address(group.channel.as_ref()),
            GroupBy::Campaign => csv.text(group.campaign.as_deref().unwrap_or_default()),
            GroupBy::Country => {
                let country = group.country.unwrap_or_default();
                csv.word(if group.country.is_some() {
                    std::str::from_utf8(&country).unwrap_or("??")
                } else {
                    ""
                });
            }
            GroupBy::Kind => csv.word(group.kind.map_or("", Kind::as_str)),
            GroupBy::Direction => csv.word(group.direction.map_or("", Direction::as_str)),
        }
    }
}

fn put_totals<W: Write>(totals: &Totals, csv: &mut Csv<W>) {
    put_traffic(&totals.all_traffic(), csv);
    for (kind, direction) in kinds() {
        put_traffic(totals.traffic(kind, direction), csv);
    }
    let amounts = [
        totals.message_cost(),
        totals.carrier_fees(),
        totals.failure_fees(),
        totals.refunds(),
        totals.number_fees(),
        totals.other_charges(),
        totals.total(),
    ];
    amounts.into_iter().for_each(|amount| csv.nanos(Some(amount.0)));
}

fn put_traffic<W: Write>(traffic: &Traffic, csv: &mut Csv<W>) {
    let Traffic { messages, units, delivered, failed } = *traffic;
    for number in [messages, units, delivered, failed, traffic.other()] {
        csv.number(Some(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;
    use crate::domain::calendar::Day;
    use crate::domain::usage::{Dimensions, EntryType};
    use crate::store::cells::{Cell, Count, Sums};

    #[test]
    fn a_row_has_the_columns_of_the_table_and_hostile_campaigns_are_harmless() {
        let group_by = [GroupBy::Day, GroupBy::Channel, GroupBy::Campaign];
        let channel = Address::parse("+14155550100").ok();
        let dimensions = Dimensions {
            channel,
            direction: Some(Direction::Inbound),
            kind: Some(Kind::Mms),
            ..Dimensions::default()
        };
        let sums = Sums { number: 2, units: 2, amount: 30_000_000, carrier_fee: 5_000_000 };
        let mut totals = Totals::default();
        totals.add(&Cell { count: Count::Entries(EntryType::Charge), dimensions, sums });
        let back = Sums { number: 1, amount: -20_000_000, ..Sums::default() };
        totals.add(&Cell { count: Count::Entries(EntryType::Refund), dimensions, sums: back });
        let failed = Sums { number: 1, ..Sums::default() };
        totals.add(&Cell { count: Count::Failed, dimensions, sums: failed });
        let day = Day::parse("2026-07-15");
        let group = Group { day, channel, campaign: Some("=1+1".into()), ..Group::default() };
        let table = Table { rows: vec![(group, totals)], totals, balances: None };
        let written = csv(&table, &group_by, Currency::USD, Cells::Plain, Vec::new()).unwrap();
        let written = String::from_utf8(written).unwrap();
        let lines: Vec<Vec<&str>> = written.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(lines[0].len(), 3 + 5 * TRAFFIC.len() + AMOUNTS.len() + 1);
        assert_eq!(lines[0].len(), lines[1].len());
        let cell = |name: &str| lines[1][lines[0].iter().position(|known| *known == name).unwrap()];
        let found =
            ["day", "channel", "campaign", "messages", "failed", "other", "mms_inbound_units"].map(cell);
        assert_eq!(found, ["2026-07-15", "+14155550100", "'=1+1", "2", "1", "1", "2"]);
        let amounts = ["message_cost", "carrier_fees", "refunds", "total", "currency"].map(cell);
        assert_eq!(amounts, ["0.03", "0.005", "-0.02", "0.015", "USD"]);
    }
}
