//! A drain: what a shard took from its queue in one go, on its way through the wallets to the journal.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::command::{
    AdjustRequest, Adjusted, CommandError, Done, EndpointRequest, HouseDeed, KeyRequest, NewKey, Placed,
    WalletRequest, WalletTerms,
};
use super::gate::Share;
use crate::domain::endpoint::Endpoint;
use crate::domain::identity::{Key, Secret};
use crate::domain::tariff::Version;
use crate::domain::time::{Span, Timestamp};
use crate::domain::wallet::WalletId;
use crate::engine::agenda::Plan;
use crate::engine::batch::{Batch, Told};
use crate::engine::book::Book;
use crate::engine::directory::{Cell, Numbers, Rented};
use crate::engine::endpoints::Endpoints;
use crate::engine::keys::{Digest, KeyInfo};
use crate::engine::outcome::{Absence, Outcome, PackedOutcome};
use crate::engine::partition::Known;
use crate::engine::world::{NumberOwner, World};
use crate::store::together::bring;

pub type Answer<T> = oneshot::Sender<Result<T, CommandError>>;

/// An event of a shard's share, with what is asked of it before it is decided: so that the shard goes through one dense
/// column and not through the events themselves, which another core has just written.
#[derive(Clone, Copy, Debug)]
pub struct Mine {
    pub key: Key,
    pub wallet: WalletId,
    /// Its place in the batch.
    pub event: u32,
}

/// Events of one job: a larger request comes in pieces, so that others are decided between them.
pub const PIECE_EVENTS_MAX: usize = 512;

/// A piece of a shard's share of a request.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub mine: Vec<Mine>,
    /// The keys of the messages that statuses name, each with the status' place in `mine`.
    pub named: Vec<(u32, Key)>,
}

impl Events {
    /// Deals the events of a batch out to `shards`, each its own in pieces, in their order.
    pub fn deal(batch: &Batch, shards: usize, shard_of: impl Fn(u8) -> usize) -> Vec<Vec<Events>> {
        let mut dealt: Vec<Vec<Events>> = vec![Vec::new(); shards];
        let most = PIECE_EVENTS_MAX.min(batch.events.len());
        for (place, event) in batch.events.iter().enumerate() {
            let pieces = &mut dealt[shard_of(event.wallet.partition)];
            if pieces.last().is_none_or(|piece| piece.mine.len() == PIECE_EVENTS_MAX) {
                pieces.push(Events { mine: Vec::with_capacity(most), named: Vec::new() });
            }
            let Some(Events { mine, named }) = pieces.last_mut() else { unreachable!("one was pushed") };
            named.extend(event.message_key().map(|key| (mine.len() as u32, key)));
            mine.push(Mine { key: event.key, wallet: event.wallet, event: place as u32 });
        }
        dealt
    }
}

/// One thing that waits in a shard's queue.
pub enum Job {
    /// A piece of this shard's share of a request.
    Events {
        batch: Arc<Batch>,
        share: Events,
        /// Whose lane it waits in.
        lane: Share,
        answer: oneshot::Sender<Vec<Outcome>>,
    },
    Adjust {
        wallet: WalletId,
        request: AdjustRequest,
        answer: Answer<Adjusted>,
    },
    Command {
        wallet: WalletId,
        request: Box<WalletRequest>,
        answer: Answer<Done>,
    },
    /// Something is due for these wallets; the answer says that it has been posted.
    Wake {
        wallets: Vec<WalletId>,
        answer: oneshot::Sender<()>,
    },
    SetWallet {
        terms: WalletTerms,
        answer: Answer<Placed>,
    },
    SetEndpoint {
        request: EndpointRequest,
        answer: Answer<Arc<Endpoint>>,
    },
    AddTariff {
        version: Arc<Version>,
        text: String,
        actor: String,
        answer: Answer<Placed>,
    },
    MakeKey {
        request: KeyRequest,
        secret: Option<String>,
        answer: Answer<NewKey>,
    },
    RevokeKey {
        id: String,
        actor: String,
        answer: Answer<Placed>,
    },
    KeepDeed {
        deed: HouseDeed,
        answer: Answer<()>,
    },
    /// Idle wallets may be put away.
    PutAway,
}

impl Job {
    /// How much of a drain it fills.
    pub fn weight(&self) -> usize {
        match self {
            Job::Events { share, .. } => share.mine.len(),
            Job::Wake { wallets, .. } => wallets.len(),
            _ => 1,
        }
    }
}

/// A job that wallets decide, taken out of the queue.
pub enum WalletJob {
    Events { batch: Arc<Batch>, events: usize, answer: oneshot::Sender<Vec<Outcome>> },
    Adjust { request: AdjustRequest, answer: Answer<Adjusted> },
    Command { request: Box<WalletRequest>, answer: Answer<Done> },
    Wake { answer: oneshot::Sender<()> },
    SetTerms { terms: WalletTerms, answer: Answer<Placed> },
}

/// No next item, no known id.
pub const NONE: u32 = u32::MAX;

/// One event or command of a drain that a wallet decides.
pub struct Item {
    pub job: u32,
    /// The event's place in its batch.
    pub event: u32,
    /// The next item of the same wallet.
    pub next: u32,
    /// What the views remember under its key: the place in [`Drain::known`].
    pub known: u32,
    /// Its id was not decided shortly before this drain.
    pub fresh_only: bool,
}

/// How an item ended that is no event.
#[derive(Clone, Debug)]
pub enum Ending {
    Adjusted(Result<Adjusted, CommandError>),
    Done(Result<Done, CommandError>),
    Set(Result<Placed, CommandError>),
}

/// What readers may see once the drain is durable.
pub enum Publication {
    Opened(Arc<Cell>),
    Terms(Arc<Cell>, Box<str>, Box<crate::domain::wallet::Wallet>),
    Rented(Arc<Cell>, Option<Arc<Rented>>),
    /// What a wallet has on the agenda now.
    Plan(Arc<Cell>, Plan),
    Book(Arc<Book>),
    Endpoints(Arc<Endpoints>),
    Key(Digest, Arc<KeyInfo>),
}

/// What all drains of a shard share.
pub struct Common {
    pub secret: Secret,
    pub too_old_after: Span,
    pub number_owner: NumberOwner,
    /// Adjustments with certain reasons make a rule fail, a shard hang or panic: for the project's own tests.
    pub test_faults: bool,
}

/// How a drain ended so far.
#[derive(Default)]
pub struct Ended {
    /// Of events, by item: of one that no wallet has decided, that its wallet is quarantined.
    pub outcomes: Vec<PackedOutcome>,
    /// Of everything else, by item.
    pub endings: HashMap<u32, Ending>,
    pub publications: Vec<Publication>,
    /// The numbers of wallets that have changed.
    pub numbers: Vec<(WalletId, Numbers)>,
}

impl Ended {
    /// Has a wallet's numbers published with the drain.
    ///
    /// They are written one by one where they stay: put together first and then moved, they would be read widely just after
    /// they were written in parts, which waits for every write before it.
    pub fn publish(&mut self, wallet: WalletId, of: Numbers) {
        self.numbers.push((wallet, Numbers::default()));
        if let Some((_, numbers)) = self.numbers.last_mut() {
            numbers.balance = of.balance;
            numbers.held = of.held;
            numbers.owed = of.owed;
            numbers.status = of.status;
            numbers.seq = of.seq;
            numbers.as_of = of.as_of;
        }
    }
}

pub struct Drain {
    pub now: Timestamp,
    pub book: Arc<Book>,
    pub endpoints: Arc<Endpoints>,
    pub common: Arc<Common>,
    pub jobs: Vec<WalletJob>,
    pub items: Vec<Item>,
    pub known: Vec<Known>,
    pub ended: Ended,
    /// Answers of commands that needed no wallet, kept until the drain is durable.
    pub settled: Vec<Box<dyn FnOnce() + Send>>,
}

/// Events of one wallet that are brought from memory before it has its turn: behind them it knows by itself what comes.
const TOUCHED_IN_A_ROW: usize = 8;

impl Drain {
    pub fn new(now: Timestamp, book: Arc<Book>, endpoints: Arc<Endpoints>, common: Arc<Common>) -> Drain {
        Drain {
            now,
            book,
            endpoints,
            common,
            jobs: Vec::new(),
            items: Vec::new(),
            known: Vec::new(),
            ended: Ended::default(),
            settled: Vec::new(),
        }
    }

    /// Has the events of some wallets, which another core has written, brought from memory together, then their ids: asked for
    /// so, it answers in about the time of one.
    pub fn touch(&self, turns: &[(WalletId, u32)], ended: &Ended) {
        let firsts = turns.iter().flat_map(|(_, first)| self.chain(*first).take(TOUCHED_IN_A_ROW));
        let event = |(place, item): (u32, &Item)| match &self.jobs[item.job as usize] {
            WalletJob::Events { batch, .. } => Some((place, &**batch, &batch.events[item.event as usize])),
            _ => None,
        };
        let mut events = Vec::with_capacity(2 * turns.len());
        events.extend(firsts.filter_map(event));
        // Each with where its outcome will stand.
        let looks =
            events.iter().map(|(place, _, event)| event.look() ^ ended.outcomes[*place as usize].look());
        bring(looks);
        bring(events.iter().map(|(_, batch, event)| batch.texts.look(event.id)));
    }

    /// The items of one wallet from `first` on, each with its place.
    fn chain(&self, first: u32) -> impl Iterator<Item = (u32, &Item)> {
        let item = |place: u32| Some((place, self.items.get(place as usize)?));
        std::iter::successors(item(first), move |(_, before)| item(before.next))
    }

    /// What its decisions are told of the world.
    pub fn world(&self) -> World<'_> {
        World { book: &self.book, endpoints: &self.endpoints, number_owner: self.common.number_owner }
    }

    /// Everything is durable: publishes what readers may see, then answers, in this order, so that a caller who
    /// has its answer reads what it says.
    /// `publish_numbers` is told those of all wallets that have changed, when everything else is published; `absent` hears of
    /// the events that no wallet has decided.
    pub fn finish(
        self,
        publish: impl FnMut(Publication),
        publish_numbers: impl FnOnce(&[(WalletId, Numbers)]),
        absent: impl Fn(&Told, Absence),
    ) {
        let Ended { outcomes, mut endings, publications, numbers } = self.ended;
        publications.into_iter().for_each(publish);
        publish_numbers(&numbers);
        self.settled.into_iter().for_each(|answer| answer());
        let mut items = self.items.iter().zip(0u32..).zip(outcomes).peekable();
        let quarantined = CommandError::Unavailable(Absence::Quarantined);
        for (place, job) in self.jobs.into_iter().enumerate() {
            let mut mine = || items.next_if(|((item, _), _)| item.job as usize == place);
            // Whoever no longer listens has gone away; what it sent stands all the same.
            match job {
                WalletJob::Events { answer, events, batch } => {
                    let mut outcomes = Vec::with_capacity(events);
                    for ((item, _), outcome) in (0..events).map_while(|_| mine()) {
                        let outcome = Outcome::from(outcome);
                        if let Outcome::Unavailable(absence) = outcome {
                            absent(&batch.events[item.event as usize].told, absence);
                        }
                        outcomes.push(outcome);
                    }
                    let _ = answer.send(outcomes);
                }
                WalletJob::Adjust { answer, .. } => {
                    let _ = match mine().and_then(|((_, item), _)| endings.remove(&item)) {
                        Some(Ending::Adjusted(ended)) => answer.send(ended),
                        _ => answer.send(Err(quarantined.clone())),
                    };
                }
                WalletJob::Command { answer, .. } => {
                    let _ = match mine().and_then(|((_, item), _)| endings.remove(&item)) {
                        Some(Ending::Done(ended)) => answer.send(ended),
                        _ => answer.send(Err(quarantined.clone())),
                    };
                }
                WalletJob::Wake { answer } => {
                    while mine().is_some() {}
                    let _ = answer.send(());
                }
                WalletJob::SetTerms { answer, .. } => {
                    let _ = match mine().and_then(|((_, item), _)| endings.remove(&item)) {
                        Some(Ending::Set(ended)) => answer.send(ended),
                        _ => answer.send(Err(quarantined.clone())),
                    };
                }
            }
        }
    }

    /// Makes room for how all items end, and for the numbers of so many wallets.
    pub fn expect_outcomes(&mut self, wallets: usize) {
        let undecided = PackedOutcome::from(Outcome::Unavailable(Absence::Quarantined));
        self.ended.outcomes.resize(self.items.len(), undecided);
        self.ended.numbers.reserve(wallets);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::event::{FinalStatus, Mode};
    use crate::domain::identity::Fingerprint;
    use crate::domain::record::TariffId;
    use crate::engine::batch::{BatchEvent, PackedKey, Span};

    /// A status under its place as key, naming the message of twice that.
    fn status((place, partition): (usize, u8)) -> BatchEvent {
        let told = Told::Status {
            message: Span::default(),
            message_source: Span::default(),
            message_key: PackedKey::new(Key(2 * place as u128)),
            status: FinalStatus::Delivered,
            error_code: Span::default(),
        };
        BatchEvent {
            wallet: WalletId { partition, number: 1 },
            key: Key(place as u128),
            fingerprint: Fingerprint(0),
            id: Span::default(),
            source: Span::default(),
            campaign: Span::default(),
            tags: Span::default(),
            hold: Span::default(),
            told,
            mode: Mode::Report,
            occurred_at: Timestamp::default(),
            tariff: TariffId(0),
            price: None,
        }
    }

    proptest! {
        #[test]
        fn every_event_goes_to_its_shard_once_in_order_and_in_full_pieces(
            partitions in prop::collection::vec(0u8..8, 0..3 * PIECE_EVENTS_MAX),
            shards in 1usize..4,
        ) {
            let batch =
                Batch { events: partitions.iter().copied().enumerate().map(status).collect(), ..Batch::default() };
            let shard_of = |partition: u8| usize::from(partition) % shards;
            let dealt = Events::deal(&batch, shards, shard_of);
            prop_assert_eq!(dealt.len(), shards);
            for (shard, pieces) in dealt.iter().enumerate() {
                let (last, full) = pieces.split_last().map_or((None, &[][..]), |(last, full)| (Some(last), full));
                prop_assert!(full.iter().all(|piece| piece.mine.len() == PIECE_EVENTS_MAX));
                prop_assert!(last.is_none_or(|last| (1..=PIECE_EVENTS_MAX).contains(&last.mine.len())));
                let mine = pieces.iter().flat_map(|piece| &piece.mine).map(|mine| mine.event as usize);
                let want = (0..partitions.len()).filter(|place| shard_of(partitions[*place]) == shard);
                prop_assert!(mine.eq(want));
                for Events { mine, named } in pieces {
                    let of_messages = named.iter().map(|(place, key)| (mine[*place as usize].key.0 * 2, key.0));
                    prop_assert!(of_messages.into_iter().all(|(want, found)| want == found));
                    prop_assert_eq!(named.len(), mine.len());
                }
            }
        }
    }
}
