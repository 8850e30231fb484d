//! The directory: every wallet by its id, with the terms and the balance published for readers.
//! It never takes part in a decision; what it shows is durable (J1).

use std::collections::BTreeMap;
use std::sync::Arc;

use dashmap::DashMap;
use parking_lot::RwLock;

use crate::domain::address::Address;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::record::TariffId;
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, Wallet, WalletId};

/// A wallet as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub name: Box<str>,
    pub time_zone: Box<str>,
    pub currency: Currency,
    pub tariff: TariffId,
    pub status: Status,
    pub balance: Money,
    pub held: Money,
    /// The sum of unpaid fees.
    pub owed: Money,
    pub seq: u64,
    /// When its last change was posted.
    pub as_of: Timestamp,
    /// What rating asks for: the numbers that it rents.
    pub rented: Option<Arc<Rented>>,
}

/// A wallet's place in the directory.
#[derive(Debug)]
pub struct Cell {
    pub wallet: Box<str>,
    pub id: WalletId,
    published: RwLock<Published>,
}

/// The numbers that a wallet rents, and as what.
pub type Rented = BTreeMap<Address, SenderType>;

/// The numbers that a wallet rents; `None` where there are none.
pub fn rented(wallet: &Wallet) -> Option<Arc<Rented>> {
    let numbers = wallet.life.as_ref()?.numbers.values().filter(|number| number.is_rented());
    let rented: Rented = numbers.map(|number| (number.number, number.sender_type)).collect();
    (!rented.is_empty()).then(|| Arc::new(rented))
}

/// All wallets by their ids in the interface.
#[derive(Debug, Default)]
pub struct Directory {
    cells: DashMap<Box<str>, Arc<Cell>, ahash::RandomState>,
    /// The same by partition and number, which are dense.
    places: DashMap<u8, Vec<Option<Arc<Cell>>>, ahash::RandomState>,
}

impl Published {
    /// A wallet as it was when it last changed, at `as_of`.
    pub fn of(wallet: &Wallet, name: Box<str>, as_of: Timestamp) -> Published {
        let Numbers { balance, held, owed, status, seq, .. } = Numbers::of(wallet, as_of);
        let (time_zone, currency, tariff) = (wallet.time_zone.clone(), wallet.currency, wallet.tariff);
        let rented = rented(wallet);
        Published { name, time_zone, currency, tariff, status, balance, held, owed, seq, as_of, rented }
    }

    /// What may be spent.
    pub fn available(&self) -> Money {
        self.balance.checked_sub(self.held).unwrap_or(Money::MIN)
    }
}

impl Cell {
    pub fn new(wallet: &str, id: WalletId, published: Published) -> Cell {
        Cell { wallet: wallet.into(), id, published: RwLock::new(published) }
    }

    pub fn read(&self) -> Published {
        self.published.read().clone()
    }

    pub fn tariff_and_rented(&self) -> (TariffId, Option<Arc<Rented>>) {
        let published = self.published.read();
        (published.tariff, published.rented.clone())
    }

    /// Publishes which numbers the wallet rents.
    pub fn publish_rented(&self, rented: Option<Arc<Rented>>) {
        self.published.write().rented = rented;
    }

    /// Publishes what has become durable of a wallet's numbers.
    pub fn publish(&self, numbers: &Numbers) {
        let mut published = self.published.write();
        published.balance = numbers.balance;
        published.held = numbers.held;
        published.owed = numbers.owed;
        published.status = numbers.status;
        published.seq = numbers.seq;
        published.as_of = numbers.as_of;
    }

    /// Publishes new terms that have become durable.
    pub fn publish_terms(&self, name: &str, wallet: &Wallet) {
        let mut published = self.published.write();
        published.name = name.into();
        published.time_zone = wallet.time_zone.clone();
        published.currency = wallet.currency;
        published.tariff = wallet.tariff;
    }
}

/// The part of a wallet that every entry changes.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub balance: Money,
    pub held: Money,
    pub owed: Money,
    pub status: Status,
    pub seq: u64,
    pub as_of: Timestamp,
}

impl Numbers {
    pub fn of(wallet: &Wallet, as_of: Timestamp) -> Numbers {
        let owed = wallet.life.as_ref().map_or(Money::ZERO, |life| life.owed());
        let Wallet { balance, held, status, seq, .. } = *wallet;
        Numbers { balance, held, owed, status, seq, as_of }
    }
}

impl Directory {
    pub fn find(&self, wallet: &str) -> Option<Arc<Cell>> {
        self.cells.get(wallet).map(|cell| Arc::clone(&cell))
    }

    /// Calls `look` with the wallet's cell, without taking a count of it.
    pub fn with<T>(&self, wallet: &str, look: impl FnOnce(&Cell) -> T) -> Option<T> {
        self.cells.get(wallet).map(|cell| look(&cell))
    }

    /// The wallet that lives there.
    pub fn find_id(&self, id: WalletId) -> Option<Arc<Cell>> {
        self.places.get(&id.partition)?.get(id.number as usize)?.clone()
    }

    pub fn insert(&self, cell: Arc<Cell>) {
        let (mut places, number) =
            (self.places.entry(cell.id.partition).or_default(), cell.id.number as usize);
        if places.len() <= number {
            places.resize(number + 1, None);
        }
        places[number] = Some(Arc::clone(&cell));
        drop(places);
        self.cells.insert(cell.wallet.clone(), cell);
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}
