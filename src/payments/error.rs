//! How a call to the provider ends when it does not end well: three ways, each saying what to do next.

/// Why a call was not answered. A declined card is no error: see [`PaymentState`](super::PaymentState).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// This call did nothing and, sent again as it is, would do nothing. Of earlier calls under the same
    /// idempotency key it says nothing.
    #[error("refused with {status} {code}: {detail}")]
    Refused { status: u16, code: String, detail: String },
    /// This call did nothing, but may if it is sent again, under the same idempotency key. An earlier
    /// call under that key may still be under way.
    #[error("not taken at the moment: {0}")]
    Busy(String),
    /// It may have done everything or nothing. Ask what became of it; never charge under another key while
    /// it may still succeed.
    #[error("not known what it did: {0}")]
    Unclear(String),
}
