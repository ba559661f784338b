//! Why a request about an account, or a try to log in, was refused.

use jiff::SignedDuration;

use super::ErrorKind;

/// Why a request about an account, or a try to log in, was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// No account that the actor may see has this log-in name.
    #[error("no account has this log-in name")]
    NotFound,
    /// The account is active; its holder can log in.
    #[error("the account is active already")]
    AlreadyActive,
    /// The role belongs to a health centre, and none is named.
    #[error("the role needs a health centre")]
    CentreNeeded,
    /// The role belongs to no health centre, and one is named.
    #[error("the role belongs to no health centre")]
    NoCentreAllowed,
    /// The invitation is unknown, used or too old.
    #[error("the invitation doesn't hold")]
    InvitationEnded,
    /// The log-in name or the password is wrong.
    #[error("the log-in name or the password is wrong")]
    WrongPassword,
    /// The code of the second factor is wrong or was used before.
    #[error("the code is wrong or was used before")]
    WrongCode,
    /// The log-in name, the password or the code is wrong, which were given at once.
    #[error("the log-in name, the password or the code is wrong")]
    WrongPasswordOrCode,
    /// The log-in ended before the second factor was given.
    #[error("the log-in has ended")]
    LogInEnded,
    /// Too many tries failed. The next one may be made after this time.
    #[error("too many tries failed")]
    TooManyTries(SignedDuration),
    /// The passkey isn't one of the account, or its answer doesn't fit the challenge.
    #[error("the passkey isn't one of the account, or its answer doesn't fit")]
    WrongPasskey,
    /// The challenge for the passkey is too old, or was answered before.
    #[error("the challenge for the passkey is too old or was answered before")]
    ChallengeEnded,
    /// The account has no such passkey.
    #[error("the account has no such passkey")]
    PasskeyNotFound,
    /// The device's passkey is in use already.
    #[error("the passkey is in use already")]
    PasskeyInUse,
    /// The account has as many passkeys as it may have.
    #[error("the account has as many passkeys as it may have")]
    TooManyPasskeys,
    /// Only an active account of somebody else can be unlocked.
    #[error("only an active account of somebody else can be unlocked")]
    NotUnlockable,
    /// Too many passwords are being checked.
    #[error("too many passwords are being checked")]
    Busy,
}

impl AccountError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::NotFound | Self::InvitationEnded | Self::PasskeyNotFound => ErrorKind::NotFound,
            Self::AlreadyActive
            | Self::TooManyTries(_)
            | Self::ChallengeEnded
            | Self::PasskeyInUse
            | Self::TooManyPasskeys
            | Self::NotUnlockable => ErrorKind::Conflict,
            Self::CentreNeeded | Self::NoCentreAllowed => ErrorKind::Invalid,
            Self::WrongPassword
            | Self::WrongCode
            | Self::WrongPasswordOrCode
            | Self::WrongPasskey
            | Self::LogInEnded => ErrorKind::Forbidden,
            Self::Busy => ErrorKind::Unavailable,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "account.not_found",
            Self::AlreadyActive => "account.already_active",
            Self::CentreNeeded => "account.centre_needed",
            Self::NoCentreAllowed => "account.no_centre_allowed",
            Self::InvitationEnded => "account.invitation_ended",
            Self::WrongPassword => "account.wrong_password",
            Self::WrongPasswordOrCode => "account.wrong_password_or_code",
            Self::WrongCode => "account.wrong_code",
            Self::LogInEnded => "account.log_in_ended",
            Self::TooManyTries(_) => "account.too_many_tries",
            Self::WrongPasskey => "account.wrong_passkey",
            Self::ChallengeEnded => "account.challenge_ended",
            Self::PasskeyNotFound => "account.passkey_not_found",
            Self::PasskeyInUse => "account.passkey_in_use",
            Self::TooManyPasskeys => "account.too_many_passkeys",
            Self::NotUnlockable => "account.not_unlockable",
            Self::Busy => "account.busy",
        }
    }
}
