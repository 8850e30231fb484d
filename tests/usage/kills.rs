//! kill -9 under traffic: after the start usage is what the entries come to, exactly.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use crate::fleet::TARIFF;
use crate::ledger::{Fates, Ledger};
use crate::question::{Axis, GROUPS, Question};
use crate::support::client::Client;
use crate::support::random::Random;
use crate::support::world::World;
use crate::traffic::Writer;

const START: &str = "2026-07-30T10:00:00Z";
const FROM: Date = date(2026, 7, 1);
const TO: Date = date(2026, 9, 30);
const WALLETS: [(&str, &str); 3] =
    [("utc", "UTC"), ("islands", "Pacific/Kiritimati"), ("coast", "America/St_Johns")];
const KILLS: u64 = 4;

/// Until the engine is gone.
async fn write(client: Client, mut writer: Writer, now: jiff::Timestamp) -> Writer {
    while writer.send(&client, now).await {}
    writer
}

/// Keeps the views busy until the engine is gone.
async fn look(client: Client) {
    loop {
        for (wallet, _) in WALLETS {
            let path = Question::new(Axis::Occurred, FROM, TO).path(wallet);
            if client.try_call(reqwest::Method::GET, &path, &[], Vec::new()).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::test]
async fn after_kill_nine_under_traffic_usage_is_what_the_entries_come_to() {
    let mut random = Random::from_environment();
    let mut world = World::start_with(START, TARIFF).await;
    for (wallet, zone) in WALLETS {
        world.open(wallet, zone).await;
        world.credit(wallet, "1000000").await;
        world.buy(wallet, "+14155550100").await;
    }
    let seed = random.next();
    let mut writers: Vec<Writer> =
        (0..6).map(|number| Writer::new(WALLETS[number as usize % 3].0, number, seed)).collect();
    for kill in 0..KILLS {
        let before = Question::new(Axis::Posted, FROM, TO).ask(&world.client, "utc").await;
        let looking = tokio::spawn(look(world.engine().client()));
        let now = world.now;
        let writing: Vec<_> = std::mem::take(&mut writers)
            .into_iter()
            .map(|writer| tokio::spawn(write(world.engine().client(), writer, now)))
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + random.below(500))).await;
        // Down for half a day, in which fees may fall due.
        let at = world.now + SignedDuration::from_hours(12 + 24 * kill as i64);
        world.kill_and_restart(&at.to_string()).await;
        looking.await.expect("the looking");
        for writer in join_all(writing).await {
            writers.push(writer.expect("a writer"));
        }
        let old = Question::new(Axis::Posted, FROM, TO).at(&before.as_of);
        world.client.get(&old.path("utc")).await.wants_problem(410, "as_of_expired");
        // What was not acknowledged is sent again.
        for writer in &mut writers {
            assert!(writer.send(&world.client, at).await, "an answer");
            let asked = Question::new(Axis::Occurred, FROM, TO).of_channel(&writer.channel);
            writer.is_told(&asked.ask(&world.client, &writer.wallet).await.usage.totals);
        }
        for (wallet, zone) in WALLETS {
            let mut fates = Fates::default();
            let its = writers.iter().filter(|writer| writer.wallet == wallet);
            its.for_each(|writer| fates.merge(writer.fates.clone()));
            let ledger = Ledger::read(&world.client, wallet, zone, &fates).await;
            for axis in Axis::BOTH {
                for group in GROUPS {
                    ledger.holds(&world.client, wallet, &Question::new(axis, FROM, TO).by(&[group])).await;
                }
                ledger.holds(&world.client, wallet, &Question::new(axis, FROM, TO).by(&GROUPS)).await;
            }
        }
    }
    let messages: i128 = writers.iter().map(|writer| writer.messages).sum();
    println!("{messages} messages through {KILLS} kills");
    assert!(messages > 500, "wanted traffic that is worth a kill: {messages}");
}
