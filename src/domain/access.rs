//! Who may do what: the roles of keys (RULES, section 14).

/// What the holder of a key may do. The byte is what a row stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    Ingest = 1,
    Viewer = 2,
    Billing = 3,
    Operator = 4,
}

/// Something that needs a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    SendEvents,
    CountSegments,
    /// What became of an event that was sent.
    SeeMessages,
    /// Terms, balance and entries, with their explanations; holds, numbers, top-ups, alerts and their settings.
    SeeWallet,
    /// To take all of a wallet's entries or usage away as a file.
    Export,
    /// To hold a provider's file against a wallet's messages, and to post what a person picks from it.
    Reconcile,
    /// To make, settle and void holds, and to ask what they would come to.
    ManageHolds,
    /// To pay in by hand and to set how a wallet is topped up by itself.
    TopUp,
    /// To say at which balances a wallet warns.
    SetAlerts,
    /// To rent and release.
    ManageNumbers,
    /// To see, add, change and remove the webhooks of a wallet; with a key bound to all wallets, all webhooks.
    ManageWebhooks,
    Adjust,
    /// Of a wallet that exists.
    SetTerms,
    OpenWallet,
    /// To see, make and revoke the keys of a wallet; with a key bound to all wallets, all keys.
    ManageKeys,
    ManageTariffs,
    /// Who did what: of a wallet; with a key bound to all wallets, everything.
    SeeAudit,
    /// The test clock, and what the sandbox is made to do.
    MoveClock,
}

/// How many wallets a key must be bound to for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The wallet concerned is enough.
    OneWallet,
    /// It concerns all wallets, or one that no key can be bound to yet.
    AllWallets,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Ingest, Role::Viewer, Role::Billing, Role::Operator];

    /// The word used in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Ingest => "ingest",
            Role::Viewer => "viewer",
            Role::Billing => "billing",
            Role::Operator => "operator",
        }
    }

    pub fn parse(word: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// From the byte of a row.
    pub fn from_byte(byte: u8) -> Option<Role> {
        Self::ALL.into_iter().find(|role| *role as u8 == byte)
    }

    /// Whether the role is enough, wherever the key reaches; see [`Action::reach`].
    pub fn may(self, action: Action) -> bool {
        match self {
            Role::Ingest => matches!(
                action,
                Action::SendEvents | Action::CountSegments | Action::SeeMessages | Action::ManageHolds
            ),
            Role::Viewer => matches!(action, Action::SeeWallet | Action::SeeMessages),
            Role::Billing => {
                Role::Viewer.may(action)
                    || matches!(action, Action::TopUp | Action::SetAlerts | Action::Export)
            }
            Role::Operator => true,
        }
    }
}

impl Action {
    pub fn reach(self) -> Reach {
        match self {
            Action::OpenWallet | Action::ManageTariffs | Action::MoveClock => Reach::AllWallets,
            Action::SendEvents
            | Action::CountSegments
            | Action::SeeMessages
            | Action::SeeWallet
            | Action::Export
            | Action::Reconcile
            | Action::ManageHolds
            | Action::TopUp
            | Action::SetAlerts
            | Action::ManageNumbers
            | Action::ManageWebhooks
            | Action::Adjust
            | Action::SetTerms
            | Action::ManageKeys
            | Action::SeeAudit => Reach::OneWallet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_role_may_do() {
        use Reach::*;
        use Role::*;
        let table: [(Action, &[Role], Reach); 18] = [
            (Action::SendEvents, &[Ingest, Operator], OneWallet),
            (Action::CountSegments, &[Ingest, Operator], OneWallet),
            (Action::SeeMessages, &[Ingest, Viewer, Billing, Operator], OneWallet),
            (Action::SeeWallet, &[Viewer, Billing, Operator], OneWallet),
            (Action::Export, &[Billing, Operator], OneWallet),
            (Action::Reconcile, &[Operator], OneWallet),
            (Action::ManageHolds, &[Ingest, Operator], OneWallet),
            (Action::TopUp, &[Billing, Operator], OneWallet),
            (Action::SetAlerts, &[Billing, Operator], OneWallet),
            (Action::ManageNumbers, &[Operator], OneWallet),
            (Action::ManageWebhooks, &[Operator], OneWallet),
            (Action::Adjust, &[Operator], OneWallet),
            (Action::SetTerms, &[Operator], OneWallet),
            (Action::OpenWallet, &[Operator], AllWallets),
            (Action::ManageKeys, &[Operator], OneWallet),
            (Action::SeeAudit, &[Operator], OneWallet),
            (Action::ManageTariffs, &[Operator], AllWallets),
            (Action::MoveClock, &[Operator], AllWallets),
        ];
        for (action, want, reach) in table {
            let may: Vec<Role> = Role::ALL.into_iter().filter(|role| role.may(action)).collect();
            assert_eq!(may, want, "the roles that may {action:?}");
            assert_eq!(action.reach(), reach, "how far a key must reach to {action:?}");
        }
    }

    #[test]
    fn names_and_bytes_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(Role::from_byte(role as u8), Some(role));
        }
        assert_eq!(Role::parse("Operator"), None);
        assert_eq!(Role::from_byte(0), None);
        assert_eq!(Role::from_byte(5), None);
    }
}
