//! Endpoints: where alerts are sent, and what they are signed with (RULES, section 11).

use super::life::alert::AlertKind;
use super::time::Timestamp;
use super::wallet::WalletId;

/// An endpoint as its last change left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Counts the endpoints from 1.
    pub number: u32,
    pub url: Box<str>,
    /// The one wallet whose alerts it hears; `None` for all.
    pub wallet: Option<(WalletId, Box<str>)>,
    /// What it wants to hear; empty: everything.
    pub kinds: Vec<AlertKind>,
    /// `whsec_...`; the newest first. An older one signs too until it is dropped.
    pub secrets: Vec<Secret>,
    pub state: EndpointState,
    pub made_at: Timestamp,
}

/// What an endpoint's messages are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    pub text: Box<str>,
    /// From then on it signs no more; [`Timestamp::NEVER`] for the newest.
    pub until: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EndpointState {
    Active = 1,
    /// It has answered that it is gone (410).
    Disabled = 2,
    Removed = 3,
}

impl Endpoint {
    /// The id in the interface.
    pub fn id(&self) -> String {
        format!("wh_{}", self.number)
    }

    pub fn parse_id(id: &str) -> Option<u32> {
        let digits = id.strip_prefix("wh_")?;
        if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok()
    }

    /// Whether it is to hear of such an alert.
    pub fn hears(&self, wallet: WalletId, kind: AlertKind) -> bool {
        self.state == EndpointState::Active
            && self.wallet.as_ref().is_none_or(|(own, _)| *own == wallet)
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }

    /// The secrets that sign at `at`.
    pub fn secrets_at(&self, at: Timestamp) -> impl Iterator<Item = &str> {
        self.secrets.iter().filter(move |secret| at < secret.until).map(|secret| &*secret.text)
    }
}

impl EndpointState {
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointState::Active => "active",
            EndpointState::Disabled => "disabled",
            EndpointState::Removed => "removed",
        }
    }

    pub fn from_byte(byte: u8) -> Option<EndpointState> {
        use EndpointState::{Active, Disabled, Removed};
        [Active, Disabled, Removed].into_iter().find(|state| *state as u8 == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back() {
        assert_eq!(Endpoint::parse_id("wh_12"), Some(12));
        for id in ["", "wh_", "wh_0", "wh_01", "wh_+1", "12"] {
            assert_eq!(Endpoint::parse_id(id), None, "{id:?}");
        }
    }
}
