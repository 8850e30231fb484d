//! The TOML of a tariff file: its head, and where its tables stand.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::fault::{Fault, Faults, shown};
use super::source::{Source, line_at};
use super::{Beside, rows};
use crate::domain::currency::Currency;
use crate::domain::tariff::{Head, Wrong};
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    name: Spanned<String>,
    version: Spanned<String>,
    currency: Spanned<String>,
    effective_from: Spanned<Instant>,
    effective_until: Option<Spanned<Instant>>,
    rates_csv: Option<Spanned<String>>,
    rates_file: Option<Spanned<String>>,
    carrier_fees_csv: Option<Spanned<String>>,
    carrier_fees_file: Option<Spanned<String>>,
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
        };
        Ok(Draft { fields, lines })
    }

    /// The line of the value that a version objects to.
    pub(super) fn line_of(&self, wrong: &Wrong) -> Option<u32> {
        match wrong {
            Wrong::Name => Some(self.lines.name),
            Wrong::Label => Some(self.lines.version),
            Wrong::Period => Some(self.lines.until),
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
        Head {
            name: self.fields.name.get_ref().clone(),
            label: self.fields.version.get_ref().clone(),
            currency,
            effective_from: from.unwrap_or_default(),
            effective_until: until.filter(|_| from.is_some()),
        }
    }

    /// Rates and, where there are any, carrier fees.
    pub(super) fn sources(
        &self,
        text: &str,
        file: &str,
        beside: Beside<'_>,
    ) -> Result<(Source, Option<Source>), Faults> {
        let Fields { rates_csv, rates_file, carrier_fees_csv, carrier_fees_file, .. } = &self.fields;
        let rates = source("rates", rates_csv.as_ref(), rates_file.as_ref(), text, file, beside);
        let fees =
            source("carrier_fees", carrier_fees_csv.as_ref(), carrier_fees_file.as_ref(), text, file, beside);
        match (rates, fees) {
            (Ok(Some(rates)), Ok(fees)) => Ok((rates, fees)),
            (rates, fees) => {
                let mut faults = Faults::default();
                match rates {
                    Ok(Some(_)) => {}
                    Ok(None) => {
                        let what = "neither rates_csv nor rates_file".to_owned();
                        faults.add(Fault { file: file.to_owned(), line: None, what });
                    }
                    Err(found) => faults.merge(found),
                }
                if let Err(found) = fees {
                    faults.merge(found);
                }
                Err(faults)
            }
        }
    }

    /// The same text with the tables that stand beside it put inside. All fields stand at the top, so
    /// a field begins where its line begins.
    pub(super) fn self_contained(&self, text: &str, rates: &Source, fees: Option<&Source>) -> String {
        let mut outside: Vec<(Range<usize>, &str, &Source)> = Vec::new();
        let tables = [
            ("rates_csv", &self.fields.rates_file, Some(rates)),
            ("carrier_fees_csv", &self.fields.carrier_fees_file, fees),
        ];
        for (field, name, source) in tables {
            if let (Some(name), Some(source)) = (name, source) {
                outside.push((name.span(), field, source));
            }
        }
        outside.sort_by_key(|(span, ..)| span.start);
        let mut whole = String::with_capacity(text.len() + rates.text.len() + 64);
        let mut copied = 0;
        for (span, field, source) in outside {
            let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
            whole.push_str(&text[copied..line_start]);
            let newline = if source.text.ends_with('\n') { "" } else { "\n" };
            whole.push_str(&format!("{field} = '''\n{}{newline}'''", source.text));
            copied = span.end;
        }
        whole.push_str(&text[copied..]);
        whole
    }
}

/// A table from the one of its two fields that is there; `None` where neither is.
fn source(
    table: &str,
    inside: Option<&Spanned<String>>,
    outside: Option<&Spanned<String>>,
    text: &str,
    file: &str,
    beside: Beside<'_>,
) -> Result<Option<Source>, Faults> {
    let fault = |line, what| Faults::one(Fault { file: file.to_owned(), line: Some(line), what });
    match (inside, outside) {
        (None, None) => Ok(None),
        (Some(csv), None) => Ok(Some(Source::inside(text, file, csv.span(), csv.get_ref().clone()))),
        (None, Some(name)) => {
            let line = line_at(text, name.span().start);
            let (file, text) = beside(name.get_ref()).map_err(|faults| faults.at_line_of(file, line))?;
            let source = Source::beside(file, text);
            rows::check_can_be_inside(&source)?;
            Ok(Some(source))
        }
        (Some(_), Some(name)) => {
            let line = line_at(text, name.span().start);
            Err(fault(line, format!("both {table}_csv and {table}_file: one of them")))
        }
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
