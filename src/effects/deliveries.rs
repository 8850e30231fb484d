//! Deliveries: an alert on its way to an endpoint, tried over a day (RULES, section 11).

use bytes::Bytes;

use super::{Outside, counts};
use crate::actors::command::{EndpointChange, EndpointRequest, WalletCommand};
use crate::domain::endpoint::EndpointState;
use crate::domain::life::alert::{Alert, Delivery, DeliveryState};
use crate::domain::time::{Span, Timestamp};
use crate::engine::directory::Cell;
use crate::webhooks::{Delivered, Endpoint, Message, Secret, backoff, body};

/// Who an endpoint was disabled by when it asked for it itself.
const ACTOR: &str = "endpoint";

impl Outside {
    /// Sends an alert once, and says what it came to; `None` where the engine cannot be read: it is tried again.
    pub async fn delivery(&self, cell: &Cell, delivery: Delivery) -> Option<WalletCommand> {
        let now = self.engine.clock().now();
        let endpoints = self.engine.endpoints();
        let endpoint = endpoints.get(delivery.endpoint);
        let endpoint = endpoint.filter(|endpoint| endpoint.state == EndpointState::Active);
        let Some(endpoint) = endpoint else {
            return Some(ended(&delivery, DeliveryState::Dropped, 0));
        };
        let (alert, occurred_at) = self.alert(cell, delivery.alert).await?;
        let secrets: Vec<_> = endpoint.secrets_at(now).filter_map(|text| Secret::parse(text).ok()).collect();
        let body = body::alert_body(&cell.wallet, &alert, occurred_at).to_string();
        let message = Message {
            id: format!("msg_{}_{}_{}", cell.id.partition, cell.id.number, alert.number),
            timestamp: now.seconds(),
            body: Bytes::from(body),
        };
        let target = Endpoint { url: endpoint.url.to_string(), secrets };
        let came_to = self.deliverer.deliver(&message, &target).await;
        counts::webhook_attempt(&self.engine.meters().outside, &came_to);
        Some(match came_to {
            Delivered::Accepted { status } => ended(&delivery, DeliveryState::Delivered, status),
            Delivered::Gone => {
                let change = EndpointChange::Disable { number: delivery.endpoint };
                let disabled =
                    self.engine.set_endpoint(EndpointRequest { change, actor: ACTOR.into() }).await;
                disabled.ok()?;
                ended(&delivery, DeliveryState::Dropped, 410)
            }
            Delivered::Retry { status, why, retry_after } => {
                tracing::info!(endpoint = delivery.endpoint, status, why, "a webhook was not taken");
                self.again(&delivery, &message.id, status.unwrap_or(0), retry_after, now)
            }
            Delivered::Refused { why } => {
                tracing::warn!(endpoint = delivery.endpoint, why, "a webhook may not be sent");
                self.again(&delivery, &message.id, 0, None, now)
            }
        })
    }

    fn again(
        &self,
        delivery: &Delivery,
        id: &str,
        http_status: u16,
        asked: Option<Span>,
        now: Timestamp,
    ) -> WalletCommand {
        match backoff::next_try(id, delivery.tries.saturating_add(1), now, asked) {
            Some(next_at) => WalletCommand::Delivered {
                endpoint: delivery.endpoint,
                alert: delivery.alert,
                state: DeliveryState::Pending,
                http_status,
                next_at,
            },
            None => ended(delivery, DeliveryState::Failed, http_status),
        }
    }

    async fn alert(&self, cell: &Cell, number: u64) -> Option<(Alert, Timestamp)> {
        self.engine.caught_up().await.ok()?;
        let alert = self.engine.views().read::<Alert>(cell.id, number).ok()??;
        Some((alert.document, alert.occurred_at))
    }
}

fn ended(delivery: &Delivery, state: DeliveryState, http_status: u16) -> WalletCommand {
    let (endpoint, alert) = (delivery.endpoint, delivery.alert);
    WalletCommand::Delivered { endpoint, alert, state, http_status, next_at: Timestamp::NEVER }
}
