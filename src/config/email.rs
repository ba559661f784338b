//! `[email]`: the mail server that takes the messages to staff.

use std::net::IpAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::domain::{EmailAddress, number, some_number};

/// The mail server. Without one no e-mail is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Email {
    /// Its name or address. Default: none.
    pub server: Option<String>,
    /// Its port. Default: [`Email::port`].
    #[serde(deserialize_with = "some_number")]
    pub port: Option<u16>,
    /// How the connection is encrypted. Default `starttls`.
    pub security: EmailSecurity,
    /// The name to log in with. Default: no log-in.
    pub user_name: Option<String>,
    /// The password to log in with.
    pub password: SecretString,
    /// The address that messages come from.
    pub from: Option<String>,
    /// A folder into which messages are written in place of sending them. Default: none.
    pub spool_folder: Option<PathBuf>,
    /// The notices to patients handed over by e-mail per second. Default 10.
    #[serde(deserialize_with = "number")]
    pub notices_per_second: f64,
    /// A folder into which the mail server delivers what comes back: a maildir, or files. Default: none.
    pub bounces_folder: Option<PathBuf>,
    /// A PEM file with the certificates that sign the server's, beside those of the system.
    pub certificate_file: Option<PathBuf>,
}

impl Default for Email {
    fn default() -> Self {
        Self {
            server: None,
            port: None,
            security: EmailSecurity::default(),
            user_name: None,
            password: SecretString::default(),
            from: None,
            spool_folder: None,
            notices_per_second: 10.0,
            bounces_folder: None,
            certificate_file: None,
        }
    }
}

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailSecurity {
    /// By STARTTLS. A server that doesn't offer it gets nothing.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
    /// Not at all: only for a server on this machine.
    None,
}

impl EmailSecurity {
    /// The word in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Starttls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }
}

/// Why the settings of `[email]` can't be used together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// Both a server and a folder.
    #[error("messages are sent or written into a folder, not both; leave out email.spool_folder, or email.server")]
    TwoWays,
    /// There are other settings, and no server.
    #[error("email.server isn't set, so no e-mail is sent; set it too, or leave out all of [email]")]
    NoServer,
    /// The server is more than a name or an address.
    #[error(
        "it is the name or the address of the mail server alone, such as mail.example.jp; the port goes to email.port"
    )]
    Server,
    /// The port is 0.
    #[error("it is 1 to 65535")]
    Port,
    /// The address that messages come from is missing or wrong.
    #[error("it is the e-mail address that messages come from, such as kenko@example.jp")]
    From,
    /// Only one of user name and password is set.
    #[error("email.user_name and email.password go together; set both, or neither")]
    HalfLogIn,
    /// Unencrypted to another machine.
    #[error(
        "it can be none only for a mail server on this machine (localhost, 127.0.0.1, ::1), since passwords and addresses would go out unencrypted; set it to starttls or tls"
    )]
    Plain,
}

impl Email {
    /// The server, if one is set.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref().filter(|server| !server.is_empty())
    }

    /// The port: by default the usual one (RFC 8314: 587 for STARTTLS, 465 for TLS; RFC 5321: 25).
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            EmailSecurity::Starttls => 587,
            EmailSecurity::Tls => 465,
            EmailSecurity::None => 25,
        })
    }

    /// The name and the password to log in with.
    pub fn log_in(&self) -> Option<(&str, &str)> {
        let name = self.user_name.as_deref().filter(|name| !name.is_empty())?;
        Some((name, self.password.expose_secret()))
    }

    /// The address that messages come from.
    pub fn from(&self) -> Option<EmailAddress> {
        EmailAddress::parse(self.from.as_deref()?).ok()
    }

    /// Checks the settings, and names the one that is wrong.
    pub(super) fn check(&self) -> Result<(), (&'static str, EmailFault)> {
        let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let has_password = !self.password.expose_secret().is_empty();
        let Some(server) = self.server() else {
            let others = is_set(&self.from) || is_set(&self.user_name) || has_password || self.port.is_some();
            return if others { Err(("email", EmailFault::NoServer)) } else { Ok(()) };
        };
        let is_address = server.parse::<IpAddr>().is_ok();
        let is_name = server.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_'));
        if !is_address && !is_name {
            return Err(("email.server", EmailFault::Server));
        }
        if self.spool_folder.is_some() {
            return Err(("email.spool_folder", EmailFault::TwoWays));
        }
        if self.port == Some(0) {
            return Err(("email.port", EmailFault::Port));
        }
        if self.from().is_none() {
            return Err(("email.from", EmailFault::From));
        }
        if is_set(&self.user_name) != has_password {
            return Err(("email.password", EmailFault::HalfLogIn));
        }
        let is_here = server == "localhost" || server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if self.security == EmailSecurity::None && !is_here {
            return Err(("email.security", EmailFault::Plain));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        toml::from_str(text).expect(text)
    }

    #[test]
    fn what_cant_work_is_refused_at_the_start() {
        let base = "server = \"mail.example.jp\"\nfrom = \"kenko@example.jp\"\n";
        for (text, expected) in [
            ("", Ok(())),
            ("spool_folder = \"/tmp/mail\"", Ok(())),
            (&format!("{base}spool_folder = \"/tmp/mail\""), Err(("email.spool_folder", EmailFault::TwoWays))),
            (base, Ok(())),
            ("from = \"kenko@example.jp\"", Err(("email", EmailFault::NoServer))),
            ("server = \"mail.example.jp\"", Err(("email.from", EmailFault::From))),
            ("server = \"mail.example.jp\"\nfrom = \"kenko\"", Err(("email.from", EmailFault::From))),
            ("server = \"smtp://mail.example.jp\"", Err(("email.server", EmailFault::Server))),
            ("server = \"mail.example.jp:587\"", Err(("email.server", EmailFault::Server))),
            (&format!("{base}port = 0"), Err(("email.port", EmailFault::Port))),
            (&format!("{base}user_name = \"kenko\""), Err(("email.password", EmailFault::HalfLogIn))),
            (&format!("{base}password = \"x\""), Err(("email.password", EmailFault::HalfLogIn))),
            (&format!("{base}user_name = \"kenko\"\npassword = \"x\""), Ok(())),
            (&format!("{base}security = \"none\""), Err(("email.security", EmailFault::Plain))),
            ("server = \"10.0.0.1\"\nfrom = \"a@b\"\nsecurity = \"none\"", Err(("email.security", EmailFault::Plain))),
            ("server = \"::1\"\nfrom = \"a@b\"\nsecurity = \"none\"", Ok(())),
            ("server = \"localhost\"\nfrom = \"a@b\"\nsecurity = \"none\"", Ok(())),
        ] {
            assert_eq!(email(text).check(), expected, "{text}");
        }
    }

    #[test]
    fn the_usual_port_follows_from_the_encryption() {
        for (text, port) in [("", 587), ("security = \"tls\"", 465), ("security = \"none\"", 25), ("port = \"26\"", 26)]
        {
            assert_eq!(email(text).port(), port, "{text}");
        }
    }
}
