//! Preparing a drain: everything is loaded before anything is decided.
//!
//! Jobs become items, ids are looked up in one go, items are chained by wallet, and wallets that have no actor get
//! one from their stored snapshot. What belongs to no wallet, and the opening of wallets, is decided here.

use std::sync::Arc;

use super::command::{
    CommandError, CorrectRequest, EndpointChange, EndpointRequest, HouseDeed, KeyRequest, NewKey, Placed,
    WalletCommand, WalletRequest, WalletTerms,
};
use super::drain::{Answer, Drain, Events, Item, Job, NONE, Publication, WalletJob};
use super::shard::{Place, Shard, Slot, partition_of};
use crate::clock::random_bytes;
use crate::domain::deed::{Deed, cut};
use crate::domain::endpoint::{Endpoint, EndpointState, Secret};
use crate::domain::house::{HouseRecord, KeyRecord};
use crate::domain::identity::{Key, Named};
use crate::domain::life::attempt::Attempt;
use crate::domain::status::Corrected;
use crate::domain::tariff::Version;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Wallet, WalletId};
use crate::engine::charge::{KnownCharge, KnownMessage};
use crate::engine::directory::{Cell, Published};
use crate::engine::house::{self, HouseRefusal};
use crate::engine::keys::{Digest, SECRET_PREFIX};
use crate::engine::partition::Known;
use crate::store::StoreError;
use crate::store::rows::PostedRow;
use crate::store::together::bring;

/// The reason of an adjustment that makes its shard panic, where test faults are on.
const PANIC: &str = "__panic_shard__";

/// Wallets whose slots are brought from memory together.
const SLOTS_AT_A_TIME: usize = 64;

/// The drain's wallets, each with the first item of its chain.
pub type Turns = Vec<(WalletId, u32)>;

/// Ids to be looked up, and who asks for what: see [`Asking`].
type Wanted = Vec<(Key, u32)>;

/// Twice the item that asks; one more where it asks for the message that its status names.
#[derive(Clone, Copy)]
struct Asking(u32);

impl Asking {
    fn own(item: usize) -> Asking {
        Asking(2 * item as u32)
    }

    fn message(item: usize) -> Asking {
        Asking(2 * item as u32 + 1)
    }

    fn item(self) -> usize {
        self.0 as usize / 2
    }

    fn is_of_message(self) -> bool {
        self.0 % 2 == 1
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Shard {
    /// Turns jobs into a drain that is ready to be decided.
    pub fn prepare(&mut self, jobs: Vec<Job>) -> Result<(Drain, Turns), StoreError> {
        let (book, endpoints) = (self.book.load_full(), self.endpoints.load_full());
        let mut drain = Drain::new(self.clock.now(), book, endpoints, Arc::clone(&self.common));
        let items = jobs.iter().map(Job::weight).sum();
        let mut wallets: Vec<WalletId> = Vec::with_capacity(items);
        let mut wanted = Wanted::with_capacity(items);
        drain.items.reserve(items);
        for job in jobs {
            self.take_in(job, &mut drain, &mut wallets, &mut wanted)?;
        }
        self.find_recent(&mut drain, &wallets, &wanted);
        let mut of_statuses = Vec::new();
        for (asking, remembered) in self.views.remembered_many(&wanted)? {
            let asking = Asking(asking);
            let known = known_of(&mut drain, asking.item());
            let slot = if asking.is_of_message() { &mut known.message } else { &mut known.own };
            // Of two generations that both remember it the later comes last, and counts.
            *slot = Some(remembered);
            if asking.is_of_message() {
                of_statuses.push(asking.item());
            }
        }
        self.load_charges(&mut drain, &wallets, of_statuses)?;
        let turns = self.chain(&mut drain, &wallets)?;
        drain.expect_outcomes(turns.len());
        Ok((drain, turns))
    }

    /// Which events' ids cannot have been decided shortly before.
    fn find_recent(&self, drain: &mut Drain, wallets: &[WalletId], wanted: &Wanted) {
        for (key, asking) in wanted {
            let asking = Asking(*asking);
            if !asking.is_of_message() {
                let partition = self.partition(wallets[asking.item()].partition);
                drain.items[asking.item()].fresh_only = !partition.may_hold(*key);
            }
        }
    }

    /// How the messages were charged that statuses name and the views remember.
    fn load_charges(
        &self,
        drain: &mut Drain,
        wallets: &[WalletId],
        items: Vec<usize>,
    ) -> Result<(), StoreError> {
        let entry = |item: &usize| {
            let message = drain.known.get(drain.items[*item].known as usize)?.message.as_ref()?;
            (message.verdict.seq > 0).then(|| (*item, (wallets[*item], message.verdict.seq)))
        };
        let (items, entries): (Vec<_>, Vec<_>) = items.iter().filter_map(entry).unzip();
        for (item, row) in items.into_iter().zip(self.views.entries_of(&entries)?) {
            let Some(row) = row else { continue };
            let record = row.record().map_err(StoreError::row("entries"))?;
            known_of(drain, item).charged = KnownCharge::of(&record, row.posted_at());
        }
        Ok(())
    }

    fn take_in(
        &mut self,
        job: Job,
        drain: &mut Drain,
        wallets: &mut Vec<WalletId>,
        wanted: &mut Wanted,
    ) -> Result<(), StoreError> {
        let place = drain.jobs.len() as u32;
        let item = |event| Item { job: place, event, next: NONE, known: NONE, fresh_only: false };
        match job {
            Job::Events { batch, share: Events { mine, named }, lane: _, answer } => {
                let (events, first) = (mine.len(), drain.items.len());
                let own =
                    mine.iter().enumerate().map(|(place, mine)| (mine.key, Asking::own(first + place).0));
                wanted.extend(own);
                let of_messages =
                    named.iter().map(|(place, key)| (*key, Asking::message(first + *place as usize).0));
                wanted.extend(of_messages);
                wallets.extend(mine.iter().map(|mine| mine.wallet));
                drain.items.extend(mine.iter().map(|mine| item(mine.event)));
                drain.jobs.push(WalletJob::Events { batch, events, answer });
            }
            Job::Adjust { wallet, request, answer } => {
                let panic = self.common.test_faults && request.reason == PANIC;
                assert!(!panic, "a fault asked for by a test");
                self.want_request(wallet, &request.idempotency_key, drain, wanted);
                wallets.push(wallet);
                drain.items.push(item(0));
                drain.jobs.push(WalletJob::Adjust { request, answer });
            }
            Job::Command { wallet, mut request, answer } => {
                if let Some(once) = &request.once {
                    self.want_request(wallet, &once.idempotency_key, drain, wanted);
                }
                self.load_attempt(wallet, &mut request)?;
                self.load_corrected(wallet, &mut request)?;
                wallets.push(wallet);
                drain.items.push(item(0));
                drain.jobs.push(WalletJob::Command { request, answer });
            }
            Job::Wake { wallets: woken, answer } => {
                drain.items.extend(woken.iter().map(|_| item(0)));
                wallets.extend(woken);
                drain.jobs.push(WalletJob::Wake { answer });
            }
            Job::SetWallet { terms, answer } => match self.place_of(&terms.wallet) {
                Some(wallet) => {
                    wallets.push(wallet);
                    drain.items.push(item(0));
                    drain.jobs.push(WalletJob::SetTerms { terms, answer });
                }
                None => self.open(&terms, answer, drain),
            },
            Job::AddTariff { version, text, actor, answer } => {
                self.add_tariff(&version, &text, &actor, answer, drain)
            }
            Job::MakeKey { request, secret, answer } => self.make_key(&request, secret, answer, drain),
            Job::RevokeKey { id, actor, answer } => self.revoke_key(&id, &actor, answer, drain),
            Job::SetEndpoint { request, answer } => {
                let ended = self.set_endpoint(request, drain);
                settle(drain, answer, ended);
            }
            Job::KeepDeed { deed, answer } => {
                self.keep_deed(&deed, drain);
                settle(drain, answer, Ok(()));
            }
            Job::PutAway => self.put_away(drain.now),
        }
        Ok(())
    }

    /// Has a request's idempotency key looked up for the item that is pushed next.
    fn want_request(&self, wallet: WalletId, idempotency_key: &str, drain: &Drain, wanted: &mut Wanted) {
        let key = self.common.secret.key(wallet, Named::Idempotency(idempotency_key));
        let asking = Asking::own(drain.items.len()).0;
        wanted.push((key, asking));
    }

    /// What the provider says may concern an attempt that its wallet has put behind it.
    fn load_attempt(&self, wallet: WalletId, request: &mut WalletRequest) -> Result<(), StoreError> {
        if let WalletCommand::Payment { attempt, .. } = &request.command {
            let known = self.views.read::<Attempt>(wallet, *attempt)?;
            request.known_attempt = known.map(|known| Box::new(known.document));
        }
        Ok(())
    }

    /// How the messages were charged that are to be corrected, what is remembered of them, and their last corrections.
    fn load_corrected(&self, wallet: WalletId, request: &mut WalletRequest) -> Result<(), StoreError> {
        let WalletCommand::Correct(CorrectRequest { messages, .. }) = &request.command else { return Ok(()) };
        let entries: Vec<_> = messages.iter().map(|message| (wallet, message.of)).collect();
        let (mut known, mut wanted) = (Vec::with_capacity(messages.len()), Wanted::new());
        for (message, row) in messages.iter().zip(self.views.entries_of(&entries)?) {
            let corrected = self.views.read::<Corrected>(wallet, message.of)?.map(|dated| dated.document);
            let record =
                row.as_ref().map(|row| row.record().map_err(StoreError::row("entries"))).transpose()?;
            let posted_at = row.as_ref().map_or(Timestamp::default(), PostedRow::posted_at);
            let message = record.and_then(|record| KnownMessage::of(&record, posted_at, corrected));
            if let Some(message) = &message {
                let key = self.common.secret.key(wallet, Named::Event(message.name()));
                let asks = known.len() as u32;
                wanted.push((key, asks));
            }
            known.push(message);
        }
        for (asks, remembered) in self.views.remembered_many(&wanted)? {
            if let Some(message) = &mut known[asks as usize] {
                message.remembered = Some(remembered);
            }
        }
        request.known_messages = known;
        Ok(())
    }

    fn set_endpoint(
        &mut self,
        request: EndpointRequest,
        drain: &mut Drain,
    ) -> Result<Arc<Endpoint>, CommandError> {
        let known = |number| {
            let endpoint = self.house.endpoints.get(number);
            let endpoint = endpoint.filter(|endpoint| endpoint.state != EndpointState::Removed);
            endpoint.map(|endpoint| Endpoint::clone(endpoint)).ok_or(CommandError::UnknownEndpoint)
        };
        let endpoint = match request.change {
            EndpointChange::Add(endpoint) => {
                Endpoint { number: self.house.endpoints.next_number(), made_at: drain.now, ..endpoint }
            }
            EndpointChange::Rotate { number, secret, old_until } => {
                let mut endpoint = known(number)?;
                endpoint.secrets.retain(|secret| secret.until > drain.now);
                endpoint.secrets.iter_mut().for_each(|old| old.until = old.until.min(old_until));
                endpoint.secrets.insert(0, Secret { text: secret, until: Timestamp::NEVER });
                endpoint
            }
            EndpointChange::Disable { number } => {
                Endpoint { state: EndpointState::Disabled, ..known(number)? }
            }
            EndpointChange::Remove { number } => Endpoint { state: EndpointState::Removed, ..known(number)? },
        };
        let number = endpoint.number;
        let record = HouseRecord::EndpointSet { endpoint: Box::new(endpoint), actor: &request.actor };
        self.append_house(&record, drain);
        let endpoints = self.house.endpoints.clone();
        let kept = endpoints.get(number).map(Arc::clone).ok_or(CommandError::UnknownEndpoint);
        drain.ended.publications.push(Publication::Endpoints(Arc::new(endpoints)));
        kept
    }

    /// Where a wallet lives, also one whose opening is not durable yet.
    fn place_of(&self, wallet: &str) -> Option<WalletId> {
        let known = self.directory.with(wallet, |cell| cell.id);
        known.or_else(|| self.opening.get(wallet).copied())
    }

    fn open(&mut self, terms: &WalletTerms, answer: Answer<Placed>, drain: &mut Drain) {
        let number = partition_of(&terms.wallet, self.partitions.len());
        let wallet = self.partition_mut(number).open_wallet(&terms.asked(&drain.book), drain.now);
        let published = Published::of(&wallet, terms.name.as_str().into(), drain.now);
        let cell = Arc::new(Cell::new(&terms.wallet, wallet.id, published));
        self.opening.insert(terms.wallet.as_str().into(), wallet.id);
        drain.ended.publications.push(Publication::Opened(Arc::clone(&cell)));
        self.places[usize::from(number)].push(Place { cell, slot: None });
        self.bring_in(wallet);
        settle(drain, answer, Ok(Placed::New));
    }

    /// Gives a wallet its actor.
    fn bring_in(&mut self, wallet: Wallet) {
        let id = wallet.id;
        let frame = self.partition(id.partition).open_frame();
        self.place_mut(id).slot = Some(Box::new(Slot::new(wallet, frame)));
        self.actors += 1;
        self.meters.shards.wallets_loaded.increment(1);
    }

    /// Chains the items of each wallet in order, and loads the wallets that have no actor.
    fn chain(&mut self, drain: &mut Drain, wallets: &[WalletId]) -> Result<Turns, StoreError> {
        self.load_missing(wallets)?;
        let mut turns = Turns::new();
        for (place, id) in wallets.iter().enumerate() {
            if place % SLOTS_AT_A_TIME == 0 {
                let some = wallets[place..].iter().take(SLOTS_AT_A_TIME);
                let slots = some.filter_map(|id| self.place(*id).slot.as_ref());
                bring(slots.map(|slot| slot.last_item.into()));
            }
            let place = place as u32;
            let slot = self.place_mut(*id).slot.as_mut().expect("every wallet of the drain was loaded");
            if slot.is_quarantined() {
                continue;
            }
            if slot.last_item == NONE {
                turns.push((*id, place));
                slot.last_item = place;
            } else {
                drain.items[slot.last_item as usize].next = place;
                slot.last_item = place;
            }
        }
        Ok(turns)
    }

    fn load_missing(&mut self, wallets: &[WalletId]) -> Result<(), StoreError> {
        let mut missing: Vec<_> =
            wallets.iter().copied().filter(|id| self.place(*id).slot.is_none()).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let snapshots = self.views.snapshots(&missing)?;
        for (id, snapshot) in missing.into_iter().zip(snapshots) {
            let lost = || StoreError::File {
                path: "views".into(),
                error: format!(
                    "there is no snapshot of wallet {id:?}, which was put away: delete the folder views to build them anew"
                ),
            };
            self.bring_in(snapshot.ok_or_else(lost)?.wallet);
        }
        Ok(())
    }

    fn add_tariff(
        &mut self,
        version: &Arc<Version>,
        text: &str,
        actor: &str,
        answer: Answer<Placed>,
        drain: &mut Drain,
    ) {
        let decided = self.house.decide_tariff(version, text);
        if decided == Ok(Placed::New) {
            let record = HouseRecord::TariffAdded { version: self.house.next_version(), text, actor };
            self.append_house(&record, drain);
            let book = Arc::new(self.house.book.clone());
            drain.ended.publications.push(Publication::Book(book));
        }
        settle(drain, answer, decided.map_err(refused));
    }

    fn make_key(
        &mut self,
        request: &KeyRequest,
        secret: Option<String>,
        answer: Answer<NewKey>,
        drain: &mut Drain,
    ) {
        let secret = secret.unwrap_or_else(|| format!("{SECRET_PREFIX}{}", to_hex(&random_bytes::<24>())));
        let id = format!("key_{}", to_hex(&random_bytes::<8>()));
        let record = KeyRecord {
            id: &id,
            role: request.role,
            wallet: request.wallet.as_deref().unwrap_or_default(),
            name: &request.name,
            digest: Digest::of(&secret).0,
            actor: &request.actor,
        };
        self.append_house(&HouseRecord::KeyMade(record), drain);
        let info = self.publish_key(&id, drain);
        settle(drain, answer, info.map(|info| NewKey { info, secret }).ok_or(CommandError::UnknownKey));
    }

    fn revoke_key(&mut self, id: &str, actor: &str, answer: Answer<Placed>, drain: &mut Drain) {
        let decided = self.house.decide_revocation(id);
        if decided == Ok(Placed::New) {
            self.append_house(&HouseRecord::KeyRevoked { id, actor }, drain);
            self.publish_key(id, drain);
        }
        settle(drain, answer, decided.map_err(refused));
    }

    fn keep_deed(&mut self, kept: &HouseDeed, drain: &Drain) {
        let deed = Deed { actor: &kept.actor, action: kept.action, about: cut(&kept.about) };
        let wallet = kept.wallet.as_deref().unwrap_or_default();
        self.append_house(&HouseRecord::Deed { wallet, deed }, drain);
    }

    fn append_house(&mut self, record: &HouseRecord<'_>, drain: &Drain) {
        self.partition_mut(house::PARTITION).append_house(record, drain.now);
        self.house.apply(record, drain.now).expect("a decided record of the house folds");
    }

    fn publish_key(&self, id: &str, drain: &mut Drain) -> Option<Arc<crate::engine::keys::KeyInfo>> {
        let (digest, info) = self.house.key(id)?;
        drain.ended.publications.push(Publication::Key(*digest, Arc::clone(info)));
        Some(Arc::clone(info))
    }
}

/// What is known for an item, begun where nothing was.
fn known_of(drain: &mut Drain, item: usize) -> &mut Known {
    let known = &mut drain.items[item].known;
    if *known == NONE {
        *known = drain.known.len() as u32;
        drain.known.push(Known::default());
    }
    &mut drain.known[*known as usize]
}

/// Answers once the drain is durable.
fn settle<T: Send + 'static>(drain: &mut Drain, answer: Answer<T>, ended: Result<T, CommandError>) {
    // Whoever no longer listens has gone away; what it asked stands all the same.
    drain.settled.push(Box::new(move || drop(answer.send(ended))));
}

fn refused(refusal: HouseRefusal) -> CommandError {
    match refusal {
        HouseRefusal::Conflict(why) => CommandError::Conflict(why),
        HouseRefusal::UnknownKey => CommandError::UnknownKey,
    }
}
