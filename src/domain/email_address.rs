//! E-mail addresses to which the program writes.

use serde::{Deserialize, Serialize};
use url::Host;

use super::{LogInName, width};

/// An e-mail address to which the program writes. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text isn't an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address has one @ and no blanks, such as hanako@mihon.example")]
pub struct EmailAddressError;

/// The longest part before the `@`, and the longest part of a domain. Source: RFC 5321, 4.5.3.1.1; RFC 1035, 2.3.4.
const LONGEST_PERSON: usize = 64;
const LONGEST_LABEL: usize = 63;

impl EmailAddress {
    /// Reads an address in any width. It holds printable ASCII characters only, so it can't add lines to a message: a
    /// domain in other letters is kept as the network writes it, `例え.jp` as `xn--r8jz45g.jp`. What is before the `@`
    /// may be in quotation marks, with blanks.
    ///
    /// # Errors
    /// [`EmailAddressError`] for anything to which no mail can be sent, or that ends an address in a header.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let typed = width::fold(text.trim());
        let (person, domain) = typed.rsplit_once('@').ok_or(EmailAddressError)?;
        let domain = ascii_domain(domain).ok_or(EmailAddressError)?;
        let is_person = person.len() <= LONGEST_PERSON && (is_plain(person) || is_quoted(person));
        let address = format!("{person}@{domain}");
        if !is_person || address.len() > LogInName::LONGEST {
            return Err(EmailAddressError);
        }
        Ok(Self(address))
    }

    /// The address. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Letters, digits and signs. Dots may be anywhere: Japanese carriers have given out such addresses.
fn is_plain(person: &str) -> bool {
    !person.is_empty() && person.bytes().all(|byte| byte.is_ascii_graphic() && !br#"<>(),;:"[]\@"#.contains(&byte))
}

/// A text in quotation marks, in which those and backslashes come after a backslash. Source: RFC 5321, 4.1.2.
fn is_quoted(person: &str) -> bool {
    let Some(inside) = person.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut bytes = inside.bytes();
    while let Some(byte) = bytes.next() {
        let shown = if byte == b'\\' { bytes.next() } else { Some(byte).filter(|byte| *byte != b'"') };
        if !shown.is_some_and(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return false;
        }
    }
    !inside.is_empty()
}

/// A domain as the network writes it.
fn ascii_domain(domain: &str) -> Option<String> {
    let written = match domain.is_ascii() {
        true => domain.to_owned(),
        false if domain.contains('%') => return None,
        false => match Host::parse(domain).ok()? {
            Host::Domain(name) => name,
            Host::Ipv4(_) | Host::Ipv6(_) => return None,
        },
    };
    let is_label = |label: &str| {
        let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(is_inside) && !label.starts_with('-')
    };
    written.split('.').all(is_label).then_some(written)
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
        for wrong in ["", "naoko", "a@b@c", "a@b\r\nBcc: c@d", "a@b,c@d", "<a@b>", "a b@c", "naoko@", "@b.example"] {
            assert_eq!(read(wrong), Err(EmailAddressError), "{wrong}");
        }
    }

    #[test]
    fn quoted_persons_and_domains_in_other_letters_get_mail() {
        let read = |text: &str| EmailAddress::parse(text).map(|address| address.expose().to_owned());
        for (typed, kept) in [
            (r#""a b"@例え.jp"#, r#""a b"@xn--r8jz45g.jp"#),
            (r#""a\"@\\ b"@mihon.example"#, r#""a\"@\\ b"@mihon.example"#),
            ("hanako@例え。jp", "hanako@xn--r8jz45g.jp"),
            ("hanako@bücher.example", "hanako@xn--bcher-kva.example"),
            ("ｈａｎａｋｏ＠ｍｉｈｏｎ．ｅｘａｍｐｌｅ", "hanako@mihon.example"),
            ("ha..nako.@mihon.example", "ha..nako.@mihon.example"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(kept), "{typed}");
            assert_eq!(read(kept).as_deref(), Ok(kept), "it is read back from the database");
        }
        for wrong in [
            r#""a b@mihon.example"#,
            r#""a"b"@mihon.example"#,
            r#""a\"@mihon.example"#,
            r#"""@mihon.example"#,
            "\"a\r\nb\"@mihon.example",
            "花子@mihon.example",
            "hanako@mihon.example.",
            "hanako@.example",
            "hanako@mihon..example",
            "hanako@-mihon.example",
            "hanako@[192.0.2.1]",
            "hanako@例え.jp/%41",
            "hanako@例え .jp",
        ] {
            assert_eq!(read(wrong), Err(EmailAddressError), "{wrong}");
        }
    }

    /// RFC 5321: 254 characters with the `@`, 64 before it, 63 in a part of the domain.
    #[test]
    fn an_address_has_254_characters_at_most() {
        let domain = |last: usize| ["b".repeat(63), "c".repeat(63), "d".repeat(last)].join(".");
        let of = |person: usize, last: usize| EmailAddress::parse(&format!("{}@{}", "a".repeat(person), domain(last)));
        assert_eq!(of(64, 61).unwrap().expose().len(), 254);
        for (person, last) in [(64, 62), (65, 10), (1, 64)] {
            assert_eq!(of(person, last), Err(EmailAddressError), "{person} {last}");
        }
    }
}
