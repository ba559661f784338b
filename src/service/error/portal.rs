//! Why a request of the portal was refused.

use jiff::SignedDuration;

use super::ErrorKind;

/// Why a request of the portal was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    /// Too many codes were asked for. The next one may be after this time.
    #[error("too many codes were asked for")]
    TooManyCodes(SignedDuration),
    /// The code is wrong, too old, used, tried too often, or of another browser.
    #[error("the code doesn't hold")]
    WrongCode,
    /// Too many wrong codes were entered for the address within a day.
    #[error("too many wrong codes were entered for the address")]
    CodesLocked,
    /// The address or the password is wrong.
    #[error("the address or the password is wrong")]
    WrongPassword,
    /// Too many log-ins failed. The next one may be made after this time.
    #[error("too many log-ins failed")]
    TooManyTries(SignedDuration),
    /// The HER-SYS ID or the birth date is wrong, or too many were tried.
    #[error("the HER-SYS ID or the birth date is wrong")]
    Mismatch,
    /// Another account has the person.
    #[error("another account has the person")]
    HeldByAnother,
    /// The account has the person.
    #[error("the account has the person")]
    AlreadyYours,
    /// The account doesn't have the person.
    #[error("the account doesn't have the person")]
    NotYours,
    /// The account has as many people as it may have.
    #[error("the account has as many people as it may have")]
    TooManyPeople,
}

impl PortalError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::NotYours => ErrorKind::NotFound,
            Self::WrongCode | Self::WrongPassword => ErrorKind::Forbidden,
            Self::Mismatch => ErrorKind::Invalid,
            Self::TooManyCodes(_)
            | Self::TooManyTries(_)
            | Self::CodesLocked
            | Self::HeldByAnother
            | Self::AlreadyYours
            | Self::TooManyPeople => ErrorKind::Conflict,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::TooManyCodes(_) => "portal.too_many_codes",
            Self::WrongCode => "portal.wrong_code",
            Self::CodesLocked => "portal.codes_locked",
            Self::WrongPassword => "portal.wrong_password",
            Self::TooManyTries(_) => "portal.too_many_tries",
            Self::Mismatch => "portal.mismatch",
            Self::HeldByAnother => "portal.held_by_another",
            Self::AlreadyYours => "portal.already_yours",
            Self::NotYours => "portal.not_yours",
            Self::TooManyPeople => "portal.too_many_people",
        }
    }
}
