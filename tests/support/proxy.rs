//! Something that stands between the engine and the provider and holds up calls or answers, as networks do.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A way to an address. Calls and answers that are held up go on when the way is opened: a call arrives then although
/// its caller has given up long since, an answer finds nobody.
#[derive(Clone)]
pub struct Proxy {
    pub address: String,
    gates: Arc<Gates>,
}

#[derive(Default)]
struct Gates {
    calls_stopped: AtomicBool,
    answers_stopped: AtomicBool,
    calls: AtomicUsize,
    answers: AtomicUsize,
    /// Grows when what waits is given up.
    given_up: AtomicUsize,
    opened: Notify,
}

impl Proxy {
    pub async fn to(address: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let proxy =
            Proxy { address: listener.local_addr().expect("its address").to_string(), gates: Arc::default() };
        let (gates, address) = (proxy.gates.clone(), address.to_owned());
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let (gates, address) = (gates.clone(), address.clone());
                tokio::spawn(async move {
                    let (mut from_caller, to_caller) = caller.into_split();
                    // The provider hears of the connection with the first call on it.
                    let Some(first) = next(&mut from_caller, &gates, Side::Calls).await else { return };
                    let Ok(server) = TcpStream::connect(&address).await else { return };
                    let (from_server, mut to_server) = server.into_split();
                    if to_server.write_all(&first).await.is_err() {
                        return;
                    }
                    let back = carry(from_server, to_caller, gates.clone(), Side::Answers);
                    let there = carry(from_caller, to_server, gates, Side::Calls);
                    // A caller that has gone is no news for the provider, which answers nobody then.
                    let there = async {
                        let _to_server = there.await;
                        pending::<()>().await
                    };
                    tokio::select! { _ = back => {}, () = there => {} }
                });
            }
        });
        proxy
    }

    /// Calls reach the provider, but no answer comes back.
    pub fn stop_answers(&self) {
        self.gates.answers_stopped.store(true, Ordering::SeqCst);
    }

    /// The provider seems to be there, but nothing reaches it for now.
    pub fn stop_calls(&self) {
        self.gates.calls_stopped.store(true, Ordering::SeqCst);
    }

    /// Calls that come from now on arrive; those that are held up go on waiting.
    pub fn let_new_calls_pass(&self) {
        self.gates.calls_stopped.store(false, Ordering::SeqCst);
    }

    pub fn open(&self) {
        self.gates.calls_stopped.store(false, Ordering::SeqCst);
        self.gates.answers_stopped.store(false, Ordering::SeqCst);
        self.gates.opened.notify_waiters();
    }

    /// What is held up never arrives, also when the way is opened.
    pub fn give_up(&self) {
        self.gates.given_up.fetch_add(1, Ordering::SeqCst);
    }

    /// How often something came from the engine.
    pub fn calls(&self) -> usize {
        self.gates.calls.load(Ordering::SeqCst)
    }

    /// How often something came from the provider.
    pub fn answers(&self) -> usize {
        self.gates.answers.load(Ordering::SeqCst)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Calls,
    Answers,
}

impl Gates {
    /// Whether it may go on, as soon as that is known.
    async fn pass(&self, side: Side) -> bool {
        let given_up = self.given_up.load(Ordering::SeqCst);
        loop {
            let opened = self.opened.notified();
            let stopped = match side {
                Side::Calls => &self.calls_stopped,
                Side::Answers => &self.answers_stopped,
            };
            if self.given_up.load(Ordering::SeqCst) != given_up {
                return false;
            }
            if !stopped.load(Ordering::SeqCst) {
                return true;
            }
            opened.await;
        }
    }
}

/// Until one side ends; gives back where it was carried to, which would be closed if it were dropped.
async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    gates: Arc<Gates>,
    side: Side,
) -> OwnedWriteHalf {
    while let Some(bytes) = next(&mut from, &gates, side).await {
        if to.write_all(&bytes).await.is_err() {
            break;
        }
    }
    to
}

/// What comes next, once it may go on.
async fn next(from: &mut OwnedReadHalf, gates: &Gates, side: Side) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 64 << 10];
    let length = from.read(&mut bytes).await.ok().filter(|length| *length > 0)?;
    bytes.truncate(length);
    let seen = match side {
        Side::Calls => &gates.calls,
        Side::Answers => &gates.answers,
    };
    seen.fetch_add(1, Ordering::SeqCst);
    gates.pass(side).await.then_some(bytes)
}
