//! The actor of one wallet: it alone decides for that wallet, in order, in memory.
//!
//! It is sent one message per drain, not one per event. A rule that panics is caught here, because actix lets a
//! panicking actor die without a word and restarts nothing: what the decision had written is taken back and the
//! wallet is quarantined.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix::{Actor, Context, Handler, Message};

use super::command::{Adjusted, CommandError, Placed};
use super::drain::{Drain, Ended, Ending, Item, NONE, Publication, WalletJob};
use crate::domain::decide::Moment;
use crate::domain::wallet::Wallet;
use crate::engine::directory::{Cell, Numbers};
use crate::engine::outcome::Absence;
use crate::engine::partition::{self, Deciding, Partition};

/// Where test faults are on: the reason of an adjustment that makes its rule fail, ...
const PANIC: &str = "__panic__";
/// ... and of one that holds its shard up.
const STUCK: &str = "__stuck__";
const STUCK_FOR: std::time::Duration = std::time::Duration::from_secs(4);

pub struct WalletActor {
    wallet: Wallet,
    cell: Arc<Cell>,
}

/// A wallet's part of a drain: the chain of items that begins at `first`.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Turn {
    pub drain: Arc<Drain>,
    pub first: u32,
}

impl WalletActor {
    pub fn new(wallet: Wallet, cell: Arc<Cell>) -> WalletActor {
        WalletActor { wallet, cell }
    }
}

impl Actor for WalletActor {
    type Context = Context<Self>;
}

impl Handler<Turn> for WalletActor {
    type Result = ();

    fn handle(&mut self, turn: Turn, _: &mut Context<Self>) {
        turn.run(&mut self.wallet, &self.cell);
        turn.drain.turn_taken();
    }
}

impl Turn {
    fn run(&self, wallet: &mut Wallet, cell: &Arc<Cell>) {
        let drain = &*self.drain;
        let mut partition = drain.common.partition(wallet.id.partition).lock();
        let mut ended = drain.ended.lock();
        let records_before = wallet.records;
        let mut sound = Numbers::of(wallet, drain.now);
        let mut place = self.first;
        while let Some(item) = drain.items.get(place as usize) {
            let savepoint = partition.savepoint();
            let decided = catch_unwind(AssertUnwindSafe(|| {
                decide(drain, item, wallet, &mut partition, &mut ended, cell)
            }));
            match decided {
                Ok(ending) => ended.endings[place as usize] = Some(ending),
                Err(_) => {
                    partition.roll_back(savepoint);
                    ended.quarantined.push(wallet.id);
                    set_aside(drain, place, &mut ended);
                    break;
                }
            }
            sound = Numbers::of(wallet, drain.now);
            partition.seal_if_full(drain.now);
            place = item.next;
        }
        if wallet.records > records_before {
            ended.publications.push(Publication::Numbers(Arc::clone(cell), sound));
        }
    }
}

fn decide(
    drain: &Drain,
    item: &Item,
    wallet: &mut Wallet,
    partition: &mut Partition,
    ended: &mut Ended,
    cell: &Arc<Cell>,
) -> Ending {
    let moment = Moment { now: drain.now, too_old_after: drain.common.too_old_after };
    let deciding = Deciding { moment, book: &drain.book, secret: &drain.common.secret };
    let known = drain.known.get(item.known as usize);
    match &drain.jobs[item.job as usize] {
        WalletJob::Events { batch, .. } => {
            Ending::Event(partition.post(wallet, batch, item.event as usize, known, deciding))
        }
        WalletJob::Adjust { request, .. } => {
            if drain.common.test_faults {
                provoke(&request.reason);
            }
            Ending::Adjusted(match partition.adjust(wallet, &request.as_adjustment(), known, deciding) {
                partition::Adjusted::Posted { seq } => Ok(Adjusted { seq, replayed: false }),
                partition::Adjusted::Replayed { seq } => Ok(Adjusted { seq, replayed: true }),
                partition::Adjusted::KeyReused => Err(CommandError::KeyReused),
                partition::Adjusted::OutOfRange => Err(CommandError::OutOfRange),
            })
        }
        WalletJob::SetTerms { terms, .. } => {
            Ending::Set(match partition.set_terms(wallet, &terms.as_terms(), moment) {
                Ok(()) => {
                    let published = Box::new(wallet.clone());
                    ended.publications.push(Publication::Terms(
                        Arc::clone(cell),
                        terms.name.as_str().into(),
                        published,
                    ));
                    Ok(Placed::Existing)
                }
                Err(_) => Err(CommandError::TermsFixed),
            })
        }
    }
}

fn provoke(reason: &str) {
    assert!(reason != PANIC, "a fault asked for by a test");
    if reason == STUCK {
        std::thread::sleep(STUCK_FOR);
    }
}

/// Everything from `place` on is answered as unavailable.
fn set_aside(drain: &Drain, mut place: u32, ended: &mut Ended) {
    while place != NONE {
        let item = &drain.items[place as usize];
        ended.endings[place as usize] = Some(absent(&drain.jobs[item.job as usize]));
        place = item.next;
    }
}

/// What is answered for a wallet that has been set aside.
pub fn absent(job: &WalletJob) -> Ending {
    match job {
        WalletJob::Events { .. } => {
            Ending::Event(crate::engine::outcome::Outcome::Unavailable(Absence::Quarantined))
        }
        WalletJob::Adjust { .. } => Ending::Adjusted(Err(CommandError::Unavailable(Absence::Quarantined))),
        WalletJob::SetTerms { .. } => Ending::Set(Err(CommandError::Unavailable(Absence::Quarantined))),
    }
}
