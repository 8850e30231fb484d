//! A journal of random commands, and what a naive fold of it comes to.

use std::collections::BTreeMap;

use super::usage::Usage;
use super::*;
use crate::domain::decide::Command;
use crate::domain::deed::{Act, Deed};
use crate::domain::event::{Direction, Event, Happening, Mode, Name};
use crate::domain::house::HouseRecord;
use crate::domain::identity::{Fingerprint, Named, Remembered, Taken, Verdict};
use crate::domain::money::Money;
use crate::domain::record::{Adjustment, Cause, Entry, Lack, TariffId};
use crate::domain::samples::lives::{ENDPOINTS, Lived};
use crate::domain::samples::{TERMS, event, message, price};
use crate::domain::time::Span;
use crate::journal::embedded::{self, Embedded};
use crate::journal::frame::FrameBuilder;
use crate::journal::rows::{put_house, put_record};
use crate::journal::samples::burnt_ids;
use crate::journal::{Append, Log, Sealed};
use crate::store::keys::{Document, Generation, SINGLE};
use crate::store::rows::PostedRow;

pub const PARTITIONS: u8 = 3;
pub use crate::domain::samples::lives::SECRET;
const WALLETS_MAX: usize = 12;
/// Ahead of UTC and behind it, in half and quarter hours.
const ZONES: [&str; 4] = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"];

/// All that views tell.
#[derive(Default)]
pub struct Told {
    pub snapshots: BTreeMap<WalletId, Snapshot>,
    pub names: BTreeMap<String, (WalletId, String)>,
    pub entries: BTreeMap<(WalletId, u64), Vec<u8>>,
    pub ids: BTreeMap<Generation, BTreeMap<Key, Remembered>>,
    pub house: Vec<Vec<u8>>,
    /// By wallet, kind and number.
    pub documents: BTreeMap<(WalletId, Document, u64), Vec<u8>>,
    /// By endpoint, wallet and alert.
    pub deliveries: BTreeMap<(u32, WalletId, u64), Vec<u8>>,
    pub payments: BTreeMap<String, (WalletId, u64)>,
    pub usage: Usage,
    /// By when it was posted, wallet and record; of the house by its place.
    pub audit: BTreeMap<(Timestamp, WalletId, u64), Vec<u8>>,
}

/// What views tell, read through their own look-ups.
pub fn told(views: &Views) -> Told {
    let mut told = Told::default();
    let insert = |snapshot: Snapshot| {
        told.snapshots.insert(snapshot.wallet.id, snapshot);
        Ok(())
    };
    views.each_snapshot(insert).unwrap();
    for named in views.wallets("", usize::MAX).unwrap() {
        told.names.insert(named.wallet.into(), (named.id, named.display.into()));
    }
    let insert = |id, seq, row: &[u8]| {
        told.entries.insert((id, seq), row.to_vec());
        Ok(())
    };
    views.each_entry(insert).unwrap();
    for generation in views.generations() {
        let ids = told.ids.entry(generation).or_default();
        let insert = |key, value: &[u8]| {
            ids.insert(key, rows::decode_remembered(value).unwrap());
            Ok(())
        };
        views.each_id(generation, insert).unwrap();
    }
    told.house = views.house().unwrap().into_iter().map(|row| row.0).collect();
    for id in told.snapshots.keys() {
        for kind in
            [Document::Hold, Document::Number, Document::Attempt, Document::Alert, Document::Correction]
        {
            for row in views.documents(*id, kind, 0, usize::MAX).unwrap() {
                let (of, number) = document(&row.record().unwrap().change).expect("a document");
                assert_eq!(of, kind);
                assert_eq!(views.document(*id, kind, number).unwrap().as_ref(), Some(&row));
                told.documents.insert((*id, kind, number), row.0);
            }
        }
        for kind in [Document::AutoTopUp, Document::Method, Document::Levels] {
            if let Some(row) = views.document(*id, kind, SINGLE).unwrap() {
                told.documents.insert((*id, kind, SINGLE), row.0);
            }
        }
    }
    let acts = views.acts_back(&[0; 21], &[u8::MAX; 21], |act| {
        told.audit.insert(keys::split_act(&act.key).unwrap(), act.row().0);
        Ok(true)
    });
    acts.unwrap();
    for endpoint in ENDPOINTS {
        for (id, row) in views.deliveries(endpoint, None, usize::MAX).unwrap() {
            let Change::Delivery(delivery) = row.record().unwrap().change else { panic!("a delivery") };
            assert_eq!(delivery.endpoint, endpoint);
            told.deliveries.insert((endpoint, id, delivery.alert), row.0);
        }
    }
    told
}

/// The document that a change carries.
fn document(change: &Change<'_>) -> Option<(Document, u64)> {
    match change {
        Change::Hold(hold) => Some((Document::Hold, hold.number)),
        Change::Number(number) => Some((Document::Number, number.rental)),
        Change::Attempt(attempt) => Some((Document::Attempt, attempt.number)),
        Change::Alert(alert) => Some((Document::Alert, alert.number)),
        Change::AutoTopUp(_) => Some((Document::AutoTopUp, SINGLE)),
        Change::Method(_) => Some((Document::Method, SINGLE)),
        Change::Levels(_) => Some((Document::Levels, SINGLE)),
        Change::Entry(Entry { cause: Cause::Correction(correction), .. }) => {
            Some((Document::Correction, correction.of))
        }
        _ => None,
    }
}

/// A journal, and what has been written into it.
pub struct World {
    pub journal: Embedded,
    pub told: Told,
    /// By commit.
    pub heads_after: Vec<Vec<Head>>,
    /// When the next commit is posted.
    pub now: Timestamp,
    wallets: Vec<Lived>,
    events: u64,
    _folder: tempfile::TempDir,
}

/// One frame for each partition that has rows.
type Frames = BTreeMap<u8, FrameBuilder>;

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Embedded::open(&embedded::Settings {
            folder: folder.path().to_owned(),
            partitions: PARTITIONS,
            write_buffer_bytes: 1 << 20,
        })
        .unwrap();
        World {
            journal,
            told: Told::default(),
            heads_after: vec![vec![Head::default(); PARTITIONS.into()]],
            now: NOW,
            wallets: Vec::new(),
            events: 0,
            _folder: folder,
        }
    }

    /// The end of the journal.
    pub fn end(&self) -> Mark {
        Mark { commit: self.journal.commit(), heads: self.heads_after.last().unwrap().clone() }
    }

    /// Decides so many random commands and appends what they posted as one commit.
    pub fn commit(&mut self, random: &mut Random, commands: u64) {
        self.now = later(self.now, 1 + random.below(3_600) as i64 * SECOND);
        let mut frames = Frames::new();
        for _ in 0..commands {
            let wanted = random.below(WALLETS_MAX as u64) as usize;
            if wanted >= self.wallets.len() {
                self.open(&mut frames);
            } else if random.percent(3) {
                self.house(&mut frames);
            } else {
                self.command(wanted, random, &mut frames);
            }
        }
        if frames.is_empty() {
            self.house(&mut frames);
        }
        self.append(frames);
    }

    /// Charges one event under a given id, in a commit of its own.
    pub fn charge(&mut self, id: &str, posted_at: Timestamp) -> (Key, Remembered) {
        self.now = posted_at;
        let mut frames = Frames::new();
        if self.wallets.is_empty() {
            self.open(&mut frames);
        }
        let event = event(id, Happening::Message(message(Direction::Outbound, 1)), Mode::Report);
        let event = Event { occurred_at: posted_at, ..event };
        let price = Some(price(Money::from_nanos(1), Money::ZERO));
        self.decide(0, &Command::Post { event, price, early: None }, &mut frames);
        self.append(frames);
        let key = SECRET.key(self.wallets[0].wallet.id, Named::Event(event.name));
        (key, self.told.ids[&Generation::of(posted_at)][&key].clone())
    }

    /// Appends one row as it is, in a frame of its own.
    pub fn append_row(&mut self, partition: u8, row: &[u8]) {
        let mut frame = FrameBuilder::default();
        frame.push(|out| out.extend_from_slice(row));
        self.append(Frames::from([(partition, frame)]));
    }

    fn append(&mut self, frames: Frames) {
        let mut heads = self.heads_after.last().unwrap().clone();
        let known = self.heads_after.len().is_multiple_of(2);
        let seal = |(partition, mut frame): (u8, FrameBuilder)| {
            let (rows, head) = (frame.rows(), &mut heads[usize::from(partition)]);
            let bytes: bytes::Bytes = frame.seal(partition, head, self.now).into();
            // Of every other commit, so that some are hashed by the builder.
            let ids = if known { burnt_ids(&SECRET, &bytes) } else { Vec::new() };
            Sealed { partition, number: head.number, rows, bytes, ids: ids.into() }
        };
        let sealed: Vec<_> = frames.into_iter().map(seal).collect();
        assert_eq!(self.journal.append(&sealed), Append::Durable);
        self.heads_after.push(heads);
    }

    fn open(&mut self, frames: &mut Frames) {
        let place = self.wallets.len();
        let id = WalletId {
            partition: place as u8 % PARTITIONS,
            number: (place / usize::from(PARTITIONS)) as u32,
        };
        let wallet: &'static str = format!("wallet-{place}").leak();
        let terms = Terms { wallet, name: "new", time_zone: ZONES[place % ZONES.len()], ..TERMS };
        let record = Record { number: 1, occurred_at: self.now, change: Change::Opened(terms) };
        self.wallets.push(Lived::new(id, &terms, place as u64, self.now));
        self.wrote(place, &record, frames);
    }

    fn house(&mut self, frames: &mut Frames) {
        let record =
            HouseRecord::KeyRevoked { id: &format!("key-{}", self.told.house.len()), actor: "key_1" };
        let mut row = Vec::new();
        put_house(&mut row, &record, self.now);
        frames.entry(0).or_default().push(|out| out.extend_from_slice(&row));
        let place = (self.now, keys::HOUSE_ACTS, self.told.house.len() as u64);
        self.told.audit.insert(place, PostedRow::new(self.now, &row).0);
        self.told.house.push(PostedRow::new(self.now, &row).0);
    }

    fn command(&mut self, place: usize, random: &mut Random, frames: &mut Frames) {
        if random.percent(50) {
            self.wallets[place].now = self.now;
            for record in self.wallets[place].act().into_iter().flat_map(|step| step.records) {
                self.wrote(place, &record, frames);
            }
            return;
        }
        self.events += 1;
        let id = format!("id-{}", self.events);
        let amount = Money::from_nanos(1 + random.below(40) as i64);
        let (wallet, name) = (format!("wallet-{place}"), format!("name-{}", self.events));
        let command = match random.below(20) {
            0 => {
                let (tariff, time_zone) = (TariffId(random.below(3) as u32), ZONES[place % ZONES.len()]);
                let terms = Terms { wallet: &wallet, name: &name, tariff, time_zone, ..TERMS };
                Command::SetTerms(terms)
            }
            1 | 2 => Command::Adjust(Adjustment {
                idempotency_key: &id,
                amount: Money::from_nanos(random.below(600) as i64 - 100),
                reason: "by hand",
                actor: "key_1",
                of: 0,
            }),
            _ => {
                let direction = random.pick(&[Direction::Outbound, Direction::Inbound]);
                let mode = random.pick(&[Mode::Admit, Mode::Admit, Mode::Report]);
                let event = event(&id, Happening::Message(message(direction, 1)), mode);
                let source = random.pick(&["", "carrier-1"]);
                let occurred_at = later(self.now, 240 * SECOND - random.below(1_000) as i64 * SECOND);
                let campaign = random.pick(&["", "spring", "autumn"]);
                let event = Event { name: Name { source, ..event.name }, occurred_at, campaign, ..event };
                Command::Post { event, price: Some(price(amount, Money::ZERO)), early: None }
            }
        };
        self.decide(place, &command, frames);
        if random.percent(20) {
            self.deed(place, frames);
        }
    }

    fn deed(&mut self, place: usize, frames: &mut Frames) {
        let wallet = &mut self.wallets[place].wallet;
        let deed = Deed { actor: "key_1", action: Act::ExportMade, about: "usage.csv" };
        let change = Change::Deed(Box::new(deed));
        let record = Record { number: wallet.records + 1, occurred_at: self.now, change };
        wallet.apply(&record).unwrap();
        self.wrote(place, &record, frames);
    }

    fn decide(&mut self, place: usize, command: &Command<'_>, frames: &mut Frames) {
        self.wallets[place].now = self.now;
        for record in self.wallets[place].take(command).into_iter().flatten() {
            self.wrote(place, &record, frames);
        }
    }

    /// A record goes into its frame, and what it means into what views should tell.
    fn wrote(&mut self, place: usize, record: &Record<'_>, frames: &mut Frames) {
        let wallet = &self.wallets[place].wallet;
        let id = wallet.id;
        let mut row = Vec::new();
        put_record(&mut row, id.number, record);
        frames.entry(id.partition).or_default().push(|out| out.extend_from_slice(&row));
        self.told.snapshots.insert(id, Snapshot { wallet: wallet.clone(), as_of: self.now });
        if let Change::Opened(terms) | Change::TermsSet(terms) = &record.change {
            self.told.names.insert(terms.wallet.to_owned(), (id, terms.name.to_owned()));
        }
        if let Change::Entry(entry) = &record.change {
            self.told.entries.insert((id, entry.seq), PostedRow::new(self.now, &row).0);
        }
        self.told.usage.count(id, wallet, record, self.now);
        let asked_for = match &record.change {
            Change::Deed(_) => true,
            Change::Entry(entry) => matches!(entry.cause, Cause::Adjustment(_)),
            _ => false,
        };
        if asked_for {
            self.told.audit.insert((self.now, id, record.number), PostedRow::new(self.now, &row).0);
        }
        self.documented(id, &record.change, &row);
        if let Change::Course(set) = &record.change {
            let ids = self.told.ids.entry(Generation::of(self.now)).or_default();
            ids.insert(SECRET.key(id, Named::Event(set.message)), set.remembered.clone());
        }
        if let Some((named, fingerprint, verdict)) = burnt(&record.change) {
            let kept_until = record.occurred_at.max(self.now).plus(Span::from_days(35));
            let remembered = Remembered { fingerprint, verdict, kept_until, course: None };
            let ids = self.told.ids.entry(Generation::of(self.now)).or_default();
            ids.insert(SECRET.key(id, named), remembered);
        }
    }
}

impl World {
    fn documented(&mut self, id: WalletId, change: &Change<'_>, row: &[u8]) {
        let row = PostedRow::new(self.now, row).0;
        if let Change::Attempt(attempt) = change
            && !attempt.payment.is_empty()
        {
            self.told.payments.insert(attempt.payment.to_string(), (id, attempt.number));
        }
        if let Some((kind, number)) = document(change) {
            self.told.documents.insert((id, kind, number), row);
        } else if let Change::Delivery(delivery) = change {
            self.told.deliveries.insert((delivery.endpoint, id, delivery.alert), row);
        }
    }
}

/// The id that a change burns, and how it ended.
fn burnt<'a>(change: &Change<'a>) -> Option<(Named<'a>, Fingerprint, Verdict)> {
    match change {
        Change::Entry(entry) => Some(match &entry.cause {
            Cause::Message { event, .. } | Cause::CarrierFee { event } => {
                let amount = entry.amount.checked_neg().unwrap();
                let verdict = Verdict { outcome: Taken::Posted, amount, seq: entry.seq };
                (Named::Event(event.name), SECRET.fingerprint(event), verdict)
            }
            Cause::Adjustment(adjustment) => {
                let verdict = Verdict { outcome: Taken::Posted, amount: entry.amount, seq: entry.seq };
                (
                    Named::Idempotency(adjustment.idempotency_key),
                    SECRET.adjustment_fingerprint(adjustment),
                    verdict,
                )
            }
            _ => return None,
        }),
        Change::Blocked { event, reason } => {
            let outcome = match reason {
                Lack::Suspended => Taken::BlockedSuspended,
                Lack::InsufficientBalance => Taken::BlockedInsufficientBalance,
                Lack::NumberReleased => panic!("refused, and never blocked: {event:?}"),
            };
            let verdict = Verdict { outcome, amount: Money::ZERO, seq: 0 };
            Some((Named::Event(event.name), SECRET.fingerprint(event), verdict))
        }
        Change::Status(taken) => {
            Some((Named::Event(taken.event.name), SECRET.fingerprint(&taken.event), taken.verdict))
        }
        _ => None,
    }
}
