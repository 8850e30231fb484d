//! The sandbox's webhooks on their way back to the engine: the same bytes and signatures as over HTTP.

use super::Outside;
use super::notices::NotTaken;

impl Outside {
    /// Delivers what the sandbox has to tell by now; says whether there was anything.
    pub async fn pump_sandbox(&self) -> bool {
        let Some(sandbox) = &self.sandbox else { return false };
        let _pumping = self.pumping.lock().await;
        let now = self.engine.clock().now();
        if sandbox.next_due().is_none_or(|due| due > now) {
            return false;
        }
        let due = sandbox.due_webhooks(now);
        let any = !due.is_empty();
        for webhook in due {
            let header = webhook.signature(&sandbox.webhook_secret(), now);
            match self.notice(&header, webhook.body.as_bytes()).await {
                Ok(_) | Err(NotTaken::Webhook(_)) => sandbox.webhook_delivered(&webhook.delivery, now),
                Err(_) => sandbox.webhook_failed(&webhook.delivery, now),
            }
        }
        any
    }
}
