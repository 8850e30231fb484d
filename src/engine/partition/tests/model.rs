//! The model test: random events with crashes before and after every append, the naive bank beside them.
//!
//! What a crash leaves is the log's frames, and everything is made again from them alone: wallets by folding, ids
//! by [`Secret::remember`]. Then every answer that was given before must be found (W3, J1), and the journal's
//! entries are the bank's (W1, W4).

use super::bank::{Asked, Bank, Content, DAY, SECOND, Sent};
use super::log::{FakeLog, Fault};
use super::process::{Ending, Process, Step};
use super::*;
use crate::domain::samples::{Random, seeds};
use crate::journal::{Append, Log};

const SEEDS: u64 = 300;
const DRAINS: u64 = 60;
pub const WALLETS: usize = 3;

/// An answer that somebody has.
pub struct Given {
    pub step: Step,
    pub ending: Ending,
    pub decided_at: i64,
}

/// A drain that was decided and is not durable yet.
struct Decided {
    frames: Vec<Sealed>,
    answers: Vec<Given>,
    bank_after: Bank,
}

pub struct Model {
    random: Random,
    pub now: i64,
    pub process: Process,
    pub log: FakeLog,
    /// Runs ahead of the log, as the engine's memory does.
    bank: Bank,
    /// As the log's frames have it.
    pub durable: Bank,
    waiting: Vec<Decided>,
    pub given: Vec<Given>,
    sent: Vec<Sent>,
    crashes: u64,
}

impl Model {
    fn new(seed: u64) -> Model {
        let mut random = Random::new(seed);
        let mut partition = new_partition(200 + random.below(3_000) as usize);
        let wallets = (0..WALLETS).map(|_| partition.open_wallet(&asked(TERMS), NOW)).collect();
        let mut log = FakeLog::default();
        let opened: Vec<_> = partition.seal(NOW).collect();
        assert_eq!(log.append(&opened), Append::Durable);
        let bank = Bank::new(WALLETS);
        Model {
            random,
            now: NOW.nanos(),
            process: Process { partition, wallets, views: Default::default(), views_frames: 0 },
            log,
            durable: bank.clone(),
            bank,
            waiting: Vec::new(),
            given: Vec::new(),
            sent: Vec::new(),
            crashes: 0,
        }
    }

    /// Time goes on: mostly a little, sometimes by days, sometimes to where an id is just, or just not, forgotten.
    fn wait(&mut self) {
        let random = &mut self.random;
        let instants = self.bank.last_instants(self.now);
        self.now += match random.below(40) {
            0 => random.below(36) as i64 * DAY,
            1 if !instants.is_empty() => random.pick(&instants) - self.now + random.below(2) as i64,
            _ => 1 + random.below(100) as i64 * SECOND,
        };
    }

    fn step(&mut self) -> Step {
        let random = &mut self.random;
        let wallet = random.below(WALLETS as u64) as usize;
        match random.below(20) {
            0 => Step::Rename(wallet),
            1..4 => {
                let idempotency_key = format!("key-{}", random.below(40));
                Step::Adjust(Asked { wallet, idempotency_key, amount: random.pick(&[30, 30, 100, -20]) })
            }
            _ => Step::Post(self.event(wallet)),
        }
    }

    /// A new event, or one of those that were sent: as it was, or changed in what may and what may not differ.
    fn event(&mut self, wallet: usize) -> Sent {
        let (random, now) = (&mut self.random, self.now);
        let recent = self.sent.len().saturating_sub(30);
        if random.percent(45) && !self.sent.is_empty() {
            let from = if random.percent(70) { recent } else { 0 };
            let place = from + random.below((self.sent.len() - from) as u64) as usize;
            let mut sent = self.sent[place].clone();
            match random.below(8) {
                0 => sent.content = content(random),
                1 => sent.mode = random.pick(&[Admit, Report]),
                2 => sent.occurred_at = now,
                3 => sent.total = sent.total.map(|total| total + 1),
                4 => sent.wallet = wallet,
                _ => {}
            }
            return sent;
        }
        let ago = match random.below(20) {
            0 => random.below(37) as i64 * DAY,
            1 => 35 * DAY + random.below(2) as i64,
            2 => -300 * SECOND - random.below(2) as i64,
            _ => random.below(100) as i64 * SECOND,
        };
        let sent = Sent {
            wallet,
            source: random.pick(&["", "", "carrier-1"]),
            id: format!("id-{}", random.below(4_000)),
            content: content(random),
            mode: random.pick(&[Admit, Admit, Admit, Report]),
            occurred_at: now - ago,
            total: Some(random.below(25) as i64).filter(|total| *total != 7),
        };
        self.sent.push(sent.clone());
        sent
    }

    /// One drain: everything is looked up first, then decided wallet by wallet, each in the order it came in.
    fn drain(&mut self) {
        self.wait();
        let steps: Vec<_> = (0..1 + self.random.below(14)).map(|_| self.step()).collect();
        let Model { process, bank, now, .. } = self;
        let (now, around) = (*now, Around::default());
        let look_up = |step: &Step| process.views.get(&step.key(process.wallets[step.wallet()].id)?).cloned();
        let known: Vec<_> = steps.iter().map(look_up).collect();
        let give = |step: Step| Given { ending: expected(bank, &step, now), step, decided_at: now };
        let answers: Vec<_> = steps.into_iter().map(give).collect();
        for wallet in 0..WALLETS {
            for (Given { step, ending, .. }, known) in answers.iter().zip(&known) {
                if step.wallet() != wallet {
                    continue;
                }
                let before = process.wallets[wallet].balance;
                let got = process.take(step, known.as_ref(), &around, now);
                assert_eq!(got, *ending, "{step:?} at {now} on a balance of {before}");
                process.partition.seal_if_full(Timestamp::from_nanos(now));
            }
        }
        let frames = process.partition.seal(Timestamp::from_nanos(now)).collect();
        self.waiting.push(Decided { frames, answers, bank_after: self.bank.clone() });
    }

    /// What the journal writer does with some of the drains that wait, unless the process dies meanwhile.
    fn write(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let random = &mut self.random;
        let many = 1 + random.below(self.waiting.len() as u64) as usize;
        let (faults, dies_before, dies_after): (&[Fault], _, _) = match random.below(30) {
            0 => (&[], true, false),
            1 => (&[], false, true),
            2 => (&[Fault::Fails], false, false),
            3 => (&[Fault::UnknownAndWritten], false, true),
            4 => (&[Fault::UnknownAndGone], false, true),
            5 | 6 => (&[Fault::UnknownAndWritten, Fault::UnknownAndGone], false, false),
            7 | 8 => {
                (&[Fault::UnknownAndGone, Fault::UnknownAndGone, Fault::UnknownAndWritten], false, false)
            }
            _ => (&[], false, false),
        };
        if dies_before {
            return self.crash();
        }
        let group: Vec<_> = self.waiting.drain(..many).collect();
        let frames: Vec<_> = group.iter().flat_map(|decided| decided.frames.iter().cloned()).collect();
        self.log.faults.extend(faults);
        let end = loop {
            match self.log.append(&frames) {
                Append::Unknown(_) if !dies_after => {}
                end => break end,
            }
        };
        let written = frames.last().is_none_or(|last| self.log.frames.len() as u64 >= last.number);
        if let (true, Some(last)) = (written, group.last()) {
            self.durable = last.bank_after.clone();
        }
        if dies_after || matches!(end, Append::Failed(_)) {
            return self.crash();
        }
        assert!(written && end == Append::Durable);
        // J1: only now does anybody hear of it.
        self.given.extend(group.into_iter().flat_map(|decided| decided.answers));
    }

    /// The process is gone with all its memory; the next one has the log.
    fn crash(&mut self) {
        self.crashes += 1;
        self.waiting.clear();
        self.log.faults.clear();
        self.bank = self.durable.clone();
        self.process = Process::recover(&self.log.frames, 200 + self.random.below(3_000) as usize);
        for (wallet, account) in self.process.wallets.iter().zip(&self.bank.accounts) {
            assert_eq!(wallet.balance, Money::from_nanos(account.balance), "W1: the balance after a crash");
            assert_eq!(wallet.seq, account.entries.len() as u64);
            assert_eq!(wallet.status == Status::Active, account.balance > 0, "RULES, section 6");
        }
        self.given_answers_are_found();
        self.audit();
    }

    fn run(mut self) -> u64 {
        for _ in 0..DRAINS {
            self.drain();
            if self.waiting.len() > 3 || self.random.percent(60) {
                self.write();
            }
            if self.random.percent(40) {
                let (built, all) = (self.process.views_frames, self.log.frames.len());
                let up_to = built + self.random.below((all - built) as u64 + 1) as usize;
                self.process.build(&self.log.frames, up_to);
            }
        }
        while !self.waiting.is_empty() {
            self.write();
        }
        self.crash();
        self.crashes
    }
}

fn content(random: &mut Random) -> Content {
    match random.below(10) {
        0 => Content::CarrierFee { amount: 1 + random.below(20) as i64 },
        1..4 => Content::Message { direction: Inbound, segments: 1 },
        4 => Content::Message { direction: Outbound, segments: 2 },
        _ => Content::Message { direction: Outbound, segments: 1 },
    }
}

fn expected(bank: &mut Bank, step: &Step, now: i64) -> Ending {
    match step {
        Step::Post(sent) => Ending::Posted(bank.post(sent, now)),
        Step::Adjust(asked) => Ending::Adjusted(bank.adjust(asked, now)),
        Step::Rename(_) => Ending::Renamed,
    }
}

#[test]
fn j1_j2_w1_w2_w3_w4_a_partition_is_a_naive_bank_that_survives_crashes() {
    let first = u64::from_le_bytes(crate::clock::random_bytes());
    let mut crashes = 0;
    for seed in seeds(first, SEEDS) {
        // Shown when the test fails.
        println!("seed: FAREBOX_SEED={seed}");
        crashes += Model::new(seed).run();
    }
    println!("{crashes} crashes");
}
