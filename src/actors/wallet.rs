//! The actor of one wallet: it alone decides for that wallet, in order, in memory.
//!
//! It is given one message per drain, not one per event, by its shard, which runs it: it has no mailbox and no task
//! ([ADR 14](../../docs/adr/0014-shards-run-their-actors.md)). A rule that panics is caught here: what the decision had
//! written is taken back, the wallet is quarantined, and the others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix::{Actor, ActorContext, ActorState, Handler, Message};

use super::command::{Adjusted, CommandError, Done, Placed, WalletRequest};
use super::drain::{Drain, Ended, Ending, Publication, WalletJob};
use crate::domain::decide::{Moment, Refusal};
use crate::domain::identity::Remembered;
use crate::domain::wallet::Wallet;
use crate::engine::agenda::Plan;
use crate::engine::directory::{Cell, Numbers, rented};
use crate::engine::partition::{Asked, Deciding, Once, Partition};

/// Where test faults are on: the reason of an adjustment that makes its rule fail, ...
const PANIC: &str = "__panic__";
/// ... and of one that holds its shard up.
const STUCK: &str = "__stuck__";
const STUCK_FOR: std::time::Duration = std::time::Duration::from_secs(4);

pub struct WalletActor {
    wallet: Wallet,
}

/// What a wallet's actor runs in: its shard hands it its turns one by one and keeps nothing for it in between.
#[derive(Default)]
pub struct InShard {
    stopped: bool,
}

impl ActorContext for InShard {
    fn stop(&mut self) {
        self.stopped = true;
    }

    fn terminate(&mut self) {
        self.stop();
    }

    fn state(&self) -> ActorState {
        if self.stopped { ActorState::Stopped } else { ActorState::Running }
    }
}

/// A wallet's part of a drain: the chain of items that begins at `first`.
pub struct Turn<'d> {
    pub drain: &'d Drain,
    /// Of the wallet.
    pub partition: &'d mut Partition,
    /// Where the wallet is published.
    pub cell: &'d Arc<Cell>,
    pub ended: &'d mut Ended,
    pub first: u32,
}

impl Message for Turn<'_> {
    type Result = ();
}

impl WalletActor {
    pub fn new(wallet: Wallet) -> WalletActor {
        WalletActor { wallet }
    }

    /// Reads some of it, to have it brought from memory.
    pub fn look(&self) -> u64 {
        let Wallet { id, time_zone, records, alerts, due_at, .. } = &self.wallet;
        u64::from(id.number) ^ time_zone.len() as u64 ^ records ^ alerts ^ due_at.nanos() as u64
    }
}

impl Actor for WalletActor {
    type Context = InShard;
}

impl Handler<Turn<'_>> for WalletActor {
    type Result = ();

    fn handle(&mut self, turn: Turn<'_>, context: &mut InShard) {
        turn.run(&mut self.wallet, context);
    }
}

impl Turn<'_> {
    fn run(self, wallet: &mut Wallet, context: &mut InShard) {
        let Turn { drain, partition, cell, ended, first } = self;
        let (records_before, due_before) = (wallet.records, wallet.due_at);
        partition.take_effects_touched();
        let mut sound = Numbers::of(wallet, drain.now);
        let mut place = first;
        while let Some(item) = drain.items.get(place as usize) {
            let savepoint = partition.savepoint();
            let decided = catch_unwind(AssertUnwindSafe(|| {
                // What is due is posted first, one thing a decision of its own: a frame may end between them.
                let caught_up = wallet.due_at > drain.now || !partition.catch_up(wallet, deciding(drain));
                if caught_up {
                    decide(drain, place, wallet, partition, ended, cell);
                }
                caught_up
            }));
            match decided {
                Ok(false) => {}
                Ok(true) => place = item.next,
                Err(_) => {
                    partition.roll_back(savepoint);
                    context.stop();
                    // Nobody is to be woken for it again and again.
                    ended.publications.push(Publication::Plan(Arc::clone(cell), Plan::nothing()));
                    break;
                }
            }
            sound = Numbers::of(wallet, drain.now);
            partition.seal_if_full(drain.now);
        }
        if wallet.records > records_before {
            ended.publish(wallet.id, sound);
        }
        if (partition.take_effects_touched() || wallet.due_at != due_before)
            && context.state() == ActorState::Running
        {
            ended.publications.push(Publication::Plan(Arc::clone(cell), Plan::of(wallet)));
            if wallet.life.as_ref().is_some_and(|life| !life.numbers.is_empty()) {
                ended.publications.push(Publication::Rented(Arc::clone(cell), rented(wallet)));
            }
        }
    }
}

fn deciding(drain: &Drain) -> Deciding<'_> {
    let moment = Moment { now: drain.now, too_old_after: drain.common.too_old_after };
    Deciding { moment, world: drain.world(), secret: &drain.common.secret }
}

/// Decides what the item at a place asks for, and keeps how it ended.
fn decide(
    drain: &Drain,
    place: u32,
    wallet: &mut Wallet,
    partition: &mut Partition,
    ended: &mut Ended,
    cell: &Arc<Cell>,
) {
    let (item, deciding) = (&drain.items[place as usize], deciding(drain));
    let known = drain.known.get(item.known as usize);
    let own = known.and_then(|known| known.own.as_ref());
    let ending = match &drain.jobs[item.job as usize] {
        WalletJob::Events { batch, .. } => {
            let event = item.event as usize;
            let outcome = partition.post(wallet, batch, event, known, deciding, item.fresh_only);
            ended.outcomes[place as usize] = outcome;
            return;
        }
        WalletJob::Adjust { request, .. } => {
            if drain.common.test_faults {
                provoke(&request.reason);
            }
            Ending::Adjusted(match partition.adjust(wallet, &request.as_adjustment(), own, deciding) {
                Once::Posted { answer } => Ok(Adjusted { seq: answer, replayed: false }),
                Once::Replayed { answer } => Ok(Adjusted { seq: answer, replayed: true }),
                Once::KeyReused => Err(CommandError::KeyReused),
                Once::Refused(_) => Err(CommandError::OutOfRange),
            })
        }
        WalletJob::Command { request, .. } => {
            Ending::Done(carry_out(wallet, request, own, partition, deciding))
        }
        // What was due has been posted; nothing else was asked.
        WalletJob::Wake { .. } => return,
        WalletJob::SetTerms { terms, .. } => {
            let asked = terms.asked(&drain.book);
            Ending::Set(match partition.set_terms(wallet, &asked, deciding) {
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
    };
    ended.endings.insert(place, ending);
}

fn carry_out(
    wallet: &mut Wallet,
    request: &WalletRequest,
    known: Option<&Remembered>,
    partition: &mut Partition,
    deciding: Deciding<'_>,
) -> Result<Done, CommandError> {
    let once = request.once.as_ref().map(|once| (once.idempotency_key.as_str(), once.fingerprint));
    let asked = Asked { command: request.as_command(), once, actor: request.actor.as_deref() };
    match partition.carry_out(wallet, asked, known, deciding) {
        Once::Posted { answer } => Ok(Done { answer, replayed: false }),
        Once::Replayed { answer } => Ok(Done { answer, replayed: true }),
        Once::KeyReused => Err(CommandError::KeyReused),
        Once::Refused(Refusal::OutOfRange) => Err(CommandError::OutOfRange),
        Once::Refused(refusal) => Err(CommandError::Refused(refusal)),
    }
}

fn provoke(reason: &str) {
    assert!(reason != PANIC, "a fault asked for by a test");
    if reason == STUCK {
        std::thread::sleep(STUCK_FOR);
    }
}
