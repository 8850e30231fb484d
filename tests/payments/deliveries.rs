//! Alerts on their way out: signed, in order for each wallet, tried again over a day, by hand, and over a kill.

use serde_json::{Value, json};

use crate::support::pair::until;
use crate::support::provider::text;
use crate::support::receiver::{Receiver, Reply};
use crate::world::World;

/// The receiver of these tests is on this machine.
pub const LOOPBACK: (&str, &str) = ("FAREBOX__WEBHOOKS__ALLOWED_NETWORKS", "127.0.0.0/8");

/// Adds a webhook at this path of the receiver; the webhook with its secret.
pub async fn add(world: &World, receiver: &Receiver, path: &str, rest: &Value) -> Value {
    let mut order = rest.clone();
    order["url"] = format!("{}{path}", receiver.url).into();
    world.client.post("/v1/webhooks", &order).await.wants(201)
}

async fn deliveries(world: &World, webhook: &Value) -> Vec<Value> {
    world.client.list(&format!("/v1/webhooks/{}/deliveries", text(webhook, "id")), 100).await
}

/// `al_1 pending 2 (500)`: alert, status, attempts and the last answer.
async fn stand(world: &World, webhook: &Value) -> Vec<String> {
    let each = deliveries(world, webhook).await;
    let told = each.iter().map(|one| {
        format!("{} {} {} ({})", text(one, "alert"), text(one, "status"), one["attempts"], one["http_status"])
    });
    told.collect()
}

/// Raises `wallet.resumed` and `wallet.suspended`, in this order.
async fn up_and_down(world: &mut World, wallet: &str, round: u32) {
    world.client.adjust(wallet, &format!("credit-{round}"), "1", "up").await.wants(201);
    world.client.spend(wallet, &format!("fee-{round}"), "1").await;
}

#[tokio::test]
async fn an_alert_is_sent_signed_and_says_what_the_interface_says() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    world.client.wallet_with("acme", "0").await;
    world.client.wallet_with("other", "0").await;
    let all = add(&world, &receiver, "/all", &json!({})).await;
    let own = add(&world, &receiver, "/own", &json!({"wallet": "acme", "types": ["wallet.resumed"]})).await;
    up_and_down(&mut world, "acme", 1).await;
    up_and_down(&mut world, "other", 1).await;
    world.settle().await;

    let heard = receiver.heard("/all");
    assert_eq!(heard.len(), 4, "{:?}", receiver.said("/all"));
    assert_eq!(receiver.said("/own"), ["wallet.resumed al_1"], "one wallet, one type");
    let alerts = world.client.alerts("acme").await;
    for alert in &alerts {
        let of_wallet =
            |body: &Value| body["data"]["wallet"] == "acme" && body["data"]["alert"] == alert["alert"];
        let found: Vec<_> = heard.iter().filter(|heard| of_wallet(&heard.json())).collect();
        assert_eq!(found.len(), 1, "wanted {alert} sent once");
        let body = found[0].json();
        assert_eq!((&body["type"], &body["timestamp"]), (&alert["type"], &alert["occurred_at"]), "{body}");
        let mut data = body["data"].clone();
        for extra in ["wallet", "alert"] {
            data.as_object_mut().expect("data").remove(extra);
        }
        assert_eq!(data, alert["data"], "wanted the body to say what the interface says");
        assert_eq!(found[0].header("content-type"), "application/json");
        assert_eq!(found[0].header("webhook-timestamp"), world.now.as_second().to_string());
        assert_eq!(found[0].signatures_of(text(&all, "secret")), 1, "wanted it signed: {:?}", found[0]);
        assert_eq!(found[0].signatures_of(text(&own, "secret")), 0, "each webhook has a secret of its own");
    }
    let ids: std::collections::HashSet<&str> = heard.iter().map(|heard| heard.header("webhook-id")).collect();
    assert_eq!(ids.len(), 4, "wanted an id for each alert of each wallet: {ids:?}");
    assert_eq!(stand(&world, &own).await, ["al_1 delivered 1 (204)"]);
    world.stop_and_verify();
}

#[tokio::test]
async fn the_order_of_a_wallet_is_kept_while_the_endpoint_fails_and_others_do_not_wait() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let webhook = add(&world, &receiver, "/hook", &json!({})).await;
    receiver.replies("/hook", [500, 404, 503, 400, 204].map(Reply::Status));
    world.client.wallet_with("acme", "0").await;
    up_and_down(&mut world, "acme", 1).await;
    up_and_down(&mut world, "acme", 2).await;
    world.settle().await;
    assert_eq!(receiver.said("/hook"), ["wallet.resumed al_1"], "the first alone is tried");
    assert_eq!(
        stand(&world, &webhook).await,
        ["al_1 pending 1 (500)", "al_2 pending 0 (null)", "al_3 pending 0 (null)", "al_4 pending 0 (null)"]
    );
    world.pass(6).await;
    assert_eq!(receiver.said("/hook"), ["wallet.resumed al_1"; 2], "after five seconds again");
    // Five minutes, half an hour, two hours.
    world.pass_hours(3).await;
    let said = receiver.said("/hook");
    let in_order = ["wallet.suspended al_2", "wallet.resumed al_3", "wallet.suspended al_4"];
    assert_eq!(said[..5], ["wallet.resumed al_1"; 5], "{said:?}");
    assert_eq!(said[5..], in_order, "wanted the rest in its order, each once");
    let heard = receiver.heard("/hook");
    let of_first: Vec<&str> = heard[..5].iter().map(|heard| heard.header("webhook-id")).collect();
    assert!(of_first.iter().all(|id| *id == of_first[0]), "one id in every attempt: {of_first:?}");
    let times: Vec<i64> =
        heard.iter().map(|heard| heard.header("webhook-timestamp").parse().expect("seconds")).collect();
    assert!(times[..5].windows(2).all(|pair| pair[0] < pair[1]), "each attempt has its own time: {times:?}");
    assert!(heard.iter().all(|heard| heard.signatures_of(text(&webhook, "secret")) == 1));
    assert_eq!(stand(&world, &webhook).await[0], "al_1 delivered 5 (204)");
    world.stop_and_verify();
}

#[tokio::test]
async fn an_alert_is_given_up_after_a_day_and_sent_by_hand_when_it_is_asked_for() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let webhook = add(&world, &receiver, "/hook", &json!({})).await;
    let other = add(&world, &receiver, "/other", &json!({"types": ["number.released"]})).await;
    receiver.replies("/hook", [Reply::Status(500)]);
    world.client.wallet_with("acme", "0").await;
    world.client.adjust("acme", "k-1", "1", "up").await.wants(201);
    world.pass_hours(24).await;
    assert_eq!(stand(&world, &webhook).await, ["al_1 pending 7 (500)"], "for a day");
    world.pass_hours(24).await;
    assert_eq!(stand(&world, &webhook).await, ["al_1 failed 8 (500)"], "and not for ever");
    world.pass_hours(72).await;
    assert_eq!(receiver.heard("/hook").len(), 8, "then nothing more is sent");

    receiver.replies("/hook", [Reply::Status(200)]);
    // The next one does not wait for what was given up.
    world.client.spend("acme", "fee-1", "1").await;
    world.settle().await;
    assert_eq!(stand(&world, &webhook).await, ["al_1 failed 8 (500)", "al_2 delivered 1 (200)"]);
    let replay = |webhook: &Value| format!("/v1/webhooks/{}/replay", text(webhook, "id"));
    let asked = json!({"wallet": "acme", "alert": "al_1"});
    world.client.post(&replay(&webhook), &asked).await.wants(200);
    world.client.post(&replay(&other), &asked).await.wants(200);
    world.settle().await;
    assert_eq!(receiver.said("/hook").last().map(String::as_str), Some("wallet.resumed al_1"));
    assert_eq!(receiver.said("/other"), ["wallet.resumed al_1"], "also where it was not to hear of it");
    assert_eq!(stand(&world, &webhook).await[0], "al_1 delivered 1 (200)");
    let heard = receiver.heard("/hook");
    let ids: Vec<&str> = [&heard[0], &heard[9]].map(|heard| heard.header("webhook-id")).to_vec();
    assert_eq!(ids[0], ids[1], "the same message has the same id");
    // What was delivered may be asked for again.
    world.client.post(&replay(&webhook), &json!({"wallet": "acme", "alert": "al_2"})).await.wants(200);
    world.settle().await;
    assert_eq!(receiver.said("/hook").last().map(String::as_str), Some("wallet.suspended al_2"));
    world.stop_and_verify();
}

#[tokio::test]
async fn an_endpoint_that_is_gone_hears_nothing_more() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let webhook = add(&world, &receiver, "/gone", &json!({})).await;
    let other = add(&world, &receiver, "/there", &json!({})).await;
    receiver.replies("/gone", [500, 410].map(Reply::Status));
    world.client.wallet_with("acme", "0").await;
    up_and_down(&mut world, "acme", 1).await;
    world.pass_hours(48).await;
    assert_eq!(receiver.said("/gone"), ["wallet.resumed al_1"; 2], "410: it wants nothing more");
    assert_eq!(receiver.said("/there"), ["wallet.resumed al_1", "wallet.suspended al_2"]);
    let stands = stand(&world, &webhook).await;
    assert_eq!(stands, ["al_1 dropped 2 (410)", "al_2 dropped 1 (null)"], "what was on its way is dropped");
    let listed = world.client.list("/v1/webhooks", 100).await;
    let status = |id: &Value| listed.iter().find(|one| &one["id"] == id).map(|one| one["status"].clone());
    assert_eq!(status(&webhook["id"]), Some("disabled".into()));
    assert_eq!(status(&other["id"]), Some("active".into()));
    let replay = format!("/v1/webhooks/{}/replay", text(&webhook, "id"));
    let asked = json!({"wallet": "acme", "alert": "al_1"});
    world.client.post(&replay, &asked).await.wants_problem(409, "conflict");
    up_and_down(&mut world, "acme", 2).await;
    world.pass_hours(48).await;
    assert_eq!(receiver.heard("/gone").len(), 2);
    assert_eq!(receiver.heard("/there").len(), 4);
    world.stop_and_verify();
}

#[tokio::test]
async fn a_pause_that_the_endpoint_asks_for_is_kept() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    add(&world, &receiver, "/hook", &json!({})).await;
    receiver.replies("/hook", [Reply::Later(3_600), Reply::Status(204)]);
    world.client.wallet_with("acme", "1").await;
    world.pass(3_599).await;
    assert_eq!(receiver.heard("/hook").len(), 1, "an hour was asked for");
    world.pass(2).await;
    assert_eq!(receiver.heard("/hook").len(), 2);
    world.stop_and_verify();
}

#[tokio::test]
async fn an_alert_survives_a_kill_between_its_record_and_its_delivery() {
    let mut world = World::start_with(&[LOOPBACK]);
    let receiver = Receiver::start().await;
    let webhook = add(&world, &receiver, "/hook", &json!({})).await;
    receiver.replies("/hook", [Reply::Silence, Reply::Status(204)]);
    world.client.wallet_with("acme", "0").await;
    up_and_down(&mut world, "acme", 1).await;
    until("the alert under way", async || match receiver.heard("/hook").len() {
        0 => Err("nothing heard".to_owned()),
        _ => Ok(()),
    })
    .await;
    world.kill_and_restart(0);
    world.settle().await;
    let said = receiver.said("/hook");
    assert_eq!(
        said,
        ["wallet.resumed al_1", "wallet.resumed al_1", "wallet.suspended al_2"],
        "at least once"
    );
    let heard = receiver.heard("/hook");
    assert_eq!(heard[0].header("webhook-id"), heard[1].header("webhook-id"), "the same message");
    assert_eq!(heard[0].body, heard[1].body, "word by word");
    assert_eq!(heard[2].signatures_of(text(&webhook, "secret")), 1, "the secret is kept");
    // A retry that waits is kept too, and what is delivered does not come again.
    receiver.replies("/hook", [Reply::Status(500), Reply::Status(204)]);
    up_and_down(&mut world, "acme", 2).await;
    world.settle().await;
    world.kill_and_restart(0);
    world.settle().await;
    assert_eq!(receiver.heard("/hook").len(), 4, "its time has not come: {:?}", receiver.said("/hook"));
    world.kill_and_restart(60);
    world.settle().await;
    let said = receiver.said("/hook");
    assert_eq!(said[4..], ["wallet.resumed al_3", "wallet.suspended al_4"], "{said:?}");
    world.kill_and_restart(3_600);
    world.pass_hours(48).await;
    assert_eq!(receiver.said("/hook"), said, "nothing comes again");
    world.stop_and_verify();
}
