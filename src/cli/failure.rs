//! Why a command could not do its work, as one clear line.

/// Why a command could not do its work; told in one line on standard error.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        // One line, whatever a library or a server says.
        let message: String = message.into();
        Failure(message.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// What was tried, and what came of it.
    pub fn of(what: impl std::fmt::Display, error: impl std::fmt::Display) -> Failure {
        Failure::new(format!("{what}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        assert_eq!(Failure::of("a.toml", "line 1\n  |\n1 | x").to_string(), "a.toml: line 1 | 1 | x");
    }
}
