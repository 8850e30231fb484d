//! Two processes: a provider (an engine whose sandbox is Stripe in Stripe's wire form) and the engine under test,
//! which knows it by its address alone. Webhooks are delivered by the test, or not at all.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::Client;
use super::engine::{Engine, Launch};
use super::provider::{Account, SECRET_KEY, is_resolved};
use super::proxy::Proxy;
use super::sandbox::{Customer, GOOD};
use super::signed::{OLD_SECRET, SECRET};

/// How long the engine may take to learn by itself what became of a call: it asks after 5 and then 30 seconds, and
/// the machine may be busy.
const LEARN_TIME_MAX: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long the engine waits for the provider.
const ANSWER_MILLISECONDS: &str = "1500";

pub struct Pair {
    provider: Option<Engine>,
    engine: Option<Engine>,
    provider_home: TempDir,
    engine_home: TempDir,
    /// Where the engine believes the provider to be.
    base: String,
    /// An operator at the provider, for its switches.
    pub operator: Client,
    pub account: Account,
    pub customer: Customer,
    pub client: Client,
}

/// A provider that tells nothing by itself.
async fn start_provider(home: &Path, listen: &str) -> Engine {
    let provider = Launch::new(home).listen(listen).start();
    provider.client().switch(&json!({"webhooks": false})).await;
    provider
}

fn start_engine(home: &Path, base: &str) -> Engine {
    Launch::new(home)
        .environment("FAREBOX__PAYMENTS__STRIPE_SECRET_KEY", SECRET_KEY)
        .environment("FAREBOX__PAYMENTS__STRIPE_BASE_URL", base)
        .environment("FAREBOX__PAYMENTS__STRIPE_WEBHOOK_SECRETS", &format!("{SECRET},{OLD_SECRET}"))
        .environment("FAREBOX__PAYMENTS__ANSWER_MILLISECONDS", ANSWER_MILLISECONDS)
        .start()
}

impl Pair {
    pub async fn start() -> Pair {
        let home = tempfile::tempdir().expect("a home for the provider");
        let provider = start_provider(home.path(), "127.0.0.1:0").await;
        let base = format!("{}/sandbox/stripe", provider.url.trim_end_matches('/'));
        Pair::with(provider, home, base)
    }

    /// With something in between that holds up calls or answers.
    pub async fn with_proxy() -> (Pair, Proxy) {
        let home = tempfile::tempdir().expect("a home for the provider");
        let provider = start_provider(home.path(), "127.0.0.1:0").await;
        let proxy = Proxy::to(provider.address()).await;
        let base = format!("http://{}/sandbox/stripe", proxy.address);
        (Pair::with(provider, home, base), proxy)
    }

    fn with(provider: Engine, provider_home: TempDir, base: String) -> Pair {
        let engine_home = tempfile::tempdir().expect("a home for the engine");
        let engine = start_engine(engine_home.path(), &base);
        Pair {
            operator: provider.client(),
            account: Account::at(&provider.url),
            customer: Customer::new(&provider.url),
            client: engine.client(),
            provider: Some(provider),
            engine: Some(engine),
            provider_home,
            engine_home,
            base,
        }
    }

    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("an engine but during a restart")
    }

    /// SIGKILL; nothing answers until [`Pair::start_engine`].
    pub fn kill_engine(&mut self) {
        self.engine.take().expect("an engine to kill").kill();
    }

    pub fn start_engine(&mut self) {
        let engine = start_engine(self.engine_home.path(), &self.base);
        self.client = engine.client();
        self.engine = Some(engine);
    }

    /// From now on connections to the provider are refused; where it was is told.
    pub fn end_provider(&mut self) -> String {
        let provider = self.provider.take().expect("a provider to end");
        let address = provider.address().to_owned();
        provider.kill();
        address
    }

    pub async fn start_provider(&mut self, address: &str) {
        self.provider = Some(start_provider(self.provider_home.path(), address).await);
    }

    /// Stops the engine and verifies what it leaves behind.
    pub fn stop_and_verify(mut self) {
        self.engine.take().expect("an engine to stop").stop();
        super::data_dir::assert_verifies(self.engine_home.path());
    }

    /// Pays at a checkout page and delivers what the provider would tell of it.
    pub async fn pay_and_tell(&self, checkout_url: &str, card: &str) {
        self.customer.send(checkout_url, "pay", card).await;
        let session = self.account.session(checkout_url).await;
        assert_eq!(
            self.client.delivers("checkout.session.completed", &session).await,
            "applied",
            "{session}"
        );
    }

    /// A wallet that has paid this much with a good card, which is kept; whom the provider knows it as.
    pub async fn with_card(&self, wallet: &str, amount: &str) -> String {
        self.client.wallet_with(wallet, "0").await;
        let opened = self.client.open_top_up(wallet, &format!("first-{wallet}"), amount).await.wants(201);
        let page = opened["checkout_url"].as_str().unwrap_or_else(|| panic!("wanted a page: {opened}"));
        self.pay_and_tell(page, GOOD).await;
        self.account.customer_of(page).await
    }

    pub async fn set_auto(&self, wallet: &str, minimum: &str, amount: &str) {
        let settings = json!({"enabled": true, "minimum_balance": minimum, "amount": amount});
        self.client.set_auto_top_up(wallet, &settings).await.wants(200);
    }

    /// The top-up once it is as wanted.
    pub async fn until(
        &self,
        wallet: &str,
        top_up: &str,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        until(what, async || {
            let found = self.client.get(&format!("/v1/wallets/{wallet}/top-ups/{top_up}")).await;
            let document = found.json();
            if found.status == 200 && wanted(&document) { Ok(document) } else { Err(found.text) }
        })
        .await
    }

    pub async fn until_resolved(&self, wallet: &str, top_up: &str) -> Value {
        self.until(wallet, top_up, "it resolved", is_resolved).await
    }
}

/// Looks until it is as wanted; `Err` is what was found instead.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let mut last = String::new();
    for _ in 0..LEARN_TIME_MAX.as_millis() / LOOK_EVERY.as_millis() {
        match look().await {
            Ok(found) => return found,
            Err(found) => last = found,
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("wanted {what} within {LEARN_TIME_MAX:?}: {last}");
}
