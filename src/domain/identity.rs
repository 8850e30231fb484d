//! What makes an event count once: its key and the fingerprint of its content (RULES, section 5; W3).

use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13 as Sip128};

use super::event::{Event, Happening, Name, StatusReport};
use super::money::Money;
use super::record::{Adjustment, Cause, Change, Lack, Record};
use super::status::Course;
use super::time::{Span, Timestamp};
use super::wallet::WalletId;

/// How long an id is kept after the later of its occurrence and its posting.
pub const KEPT_FOR: Span = Span::from_days(35);

/// Bytes of source and id of names that are hashed in one piece.
const SHORT_NAME_BYTES_MAX: usize = 112;

/// The 128-bit keyed hash of (wallet, source, id).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u128);

/// A 64-bit keyed hash of what must not differ when an event is told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub u64);

/// An id and its event's content, hashed.
pub type Hashed = (Key, Fingerprint);

/// The secret both hashes are keyed with, made once for a data directory, so that nobody outside
/// can make two ids meet.
#[derive(Clone, Copy)]
pub struct Secret(pub [u8; 16]);

/// Whose name space an id lives in: an adjustment's idempotency key never meets an event's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    Event(Name<'a>),
    Idempotency(&'a str),
}

/// What is remembered of the first event under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub fingerprint: Fingerprint,
    pub verdict: Verdict,
    /// The last instant at which it counts.
    pub kept_until: Timestamp,
    /// What statuses have made of a message, or wait for it with; `None` where none has come.
    pub course: Option<Box<Course>>,
}

/// How the first event under a key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub outcome: Taken,
    /// What was charged; for an adjustment what was credited.
    pub amount: Money,
    /// The entry, 0 where none was posted.
    pub seq: u64,
}

/// The outcomes that burn an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Taken {
    Posted = 1,
    BlockedSuspended = 2,
    BlockedInsufficientBalance = 3,
    /// Kept, and nothing was posted: a status that changes nothing.
    Kept = 4,
    /// The event itself has not come: only its statuses have.
    Early = 5,
}

impl Taken {
    pub fn from_byte(byte: u8) -> Option<Taken> {
        [Taken::Posted, Taken::BlockedSuspended, Taken::BlockedInsufficientBalance, Taken::Kept, Taken::Early]
            .into_iter()
            .find(|taken| *taken as u8 == byte)
    }
}

/// What a key that is still kept makes of an event that comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    Duplicate(Verdict),
    Conflict,
}

impl Remembered {
    /// `None` once the id is no longer kept: then the event is decided as if it were new. At its last instant an
    /// event that says when it happened is not yet too old; from the next on it is, so it never counts twice.
    pub fn judge(&self, fingerprint: Fingerprint, now: Timestamp) -> Option<Repeat> {
        if self.kept_until < now || self.verdict.outcome == Taken::Early {
            return None;
        }
        Some(if self.fingerprint == fingerprint { Repeat::Duplicate(self.verdict) } else { Repeat::Conflict })
    }
}

/// Until when an id is kept.
pub fn kept_until(occurred_at: Timestamp, posted_at: Timestamp) -> Timestamp {
    occurred_at.max(posted_at).plus(KEPT_FOR)
}

impl Verdict {
    /// How the event behind a record ended; `None` for records that burn no id.
    pub fn of(change: &Change<'_>) -> Option<Verdict> {
        match change {
            Change::Entry(entry) => {
                let amount = match &entry.cause {
                    Cause::Message { .. } | Cause::CarrierFee { .. } => {
                        entry.amount.checked_neg().unwrap_or(Money::MAX)
                    }
                    Cause::Adjustment(_) => entry.amount,
                    // Whatever else is posted follows from something that burns an id of its own, or none.
                    _ => return None,
                };
                Some(Verdict { outcome: Taken::Posted, amount, seq: entry.seq })
            }
            Change::Blocked { reason, .. } => {
                let outcome = match reason {
                    Lack::InsufficientBalance => Taken::BlockedInsufficientBalance,
                    Lack::Suspended | Lack::NumberReleased => Taken::BlockedSuspended,
                };
                Some(Verdict { outcome, amount: Money::ZERO, seq: 0 })
            }
            Change::Status(taken) => Some(taken.verdict),
            Change::Request(request) => {
                Some(Verdict { outcome: Taken::Posted, amount: Money::ZERO, seq: request.answer })
            }
            _ => None,
        }
    }
}

impl Secret {
    /// What a record makes the engine remember, and under which key; `None` for records that burn no id.
    pub fn remember(
        &self,
        wallet: WalletId,
        record: &Record<'_>,
        posted_at: Timestamp,
    ) -> Option<(Key, Remembered)> {
        self.remember_hashed(wallet, record, posted_at, None)
    }

    /// The same where the id that the record burns, and its content, were hashed before.
    pub fn remember_hashed(
        &self,
        wallet: WalletId,
        record: &Record<'_>,
        posted_at: Timestamp,
        hashed: Option<Hashed>,
    ) -> Option<(Key, Remembered)> {
        if let Change::Course(set) = &record.change {
            return Some((self.key(wallet, Named::Event(set.message)), set.remembered.clone()));
        }
        let verdict = Verdict::of(&record.change)?;
        let (key, fingerprint) = hashed.or_else(|| self.hash(wallet, &record.change))?;
        let kept_until = kept_until(record.occurred_at, posted_at);
        Some((key, Remembered { fingerprint, verdict, kept_until, course: None }))
    }

    /// The key of the id that a change burns, and the fingerprint of its content.
    fn hash(&self, wallet: WalletId, change: &Change<'_>) -> Option<Hashed> {
        let (named, fingerprint) = match change {
            Change::Entry(entry) => match &entry.cause {
                Cause::Message { event, .. } | Cause::CarrierFee { event } => {
                    (Named::Event(event.name), self.fingerprint(event))
                }
                Cause::Adjustment(adjustment) => {
                    (Named::Idempotency(adjustment.idempotency_key), self.adjustment_fingerprint(adjustment))
                }
                _ => return None,
            },
            Change::Blocked { event, .. } => (Named::Event(event.name), self.fingerprint(event)),
            Change::Status(taken) => (Named::Event(taken.event.name), self.fingerprint(&taken.event)),
            Change::Request(request) => {
                (Named::Idempotency(request.idempotency_key), Fingerprint(request.fingerprint))
            }
            _ => return None,
        };
        Some((self.key(wallet, named), fingerprint))
    }

    fn hasher(&self) -> Sip128 {
        Sip128::new_with_key(&self.0)
    }

    pub fn key(&self, wallet: WalletId, named: Named<'_>) -> Key {
        let (space, source, id) = match named {
            Named::Event(name) => (0, name.source, name.id),
            Named::Idempotency(key) => (1, "", key),
        };
        let place = u64::from(wallet.number) << 16 | u64::from(wallet.partition) << 8 | space;
        // Nearly all names fit into one piece, which is hashed in half the time of several.
        let mut piece = [0; 16 + SHORT_NAME_BYTES_MAX];
        piece[..8].copy_from_slice(&place.to_le_bytes());
        // The lengths keep ("a", "bc") and ("ab", "c") apart.
        piece[8..16].copy_from_slice(&(source.len() as u64).to_le_bytes());
        let (head, rest) = piece.split_at_mut(16);
        if source.len() + id.len() > rest.len() {
            let mut hasher = self.hasher();
            [head, source.as_bytes(), id.as_bytes()].iter().for_each(|part| hasher.write(part));
            return Key(hasher.finish128().as_u128());
        }
        let (of_source, of_id) = rest.split_at_mut(source.len());
        of_source.copy_from_slice(source.as_bytes());
        of_id[..id.len()].copy_from_slice(id.as_bytes());
        Key(self.hasher().hash(&piece[..16 + source.len() + id.len()]).as_u128())
    }

    /// Of type, channel, peer, kind, units, encoding and amount, for statuses of message, its source, status and
    /// error code; not of mode, time, hold, campaign or tags.
    pub fn fingerprint(&self, event: &Event<'_>) -> Fingerprint {
        let hash = match &event.happening {
            Happening::Message(message) => {
                let encoding = message.units.encoding.map_or(0, |encoding| encoding as u8);
                let mut piece = [0; 36];
                piece[..16].copy_from_slice(&message.channel.to_bytes());
                piece[16..32].copy_from_slice(&message.peer.to_bytes());
                let last = [message.direction as u8, message.kind as u8, message.units.billed, encoding];
                piece[32..].copy_from_slice(&last);
                self.hasher().hash(&piece)
            }
            Happening::CarrierFee { amount, channel, .. } => {
                let mut piece = [0xff; 25];
                piece[..16].copy_from_slice(&channel.map_or([0; 16], |channel| channel.to_bytes()));
                piece[16..24].copy_from_slice(&amount.nanos().to_le_bytes());
                self.hasher().hash(&piece)
            }
            Happening::Status(StatusReport { message, status, error_code }) => {
                let mut hasher = self.hasher();
                // The lengths keep ("a", "bc") and ("ab", "c") apart, the last byte statuses from all else.
                hasher.write_u64((message.source.len() as u64) << 32 | message.id.len() as u64);
                for text in [message.source, message.id, *error_code] {
                    hasher.write(text.as_bytes());
                }
                hasher.write(&[*status as u8, 0xfe]);
                hasher.finish128()
            }
        };
        Fingerprint(hash.h1)
    }

    /// Of a request: the name of its call, and its body's parts in order.
    pub fn request_fingerprint(&self, call: &str, parts: &[&[u8]]) -> Fingerprint {
        let mut hasher = self.hasher();
        for part in std::iter::once(call.as_bytes()).chain(parts.iter().copied()) {
            hasher.write_u64(part.len() as u64);
            hasher.write(part);
        }
        Fingerprint(hasher.finish128().h1)
    }

    pub fn adjustment_fingerprint(&self, adjustment: &Adjustment<'_>) -> Fingerprint {
        let mut hasher = self.hasher();
        hasher.write_i64(adjustment.amount.nanos());
        hasher.write(adjustment.reason.as_bytes());
        if adjustment.of != 0 {
            // The length and the last byte keep it apart from a longer reason.
            hasher.write_u64(adjustment.reason.len() as u64);
            hasher.write_u64(adjustment.of);
            hasher.write_u8(0xfd);
        }
        Fingerprint(hasher.finish128().h1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Direction, FinalStatus, Mode};
    use super::super::samples::{NOW, event, later, message};
    use super::*;

    const SECRET: Secret = Secret(*b"0123456789abcdef");
    const WALLET: WalletId = WalletId { partition: 3, number: 7 };

    fn key(wallet: WalletId, source: &str, id: &str) -> Key {
        SECRET.key(wallet, Named::Event(Name { source, id }))
    }

    #[test]
    fn wallet_source_and_id_together_make_the_key() {
        let other = WalletId { partition: 3, number: 8 };
        let first = key(WALLET, "a", "bc");
        assert_eq!(first, key(WALLET, "a", "bc"));
        assert_ne!(first, key(WALLET, "ab", "c"));
        assert_ne!(first, key(WALLET, "", "abc"));
        assert_ne!(first, key(other, "a", "bc"));
        assert_ne!(key(WALLET, "", "x"), SECRET.key(WALLET, Named::Idempotency("x")));
    }

    /// Stored keys and fingerprints are found again only if they are made of the same bytes by every version.
    #[test]
    fn keys_and_fingerprints_are_hashes_of_the_parts_whatever_their_length() {
        let hashed = |parts: &[&[u8]]| {
            let mut hasher = Sip128::new_with_key(&SECRET.0);
            parts.iter().for_each(|part| hasher.write(part));
            hasher.finish128()
        };
        let place: u64 = 7 << 16 | 3 << 8;
        for (source, id) in
            (0..60).flat_map(|source| [0, 1, 7, 36, 51, 52, 53, 54, 200].map(|id| (source, id)))
        {
            let (source, id) = ("s".repeat(source), "i".repeat(id));
            let length = source.len() as u64;
            let parts = [&place.to_le_bytes(), &length.to_le_bytes(), source.as_bytes(), id.as_bytes()];
            assert_eq!(key(WALLET, &source, &id).0, hashed(&parts).as_u128(), "{source} {id}");
        }
        let message = message(Direction::Outbound, 2);
        let (channel, peer) = (message.channel.to_bytes(), message.peer.to_bytes());
        let encoding = message.units.encoding.map_or(0, |encoding| encoding as u8);
        let last = [message.direction as u8, message.kind as u8, 2, encoding];
        let told = event("m-1", Happening::Message(message), Mode::Admit);
        assert_eq!(SECRET.fingerprint(&told).0, hashed(&[&channel, &peer, &last]).h1);
        for channel in [None, Some(message.channel)] {
            let amount = Money::from_nanos(5);
            let told = event("f-1", Happening::CarrierFee { amount, channel, reason: "" }, Mode::Report);
            let channel = channel.map_or([0; 16], |channel| channel.to_bytes());
            let parts = [&channel[..], &5i64.to_le_bytes(), &[0xff]];
            assert_eq!(SECRET.fingerprint(&told).0, hashed(&parts).h1);
        }
    }

    #[test]
    fn a_status_is_the_same_again_if_message_source_status_and_code_are() {
        let told = |source, id, status, error_code| {
            let report = StatusReport { message: Name { source, id }, status, error_code };
            event("s-1", Happening::Status(report), Mode::Report)
        };
        let first = told("ab", "c", FinalStatus::Failed, "30007");
        let later =
            Event { campaign: "spring", tags: "{}", hold: "h_1", occurred_at: later(NOW, 1), ..first };
        assert_eq!(SECRET.fingerprint(&later), SECRET.fingerprint(&first));
        let others = [
            told("a", "bc", FinalStatus::Failed, "30007"),
            told("ab", "c3", FinalStatus::Failed, "0007"),
            told("ab", "c", FinalStatus::Undelivered, "30007"),
            told("ab", "c", FinalStatus::Delivered, "30007"),
            told("ab", "c", FinalStatus::Failed, ""),
        ];
        for other in others {
            assert_ne!(SECRET.fingerprint(&other), SECRET.fingerprint(&first), "{other:?}");
        }
    }

    #[test]
    fn a_hold_is_no_content_of_a_message() {
        let told = event("m-1", Happening::Message(message(Direction::Outbound, 1)), Mode::Admit);
        let held = Event { hold: "h_1", ..told };
        assert_eq!(SECRET.fingerprint(&held), SECRET.fingerprint(&told));
    }

    #[test]
    fn an_id_is_kept_35_days_after_the_later_of_occurrence_and_posting() {
        let posted = Timestamp::from_nanos(1_000);
        let occurred = Timestamp::from_nanos(5_000);
        let remembered = Remembered {
            fingerprint: Fingerprint(1),
            verdict: Verdict { outcome: Taken::Posted, amount: Money::ZERO, seq: 1 },
            kept_until: kept_until(occurred, posted),
            course: None,
        };
        let end = occurred.plus(KEPT_FOR);
        let just_after = Timestamp::from_nanos(end.nanos() + 1);
        assert_eq!(remembered.judge(Fingerprint(1), end), Some(Repeat::Duplicate(remembered.verdict)));
        assert_eq!(remembered.judge(Fingerprint(2), end), Some(Repeat::Conflict));
        assert_eq!(remembered.judge(Fingerprint(1), just_after), None);
    }
}
