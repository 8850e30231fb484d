//! The kill set of payments: SIGKILL at random moments while checkouts are opened and paid and cards are charged at a
//! provider in another process, which loses calls and answers too. At the end what the provider has taken is what the
//! wallets were credited, attempt by attempt (T1, T2, E1).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::client::Client;
use super::support::event::Event;
use super::support::life::JSON;
use super::support::pair::Pair;
use super::support::provider::{Account, assert_settled, fault, is_resolved, text};
use super::support::proxy::Proxy;
use super::support::random::Random;
use super::support::sandbox::{Customer, DECLINED, GOOD};
use super::support::{audit, nanos};

const WALLETS: usize = 6;
const PAUSE: Duration = Duration::from_millis(15);
/// How long the engine may take to learn what became of the last calls: it asks after 5, 30, 120 and 300 seconds.
const LEARN_TIME_MAX: Duration = Duration::from_secs(900);

/// What the payers know.
#[derive(Default)]
struct Known {
    /// The page of a top-up by its wallet and the key that it was asked for under; none where no answer came.
    pages: BTreeMap<(String, String), Option<String>>,
    spent: u64,
}

type Shared = Arc<Mutex<Known>>;

fn wallet_name(number: u64) -> String {
    format!("w-{number}")
}

async fn open(client: &Client, known: &Shared, wallet: &str, key: &str) -> Option<String> {
    let asked = (wallet.to_owned(), key.to_owned());
    known.lock().unwrap().pages.entry(asked.clone()).or_default();
    let body = json!({"amount": "20", "return_url": "http://127.0.0.1:9/back"}).to_string();
    let path = format!("/v1/wallets/{wallet}/top-ups");
    let answer = client.try_call(Method::POST, &path, &[JSON, ("idempotency-key", key)], body.into()).await;
    let answer = answer.ok()?;
    assert!([200, 201, 409].contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
    let page = answer.json()["checkout_url"].as_str().map(str::to_owned)?;
    known.lock().unwrap().pages.insert(asked, Some(page.clone()));
    Some(page)
}

/// Whoever pays: opens a page and pays there, or not; the provider tells of it at once, twice, or not yet.
async fn payer(
    client: Client,
    account: Account,
    customer: Customer,
    known: Shared,
    seed: u64,
    over: Arc<AtomicBool>,
) {
    let mut random = Random::new(seed);
    while !over.load(Ordering::Relaxed) {
        let (wallet, key) = (wallet_name(random.below(WALLETS as u64)), format!("k-{}", random.next()));
        let Some(page) = open(&client, &known, &wallet, &key).await else { continue };
        match random.below(4) {
            0 => customer.send(&page, "pay", DECLINED).await,
            1 => continue,
            _ => customer.send(&page, "pay", GOOD).await,
        }
        if random.percent(50) {
            let session = account.session(&page).await;
            if session["status"] == "complete" {
                let _ = try_deliver(&client, "checkout.session.completed", &session).await;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whoever sends messages: spends until cards have to be charged.
async fn spender(client: Client, known: Shared, seed: u64, over: Arc<AtomicBool>) {
    let mut random = Random::new(seed);
    while !over.load(Ordering::Relaxed) {
        let number = {
            let mut known = known.lock().unwrap();
            known.spent += 1;
            known.spent
        };
        let wallet = wallet_name(random.below(WALLETS as u64));
        let fee = Event::carrier_fee(&wallet, &format!("fee-{number}"), &(1 + random.below(9)).to_string());
        let headers = [("content-type", super::support::client::NDJSON)];
        let sent = client.try_call(Method::POST, "/v1/events", &headers, fee.line().into()).await;
        match sent {
            Ok(answer) => drop(answer.outcomes()),
            Err(_) => return,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// `None` where no answer came, or one that the provider would come again for.
async fn try_deliver(client: &Client, kind: &str, object: &Value) -> Option<String> {
    use super::support::signed::{PATH, SECRET, event, header, now};
    let body = event(kind, object).to_string();
    let headers = [JSON, ("stripe-signature", &header(SECRET, now(), &body))];
    let answer = client.with_key("").try_call(Method::POST, PATH, &headers, body.into()).await.ok()?;
    assert!([200, 503].contains(&answer.status), "{kind}: {} {}", answer.status, answer.text);
    answer.json()["outcome"].as_str().map(str::to_owned)
}

/// What goes wrong at the provider in a round, a few times.
fn faults(random: &mut Random) -> Value {
    let kinds = ["time_out_before", "time_out_after", "error_before", "error_after", "in_flight", "too_many"];
    let lines = ["POST /v1/payment_intents", "POST /v1/checkout/sessions", "GET /v1/payment_intents"];
    let mut faults = Vec::new();
    for _ in 0..random.below(4) {
        let kind = kinds[random.below(kinds.len() as u64) as usize];
        let line = lines[random.below(lines.len() as u64) as usize];
        // A remembered 500 keeps a page from ever being opened: of those the table of faults tells.
        if (kind, line) != ("error_after", lines[1]) {
            faults.push(fault(kind, line, 1));
        }
    }
    json!({"webhooks": false, "faults": faults})
}

async fn run_and_kill(pair: &mut Pair, proxy: &Proxy, known: &Shared, random: &mut Random) {
    pair.operator.switch(&faults(random)).await;
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let (client, account, customer) = (pair.client.clone(), pair.account.clone(), pair.customer.clone());
        tasks.push(tokio::spawn(payer(
            client,
            account,
            customer,
            known.clone(),
            random.next(),
            over.clone(),
        )));
        tasks.push(tokio::spawn(spender(pair.client.clone(), known.clone(), random.next(), over.clone())));
    }
    tokio::time::sleep(Duration::from_millis(100 + random.below(900))).await;
    // Two thirds of the kills find calls that have not arrived, or answers that have not come.
    match random.below(3) {
        0 => proxy.stop_calls(),
        1 => proxy.stop_answers(),
        _ => {}
    }
    tokio::time::sleep(Duration::from_millis(random.below(300))).await;
    pair.kill_engine();
    over.store(true, Ordering::Relaxed);
    // Calls of the dead may arrive yet.
    if random.percent(50) {
        proxy.give_up();
    }
    proxy.open();
    pair.operator.switch(&json!({"webhooks": false})).await;
    for task in tasks {
        task.await.unwrap_or_else(|error| panic!("a payer or a sender has found something wrong: {error}"));
    }
    pair.start_engine();
}

/// Pays at or closes every page that is open, and tells of every other payment; of the rest the engine learns itself.
async fn come_to_an_end(pair: &Pair, known: &Shared, random: &mut Random) {
    for number in 0..WALLETS as u64 {
        pair.client.end_auto_top_up(&wallet_name(number)).await.wants(200);
    }
    let asked: Vec<(String, String)> = known.lock().unwrap().pages.keys().cloned().collect();
    let mut left = asked;
    for _ in 0..LEARN_TIME_MAX.as_secs() {
        let mut without_page = Vec::new();
        for (wallet, key) in left {
            if open(&pair.client, known, &wallet, &key).await.is_none() {
                without_page.push((wallet, key));
            }
        }
        left = without_page;
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(left.is_empty(), "wanted every page opened in the end: {left:?}");
    let pages: Vec<String> = known.lock().unwrap().pages.values().flatten().cloned().collect();
    for page in pages {
        let session = pair.account.session(&page).await;
        let (kind, session) = match text(&session, "status") {
            "open" if random.percent(50) => {
                pair.customer.send(&page, "pay", GOOD).await;
                ("checkout.session.completed", pair.account.session(&page).await)
            }
            "open" => {
                let expire = format!("POST /v1/checkout/sessions/{}/expire", text(&session, "id"));
                ("checkout.session.expired", pair.account.done(&expire, "").await)
            }
            "complete" => ("checkout.session.completed", session),
            _ => ("checkout.session.expired", session),
        };
        let outcome = pair.client.delivers(kind, &session).await;
        assert!(["applied", "known"].contains(&outcome.as_str()), "{kind}: {outcome} {session}");
    }
    for number in 0..WALLETS as u64 {
        let wallet = wallet_name(number);
        for _ in 0..LEARN_TIME_MAX.as_secs() {
            if pair.client.top_ups(&wallet).await.iter().all(is_resolved) {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Once more everything that the provider could ever tell: nothing of it is news.
async fn tell_all_again(pair: &Pair, customers: &BTreeSet<String>) {
    for customer in customers {
        for payment in pair.account.payments_of(customer).await {
            if payment["status"] == "succeeded" {
                assert_eq!(
                    pair.client.delivers("payment_intent.succeeded", &payment).await,
                    "known",
                    "{payment}"
                );
            }
        }
    }
}

#[tokio::test]
async fn killed_at_random_points_it_charges_once_and_credits_once() {
    let mut random = Random::from_environment();
    let kills = super::kills();
    let (mut pair, proxy) = Pair::with_proxy().await;
    let known = Shared::default();
    let mut customers = BTreeSet::new();
    for number in 0..WALLETS as u64 {
        let wallet = wallet_name(number);
        customers.insert(pair.with_card(&wallet, "25").await);
        let settings = json!({
            "enabled": true, "minimum_balance": "10", "amount": "40",
            "limits": {"attempts_per_day": 10_000},
        });
        pair.client.set_auto_top_up(&wallet, &settings).await.wants(200);
    }
    for kill in 1..=kills {
        run_and_kill(&mut pair, &proxy, &known, &mut random).await;
        let (pages, spent) = {
            let known = known.lock().unwrap();
            (known.pages.len(), known.spent)
        };
        println!("kill {kill} of {kills}: {pages} pages asked for, {spent} times spent");
    }
    come_to_an_end(&pair, &known, &mut random).await;
    tell_all_again(&pair, &customers).await;

    let (mut taken, mut ends) = (0, BTreeMap::<String, usize>::new());
    for number in 0..WALLETS as u64 {
        let wallet = wallet_name(number);
        let top_ups = assert_settled(&pair.client, &pair.account, &wallet, &customers).await;
        let checkouts = top_ups.iter().filter(|top_up| top_up["kind"] == "checkout").count();
        let asked = known.lock().unwrap().pages.keys().filter(|(of, _)| *of == wallet).count();
        assert_eq!(checkouts, asked + 1, "{wallet}: wanted one page for each key");
        for top_up in &top_ups {
            *ends.entry(format!("{} {}", text(top_up, "kind"), text(top_up, "status"))).or_default() += 1;
            taken += nanos(text(top_up, "credited"));
        }
        audit::wallet(&pair.client, &wallet).await;
    }
    println!("at the end: {ends:?}, {} taken and credited", super::support::decimal(taken));
    let count = |end: &str| ends.get(end).copied().unwrap_or(0);
    assert!(count("auto succeeded") >= kills, "a run in which nothing is at stake proves nothing: {ends:?}");
    assert!(
        count("checkout succeeded") > WALLETS,
        "a run in which nothing is at stake proves nothing: {ends:?}"
    );
    pair.stop_and_verify();
}
