//! What the engine asks for: whose attempt it is, and what is to be paid.

use std::collections::BTreeMap;

use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// What the provider keeps beside an object and gives back with it.
pub type Metadata = BTreeMap<String, String>;

const WALLET: &str = "farebox_wallet";
const ATTEMPT: &str = "farebox_attempt";
const INSTANCE: &str = "farebox_instance";

/// Whose payment something is. It stands in the metadata of everything that is made for an attempt, so that a
/// payment is known again without what its call answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttemptRef {
    pub wallet: String,
    /// Within the wallet, such as `tu_12`.
    pub attempt: String,
    /// Of the data directory: several installations may share one account at the provider.
    pub instance: String,
}

impl AttemptRef {
    pub fn to_metadata(&self) -> [(&'static str, &str); 3] {
        [(WALLET, &self.wallet), (ATTEMPT, &self.attempt), (INSTANCE, &self.instance)]
    }

    /// `None` for what was not made by a farebox.
    pub fn from_metadata(metadata: &Metadata) -> Option<AttemptRef> {
        let field = |name: &str| metadata.get(name).cloned();
        Some(AttemptRef { wallet: field(WALLET)?, attempt: field(ATTEMPT)?, instance: field(INSTANCE)? })
    }
}

/// A customer at the provider, made once for each wallet.
#[derive(Clone, Debug)]
pub struct CustomerOrder {
    pub wallet: String,
    pub instance: String,
    pub idempotency_key: String,
}

impl CustomerOrder {
    pub fn to_metadata(&self) -> [(&'static str, &str); 2] {
        [(WALLET, &self.wallet), (INSTANCE, &self.instance)]
    }
}

/// A page where somebody pays. The same order must be sent again with the same values, `expires_at` too.
#[derive(Clone, Debug)]
pub struct CheckoutOrder {
    pub attempt: AttemptRef,
    pub idempotency_key: String,
    /// `None`: the provider makes one, and the paid checkout tells which.
    pub customer: Option<String>,
    pub amount: Money,
    pub currency: Currency,
    /// Where the payer goes afterwards, paid or not.
    pub return_url: String,
    /// 30 minutes to 24 hours after it is made; whole seconds count.
    pub expires_at: Timestamp,
}

/// A charge of a saved method, with nobody there to authenticate it.
#[derive(Clone, Debug)]
pub struct ChargeOrder {
    pub attempt: AttemptRef,
    pub idempotency_key: String,
    pub customer: String,
    pub method: String,
    pub amount: Money,
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_reads_back_from_metadata_and_is_nobodys_where_a_part_is_missing() {
        let attempt = AttemptRef { wallet: "acme".into(), attempt: "tu_12".into(), instance: "00ff".into() };
        let whole: Metadata =
            attempt.to_metadata().into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        assert_eq!(AttemptRef::from_metadata(&whole), Some(attempt));
        for name in [WALLET, ATTEMPT, INSTANCE] {
            let mut part = whole.clone();
            part.remove(name);
            assert_eq!(AttemptRef::from_metadata(&part), None, "without {name}");
        }
    }
}
