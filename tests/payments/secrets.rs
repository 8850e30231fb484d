//! The secrets of webhooks: while one is replaced both sign, and each is shown once.

use serde_json::json;

use crate::deliveries::{LOOPBACK, add};
use crate::support::provider::text;
use crate::support::receiver::Receiver;
use crate::world::World;

#[tokio::test]
async fn for_a_day_after_a_rotation_the_old_secret_signs_as_well() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let webhook = add(&world, &receiver, "/hook", &json!({})).await;
    let old = text(&webhook, "secret").to_owned();
    world.client.wallet_with("acme", "0").await;
    let rotate = format!("/v1/webhooks/{}/rotate", text(&webhook, "id"));
    let rotated = world.client.post(&rotate, &json!({})).await.wants(200);
    let new = text(&rotated, "secret").to_owned();
    assert_ne!(old, new);
    // Hours after the rotation, and how many signatures the old and the new one have made.
    for (round, (hours, wants)) in [(0, (1, 1)), (23, (1, 1)), (2, (0, 1))].into_iter().enumerate() {
        world.pass_hours(hours).await;
        if round == 1 {
            world.kill_and_restart(0);
        }
        world.client.adjust("acme", &format!("up-{round}"), "1", "up").await.wants(201);
        world.client.adjust("acme", &format!("down-{round}"), "-1", "down").await.wants(201);
        world.settle().await;
        let heard = receiver.heard("/hook");
        assert_eq!(heard.len(), 2 * (round + 1), "{:?}", receiver.said("/hook"));
        for heard in &heard[2 * round..] {
            let found = (heard.signatures_of(&old), heard.signatures_of(&new));
            assert_eq!(found, wants, "round {round}: {}", heard.header("webhook-signature"));
        }
    }
    let tested = world.client.post(&format!("/v1/webhooks/{}/test", text(&webhook, "id")), &json!({})).await;
    assert_eq!(tested.wants(200), json!({"delivered": true, "status": 204, "why": null}));
    let heard = receiver.heard("/hook");
    let test = heard.last().expect("the test message");
    assert_eq!((test.said(), test.signatures_of(&new)), ("webhook.test".to_owned(), 1));
    let listed = world.client.get("/v1/webhooks").await.text;
    assert!(!listed.contains("whsec_"), "a secret is shown once: {listed}");
    world.stop_and_verify();
}
