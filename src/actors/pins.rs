//! States of the views that somebody may ask for again: a table, its summaries and its exports agree because they are
//! read from the same one (R1).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;

use crate::clock::random_bytes;
use crate::domain::time::{Span, Timestamp};
use crate::store::pinned::Pinned;
use crate::store::views::Views;

/// How long a state may be asked for again.
pub const GOOD_FOR: Span = Span::from_seconds(10 * 60);
/// States held at most: each keeps what was added up since from being compacted.
const HELD_MAX: usize = 1_000;
const TOKEN_BYTES: usize = 12;

/// A state of the views and the token that it goes by.
#[derive(Clone)]
pub struct Pin {
    pub views: Arc<Pinned>,
    /// Means nothing to the caller.
    pub token: String,
    /// The moment up to which it is complete.
    pub at: Timestamp,
    good_until: Timestamp,
}

/// The states that are held, oldest first.
#[derive(Default)]
pub struct Pins(Mutex<Vec<Pin>>);

impl Pins {
    /// The state of the views now.
    pub fn pin(&self, views: &Arc<Views>, now: Timestamp) -> Pin {
        let mut held = self.0.lock();
        held.retain(|pin| pin.good_until >= now);
        let good_until = now.plus(GOOD_FOR);
        if let Some(last) = held.last_mut().filter(|last| last.views.pass == views.passes()) {
            (last.at, last.good_until) = (now, good_until);
            return last.clone();
        }
        if held.len() >= HELD_MAX {
            held.remove(0);
        }
        let token = URL_SAFE_NO_PAD.encode(random_bytes::<TOKEN_BYTES>());
        let pin = Pin { views: Arc::new(views.pin()), token, at: now, good_until };
        held.push(pin.clone());
        pin
    }

    /// The state of a token; `None` where it is too old or was never given out.
    pub fn find(&self, token: &str, now: Timestamp) -> Option<Pin> {
        let held = self.0.lock();
        held.iter().find(|pin| pin.token == token && pin.good_until >= now).cloned()
    }

    /// Lets go of what nobody may ask for any more.
    pub fn let_go(&self, now: Timestamp) {
        self.0.lock().retain(|pin| pin.good_until >= now);
    }

    /// Lets go of all: the database is about to be closed.
    pub fn clear(&self) {
        self.0.lock().clear();
    }
}
