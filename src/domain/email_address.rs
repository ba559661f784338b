//! E-mail addresses to which the program writes.

use serde::{Deserialize, Serialize};

use super::LogInName;

/// An e-mail address to which the program writes. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text isn't an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address has one @ and no blanks, such as hanako@mihon.example")]
pub struct EmailAddressError;

impl EmailAddress {
    /// Reads an address in any width. It holds visible ASCII characters only, so it can't add lines to a message.
    ///
    /// # Errors
    /// [`EmailAddressError`], by the rules of [`LogInName::parse`]; also for the signs that end an address in a header.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let address = LogInName::parse(text.trim()).map_err(|_| EmailAddressError)?;
        let address = address.typed();
        if address.contains(['<', '>', '(', ')', ',', ';', '"', '[', ']', '\\']) {
            return Err(EmailAddressError);
        }
        Ok(Self(address.to_owned()))
    }

    /// The address. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_adds_no_line_and_no_other_address() {
        let read = |text: &str| EmailAddress::parse(text).map(|address| address.expose().to_owned());
        assert_eq!(read(" naoko@mihon.example "), Ok("naoko@mihon.example".to_owned()));
        for wrong in ["", "naoko", "a@b@c", "a@b\r\nBcc: c@d", "a@b,c@d", "<a@b>", "a b@c"] {
            assert_eq!(read(wrong), Err(EmailAddressError), "{wrong}");
        }
    }
}
