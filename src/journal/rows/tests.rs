//! Rows: every kind of record reads back as it was written, and nothing that is not a row is taken for one.

mod documents;

use proptest::prelude::*;

use super::*;
use crate::domain::event::{CAMPAIGN_BYTES_MAX, HOLD_BYTES_MAX, ID_BYTES_MAX, StatusReport};
use crate::domain::status::{Corrected, Course};
use documents::{Documents, documents};

/// The longest text in a short place.
const SHORT_BYTES_MAX: usize = 255;
const KINDS: [u8; 45] = [
    OPENED,
    TERMS_SET,
    MESSAGE_ENTRY,
    CARRIER_FEE_ENTRY,
    ADJUSTMENT_ENTRY,
    BLOCKED,
    SUSPENDED,
    RESUMED,
    HELD_MESSAGE_ENTRY,
    HELD_BLOCKED,
    STATUS,
    COURSE,
    REQUEST,
    HOLD,
    NUMBER,
    ATTEMPT,
    METHOD,
    AUTO_TOP_UP,
    LEVELS,
    ALERT,
    DELIVERY,
    MOVING_COURSE,
    DEED,
    NUMBER_FEE_ENTRY,
    TOP_UP_ENTRY,
    PAYMENT_REFUND_ENTRY,
    DISPUTE_ENTRY,
    DISPUTE_REINSTATED_ENTRY,
    HOLD_SETTLEMENT_ENTRY,
    REFUND_ENTRY,
    FAILURE_FEE_ENTRY,
    RECHARGE_ENTRY,
    FAILURE_FEE_RETURN_ENTRY,
    REFUND_WITH_ORIGIN_ENTRY,
    FAILURE_FEE_WITH_ORIGIN_ENTRY,
    RECHARGE_WITH_ORIGIN_ENTRY,
    FAILURE_FEE_RETURN_WITH_ORIGIN_ENTRY,
    CORRECTION_ENTRY,
    ADJUSTMENT_OF_ENTRY,
    SHORT_MESSAGE_ENTRY,
    TARIFF_ADDED,
    KEY_MADE,
    KEY_REVOKED,
    ENDPOINT_SET,
    HOUSE_DEED,
];
/// Those that version 0.1 wrote.
const FIRST_KINDS: [u8; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 128, 129, 130];
/// Those that came with usage.
const LAST_KINDS: [u8; 7] = [22, 42, 43, 44, 45, 46, 47];

const _: () = assert!(ID_BYTES_MAX <= SHORT_BYTES_MAX && CAMPAIGN_BYTES_MAX <= SHORT_BYTES_MAX);
const _: () = assert!(HOLD_BYTES_MAX <= SHORT_BYTES_MAX);

/// What a record of any kind is made of.
#[derive(Clone, Debug)]
struct Parts {
    short: [String; 4],
    long: [String; 2],
    wallet: u32,
    numbers: [u64; 2],
    amounts: [i64; 3],
    ids: [u32; 3],
    digest: [u8; 32],
    message: Message,
    carrier_fee_channel: Option<Address>,
    role: Role,
    mode: Mode,
    reason: Lack,
    documents: Documents,
}

/// Texts up to `bytes_max`: none, the longest of one byte and of four bytes a character, and anything.
fn text(bytes_max: usize) -> impl Strategy<Value = String> {
    let cut = move |text: String| text[..text.floor_char_boundary(bytes_max)].to_owned();
    prop_oneof![
        1 => Just(String::new()),
        1 => Just("x".repeat(bytes_max)),
        1 => Just("\u{1f980}".repeat(bytes_max / 4)),
        4 => any::<String>().prop_map(cut),
    ]
}

fn address() -> impl Strategy<Value = Address> {
    let written = ["+1234567", "+123456789012345", "123", "12345678", "A", "Acme Bank 1", "a&b+c-d_e.f"];
    prop::sample::select(written.map(|text| Address::parse(text).unwrap()).to_vec())
}

fn message() -> impl Strategy<Value = Message> {
    let kind = prop::sample::select(Kind::ALL);
    let direction = prop::sample::select(Direction::ALL);
    let encoding = prop::option::of(prop::sample::select(Encoding::ALL));
    let sender_type = prop::sample::select(SenderType::ALL.to_vec());
    let carriers = ["00000", "31026", "310260", "000000", "999999"].map(Carrier::parse);
    let carrier = prop_oneof![Just(None), prop::sample::select(carriers.to_vec())];
    let units = (1u8..=255, prop::option::of(1u8..=255), encoding);
    (direction, kind, address(), address(), units, sender_type, carrier).prop_map(
        |(direction, kind, channel, peer, (billed, counted, encoding), sender_type, carrier)| {
            let units = Units { billed, counted, encoding };
            Message { direction, kind, channel, peer, units, sender_type, carrier }
        },
    )
}

fn parts() -> impl Strategy<Value = Parts> {
    let short = || text(SHORT_BYTES_MAX);
    let texts = ([short(), short(), short(), short()], [text(2_000), text(2_000)]);
    let numbers = (any::<u32>(), any::<[u64; 2]>(), any::<[i64; 3]>(), any::<[u32; 3]>(), any::<[u8; 32]>());
    let words = (
        prop::sample::select(Role::ALL.to_vec()),
        prop::sample::select(Mode::ALL),
        prop_oneof![Just(Lack::Suspended), Just(Lack::InsufficientBalance)],
    );
    let message = (message(), prop::option::of(address()));
    (texts, numbers, message, words, documents()).prop_map(
        |((short, long), (wallet, numbers, amounts, ids, digest), message, words, documents)| {
            let (role, mode, reason) = words;
            let (message, carrier_fee_channel) = message;
            Parts {
                short,
                long,
                wallet,
                numbers,
                amounts,
                ids,
                digest,
                message,
                carrier_fee_channel,
                role,
                mode,
                reason,
                documents,
            }
        },
    )
}

impl Parts {
    fn event(&self, happening: Happening<'_>) -> Event<'_> {
        let [id, source, campaign, _] = &self.short;
        // Texts borrowed from elsewhere live as long as the parts do.
        let happening = match happening {
            Happening::Message(message) => Happening::Message(message),
            Happening::CarrierFee { amount, channel, .. } => {
                Happening::CarrierFee { amount, channel, reason: &self.long[0] }
            }
            Happening::Status(report) => Happening::Status(StatusReport {
                message: Name { source, id },
                error_code: campaign,
                ..report
            }),
        };
        let occurred_at = Timestamp::from_nanos(self.amounts[2]);
        Event {
            name: Name { source, id },
            happening,
            mode: self.mode,
            occurred_at,
            campaign,
            tags: &self.long[1],
            hold: "",
        }
    }

    fn price(&self) -> Price {
        let units = i64::from(self.message.units.billed);
        let unit_price = Money::from_nanos(self.amounts[0] / units);
        let rated = Rated {
            rate_row: self.ids[0],
            fee_row: Some(self.ids[1]).filter(|row| *row != NONE),
            unit_price,
            price: Money::from_nanos(unit_price.nanos() * units),
            carrier_fee: Money::from_nanos(self.amounts[1]),
            country: Some(*b"HK").filter(|_| self.ids[2].is_multiple_of(2)),
        };
        Price { version: VersionId(self.ids[2]), rated }
    }

    fn change(&self, kind: u8) -> Change<'_> {
        let [wallet, name, time_zone, actor] = &self.short;
        let currency = Currency::parse(["USD", "EUR", "JPY"][self.wallet as usize % 3]).unwrap();
        let terms = Terms { wallet, name, time_zone, currency, tariff: TariffId(self.ids[0]) };
        let [amount, balance_after] = [self.amounts[0], self.amounts[1]].map(Money::from_nanos);
        let entry = |cause| Change::Entry(Entry { seq: self.numbers[1], amount, balance_after, cause });
        let message = self.event(Happening::Message(self.message));
        let fee =
            Happening::CarrierFee { amount: balance_after, channel: self.carrier_fee_channel, reason: "" };
        let adjustment = Adjustment { idempotency_key: wallet, amount, reason: &self.long[0], actor, of: 0 };
        // What names a hold names one: an empty name is none.
        let hold = if actor.is_empty() { "h_1" } else { actor };
        let held = Event { hold, ..message };
        let (of, origin) = (self.numbers[0], Some(self.origin()));
        let Documents { hold, number, attempt, method, auto, levels, alert, delivery, .. } = &self.documents;
        match kind {
            OPENED => Change::Opened(terms),
            TERMS_SET => Change::TermsSet(terms),
            MESSAGE_ENTRY => entry(Cause::Message { event: message, price: self.price() }),
            CARRIER_FEE_ENTRY => entry(Cause::CarrierFee { event: self.event(fee) }),
            ADJUSTMENT_ENTRY => entry(Cause::Adjustment(adjustment)),
            BLOCKED => Change::Blocked { event: message, reason: self.reason },
            SUSPENDED => Change::Suspended,
            RESUMED => Change::Resumed,
            HELD_MESSAGE_ENTRY => entry(Cause::Message { event: held, price: self.price() }),
            HELD_BLOCKED => Change::Blocked { event: held, reason: self.reason },
            SHORT_MESSAGE_ENTRY => Change::Entry(self.short_entry(message, held)),
            STATUS => Change::Status(Box::new(self.status_taken())),
            COURSE | MOVING_COURSE => {
                let remembered = self.documents.remembered.clone();
                let moved = (kind == MOVING_COURSE).then(|| self.moved());
                Change::Course(Box::new(CourseSet { message: message.name, remembered, moved }))
            }
            REQUEST => {
                let [fingerprint, answer] = self.numbers;
                Change::Request(Request { idempotency_key: wallet, fingerprint, answer })
            }
            HOLD => Change::Hold(Box::new(hold.clone())),
            NUMBER => Change::Number(Box::new(number.clone())),
            ATTEMPT => Change::Attempt(Box::new(attempt.clone())),
            METHOD => Change::Method(Box::new(method.clone())),
            AUTO_TOP_UP => Change::AutoTopUp(Box::new(auto.clone())),
            LEVELS => Change::Levels(Box::new(levels.clone())),
            ALERT => Change::Alert(Box::new(alert.clone())),
            DELIVERY => Change::Delivery(Box::new(delivery.clone())),
            DEED => Change::Deed(Box::new(self.deed())),
            NUMBER_FEE_ENTRY => entry(Cause::NumberFee(self.documents.fee)),
            TOP_UP_ENTRY => entry(Cause::TopUp { attempt: of }),
            PAYMENT_REFUND_ENTRY => entry(Cause::PaymentRefund { attempt: of }),
            DISPUTE_ENTRY => entry(Cause::Dispute { attempt: of }),
            DISPUTE_REINSTATED_ENTRY => entry(Cause::DisputeReinstated { attempt: of }),
            HOLD_SETTLEMENT_ENTRY => entry(Cause::HoldSettlement { hold: of }),
            REFUND_ENTRY => entry(Cause::Refund { of, origin: None }),
            FAILURE_FEE_ENTRY => entry(Cause::FailureFee { of, origin: None }),
            RECHARGE_ENTRY => entry(Cause::Recharge { of, origin: None }),
            FAILURE_FEE_RETURN_ENTRY => entry(Cause::FailureFeeReturn { of, origin: None }),
            REFUND_WITH_ORIGIN_ENTRY => entry(Cause::Refund { of, origin }),
            FAILURE_FEE_WITH_ORIGIN_ENTRY => entry(Cause::FailureFee { of, origin }),
            RECHARGE_WITH_ORIGIN_ENTRY => entry(Cause::Recharge { of, origin }),
            FAILURE_FEE_RETURN_WITH_ORIGIN_ENTRY => entry(Cause::FailureFeeReturn { of, origin }),
            CORRECTION_ENTRY => entry(Cause::Correction(self.correction())),
            ADJUSTMENT_OF_ENTRY => entry(Cause::Adjustment(Adjustment { of: of.max(1), ..adjustment })),
            _ => panic!("no kind of a wallet's record: {kind}"),
        }
    }

    /// An entry as messages have it: its amount follows from its price, and its record is not before it.
    fn short_entry<'a>(&'a self, message: Event<'a>, held: Event<'a>) -> Entry<'a> {
        let mut price = self.price();
        let units = i64::from(self.message.units.billed);
        // So small that the sum has room, of nothing too.
        let nanos = |amount: i64| (amount.unsigned_abs() >> (self.ids[0] % 63 + 1)) as i64;
        let unit_price = nanos(self.amounts[0]) / (2 * units);
        price.rated.unit_price = Money::from_nanos(unit_price);
        price.rated.price = Money::from_nanos(unit_price * units);
        price.rated.carrier_fee = Money::from_nanos(nanos(self.amounts[1]) / 2);
        let amount = price.rated.total().checked_neg().unwrap();
        let event = if self.ids[1].is_multiple_of(2) { message } else { held };
        let seq = self.numbers[0] - self.numbers[1] % (self.numbers[0] / 2 + 1);
        let balance_after = Money::from_nanos(self.amounts[2]);
        Entry { seq, amount, balance_after, cause: Cause::Message { event, price } }
    }

    fn origin(&self) -> Origin<'_> {
        let [occurred_at, posted_at, _] = self.amounts.map(Timestamp::from_nanos);
        let Message { channel, direction, kind, .. } = self.message;
        let country = self.price().rated.country;
        Origin { occurred_at, posted_at, channel, direction, kind, country, campaign: &self.short[2] }
    }

    fn correction(&self) -> Correction<'_> {
        let [id, _, _, actor] = &self.short;
        Correction {
            of: self.numbers[0],
            price: self.price(),
            before: Money::from_nanos(self.amounts[2]),
            origin: self.origin(),
            run: Run { id, reason: &self.long[0], actor },
        }
    }

    fn moved(&self) -> Moved<'_> {
        let from = Some(FinalStatus::Failed).filter(|_| self.ids[1].is_multiple_of(2));
        Moved { seq: self.numbers[1], from, to: self.documents.status, origin: self.origin() }
    }

    fn status_taken(&self) -> StatusTaken<'_> {
        let (message, error_code) = (Name { source: "", id: "" }, "");
        let report = StatusReport { message, status: self.documents.status, error_code };
        let event = self.event(Happening::Status(report));
        StatusTaken { event, verdict: self.documents.remembered.verdict, message_seq: self.numbers[1] }
    }

    fn deed(&self) -> Deed<'_> {
        let [about, .., actor] = &self.short;
        let action = Act::ALL[self.numbers[1] as usize % Act::ALL.len()];
        Deed { actor, action, about }
    }

    fn house(&self, kind: u8) -> HouseRecord<'_> {
        let [id, wallet, name, actor] = &self.short;
        match kind {
            TARIFF_ADDED => {
                HouseRecord::TariffAdded { version: VersionId(self.ids[0]), text: &self.long[0], actor }
            }
            KEY_MADE => HouseRecord::KeyMade(KeyRecord {
                id,
                role: self.role,
                wallet,
                name,
                digest: self.digest,
                actor,
            }),
            KEY_REVOKED => HouseRecord::KeyRevoked { id, actor },
            ENDPOINT_SET => {
                HouseRecord::EndpointSet { endpoint: Box::new(self.documents.endpoint.clone()), actor }
            }
            HOUSE_DEED => HouseRecord::Deed { wallet, deed: self.deed() },
            _ => panic!("no kind of the house's records: {kind}"),
        }
    }

    /// What a row of a kind should read as.
    fn row(&self, kind: u8) -> Row<'_> {
        if kind >= TARIFF_ADDED {
            return Row::House { record: self.house(kind) };
        }
        let occurred_at = Timestamp::from_nanos(self.amounts[2]);
        let record = Record { number: self.numbers[0], occurred_at, change: self.change(kind) };
        Row::Wallet { wallet: self.wallet, record }
    }

    fn written(&self, kind: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.row(kind) {
            Row::Wallet { wallet, record } => put_record(&mut bytes, wallet, &record),
            Row::House { record } => put_house(&mut bytes, &record, Timestamp::from_nanos(self.amounts[2])),
        }
        bytes
    }
}

proptest! {
    #[test]
    fn every_kind_of_record_reads_back_as_it_was_written(parts in parts()) {
        let mut body = Vec::new();
        for kind in KINDS {
            let bytes = parts.written(kind);
            prop_assert_eq!(bytes[4], kind);
            prop_assert_eq!(read(&bytes), Ok(parts.row(kind)));
            body.extend_from_slice(&bytes);
        }
        let rows: Vec<_> = Rows::new(&body).map(Result::unwrap).collect();
        prop_assert_eq!(&rows.concat(), &body, "a frame's rows are all its bytes");
        prop_assert!(rows.iter().zip(KINDS).all(|(row, kind)| read(row) == Ok(parts.row(kind))));
    }

    #[test]
    fn a_row_cut_short_or_longer_than_its_parts_cannot_be_read(parts in parts(), kind in prop::sample::select(KINDS.to_vec())) {
        let bytes = parts.written(kind);
        for length in (0..bytes.len().min(300)).chain([bytes.len() - 1]) {
            prop_assert!(read(&bytes[..length]).is_err(), "cut at {}", length);
            // Nor where its length is cut with it.
            let mut cut = bytes[..length].to_vec();
            if length >= 4 {
                cut[..4].copy_from_slice(&(length as u32).to_le_bytes());
                prop_assert!(read(&cut).is_err(), "shortened to {}", length);
            }
        }
        let mut long = bytes.clone();
        long.push(0);
        prop_assert!(read(&long).is_err());
        long[..4].copy_from_slice(&(bytes.len() as u32 + 1).to_le_bytes());
        prop_assert_eq!(read(&long), Err(RowError("longer than its parts")));
    }

    #[test]
    fn changed_bytes_are_read_or_refused_and_never_panic(
        parts in parts(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        for kind in KINDS {
            let mut bytes = parts.written(kind);
            for (place, mask) in &flips {
                let place = place.index(bytes.len());
                bytes[place] ^= mask;
            }
            let _ = read(&bytes);
            let rows = Rows::new(&bytes).take(bytes.len() + 1).collect::<Vec<_>>();
            prop_assert!(rows.len() <= bytes.len(), "the rows of a frame come to an end");
            rows.into_iter().flatten().for_each(|row| drop(read(row)));
        }
    }

    #[test]
    fn any_bytes_at_all_are_read_or_refused_and_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), kind in any::<u8>()) {
        Rows::new(&bytes).flatten().for_each(|row| drop(read(row)));
        if bytes.len() > 5 {
            let length = bytes.len() as u32;
            bytes[..4].copy_from_slice(&length.to_le_bytes());
            bytes[4] = KINDS.get(usize::from(kind) % 64).copied().unwrap_or(kind);
        }
        let _ = read(&bytes);
    }
}

/// A journal is read for years: a row's layout never changes under its kind, a new layout is a new kind.
#[test]
fn j2_the_layout_of_every_kind_of_row_is_what_it_always_was() {
    let message = Message {
        direction: Direction::Inbound,
        kind: Kind::Mms,
        channel: Address::parse("+14155550100").unwrap(),
        peer: Address::parse("ACME").unwrap(),
        units: Units { billed: 3, counted: Some(2), encoding: Some(Encoding::Ucs2) },
        sender_type: SenderType::TollFree,
        carrier: Carrier::parse("310260"),
    };
    let parts = Parts {
        short: ["one", "two", "three", "four"].map(str::to_owned),
        long: ["five", "six"].map(str::to_owned),
        wallet: 7,
        numbers: [8, 9],
        amounts: [10, 11, 12],
        ids: [13, 14, 15],
        digest: [16; 32],
        message,
        carrier_fee_channel: Some(message.channel),
        role: Role::Billing,
        mode: Mode::Report,
        reason: Lack::InsufficientBalance,
        documents: documents::sample(),
    };
    let later_kinds: Vec<_> = KINDS.into_iter().filter(|kind| !FIRST_KINDS.contains(kind)).collect();
    let (deeds, later_kinds): (Vec<_>, Vec<_>) =
        later_kinds.into_iter().partition(|kind| [DEED, HOUSE_DEED].contains(kind));
    let (short_kinds, later_kinds): (Vec<_>, Vec<_>) =
        later_kinds.into_iter().partition(|kind| *kind == SHORT_MESSAGE_ENTRY);
    let (last_kinds, later_kinds): (Vec<_>, Vec<_>) =
        later_kinds.into_iter().partition(|kind| LAST_KINDS.contains(kind));
    assert_eq!(later_kinds, (9..=21).chain(32..=41).chain([131]).collect::<Vec<_>>());
    assert_eq!(last_kinds, LAST_KINDS);
    assert_eq!(short_kinds, [48]);
    assert_eq!(deeds, [23, 132]);
    let table = [
        (&FIRST_KINDS[..], "5e7ddb67f4e9790c"),
        (&later_kinds, "87ed43244ae13742"),
        (&LAST_KINDS, "bd4fdf2392b236f4"),
        (&deeds, "9ddffbcfb44a6d44"),
        (&short_kinds, "064c16c2f3f548f7"),
    ];
    for (kinds, want) in table {
        let bytes: Vec<u8> = kinds.iter().flat_map(|kind| parts.written(*kind)).collect();
        let hash = blake3::hash(&bytes).to_hex();
        assert_eq!(&hash[..16], want, "journals already written could not be read: {kinds:?}");
    }
    let corrected = Corrected { seq: 1, version: VersionId(2), total: Money::from_nanos(3) };
    let mut bytes = Vec::new();
    Course::fresh().at(corrected).put(&mut bytes);
    let want =
        [&[3, 0, 0, 0, 0][..], &[0; 16], &[1, 0, 0, 0, 0, 0, 0, 0], &[2, 0, 0, 0], &[3, 0, 0, 0, 0, 0, 0, 0]];
    assert_eq!(bytes, want.concat(), "the course of a message that was corrected");
}
