//! What the senders of the kill set know: what they have sent and what was acknowledged, and whether the engine's
//! entries agree.

use std::collections::HashMap;

use super::support::audit::Audited;
use super::support::client::{Client, Outcome};
use super::support::event::Event;
use super::support::random::Random;

pub const WALLETS: usize = 50;
/// What each credit during the run adds.
pub const CREDIT: &str = "0.05";
const LOOK_UPS: u64 = 200;

pub fn wallet_name(number: usize) -> String {
    format!("w-{number}")
}

/// One event and the last acknowledgement of it.
struct Told {
    event: Event,
    wallet: String,
    acknowledged: Option<Outcome>,
    /// It was charged or recorded, or said to be a duplicate of what was: from then on it may not change.
    settled: bool,
}

struct Credit {
    wallet: String,
    acknowledged: Option<u64>,
}

/// Events by the number in their id, and credits by theirs.
#[derive(Default)]
pub struct Ledger {
    told: Vec<Told>,
    credits: Vec<Credit>,
    duplicates: usize,
}

fn number_of(id: &str) -> usize {
    id.strip_prefix("m-")
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("never sent: {id:?}"))
}

impl Ledger {
    /// Another event for a random wallet: admitted or reported, in or out, some of several segments.
    pub fn new_event(&mut self, random: &mut Random) -> Event {
        let wallet = wallet_name(random.below(WALLETS as u64) as usize);
        let id = format!("m-{}", self.told.len());
        let mut event = match random.below(10) {
            0 | 1 => Event::inbound(&wallet, &id),
            2 => Event::carrier_fee(&wallet, &id, "0.003"),
            _ => Event::outbound(&wallet, &id),
        };
        if random.percent(20) && event.0["kind"] == "sms" {
            event = event.with("text", "x".repeat(161 + random.below(500) as usize));
        }
        if random.percent(30) {
            event = event.report();
        }
        self.told.push(Told { event: event.clone(), wallet, acknowledged: None, settled: false });
        event
    }

    pub fn new_credit(&mut self, random: &mut Random) -> usize {
        let wallet = wallet_name(random.below(WALLETS as u64) as usize);
        self.credits.push(Credit { wallet, acknowledged: None });
        self.credits.len() - 1
    }

    /// The wallet and the idempotency key of a credit.
    pub fn credit(&self, number: usize) -> (String, String) {
        (self.credits[number].wallet.clone(), format!("credit-{number}"))
    }

    pub fn acknowledge_credit(&mut self, number: usize, seq: u64) {
        let before = self.credits[number].acknowledged.replace(seq);
        assert!(
            before.is_none_or(|before| before == seq),
            "credit-{number}: acknowledged as {before:?}, then as {seq}"
        );
    }

    /// Notes what an answer told; what was settled before must be told again as it was.
    pub fn acknowledge(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            let number = number_of(outcome.id.as_deref().unwrap_or_default());
            let told = &mut self.told[number];
            let line = told.event.line();
            match outcome.outcome.as_str() {
                "duplicate" if told.settled => {
                    let before = told.acknowledged.as_ref().expect("settled is acknowledged");
                    let same = before.posting() == outcome.posting();
                    assert!(same, "{line}: acknowledged as {before:?}, later as {outcome:?}");
                    self.duplicates += 1;
                }
                "charged" | "recorded" | "duplicate" => {
                    assert!(!told.settled, "{line}: settled as {:?}, later {outcome:?}", told.acknowledged);
                    told.settled = true;
                }
                "refused" => {
                    assert!(!told.settled, "{line}: settled as {:?}, later {outcome:?}", told.acknowledged)
                }
                _ => panic!("{line}: wanted it taken or refused, got {outcome:?}"),
            }
            told.acknowledged = Some(outcome);
        }
    }

    /// Every event and credit without an acknowledgement, and a share of the others.
    pub fn to_resend(&self, random: &mut Random, share: u64) -> (Vec<Event>, Vec<usize>) {
        let events = self.told.iter().filter(|told| told.acknowledged.is_none() || random.percent(share));
        let events = events.map(|told| told.event.clone()).collect();
        let credits = self.credits.iter().enumerate();
        let credits = credits.filter(|(_, credit)| credit.acknowledged.is_none() || random.percent(share));
        (events, credits.map(|(number, _)| number).collect())
    }

    fn count(&self, outcome: &str) -> usize {
        let acknowledged = self.told.iter().filter_map(|told| told.acknowledged.as_ref());
        acknowledged.filter(|last| last.outcome == outcome).count()
    }

    pub fn summary(&self) -> String {
        let settled = self.told.iter().filter(|told| told.settled).count();
        format!(
            "{} sent, {settled} settled, {} refused, {} repeats, {} credits",
            self.told.len(),
            self.count("refused"),
            self.duplicates,
            self.credits.len()
        )
    }

    /// A run in which nothing was at stake would pass whatever the engine does.
    pub fn assert_worth_it(&self) {
        println!("at the end: {}", self.summary());
        assert!(self.count("charged") > 100, "wanted more than 100 charges: {}", self.summary());
        assert!(self.count("refused") > 0, "wanted some wallets to run empty: {}", self.summary());
        assert!(self.duplicates > 10, "wanted acknowledged events sent again: {}", self.summary());
        let silent = self.told.iter().find(|told| told.acknowledged.is_none());
        assert!(
            silent.is_none(),
            "wanted every event acknowledged in the end: {:?}",
            silent.map(|told| &told.event)
        );
    }

    /// The entries hold what was acknowledged, once, where it was acknowledged, and nothing else.
    pub fn compare(&self, wallet: &str, audited: &Audited) {
        let own = self.told.iter().filter(|told| told.wallet == wallet);
        let acknowledged: Vec<Outcome> = own.filter_map(|told| told.acknowledged.clone()).collect();
        audited.holds_exactly(&acknowledged);

        let mut seq_by_reason = HashMap::new();
        for entry in audited.entries.iter().filter(|entry| entry["type"] == "adjustment") {
            let reason =
                entry["reason"].as_str().unwrap_or_else(|| panic!("{wallet}: wanted a reason: {entry}"));
            let before = seq_by_reason.insert(reason.to_owned(), entry["seq"].as_u64());
            assert_eq!(before, None, "{wallet}: the credit {reason} was posted twice: {entry}");
        }
        assert!(seq_by_reason.remove("opening credit").is_some(), "{wallet}: the opening credit is lost");
        for (number, credit) in self.credits.iter().enumerate().filter(|(_, credit)| credit.wallet == wallet)
        {
            let found = seq_by_reason.remove(&format!("credit-{number}")).flatten();
            assert_eq!(
                found, credit.acknowledged,
                "{wallet}: wanted credit-{number} where it was acknowledged"
            );
        }
        assert!(seq_by_reason.is_empty(), "{wallet}: credits that nobody gave: {seq_by_reason:?}");
    }

    /// What the look-up tells of some of the events is what was acknowledged of them.
    pub async fn compare_look_ups(&self, client: &Client, random: &mut Random) {
        for _ in 0..LOOK_UPS {
            let told = &self.told[random.below(self.told.len() as u64) as usize];
            let answer =
                client.get(&format!("/v1/wallets/{}/messages/{}", told.wallet, told.event.id())).await;
            if !told.settled {
                answer.wants_problem(404, "unknown_message");
                continue;
            }
            let kept = answer.wants(200);
            let last = told.acknowledged.as_ref().expect("settled is acknowledged");
            let found = (
                kept["amount"].as_str().map(str::to_owned),
                kept["seq"].as_u64(),
                kept["code"].as_str().map(str::to_owned),
            );
            assert_eq!(found, last.posting(), "{}: wanted the look-up to agree: {kept}", told.event.line());
        }
    }
}
