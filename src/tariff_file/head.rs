//! The TOML of a tariff file: its head, and where its tables stand.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::Beside;
use super::fault::{Fault, Faults, shown};
use super::source::{Source, line_at};
use super::tables::{self, Sources};
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::tariff::{Head, Table, Wrong};
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    name: Spanned<String>,
    version: Spanned<String>,
    currency: Spanned<String>,
    effective_from: Spanned<Instant>,
    effective_until: Option<Spanned<Instant>>,
    failure_fee: Option<Spanned<String>>,
    rates_csv: Option<Spanned<String>>,
    rates_file: Option<Spanned<String>>,
    carrier_fees_csv: Option<Spanned<String>>,
    carrier_fees_file: Option<Spanned<String>>,
    number_fees_csv: Option<Spanned<String>>,
    number_fees_file: Option<Spanned<String>>,
    failures_csv: Option<Spanned<String>>,
    failures_file: Option<Spanned<String>>,
    error_classes_csv: Option<Spanned<String>>,
    error_classes_file: Option<Spanned<String>>,
}

/// A date and time of TOML's own, or a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Instant {
    Written(Datetime),
    Quoted(String),
}

/// A tariff file whose fields are known and whose values are not yet.
pub(super) struct Draft {
    fields: Fields,
    lines: Lines,
}

/// The lines of the values that a version may object to.
struct Lines {
    name: u32,
    version: u32,
    currency: u32,
    from: u32,
    until: u32,
    failure_fee: u32,
}

impl Draft {
    pub(super) fn read(text: &str, file: &str) -> Result<Draft, Faults> {
        let fields: Fields = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_at(text, span.start));
            let what = error.message().replace('\n', " ");
            Faults::one(Fault { file: file.to_owned(), line, what })
        })?;
        let line = |span: Range<usize>| line_at(text, span.start);
        let from = line(fields.effective_from.span());
        let lines = Lines {
            name: line(fields.name.span()),
            version: line(fields.version.span()),
            currency: line(fields.currency.span()),
            from,
            until: fields.effective_until.as_ref().map_or(from, |until| line(until.span())),
            failure_fee: fields.failure_fee.as_ref().map_or(from, |fee| line(fee.span())),
        };
        Ok(Draft { fields, lines })
    }

    /// The line of the value that a version objects to.
    pub(super) fn line_of(&self, wrong: &Wrong) -> Option<u32> {
        match wrong {
            Wrong::Name => Some(self.lines.name),
            Wrong::Label => Some(self.lines.version),
            Wrong::Period => Some(self.lines.until),
            Wrong::Negative(_) | Wrong::TooMuch(_) => Some(self.lines.failure_fee),
            _ => None,
        }
    }

    /// The head. For what cannot be read something harmless stands in, so that the rest is checked too:
    /// the fault refuses the file.
    pub(super) fn head(&self, file: &str, faults: &mut Faults) -> Head {
        let mut fault = |line, what| faults.add(Fault { file: file.to_owned(), line: Some(line), what });
        let written = self.fields.currency.get_ref();
        let currency = Currency::parse(written).unwrap_or_else(|| {
            fault(
                self.lines.currency,
                format!("unknown currency {}: an ISO 4217 code such as USD", shown(written)),
            );
            Currency::USD
        });
        let mut instant = |field, value: &Spanned<Instant>, line| {
            timestamp(value.get_ref()).map_err(|what| fault(line, format!("{field}: {what}"))).ok()
        };
        let from = instant("effective_from", &self.fields.effective_from, self.lines.from);
        let until = self.fields.effective_until.as_ref();
        let until = until.and_then(|until| instant("effective_until", until, self.lines.until));
        let failure_fee = self.fields.failure_fee.as_ref().map(|fee| {
            let text = fee.get_ref();
            Money::parse(text).unwrap_or_else(|error| {
                fault(self.lines.failure_fee, format!("bad failure_fee {}: {error}", shown(text)));
                Money::ZERO
            })
        });
        Head {
            name: self.fields.name.get_ref().clone(),
            label: self.fields.version.get_ref().clone(),
            currency,
            effective_from: from.unwrap_or_default(),
            effective_until: until.filter(|_| from.is_some()),
            failure_fee: failure_fee.unwrap_or(Money::ZERO),
        }
    }

    /// The tables that the file has.
    pub(super) fn sources(&self, text: &str, file: &str, beside: Beside<'_>) -> Result<Sources, Faults> {
        let (mut sources, mut faults) = (Sources::default(), Faults::default());
        for table in tables::ALL {
            match self.source(table, text, file, beside) {
                Ok(None) if table == Table::Rates => {
                    let what = "neither rates_csv nor rates_file".to_owned();
                    faults.add(Fault { file: file.to_owned(), line: None, what });
                }
                Ok(source) => sources.set(table, source),
                Err(found) => faults.merge(found),
            }
        }
        if faults.is_empty() { Ok(sources) } else { Err(faults) }
    }

    /// The two fields that a table may stand in: its CSV, or the name of its file.
    fn fields_of(&self, table: Table) -> (Option<&Spanned<String>>, Option<&Spanned<String>>) {
        let fields = &self.fields;
        let (inside, outside) = match table {
            Table::Head => (&None, &None),
            Table::Rates => (&fields.rates_csv, &fields.rates_file),
            Table::Fees => (&fields.carrier_fees_csv, &fields.carrier_fees_file),
            Table::NumberFees => (&fields.number_fees_csv, &fields.number_fees_file),
            Table::Failures => (&fields.failures_csv, &fields.failures_file),
            Table::ErrorClasses => (&fields.error_classes_csv, &fields.error_classes_file),
        };
        (inside.as_ref(), outside.as_ref())
    }

    /// A table from the one of its two fields that is there; `None` where neither is.
    fn source(
        &self,
        table: Table,
        text: &str,
        file: &str,
        beside: Beside<'_>,
    ) -> Result<Option<Source>, Faults> {
        match self.fields_of(table) {
            (None, None) => Ok(None),
            (Some(csv), None) => Ok(Some(Source::inside(text, file, csv.span(), csv.get_ref().clone()))),
            (None, Some(name)) => {
                let line = line_at(text, name.span().start);
                let (file, text) = beside(name.get_ref()).map_err(|faults| faults.at_line_of(file, line))?;
                let source = Source::beside(file, text);
                source.check_can_be_inside()?;
                Ok(Some(source))
            }
            (Some(_), Some(name)) => {
                let line = Some(line_at(text, name.span().start));
                let name = tables::name(table);
                let what = format!("both {name}_csv and {name}_file: one of them");
                Err(Faults::one(Fault { file: file.to_owned(), line, what }))
            }
        }
    }

    /// The same text with the tables that stand beside it put inside. All fields stand at the top, so
    /// a field begins where its line begins.
    pub(super) fn self_contained(&self, text: &str, sources: &Sources) -> String {
        let mut outside: Vec<(Range<usize>, Table, &Source)> = Vec::new();
        for (table, source) in sources.iter() {
            if let (_, Some(name)) = self.fields_of(table) {
                outside.push((name.span(), table, source));
            }
        }
        outside.sort_by_key(|(span, ..)| span.start);
        let lengths: usize = outside.iter().map(|(.., source)| source.text.len() + 64).sum();
        let mut whole = String::with_capacity(text.len() + lengths);
        let mut copied = 0;
        for (span, table, source) in outside {
            let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
            whole.push_str(&text[copied..line_start]);
            let newline = if source.text.ends_with('\n') { "" } else { "\n" };
            whole.push_str(&format!("{}_csv = '''\n{}{newline}'''", tables::name(table), source.text));
            copied = span.end;
        }
        whole.push_str(&text[copied..]);
        whole
    }
}

fn timestamp(instant: &Instant) -> Result<Timestamp, String> {
    let text = match instant {
        Instant::Written(datetime) => datetime.to_string(),
        Instant::Quoted(text) => text.clone(),
    };
    let what = || format!("{} is not an instant such as 2024-01-01T00:00:00Z", shown(&text));
    let instant: jiff::Timestamp = text.parse().map_err(|_| what())?;
    let nanos = i64::try_from(instant.as_nanosecond());
    nanos
        .map(Timestamp::from_nanos)
        .map_err(|_| format!("{} is not between the years 1678 and 2261", shown(&text)))
}
