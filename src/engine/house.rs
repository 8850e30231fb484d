//! The house: tariffs and keys, which belong to no wallet and are journalled in partition 0.
//!
//! The same shape as a wallet: a decision makes a record, a record is folded.

use std::collections::HashMap;
use std::sync::Arc;

use super::book::Book;
use super::endpoints::Endpoints;
use super::keys::{Digest, KeyInfo};
use crate::domain::house::{HouseRecord, KeyRecord};
use crate::domain::record::VersionId;
use crate::domain::tariff::Version;
use crate::domain::time::Timestamp;
use crate::tariff_file;

/// The partition whose journal holds the records of the house.
pub const PARTITION: u8 = 0;

/// What all wallets share, as its last record left it.
#[derive(Clone, Default)]
pub struct House {
    pub book: Book,
    /// The text of each version in the book, by its number: what was added may be added again.
    texts: Vec<Arc<str>>,
    keys: HashMap<Box<str>, (Digest, Arc<KeyInfo>)>,
    pub endpoints: Endpoints,
}

/// Why the house refuses a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HouseRefusal {
    /// The tariff does not follow its series; says how.
    Conflict(String),
    UnknownKey,
}

/// Whether a change is new or stood already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    New,
    Existing,
}

impl House {
    /// Would this version be new, the same again, or in the way of its series?
    pub fn decide_tariff(&self, version: &Arc<Version>, text: &str) -> Result<Placed, HouseRefusal> {
        if self.texts.iter().any(|known| **known == *text) {
            return Ok(Placed::Existing);
        }
        let mut trial = self.book.clone();
        trial.add(Arc::clone(version)).map_err(|misfit| HouseRefusal::Conflict(misfit.to_string()))?;
        Ok(Placed::New)
    }

    /// The number that the next version gets.
    pub fn next_version(&self) -> VersionId {
        VersionId(self.texts.len() as u32)
    }

    pub fn decide_revocation(&self, id: &str) -> Result<Placed, HouseRefusal> {
        match self.keys.get(id) {
            None => Err(HouseRefusal::UnknownKey),
            Some((_, key)) if key.revoked_at.is_some() => Ok(Placed::Existing),
            Some(_) => Ok(Placed::New),
        }
    }

    /// Folds a record; the text says why it cannot be folded.
    pub fn apply(&mut self, record: &HouseRecord<'_>, posted_at: Timestamp) -> Result<(), String> {
        match record {
            HouseRecord::TariffAdded { version, text, .. } => {
                let parsed = tariff_file::parse(text, "journal").map_err(|faults| faults.to_string())?;
                let (_, number) = self.book.add(Arc::new(parsed)).map_err(|misfit| misfit.to_string())?;
                if number != *version {
                    return Err(format!("tariff version {} comes where {} is next", version.0, number.0));
                }
                self.texts.push((*text).into());
            }
            HouseRecord::KeyMade(key) => {
                let info = Arc::new(key_info(key, posted_at));
                self.keys.insert(key.id.into(), (Digest(key.digest), info));
            }
            HouseRecord::KeyRevoked { id, .. } => {
                let (_, key) = self.keys.get_mut(*id).ok_or_else(|| format!("unknown key {id} revoked"))?;
                *key = Arc::new(KeyInfo { revoked_at: Some(posted_at), ..KeyInfo::clone(key) });
            }
            HouseRecord::EndpointSet { endpoint, .. } => self.endpoints.put(endpoint.as_ref().clone()),
            HouseRecord::Deed { .. } => {}
        }
        Ok(())
    }

    pub fn key(&self, id: &str) -> Option<&(Digest, Arc<KeyInfo>)> {
        self.keys.get(id)
    }

    pub fn keys(&self) -> impl Iterator<Item = &(Digest, Arc<KeyInfo>)> {
        self.keys.values()
    }
}

fn key_info(key: &KeyRecord<'_>, made_at: Timestamp) -> KeyInfo {
    KeyInfo {
        id: key.id.into(),
        role: key.role,
        wallet: Some(key.wallet).filter(|wallet| !wallet.is_empty()).map(Into::into),
        name: key.name.into(),
        made_at,
        revoked_at: None,
    }
}
