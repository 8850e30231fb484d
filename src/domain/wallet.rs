//! A wallet: one prepaid balance, and how a record changes it. It changes in no other way (J2, W1).

use super::currency::Currency;
use super::money::Money;
use super::record::{Change, Record, TariffId, Terms};

/// Where a wallet lives: its partition, and its number there in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletId {
    pub partition: u8,
    pub number: u32,
}

/// Whether admitted traffic goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Suspended,
}

impl Status {
    /// RULES, section 6: above 0 active, 0 or below suspended.
    pub fn of_balance(balance: Money) -> Status {
        if balance.is_positive() { Status::Active } else { Status::Suspended }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Suspended => "suspended",
        }
    }
}

/// What decisions need to know of a wallet. Its id in the interface and its name are the directory's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    pub id: WalletId,
    pub currency: Currency,
    /// An IANA name.
    pub time_zone: Box<str>,
    pub tariff: TariffId,
    pub status: Status,
    pub balance: Money,
    /// The number of its last entry, 0 before the first.
    pub seq: u64,
    /// The number of its last record.
    pub records: u64,
}

/// A record that cannot follow what the wallet already holds: the journal is damaged or was folded out of order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("record {found} follows record {last} of wallet {wallet:?}")]
    Number { wallet: WalletId, last: u64, found: u64 },
    #[error("entry {seq} of wallet {wallet:?} does not continue its balance and numbering")]
    Entry { wallet: WalletId, seq: u64 },
    #[error("wallet {wallet:?} was opened twice")]
    OpenedTwice { wallet: WalletId },
}

impl Wallet {
    /// A wallet just opened, its opening record folded. A new wallet starts suspended (RULES, section 6).
    pub fn opened(id: WalletId, terms: &Terms<'_>) -> Wallet {
        Wallet {
            id,
            currency: terms.currency,
            time_zone: terms.time_zone.into(),
            tariff: terms.tariff,
            status: Status::Suspended,
            balance: Money::ZERO,
            seq: 0,
            records: 1,
        }
    }

    /// What may be spent.
    pub fn available(&self) -> Money {
        self.balance
    }

    /// Folds the next record. Total: whatever does not continue the wallet exactly is a [`Misfit`]
    /// and changes nothing.
    pub fn apply(&mut self, record: &Record<'_>) -> Result<(), Misfit> {
        if record.number != self.records.wrapping_add(1) {
            return Err(Misfit::Number { wallet: self.id, last: self.records, found: record.number });
        }
        match &record.change {
            Change::Opened(_) => return Err(Misfit::OpenedTwice { wallet: self.id }),
            Change::TermsSet(terms) => {
                self.currency = terms.currency;
                self.time_zone = terms.time_zone.into();
                self.tariff = terms.tariff;
            }
            Change::Entry(entry) => {
                let continues = entry.seq == self.seq.wrapping_add(1)
                    && self.balance.checked_add(entry.amount) == Some(entry.balance_after);
                if !continues {
                    return Err(Misfit::Entry { wallet: self.id, seq: entry.seq });
                }
                self.seq = entry.seq;
                self.balance = entry.balance_after;
            }
            Change::Blocked { .. } => {}
            Change::Suspended => self.status = Status::Suspended,
            Change::Resumed => self.status = Status::Active,
        }
        self.records = record.number;
        Ok(())
    }
}
