//! Keys: who may call, found by the hash of the secret that the caller shows (RULES, section 14).

use std::sync::Arc;

use dashmap::DashMap;

use crate::domain::access::Role;
use crate::domain::time::Timestamp;

/// What an API key's secret begins with, so that it is recognised where it should not be.
pub const SECRET_PREFIX: &str = "fbx_";

/// A key as it may be shown: never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// `key_` and 16 hexadecimal digits.
    pub id: Box<str>,
    pub role: Role,
    /// The wallet it is bound to; `None` for all.
    pub wallet: Option<Box<str>>,
    pub name: Box<str>,
    pub made_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// BLAKE3 of a secret: what is journalled and looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(secret: &str) -> Digest {
        Digest(*blake3::hash(secret.as_bytes()).as_bytes())
    }
}

/// All keys, for readers. What it shows is durable.
#[derive(Debug, Default)]
pub struct Keys {
    by_digest: DashMap<Digest, Arc<KeyInfo>, ahash::RandomState>,
    by_id: DashMap<Box<str>, Arc<KeyInfo>, ahash::RandomState>,
}

impl Keys {
    /// The key that a secret belongs to, unless it was revoked. The hash of the secret is looked up, so the time
    /// it takes tells nothing of how much of a guess was right.
    pub fn find(&self, secret: &str) -> Option<Arc<KeyInfo>> {
        let found = self.by_digest.get(&Digest::of(secret))?;
        found.revoked_at.is_none().then(|| Arc::clone(&found))
    }

    /// The key of this id, unless it was revoked.
    pub fn with_id(&self, id: &str) -> Option<Arc<KeyInfo>> {
        let found = self.by_id.get(id)?;
        found.revoked_at.is_none().then(|| Arc::clone(&found))
    }

    /// All keys, revoked ones too, by when they were made.
    pub fn list(&self) -> Vec<Arc<KeyInfo>> {
        let mut keys: Vec<_> = self.by_digest.iter().map(|item| Arc::clone(item.value())).collect();
        keys.sort_by(|one, other| (one.made_at, &one.id).cmp(&(other.made_at, &other.id)));
        keys
    }

    pub fn publish(&self, digest: Digest, key: Arc<KeyInfo>) {
        self.by_id.insert(key.id.clone(), Arc::clone(&key));
        self.by_digest.insert(digest, key);
    }
}
