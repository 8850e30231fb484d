//! Events, prices and wallets for the tests of every floor, and choices that a seed repeats.

use super::address::Address;
use super::currency::Currency;
use super::event::{Direction, Encoding, Event, Happening, Kind, Message, Mode, Name, Units};
use super::money::Money;
use super::rating::Rated;
use super::record::{Adjustment, Price, TariffId, Terms, VersionId};
use super::sender_type::SenderType;
use super::time::Timestamp;
use super::wallet::{Status, Wallet, WalletId};

/// When the samples are decided: some instant long after 1970.
pub const NOW: Timestamp = Timestamp::from_nanos(1_800_000_000_000_000_000);
pub const WALLET: WalletId = WalletId { partition: 3, number: 7 };
pub const TERMS: Terms<'_> =
    Terms { wallet: "acme", name: "Acme", currency: Currency::USD, time_zone: "UTC", tariff: TariffId(0) };

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 up to, and without, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// The seed of `FAREBOX_SEED` alone, or else so many that follow `first`.
pub fn seeds(first: u64, count: u64) -> impl Iterator<Item = u64> {
    let asked = std::env::var("FAREBOX_SEED").ok();
    let asked = asked
        .map(|seed| seed.parse().unwrap_or_else(|_| panic!("FAREBOX_SEED: wanted a number, got {seed:?}")));
    let (first, count) = asked.map_or((first, count), |seed: u64| (seed, 1));
    (0..count).map(move |number| first.wrapping_add(number))
}

pub fn money(text: &str) -> Money {
    Money::parse(text).unwrap_or_else(|error| panic!("{text:?} is no amount: {error}"))
}

pub fn later(at: Timestamp, nanos: i64) -> Timestamp {
    Timestamp::from_nanos(at.nanos() + nanos)
}

/// An SMS of so many segments.
pub fn message(direction: Direction, segments: u8) -> Message {
    Message {
        direction,
        kind: Kind::Sms,
        channel: Address::parse("+14155550100").unwrap(),
        peer: Address::parse("+85291234567").unwrap(),
        units: Units { billed: segments, counted: None, encoding: Some(Encoding::Gsm7) },
        sender_type: SenderType::Local,
        carrier: None,
    }
}

/// An event that happened at [`NOW`].
pub fn event<'a>(id: &'a str, happening: Happening<'a>, mode: Mode) -> Event<'a> {
    Event {
        name: Name { source: "", id },
        happening,
        mode,
        occurred_at: NOW,
        campaign: "",
        tags: "",
        hold: "",
    }
}

pub fn carrier_fee(amount: Money) -> Happening<'static> {
    Happening::CarrierFee { amount, channel: None, reason: "surcharge" }
}

/// The price of a message of one unit.
pub fn price(unit_price: Money, carrier_fee: Money) -> Price {
    let rated = Rated {
        rate_row: 4,
        fee_row: Some(2),
        unit_price,
        price: unit_price,
        carrier_fee,
        country: Some(*b"HK"),
    };
    Price { version: VersionId(1), rated }
}

pub fn adjustment(amount: Money) -> Adjustment<'static> {
    Adjustment { idempotency_key: "credit-1", amount, reason: "opening credit", actor: "key_1" }
}

/// A wallet that came to its balance by one entry: active above 0, suspended at 0 or below.
pub fn wallet(balance: Money) -> Wallet {
    let opened = Wallet::opened(WALLET, &TERMS);
    let status = Status::of_balance(balance);
    Wallet { status, balance, seq: 1, records: if status == Status::Active { 3 } else { 2 }, ..opened }
}
