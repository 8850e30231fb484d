//! What tests of journal and views share: folders as a crash leaves them, and the ids that a frame's rows burn.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::BurntId;
use super::frame::{Frame, ROWS_AT};
use super::rows::{Row, read};
use crate::domain::identity::Secret;
use crate::domain::record::Change;
use crate::domain::wallet::WalletId;

/// The ids that the rows of a frame burn, as its rows tell them. What is no row tells none.
pub fn burnt_ids(secret: &Secret, bytes: &[u8]) -> Vec<BurntId> {
    let frame = Frame::read(bytes).unwrap();
    let (mut ids, mut offset) = (Vec::new(), ROWS_AT);
    for row in frame.rows() {
        let Ok(row) = row else { break };
        if let Ok(Row::Wallet { wallet: number, record }) = read(row)
            // What statuses make of a message is remembered anew under an id that is burnt already.
            && !matches!(record.change, Change::Course(_))
        {
            let wallet = WalletId { partition: frame.partition, number };
            let remembered = secret.remember(wallet, &record, frame.posted_at);
            let burnt = |(key, remembered): (_, crate::domain::identity::Remembered)| {
                let fingerprint = remembered.fingerprint;
                BurntId { offset: offset as u32, key, fingerprint }
            };
            ids.extend(remembered.map(burnt));
        }
        offset += row.len();
    }
    ids
}

/// Copies a folder as it stands on disk, in place of what is there: what a crash at this moment would leave.
pub fn copy_folder(from: &Path, to: &Path) {
    // A database at work makes and drops files meanwhile: a crash leaves those of one moment.
    loop {
        let before = names(from);
        copy_files(from, to);
        if names(from) == before {
            return;
        }
    }
}

/// The files of a folder and of those in it.
fn names(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(names(&path));
        }
        found.insert(path);
    }
    found
}

fn copy_files(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            // What a database had no more use for may be gone by now; what it needs stays.
            match fs::copy(entry.path(), target) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                copied => drop(copied.unwrap()),
            }
        }
    }
}
