//! Where the provider is, and how we are known to each other.

use std::fmt;

/// How to reach Stripe. The defaults lack only the secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Up to, but without, `/v1`.
    pub base_url: String,
    pub secret_key: String,
    /// Of the webhook endpoint; several while they are rotated.
    pub webhook_secrets: Vec<String>,
    pub connect_milliseconds: u32,
    /// For a whole call. Stripe itself gives up after 80 seconds.
    pub answer_milliseconds: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the base URL is not an http:// or https:// address")]
    BaseUrl,
    #[error("the secret key is missing or has characters that a header cannot have")]
    SecretKey,
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

impl Settings {
    /// Whether the key takes real money (`sk_live_...`, or a restricted `rk_live_...`).
    pub fn livemode(&self) -> bool {
        ["sk_live_", "rk_live_"].iter().any(|prefix| self.secret_key.starts_with(prefix))
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            base_url: "https://api.stripe.com".to_owned(),
            secret_key: String::new(),
            webhook_secrets: Vec::new(),
            connect_milliseconds: 5_000,
            answer_milliseconds: 30_000,
        }
    }
}

impl fmt::Debug for Settings {
    /// Without the secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings")
            .field("base_url", &self.base_url)
            .field("webhook_secrets", &self.webhook_secrets.len())
            .field("connect_milliseconds", &self.connect_milliseconds)
            .field("answer_milliseconds", &self.answer_milliseconds)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_live_keys_take_real_money() {
        let table = [
            ("sk_live_1", true),
            ("rk_live_1", true),
            ("sk_test_1", false),
            ("rk_test_1", false),
            ("", false),
        ];
        for (key, want) in table {
            let settings = Settings { secret_key: key.to_owned(), ..Settings::default() };
            assert_eq!(settings.livemode(), want, "{key:?}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings = Settings {
            secret_key: "sk_live_hidden".into(),
            webhook_secrets: vec!["whsec_hidden".into()],
            ..Settings::default()
        };
        assert!(!format!("{settings:?}").contains("hidden"));
    }
}
