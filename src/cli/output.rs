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
pub fn write_out(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::of("standard output", error))
        }
        _ => Ok(()),
    }
}

/// One document, as text for people or as JSON for programs.
pub fn show(output: Output, document: &Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
    match output {
        Output::Json => write_out(&format!("{document:#}\n")),
        Output::Text => write_out(&text()),
    }
}

/// A list: a table of some fields, or each item on a line of JSON.
pub fn show_list(output: Output, items: &[Value], columns: &[&str]) -> Result<(), Failure> {
    match output {
        Output::Json => write_out(&items.iter().map(|item| format!("{item}\n")).collect::<String>()),
        Output::Text => write_out(&table(items, columns)),
    }
}

/// Left-aligned columns under their names; what an item lacks is a dash.
fn table(items: &[Value], columns: &[&str]) -> String {
    let heading = columns.iter().map(|column| column.to_uppercase()).collect();
    let body = items.iter().map(|item| columns.iter().map(|column| cell(&item[*column])).collect());
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(body).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
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
}
