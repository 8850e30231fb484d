//! Deeds: what somebody did by a call, and who it was (RULES, section 14). What traffic and the engine itself do is none.

use super::decide::{Command, Rest};
use super::life::alert::Alert;
use super::life::attempt::Attempt;
use super::life::hold::Hold;
use super::record::Terms;

/// Most bytes of what a deed was about; what is longer is cut.
pub const ABOUT_BYTES_MAX: usize = 255;

/// An act with its actor, as it is journalled right behind what it posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed<'a> {
    /// The id of the key that asked for it.
    pub actor: &'a str,
    pub action: Act,
    /// What it was done to, in a few words for people.
    pub about: &'a str,
}

macro_rules! acts {
    ($($act:ident = $byte:literal $word:literal)+) => {
        /// What was done. The byte is what a row stores.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Act { $($act = $byte),+ }

        impl Act {
            pub const ALL: &'static [Act] = &[$(Act::$act),+];

            /// The stable word of the interface.
            pub fn as_str(self) -> &'static str {
                match self { $(Act::$act => $word),+ }
            }
        }
    };
}

acts! {
    WalletOpened = 1 "wallet.opened"
    WalletChanged = 2 "wallet.changed"
    AutoTopUpSet = 3 "auto_top_up.set"
    AutoTopUpDisabled = 4 "auto_top_up.disabled"
    AlertsSet = 5 "alerts.set"
    NumberBought = 6 "number.bought"
    NumberReleased = 7 "number.released"
    HoldMade = 8 "hold.made"
    HoldSettled = 9 "hold.settled"
    HoldVoided = 10 "hold.voided"
    TopUpOpened = 11 "top_up.opened"
    WebhookReplayed = 12 "webhook.replayed"
    ExportMade = 13 "export.made"
    AuditExported = 14 "audit.exported"
    CorrectionPosted = 15 "correction.posted"
    // Those below are told by records of their own, which carry their actor.
    AdjustmentPosted = 64 "adjustment.posted"
    TariffAdded = 65 "tariff.added"
    KeyMade = 66 "key.made"
    KeyRevoked = 67 "key.revoked"
    WebhookAdded = 68 "webhook.added"
    WebhookSecretRotated = 69 "webhook.secret_rotated"
    WebhookDisabled = 70 "webhook.disabled"
    WebhookRemoved = 71 "webhook.removed"
}

impl Act {
    /// From the byte of a row.
    pub fn from_byte(byte: u8) -> Option<Act> {
        Self::ALL.iter().copied().find(|act| *act as u8 == byte)
    }
}

/// What a command that somebody asked for is told as, once it came to the document `answer`; `None` of traffic, of what
/// the engine's own effects came to, and of what a record of its own tells: an adjustment, and terms ([`terms_about`]).
pub fn deed_of(command: &Command<'_>, answer: u64) -> Option<(Act, String)> {
    Some(match command {
        Command::BuyNumber { number, sender_type } => {
            (Act::NumberBought, format!("{number} {}", sender_type.as_str()))
        }
        Command::ReleaseNumber { number } => (Act::NumberReleased, number.to_string()),
        Command::MakeHold { amount, campaign: "", .. } => {
            (Act::HoldMade, format!("{} {amount}", Hold::id(answer)))
        }
        Command::MakeHold { amount, campaign, .. } => {
            (Act::HoldMade, format!("{} {amount} {campaign}", Hold::id(answer)))
        }
        Command::SettleHold { hold, amount, rest: Rest::Stays } => {
            (Act::HoldSettled, format!("{} {amount}", Hold::id(*hold)))
        }
        Command::SettleHold { hold, amount, rest: Rest::Freed } => {
            (Act::HoldSettled, format!("{} {amount} final", Hold::id(*hold)))
        }
        Command::VoidHold { hold } => (Act::HoldVoided, Hold::id(*hold)),
        Command::OpenCheckout { amount, .. } => {
            (Act::TopUpOpened, format!("{} {amount}", Attempt::id(answer)))
        }
        Command::SetAutoTopUp { settings } => match settings.on {
            None => (Act::AutoTopUpDisabled, String::new()),
            Some(terms) => {
                (Act::AutoTopUpSet, format!("minimum_balance {} amount {}", terms.minimum, terms.amount))
            }
        },
        Command::SetLevels { levels } => {
            let levels: Vec<String> = levels.iter().map(ToString::to_string).collect();
            (Act::AlertsSet, levels.join(" "))
        }
        Command::Redeliver { endpoint, alert } => {
            (Act::WebhookReplayed, format!("wh_{endpoint} {}", Alert::id(*alert)))
        }
        Command::Correct { .. } if answer == 0 => return None,
        Command::Correct { run, .. } => {
            (Act::CorrectionPosted, format!("{} {answer} messages: {}", run.id, run.reason))
        }
        Command::Keep { action, about } => (*action, (*about).to_owned()),
        Command::Post { .. }
        | Command::Status { .. }
        | Command::Adjust(_)
        | Command::SetTerms(_)
        | Command::ReleaseTold { .. }
        | Command::Payment { .. }
        | Command::Delivered { .. } => return None,
    })
}

/// What the deed of opening a wallet or of changing its terms is about.
pub fn terms_about(terms: &Terms<'_>, tariff: &str) -> String {
    let Terms { name, currency, time_zone, .. } = terms;
    let about = format!("{currency} {time_zone} {tariff} {name}");
    about.trim_end().to_owned()
}

/// A text cut to what a row has room for, between characters.
pub fn cut(about: &str) -> &str {
    &about[..about.floor_char_boundary(ABOUT_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;
    use crate::domain::decide::{AutoSettings, AutoTerms};
    use crate::domain::life::auto::Limits;
    use crate::domain::record::Run;
    use crate::domain::samples::{TERMS, money};
    use crate::domain::sender_type::SenderType;
    use crate::domain::time::Timestamp;

    #[test]
    fn words_and_bytes_read_back_and_are_each_ones_own() {
        for act in Act::ALL {
            assert_eq!(Act::from_byte(*act as u8), Some(*act));
            let same = Act::ALL.iter().filter(|other| other.as_str() == act.as_str());
            assert_eq!(same.count(), 1, "{act:?}");
        }
        assert_eq!(Act::from_byte(0), None);
    }

    #[test]
    fn what_somebody_asked_for_is_told_and_what_the_engine_does_is_not() {
        let number = Address::parse("+14155550100").unwrap();
        let (amount, expires_at) = (money("2.5"), Timestamp::NEVER);
        let limits = Limits::default();
        let on = Some(AutoTerms { minimum: money("20"), amount: money("50"), limits });
        let levels = [money("100"), money("20")];
        let table = [
            (
                Command::BuyNumber { number, sender_type: SenderType::Local },
                Some("number.bought: +14155550100 local"),
            ),
            (Command::ReleaseNumber { number }, Some("number.released: +14155550100")),
            (Command::MakeHold { amount, expires_at, campaign: "" }, Some("hold.made: h_7 2.5")),
            (Command::MakeHold { amount, expires_at, campaign: "spring" }, Some("hold.made: h_7 2.5 spring")),
            (Command::SettleHold { hold: 3, amount, rest: Rest::Stays }, Some("hold.settled: h_3 2.5")),
            (Command::SettleHold { hold: 3, amount, rest: Rest::Freed }, Some("hold.settled: h_3 2.5 final")),
            (Command::VoidHold { hold: 3 }, Some("hold.voided: h_3")),
            (Command::OpenCheckout { amount, return_url: "" }, Some("top_up.opened: tu_7 2.5")),
            (
                Command::SetAutoTopUp { settings: AutoSettings { on } },
                Some("auto_top_up.set: minimum_balance 20 amount 50"),
            ),
            (Command::SetAutoTopUp { settings: AutoSettings { on: None } }, Some("auto_top_up.disabled: ")),
            (Command::SetLevels { levels: &levels }, Some("alerts.set: 100 20")),
            (Command::SetLevels { levels: &[] }, Some("alerts.set: ")),
            (Command::Redeliver { endpoint: 1, alert: 9 }, Some("webhook.replayed: wh_1 al_9")),
            (Command::Keep { action: Act::ExportMade, about: "x" }, Some("export.made: x")),
            (
                Command::Correct {
                    run: Run { id: "run-1", reason: "typo", actor: "key_1" },
                    messages: Vec::new(),
                },
                Some("correction.posted: run-1 7 messages: typo"),
            ),
            (Command::ReleaseTold { rental: 1, again_at: Timestamp::NEVER }, None),
            (Command::SetTerms(TERMS), None),
        ];
        for (command, want) in table {
            let told = deed_of(&command, 7).map(|(act, about)| format!("{}: {about}", act.as_str()));
            assert_eq!(told.as_deref(), want, "{command:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        let long = "\u{1f980}".repeat(70);
        assert_eq!(cut(&long).len(), 252);
        assert_eq!(cut("short"), "short");
    }
}
