//! Taking payments: the provider's API as a few calls, its webhooks as notices, and a sandbox of it.
//!
//! [`Payments`] makes the calls (of orders it makes requests, of answers facts), [`read_webhook`] checks and reads
//! what the provider sends by itself, [`sandbox`] is a Stripe of our own for development and tests. Called by
//! whoever runs the engine's effects and by `http`.
//!
//! Promises: a request is sent once; whatever is not plainly known to have happened or not is told as unclear;
//! no amount is rounded; a secret is never logged.
//! Deliberately not here: when to pay, retry or give up, and whether a payment fits its attempt.

mod error;
mod facts;
mod minor;
mod notice;
mod order;
pub mod sandbox;
mod settings;
pub mod signature;
mod stripe;

pub use error::CallError;
pub use facts::{AUTHENTICATION_REQUIRED, Card, Checkout, CheckoutState, Method, PaymentFacts, PaymentState};
pub use minor::is_chargeable;
pub use notice::{EVENT_TYPES, Notice, Webhook, WebhookError, read_webhook};
pub use order::{AttemptRef, ChargeOrder, CheckoutOrder, CustomerOrder};
pub use settings::{Settings, SettingsError};
pub use stripe::{Payments, VERSION};

#[cfg(test)]
mod tests;
