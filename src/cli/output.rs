//! What commands print: text for people, JSON for programs.

use std::io::Write;

use clap::ValueEnum;
use serde_json::Value;

use super::failure::Failure;

/// How results are printed on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Text,
    /// One JSON document, or for lists one on each line
    Json,
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no failure.
pub fn write_out(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::of("standard output", error))
        }
        _ => Ok(()),
    }
}

/// One document, as text for people or as JSON for programs.
pub fn show(output: Output, document: &Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
    match output {
        Output::Json => write_out(format!("{document:#}\n")),
        Output::Text => write_out(text()),
    }
}

/// A list: a table of some fields, or each item on a line of JSON.
pub fn show_list(output: Output, items: &[Value], columns: &[&str]) -> Result<(), Failure> {
    match output {
        Output::Json => write_out(items.iter().map(|item| format!("{item}\n")).collect::<String>()),
        Output::Text => write_out(table(items, columns)),
    }
}

/// A list inside a document and, as its last line, a document beside it; or the whole as JSON.
pub fn show_rows(
    output: Output,
    document: &Value,
    (rows, totals): (&str, &str),
    columns: &[&str],
) -> Result<(), Failure> {
    let items = field(document, rows).as_array().into_iter().flatten();
    let items: Vec<_> = items.chain([field(document, totals)]).cloned().collect();
    show(output, document, || table(&items, columns))
}

/// A document: name and value of some of its fields, or the whole as JSON.
pub fn show_fields(output: Output, document: &Value, names: &[&str]) -> Result<(), Failure> {
    let line = |name: &&str| vec![(*name).to_owned(), cell(field(document, name))];
    show(output, document, || aligned(&names.iter().map(line).collect::<Vec<_>>()))
}

/// A field of a document, or of a document inside it (`limits.amount_per_day`).
pub fn field<'a>(document: &'a Value, name: &str) -> &'a Value {
    name.split('.').fold(document, |inner, part| inner.get(part).unwrap_or(&Value::Null))
}

/// Columns under their names; what an item lacks is a dash.
fn table(items: &[Value], columns: &[&str]) -> String {
    let heading = columns.iter().map(|column| column.to_uppercase()).collect();
    let body = items.iter().map(|item| columns.iter().map(|column| cell(field(item, column))).collect());
    aligned(&std::iter::once(heading).chain(body).collect::<Vec<_>>())
}

/// Rows of as many cells each, left-aligned.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A value without the quotes of JSON.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_wide_as_its_widest_cells() {
        let items = [
            serde_json::json!({"id": "key_1", "role": "operator", "wallet": null}),
            serde_json::json!({"id": "key_22", "role": "ingest", "wallet": "acme"}),
        ];
        let want = "ID      ROLE      WALLET\nkey_1   operator  -\nkey_22  ingest    acme\n";
        assert_eq!(table(&items, &["id", "role", "wallet"]), want);
        assert_eq!(table(&[], &["id"]), "ID\n", "an empty list is its heading");
    }

    #[test]
    fn a_field_may_be_one_of_a_document_inside() {
        let document =
            serde_json::json!({"limits": {"per_day": 5, "per_month": null}, "levels": ["100", "20"]});
        let table = [
            ("limits.per_day", "5"),
            ("limits.per_month", "-"),
            ("limits.per_year", "-"),
            ("none.at_all", "-"),
            ("levels", "100,20"),
        ];
        for (name, want) in table {
            assert_eq!(cell(field(&document, name)), want, "{name}");
        }
    }
}
