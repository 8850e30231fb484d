//! One partition: decides for its wallets in order, remembers their ids, fills and seals its frames.

use bytes::Bytes;

use super::batch::{Batch, BatchEvent};
use super::charge::KnownCharge;
use super::ids::RowPlace;
use super::outcome::{Outcome, PackedOutcome};
use super::recent::{Reading, Recent, RecentPast};
use super::tally::Tally;
use super::world::World;
use crate::domain::decide::{Command, Early, Moment, Refusal, after_lack, catch_up, decide};
use crate::domain::deed::{Act, Deed, cut, deed_of, terms_about};
use crate::domain::house::HouseRecord;
use crate::domain::identity::{Fingerprint, Hashed, Key, Named, Remembered, Repeat, Secret, Verdict};
use crate::domain::record::{Adjustment, Cause, Change, Entry, Lack, Record, Records, Request, Terms};
use crate::domain::status::Corrected;
use crate::domain::time::Timestamp;
use crate::domain::wallet::{Wallet, WalletId};
use crate::journal::Sealed;
use crate::journal::frame::{FrameBuilder, Head};
use crate::journal::rows;

/// A fixed slice of the wallets, with the one chain of frames that they share.
pub struct Partition {
    number: u8,
    head: Head,
    wallets_opened: u32,
    recent: RecentPast,
    open: FrameBuilder,
    sealed: Vec<Sealed>,
    frame_bytes_max: usize,
    /// Something to be done outside has changed since it was last asked.
    effects_touched: bool,
    /// What the metrics are to be told.
    tally: Tally,
}

/// What decisions of one drain share.
#[derive(Clone, Copy)]
pub struct Deciding<'a> {
    pub moment: Moment,
    pub world: World<'a>,
    pub secret: &'a Secret,
}

/// What the views know of an event that is about to be decided.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Under its own key.
    pub own: Option<Remembered>,
    /// Of the message that a status names.
    pub message: Option<Remembered>,
    /// How that message was charged.
    pub charged: Option<KnownCharge>,
}

/// What an adjustment or another request ends as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// The entry of an adjustment; how many corrections were posted; of another request the number of its document.
    Posted {
        answer: u64,
    },
    /// The same key and content came before.
    Replayed {
        answer: u64,
    },
    /// The same key came before with other content.
    KeyReused,
    Refused(Refusal),
}

/// A request other than an event.
pub struct Asked<'a> {
    pub command: Command<'a>,
    /// Under which it is carried out once; `None` for what may be carried out again.
    pub once: Option<(&'a str, Fingerprint)>,
    /// The id of the key that asks; `None` where the engine itself does.
    pub actor: Option<&'a str>,
}

/// Terms that a wallet is to have.
pub struct TermsAsked<'a> {
    pub terms: Terms<'a>,
    /// The name of their tariff.
    pub tariff: &'a str,
    /// The id of the key that asks.
    pub actor: &'a str,
}

/// Where to go back to when a rule fails in the middle of a decision.
#[derive(Clone, Copy)]
pub struct Savepoint((usize, u32));

impl Partition {
    /// A partition whose journal ends at `head` and which has opened so many wallets.
    pub fn new(number: u8, head: Head, wallets_opened: u32, frame_bytes_max: usize) -> Partition {
        Partition {
            number,
            head,
            wallets_opened,
            recent: RecentPast::default(),
            open: FrameBuilder::default(),
            sealed: Vec::new(),
            frame_bytes_max,
            effects_touched: false,
            tally: Tally::default(),
        }
    }

    /// Posts the first thing that is due for a wallet by now; says whether there was one.
    pub fn catch_up(&mut self, wallet: &mut Wallet, deciding: Deciding<'_>) -> bool {
        let Some((_, timer, _)) = wallet.due_by(deciding.moment.now) else { return false };
        let Some(records) = catch_up(wallet, deciding.world.ground(deciding.moment)) else { return false };
        self.tally.fired(timer as usize);
        self.keep(wallet, &records, None, deciding);
        true
    }

    /// Decides one event of a batch. Everything due by now must have been posted. `fresh_only`: before this drain
    /// [`Partition::may_hold`] said no.
    pub fn post(
        &mut self,
        wallet: &mut Wallet,
        batch: &Batch,
        index: usize,
        known: Option<&Known>,
        deciding: Deciding<'_>,
        fresh_only: bool,
    ) -> PackedOutcome {
        let outcome = self.decide_event(wallet, batch, index, known, deciding, fresh_only);
        self.tally.event(&batch.events[index].told, &outcome);
        outcome.into()
    }

    fn decide_event(
        &mut self,
        wallet: &mut Wallet,
        batch: &Batch,
        index: usize,
        known: Option<&Known>,
        deciding: Deciding<'_>,
        fresh_only: bool,
    ) -> Outcome {
        let BatchEvent { key, fingerprint, tariff, price, .. } = batch.events[index];
        let now = deciding.moment.now;
        let recent = self.recent.id(key, fresh_only, self.reading(deciding));
        let own = recent.as_ref().map(|recent| &recent.remembered);
        let own = own.or(known.and_then(|known| known.own.as_ref()));
        match own.and_then(|remembered| remembered.judge(fingerprint, now)) {
            Some(Repeat::Duplicate(verdict)) => return Outcome::Duplicate(verdict),
            Some(Repeat::Conflict) => return Outcome::Conflict,
            None => {}
        }
        let ground = deciding.world.ground(deciding.moment);
        // It outlives the records that are counted by it.
        let charge;
        // Events, commands and records are large: each is made where it stays, and looked at there.
        let decided = match batch.events[index].message_key() {
            Some(message_key) => {
                let (message, known_charge) = self.message(message_key, known, deciding);
                charge = known_charge;
                let charged = charge.as_ref().map(KnownCharge::as_charged);
                decide(wallet, &Command::Status { event: batch.event(index), message, charged }, ground)
            }
            None => {
                let early = Early::waiting(own, fingerprint, now);
                let mut command = Command::Post { event: batch.event(index), price, early };
                if tariff != wallet.tariff
                    && let Command::Post { event, price, .. } = &mut command
                {
                    *price = deciding.world.book.price_event(wallet.tariff, event);
                }
                decide(wallet, &command, ground)
            }
        };
        match &decided {
            Ok(records) => {
                self.keep(wallet, records, Some((key, fingerprint)), deciding);
                Outcome::taken(
                    Verdict::of(&records[0].change)
                        .expect("an event's decision begins with the record that burns its id"),
                )
            }
            Err(refusal) => {
                self.after(wallet, *refusal, deciding);
                Outcome::refused(*refusal)
            }
        }
    }

    /// What is remembered of the message that a status names, and how it was charged.
    fn message(
        &self,
        key: Key,
        known: Option<&Known>,
        deciding: Deciding<'_>,
    ) -> (Option<Remembered>, Option<KnownCharge>) {
        let stored = || known.and_then(|known| known.charged.clone());
        let Some(recent) = self.recent(key, deciding) else {
            return (known.and_then(|known| known.message.clone()), stored());
        };
        let charge = recent.row.and_then(|row| self.recent.charge(row, self.reading(deciding)));
        (Some(recent.remembered), charge.or_else(stored))
    }

    /// What is remembered under a key that the views do not hold yet, or not as it is now.
    fn recent(&self, key: Key, deciding: Deciding<'_>) -> Option<Recent> {
        self.recent.id(key, false, self.reading(deciding))
    }

    /// Whether an id may have been decided before the drain under way and not be among the views yet.
    pub fn may_hold(&self, key: Key) -> bool {
        self.recent.may_hold(key)
    }

    fn reading<'p>(&'p self, deciding: Deciding<'p>) -> Reading<'p> {
        Reading {
            partition: self.number,
            secret: deciding.secret,
            open: &self.open,
            open_number: self.open_frame(),
            now: deciding.moment.now,
        }
    }

    /// A refusal for lack of money may fire automatic top-up.
    fn after(&mut self, wallet: &mut Wallet, refusal: Refusal, deciding: Deciding<'_>) {
        if matches!(refusal, Refusal::Lack(Lack::Suspended | Lack::InsufficientBalance)) {
            let records = after_lack(wallet, deciding.world.ground(deciding.moment));
            self.keep(wallet, &records, None, deciding);
        }
    }

    /// Posts or replays an adjustment.
    pub fn adjust(
        &mut self,
        wallet: &mut Wallet,
        adjustment: &Adjustment<'_>,
        known: Option<&Remembered>,
        deciding: Deciding<'_>,
    ) -> Once {
        let key = deciding.secret.key(wallet.id, Named::Idempotency(adjustment.idempotency_key));
        let fingerprint = deciding.secret.adjustment_fingerprint(adjustment);
        if let Some(repeated) = self.repeated(key, fingerprint, known, deciding) {
            return repeated;
        }
        let ground = deciding.world.ground(deciding.moment);
        match decide(wallet, &Command::Adjust(*adjustment), ground) {
            Ok(records) => {
                self.keep(wallet, &records, Some((key, fingerprint)), deciding);
                Once::Posted { answer: first_entry(&records).map_or(0, |entry| entry.seq) }
            }
            Err(refusal) => Once::Refused(refusal),
        }
    }

    fn repeated(
        &self,
        key: Key,
        fingerprint: Fingerprint,
        known: Option<&Remembered>,
        deciding: Deciding<'_>,
    ) -> Option<Once> {
        let recent = self.recent(key, deciding).map(|recent| recent.remembered);
        match recent.as_ref().or(known)?.judge(fingerprint, deciding.moment.now)? {
            Repeat::Duplicate(verdict) => Some(Once::Replayed { answer: verdict.seq }),
            Repeat::Conflict => Some(Once::KeyReused),
        }
    }

    /// Carries out a request, or answers what it came to before.
    pub fn carry_out(
        &mut self,
        wallet: &mut Wallet,
        asked: Asked<'_>,
        known: Option<&Remembered>,
        deciding: Deciding<'_>,
    ) -> Once {
        let Asked { mut command, once, actor } = asked;
        let now = deciding.moment.now;
        let own = once.map(|(idempotency_key, fingerprint)| {
            (deciding.secret.key(wallet.id, Named::Idempotency(idempotency_key)), fingerprint)
        });
        if let Some((key, fingerprint)) = own
            && let Some(repeated) = self.repeated(key, fingerprint, known, deciding)
        {
            return repeated;
        }
        self.bring_up_to_date(&mut command, wallet.id, deciding);
        match decide(wallet, &command, deciding.world.ground(deciding.moment)) {
            Ok(mut records) => {
                let answer = answer_of(&records);
                if let Some((idempotency_key, fingerprint)) = once {
                    let request = Request { idempotency_key, fingerprint: fingerprint.0, answer };
                    let change = Change::Request(request);
                    let record = Record { number: wallet.records + 1, occurred_at: now, change };
                    wallet.apply(&record).expect("a request's record continues the wallet");
                    records.push(record);
                }
                self.keep(wallet, &records, own, deciding);
                if let Some((actor, (action, about))) = actor.zip(deed_of(&command, answer)) {
                    self.keep_deed(wallet, Deed { actor, action, about: cut(&about) }, now);
                }
                Once::Posted { answer }
            }
            Err(refusal) => {
                self.after(wallet, refusal, deciding);
                Once::Refused(refusal)
            }
        }
    }

    /// What the views knew when a command was prepared may have changed in frames that they do not hold yet.
    fn bring_up_to_date(&self, command: &mut Command<'_>, wallet: WalletId, deciding: Deciding<'_>) {
        match command {
            Command::Payment { attempt, known, .. } => {
                if let Some(recent) = self.recent.attempt(wallet.number, *attempt) {
                    *known = Some(Box::new(recent.clone()));
                }
            }
            Command::Correct { messages, .. } => {
                for message in messages {
                    let key = deciding.secret.key(wallet, Named::Event(message.name));
                    if let Some(recent) = self.recent(key, deciding) {
                        message.message = Some(recent.remembered);
                    }
                    let corrected = self.recent.correction(wallet.number, message.charged.seq);
                    message.corrected = corrected.or(message.corrected);
                }
            }
            _ => {}
        }
    }

    /// Sets a wallet's terms.
    pub fn set_terms(
        &mut self,
        wallet: &mut Wallet,
        asked: &TermsAsked<'_>,
        deciding: Deciding<'_>,
    ) -> Result<(), Refusal> {
        let records =
            decide(wallet, &Command::SetTerms(asked.terms), deciding.world.ground(deciding.moment))?;
        self.keep(wallet, &records, None, deciding);
        self.keep_terms_deed(wallet, Act::WalletChanged, asked, deciding.moment.now);
        Ok(())
    }

    /// Opens the next wallet of this partition.
    pub fn open_wallet(&mut self, asked: &TermsAsked<'_>, now: Timestamp) -> Wallet {
        let id = WalletId { partition: self.number, number: self.wallets_opened };
        self.wallets_opened =
            self.wallets_opened.checked_add(1).expect("fewer than 2^32 wallets in a partition");
        let record = Record { number: 1, occurred_at: now, change: Change::Opened(asked.terms) };
        self.open.push(|bytes| rows::put_record(bytes, id.number, &record));
        let mut wallet = Wallet::opened(id, &asked.terms);
        self.keep_terms_deed(&mut wallet, Act::WalletOpened, asked, now);
        wallet
    }

    fn keep_terms_deed(&mut self, wallet: &mut Wallet, action: Act, asked: &TermsAsked<'_>, now: Timestamp) {
        let about = terms_about(&asked.terms, asked.tariff);
        self.keep_deed(wallet, Deed { actor: asked.actor, action, about: cut(&about) }, now);
    }

    /// Journals who did what has just been appended: no frame ends in between.
    fn keep_deed(&mut self, wallet: &mut Wallet, deed: Deed<'_>, now: Timestamp) {
        let change = Change::Deed(Box::new(deed));
        let record = Record { number: wallet.records + 1, occurred_at: now, change };
        wallet.apply(&record).expect("a deed's record continues the wallet");
        self.open.push(|bytes| rows::put_record(bytes, wallet.id.number, &record));
    }

    /// Appends a record of the house.
    pub fn append_house(&mut self, record: &HouseRecord<'_>, now: Timestamp) {
        self.open.push(|bytes| rows::put_house(bytes, record, now));
    }

    /// Puts decided records into the open frame, and remembers the ids they burn.
    fn keep(&mut self, wallet: &Wallet, records: &Records<'_>, own: Option<Hashed>, deciding: Deciding<'_>) {
        let frame = self.open_frame();
        self.tally.records(wallet.currency, records);
        for record in records {
            let offset = u32::try_from(self.open.next_row()).expect("a frame is far shorter than 4 GiB");
            let row = RowPlace { frame, offset };
            self.open.push(|bytes| rows::put_record(bytes, wallet.id.number, record));
            match &record.change {
                Change::Course(set) => {
                    let key = deciding.secret.key(wallet.id, Named::Event(set.message));
                    self.recent.amend(key, set.remembered.clone(), row);
                }
                Change::Attempt(attempt) => {
                    self.effects_touched = true;
                    if !attempt.is_unresolved() {
                        self.recent.keep_attempt(wallet.id.number, attempt, frame);
                    }
                }
                Change::Delivery(_) | Change::Number(_) => self.effects_touched = true,
                Change::Entry(entry @ Entry { cause: Cause::Correction(correction), .. }) => {
                    let corrected = Corrected::by(entry).expect("the entry of a correction");
                    self.recent.keep_correction(wallet.id.number, correction.of, corrected, frame);
                }
                change => {
                    let burnt = own.filter(|_| Verdict::of(change).is_some());
                    burnt.into_iter().for_each(|own| self.recent.remember(own, row));
                }
            }
        }
    }

    /// Whether something to be done outside has changed since this was last asked.
    pub fn take_effects_touched(&mut self) -> bool {
        std::mem::take(&mut self.effects_touched)
    }

    /// What has been counted since it was last added to the metrics.
    pub fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// The number of the frame that is being filled.
    pub fn open_frame(&self) -> u64 {
        self.head.number + 1
    }

    pub fn savepoint(&self) -> Savepoint {
        Savepoint(self.open.savepoint())
    }

    /// Takes back the rows since the savepoint: what a failed rule left behind must not be journalled.
    pub fn roll_back(&mut self, savepoint: Savepoint) {
        self.open.truncate(savepoint.0);
        self.recent.take_back(savepoint.0.0);
    }

    /// Seals the open frame once it has reached its size; called between decisions.
    pub fn seal_if_full(&mut self, posted_at: Timestamp) {
        if self.open.len() >= self.frame_bytes_max {
            self.seal_open(posted_at);
        }
    }

    fn seal_open(&mut self, posted_at: Timestamp) {
        if !self.open.is_empty() {
            let rows = self.open.rows();
            let bytes = Bytes::from(self.open.seal(self.number, &mut self.head, posted_at));
            let number = self.head.number;
            let ids = self.recent.keep_frame(number, posted_at, bytes.clone());
            self.sealed.push(Sealed { partition: self.number, number, rows, bytes, ids });
        }
    }

    /// Everything decided since the last call, as frames in order.
    pub fn seal(&mut self, posted_at: Timestamp) -> std::vec::Drain<'_, Sealed> {
        self.seal_open(posted_at);
        self.sealed.drain(..)
    }

    /// A drain is over, and the views hold everything up to this frame now.
    pub fn built(&mut self, frame: u64) {
        self.recent.built(frame);
    }

    /// Ids that the views do not hold yet.
    pub fn recent_ids(&self) -> usize {
        self.recent.ids_len()
    }

    pub fn number(&self) -> u8 {
        self.number
    }
}

fn first_entry<'r, 'a>(records: &'r Records<'a>) -> Option<&'r Entry<'a>> {
    records.iter().find_map(|record| match &record.change {
        Change::Entry(entry) => Some(entry),
        _ => None,
    })
}

/// The number of the document that a request came to; of corrections, how many were posted.
fn answer_of(records: &Records<'_>) -> u64 {
    let corrects = |record: &&Record<'_>| matches!(&record.change, Change::Entry(entry) if Corrected::by(entry).is_some());
    let document = |record: &Record<'_>| match &record.change {
        Change::Hold(hold) => Some(hold.number),
        Change::Number(number) => Some(number.rental),
        Change::Attempt(attempt) => Some(attempt.number),
        _ => None,
    };
    match records.iter().filter(corrects).count() as u64 {
        0 => records.iter().find_map(document).unwrap_or_default(),
        corrections => corrections,
    }
}

#[cfg(test)]
mod tests;
