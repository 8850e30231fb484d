//! What can be made to go wrong.

use serde::{Deserialize, Serialize};

use super::calls::Call;

const COPIES_MAX: u8 = 10;

/// How the sandbox behaves, besides what its cards do. By default: at once, once, in order, without faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// Whether there is an endpoint at all. What happens meanwhile is never told.
    pub webhooks: bool,
    pub webhook_delay_seconds: u32,
    /// How often each is delivered, 1 to 10.
    pub webhook_copies: u8,
    /// Those of the same two seconds come together, the last one first.
    pub webhook_reorder: bool,
    /// Each for so many calls; of several that fit a call, the first.
    pub faults: Vec<Fault>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub fault: FaultKind,
    /// `GET` or `POST`; empty: any.
    #[serde(default)]
    pub method: String,
    /// What the path begins with, such as `/v1/payment_intents`.
    #[serde(default)]
    pub path: String,
    pub calls: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Nothing is done, and no answer comes.
    TimeOutBefore,
    /// It is done, and no answer comes.
    TimeOutAfter,
    /// Nothing is done, and the answer is 500.
    ErrorBefore,
    /// It is done, and the answer is 500: also whenever it is sent again under the same key, as with Stripe.
    ErrorAfter,
    /// 409: as if the first call under its key were still under way.
    InFlight,
    /// 429.
    TooMany,
    /// Charges of saved cards find insufficient funds.
    InsufficientFunds,
}

impl Default for Switches {
    fn default() -> Switches {
        Switches {
            webhooks: true,
            webhook_delay_seconds: 0,
            webhook_copies: 1,
            webhook_reorder: false,
            faults: Vec::new(),
        }
    }
}

impl Switches {
    /// What is wrong with them: the field, and why.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let copies = (1..=COPIES_MAX).contains(&self.webhook_copies);
        let methods = self.faults.iter().all(|fault| ["", "GET", "POST"].contains(&fault.method.as_str()));
        match (copies, methods) {
            (false, _) => Some(("webhook_copies", "1 to 10")),
            (_, false) => Some(("faults", "a method is GET or POST, or empty for any")),
            (true, true) => None,
        }
    }

    /// The fault that strikes a call, and the switches after it.
    pub fn strike(&self, call: &Call<'_>) -> Option<(FaultKind, Switches)> {
        let at = self.faults.iter().position(|fault| fault.strikes(call))?;
        let mut after = self.clone();
        after.faults[at].calls -= 1;
        after.faults.retain(|fault| fault.calls > 0);
        Some((self.faults[at].fault, after))
    }
}

impl Fault {
    fn strikes(&self, call: &Call<'_>) -> bool {
        let fits = self.calls > 0
            && (self.method.is_empty() || self.method == call.method)
            && call.path.starts_with(&self.path);
        let charges = call.method == "POST" && call.path == "/v1/payment_intents";
        fits && (charges || self.fault != FaultKind::InsufficientFunds)
    }
}
