//! Who calls and which number was called, from the headers of an INVITE.
//!
//! A caller who withholds the number is a hidden caller, whatever other header names it: networks pass the number on in
//! `P-Asserted-Identity` beside `Privacy: id`, for emergency services and not for us.

use crate::domain::PhoneNumber;

/// The headers that say who calls whom, as they came. Empty texts are absent headers.
#[derive(Clone, Default)]
pub struct Identities {
    /// `From`.
    pub from: String,
    /// `P-Asserted-Identity`, each value.
    pub asserted: Vec<String>,
    /// `Privacy`.
    pub privacy: String,
    /// `P-Called-Party-ID`.
    pub called_party: String,
    /// The request URI.
    pub target: String,
    /// `To`.
    pub to: String,
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identities(personal)")
    }
}

impl Identities {
    /// The caller's number. `None` if it is hidden, or isn't a phone number.
    pub fn caller(&self) -> Option<PhoneNumber> {
        if self.is_hidden() {
            return None;
        }
        let asserted = self.asserted.iter().find_map(|value| number_of(value));
        asserted.or_else(|| number_of(&self.from))
    }

    /// The users that were called, the most reliable first: networks rewrite the request URI, and put the number that
    /// was dialled into `P-Called-Party-ID`.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        [&*self.called_party, &*self.target, &*self.to].into_iter().filter_map(user)
    }

    fn is_hidden(&self) -> bool {
        let private = self.privacy.split([';', ',']).map(str::trim);
        let withheld = |word: &str| ["id", "user", "header"].iter().any(|hides| word.eq_ignore_ascii_case(hides));
        let from = self.from.to_ascii_lowercase();
        private.into_iter().any(withheld)
            || from.contains("anonymous.invalid")
            || user(&from).is_none_or(|user| user == "anonymous" || user == "unavailable")
    }
}

/// What follows the first `<` that isn't part of a quoted name: parameters may have one, too.
fn after_name(header: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, sign) in header.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => return header.get(at.saturating_add(1)..),
            _ => {}
        }
    }
    None
}

/// The user of the first URI in a header: `"Name" <sip:+815012345678;npdi@host;user=phone>;tag=1`, `tel:+81…`.
fn user(header: &str) -> Option<&str> {
    let header = match after_name(header) {
        Some(uri) => uri.split('>').next()?,
        None => header,
    };
    let lower = header.trim_start().to_ascii_lowercase();
    let rest = header.trim_start();
    let user = if lower.starts_with("tel:") {
        rest.get(4..)?
    } else {
        let scheme = if lower.starts_with("sips:") {
            5
        } else if lower.starts_with("sip:") {
            4
        } else {
            return None;
        };
        rest.get(scheme..)?.split_once('@')?.0
    };
    let user = user.split([';', ':']).next()?.trim();
    (!user.is_empty()).then_some(user)
}

/// The phone number of a header's URI.
fn number_of(header: &str) -> Option<PhoneNumber> {
    parsed(user(header)?)
}

/// The phone number that a user part stands for.
pub fn parsed(user: &str) -> Option<PhoneNumber> {
    let digits = user.strip_prefix('+').unwrap_or(user);
    let plain = digits.len() >= 9 && digits.bytes().all(|byte| byte.is_ascii_digit() || b"-.()".contains(&byte));
    plain.then(|| PhoneNumber::parse(user).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(from: &str) -> Identities {
        Identities { from: from.to_owned(), ..Identities::default() }
    }

    fn caller(identities: &Identities) -> Option<String> {
        identities.caller().map(|number| number.expose().to_owned())
    }

    #[test]
    fn a_number_is_read_in_each_form_that_carriers_write() {
        for header in [
            "<sip:09012345678@ntt.example>;tag=a",
            "\"Sato <x>\" <sip:09012345678@ntt.example;user=phone>;tag=a",
            "sip:+819012345678;npdi@carrier.example;user=phone",
            "<tel:+819012345678>;tag=3",
            "<SIP:090-1234-5678@h>",
            "<sip:09012345678@h>;x=\"<sip:09066770007@n>\"",
            "\"A \\\" <sip:09066770007@n>\" <sip:09012345678@h>",
            "<sips:09012345678:secret@h>",
        ] {
            assert_eq!(caller(&from(header)).as_deref(), Some("+819012345678"), "{header}");
        }
    }

    #[test]
    fn a_withheld_number_is_hidden_whatever_else_names_it() {
        let asserted = vec!["<sip:+819012345678@ntt.example>".to_owned()];
        for (from, privacy) in [
            ("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1", ""),
            ("<sip:09012345678@ntt.example>;tag=1", "id"),
            ("<sip:09012345678@ntt.example>;tag=1", "user;id;critical"),
            ("<sip:09012345678@ntt.example>;tag=1", "Header"),
            ("<sip:Anonymous@ntt.example>;tag=1", "none"),
            ("<sip:anonymous.invalid>;tag=1", ""),
            ("", ""),
            ("garbage", ""),
        ] {
            let hidden =
                Identities { privacy: privacy.to_owned(), asserted: asserted.clone(), ..super::tests::from(from) };
            assert_eq!(caller(&hidden), None, "{from} {privacy}");
            assert!(!format!("{hidden:?}").contains("0901234"));
        }
    }

    #[test]
    fn the_asserted_number_is_preferred_where_it_may_be_shown() {
        let shown = Identities {
            asserted: vec!["\"x\" <sip:pbx@h>".into(), "<tel:+815012345678>".into()],
            privacy: "none".into(),
            ..from("<sip:09012345678@h>")
        };
        assert_eq!(caller(&shown).as_deref(), Some("+815012345678"));
    }

    #[test]
    fn what_is_no_phone_number_is_a_hidden_caller() {
        for header in ["<sip:softphone@127.0.0.1>", "<sip:201@pbx>", "<sip:@h>", "<sip:12345678901234567890123@h>"] {
            assert_eq!(caller(&from(header)), None, "{header}");
        }
    }

    #[test]
    fn the_number_called_is_looked_for_in_three_places() {
        let called = Identities {
            called_party: "<sip:0312345678@ntt.example>".into(),
            target: "sip:line1@192.0.2.1:5060".into(),
            to: "<sip:0800123456@x>".into(),
            ..Identities::default()
        };
        assert_eq!(called.called().collect::<Vec<_>>(), ["0312345678", "line1", "0800123456"]);
        assert_eq!(Identities::default().called().count(), 0);
    }
}
