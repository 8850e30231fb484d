//! The list of the journal's files, renewed with every checkpoint: it names what a missing or short file held.
//!
//! RocksDB refuses to open without one of its files, and then cannot tell any more what stood in it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The list's name in the data directory.
pub const LIST: &str = "journal-files";

/// One file of the journal as it was when the list was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Such as `000012.sst`.
    pub name: String,
    pub bytes: u64,
    /// Commit and partition of the first and of the last frame in it.
    pub first: (u64, u8),
    pub last: (u64, u8),
}

/// Replaces the list. It only ever explains a failure, so it need not survive a crash.
pub fn write(folder: &Path, files: &[Listed]) -> std::io::Result<()> {
    let mut text = String::new();
    for Listed { name, bytes, first, last } in files {
        let _ = writeln!(text, "{name} {bytes} {} {} {} {}", first.0, first.1, last.0, last.1);
    }
    let unfinished = folder.join("journal-files.unfinished");
    fs::write(&unfinished, text)?;
    fs::rename(unfinished, folder.join(LIST))
}

fn read(folder: &Path) -> Vec<Listed> {
    let text = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    text.lines().filter_map(parse).collect()
}

fn parse(line: &str) -> Option<Listed> {
    let mut words = line.split(' ');
    let name = words.next()?.to_owned();
    let mut number = || words.next()?.parse::<u64>().ok();
    let bytes = number()?;
    let mut place = || Some((number()?, u8::try_from(number()?).ok()?));
    Some(Listed { name, bytes, first: place()?, last: place()? })
}

/// What the files that are missing or short held, one sentence each.
pub fn lost(folder: &Path) -> Vec<String> {
    let told = |file: Listed| {
        let found = fs::metadata(folder.join("journal").join(&file.name)).map(|metadata| metadata.len()).ok();
        let how = match found {
            None => "is missing".to_owned(),
            Some(bytes) if bytes < file.bytes => format!("has {bytes} of {} bytes", file.bytes),
            Some(_) => return None,
        };
        let Listed { name, first, last, .. } = file;
        Some(format!(
            "{name} {how}: it holds the frames from position commit {}, partition {} to commit {}, partition {}",
            first.0, first.1, last.0, last.1
        ))
    };
    read(folder).into_iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_and_a_short_file_are_named_with_what_they_held() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("journal")).unwrap();
        let listed = |name: &str, bytes| Listed { name: name.into(), bytes, first: (3, 1), last: (9, 4) };
        for (name, bytes) in [("whole", 5), ("short", 4)] {
            fs::write(folder.path().join("journal").join(name), vec![0; bytes]).unwrap();
        }
        write(folder.path(), &[listed("whole", 5), listed("short", 5), listed("gone", 5)]).unwrap();
        assert_eq!(
            lost(folder.path()),
            [
                "short has 4 of 5 bytes: it holds the frames from position commit 3, partition 1 to commit 9, partition 4",
                "gone is missing: it holds the frames from position commit 3, partition 1 to commit 9, partition 4",
            ]
        );
    }

    #[test]
    fn a_list_that_is_none_explains_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(lost(folder.path()).is_empty());
        fs::write(folder.path().join(LIST), "x\ny 1 2\nz 1 2 300 4 5\n").unwrap();
        assert!(lost(folder.path()).is_empty());
    }
}
