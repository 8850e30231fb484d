//! Documents of every shape. Each is made with all its fields, so that a new one cannot be forgotten.

use proptest::prelude::*;
use proptest::sample::select;

use super::{address, text};
use crate::domain::calendar::Day;
use crate::domain::endpoint::{Endpoint, EndpointState, Secret};
use crate::domain::event::FinalStatus;
use crate::domain::identity::{Fingerprint, Remembered, Taken, Verdict};
use crate::domain::life::Levels;
use crate::domain::life::alert::{Alert, AlertKind, Arming, Delivery, DeliveryState, Level};
use crate::domain::life::attempt::{Attempt, AttemptKind, AttemptState, Dispute, DisputeState, Method};
use crate::domain::life::auto::{AutoTopUp, Limits, StopReason, Switch, Tried};
use crate::domain::life::hold::{Hold, HoldState};
use crate::domain::life::number::{Arrear, Number, Release, ReleaseReason, Released, Warnings};
use crate::domain::money::Money;
use crate::domain::record::{NumberFee, VersionId};
use crate::domain::sender_type::SenderType;
use crate::domain::status::{Corrected, Counted, Course};
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;

/// One of every kind of document.
#[derive(Clone, Debug)]
pub struct Documents {
    pub hold: Hold,
    pub number: Number,
    pub attempt: Attempt,
    pub method: Method,
    pub auto: AutoTopUp,
    pub levels: Levels,
    pub alert: Alert,
    pub delivery: Delivery,
    pub endpoint: Endpoint,
    pub remembered: Remembered,
    pub fee: NumberFee,
    pub status: FinalStatus,
}

pub fn documents() -> impl Strategy<Value = Documents> {
    let of_wallet = (hold(), number(), attempt(), method(), auto(), levels(), alert(), delivery());
    let of_house = (endpoint(), remembered(), fee(), select(FinalStatus::ALL));
    (of_wallet, of_house).prop_map(|(of_wallet, (endpoint, remembered, fee, status))| {
        let (hold, number, attempt, method, auto, levels, alert, delivery) = of_wallet;
        Documents {
            hold,
            number,
            attempt,
            method,
            auto,
            levels,
            alert,
            delivery,
            endpoint,
            remembered,
            fee,
            status,
        }
    })
}

fn amount() -> impl Strategy<Value = Money> {
    any::<i64>().prop_map(Money::from_nanos)
}

fn at() -> impl Strategy<Value = Timestamp> {
    prop_oneof![3 => any::<i64>().prop_map(Timestamp::from_nanos), 1 => Just(Timestamp::NEVER)]
}

fn words() -> impl Strategy<Value = Box<str>> {
    text(300).prop_map(Into::into)
}

fn hold() -> impl Strategy<Value = Hold> {
    let amounts = (amount(), amount(), amount());
    (any::<u64>(), select(HoldState::ALL.to_vec()), amounts, (at(), at(), at()), words()).prop_map(
        |(number, state, (amount, remaining, settled), (made_at, expires_at, closed_at), campaign)| Hold {
            number,
            state,
            amount,
            remaining,
            settled,
            made_at,
            expires_at,
            closed_at,
            campaign,
        },
    )
}

fn number() -> impl Strategy<Value = Number> {
    let arrear = (any::<u32>(), at(), amount());
    let arrears = prop::collection::vec(
        arrear.prop_map(|(cycle, due_at, amount)| Arrear { cycle, due_at, amount }),
        0..4,
    );
    let warnings = select(vec![Warnings::SevenDays, Warnings::OneDay, Warnings::None]);
    let release = (at(), at(), warnings);
    let release = release.prop_map(|(at, warn_at, warnings)| Release { at, warn_at, warnings });
    let reason = select(vec![ReleaseReason::Unpaid, ReleaseReason::ByHand]);
    let released = (at(), reason, at(), at(), any::<u32>());
    let released = released.prop_map(|(at, reason, confirmed_at, tell_at, tries)| Released {
        at,
        reason,
        confirmed_at,
        tell_at,
        tries,
    });
    let rented = (any::<u64>(), address(), select(SenderType::ALL.to_vec()), at(), any::<u32>());
    let cycle = (any::<u32>(), at(), amount(), arrears);
    (rented, cycle, prop::option::of(release), prop::option::of(released)).prop_map(
        |(rented, (cycle, next_due_at, fee, arrears), release, released)| {
            let (rental, number, sender_type, bought_at, anchor) = rented;
            let (anchor, arrears) = (Day(anchor), arrears.into_iter().collect());
            Number {
                rental,
                number,
                sender_type,
                bought_at,
                anchor,
                cycle,
                next_due_at,
                fee,
                arrears,
                release,
                released,
            }
        },
    )
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let dispute = (words(), amount(), select(vec![DisputeState::Withdrawn, DisputeState::Reinstated]));
    let dispute = dispute.prop_map(|(id, amount, state)| Dispute { id, amount, state });
    let kind = select(vec![AttemptKind::Checkout, AttemptKind::Auto]);
    let state = (any::<u64>(), kind, select(AttemptState::ALL.to_vec()), any::<u32>(), any::<u64>());
    let amounts = (amount(), amount(), amount(), prop::collection::vec(dispute, 0..3));
    let texts = (words(), words(), words(), words(), words(), words());
    (state, amounts, (at(), at(), at(), at()), texts).prop_map(|(state, amounts, times, texts)| {
        let (number, kind, state, asked, seq) = state;
        let (amount, credited, refunded, disputes) = amounts;
        let (opened_at, called_at, ask_at, closed_at) = times;
        let (session, payment, url, return_url, code, method) = texts;
        Attempt {
            number,
            kind,
            state,
            amount,
            opened_at,
            called_at,
            ask_at,
            asked,
            closed_at,
            seq,
            credited,
            refunded,
            disputes: disputes.into_iter().collect(),
            session,
            payment,
            url,
            return_url,
            code,
            method,
        }
    })
}

fn method() -> impl Strategy<Value = Method> {
    let texts = (words(), words(), words(), words());
    texts.prop_map(|(customer, id, brand, last4)| Method { customer, id, brand, last4 })
}

fn auto() -> impl Strategy<Value = AutoTopUp> {
    let limits = (any::<u32>(), any::<u32>(), amount(), amount());
    let limits =
        limits.prop_map(|(attempts_per_day, attempts_per_month, amount_per_day, amount_per_month)| Limits {
            attempts_per_day,
            attempts_per_month,
            amount_per_day,
            amount_per_month,
        });
    let tried = || (any::<u32>(), amount()).prop_map(|(attempts, amount)| Tried { attempts, amount });
    let set = (select(vec![Switch::Off, Switch::On]), amount(), amount(), limits);
    let stopped = prop::option::of(select(StopReason::ALL.to_vec()));
    let state = (stopped, any::<u8>(), any::<u8>(), at(), at());
    (set, state, (any::<u32>(), tried(), tried())).prop_map(
        |((switch, minimum, amount, limits), state, (day, tried_of_day, tried_of_month))| {
            let (stopped, declines, successes_below, retry_at, limited_until) = state;
            AutoTopUp {
                switch,
                minimum,
                amount,
                limits,
                stopped,
                declines,
                successes_below,
                retry_at,
                limited_until,
                day: Day(day),
                tried_of_day,
                tried_of_month,
            }
        },
    )
}

fn levels() -> impl Strategy<Value = Levels> {
    let level = (amount(), select(vec![Arming::Armed, Arming::Told]));
    let level = level.prop_map(|(amount, arming)| Level { amount, arming });
    prop::collection::vec(level, 0..12).prop_map(|levels| levels.into_iter().collect())
}

fn alert() -> impl Strategy<Value = Alert> {
    let told = (any::<u64>(), select(AlertKind::ALL), words(), words());
    let endpoints = prop::collection::vec(any::<u32>(), 0..6);
    (told, amount(), amount(), at(), endpoints).prop_map(
        |((number, kind, about, code), amount, balance, when, endpoints)| {
            let endpoints = endpoints.into_iter().collect();
            Alert { number, kind, about, amount, balance, when, code, endpoints }
        },
    )
}

fn delivery() -> impl Strategy<Value = Delivery> {
    use DeliveryState::{Delivered, Dropped, Failed, Pending};
    let state = select(vec![Pending, Delivered, Failed, Dropped]);
    let numbers = (any::<u32>(), any::<u64>(), any::<u32>(), any::<u16>());
    (numbers, state, (at(), at(), at())).prop_map(
        |((endpoint, alert, tries, http_status), state, (first_at, last_at, next_at))| Delivery {
            endpoint,
            alert,
            state,
            tries,
            first_at,
            last_at,
            next_at,
            http_status,
        },
    )
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    let secret = (words(), at()).prop_map(|(text, until)| Secret { text, until });
    let state = select(vec![EndpointState::Active, EndpointState::Disabled, EndpointState::Removed]);
    let wallet = (any::<u8>(), any::<u32>(), words());
    let wallet = wallet.prop_map(|(partition, number, wallet)| (WalletId { partition, number }, wallet));
    let kinds = prop::collection::vec(select(AlertKind::ALL), 0..4);
    let secrets = prop::collection::vec(secret, 0..3);
    (any::<u32>(), words(), prop::option::of(wallet), kinds, secrets, state, at()).prop_map(
        |(number, url, wallet, kinds, secrets, state, made_at)| Endpoint {
            number,
            url,
            wallet,
            kinds,
            secrets,
            state,
            made_at,
        },
    )
}

fn remembered() -> impl Strategy<Value = Remembered> {
    let counted = (select(FinalStatus::ALL), words());
    let counted = counted.prop_map(|(status, error_code)| Counted { status, error_code });
    let statuses = prop::collection::vec(counted, 0..3);
    let corrected = (any::<u64>(), any::<u32>(), amount());
    let corrected =
        corrected.prop_map(|(seq, version, total)| Corrected { seq, version: VersionId(version), total });
    let settled = prop::option::of((amount(), amount(), prop::option::of(corrected)));
    let course = (statuses, settled).prop_map(|(statuses, settled)| {
        let statuses = statuses.into_iter().collect();
        match settled {
            Some((returned, failure_fee, corrected)) => {
                Course::Settled { statuses, returned, failure_fee, corrected }
            }
            None => Course::Early(statuses),
        }
    });
    use Taken::{BlockedInsufficientBalance, BlockedSuspended, Early, Kept, Posted};
    let outcome = select(vec![Posted, BlockedSuspended, BlockedInsufficientBalance, Kept, Early]);
    let verdict = (outcome, amount(), any::<u64>());
    let verdict = verdict.prop_map(|(outcome, amount, seq)| Verdict { outcome, amount, seq });
    (any::<u64>(), verdict, at(), prop::option::of(course)).prop_map(
        |(fingerprint, verdict, kept_until, course)| {
            let (fingerprint, course) = (Fingerprint(fingerprint), course.map(Box::new));
            Remembered { fingerprint, verdict, kept_until, course }
        },
    )
}

fn fee() -> impl Strategy<Value = NumberFee> {
    let row = prop::option::of((any::<u32>().prop_map(VersionId), 0..u32::MAX));
    (address(), any::<u64>(), any::<u32>(), at(), row)
        .prop_map(|(number, rental, cycle, due_at, row)| NumberFee { number, rental, cycle, due_at, row })
}

/// One of each with no two values alike, for the layout that must never change.
pub fn sample() -> Documents {
    let amount = Money::from_nanos;
    let at = Timestamp::from_nanos;
    let number = crate::domain::address::Address::parse("+18005550100").unwrap();
    let arrears = [(1, 2, 3), (4, 5, 6)];
    let arrears = arrears.map(|(cycle, due, owed)| Arrear { cycle, due_at: at(due), amount: amount(owed) });
    let released =
        Released { at: at(7), reason: ReleaseReason::ByHand, confirmed_at: at(8), tell_at: at(9), tries: 10 };
    let counted = |status, code: &str| Counted { status, error_code: code.into() };
    let statuses = [counted(FinalStatus::Failed, "30007"), counted(FinalStatus::Delivered, "")];
    Documents {
        hold: Hold {
            number: 11,
            state: HoldState::Voided,
            amount: amount(12),
            remaining: amount(13),
            settled: amount(14),
            made_at: at(15),
            expires_at: at(16),
            closed_at: at(17),
            campaign: "autumn".into(),
        },
        number: Number {
            rental: 18,
            number,
            sender_type: SenderType::TollFree,
            bought_at: at(19),
            anchor: Day(20_260_131),
            cycle: 20,
            next_due_at: at(21),
            fee: amount(22),
            arrears: arrears.into_iter().collect(),
            release: Some(Release { at: at(23), warn_at: at(24), warnings: Warnings::OneDay }),
            released: Some(released),
        },
        attempt: Attempt {
            number: 25,
            kind: AttemptKind::Auto,
            state: AttemptState::Unknown,
            amount: amount(26),
            opened_at: at(27),
            called_at: at(28),
            ask_at: at(29),
            asked: 30,
            closed_at: at(31),
            seq: 32,
            credited: amount(33),
            refunded: amount(34),
            disputes: [Dispute { id: "dp_1".into(), amount: amount(35), state: DisputeState::Reinstated }]
                .into_iter()
                .collect(),
            session: "cs_1".into(),
            payment: "pi_1".into(),
            url: "https://example.com/pay".into(),
            return_url: "https://example.com/back".into(),
            code: "card_declined".into(),
            method: "pm_1".into(),
        },
        method: Method {
            customer: "cus_1".into(),
            id: "pm_2".into(),
            brand: "visa".into(),
            last4: "4242".into(),
        },
        auto: AutoTopUp {
            switch: Switch::On,
            minimum: amount(36),
            amount: amount(37),
            limits: Limits {
                attempts_per_day: 38,
                attempts_per_month: 39,
                amount_per_day: amount(40),
                amount_per_month: amount(41),
            },
            stopped: Some(StopReason::StillBelow),
            declines: 42,
            successes_below: 43,
            retry_at: at(44),
            limited_until: at(45),
            day: Day(20_260_201),
            tried_of_day: Tried { attempts: 46, amount: amount(47) },
            tried_of_month: Tried { attempts: 48, amount: amount(49) },
        },
        levels: [
            Level { amount: amount(50), arming: Arming::Armed },
            Level { amount: amount(51), arming: Arming::Told },
        ]
        .into_iter()
        .collect(),
        alert: Alert {
            number: 52,
            kind: AlertKind::ReleaseWarned,
            about: "+18005550100".into(),
            amount: amount(53),
            balance: amount(54),
            when: at(55),
            code: "unpaid".into(),
            endpoints: [56, 57].into_iter().collect(),
        },
        delivery: Delivery {
            endpoint: 58,
            alert: 59,
            state: DeliveryState::Failed,
            tries: 60,
            first_at: at(61),
            last_at: at(62),
            next_at: at(63),
            http_status: 503,
        },
        endpoint: Endpoint {
            number: 64,
            url: "https://example.com/hook".into(),
            wallet: Some((WalletId { partition: 65, number: 66 }, "acme".into())),
            kinds: vec![AlertKind::Suspended, AlertKind::Resumed],
            secrets: vec![Secret { text: "whsec_1".into(), until: at(67) }],
            state: EndpointState::Disabled,
            made_at: at(68),
        },
        remembered: Remembered {
            fingerprint: Fingerprint(69),
            verdict: Verdict { outcome: Taken::Kept, amount: amount(70), seq: 71 },
            kept_until: at(72),
            course: Some(Box::new(Course::Settled {
                statuses: statuses.into_iter().collect(),
                returned: amount(73),
                failure_fee: amount(74),
                corrected: None,
            })),
        },
        fee: NumberFee { number, rental: 75, cycle: 76, due_at: at(77), row: Some((VersionId(78), 79)) },
        status: FinalStatus::Undelivered,
    }
}
