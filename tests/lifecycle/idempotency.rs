//! Every call that moves or holds money happens once under its key: the same again replays, another body is 422.

use reqwest::Method;
use serde_json::{Value, json};

use crate::seen;
use crate::support::client::Answer;
use crate::support::life::JSON;
use crate::world::{NUMBER, NUMBER_2, World, dollars_held};

const START: &str = "2026-07-15T10:00:00Z";

fn is_replay(answer: &Answer) -> bool {
    answer.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

/// The calls, each with a body and another one.
async fn calls(world: &mut World) -> Vec<(String, Value, Value, u16)> {
    let (settled, voided) = (world.hold("acme", 5).await, world.hold("acme", 5).await);
    let at = |path: &str| format!("/v1/wallets/acme/{path}");
    let top_up = |amount: &str| json!({"amount": amount, "return_url": "http://127.0.0.1:9/back"});
    vec![
        (at("numbers"), json!({"number": NUMBER}), json!({"number": NUMBER_2}), 201),
        (at("holds"), dollars_held(3), dollars_held(4), 201),
        (
            at(&format!("holds/{settled}/settle")),
            json!({"amount": "2", "final": false}),
            json!({"amount": "2", "final": true}),
            200,
        ),
        (at(&format!("holds/{voided}/void")), json!({}), Value::Null, 200),
        (at("top-ups"), top_up("20"), top_up("21"), 201),
        (
            at("adjustments"),
            json!({"amount": "1", "reason": "a"}),
            json!({"amount": "2", "reason": "a"}),
            201,
        ),
    ]
}

#[tokio::test]
async fn the_same_key_and_body_replays_and_another_body_is_422() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.open_with("other", "100").await;
    for (number, (path, body, other, first_status)) in calls(&mut world).await.into_iter().enumerate() {
        let key = format!("once-{number}");
        world
            .client
            .call(Method::POST, &path, &[JSON], body.to_string())
            .await
            .wants_problem(400, "idempotency_key_required");
        let first = world.client.post_keyed(&path, &key, &body).await;
        let made = first.wants(first_status);
        assert!(!is_replay(&first), "{path}: the first call is no replay");
        let before =
            (seen::postings(&world.client, "acme").await, world.client.wallet("acme").await["held"].clone());
        let again = world.client.post_keyed(&path, &key, &body).await;
        assert_eq!(again.wants(200), made, "{path}: wanted the first answer again");
        assert!(is_replay(&again), "{path}: wanted the replay marked");
        if !other.is_null() {
            world.client.post_keyed(&path, &key, &other).await.wants_problem(422, "idempotency_key_reused");
        }
        let after =
            (seen::postings(&world.client, "acme").await, world.client.wallet("acme").await["held"].clone());
        assert_eq!(after, before, "{path}: a replay moves nothing");
    }
    // Keys are a wallet's own.
    world.client.buy_number("other", "once-0", NUMBER_2).await.wants(201);
}

#[tokio::test]
async fn a_key_is_known_after_a_kill_and_35_days() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let made = world.client.make_hold("acme", "k-1", &dollars_held(3)).await.wants(201);
    world.client.buy_number("acme", "k-2", NUMBER).await.wants(201);
    world.kill_and_restart(START).await;
    let again = world.client.make_hold("acme", "k-1", &dollars_held(3)).await;
    assert_eq!(again.wants(200)["hold"], made["hold"], "wanted the same hold after a kill");
    world
        .client
        .make_hold("acme", "k-1", &dollars_held(4))
        .await
        .wants_problem(422, "idempotency_key_reused");
    world.advance("2026-08-19T09:00:00Z").await;
    let replayed = world.client.buy_number("acme", "k-2", NUMBER).await;
    assert!(
        replayed.status == 200 && is_replay(&replayed),
        "wanted the purchase known for 35 days: {}",
        replayed.text
    );
    let holds = world.client.holds("acme").await;
    assert_eq!(holds.len(), 1, "wanted one hold: {holds:?}");
}

#[tokio::test]
async fn of_many_at_once_under_one_key_one_is_the_first() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let hold = world.hold("acme", 50).await;
    let at = |path: &str| format!("/v1/wallets/acme/{path}");
    let bodies = [
        (at("numbers"), json!({"number": NUMBER})),
        (at("holds"), dollars_held(3)),
        (at(&format!("holds/{hold}/settle")), json!({"amount": "2", "final": false})),
        (at("top-ups"), json!({"amount": "20", "return_url": "http://127.0.0.1:9/back"})),
    ];
    for (path, body) in &bodies {
        let key = world.key();
        let raced = (0..8).map(|_| world.client.post_keyed(path, &key, body));
        let answers = futures_util::future::join_all(raced).await;
        let firsts = answers.iter().filter(|answer| answer.status < 300 && !is_replay(answer)).count();
        assert_eq!(
            firsts,
            1,
            "{path}: wanted one first: {:?}",
            answers.iter().map(|a| a.status).collect::<Vec<_>>()
        );
        for answer in answers.iter().filter(|answer| answer.status >= 300) {
            answer.wants_problem(409, "in_flight");
        }
    }
    let numbers = world.client.numbers("acme").await.len();
    let (holds, top_ups) = (world.client.holds("acme").await.len(), world.client.top_ups("acme").await.len());
    assert_eq!((numbers, holds, top_ups), (1, 2, 1), "wanted each once");
    let hold = world.client.hold("acme", &hold).await;
    assert_eq!(hold["settled"], "2", "wanted it settled once: {hold}");
}

/// A purchase that was refused is decided afresh, as a refused event is.
#[tokio::test]
async fn a_refusal_burns_no_key() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.client.buy_number("acme", "k-1", NUMBER).await.wants_problem(402, "insufficient_balance");
    world.client.make_hold("acme", "k-2", &dollars_held(1)).await.wants_problem(402, "suspended");
    world.credit("acme", "10").await;
    world.client.buy_number("acme", "k-1", NUMBER).await.wants(201);
    world.client.make_hold("acme", "k-2", &dollars_held(1)).await.wants(201);
}
