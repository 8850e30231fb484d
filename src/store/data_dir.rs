//! The data directory: what it was made with, once and for all, and that only one engine uses it.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::clock::random_bytes;
use crate::domain::identity::Secret;

/// The layout of everything below a data directory.
const FORMAT: u32 = 1;
const IDENTITY: &str = "identity.toml";

/// A data directory in use by this process.
pub struct DataDir {
    pub path: PathBuf,
    pub partitions: u8,
    /// What the ids' hashes are keyed with.
    pub secret: Secret,
    /// Held as long as the directory is used.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    format: u32,
    partitions: u8,
    secret: String,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    #[error("another engine is using the data directory {0}")]
    InUse(String),
    #[error("data directory {path}: {error}")]
    Io { path: String, error: std::io::Error },
    /// The identity is as vital as the journal: without its secret no id would be known again.
    #[error("data directory {path}: {what}")]
    Unusable { path: String, what: String },
}

impl DataDir {
    /// Takes a data directory into use, made anew where there is none.
    pub fn open(path: &Path, partitions: u8) -> Result<DataDir, DataDirError> {
        let lock = take(path, true)?;
        let file = path.join(IDENTITY);
        if !file.exists() {
            if path.join("journal").exists() {
                return Err(unusable(path, format!("there is a journal, but {IDENTITY} is missing")));
            }
            create(path, &file, partitions).map_err(io(path))?;
        }
        read(path, lock)
    }

    /// Takes an existing one into use.
    pub fn open_existing(path: &Path) -> Result<DataDir, DataDirError> {
        if !path.join(IDENTITY).exists() {
            return Err(unusable(path, "it is not a data directory of Farebox".into()));
        }
        let lock = take(path, false)?;
        read(path, lock)
    }
}

fn take(path: &Path, make: bool) -> Result<File, DataDirError> {
    if make {
        fs::create_dir_all(path).map_err(io(path))?;
    }
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.join("lock"))
        .map_err(io(path))?;
    match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(lock),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(DataDirError::InUse(path.display().to_string())),
        Err(error) => Err(io(path)(error.into())),
    }
}

fn create(path: &Path, file: &Path, partitions: u8) -> std::io::Result<()> {
    let secret = random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    let identity = toml_text(&Identity { format: FORMAT, partitions, secret });
    let unfinished = file.with_extension("unfinished");
    let mut out = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    out.write_all(identity.as_bytes())?;
    out.sync_all()?;
    fs::rename(&unfinished, file)?;
    File::open(path)?.sync_all()
}

fn toml_text(identity: &Identity) -> String {
    let Identity { format, partitions, secret } = identity;
    format!(
        "# Made with the data directory, never to be changed: without it the journal cannot be used.\n\
         format = {format}\npartitions = {partitions}\nsecret = \"{secret}\"\n"
    )
}

fn read(path: &Path, lock: File) -> Result<DataDir, DataDirError> {
    let text = fs::read_to_string(path.join(IDENTITY)).map_err(io(path))?;
    let identity: Identity =
        toml::from_str(&text).map_err(|error| unusable(path, format!("{IDENTITY}: {}", error.message())))?;
    if identity.format != FORMAT {
        return Err(unusable(path, format!("its format is {}, this engine reads {FORMAT}", identity.format)));
    }
    let secret = u128::from_str_radix(&identity.secret, 16).ok().filter(|_| identity.secret.len() == 32);
    let secret = secret
        .ok_or_else(|| unusable(path, format!("{IDENTITY}: the secret is not 32 hexadecimal digits")))?;
    if identity.partitions == 0 {
        return Err(unusable(path, format!("{IDENTITY}: there must be a partition")));
    }
    Ok(DataDir {
        path: path.to_owned(),
        partitions: identity.partitions,
        secret: Secret(secret.to_be_bytes()),
        _lock: lock,
    })
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> DataDirError {
    let path = path.display().to_string();
    move |error| DataDirError::Io { path, error }
}

fn unusable(path: &Path, what: String) -> DataDirError {
    DataDirError::Unusable { path: path.display().to_string(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_was_made_with_stays_and_only_one_may_use_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        assert!(matches!(DataDir::open_existing(&path), Err(DataDirError::Unusable { .. })));
        let first = DataDir::open(&path, 16).unwrap();
        assert!(matches!(DataDir::open(&path, 16), Err(DataDirError::InUse(_))));
        let secret = first.secret.0;
        drop(first);
        let again = DataDir::open(&path, 4).unwrap();
        assert_eq!((again.partitions, again.secret.0), (16, secret), "settings do not change what was made");
    }

    #[test]
    fn a_journal_without_its_identity_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("journal")).unwrap();
        assert!(matches!(DataDir::open(folder.path(), 16), Err(DataDirError::Unusable { .. })));
        fs::write(folder.path().join(IDENTITY), "format = 1\npartitions = 16\nsecret = \"xyz\"\n").unwrap();
        assert!(matches!(DataDir::open(folder.path(), 16), Err(DataDirError::Unusable { .. })));
    }
}
