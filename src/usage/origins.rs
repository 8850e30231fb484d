//! Where an entry comes from: the message, payment, hold or rental behind it, and the entries that belong with it.
//!
//! All of it is read from one state of the views. What does not agree is named, never passed over.

use super::explain::Unexplained;
use crate::domain::event::{Event, FinalStatus, Happening, Message};
use crate::domain::identity::{Named, Secret};
use crate::domain::life::attempt::Attempt;
use crate::domain::life::hold::Hold;
use crate::domain::life::number::Number;
use crate::domain::money::Money;
use crate::domain::record::{Cause, Change, Entry, NumberFee, Price, Record, VersionId};
use crate::domain::status::{Course, Statuses};
use crate::domain::tariff::{FailurePolicy, Version};
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::store::StoreError;
use crate::store::pinned::Pinned;
use crate::store::rows::EntryRow;
use crate::store::ties::Tie;

/// Most entries that are told beside one: only a hold may have more.
pub const RELATED_MAX: usize = 1_000;

/// Everything behind one entry.
#[derive(Debug)]
pub struct Origins {
    pub row: EntryRow,
    /// The message that it charges, returns or charges again.
    pub message: Option<OfMessage>,
    pub attempt: Option<Attempt>,
    pub hold: Option<Hold>,
    pub rental: Option<Number>,
    /// The entries that belong to the same, itself left out, in order; at most [`RELATED_MAX`].
    pub related: Vec<EntryRow>,
}

/// A message as it stands now.
#[derive(Debug)]
pub struct OfMessage {
    /// Its entry.
    pub row: EntryRow,
    /// What it is counted as; `None` while nothing final is known.
    pub status: Option<FinalStatus>,
    /// Those that counted, in order; `None` once its id is no longer remembered.
    pub statuses: Option<Statuses>,
    pub failure: Option<Failure>,
}

/// What the tariff says of a message that was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    pub status: FinalStatus,
    pub policy: FailurePolicy,
    /// Of the table of failures; `None`: no row says so, the default applies.
    pub row: Option<u32>,
}

/// Why the origins of an entry cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum Untraced {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Unexplained(#[from] Unexplained),
}

/// The origins of a wallet's entry; `None` where it has no entry of this number.
pub fn origins(
    views: &Pinned,
    (book, secret): (&Book, &Secret),
    wallet: WalletId,
    seq: u64,
) -> Result<Option<Origins>, Untraced> {
    let Some(row) = views.entry(wallet, seq)? else { return Ok(None) };
    let trace = Trace { views, book, secret, wallet };
    let (_, entry) = decoded(&row)?;
    let mut told = Origins {
        message: None,
        attempt: None,
        hold: None,
        rental: None,
        related: Vec::new(),
        row: EntryRow::clone(&row),
    };
    match entry.cause {
        Cause::Message { .. } => told.message = Some(trace.message(seq)?),
        Cause::Refund { of, .. }
        | Cause::FailureFee { of, .. }
        | Cause::Recharge { of, .. }
        | Cause::FailureFeeReturn { of, .. } => {
            told.message = Some(trace.message(of)?);
            told.related.extend(views.entry(wallet, of)?);
        }
        Cause::TopUp { attempt }
        | Cause::PaymentRefund { attempt }
        | Cause::Dispute { attempt }
        | Cause::DisputeReinstated { attempt } => {
            let found = views.read::<Attempt>(wallet, attempt)?;
            told.attempt = Some(found.ok_or(Unexplained::Document { seq })?.document);
        }
        Cause::HoldSettlement { hold } => {
            let found = views.read::<Hold>(wallet, hold)?;
            told.hold = Some(found.ok_or(Unexplained::Document { seq })?.document);
        }
        Cause::NumberFee(fee) => told.rental = Some(trace.rental(seq, &fee, entry.amount)?),
        Cause::Correction(correction) => {
            told.message = Some(trace.message(correction.of)?);
            told.related.extend(views.entry(wallet, correction.of)?);
        }
        Cause::Adjustment(adjustment) if adjustment.of > 0 => {
            told.related.extend(views.entry(wallet, adjustment.of)?);
        }
        Cause::CarrierFee { .. } | Cause::Adjustment(_) => {}
    }
    trace.add_related(seq, together(seq, &entry.cause), &mut told.related)?;
    Ok(Some(told))
}

/// What the entries beside an entry are tied by.
fn together(seq: u64, cause: &Cause<'_>) -> Tie {
    let by_type = |tie: &Tie| !matches!(tie, Tie::Type(_));
    // What is tied to nothing may itself have been followed.
    Tie::of(cause).find(by_type).unwrap_or(Tie::Entry(seq))
}

/// The entry in a row, with the record it came in.
pub fn decoded(row: &EntryRow) -> Result<(Record<'_>, Entry<'_>), StoreError> {
    let record = row.record().map_err(StoreError::row("entries"))?;
    match record.change {
        Change::Entry(entry) => Ok((record, entry)),
        _ => {
            let error = crate::journal::codec::RowError("a row of the entries holds no entry");
            Err(StoreError::row("entries")(error))
        }
    }
}

/// The message and price of a message's entry; `None` for any other.
pub fn charge<'a>(entry: &Entry<'a>) -> Option<(Event<'a>, Message, Price)> {
    match entry.cause {
        Cause::Message { event, price } => match event.happening {
            Happening::Message(message) => Some((event, message, price)),
            Happening::CarrierFee { .. } | Happening::Status(_) => None,
        },
        _ => None,
    }
}

struct Trace<'a> {
    views: &'a Pinned,
    book: &'a Book,
    secret: &'a Secret,
    wallet: WalletId,
}

impl Trace<'_> {
    /// The message of the entry `seq`.
    fn message(&self, seq: u64) -> Result<OfMessage, Untraced> {
        let row = self.views.entry(self.wallet, seq)?.ok_or(Unexplained::Origin { seq })?;
        let (_, entry) = decoded(&row)?;
        let (event, message, price) = charge(&entry).ok_or(Unexplained::Origin { seq })?;
        let status = self.views.status(self.wallet, seq)?;
        let key = self.secret.key(self.wallet, Named::Event(event.name));
        let remembered = self.views.remembered(key)?.filter(|remembered| remembered.verdict.seq == seq);
        let course =
            remembered.map(|remembered| remembered.course.map_or_else(Course::fresh, |course| *course));
        let remembered_as = course.as_ref().and_then(Course::counts_as);
        if course.is_some() && status.is_some() && remembered_as != status {
            return Err(Unexplained::Status { seq }.into());
        }
        let statuses = course.map(|course| course.statuses().clone());
        let failure = statuses.iter().flatten().find(|counted| counted.status != FinalStatus::Delivered);
        let failure = failure.map(|counted| {
            let version = self.version(price.version).ok_or(Unexplained::Version { seq })?;
            let (direction, kind, code) = (message.direction, message.kind, &*counted.error_code);
            Ok::<_, Unexplained>(Failure {
                status: counted.status,
                policy: version.failure_policy(direction, kind, counted.status, code),
                row: version.failure_row(direction, kind, counted.status, code),
            })
        });
        let failure = failure.transpose()?;
        Ok(OfMessage { row: EntryRow::clone(&row), status: status.or(remembered_as), statuses, failure })
    }

    /// The rental that a fee is of. A row that made the fee must say so still.
    fn rental(&self, seq: u64, fee: &NumberFee, amount: Money) -> Result<Number, Untraced> {
        if let Some((version, row)) = fee.row {
            let version = self.version(version).ok_or(Unexplained::Version { seq })?;
            let row = version.number_fees().get(row as usize);
            if row.and_then(|row| row.fee.checked_neg()) != Some(amount) {
                return Err(Unexplained::Amount { seq }.into());
            }
        }
        let found = self.views.read::<Number>(self.wallet, fee.rental)?;
        Ok(found.ok_or(Unexplained::Document { seq })?.document)
    }

    fn version(&self, number: VersionId) -> Option<&Version> {
        self.book.version(number).map(AsRef::as_ref)
    }

    /// Adds the entries that are tied by the same, but the entry `seq` itself.
    fn add_related(&self, seq: u64, tie: Tie, related: &mut Vec<EntryRow>) -> Result<(), Untraced> {
        let mut seqs = Vec::new();
        self.views.tied(self.wallet, tie, (0, u64::MAX), |found| {
            seqs.extend((found != seq).then_some(found));
            Ok(seqs.len() < RELATED_MAX)
        })?;
        for found in seqs {
            let row = self.views.entry(self.wallet, found)?;
            related.push(row.ok_or(Unexplained::Origin { seq: found })?);
        }
        Ok(())
    }
}
