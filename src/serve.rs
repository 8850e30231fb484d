//! `farebox serve`: recovers, serves until it is told to stop, and stops in order.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use farebox::actors::Engine;
use farebox::actors::command::{AdjustRequest, CommandError, KeyRequest, NewKey, WalletTerms};
use farebox::actors::start::{self, Running};
use farebox::cli::ServeArgs;
use farebox::clock::Clock;
use farebox::config::{self, Config, Flags};
use farebox::domain::access::Role;
use farebox::domain::currency::Currency;
use farebox::domain::money::Money;
use farebox::{http, tariff_file};
use tokio::signal::unix::{SignalKind, signal};

use crate::logging;
use crate::outside::{self, Effects};

/// How long requests under way may take once the engine is told to stop.
const PATIENCE: Duration = Duration::from_secs(6);
const OPERATOR_KEY_VARIABLE: &str = "FAREBOX_OPERATOR_KEY";
const OPERATOR_KEY_FILE: &str = "operator.key";
const SANDBOX_WALLET: &str = "sandbox";
const SANDBOX_FUNDS: Money = Money::from_nanos(1_000 * farebox::domain::money::NANOS_PER_UNIT);
/// Who an adjustment or tariff came from when the engine itself made it.
const ACTOR: &str = "serve";

pub fn run(args: ServeArgs) -> Result<ExitCode> {
    let flags = Flags { listen: args.listen.clone(), data_dir: args.data_dir.clone() };
    let config = config::load(args.config.as_deref(), config::environment(), flags)?;
    logging::begin(&config.log);
    let listener =
        TcpListener::bind(&config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    actix_rt::System::new().block_on(serve(config, listener, args))
}

async fn serve(config: Config, listener: TcpListener, args: ServeArgs) -> Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let data_dir = config.data_dir.clone();
    let clock = args.test_clock.map_or_else(Clock::system, Clock::test);
    // For the project's own tests: adjustments with certain reasons make a rule or a shard fail.
    let test_faults = std::env::var_os("FAREBOX_TEST_FAULTS").is_some_and(|value| value == "1");
    let running = start::start(config, clock, test_faults)?;
    let address = listener.local_addr()?;
    let outfitted = outfit(&running.engine, &data_dir, &args).await;
    let operator_key = match outfitted {
        Ok(key) => key,
        Err(error) => {
            running.stop().await;
            return Err(error);
        }
    };
    let outside = match outside::assemble(&running.engine, &data_dir, &address.to_string()) {
        Ok(outside) => Arc::new(outside),
        Err(error) => {
            running.stop().await;
            return Err(error);
        }
    };
    let effects = Effects::start(&outside)?;
    let server = http::serve(running.engine.clone(), outside, listener)?;
    let handle = server.handle();
    let serving = actix_rt::spawn(server);
    announce(&format!("http://{address}"), operator_key.as_deref(), args.sandbox);
    tokio::select! {
        _ = terminate.recv() => tracing::info!("told to stop by SIGTERM"),
        _ = interrupt.recv() => tracing::info!("told to stop by SIGINT"),
    }
    stop(running, effects, handle, serving).await;
    Ok(ExitCode::SUCCESS)
}

async fn stop(
    running: Running,
    effects: Effects,
    handle: http::ServerHandle,
    serving: actix_rt::task::JoinHandle<std::io::Result<()>>,
) {
    running.engine.stop_taking();
    if tokio::time::timeout(PATIENCE, handle.stop(true)).await.is_err() {
        tracing::warn!("requests were still under way; their connections are closed");
        handle.stop(false).await;
    }
    if let Ok(Err(error)) = serving.await {
        tracing::error!(%error, "the server ended with an error");
    }
    effects.stop();
    running.stop().await;
}

/// Everything that a fresh engine needs before it can serve: tariffs, the operator's key, the sandbox.
/// Answers the operator's key where it is known.
async fn outfit(engine: &Engine, data_dir: &Path, args: &ServeArgs) -> Result<Option<String>> {
    load_tariffs(engine, &args.tariff).await?;
    let key = operator_key(engine, data_dir).await?;
    if args.sandbox {
        make_sandbox(engine).await?;
    }
    Ok(key)
}

async fn load_tariffs(engine: &Engine, files: &[PathBuf]) -> Result<()> {
    if files.is_empty() {
        let (text, version) = tariff_file::standard();
        if engine.book().find(&version.head().name).is_none() {
            engine.add_tariff(text, version, ACTOR).await.map_err(refused)?;
        }
    }
    for file in files {
        let (text, version) = tariff_file::read(file).map_err(|faults| anyhow!("{faults}"))?;
        let added = engine.add_tariff(text, version, ACTOR).await.map_err(refused);
        added.with_context(|| format!("tariff {}", file.display()))?;
    }
    Ok(())
}

/// The operator's key: from the environment, else from the data directory, where it is made at first start.
async fn operator_key(engine: &Engine, data_dir: &Path) -> Result<Option<String>> {
    let request =
        || KeyRequest { role: Role::Operator, wallet: None, name: "operator".into(), actor: ACTOR.into() };
    if let Ok(secret) = std::env::var(OPERATOR_KEY_VARIABLE) {
        if secret.is_empty() {
            return Err(anyhow!("{OPERATOR_KEY_VARIABLE} is empty"));
        }
        if engine.keys().find(&secret).is_none() {
            engine.keep_key(request(), secret.clone()).await.map_err(refused)?;
        }
        return Ok(Some(secret));
    }
    let file = data_dir.join(OPERATOR_KEY_FILE);
    if let Ok(text) = fs::read_to_string(&file) {
        let secret = text.trim().to_owned();
        return Ok(engine.keys().find(&secret).map(|_| secret));
    }
    if !engine.keys().list().is_empty() {
        // There are keys already, and the file was taken away on purpose: nothing is made behind anybody's back.
        return Ok(None);
    }
    let NewKey { secret, .. } = engine.make_key(request()).await.map_err(refused)?;
    let mut out = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&file)?;
    writeln!(out, "{secret}")?;
    out.sync_all()?;
    println!("operator key: {secret} (kept in {})", file.display());
    Ok(Some(secret))
}

async fn make_sandbox(engine: &Engine) -> Result<()> {
    if engine.directory().find(SANDBOX_WALLET).is_none() {
        let book = engine.book();
        let standard = book.tariffs().find(|tariff| tariff.currency() == Currency::USD);
        let standard = standard.ok_or_else(|| anyhow!("the sandbox needs a tariff in USD"))?;
        let (tariff, _) =
            book.find(standard.name()).ok_or_else(|| anyhow!("the sandbox's tariff is gone"))?;
        let terms = WalletTerms {
            wallet: SANDBOX_WALLET.into(),
            name: "Sandbox".into(),
            currency: Currency::USD,
            time_zone: "UTC".into(),
            tariff,
            actor: ACTOR.into(),
        };
        engine.set_wallet(terms).await.map_err(refused)?;
    }
    let funding = AdjustRequest {
        idempotency_key: "sandbox-funding".into(),
        amount: SANDBOX_FUNDS,
        reason: "sandbox funding".into(),
        actor: ACTOR.into(),
        of: 0,
    };
    engine.adjust(SANDBOX_WALLET, funding).await.map_err(refused)?;
    Ok(())
}

fn refused(error: CommandError) -> anyhow::Error {
    anyhow!("the engine refused: {error:?}")
}

fn announce(url: &str, key: Option<&str>, sandbox: bool) {
    println!("listening on {url}");
    if !sandbox {
        return;
    }
    let key = key.unwrap_or("YOUR_KEY");
    println!(
        r#"
key       {key}
wallet    {SANDBOX_WALLET}, funded with {SANDBOX_FUNDS} USD
interface {url}/docs

Try it (send the first line twice: the message is charged once):

curl -sS -H 'Authorization: Bearer {key}' -H 'Content-Type: application/x-ndjson' {url}/v1/events --data-binary '{{"id":"m-1","type":"message.outbound","wallet":"{SANDBOX_WALLET}","channel":"+14155550100","peer":"+447700900123","kind":"sms","text":"hi"}}'
curl -sS -H 'Authorization: Bearer {key}' {url}/v1/wallets/{SANDBOX_WALLET}
curl -sS -H 'Authorization: Bearer {key}' {url}/v1/wallets/{SANDBOX_WALLET}/entries
"#
    );
}
