//! Verifying a data directory while no engine runs: walks the chain from its first frame, rebuilds every balance
//! from the journal, and compares each view (J2, J3, W1).
//!
//! The views stand at the last checkpoint after a crash, so what lies behind their position must be there and
//! what lies ahead of it may be; whatever is there must be exactly what the journal says.

mod usage;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::domain::identity::{Key, Secret};
use crate::domain::record::{Change, Record};
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Wallet, WalletId};
use crate::engine::house::House;
use crate::journal::embedded::Frames;
use crate::journal::frame::{Frame, Head};
use crate::journal::mark::{self, Mark};
use crate::journal::rows::{Row, read};
use crate::store::StoreError;
use crate::store::audit::house_act;
use crate::store::builder::first_snapshot;
use crate::store::data_dir::DataDir;
use crate::store::keys::{self, Generation, IdKey};
use crate::store::rows::{PostedRow, Snapshot, decode_remembered, documents, encode_name, encode_remembered};
use crate::store::views::{self, Views};
use usage::UsageFold;

/// Differences named before the rest is only counted.
const NAMED_MAX: usize = 50;
/// Enough for the indexes of the views while they are compared.
const CACHE_BYTES: usize = 64 << 20;

/// What was counted, and every difference found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub commits: u64,
    pub frames: u64,
    pub records: u64,
    pub bytes: u64,
    pub wallets: u64,
    pub entries: u64,
    pub ids: u64,
    pub tariffs_and_keys: u64,
    /// By currency: the sum of all balances, in 1e-9 of the unit.
    pub balances_nanos: BTreeMap<String, String>,
    /// The commit that the views reflect.
    pub views_at_commit: u64,
    pub entries_compared: u64,
    pub ids_compared: u64,
    pub wallets_compared: u64,
    pub usage_cells_compared: u64,
    pub differences: u64,
    /// The first of them.
    pub named: Vec<String>,
}

struct Verifier<'a> {
    views: &'a Views,
    secret: Secret,
    views_at: Mark,
    wallets: HashMap<WalletId, Snapshot>,
    names: HashMap<Box<str>, Vec<u8>>,
    house: House,
    house_rows: Vec<Vec<u8>>,
    /// Ids whose values change with the statuses of their messages: what the journal says last, and in which commit.
    amended: HashMap<(Generation, IdKey), (u64, Vec<u8>)>,
    /// Those of which the views hold a later value than the one that was looked for.
    awaited: HashSet<(Generation, IdKey)>,
    /// Documents and acts by family and key: the hash of what the journal says last.
    documents: HashMap<(&'static str, Vec<u8>), [u8; 32]>,
    usage: UsageFold,
    compared_views: bool,
    report: Report,
}

/// Rows of one frame that the views should hold too.
#[derive(Default)]
struct Expected {
    entries: Vec<((WalletId, u64), PostedRow)>,
    ids: Vec<(IdKey, Vec<u8>)>,
    amended: Vec<(IdKey, Vec<u8>)>,
}

/// Walks and compares. An error is what keeps it from going on; differences are in the report.
pub fn verify(data_dir: &DataDir, mut progress: impl FnMut(&Report)) -> Result<Report, StoreError> {
    let frames = Frames::open_read_only(&data_dir.path)?;
    let views = Views::open_read_only(&views::Settings {
        folder: data_dir.path.clone(),
        block_cache_bytes: CACHE_BYTES,
    })?;
    let heads = vec![Head::default(); usize::from(data_dir.partitions)];
    let start = Mark { commit: 0, heads };
    let views_at = views.position()?.map_or_else(|| start.clone(), |(position, _)| position);
    let mut verifier = Verifier {
        views: &views,
        secret: data_dir.secret,
        views_at,
        wallets: HashMap::new(),
        names: HashMap::new(),
        house: House::default(),
        house_rows: Vec::new(),
        amended: HashMap::new(),
        awaited: HashSet::new(),
        documents: HashMap::new(),
        usage: UsageFold::new(&views)?,
        compared_views: false,
        report: Report::default(),
    };
    verifier.report.views_at_commit = verifier.views_at.commit;
    let mut position = start;
    let walked = frames.walk(&mut position, |commit, frame, bytes| {
        verifier.before(commit);
        verifier.frame(commit, frame, bytes.len()).map_err(|error| match error {
            StoreError::Journal(error) => error,
            other => crate::journal::JournalError::Read(other.to_string()),
        })?;
        progress(&verifier.report);
        Ok(true)
    });
    if let Err(error) = walked {
        verifier.differ(error.to_string());
        return Ok(verifier.report);
    }
    verifier.before(u64::MAX);
    verifier.report.commits = position.commit;
    verifier.reaches_mark(&position, &mark::read(&data_dir.path.join("high-water"))?);
    verifier.totals()?;
    verifier.compare_usage()
}

impl Verifier<'_> {
    fn compare_usage(mut self) -> Result<Report, StoreError> {
        let at_the_end = self.views_at.commit == self.report.commits;
        let empty = UsageFold::new(self.views)?;
        let compared = std::mem::replace(&mut self.usage, empty).compare(self.views, at_the_end)?;
        self.report.usage_cells_compared = compared.cells;
        compared.differences.into_iter().for_each(|difference| self.differ(difference));
        Ok(self.report)
    }

    fn differ(&mut self, what: String) {
        self.report.differences += 1;
        if self.report.named.len() < NAMED_MAX {
            self.report.named.push(what);
        }
    }

    /// Called before each commit: once the views' position is behind us, wallets must be as their snapshots say.
    fn before(&mut self, commit: u64) {
        if !self.compared_views && commit > self.views_at.commit {
            self.compared_views = true;
            if let Err(error) = self.compare_snapshots() {
                self.differ(error.to_string());
            }
        }
    }

    fn frame(&mut self, commit: u64, frame: &Frame<'_>, bytes: usize) -> Result<(), StoreError> {
        self.report.frames += 1;
        self.report.bytes += bytes as u64;
        let mut expected = Expected::default();
        let at = |what: String| {
            format!("commit {commit}, partition {}, frame {}: {what}", frame.partition, frame.number)
        };
        for row in frame.rows() {
            let read = row.and_then(|bytes| Ok((bytes, read(bytes)?)));
            match read {
                Err(error) => self.differ(at(error.to_string())),
                Ok((bytes, Row::House { record })) => {
                    let ordinal = self.house_rows.len() as u64;
                    let (key, value) = house_act(ordinal, &record, frame.posted_at, bytes);
                    self.documents.insert((keys::AUDIT, key.to_vec()), *blake3::hash(&value).as_bytes());
                    self.house_rows.push(PostedRow::new(frame.posted_at, bytes).0);
                    self.report.tariffs_and_keys += 1;
                    if let Err(why) = self.house.apply(&record, frame.posted_at) {
                        self.differ(at(why));
                    }
                }
                Ok((bytes, Row::Wallet { wallet, record })) => {
                    let id = WalletId { partition: frame.partition, number: wallet };
                    if let Err(why) = self.fold(id, &record, frame.posted_at) {
                        self.differ(at(why));
                    }
                    let zone = self.wallets.get(&id).map_or("UTC", |snapshot| &snapshot.wallet.time_zone);
                    self.usage.fold(commit, id, &record, frame.posted_at, zone);
                    self.expect(id, &record, frame.posted_at, bytes, &mut expected);
                }
            }
            self.report.records += 1;
        }
        let generation = Generation::of(frame.posted_at);
        for (key, row) in expected.amended.drain(..) {
            self.amended.insert((generation, key), (commit, row));
        }
        self.compare_rows(commit, generation, expected)
    }

    fn fold(&mut self, id: WalletId, record: &Record<'_>, posted_at: Timestamp) -> Result<(), String> {
        if let Change::Opened(terms) | Change::TermsSet(terms) = &record.change {
            self.names.insert(terms.wallet.into(), encode_name(id, terms.name));
        }
        if let (Change::Opened(terms), 1) = (&record.change, record.number) {
            self.report.wallets += 1;
            let before = self.wallets.insert(id, first_snapshot(id, terms, posted_at));
            return if before.is_none() { Ok(()) } else { Err(format!("wallet {id:?} was opened twice")) };
        }
        let snapshot = self.wallets.get_mut(&id).ok_or_else(|| format!("wallet {id:?} was never opened"))?;
        snapshot.as_of = posted_at;
        snapshot.wallet.apply(record).map_err(|misfit| misfit.to_string())
    }

    fn expect(
        &mut self,
        id: WalletId,
        record: &Record<'_>,
        posted_at: Timestamp,
        row: &[u8],
        expected: &mut Expected,
    ) {
        if let Change::Entry(entry) = &record.change {
            self.report.entries += 1;
            expected.entries.push(((id, entry.seq), PostedRow::new(posted_at, row)));
        }
        if let Some((Key(key), remembered)) = self.secret.remember(id, record, posted_at) {
            let row = (key.to_be_bytes(), encode_remembered(&remembered));
            match &record.change {
                Change::Course(_) => expected.amended.push(row),
                _ => {
                    self.report.ids += 1;
                    expected.ids.push(row);
                }
            }
        }
        documents(id, record, posted_at, row, |family, key, value| {
            self.documents.insert((family, key), *blake3::hash(&value).as_bytes());
        });
    }

    fn compare_rows(
        &mut self,
        commit: u64,
        generation: Generation,
        expected: Expected,
    ) -> Result<(), StoreError> {
        let must = commit <= self.views_at.commit;
        let wanted: Vec<_> = expected.entries.iter().map(|(entry, _)| *entry).collect();
        for ((entry, row), found) in expected.entries.iter().zip(self.views.entries_of(&wanted)?) {
            match found {
                Some(found) if found == *row => self.report.entries_compared += 1,
                Some(_) => self.differ(format!("view of entries: {entry:?} is not what the journal says")),
                None if must => {
                    self.differ(format!("view of entries: {entry:?} of commit {commit} is missing"))
                }
                None => {}
            }
        }
        if !self.views.generations().contains(&generation) {
            // Forgotten as a whole, or not built yet.
            return Ok(());
        }
        let wanted: Vec<_> = expected.ids.iter().map(|(key, _)| *key).collect();
        for ((key, row), found) in expected.ids.iter().zip(self.views.id_rows(generation, &wanted)?) {
            match found {
                Some(found) if found == *row => self.report.ids_compared += 1,
                // A status has come since: what the journal says last is compared at the end.
                Some(found) if decode_remembered(&found).is_ok_and(|found| found.course.is_some()) => {
                    self.awaited.insert((generation, *key));
                }
                Some(_) => self.differ(format!("view of ids: {key:02x?} is not what the journal says")),
                None if must => self.differ(format!("view of ids: {key:02x?} of commit {commit} is missing")),
                None => {}
            }
        }
        Ok(())
    }

    fn compare_snapshots(&mut self) -> Result<(), StoreError> {
        let (mut seen, mut differences) = (0, Vec::new());
        let wallets = &self.wallets;
        self.views.each_snapshot(|found| {
            seen += 1;
            let id = found.wallet.id;
            match wallets.get(&id) {
                Some(folded) if *folded == found => {}
                Some(folded) => differences.push(format!(
                    "view of wallets: {id:?} has balance {} after record {}, the journal says {} after record {}",
                    found.wallet.balance, found.wallet.records, folded.wallet.balance, folded.wallet.records
                )),
                None => differences.push(format!("view of wallets: {id:?} is not in the journal")),
            }
            Ok(())
        })?;
        if seen != wallets.len() {
            differences
                .push(format!("view of wallets: {seen} wallets, the journal opened {}", wallets.len()));
        }
        self.report.wallets_compared = seen as u64;
        differences.into_iter().for_each(|difference| self.differ(difference));
        Ok(())
    }

    fn reaches_mark(&mut self, tip: &Mark, marked: &Mark) {
        if tip.commit < marked.commit {
            self.differ(format!(
                "the journal ends at commit {}, the high-water mark is {}",
                tip.commit, marked.commit
            ));
        }
        if self.views_at.commit > tip.commit {
            let at = self.views_at.commit;
            self.differ(format!(
                "the journal ends at commit {}, but the views were built up to {at}",
                tip.commit
            ));
        }
    }

    /// What the views hold in all: nothing that the journal does not say.
    fn totals(&mut self) -> Result<(), StoreError> {
        let mut entries = 0;
        self.views.each_entry(|_, _, _| {
            entries += 1;
            Ok(())
        })?;
        if entries != self.report.entries_compared {
            let known = self.report.entries_compared;
            self.differ(format!("view of entries: it holds {entries}, of which the journal knows {known}"));
        }
        self.compare_amended()?;
        self.compare_documents()?;
        let mut ids = 0;
        for generation in self.views.generations() {
            self.views.each_id(generation, |_, _| {
                ids += 1;
                Ok(())
            })?;
        }
        if ids != self.report.ids_compared {
            let known = self.report.ids_compared;
            self.differ(format!("view of ids: it holds {ids}, of which the journal knows {known}"));
        }
        self.compare_names()?;
        self.compare_house()?;
        let mut sums: BTreeMap<String, i128> = BTreeMap::new();
        for Snapshot { wallet: Wallet { currency, balance, .. }, .. } in self.wallets.values() {
            *sums.entry(currency.to_string()).or_default() += i128::from(balance.nanos());
        }
        self.report.balances_nanos =
            sums.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect();
        Ok(())
    }

    /// The ids of messages with statuses: the views hold what the journal said last, or said before their position.
    fn compare_amended(&mut self) -> Result<(), StoreError> {
        let amended = std::mem::take(&mut self.amended);
        for ((generation, key), (commit, row)) in amended {
            self.awaited.remove(&(generation, key));
            if !self.views.generations().contains(&generation) {
                continue;
            }
            match self.views.id_rows(generation, &[key])?.pop().flatten() {
                Some(found) if found == row => self.report.ids_compared += 1,
                // Counted when it was compared as what it was before; or not built yet.
                _ if commit > self.views_at.commit => {}
                _ => self
                    .differ(format!("view of ids: the statuses of {key:02x?} are not what the journal says")),
            }
        }
        for (_, key) in std::mem::take(&mut self.awaited) {
            self.differ(format!("view of ids: {key:02x?} has statuses that the journal does not know"));
        }
        Ok(())
    }

    /// Views that stand at the journal's end hold each document as its last record left it, and no others.
    fn compare_documents(&mut self) -> Result<(), StoreError> {
        if self.views_at.commit != self.report.commits {
            return Ok(());
        }
        let mut wanted = std::mem::take(&mut self.documents);
        let mut differences = Vec::new();
        for family in [keys::DOCUMENTS, keys::DELIVERIES, keys::PAYMENTS, keys::AUDIT, keys::TIES] {
            self.views.each_row(family, |key, value| {
                let known = wanted.remove(&(family, key.to_vec()));
                if known != Some(*blake3::hash(value).as_bytes()) {
                    differences.push(format!("view of {family}: {key:02x?} is not what the journal says"));
                }
                Ok(())
            })?;
        }
        let missing =
            wanted.into_keys().map(|(family, key)| format!("view of {family}: {key:02x?} is missing"));
        differences.into_iter().chain(missing).for_each(|difference| self.differ(difference));
        Ok(())
    }

    fn compare_names(&mut self) -> Result<(), StoreError> {
        let (mut after, mut seen) = (String::new(), 0);
        loop {
            let page = self.views.wallets(&after, 10_000)?;
            let Some(last) = page.last() else { break };
            after = last.wallet.to_string();
            for named in page {
                seen += 1;
                let known =
                    self.names.get(&named.wallet).and_then(|row| crate::store::rows::decode_name(row).ok());
                // The display name may have been set again after the views' position.
                if known.is_none_or(|(id, _)| id != named.id) {
                    self.differ(format!("view of names: {} is not where the journal says", named.wallet));
                }
            }
        }
        if seen > self.names.len() || self.views_at.commit == self.report.commits && seen != self.names.len()
        {
            let known = self.names.len();
            self.differ(format!("view of names: it holds {seen}, the journal opened {known}"));
        }
        Ok(())
    }

    fn compare_house(&mut self) -> Result<(), StoreError> {
        let found = self.views.house()?;
        let same = found.len() <= self.house_rows.len()
            && found.iter().zip(&self.house_rows).all(|(one, other)| one.0 == *other);
        let missing = self.views_at.commit == self.report.commits && found.len() != self.house_rows.len();
        if !same || missing {
            self.differ("view of tariffs and keys: it is not what the journal says".into());
        }
        Ok(())
    }
}
