//! Sessions that were signed out before their time: in a file, so that they stay out after a restart too.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use parking_lot::Mutex;

use crate::domain::time::Timestamp;

/// Each until it would have ended by itself.
pub struct Ended {
    /// Written to by one at a time.
    file: Mutex<PathBuf>,
    /// The second that a session would have ended in, by its id.
    ids: Mutex<HashMap<String, i64>>,
}

impl Ended {
    /// Those that the file tells of; a line that was cut off by a crash tells of nothing that was answered.
    pub fn open(file: PathBuf, now: Timestamp) -> io::Result<Ended> {
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let told = text.split_inclusive('\n').filter_map(|line| {
            let (id, expires_at) = line.strip_suffix('\n')?.split_once(' ')?;
            Some((id.to_owned(), expires_at.parse::<i64>().ok()?))
        });
        let ids: HashMap<_, _> = told.filter(|(_, expires_at)| *expires_at > now.seconds()).collect();
        let kept: String = ids.iter().map(|(id, expires_at)| line(id, *expires_at)).collect();
        if kept.len() != text.len() {
            let unfinished = file.with_extension("unfinished");
            fs::write(&unfinished, kept)?;
            fs::rename(&unfinished, &file)?;
        }
        Ok(Ended { file: Mutex::new(file), ids: Mutex::new(ids) })
    }

    pub fn has(&self, id: &str) -> bool {
        self.ids.lock().contains_key(id)
    }

    /// From now on the session has ended; once this has returned without an error, for ever. Waits for the disk.
    pub fn add(&self, id: &str, expires_at: i64, now: Timestamp) -> io::Result<()> {
        {
            let mut ids = self.ids.lock();
            ids.retain(|_, expires_at| *expires_at > now.seconds());
            ids.insert(id.to_owned(), expires_at);
        }
        let path = self.file.lock();
        let mut file: File = OpenOptions::new().create(true).append(true).open(&*path)?;
        file.write_all(line(id, expires_at).as_bytes())?;
        file.sync_data()
    }
}

fn line(id: &str, expires_at: i64) -> String {
    format!("{id} {expires_at}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn who_was_signed_out_is_known_again_until_the_session_would_have_ended() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("signed-out");
        let ended = Ended::open(file.clone(), at(0)).unwrap();
        ended.add("a", 100, at(1)).unwrap();
        ended.add("b", 200, at(2)).unwrap();
        assert!(ended.has("a") && ended.has("b") && !ended.has("c"));
        let again = Ended::open(file.clone(), at(100)).unwrap();
        assert!(!again.has("a") && again.has("b"), "one that has ended by itself is forgotten");
        assert_eq!(fs::read_to_string(&file).unwrap(), "b 200\n");
        fs::write(&file, "b 200\nc 3").unwrap();
        let again = Ended::open(file.clone(), at(0)).unwrap();
        assert!(again.has("b") && !again.has("c"), "half a line");
        again.add("d", 300, at(3)).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "b 200\nd 300\n", "the half line is gone");
    }
}
