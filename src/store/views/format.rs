//! Opening the views by their format, which says what tables they were built with: those of another one are thrown
//! away, as the journal holds everything.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Settings, StoreError, Views, keys};

/// What views are of that do not say it: they were built before there was a second format.
const FIRST: u32 = 1;

/// The file that every database of RocksDB has.
pub(super) const CURRENT: &str = "CURRENT";

impl Views {
    /// Opens the views, empty where there are none; those of another format are thrown away, to be built anew.
    pub fn open(settings: &Settings) -> Result<Views, StoreError> {
        clear(&settings.folder)?;
        let made_before = Views::folder(&settings.folder).join(CURRENT).exists();
        let mut views = Views::open_as(settings, false)?;
        if made_before {
            let found = views.format()?;
            if found == keys::FORMAT {
                return Ok(views);
            }
            drop(views);
            throw_away(&settings.folder, found)?;
            views = Views::open_as(settings, false)?;
        }
        views.set_format()?;
        Ok(views)
    }

    /// Opens them for `verify`, beside nobody and without changing them.
    pub fn open_read_only(settings: &Settings) -> Result<Views, StoreError> {
        let views = Views::open_as(settings, true)?;
        match views.format()? {
            keys::FORMAT => Ok(views),
            found => Err(StoreError::Format { found, wanted: keys::FORMAT }),
        }
    }

    fn format(&self) -> Result<u32, StoreError> {
        let bytes = self.database.get_pinned_cf(&self.family(keys::META), keys::FORMAT_KEY)?;
        let format = bytes.and_then(|bytes| (*bytes).try_into().ok().map(u32::from_le_bytes));
        Ok(format.unwrap_or(FIRST))
    }

    /// Says which format they have, before anything is built into them.
    fn set_format(&self) -> Result<(), StoreError> {
        let format = keys::FORMAT.to_le_bytes();
        self.database.put_cf(&self.family(keys::META), keys::FORMAT_KEY, format)?;
        self.flush()
    }
}

/// Where views stand while they are removed: a crash meanwhile leaves nothing that could be taken for views.
fn discarded(folder: &Path) -> PathBuf {
    folder.join("views.discarded")
}

/// Removes the views, which are of the format `found`.
fn throw_away(folder: &Path, found: u32) -> Result<(), StoreError> {
    let (path, discarded) = (Views::folder(folder), discarded(folder));
    tracing::warn!(
        found,
        wanted = keys::FORMAT,
        "the views are of another format: they are built anew from the journal, which may take a while"
    );
    fs::rename(&path, &discarded).map_err(|error| StoreError::file(&path, &error))?;
    clear(folder)
}

/// Removes what an interrupted removal left behind.
fn clear(folder: &Path) -> Result<(), StoreError> {
    let discarded = discarded(folder);
    match fs::remove_dir_all(&discarded) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::file(&discarded, &error)),
        _ => Ok(()),
    }
}
