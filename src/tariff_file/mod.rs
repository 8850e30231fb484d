//! Tariff files: one file is one version of one tariff.
//!
//! A TOML file with the head (`name`, `version`, `currency`, `effective_from`, maybe
//! `effective_until` and `failure_fee`) and CSV tables: the rates, and maybe carrier fees, number fees, a
//! failure policy and error classes. A table stands in the file itself (`rates_csv`) or beside it
//! (`rates_file`). The *self-contained text* of a version is its TOML with all tables inside; that is what
//! is stored and sent, and the lines that a version's rows name are lines of that text.
//!
//! Promises: every fault names file and line and says what is wrong; all faults are found, not only
//! the first; no input makes it panic. Deliberately not here: what a version means (`domain::tariff`).

mod fault;
mod head;
mod rows;
mod series;
mod source;
mod standard;
mod tables;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

pub use fault::{FAULTS_MAX, Fault, Faults};
pub use series::check_series;
pub use standard::standard;

use crate::domain::tariff::{self, Table, Version, Wrong};
use head::Draft;
use tables::Sources;

/// Longest self-contained text, and longest single file, in bytes.
pub const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Reads a tariff file and the tables beside it. Gives the self-contained text and its version.
pub fn read(path: &Path) -> Result<(String, Version), Faults> {
    let file = path.display().to_string();
    let text = read_text(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = |name: &str| {
        let plain = matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
        if !plain || name.contains(['/', '\\']) {
            let what = format!("`{name}` is not the plain name of a file in the same folder");
            return Err(Faults::one(Fault { file: file.clone(), line: None, what }));
        }
        let path = folder.join(name);
        read_text(&path).map(|text| (path.display().to_string(), text))
    };
    load(&text, &file, &beside)
}

/// Reads a self-contained text; `file` is what faults call it.
pub fn parse(text: &str, file: &str) -> Result<Version, Faults> {
    let beside = |name: &str| {
        let what = format!("`{name}` is another file; here the table has to stand in the text itself");
        Err(Faults::one(Fault { file: file.to_owned(), line: None, what }))
    };
    check(text, file, &beside).map(|checked| checked.version)
}

/// Brings the tables that stand beside a file; given their names, tells where they are and what they say.
type Beside<'a> = &'a dyn Fn(&str) -> Result<(String, String), Faults>;

fn load(text: &str, file: &str, beside: Beside<'_>) -> Result<(String, Version), Faults> {
    let Checked { draft, sources, version } = check(text, file, beside)?;
    if sources.iter().all(|(_, source)| source.is_inside()) {
        return Ok((text.to_owned(), version));
    }
    // Read once more, so that the lines of the rows are those of the text that is stored.
    let text = draft.self_contained(text, &sources);
    let version = parse(&text, file)?;
    Ok((text, version))
}

/// A tariff file without faults.
struct Checked {
    draft: Draft,
    sources: Sources,
    version: Version,
}

fn check(text: &str, file: &str, beside: Beside<'_>) -> Result<Checked, Faults> {
    check_length(text.len(), file)?;
    let draft = Draft::read(text, file)?;
    let mut faults = Faults::default();
    let head = draft.head(file, &mut faults);
    let sources = match draft.sources(text, file, beside) {
        Ok(sources) => sources,
        Err(found) => {
            faults.merge(found);
            return Err(faults);
        }
    };
    let (tables, torn) = sources.read(&mut faults);
    let explained = |wrong: &Wrong| match wrong {
        Wrong::NoRates => torn.contains(&Table::Rates),
        Wrong::NoDefaultCarrier { .. } => torn.contains(&Table::Fees),
        Wrong::NoSuchClass { .. } => torn.contains(&Table::ErrorClasses),
        _ => false,
    };
    let found = match Version::new(head, tables) {
        Ok(version) if faults.is_empty() => return Ok(Checked { draft, sources, version }),
        Ok(_) => Vec::new(),
        Err(found) => found,
    };
    // What a row that could not be read may explain is not told on top.
    for fault in found.iter().filter(|fault| !explained(&fault.wrong)) {
        faults.add(located(fault, &draft, file, &sources));
    }
    Err(faults)
}

fn located(fault: &tariff::Fault, draft: &Draft, file: &str, sources: &Sources) -> Fault {
    let what = fault.wrong.to_string();
    match sources.get(fault.table) {
        Some(source) => {
            Fault { file: source.file.clone(), line: Some(fault.line.unwrap_or(source.first_line)), what }
        }
        None => Fault { file: file.to_owned(), line: draft.line_of(&fault.wrong), what },
    }
}

fn read_text(path: &Path) -> Result<String, Faults> {
    let file = path.display().to_string();
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(TEXT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Err(Faults::one(Fault {
            file,
            line: None,
            what: format!("cannot be read: {}", reason(&error)),
        }));
    }
    check_length(bytes.len(), &file)?;
    // What editors on Windows put in front.
    if bytes.starts_with("\u{feff}".as_bytes()) {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count() as u32;
        Faults::one(Fault { file, line: Some(line), what: "not UTF-8".to_owned() })
    })
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    }
}

fn check_length(length: usize, file: &str) -> Result<(), Faults> {
    if length <= TEXT_BYTES_MAX {
        return Ok(());
    }
    let what = format!("longer than {} MiB", TEXT_BYTES_MAX / (1024 * 1024));
    Err(Faults::one(Fault { file: file.to_owned(), line: None, what }))
}
