//! The engine with its threads, where it takes all of them to see something.

use super::Engine;
use super::command::{
    AdjustRequest, CorrectRequest, Done, Repriced, WalletCommand, WalletRequest, WalletTerms,
};
use super::start;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::event::{Direction, Event, FinalStatus, Happening, Mode, Name, StatusReport};
use crate::domain::identity::Named;
use crate::domain::money::Money;
use crate::domain::record::{Change, Price, TariffId, VersionId};
use crate::domain::samples::{NOW, TERMS, event, message, money, price};
use crate::domain::time::Span;
use crate::domain::wallet::WalletId;
use crate::engine::batch::{Batch, BatchEvent, PackedKey, Told};
use crate::engine::outcome::Outcome;
use crate::store::rows::EntryRow;
use crate::tariff_file;

/// The first version that is added.
const VERSION: VersionId = VersionId(0);

/// An engine with one wallet, and that wallet.
struct Desk {
    engine: Engine,
    wallet: WalletId,
    tariff: TariffId,
}

impl Desk {
    async fn new(engine: Engine) -> Desk {
        let (text, version) = tariff_file::standard();
        engine.add_tariff(text, version, "key_1").await.unwrap();
        let (tariff, _) = engine.book().find("standard").unwrap();
        let [wallet, name, time_zone] = [TERMS.wallet, TERMS.name, TERMS.time_zone].map(str::to_owned);
        let terms = WalletTerms {
            wallet,
            name,
            currency: TERMS.currency,
            time_zone,
            tariff,
            actor: "key_1".to_owned(),
        };
        engine.set_wallet(terms).await.unwrap();
        let wallet = engine.directory().with(TERMS.wallet, |cell| cell.id).unwrap();
        let desk = Desk { engine, wallet, tariff };
        desk.credit("credit-1", "10").await;
        desk
    }

    async fn credit(&self, key: &str, amount: &str) {
        let [idempotency_key, reason, actor] = [key, "credit", "key_1"].map(str::to_owned);
        let credit = AdjustRequest { idempotency_key, amount: money(amount), reason, actor, of: 0 };
        self.engine.adjust(TERMS.wallet, credit).await.unwrap();
    }

    async fn submit(&self, event: Event<'_>, price: Option<Price>) -> Outcome {
        let secret = self.engine.secret();
        let mut batch = Batch::default();
        let told = match event.happening {
            Happening::Message(message) => Told::Message(message),
            Happening::Status(report) => Told::Status {
                message: batch.texts.keep(report.message.id),
                message_source: batch.texts.keep(report.message.source),
                message_key: PackedKey::new(secret.key(self.wallet, Named::Event(report.message))),
                status: report.status,
                error_code: batch.texts.keep(report.error_code),
            },
            Happening::CarrierFee { .. } => unreachable!("nothing here is charged by a carrier"),
        };
        let (id, none) = (batch.texts.keep(event.name.id), batch.texts.keep(""));
        batch.events.push(BatchEvent {
            wallet: self.wallet,
            key: secret.key(self.wallet, Named::Event(event.name)),
            fingerprint: secret.fingerprint(&event),
            id,
            source: none,
            campaign: none,
            tags: none,
            hold: none,
            told,
            mode: event.mode,
            occurred_at: event.occurred_at,
            tariff: self.tariff,
            price,
        });
        self.engine.submit(batch, "key_1").await.unwrap().1.remove(0)
    }

    async fn send(&self, id: &str) -> Outcome {
        let sent = event(id, Happening::Message(message(Direction::Outbound, 1)), Mode::Admit);
        let price = Price { version: VERSION, ..price(money("1"), Money::ZERO) };
        self.submit(sent, Some(price)).await
    }

    /// Corrects messages, each by its entry, the last correction seen, and what it should have cost.
    async fn correct(&self, messages: &[(u64, u64, &str)]) -> u64 {
        let repriced = |(of, seen, total): &(u64, u64, &str)| {
            let price = Price { version: VERSION, ..price(money(total), Money::ZERO) };
            Repriced { of: *of, seen: *seen, price }
        };
        let [run, reason, actor] = ["run-1", "another tariff", "key_1"].map(str::to_owned);
        let messages = messages.iter().map(repriced).collect();
        let request = CorrectRequest { run, reason, actor, messages };
        let request = WalletRequest::of(WalletCommand::Correct(request));
        let Done { answer, replayed } = self.engine.command(self.wallet, request).await.unwrap();
        assert!(!replayed);
        answer
    }

    /// The amounts of the entries after `after`.
    async fn amounts(&self, after: u64) -> Vec<String> {
        self.engine.caught_up().await.unwrap();
        let rows = self.engine.views().entries(self.wallet, after, 100).unwrap();
        let amount = |row: &EntryRow| match row.record().unwrap().change {
            Change::Entry(entry) => entry.amount.to_string(),
            change => panic!("no entry: {change:?}"),
        };
        rows.iter().map(amount).collect()
    }
}

/// Tells a story of one engine and its wallet, from its start to its stop.
fn at_a_desk(story: impl AsyncFnOnce(Desk)) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let system = actix_rt::System::new();
    let running = system.block_on(async { start::start(config, Clock::test(NOW), false) }).unwrap();
    system.block_on(async { story(Desk::new(running.engine.clone()).await).await });
    system.block_on(running.stop());
}

/// What a run needs to know is looked up where the wallet lives: from frames, from the views, and when the ids are gone.
#[test]
fn a_run_of_corrections_posts_each_once_however_old_the_message_and_however_far_the_views_are() {
    at_a_desk(async |desk| {
        for id in ["m-1", "m-2"] {
            assert!(matches!(desk.send(id).await, Outcome::Charged { .. }));
        }
        desk.engine.caught_up().await.unwrap();
        // Of entries that are no messages, and of none, nothing is corrected.
        let asked = [(1, 0, "0.5"), (2, 0, "0.5"), (3, 0, "0.25"), (99, 0, "0.5")];
        assert_eq!(desk.correct(&asked).await, 2);
        assert_eq!(desk.correct(&asked).await, 0, "the views may be behind");
        assert_eq!(desk.amounts(3).await, ["0.5", "0.75"]);
        assert_eq!(desk.correct(&asked).await, 0, "the views have it");

        let name = Name { source: "", id: "m-1" };
        let report = StatusReport { message: name, status: FinalStatus::Failed, error_code: "" };
        desk.submit(event("s-1", Happening::Status(report), Mode::Report), None).await;
        assert_eq!(desk.amounts(5).await[0], "0.5", "it returns what it costs now");
        let before = desk.amounts(0).await.len() as u64;
        assert_eq!(desk.correct(&[(2, 4, "0.1"), (3, 5, "0.5")]).await, 1, "the first stands returned");
        assert_eq!(desk.amounts(before).await, ["-0.25"]);

        let later = desk.engine.clock().now().plus(Span::from_days(35));
        desk.engine.clock().advance(later);
        let last = before + 1;
        assert_eq!(desk.correct(&[(3, last, "0.75")]).await, 1, "its id is still kept");
        desk.engine.clock().advance(later.plus(Span::from_days(60)));
        // From here on a checkpoint may drop the ids of so long ago.
        desk.credit("credit-2", "1").await;
        desk.engine.caught_up().await.unwrap();
        assert_eq!(desk.correct(&[(3, last, "0.5")]).await, 0, "long forgotten, its corrections are not");
        assert_eq!(desk.correct(&[(3, last + 1, "0.5")]).await, 1);
        assert_eq!(desk.amounts(last).await, ["-0.25", "1", "0.25"]);
    });
}

/// A drain waits for what is being read, but not for long: whoever reads may never come to an end.
#[test]
fn an_event_is_decided_however_long_others_are_being_read() {
    at_a_desk(async |desk| {
        let reading = desk.engine.reading();
        for id in ["m-1", "m-2"] {
            assert!(matches!(desk.send(id).await, Outcome::Charged { .. }));
        }
        drop(reading);
        assert!(matches!(desk.send("m-3").await, Outcome::Charged { .. }));
    });
}
