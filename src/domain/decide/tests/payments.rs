//! Attempts and what the provider says of them, in whatever order and however often (RULES, section 10; T2).

use proptest::prelude::*;

use super::story::{LOCAL, Story, buy, credit};
use super::words::when;
use super::*;
use crate::domain::life::attempt::{ATTEMPTS_OPEN_MAX, AttemptState, DisputeState, Method};

pub const AT: &str = "2026-07-15T10:00:00Z";

pub fn paid(amount: &str) -> PaymentFact {
    let (payment, amount, currency) = ("pi_1".into(), money(amount), Currency::USD);
    PaymentFact::Succeeded(Payment { payment, amount, currency, customer: "".into(), method: None })
}

/// The payment, with a method that may be charged again.
pub fn paid_with(amount: &str, method: &str) -> PaymentFact {
    let words = |text: &str| text.into();
    let method =
        Method { customer: words("cus_1"), id: words(method), brand: words("visa"), last4: words("4242") };
    let PaymentFact::Succeeded(payment) = paid(amount) else { unreachable!() };
    PaymentFact::Succeeded(Payment { method: Some(method), customer: "cus_1".into(), ..payment })
}

pub fn pending() -> PaymentFact {
    let (session, url) = ("cs_1".into(), "https://example.com/pay".into());
    PaymentFact::Pending { session, url, payment: "pi_1".into(), customer: "".into() }
}

pub fn declined(code: &str) -> PaymentFact {
    PaymentFact::Declined { payment: "pi_1".into(), code: code.into() }
}

pub fn failed(code: &str) -> PaymentFact {
    PaymentFact::Failed { payment: "pi_1".into(), code: code.into() }
}

pub fn refunded(total: &str) -> PaymentFact {
    PaymentFact::Refunded { total: money(total), reading: Reading::Told }
}

pub fn disputed(id: &str, amount: &str, state: DisputeState) -> PaymentFact {
    PaymentFact::Disputed { id: id.into(), amount: money(amount), state }
}

const OPEN: Command<'static> =
    Command::OpenCheckout { amount: Money::from_nanos(20_000_000_000), return_url: "https://example.com/" };

/// A wallet of 5 with a checkout of 20 in a state.
fn checkout(state: AttemptState) -> Story {
    let mut story = Story::of("5", AT);
    assert_eq!(story.does(OPEN), "attempt 1 checkout opening");
    let facts = match state {
        AttemptState::Opening => vec![],
        AttemptState::Open => vec![pending()],
        AttemptState::Unknown => vec![PaymentFact::Unclear],
        AttemptState::Succeeded => vec![paid("20")],
        AttemptState::Failed => vec![failed("card_declined")],
        AttemptState::Expired => vec![PaymentFact::Expired],
    };
    facts.into_iter().for_each(|fact| drop(story.hears(1, fact)));
    assert_eq!(story.attempt(1).map(|attempt| attempt.state), Some(state));
    story
}

#[test]
fn every_fact_about_a_checkout_in_every_state() {
    use AttemptState::{Expired, Failed, Open, Opening, Succeeded, Unknown};
    use PaymentFact::{NotFound, Unclear};
    let credited = "top-up 1 20 leaves 25, attempt 1 checkout succeeded, top_up.succeeded tu_1 20";
    let fails = "attempt 1 checkout failed gone, top_up.failed tu_1 20 gone";
    let withdrawn = || disputed("dp_1", "20", DisputeState::Withdrawn);
    let table: [(PaymentFact, [&str; 6]); 9] = [
        // Opening, open, unknown, succeeded, failed, expired.
        (
            pending(),
            [
                "attempt 1 checkout open",
                "attempt 1 checkout open",
                "attempt 1 checkout open",
                "Known",
                "Known",
                "Known",
            ],
        ),
        (paid("20"), [credited, credited, credited, "Known", credited, credited]),
        // Its customer may try again.
        (declined("card_declined"), ["Known"; 6]),
        (failed("gone"), [fails, fails, fails, "Known", "Known", "Known"]),
        (
            PaymentFact::Expired,
            [
                "attempt 1 checkout expired",
                "attempt 1 checkout expired",
                "attempt 1 checkout expired",
                "Known",
                "Known",
                "Known",
            ],
        ),
        (
            Unclear,
            [
                "attempt 1 checkout unknown",
                "attempt 1 checkout open",
                "attempt 1 checkout unknown",
                "Known",
                "Known",
                "Known",
            ],
        ),
        (
            NotFound,
            [
                "attempt 1 checkout unknown",
                "attempt 1 checkout unknown",
                "attempt 1 checkout unknown",
                "Known",
                "Known",
                "Known",
            ],
        ),
        (
            refunded("5"),
            [
                "attempt 1 checkout opening",
                "attempt 1 checkout open",
                "attempt 1 checkout unknown",
                "payment 1 refunded -5 leaves 20, attempt 1 checkout succeeded",
                "attempt 1 checkout failed card_declined",
                "attempt 1 checkout expired",
            ],
        ),
        (
            withdrawn(),
            [
                "attempt 1 checkout opening",
                "attempt 1 checkout open",
                "attempt 1 checkout unknown",
                "payment 1 disputed -20 leaves 5, attempt 1 checkout succeeded",
                "attempt 1 checkout failed card_declined",
                "attempt 1 checkout expired",
            ],
        ),
    ];
    for (fact, want) in table {
        for (state, want) in [Opening, Open, Unknown, Succeeded, Failed, Expired].into_iter().zip(want) {
            assert_eq!(
                checkout(state).hears(1, fact.clone()),
                want,
                "{fact:?} of a checkout that is {state:?}"
            );
        }
    }
}

#[test]
fn an_attempt_that_was_never_opened_is_unknown() {
    for fact in [paid("20"), pending(), PaymentFact::NotFound] {
        assert_eq!(Story::of("5", AT).hears(1, fact), "UnknownAttempt");
        assert_eq!(checkout(AttemptState::Open).hears(2, paid("20")), "UnknownAttempt");
    }
}

#[test]
fn a_payment_of_another_amount_currency_or_customer_credits_nothing() {
    let PaymentFact::Succeeded(payment) = paid("20") else { unreachable!() };
    let euros = Payment { currency: Currency::parse("EUR").unwrap(), ..payment.clone() };
    for fact in [paid("19.99"), paid("20.01"), PaymentFact::Succeeded(euros)] {
        assert_eq!(checkout(AttemptState::Open).hears(1, fact), "Mismatch");
    }
    let mut story = checkout(AttemptState::Open);
    story.hears(1, paid_with("20", "pm_1"));
    story.does(OPEN);
    let stranger = Payment { customer: "cus_2".into(), ..payment };
    assert_eq!(story.hears(2, PaymentFact::Succeeded(stranger)), "Mismatch");
}

#[test]
fn a_refund_posts_the_difference_to_what_was_refunded_before() {
    let mut story = checkout(AttemptState::Succeeded);
    let asked = |total| PaymentFact::Refunded { total: money(total), reading: Reading::Asked };
    let table = [
        (refunded("5"), "payment 1 refunded -5 leaves 20, attempt 1 checkout succeeded"),
        (refunded("5"), "Known"),
        (refunded("4"), "Known"),
        (refunded("12"), "payment 1 refunded -7 leaves 13, attempt 1 checkout succeeded"),
        (refunded("20.01"), "Mismatch"),
        (asked("12"), "Known"),
        // A refund that failed after all is given back.
        (asked("10"), "payment 1 refunded 2 leaves 15, attempt 1 checkout succeeded"),
        (refunded("20"), "payment 1 refunded -10 leaves 5, attempt 1 checkout succeeded"),
    ];
    for (fact, want) in table {
        assert_eq!(story.hears(1, fact.clone()), want, "{fact:?}");
    }
}

#[test]
fn a_refund_told_of_before_its_payment_is_posted_with_it() {
    for state in [AttemptState::Open, AttemptState::Failed, AttemptState::Expired] {
        let mut story = checkout(state);
        story.hears(1, refunded("3"));
        story.hears(1, refunded("8"));
        assert_eq!(
            story.hears(1, paid("20")),
            "top-up 1 20 leaves 25, attempt 1 checkout succeeded, payment 1 refunded -8 leaves 17, \
             top_up.succeeded tu_1 20",
            "{state:?}"
        );
        assert_eq!(story.hears(1, refunded("8")), "Known");
    }
}

#[test]
fn a_dispute_told_of_before_its_payment_is_posted_with_it() {
    use DisputeState::{Reinstated, Withdrawn};
    for state in [AttemptState::Open, AttemptState::Failed, AttemptState::Expired] {
        let mut story = checkout(state);
        story.hears(1, disputed("dp_1", "20", Withdrawn));
        story.hears(1, disputed("dp_2", "7", Withdrawn));
        story.hears(1, disputed("dp_2", "7", Reinstated));
        assert_eq!(
            story.hears(1, paid("20")),
            "top-up 1 20 leaves 25, attempt 1 checkout succeeded, payment 1 disputed -20 leaves 5, \
             top_up.succeeded tu_1 20",
            "{state:?}"
        );
        assert_eq!(story.hears(1, disputed("dp_1", "20", Withdrawn)), "Known");
        assert_eq!(
            story.hears(1, disputed("dp_1", "20", Reinstated)),
            "payment 1 reinstated 20 leaves 25, attempt 1 checkout succeeded"
        );
    }
}

#[test]
fn a_dispute_posts_when_money_is_withdrawn_and_when_it_is_given_back() {
    use DisputeState::{Reinstated, Withdrawn};
    let mut story = checkout(AttemptState::Succeeded);
    let table = [
        (disputed("dp_1", "20", Withdrawn), "payment 1 disputed -20 leaves 5, attempt 1 checkout succeeded"),
        (disputed("dp_1", "20", Withdrawn), "Known"),
        (
            disputed("dp_1", "20", Reinstated),
            "payment 1 reinstated 20 leaves 25, attempt 1 checkout succeeded",
        ),
        (disputed("dp_1", "20", Reinstated), "Known"),
        (disputed("dp_1", "20", Withdrawn), "Known"),
        // Told of out of order: neither is left to post.
        (disputed("dp_2", "7", Reinstated), "attempt 1 checkout succeeded"),
        (disputed("dp_2", "7", Withdrawn), "Known"),
        (disputed("dp_3", "20.01", Withdrawn), "Mismatch"),
        (disputed("dp_3", "0", Withdrawn), "Mismatch"),
    ];
    for (fact, want) in table {
        assert_eq!(story.hears(1, fact.clone()), want, "{fact:?}");
    }
}

#[test]
fn a_payment_that_is_not_found_for_24_hours_after_the_last_call_has_failed() {
    let mut story = checkout(AttemptState::Unknown);
    for (at, want) in [
        ("2026-07-15T10:00:05Z", "attempt 1 checkout unknown"),
        ("2026-07-16T09:59:59Z", "attempt 1 checkout unknown"),
        ("2026-07-16T10:00:00Z", "attempt 1 checkout failed not_found, top_up.failed tu_1 20 not_found"),
    ] {
        story.until(at);
        assert_eq!(story.hears(1, PaymentFact::NotFound), want, "at {at}");
    }
    assert!(story.hears(1, paid("20")).starts_with("top-up 1 20 leaves 25"), "it came in after all");
}

#[test]
fn an_unclear_call_is_made_again_while_the_provider_knows_its_key_and_asked_about_ever_later() {
    let mut story = checkout(AttemptState::Opening);
    let mut waits = Vec::new();
    for _ in 0..8 {
        story.hears(1, PaymentFact::Unclear);
        let ask_at = story.attempt(1).unwrap().ask_at;
        waits.push(ask_at.since(story.now).seconds());
        story.now = ask_at;
    }
    assert_eq!(waits, [5, 30, 120, 300, 600, 1_800, 3_600, 3_600]);
    story.until("2026-07-16T09:00:00Z");
    assert!(story.attempt(1).unwrap().may_call(story.now), "23 hours after it was opened");
    story.until("2026-07-16T09:00:00.000000001Z");
    let called_at = story.attempt(1).unwrap().called_at;
    assert!(!story.attempt(1).unwrap().may_call(story.now), "then the same call could charge twice");
    story.hears(1, PaymentFact::Unclear);
    assert_eq!(story.attempt(1).unwrap().called_at, called_at, "it was only asked about");
}

#[test]
fn several_checkouts_may_be_open_each_credited_for_itself() {
    let mut story = Story::of("5", AT);
    for number in 1..=2 {
        assert_eq!(story.does(OPEN), format!("attempt {number} checkout opening"));
    }
    assert!(story.hears(2, paid("20")).starts_with("top-up 2 20 leaves 25"));
    assert!(story.hears(1, paid("20")).starts_with("top-up 1 20 leaves 45"));
    let seqs = [1, 2].map(|number| story.attempt(number).unwrap().seq);
    assert_eq!(seqs, [3, 2], "each names the entry that credits it");
}

#[test]
fn a_top_up_pays_arrears_first_and_what_is_left_decides_on_resuming() {
    let mut story = Story::of("1", AT);
    story.does(buy(LOCAL));
    story.world.fees[0].1 = money("20");
    story.until("2026-08-15");
    story.does(OPEN);
    assert_eq!(
        story.hears(1, paid("20")),
        "top-up 1 20 leaves 20, attempt 1 checkout succeeded, cycle 1 of +14155550100 -20 leaves 0, \
         rental 1 of +14155550100 active, top_up.succeeded tu_1 20"
    );
    assert_eq!(story.wallet.status, Status::Suspended);
    assert_eq!(story.does(credit("1")), "1 leaves 1, resumed");
}

#[test]
fn the_method_and_the_customer_of_a_payment_are_kept() {
    let mut story = checkout(AttemptState::Opening);
    let PaymentFact::Pending { session, url, payment, .. } = pending() else { unreachable!() };
    let of_customer = PaymentFact::Pending { session, url, payment, customer: "cus_1".into() };
    assert_eq!(story.hears(1, of_customer), "attempt 1 checkout open, method ");
    assert_eq!(
        story.hears(1, paid("20")),
        "top-up 1 20 leaves 25, attempt 1 checkout succeeded, top_up.succeeded tu_1 20"
    );
    assert_eq!(story.hears(1, paid_with("20", "pm_1")), "method pm_1", "known but for its method");
    assert_eq!(story.hears(1, paid_with("20", "pm_2")), "Known", "one that is saved stays");
    story.does(OPEN);
    assert_eq!(
        story.hears(2, paid_with("20", "pm_2")),
        "top-up 2 20 leaves 45, attempt 2 checkout succeeded, method pm_2, top_up.succeeded tu_2 20"
    );
}

#[test]
fn an_attempt_keeps_what_the_provider_calls_it() {
    let mut story = checkout(AttemptState::Open);
    let attempt = story.attempt(1).unwrap();
    assert_eq!((&*attempt.session, &*attempt.payment), ("cs_1", "pi_1"));
    assert_eq!((&*attempt.url, &*attempt.return_url), ("https://example.com/pay", "https://example.com/"));
    assert_eq!(when(attempt.opened_at), AT);
    story.until("2026-07-15T11:00:00Z");
    story.hears(1, paid("20"));
    let attempt = story.attempt(1).unwrap();
    assert_eq!((when(attempt.closed_at), attempt.ask_at), ("2026-07-15T11:00:00Z".into(), Timestamp::NEVER));
    assert_eq!((attempt.credited, attempt.seq), (money("20"), 2));
}

#[test]
fn so_many_attempts_may_be_open_at_once() {
    let world = SampleWorld::default();
    let mut wallet = wallet(money("1"));
    for _ in 0..ATTEMPTS_OPEN_MAX {
        decide(&mut wallet, &OPEN, world.ground(NOW)).unwrap();
    }
    assert_eq!(decide(&mut wallet, &OPEN, world.ground(NOW)), Err(Refusal::TooMany));
}

fn any_fact() -> impl Strategy<Value = PaymentFact> {
    let total = || (0i64..=20).prop_map(|units| Money::from_nanos(units * 1_000_000_000));
    let state = prop_oneof![Just(DisputeState::Withdrawn), Just(DisputeState::Reinstated)];
    prop_oneof![
        Just(pending()),
        Just(paid("20")),
        Just(declined("card_declined")),
        Just(failed("card_declined")),
        Just(PaymentFact::Expired),
        Just(PaymentFact::Unclear),
        Just(PaymentFact::NotFound),
        total().prop_map(|total| PaymentFact::Refunded { total, reading: Reading::Told }),
        total().prop_map(|total| PaymentFact::Refunded { total, reading: Reading::Asked }),
        (prop_oneof![Just("dp_1"), Just("dp_2")], state).prop_map(|(id, state)| disputed(
            id,
            if id == "dp_1" { "20" } else { "7" },
            state
        )),
    ]
}

proptest! {
    #[test]
    fn t2_whatever_is_told_in_whatever_order_a_payment_is_credited_once(
        facts in prop::collection::vec((any_fact(), 0u16..30), 0..30),
    ) {
        let mut story = Story::of("5", AT);
        story.does(OPEN);
        let mut paid_for = false;
        for (fact, hours) in facts {
            story.now = story.now.plus(Span::from_hours(hours));
            paid_for |= matches!(fact, PaymentFact::Succeeded(_));
            story.hears(1, fact);
            let attempt = story.attempt(1).unwrap();
            let entries = |of: fn(&Cause<'_>) -> bool| {
                let amounts = story.records.iter().filter_map(|record| match &record.change {
                    Change::Entry(entry) if of(&entry.cause) => Some(entry.amount),
                    _ => None,
                });
                amounts.collect::<Vec<_>>()
            };
            let credits = entries(|cause| matches!(cause, Cause::TopUp { .. }));
            prop_assert_eq!(credits, vec![money("20"); usize::from(paid_for)]);
            prop_assert_eq!(attempt.state == AttemptState::Succeeded, paid_for, "no success is lost");
            let sum = |amounts: Vec<Money>| amounts.iter().map(|amount| amount.nanos()).sum::<i64>();
            let back = sum(entries(|cause| matches!(cause, Cause::PaymentRefund { .. })));
            prop_assert_eq!(-back, if paid_for { attempt.refunded.nanos() } else { 0 });
            let disputed = sum(entries(|cause| {
                matches!(cause, Cause::Dispute { .. } | Cause::DisputeReinstated { .. })
            }));
            prop_assert_eq!(-disputed, if paid_for { attempt.disputed().nanos() } else { 0 });
            prop_assert_eq!(story.life().attempts.len(), usize::from(attempt.is_unresolved()));
        }
    }
}
