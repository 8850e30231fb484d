//! How a message was charged, as it is handed on from where its entry was read to where it is decided about.

use crate::domain::event::Name;
use crate::domain::identity::Remembered;
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry, Origin, Record, VersionId};
use crate::domain::status::{Charged, Corrected};
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

/// A message that may be corrected, as the views have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMessage {
    charge: KnownCharge,
    source: Box<str>,
    id: Box<str>,
    /// Under its name.
    pub remembered: Option<Remembered>,
    /// Its last correction.
    pub corrected: Option<Corrected>,
}

impl KnownMessage {
    /// From the record of a message's entry, and its last correction; `None` for any other record.
    pub fn of(
        record: &Record<'_>,
        posted_at: Timestamp,
        corrected: Option<Corrected>,
    ) -> Option<KnownMessage> {
        let Change::Entry(Entry { cause: Cause::Message { event, .. }, .. }) = &record.change else {
            return None;
        };
        let charge = KnownCharge::of(record, posted_at)?;
        let (source, id) = (event.name.source.into(), event.name.id.into());
        Some(KnownMessage { charge, source, id, remembered: None, corrected })
    }

    pub fn name(&self) -> Name<'_> {
        Name { source: &self.source, id: &self.id }
    }

    pub fn charge(&self) -> &KnownCharge {
        &self.charge
    }
}
