//! Many at once on one wallet: an id is charged once (W3), and admitted traffic never overdraws (W2).

use futures_util::future::join_all;

use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::{audit, decimal};

#[tokio::test]
async fn the_same_events_on_eight_connections_are_charged_once() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "1000").await;
    let events: Vec<Event> = (0..200).map(|number| Event::outbound("acme", &format!("m-{number}"))).collect();
    let events = &events;
    let answers = join_all((0..8).map(|connection| {
        let client = engine.client();
        async move {
            let mut rotated = events.clone();
            rotated.rotate_left(connection * 25);
            client.send(&rotated).await
        }
    }))
    .await;
    let all: Vec<_> = answers.into_iter().flatten().collect();
    let charged: Vec<_> = all.iter().filter(|outcome| outcome.outcome == "charged").cloned().collect();
    let duplicates = all.iter().filter(|outcome| outcome.outcome == "duplicate").count();
    assert_eq!((charged.len(), duplicates), (200, 1_400), "wanted each id charged once of eight times");
    let audited = audit::wallet(&client, "acme").await;
    audited.holds_exactly(&charged);
    all.iter().for_each(|outcome| audited.holds(outcome));
}

#[tokio::test]
async fn eight_connections_never_overdraw_one_wallet() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let price = client.price_of(Event::outbound("x", "price-out")).await;
    client.wallet_with("acme", &decimal(100 * price)).await;
    let answers = join_all((0..8).map(|connection| {
        let client = engine.client();
        async move {
            let mut outcomes = Vec::new();
            for round in 0..5 {
                let id = |number: usize| format!("m-{connection}-{round}-{number}");
                let events: Vec<Event> = (0..10).map(|number| Event::outbound("acme", &id(number))).collect();
                outcomes.extend(client.send(&events).await);
            }
            outcomes
        }
    }))
    .await;
    let all: Vec<_> = answers.into_iter().flatten().collect();
    let count = |said: &str| all.iter().filter(|outcome| outcome.said() == said).count();
    let counts = (count("charged"), count("refused suspended"));
    assert_eq!(counts, (100, 300), "wanted 100 messages paid and the rest refused");
    audit::wallet(&client, "acme").await;
    assert_eq!(client.balance("acme").await, 0, "wanted the balance used up, and no more");
}

#[tokio::test]
async fn batches_over_many_wallets_are_answered_in_order() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let wallets: Vec<String> = (0..40).map(|number| format!("w-{number}")).collect();
    for wallet in &wallets {
        client.wallet_with(wallet, "1000").await;
    }
    let events: Vec<Event> =
        (0..4_000).map(|number| Event::outbound(&wallets[number * 7 % 40], &format!("m-{number}"))).collect();
    let outcomes = client.send(&events).await;
    assert_eq!(outcomes.len(), events.len(), "wanted one outcome an event");
    for (number, (event, outcome)) in events.iter().zip(&outcomes).enumerate() {
        let told = (outcome.line, outcome.id.as_deref(), outcome.said());
        assert_eq!(
            told,
            (number as u64 + 1, Some(event.id()), "charged".to_owned()),
            "wanted the answers in order"
        );
    }
    for (index, wallet) in wallets.iter().enumerate() {
        let own = (0..4_000).filter(|number| number * 7 % 40 == index);
        let mine: Vec<_> = own.map(|number| outcomes[number].clone()).collect();
        let audited = audit::wallet(&client, wallet).await;
        audited.holds_exactly(&mine);
        let seqs: Vec<u64> = mine.iter().filter_map(|outcome| outcome.seq).collect();
        assert!(seqs.is_sorted(), "{wallet}: wanted its events posted in the order they were sent (W4)");
    }
}
