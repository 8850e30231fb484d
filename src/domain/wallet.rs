//! A wallet: one prepaid balance, and how a record changes it. It changes in no other way (J2, W1).

use super::currency::Currency;
use super::life::hold::Hold;
use super::life::{Life, Timer};
use super::money::Money;
use super::record::{Change, Record, TariffId, Terms};
use super::time::Timestamp;

/// Where a wallet lives: its partition, and its number there in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletId {
    pub partition: u8,
    pub number: u32,
}

/// Whether admitted traffic goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Status {
    #[default]
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
    /// The sum of what open holds set aside.
    pub held: Money,
    /// The number of its last alert.
    pub alerts: u64,
    /// When something falls due for it next; [`Timestamp::NEVER`] where nothing does.
    pub due_at: Timestamp,
    /// Nothing but the balance changes while the balance stays above the first and what is available above the second.
    pub watch: Watch,
    /// `None` for a wallet that has never had anything but a balance.
    pub life: Option<Box<Life>>,
}

/// Where a step has to look closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// The highest armed level of low balance, 0 at least: the status turns there.
    pub balance: Money,
    /// Where automatic top-up fires.
    pub available: Money,
}

impl Watch {
    pub const NOTHING: Watch = Watch { balance: Money::ZERO, available: Money::MIN };
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
    #[error("hold {hold} of wallet {wallet:?} sets aside more than an amount can be")]
    Held { wallet: WalletId, hold: u64 },
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
            held: Money::ZERO,
            alerts: 0,
            due_at: Timestamp::NEVER,
            watch: Watch::NOTHING,
            life: None,
        }
    }

    /// What may be spent: the balance less what is held. A sum that no amount can be is the least that one can.
    pub fn available(&self) -> Money {
        self.balance.checked_sub(self.held).unwrap_or(Money::MIN)
    }

    /// Its life; one that has not begun where there is none.
    pub fn life_mut(&mut self) -> &mut Life {
        self.life.get_or_insert_default()
    }

    /// Works out again what follows from the wallet's life: for one that was read from a store.
    pub fn derive(&mut self) {
        let Some(life) = &self.life else {
            (self.due_at, self.watch) = (Timestamp::NEVER, Watch::NOTHING);
            return;
        };
        self.due_at = life.next_due().map_or(Timestamp::NEVER, |due| due.at);
        let level = life.armed_level().unwrap_or(Money::ZERO);
        // What time changes is posted first, and this derived again.
        let available = if life.auto_may_fire(Timestamp::EARLIEST) { life.auto.minimum } else { Money::MIN };
        self.watch = Watch { balance: level.max(Money::ZERO), available };
    }

    /// What falls due at `now` or before, first of all.
    pub fn due_by(&self, now: Timestamp) -> Option<(Timestamp, Timer, u64)> {
        if self.due_at > now {
            return None;
        }
        self.life.as_ref()?.next_due().map(|due| (due.at, due.timer, due.id))
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
            Change::Blocked { .. }
            | Change::Status(_)
            | Change::Course(_)
            | Change::Request(_)
            | Change::Deed(_) => {}
            Change::Suspended => self.status = Status::Suspended,
            Change::Resumed => self.status = Status::Active,
            Change::Alert(alert) => self.alerts = self.alerts.max(alert.number),
            change => self.apply_to_life(change)?,
        }
        self.records = record.number;
        Ok(())
    }

    fn apply_to_life(&mut self, change: &Change<'_>) -> Result<(), Misfit> {
        match change {
            Change::Hold(hold) => {
                self.held =
                    self.held_with(hold).ok_or(Misfit::Held { wallet: self.id, hold: hold.number })?;
                self.life_mut().put_hold(hold);
            }
            Change::Number(number) => self.life_mut().put_number(number),
            Change::Attempt(attempt) => self.life_mut().put_attempt(attempt),
            Change::Delivery(delivery) => self.life_mut().put_delivery(delivery),
            Change::Method(method) => self.life_mut().method = Some(method.as_ref().clone()),
            Change::AutoTopUp(auto) => self.life_mut().set_auto(auto),
            Change::Levels(levels) => self.life_mut().levels = levels.as_ref().clone(),
            _ => {}
        }
        self.derive();
        Ok(())
    }

    /// What is held once `hold` is as it is.
    fn held_with(&self, hold: &Hold) -> Option<Money> {
        let before = self.life.as_ref().and_then(|life| life.holds.get(&hold.number));
        let before = before.map_or(Money::ZERO, |before| before.remaining);
        self.held.checked_sub(before)?.checked_add(hold.remaining)
    }
}
