//! Accounts of staff for the console: the log-in name, the password, the codes of the second factor, and the states.

use super::width;

/// The browser and system of a log-in, for the list of devices.
pub type DeviceName = super::PlainLine<60>;

/// What the owner of a passkey calls it.
pub type PasskeyName = super::PlainLine<40>;

/// An e-mail address by which a member of staff logs in. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct LogInName {
    typed: String,
    folded: String,
}

/// The text isn't an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address has one @ and no blanks, such as hanako@mihon.example")]
pub struct LogInNameError;

impl LogInName {
    /// The maximum length of an e-mail address. Source: RFC 5321, 4.5.3.1.3, without the angle brackets.
    pub const LONGEST: usize = 254;

    /// Reads an address in any width.
    ///
    /// # Errors
    /// [`LogInNameError`] if there isn't one `@` between visible ASCII characters, or if it is too long.
    pub fn parse(text: &str) -> Result<Self, LogInNameError> {
        let typed = width::fold(text).into_owned();
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
        match typed.split_once('@') {
            Some((person, domain))
                if typed.len() <= Self::LONGEST && is_part(person) && is_part(domain) && !typed.contains(':') =>
            {
                Ok(Self { folded: typed.to_ascii_lowercase(), typed })
            }
            _ => Err(LogInNameError),
        }
    }

    /// As it was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// In lower case, by which accounts are found.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl std::fmt::Debug for LogInName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

/// A password that may be chosen. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a text can't be chosen as a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`Password::SHORTEST`] characters.
    #[error("the password is too short")]
    TooShort,
    /// More than [`Password::LONGEST`] characters.
    #[error("the password is too long")]
    TooLong,
    /// It is the log-in name, or one character again and again.
    #[error("the password can be guessed")]
    Guessable,
}

impl Password {
    /// The minimum number of characters. NIST SP 800-63B asks for 8 beside a second factor.
    pub const SHORTEST: usize = 12;
    /// The maximum number of characters: hashing takes as long for any of them.
    pub const LONGEST: usize = 200;

    /// Reads a new password. Blanks count, also around it.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub fn choose(text: &str, name: &LogInName) -> Result<Self, PasswordError> {
        Self::choose_beside(text, name.folded())
    }

    /// Reads a new password for an account with this e-mail address.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub fn choose_beside(text: &str, address: &str) -> Result<Self, PasswordError> {
        let mut characters = text.chars();
        let first = characters.next();
        match text.chars().count() {
            count if count < Self::SHORTEST => Err(PasswordError::TooShort),
            count if count > Self::LONGEST => Err(PasswordError::TooLong),
            _ if characters.all(|character| Some(character) == first) => Err(PasswordError::Guessable),
            _ if text.trim().eq_ignore_ascii_case(address) => Err(PasswordError::Guessable),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text, only for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// What a member of staff enters as the second factor. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub enum SecondFactor {
    /// The six digits of an authenticator.
    OneTimeCode(String),
    /// One of the codes for a lost authenticator, without separators, in upper case.
    RecoveryCode(String),
}

impl SecondFactor {
    /// Digits of an authenticator's code. Source: RFC 6238 with the usual six digits.
    pub const DIGITS: usize = 6;
    /// Characters of a recovery code: 80 bits, so that its stored hash can't be searched.
    pub const RECOVERY_CHARACTERS: usize = 16;
    /// The characters of a recovery code, 5 bits each. Source: Crockford's base 32.
    pub const ALPHABET: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N',
        'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];

    /// Reads a code in any width, with or without blanks and hyphens. O is 0; I and L are 1.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = width::fold(text).to_ascii_uppercase();
        let code: String = folded.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | 'ー' | '‐')).collect();
        if code.len() == Self::DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::OneTimeCode(code));
        }
        let code: String = code.chars().map(|c| if c == 'O' { '0' } else { c }).collect();
        let code: String = code.chars().map(|c| if matches!(c, 'I' | 'L') { '1' } else { c }).collect();
        let is_code = code.len() == Self::RECOVERY_CHARACTERS && code.chars().all(|c| Self::ALPHABET.contains(&c));
        is_code.then_some(Self::RecoveryCode(code))
    }
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// The state of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Its holder hasn't chosen a password and a second factor yet.
    Invited,
    /// Its holder can log in.
    Active,
    /// Nobody can log in.
    Deactivated,
}

impl AccountState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Invited, Self::Active, Self::Deactivated];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }

    /// Reads [`AccountState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// How far a log-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogInStage {
    /// The password was right; the second factor is missing. It allows nothing else.
    PasswordGiven,
    /// Logged in.
    LoggedIn,
}

impl LogInStage {
    /// All stages.
    pub const ALL: [Self; 2] = [Self::PasswordGiven, Self::LoggedIn];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PasswordGiven => "password_given",
            Self::LoggedIn => "logged_in",
        }
    }

    /// Reads [`LogInStage::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// Whether red alerts sound in the browsers of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RedSound {
    /// They don't, until somebody chooses it.
    #[default]
    Off,
    /// They do.
    On,
}

impl RedSound {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
        }
    }

    /// Reads [`RedSound::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Off, Self::On].into_iter().find(|sound| sound.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_any_width_and_found_in_any_case() {
        for text in ["Naoko@Mihon.example", " naoko@mihon.example ", "ｎａｏｋｏ＠ｍｉｈｏｎ．ｅｘａｍｐｌｅ"]
        {
            assert_eq!(LogInName::parse(text).map(|name| name.folded), Ok("naoko@mihon.example".to_owned()), "{text}");
        }
        let typed = LogInName::parse("Naoko@Mihon.example").unwrap();
        assert_eq!((typed.typed(), format!("{typed:?}").as_str()), ("Naoko@Mihon.example", "(personal)"));
        let long = format!("a@{}", "b".repeat(253));
        for wrong in ["", "naoko", "@mihon.example", "naoko@", "a@b@c", "a b@c", "直子@mihon.example", "a:b@c", &long]
        {
            assert_eq!(LogInName::parse(wrong), Err(LogInNameError), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_name() {
        let name = LogInName::parse("naoko@mihon.example").unwrap();
        for (text, read) in [
            ("elevenchars", Err(PasswordError::TooShort)),
            ("twelve chars", Ok(())),
            ("十二文字の長い合い言葉です", Ok(())),
            ("aaaaaaaaaaaaaaaa", Err(PasswordError::Guessable)),
            ("Naoko@mihon.EXAMPLE", Err(PasswordError::Guessable)),
        ] {
            assert_eq!(Password::choose(text, &name).map(drop), read, "{text}");
        }
        assert_eq!(Password::choose(&"ab".repeat(101), &name), Err(PasswordError::TooLong));
        assert_eq!(format!("{:?}", Password::choose("twelve chars", &name)), "Ok((secret))");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for text in ["204518", " 204 518 ", "２０４５１８", "204-518"] {
            assert_eq!(SecondFactor::parse(text), Some(SecondFactor::OneTimeCode("204518".to_owned())), "{text}");
        }
        for text in ["0123-4567-89AB-CDEF", "oi234567 89abcdef", "Ol23-4567-89AB-CDEF"] {
            let code = SecondFactor::RecoveryCode("0123456789ABCDEF".to_owned());
            assert_eq!(SecondFactor::parse(text), Some(code), "{text}");
        }
        for wrong in ["", "20451", "2045189", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEU"] {
            assert_eq!(SecondFactor::parse(wrong), None, "{wrong}");
        }
    }
}
