//! The account's log in its folder: a line a call, each a JSON list of changes, read back at a start.
//!
//! Plain writes without a sync: what was written survives a kill of the process, not a loss of power. It is a
//! sandbox. A line that a kill has cut off is the call that was not answered, and is dropped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use super::state::{Change, State};

const FILE: &str = "payment-sandbox.jsonl";
const FILE_BEING_MADE: &str = "payment-sandbox.jsonl.new";

pub struct Log {
    file: File,
}

impl Log {
    /// Reads what is there, and writes it down again without what was overtaken.
    pub fn open(folder: &Path) -> io::Result<(State, Log)> {
        fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let state = match File::open(&path) {
            Ok(file) => read(BufReader::new(file))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::default(),
            Err(error) => return Err(error),
        };
        let fresh = folder.join(FILE_BEING_MADE);
        // What is left of a start that was killed here is of no use.
        drop(fs::remove_file(&fresh));
        let file = OpenOptions::new().create_new(true).append(true).open(&fresh)?;
        let mut log = Log { file };
        log.append(&state.as_changes())?;
        fs::rename(&fresh, &path)?;
        Ok((state, log))
    }

    /// In one write, so that a kill leaves all of it or a line without its end.
    pub fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut line = serde_json::to_vec(changes)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

fn read(mut lines: impl BufRead) -> io::Result<State> {
    let mut state = State::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            break;
        }
        let changes: Vec<Change> = serde_json::from_slice(&line).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{FILE}, line {number}: {error}"))
        })?;
        changes.iter().for_each(|change| state.apply(change));
    }
    Ok(state)
}
