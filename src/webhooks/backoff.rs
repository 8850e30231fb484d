//! When a message is tried again that was not taken: the schedule of Standard Webhooks, over a day and a bit.

use siphasher::sip::SipHasher13;
use std::hash::Hasher;

use crate::domain::time::{Span, Timestamp};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// How long after the one before each attempt is made, in seconds; the first at once. The specification's
/// own example, as far as a day is behind: the last attempt is 31 h 35 min after the first.
const DELAYS: [u32; 8] = [0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR];

/// A delay is lengthened by up to a tenth, so that what failed together is not tried again together.
const JITTER_DIVISOR: i64 = 10;

/// The longest pause that an endpoint may ask for (`Retry-After`).
const ASKED_MAX: Span = Span::from_days(1);

/// When a message is to be tried next; `None`: it is given up.
///
/// `made` attempts were made so far, the last of them at `last_at` (with none made: when the message was
/// written). `asked` is the pause that the endpoint asked for, if it did: it can only lengthen the wait. Downtime
/// costs no attempts: each is counted from the one before. The jitter is a hash of the message's id.
pub fn next_try(message: &str, made: u32, last_at: Timestamp, asked: Option<Span>) -> Option<Timestamp> {
    let delay = *DELAYS.get(usize::try_from(made).ok()?)?;
    let scheduled = last_at.plus(Span::from_seconds(delay));
    let jitter_max = scheduled.nanos().saturating_sub(last_at.nanos()) / JITTER_DIVISOR;
    let jitter = hash(message, made).checked_rem(jitter_max.unsigned_abs()).unwrap_or(0);
    // Less than a tenth of the longest delay: far inside 63 bits.
    let scheduled = scheduled.nanos().saturating_add_unsigned(jitter);
    let asked = last_at.plus(asked.unwrap_or_default().min(ASKED_MAX));
    Some(Timestamp::from_nanos(scheduled).max(asked))
}

/// The same on every machine and for ever.
fn hash(message: &str, made: u32) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(message.as_bytes());
    hasher.write(&made.to_le_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_nanos(1_790_000_000_000_000_000);

    fn seconds_until(next: Option<Timestamp>) -> Option<i64> {
        next.map(|next| (next.nanos() - START.nanos()) / 1_000_000_000)
    }

    #[test]
    fn the_pauses_grow_and_the_message_is_given_up_after_a_day() {
        // The attempts made, the shortest and the longest pause in seconds.
        let table = [
            (1, 5, 6),
            (2, 300, 330),
            (3, 1_800, 1_980),
            (4, 7_200, 7_920),
            (5, 18_000, 19_800),
            (6, 36_000, 39_600),
            (7, 50_400, 55_440),
        ];
        assert_eq!(next_try("al_7", 0, START, None), Some(START), "the first attempt is made at once");
        for (made, shortest, longest) in table {
            let pause = seconds_until(next_try("al_7", made, START, None)).unwrap();
            assert!((shortest..=longest).contains(&pause), "after {made} attempts: {pause} s");
        }
        for made in [8, 9, u32::MAX] {
            assert_eq!(next_try("al_7", made, START, None), None, "after {made} attempts");
        }
    }

    #[test]
    fn all_attempts_together_take_between_a_day_and_a_day_and_a_half() {
        for message in ["al_1", "al_2", "wh_test", ""] {
            let mut at = START;
            let mut made = 0;
            while let Some(next) = next_try(message, made, at, None) {
                assert!(next >= at, "{message}: attempt {made} is before the one before it");
                (at, made) = (next, made + 1);
            }
            let hours = (at.nanos() - START.nanos()) / 3_600_000_000_000;
            assert!((24..36).contains(&hours), "{message}: {hours} hours");
        }
    }

    #[test]
    fn the_same_message_is_tried_at_the_same_time_and_others_at_others() {
        assert_eq!(next_try("al_1", 3, START, None), next_try("al_1", 3, START, None));
        let mut times: Vec<_> =
            (0..100).map(|id| next_try(&format!("al_{id}"), 3, START, None).unwrap()).collect();
        times.sort_unstable();
        times.dedup();
        assert_eq!(times.len(), 100, "100 messages that failed together");
    }

    #[test]
    fn an_endpoint_may_ask_for_a_longer_pause_but_not_for_a_shorter_or_an_endless_one() {
        let scheduled = seconds_until(next_try("al_7", 2, START, None));
        let table = [(None, scheduled), (Some(0), scheduled), (Some(60), scheduled), (Some(900), Some(900))];
        for (asked, want) in table {
            let next = next_try("al_7", 2, START, asked.map(Span::from_seconds));
            assert_eq!(seconds_until(next), want, "asked for {asked:?} s");
        }
        let next = next_try("al_7", 2, START, Some(Span::from_days(365)));
        assert_eq!(seconds_until(next), Some(86_400), "asked for a year");
        assert_eq!(next_try("al_7", 8, START, Some(Span::from_days(1))), None, "given up all the same");
    }

    #[test]
    fn the_end_of_time_is_no_overflow() {
        let end = Timestamp::from_nanos(i64::MAX);
        assert_eq!(next_try("al_7", 7, end, Some(Span::from_days(1))), Some(end));
    }
}
