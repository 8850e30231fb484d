//! Notices: what the payment provider says by itself, signed, in any order and any number of times (RULES, section 10).

use super::{Outside, counts};
use crate::actors::command::{CommandError, WalletCommand, WalletRequest};
use crate::domain::decide::{PaymentFact, Reading, Refusal};
use crate::domain::life::attempt::{Attempt, DisputeState};
use crate::domain::wallet::WalletId;
use crate::payments::{AttemptRef, Notice, PaymentState, Webhook, WebhookError, read_webhook};

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Applied,
    /// It changes nothing: it was known, or came too late to matter.
    Known,
    /// Nothing that concerns a wallet.
    Ignored,
    /// It names an attempt that this installation has never made.
    UnknownAttempt,
    /// Amount, currency, customer or mode is not that of the attempt.
    Mismatch,
}

impl Taken {
    /// The word used in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Taken::Applied => "applied",
            Taken::Known => "known",
            Taken::Ignored => "ignored",
            Taken::UnknownAttempt => "unknown_attempt",
            Taken::Mismatch => "mismatch",
        }
    }
}

/// Why a notice was not taken; the provider sends it again.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    #[error("the engine takes nothing at the moment")]
    Unavailable,
    #[error("who paid cannot be looked up: {0}")]
    LookUp(String),
}

/// An attempt that a notice is about.
type Place = (WalletId, u64);

impl Outside {
    /// Checks and carries out a webhook of the provider. `body` is what came, byte by byte.
    pub async fn notice(&self, header: &str, body: &[u8]) -> Result<Taken, NotTaken> {
        let taken = self.take_notice(header, body).await;
        counts::notice(&self.engine.meters().outside, &taken);
        taken
    }

    async fn take_notice(&self, header: &str, body: &[u8]) -> Result<Taken, NotTaken> {
        let webhook = read_webhook(&self.webhook_secrets, header, body, self.engine.clock().now())?;
        let Webhook { livemode, notice, event } = webhook;
        if matches!(notice, Notice::Ignored(_)) {
            return Ok(Taken::Ignored);
        }
        if livemode != self.payments.livemode() || self.is_of_the_other_mode(&notice) {
            tracing::error!(event, "a webhook of the other mode (live or test) is not taken");
            return Ok(Taken::Mismatch);
        }
        let Some((place, fact)) = self.read_notice(notice).await? else { return Ok(Taken::UnknownAttempt) };
        let (wallet, attempt) = place;
        let request = WalletRequest::of(WalletCommand::Payment { attempt, fact });
        match self.engine.settle(wallet, request).await {
            Ok(_) => Ok(Taken::Applied),
            Err(CommandError::Refused(Refusal::Known)) => Ok(Taken::Known),
            Err(CommandError::Refused(Refusal::UnknownAttempt)) => Ok(Taken::UnknownAttempt),
            Err(CommandError::Refused(_) | CommandError::OutOfRange) => {
                tracing::error!(event, ?wallet, attempt, "a webhook does not fit its attempt");
                Ok(Taken::Mismatch)
            }
            Err(_) => Err(NotTaken::Unavailable),
        }
    }

    fn is_of_the_other_mode(&self, notice: &Notice) -> bool {
        match notice {
            Notice::CheckoutPaid { facts, .. } | Notice::PaymentSucceeded { facts, .. } => {
                facts.livemode != self.payments.livemode()
            }
            _ => false,
        }
    }

    async fn read_notice(&self, notice: Notice) -> Result<Option<(Place, PaymentFact)>, NotTaken> {
        let failed = |code: &str| PaymentFact::Failed { payment: "".into(), code: code.into() };
        Ok(match notice {
            Notice::CheckoutPaid { attempt, facts, .. } | Notice::PaymentSucceeded { attempt, facts } => {
                let place = self.place(attempt.as_ref().or(facts.attempt.as_ref()), &facts.payment).await?;
                match place {
                    Some(place) => Some((place, self.fact_of_facts(facts).await)),
                    None => None,
                }
            }
            Notice::CheckoutProcessing { session, attempt } => {
                let (url, payment, customer) = ("".into(), "".into(), "".into());
                let pending = PaymentFact::Pending { session: session.into(), url, payment, customer };
                self.place(attempt.as_ref(), "").await?.map(|place| (place, pending))
            }
            Notice::CheckoutFailed { attempt, .. } => {
                self.place(attempt.as_ref(), "").await?.map(|place| (place, failed("payment_failed")))
            }
            Notice::CheckoutExpired { attempt, .. } => {
                self.place(attempt.as_ref(), "").await?.map(|place| (place, PaymentFact::Expired))
            }
            Notice::PaymentFailed { attempt, payment, code } => {
                let place = self.place(attempt.as_ref(), &payment).await?;
                place.map(|place| {
                    (place, PaymentFact::Declined { payment: payment.into(), code: code.into() })
                })
            }
            Notice::Refunded { payment, attempt, amount_refunded, .. } => {
                let place = self.place(attempt.as_ref(), &payment).await?;
                let fact = PaymentFact::Refunded { total: amount_refunded, reading: Reading::Told };
                place.map(|place| (place, fact))
            }
            Notice::RefundChanged { payment } => self.refund_changed(&payment).await?,
            Notice::DisputeWithdrawn { payment, dispute, amount, .. } => {
                let place = self.place(None, &payment).await?;
                let (id, state) = (dispute.into(), DisputeState::Withdrawn);
                place.map(|place| (place, PaymentFact::Disputed { id, amount, state }))
            }
            Notice::DisputeReinstated { payment, dispute, amount, .. } => {
                let place = self.place(None, &payment).await?;
                let (id, state) = (dispute.into(), DisputeState::Reinstated);
                place.map(|place| (place, PaymentFact::Disputed { id, amount, state }))
            }
            Notice::Ignored(_) => None,
        })
    }

    /// What is refunded now, by asking: a refund may have failed after it was made.
    async fn refund_changed(&self, payment: &str) -> Result<Option<(Place, PaymentFact)>, NotTaken> {
        let Some(place) = self.place(None, payment).await? else { return Ok(None) };
        let state = self.payments.look_up_payment(payment).await;
        match state.map_err(|error| NotTaken::LookUp(error.to_string()))? {
            PaymentState::Succeeded(facts) => Ok(facts
                .amount_refunded
                .map(|total| (place, PaymentFact::Refunded { total, reading: Reading::Asked }))),
            _ => Ok(None),
        }
    }

    /// Which attempt is meant: as its metadata says, as the index of payments says, or as the provider says when asked.
    async fn place(&self, attempt: Option<&AttemptRef>, payment: &str) -> Result<Option<Place>, NotTaken> {
        if let Some(attempt) = attempt {
            return Ok(self.place_of(attempt));
        }
        if payment.is_empty() {
            return Ok(None);
        }
        self.engine.caught_up().await.map_err(|_| NotTaken::Unavailable)?;
        let known = self.engine.views().attempt_of_payment(payment);
        if let Some(place) = known.map_err(|error| NotTaken::LookUp(error.to_string()))? {
            return Ok(Some(place));
        }
        match self.payments.look_up_payment(payment).await {
            Ok(PaymentState::Succeeded(facts)) => {
                Ok(facts.attempt.as_ref().and_then(|attempt| self.place_of(attempt)))
            }
            Ok(_) => Ok(None),
            Err(error) => Err(NotTaken::LookUp(error.to_string())),
        }
    }

    fn place_of(&self, attempt: &AttemptRef) -> Option<Place> {
        if attempt.instance != self.engine.instance() {
            return None;
        }
        let wallet = self.engine.directory().with(&attempt.wallet, |cell| cell.id)?;
        Some((wallet, Attempt::parse_id(&attempt.attempt)?))
    }
}
