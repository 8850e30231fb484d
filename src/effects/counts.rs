//! What the metrics are told of effects: what each came to, as the words of [`outside`] have it.

use super::notices::{NotTaken, Taken};
use crate::domain::decide::PaymentFact;
use crate::metrics::{Counter, outside};
use crate::payments::WebhookError;
use crate::webhooks::Delivered;

/// In the order of [`outside::PAYMENT_CALLS`].
fn word_of_fact(fact: &PaymentFact) -> &'static str {
    match fact {
        PaymentFact::Succeeded(_) => "succeeded",
        // Money given back is not asked for here: whoever has been paid back has paid.
        PaymentFact::Refunded { .. } | PaymentFact::Disputed { .. } => "succeeded",
        PaymentFact::Pending { .. } => "pending",
        PaymentFact::Declined { .. } => "declined",
        PaymentFact::Failed { .. } => "failed",
        PaymentFact::Expired => "expired",
        PaymentFact::Unclear => "unclear",
        PaymentFact::NotFound => "not_found",
    }
}

fn word_of_sending(delivered: &Delivered) -> &'static str {
    match delivered {
        Delivered::Accepted { .. } => "accepted",
        Delivered::Gone => "gone",
        Delivered::Retry { .. } => "retry",
        Delivered::Refused { .. } => "not_allowed",
    }
}

fn word_of_notice(taken: &Result<Taken, NotTaken>) -> &'static str {
    match taken {
        Ok(taken) => taken.as_str(),
        Err(NotTaken::Webhook(WebhookError::Malformed(_))) => "malformed",
        Err(NotTaken::Webhook(_)) => "bad_signature",
        Err(NotTaken::Unavailable) => "unavailable",
        Err(NotTaken::LookUp(_)) => "look_up_failed",
    }
}

fn count(counters: &[Counter], words: &[&str], word: &str) {
    let place = words.iter().position(|known| *known == word);
    counters[place.expect("every word is one of the list")].increment(1);
}

pub fn payment_call(meters: &outside::Outside, fact: &PaymentFact) {
    count(&meters.payment_calls, &outside::PAYMENT_CALLS, word_of_fact(fact));
}

pub fn webhook_attempt(meters: &outside::Outside, delivered: &Delivered) {
    count(&meters.webhook_attempts, &outside::SENDINGS, word_of_sending(delivered));
}

pub fn release_attempt(meters: &outside::Outside, delivered: &Delivered) {
    count(&meters.release_attempts, &outside::SENDINGS, word_of_sending(delivered));
}

pub fn notice(meters: &outside::Outside, taken: &Result<Taken, NotTaken>) {
    count(&meters.notices, &outside::NOTICES, word_of_notice(taken));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Meters;

    #[test]
    fn every_end_has_its_series() {
        let meters = Meters::new(1);
        let retry = Delivered::Retry { status: None, why: String::new(), retry_after: None };
        let sendings = [
            Delivered::Accepted { status: 200 },
            Delivered::Gone,
            retry,
            Delivered::Refused { why: String::new() },
        ];
        for delivered in &sendings {
            webhook_attempt(&meters.outside, delivered);
            release_attempt(&meters.outside, delivered);
        }
        let (code, nothing) = ("", "");
        let facts = [
            PaymentFact::Pending {
                session: nothing.into(),
                url: nothing.into(),
                payment: nothing.into(),
                customer: nothing.into(),
            },
            PaymentFact::Declined { payment: nothing.into(), code: code.into() },
            PaymentFact::Failed { payment: nothing.into(), code: code.into() },
            PaymentFact::Expired,
            PaymentFact::Unclear,
            PaymentFact::NotFound,
        ];
        for fact in &facts {
            payment_call(&meters.outside, fact);
        }
        let notices = [
            Ok(Taken::Applied),
            Ok(Taken::Known),
            Ok(Taken::Ignored),
            Ok(Taken::UnknownAttempt),
            Ok(Taken::Mismatch),
            Err(NotTaken::Webhook(WebhookError::Signature)),
            Err(NotTaken::Webhook(WebhookError::Malformed(String::new()))),
            Err(NotTaken::Unavailable),
            Err(NotTaken::LookUp(String::new())),
        ];
        for taken in &notices {
            notice(&meters.outside, taken);
        }
        let text = meters.render();
        let counted = |metric: &str| {
            let lines = text.lines().filter(|line| line.starts_with(&format!("{metric}{{")));
            lines.filter(|line| line.ends_with(" 1")).count()
        };
        assert_eq!(counted("farebox_webhook_attempts_total"), sendings.len());
        assert_eq!(counted("farebox_release_attempts_total"), sendings.len());
        assert_eq!(counted("farebox_payment_calls_total"), facts.len());
        assert_eq!(counted("farebox_payment_notices_total"), notices.len());
    }
}
