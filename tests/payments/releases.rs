//! A release is told to the owner of the numbers until it is confirmed.

use serde_json::{Value, json};

use crate::deliveries::LOOPBACK;
use crate::support::pair::until;
use crate::support::provider::text;
use crate::support::receiver::{Receiver, Reply};
use crate::world::World;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NUMBER: &str = "+14155550100";

async fn with_owner(owner: &Receiver) -> World {
    let url = format!("{}/release", owner.url);
    let world = World::start_with(&[
        LOOPBACK,
        ("FAREBOX__NUMBERS__RELEASE_URL", &url),
        ("FAREBOX__NUMBERS__RELEASE_SECRET", SECRET),
    ]);
    world.client.wallet_with("acme", "100").await;
    world.client.buy_number("acme", "buy-1", NUMBER).await.wants(201);
    world
}

async fn number(world: &World) -> Value {
    world.client.number("acme", NUMBER).await
}

#[tokio::test]
async fn a_release_is_told_until_the_owner_of_the_numbers_confirms_it() {
    let owner = Receiver::start().await;
    let mut world = with_owner(&owner).await;
    let failing =
        (0..9).map(|_| Reply::Status(500)).chain([Reply::Redirect("/yes".into()), Reply::Status(410)]);
    owner.replies("/release", failing.chain([Reply::Status(200)]));
    let released = world.client.release_number("acme", "release-1", NUMBER).await.wants(200);
    assert_eq!(released["status"], "released", "it is released whoever has heard of it: {released}");
    assert!(released["release_confirmed_at"].is_null(), "{released}");
    world.settle().await;
    assert_eq!(owner.heard("/release").len(), 1);
    world.pass_hours(2).await;
    let tries = owner.heard("/release").len();
    assert!((4..9).contains(&tries), "seconds, minutes, then an hour: {tries}");
    assert!(number(&world).await["release_confirmed_at"].is_null());
    world.pass_hours(48).await;
    let heard = owner.heard("/release");
    assert_eq!(heard.len(), 12, "until it is confirmed, and never again; 410 is no confirmation");
    assert!(owner.heard("/yes").is_empty(), "redirects are not followed");
    let confirmed = number(&world).await;
    let confirmed_at = text(&confirmed, "release_confirmed_at");
    assert!(confirmed_at > text(&confirmed, "released_at"), "{confirmed}");
    for told in &heard {
        assert_eq!(told.signatures_of(SECRET), 1, "wanted it signed: {told:?}");
        assert_eq!(told.header("webhook-id"), heard[0].header("webhook-id"), "one message");
        let body = told.json();
        assert_eq!(body["type"], "number.release", "{body}");
        let data = &body["data"];
        let wants = (&json!("acme"), &json!(NUMBER), &json!("by_hand"), &released["released_at"]);
        assert_eq!(
            (&data["wallet"], &data["number"], &data["reason"], &data["released_at"]),
            wants,
            "{body}"
        );
    }
    world.stop_and_verify();
}

#[tokio::test]
async fn a_release_that_a_kill_cuts_off_is_told_again() {
    let owner = Receiver::start().await;
    let mut world = with_owner(&owner).await;
    owner.replies("/release", [Reply::Silence, Reply::Status(500), Reply::Status(204)]);
    world.client.release_number("acme", "release-1", NUMBER).await.wants(200);
    until("the release under way", async || match owner.heard("/release").len() {
        0 => Err("nothing heard".to_owned()),
        _ => Ok(()),
    })
    .await;
    world.kill_and_restart(0);
    world.settle().await;
    assert_eq!(owner.heard("/release").len(), 2, "again after the kill");
    world.kill_and_restart(3_600);
    world.settle().await;
    let heard = owner.heard("/release");
    assert_eq!(heard.len(), 3, "and again when its time has come");
    assert!(heard.iter().all(|told| told.header("webhook-id") == heard[0].header("webhook-id")));
    assert!(number(&world).await["release_confirmed_at"].is_string());
    world.kill_and_restart(48 * 3_600);
    world.settle().await;
    assert_eq!(owner.heard("/release").len(), 3, "what is confirmed is told no more");
    // The same number again is another rental, and another release.
    world.client.buy_number("acme", "buy-2", NUMBER).await.wants(201);
    world.client.release_number("acme", "release-2", NUMBER).await.wants(200);
    world.settle().await;
    let heard = owner.heard("/release");
    assert_eq!(heard.len(), 4);
    assert_ne!(heard[3].header("webhook-id"), heard[0].header("webhook-id"));
    world.stop_and_verify();
}
