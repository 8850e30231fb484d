//! The wiring of what is done outside: the payment provider or its sandbox, webhooks, and the thread of the effects.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use farebox::actors::Engine;
use farebox::effects::Outside;
use farebox::http::sandbox::PAGE_PATH;
use farebox::payments::Payments;
use farebox::payments::sandbox::Sandbox;
use farebox::webhooks::{Deliverer, Settings as Delivery};
use tokio::sync::{Mutex, Notify};

/// The folder of the sandbox's account, in the data directory.
const SANDBOX_FOLDER: &str = "sandbox";

/// Everything outside, by the settings. `address` is where the engine listens.
pub fn assemble(engine: &Engine, data_dir: &Path, address: &str) -> Result<Outside> {
    let config = engine.config();
    let public_url = match config.payments.public_url.trim_end_matches('/') {
        "" => format!("http://{address}"),
        url => url.to_owned(),
    };
    let on_test_clock = engine.clock().is_test();
    let secret_key = &config.payments.stripe_secret_key;
    if on_test_clock && !secret_key.is_empty() {
        return Err(anyhow!("a test clock needs the sandbox: leave payments.stripe_secret_key empty"));
    }
    let (payments, sandbox, webhook_secrets) = match secret_key.is_empty() {
        true => {
            tracing::warn!(
                "payments are made in the sandbox and move no money: set payments.stripe_secret_key before anybody \
                 pays for real"
            );
            let page_base = format!("{public_url}{PAGE_PATH}");
            let folder = data_dir.join(SANDBOX_FOLDER);
            let sandbox = Arc::new(Sandbox::open(&folder, &page_base).context("the payment sandbox")?);
            let payments = Payments::sandbox(Arc::clone(&sandbox), engine.shared_clock());
            let secrets = vec![sandbox.webhook_secret()];
            (payments, Some(sandbox), secrets)
        }
        false => {
            let settings = farebox::payments::Settings {
                base_url: config.payments.stripe_base_url.clone(),
                secret_key: secret_key.clone(),
                webhook_secrets: config.payments.stripe_webhook_secrets.clone(),
                connect_milliseconds: config.payments.connect_milliseconds,
                answer_milliseconds: config.payments.answer_milliseconds,
            };
            let payments = Payments::stripe(&settings).context("the settings of payments")?;
            (payments, None, settings.webhook_secrets)
        }
    };
    Ok(Outside {
        engine: engine.clone(),
        payments,
        deliverer: deliverer(engine)?,
        sandbox,
        webhook_secrets,
        stopping: AtomicBool::new(false),
        finished: Notify::new(),
        pumping: Mutex::new(()),
    })
}

fn deliverer(engine: &Engine) -> Result<Deliverer> {
    let settings = &engine.config().webhooks;
    let networks = settings.allowed_networks.iter().map(|network| {
        network.parse().with_context(|| {
            format!("webhooks.allowed_networks: {network:?} is not a network such as 10.0.0.0/8")
        })
    });
    let allowed_networks = networks.collect::<Result<_>>()?;
    let timeout = Duration::from_secs(settings.timeout_seconds.into());
    Deliverer::new(Delivery { timeout, allowed_networks, ..Delivery::default() }).context("webhooks")
}

/// The thread that effects run on: calls that wait for the network are nobody's turn.
pub struct Effects {
    outside: Arc<Outside>,
    thread: JoinHandle<()>,
}

impl Effects {
    pub fn start(outside: &Arc<Outside>) -> Result<Effects> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let running = Arc::clone(outside);
        let thread = std::thread::Builder::new()
            .name("effects".to_owned())
            // What runs at the end is dropped with the runtime, and run again at the next start.
            .spawn(move || runtime.block_on(running.run()))?;
        Ok(Effects { outside: Arc::clone(outside), thread })
    }

    /// Ends the thread, so that nothing of the engine is held when its databases go.
    pub fn stop(self) {
        self.outside.stop();
        if self.thread.join().is_err() {
            tracing::error!("the thread of the effects ended in a panic");
        }
    }
}
