//! Records of the house: what belongs to no wallet (tariffs, keys, endpoints and what is done with all wallets). They live in partition 0.

use super::access::Role;
use super::deed::{Act, Deed};
use super::endpoint::{Endpoint, EndpointState};
use super::record::VersionId;

/// One change of what all wallets share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HouseRecord<'a> {
    /// A version joined the book of tariffs; `text` is the whole tariff file.
    TariffAdded {
        version: VersionId,
        text: &'a str,
        actor: &'a str,
    },
    KeyMade(KeyRecord<'a>),
    KeyRevoked {
        id: &'a str,
        actor: &'a str,
    },
    /// An endpoint as it is from now on.
    EndpointSet {
        endpoint: Box<Endpoint>,
        actor: &'a str,
    },
    /// Somebody did what changes nothing: that it was done is all that is kept.
    Deed {
        /// The wallet that it was confined to; empty for none.
        wallet: &'a str,
        deed: Deed<'a>,
    },
}

impl HouseRecord<'_> {
    /// What was done, and by whom.
    pub fn act(&self) -> (Act, &str) {
        match self {
            HouseRecord::TariffAdded { actor, .. } => (Act::TariffAdded, actor),
            HouseRecord::KeyMade(key) => (Act::KeyMade, key.actor),
            HouseRecord::KeyRevoked { actor, .. } => (Act::KeyRevoked, actor),
            HouseRecord::EndpointSet { endpoint, actor } => (act_on(endpoint), actor),
            HouseRecord::Deed { deed, .. } => (deed.action, deed.actor),
        }
    }
}

/// What was done to an endpoint, by how it is afterwards: one that has had its secret replaced has several.
fn act_on(endpoint: &Endpoint) -> Act {
    match endpoint.state {
        EndpointState::Active if endpoint.secrets.len() > 1 => Act::WebhookSecretRotated,
        EndpointState::Active => Act::WebhookAdded,
        EndpointState::Disabled => Act::WebhookDisabled,
        EndpointState::Removed => Act::WebhookRemoved,
    }
}

/// A key as it is journalled: never the secret itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRecord<'a> {
    pub id: &'a str,
    pub role: Role,
    /// The wallet it is bound to; empty for all.
    pub wallet: &'a str,
    pub name: &'a str,
    /// BLAKE3 of the secret.
    pub digest: [u8; 32],
    /// The id of the key that asked for it.
    pub actor: &'a str,
}
