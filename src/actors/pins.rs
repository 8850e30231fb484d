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
const NAME_BYTES: usize = 12;

/// A state of the views and the token that it goes by.
#[derive(Clone)]
pub struct Pin {
    pub views: Arc<Pinned>,
    /// Means nothing to the caller.
    pub token: String,
    /// The moment up to which it is complete, as far as whoever has the token was told.
    pub at: Timestamp,
}

/// One that is held.
struct Held {
    views: Arc<Pinned>,
    name: [u8; NAME_BYTES],
    good_until: Timestamp,
}

impl Held {
    /// What a caller gets of it: the same state may be given out at several moments, each time under another token.
    fn pin(&self, at: Timestamp) -> Pin {
        let token = URL_SAFE_NO_PAD.encode([&self.name[..], &at.nanos().to_be_bytes()].concat());
        Pin { views: Arc::clone(&self.views), token, at }
    }
}

/// The states that are held, oldest first.
#[derive(Default)]
pub struct Pins(Mutex<Vec<Held>>);

impl Pins {
    /// The state of the views now.
    pub fn pin(&self, views: &Arc<Views>, now: Timestamp) -> Pin {
        let mut held = self.0.lock();
        held.retain(|held| held.good_until >= now);
        let good_until = now.plus(GOOD_FOR);
        if let Some(last) = held.last_mut().filter(|last| last.views.pass == views.passes()) {
            last.good_until = good_until;
            return last.pin(now);
        }
        if held.len() >= HELD_MAX {
            held.remove(0);
        }
        let state = Held { views: Arc::new(views.pin()), name: random_bytes(), good_until };
        let pin = state.pin(now);
        held.push(state);
        pin
    }

    /// The state of a token; `None` where it is too old or was never given out.
    pub fn find(&self, token: &str, now: Timestamp) -> Option<Pin> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (name, at) = token.split_first_chunk::<NAME_BYTES>()?;
        let at = Timestamp::from_nanos(i64::from_be_bytes(at.try_into().ok()?));
        if at > now || at.plus(GOOD_FOR) < now {
            return None;
        }
        let held = self.0.lock();
        held.iter().find(|held| held.name == *name).map(|held| held.pin(at))
    }

    /// Lets go of what nobody may ask for any more.
    pub fn let_go(&self, now: Timestamp) {
        self.0.lock().retain(|held| held.good_until >= now);
    }

    /// Lets go of all: the database is about to be closed.
    pub fn clear(&self) {
        self.0.lock().clear();
    }
}
