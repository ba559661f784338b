//! The message of a failed command: its error and the causes, each once. Some errors include their cause in their own
//! message, for the log, and would repeat it as a cause.

use super::{language, messages};
use crate::domain::Language;

/// Formats the error for people, in the language of the command line.
pub(crate) fn told(error: &anyhow::Error) -> String {
    told_in(error, language::current())
}

/// Formats the error for people, in one language.
pub(super) fn told_in(error: &anyhow::Error, language: Language) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let sentence = messages::of(cause).map_or_else(|| cause.to_string(), |message| message.text(language));
        if told.is_empty() {
            told = sentence;
        } else if !told.contains(&sentence) {
            told = format!("{told}: {sentence}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;
    use crate::config::ConfigError;
    use crate::service::{CheckpointError, ServiceError};

    fn broken() -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::PermissionDenied, "permission denied by the test")
    }

    #[test]
    fn each_cause_is_told_once() {
        let errors = [
            anyhow::Error::from(CheckpointError::from(broken())),
            ServiceError::from(CheckpointError::from(broken())).into(),
            ConfigError::File { path: "settings.toml".into(), source: broken().into() }.into(),
            Err::<(), _>(broken()).context("the file can't be read").unwrap_err(),
            Err::<(), _>(CheckpointError::from(broken())).context("audit.checkpoint_file").unwrap_err(),
        ];
        for error in errors {
            let told = told(&error);
            assert_eq!(told.matches("permission denied by the test").count(), 1, "{told}");
        }
    }
}
