//! Releases: the owner of the number inventory is told until it confirms (RULES, section 9).

use bytes::Bytes;
use serde_json::json;

use super::{Outside, counts};
use crate::actors::command::WalletCommand;
use crate::domain::life::number::Number;
use crate::domain::time::{Span, Timestamp};
use crate::engine::directory::Cell;
use crate::webhooks::{Delivered, Endpoint, Message, Secret};

/// After how many seconds the owner is told again, by how often it was told in vain; the last repeats for ever.
const AGAIN_AFTER_SECONDS: [u32; 6] = [5, 30, 120, 600, 1_800, 3_600];

impl Outside {
    /// Tells of a release once; an answer of 2xx confirms it.
    pub async fn release(&self, cell: &Cell, number: &Number) -> WalletCommand {
        let settings = &self.engine.config().numbers;
        let now = self.engine.clock().now();
        let (released_at, reason, tries) = match &number.released {
            Some(released) => (released.at, released.reason.as_str(), released.tries),
            None => (now, "", 0),
        };
        let data = json!({
            "wallet": &*cell.wallet,
            "number": number.number.to_string(),
            "rental": number.rental,
            "reason": reason,
            "released_at": released_at.to_string(),
        });
        let document = json!({"type": "number.release", "timestamp": released_at.to_string(), "data": data});
        let message = Message {
            id: format!("release_{}_{}_{}", cell.id.partition, cell.id.number, number.rental),
            timestamp: now.seconds(),
            body: Bytes::from(document.to_string()),
        };
        let secrets = Secret::parse(&settings.release_secret).into_iter().collect();
        let target = Endpoint { url: settings.release_url.clone(), secrets };
        let rental = number.rental;
        let came_to = self.deliverer.deliver(&message, &target).await;
        counts::release_attempt(&self.engine.meters().outside, &came_to);
        match came_to {
            Delivered::Accepted { .. } => WalletCommand::ReleaseTold { rental, again_at: Timestamp::NEVER },
            not_confirmed => {
                tracing::warn!(wallet = &*cell.wallet, rental, ?not_confirmed, "a release is not confirmed");
                let step = AGAIN_AFTER_SECONDS[(tries as usize).min(AGAIN_AFTER_SECONDS.len() - 1)];
                WalletCommand::ReleaseTold { rental, again_at: now.plus(Span::from_seconds(step)) }
            }
        }
    }
}
