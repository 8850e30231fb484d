//! Idempotency keys as Stripe keeps them: the first answer under a key is every answer under it, a 500 too, until
//! the key is forgotten; with other parameters it is an error.

use super::calls::{Call, Reply};
use super::reply::Refusal;
use super::state::{Change, Replay};
use super::transaction::Transaction;

/// Carries out a call, or answers what it was answered before.
pub fn once(
    transaction: &mut Transaction<'_>,
    call: &Call<'_>,
    carry_out: impl FnOnce(&mut Transaction<'_>) -> Reply,
) -> Reply {
    // Stripe ignores the key of calls that change nothing.
    let Some(key) = call.idempotency_key.filter(|_| call.method == "POST") else {
        return carry_out(transaction);
    };
    let request = format!("{} {}", call.path, call.form);
    if let Some(first) = transaction.state().replay(key) {
        return if first.request == request {
            Reply { status: first.status, body: first.body.clone(), replayed: true, remembered: false }
        } else {
            Refusal::idempotency(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )
            .into()
        };
    }
    let reply = carry_out(transaction);
    if reply.remembered {
        transaction.put(Change::Replay(Replay {
            key: key.to_owned(),
            at_nanos: transaction.now().nanos(),
            request,
            status: reply.status,
            body: reply.body.clone(),
        }));
    }
    reply
}
