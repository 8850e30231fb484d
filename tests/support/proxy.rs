//! Something that stands between the engine and the provider and holds up calls or answers, as networks do.

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
                    let Ok(server) = TcpStream::connect(&address).await else { return };
                    let ((from_caller, to_caller), (from_server, to_server)) =
                        (caller.into_split(), server.into_split());
                    let there = carry(from_caller, to_server, gates.clone(), Side::Calls);
                    let back = carry(from_server, to_caller, gates, Side::Answers);
                    // Whichever side ends, the connection ends.
                    tokio::select! { () = there => {}, () = back => {} }
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

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, gates: Arc<Gates>, side: Side) {
    let mut bytes = vec![0; 64 << 10];
    loop {
        let Ok(length @ 1..) = from.read(&mut bytes).await else { return };
        if side == Side::Calls {
            gates.calls.fetch_add(1, Ordering::SeqCst);
        }
        if !gates.pass(side).await || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
