//! What decisions are told of the world around a wallet: tariffs, endpoints, who owns the numbers.

use super::book::Book;
use super::endpoints::Endpoints as AllEndpoints;
use crate::domain::address::Address;
use crate::domain::decide::{Context, Ground, Moment};
use crate::domain::event::{Direction, FinalStatus, Kind};
use crate::domain::life::alert::{AlertKind, Endpoints};
use crate::domain::money::Money;
use crate::domain::record::{TariffId, VersionId};
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::FailurePolicy;
use crate::domain::time::Timestamp;
use crate::domain::wallet::Wallet;

/// Whether releases of numbers are to be confirmed by somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberOwner {
    /// Nobody was named: a release is done once it is posted.
    Nobody,
    Told,
}

/// What the decisions of one drain share.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub book: &'a Book,
    pub endpoints: &'a AllEndpoints,
    pub number_owner: NumberOwner,
}

impl World<'_> {
    pub fn ground(&self, moment: Moment) -> Ground<'_> {
        Ground { moment, context: self }
    }
}

impl Context for World<'_> {
    fn number_fee(
        &self,
        tariff: TariffId,
        number: &Address,
        sender_type: SenderType,
        at: Timestamp,
    ) -> Option<(VersionId, u32, Money)> {
        self.book.number_fee(tariff, number, sender_type, at)
    }

    fn failure_policy(
        &self,
        version: VersionId,
        direction: Direction,
        kind: Kind,
        status: FinalStatus,
        error_code: &str,
    ) -> FailurePolicy {
        // A version that charged a message is in the book for good.
        let version = self.book.version(version);
        version.map_or(FailurePolicy::Full, |version| {
            version.failure_policy(direction, kind, status, error_code)
        })
    }

    fn audience(&self, wallet: &Wallet, kind: AlertKind) -> Endpoints {
        self.endpoints.audience(wallet.id, kind)
    }

    fn has_number_owner(&self) -> bool {
        self.number_owner == NumberOwner::Told
    }
}
