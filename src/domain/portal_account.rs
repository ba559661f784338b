//! Accounts of the portal: the codes by e-mail, how long a log-in stays, and what a person is called.

use super::{PlainLine, PlainLineError, width};

/// A name as its owner enters it.
pub type EnteredName = PersonalLine<60>;
/// What tells the people of an account apart, such as 2回目.
pub type PersonLabel = PersonalLine<20>;

/// One line of personal text. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalLine<const MOST: usize>(PlainLine<MOST>);

impl<const MOST: usize> PersonalLine<MOST> {
    /// Reads such a text.
    ///
    /// # Errors
    /// See [`PlainLineError`].
    pub fn parse(text: &str) -> Result<Self, PlainLineError> {
        PlainLine::parse(text).map(Self)
    }

    /// The text, for the database and for its owner. Never log it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<const MOST: usize> std::fmt::Debug for PersonalLine<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

/// What a code by e-mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// To sign up.
    SignUp,
    /// To log in without a password.
    LogIn,
    /// To prove the new address of an account.
    ChangeAddress,
}

impl CodePurpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SignUp, Self::LogIn, Self::ChangeAddress];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::LogIn => "log_in",
            Self::ChangeAddress => "change_address",
        }
    }

    /// Reads [`CodePurpose::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// A change of an account that its owner is told of by a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It has another address.
    Address,
    /// It has another password, or none any more.
    Password,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// It was deleted.
    Deleted,
}

impl AccountChange {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Address, Self::Password, Self::PasskeyAdded, Self::PasskeyRemoved, Self::Deleted];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Password => "password",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::Deleted => "deleted",
        }
    }

    /// Reads [`AccountChange::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.code() == code)
    }
}

/// How long a log-in to the portal stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// As long as it is used.
    ThisVisit,
    /// On this device until the people of the account are released.
    UntilRelease,
}

impl Stay {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ThisVisit => "this_visit",
            Self::UntilRelease => "until_release",
        }
    }

    /// Reads [`Stay::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ThisVisit, Self::UntilRelease].into_iter().find(|stay| stay.code() == code)
    }
}

/// The six digits of a code by e-mail. `Debug` never prints them.
#[derive(Clone, PartialEq, Eq)]
pub struct MailCode(String);

impl MailCode {
    /// How many digits there are.
    pub const DIGITS: usize = 6;

    /// Reads a code in any width, with or without blanks and hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = width::fold(text);
        let digits: String = folded.chars().filter(|c| !c.is_whitespace() && width::hyphen(*c) != '-').collect();
        let is_code = digits.len() == Self::DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some(Self(digits))
    }

    /// The code of a random number.
    pub fn of_random(random: u64) -> Self {
        Self(format!("{:06}", random % 1_000_000))
    }

    /// The digits, for the e-mail and for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MailCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_width_and_with_blanks() {
        for text in ["012345", " 012 345 ", "０１２３４５", "０１２　３４５", "012-345"] {
            assert_eq!(MailCode::parse(text).as_ref().map(MailCode::expose), Some("012345"), "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "一二三四五六"] {
            assert_eq!(MailCode::parse(text), None, "{text}");
        }
        assert_eq!(MailCode::of_random(7_000_042).expose(), "000042");
    }

    #[test]
    fn what_is_stored_is_read() {
        for purpose in CodePurpose::ALL {
            assert_eq!(CodePurpose::from_code(purpose.code()), Some(purpose));
        }
        for change in AccountChange::ALL {
            assert_eq!(AccountChange::from_code(change.code()), Some(change));
        }
        assert_eq!(Stay::from_code(Stay::UntilRelease.code()), Some(Stay::UntilRelease));
    }
}
