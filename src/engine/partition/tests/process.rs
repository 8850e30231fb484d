//! What one process has in memory: the partition under test, its wallets, and what the views hold of the log.

use std::collections::HashMap;

use super::bank::{Asked, Content, Sent};
use super::*;
use crate::domain::event::Name;
use crate::domain::samples::carrier_fee;
use crate::journal::rows::Row;

#[derive(Clone, Debug)]
pub enum Step {
    Post(Sent),
    Adjust(Asked),
    Rename(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    Posted(Outcome),
    Adjusted(Once),
    Renamed,
}

pub struct Process {
    pub partition: Partition,
    pub wallets: Vec<Wallet>,
    pub views: HashMap<Key, Remembered>,
    /// So many of the log's frames the views hold.
    pub views_frames: usize,
}

fn event_of(sent: &Sent) -> Event<'_> {
    let happening = match sent.content {
        Content::Message { direction, segments } => Happening::Message(message(direction, segments)),
        Content::CarrierFee { amount } => carrier_fee(Money::from_nanos(amount)),
    };
    let event = event(&sent.id, happening, sent.mode);
    let occurred_at = Timestamp::from_nanos(sent.occurred_at);
    Event { name: Name { source: sent.source, ..event.name }, occurred_at, ..event }
}

fn adjustment_of(asked: &Asked) -> Adjustment<'_> {
    Adjustment { idempotency_key: &asked.idempotency_key, ..adjustment(Money::from_nanos(asked.amount)) }
}

/// The records of a frame, with the number of the wallet that each is of.
pub fn records<'a>(frame: &Frame<'a>) -> impl Iterator<Item = (u32, Record<'a>)> {
    frame.rows().map(|row| match rows::read(row.expect("a row of the log")) {
        Ok(Row::Wallet { wallet, record }) => (wallet, record),
        other => panic!("wanted a wallet's record, got {other:?}"),
    })
}

impl Step {
    pub fn wallet(&self) -> usize {
        match self {
            Step::Post(Sent { wallet, .. }) | Step::Adjust(Asked { wallet, .. }) | Step::Rename(wallet) => {
                *wallet
            }
        }
    }

    pub fn key(&self, wallet: WalletId) -> Option<Key> {
        match self {
            Step::Post(sent) => Some(SECRET.key(wallet, Named::Event(event_of(sent).name))),
            Step::Adjust(asked) => Some(SECRET.key(wallet, Named::Idempotency(&asked.idempotency_key))),
            Step::Rename(_) => None,
        }
    }
}

impl Process {
    /// From the log's frames alone.
    pub fn recover(frames: &[Bytes], frame_bytes_max: usize) -> Process {
        let (mut wallets, mut head): (Vec<Wallet>, _) = (Vec::new(), Head::default());
        for bytes in frames {
            let frame = Frame::read(bytes).expect("a frame of the log");
            frame.follow(&mut head).expect("J3: the frames are one chain");
            for (wallet, record) in records(&frame) {
                match (&record.change, wallet as usize == wallets.len()) {
                    (Change::Opened(terms), true) => {
                        wallets
                            .push(Wallet::opened(WalletId { partition: PARTITION, number: wallet }, terms));
                    }
                    _ => wallets[wallet as usize].apply(&record).expect("J2: the journal folds"),
                }
            }
        }
        let partition = Partition::new(PARTITION, head, wallets.len() as u32, frame_bytes_max);
        let mut process = Process { partition, wallets, views: HashMap::new(), views_frames: 0 };
        process.build(frames, frames.len());
        process
    }

    /// Lets the views reach that many frames of the log, and the partition forget what they hold.
    pub fn build(&mut self, frames: &[Bytes], up_to: usize) {
        for bytes in &frames[self.views_frames..up_to] {
            let frame = Frame::read(bytes).unwrap();
            for (wallet, record) in records(&frame) {
                let id = WalletId { partition: PARTITION, number: wallet };
                self.views.extend(SECRET.remember(id, &record, frame.posted_at));
            }
        }
        self.views_frames = up_to;
        self.partition.built(up_to as u64);
    }

    pub fn take(&mut self, step: &Step, known: Option<&Remembered>, around: &Around, now: i64) -> Ending {
        let deciding = around.deciding(Timestamp::from_nanos(now));
        let (partition, wallet) = (&mut self.partition, &mut self.wallets[step.wallet()]);
        match step {
            Step::Post(sent) => {
                let total = sent.total.map(|total| price(Money::from_nanos(total), Money::ZERO));
                let batch = batch_of([(wallet.id, event_of(sent), total)]);
                let fresh_only = !partition.may_hold(batch.events[0].key);
                let known = known.map(super::known);
                Ending::Posted(partition.post(wallet, &batch, 0, known.as_ref(), deciding, fresh_only).into())
            }
            Step::Adjust(asked) => {
                Ending::Adjusted(partition.adjust(wallet, &adjustment_of(asked), known, deciding))
            }
            Step::Rename(_) => {
                partition.set_terms(wallet, &asked(Terms { name: "renamed", ..TERMS }), deciding).unwrap();
                Ending::Renamed
            }
        }
    }
}
