//! A wallet that lives through random commands and traffic, its journal, and the views built from it.

use std::sync::Arc;

use crate::domain::address::Address;
use crate::domain::calendar::Zone;
use crate::domain::currency::Currency;
use crate::domain::decide::Command;
use crate::domain::event::{Direction, Event, Happening, Kind, Mode, Name};
use crate::domain::money::Money;
use crate::domain::record::{Change, Record, Terms};
use crate::domain::samples::lives::{Lived, SECRET};
use crate::domain::samples::{NOW, Random, TERMS, event, later, message, price};
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::journal::embedded::{Embedded, Settings as JournalSettings};
use crate::journal::frame::{FrameBuilder, Head};
use crate::journal::rows::put_record;
use crate::journal::{Append, Log as _, Sealed};
use crate::store::builder::Builder;
use crate::store::pinned::Pinned;
use crate::store::views::{Settings, Views};
use crate::usage::export::Export;
use crate::usage::query::Query;

pub const DAY: i64 = 86_400_000_000_000;
pub const CHANNELS: [&str; 3] = ["+14155550100", "-Acme", "12345"];
pub const CAMPAIGNS: [&str; 4] = ["", "spring, \"big\"", "=1+1", "אביב\u{202e}🌷"];
const TAGS: [&str; 3] = ["", r#"{"a":"b,\"c\"\r\n"}"#, r#"{"team":"=cmd"}"#];
const IDS: [&str; 4] = ["m", "=HYPERLINK(\"x\")", "'quoted", "\u{ff1d}1"];

pub struct World {
    /// Every record, with when it was posted.
    pub posted: Vec<(Timestamp, Record<'static>)>,
    pub pinned: Arc<Pinned>,
    /// Where the records of entries are in `posted`.
    entries: Vec<usize>,
    id: WalletId,
    zone: Zone,
    _folders: [tempfile::TempDir; 2],
}

impl World {
    /// So many steps of a wallet in a zone.
    pub fn of(random: &mut Random, zone: &'static str, steps: u32) -> World {
        let id = WalletId { partition: 0, number: 0 };
        let terms = Terms { time_zone: zone, ..TERMS };
        let mut lived = Lived::new(id, &terms, random.draw(), NOW);
        let opened = Record { number: 1, occurred_at: NOW, change: Change::Opened(terms) };
        let mut posted = vec![(NOW, opened)];
        for step in 0..steps {
            if random.percent(50) {
                let records = lived.go_on().into_iter().flat_map(|step| step.records);
                posted.extend(records.map(|record| (lived.now, record)));
            } else {
                lived.now = later(lived.now, random.below(DAY as u64 / 10) as i64);
                let command = traffic(random, step, lived.now);
                let records = lived.take(&command).into_iter().flatten();
                posted.extend(records.map(|record| (lived.now, record)));
            }
        }
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let journal = journal_of(&folders[0], id, &posted);
        let settings = Settings { folder: folders[1].path().to_owned(), block_cache_bytes: 4 << 20 };
        let views = Arc::new(Views::open(&settings).unwrap());
        let mut builder = Builder::new(Arc::clone(&views), journal.frames(), SECRET, 1).unwrap();
        while builder.pass(1 + random.below(500), |_| ()).unwrap().rows > 0 {}
        let is_entry = |at: &usize| matches!(posted[*at].1.change, Change::Entry(_));
        let entries = (0..posted.len()).filter(is_entry).collect();
        let zone = Zone::named(zone).unwrap();
        World { pinned: Arc::new(views.pin()), entries, id, zone, posted, _folders: folders }
    }

    pub fn id(&self) -> WalletId {
        self.id
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    pub fn first(&self) -> Timestamp {
        self.posted[0].0
    }

    pub fn last(&self) -> Timestamp {
        self.posted[self.posted.len() - 1].0
    }

    pub fn entry(&self, seq: u64) -> &(Timestamp, Record<'static>) {
        &self.posted[self.entries[seq as usize - 1]]
    }

    pub fn export(&self, query: Query) -> Export {
        Export {
            views: Arc::clone(&self.pinned),
            wallet: self.id,
            currency: Currency::USD,
            zone: self.zone.clone(),
            query,
            book: Arc::new(Book::default()),
        }
    }
}

/// A message that is charged in any case: ahead of the clock, late or very late, with texts of all kinds.
fn traffic(random: &mut Random, step: u32, now: Timestamp) -> Command<'static> {
    let id: &'static str = format!("{}-{step}", random.pick(&IDS)).leak();
    let mut told = message(Direction::Outbound, 1);
    told.channel = Address::parse(random.pick(&CHANNELS)).unwrap();
    told.kind = random.pick(Kind::ALL);
    let ahead = match random.below(4) {
        0 => random.below(300) as i64 * 1_000_000_000,
        1 => -(random.below(30 * DAY as u64) as i64),
        _ => -(random.below(DAY as u64 / 20) as i64),
    };
    let event = Event {
        name: Name { id, source: random.pick(&["", "carrier, 1"]) },
        occurred_at: later(now, ahead),
        campaign: random.pick(&CAMPAIGNS),
        tags: random.pick(&TAGS),
        ..event("", Happening::Message(told), Mode::Report)
    };
    let fee = Money::from_nanos(random.below(5) as i64);
    Command::Post {
        event,
        price: Some(price(Money::from_nanos(random.below(1 << 40) as i64), fee)),
        early: None,
    }
}

fn journal_of(folder: &tempfile::TempDir, id: WalletId, posted: &[(Timestamp, Record<'static>)]) -> Embedded {
    let folder = folder.path().to_owned();
    let settings = JournalSettings { folder, partitions: 1, write_buffer_bytes: 1 << 20 };
    let (mut journal, _) = Embedded::open(&settings).unwrap();
    let mut head = Head::default();
    for together in posted.chunk_by(|one, other| one.0 == other.0) {
        let mut frame = FrameBuilder::default();
        for (_, record) in together {
            frame.push(|out| put_record(out, id.number, record));
        }
        let (rows, bytes) = (frame.rows(), frame.seal(id.partition, &mut head, together[0].0).into());
        let sealed =
            Sealed { partition: id.partition, number: head.number, rows, bytes, ids: Default::default() };
        assert_eq!(journal.append(&[sealed]), Append::Durable);
    }
    journal
}
