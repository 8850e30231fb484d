//! The release of a number that is not paid for (RULES, section 9): the product description's example, every row of
//! the rules' table, and what comes close.

use crate::story::Step::*;
use crate::story::{Story, story, tell};
use crate::world::NUMBER;

const NEW_YORK: &str = "America/New_York";
const OF_RELEASE: &str = "number.fee_unpaid number.release_scheduled number.release_warned \
    number.release_cancelled number.released";
/// What the number looks like between 15 September and 14 October without money.
const SCHEDULED: &str = "release_scheduled, owes 1+2 (10), due 2026-10-15, release 2026-10-14 23:59:59";
const RELEASED: &str = "released, unpaid 2026-10-14 23:59:59";

/// Each has bought its number on 15 July and paid the first month with all it had.
#[tokio::test]
async fn two_unpaid_cycles_in_a_row_release_a_number_one_second_before_the_third() {
    tell("2026-07-15T10:00:00Z", STORIES).await;
}

const STORIES: &[Story] = &[
    story(
        "no money: 15 August unpaid, 15 September unpaid, released 14 October",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-07-15 12:00", Number(NUMBER, "active, due 2026-08-15")),
            ("2026-07-15 12:00", DueAt(NUMBER, "2026-08-15T04:00:00Z")),
            ("2026-07-15 12:00", Wallet("suspended 0")),
            ("2026-08-14 23:59:59", Number(NUMBER, "active, due 2026-08-15")),
            ("2026-08-15 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-15")),
            ("2026-08-15 00:00", Wallet("suspended 0, owes 5")),
            ("2026-09-14 23:59:59", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-15")),
            ("2026-09-15 00:00", Number(NUMBER, SCHEDULED)),
            ("2026-09-15 00:00", Wallet("suspended 0, owes 10")),
            ("2026-10-14 23:59:58", Number(NUMBER, SCHEDULED)),
            ("2026-10-14 23:59:59", Number(NUMBER, RELEASED)),
            ("2026-10-14 23:59:59", Wallet("suspended 0")),
            (
                "2027-07-15 00:00",
                Alerts(
                    OF_RELEASE,
                    &[
                        "2026-08-15 number.fee_unpaid",
                        "2026-09-15 number.fee_unpaid",
                        "2026-09-15 number.release_scheduled",
                        "2026-10-07 23:59:59 number.release_warned",
                        "2026-10-13 23:59:59 number.release_warned",
                        "2026-10-14 23:59:59 number.released",
                    ],
                ),
            ),
            ("2027-07-15 00:00", Number(NUMBER, RELEASED)),
            (
                "2027-07-15 00:00",
                EntriesAfter(
                    0,
                    &["2026-07-15 12:00:00 adjustment 5 = 5", "2026-07-15 12:00:00 number_fee -5 = 0"],
                ),
            ),
        ],
    ),
    story(
        "top-up on 20 August: 15 September is the first in a row, 15 October the second, released 14 November",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-08-20 09:30", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-15")),
            ("2026-08-20 09:30", Credit("5")),
            ("2026-08-20 09:30", Number(NUMBER, "active, due 2026-09-15")),
            ("2026-09-15 00:00", Number(NUMBER, "past_due, owes 2 (5), due 2026-10-15")),
            (
                "2026-10-15 00:00",
                Number(
                    NUMBER,
                    "release_scheduled, owes 2+3 (10), due 2026-11-15, release 2026-11-14 23:59:59",
                ),
            ),
            ("2026-11-14 23:59:59", Number(NUMBER, "released, unpaid 2026-11-14 23:59:59")),
            (
                "2026-11-20 00:00",
                EntriesAfter(
                    2,
                    &["2026-08-20 09:30:00 adjustment 5 = 5", "2026-08-20 09:30:00 number_fee -5 = 0"],
                ),
            ),
        ],
    ),
    story(
        "top-up on 1 October covering one fee: cancelled; 15 October is two in a row again, scheduled for 14 November",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-09-30 23:59", Number(NUMBER, SCHEDULED)),
            ("2026-10-01 09:00", Credit("5")),
            ("2026-10-01 09:00", Number(NUMBER, "past_due, owes 2 (5), due 2026-10-15")),
            ("2026-10-14 23:59:59", Number(NUMBER, "past_due, owes 2 (5), due 2026-10-15")),
            (
                "2026-10-15 00:00",
                Number(
                    NUMBER,
                    "release_scheduled, owes 2+3 (10), due 2026-11-15, release 2026-11-14 23:59:59",
                ),
            ),
            ("2026-11-14 23:59:58", Wallet("suspended 0, owes 10")),
            ("2026-11-14 23:59:59", Number(NUMBER, "released, unpaid 2026-11-14 23:59:59")),
            (
                "2026-11-20 00:00",
                Alerts(
                    OF_RELEASE,
                    &[
                        "2026-08-15 number.fee_unpaid",
                        "2026-09-15 number.fee_unpaid",
                        "2026-09-15 number.release_scheduled",
                        "2026-10-01 09:00:00 number.release_cancelled",
                        "2026-10-15 number.fee_unpaid",
                        "2026-10-15 number.release_scheduled",
                        "2026-11-07 23:59:59 number.release_warned",
                        "2026-11-13 23:59:59 number.release_warned",
                        "2026-11-14 23:59:59 number.released",
                    ],
                ),
            ),
        ],
    ),
    story(
        "top-up on 1 October covering both: paid, paid, nothing open",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-10-01 09:00", Credit("10")),
            ("2026-10-01 09:00", Number(NUMBER, "active, due 2026-10-15")),
            ("2026-10-01 09:00", Wallet("suspended 0")),
            (
                "2026-10-01 09:00",
                EntriesAfter(
                    2,
                    &[
                        "2026-10-01 09:00:00 adjustment 10 = 10",
                        "2026-10-01 09:00:00 number_fee -5 = 5",
                        "2026-10-01 09:00:00 number_fee -5 = 0",
                    ],
                ),
            ),
            ("2026-10-14 23:59:59", Number(NUMBER, "active, due 2026-10-15")),
            ("2026-10-15 00:00", Number(NUMBER, "past_due, owes 3 (5), due 2026-11-15")),
        ],
    ),
    story(
        "topped up too little: nothing is paid in parts, released all the same, the money stays",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-10-01 09:00", Credit("4.999999999")),
            ("2026-10-01 09:00", Number(NUMBER, SCHEDULED)),
            ("2026-10-01 09:00", Wallet("active 4.999999999, owes 10")),
            ("2026-10-14 23:59:59", Number(NUMBER, RELEASED)),
            ("2026-10-14 23:59:59", Wallet("active 4.999999999")),
            (
                "2026-12-01 00:00",
                EntriesAfter(2, &["2026-10-01 09:00:00 adjustment 4.999999999 = 4.999999999"]),
            ),
        ],
    ),
    story(
        "two top-ups that are enough together pay when the second lands",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-10-01 09:00", Credit("4")),
            ("2026-10-02 09:00", Credit("1")),
            ("2026-10-02 09:00", Number(NUMBER, "past_due, owes 2 (5), due 2026-10-15")),
            ("2026-10-02 09:00", Wallet("suspended 0, owes 5")),
        ],
    ),
    story(
        "paid in the last second: cancelled; a second later it would have been too late",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-10-14 23:59:58", Credit("5")),
            ("2026-10-14 23:59:58", Number(NUMBER, "past_due, owes 2 (5), due 2026-10-15")),
            (
                "2026-10-15 00:00",
                Number(
                    NUMBER,
                    "release_scheduled, owes 2+3 (10), due 2026-11-15, release 2026-11-14 23:59:59",
                ),
            ),
        ],
    ),
    story(
        "paid at the instant of the release: the release comes first, nothing is owed any more",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-10-14 23:59:59", Credit("20")),
            ("2026-10-14 23:59:59", Number(NUMBER, RELEASED)),
            ("2026-10-14 23:59:59", Wallet("active 20")),
            ("2026-12-20 00:00", Wallet("active 20")),
        ],
    ),
    story(
        "paid month by month nothing is ever owed",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("20")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-10-15 00:00", Number(NUMBER, "active, due 2026-11-15")),
            (
                "2026-10-15 00:00",
                EntriesAfter(
                    1,
                    &[
                        "2026-07-15 12:00:00 number_fee -5 = 15",
                        "2026-08-15 number_fee -5 = 10",
                        "2026-09-15 number_fee -5 = 5",
                        "2026-10-15 number_fee -5 = 0",
                    ],
                ),
            ),
            ("2026-10-15 00:00", Alerts(OF_RELEASE, &[])),
        ],
    ),
    story(
        "every other month unpaid and made up for: never two in a row, never scheduled",
        NEW_YORK,
        &[
            ("2026-07-15 12:00", Credit("5")),
            ("2026-07-15 12:00", Buy(NUMBER)),
            ("2026-09-01 12:00", Credit("10")),
            ("2026-09-15 00:00", Number(NUMBER, "active, due 2026-10-15")),
            ("2026-10-15 00:00", Number(NUMBER, "past_due, owes 3 (5), due 2026-11-15")),
            ("2026-11-01 12:00", Credit("10")),
            ("2026-11-15 00:00", Number(NUMBER, "active, due 2026-12-15")),
            (
                "2026-11-15 00:00",
                Alerts(OF_RELEASE, &["2026-08-15 number.fee_unpaid", "2026-10-15 number.fee_unpaid"]),
            ),
        ],
    ),
    story(
        "bought 31 July: unpaid 31 August and 30 September, released 30 October",
        NEW_YORK,
        &[
            ("2026-07-31 12:00", Credit("5")),
            ("2026-07-31 12:00", Buy(NUMBER)),
            ("2026-08-31 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-30")),
            (
                "2026-09-30 00:00",
                Number(
                    NUMBER,
                    "release_scheduled, owes 1+2 (10), due 2026-10-31, release 2026-10-30 23:59:59",
                ),
            ),
            ("2026-10-30 23:59:59", Number(NUMBER, "released, unpaid 2026-10-30 23:59:59")),
        ],
    ),
    story(
        "the warning a week ahead is seven days of the wallet's zone ahead, one of them 25 hours long",
        NEW_YORK,
        &[
            ("2026-08-05 12:00", Credit("5")),
            ("2026-08-05 12:00", Buy(NUMBER)),
            ("2026-11-04 23:59:59", Number(NUMBER, "released, unpaid 2026-11-04 23:59:59")),
            (
                "2026-11-05 00:00",
                Alerts(
                    "number.release_warned number.released",
                    &[
                        "2026-10-28 23:59:59 number.release_warned",
                        "2026-11-03 23:59:59 number.release_warned",
                        "2026-11-04 23:59:59 number.released",
                    ],
                ),
            ),
        ],
    ),
];
