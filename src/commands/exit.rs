//! The exit codes of all commands. `docs/operations.md` has the same table, and a test compares the two.

use std::process::ExitCode;

use crate::service::{ErrorKind, ServiceError};

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// The command succeeded, or there was nothing to do.
    Done,
    /// Something doesn't work: a setting, the database, a file, the carrier, standard output.
    Failed,
    /// The arguments are invalid: an option, a value, a date.
    Usage,
    /// The command is valid but isn't possible in the current state. Nothing was changed.
    Refused,
    /// A check found something wrong.
    Found,
}

impl Exit {
    /// All exits in the order of their codes.
    #[cfg(test)]
    pub(super) const ALL: [Self; 5] = [Self::Done, Self::Failed, Self::Usage, Self::Refused, Self::Found];

    /// Returns the process's exit code.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Found => 4,
        }
    }

    /// Returns the exit for a command that failed with this error.
    pub(super) fn of(error: &anyhow::Error) -> Self {
        error
            .chain()
            .find_map(|cause| {
                let ends = cause.downcast_ref::<Ends>().map(|ends| ends.exit);
                ends.or_else(|| cause.downcast_ref::<ServiceError>().map(of_refused))
            })
            .unwrap_or(Self::Failed)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error message with its exit.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
struct Ends {
    exit: Exit,
    sentence: String,
}

/// Returns an error that ends the command with [`Exit::Usage`].
pub(super) fn usage(sentence: impl std::fmt::Display) -> anyhow::Error {
    Ends { exit: Exit::Usage, sentence: sentence.to_string() }.into()
}

/// Returns an error that ends the command with [`Exit::Refused`].
pub(super) fn refused(sentence: impl std::fmt::Display) -> anyhow::Error {
    Ends { exit: Exit::Refused, sentence: sentence.to_string() }.into()
}

/// Returns an error that ends the command with [`Exit::Found`].
pub(crate) fn found(sentence: impl std::fmt::Display) -> anyhow::Error {
    Ends { exit: Exit::Found, sentence: sentence.to_string() }.into()
}

const fn of_refused(refused: &ServiceError) -> Exit {
    match refused.kind() {
        ErrorKind::Unavailable => Exit::Failed,
        ErrorKind::Invalid => Exit::Usage,
        ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Forbidden => Exit::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::{AlertError, SuspensionError};

    /// Scripts rely on the codes. The operators' table has exactly these codes.
    #[test]
    fn the_manual_has_all_exit_codes() {
        let manual = include_str!("../../docs/operations.md");
        let (_, section) = manual.split_once("### Exit codes").expect("the section");
        let rows = section.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
        let codes: Vec<String> = rows
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.split('|').nth(1).unwrap_or_default().trim().to_owned())
            .collect();
        assert_eq!(codes, Exit::ALL.map(|exit| format!("`{}`", exit.code())));
    }

    #[test]
    fn an_error_keeps_its_code_under_a_context() {
        use anyhow::Context as _;
        let refused = || Err::<(), _>(ServiceError::from(AlertError::NotFound));
        assert_eq!(Exit::of(&refused().context("more").unwrap_err()), Exit::Refused);
        assert_eq!(Exit::of(&ServiceError::from(SuspensionError::PauseEndPassed).into()), Exit::Usage);
        assert_eq!(Exit::of(&usage("that").context("more")), Exit::Usage);
        assert_eq!(Exit::of(&found("that")), Exit::Found);
        assert_eq!(Exit::of(&anyhow::anyhow!("that")), Exit::Failed);
    }
}
