//! Which entries belong together: what followed a message, what became of a payment or a hold, and the entries of the
//! types that are few.
//!
//! A tie is a key without a value, made from the entry alone. Messages and carriers' charges have none: they are most of
//! what is posted, and are found by their numbers.

use super::StoreError;
use super::keys::{self, TieKey};
use super::pinned::Pinned;
use crate::domain::identity::{Key, Remembered};
use crate::domain::record::Cause;
use crate::domain::usage::EntryType;
use crate::domain::wallet::WalletId;
use crate::journal::codec::RowError;

/// What entries belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The entry of a message: what followed it. Of any entry: the adjustments that set it right.
    Entry(u64),
    /// The credit of a payment, and what was taken back of it.
    Attempt(u64),
    /// What was settled under a hold.
    Hold(u64),
    /// All of a type.
    Type(EntryType),
}

impl Tie {
    /// What an entry belongs to.
    pub fn of(cause: &Cause<'_>) -> impl Iterator<Item = Tie> {
        let by_type = Some(Tie::Type(EntryType::of(cause)));
        let ties = match *cause {
            Cause::Message { .. } | Cause::CarrierFee { .. } => [None, None],
            Cause::Refund { of, .. }
            | Cause::FailureFee { of, .. }
            | Cause::Recharge { of, .. }
            | Cause::FailureFeeReturn { of, .. } => [Some(Tie::Entry(of)), None],
            Cause::TopUp { attempt }
            | Cause::PaymentRefund { attempt }
            | Cause::Dispute { attempt }
            | Cause::DisputeReinstated { attempt } => [Some(Tie::Attempt(attempt)), by_type],
            Cause::HoldSettlement { hold } => [Some(Tie::Hold(hold)), by_type],
            Cause::Correction(correction) => [Some(Tie::Entry(correction.of)), by_type],
            Cause::Adjustment(adjustment) if adjustment.of > 0 => [Some(Tie::Entry(adjustment.of)), by_type],
            Cause::NumberFee(_) | Cause::Adjustment(_) => [None, by_type],
        };
        ties.into_iter().flatten()
    }

    /// The byte is never used for anything else.
    fn name(self) -> (u8, u64) {
        match self {
            Tie::Entry(seq) => (1, seq),
            Tie::Attempt(number) => (2, number),
            Tie::Hold(number) => (3, number),
            Tie::Type(entry_type) => (4, u64::from(entry_type as u8)),
        }
    }

    pub fn key(self, wallet: WalletId, seq: u64) -> TieKey {
        keys::tie(wallet, self.name(), seq)
    }
}

impl Pinned {
    /// Calls `visit` with the numbers of the entries from `first` on and before `past` that belong to something, in
    /// order, until it answers false.
    pub fn tied(
        &self,
        wallet: WalletId,
        tie: Tie,
        (first, past): (u64, u64),
        mut visit: impl FnMut(u64) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let (first, past) = (tie.key(wallet, first).to_vec(), tie.key(wallet, past).to_vec());
        self.each(keys::TIES, first, past, |key, _| {
            let seq = keys::tied_seq(key).ok_or(RowError("its key"));
            visit(seq.map_err(StoreError::row(keys::TIES))?)
        })
    }

    /// Calls `visit` with the number of every entry that something followed or set right, once for each that did, in order.
    pub fn followed(&self, wallet: WalletId, mut visit: impl FnMut(u64)) -> Result<(), StoreError> {
        let (first, past) =
            (Tie::Entry(0).key(wallet, 0).to_vec(), Tie::Entry(u64::MAX).key(wallet, u64::MAX).to_vec());
        self.each(keys::TIES, first, past, |key, _| {
            let number = keys::tied_to(key).ok_or(RowError("its key"));
            visit(number.map_err(StoreError::row(keys::TIES))?);
            Ok(true)
        })
    }

    /// What is remembered of a key, whether it is still kept or not.
    pub fn remembered(&self, key: Key) -> Result<Option<Remembered>, StoreError> {
        for generation in self.views().sight().candidates(key) {
            let Some(family) = self.views().database.cf_handle(&generation.family()) else { continue };
            if let Some(bytes) = self.state().get_pinned_cf(&family, keys::id(key))? {
                let found = super::rows::decode_remembered(&bytes);
                return found.map(Some).map_err(StoreError::row("ids"));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::WALLET;

    #[test]
    fn what_belongs_to_one_thing_stands_together_in_order() {
        let ties = [
            Tie::Entry(7),
            Tie::Entry(8),
            Tie::Attempt(7),
            Tie::Hold(7),
            Tie::Type(EntryType::TopUp),
            Tie::Type(EntryType::Adjustment),
        ];
        let keys: Vec<_> =
            ties.iter().flat_map(|tie| [1, 255, 256].map(|seq| tie.key(WALLET, seq))).collect();
        assert!(keys.is_sorted(), "wanted them by what they belong to, then by number");
        let numbers: Vec<_> = keys.iter().map(|key| super::keys::tied_to(key)).collect();
        assert_eq!(numbers[..6], [Some(7), Some(7), Some(7), Some(8), Some(8), Some(8)]);
        let seqs: Vec<_> = keys.iter().map(|key| super::keys::tied_seq(key)).collect();
        assert_eq!(seqs[..3], [Some(1), Some(255), Some(256)]);
    }
}
