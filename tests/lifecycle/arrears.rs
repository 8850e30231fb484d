//! Arrears (RULES, section 9): a due fee is paid whole or stands; whatever raises available pays what is owed, oldest
//! first, whole fees, stopping at the first that does not fit; what is left decides on resuming.

use crate::story::Step::*;
use crate::story::{story, tell};
use crate::world::{BRITISH, NUMBER, NUMBER_2, NUMBER_3, TOLL_FREE};

#[tokio::test]
async fn due_fees_are_tried_by_due_time_then_number_each_for_itself() {
    tell(
        "2026-07-14T10:00:00Z",
        &[
            story(
                "two numbers and money for one: the lower number is paid, whichever was bought first",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("15")),
                    ("2026-07-15 12:00", Buy(NUMBER_2)),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-15 00:00", Number(NUMBER, "active, due 2026-09-15")),
                    ("2026-08-15 00:00", Number(NUMBER_2, "past_due, owes 1 (5), due 2026-09-15")),
                    ("2026-08-15 00:00", Wallet("suspended 0, owes 5")),
                    ("2026-09-15 00:00", Number(NUMBER, "past_due, owes 2 (5), due 2026-10-15")),
                    (
                        "2026-09-15 00:00",
                        Number(
                            NUMBER_2,
                            "release_scheduled, owes 1+2 (10), due 2026-10-15, release 2026-10-14 23:59:59",
                        ),
                    ),
                    // Oldest first: first what NUMBER_2 owes for August, then NUMBER's September before its own.
                    ("2026-09-20 12:00", Credit("10")),
                    ("2026-09-20 12:00", Number(NUMBER, "active, due 2026-10-15")),
                    ("2026-09-20 12:00", Number(NUMBER_2, "past_due, owes 2 (5), due 2026-10-15")),
                ],
            ),
            story(
                "the earlier due day comes first, though its number is the higher one",
                "UTC",
                &[
                    ("2026-07-14 12:00", Credit("15")),
                    ("2026-07-14 12:00", Buy(NUMBER_2)),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-14 00:00", Number(NUMBER_2, "active, due 2026-09-14")),
                    ("2026-08-15 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-15")),
                ],
            ),
            story(
                "older arrears do not block a newly due fee",
                "UTC",
                &[
                    ("2026-07-14 12:00", Credit("20")),
                    ("2026-07-14 12:00", Buy(TOLL_FREE)),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-14 00:00", Number(TOLL_FREE, "past_due, owes 1 (8), due 2026-09-14")),
                    ("2026-08-14 00:00", Wallet("active 7, owes 8")),
                    ("2026-08-15 00:00", Number(NUMBER, "active, due 2026-09-15")),
                    ("2026-08-15 00:00", Wallet("active 2, owes 8")),
                ],
            ),
            story(
                "one that does not fit is passed over by what falls due at the same instant",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("14")),
                    ("2026-07-15 12:00", Buy(TOLL_FREE)),
                    ("2026-07-15 12:00", Buy(BRITISH)),
                    ("2026-08-15 00:00", Number(TOLL_FREE, "past_due, owes 1 (8), due 2026-09-15")),
                    ("2026-08-15 00:00", Number(BRITISH, "active, due 2026-09-15")),
                    ("2026-08-15 00:00", Wallet("active 5, owes 8")),
                ],
            ),
            story(
                "a fee of exactly what is available is paid",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("10")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-15 00:00", Number(NUMBER, "active, due 2026-09-15")),
                    ("2026-08-15 00:00", Wallet("suspended 0")),
                ],
            ),
            story(
                "a fee is not paid from what is held",
                "UTC",
                &[
                    ("2026-08-14 12:00", Credit("15")),
                    ("2026-08-14 12:00", Buy(NUMBER)),
                    ("2026-09-13 12:00", Hold(6)),
                    ("2026-09-14 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-10-14")),
                    ("2026-09-14 00:00", Wallet("active 10, held 6, owes 5")),
                ],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn arrears_are_paid_oldest_first_and_stop_at_the_first_that_does_not_fit() {
    tell(
        "2026-07-14T10:00:00Z",
        &[
            story(
                "the cheaper one behind a dear one waits",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("8.5")),
                    ("2026-07-15 12:00", Buy(TOLL_FREE)),
                    ("2026-07-15 12:00", Buy(BRITISH)),
                    ("2026-08-15 00:00", Wallet("suspended 0, owes 8.5")),
                    ("2026-08-16 12:00", Credit("7.99")),
                    ("2026-08-16 12:00", Wallet("active 7.99, owes 8.5")),
                    ("2026-08-17 12:00", Credit("0.01")),
                    ("2026-08-17 12:00", Wallet("suspended 0, owes 0.5")),
                    ("2026-08-17 12:00", Number(TOLL_FREE, "active, due 2026-09-15")),
                    ("2026-08-18 12:00", Credit("1")),
                    ("2026-08-18 12:00", Wallet("active 0.5")),
                    (
                        "2026-08-18 12:00",
                        EntriesAfter(
                            3,
                            &[
                                "2026-08-16 12:00:00 adjustment 7.99 = 7.99",
                                "2026-08-17 12:00:00 adjustment 0.01 = 8",
                                "2026-08-17 12:00:00 number_fee -8 = 0",
                                "2026-08-18 12:00:00 adjustment 1 = 1",
                                "2026-08-18 12:00:00 number_fee -0.5 = 0.5",
                            ],
                        ),
                    ),
                ],
            ),
            story(
                "of one due time the lower number is older",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("15")),
                    ("2026-07-15 12:00", Buy(NUMBER_3)),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-07-15 12:00", Buy(NUMBER_2)),
                    ("2026-08-20 12:00", Credit("5")),
                    ("2026-08-20 12:00", Number(NUMBER, "active, due 2026-09-15")),
                    ("2026-08-20 12:00", Number(NUMBER_2, "past_due, owes 1 (5), due 2026-09-15")),
                    ("2026-08-21 12:00", Credit("5")),
                    ("2026-08-21 12:00", Number(NUMBER_2, "active, due 2026-09-15")),
                    ("2026-08-21 12:00", Number(NUMBER_3, "past_due, owes 1 (5), due 2026-09-15")),
                ],
            ),
            story(
                "a month of one number that is older than another's comes first, whichever number is lower",
                "UTC",
                &[
                    ("2026-07-14 12:00", Credit("10")),
                    ("2026-07-14 12:00", Buy(NUMBER_2)),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-20 12:00", Credit("5")),
                    ("2026-08-20 12:00", Number(NUMBER_2, "active, due 2026-09-14")),
                    ("2026-08-20 12:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-15")),
                ],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn every_step_that_raises_available_pays_arrears() {
    tell(
        "2026-07-14T10:00:00Z",
        &[
            story(
                "a hold that is voided",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("11")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-14 12:00", Hold(6)),
                    ("2026-08-15 00:00", Wallet("active 6, held 6, owes 5")),
                    ("2026-08-15 12:00", Void(1)),
                    ("2026-08-15 12:00", Wallet("active 1")),
                    ("2026-08-15 12:00", EntriesAfter(2, &["2026-08-15 12:00:00 number_fee -5 = 1"])),
                ],
            ),
            story(
                "a hold that expires, at the time of its expiry",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("11")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-14 12:00", Hold(6)),
                    ("2026-08-17 11:59:59", Wallet("active 6, held 6, owes 5")),
                    ("2026-08-17 12:00", Wallet("active 1")),
                    ("2026-08-17 12:00", EntriesAfter(2, &["2026-08-17 12:00:00 number_fee -5 = 1"])),
                ],
            ),
            story(
                "a hold that expires at the instant of the fee: first the fee is unpaid, then what is freed pays it",
                "UTC",
                &[
                    ("2026-08-11 23:00", Credit("11")),
                    ("2026-08-11 23:00", Buy(NUMBER)),
                    ("2026-09-08 00:00", Hold(6)),
                    ("2026-09-11 00:00", Wallet("active 1")),
                    ("2026-09-11 00:00", Alerts("number.fee_unpaid", &["2026-09-11 number.fee_unpaid"])),
                    ("2026-09-11 00:00", EntriesAfter(2, &["2026-09-11 number_fee -5 = 1"])),
                ],
            ),
            story(
                "what a settled hold leaves over",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("12")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-14 12:00", Hold(7)),
                    ("2026-08-15 12:00", Settle(1, "1", false)),
                    ("2026-08-15 12:00", Wallet("active 6, held 6, owes 5")),
                    ("2026-08-15 13:00", Settle(1, "1", true)),
                    ("2026-08-15 13:00", Wallet("suspended 0")),
                    (
                        "2026-08-15 13:00",
                        EntriesAfter(
                            2,
                            &[
                                "2026-08-15 12:00:00 hold_settlement -1 = 6",
                                "2026-08-15 13:00:00 hold_settlement -1 = 5",
                                "2026-08-15 13:00:00 number_fee -5 = 0",
                            ],
                        ),
                    ),
                ],
            ),
            story(
                "a message that failed and is returned",
                "UTC",
                &[
                    ("2026-08-14 12:00", Credit("11")),
                    ("2026-08-14 12:00", Buy(NUMBER)),
                    ("2026-09-13 12:00", Send("m-1", 6, "charged")),
                    ("2026-09-14 00:00", Wallet("suspended 0, owes 5")),
                    ("2026-09-14 12:00", Status("m-1", "failed")),
                    ("2026-09-14 12:00", Wallet("active 0.999")),
                    (
                        "2026-09-14 12:00",
                        EntriesAfter(
                            3,
                            &[
                                "2026-09-14 12:00:00 refund 6 = 6",
                                "2026-09-14 12:00:00 failure_fee -0.001 = 5.999",
                                "2026-09-14 12:00:00 number_fee -5 = 0.999",
                            ],
                        ),
                    ),
                ],
            ),
            story(
                "returned, but for the failure fee not enough",
                "UTC",
                &[
                    ("2026-08-14 12:00", Credit("10")),
                    ("2026-08-14 12:00", Buy(NUMBER)),
                    ("2026-09-13 12:00", Send("m-1", 5, "charged")),
                    ("2026-09-14 12:00", Status("m-1", "failed")),
                    ("2026-09-14 12:00", Wallet("active 4.999, owes 5")),
                ],
            ),
            story(
                "a debit raises nothing and pays nothing",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("9")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-15 00:00", Wallet("active 4, owes 5")),
                    ("2026-08-15 12:00", Credit("-1")),
                    ("2026-08-15 12:00", Wallet("active 3, owes 5")),
                ],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_left_after_arrears_decides_on_resuming() {
    tell(
        "2026-07-14T10:00:00Z",
        &[
            story(
                "a credit of just what is owed resumes nothing",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("5")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-16 12:00", Credit("5")),
                    ("2026-08-16 12:00", Wallet("suspended 0")),
                    ("2026-08-16 12:00", Send("m-1", 1, "refused suspended")),
                    // The first money has resumed the new wallet; this credit has not.
                    ("2026-08-16 12:00", Alerts("wallet.resumed", &["2026-07-15 12:00:00 wallet.resumed"])),
                ],
            ),
            story(
                "an unpaid fee alone suspends nothing",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("9")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-15 00:00", Wallet("active 4, owes 5")),
                    ("2026-08-15 12:00", Send("m-1", 4, "charged")),
                    ("2026-08-15 12:00", Wallet("suspended 0, owes 5")),
                ],
            ),
            story(
                "a wallet below zero pays its debt first",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("5")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-01 12:00", Spend("3")),
                    ("2026-08-16 12:00", Credit("7")),
                    ("2026-08-16 12:00", Wallet("active 4, owes 5")),
                    ("2026-08-17 12:00", Credit("1.5")),
                    ("2026-08-17 12:00", Wallet("active 0.5")),
                ],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn arrears_are_written_off_by_a_release_for_want_of_payment_and_owed_after_one_by_hand() {
    tell(
        "2026-07-14T10:00:00Z",
        &[
            story(
                "released by hand in arrears: still owed, and paid by the next credit",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("5")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-20 12:00", ReleaseByHand(NUMBER)),
                    ("2026-08-20 12:00", Number(NUMBER, "released, owes 1 (5), by_hand 2026-08-20 12:00:00")),
                    ("2026-08-20 12:00", Wallet("suspended 0, owes 5")),
                    ("2026-10-20 12:00", Wallet("suspended 0, owes 5")),
                    ("2026-10-20 12:00", Credit("6")),
                    ("2026-10-20 12:00", Wallet("active 1")),
                    ("2026-10-20 12:00", Number(NUMBER, "released, by_hand 2026-08-20 12:00:00")),
                ],
            ),
            story(
                "released by hand while its release was scheduled: both months are owed, nothing is written off",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("5")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-09-20 12:00", ReleaseByHand(NUMBER)),
                    ("2026-10-14 23:59:59", Wallet("suspended 0, owes 10")),
                    ("2026-12-14 12:00", Credit("12")),
                    ("2026-12-14 12:00", Wallet("active 2")),
                    ("2026-12-14 12:00", Alerts("number.release_warned", &[])),
                ],
            ),
            story(
                "released without a debt: no fee falls due any more",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("50")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-14 23:00", ReleaseByHand(NUMBER)),
                    ("2026-08-14 23:00", ReleaseByHand(NUMBER)),
                    ("2026-12-15 00:00", Number(NUMBER, "released, by_hand 2026-08-14 23:00:00")),
                    ("2026-12-15 00:00", Wallet("active 45")),
                ],
            ),
            story(
                "rented again it is a new rental with a new anchor, and what the old one owes is owed",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("5")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-08-20 12:00", ReleaseByHand(NUMBER)),
                    ("2026-08-21 12:00", BuyRefused(NUMBER, 402, "insufficient_balance")),
                    ("2026-08-22 12:00", Credit("15")),
                    ("2026-08-22 12:00", Buy(NUMBER)),
                    ("2026-08-22 12:00", Number(NUMBER, "active, due 2026-09-22")),
                    ("2026-09-22 00:00", Wallet("suspended 0")),
                    ("2026-10-22 00:00", Number(NUMBER, "past_due, owes 2 (5), due 2026-11-22")),
                ],
            ),
            story(
                "rented again after a release for want of payment: nothing of the old rental counts",
                "UTC",
                &[
                    ("2026-07-15 12:00", Credit("5")),
                    ("2026-07-15 12:00", Buy(NUMBER)),
                    ("2026-10-20 12:00", Credit("5")),
                    ("2026-10-20 12:00", Wallet("active 5")),
                    ("2026-10-20 12:00", Buy(NUMBER)),
                    ("2026-10-20 12:00", Number(NUMBER, "active, due 2026-11-20")),
                    ("2026-11-20 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-12-20")),
                    (
                        "2026-12-20 00:00",
                        Number(
                            NUMBER,
                            "release_scheduled, owes 1+2 (10), due 2027-01-20, release 2027-01-19 23:59:59",
                        ),
                    ),
                ],
            ),
        ],
    )
    .await;
}
