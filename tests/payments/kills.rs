//! SIGKILL at the worst moments: between the durable attempt and the call, between the call and its answer, between
//! the payment and its credit.

use serde_json::json;

use crate::support::pair::{Pair, until};
use crate::support::provider::{assert_settled, text};
use crate::support::proxy::Proxy;
use crate::support::sandbox::GOOD;

async fn until_called(proxy: &Proxy, before: usize) {
    until("the provider called", async || match proxy.calls() > before {
        true => Ok(()),
        false => Err("not yet".to_owned()),
    })
    .await;
}

#[tokio::test]
async fn a_charge_that_a_kill_cuts_off_is_charged_and_credited_once() {
    let (mut pair, proxy) = Pair::with_proxy().await;
    for moment in ["before the call arrives", "before its answer", "before its answer, and the call is late"]
    {
        let wallet = moment.replace([' ', ','], "-");
        let customer = pair.with_card(&wallet, "25").await;
        pair.set_auto(&wallet, "10", "40").await;
        let before = proxy.calls();
        match moment {
            "before its answer" => proxy.stop_answers(),
            _ => proxy.stop_calls(),
        }
        pair.client.spend(&wallet, "fee-1", "20").await;
        until_called(&proxy, before).await;
        if moment == "before its answer" {
            until("the charge at the provider", async || {
                let charged = pair.account.payments_of(&customer).await.len() == 2;
                if charged { Ok(()) } else { Err("not there".to_owned()) }
            })
            .await;
        }
        pair.kill_engine();
        if moment == "before the call arrives" {
            // It never does: what was held up is given up with its connection.
            proxy.give_up();
        }
        proxy.open();
        pair.start_engine();
        let top_up = pair.until_resolved(&wallet, "tu_2").await;
        assert_eq!(top_up["status"], "succeeded", "killed {moment}: {top_up}");
        assert_settled(&pair.client, &pair.account, &wallet, &[customer].into()).await;
        assert_eq!(pair.client.wallet(&wallet).await["balance"], "45", "killed {moment}: 25 - 20 + 40");
    }
    pair.stop_and_verify();
}

#[tokio::test]
async fn a_checkout_that_a_kill_cuts_off_is_opened_once_and_credited_once() {
    let (mut pair, proxy) = Pair::with_proxy().await;
    for moment in ["before the call arrives", "before its answer", "between the payment and its credit"] {
        let wallet = moment.replace(' ', "-");
        pair.client.wallet_with(&wallet, "0").await;
        let before = proxy.calls();
        match moment {
            "before the call arrives" => proxy.stop_calls(),
            "before its answer" => proxy.stop_answers(),
            _ => {}
        }
        let client = pair.client.clone();
        let asked = wallet.clone();
        let body = json!({"amount": "25", "return_url": "http://127.0.0.1:9/back"}).to_string();
        let first = tokio::spawn(async move {
            let headers = [("content-type", "application/json"), ("idempotency-key", "k-1")];
            let path = format!("/v1/wallets/{asked}/top-ups");
            client.try_call(reqwest::Method::POST, &path, &headers, body.into()).await
        });
        until_called(&proxy, before).await;
        if moment == "between the payment and its credit" {
            let opened = first.await.expect("the request").expect("an answer").wants(201);
            pair.customer.send(text(&opened, "checkout_url"), "pay", GOOD).await;
            pair.kill_engine();
        } else {
            pair.kill_engine();
            assert!(first.await.expect("the request").is_err(), "killed {moment}: wanted no answer");
        }
        proxy.open();
        pair.start_engine();
        // Whoever got no answer asks again under the same key.
        let wanted = |top_up: &serde_json::Value| top_up["checkout_url"].is_string();
        let open = pair.until(&wallet, "tu_1", "a page", wanted).await;
        let again = pair.client.open_top_up(&wallet, "k-1", "25").await.wants(200);
        assert_eq!((&again["top_up"], &again["checkout_url"]), (&open["top_up"], &open["checkout_url"]));
        let page = text(&open, "checkout_url");
        let session = pair.account.session(page).await;
        if session["status"] == "open" {
            pair.pay_and_tell(page, GOOD).await;
        } else {
            assert_eq!(pair.client.delivers("checkout.session.completed", &session).await, "applied");
        }
        pair.kill_engine();
        pair.start_engine();
        let session = pair.account.session(page).await;
        assert_eq!(
            pair.client.delivers("checkout.session.completed", &session).await,
            "known",
            "killed {moment}"
        );
        let customers = [pair.account.customer_of(page).await].into();
        let top_ups = assert_settled(&pair.client, &pair.account, &wallet, &customers).await;
        assert_eq!(top_ups.len(), 1, "killed {moment}: {top_ups:?}");
        assert_eq!(pair.client.wallet(&wallet).await["balance"], "25", "killed {moment}");
    }
    pair.stop_and_verify();
}
