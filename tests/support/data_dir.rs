//! The data directory seen from outside: copies of it, damage to its files, and `farebox verify`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::engine;

/// Copies a stopped engine's home, so that one history can be damaged in several ways.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap_or_else(|error| panic!("making {}: {error}", to.display()));
    for entry in std::fs::read_dir(from).unwrap_or_else(|error| panic!("listing {}: {error}", from.display()))
    {
        let path = entry.expect("an entry of the directory").path();
        let target = to.join(path.file_name().expect("a file has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target)
                .unwrap_or_else(|error| panic!("copying {}: {error}", path.display()));
        }
    }
}

/// The largest file of the journal that ends so (`log`: the write-ahead log, `sst`: a sorted table).
pub fn largest_journal_file(home: &Path, extension: &str) -> PathBuf {
    let journal = engine::data_dir(home).join("journal");
    let files = std::fs::read_dir(&journal)
        .unwrap_or_else(|error| panic!("wanted the journal in {}: {error}", journal.display()))
        .map(|entry| entry.expect("an entry of the journal").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension));
    files
        .max_by_key(|path| length(path))
        .unwrap_or_else(|| panic!("wanted a .{extension} file in {}, found none", journal.display()))
}

pub fn length(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).len()
}

/// Flips every bit of some bytes in the middle of the file.
pub fn flip_in_the_middle(path: &Path, bytes: usize) {
    let mut content = std::fs::read(path).expect("reading the file to damage");
    let middle = content.len() / 2;
    assert!(content.len() > 2 * bytes, "wanted a file longer than the damage: {}", path.display());
    content[middle..middle + bytes].iter_mut().for_each(|byte| *byte = !*byte);
    std::fs::write(path, content).expect("writing the damaged file");
}

/// Cuts the file to this length.
pub fn cut(path: &Path, length: u64) {
    let file = std::fs::OpenOptions::new().write(true).open(path).expect("opening the file to cut");
    file.set_len(length).expect("cutting the file");
}

pub fn append(path: &Path, garbage: &[u8]) {
    let mut content = std::fs::read(path).expect("reading the file to append to");
    content.extend_from_slice(garbage);
    std::fs::write(path, content).expect("writing the longer file");
}

/// `farebox verify` on a stopped engine's data.
pub fn verify(home: &Path) -> Output {
    Command::new(engine::program())
        .arg("verify")
        .arg("--data-dir")
        .arg(engine::data_dir(home))
        .output()
        .expect("running farebox verify")
}

pub fn assert_verifies(home: &Path) {
    let output = verify(home);
    assert!(
        output.status.success(),
        "wanted `farebox verify` clean, got {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
