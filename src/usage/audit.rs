//! The audit: who did what, the newest first. Everything is read from the journal's own records; nothing is decided.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::domain::deed::{Act, Deed, cut};
use crate::domain::house::{HouseRecord, KeyRecord};
use crate::domain::record::{Cause, Change, Record};
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::engine::directory::Directory;
use crate::engine::keys::Keys;
use crate::journal::codec::RowError;
use crate::journal::rows::Row;
use crate::store::StoreError;
use crate::store::audit::KeptAct;
use crate::store::keys::{self, ActKey};
use crate::store::views::Views;

/// Most work for one page, where passing over an act of another wallet is 1: where few of very many acts are wanted, a page
/// may end before it is full.
const WORK_MAX: usize = 1_000_000;
/// Of an act that is read.
const READ_WORK: usize = 10;

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub at: Timestamp,
    /// The id of the key that asked for it; `serve` for what a start does, `endpoint` for a webhook that is gone.
    pub actor: String,
    pub action: Act,
    /// Where it concerns one: its id in the interface.
    pub wallet: Option<String>,
    pub about: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// Which acts are wanted. What is left out allows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub wallet: Option<String>,
    pub actor: Option<String>,
    pub action: Option<Act>,
    /// From then on ...
    pub from: Option<Timestamp>,
    /// ... and before that.
    pub to: Option<Timestamp>,
}

/// A part of the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub done: Vec<Done>,
    /// The last one looked at; `None` where nothing is left.
    pub goes_on_after: Option<ActKey>,
}

/// What the records are told with.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub views: &'a Views,
    pub directory: &'a Directory,
    pub book: &'a Book,
    pub keys: &'a Keys,
}

impl Wanted {
    /// The keys between which the acts stand, the newest ones from `after` on left out.
    fn range(&self, after: Option<ActKey>) -> (ActKey, ActKey) {
        let key = |at| keys::act(at, WalletId { partition: 0, number: 0 }, 0);
        let first = key(self.from.unwrap_or(Timestamp::from_nanos(i64::MIN)));
        let past = key(self.to.unwrap_or(Timestamp::NEVER));
        (first, after.map_or(past, |after| after.min(past)))
    }

    fn allows(&self, done: &Done) -> bool {
        self.wallet.as_ref().is_none_or(|wallet| done.wallet.as_ref() == Some(wallet))
            && self.actor.as_ref().is_none_or(|actor| done.actor == *actor)
            && self.action.is_none_or(|action| done.action == action)
    }
}

/// At most `limit` of the wanted acts, those after the place that the part before ended at.
pub fn part(
    sources: Sources<'_>,
    wanted: &Wanted,
    after: Option<ActKey>,
    limit: usize,
) -> Result<Part, StoreError> {
    let (first, past) = wanted.range(after);
    let place = |wallet: &String| sources.directory.with(wallet, |cell| cell.id);
    let only = wanted.wallet.as_ref().map(place);
    let teller = Teller { sources, wallets_of_keys: OnceCell::new() };
    let mut part = Part::default();
    let (mut work, mut last_done) = (0, past);
    sources.views.acts_back(&first, &past, |act| {
        // Most acts are of other wallets: they are not even read.
        if act.wallet().is_some_and(|wallet| only.is_some_and(|only| only != Some(wallet))) {
            work += 1;
        } else {
            work += READ_WORK;
            let told = teller.tell(&act)?;
            if wanted.allows(&told) {
                if part.done.len() == limit {
                    part.goes_on_after = Some(last_done);
                    return Ok(false);
                }
                part.done.push(told);
                last_done = act.key;
            }
        }
        part.goes_on_after = (work >= WORK_MAX).then_some(act.key);
        Ok(part.goes_on_after.is_none())
    })?;
    Ok(part)
}

struct Teller<'a> {
    sources: Sources<'a>,
    /// By the ids of the keys: a revocation does not say whose wallet the key was bound to.
    wallets_of_keys: OnceCell<HashMap<Box<str>, Option<Box<str>>>>,
}

impl Teller<'_> {
    fn tell(&self, act: &KeptAct<'_>) -> Result<Done, StoreError> {
        let row = act.row();
        let at = row.posted_at();
        match (act.wallet(), row.row().map_err(StoreError::row("audit"))?) {
            (Some(id), Row::Wallet { record, .. }) => {
                let wallet = self.sources.directory.find_id(id).map(|cell| cell.wallet.to_string());
                told(at, wallet, &record).ok_or(RowError("nobody's act")).map_err(StoreError::row("audit"))
            }
            (None, Row::House { record }) => Ok(self.told_of_house(at, &record)),
            _ => Err(StoreError::row("audit")(RowError("a row of another kind than its key's"))),
        }
    }

    fn told_of_house(&self, at: Timestamp, record: &HouseRecord<'_>) -> Done {
        let (action, actor) = record.act();
        let (wallet, about) = match record {
            HouseRecord::TariffAdded { version, .. } => {
                let head = self.sources.book.version(*version).map(|version| version.head());
                (None, head.map(|head| format!("{} {}", head.name, head.label)).unwrap_or_default())
            }
            HouseRecord::KeyMade(KeyRecord { id, role, wallet, name, .. }) => {
                (some(wallet), format!("{id} {} {name}", role.as_str()))
            }
            HouseRecord::KeyRevoked { id, .. } => (self.wallet_of_key(id), (*id).to_owned()),
            HouseRecord::EndpointSet { endpoint, .. } => {
                let wallet = endpoint.wallet.as_ref().map(|(_, wallet)| wallet.to_string());
                (wallet, format!("{} {}", endpoint.id(), endpoint.url))
            }
            HouseRecord::Deed { wallet, deed } => (some(wallet), deed.about.to_owned()),
        };
        let about = cut(about.trim_end()).to_owned();
        Done { at, actor: actor.to_owned(), action, wallet, about, reason: None }
    }

    fn wallet_of_key(&self, id: &str) -> Option<String> {
        let wallets = self.wallets_of_keys.get_or_init(|| {
            let keys = self.sources.keys.list().into_iter();
            keys.map(|key| (key.id.clone(), key.wallet.clone())).collect()
        });
        wallets.get(id)?.as_deref().map(str::to_owned)
    }
}

/// What a wallet's record says that somebody did.
fn told(at: Timestamp, wallet: Option<String>, record: &Record<'_>) -> Option<Done> {
    let done = |action, actor: &str, about, reason| {
        let actor = actor.to_owned();
        Done { at, actor, action, wallet, about, reason }
    };
    match &record.change {
        Change::Deed(deed) => {
            let Deed { actor, action, about } = **deed;
            Some(done(action, actor, about.to_owned(), None))
        }
        Change::Entry(entry) => {
            let Cause::Adjustment(adjustment) = &entry.cause else { return None };
            let about = format!("entry {} {}", entry.seq, entry.amount);
            Some(done(Act::AdjustmentPosted, adjustment.actor, about, some(adjustment.reason)))
        }
        _ => None,
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
