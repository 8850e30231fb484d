//! The directory: every wallet by its id, with the terms and the balance published for readers.
//! It never takes part in a decision; what it shows is durable (J1).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use compact_str::CompactString;
use hashbrown::HashTable;
use parking_lot::{RwLock, RwLockReadGuard};
use smallvec::SmallVec;

use crate::domain::address::Address;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::record::TariffId;
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Status, Wallet, WalletId};
use crate::store::together::bring;

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
///
/// It holds what rating asks for, which hardly ever changes and is read without a lock: one line of the cache, which stays
/// with all cores because nothing that every change writes, no count of who holds it either, stands on it.
#[derive(Debug)]
pub struct Cell {
    /// In place up to 24 bytes.
    pub wallet: CompactString,
    pub id: WalletId,
    /// The [`TariffId`] among what is published.
    tariff: AtomicU32,
    /// Whether the wallet rents numbers.
    rents: AtomicBool,
    shown: Box<Shown>,
}

/// What readers see of a wallet: every change writes it.
#[derive(Debug)]
struct Shown(RwLock<Published>);

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
    cells: RwLock<HashTable<Arc<Cell>>>,
    hasher: ahash::RandomState,
    /// The same by partition and number, which are dense.
    places: RwLock<Vec<Vec<Option<Arc<Cell>>>>>,
}

/// The directory as one request reads it: wallets are opened between its looks, not during them.
pub struct Reader<'d> {
    directory: &'d Directory,
    cells: RefCell<(RwLockReadGuard<'d, HashTable<Arc<Cell>>>, u32)>,
}

/// Wallets that are worth asking for together: few enough to stay in the nearest cache.
pub const TOUCHED_AT_A_TIME: usize = 32;
/// Wallets whose numbers are published together.
const PUBLISHED_AT_A_TIME: usize = 64;

/// Looks after which a reader lets those through who wait to open a wallet: a request may hold 100,000 events.
const LOOKS_AT_A_TIME: u32 = 256;

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
        Cell {
            wallet: wallet.into(),
            id,
            tariff: AtomicU32::new(published.tariff.0),
            rents: AtomicBool::new(published.rented.is_some()),
            shown: Box::new(Shown(RwLock::new(published))),
        }
    }

    pub fn read(&self) -> Published {
        self.shown.0.read().clone()
    }

    pub fn tariff_and_rented(&self) -> (TariffId, Option<Arc<Rented>>) {
        let rented = || self.shown.0.read().rented.clone();
        let rents = self.rents.load(Ordering::Acquire);
        (TariffId(self.tariff.load(Ordering::Acquire)), if rents { rented() } else { None })
    }

    /// Publishes which numbers the wallet rents.
    pub fn publish_rented(&self, rented: Option<Arc<Rented>>) {
        let rents = rented.is_some();
        let mut published = self.shown.0.write();
        published.rented = rented;
        self.rents.store(rents, Ordering::Release);
    }

    /// Publishes new terms that have become durable.
    pub fn publish_terms(&self, name: &str, wallet: &Wallet) {
        let mut published = self.shown.0.write();
        published.name = name.into();
        published.time_zone = wallet.time_zone.clone();
        published.currency = wallet.currency;
        published.tariff = wallet.tariff;
        self.tariff.store(wallet.tariff.0, Ordering::Release);
    }
}

impl Shown {
    fn publish(&self, numbers: &Numbers) {
        let mut published = self.0.write();
        published.balance = numbers.balance;
        published.held = numbers.held;
        published.owed = numbers.owed;
        published.status = numbers.status;
        published.seq = numbers.seq;
        published.as_of = numbers.as_of;
    }
}

/// The part of a wallet that every entry changes.
#[derive(Clone, Copy, Debug, Default)]
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
        self.look_up(&self.cells.read(), wallet).cloned()
    }

    /// Calls `look` with the wallet's cell, without taking a count of it.
    pub fn with<T>(&self, wallet: &str, look: impl FnOnce(&Cell) -> T) -> Option<T> {
        self.look_up(&self.cells.read(), wallet).map(|cell| look(cell))
    }

    /// For many looks in a row. Whoever holds it must not ask the directory itself meanwhile, nor wait for anything.
    pub fn reader(&self) -> Reader<'_> {
        Reader { directory: self, cells: RefCell::new((self.cells.read(), 0)) }
    }

    fn look_up<'c>(&self, cells: &'c HashTable<Arc<Cell>>, wallet: &str) -> Option<&'c Arc<Cell>> {
        cells.find(self.hasher.hash_one(wallet), |cell| cell.wallet == wallet)
    }

    /// The wallet that lives there.
    pub fn find_id(&self, id: WalletId) -> Option<Arc<Cell>> {
        Directory::place(&self.places.read(), id).cloned()
    }

    fn place(places: &[Vec<Option<Arc<Cell>>>], id: WalletId) -> Option<&Arc<Cell>> {
        places.get(usize::from(id.partition))?.get(id.number as usize)?.as_ref()
    }

    /// Publishes what has become durable of some wallets' numbers. They are found here: whoever decides would have to take a
    /// count of each, on a line of the cache that whoever publishes has written.
    pub fn publish(&self, numbers: &[(WalletId, Numbers)]) {
        let places = self.places.read();
        for some in numbers.chunks(PUBLISHED_AT_A_TIME) {
            // What one look leads to is left for the next.
            let found = some.iter().map(|(id, numbers)| (Directory::place(&places, *id), numbers));
            let found: SmallVec<[_; PUBLISHED_AT_A_TIME]> =
                found.filter_map(|(cell, numbers)| Some((&**cell?, numbers))).collect();
            bring(found.iter().map(|(cell, _)| cell.id.number.into()));
            bring(found.iter().map(|(cell, _)| cell.shown.0.is_locked().into()));
            found.iter().for_each(|(cell, numbers)| cell.shown.publish(numbers));
        }
    }

    pub fn insert(&self, cell: Arc<Cell>) {
        let mut places = self.places.write();
        let (partition, number) = (usize::from(cell.id.partition), cell.id.number as usize);
        if places.len() <= partition {
            places.resize(partition + 1, Vec::new());
        }
        let of_partition = &mut places[partition];
        if of_partition.len() <= number {
            of_partition.resize(number + 1, None);
        }
        of_partition[number] = Some(Arc::clone(&cell));
        drop(places);
        let hash = |cell: &Arc<Cell>| self.hasher.hash_one(cell.wallet.as_str());
        let mut cells = self.cells.write();
        match cells.entry(hash(&cell), |other| other.wallet == cell.wallet, hash) {
            hashbrown::hash_table::Entry::Occupied(mut known) => *known.get_mut() = cell,
            hashbrown::hash_table::Entry::Vacant(vacant) => drop(vacant.insert(cell)),
        }
    }

    pub fn len(&self) -> usize {
        self.cells.read().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Reader<'_> {
    /// Has the cells of some wallets brought from memory: asked for together, it answers in about the time of one.
    pub fn touch<'w>(&self, wallets: impl Iterator<Item = &'w str>) {
        let Reader { directory, cells } = self;
        let (cells, _) = &*cells.borrow();
        let hash = |wallet| directory.hasher.hash_one::<&str>(wallet);
        // Where they stand, without a look at any: a cell of another wallet does no harm.
        let likely: SmallVec<[_; TOUCHED_AT_A_TIME]> =
            wallets.filter_map(|wallet| cells.iter_hash(hash(wallet)).next()).collect();
        bring(likely.iter().map(|cell| cell.id.number.into()));
    }

    /// Calls `look` with the wallet's cell.
    pub fn with<T>(&self, wallet: &str, look: impl FnOnce(&Cell) -> T) -> Option<T> {
        let (cells, looks) = &mut *self.cells.borrow_mut();
        *looks += 1;
        if looks.is_multiple_of(LOOKS_AT_A_TIME) {
            RwLockReadGuard::bump(cells);
        }
        self.directory.look_up(cells, wallet).map(|cell| look(cell))
    }
}
