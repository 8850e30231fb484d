//! Records of the house: what belongs to no wallet (tariffs, keys and endpoints). They live in partition 0.

use super::access::Role;
use super::endpoint::Endpoint;
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
