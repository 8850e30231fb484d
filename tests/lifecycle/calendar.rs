//! When a number's fee is due (RULES, section 9): the first instant of the local day anchor + n months, clamped from
//! the anchor and never chained, whatever the zone's clock does on that day.

use crate::story::Step::*;
use crate::story::{Story, story, tell};
use crate::world::{BRITISH, NUMBER};

#[tokio::test]
async fn the_day_is_clamped_from_the_anchor_and_never_chained() {
    tell(
        "2027-01-31T12:00:00Z",
        &[story(
            "anchor on the 31st: 28 February, then 31 March",
            "UTC",
            &[
                ("2027-01-31 12:00", Credit("100")),
                ("2027-01-31 12:00", Buy(NUMBER)),
                ("2027-01-31 12:00", DueAt(NUMBER, "2027-02-28T00:00:00Z")),
                ("2027-02-28 00:00", DueAt(NUMBER, "2027-03-31T00:00:00Z")),
                ("2027-03-31 00:00", DueAt(NUMBER, "2027-04-30T00:00:00Z")),
                ("2027-04-30 00:00", DueAt(NUMBER, "2027-05-31T00:00:00Z")),
                (
                    "2027-05-31 00:00",
                    EntriesAfter(
                        2,
                        &[
                            "2027-02-28 number_fee -5 = 90",
                            "2027-03-31 number_fee -5 = 85",
                            "2027-04-30 number_fee -5 = 80",
                            "2027-05-31 number_fee -5 = 75",
                        ],
                    ),
                ),
            ],
        )],
    )
    .await;
}

#[tokio::test]
async fn a_leap_day_is_a_due_day_and_an_anchor() {
    tell(
        "2028-01-30T12:00:00Z",
        &[
            story(
                "anchor on the 30th: 29 February in a leap year",
                "UTC",
                &[
                    ("2028-01-30 12:00", Credit("20")),
                    ("2028-01-30 12:00", Buy(NUMBER)),
                    ("2028-01-30 12:00", DueAt(NUMBER, "2028-02-29T00:00:00Z")),
                    ("2028-02-29 00:00", DueAt(NUMBER, "2028-03-30T00:00:00Z")),
                ],
            ),
            story(
                "anchor on 29 February: the 29th of every month, and 28 February a year later",
                "UTC",
                &[
                    ("2028-02-29 12:00", Credit("100")),
                    ("2028-02-29 12:00", Buy(NUMBER)),
                    ("2028-02-29 12:00", DueAt(NUMBER, "2028-03-29T00:00:00Z")),
                    ("2029-01-29 00:00", DueAt(NUMBER, "2029-02-28T00:00:00Z")),
                    ("2029-02-28 00:00", DueAt(NUMBER, "2029-03-29T00:00:00Z")),
                ],
            ),
        ],
    )
    .await;
}

/// One moment, 2026-07-15T10:00Z, is three different days.
#[tokio::test]
async fn the_day_is_that_of_the_wallets_zone_ahead_of_and_behind_utc() {
    const ZONES: &[Story] = &[
        story(
            "14 hours ahead: bought on the 16th",
            "Pacific/Kiritimati",
            &[
                ("2026-07-16 00:00", Credit("5")),
                ("2026-07-16 00:00", Buy(NUMBER)),
                ("2026-07-16 00:00", DueAt(NUMBER, "2026-08-15T10:00:00Z")),
                ("2026-08-15 23:59:59", Number(NUMBER, "active, due 2026-08-16")),
                ("2026-08-16 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-16")),
                ("2026-10-15 23:59:58", Wallet("suspended 0, owes 10")),
                ("2026-10-15 23:59:59", Number(NUMBER, "released, unpaid 2026-10-15 23:59:59")),
            ],
        ),
        story(
            "11 hours behind: bought on the 14th",
            "Pacific/Pago_Pago",
            &[
                ("2026-07-14 23:00", Credit("5")),
                ("2026-07-14 23:00", Buy(NUMBER)),
                ("2026-07-14 23:00", DueAt(NUMBER, "2026-08-14T11:00:00Z")),
                ("2026-08-13 23:59:59", Number(NUMBER, "active, due 2026-08-14")),
                ("2026-08-14 00:00", Number(NUMBER, "past_due, owes 1 (5), due 2026-09-14")),
                ("2026-10-13 23:59:59", Number(NUMBER, "released, unpaid 2026-10-13 23:59:59")),
            ],
        ),
        story(
            "half an hour off: India",
            "Asia/Kolkata",
            &[
                ("2026-07-15 15:30", Credit("5")),
                ("2026-07-15 15:30", Buy(NUMBER)),
                ("2026-07-15 15:30", DueAt(NUMBER, "2026-08-14T18:30:00Z")),
                ("2026-10-14 23:59:59", Number(NUMBER, "released, unpaid 2026-10-14 23:59:59")),
            ],
        ),
        story(
            "a quarter of an hour off: the Chatham Islands, whose clock goes forward in between",
            "Pacific/Chatham",
            &[
                ("2026-07-15 22:45", Credit("5")),
                ("2026-07-15 22:45", Buy(NUMBER)),
                ("2026-07-15 22:45", DueAt(NUMBER, "2026-08-14T11:15:00Z")),
                ("2026-09-15 00:00", DueAt(NUMBER, "2026-10-14T10:15:00Z")),
                ("2026-10-14 23:59:59", Number(NUMBER, "released, unpaid 2026-10-14 23:59:59")),
            ],
        ),
    ];
    tell("2026-07-15T10:00:00Z", ZONES).await;
}

#[tokio::test]
async fn a_change_of_the_clock_on_the_due_day_changes_no_midnight() {
    tell(
        "2026-09-25T12:00:00Z",
        &[
            story(
                "the day on which New York's clock goes back has 25 hours and one first instant",
                "America/New_York",
                &[
                    ("2026-10-01 12:00", Credit("100")),
                    ("2026-10-01 12:00", Buy(NUMBER)),
                    ("2026-10-01 12:00", DueAt(NUMBER, "2026-11-01T04:00:00Z")),
                    ("2026-11-01 00:00", DueAt(NUMBER, "2026-12-01T05:00:00Z")),
                    ("2026-12-01 00:00", EntriesAfter(2, &[
                        "2026-11-01 number_fee -5 = 90",
                        "2026-12-01 number_fee -5 = 85",
                    ])),
                ],
            ),
            story(
                "the day on which it goes forward",
                "America/New_York",
                &[
                    ("2027-02-14 12:00", Credit("100")),
                    ("2027-02-14 12:00", Buy(NUMBER)),
                    ("2027-02-14 12:00", DueAt(NUMBER, "2027-03-14T05:00:00Z")),
                    ("2027-03-14 00:00", DueAt(NUMBER, "2027-04-14T04:00:00Z")),
                ],
            ),
            story(
                "Havana's clock goes back from 01:00 to 00:00: midnight comes twice, the first one counts, once",
                "America/Havana",
                &[
                    ("2026-10-01 12:00", Credit("100")),
                    ("2026-10-01 12:00", Buy(NUMBER)),
                    ("2026-10-01 12:00", DueAt(NUMBER, "2026-11-01T04:00:00Z")),
                    ("2026-11-01 12:00", EntriesAfter(2, &["2026-11-01 number_fee -5 = 90"])),
                    ("2026-11-01 12:00", DueAt(NUMBER, "2026-12-01T05:00:00Z")),
                ],
            ),
            story(
                "Beirut's clock goes back from 00:00 to 23:00: the day starts at the second try",
                "Asia/Beirut",
                &[
                    ("2026-09-25 16:00", Credit("100")),
                    ("2026-09-25 16:00", Buy(NUMBER)),
                    ("2026-09-25 16:00", DueAt(NUMBER, "2026-10-24T22:00:00Z")),
                    ("2026-10-25 12:00", EntriesAfter(2, &["2026-10-25 number_fee -5 = 90"])),
                    ("2026-10-25 12:00", DueAt(NUMBER, "2026-11-24T22:00:00Z")),
                ],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_day_without_a_midnight_starts_at_its_first_instant() {
    tell(
        "2026-06-01T12:00:00Z",
        &[
            story(
                "Santiago: 6 September 2026 starts at 01:00",
                "America/Santiago",
                &[
                    ("2026-08-06 12:00", Credit("100")),
                    ("2026-08-06 12:00", Buy(NUMBER)),
                    ("2026-08-06 12:00", DueAt(NUMBER, "2026-09-06T04:00:00Z")),
                    ("2026-09-05 23:59:59", Number(NUMBER, "active, due 2026-09-06 01:00:00")),
                    ("2026-09-06 01:00", EntriesAfter(2, &["2026-09-06 01:00:00 number_fee -5 = 90"])),
                    ("2026-09-06 01:00", DueAt(NUMBER, "2026-10-06T03:00:00Z")),
                ],
            ),
            story(
                "Santiago: released a second before such a day",
                "America/Santiago",
                &[
                    ("2026-06-06 12:00", Credit("5")),
                    ("2026-06-06 12:00", Buy(NUMBER)),
                    ("2026-09-05 23:59:58", Wallet("suspended 0, owes 10")),
                    ("2026-09-05 23:59:59", Number(NUMBER, "released, unpaid 2026-09-05 23:59:59")),
                ],
            ),
            story(
                "Havana: 14 March 2027 starts at 01:00",
                "America/Havana",
                &[
                    ("2027-02-14 12:00", Credit("100")),
                    ("2027-02-14 12:00", Buy(NUMBER)),
                    ("2027-02-14 12:00", DueAt(NUMBER, "2027-03-14T05:00:00Z")),
                    ("2027-03-14 01:00", EntriesAfter(2, &["2027-03-14 01:00:00 number_fee -5 = 90"])),
                ],
            ),
            story(
                "Beirut: 28 March 2027 starts at 01:00",
                "Asia/Beirut",
                &[
                    ("2027-02-28 12:00", Credit("100")),
                    ("2027-02-28 12:00", Buy(NUMBER)),
                    ("2027-02-28 12:00", DueAt(NUMBER, "2027-03-27T22:00:00Z")),
                    ("2027-03-28 01:00", EntriesAfter(2, &["2027-03-28 01:00:00 number_fee -5 = 90"])),
                ],
            ),
            story(
                "the Azores: 28 March 2027 starts at 01:00",
                "Atlantic/Azores",
                &[
                    ("2027-02-28 12:00", Credit("100")),
                    ("2027-02-28 12:00", Buy(NUMBER)),
                    ("2027-02-28 12:00", DueAt(NUMBER, "2027-03-28T01:00:00Z")),
                    ("2027-03-28 01:00", EntriesAfter(2, &["2027-03-28 01:00:00 number_fee -5 = 90"])),
                ],
            ),
            story(
                "Cairo: 30 April 2027 starts at 01:00",
                "Africa/Cairo",
                &[
                    ("2027-03-30 12:00", Credit("100")),
                    ("2027-03-30 12:00", Buy(NUMBER)),
                    ("2027-03-30 12:00", DueAt(NUMBER, "2027-04-29T22:00:00Z")),
                    ("2027-04-30 01:00", EntriesAfter(2, &["2027-04-30 01:00:00 number_fee -5 = 90"])),
                    ("2027-04-30 01:00", DueAt(NUMBER, "2027-05-29T21:00:00Z")),
                ],
            ),
        ],
    )
    .await;
    tell(
        "2018-09-01T12:00:00Z",
        &[story(
            "São Paulo: 4 November 2018 started at 01:00",
            "America/Sao_Paulo",
            &[
                ("2018-09-04 12:00", Credit("100")),
                ("2018-09-04 12:00", Buy(NUMBER)),
                ("2018-10-04 00:00", DueAt(NUMBER, "2018-11-04T03:00:00Z")),
                ("2018-11-03 23:59:59", EntriesAfter(2, &["2018-10-04 number_fee -5 = 90"])),
                ("2018-11-04 01:00", DueAt(NUMBER, "2018-12-04T02:00:00Z")),
                (
                    "2018-11-04 01:00",
                    EntriesAfter(
                        2,
                        &["2018-10-04 number_fee -5 = 90", "2018-11-04 01:00:00 number_fee -5 = 85"],
                    ),
                ),
            ],
        )],
    )
    .await;
}

/// A year of fees is twelve of them, on twelve days, in every zone.
#[tokio::test]
async fn a_year_has_twelve_fees() {
    const YEAR: &[(&str, crate::story::Step)] = &[
        ("2027-01-31 12:00", Credit("100")),
        ("2027-01-31 12:00", Buy(BRITISH)),
        ("2028-01-30 23:59:59", Wallet("active 94")),
        ("2028-01-31 12:00", Wallet("active 93.5")),
    ];
    let zones = [
        "UTC",
        "America/New_York",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Kathmandu",
    ];
    let stories: Vec<Story> =
        zones.iter().map(|zone| story("thirteen fees by the 31st", zone, YEAR)).collect();
    tell("2027-01-31T00:00:00Z", &stories).await;
}
