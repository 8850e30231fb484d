//! What is wrong with a tariff file, and where.

use std::fmt;

/// Most faults that are told of one file or set of files; more are counted.
pub const FAULTS_MAX: usize = 100;

/// One thing wrong. Shown as `file:line: what`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: String,
    /// From 1; `None` where the file as a whole is at fault.
    pub line: Option<u32>,
    pub what: String,
}

/// All that is wrong, a line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    told: Vec<Fault>,
    untold: usize,
}

impl Faults {
    pub(super) fn one(fault: Fault) -> Faults {
        Faults { told: vec![fault], untold: 0 }
    }

    pub(super) fn add(&mut self, fault: Fault) {
        if self.told.len() < FAULTS_MAX {
            self.told.push(fault);
        } else {
            self.untold += 1;
        }
    }

    pub(super) fn merge(&mut self, others: Faults) {
        self.untold += others.untold;
        for fault in others.told {
            self.add(fault);
        }
    }

    /// Faults that name `file` without a line are about what stands on this line of it.
    pub(super) fn at_line_of(mut self, file: &str, line: u32) -> Faults {
        for fault in self.told.iter_mut().filter(|fault| fault.file == file && fault.line.is_none()) {
            fault.line = Some(line);
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The first [`FAULTS_MAX`].
    pub fn told(&self) -> &[Fault] {
        &self.told
    }

    /// How many there are beyond those.
    pub fn untold(&self) -> usize {
        self.untold
    }
}

/// Text from a file, as a fault shows it: on one line, and not longer than a line.
pub(super) fn shown(text: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    let start: String = text.chars().take(CHARACTERS_MAX).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(CHARACTERS_MAX).is_some() { "..." } else { "" };
    format!("`{start}{more}`")
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.file, self.what),
            None => write!(out, "{}: {}", self.file, self.what),
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.told.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(out, "{separator}{fault}")?;
        }
        if self.untold > 0 {
            write!(out, "\nand {} more", self.untold)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
