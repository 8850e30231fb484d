//! A wallet's story: what is done to it and what time brings, each step in words.

use super::words::{in_words, instant, posted, told, when};
use super::*;
use crate::domain::life::Life;
use crate::domain::life::attempt::Method;
use crate::domain::life::auto::Limits;

pub const LOCAL: &str = "+14155550100";

pub struct Story {
    pub wallet: Wallet,
    pub world: SampleWorld,
    pub now: Timestamp,
    /// Every record so far.
    pub records: Vec<Record<'static>>,
}

impl Story {
    /// A wallet that has just come to this balance.
    pub fn of(balance: &str, at: &str) -> Story {
        let wallet = wallet(money(balance));
        Story { wallet, world: SampleWorld::default(), now: instant(at), records: Vec::new() }
    }

    pub fn life(&self) -> &Life {
        self.wallet.life.as_deref().expect("the wallet has had more than a balance")
    }

    /// What a command comes to now, and what a refusal for lack of money brings after it.
    pub fn does(&mut self, command: Command<'static>) -> String {
        assert!(self.wallet.due_at > self.now, "everything due is posted before anything is decided");
        let before = self.wallet.clone();
        let decided = decide(&mut self.wallet, &command, self.world.ground(self.now));
        let mut words = told(&decided);
        self.wrote(&before, decided.as_deref().unwrap_or_default());
        if let Err(Refusal::Lack(Lack::Suspended | Lack::InsufficientBalance)) = decided {
            let before = self.wallet.clone();
            let records = after_lack(&mut self.wallet, self.world.ground(self.now));
            self.wrote(&before, &records);
            if !records.is_empty() {
                words += &format!("; {}", posted(&records));
            }
        }
        words
    }

    /// Time goes on, and everything is posted when it falls due; a line for each.
    pub fn until(&mut self, at: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while self.wallet.due_at <= instant(at) {
            self.now = self.wallet.due_at;
            lines.push(self.catch_up().expect("something is due"));
        }
        self.now = instant(at);
        lines
    }

    /// Time goes on with nobody there, and everything that fell due is posted only then.
    pub fn sleeps_until(&mut self, at: &str) -> Vec<String> {
        self.now = instant(at);
        std::iter::from_fn(|| self.catch_up()).collect()
    }

    fn catch_up(&mut self) -> Option<String> {
        let (before, due_at) = (self.wallet.clone(), self.wallet.due_at);
        let records = catch_up(&mut self.wallet, self.world.ground(self.now))?;
        self.wrote(&before, &records);
        assert!(records.iter().all(|record| record.occurred_at == due_at), "at its own time: {records:?}");
        Some(format!("{}: {}", when(due_at), posted(&records)))
    }

    /// What was decided is what the records fold to (J2).
    fn wrote(&mut self, before: &Wallet, records: &[Record<'static>]) {
        let mut folded = before.clone();
        for record in records {
            folded.apply(record).unwrap();
        }
        self.records.extend_from_slice(records);
        assert_eq!(folded, self.wallet, "the records fold to what was decided: {records:?}");
    }

    /// The changes so far whose words begin with these, without them: `when: rest`.
    pub fn told(&self, begin: &str) -> Vec<String> {
        let line = |record: &Record<'_>| {
            let words = in_words(&record.change);
            words.strip_prefix(begin).map(|rest| format!("{}: {rest}", when(record.occurred_at)))
        };
        self.records.iter().filter_map(line).collect()
    }

    /// An attempt as its last record left it.
    pub fn attempt(&self, number: u64) -> Option<Box<Attempt>> {
        self.records.iter().rev().find_map(|record| match &record.change {
            Change::Attempt(attempt) if attempt.number == number => Some(attempt.clone()),
            _ => None,
        })
    }

    /// What the provider says of an attempt.
    pub fn hears(&mut self, attempt: u64, fact: PaymentFact) -> String {
        let known = self.attempt(attempt);
        // A test's facts live as long as it does.
        self.does(Command::Payment { attempt, known, fact: Box::leak(Box::new(fact)) })
    }

    /// Switches automatic top-up on, with a saved method.
    pub fn with_auto(mut self, minimum: &str, amount: &str, limits: Limits) -> Story {
        let settings = auto_on(minimum, amount, limits);
        // As an earlier checkout left it.
        let words = |text: &str| text.into();
        let method = Method {
            customer: words("cus_1"),
            id: words("pm_1"),
            brand: words("visa"),
            last4: words("4242"),
        };
        self.wallet.life_mut().method = Some(method);
        self.wallet.derive();
        self.does(settings);
        self
    }
}

pub fn number(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|error| panic!("{text:?} is no number: {error}"))
}

pub fn buy(text: &str) -> Command<'static> {
    let number = number(text);
    Command::BuyNumber { number, sender_type: SenderType::of_channel(&number) }
}

pub fn release(text: &str) -> Command<'static> {
    Command::ReleaseNumber { number: number(text) }
}

pub fn credit(amount: &str) -> Command<'static> {
    Command::Adjust(adjustment(money(amount)))
}

pub fn hold(amount: &str, expires_at: &str) -> Command<'static> {
    Command::MakeHold { amount: money(amount), expires_at: instant(expires_at), campaign: "autumn" }
}

pub fn settle(hold: u64, amount: &str, rest: Rest) -> Command<'static> {
    Command::SettleHold { hold, amount: money(amount), rest }
}

pub fn auto_on(minimum: &str, amount: &str, limits: Limits) -> Command<'static> {
    let terms = AutoTerms { minimum: money(minimum), amount: money(amount), limits };
    Command::SetAutoTopUp { settings: AutoSettings { on: Some(terms) } }
}

pub const AUTO_OFF: Command<'static> = Command::SetAutoTopUp { settings: AutoSettings { on: None } };

/// An outbound message that asks to be let through now.
pub fn send(total: &str, now: Timestamp) -> Command<'static> {
    at(&sms(Outbound, Admit, total), now)
}
