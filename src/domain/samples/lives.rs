//! Wallets that live through random commands and jumps of time, for the laws of every floor.
//!
//! Amounts are a few counts, so that balances meet 0, minima and levels often.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Random, SampleWorld, adjustment, carrier_fee, event, message, price};
use crate::domain::address::Address;
use crate::domain::decide::{
    AutoSettings, AutoTerms, Command, Early, Mispriced, Payment, PaymentFact, Reading, Refusal, Rest,
    after_lack, catch_up, decide,
};
use crate::domain::event::{Direction, Event, FinalStatus, Happening, Mode, Name, StatusReport};
use crate::domain::identity::{Key, Named, Remembered, Secret};
use crate::domain::life::alert::DeliveryState;
use crate::domain::life::attempt::{Attempt, DisputeState, Method};
use crate::domain::life::auto::Limits;
use crate::domain::money::Money;
use crate::domain::record::{Adjustment, Cause, Change, Entry, Lack, Origin, Record, Records, Run, Terms};
use crate::domain::sender_type::SenderType;
use crate::domain::status::{Charged, Corrected};
use crate::domain::tariff::FailurePolicy;
use crate::domain::time::{Span, Timestamp};
use crate::domain::wallet::{Wallet, WalletId};

pub const SECRET: Secret = Secret(*b"fedcba9876543210");
/// Who hears of every alert.
pub const ENDPOINTS: [u32; 2] = [1, 2];

const NUMBERS: [&str; 3] = ["+14155550100", "+14155550101", "+18005550100"];

/// Why a step was made.
#[derive(Clone, Debug)]
pub enum Reason {
    /// Something was due.
    Due,
    Asked(Box<Command<'static>>),
    /// What was asked was refused for lack of money.
    Lack,
}

/// One decision.
#[derive(Clone, Debug)]
pub struct Step {
    pub reason: Reason,
    pub before: Wallet,
    pub records: Records<'static>,
}

pub struct Lived {
    pub wallet: Wallet,
    pub now: Timestamp,
    /// What is remembered of its ids.
    pub remembered: HashMap<Key, Remembered>,
    terms: Terms<'static>,
    world: SampleWorld,
    random: Random,
    charged: HashMap<Key, Charged<'static>>,
    /// The last correction of each message, by its entry.
    corrected: HashMap<u64, Corrected>,
    /// The entries of messages whose charge stands returned.
    returned: HashSet<u64>,
    sent: Vec<Name<'static>>,
    attempts: BTreeMap<u64, Attempt>,
    named: u64,
}

fn counts(nanos: u64) -> Money {
    Money::from_nanos(nanos as i64)
}

/// Texts of a test live as long as it does.
fn leak(text: String) -> &'static str {
    text.leak()
}

impl Lived {
    /// A wallet just opened, whose life follows from the seed.
    pub fn new(id: WalletId, terms: &Terms<'static>, seed: u64, now: Timestamp) -> Lived {
        let world = SampleWorld {
            fees: vec![(SenderType::Local, counts(7)), (SenderType::TollFree, counts(15))],
            failed: FailurePolicy::Fee(counts(1)),
            undelivered: FailurePolicy::Nothing,
            endpoints: ENDPOINTS.to_vec(),
            number_owner: true,
        };
        Lived {
            wallet: Wallet::opened(id, terms),
            now,
            remembered: HashMap::new(),
            terms: *terms,
            world,
            random: Random::new(seed),
            charged: HashMap::new(),
            corrected: HashMap::new(),
            returned: HashSet::new(),
            sent: Vec::new(),
            attempts: BTreeMap::new(),
            named: 0,
        }
    }

    /// Time goes on, mostly a little, sometimes by weeks or to where something is just due; then it acts.
    pub fn go_on(&mut self) -> Vec<Step> {
        let random = &mut self.random;
        let seconds = match random.below(12) {
            0 => random.below(40 * 86_400),
            1 | 2 => random.below(86_400),
            _ => random.below(600),
        };
        let due_at = self.wallet.due_at;
        self.now = match due_at != Timestamp::NEVER && due_at > self.now && random.percent(15) {
            true => due_at,
            false => self.now.plus(Span::from_seconds(seconds as u32)),
        };
        self.act()
    }

    /// Posts what is due by now, and decides one command.
    pub fn act(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        loop {
            let before = self.wallet.clone();
            let Some(records) = catch_up(&mut self.wallet, self.world.ground(self.now)) else { break };
            self.wrote(&records);
            steps.push(Step { reason: Reason::Due, before, records });
        }
        let (before, command) = (self.wallet.clone(), self.command());
        let decided = self.take(&command);
        let lack = matches!(decided, Err(Refusal::Lack(Lack::Suspended | Lack::InsufficientBalance)));
        let records = decided.unwrap_or_default();
        steps.push(Step { reason: Reason::Asked(Box::new(command)), before, records });
        if lack {
            let before = self.wallet.clone();
            let records = after_lack(&mut self.wallet, self.world.ground(self.now));
            self.wrote(&records);
            steps.push(Step { reason: Reason::Lack, before, records });
        }
        steps
    }

    /// Decides one command.
    pub fn take<'a>(&mut self, command: &Command<'a>) -> Result<Records<'a>, Refusal> {
        let records = decide(&mut self.wallet, command, self.world.ground(self.now))?;
        self.wrote(&records);
        Ok(records)
    }

    fn wrote(&mut self, records: &[Record<'_>]) {
        for record in records {
            self.remembered.extend(SECRET.remember(self.wallet.id, record, self.now));
            match &record.change {
                Change::Attempt(attempt) => drop(self.attempts.insert(attempt.number, *attempt.clone())),
                Change::Entry(Entry { cause: Cause::Message { event, .. }, .. }) => {
                    let charged = Charged::of(record, self.now).expect("the entry of a message");
                    let campaign = leak(event.campaign.to_owned());
                    let origin = Origin { campaign, ..charged.origin };
                    self.charged.insert(self.key(event.name), Charged { origin, ..charged });
                }
                Change::Entry(Entry { cause: Cause::Refund { of, .. }, .. }) => {
                    self.returned.insert(*of);
                }
                Change::Entry(Entry { cause: Cause::Recharge { of, .. }, .. }) => {
                    self.returned.remove(of);
                }
                Change::Entry(entry @ Entry { cause: Cause::Correction(correction), .. }) => {
                    self.corrected.extend(Corrected::by(entry).map(|corrected| (correction.of, corrected)));
                }
                _ => {}
            }
        }
    }

    fn key(&self, name: Name<'_>) -> Key {
        SECRET.key(self.wallet.id, Named::Event(name))
    }

    fn name(&mut self, source: &'static str) -> Name<'static> {
        self.named += 1;
        Name { source, id: leak(format!("life-{}", self.named)) }
    }

    fn command(&mut self) -> Command<'static> {
        match self.random.below(25) {
            0..7 => self.message(),
            7 => {
                let amount = counts(self.random.below(9));
                let happening = carrier_fee(amount);
                let event = Event {
                    name: self.name(""),
                    occurred_at: self.now,
                    ..event("", happening, Mode::Report)
                };
                Command::Post { event, price: None, early: None }
            }
            8..10 => {
                let amount = Money::from_nanos(self.random.below(90) as i64 - 20);
                let idempotency_key = self.name("").id;
                Command::Adjust(Adjustment { idempotency_key, ..adjustment(amount) })
            }
            10 => self.set_something(),
            11 => {
                let number = Address::parse(self.random.pick(&NUMBERS)).unwrap();
                Command::BuyNumber { number, sender_type: SenderType::of_channel(&number) }
            }
            12 if self.random.percent(30) => {
                Command::ReleaseNumber { number: Address::parse(self.random.pick(&NUMBERS)).unwrap() }
            }
            12..16 => self.about_holds(),
            16..20 => self.about_payments(),
            20 => self.about_deliveries(),
            21 => self.corrections(),
            _ => self.status(),
        }
    }

    fn message(&mut self) -> Command<'static> {
        let random = &mut self.random;
        let direction = random.pick(&[Direction::Outbound, Direction::Outbound, Direction::Inbound]);
        let mode = random.pick(&[Mode::Admit, Mode::Admit, Mode::Admit, Mode::Report]);
        let total = random.below(12);
        let hold = random.below(self.wallet.life.as_ref().map_or(0, |life| life.holds_made) + 3);
        let ago = if random.percent(10) { random.below(30 * 86_400) } else { random.below(600) };
        let hold = if hold % 2 == 1 { leak(format!("h_{hold}")) } else { "" };
        // Some have statuses that wait for them.
        let waiting =
            self.sent.iter().rev().take(4).find(|name| !self.charged.contains_key(&self.key(**name)));
        let name = waiting.copied().filter(|_| total.is_multiple_of(2));
        let name = name.unwrap_or_else(|| self.name(""));
        self.sent.push(name);
        let told = event("", Happening::Message(message(direction, 1)), mode);
        let occurred_at = self.now.minus(Span::from_seconds(ago as u32));
        let campaign = ["", "autumn", "spring"][self.named as usize % 3];
        let event = Event { name, occurred_at, campaign, hold, ..told };
        let own = self.remembered.get(&self.key(name));
        if own.is_some_and(|own| own.judge(SECRET.fingerprint(&event), self.now).is_some()) {
            // Known: it would not come to a decision.
            return Command::Adjust(Adjustment {
                idempotency_key: self.name("").id,
                ..adjustment(counts(1))
            });
        }
        let early = Early::waiting(own, SECRET.fingerprint(&event), self.now);
        Command::Post { event, price: Some(price(counts(total), Money::ZERO)), early }
    }

    fn status(&mut self) -> Command<'static> {
        let of = match self.random.percent(80) && !self.sent.is_empty() {
            true => {
                self.sent[self.sent.len() - 1 - self.random.below(self.sent.len().min(9) as u64) as usize]
            }
            false => {
                let name = self.name("");
                self.sent.push(name);
                name
            }
        };
        let status = self.random.pick(FinalStatus::ALL);
        let report = Happening::Status(StatusReport { message: of, status, error_code: "30007" });
        let occurred_at = self.now.minus(Span::from_seconds(self.random.below(600) as u32));
        let event = Event { name: self.name("carrier"), occurred_at, ..event("", report, Mode::Report) };
        let message = self.remembered.get(&self.key(of)).cloned();
        Command::Status { event, message, charged: self.charged.get(&self.key(of)).copied() }
    }

    /// Some of the last messages at other prices; now and then what was seen of them is old.
    fn corrections(&mut self) -> Command<'static> {
        let run = Run { id: self.name("").id, reason: "another tariff", actor: "key_1" };
        let mut messages = Vec::new();
        for name in self.sent.iter().rev().take(9) {
            let Some(charged) = self.charged.get(&self.key(*name)) else { continue };
            let message = self.remembered.get(&self.key(*name)).cloned();
            // Whether what is forgotten stands returned only its entries tell: whoever asks has read them.
            let forgotten = message.as_ref().is_none_or(|message| message.kept_until < self.now)
                || message.as_ref().is_some_and(|message| message.verdict.seq != charged.seq);
            if forgotten && self.returned.contains(&charged.seq) {
                continue;
            }
            let corrected = self.corrected.get(&charged.seq).copied();
            let seen = corrected.filter(|_| self.random.percent(90)).map_or(0, |corrected| corrected.seq);
            let price = price(counts(self.random.below(12)), Money::ZERO);
            messages.push(Mispriced { name: *name, charged: *charged, message, corrected, seen, price });
        }
        messages.sort_by_key(|message| message.charged.seq);
        Command::Correct { run, messages }
    }

    fn set_something(&mut self) -> Command<'static> {
        let random = &mut self.random;
        match random.below(5) {
            0 => {
                Command::SetLevels { levels: vec![counts(random.below(60)), counts(random.below(20))].leak() }
            }
            1 => {
                // The next fees are others, or there are none.
                let fee = counts(4 + random.below(8));
                self.world.fees = vec![(SenderType::Local, fee), (SenderType::TollFree, counts(15))];
                self.world.fees.truncate(random.below(4) as usize);
                Command::SetTerms(self.terms)
            }
            2 => Command::SetAutoTopUp { settings: AutoSettings { on: None } },
            _ => {
                let limits = Limits {
                    attempts_per_day: 1 + random.below(4) as u32,
                    amount_per_month: counts(200 + random.below(400)),
                    ..Limits::default()
                };
                // The higher is not reached by three successes.
                let minimum = if random.percent(20) { 300 } else { random.below(30) };
                let terms = AutoTerms { minimum: counts(minimum), amount: counts(25), limits };
                Command::SetAutoTopUp { settings: AutoSettings { on: Some(terms) } }
            }
        }
    }

    fn about_holds(&mut self) -> Command<'static> {
        let random = &mut self.random;
        let made = self.wallet.life.as_ref().map_or(0, |life| life.holds_made);
        let hold = made.saturating_sub(random.below(4));
        match random.below(5) {
            0 => Command::VoidHold { hold },
            1 => Command::SettleHold { hold, amount: counts(random.below(30)), rest: Rest::Stays },
            2 => Command::SettleHold { hold, amount: counts(random.below(20)), rest: Rest::Freed },
            _ => Command::MakeHold {
                amount: counts(1 + random.below(40)),
                expires_at: self.now.plus(Span::from_hours(1 + random.below(90) as u16)),
                campaign: "autumn",
            },
        }
    }

    fn about_payments(&mut self) -> Command<'static> {
        let made = self.wallet.life.as_ref().map_or(0, |life| life.attempts_made);
        if made == 0 || self.random.percent(15) {
            return Command::OpenCheckout { amount: counts(20 + self.random.below(40)), return_url: "" };
        }
        let number = made - self.random.below(made.min(4));
        let attempt = self.attempts[&number].clone();
        let fact = self.fact(&attempt);
        Command::Payment { attempt: number, known: Some(Box::new(attempt)), fact: Box::leak(Box::new(fact)) }
    }

    fn fact(&mut self, attempt: &Attempt) -> PaymentFact {
        let random = &mut self.random;
        let (partition, wallet) = (self.wallet.id.partition, self.wallet.id.number);
        let payment: Box<str> = format!("pi_{partition}_{wallet}_{}", attempt.number).into();
        let words = |text: &str| text.into();
        match random.below(12) {
            0 => {
                PaymentFact::Pending { session: "cs".into(), url: "".into(), payment, customer: "cus".into() }
            }
            1 => PaymentFact::Declined { payment, code: "card_declined".into() },
            2 => PaymentFact::Failed { payment, code: "gone".into() },
            3 => PaymentFact::Expired,
            4 => PaymentFact::Unclear,
            5 => PaymentFact::NotFound,
            6 => PaymentFact::Refunded {
                total: counts(random.below(1 + attempt.amount.nanos() as u64)),
                reading: random.pick(&[Reading::Told, Reading::Asked]),
            },
            7 => PaymentFact::Disputed {
                id: random.pick(&["dp_1", "dp_2"]).into(),
                amount: counts(5),
                state: random.pick(&[DisputeState::Withdrawn, DisputeState::Reinstated]),
            },
            _ => {
                let id = random.pick(&["pm_1", "pm_1", "pm_1", "pm_2"]);
                let method = Method {
                    customer: words("cus"),
                    id: words(id),
                    brand: words("visa"),
                    last4: words("4242"),
                };
                let (amount, currency) = (attempt.amount, self.wallet.currency);
                let method = Some(method).filter(|_| random.percent(70));
                PaymentFact::Succeeded(Payment { payment, amount, currency, customer: "cus".into(), method })
            }
        }
    }

    fn about_deliveries(&mut self) -> Command<'static> {
        let random = &mut self.random;
        let endpoint = random.pick(&ENDPOINTS);
        let alert = 1 + random.below(self.wallet.alerts + 1);
        let in_a_minute = self.now.plus(Span::from_seconds(60));
        match random.below(5) {
            0 => Command::Redeliver { endpoint, alert },
            1 => {
                let rental = random.below(4);
                let again_at = random.pick(&[Timestamp::NEVER, in_a_minute]);
                Command::ReleaseTold { rental, again_at }
            }
            _ => {
                let state =
                    random.pick(&[DeliveryState::Pending, DeliveryState::Delivered, DeliveryState::Failed]);
                let next_at = if state == DeliveryState::Pending { in_a_minute } else { Timestamp::NEVER };
                Command::Delivered { endpoint, alert, state, http_status: 200, next_at }
            }
        }
    }
}
