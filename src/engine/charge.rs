//! How a message was charged, as it is handed on from where its entry was read to where its status is decided.

use crate::domain::money::Money;
use crate::domain::record::{Origin, Record, VersionId};
use crate::domain::status::Charged;
use crate::domain::time::Timestamp;

/// A [`Charged`] that borrows nothing: the frame that its entry stands in is written to while its status is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCharge {
    seq: u64,
    version: VersionId,
    total: Money,
    /// Without its campaign.
    origin: Origin<'static>,
    campaign: Box<str>,
}

impl KnownCharge {
    /// From the record of a message's entry; `None` for any other record.
    pub fn of(record: &Record<'_>, posted_at: Timestamp) -> Option<KnownCharge> {
        let Charged { seq, version, total, origin } = Charged::of(record, posted_at)?;
        let campaign = origin.campaign.into();
        Some(KnownCharge { seq, version, total, origin: Origin { campaign: "", ..origin }, campaign })
    }

    pub fn as_charged(&self) -> Charged<'_> {
        let KnownCharge { seq, version, total, origin, campaign } = self;
        let origin = Origin { campaign, ..*origin };
        Charged { seq: *seq, version: *version, total: *total, origin }
    }
}
