//! Which rows of a provider's file are which messages of ours, and into which class each of them falls.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::coverage::Coverage;
use super::file::{Read, Theirs};
use super::judge::{self, Judged};
use super::mapping::Mapping;
use super::ours::{Lies, Ours};
use super::report::{Class, Difference, Report};
use super::standing::{Adjustments, Standing};
use crate::domain::calendar::Zone;
use crate::domain::identity::{Key, Secret, Taken};
use crate::domain::money::{Money, Total};
use crate::domain::record::TariffId;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::engine::directory::Rented;
use crate::store::StoreError;
use crate::store::pinned::Pinned;
use crate::usage::query::Query;

/// Whose entries, in which range, and what prices a message that is missing here.
pub struct Side<'a> {
    pub views: &'a Pinned,
    pub wallet: WalletId,
    pub zone: &'a Zone,
    pub query: &'a Query,
    pub tariff: TariffId,
    pub book: &'a Book,
    pub secret: &'a Secret,
    /// The numbers that it rents.
    pub rented: Option<&'a Rented>,
    pub now: Timestamp,
}

type Waiting = HashMap<Key, Theirs, ahash::RandomState>;

/// Holds the rows of a file, which are taken from it, against a wallet's messages. Calls `visit` with every difference.
pub fn reconcile(
    file: &mut Read,
    mapping: &Mapping,
    side: &Side<'_>,
    visit: impl FnMut(Difference),
) -> Result<Report, StoreError> {
    let mut matching = Matching {
        side,
        mapping,
        coverage: Coverage::of(&file.rows, mapping, side.zone),
        adjustments: Adjustments::of(side)?,
        followed: OnceCell::new(),
        report: Report::of_file(file),
        visit,
    };
    let mut waiting = matching.first_rows(std::mem::take(&mut file.rows));
    side.each_message(|ours, lies| match waiting.remove(&ours.key) {
        Some(theirs) => matching.met(theirs, ours, lies),
        None if lies == Lies::Inside => matching.missing_there(ours),
        None => Ok(()),
    })?;
    let mut left: Vec<Theirs> = waiting.into_values().collect();
    left.sort_unstable_by_key(|row| row.line);
    matching.without_message(left)?;
    matching.report.days = matching.coverage.days;
    Ok(matching.report)
}

/// A reconciliation under way.
struct Matching<'a, V> {
    side: &'a Side<'a>,
    mapping: &'a Mapping,
    coverage: Coverage,
    adjustments: Adjustments,
    /// Messages that something followed: few among many, so the others are not looked up one by one.
    followed: OnceCell<HashSet<u64, ahash::RandomState>>,
    report: Report,
    visit: V,
}

impl<V: FnMut(Difference)> Matching<'_, V> {
    fn put(&mut self, theirs: Option<Theirs>, ours: Option<(Ours, Lies)>, judged: Judged) {
        self.report.add(judged.class, theirs.as_ref(), ours.as_ref());
        if judged.class != Class::Matched {
            let Judged { class, by_now, proposed, reason } = judged;
            let ours = ours.map(|(ours, _)| ours);
            (self.visit)(Difference { class, theirs, ours, by_now, proposed, reason });
        }
    }

    /// By their messages' keys; an id that stands in the file again is told.
    fn first_rows(&mut self, rows: Vec<Theirs>) -> Waiting {
        let mut waiting = Waiting::default();
        for row in rows {
            let key = self.side.key(row.name());
            let Some(first) = waiting.get(&key) else {
                waiting.insert(key, row);
                continue;
            };
            let alike =
                if first.says_the_same(&row) { "and says the same" } else { "and says something else" };
            let reason = format!("the same id stands in line {} {alike}", first.line);
            self.put(Some(row), None, Judged::without_proposal(Class::Repeated, reason));
        }
        waiting
    }

    /// A row and its message, which lies in the range or around it.
    fn met(&mut self, theirs: Theirs, ours: Ours, lies: Lies) -> Result<(), StoreError> {
        // A row that tells no day is of its message's.
        let row_is_inside = theirs.at.is_some() && self.side.other_days(&theirs).is_none();
        if lies == Lies::Inside || (lies == Lies::Around && row_is_inside) {
            return self.pair(theirs, ours, lies);
        }
        let reason = match lies {
            Lies::Filtered => "its message is of what the filters leave out",
            Lies::Inside | Lies::Around => "it and its message are of other days",
        };
        self.put(Some(theirs), Some((ours, lies)), Judged::without_proposal(Class::Outside, reason));
        Ok(())
    }

    fn pair(&mut self, theirs: Theirs, ours: Ours, lies: Lies) -> Result<(), StoreError> {
        let adjusted = self.adjustments.of_entry(&ours);
        let judged = judge::pair(&theirs, &ours, self.mapping, adjusted, || self.standing(&ours))?;
        self.put(Some(theirs), Some((ours, lies)), judged);
        Ok(())
    }

    fn standing(&self, ours: &Ours) -> Result<Standing, StoreError> {
        let followed = match self.followed.get() {
            Some(followed) => followed,
            None => {
                let mut found = HashSet::default();
                self.side.views.followed(self.side.wallet, |seq| {
                    found.insert(seq);
                })?;
                self.followed.get_or_init(|| found)
            }
        };
        if followed.contains(&ours.seq) { self.side.standing(ours) } else { Ok(Standing::untouched(ours)) }
    }

    fn missing_there(&mut self, ours: Ours) -> Result<(), StoreError> {
        let judged = if self.coverage.has_source(&ours.source) {
            let adjusted = self.adjustments.of_entry(&ours);
            let uncovered = self.coverage.why_not(&ours, self.side.zone);
            judge::missing_there(adjusted, self.standing(&ours)?, uncovered)
        } else {
            let reason = format!("its event is of the source {:?}, the file is not", ours.source);
            Judged::without_proposal(Class::OtherSource, reason)
        };
        self.put(None, Some((ours, Lies::Inside)), judged);
        Ok(())
    }

    /// Rows that no message of the range or around it belongs to: none of them is missing before it was looked for.
    fn without_message(&mut self, rows: Vec<Theirs>) -> Result<(), StoreError> {
        let mut open = Waiting::default();
        let mut early: HashSet<Key> = HashSet::new();
        for theirs in rows {
            if let Some(why) = self.side.outside(&theirs)? {
                self.put(Some(theirs), None, Judged::without_proposal(Class::Outside, why));
                continue;
            }
            let key = self.side.key(theirs.name());
            // What is kept no longer may be there still or not, as it is dropped in the lump.
            let remembered =
                self.side.views.remembered(key)?.filter(|known| known.kept_until >= self.side.now);
            let Some(verdict) = remembered.map(|remembered| remembered.verdict) else {
                open.insert(key, theirs);
                continue;
            };
            match verdict.outcome {
                Taken::BlockedSuspended => self.refused(theirs, "suspended"),
                Taken::BlockedInsufficientBalance => self.refused(theirs, "insufficient_balance"),
                Taken::Early => {
                    early.insert(key);
                    open.insert(key, theirs);
                }
                Taken::Posted | Taken::Kept => {
                    match self.side.message(verdict.seq)?.filter(|(ours, _)| ours.key == key) {
                        Some((ours, lies)) => self.found(theirs, ours, lies)?,
                        None => {
                            let reason = "its id is here that of an event that is no message";
                            self.put(
                                Some(theirs),
                                None,
                                Judged::without_proposal(Class::MissingHere, reason),
                            );
                        }
                    }
                }
            }
        }
        self.search(open, &early)
    }

    /// Ids that are remembered no more are looked for among the entries.
    fn search(&mut self, mut open: Waiting, early: &HashSet<Key>) -> Result<(), StoreError> {
        if open.is_empty() {
            return Ok(());
        }
        let ids: HashSet<Box<str>, ahash::RandomState> = open.values().map(|row| row.id.clone()).collect();
        let mut other_sources: HashMap<Box<str>, Box<str>> = HashMap::new();
        let side = self.side;
        side.search(
            |id| ids.contains(id),
            |ours, lies| match open.remove(&ours.key) {
                Some(theirs) => self.found(theirs, ours, lies),
                None => {
                    other_sources.insert(ours.id, ours.source);
                    Ok(())
                }
            },
        )?;
        let mut left: Vec<(Key, Theirs)> = open.into_iter().collect();
        left.sort_unstable_by_key(|(_, row)| row.line);
        for (key, theirs) in left {
            let judged = match other_sources.get(&theirs.id) {
                Some(source) => {
                    let reason = format!(
                        "a message of this id came from the source {source:?}: does the mapping say so?"
                    );
                    Judged::without_proposal(Class::OtherSource, reason)
                }
                None => self.missing_here(key, &theirs, early.contains(&key)),
            };
            self.put(Some(theirs), None, judged);
        }
        Ok(())
    }

    /// A row of the range whose message lies elsewhere.
    fn found(&mut self, theirs: Theirs, ours: Ours, lies: Lies) -> Result<(), StoreError> {
        match lies {
            Lies::Inside | Lies::Around => self.pair(theirs, ours, lies),
            Lies::Filtered => self.met(theirs, ours, lies),
        }
    }

    /// RULES, section 5: what was blocked is never charged later.
    fn refused(&mut self, theirs: Theirs, code: &str) {
        let reason = format!("it came in and was blocked ({code}): a blocked message is never charged");
        self.put(Some(theirs), None, Judged::without_proposal(Class::RefusedHere, reason));
    }

    fn missing_here(&self, key: Key, theirs: &Theirs, is_early: bool) -> Judged {
        let adjusted = self.adjustments.of_message(key);
        let by_now = Some(Total(-adjusted.amount));
        let class = Class::MissingHere;
        let without = |reason: String| Judged { by_now, ..Judged::without_proposal(class, reason) };
        if adjusted.seq > 0 {
            return without(format!(
                "it was never charged as a message, but adjusted (entry {})",
                adjusted.seq
            ));
        }
        if is_early {
            let reason = "its statuses came, it itself was refused or never told: tell it as an event that has happened";
            return without(reason.to_owned());
        }
        match self.side.price_of_missing(theirs) {
            Ok(price) => {
                let taken = if theirs.kind.is_none() { "taken for an SMS, " } else { "" };
                let reason = format!("it was never charged: {taken}by the wallet's tariff it costs this");
                Judged {
                    class,
                    by_now,
                    proposed: price.checked_neg().filter(|amount| *amount != Money::ZERO),
                    reason,
                }
            }
            Err(why) => without(format!("it was never charged: {why}")),
        }
    }
}
