//! The files of a state, held against what was answered of the same state: to the last unit, row by row (R1).

use std::collections::BTreeMap;
use std::time::Duration;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

use crate::figures::{CARRIER_FEES, Fate, Figures, MESSAGE_COST, column_of};
use crate::question::{Answered, Axis, Group, Question, Usage};
use crate::support::client::Client;
use crate::support::nanos;

/// A row of a file by the names of its columns; one apostrophe in front of a text is no part of it.
pub type Row = BTreeMap<String, String>;

/// Which files are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    Csv,
    /// Parquet too.
    All,
}

/// Asks for the files of the state that an answer is of; the entries that they list.
pub async fn agree(
    client: &Client,
    wallet: &str,
    question: &Question,
    answered: &Answered,
    files: Files,
) -> Vec<Row> {
    let question = question.clone().at(&answered.as_of);
    let path = |file: &str| format!("/v1/wallets/{wallet}/{file}?{}", question.query());
    let table = rows(&fetch(client, &path("usage.csv")).await);
    let found: Vec<(Group, Figures)> =
        table.iter().map(|row| (group(row, &question), Figures::of_columns(row))).collect();
    let keyed: BTreeMap<Group, Figures> = found.iter().cloned().collect();
    assert_eq!((found.len(), &keyed), (keyed.len(), &answered.usage.rows), "{}", path("usage.csv"));

    let entries = rows(&fetch(client, &path("entries.csv")).await);
    are_what_was_answered(&entries, &question, &answered.usage, &path("entries.csv"));
    if files == Files::All {
        let file = fetch(client, &path("entries.parquet")).await;
        is_the_same(file, &entries, &path("entries.parquet"));
    }
    entries
}

/// A whole file; where as many exports as may be are under way (one that has just been read may be among them) a little later.
async fn fetch(client: &Client, path: &str) -> Vec<u8> {
    for _ in 0..500 {
        let response = client.open(path, &[]).await;
        if response.status().as_u16() == 429 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        assert_eq!(response.status().as_u16(), 200, "{path}: {:?}", response.text().await);
        let told = response.headers()["farebox-rows"].to_str().expect("a number").to_owned();
        let bytes = response.bytes().await.expect("a whole file").to_vec();
        if !path.contains("parquet") {
            assert_eq!(rows(&bytes).len().to_string(), told, "{path}: as many rows as were announced");
        }
        return bytes;
    }
    panic!("{path}: wanted room for an export within ten seconds")
}

fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().expect("a header").clone();
    let plain = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    let row = |record: csv::StringRecord| {
        names.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), plain(cell))).collect()
    };
    reader.records().map(|record| row(record.expect("a row as wide as its header"))).collect()
}

/// What a row of either file stands for in a table that is grouped so.
fn group(row: &Row, question: &Question) -> Group {
    let value = |name: &str| match name {
        "month" if row.contains_key("seq") => Some(row["day"][..7].to_owned()),
        _ => Some(row[name].clone()).filter(|value| !value.is_empty()),
    };
    question.groups().into_iter().map(value).collect()
}

fn amount(row: &Row, column: &str) -> i128 {
    if row[column].is_empty() { 0 } else { nanos(&row[column]) }
}

/// What an entry adds to the table; `None`: it is no usage.
fn figures(row: &Row) -> Option<Figures> {
    if row["type"] != "charge" {
        return column_of(&row["type"]).map(|column| Figures::default().charge(column, amount(row, "total")));
    }
    let fate = match row["status"].as_str() {
        "" => Fate::Other,
        "delivered" => Fate::Delivered,
        _ => Fate::Failed,
    };
    let units = row["units"].parse().expect("a message has units");
    let message = Figures::message(&row["kind"], &row["direction"], units, fate);
    let (cost, fee) = (amount(row, "message_cost"), amount(row, "carrier_fee"));
    Some(message.charge(MESSAGE_COST, cost).charge(CARRIER_FEES, fee))
}

/// The entries add up to every row of the table, to its totals and to its summaries, and carry one balance into the other.
fn are_what_was_answered(entries: &[Row], question: &Question, usage: &Usage, path: &str) {
    let mut table: BTreeMap<Group, Figures> = BTreeMap::new();
    let (mut totals, mut used, mut added) = (Figures::default(), BTreeMap::new(), BTreeMap::new());
    for row in entries {
        let parts = ["message_cost", "carrier_fee", "other_fee"].map(|column| amount(row, column));
        let (total, change) = (amount(row, "total"), amount(row, "amount"));
        assert_eq!((parts.iter().sum::<i128>(), -change), (total, total), "{path}: {row:?}");
        let Some(figures) = figures(row) else {
            *added.entry(row["type"].clone()).or_insert(0) += change;
            continue;
        };
        *table.entry(group(row, question)).or_default() += &figures;
        totals += &figures;
        *used.entry(row["type"].clone()).or_insert(0) += total;
    }
    table.retain(|_, figures| !figures.is_nothing());
    used.retain(|_, used| *used != 0);
    added.retain(|_, added| *added != 0);
    assert_eq!(table, usage.rows, "{path}: the rows of the table");
    assert_eq!((&totals, &used), (&usage.totals, &usage.used), "{path}: the summaries");
    let everything = question.axis == Axis::Posted && !question.is_filtered();
    assert_eq!(everything.then_some(added), usage.added, "{path}: credit added");
    if let (true, Some(first), Some(last)) = (everything, entries.first(), entries.last()) {
        let opening = amount(first, "balance_after") - amount(first, "amount");
        let found = (Some(opening), Some(amount(last, "balance_after")));
        assert_eq!(found, (usage.opening, usage.closing), "{path}: from balance to balance");
    }
}

/// The same entries with the same sums and texts.
fn is_the_same(file: Vec<u8>, entries: &[Row], path: &str) {
    let reader = SerializedFileReader::new(bytes::Bytes::from(file)).expect("a Parquet file");
    let found = reader.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("a row");
        let cell = |(name, field): (&String, &Field)| Some((name.clone(), shown(field)?));
        row.get_column_iter().filter_map(cell).collect::<Row>()
    });
    let found: Vec<Row> = found.collect();
    assert_eq!(found.len(), entries.len(), "{path}: as many rows as in entries.csv");
    for (found, entry) in found.iter().zip(entries) {
        // Instants are counts of nanoseconds there: readers that know them as such are asked elsewhere.
        let texts = found.iter().filter(|(column, _)| !column.ends_with("_at"));
        for (column, cell) in texts {
            let wanted = &entry[column];
            let same = match column.as_str() {
                "total" | "amount" | "message_cost" | "carrier_fee" | "other_fee" | "unit_price"
                | "balance_after"
                    if !wanted.is_empty() =>
                {
                    nanos(wanted).to_string() == *cell
                }
                _ => wanted == cell,
            };
            assert!(same, "{path}: {column} of entry {}: wanted {wanted:?}, got {cell:?}", entry["seq"]);
        }
    }
}

/// A cell as a text, amounts in 1e-9 of the unit; `None` for days and instants.
fn shown(field: &Field) -> Option<String> {
    match field {
        Field::Null => Some(String::new()),
        Field::Str(text) => Some(text.clone()),
        Field::Long(number) => Some(number.to_string()),
        Field::Decimal(decimal) => {
            let sign = if decimal.data().first().is_some_and(|byte| *byte >= 0x80) { 0xff } else { 0 };
            let mut bytes = [sign; 16];
            let from = 16 - decimal.data().len();
            bytes[from..].copy_from_slice(decimal.data());
            Some(i128::from_be_bytes(bytes).to_string())
        }
        _ => None,
    }
}
